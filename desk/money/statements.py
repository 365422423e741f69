"""Statements of the bank that come as files, where no provider tells of what came in."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter

from flask import Response, request

from desk.bp import bp
from intake import events
from intake.db import db
from intake.payments.accounts import accounts
from intake.payments.confirming import Answer, Credit, hear
from intake.payments.files import LARGEST, SAID, Row, read_statement, report, row_words
from intake.records import BankAccount
from intake.rules.answers import Fault
from intake.rules.calendar import VIETNAM
from intake.rules.rights import Right
from intake.rules.vietqr import BANKS
from web import core, now, page
from web.limits import take_a_file
from web.staff import needs, staff, staff_office

SHOWN = 200  # rows on the page; the report has all
SLICE = 50  # credits of one transaction: a cashier waits for no more


@bp.get("/money/file", endpoint="money_file")
@needs(Right.MONEY)
def show() -> Response:
    return _page()


@bp.post("/money/file", endpoint="hear_money_file")
@needs(Right.MONEY)
def hear_file() -> Response:
    """Row by row, in slices of their own; the same file again changes nothing."""
    take_a_file(LARGEST)
    upload, account = request.files.get("file"), _account(request.form.get("account", ""))
    content = upload.read() if upload else b""
    if account is None or not content:
        return _page(Fault("file", "missing") if account else Fault("account", "bad_choice"))
    moment = now()
    rows = read_statement(content, now=moment)
    if isinstance(rows, Fault):
        return _page(rows, chosen=account.id)
    answers = _hear(account, [row.read for row in rows if isinstance(row.read, Credit)])
    told = [
        (row, answers.get(row.read.external_id) if isinstance(row.read, Credit) else None) for row in rows
    ]
    facts: dict[str, object] = {"what": account.number, "rows": len(rows)}
    office_id = account.office_id
    events.append(
        db.session(), "bank_file_heard", by=staff().actor, now=moment, office_id=office_id, facts=facts
    )
    db.session.commit()
    return page(
        "desk/money/file_heard.html",
        counts=Counter(_kind(row, answer) for row, answer in told),
        said=SAID,
        rows=[(row, row_words(row, answer), answer) for row, answer in told[:SHOWN]],
        left_out=len(told[SHOWN:]),
        report=b64encode(report(told)).decode(),
        name=f"doi-soat_{moment.astimezone(VIETNAM):%Y%m%d-%H%M}.csv",
    )


def _hear(account: BankAccount, credits: list[Credit]) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    for start in range(0, len(credits), SLICE):
        part = credits[start : start + SLICE]
        heard = hear(
            db.session(), account, part, source="file", keys=core().keys, by=staff().actor, now=now()
        )
        db.session.commit()
        for one in heard:
            answers.setdefault(one.external_id, one)
    return answers


def _kind(row: Row, answer: Answer | None) -> str:
    if answer is None:
        return "out" if row.read == "out" else "unread"
    return answer.heard.value if answer.heard.value != "taken" else answer.state


def _page(fault: Fault | None = None, *, chosen: int | None = None) -> Response:
    known = [
        (one.id, f"{BANKS.get(one.bin, one.bin)} {one.number}")
        for one in accounts(db.session(), staff_office())
    ]
    return page("desk/money/file.html", 422 if fault else 200, accounts=known, chosen=chosen, fault=fault)


def _account(typed: str) -> BankAccount | None:
    known = {str(one.id): one for one in accounts(db.session(), staff_office())}
    return known.get(typed)

"""The till of a post office: what was taken, putting it right, counting it, the day as the centre sees it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from typing import cast

from flask import Response, request, send_file, url_for

from intake.db import db
from intake.drawings.pdf import draw_pdf
from intake.offices import civil_day
from intake.post.money import (
    Notes,
    close_shift,
    correct,
    last_shifts,
    line_at_hand,
    rows_from,
    rows_of,
    shift_at_hand,
    shift_of,
    view_of,
)
from intake.post.reconciliation import Reconciliation, reconcile
from intake.records import PostalMoney, PostalShift
from intake.rules.answers import Fault
from intake.rules.post_money import ACCOUNTS, NOTES, correction_faults, notes_of
from intake.rules.refusals import BadPayment, NoShift
from intake.rules.rights import Right
from intake.rules.tariffs import ACCOUNTS as ACCOUNT_WORDS
from postal.bp import bp
from postal.papers import pdf
from web import now, page
from web.staff import go, needs, staff, staff_office, staff_post_office

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/money")
@needs(Right.POST)
def money() -> Response:
    session, point = db.session(), staff_post_office()
    shift = shift_of(session, point, staff().person_id)
    return page(
        "postal/money.html",
        shift=view_of(session, shift) if shift else None,
        lines=rows_of(session, shift) if shift else [],
        shifts=last_shifts(session, point, staff().person_id),
        accounts=ACCOUNT_WORDS,
        done=request.args.get("done", ""),
    )


@bp.get("/money/count")
@needs(Right.POST)
def count_till() -> Response:
    return _count(_open_shift(), {})


@bp.post("/money/count")
@needs(Right.POST)
def close_till() -> Response:
    """A second tap on the button finds its shift closed, and shows it."""
    session, typed = db.session(), request.form.to_dict()
    shift = shift_at_hand(
        session, staff_post_office(), request.form.get("shift", 0, type=int), staff().person_id
    )
    read = {account: notes_of(typed, account) for account in ACCOUNTS}
    if faults := tuple(one for one in read.values() if isinstance(one, Fault)):
        return _count(shift, typed, faults)
    notes: dict[str, Notes] = {name: one for name, one in read.items() if not isinstance(one, Fault)}
    try:
        close_shift(session, shift, notes, reason=typed.get("reason", ""), by=staff().actor, now=now())
    except BadPayment as refusal:
        session.rollback()
        return _count(shift, typed, cast("tuple[Fault, ...]", refusal.facts["faults"]))
    session.commit()
    return go(url_for("postal.shift", shift_id=shift.id))


@bp.get("/money/shifts/<int:shift_id>")
@needs(Right.POST)
def shift(shift_id: int) -> Response:
    session = db.session()
    found = shift_at_hand(session, staff_post_office(), shift_id, staff().person_id)
    return page(
        "postal/shift.html",
        shift=view_of(session, found),
        lines=rows_of(session, found),
        accounts=ACCOUNT_WORDS,
        done="",
    )


@bp.get("/money/lines/<int:money_id>")
@needs(Right.POST)
def money_line(money_id: int) -> Response:
    return _line(line_at_hand(db.session(), staff_post_office(), money_id), {})


@bp.post("/money/lines/<int:money_id>")
@needs(Right.POST)
def correct_money(money_id: int) -> Response:
    """What was taken wrong is put right by a line of its own."""
    session, typed = db.session(), request.form.to_dict()
    line = line_at_hand(session, staff_post_office(), money_id)
    (row,) = rows_from(session, [line])
    amount, reason = amount_of(typed.get("amount", "")), typed.get("reason", "")
    if faults := correction_faults(row.stands, amount, reason):
        return _line(line, typed, faults)
    assert isinstance(amount, int)
    correct(session, line, amount, reason, by=staff().actor, now=now())
    session.commit()
    return go(url_for("postal.money", done="corrected"))


@bp.get("/money/days")
@needs(Right.POST)
def money_day() -> Response:
    """The day of this post office as the centre sees it."""
    told = _reconciled()
    return page(
        "postal/money_day.html", told=told, one=told.points[0], today=civil_day(now()), accounts=ACCOUNT_WORDS
    )


@bp.get("/money/days.pdf")
@needs(Right.POST)
def money_day_pdf() -> Response:
    from intake.post.reconciliation_paper import reconciliation_paper

    told = _reconciled()
    paper = reconciliation_paper(staff_office(), told, on=now())
    return pdf(draw_pdf(paper, "A4 landscape"), f"doi-soat_{told.points[0].code}_{told.day}.pdf")


@bp.get("/money/days.xlsx")
@needs(Right.POST)
def money_day_xlsx() -> Response:
    from intake.post.reconciliation_paper import write_reconciliation

    told, out = _reconciled(), io.BytesIO()
    write_reconciliation(out, staff_office(), told, now=now())
    out.seek(0)
    name = f"doi-soat_{told.points[0].code}_{told.day}.xlsx"
    response = send_file(out, mimetype=XLSX, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"
    return response


def amount_of(typed: str) -> int | Fault:
    """«8.000» or «8000» as whole đồng."""
    digits = typed.strip().removesuffix("đ").strip().replace(".", "").replace(" ", "")
    if not digits:
        return Fault("amount", "empty")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 13):
        return Fault("amount", "bad_number")
    return int(digits)


def _open_shift() -> PostalShift:
    found = shift_of(db.session(), staff_post_office(), staff().person_id)
    if found is None:
        raise NoShift()
    return found


def _count(shift: PostalShift, typed: Mapping[str, str], faults: tuple[Fault, ...] = ()) -> Response:
    return page(
        "postal/count.html",
        422 if faults else 200,
        shift=view_of(db.session(), shift),
        typed=typed,
        notes=NOTES,
        accounts=ACCOUNT_WORDS,
        faults={one.key: one for one in reversed(faults)},
    )


def _line(line: PostalMoney, typed: Mapping[str, str], faults: tuple[Fault, ...] = ()) -> Response:
    (row,) = rows_from(db.session(), [line])
    return page(
        "postal/money_line.html",
        422 if faults else 200,
        line=row,
        typed=typed,
        accounts=ACCOUNT_WORDS,
        faults={one.key: one for one in reversed(faults)},
    )


def _reconciled() -> Reconciliation:
    """The day that was asked for, today when it cannot be read."""
    today, asked = civil_day(now()), request.args.get("day", "")
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        day = today
    day = day if date(2000, 1, 1) <= day <= today else today
    return reconcile(db.session(), staff_office(), day, point=staff_post_office())

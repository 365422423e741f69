"""Events of an operator that come as a file, for a day on which the line between the systems is down."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter

from flask import Response, request

from desk.bp import bp
from intake.db import db
from intake.post.tracking import Answer, file_heard, hear, operators_of, slices
from intake.post.tracking_files import COLUMNS, read_file, report, row_answers
from intake.records import PostalOperator
from intake.rules.answers import Fault
from intake.rules.calendar import VIETNAM
from intake.rules.post import FAILURES
from intake.rules.rights import Right
from intake.rules.tracking import STEP_WORDS
from intake.tables import LARGEST
from web import now, page
from web.limits import take_a_file
from web.staff import needs, staff, staff_office

PAGE = "desk/post/files.html"
SHOWN = 200  # rows that were refused; the report has all


@bp.get("/post/files", endpoint="post_files")
@needs(Right.RECEIVE)
def show() -> Response:
    return _page()


@bp.post("/post/files", endpoint="hear_post_file")
@needs(Right.RECEIVE)
def hear_file() -> Response:
    """Row by row, in slices of their own; the same file again changes nothing."""
    take_a_file(LARGEST)
    upload, operator = request.files.get("file"), _operator(request.form.get("operator", ""))
    content = upload.read() if upload else b""
    if operator is None or not content:
        return _page(Fault("file", "missing") if operator else Fault("operator", "bad_choice"))
    moment = now()
    rows = read_file(content, now=moment)
    if isinstance(rows, Fault):
        return _page(rows, chosen=operator.id)
    answers: list[Answer] = []
    for part in slices([row.read for row in rows]):
        answers += hear(db.session(), operator, part, now=moment)
        db.session.commit()
    file_heard(db.session(), operator, answers, by=staff().actor, now=moment)
    db.session.commit()
    found = row_answers(rows, answers)
    refused = [one for one in found if one.trouble]
    return page(
        "desk/post/file_heard.html",
        counts=Counter(one.heard.value for one in found),
        refused=refused[:SHOWN],
        left_out=len(refused[SHOWN:]),
        report=b64encode(report(found)).decode(),
        name=f"{moment.astimezone(VIETNAM):%Y%m%d-%H%M}.csv",
    )


def _page(fault: Fault | None = None, *, chosen: int | None = None) -> Response:
    return page(
        PAGE,
        422 if fault else 200,
        operators=operators_of(db.session(), staff_office()),
        chosen=chosen,
        fault=fault,
        columns=COLUMNS,
        steps=_spoken(),
        failures=FAILURES,
    )


def _spoken() -> dict[str, list[str]]:
    """What may stand in the column of steps, by what it means."""
    found: dict[str, list[str]] = {}
    for words, step in STEP_WORDS.items():
        found.setdefault(step, []).append(words)
    return found


def _operator(typed: str) -> PostalOperator | None:
    known = {str(one.id): one for one in operators_of(db.session(), staff_office())}
    return known.get(typed)

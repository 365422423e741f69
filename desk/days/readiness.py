"""Go or no-go for the next paper-free day: the last check, what to do about each line, the earlier ones."""

from __future__ import annotations

from datetime import datetime

from flask import Response, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from desk.bp import bp
from desk.days.frame import draw
from intake import readiness
from intake.db import db
from intake.ports import Trouble
from intake.rules.rights import Right
from web import now
from web.staff import needed, needs, staff, staff_office

HERE = "desk.day_readiness"
# Where each line is put right.
PLACES = {
    "rule": "desk.day_rules",
    "hours": "desk.office_hours",
    "suspensions": "desk.suspend_days",
    "procedures": "desk.office_procedures",
    "staff": "desk.staff",
    "kiosks": "desk.office_kiosks",
    "printers": "desk.office_printers",
    "forms": "desk.day_forms",
}


@bp.get("/days/readiness", endpoint="day_readiness")
@needs(Right.SEE_DAYS)
def show_readiness() -> Response:
    session, office = db.session(), staff_office()
    for_day = readiness.next_such_day(session, office, now=now())
    fixed = {code: endpoint for code, endpoint in PLACES.items() if _may_open(endpoint)}
    return draw(
        "readiness",
        here=HERE,
        for_day=for_day,
        check=readiness.latest(session, office, for_day) if for_day else None,
        by_itself_at=readiness.made_at(session, office, for_day, now=now()) if for_day else None,
        history=readiness.history(session, office),
        fixed_at={code: url_for(endpoint) for code, endpoint in fixed.items()},
        may_check=staff().may(Right.RUN_DAYS),
        Trouble=Trouble,
        moment_of=datetime.fromisoformat,
    )


@bp.post("/days/readiness", endpoint="check_day_readiness")
@needs(Right.RUN_DAYS)
def check_now() -> BaseResponse:
    """Look at everything now."""
    session, office = db.session(), staff_office()
    for_day = readiness.next_such_day(session, office, now=now())
    if for_day is not None:
        readiness.check(session, office, for_day, by=staff().actor, now=now())
        db.session.commit()
    return redirect(url_for(HERE, done="checked" if for_day else ""), 303)


def _may_open(endpoint: str) -> bool:
    return any(staff().may(right) for right in needed(endpoint) or ())

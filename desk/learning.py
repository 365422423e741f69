"""What the kiosks teach: where people stop, what errs, who did it alone, how content they were."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Response, request

from desk.bp import bp
from intake.db import db, reading
from intake.learning import learned
from intake.offices import civil_day
from intake.rules.answers import Fault
from intake.rules.rights import Right
from web import now, page
from web.staff import needs, staff_office

WEEK = timedelta(days=6)
LONGEST = timedelta(days=366)


@bp.get("/visits", endpoint="visits")
@needs(Right.SEE_REGISTER)
def show_visits() -> Response:
    """The last seven days, unless another period is asked for; «month» is one of the calendar."""
    today = civil_day(now())
    sent = request.args.get("from") or (today - WEEK).isoformat(), request.args.get("to") or today.isoformat()
    period = _period(*sent)
    if isinstance(period, Fault):
        return page("desk/visits.html", 422, typed=sent, fault=period, found=None)
    with reading():
        found = learned(db.session(), staff_office(), *period, now=now())
        db.session.rollback()
    return page("desk/visits.html", typed=sent, fault=None, found=found)


def _period(first: str, last: str) -> tuple[date, date] | Fault:
    try:
        period = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return Fault("from", "bad_date")
    is_sound = timedelta() <= period[1] - period[0] <= LONGEST and 1900 < period[0].year < 9000
    return period if is_sound else Fault("from", "bad_period")

"""The page a poster leads to: which days are paper-free at this office, and what that means."""

from __future__ import annotations

from flask import Blueprint, Response, abort
from sqlalchemy import select

from intake.coming_days import coming_days, coming_rules
from intake.db import db
from intake.offices import first_office
from intake.policies import policy_of_day
from intake.records import Office
from intake.rules import service_words as words
from web import limits
from web.core import now
from web.limits import limiter
from web.pages import page

bp = Blueprint("days", __name__)

KEPT = 60  # seconds a phone may keep it: a suspension is told soon


@bp.get("/ngay-khong-giay")
@bp.get("/ngay-khong-giay/<code>")
@limiter.limit(lambda: limits.FOLLOWERS)
def show(code: str | None = None) -> Response:
    """Of the office with that code, else of the one that was founded first."""
    session, moment = db.session(), now()
    office = session.scalar(select(Office).filter_by(code=code)) if code else first_office(session)
    if office is None:
        abort(404)
    policy = policy_of_day(session, office, at=moment)
    response = page(
        "service_days.html",
        office=office,
        moment=moment,
        name=words.day_name(policy),
        sentence=words.day_sentence(policy),
        why=words.why_words(policy, moment),
        suspended=words.suspension_words(policy, moment),
        coming=coming_days(session, office, now=moment),
        rules=coming_rules(session, office, now=moment),
        words=words,
    )
    response.headers["Cache-Control"] = f"public, max-age={KEPT}"
    return response

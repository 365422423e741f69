"""Outages: paper-free days rest at once, a second person confirms, and they run again."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, make_response, redirect, request, url_for

from desk.bp import bp
from desk.days.frame import draw
from desk.days.words import WORDS
from desk.office.frame import by_key, keep
from intake import suspending
from intake.db import db
from intake.rules.answers import Fault
from intake.rules.office_fields import number_of
from intake.rules.rights import Right
from intake.rules.suspension_reasons import MINUTES, read_suspension
from intake.service_days import rules_here
from intake.suspending import open_suspensions
from web import now
from web.staff import needs, staff, staff_office

HERE = "desk.days"
USUAL = {"lineage": "", "minutes": "60"}


@bp.get("/days/suspend", endpoint="suspend_days")
@needs(Right.RUN_DAYS, Right.APPROVE_DAYS)
def show_suspending() -> Response:
    return _page({**USUAL, "lineage": request.args.get("lineage", "")})


@bp.post("/days/suspend", endpoint="suspend_now")
@needs(Right.RUN_DAYS)
def suspend() -> Response:
    typed = request.form.to_dict()
    asked, faults = read_suspension(typed)
    if asked is None:
        return _page(typed, faults)
    session, office, lineage = db.session(), staff_office(), typed.get("lineage", "")
    row = suspending.suspend(session, office, lineage, asked, by=staff().actor, now=now())
    done = "suspended" if row.alone_until > row.begins_at else "awaiting"
    keep(lambda: None)
    return _done(done)


@bp.post("/days/suspensions/<int:suspension_id>/confirm", endpoint="confirm_suspension")
@needs(Right.APPROVE_DAYS)
def confirm(suspension_id: int) -> Response:
    office = staff_office()
    keep(lambda: suspending.confirm(db.session(), office, suspension_id, by=staff().actor, now=now()))
    return _done("confirmed")


@bp.post("/days/suspensions/<int:suspension_id>/resume", endpoint="resume_days")
@needs(Right.RUN_DAYS)
def resume(suspension_id: int) -> Response:
    office = staff_office()
    keep(lambda: suspending.resume(db.session(), office, suspension_id, by=staff().actor, now=now()))
    return _done("resumed")


@bp.post("/days/suspensions/<int:suspension_id>/extend", endpoint="extend_suspension")
@needs(Right.RUN_DAYS)
def extend(suspension_id: int) -> Response:
    office, minutes = staff_office(), number_of("longer", request.form.get("longer", ""), MINUTES)
    if isinstance(minutes, Fault):
        return _page(dict(USUAL), (minutes,))
    keep(lambda: suspending.extend(db.session(), office, suspension_id, minutes, by=staff().actor, now=now()))
    return _done("extended")


def _page(typed: Mapping[str, str], faults: tuple[Fault, ...] = ()) -> Response:
    session, office = db.session(), staff_office()
    rules = [one for one in rules_here(session, office, now=now()) if one.published and one.today]
    return draw(
        "suspend",
        422 if faults else 200,
        here=HERE,
        rules=rules,
        typed=typed,
        faults=by_key(faults),
        suspensions=open_suspensions(session, office, now=now()),
        alone=suspending.minutes_alone(session, office, now=now()),
        **WORDS,
    )


def _done(done: str) -> Response:
    return make_response(redirect(url_for("desk.suspend_days", done=done), 303))

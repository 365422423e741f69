"""Hours, days off and make-up days: who would be affected is shown before anything is kept."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, request

from desk.bp import bp
from desk.office.frame import by_key, draw, keep, saved
from intake.changing import stamp
from intake.db import db
from intake.hours import (
    CALENDARS,
    Plan,
    carry_out,
    days_of,
    hours_of,
    hours_on,
    read_day,
    read_hours,
    stamp_values,
    who_is_affected,
)
from intake.offices import civil_day
from intake.rules.answers import Fault
from intake.rules.office_fields import date_of, sessions_words
from intake.rules.rights import Right
from intake.rules.text import WEEKDAYS, tidy
from web import core, now
from web.staff import needs, staff, staff_office

HERE = "desk.office_hours"
KINDS = ("hours_changed", "day_changed")
SHOWN = 200  # affected dossiers listed by name; the count tells of all


@bp.get("/office/hours", endpoint="office_hours")
@needs(Right.RUN_OFFICE)
def show_hours() -> Response:
    session, office = db.session(), staff_office()
    return draw(
        "hours",
        here=HERE,
        kinds=KINDS,
        hours=[(view, _week(view.hours)) for view in hours_of(session, office, now=now())],
        days=days_of(session, office, now=now()),
        weekdays=WEEKDAYS,
        moved=request.args.get("moved", type=int) or 0,
    )


@bp.get("/office/hours/new", endpoint="new_hours")
@needs(Right.RUN_OFFICE)
def show_new_hours() -> Response:
    """The hours that hold today, to be changed from a day on."""
    office = staff_office()
    return _hours_form(_typed_hours(hours_on(db.session(), office, civil_day(now()))))


@bp.post("/office/hours/new")
@needs(Right.RUN_OFFICE)
def plan_hours() -> Response:
    typed = request.form.to_dict()
    plan, faults = read_hours(typed, now=now())
    if plan is None or typed.get("go") == "mend":
        return _hours_form(typed, faults)
    return (
        _carried_out(plan, typed, "hours") if typed.get("go") == "save" else _affected(plan, typed, "hours")
    )


@bp.get("/office/days/new", endpoint="new_day")
@needs(Right.RUN_OFFICE)
def show_new_day() -> Response:
    asked = request.args.get("date", "")
    for day in days_of(db.session(), staff_office(), now=now()):
        if day.date.isoformat() == asked:
            kept = {"kind": str(day.kind), "name": day.name, "instrument": day.instrument}
            return _day_form({"date": asked, **kept})
    return _day_form({"kind": "holiday"})


@bp.post("/office/days/new")
@needs(Right.RUN_OFFICE)
def plan_day() -> Response:
    typed = request.form.to_dict()
    plan, faults = read_day(typed, now=now())
    if plan is None or typed.get("go") == "mend":
        return _day_form(typed, faults)
    return _carried_out(plan, typed, "day") if typed.get("go") == "save" else _affected(plan, typed, "day")


def _affected(
    plan: Plan,
    typed: Mapping[str, str],
    what: str,
    faults: tuple[Fault, ...] = (),
    late: bool = False,
) -> Response:
    """«Ai bị ảnh hưởng»; the form is sent again from here, with the stamp of what was looked at."""
    session, office = db.session(), staff_office()
    found = who_is_affected(session, office, plan, keys=core().keys, now=now())
    sent = {
        name: value for name, value in typed.items() if name not in ("go", "stamp", "recompute", "decision")
    }
    return draw(
        "affected",
        422 if faults or late else 200,
        here=HERE,
        what_changes=what,
        plan=plan,
        found=found[:SHOWN],
        count=sum(one.moves for one in found),
        unlisted=max(0, len(found) - SHOWN),
        sent=sent,
        typed=typed,
        stamped=stamp(stamp_values(session, office)),
        faults=by_key(faults),
        late=late,
    )


def _carried_out(plan: Plan, typed: Mapping[str, str], what: str) -> Response:
    office, decision = staff_office(), tidy(typed.get("decision", ""))[:200]
    if typed.get("recompute") and not decision:
        return _affected(plan, typed, what, (Fault("decision", "no_decision"),))
    moved = 0

    def act() -> None:
        nonlocal moved
        moved = carry_out(
            db.session(),
            office,
            plan,
            decision=decision if typed.get("recompute") else "",
            stamped=typed.get("stamp", ""),
            keys=core().keys,
            by=staff().actor,
            now=now(),
        )

    if keep(act) is not None:
        return _affected(plan, typed, what, late=True)
    return saved(HERE, moved=moved or None)


def _hours_form(typed: Mapping[str, str], faults: tuple[Fault, ...] = ()) -> Response:
    return draw(
        "hours_form",
        422 if faults else 200,
        here=HERE,
        typed=typed,
        weekdays=WEEKDAYS,
        faults=by_key(faults),
    )


def _day_form(typed: Mapping[str, str], faults: tuple[Fault, ...] = ()) -> Response:
    asked = date_of("date", typed.get("date", ""))
    days = [day for day in days_of(db.session(), staff_office(), now=now()) if not day.is_past]
    day = next((one for one in days if one.date == asked), None)
    return draw(
        "day_form",
        422 if faults else 200,
        here=HERE,
        typed=typed,
        day=day,
        faults=by_key(faults),
    )


def _week(hours: Mapping[str, Mapping[str, list[list[str]]]]) -> list[tuple[str, str]]:
    """For each weekday when officers work and when the kiosks take dossiers, in words."""
    return [
        tuple(sessions_words(hours[name].get(str(weekday), [])) or "nghỉ" for name in CALENDARS)  # type: ignore[misc]
        for weekday in range(7)
    ]


def _typed_hours(hours: Mapping[str, Mapping[str, list[list[str]]]]) -> dict[str, str]:
    typed = {
        f"{name}.{weekday}": sessions_words(hours[name].get(str(weekday), []))
        for name in CALENDARS
        for weekday in range(7)
    }
    return typed | {f"{name}_on_days_off": "1" for name in CALENDARS if hours.get(f"{name}_on_days_off")}

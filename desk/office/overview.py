"""One line of health for each part of the office."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response
from sqlalchemy import func, select

from desk.bp import bp
from desk.office.frame import draw
from intake.db import db
from intake.hours import days_of
from intake.offering import count_failed
from intake.offices import calendar_of, civil_day, intake_calendar_of
from intake.points import PointView, points
from intake.printers import PrinterView, printers
from intake.records import Assignment, OfferedProcedure, Office, Person
from intake.rules.calendar import DayKind, WorkCalendar
from intake.rules.rights import Right
from web import now
from web.staff import needs, staff_office


@dataclass(frozen=True)
class Health:
    """What a manager sees first in the morning."""

    kiosks: tuple[PointView, ...]
    silent: tuple[PointView, ...]
    counters: tuple[PointView, ...]
    printers: tuple[PrinterView, ...]
    troubled: tuple[PrinterView, ...]
    works: tuple[tuple[str, str], ...]  # sessions of today
    receives: tuple[tuple[str, str], ...]
    day_off: object  # the next DayView that is one
    offered: int
    failed: int
    people: int


@bp.get("/office", endpoint="office")
@needs(Right.RUN_OFFICE)
def show_office() -> Response:
    return draw("overview", here="desk.office", health=_health(staff_office()))


def _health(office: Office) -> Health:
    session, moment = db.session(), now()
    kiosks = [one for one in points(session, office, "kiosk", now=moment) if one.active]
    rows = [one for one in printers(session, office) if one.active]
    off = (day for day in days_of(session, office, now=moment) if day.kind is not DayKind.MAKEUP)
    return Health(
        kiosks=tuple(kiosks),
        silent=tuple(one for one in kiosks if one.state == "silent"),
        counters=tuple(one for one in points(session, office, "counter", now=moment) if one.active),
        printers=tuple(rows),
        troubled=tuple(one for one in rows if one.trouble or one.near_end),
        works=_today(calendar_of(session, office, now=moment)),
        receives=_today(intake_calendar_of(session, office, now=moment)),
        day_off=next((day for day in off if not day.is_past), None),
        offered=_count(select(func.count()).select_from(OfferedProcedure).filter_by(office_id=office.id)),
        failed=count_failed(session, office),
        people=_count(
            select(func.count(func.distinct(Assignment.person_id)))
            .join(Person)
            .where(Assignment.office_id == office.id, Person.active.is_(True))
        ),
    )


def _today(calendar: WorkCalendar) -> tuple[tuple[str, str], ...]:
    return tuple((f"{one.opens:%H:%M}", f"{one.closes:%H:%M}") for one in calendar.sessions(civil_day(now())))


def _count(statement: object) -> int:
    return int(db.session.scalar(statement) or 0)  # type: ignore[call-overload]

"""When the office works: hours from a day on, its own days off and make-up days, and changing them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.changing import must_be, office_at_hand, tell
from intake.events import Actor
from intake.keys import Keys
from intake.offices import calendar_from, civil_day, later_hours, special_days
from intake.recomputing import Affected, affected, recompute
from intake.records import CalendarDay, Office, OfficeHours
from intake.rules.answers import Fault
from intake.rules.calendar import DayKind, SpecialDay, WorkCalendar
from intake.rules.office_fields import date_of, sessions_of, text_of, week_faults

CALENDARS = ("working", "intake")
FURTHEST = timedelta(days=3 * 366)


@dataclass(frozen=True)
class HoursView:
    """Hours from ``valid_from`` on (None: since ever) until the next begin."""

    valid_from: date | None
    hours: Mapping[str, Any]
    instrument: str
    is_now: bool
    is_past: bool


@dataclass(frozen=True)
class DayView:
    """A day that is not what its weekday says; ``is_ours``: set by this office, which may change it."""

    date: date
    kind: DayKind
    name: str
    instrument: str
    provisional: bool
    is_ours: bool
    is_past: bool


@dataclass(frozen=True)
class HoursChange:
    """Hours that shall hold from a day on."""

    valid_from: date
    hours: Mapping[str, Any]
    instrument: str


@dataclass(frozen=True)
class DayChange:
    """A day of the office's own; ``kind`` None takes it away again."""

    date: date
    kind: DayKind | None
    name: str
    instrument: str


Plan = HoursChange | DayChange


def hours_of(session: Session, office: Office, *, now: datetime) -> list[HoursView]:
    """All hours there were, are and will be, the newest first."""
    rows = session.scalars(
        select(OfficeHours).filter_by(office_id=office.id).order_by(OfficeHours.valid_from)
    ).all()
    today = civil_day(now)
    begun = [row.valid_from for row in rows if row.valid_from <= today]
    now_from = begun[-1] if begun else None
    views = [HoursView(None, office.hours, "", now_from is None, now_from is not None)]
    views += [
        HoursView(
            row.valid_from,
            row.hours,
            row.instrument,
            row.valid_from == now_from,
            now_from is not None and row.valid_from < now_from,
        )
        for row in rows
    ]
    return views[::-1]


def hours_on(session: Session, office: Office, day: date) -> Mapping[str, Any]:
    """The hours that hold on ``day``."""
    later = later_hours(session, office)
    begun = [first for first in later if first <= day]
    return later[max(begun)] if begun else office.hours


def days_of(session: Session, office: Office, *, now: datetime) -> list[DayView]:
    """The special days from the beginning of this year on, in order."""
    today = civil_day(now)
    own = set(session.scalars(select(CalendarDay.date).filter_by(office_id=office.id)))
    days = sorted(special_days(session, office), key=lambda day: day.date)
    return [
        DayView(
            day.date, day.kind, day.name, day.instrument, day.provisional, day.date in own, day.date < today
        )
        for day in days
        if day.date >= today.replace(month=1, day=1)
    ]


def stamp_values(session: Session, office: Office) -> object:
    """All that decides when the office works: what the forms of this page are stamped with."""
    rows = session.scalars(select(CalendarDay).filter_by(office_id=office.id).order_by(CalendarDay.date))
    return [
        office.hours,
        sorted((str(first), hours) for first, hours in later_hours(session, office).items()),
        [(str(row.date), row.kind, row.name, row.instrument) for row in rows],
    ]


def read_hours(typed: Mapping[str, str], *, now: datetime) -> tuple[HoursChange | None, tuple[Fault, ...]]:
    """The change a manager typed, or what is wrong with it; keys are «working.0» to «intake.6»."""
    faults: list[Fault] = []
    hours: dict[str, dict[str, list[list[str]]]] = {}
    for name in CALENDARS:
        week = hours[name] = {}
        for weekday in range(7):
            key = f"{name}.{weekday}"
            sessions = sessions_of(key, typed.get(key, ""))
            if isinstance(sessions, Fault):
                faults.append(sessions)
            elif sessions:
                week[str(weekday)] = sessions
    faults += [] if faults else week_faults(hours)
    first = _coming_date("valid_from", typed.get("valid_from", ""), now)
    instrument = text_of("instrument", typed.get("instrument", ""))
    faults += [one for one in (first, instrument) if isinstance(one, Fault)]
    if faults:
        return None, tuple(faults)
    flags = {f"{name}_on_days_off": True for name in CALENDARS if typed.get(f"{name}_on_days_off")}
    assert isinstance(first, date) and isinstance(instrument, str)
    return HoursChange(first, {**hours, **flags}, instrument), ()


def read_day(typed: Mapping[str, str], *, now: datetime) -> tuple[DayChange | None, tuple[Fault, ...]]:
    """A day off or make-up day; today may still be declared off, the past may not be changed."""
    day = _coming_date("date", typed.get("date", ""), now)
    gone = typed.get("kind") == "none"
    name = text_of("name", typed.get("name", ""), required=not gone)
    instrument = text_of("instrument", typed.get("instrument", ""), required=not gone)
    faults = [one for one in (day, name, instrument) if isinstance(one, Fault)]
    if not gone and typed.get("kind") not in set(DayKind):
        faults.append(Fault("kind", "bad_choice"))
    if faults:
        return None, tuple(faults)
    assert isinstance(day, date) and isinstance(name, str) and isinstance(instrument, str)
    return DayChange(day, None if gone else DayKind(typed["kind"]), name, instrument), ()


def who_is_affected(
    session: Session, office: Office, plan: Plan, *, keys: Keys, now: datetime
) -> list[Affected]:
    """The open dossiers whose dates would be others under the plan; nothing is changed."""
    return affected(
        session,
        office,
        old=working_calendar(session, office),
        new=working_calendar(session, office, plan),
        since=_first_day(plan),
        keys=keys,
        now=now,
    )


def carry_out(
    session: Session,
    office: Office,
    plan: Plan,
    *,
    decision: str = "",
    stamped: str,
    keys: Keys,
    by: Actor,
    now: datetime,
) -> int:
    """Change the calendar; dates of dossiers only by a ``decision``, the instrument that says so.

    Returns how many dossiers were given other dates. Raises ChangedMeanwhile.
    """
    held = office_at_hand(session, office)
    must_be(stamped, stamp_values(session, held))
    moved = who_is_affected(session, held, plan, keys=keys, now=now) if decision else []
    if isinstance(plan, HoursChange):
        _keep_hours(session, held, plan, by=by, now=now)
    else:
        _keep_day(session, held, plan, by=by, now=now)
    return recompute(session, held, moved, decision=decision, by=by, now=now) if moved else 0


def working_calendar(session: Session, office: Office, plan: Plan | None = None) -> WorkCalendar:
    """The calendar terms are counted on, read now and not from memory; with a plan, as it would be."""
    later, days = later_hours(session, office), special_days(session, office)
    if isinstance(plan, HoursChange):
        later = later | {plan.valid_from: plan.hours}
    elif isinstance(plan, DayChange):
        days = _with_day(session, office, days, plan)
    return calendar_from(office.hours, later, days, "working")


def _with_day(session: Session, office: Office, days: list[SpecialDay], plan: DayChange) -> list[SpecialDay]:
    others = [day for day in days if day.date != plan.date]
    if plan.kind is not None:
        return [*others, SpecialDay(plan.date, plan.kind, plan.name, plan.instrument)]
    national = session.scalar(select(CalendarDay).filter_by(office_id=None, date=plan.date))
    if national is None:
        return others
    return [*others, SpecialDay(national.date, DayKind(national.kind), national.name)]


def _keep_hours(session: Session, office: Office, plan: HoursChange, *, by: Actor, now: datetime) -> None:
    before = hours_on(session, office, plan.valid_from)
    row = session.scalar(select(OfficeHours).filter_by(office_id=office.id, valid_from=plan.valid_from))
    if row is None:
        row = OfficeHours(office_id=office.id, valid_from=plan.valid_from)
        session.add(row)
    row.hours, row.instrument = dict(plan.hours), plan.instrument
    tell(
        session, office, "hours_changed", _flat(before), _flat(plan.hours), by=by, now=now,
        what=plan.valid_from.isoformat(), reason=plan.instrument,
    )  # fmt: skip


def _keep_day(session: Session, office: Office, plan: DayChange, *, by: Actor, now: datetime) -> None:
    row = session.scalar(select(CalendarDay).filter_by(office_id=office.id, date=plan.date))
    before = {} if row is None else {"kind": row.kind, "name": row.name, "instrument": row.instrument}
    if plan.kind is None:
        if row is not None:
            session.delete(row)
        after: dict[str, object] = {}
    else:
        if row is None:
            row = CalendarDay(office_id=office.id, date=plan.date)
            session.add(row)
        row.kind, row.name, row.instrument, row.provisional = plan.kind, plan.name, plan.instrument, False
        after = {"kind": str(plan.kind), "name": plan.name, "instrument": plan.instrument}
    tell(
        session, office, "day_changed", before, after, by=by, now=now, what=plan.date.isoformat(),
        reason=plan.instrument,
    )  # fmt: skip


def _flat(hours: Mapping[str, Any]) -> dict[str, object]:
    """«working.0» → its sessions, so that an event names the days that differ."""
    flat: dict[str, object] = {
        f"{name}.{weekday}": hours[name].get(str(weekday), []) for name in CALENDARS for weekday in range(7)
    }
    return flat | {f"{name}_on_days_off": bool(hours.get(f"{name}_on_days_off")) for name in CALENDARS}


def _first_day(plan: Plan) -> date:
    return plan.valid_from if isinstance(plan, HoursChange) else plan.date


def _coming_date(key: str, typed: str, now: datetime) -> date | Fault:
    day = date_of(key, typed)
    if isinstance(day, date):
        if day < civil_day(now):
            return Fault(key, "past_date")
        if day > civil_day(now) + FURTHEST:
            return Fault(key, "far_date")
    return day

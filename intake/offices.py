"""The office: its points, hours, calendar and the rules that hold on a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from intake.memory import Memory
from intake.records import AcceptancePoint, CalendarDay, Office, OfficeHours, OfficeRule
from intake.rules.calendar import VIETNAM, DayKind, SpecialDay, Week, WorkCalendar
from intake.rules.calendar import Session as Hours
from intake.rules.office_rules import OFFICE_RULES
from intake.rules.refusals import OfficeClosed

_calendars: Memory[WorkCalendar] = Memory(timedelta(seconds=30))
_rules: Memory[Sequence[Row[str, int, date, date | None]]] = Memory(timedelta(seconds=30))


def civil_day(moment: datetime) -> date:
    """The date in Vietnam: at 23:30 in Hà Nội it is still yesterday in UTC."""
    return moment.astimezone(VIETNAM).date()


def point_of(session: Session, code: str | None) -> AcceptancePoint | None:
    """The acceptance point of this code, else the first kiosk; None in an office without any."""
    found = session.scalar(select(AcceptancePoint).filter_by(code=code)) if code else None
    return found or session.scalar(
        select(AcceptancePoint).filter_by(kind="kiosk").order_by(AcceptancePoint.id).limit(1)
    )


def first_office(session: Session) -> Office | None:
    """The office that was founded first; None before any is."""
    return session.scalar(select(Office).order_by(Office.id).limit(1))


def calendar_of(session: Session, office: Office, *, now: datetime) -> WorkCalendar:
    """When officers work: terms are counted on it."""
    return _calendar(session, office, "working", now)


def intake_calendar_of(session: Session, office: Office, *, now: datetime) -> WorkCalendar:
    """When the kiosks take dossiers; a lobby may be open longer than the desks behind it."""
    return _calendar(session, office, "intake", now)


def must_be_open(session: Session, office: Office, *, now: datetime) -> None:
    """Raises OfficeClosed with the next opening when the kiosks take nothing now."""
    hours = intake_calendar_of(session, office, now=now)
    if not hours.is_open(now):
        raise OfficeClosed(opens_at=hours.opens_next(now))


def rule_of(session: Session, office: Office, name: str, *, on: date, now: datetime) -> int | None:
    """The value of a dated rule of the office on that day; None where none holds."""
    rules = _rules.of(
        session,
        office.id,
        now=now,
        read=lambda: session.execute(
            select(OfficeRule.name, OfficeRule.value, OfficeRule.valid_from, OfficeRule.valid_to)
            .where(OfficeRule.office_id == office.id)
            .order_by(OfficeRule.valid_from.desc())
        ).all(),
    )
    for known, value, first, last in rules:
        if known == name and first <= on and (last is None or on <= last):
            return value
    return None


def setting_of(session: Session, office: Office, name: str, *, now: datetime) -> int:
    """What a rule of OFFICE_RULES says today, or its default; only for those that have one."""
    value = rule_of(session, office, name, on=civil_day(now), now=now)
    default = OFFICE_RULES[name].default
    if value is not None:
        return value
    if default is None:
        raise ValueError(f"no default: {name}")
    return default


def _calendar(session: Session, office: Office, hours: str, now: datetime) -> WorkCalendar:
    return _calendars.of(
        session, (office.id, hours), now=now, read=lambda: _read_calendar(session, office, hours)
    )


def _read_calendar(session: Session, office: Office, hours: str) -> WorkCalendar:
    return calendar_from(office.hours, later_hours(session, office), special_days(session, office), hours)


def calendar_from(
    first: Mapping[str, Any],
    later: Mapping[date, Mapping[str, Any]],
    days: Iterable[SpecialDay],
    hours: str,
) -> WorkCalendar:
    """The calendar of ``hours`` ("working" or "intake"): ``first`` holds before all of ``later``."""
    return WorkCalendar(
        days, dated_week(first, hours), {day: dated_week(data, hours) for day, data in later.items()}
    )


def dated_week(data: Mapping[str, Any], hours: str) -> Week:
    return Week(week_from(data[hours]), on_days_off=bool(data.get(f"{hours}_on_days_off")))


def later_hours(session: Session, office: Office) -> dict[date, Mapping[str, Any]]:
    """The hours of this office by the day from which they hold."""
    rows = session.scalars(
        select(OfficeHours).filter_by(office_id=office.id).order_by(OfficeHours.valid_from)
    )
    return {row.valid_from: row.hours for row in rows}


def special_days(session: Session, office: Office) -> list[SpecialDay]:
    """The country's days and the office's own, which stand above them: None sorts first."""
    rows = session.scalars(
        select(CalendarDay)
        .where(or_(CalendarDay.office_id.is_(None), CalendarDay.office_id == office.id))
        .order_by(CalendarDay.office_id.isnot(None), CalendarDay.date)
    )
    days = {
        row.date: SpecialDay(row.date, DayKind(row.kind), row.name, row.instrument, row.provisional)
        for row in rows
    }
    return list(days.values())


def week_from(data: Mapping[str, list[list[str]]]) -> dict[int, tuple[Hours, ...]]:
    """{"0": [["07:30", "11:30"]]} as sessions of weekdays; Monday is 0."""
    return {
        int(weekday): tuple(Hours(_clock(opens), _clock(closes)) for opens, closes in sessions)
        for weekday, sessions in data.items()
    }


def _clock(text: str) -> time:
    return time(23, 59, 59) if text == "24:00" else time.fromisoformat(text)

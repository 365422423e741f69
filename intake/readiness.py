"""The evening before a paper-free day: is everything there? Go or no-go, and what to do about each thing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from intake import backups, events, fallback
from intake.events import Actor
from intake.offices import calendar_of, civil_day, intake_calendar_of
from intake.points import points
from intake.policies import rules_of
from intake.records import (
    Office,
    Person,
    Printer,
    ReadinessCheck,
    ServiceDayVersion,
)
from intake.rehearsing import staffing
from intake.rules.calendar import VIETNAM, WorkCalendar, local
from intake.rules.service_day_file import rule_from
from intake.rules.service_days import ServiceDay
from intake.service_days import procedures_here

EVENING = "evening"  # the slot of the check made by itself
AT = time(16)
BEFORE_CLOSING = timedelta(hours=1)  # where the office closes earlier than that
ASKED = timedelta(minutes=10)  # a printer that nobody has asked for so long may be in any state
ITSELF = Actor("Một Chạm", "worker")
NAMED = 6  # things told by name; of the rest the number is enough


@dataclass(frozen=True)
class Line:
    """One thing that is needed. ``ok`` None: not known, or nothing to look at; ``facts`` are JSON."""

    code: str
    ok: bool | None
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Check:
    """What was found at ``at`` about ``for_day``. ``person`` is "" for the check made by itself."""

    for_day: date
    at: datetime
    person: str
    go: bool
    lines: tuple[Line, ...]

    @property
    def missing(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.ok is False)


def check(
    session: Session, office: Office, for_day: date, *, by: Actor, now: datetime, slot: str = ""
) -> Check:
    """Look at everything and keep what was found; the same ``slot`` of a day is kept once.

    Whoever comes second is given what the first one found.
    """
    lines = find(session, office, for_day, now=now)
    row = ReadinessCheck(
        office_id=office.id,
        for_day=for_day,
        slot=slot or now.isoformat(),
        at=now,
        person_id=by.person_id,
        go=all(line.ok is not False for line in lines),
        lines=[{"code": line.code, "ok": line.ok, "facts": dict(line.facts)} for line in lines],
    )
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        known = session.scalars(
            select(ReadinessCheck).filter_by(office_id=office.id, for_day=for_day, slot=row.slot)
        )
        return _view(session, known.one())
    bad = [line.code for line in lines if line.ok is False]
    facts: dict[str, object] = {"for_day": for_day.isoformat(), "go": row.go, "missing": bad}
    events.append(session, "readiness_checked", by=by, now=now, office_id=office.id, facts=facts)
    return _view(session, row)


def evening_due(session: Session, office: Office, *, now: datetime) -> date | None:
    """The day whose check is to be made by itself now: from 16:00 of the last working day before it.

    None before that hour, for an ordinary day, and where it was made already.
    One missed because nothing ran is made up for until the doors open. Reads only.
    """
    calendar = calendar_of(session, office, now=now)
    for_day = day_ahead(calendar, now)
    if now < _hour(calendar, for_day):
        return None
    if not any(rule.runs_on(for_day, calendar) for rule in rules_of(session, office, now=now)):
        return None
    made = select(ReadinessCheck.id).filter_by(office_id=office.id, for_day=for_day, slot=EVENING)
    return for_day if session.scalar(made) is None else None


def evening(session: Session, office: Office, *, now: datetime) -> Check | None:
    """The check made by itself, where it is due; however many workers ask for it, there is one."""
    for_day = evening_due(session, office, now=now)
    return None if for_day is None else check(session, office, for_day, by=ITSELF, now=now, slot=EVENING)


def day_ahead(calendar: WorkCalendar, now: datetime) -> date:
    """Today until the doors open, else the next working day: after a Friday that is Monday."""
    today = civil_day(now)
    sessions = calendar.sessions(today)
    if sessions and local(now).time() < sessions[0].opens:
        return today
    return calendar.next_working_day(today)


def next_such_day(session: Session, office: Office, *, now: datetime) -> date | None:
    """The next day on which a published rule runs, today until the doors open; None within a year."""
    calendar = calendar_of(session, office, now=now)
    before = day_ahead(calendar, now) - timedelta(days=1)
    days = (rule.next_day(before, calendar) for rule in rules_of(session, office, now=now))
    return min(filter(None, days), default=None)


def made_at(session: Session, office: Office, for_day: date, *, now: datetime) -> datetime:
    """When the check about that day is made by itself."""
    return _hour(calendar_of(session, office, now=now), for_day)


def latest(session: Session, office: Office, for_day: date) -> Check | None:
    """What was last found about that day; None while nobody has looked."""
    return next(iter(history(session, office, for_day, most=1)), None)


def history(session: Session, office: Office, for_day: date | None = None, *, most: int = 12) -> list[Check]:
    """The last checks, of one day or of all, the latest first."""
    wanted = select(ReadinessCheck).filter_by(office_id=office.id)
    if for_day is not None:
        wanted = wanted.filter_by(for_day=for_day)
    rows = session.scalars(wanted.order_by(ReadinessCheck.at.desc(), ReadinessCheck.id.desc()).limit(most))
    return [_view(session, row) for row in rows]


def find(session: Session, office: Office, for_day: date, *, now: datetime) -> tuple[Line, ...]:
    """Every line, in the order in which they are worth looking at. Reads only."""
    calendar = calendar_of(session, office, now=now)
    rules = [rule for rule in rules_of(session, office, now=now) if rule.runs_on(for_day, calendar)]
    return (
        _rule(session, office, rules, for_day, calendar),
        _hours(session, office, rules, for_day, calendar, now),
        _suspensions(rules, for_day, calendar),
        _procedures(session, office, rules, now),
        _staff(session, office),
        _kiosks(session, office, now),
        _printers(session, office, now),
        _forms(session, office),
        _backup(session, now),
    )


def _rule(
    session: Session, office: Office, rules: Iterable[ServiceDay], for_day: date, calendar: WorkCalendar
) -> Line:
    """A rule runs, and none that was approved for the day is still kept in a drawer."""
    approved = session.scalars(
        select(ServiceDayVersion).filter_by(office_id=office.id, state="approved").order_by("id")
    )
    waiting = [row.title for row in approved if rule_from(row.definition).runs_on(for_day, calendar)]
    titles = [rule.title for rule in rules]
    return Line("rule", bool(titles) and not waiting, {"titles": titles, "waiting": waiting})


def _hours(
    session: Session,
    office: Office,
    rules: Iterable[ServiceDay],
    for_day: date,
    calendar: WorkCalendar,
    now: datetime,
) -> Line:
    """The doors and the kiosks are open, and before the cut-off."""
    told, late = [], []
    for rule in rules:
        sessions = rule.sessions(for_day, calendar)
        hours = ", ".join(f"{one.opens:%H:%M}–{one.closes:%H:%M}" for one in sessions)
        told.append({"title": rule.title, "hours": hours, "cutoff": f"{rule.cutoff:%H:%M}"})
        if rule.promises_today and rule.cutoff <= sessions[0].opens:
            late.append(rule.title)
    kiosks_open = bool(intake_calendar_of(session, office, now=now).sessions(for_day))
    ok = bool(told) and kiosks_open and not late
    return Line("hours", ok, {"rules": told, "late": late, "kiosks_open": kiosks_open})


def _suspensions(rules: Iterable[ServiceDay], for_day: date, calendar: WorkCalendar) -> Line:
    still = []
    for rule in rules:
        opens = datetime.combine(for_day, rule.sessions(for_day, calendar)[0].opens, VIETNAM)
        ends = [one.ends for one in rule.suspensions if one.begins <= opens < one.ends]
        still += [{"title": rule.title, "until": end.isoformat()} for end in ends]
    return Line("suspensions", not still, {"still": still})


def _procedures(session: Session, office: Office, rules: Iterable[ServiceDay], now: datetime) -> Line:
    """Those the rules name have questions to file electronically by; of «all» that is only told."""
    known, rules = procedures_here(session, office, now=now), list(rules)
    meant = [one for one in known.values() if any(rule.is_for(one.code, one.sector) for rule in rules)]
    absent = sorted({code for rule in rules for code in rule.procedures} - known.keys())
    bare = [one for one in meant if not one.groups]
    by_name = [one for one in bare if any(_names(rule, one.code, one.sector) for rule in rules)]
    scanned = sum(
        any(paper.required and not (paper.show or paper.held_by_state) for paper in one.requirements)
        for one in meant
    )
    ok = None if not meant or (bare and not by_name and not absent) else not (by_name or absent)
    facts = {
        "count": len(meant),
        "bare": [one.title for one in by_name or bare][:NAMED],
        "bare_count": len(by_name or bare),
        "absent": absent,
        "scanned": scanned,
    }
    return Line("procedures", False if absent else ok, facts)


def _names(rule: ServiceDay, code: str, sector: str) -> bool:
    return code in rule.procedures or sector in rule.sectors


def _staff(session: Session, office: Office) -> Line:
    found = staffing(session, office)
    return Line("staff", found.reception > 0 and found.deciding > 0, asdict(found))


def _kiosks(session: Session, office: Office, now: datetime) -> Line:
    rows = [one for one in points(session, office, "kiosk", now=now) if one.active]
    alive = sum(one.state == "alive" for one in rows)
    silent = [one.name for one in rows if one.state in ("silent", "new", "coded")]
    ok = False if silent else True if rows and alive == len(rows) else None
    return Line("kiosks", ok, {"count": len(rows), "alive": alive, "silent": silent})


def _printers(session: Session, office: Office, now: datetime) -> Line:
    rows = session.scalars(
        select(Printer).filter_by(office_id=office.id, active=True).order_by(Printer.id)
    ).all()
    bad = [{"name": one.name, "trouble": one.trouble} for one in rows if one.trouble]
    ending = [one.name for one in rows if one.near_end and not one.trouble]
    unasked = [one.name for one in rows if one.checked_at is None or now - one.checked_at > ASKED]
    ok = False if bad or ending else None if unasked or not rows else True
    return Line("printers", ok, {"count": len(rows), "bad": bad, "ending": ending, "unasked": unasked})


def _forms(session: Session, office: Office) -> Line:
    count = fallback.count_open(session, office)
    return Line("forms", count >= fallback.ENOUGH, {"count": count, "enough": fallback.ENOUGH})


def _backup(session: Session, now: datetime) -> Line:
    last = backups.last_backup(session)
    ok = last is not None and now - last < backups.FRESH
    return Line("backup", ok, {"at": last.isoformat() if last else None})


def _hour(calendar: WorkCalendar, for_day: date) -> datetime:
    """When the check about ``for_day`` is made: on the last working day before, with time left to act."""
    day = for_day - timedelta(days=1)
    for _ in range(60):
        if calendar.is_working_day(day):
            break
        day -= timedelta(days=1)
    usual = datetime.combine(day, AT, VIETNAM)
    return min(usual, calendar.ends(day) - BEFORE_CLOSING) if calendar.is_working_day(day) else usual


def _view(session: Session, row: ReadinessCheck) -> Check:
    person = session.get(Person, row.person_id) if row.person_id else None
    lines = tuple(Line(one["code"], one["ok"], one["facts"]) for one in row.lines)
    return Check(row.for_day, row.at, person.name if person else "", row.go, lines)

"""A service day as it runs: what its page shows every few seconds. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.day_report import Baseline, OfProcedure, Rule, baseline, procedures_of, rules_ever
from intake.figures import bounds, figures, sum_of
from intake.lines import GroupLine, lines_of
from intake.offices import calendar_of, civil_day
from intake.policies import rules_of, used_of
from intake.queries import procedure_version
from intake.records import Dossier, Office, Unit
from intake.rules.calendar import Session as Hours
from intake.rules.calendar import WorkCalendar, local
from intake.rules.day_figures import Sum
from intake.rules.lifecycle import RUNNING
from intake.rules.service_days import ONE_DAY, ServiceDay

NEAR = timedelta(minutes=60)  # a promise for the day,
NEAR_WAITING = timedelta(minutes=10)  # and one to somebody who waits for it
SHOWN = 8
LOOKED_BACK = timedelta(days=60)


@dataclass(frozen=True)
class Hour:
    """Dossiers received in one hour of the clock; ``most`` is what the rules promise in it, None: any."""

    hour: int
    electronic: int
    paper: int
    digitised: int
    most: int | None

    @property
    def count(self) -> int:
        return self.electronic + self.paper + self.digitised


@dataclass(frozen=True)
class AtRisk:
    """A promise for today that is near or broken. ``minutes`` left; negative when it is past."""

    code: str
    title: str
    unit: str  # "" for the front desk
    expected_at: datetime
    minutes: int


@dataclass(frozen=True)
class Capacity:
    """Same-day results promised of those that a rule allows."""

    title: str
    words: str
    used: int
    most: int


@dataclass(frozen=True)
class Board:
    """Of today. ``rules`` empty: an ordinary day, with the ``next`` such day and the ``last`` one.

    ``running`` is False when all of its rules were ended in the course of the day.
    """

    day: date
    rules: tuple[ServiceDay, ...]
    running: bool
    suspended: bool
    sum: Sum
    baseline: Baseline
    hours: tuple[Hour, ...]
    procedures: tuple[OfProcedure, ...]
    at_risk: tuple[AtRisk, ...]
    at_risk_count: int
    waiting: tuple[GroupLine, ...]
    capacities: tuple[Capacity, ...]
    next: tuple[date, ServiceDay] | None
    last: tuple[date, ServiceDay] | None
    has_rules: bool


def board(session: Session, office: Office, *, now: datetime) -> Board:
    """Today, with what is counted of the dossiers that fell under a rule, one that was ended since too."""
    today, calendar = civil_day(now), calendar_of(session, office, now=now)
    published = rules_of(session, office, now=now)
    running = tuple(rule for rule in published if rule.runs_on(today, calendar))
    cells = [cell for cell in figures(session, office, today, today, now=now) if cell.rules]
    names = {rule.lineage for rule in running}
    held = names.union(*(cell.rules for cell in cells))
    known = [rule for rule in rules_ever(session, office) if rule.lineage in held]
    ended = tuple(rule.latest for rule in known if rule.lineage not in names)
    at_risk = _at_risk(session, office, today, now=now)
    told = sum_of(cells)
    return Board(
        day=today,
        rules=running + ended,
        running=bool(running),
        suspended=bool(running) and all(rule.is_suspended(now) for rule in running),
        sum=told,
        baseline=_before(session, office, known, today, now=now),
        hours=_hours(told, running, today, calendar),
        procedures=procedures_of(cells, session, now=now),
        at_risk=tuple(at_risk[:SHOWN]),
        at_risk_count=len(at_risk),
        waiting=lines_of(session, office, now=now) if running or ended else (),
        capacities=_capacities(session, office, running, now=now),
        next=_next(published, today, calendar),
        last=_last(published, today, calendar),
        has_rules=bool(published),
    )


def _before(
    session: Session, office: Office, rules: Sequence[Rule], today: date, *, now: datetime
) -> Baseline:
    """This weekday before the first of today's rules began."""
    if not rules:
        return Baseline((), Sum())
    began = min(rule.began for rule in rules)
    return baseline(session, office, rules, {today.weekday()}, began, now=now)


def _hours(told: Sum, rules: Sequence[ServiceDay], day: date, calendar: WorkCalendar) -> tuple[Hour, ...]:
    """From the first hour that is worked or had somebody to the last."""
    electronic, paper, digitised = (told.table(f"hour_{one}") for one in ("electronic", "paper", "digitised"))
    worked = {
        hour
        for rule in rules
        for session in rule.sessions(day, calendar)
        for hour in range(24)
        if _is_worked(hour, session)
    }
    seen = worked | {int(hour) for hour in {*electronic, *paper, *digitised}}
    if not seen:
        return ()
    return tuple(
        Hour(
            hour,
            electronic.get(str(hour), 0),
            paper.get(str(hour), 0),
            digitised.get(str(hour), 0),
            _most(rules, hour, day, calendar),
        )
        for hour in range(min(seen), max(seen) + 1)
    )


def _most(rules: Sequence[ServiceDay], hour: int, day: date, calendar: WorkCalendar) -> int | None:
    """None where one of the rules that promise in that hour promises any number."""
    promising = [
        rule.per_hour
        for rule in rules
        if rule.promises_today and any(_is_worked(hour, one) for one in rule.sessions(day, calendar))
    ]
    limits = [most for most in promising if most is not None]
    return sum(limits) if limits and len(limits) == len(promising) else None


def _is_worked(hour: int, session: Hours) -> bool:
    return session.opens.hour <= hour and session.closes > time(hour)


def _at_risk(session: Session, office: Office, today: date, *, now: datetime) -> list[AtRisk]:
    """Of those who filed today, the most urgent first."""
    rows = session.execute(
        select(
            Dossier.dossier_code,
            Dossier.procedure_version_id,
            Dossier.visit_minutes,
            Dossier.expected_at,
            Unit.name.label("unit"),
        )
        .outerjoin(Unit, Unit.id == Dossier.unit_id)
        .where(
            Dossier.office_id == office.id,
            Dossier.status.in_(RUNNING),
            Dossier.same_day.is_(True),
            Dossier.expected_at <= now + NEAR,
            Dossier.received_at >= bounds(today, today)[0],
        )
        .order_by(Dossier.expected_at, Dossier.id)
    ).all()
    found = []
    for row in rows:
        near = NEAR_WAITING if row.visit_minutes else NEAR
        if row.expected_at is None or row.expected_at > now + near:
            continue
        title = procedure_version(session, row.procedure_version_id, now=now).title
        left = int((row.expected_at - now).total_seconds() // 60)
        found.append(AtRisk(row.dossier_code, title, row.unit or "", row.expected_at, left))
    return found


def _capacities(
    session: Session, office: Office, rules: Sequence[ServiceDay], *, now: datetime
) -> tuple[Capacity, ...]:
    limited = [rule for rule in rules if rule.per_day is not None or rule.per_hour is not None]
    if not limited:
        return ()
    used, hour = used_of(session, office, limited, at=now), local(now).hour
    found = []
    for rule in limited:
        if rule.per_day is not None:
            found.append(Capacity(rule.title, "cả ngày", used[rule.id].day, rule.per_day))
        if rule.per_hour is not None:
            words = f"từ {hour} đến {hour + 1} giờ"
            found.append(Capacity(rule.title, words, used[rule.id].hour, rule.per_hour))
    return tuple(found)


def _next(rules: Sequence[ServiceDay], today: date, calendar: WorkCalendar) -> tuple[date, ServiceDay] | None:
    days = [(day, rule) for rule in rules if (day := rule.next_day(today, calendar)) is not None]
    return min(days, default=None, key=lambda one: (one[0], one[1].id))


def _last(rules: Sequence[ServiceDay], today: date, calendar: WorkCalendar) -> tuple[date, ServiceDay] | None:
    """The latest such day before today, as far back as anybody asks."""
    days = [
        (day, rule) for rule in rules for day in rule.days(today - LOOKED_BACK, today - ONE_DAY, calendar)
    ]
    return max(days, default=None, key=lambda one: (one[0], -one[1].id))

"""What service days achieved in a period: one model for the screen, the PDF and the workbook.

Counted are the dossiers that fell under a rule when they were received. Beside
them stand the same procedures on ordinary days, and the same weekdays before
the rule began: a rule is compared with what was, not with nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, String, cast, func, select
from sqlalchemy.orm import Session

from intake.figures import Cell, bounds, figures, sum_of
from intake.offices import calendar_of, civil_day, setting_of
from intake.queries import procedure_version
from intake.records import Dossier, Office, ProcedureVersion, ServiceDayVersion
from intake.rules.day_figures import MEDIAN, Sum, total
from intake.rules.lifecycle import RUNNING
from intake.rules.procedures import Procedure
from intake.rules.service_days import ServiceDay
from intake.service_days import rule_of_row
from intake.suspending import days_suspended, suspended_together

WEEKS_BEFORE = 8
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Rule:
    """A rule that was in force at some time, as its latest version says; ``began`` with its first."""

    lineage: str
    latest: ServiceDay
    began: date

    @property
    def title(self) -> str:
        return self.latest.title


@dataclass(frozen=True)
class Scope:
    """Civil days, both counted; ``lineage`` "" is all rules."""

    first: date
    last: date
    lineage: str = ""


@dataclass(frozen=True)
class Baseline:
    """The same weekdays in the weeks before: ``days`` are those on which something was received."""

    days: tuple[date, ...]
    sum: Sum


@dataclass(frozen=True)
class Target:
    """``reached`` None: nothing to say yet. Both are percent, the aim a whole number."""

    name: str
    aim: int
    share: float | None

    @property
    def reached(self) -> bool | None:
        return None if self.share is None else self.share * 100 >= self.aim


@dataclass(frozen=True)
class OfDay:
    """One day. ``broken`` has the promises that only time broke; ``pending`` may still be kept today."""

    day: date
    sum: Sum
    broken: int
    pending: int
    suspended: int  # minutes


@dataclass(frozen=True)
class OfProcedure:
    code: str
    title: str
    sum: Sum


@dataclass(frozen=True)
class DayReport:
    """``rules`` are those of the scope; ``ordinary`` the same procedures on the other days of the period."""

    scope: Scope
    today: date
    rules: tuple[Rule, ...]
    days: tuple[OfDay, ...]
    procedures: tuple[OfProcedure, ...]
    sum: Sum
    ordinary: Sum
    baseline: Baseline
    targets: tuple[Target, ...]
    shorter: int  # percent that a term is to be shorter by
    overdue: int  # past the deadline and still open

    @property
    def broken(self) -> int:
        return sum(one.broken for one in self.days)

    @property
    def pending(self) -> int:
        return sum(one.pending for one in self.days)

    @property
    def suspended(self) -> int:
        return sum(one.suspended for one in self.days)

    @property
    def is_empty(self) -> bool:
        return not self.sum["dossiers"]


def report(session: Session, office: Office, scope: Scope, *, now: datetime) -> DayReport:
    """Everything there is to say about the service days of ``scope``. Reads only."""
    today = civil_day(now)
    rules = tuple(one for one in rules_ever(session, office) if scope.lineage in ("", one.lineage))
    cells = figures(session, office, scope.first, scope.last, now=now)
    catalogue = newest(session, {cell.procedure_code for cell in cells}, now=now)
    special = [cell for cell in cells if _is_under(cell, scope.lineage)]
    listed = _listed(rules, catalogue)
    ordinary = [cell for cell in cells if not cell.rules and cell.procedure_code in listed]
    weekdays = frozenset(cell.day.weekday() for cell in special) or _weekdays(rules)
    begins = min((rule.began for rule in rules), default=scope.first)
    before = baseline(session, office, rules, weekdays, begins, now=now)
    days = tuple(_days(session, office, scope, special, rules, now=now))
    whole = total(one.sum for one in days)
    shorter = setting_of(session, office, "target_shorter", now=now)
    return DayReport(
        scope=scope,
        today=today,
        # Whose decision is told: rules that ran in the period, where any did.
        rules=tuple(one for one in rules if any(one.lineage in cell.rules for cell in special)) or rules,
        days=days,
        procedures=_procedures(special, catalogue),
        sum=whole,
        ordinary=sum_of(ordinary),
        baseline=before,
        targets=_targets(session, office, whole, shorter, now=now),
        shorter=shorter,
        overdue=_overdue(session, office, scope, now=now),
    )


def baseline(
    session: Session,
    office: Office,
    rules: Sequence[Rule],
    weekdays: Iterable[int],
    before: date,
    *,
    now: datetime,
) -> Baseline:
    """The procedures of ``rules`` on these weekdays of the eight weeks before, days off left out."""
    calendar = calendar_of(session, office, now=now)
    wanted = set(weekdays)
    weeks = [before - back * ONE_DAY for back in range(1, 7 * WEEKS_BEFORE + 1)]
    days = sorted(day for day in weeks if day.weekday() in wanted and calendar.is_working_day(day))
    if not days:
        return Baseline((), Sum())
    cells = figures(session, office, days[0], days[-1], days=days, now=now)
    catalogue = newest(session, {cell.procedure_code for cell in cells}, now=now)
    listed = _listed(rules, catalogue)
    # A day of which nothing is known is not a day without dossiers: nobody counted then.
    return Baseline(
        tuple(sorted({cell.day for cell in cells})),
        sum_of(cell for cell in cells if cell.procedure_code in listed and not cell.rules),
    )


def rules_ever(session: Session, office: Office) -> tuple[Rule, ...]:
    """Every rule that was published here, ended ones too, the oldest first."""
    found: dict[str, Rule] = {}
    for row in published_versions(session, office):
        rule = rule_of_row(row)
        published = civil_day(row.published_at) if row.published_at else rule.valid_from
        began = max(published, rule.valid_from)
        known = found.get(row.lineage)
        found[row.lineage] = Rule(row.lineage, rule, min(began, known.began) if known else began)
    return tuple(found.values())


def published_versions(session: Session, office: Office) -> Sequence[ServiceDayVersion]:
    """All that were ever in force here, the oldest first."""
    return session.scalars(
        select(ServiceDayVersion)
        .where(ServiceDayVersion.office_id == office.id, ServiceDayVersion.published_at.is_not(None))
        .order_by(ServiceDayVersion.id)
    ).all()


def under(lineage: str) -> ColumnElement[bool]:
    """Whether a dossier fell under this rule, under any with ""."""
    told = cast(Dossier.service_days, String)
    return told.contains(f'"{lineage}"', autoescape=True) if lineage else told != "[]"


def procedures_of(cells: Iterable[Cell], session: Session, *, now: datetime) -> tuple[OfProcedure, ...]:
    """The cells by procedure, what was received most first."""
    cells = list(cells)
    return _procedures(cells, newest(session, {cell.procedure_code for cell in cells}, now=now))


def _is_under(cell: Cell, lineage: str) -> bool:
    return lineage in cell.rules if lineage else bool(cell.rules)


def _listed(rules: Iterable[Rule], catalogue: Mapping[str, Procedure]) -> frozenset[str]:
    """The codes that one of the rules is for; all of them where there is no rule."""
    rules = list(rules)
    if not rules:
        return frozenset(catalogue)
    return frozenset(
        code
        for code, procedure in catalogue.items()
        if any(rule.latest.is_for(code, procedure.sector) for rule in rules)
    )


def newest(session: Session, codes: Iterable[str], *, now: datetime) -> dict[str, Procedure]:
    """Each procedure in its newest version."""
    rows = session.execute(
        select(ProcedureVersion.procedure_code, func.max(ProcedureVersion.id))
        .where(ProcedureVersion.procedure_code.in_(sorted(set(codes))))
        .group_by(ProcedureVersion.procedure_code)
    )
    return {code: procedure_version(session, version_id, now=now) for code, version_id in rows}


def _weekdays(rules: Iterable[Rule]) -> frozenset[int]:
    return frozenset(day for rule in rules for day in rule.latest.weekdays)


def _procedures(cells: Sequence[Cell], catalogue: Mapping[str, Procedure]) -> tuple[OfProcedure, ...]:
    by_code: dict[str, list[Cell]] = {}
    for cell in cells:
        by_code.setdefault(cell.procedure_code, []).append(cell)
    rows = (OfProcedure(code, catalogue[code].title, sum_of(some)) for code, some in by_code.items())
    return tuple(sorted(rows, key=lambda row: (-row.sum["dossiers"], row.title)))


def _days(
    session: Session,
    office: Office,
    scope: Scope,
    cells: Sequence[Cell],
    rules: Sequence[Rule],
    *,
    now: datetime,
) -> Iterable[OfDay]:
    """Those on which a rule ran, with or without dossiers, until today."""
    today, lineages = civil_day(now), [rule.lineage for rule in rules]
    by_day: dict[date, list[Cell]] = {day: [] for day in _ran(session, office, scope, rules, now=now)}
    for cell in cells:
        by_day.setdefault(cell.day, []).append(cell)
    rested = days_suspended(session, office, *bounds(scope.first, scope.last))
    for day, some in sorted(by_day.items()):
        told = sum_of(some)
        undecided = told.open_promises()
        yield OfDay(
            day=day,
            sum=told,
            broken=told["broken"] + (undecided if day < today else 0),
            pending=0 if day < today else undecided,
            suspended=suspended_together(session, office, lineages, day, now=now) if day in rested else 0,
        )


def _ran(
    session: Session, office: Office, scope: Scope, rules: Sequence[Rule], *, now: datetime
) -> set[date]:
    """The days of the scope, until today, on which a version of one of the rules was in force and ran."""
    calendar, names = calendar_of(session, office, now=now), {rule.lineage for rule in rules}
    found: set[date] = set()
    for row in published_versions(session, office):
        if row.lineage not in names or row.published_at is None:
            continue
        first = max(scope.first, civil_day(row.published_at))
        last = min(scope.last, civil_day(row.ended_at or now))
        found |= set(rule_of_row(row).days(first, last, calendar))
    return found


def _targets(
    session: Session, office: Office, whole: Sum, shorter: int, *, now: datetime
) -> tuple[Target, ...]:
    """What provinces aim at; each office sets its own numbers: OFFICE_RULES target_*."""

    def aim(name: str) -> int:
        return setting_of(session, office, name, now=now)

    used = whole.used(MEDIAN)
    return (
        Target("electronic", aim("target_electronic"), whole.share("electronic")),
        Target("fully_electronic", aim("target_fully_electronic"), whole.share("fully_electronic")),
        Target("shorter", shorter, None if used is None else 1 - used / 100),
    )


def _overdue(session: Session, office: Office, scope: Scope, *, now: datetime) -> int:
    """Asked by its index of open dossiers, which are few, and not by the many of a month."""
    begins, ends = bounds(scope.first, scope.last)
    late = session.execute(
        select(Dossier.received_at, Dossier.service_days).where(
            Dossier.office_id == office.id,
            Dossier.status.in_(RUNNING),
            Dossier.expected_at < now,  # never later than the deadline
            Dossier.deadline_at < now,
        )
    )
    return sum(
        begins <= at < ends and (scope.lineage in rules if scope.lineage else bool(rules))
        for at, rules in late
    )

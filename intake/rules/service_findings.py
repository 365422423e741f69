"""What is wrong with a rule of service days, or worth knowing, before people live by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice

from intake.rules.calendar import VIETNAM, Session, WorkCalendar
from intake.rules.procedures import Procedure, ServiceLevel, Term, TermUnit
from intake.rules.service_days import FURTHEST, ONE_DAY, Mode, Part, ServiceDay, recurrence_fault

MOST = 6  # days of one kind told
HOURS_OF_A_DAY = 8
TOLD = ("holidays", "no_decision")
SAME = timedelta(days=60)  # two rules are one when they run on the same days so long


@dataclass(frozen=True)
class Finding:
    """One contradiction, or something to know; templates/service_findings.html says the sentence of ``code``.

    With ``stops`` the rule can be kept as a draft, not approved.
    """

    code: str
    stops: bool = False
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def weight(self) -> str:
        """ "bad" stops, "warn" is worth a look, "info" is only told."""
        return "bad" if self.stops else "info" if self.code in TOLD else "warn"


def findings(
    rule: ServiceDay,
    *,
    others: Iterable[ServiceDay],
    former: ServiceDay | None = None,
    calendar: WorkCalendar,
    procedures: Mapping[str, Procedure],
    longest_term: int,
    today: date,
) -> tuple[Finding, ...]:
    """Everything found, the heaviest first.

    ``others`` are the approved and published rules of the office, of other
    lineages, ``former`` the published version of this one, which ends the moment
    ``rule`` is published; ``procedures`` what it receives, by code. A result on the same day
    is promised for terms of at most ``longest_term`` working days.
    """
    found = [
        *_in_modes(rule),
        *_in_days(rule, calendar, today),
        *_between(former, rule, calendar, today),
        *_in_procedures(rule, calendar, procedures, today),
    ]
    if rule.promises_today:
        found += [*_in_terms(rule, procedures, longest_term), *_in_hours(rule, calendar, today)]
    if not recurrence_fault_of(rule):
        for other in others:
            if recurrence_fault_of(other) == "":
                found += _against(rule, other, calendar, procedures, today)
    if not rule.decision:
        found.append(Finding("no_decision"))
    return tuple(sorted(found, key=lambda one: ("bad", "warn", "info").index(one.weight)))


def recurrence_fault_of(rule: ServiceDay) -> str:
    return recurrence_fault(rule.recurrence) if rule.recurrence else ""


def covered(rule: ServiceDay, procedures: Mapping[str, Procedure]) -> dict[str, Procedure]:
    """Those of ``procedures`` for which the rule is."""
    return {code: one for code, one in procedures.items() if rule.is_for(code, one.sector)}


def _in_modes(rule: ServiceDay) -> Iterator[Finding]:
    if not rule.modes:
        yield Finding("no_modes", True)
    if Mode.NO_WAIT in rule.modes and not rule.target_minutes:
        yield Finding("no_target", True)
    if rule.target_minutes and Mode.NO_WAIT not in rule.modes:
        yield Finding("idle_target", facts={"minutes": rule.target_minutes})


def _in_days(rule: ServiceDay, calendar: WorkCalendar, today: date) -> Iterator[Finding]:
    if fault := recurrence_fault_of(rule):
        yield Finding(fault, True)
        return
    if not (rule.weekdays or rule.dates or rule.recurrence):
        yield Finding("no_days", True)
        return
    if rule.valid_to is not None and rule.valid_to < rule.valid_from:
        yield Finding("ends_before_begins", True, {"first": rule.valid_from, "last": rule.valid_to})
        return
    if rule.valid_to is not None and rule.valid_to < today:
        yield Finding("over", True, {"last": rule.valid_to})
        return
    named = _named(rule, today)
    coming = sorted(day for day in rule.dates if day >= today)
    if outside := [day for day in coming if not rule.names(day)]:
        yield Finding("dates_outside", True, {"days": tuple(outside[:MOST])})
    if not named:
        yield Finding("never_comes", True)
        return
    off = [day for day in coming if rule.names(day) and calendar.special_day(day) is not None]
    off = [day for day in off if not calendar.sessions(day)]
    if off:
        yield Finding("dates_off", True, {"days": _with_names(off, calendar)})
    never = _without_hours(rule, named, calendar)
    if whole := tuple(weekday for weekday, how in never.items() if how == {"day"}):
        yield Finding("weekday_closed", True, {"weekdays": whole})
    if parts := tuple(weekday for weekday, how in never.items() if "part" in how):
        yield Finding("part_closed", True, {"weekdays": parts, "part": rule.part.value})
    holidays = [
        day
        for day in named
        if day.weekday() not in never
        and day not in rule.dates
        and not calendar.sessions(day)
        and calendar.special_day(day) is not None
    ]
    if holidays:
        yield Finding("holidays", facts={"days": _with_names(holidays, calendar)})


def _between(
    former: ServiceDay | None, rule: ServiceDay, calendar: WorkCalendar, today: date
) -> Iterator[Finding]:
    """Days of the version in force that nobody would have: it ends before the next one begins."""
    if former is None:
        return
    until = min(rule.valid_from - ONE_DAY, today + FURTHEST)
    if lost := tuple(islice(former.days(today, until, calendar), MOST)):
        yield Finding("days_between", True, {"days": lost, "first": rule.valid_from})


def _without_hours(rule: ServiceDay, named: Iterable[date], calendar: WorkCalendar) -> dict[int, set[str]]:
    """Weekdays on which nobody ever works, {"day"}, or never in that part of the day, {"part"}."""
    closed: dict[int, set[str]] = {}
    for day in named:
        if calendar.special_day(day) is None or calendar.sessions(day):
            how = "open" if rule.sessions(day, calendar) else "part" if calendar.sessions(day) else "day"
            closed.setdefault(day.weekday(), set()).add(how)
    return {weekday: how for weekday, how in sorted(closed.items()) if "open" not in how}


def _in_procedures(
    rule: ServiceDay, calendar: WorkCalendar, procedures: Mapping[str, Procedure], today: date
) -> Iterator[Finding]:
    if lacking := tuple(sorted(rule.procedures - procedures.keys())):
        yield Finding("not_offered", True, {"codes": lacking})
    known = {one.sector for one in procedures.values()}
    if empty := tuple(sorted(rule.sectors - known)):
        yield Finding("empty_sector", facts={"sectors": empty})
    here = covered(rule, procedures)
    if not here and not lacking:
        yield Finding("for_nothing", True)
    days = [] if recurrence_fault_of(rule) else list(_running(rule, calendar, today))
    if days and (gone := _titles(one for one in here.values() if _expires(one, days[0]))):
        yield Finding("not_valid_then", facts={"procedures": gone, "day": days[0]})
    paper_only = _titles(one for one in here.values() if one.service_level is ServiceLevel.NONE)
    if Mode.NO_PAPER in rule.modes and paper_only:
        yield Finding("not_electronic", facts={"procedures": paper_only})


def _in_terms(rule: ServiceDay, procedures: Mapping[str, Procedure], longest_term: int) -> Iterator[Finding]:
    here = covered(rule, procedures).values()
    if long := _titles(one for one in here if _working_days(one.term) > longest_term):
        yield Finding("term_too_long", True, {"procedures": long, "days": longest_term})
    if untold := _titles(one for one in here if one.term.unit is TermUnit.OTHER):
        yield Finding("term_in_words", True, {"procedures": untold})
    if unsure := _titles(one for one in here if any(not case.show_if for case in one.cases)):
        yield Finding("may_be_verified", facts={"procedures": unsure})


def _in_hours(rule: ServiceDay, calendar: WorkCalendar, today: date) -> Iterator[Finding]:
    """Cut-off, target and capacity against the hours of the first day on which the rule runs."""
    if recurrence_fault_of(rule):
        return
    day = next(_running(rule, calendar, today), None)
    if day is None:
        return
    sessions = rule.sessions(day, calendar)
    opens, closes = sessions[0].opens, sessions[-1].closes
    if rule.cutoff <= opens:
        yield Finding("cutoff_before_opening", True, {"cutoff": rule.cutoff, "opens": opens})
        return
    if rule.cutoff > closes:
        yield Finding("cutoff_after_closing", facts={"cutoff": rule.cutoff, "closes": closes})
    if Mode.NO_WAIT in rule.modes and rule.target_minutes:
        yield from _in_target(rule, day, sessions, rule.target_minutes)
    yield from _in_capacity(rule, sessions)


def _in_target(rule: ServiceDay, day: date, sessions: tuple[Session, ...], minutes: int) -> Iterator[Finding]:
    target = timedelta(minutes=minutes)
    worked = sum((_length(one) for one in sessions), timedelta())
    if target > worked:
        yield Finding("target_too_long", True, {"minutes": minutes, "hours": _hours(worked)})
        return
    last = _last_start(day, sessions, target)
    if min(rule.cutoff, sessions[-1].closes) > last and Mode.NO_APPOINTMENT not in rule.modes:
        yield Finding("cutoff_too_late", facts={"cutoff": rule.cutoff, "last": last, "minutes": minutes})


def _in_capacity(rule: ServiceDay, sessions: tuple[Session, ...]) -> Iterator[Finding]:
    if rule.per_hour is None or rule.per_day is None:
        return
    clock_hours = {
        hour
        for one in sessions
        for hour in range(24)
        if one.opens < time(hour, 59, 59) and time(hour) < min(one.closes, rule.cutoff)
    }
    most = rule.per_hour * len(clock_hours)
    if most < rule.per_day:
        facts = {"per_hour": rule.per_hour, "hours": len(clock_hours), "most": most, "per_day": rule.per_day}
        yield Finding("day_never_full", facts=facts)
    if rule.per_day < rule.per_hour:
        yield Finding("hour_never_full", facts={"per_hour": rule.per_hour, "per_day": rule.per_day})


def _against(
    rule: ServiceDay,
    other: ServiceDay,
    calendar: WorkCalendar,
    procedures: Mapping[str, Procedure],
    today: date,
) -> Iterator[Finding]:
    shared = {code: one for code, one in covered(rule, procedures).items() if other.is_for(code, one.sector)}
    day = next((day for day in _running(rule, calendar, today) if _meet(rule, other, day, calendar)), None)
    if day is None or not shared:
        return
    differs = tuple(name for name in DIFFERENCES if _effect(rule)[name] != _effect(other)[name])
    facts = {"title": other.title, "day": day, "procedures": _titles(shared.values()), "differs": differs}
    same_procedures = covered(rule, procedures).keys() == covered(other, procedures).keys()
    until = today + SAME
    same_days = [one for one in _running(rule, calendar, today) if one <= until] == [
        one for one in _running(other, calendar, today) if one <= until
    ]
    if not differs and same_procedures and same_days and rule.part is other.part:
        yield Finding("same_rule", True, facts)
    else:
        yield Finding("overlaps", facts=facts)


DIFFERENCES = ("modes", "cutoff", "target", "capacity")


def _effect(rule: ServiceDay) -> dict[str, object]:
    """What two rules may do differently to the same dossier, by DIFFERENCES."""
    return {
        "modes": rule.modes,
        "cutoff": rule.cutoff if rule.promises_today else None,
        "target": rule.target_minutes if Mode.NO_WAIT in rule.modes else None,
        "capacity": (rule.per_hour, rule.per_day) if rule.promises_today else None,
    }


def _meet(rule: ServiceDay, other: ServiceDay, day: date, calendar: WorkCalendar) -> bool:
    if not other.runs_on(day, calendar):
        return False
    return any(
        one.opens < another.closes and another.opens < one.closes
        for one in rule.sessions(day, calendar)
        for another in other.sessions(day, calendar)
    ) or Part.DAY in (rule.part, other.part)


def _named(rule: ServiceDay, today: date) -> list[date]:
    """The days the rule names within a year of its beginning, open or not."""
    first = max(today, rule.valid_from)
    days = (first + number * ONE_DAY for number in range(FURTHEST.days + 1))
    return [day for day in days if rule.names(day)]


def _running(rule: ServiceDay, calendar: WorkCalendar, today: date) -> Iterator[date]:
    first = max(today, rule.valid_from)
    return rule.days(first, first + FURTHEST, calendar)


def _with_names(days: list[date], calendar: WorkCalendar) -> tuple[tuple[date, str], ...]:
    special = ((day, calendar.special_day(day)) for day in days[:MOST])
    return tuple((day, one.name if one else "") for day, one in special)


def _titles(procedures: Iterable[Procedure]) -> tuple[str, ...]:
    return tuple(one.title for one in procedures)


def _expires(procedure: Procedure, day: date) -> bool:
    return bool(procedure.valid_to and procedure.valid_to < day) or bool(
        procedure.valid_from and procedure.valid_from > day
    )


def _working_days(term: Term) -> float:
    """A term in working days, as long as it can be; OTHER is told apart and counts nothing."""
    match term.unit:
        case TermUnit.WORKING_DAY | TermUnit.DAY:
            return term.amount
        case TermUnit.WORKING_HOUR:
            return term.amount / HOURS_OF_A_DAY
        case TermUnit.HOUR:
            return term.amount / 24
        case TermUnit.MONTH:
            return term.amount * 20
    return 0


def _length(session: Session) -> timedelta:
    day = date(2026, 1, 1)
    return datetime.combine(day, session.closes) - datetime.combine(day, session.opens)


def _hours(span: timedelta) -> float:
    return round(span / timedelta(hours=1), 1)


def _last_start(day: date, sessions: tuple[Session, ...], target: timedelta) -> time:
    """The last clock time from which ``target`` of working time still fits; sessions are long enough."""
    left = target
    for one in reversed(sessions):
        if left <= _length(one):
            return (datetime.combine(day, one.closes, VIETNAM) - left).time()
        left -= _length(one)
    return sessions[0].opens

"""A service day: these procedures, on these days, without paper, without an appointment, without waiting.

Plain values: when a rule holds, and what it looks like on a calendar. What is
allowed and promised under all the rules of an office is in intake.rules.policy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import islice

from dateutil.rrule import rrule, rruleset, rrulestr

from intake.rules.calendar import VIETNAM, Session, WorkCalendar, local

ONE_DAY = timedelta(days=1)
NOON = time(12)
DUSK = time(17, 30)
FURTHEST = timedelta(days=370)  # how far the next such day is looked for


class Mode(StrEnum):
    """What is different on such a day."""

    NO_PAPER = "no_paper"  # no dossier on paper; whoever has only paper is helped
    NO_APPOINTMENT = "no_appointment"  # the result on the same day, no appointment form
    NO_WAIT = "no_wait"  # the result while the person waits


class Part(StrEnum):
    """Which hours of the day; MORNING ends at 12:00, EVENING begins at 17:30."""

    DAY = "day"
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


_CLOCK: Mapping[Part, tuple[time, time]] = {
    Part.DAY: (time.min, time.max),
    Part.MORNING: (time.min, NOON),
    Part.AFTERNOON: (NOON, DUSK),
    Part.EVENING: (DUSK, time.max),
}


@dataclass(frozen=True)
class Suspension:
    """From ``begins`` until before ``ends`` (aware) the rule rests, and paper is taken as on any day."""

    begins: datetime
    ends: datetime

    def holds_at(self, moment: datetime) -> bool:
        return self.begins <= moment < self.ends


@dataclass(frozen=True)
class ServiceDay:
    """One version of one rule of one office.

    It runs on ``weekdays`` (Monday is 0), on ``dates`` and on those of
    ``recurrence`` (an RRULE of RFC 5545, counted from ``valid_from``), all
    between ``valid_from`` and ``valid_to``, both counted, and never on a day on
    which the office is closed. Without procedures and sectors it is for all.
    ``cutoff`` is the clock time from which no result is promised for the same
    day. ``target_minutes`` goes with NO_WAIT. ``exceptions`` are the codes of
    intake.rules.exceptions it names; «other» and help for those who need it are
    allowed under every rule.

    Source: RFC 5545 (RRULE); the models of Hà Tĩnh, Hải Phòng, Đà Nẵng and Hà Nội in docs/sources.md.
    """

    id: int
    title: str
    modes: frozenset[Mode]
    valid_from: date
    valid_to: date | None = None
    weekdays: frozenset[int] = frozenset()
    dates: frozenset[date] = frozenset()
    recurrence: str = ""
    part: Part = Part.DAY
    procedures: frozenset[str] = frozenset()
    sectors: frozenset[str] = frozenset()
    cutoff: time = time(15)
    target_minutes: int | None = None
    per_hour: int | None = None
    per_day: int | None = None
    exceptions: frozenset[str] = frozenset()
    decision: str = ""
    decided_on: date | None = None
    signer: str = ""
    notices: Mapping[str, str] = field(default_factory=dict)  # by language: {"vi": …, "en": …}
    suspensions: tuple[Suspension, ...] = ()
    lineage: str = ""  # shared by all versions of one rule
    version: int = 1

    @property
    def promises_today(self) -> bool:
        """Whether results are promised for the day of filing."""
        return not self.modes.isdisjoint({Mode.NO_APPOINTMENT, Mode.NO_WAIT})

    def is_for(self, procedure_code: str, sector: str) -> bool:
        if not self.procedures and not self.sectors:
            return True
        return procedure_code in self.procedures or sector in self.sectors

    def runs_on(self, day: date, calendar: WorkCalendar) -> bool:
        """Whether ``day`` is such a day: named by the rule, and worked in that part of the day."""
        return self.names(day) and bool(self.sessions(day, calendar))

    def names(self, day: date) -> bool:
        """Whether the rule names ``day``, open or not."""
        if day < self.valid_from or (self.valid_to is not None and day > self.valid_to):
            return False
        named = day.weekday() in self.weekdays or day in self.dates
        return named or (bool(self.recurrence) and _recurs(self.recurrence, self.valid_from, day))

    def sessions(self, day: date, calendar: WorkCalendar) -> tuple[Session, ...]:
        """The working sessions of ``day`` within the rule's part of the day; empty on a day off."""
        first, last = _CLOCK[self.part]
        cut = (
            Session(max(one.opens, first), min(one.closes, last))
            for one in calendar.sessions(day)
            if one.opens < last and one.closes > first
        )
        return tuple(one for one in cut if one.opens < one.closes)

    def holds_at(self, moment: datetime, calendar: WorkCalendar) -> bool:
        """Whether the rule is for whoever files at ``moment`` (aware), suspended or not.

        A whole day lasts from midnight to midnight, so that a kiosk in a lobby
        knows before the doors open what kind of day it will be. A part of a day
        ends when its last session closes.
        """
        now = local(moment)
        if not self.runs_on(now.date(), calendar):
            return False
        if self.part is Part.DAY:
            return True
        sessions = self.sessions(now.date(), calendar)
        return _CLOCK[self.part][0] <= now.time() < sessions[-1].closes

    def is_suspended(self, moment: datetime) -> bool:
        return any(one.holds_at(moment) for one in self.suspensions)

    def ends_on(self, day: date, calendar: WorkCalendar) -> datetime:
        """When the last session of the rule on that day closes; ValueError on a day it does not run."""
        sessions = self.sessions(day, calendar)
        if not sessions:
            raise ValueError(f"{day} is no day of {self.title}")
        return datetime.combine(day, sessions[-1].closes, VIETNAM)

    def days(self, first: date, last: date, calendar: WorkCalendar) -> Iterator[date]:
        """The days on which it runs from ``first`` to ``last``, both counted."""
        day = first
        while day <= last:
            if self.runs_on(day, calendar):
                yield day
            day += ONE_DAY

    def next_day(self, after: date, calendar: WorkCalendar) -> date | None:
        """The first day after ``after`` on which it runs; None within a year."""
        return next(self.days(after + ONE_DAY, after + FURTHEST, calendar), None)


@lru_cache(maxsize=256)
def recurrence_fault(text: str) -> str:
    """Why an RRULE cannot be used: "" when it can, else "bad_recurrence" or "finer_than_days".

    One rule of whole days. An interval of zero, which RFC 5545 forbids and
    dateutil would count for ever, is no rule.
    """
    parts = dict(part.partition("=")[::2] for part in text.upper().removeprefix("RRULE:").split(";"))
    if {"BYHOUR", "BYMINUTE", "BYSECOND"} & parts.keys() or parts.get("FREQ") in _FINER:
        return "finer_than_days"
    if not all(_is_count(parts.get(name, "1")) for name in ("INTERVAL", "COUNT")):
        return "bad_recurrence"
    if "\n" in text or {"COUNT", "UNTIL"} <= parts.keys():
        return "bad_recurrence"
    try:
        rule = _parsed(text, date(2026, 1, 1))
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return "bad_recurrence"
    return "" if isinstance(rule, rrule) else "bad_recurrence"  # a set of rules has dates of its own


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 5 and int(text) > 0


_FINER = {"HOURLY", "MINUTELY", "SECONDLY"}


def _parsed(text: str, since: date) -> rrule | rruleset:
    return rrulestr(text.removeprefix("RRULE:"), dtstart=datetime.combine(since, time.min))


def _recurs(text: str, since: date, day: date) -> bool:
    return day in _recurring(text, since, day.year)


@lru_cache(maxsize=512)
def _recurring(text: str, since: date, year: int) -> frozenset[date]:
    """The days of ``year`` that an RRULE names; none for one that cannot be used."""
    if recurrence_fault(text):
        return frozenset()
    rule = _parsed(text, since)
    assert isinstance(rule, rrule)
    count, end = rule._count, datetime.combine(date(year, 12, 31), time.min)
    last = min(rule._until, end) if rule._until else end
    days = islice(rule.replace(count=None, until=last), count)
    return frozenset(one.date() for one in days if one.year == year)

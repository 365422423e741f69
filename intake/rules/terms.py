"""From the moment of receipt to the moment a result is due, and to the shorter one we promise."""

from __future__ import annotations

import calendar as months
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from intake.rules.calendar import VIETNAM, WorkCalendar, local
from intake.rules.procedures import Term, TermUnit
from intake.rules.refusals import UnknownTerm

HALF_HOUR = timedelta(minutes=30)
LONGEST = 10_000  # of any unit; more is a slip of the keyboard, not a term


def due(received: datetime, term: Term, calendar: WorkCalendar) -> datetime:
    """When the result is due at the latest, on the clock of Vietnam.

    ``received`` is the moment of valid acceptance; naive raises ValueError. The
    day of receipt never counts. Working days end at the clock time of receipt,
    brought into the sessions of the last day: early receipts end at its opening,
    those in a break at the end of the session before, those after hours or on a
    day off when it closes. Working hours are counted in sessions. Days and
    months are the calendar's; clock hours that end outside sessions move to the
    next opening. A term only told in words, or without an amount, is refused as
    UnknownTerm.

    Source: Bộ luật Dân sự 2015 (91/2015/QH13), art. 147(1), 147(2), 148(3) and 148(5).
    """
    received = local(received)
    if term.unit == TermUnit.SAME_DAY:
        return _due_same_day(received, time.fromisoformat(term.cutoff), calendar)
    if term.unit == TermUnit.OTHER or not 0 < term.amount <= LONGEST:
        raise UnknownTerm(unit=str(term.unit), amount=term.amount, note=term.note)
    match term.unit:
        case TermUnit.WORKING_DAY:
            day = calendar.add_working_days(received.date(), term.amount)
            return _at_same_clock(day, received, calendar)
        case TermUnit.WORKING_HOUR:
            return calendar.add_working_time(received, timedelta(hours=term.amount))
        case TermUnit.HOUR:
            return _into_sessions(received + timedelta(hours=term.amount), calendar)
        case TermUnit.DAY:
            return _on_calendar_day(received.date() + timedelta(days=term.amount), received, calendar)
        case TermUnit.MONTH:
            return _on_calendar_day(_months_later(received.date(), term.amount), received, calendar)


def promised(
    received: datetime, term: Term, calendar: WorkCalendar, share: Fraction | float | None
) -> datetime:
    """The shorter moment the office commits itself to; never later than due().

    ``share`` of the working time the law gives, rounded down to half an hour (up
    would break the commitment), at least half an hour. None promises nothing
    shorter; a same-day result cannot be promised sooner. A share outside
    0 < share ≤ 1 raises ValueError.
    """
    legal = due(received, term, calendar)
    if share is None or term.unit == TermUnit.SAME_DAY:
        return legal
    exact = Fraction(share).limit_denominator(10_000)  # the float 0.7 is a little less than 7/10
    if not 0 < exact <= 1:
        raise ValueError(f"a share of {share}")
    half_hours = exact * (calendar.working_time(received, legal) // timedelta(seconds=1)) // 1800
    return min(legal, calendar.add_working_time(received, max(half_hours, 1) * HALF_HOUR))


def _due_same_day(received: datetime, cutoff: time, calendar: WorkCalendar) -> datetime:
    """The end of today's last session; of the next working day when it is too late for that."""
    today = received.date()
    in_time = calendar.is_working_day(today) and received < min(
        calendar.ends(today), datetime.combine(today, cutoff, VIETNAM)
    )
    return calendar.ends(today if in_time else calendar.next_working_day(today))


def _at_same_clock(day: date, received: datetime, calendar: WorkCalendar) -> datetime:
    """``day`` at the clock time of receipt, brought into the sessions of that working day."""
    if not calendar.is_working_day(received.date()) or received >= calendar.ends(received.date()):
        return calendar.ends(day)
    first, *later = calendar.sessions(day)
    clock = max(received.time(), first.opens)
    session = next((s for s in reversed(later) if s.opens <= clock), first)
    return datetime.combine(day, min(clock, session.closes), VIETNAM)


def _on_calendar_day(day: date, received: datetime, calendar: WorkCalendar) -> datetime:
    """Art. 148(5): a term whose last day is a day off ends when the next working day ends."""
    if calendar.is_working_day(day):
        return _at_same_clock(day, received, calendar)
    return calendar.ends(calendar.next_working_day(day))


def _into_sessions(moment: datetime, calendar: WorkCalendar) -> datetime:
    """``moment`` itself inside a session (its closing included), else the next opening."""
    day = moment.date()
    for session in calendar.sessions(day):
        if moment.time() <= session.closes:
            return datetime.combine(day, max(moment.time(), session.opens), VIETNAM)
    day = calendar.next_working_day(day)
    return datetime.combine(day, calendar.sessions(day)[0].opens, VIETNAM)


def _months_later(day: date, count: int) -> date:
    """The same day ``count`` months later, or the last of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))

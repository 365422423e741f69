"""Working days and opening sessions of one office, on the civil calendar of Vietnam."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from intake.rules.national_days import NATIONAL_DAYS, DayKind, SpecialDay

__all__ = [
    "NATIONAL_DAYS",
    "VIETNAM",
    "WEEK",
    "DayKind",
    "Session",
    "SpecialDay",
    "Week",
    "WorkCalendar",
    "local",
]

VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Session:
    """One stretch of opening hours; open at ``opens``, no longer at ``closes``."""

    opens: time
    closes: time


_USUAL = (Session(time(7, 30), time(11, 30)), Session(time(13, 30), time(17, 30)))
WEEK: Mapping[int, tuple[Session, ...]] = dict.fromkeys(range(5), _USUAL)


class Week:
    """The sessions of each weekday (Monday is 0), in order; ``on_days_off``: holidays change nothing.

    A week without any session, or with overlapping ones, raises ValueError.
    """

    def __init__(self, sessions: Mapping[int, tuple[Session, ...]], *, on_days_off: bool = False) -> None:
        for one in sessions.values():
            hours = [hour for session in one for hour in (session.opens, session.closes)]
            if hours != sorted(set(hours)):
                raise ValueError(f"sessions out of order: {one}")
        self.sessions = {weekday: tuple(sessions.get(weekday, ())) for weekday in range(7)}
        self.usual = next((one for one in self.sessions.values() if one), ())
        self.on_days_off = on_days_off
        if not self.usual:
            raise ValueError("a week without opening hours")


def local(moment: datetime) -> datetime:
    """``moment`` on the clock of Vietnam; a naive moment raises ValueError.

    Python would read a naive moment on the server's clock, which may be London's.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment.astimezone(VIETNAM)


class WorkCalendar:
    """Which days are worked, and when.

    Without arguments: the national days of 2026 and 2027 and a week of eight
    hours a day, Monday to Friday. ``weeks`` are the later weeks by the day from
    which each holds; ``week`` holds before the first of them. Of several special
    days on one date the last one counts, so an office's own days go after the
    national ones.

    Days are civil dates in Vietnam, moments are aware.

    Source: Bộ luật Lao động 2019 (45/2019/QH14), art. 111 and 112.
    """

    def __init__(
        self,
        special_days: Iterable[SpecialDay] = NATIONAL_DAYS,
        week: Week | Mapping[int, tuple[Session, ...]] = WEEK,
        weeks: Mapping[date, Week] | None = None,
    ) -> None:
        later = sorted((weeks or {}).items())
        self._from = [first for first, _ in later]
        self._weeks = [week if isinstance(week, Week) else Week(week), *(one for _, one in later)]
        self._special = {special.date: special for special in special_days}

    def special_day(self, day: date) -> SpecialDay | None:
        return self._special.get(day)

    def is_provisional(self, start: date, end: date) -> bool:
        """Whether a day off between the two, both counted, is expected but not decreed yet."""
        return any(special.provisional and start <= day <= end for day, special in self._special.items())

    def sessions(self, day: date) -> tuple[Session, ...]:
        """Opening hours of ``day``, empty when it is off.

        A make-up Saturday is worked like the first working day of the week,
        unless the office has hours of its own on Saturdays.
        """
        week = self._weeks[bisect_right(self._from, day)]
        special = None if week.on_days_off else self._special.get(day)
        if special is None:
            return week.sessions[day.weekday()]
        if special.kind is DayKind.MAKEUP:
            return week.sessions[day.weekday()] or week.usual
        return ()

    def is_working_day(self, day: date) -> bool:
        return bool(self.sessions(day))

    def next_working_day(self, day: date) -> date:
        """The first working day after ``day``, never ``day`` itself."""
        return self.add_working_days(day, 1)

    def add_working_days(self, start: date, days: int) -> date:
        """The ``days``-th working day after ``start``.

        ``start`` itself never counts, even when it is a working day; make-up
        Saturdays count, days off do not. Fewer than 1 is a bug of ours and
        raises ValueError.

        Source: Bộ luật Dân sự 2015 (91/2015/QH13), art. 147(2): a term counted
        in days starts on the day after the one fixed.
        """
        if days < 1:
            raise ValueError(f"cannot count {days} working days")
        day = start
        while days:
            day += ONE_DAY
            days -= self.is_working_day(day)
        return day

    def ends(self, day: date) -> datetime:
        """When the last session of a working day closes; ValueError on a day off."""
        sessions = self.sessions(day)
        if not sessions:
            raise ValueError(f"{day} is a day off")
        return datetime.combine(day, sessions[-1].closes, VIETNAM)

    def is_open(self, moment: datetime) -> bool:
        now = local(moment)
        return any(session.opens <= now.time() < session.closes for session in self.sessions(now.date()))

    def opens_next(self, moment: datetime) -> datetime | None:
        """The next time a session begins, at ``moment`` or later; None when none does within 60 days."""
        now = local(moment)
        for ahead in range(61):
            day = now.date() + ahead * ONE_DAY
            for session in self.sessions(day):
                opens = datetime.combine(day, session.opens, VIETNAM)
                if opens >= now:
                    return opens
        return None

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """Time inside sessions from ``start`` to ``end``; zero when ``end`` is not later."""
        start, end = local(start), local(end)
        total = timedelta()
        day = start.date()
        while day <= end.date():
            for session in self.sessions(day):
                opens = max(start, datetime.combine(day, session.opens, VIETNAM))
                closes = min(end, datetime.combine(day, session.closes, VIETNAM))
                total += max(closes - opens, timedelta())
            day += ONE_DAY
        return total

    def add_working_time(self, start: datetime, duration: timedelta) -> datetime:
        """The moment at which ``duration`` of session time has passed since ``start``.

        A duration that is used up when a session closes ends at that closing,
        not at the next opening. Zero or less raises ValueError.
        """
        if duration <= timedelta():
            raise ValueError(f"cannot count {duration} of working time")
        start = local(start)
        day = start.date()
        while True:
            for session in self.sessions(day):
                opens = max(start, datetime.combine(day, session.opens, VIETNAM))
                left = datetime.combine(day, session.closes, VIETNAM) - opens
                if duration <= left:
                    return opens + duration
                duration -= max(left, timedelta())
            day += ONE_DAY

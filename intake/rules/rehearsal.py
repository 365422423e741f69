"""A dry run: what a rule of service days would have meant for the dossiers of the last weeks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from statistics import median

from intake.rules.calendar import VIETNAM, WorkCalendar
from intake.rules.policy import NotToday, Used, promise_of_rule
from intake.rules.service_days import Part, ServiceDay

LOOK_BACK = 90  # days
ENOUGH_DAYS = 3  # of the rule's own, else all working days are taken
GOOD, WATCH = 90, 70  # per cent of promises kept: from here on good, or worth an eye
ENOUGH = 20  # promises; fewer prove nothing
_SHIFT = timedelta(days=364)  # whole weeks, and whole pairs and fours of them


@dataclass(frozen=True)
class Past:
    """A dossier as it went: moments are aware, ``finished_at`` None while it is still open."""

    received_at: datetime
    finished_at: datetime | None
    on_paper: bool
    by_post: bool = False


@dataclass(frozen=True)
class Hour:
    """One hour of the day: how many came in it, on an average and on the busiest of the days.

    ``most`` is the capacity, None without; ``over`` on how many of the days it
    would have been used up; ``open`` whether the rule has working hours in it.
    """

    hour: int
    average: float
    busiest: int
    most: int | None
    over: int
    open: bool


@dataclass(frozen=True)
class Rehearsal:
    """The rule played over ``days``, past days; ``own`` says they are days like the rule's own.

    Of ``touched`` dossiers ``promised`` would have been promised for the same
    day: not those by post, after the cut-off, or when a capacity was used up.
    ``kept`` of these promises hold with the times then taken. ``minutes`` is the
    median of working minutes from reception to result of those that were
    finished the same day.
    """

    days: tuple[date, ...]
    own: bool
    touched: int
    per_day: float
    busiest_day: date | None
    busiest_count: int
    hours: tuple[Hour, ...]
    by_post: int
    after_cutoff: int
    day_full: int
    hour_full: int
    promised: int
    kept: int
    minutes: int | None
    on_paper: int
    promises: bool

    @property
    def kept_share(self) -> int | None:
        """Whole per cent of the promises; None where none would have been given."""
        return round(100 * self.kept / self.promised) if self.promised else None

    @property
    def paper_share(self) -> int | None:
        return round(100 * self.on_paper / self.touched) if self.touched else None

    @property
    def verdict(self) -> str:
        """ "good", "watch" or "bad" about its promises; "few" prove nothing; "unknown" without any."""
        share = self.kept_share
        if share is None:
            return "unknown"
        if self.promised < ENOUGH:
            return "few"
        return "good" if share >= GOOD else "watch" if share >= WATCH else "bad"


def past_days(
    rule: ServiceDay, calendar: WorkCalendar, today: date
) -> tuple[ServiceDay, tuple[date, ...], bool]:
    """(the rule as if it had been in force, the days before ``today`` to play it over, whether its own)."""
    first, last = today - timedelta(days=LOOK_BACK), today - timedelta(days=1)
    as_if = replace(rule, valid_from=_anchor(rule, first), valid_to=None, suspensions=())
    own = tuple(as_if.days(first, last, calendar))
    if len(own) >= ENOUGH_DAYS:
        return as_if, own, True
    any_day = replace(as_if, weekdays=frozenset(range(7)), recurrence="", dates=frozenset())
    return any_day, tuple(any_day.days(first, last, calendar)), False


def rehearse(rule: ServiceDay, past: Iterable[Past], calendar: WorkCalendar, *, today: date) -> Rehearsal:
    """``rule`` over the dossiers of LOOK_BACK days, of its own procedures only, in any order.

    What is promised, and why not, is asked of intake.rules.policy.
    """
    as_if, days, own = past_days(rule, calendar, today)
    by_day: dict[date, list[tuple[datetime, Past]]] = {day: [] for day in days}
    for one in past:
        at = one.received_at.astimezone(VIETNAM)
        if (held := by_day.get(at.date())) is not None:
            held.append((at, one))
    sums: Counter[str] = Counter()
    counts: dict[date, int] = {}
    hours: dict[int, Counter[date]] = defaultdict(Counter)
    full: Counter[int] = Counter()
    took: list[int] = []
    for day, came in by_day.items():
        played = _Day(as_if, calendar)
        for at, one in sorted(came, key=lambda pair: pair[0]):
            if not played.holds_at(at):
                continue
            counts[day] = counts.get(day, 0) + 1
            hours[at.hour][day] += 1
            sums["on_paper"] += one.on_paper
            sums[played.outcome(at, one)] += 1
            if one.finished_at and one.finished_at.astimezone(VIETNAM).date() == day:
                took.append(round(calendar.working_time(at, one.finished_at).total_seconds() / 60))
        full.update(played.full_hours)
    busiest = max(counts, key=lambda day: counts[day], default=None)
    touched = sum(counts.values())
    return Rehearsal(
        days=days,
        own=own,
        touched=touched,
        per_day=touched / len(days) if days else 0.0,
        busiest_day=busiest,
        busiest_count=counts[busiest] if busiest else 0,
        hours=_hours(as_if, days, calendar, hours, full),
        by_post=sums["by_post"],
        after_cutoff=sums[NotToday.CUTOFF],
        day_full=sums[NotToday.DAY_FULL],
        hour_full=sums[NotToday.HOUR_FULL],
        promised=sums["kept"] + sums["broken"],
        kept=sums["kept"],
        minutes=round(median(took)) if took else None,
        on_paper=sums["on_paper"],
        promises=rule.promises_today,
    )


class _Day:
    """One past day of the rule, with what is used of its capacity so far."""

    def __init__(self, rule: ServiceDay, calendar: WorkCalendar) -> None:
        self.rule, self.calendar = rule, calendar
        self.used = 0
        self.used_in: Counter[int] = Counter()
        self.full_hours: set[int] = set()

    def holds_at(self, at: datetime) -> bool:
        return self.rule.part is Part.DAY or self.rule.holds_at(at, self.calendar)

    def outcome(self, at: datetime, one: Past) -> str:
        """ "kept" or "broken" when promised, else why it is not."""
        if not self.rule.promises_today:
            return "no_promise"
        if one.by_post:
            return "by_post"
        found = promise_of_rule(self.rule, at, self.calendar, Used(self.used_in[at.hour], self.used))
        if isinstance(found, NotToday):
            if found is NotToday.HOUR_FULL:
                self.full_hours.add(at.hour)
            return found
        self.used += 1
        self.used_in[at.hour] += 1
        return "kept" if one.finished_at is not None and one.finished_at <= found.result_by else "broken"


def _hours(
    rule: ServiceDay,
    days: Sequence[date],
    calendar: WorkCalendar,
    came: dict[int, Counter[date]],
    full: Counter[int],
) -> tuple[Hour, ...]:
    """Every hour from the first with anything in it to the last."""
    working = {
        hour
        for day in days[-7:]
        for one in rule.sessions(day, calendar)
        for hour in range(one.opens.hour, one.closes.hour + (one.closes.minute > 0))
    }
    if not (told := working | came.keys()):
        return ()
    most = rule.per_hour if rule.promises_today else None
    return tuple(
        Hour(
            hour=hour,
            average=came[hour].total() / len(days) if hour in came else 0.0,
            busiest=max(came[hour].values(), default=0) if hour in came else 0,
            most=most if hour in working else None,
            over=full[hour],
            open=hour in working,
        )
        for hour in range(min(told), max(told) + 1)
    )


def _anchor(rule: ServiceDay, first: date) -> date:
    """A day not after ``first`` from which the recurrence counts as from its own beginning."""
    since = rule.valid_from
    if "MONTHLY" in rule.recurrence or "YEARLY" in rule.recurrence:
        while since > first:  # 28: a day that every month has
            since = since.replace(year=since.year - 1, day=min(since.day, 28))
        return since
    while since > first:
        since -= _SHIFT
    return since

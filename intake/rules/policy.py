"""What is allowed and promised to whoever files: the rules of the office, asked in one place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from intake.rules.calendar import VIETNAM, WorkCalendar, local
from intake.rules.exceptions import ALWAYS, PaperReason
from intake.rules.service_days import Mode, ServiceDay

AGENCY = "agency"  # kind of applicant: a State agency


class NotToday(StrEnum):
    """Why a rule that promises the same day cannot promise it now."""

    CUTOFF = "cutoff"
    HOUR_FULL = "hour_full"
    DAY_FULL = "day_full"


@dataclass(frozen=True)
class Used:
    """How many same-day results a rule has promised in this hour and on this day."""

    hour: int = 0
    day: int = 0


@dataclass(frozen=True)
class Policy:
    """The answer. Without rules it is an ordinary day: paper is taken, nothing is promised beyond the term.

    ``rules`` are those that hold, also while suspended, by id; ``modes`` what is
    in force. ``paper`` False: paper only for one of ``exceptions``.
    ``digitise``: what comes on paper is scanned at reception and given back.
    ``promised_by`` is the rule that promises the result by ``result_by``;
    ``target`` is how long the person waits for it. Where a rule would promise
    but cannot, ``not_today`` says why and ``again_at`` from when it can again.
    """

    rules: tuple[ServiceDay, ...] = ()
    suspended: tuple[ServiceDay, ...] = ()
    modes: frozenset[Mode] = frozenset()
    paper: bool = True
    digitise: bool = False
    exceptions: tuple[PaperReason, ...] = ()
    promised_by: ServiceDay | None = None
    result_by: datetime | None = None
    target: timedelta | None = None
    not_today: NotToday | None = None
    again_at: datetime | None = None

    @property
    def same_day(self) -> bool:
        """A result on the day of filing is promised."""
        return self.promised_by is not None


ORDINARY = Policy()


def policy(
    rules: Iterable[ServiceDay],
    *,
    procedure_code: str,
    sector: str,
    channel: str,
    applicant_kind: str = "citizen",
    at: datetime,
    calendar: WorkCalendar,
    used: Mapping[int, Used] | None = None,
) -> Policy:
    """What holds for one procedure filed at ``at`` (aware) through ``channel`` ("kiosk", "counter", …).

    The order of ``rules`` does not matter. ``used`` says by rule id how much of
    its capacity is gone. By post nobody is asked not to send paper: it is
    digitised where it is received, and nothing is promised for the same day. A
    State agency files electronically on every day.
    """
    holding = sorted(
        (rule for rule in rules if rule.is_for(procedure_code, sector) and rule.holds_at(at, calendar)),
        key=lambda rule: rule.id,
    )
    suspended = tuple(rule for rule in holding if rule.is_suspended(at))
    running = [rule for rule in holding if rule not in suspended]
    modes = frozenset(mode for rule in running for mode in rule.modes)
    by_post = channel == "post"
    paperless = Mode.NO_PAPER in modes
    agency = applicant_kind == AGENCY and not suspended
    electronic_only = not by_post and (paperless or agency)
    promising = [] if by_post else [rule for rule in running if rule.promises_today]
    promise, why = _best(promising, at, calendar, used or {})
    return Policy(
        rules=tuple(holding),
        suspended=suspended,
        modes=modes,
        paper=not electronic_only,
        digitise=by_post and (paperless or agency),
        exceptions=_exceptions(running, applicant_kind) if electronic_only else (),
        promised_by=promise.rule if promise else None,
        result_by=promise.result_by if promise else None,
        target=promise.target if promise else None,
        not_today=why if promise is None else None,
        again_at=(
            _again_at(promising, why, at, calendar, used or {}) if promising and promise is None else None
        ),
    )


@dataclass(frozen=True)
class DayPromise:
    """The result by ``result_by``; ``target`` is how long the person waits for it, None for the day."""

    rule: ServiceDay
    result_by: datetime
    target: timedelta | None


def _best(
    promising: Iterable[ServiceDay], at: datetime, calendar: WorkCalendar, used: Mapping[int, Used]
) -> tuple[DayPromise | None, NotToday | None]:
    """The earliest promise there is, of two alike that of the older rule; else why there is none."""
    promises, whys = [], []
    for rule in promising:
        found = promise_of_rule(rule, at, calendar, used.get(rule.id, Used()))
        if isinstance(found, DayPromise):
            promises.append(found)
        else:
            whys.append(found)
    best = min(promises, key=lambda one: (one.result_by, one.rule.id), default=None)
    # An hour that is full passes; a full day does not, nor does the cut-off.
    order = (NotToday.HOUR_FULL, NotToday.DAY_FULL, NotToday.CUTOFF)
    return best, next((why for why in order if why in whys), None)


def promise_of_rule(
    rule: ServiceDay, at: datetime, calendar: WorkCalendar, used: Used
) -> DayPromise | NotToday:
    """What a rule that promises the same day promises whoever files at ``at``, a day on which it runs."""
    now = local(at)
    end = rule.ends_on(now.date(), calendar)
    opens = datetime.combine(now.date(), rule.sessions(now.date(), calendar)[0].opens, VIETNAM)
    if now.time() >= rule.cutoff or now >= end:
        return NotToday.CUTOFF
    if rule.per_day is not None and used.day >= rule.per_day:
        return NotToday.DAY_FULL
    if rule.per_hour is not None and used.hour >= rule.per_hour:
        return NotToday.HOUR_FULL
    if Mode.NO_WAIT not in rule.modes or not rule.target_minutes:
        return DayPromise(rule, end, None)
    target = timedelta(minutes=rule.target_minutes)
    result_by = calendar.add_working_time(max(now, opens), target)
    if result_by <= end:
        return DayPromise(rule, result_by, target)
    # Too late to be waited for; where the rule promises the day as well, that still stands.
    return DayPromise(rule, end, None) if Mode.NO_APPOINTMENT in rule.modes else NotToday.CUTOFF


def _again_at(
    promising: Iterable[ServiceDay],
    why: NotToday | None,
    at: datetime,
    calendar: WorkCalendar,
    used: Mapping[int, Used],
) -> datetime | None:
    """The next hour where only this one is full, else the opening of the next day that can promise."""
    now = local(at)
    if why is NotToday.HOUR_FULL:
        hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        for rule in promising:
            day_used = Used(day=used.get(rule.id, Used()).day)
            if _can_promise(rule, hour, calendar, day_used) and hour.date() == now.date():
                return hour
    openings = []
    for rule in promising:
        if (day := rule.next_day(now.date(), calendar)) is not None:
            opening = datetime.combine(day, rule.sessions(day, calendar)[0].opens, VIETNAM)
            if _can_promise(rule, opening, calendar, Used()):
                openings.append(opening)
    return min(openings, default=None)


def _can_promise(rule: ServiceDay, moment: datetime, calendar: WorkCalendar, used: Used) -> bool:
    if not rule.holds_at(moment, calendar) or rule.is_suspended(moment):
        return False
    return isinstance(promise_of_rule(rule, moment, calendar, used), DayPromise)


def _exceptions(running: Iterable[ServiceDay], applicant_kind: str) -> tuple[PaperReason, ...]:
    """In the order of the list: what any of the rules names, and what always holds."""
    open_to_all = ALWAYS if applicant_kind == AGENCY else ALWAYS - {PaperReason.STATE_AGENCY}
    named = {code for rule in running if Mode.NO_PAPER in rule.modes for code in rule.exceptions}
    named = named if applicant_kind == AGENCY else named - {PaperReason.STATE_AGENCY}
    return tuple(reason for reason in PaperReason if reason in named or reason in open_to_all)

"""Whose turn it is: the order of a line, with priority that cannot starve anybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from intake.rules.calendar import VIETNAM, WorkCalendar, local

PRIORITY_RUN = 2  # people with priority called in a row while somebody without it waits
EARLY = timedelta(minutes=60)  # numbers are given so long before the first session of the day


class Priority(StrEnum):
    """Why somebody is called before others; said by the person, mended by an officer."""

    NONE = ""
    ELDERLY = "elderly"
    DISABLED = "disabled"
    PREGNANT = "pregnant"
    MERIT = "merit"
    WITH_CHILD = "with_child"  # under 36 months


class State(StrEnum):
    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"  # fetches a copy, pays a fee: comes back to whoever holds the number
    NO_SHOW = "no_show"
    DONE = "done"


class Act(StrEnum):
    """What an officer does to a number."""

    CALL = "call"
    RECALL = "recall"
    START = "start"
    HOLD = "hold"
    BACK = "back"
    TRANSFER = "transfer"
    NO_SHOW = "no_show"
    FINISH = "finish"


# Which states an act may begin in, and where it leads.
LEADS: Mapping[Act, tuple[frozenset[State], State]] = {
    Act.CALL: (frozenset({State.WAITING, State.HELD, State.NO_SHOW}), State.CALLED),
    Act.RECALL: (frozenset({State.CALLED}), State.CALLED),
    Act.START: (frozenset({State.CALLED}), State.SERVING),
    Act.HOLD: (frozenset({State.CALLED, State.SERVING}), State.HELD),
    Act.BACK: (frozenset({State.CALLED, State.SERVING, State.HELD, State.NO_SHOW}), State.WAITING),
    Act.TRANSFER: (frozenset({State.CALLED, State.SERVING, State.HELD}), State.WAITING),
    Act.NO_SHOW: (frozenset({State.CALLED}), State.NO_SHOW),
    Act.FINISH: (frozenset({State.CALLED, State.SERVING}), State.DONE),
}
AT_A_COUNTER = frozenset({State.CALLED, State.SERVING})


class Because(StrEnum):
    """The stated reason of a call; without one nobody is passed over."""

    LONGEST = "longest"  # nobody in the line waited longer
    PRIORITY = "priority"  # before people without priority
    TURN = "turn"  # after PRIORITY_RUN people with priority, before the next of them
    RETURNED = "returned"  # was held or missed the call, and is here now


@dataclass(frozen=True)
class Waiting:
    """Somebody in a line. ``id`` breaks the tie of two who came in one moment."""

    id: int
    queued_at: datetime
    priority: str = ""

    @property
    def order(self) -> tuple[datetime, int]:
        return self.queued_at, self.id


@dataclass(frozen=True)
class Turn:
    """Who is next, why, and who waited longer and waits on."""

    who: Waiting
    because: Because
    passed_over: tuple[Waiting, ...]


def next_turn(line: Iterable[Waiting], *, run: int, most: int = PRIORITY_RUN) -> Turn | None:
    """The next of a line, in any order given; None when nobody waits.

    ``run`` is how many people with priority this counter called in a row just
    before. Priority first, but after ``most`` of them somebody without it; in
    both classes whoever queued first.
    """
    ordered = sorted(line, key=lambda one: one.order)
    if not ordered:
        return None
    plain = [one for one in ordered if not one.priority]
    with_priority = [one for one in ordered if one.priority]
    who = (plain if plain and (run >= most or not with_priority) else with_priority)[0]
    passed = tuple(one for one in ordered if one.order < who.order)
    reason = Because.PRIORITY if who.priority else Because.TURN
    return Turn(who, reason if passed else Because.LONGEST, passed)


def in_turn(line: Iterable[Waiting], *, run: int, most: int = PRIORITY_RUN) -> list[Waiting]:
    """The whole line in the order it would be called by one counter if nobody else came."""
    left = sorted(line, key=lambda one: one.order)
    ahead = []
    while turn := next_turn(left, run=run, most=most):
        ahead.append(turn.who)
        left.remove(turn.who)
        run = run + 1 if turn.who.priority else 0
    return ahead


def run_of(last_called: Sequence[str]) -> int:
    """How many of the latest calls in a row had priority; ``last_called`` begins with the latest."""
    count = 0
    for priority in last_called:
        if not priority:
            break
        count += 1
    return count


def spoken(prefix: str, number: int) -> str:
    """«A 024»: a number as it is shown, printed and called."""
    return f"{prefix} {number:03}"


def numbers_from(calendar: WorkCalendar, moment: datetime) -> datetime | None:
    """None while numbers are given; else when they are given next, or ``moment`` itself if never again.

    From EARLY before the first session of a working day to the end of its
    last; through the midday break, too: people sit down and wait.
    """
    here = local(moment)
    for ahead in range(61):
        day = here.date() + timedelta(days=ahead)
        if not calendar.is_working_day(day):
            continue
        begins, ends = _given(calendar, day)
        if here < begins:
            return begins
        if here < ends:
            return None
    return here


def _given(calendar: WorkCalendar, day: date) -> tuple[datetime, datetime]:
    opens = datetime.combine(day, calendar.sessions(day)[0].opens, VIETNAM)
    return opens - EARLY, calendar.ends(day)

"""Hand-over lists: what may travel on which, who ends a discrepancy, how long the post had an item.

Source: Quyết định 45/2016/QĐ-TTg.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from intake.rules.post import ENDED, RESOLUTIONS, WITH_POST, Outcome, Resolution, Step, Told


class State(StrEnum):
    """Of a list; each follows the one before it."""

    OPEN = "open"
    CLOSED = "closed"  # listed and counted by the giving side
    ARRIVED = "arrived"  # the other side has begun to scan
    RECEIVED = "received"  # confirmed by the receiving side
    AGREED = "agreed"  # and by the giving side


class Side(StrEnum):
    """Who looks at a list."""

    POST = "post"
    OFFICE = "office"


ON_ITS_WAY = frozenset({State.CLOSED, State.ARRIVED})
UNFINISHED = frozenset({State.OPEN, *ON_ITS_WAY})
CONFIRMED = frozenset({State.RECEIVED, State.AGREED})
GIVES: Mapping[str, Side] = {"in": Side.POST, "home": Side.OFFICE}
TAKES: Mapping[str, Side] = {"in": Side.OFFICE, "home": Side.POST}

# By the way of the list and of the item: the steps in which the giving side has it in hand.
MAY_TRAVEL: Mapping[tuple[str, str], frozenset[Step]] = {
    ("in", "in"): frozenset({Step.ACCEPTED, Step.IN_TRANSIT}),
    ("in", "home"): frozenset({Step.PICKED_UP, Step.FAILED}),  # nobody took it: back to the office
    ("home", "home"): frozenset({Step.READY}),
}
# And what the receiving side does by taking it.
ARRIVES_AS: Mapping[tuple[str, str], Step] = {
    ("in", "in"): Step.HANDED_OVER,
    ("in", "home"): Step.RETURNED,
    ("home", "home"): Step.PICKED_UP,
}
# Where lines begin that the receiving side found beside the list: behind all that are listed.
FIRST_EXTRA = 10_001
TAKEN_IN = frozenset({Resolution.FOUND, Resolution.TAKEN})


def manifest_number(point_code: str, day: date, seq: int) -> str:
    """«BK-BD07-261126-01»: printable and scannable, never two alike in an office."""
    return f"BK-{point_code.replace('-', '')}-{day:%y%m%d}-{seq:02}"


def may_resolve(direction: str, side: Side, outcome: Outcome) -> tuple[Resolution, ...]:
    """How ``side`` may end it: the receiving side in every way, the giving side by having it still."""
    if outcome not in RESOLUTIONS:
        return ()
    if TAKES[direction] is side:
        return RESOLUTIONS[outcome]
    return (Resolution.GIVEN_BACK,) if outcome is Outcome.MISSING else ()


def with_post(told: Iterable[Told], *, now: datetime) -> timedelta:
    """How long the post had it: between taking and giving, and until ``now`` while it has it still.

    What an operator's system tells of after the office or the recipient has it adds nothing.
    """
    had, since = timedelta(), None
    last: Step | None = None
    for one in sorted(told, key=lambda one: (one.at, one.order)):
        if one.by_operator and last in (Step.HANDED_OVER, *ENDED):
            continue
        last = one.step
        if last in WITH_POST and since is None:
            since = one.at
        elif last not in WITH_POST and since is not None:
            had, since = had + (one.at - since), None
    return had + (now - since if since is not None else timedelta())


def span_words(span: timedelta) -> str:
    """«2 ngày 3 giờ», «3 giờ 20 phút», «12 phút»: the two largest units, of the clock on the wall."""
    minutes = max(0, int(span.total_seconds() // 60))
    units = (("ngày", minutes // 1440), ("giờ", minutes // 60 % 24), ("phút", minutes % 60))
    told = [f"{count} {unit}" for unit, count in units if count]
    first = next((index for index, (_, count) in enumerate(units) if count), 2)
    near = [f"{count} {unit}" for unit, count in units[first : first + 2] if count]
    return " ".join(near) if told else "chưa đến 1 phút"

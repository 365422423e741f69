"""Where a postal item is: the steps of its journey as a table, and what several tellers make of it.

Our own people tell in order; an operator's system tells late, twice, in another
order and with gaps. Every telling is kept; where the item is follows from all of
them together, whatever the order in which we learned of them.

Source: Quyết định 45/2016/QĐ-TTg (sending, carrying, delivering); the agency's
clock starts when it receives a valid dossier, not at any of these steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from intake.rules.refusals import WrongStep

DIRECTIONS = ("in", "home")


class Step(StrEnum):
    """A dossier "in": the first three. A result "home": all others."""

    ACCEPTED = "accepted"  # at the post counter, or at the citizen's door
    IN_TRANSIT = "in_transit"  # carried between post and office; also one that goes on to another office
    HANDED_OVER = "handed_over"  # the office has it: scanned in, the manifest confirmed
    READY = "ready"  # packed and sealed at the office, waits for the post
    PICKED_UP = "picked_up"
    OUT = "out"  # with the courier
    DELIVERED = "delivered"
    FAILED = "failed"  # tried in vain; tried again, or brought back
    RETURNED = "returned"  # the office has it again


NEXT: Mapping[Step, frozenset[Step]] = {
    Step.ACCEPTED: frozenset({Step.IN_TRANSIT, Step.HANDED_OVER}),
    Step.IN_TRANSIT: frozenset({Step.HANDED_OVER}),
    Step.HANDED_OVER: frozenset({Step.IN_TRANSIT}),  # it came to the wrong office and goes on
    Step.READY: frozenset({Step.PICKED_UP, Step.RETURNED}),  # or taken out of its envelope again
    Step.PICKED_UP: frozenset({Step.OUT, Step.DELIVERED, Step.RETURNED}),
    Step.OUT: frozenset({Step.DELIVERED, Step.FAILED}),
    Step.FAILED: frozenset({Step.OUT, Step.DELIVERED, Step.RETURNED}),
    Step.DELIVERED: frozenset(),
    Step.RETURNED: frozenset(),
}
FIRST: Mapping[str, Step] = {"in": Step.ACCEPTED, "home": Step.READY}
# With the post: from the first of these on it is not the office's to have it.
WITH_POST = frozenset({Step.ACCEPTED, Step.IN_TRANSIT, Step.PICKED_UP, Step.OUT, Step.FAILED})
ENDED = frozenset({Step.DELIVERED, Step.RETURNED})
# What an operator's system may tell; the office's own acts are told by its people alone.
TOLD_BY_OPERATOR = frozenset({Step.IN_TRANSIT, Step.PICKED_UP, Step.OUT, Step.DELIVERED, Step.FAILED})

FAILURES: Mapping[str, str] = {
    "not_home": "Không có người nhận",
    "no_answer": "Gọi điện không được",
    "wrong_address": "Sai địa chỉ",
    "moved": "Người nhận đã chuyển đi",
    "postponed": "Người nhận hẹn ngày khác",
    "refused": "Người nhận từ chối",
    "not_proved": "Người nhận chưa chứng minh được",
}


class Outcome(StrEnum):
    """Of a line of a manifest, once the other side scans."""

    LISTED = "listed"  # not scanned yet
    MATCHED = "matched"
    MISSING = "missing"  # listed, and not there when the list was confirmed
    EXTRA = "extra"  # there, and not listed
    BROKEN_SEAL = "broken_seal"
    WRONG_OFFICE = "wrong_office"


DISCREPANCIES = frozenset({Outcome.MISSING, Outcome.EXTRA, Outcome.BROKEN_SEAL, Outcome.WRONG_OFFICE})


class Resolution(StrEnum):
    """How a discrepancy ended."""

    FOUND = "found"  # a missing one came after all
    TAKEN = "taken"  # an extra one belongs here, a broken one is complete: taken in all the same
    SENT_ON = "sent_on"  # to the office it is for
    GIVEN_BACK = "given_back"  # to whoever brought it
    LOST = "lost"  # searched for in vain; both sides sign for it


RESOLUTIONS: Mapping[Outcome, tuple[Resolution, ...]] = {
    Outcome.MISSING: (Resolution.FOUND, Resolution.GIVEN_BACK, Resolution.LOST),
    Outcome.EXTRA: (Resolution.TAKEN, Resolution.SENT_ON, Resolution.GIVEN_BACK),
    Outcome.BROKEN_SEAL: (Resolution.TAKEN, Resolution.GIVEN_BACK),
    Outcome.WRONG_OFFICE: (Resolution.SENT_ON, Resolution.GIVEN_BACK),
}


@dataclass(frozen=True)
class Told:
    """One telling; ``order`` is a number that grows with every one we learned of."""

    step: Step
    at: datetime
    order: int = 0
    by_operator: bool = False


@dataclass(frozen=True)
class Standing:
    """Where an item is, since when, and how often its delivery was tried in vain."""

    step: Step
    at: datetime
    failures: int


def must_step(now: Step, then: Step) -> None:
    """Raises WrongStep, with both, when our own people may not do ``then`` next."""
    if then not in NEXT[now]:
        raise WrongStep(now=now, then=then)


def standing(told: Iterable[Told]) -> Standing:
    """Where all tellings together say it is; ValueError for none.

    What moved it is travelled(): the last of it is where the item is.
    """
    moved = travelled(told)
    failures = sum(one.step is Step.FAILED for one in moved)
    return Standing(moved[-1].step, moved[-1].at, failures)


def travelled(told: Iterable[Told]) -> tuple[Told, ...]:
    """The tellings that moved the item, in the order in which they happened; ValueError for none.

    One that can be reached from where the item was, if need be over steps
    nobody told, moves it; any other is kept and moves nothing. Nothing follows a
    delivery or a return, and what the office has only its own people send on.
    Of the same step our own people's word stands in place of a system's: they
    have it in their hands.
    """
    first, *rest = sorted(told, key=lambda one: (one.at, one.order))
    moved = [first]
    for one in rest:
        step = moved[-1].step
        is_ours = step is Step.HANDED_OVER and one.by_operator
        if one.step in _REACHED[step] and not is_ours:
            moved.append(one)
        elif one.step is step and moved[-1].by_operator and not one.by_operator:
            moved[-1] = one
    return tuple(moved)


def _reached(start: Step) -> frozenset[Step]:
    found: set[Step] = set()
    todo: list[Step] = list(NEXT[start])
    while todo:
        step = todo.pop()
        if step not in found:
            found.add(step)
            todo += NEXT[step]
    # To be told the same step again says nothing new, but for another try.
    return frozenset(found - {start} if start is not Step.FAILED else found)


_REACHED: Mapping[Step, frozenset[Step]] = {step: _reached(step) for step in Step}


def tallied(outcomes: Sequence[Outcome]) -> Mapping[Outcome, int]:
    """How many lines of each outcome."""
    return {outcome: outcomes.count(outcome) for outcome in Outcome}

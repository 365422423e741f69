"""How long people will wait: from what services here took lately, with an honest spread."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

FEW = 5  # services known: below this the office's own guess counts, with a wide spread
WIDTH = 1.6  # spreads to each side: about eight waits in ten end inside


@dataclass(frozen=True)
class Pace:
    """Minutes one service takes: ``mean`` without its outliers, ``spread`` half the quartile range."""

    mean: float
    spread: float
    known: int  # services it was taken from; 0 is the office's guess


@dataclass(frozen=True)
class Ahead:
    """People before somebody, of one group. ``people`` may be a fraction: a counter shared with others."""

    people: float
    pace: Pace


@dataclass(frozen=True)
class Wait:
    """Between ``low`` and ``high`` minutes; ``sure`` once this office's own services told it."""

    low: int
    high: int
    sure: bool


def pace_of(minutes: Sequence[float], usual: int) -> Pace:
    """The pace of a group from its latest services; ``usual`` is the office's guess.

    Robust: what lies more than one and a half quartile ranges outside the
    quartiles (a number somebody forgot to close) counts as lying there.
    """
    known = sorted(one for one in minutes if one >= 0)
    if len(known) < FEW:
        return Pace(float(usual), usual / 2, 0)
    first, third = _quantile(known, 0.25), _quantile(known, 0.75)
    reach = 1.5 * (third - first)
    kept = [min(max(one, first - reach), third + reach) for one in known]
    return Pace(sum(kept) / len(kept), max((third - first) / 2, 0.25), len(known))


def wait(ahead: Sequence[Ahead], *, counters: int, busy: int, own: Pace) -> Wait | None:
    """Minutes until somebody is called who has ``ahead`` before them; None while no counter is open.

    ``counters`` are open and serve this person's group, ``busy`` of them have
    somebody now, who needs half a service more. Work is shared out evenly.

    Seven people of 8 minutes (± 2, from 30 services) before two busy counters:
    7 × 8 / 2 and 8 / 2 for the two who are being served, 32 minutes; low 25, high 39.
    """
    if counters < 1:
        return None
    before = sum(one.people for one in ahead)
    free = counters - min(busy, counters)
    if before < free:
        return Wait(0, max(1, math.ceil(own.mean / 2)), own.known > 0)
    served = min(busy, counters) * 0.5
    work = sum(one.people * one.pace.mean for one in ahead) + served * own.mean
    # Services vary one by one, which evens out; that the pace itself is misjudged does not.
    varied = math.sqrt(sum(one.people * one.pace.spread**2 for one in ahead) + served * own.spread**2)
    misjudged = sum(one.people * _doubt(one.pace) for one in ahead) + served * _doubt(own)
    middle, spread = work / counters, WIDTH * (varied + misjudged) / counters
    sure = all(one.pace.known > 0 for one in ahead) and own.known > 0
    low = max(0, math.floor(middle - spread))
    return Wait(low, max(low + 1, math.ceil(middle + spread)), sure)


def told(estimate: Wait) -> tuple[int, int]:
    """The range as it is said: past 20 minutes in steps of five, low down and high up."""
    low, high = estimate.low, estimate.high
    if high > 20:
        high = 5 * math.ceil(high / 5)
        low = 5 * (low // 5) if low >= 5 else low
    return low, high


def _doubt(pace: Pace) -> float:
    """By how much the mean of a pace may be wrong; a guess is taken for wrong by nearly a third."""
    return pace.spread / math.sqrt(pace.known) if pace.known else pace.mean * 0.3


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Between the two nearest values, in proportion."""
    at = share * (len(ordered) - 1)
    low = math.floor(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)

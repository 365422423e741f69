"""Where people stop on their way through a kiosk, what errs, how long it takes, and who did it alone.

Made of stays at screens, which say nothing of who stood there or what they typed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean, median

ON = ("onward", "filed")  # ways of leaving a screen that is done


@dataclass(frozen=True)
class Stay:
    """One stay at one screen, in the order of its visit; ``seconds`` None: nobody saw them leave.

    ``left_by`` "" is somebody who is still there. ``faults`` are «field:code», ``helped`` by an officer.
    """

    visit: int
    procedure: str
    place: str
    seconds: float | None
    left_by: str
    faults: tuple[str, ...] = ()
    helped: bool = False


@dataclass(frozen=True)
class Stage:
    """One screen: how many visits came, went on, and ended there; ``seconds`` is the median of a visit.

    ``erred`` visits were told of a fault; ``fields`` are the keys that erred, with how many visits,
    most first. ``helped`` visits had an officer's help there.
    """

    place: str
    came: int
    went_on: int
    stopped: int
    seconds: int | None
    erred: int
    helped: int
    fields: tuple[tuple[str, int], ...]

    @property
    def lost_percent(self) -> int:
        return round(100 * self.stopped / self.came) if self.came else 0


@dataclass(frozen=True)
class Funnel:
    """One procedure: visits that chose it and those that filed; steps done, and done alone."""

    procedure: str
    visits: int
    filed: int
    filed_alone: int
    steps: int
    steps_alone: int
    stages: tuple[Stage, ...]

    @property
    def alone_percent(self) -> int | None:
        """Of the steps that were done; None where none was."""
        return round(100 * self.steps_alone / self.steps) if self.steps else None


def funnels(stays: Iterable[Stay]) -> tuple[Funnel, ...]:
    """One for each procedure, that with most visits first; what came before a choice is under ""."""
    ordered = sorted(stays, key=lambda one: one.procedure)
    made = [_funnel(code, tuple(group)) for code, group in groupby(ordered, key=lambda one: one.procedure)]
    return tuple(sorted(made, key=lambda one: (-one.visits, one.procedure)))


def losing_most(found: Iterable[Funnel], most: int = 3) -> tuple[tuple[str, Stage], ...]:
    """The screens where most visits ended, with their procedure; none where nobody was lost."""
    stages = [(one.procedure, stage) for one in found for stage in one.stages if stage.stopped]
    return tuple(
        sorted(stages, key=lambda one: (-one[1].stopped, -one[1].erred, one[0], one[1].place))[:most]
    )


def _funnel(code: str, stays: Sequence[Stay]) -> Funnel:
    visits = {stay.visit for stay in stays}
    filed = {stay.visit for stay in stays if stay.left_by == "filed"}
    helped = {stay.visit for stay in stays if stay.helped}
    done = [stay for stay in stays if stay.left_by in ON]
    places = _in_order(stays)
    last = {stay.visit: stay for stay in stays}  # stays come in the order of their visit
    stopped = {visit for visit, stay in last.items() if stay.left_by == "ended"}
    return Funnel(
        procedure=code,
        visits=len(visits),
        filed=len(filed),
        filed_alone=len(filed - helped),
        steps=len(done),
        steps_alone=sum(not stay.helped for stay in done),
        stages=tuple(
            _stage(
                place,
                [stay for stay in stays if stay.place == place],
                {visit for visit in stopped if last[visit].place == place},
            )
            for place in places
        ),
    )


def _in_order(stays: Sequence[Stay]) -> list[str]:
    """The places as people come to them: by how many other places they had been at before, on average."""
    seen: dict[int, list[str]] = {}
    for stay in stays:
        came_by = seen.setdefault(stay.visit, [])
        if stay.place not in came_by:
            came_by.append(stay.place)
    ranks: dict[str, list[int]] = {}
    for came_by in seen.values():
        for rank, place in enumerate(came_by):
            ranks.setdefault(place, []).append(rank)
    return sorted(ranks, key=lambda place: fmean(ranks[place]))


def _stage(place: str, stays: Sequence[Stay], stopped: set[int]) -> Stage:
    fields = Counter(
        field
        for field, _ in {(fault.partition(":")[0], stay.visit) for stay in stays for fault in stay.faults}
    )
    seconds: Counter[int] = Counter()
    for stay in stays:
        if stay.seconds is not None:
            seconds[stay.visit] += round(stay.seconds)
    return Stage(
        place=place,
        came=len({stay.visit for stay in stays}),
        went_on=len({stay.visit for stay in stays if stay.left_by in ON}),
        stopped=len(stopped),
        seconds=round(median(seconds.values())) if seconds else None,
        erred=len({stay.visit for stay in stays if stay.faults}),
        helped=len({stay.visit for stay in stays if stay.helped}),
        fields=tuple(sorted(fields.items(), key=lambda one: (-one[1], one[0]))),
    )

"""What is counted of a dossier, and what the sums say: shares, medians, targets.

The figures of one dossier are a few counts by name, so that any number of
dossiers is summed up by adding. A name may carry a value after its first colon:
"visit:17" counts the visits of seventeen minutes. Nothing here depends on the
moment at which it is asked: what only time decides is left to whoever reads.

There are no ratings yet; nothing is counted for them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from intake.rules.calendar import WorkCalendar, local

HERE = frozenset({"kiosk", "counter"})  # channels of people who came themselves
POST = "post"
MEDIAN, NINETIETH = 0.5, 0.9
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
MOST_USED = 999  # percent of a term; what took longer is counted there


@dataclass(slots=True)  # frozen, a busy day takes a third longer
class Facts:
    """One dossier as its row and its events tell it; not to be changed. Moments are aware.

    ``reason`` is the first for which paper was taken; ``papers`` are (reason, name) of what was.
    ``promised_at`` is the promise as first given; ``deadline_at`` the moment of
    the law as moved since. ``pauses`` are the times in which papers were awaited,
    the last one without an end while they still are.
    """

    received_at: datetime
    channel: str
    online: bool = False
    without_paper: bool = False
    assisted: bool = False
    vouched: bool = False  # by an officer, for who they are: they had neither card nor number
    reason: str = ""
    papers: tuple[tuple[str, str], ...] = ()
    same_day: bool = False
    visit_minutes: int | None = None
    promised_at: datetime | None = None
    due_at: datetime | None = None
    deadline_at: datetime | None = None
    finished_at: datetime | None = None
    returned_at: datetime | None = None
    has_result: bool = False
    pauses: tuple[tuple[datetime, datetime | None], ...] = ()
    sheets_taken: int = 0
    sheets_saved: int = 0


def is_electronic(facts: Facts) -> bool:
    """Without a sheet of paper, and not by post: what the post brings is digitised, and counted apart."""
    return facts.without_paper and facts.channel != POST


def is_digitised(facts: Facts) -> bool:
    return facts.without_paper and facts.channel == POST


def kind_of(facts: Facts) -> str:
    """ "electronic", "digitised" or "paper": each dossier is one of them."""
    if not facts.without_paper:
        return "paper"
    return "digitised" if facts.channel == POST else "electronic"


def is_same_day(facts: Facts) -> bool:
    """The result was ready on the civil day of reception."""
    return facts.has_result and _is_that_day(facts, facts.finished_at)


def is_same_visit(facts: Facts) -> bool:
    """Whoever came had the result in hand on the day of reception: a visit.

    It lasts from reception to return on the clock, a midday break included,
    because the person waited through it. Somebody who left and came back in the
    afternoon is counted with the whole time.
    """
    return facts.channel in HERE and _is_that_day(facts, facts.returned_at)


def promise_of(facts: Facts) -> str:
    """What became of a promise for the same day: "kept", "broken", "excused", "open", or "" without one.

    It is judged as it was first given: an apology does not mend it. Excused are
    a refusal or a stop in time, and papers that were asked for in time. "open"
    is kept or broken by the time that passes: on a later day it was broken.
    """
    if not facts.same_day or facts.promised_at is None:
        return ""
    ended = facts.finished_at is not None and facts.finished_at <= facts.promised_at
    if ended:
        return "kept" if facts.has_result else "excused"
    if facts.pauses and facts.pauses[0][0] <= facts.promised_at:
        return "excused"
    return "open" if facts.finished_at is None else "broken"


def is_late(facts: Facts) -> bool:
    """Finished after the deadline of the law."""
    return (
        facts.finished_at is not None
        and facts.deadline_at is not None
        and facts.finished_at > facts.deadline_at
    )


def term_used(facts: Facts, calendar: WorkCalendar) -> int | None:
    """How many percent of the legal term it took, rounded up, in working time without the pauses.

    None without a result, or where the law sets no term that can be counted.
    """
    if not facts.has_result or facts.finished_at is None or facts.due_at is None:
        return None
    legal = calendar.working_time(facts.received_at, facts.due_at)
    if not legal:
        return None
    taken = calendar.working_time(facts.received_at, facts.finished_at)
    for begins, ends in facts.pauses:
        taken -= calendar.working_time(begins, ends or facts.finished_at)
    return min(MOST_USED, max(0, math.ceil(100 * taken / legal)))


def count(into: Counter[str], facts: Facts, calendar: WorkCalendar, *, hours: bool = True) -> None:
    """Add one dossier; with ``hours`` also in which hour of the clock it came."""
    into["dossiers"] += 1
    kind = kind_of(facts)
    into[kind] += 1
    if hours:
        into[f"hour_{kind}:{local(facts.received_at).hour}"] += 1
    if kind == "paper":
        into[f"reason:{facts.reason}"] += 1
        for reason, name in facts.papers:
            into[f"kept:{reason}:{name}"] += 1
    elif kind == "electronic":
        if facts.online:
            into["fully_electronic"] += 1
        if (used := term_used(facts, calendar)) is not None:
            into[f"used:{used}"] += 1
    if facts.online:
        into["online"] += 1
    if facts.assisted:
        into["assisted"] += 1
    if facts.vouched:
        into["vouched"] += 1
    if facts.channel in HERE:
        into["here"] += 1
    if facts.sheets_taken:
        into["sheets_taken"] += facts.sheets_taken
    if facts.sheets_saved:
        into["sheets_saved"] += facts.sheets_saved
    if promise := promise_of(facts):
        into["promised"] += 1
        if promise != "open":
            into[promise] += 1
    _count_what_came_of_it(into, facts, calendar)


def _count_what_came_of_it(into: Counter[str], facts: Facts, calendar: WorkCalendar) -> None:
    if facts.finished_at is not None:
        into["finished"] += 1
    if is_late(facts):
        into["late"] += 1
    if is_same_day(facts):
        into["same_day"] += 1
    if is_same_visit(facts) and facts.returned_at is not None:
        into["same_visit"] += 1
        into[f"visit:{max(0, (facts.returned_at - facts.received_at) // MINUTE)}"] += 1
    if facts.visit_minutes is not None:
        into["visit_target"] += 1
        if _keeps_visit_target(facts, calendar):
            into["visit_target_kept"] += 1


def _keeps_visit_target(facts: Facts, calendar: WorkCalendar) -> bool:
    """The person waited no longer than was told, in working time as it was promised."""
    if facts.returned_at is None or facts.visit_minutes is None:
        return False
    waited = calendar.working_time(facts.received_at, facts.returned_at)
    return waited <= facts.visit_minutes * MINUTE


def _is_that_day(facts: Facts, moment: datetime | None) -> bool:
    if moment is None or moment - facts.received_at >= DAY:
        return False
    return local(moment).date() == local(facts.received_at).date()


@dataclass(frozen=True)
class Sum:
    """Counts of any number of dossiers, and what they say. Where nothing was counted a share is None."""

    counts: Mapping[str, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> int:
        return self.counts.get(name, 0)

    def table(self, name: str) -> dict[str, int]:
        """What was counted under ``name``, by its value: {"17": 3}."""
        start = f"{name}:"
        return {key[len(start) :]: count for key, count in self.counts.items() if key.startswith(start)}

    def share(self, name: str, of: str = "dossiers") -> float | None:
        """From 0 to 1; None of nothing."""
        return self[name] / self[of] if self[of] else None

    @property
    def unreasoned(self) -> int:
        """Paper for which no reason was asked: no rule without paper held."""
        return self["reason:"]

    @property
    def reasons(self) -> dict[str, int]:
        """Why paper was taken on days without paper, the most frequent first."""
        told = {code: count for code, count in self.table("reason").items() if code}
        return dict(sorted(told.items(), key=lambda one: (-one[1], one[0])))

    @property
    def kept_papers(self) -> list[tuple[str, str, int]]:
        """(reason, paper, how often): which rule keeps us on paper; the most frequent first."""
        rows = [(*name.partition(":")[::2], count) for name, count in self.table("kept").items()]
        return sorted(rows, key=lambda row: (-row[2], row))

    def visit(self, share: float) -> int | None:
        """So many minutes or less that share of the visits lasted; None without visits."""
        return percentile({int(minutes): count for minutes, count in self.table("visit").items()}, share)

    def used(self, share: float) -> int | None:
        """So many percent of the term or less that share of the electronic results took; None without any."""
        return percentile({int(value): count for value, count in self.table("used").items()}, share)

    def shorter(self, percent: int) -> tuple[int, int]:
        """(electronic results that took at least ``percent`` less than the law gives, of how many)."""
        used = {int(value): count for value, count in self.table("used").items()}
        return sum(count for value, count in used.items() if value <= 100 - percent), sum(used.values())

    def open_promises(self) -> int:
        """Neither kept nor broken by what happened; once their day is over they were broken."""
        return self["promised"] - self["kept"] - self["broken"] - self["excused"]


def total(sums: Iterable[Sum | Mapping[str, int]]) -> Sum:
    """All of them together; of nothing, nothing."""
    counted: dict[str, int] = {}
    known = counted.get
    for one in sums:
        for name, number in (one.counts if isinstance(one, Sum) else one).items():
            counted[name] = known(name, 0) + number
    return Sum(counted)


def percentile(table: Mapping[int, int], share: float) -> int | None:
    """The smallest value that at least ``share`` of all do not exceed; None of nothing."""
    wanted, seen = share * sum(table.values()), 0
    for value in sorted(table):
        seen += table[value]
        if table[value] and seen >= wanted:
            return value
    return None

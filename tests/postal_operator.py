"""The system of an operator of the post as it is: it tells late, twice, in disorder, with gaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

# Ways of a result home. The last word is always told in the end; others may get lost.
WAYS = (
    ("picked_up", "out", "delivered"),
    ("picked_up", "out", "failed", "out", "delivered"),
    ("picked_up", "out", "failed", "out", "failed"),
)


@dataclass
class PostalOperatorSystem:
    """Items and what happens to each from ``start`` on, an hour and a bit apart."""

    dice: Random
    start: datetime
    gaps: float = 0.2
    duplicates: float = 0.3

    def happens(self, number: str, way: Sequence[str] = ()) -> list[dict[str, str]]:
        """The events of one item in the order in which they happen."""
        at, told = self.start, []
        for step in way or self.dice.choice(WAYS):
            at += timedelta(minutes=self.dice.randint(61, 300), seconds=self.dice.randint(0, 59))
            event = {"message_id": f"{number}-{len(told) + 1}", "item_number": number, "step": step}
            event |= {"at": at.isoformat(), "place": "Bưu cục Hạc Thành"}
            told.append(event | ({"reason": "not_home"} if step == "failed" else {}))
        return told

    def tells(self, journeys: Sequence[Sequence[dict[str, str]]]) -> Iterator[list[dict[str, str]]]:
        """What of it arrives here, batch by batch."""
        sent = [
            event
            for journey in journeys
            for event in journey
            if event is journey[-1] or self.dice.random() > self.gaps
        ]
        sent += [event for event in sent if self.dice.random() < self.duplicates]
        self.dice.shuffle(sent)
        while sent:
            size = self.dice.randint(1, 7)
            yield sent[:size]
            del sent[:size]

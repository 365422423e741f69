"""Dossiers as bars over hours or days: where everything stands, the same on a screen and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count, takewhile

WIDTH, HEIGHT = 720, 210
FOOT, LEFT, HEAD = 26, 30, 20  # room under the bars, left of them and above
STEPS = tuple(digit * 10**power for power in range(7) for digit in (1, 2, 5))


@dataclass(frozen=True)
class Column:
    """How many of each kind; ``most`` is a mark across the bar, None without one."""

    label: str
    electronic: int
    digitised: int
    paper: int
    most: int | None = None

    @property
    def count(self) -> int:
        return self.electronic + self.digitised + self.paper


@dataclass(frozen=True)
class Bar:
    """``parts`` are (kind, top, height), from the foot up; ``most`` the height of the mark."""

    label: str
    x: float
    width: float
    parts: tuple[tuple[str, float, float], ...]
    count: int
    top: float
    most: float | None


@dataclass(frozen=True)
class Chart:
    """Measures from the top left, in units of WIDTH × HEIGHT; ``lines`` are (height, number)."""

    bars: tuple[Bar, ...]
    lines: tuple[tuple[float, int], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT

    @property
    def has_most(self) -> bool:
        return any(bar.most is not None for bar in self.bars)

    @property
    def has_digitised(self) -> bool:
        return any(kind == "digitised" for bar in self.bars for kind, _, _ in bar.parts)


def chart(columns: Sequence[Column]) -> Chart | None:
    """None where there is nothing to stand on."""
    if not columns:
        return None
    highest = max(max(column.count, column.most or 0, 1) for column in columns)
    step = next(one for one in STEPS if highest <= 4 * one)
    scale = (HEIGHT - FOOT - HEAD) / highest
    foot, slot = float(HEIGHT - FOOT), (WIDTH - LEFT) / len(columns)
    wide = min(slot * 0.62, 52)
    bars = []
    for place, column in enumerate(columns):
        top, parts = foot, []
        for kind in ("electronic", "digitised", "paper"):
            if number := getattr(column, kind):
                top -= number * scale
                parts.append((kind, round(top, 1), round(number * scale, 1)))
        x = LEFT + place * slot + (slot - wide) / 2
        most = None if column.most is None else round(foot - column.most * scale, 1)
        bars.append(
            Bar(column.label, round(x, 1), round(wide, 1), tuple(parts), column.count, round(top, 1), most)
        )
    numbers = takewhile(lambda number: number <= highest, count(0, step))
    return Chart(tuple(bars), tuple((round(foot - number * scale, 1), number) for number in numbers))

"""Letter size and contrast: a choice of this visit, in a cookie that says nothing about the person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from intake.records import AcceptancePoint

COOKIE = "display"
SIZES = (1, 2, 3)  # A, A+, A++


@dataclass(frozen=True)
class Display:
    size: int = 1
    high: bool = False  # high contrast

    @classmethod
    def of(cls, cookies: Mapping[str, str], point: AcceptancePoint | None = None) -> Display:
        """What this person chose, else what the kiosk begins with."""
        text = cookies.get(COOKIE, "")
        if not text and point is not None:
            return cls(point.size, point.profile == "high_contrast")
        size = int(text[0]) if text[:1] in ("1", "2", "3") else 1
        return cls(size, text.endswith("h"))

    def __str__(self) -> str:
        return f"{self.size}{'h' if self.high else ''}"

    def changed(self, what: str) -> Display:
        """The next larger letters (after the largest the smallest), or the other contrast."""
        if what == "contrast":
            return replace(self, high=not self.high)
        return replace(self, size=self.size % len(SIZES) + 1)

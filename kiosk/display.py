"""How somebody wants the kiosk: letters, colours, reach, hand, voice, language.

A choice of this visit, in a cookie that says nothing about the person and is
gone with the visit.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from intake.language import SOURCE
from intake.records import AcceptancePoint
from web import translations

COOKIE = "display"
SIZES = (1, 2, 3)  # A, A+, A++
HANDS = ("", "left", "right")
SOUNDS = ("off", "on", "earphone")
DISPLAYS = ("size", "contrast", "using")  # buttons of the corner: what is on screen stays on screen
KEPT = re.compile(r"([123])(h?)(b?)([lr]?)([se]?)(?:-([a-z]{2,3}))?")


@dataclass(frozen=True)
class Display:
    """``low``: everything to touch stands low. ``hand``: the one that touches, "" for either.

    ``sound`` "earphone" is only for a kiosk whose socket silences its
    loudspeaker: what is personal is spoken there unmasked.
    """

    size: int = 1
    high: bool = False  # high contrast
    low: bool = False
    hand: str = ""
    sound: str = "off"
    language: str = SOURCE

    @classmethod
    def of(cls, cookies: Mapping[str, str], point: AcceptancePoint | None = None) -> Display:
        """What this person chose, else what the kiosk begins with."""
        kept = KEPT.fullmatch(cookies.get(COOKIE, ""))
        if kept is None:
            return cls(point.size, point.profile == "high_contrast") if point else cls()
        size, high, low, hand, sound, language = kept.groups()
        display = cls(
            int(size),
            bool(high),
            bool(low),
            {"l": "left", "r": "right"}.get(hand, ""),
            {"s": "on", "e": "earphone"}.get(sound, "off"),
            language or SOURCE,
        )
        if display.sound == "earphone" and not (point and point.earphones):
            return replace(display, sound="on")
        return display

    def __str__(self) -> str:
        hand = self.hand[:1]
        sound = {"on": "s", "earphone": "e"}.get(self.sound, "")
        language = "" if self.language == SOURCE else f"-{self.language}"
        return f"{self.size}{'h' if self.high else ''}{'b' if self.low else ''}{hand}{sound}{language}"

    @property
    def speaks(self) -> bool:
        return self.sound != "off"

    def changed(self, what: str) -> Display:
        """The next larger letters (after the largest the smallest), or the other contrast."""
        if what == "contrast":
            return replace(self, high=not self.high)
        return replace(self, size=self.size % len(SIZES) + 1)

    def chosen(self, what: str, languages: Collection[str]) -> Display:
        """With one card of «Cách dùng máy» touched, "hand.left"; as it is for a card there is not."""
        name, _, value = what.partition(".")
        if name == "size" and value in ("1", "2", "3"):
            return replace(self, size=int(value))
        if name == "high":
            return replace(self, high=value == "on")
        if name == "low":
            return replace(self, low=value == "on")
        if name == "hand" and (value == "either" or value in HANDS):
            return replace(self, hand="" if value == "either" else value)
        if name == "sound" and value in SOUNDS:
            return replace(self, sound=value)
        if name == "language" and value in languages:
            return replace(self, language=value)
        return self

    @property
    def choices(self) -> frozenset[str]:
        """The cards of «Cách dùng máy» that are chosen now."""
        return frozenset(
            (
                f"size.{self.size}",
                f"high.{'on' if self.high else 'off'}",
                f"low.{'on' if self.low else 'off'}",
                f"hand.{self.hand or 'either'}",
                f"sound.{self.sound}",
                f"language.{self.language}",
            )
        )


def languages() -> dict[str, str]:
    """The languages somebody can choose here, by code, each by its own name."""
    return {code: language.name for code, language in translations.languages().items()}

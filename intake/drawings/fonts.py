"""Be Vietnam Pro, the one family of screen, PDF and thermal paper, and what it can draw."""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

FOLDER = Path(__file__).resolve().parents[2] / "static" / "vendor" / "fonts"

# What the family has no glyph for and people still write; letters of Ê Đê and Gia Rai included.
_IN_OTHER_WORDS = {
    "№": "Số",
    "→": "->",
    "✓": "x",
    "☐": "[ ]",
    "☑": "[x]",
    "●": "•",
    "\u2010": "-",
    "\u2011": "-",
}
_IN_OTHER_WORDS |= {"ƀ": "b", "Ƀ": "B"}


class Weight(StrEnum):
    REGULAR = "400Regular"
    ITALIC = "400Regular_Italic"
    MEDIUM = "500Medium"
    SEMIBOLD = "600SemiBold"
    BOLD = "700Bold"


class FontsMissing(RuntimeError):
    """The font files were not fetched yet; nothing can be drawn without them."""


def font_path(weight: Weight) -> Path:
    """The TTF of ``weight``; FontsMissing says how to get it when it is not there."""
    path = FOLDER / f"BeVietnamPro_{weight}.ttf"
    if not path.is_file():
        raise FontsMissing(f"{path} is missing: run './motcham run' once, it fetches the fonts from npm")
    return path


@lru_cache(maxsize=32)
def font(weight: Weight, size: int) -> ImageFont.FreeTypeFont:
    """The face at ``size`` dots."""
    return ImageFont.truetype(str(font_path(weight)), size)


@lru_cache(maxsize=4096)
def printable(word: str) -> str:
    """``word`` in NFC, spelled with what the family can draw, so that no empty box is ever printed.

    A letter without a glyph of its own is set from its base and marks («ŏ»),
    a sign becomes plain words; what remains unknown becomes "?".
    """
    return "".join(_drawn(letter) for letter in unicodedata.normalize("NFC", word))


@lru_cache(maxsize=1024)
def _drawn(letter: str) -> str:
    if unicodedata.category(letter) in ("Cc", "Cf"):
        return ""
    spellings = (
        letter,
        unicodedata.normalize("NFD", letter),
        _IN_OTHER_WORDS.get(letter, ""),
        unicodedata.normalize("NFKC", letter),
    )
    return next((text for text in spellings if text and all(map(_has_glyph, text))), "?")


def _has_glyph(letter: str) -> bool:
    # the plain layout engine does not compose letters by itself, just like a PDF; a missing glyph is blank
    face = ImageFont.truetype(str(font_path(Weight.MEDIUM)), 24, layout_engine=ImageFont.Layout.BASIC)
    return letter == " " or any(face.getmask(letter))

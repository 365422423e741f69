"""What the loudspeaker says for a call, as a row of clips: «Mời số A không hai bốn đến quầy hai»."""

from __future__ import annotations

import re

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_LETTERS = {
    "a": "a", "b": "bê", "c": "xê", "d": "đê", "e": "e", "f": "ép", "g": "gờ", "h": "hát", "i": "i",
    "j": "gi", "k": "ca", "l": "lờ", "m": "mờ", "n": "nờ", "o": "o", "p": "pê", "q": "quy", "r": "rờ",
    "s": "ét", "t": "tê", "u": "u", "v": "vê", "w": "vê kép", "x": "ích", "y": "i dài", "z": "dét",
}  # fmt: skip
_TENS = {"ten": "mười", "tens": "mươi", "one-after": "mốt", "five-after": "lăm"}

# Every clip there is, by the name of its file, with the words it speaks.
CLIPS: dict[str, str] = {
    "invite": "mời số",
    "counter": "đến quầy",
    **{f"digit-{digit}": word for digit, word in enumerate(_DIGITS)},
    **_TENS,
    **{f"letter-{letter}": word for letter, word in _LETTERS.items()},
}


def call_clips(prefix: str, number: int, counter: str) -> tuple[str, ...]:
    """The clips of one call. A counter whose name ends in no number is left to the picture."""
    found = re.search(r"(\d{1,2})\D*$", counter)
    where = ("counter", *number_clips(int(found[1]))) if found else ()
    letters = tuple(f"letter-{letter}" for letter in prefix.lower())
    return ("invite", *letters, *(f"digit-{digit}" for digit in f"{number:03}"), *where)


def number_clips(number: int) -> tuple[str, ...]:
    """A number from 0 to 99 as people say it: 21 is «hai mươi mốt», 15 «mười lăm»."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return (f"digit-{ones}",)
    said = ("ten",) if tens == 1 else (f"digit-{tens}", "tens")
    if ones == 0:
        return said
    if ones == 5:
        return (*said, "five-after")
    if ones == 1 and tens > 1:
        return (*said, "one-after")
    return (*said, f"digit-{ones}")


def words_of(clips: tuple[str, ...]) -> str:
    """What these clips say together."""
    return " ".join(CLIPS[clip] for clip in clips)

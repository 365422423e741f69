"""Text as scanners really deliver it: repaired where that is certain, doubted where it is not."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

# Windows scanners (western, then Vietnamese), then those that speak DOS.
_CODE_PAGES = ("cp1252", "cp1258", "cp437", "cp850")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")

# The marks of Vietnamese letters and tones; a caron or a diaeresis (Š, Ä) betrays a wrong code page.
_MARKS = frozenset("\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZđĐƀɃ")


def from_hex(field: str) -> str:
    """The words behind hex digits, or ``field`` itself when there are none."""
    text = _utf8(bytes.fromhex(field)) if _HEX.fullmatch(field) else None
    # Nobody's name begins with a blank, but the year 2041 would: 20 41 is " A".
    return text if text and not text.startswith(" ") and any(map(str.isalpha, text)) else field


def repaired(field: str) -> str:
    """UTF-8 that was read through a wrong code page, restored; else ``field`` itself.

    Give it the field untouched: half of a broken «à» is a no-break space, which
    stripping and composing (NFC) would take away. Sound Vietnamese is never
    changed: its letters are not UTF-8 in any of these code pages.
    """
    if field.isascii():
        return field
    for code_page in _CODE_PAGES:
        text = _utf8(_bytes(field, code_page))
        # «¢» and «¥» stand in both DOS pages: only one of them makes Vietnamese letters of it.
        if text and not any(map(str.isalpha, _strange(text))):
            return text
    return field


def is_sound(text: str, signs: str) -> bool:
    """Whether ``text`` has only letters as Vietnam's peoples write them, and ``signs``."""
    return _strange(text) <= set(signs)


def is_humped(text: str) -> bool:
    """Whether a capital follows a small letter inside a word, as in «TrÃ» left of a broken «Trà»."""
    return any(left.islower() and right.isupper() for left, right in pairwise(text))


def _strange(text: str) -> set[str]:
    """Everything in ``text`` that is no letter as Vietnam's peoples write them."""
    return set(unicodedata.normalize("NFD", text)) - _MARKS - _LETTERS


def _bytes(field: str, code_page: str) -> bytes:
    """What the scanner sent if it was read as ``code_page``; nothing if it cannot have been.

    Windows passes the bytes a code page leaves undefined as control characters
    (0x90 of «Đ», 0x9D of «ờ»), where Python's codecs refuse them. With these,
    cp1252 covers Latin-1 as well.
    """
    try:
        return b"".join(sign.encode("latin-1" if "\x80" <= sign <= "\x9f" else code_page) for sign in field)
    except UnicodeEncodeError:
        return b""


def _utf8(raw: bytes) -> str | None:
    """The text, when it is UTF-8 and nothing in it is unprintable."""
    try:
        text = raw.decode().replace("\ufeff", "").replace("\xa0", " ")
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() else None

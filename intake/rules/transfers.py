"""The reference of a payment, which comes back in whatever the bank makes of the purpose."""

from __future__ import annotations

import re

from intake.rules.text import search_key

_DIGITS = 8
_FOUND = re.compile(rf"(?=MC([0-9]{{{_DIGITS + 2}}}))")


def reference_of(number: int) -> str:
    """«MC0000001870»: letters and digits only, two of them to check the others by.

    ``number`` is unique in the installation. ValueError past eight digits.

    Source: ISO/IEC 7064, MOD 97-10.
    """
    if not 0 < number < 10**_DIGITS:
        raise ValueError(f"no reference for {number}")
    return f"MC{number:0{_DIGITS}}{98 - number * 100 % 97:02}"


def references_in(words: str) -> tuple[str, ...]:
    """Every reference in the words of a transfer, whatever stands before, after or between.

    Banks write in capitals, without marks and blanks, put numbers of their own
    before it and cut the end off. A reference that lost a digit is none.
    """
    plain = re.sub(r"[^0-9A-Z]", "", search_key(words).upper())
    found = (match[1] for match in _FOUND.finditer(plain))
    return tuple(dict.fromkeys(f"MC{digits}" for digits in found if int(digits) % 97 == 1))


def same_words(words: str) -> str:
    """By which two tellings of one transfer are compared: only letters and digits count."""
    return re.sub(r"[^0-9a-z]", "", search_key(words))

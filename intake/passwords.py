"""Passwords: what may be one, and keeping only what cannot be turned back into it.

Hashing takes tens of milliseconds on purpose: never call it inside a transaction.
"""

from __future__ import annotations

import threading
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from intake.rules.forms import Fault
from intake.rules.text import search_key

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MEMORY_KIB = 19_456
ROUNDS = 2
LANES = 1
LEAST = 10
MOST = 200
FEWEST_SIGNS = 4  # different ones: "aaaaaaaaaa" and "1212121212" are guessed first

# The commonest of ten signs and more, without diacritics, blanks and capitals.
_COMMON = """
0123456789 1234567890 0987654321 9876543210 1234567891 12345678910 123456789a 1q2w3e4r5t qwertyuiop
qwerty1234 qwerty12345 qwerty123456 asdfghjkl1 1qaz2wsx3edc password12 password123 password1234
passw0rd123 iloveyou12 iloveyou123 welcome123 welcome1234 administrator admin12345 admin123456
matkhau123 matkhau1234 matkhau12345 matkhau123456 matkhaumoi motcham123 motcham1234 motcham2026
motcua1234 motcua2026 trungtamhanhchinh uybannhandan congchuc123 vietnam123 vietnam1234 vietnam2026
abcd123456 abc1234567 a123456789 abcdefghij abcdefghijk changeme123 letmein1234 dichvucong
"""
COMMONEST = frozenset(_COMMON.split())

_room = threading.BoundedSemaphore(2)  # 19 MiB each


def fault_of(password: str, *, username: str, name: str, key: str = "password") -> Fault | None:
    """Why this cannot be a password. No rule asks for kinds of signs: length is what counts."""
    plain = _plain(password)
    if not password:
        return Fault(key, "blank")
    if len(password) < LEAST:
        return Fault(key, "password_short", {"min": LEAST})
    if len(password) > MOST:
        return Fault(key, "too_long", {"max": MOST})
    if plain in {_plain(username), _plain(name)} - {""}:
        return Fault(key, "password_is_name")
    if plain in COMMONEST or len(set(plain)) < FEWEST_SIGNS:
        return Fault(key, "password_common")
    return None


def hashed(password: str) -> str:
    """The Argon2id string to keep."""
    with _room:
        return _hasher().hash(_typed(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether it is the password; no hash at all costs the same time and never matches."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    with _room:
        try:
            return _hasher().verify(kept or _nobodys(), _typed(password)) and kept is not None
        except (Argon2Error, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Whether it was hashed with other parameters than today's."""
    return _hasher().check_needs_rehash(kept)


@cache
def _hasher() -> PasswordHasher:
    # Imported at the first sign-in: the web starts without it.
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=ROUNDS, memory_cost=MEMORY_KIB, parallelism=LANES)


@cache
def _nobodys() -> str:
    return _hasher().hash("nobody has this password")


def _typed(password: str) -> str:
    """The same for every keyboard: one may send «ậ» as one sign, another as three."""
    return unicodedata.normalize("NFKC", password)


def _plain(text: str) -> str:
    return search_key(text).replace(" ", "")

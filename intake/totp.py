"""Codes of an authenticator: six digits that change every half minute.

Source: RFC 4226 (HOTP), section 5.3; RFC 6238 (TOTP), section 4.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

STEP_S = 30
DIGITS = 6
AROUND = 1  # steps before and after this one: clocks of telephones differ
SECRET_BYTES = 20


def new_secret() -> str:
    """160 random bits in base 32, as authenticators take them."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def step_at(moment: datetime) -> int:
    return int(moment.timestamp()) // STEP_S


def code_at(secret: str, step: int, *, digits: int = DIGITS) -> str:
    """The code of one step, zeros in front."""
    mac = hmac.new(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1).digest()
    start = mac[-1] & 0x0F
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def step_of(secret: str, code: str, *, now: datetime, after: int | None = None) -> int | None:
    """The step this code belongs to, one later than ``after``; None when it opens nothing now."""
    typed = code.replace(" ", "")
    if len(typed) != DIGITS or not (typed.isascii() and typed.isdecimal()):
        return None
    this = step_at(now)
    for step in range(this - AROUND, this + AROUND + 1):
        if hmac.compare_digest(code_at(secret, step), typed) and (after is None or step > after):
            return step
    return None


def address(secret: str, *, account: str, issuer: str) -> str:
    """What the QR of the enrolment says (otpauth, as every authenticator reads it)."""
    label = quote(f"{issuer}:{account}")
    facts = {"secret": secret, "issuer": issuer, "digits": DIGITS, "period": STEP_S}
    return f"otpauth://totp/{label}?{urlencode(facts, quote_via=quote)}"


def grouped(secret: str) -> str:
    """By four, for whoever types it."""
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))

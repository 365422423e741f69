"""The kiosk: what a citizen touches, from «Chạm để bắt đầu» to the receipt."""

from __future__ import annotations

from kiosk import (
    along,
    capturing,
    choosing,
    fee,
    filing,
    helping,
    identity,
    papers,
    questions,
    rating,
    registering,
    remembering,
    saving,
    speech,
    tickets,
    using,
    visiting,
)
from kiosk.bp import bp

__all__ = [
    "along",
    "bp",
    "capturing",
    "choosing",
    "fee",
    "filing",
    "helping",
    "identity",
    "papers",
    "questions",
    "rating",
    "registering",
    "remembering",
    "saving",
    "speech",
    "tickets",
    "using",
    "visiting",
]

"""The kiosk: what a citizen touches, from «Chạm để bắt đầu» to the receipt."""

from __future__ import annotations

from kiosk import (
    choosing,
    fee,
    filing,
    identity,
    papers,
    questions,
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
    "bp",
    "choosing",
    "fee",
    "filing",
    "identity",
    "papers",
    "questions",
    "registering",
    "remembering",
    "saving",
    "speech",
    "tickets",
    "using",
    "visiting",
]

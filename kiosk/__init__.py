"""The kiosk: what a citizen touches, from «Chạm để bắt đầu» to the receipt."""

from __future__ import annotations

from kiosk import (
    choosing,
    filing,
    identity,
    papers,
    questions,
    registering,
    remembering,
    saving,
    tickets,
    visiting,
)
from kiosk.bp import bp

__all__ = [
    "bp",
    "choosing",
    "filing",
    "identity",
    "papers",
    "questions",
    "registering",
    "remembering",
    "saving",
    "tickets",
    "visiting",
]

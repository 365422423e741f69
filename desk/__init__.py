"""The desk: where officers work and managers run the office."""

from __future__ import annotations

from desk import (
    account,
    acts,
    board,
    counter_intake,
    days,
    dossiers,
    entering,
    log,
    office,
    papers,
    post,
    queue,
    register,
    staff,
)
from desk.bp import bp

__all__ = [
    "account",
    "acts",
    "board",
    "bp",
    "counter_intake",
    "days",
    "dossiers",
    "entering",
    "log",
    "office",
    "papers",
    "post",
    "queue",
    "register",
    "staff",
]

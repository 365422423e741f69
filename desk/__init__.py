"""The desk: where officers work and managers run the office."""

from __future__ import annotations

from desk import (
    account,
    acts,
    assist,
    board,
    counter_intake,
    days,
    dossiers,
    entering,
    learning,
    log,
    money,
    office,
    papers,
    papers_brought,
    post,
    queue,
    register,
    staff,
)
from desk.bp import bp

__all__ = [
    "account",
    "acts",
    "assist",
    "board",
    "bp",
    "counter_intake",
    "days",
    "dossiers",
    "entering",
    "learning",
    "log",
    "money",
    "office",
    "papers",
    "papers_brought",
    "post",
    "queue",
    "register",
    "staff",
]

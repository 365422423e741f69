"""Running the office: what a manager sets up alone, without an engineer."""

from __future__ import annotations

from desk.office import (
    bank,
    configuration,
    counters,
    data,
    groups,
    hours,
    kiosks,
    overview,
    post,
    printers,
    procedures,
    receipt,
    rules,
    units,
    voices,
)

__all__ = [
    "bank",
    "configuration",
    "counters",
    "data",
    "groups",
    "hours",
    "kiosks",
    "overview",
    "post",
    "printers",
    "procedures",
    "receipt",
    "rules",
    "units",
    "voices",
]

"""The desk: where officers work and managers run the office."""

from __future__ import annotations

from desk import account, acts, dossiers, entering, log, staff
from desk.bp import bp

__all__ = ["account", "acts", "bp", "dossiers", "entering", "log", "staff"]

"""Fees that come by transfer: what was confirmed, what is awaited, what nobody can tell yet."""

from __future__ import annotations

from desk.money import claims, day, statements

__all__ = ["claims", "day", "statements"]

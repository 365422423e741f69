"""The desk: where officers work and managers run the office."""

from __future__ import annotations

from desk.bp import bp

__all__ = ["bp"]

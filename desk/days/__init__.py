"""Paper-free days: the rules, the evening before, the day itself and what it achieved."""

from __future__ import annotations

from desk.days import forms, poster, readiness, rehearsal, report, rules, suspending, today

__all__ = ["forms", "poster", "readiness", "rehearsal", "report", "rules", "suspending", "today"]

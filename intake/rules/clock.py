"""The clock of a dossier that stands still while a supplement is awaited, and what is early or late."""

from __future__ import annotations

from datetime import datetime

from intake.rules.calendar import WorkCalendar, local

EARLY, ON_TIME, LATE = "early", "on_time", "late"


def resumed(deadline: datetime, suspended_at: datetime, now: datetime, calendar: WorkCalendar) -> datetime:
    """The moment a deadline moves to when the clock that stopped at ``suspended_at`` goes on at ``now``.

    As much working time is left as was left then. A deadline that had passed
    already stays passed: asking for papers heals no lateness. Never earlier
    than before.
    """
    if deadline <= suspended_at or now <= suspended_at:
        return deadline
    left = calendar.working_time(suspended_at, deadline)
    return max(deadline, calendar.add_working_time(now, left) if left else now)


def promptness(moment: datetime, deadline: datetime | None) -> str | None:
    """EARLY before the day of the deadline, ON_TIME up to its moment, LATE after; None without one."""
    if deadline is None:
        return None
    if moment > deadline:
        return LATE
    return EARLY if local(moment).date() < local(deadline).date() else ON_TIME


def is_working_moment(moment: datetime, calendar: WorkCalendar) -> bool:
    """Inside a session, its very end included: people are told «trước 17:30»."""
    when = local(moment)
    return any(session.opens <= when.time() <= session.closes for session in calendar.sessions(when.date()))

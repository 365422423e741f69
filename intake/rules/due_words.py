"""How long a dossier still has, as the sentence an officer reads in the list."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from intake.rules.calendar import WorkCalendar, local
from intake.rules.lifecycle import Due, Status

_DONE = {
    Status.RESULT_READY: "có kết quả",
    Status.RETURNED: "đã trả kết quả",
    Status.REFUSED: "đã từ chối",
    Status.STOPPED: "đã dừng",
}
_HOUR = timedelta(hours=1)


def due_words(
    due: Due,
    status: Status,
    *,
    expected_at: datetime | None,
    deadline_at: datetime | None,
    supplement_until: datetime | None = None,
    waits: bool = False,
    calendar: WorkCalendar,
    now: datetime,
) -> str:
    """«còn 48 phút», «trễ 1 ngày», «quá hẹn 20 phút, luật còn 2 giờ», «chờ bổ sung đến 02/12».

    ``due`` is intake.rules.lifecycle.urgency of the same dossier. Within one civil
    day the clock counts; beyond it the office's working days do, because an
    officer plans in them. Being late counts civil days, as the citizen does.
    ``waits``: the person sits here and waits for the result: «quá 3 phút».
    """
    if due is Due.SUSPENDED:
        return _awaited(supplement_until, now)
    if due is Due.NONE or expected_at is None:
        return _DONE.get(status, "luật không định hạn")
    if due is Due.LATE and deadline_at is not None:
        return f"trễ {_past(deadline_at, now)}"
    if due is Due.BROKEN and waits:
        return f"quá {_past(expected_at, now)}"
    if due is Due.BROKEN and deadline_at is None:
        return f"quá hẹn {_past(expected_at, now)}"
    if due is Due.BROKEN and deadline_at is not None:
        return f"quá hẹn {_past(expected_at, now)}, luật còn {_left(deadline_at, calendar, now)}"
    return f"còn {_left(expected_at, calendar, now)}"


def _awaited(until: datetime | None, now: datetime) -> str:
    if until is None:
        return "chờ bổ sung"
    if now > until:
        return f"quá hạn bổ sung {_past(until, now)}"
    return f"chờ bổ sung đến {local(until):%d/%m}"


def _left(until: datetime, calendar: WorkCalendar, now: datetime) -> str:
    """Rounded down: nobody is told more time than there is."""
    today, day = local(now).date(), local(until).date()
    if today == day:
        return _span(until - now)
    days = _working_days(calendar, today, day)
    if days <= 1 and (worked := calendar.working_time(now, until)) < 4 * _HOUR:
        return f"{_span(worked)} làm việc"
    return f"{days} ngày làm việc"


def _working_days(calendar: WorkCalendar, start: date, end: date) -> int:
    """Working days after ``start`` up to and with ``end``."""
    span = (end - start).days
    return sum(calendar.is_working_day(start + timedelta(days=ahead + 1)) for ahead in range(span))


def _past(moment: datetime, now: datetime) -> str:
    days = (local(now).date() - local(moment).date()).days
    return f"{days} ngày" if days else _span(now - moment)


def _span(length: timedelta) -> str:
    if length < _HOUR:
        return f"{max(int(length.total_seconds() // 60), 1)} phút"
    return f"{int(length / _HOUR)} giờ"

"""The due time of a dossier as a sentence: worked examples on the calendar of November 2026."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from build import vietnam
from intake.rules.calendar import DayKind, Session, SpecialDay, WorkCalendar
from intake.rules.due_words import due_words
from intake.rules.lifecycle import Status, urgency

DAY = (Session(time(7, 30), time(11, 30)), Session(time(13, 30), time(17, 30)))
CULTURE_DAY = SpecialDay(vietnam(24).date(), DayKind.HOLIDAY, "Ngày Văn hóa Việt Nam")
CALENDAR = WorkCalendar((CULTURE_DAY,), dict.fromkeys(range(5), DAY))


def said(
    now: datetime,
    expected: datetime | None,
    deadline: datetime | None = None,
    status: Status = Status.RECEIVED,
    until: datetime | None = None,
) -> str:
    deadline = deadline or expected
    due = urgency(status, expected, deadline, warn=timedelta(hours=4), now=now)
    return due_words(
        due,
        status,
        expected_at=expected,
        deadline_at=deadline,
        supplement_until=until,
        calendar=CALENDAR,
        now=now,
    )


@pytest.mark.parametrize(
    ("now", "expected", "words"),
    [
        (vietnam(26, 8, 52), vietnam(26, 9, 40), "còn 48 phút"),
        (vietnam(26, 9, 39), vietnam(26, 9, 40), "còn 1 phút"),
        (vietnam(26, 8, 0), vietnam(26, 11, 30), "còn 3 giờ"),
        # Friday to Thursday over a weekend and a holiday: 23, 25 and 26 are worked.
        (vietnam(20, 10, 15), vietnam(26, 10, 15), "còn 3 ngày làm việc"),
        (vietnam(25, 8, 0), vietnam(26, 8, 0), "còn 1 ngày làm việc"),
        # Half an hour this evening and one tomorrow morning is no day of work.
        (vietnam(25, 17, 0), vietnam(26, 8, 30), "còn 1 giờ làm việc"),
        (vietnam(25, 17, 15), vietnam(26, 7, 50), "còn 35 phút làm việc"),
        (vietnam(21, 9, 0), vietnam(23, 9, 0), "còn 1 giờ làm việc"),
    ],
)
def test_what_is_left_is_told_in_the_unit_people_plan_in(now, expected, words):
    assert said(now, expected) == words


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (vietnam(26, 9, 50), "trễ 10 phút"),
        (vietnam(26, 9, 40, month=11) + timedelta(seconds=1), "trễ 1 phút"),
        (vietnam(26, 12, 0), "trễ 2 giờ"),
        (vietnam(27, 8, 0), "trễ 1 ngày"),
        (vietnam(30, 8, 0), "trễ 4 ngày"),
    ],
)
def test_lateness_counts_civil_days_as_the_citizen_does(now, words):
    assert said(now, vietnam(26, 9, 40)) == words


def test_a_broken_promise_says_what_the_law_still_leaves():
    assert (
        said(vietnam(26, 10, 0), vietnam(26, 9, 40), vietnam(26, 12, 0)) == "quá hẹn 20 phút, luật còn 2 giờ"
    )


def test_a_supplement_is_awaited_until_its_day_and_then_overdue():
    waiting = Status.AWAITING_SUPPLEMENT
    assert said(vietnam(26), vietnam(20), status=waiting) == "chờ bổ sung"
    assert said(vietnam(26), vietnam(20), status=waiting, until=vietnam(30)) == "chờ bổ sung đến 30/11"
    assert said(vietnam(26), vietnam(20), status=waiting, until=vietnam(24)) == "quá hạn bổ sung 2 ngày"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.RESULT_READY, "có kết quả"),
        (Status.RETURNED, "đã trả kết quả"),
        (Status.REFUSED, "đã từ chối"),
        (Status.STOPPED, "đã dừng"),
    ],
)
def test_what_is_finished_is_never_late(status, words):
    assert said(vietnam(30), vietnam(20), status=status) == words


def test_a_term_that_cannot_be_counted_says_so():
    assert said(vietnam(26), None) == "luật không định hạn"

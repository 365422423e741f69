"""The clock that stands still while papers are awaited; properties over any working moments."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build import vietnam
from intake.rules.calendar import WorkCalendar
from intake.rules.clock import is_working_moment, promptness, resumed

CALENDAR = WorkCalendar()
MOMENTS = st.datetimes(datetime(2026, 9, 1), datetime(2027, 2, 28), timezones=st.just(vietnam(1).tzinfo))  # noqa: DTZ001


def test_three_days_of_waiting_move_the_deadline_by_three_working_days():
    # Asked on Friday 20/11 14:00, brought on Wednesday 25/11 14:00; 24/11 is a holiday.
    assert resumed(vietnam(26, 10), vietnam(20, 14), vietnam(25, 14), CALENDAR) == vietnam(30, 10)


def test_a_night_costs_nothing():
    assert resumed(vietnam(26, 10), vietnam(19, 17, 30), vietnam(20, 7, 30), CALENDAR) == vietnam(26, 10)


def test_asking_for_papers_heals_no_lateness():
    assert resumed(vietnam(19, 10), vietnam(20, 9), vietnam(27, 9), CALENDAR) == vietnam(19, 10)


def test_nothing_left_is_due_at_once():
    """Asked in the break in which it was due: the break is over when the papers come."""
    assert resumed(vietnam(20, 12), vietnam(20, 11, 45), vietnam(23, 9), CALENDAR) == vietnam(23, 9)


@given(deadline=MOMENTS, stopped=MOMENTS)
def test_a_suspension_of_no_time_changes_nothing(deadline, stopped):
    assert resumed(deadline, stopped, stopped, CALENDAR) == deadline


@given(deadline=MOMENTS, stopped=MOMENTS, now=MOMENTS)
def test_a_deadline_never_comes_earlier_than_before(deadline, stopped, now):
    assert resumed(deadline, stopped, now, CALENDAR) >= deadline


@given(deadline=MOMENTS, stopped=MOMENTS, now=MOMENTS)
def test_the_working_time_that_was_left_is_left_again(deadline, stopped, now):
    moved = resumed(deadline, stopped, now, CALENDAR)
    if stopped < deadline and stopped <= now:
        assert CALENDAR.working_time(now, moved) == CALENDAR.working_time(stopped, deadline)


@given(first=MOMENTS, second=MOMENTS, stopped=MOMENTS, now=MOMENTS)
def test_a_promise_within_the_law_stays_within_it(first, second, stopped, now):
    promise, law = sorted((first, second))
    assert resumed(promise, stopped, now, CALENDAR) <= resumed(law, stopped, now, CALENDAR)


@pytest.mark.parametrize(
    ("moment", "word"),
    [
        (vietnam(25, 23, 59), "early"),
        (vietnam(26, 8), "on_time"),
        (vietnam(26, 10, 15), "on_time"),
        (vietnam(26, 10, 16), "late"),
    ],
)
def test_early_is_a_day_before_and_on_time_is_up_to_the_very_moment(moment, word):
    assert promptness(moment, vietnam(26)) == word


def test_without_a_deadline_nothing_is_early_or_late():
    assert promptness(vietnam(26), None) is None


@pytest.mark.parametrize(
    ("moment", "works"),
    [
        (vietnam(20, 7, 30), True),
        (vietnam(20, 17, 30), True),
        (vietnam(20, 17, 31), False),
        (vietnam(20, 12, 0), False),
        (vietnam(21, 9), False),  # Saturday
        (vietnam(24, 9), False),  # a holiday
    ],
)
def test_a_result_is_promised_for_working_hours_their_end_included(moment, works):
    assert is_working_moment(moment, CALENDAR) is works


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        is_working_moment(datetime(2026, 11, 20), CALENDAR)  # noqa: DTZ001


def test_a_weekend_between_is_no_time_at_all():
    moved = resumed(vietnam(23, 9), vietnam(20, 17, 30), vietnam(22, 17), CALENDAR)
    assert moved == vietnam(23, 9)

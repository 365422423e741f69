"""When a rule of service days holds, and what an RRULE may say."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build import vietnam
from dayway import a_rule
from intake.rules.calendar import DayKind, Session, SpecialDay, Week, WorkCalendar
from intake.rules.service_day_file import definition_of, rule_from
from intake.rules.service_days import Part, Suspension, recurrence_fault

CALENDAR = WorkCalendar()
THURSDAY, FRIDAY, SATURDAY = date(2026, 11, 26), date(2026, 11, 27), date(2026, 11, 28)
CULTURE_DAY = date(2026, 11, 24)  # a Tuesday, off
LATE = WorkCalendar(
    (), {day: (Session(time(7, 30), time(11, 30)), Session(time(18), time(20))) for day in range(6)}
)


def test_it_runs_on_its_weekdays_only():
    rule = a_rule()
    assert [day for day in (THURSDAY, FRIDAY, SATURDAY) if rule.runs_on(day, CALENDAR)] == [THURSDAY]


def test_it_begins_and_ends_on_its_days_both_counted():
    rule = a_rule(valid_from=THURSDAY, valid_to=THURSDAY)
    week = timedelta(days=7)
    assert [rule.runs_on(THURSDAY + step * week, CALENDAR) for step in (-1, 0, 1)] == [False, True, False]


def test_it_never_runs_on_a_day_off():
    assert not a_rule(weekdays=frozenset({1})).runs_on(CULTURE_DAY, CALENDAR)
    assert not a_rule(weekdays=frozenset(), dates=frozenset({CULTURE_DAY})).runs_on(CULTURE_DAY, CALENDAR)


def test_a_make_up_saturday_is_a_day_like_others():
    calendar = WorkCalendar([SpecialDay(SATURDAY, DayKind.MAKEUP, "Làm bù")])
    assert a_rule(weekdays=frozenset({5})).runs_on(SATURDAY, calendar)
    assert not a_rule(weekdays=frozenset({5})).runs_on(SATURDAY, CALENDAR)


def test_dates_of_its_own_are_added_to_weekdays():
    rule = a_rule(dates=frozenset({FRIDAY}))
    assert rule.runs_on(THURSDAY, CALENDAR) and rule.runs_on(FRIDAY, CALENDAR)


@pytest.mark.parametrize(
    "part, open_at, closed_at",
    [
        (Part.MORNING, (0, 8, 11), (12, 13, 16)),
        (Part.AFTERNOON, (12, 13, 17), (8, 11, 18)),
        (Part.DAY, (0, 8, 12, 23), ()),
    ],
)
def test_a_part_of_the_day_ends_when_its_last_session_closes(part, open_at, closed_at):
    rule = a_rule(part=part)
    assert all(rule.holds_at(vietnam(26, hour, 0), CALENDAR) for hour in open_at)
    assert not any(rule.holds_at(vietnam(26, hour, 0), CALENDAR) for hour in closed_at)


def test_the_morning_ends_with_its_session_not_at_noon():
    assert a_rule(part=Part.MORNING).holds_at(vietnam(26, 11, 29), CALENDAR)
    assert not a_rule(part=Part.MORNING).holds_at(vietnam(26, 11, 30), CALENDAR)


def test_an_evening_needs_an_evening_session():
    rule = a_rule(part=Part.EVENING)
    assert not rule.runs_on(THURSDAY, CALENDAR)
    assert rule.holds_at(vietnam(26, 19, 0), LATE) and not rule.holds_at(vietnam(26, 20, 0), LATE)
    assert rule.sessions(THURSDAY, LATE) == (Session(time(18), time(20)),)


def test_a_session_over_noon_is_cut_at_noon():
    long = WorkCalendar((), {3: (Session(time(8), time(16)),)})
    assert a_rule(part=Part.MORNING).sessions(THURSDAY, long) == (Session(time(8), time(12)),)
    assert a_rule(part=Part.AFTERNOON).sessions(THURSDAY, long) == (Session(time(12), time(16)),)


def test_hours_that_change_later_are_those_of_the_day():
    week = Week({day: (Session(time(8), time(11)),) for day in range(6)})
    calendar = WorkCalendar((), weeks={date(2026, 12, 1): week})
    rule = a_rule(weekdays=frozenset({5}))
    assert rule.next_day(THURSDAY, calendar) == date(2026, 12, 5)


def test_the_next_day_passes_over_holidays_and_gives_up_after_a_year():
    assert a_rule().next_day(THURSDAY, CALENDAR) == date(2026, 12, 3)
    assert a_rule(weekdays=frozenset({1})).next_day(date(2026, 11, 17), CALENDAR) == date(2026, 12, 1)
    assert a_rule(weekdays=frozenset({6})).next_day(THURSDAY, CALENDAR) is None


def test_the_end_of_a_day_on_which_it_does_not_run_is_a_bug():
    assert a_rule(part=Part.MORNING).ends_on(THURSDAY, CALENDAR) == vietnam(26, 11, 30)
    with pytest.raises(ValueError, match="no day"):
        a_rule(weekdays=frozenset({6})).ends_on(date(2026, 11, 29), CALENDAR)


def test_a_suspension_holds_until_before_its_end():
    rule = a_rule(suspensions=(Suspension(vietnam(26, 9, 0), vietnam(26, 10, 0)),))
    assert [rule.is_suspended(vietnam(26, hour, minute)) for hour, minute in ((8, 59), (9, 0), (10, 0))] == [
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(
    "text, days",
    [
        ("FREQ=WEEKLY;BYDAY=FR", {date(2026, 11, 27), date(2026, 12, 4)}),
        ("RRULE:FREQ=MONTHLY;BYDAY=1TH", {date(2026, 12, 3)}),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", {date(2026, 11, 20), date(2026, 12, 4)}),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", {date(2026, 11, 30), date(2026, 12, 31)}),
        ("FREQ=WEEKLY;BYDAY=TH;COUNT=3", {date(2026, 11, 19)}),
        ("FREQ=WEEKLY;BYDAY=TH;UNTIL=20261126", {THURSDAY}),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24", {date(2026, 12, 24)}),
    ],
)
def test_a_recurrence_is_counted_from_the_first_day(text, days):
    rule = a_rule(weekdays=frozenset(), recurrence=text, valid_from=date(2026, 11, 2))
    assert recurrence_fault(text) == ""
    assert all(rule.runs_on(day, CALENDAR) for day in days)
    assert not rule.runs_on(date(2026, 11, 25), CALENDAR)


def test_a_count_ends_over_new_year_too():
    text = "FREQ=WEEKLY;BYDAY=MO;COUNT=10"
    rule = a_rule(weekdays=frozenset(), recurrence=text, valid_from=date(2026, 11, 30))
    days = list(rule.days(date(2026, 11, 1), date(2027, 12, 31), WorkCalendar(())))
    assert len(days) == 10 and days[-1] == date(2027, 2, 1)


@pytest.mark.parametrize(
    "text, fault",
    [
        ("", "bad_recurrence"),
        ("thứ Năm", "bad_recurrence"),
        ("FREQ=FORTNIGHTLY", "bad_recurrence"),
        ("FREQ=WEEKLY;BYDAY=XX", "bad_recurrence"),
        ("FREQ=DAILY;INTERVAL=0", "bad_recurrence"),
        ("FREQ=DAILY;INTERVAL=-1", "bad_recurrence"),
        ("FREQ=WEEKLY;INTERVAL=", "bad_recurrence"),
        ("FREQ=WEEKLY;COUNT=0", "bad_recurrence"),
        ("FREQ=WEEKLY;COUNT=-3", "bad_recurrence"),
        ("FREQ=WEEKLY;COUNT=99999999999999999999", "bad_recurrence"),
        ("FREQ=WEEKLY;COUNT=3;UNTIL=20270101", "bad_recurrence"),
        ("FREQ=WEEKLY;UNTIL=never", "bad_recurrence"),
        ("DTSTART:20260101\nRRULE:FREQ=DAILY", "bad_recurrence"),
        ("EXRULE:FREQ=DAILY", "bad_recurrence"),
        ("FREQ=HOURLY", "finer_than_days"),
        ("FREQ=MINUTELY;INTERVAL=30", "finer_than_days"),
        ("FREQ=DAILY;BYHOUR=9", "finer_than_days"),
    ],
)
def test_a_recurrence_that_cannot_be_used_is_told_and_never_runs(text, fault):
    """An interval of nothing would be counted for ever, and with it every screen that asks."""
    assert recurrence_fault(text) == fault
    if text:
        assert not a_rule(weekdays=frozenset(), recurrence=text).runs_on(THURSDAY, CALENDAR)


def test_a_thirtieth_of_february_never_comes():
    rule = a_rule(weekdays=frozenset(), recurrence="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")
    assert rule.next_day(THURSDAY, CALENDAR) is None


@given(st.text(max_size=40))
def test_whatever_is_typed_as_a_recurrence_is_judged(text):
    assert recurrence_fault(text) in ("", "bad_recurrence", "finer_than_days")


@given(
    st.builds(
        a_rule,
        weekdays=st.frozensets(st.integers(0, 6)),
        dates=st.frozensets(st.dates(date(2026, 1, 1), date(2028, 1, 1)), max_size=4),
        part=st.sampled_from(Part),
        valid_to=st.none() | st.dates(date(2026, 11, 1), date(2028, 1, 1)),
        per_day=st.none() | st.integers(1, 500),
        cutoff=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
        procedures=st.frozensets(st.sampled_from(["1.001193", "2.000815"])),
    )
)
def test_a_rule_survives_being_written_down(rule):
    again = rule_from(definition_of(rule), id=rule.id, lineage=rule.lineage)
    assert again == rule and definition_of(again) == definition_of(rule)

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.rules.calendar import VIETNAM, WEEK, Session, WorkCalendar
from intake.rules.procedures import Term, TermUnit
from intake.rules.refusals import UnknownTerm
from intake.rules.terms import due, promised

CALENDAR = WorkCalendar()
SAME_DAY = Term(TermUnit.SAME_DAY)
SATURDAY_TOO = WorkCalendar(week={**WEEK, 5: (Session(time(7, 30), time(11, 30)),)})

days = st.dates(date(2026, 1, 1), date(2027, 10, 31))
received_moments = st.builds(datetime.combine, days, st.times(), st.just(VIETNAM))
amounts = st.integers(1, 40)
counted_units = st.sampled_from([TermUnit.WORKING_DAY, TermUnit.WORKING_HOUR])
all_units = st.sampled_from([unit for unit in TermUnit if unit is not TermUnit.OTHER])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def working_days(amount: int) -> Term:
    return Term(TermUnit.WORKING_DAY, amount)


@pytest.mark.parametrize(
    "received, term, expected",
    [
        ("2026-11-20 10:15", working_days(3), "2026-11-26 10:15"),
        ("2026-12-31 16:00", working_days(5), "2027-01-08 16:00"),
        ("2026-11-23 09:00", working_days(5), "2026-12-01 09:00"),
        ("2019-11-20 08:37", working_days(25), "2019-12-25 08:37"),  # a slip that was really printed
        ("2026-02-13 14:00", working_days(1), "2026-02-23 14:00"),  # over Tết
        ("2026-08-21 14:00", working_days(1), "2026-08-22 14:00"),  # a make-up Saturday counts
        ("2026-08-28 14:00", working_days(1), "2026-09-03 14:00"),  # 31/8 swapped, 1/9 and 2/9 off
        ("2026-04-24 14:00", working_days(1), "2026-04-28 14:00"),  # Giỗ Tổ on a Sunday
    ],
)
def test_working_days_end_at_the_same_clock_time(received, term, expected):
    assert due(at(received), term, CALENDAR) == at(expected)


@pytest.mark.parametrize(
    "received, expected",
    [
        ("2026-11-23 06:10", "2026-11-25 07:30"),  # before opening: from the opening
        ("2026-11-23 12:10", "2026-11-25 11:30"),  # in the break: as if before it
        ("2026-11-23 17:30", "2026-11-25 17:30"),
        ("2026-11-23 20:00", "2026-11-25 17:30"),  # after hours
        ("2026-11-24 09:00", "2026-11-25 17:30"),  # on a holiday
        ("2026-11-21 09:00", "2026-11-23 17:30"),  # on a Saturday
    ],
)
def test_receipt_outside_sessions(received, expected):
    assert due(at(received), working_days(1), CALENDAR) == at(expected)


def test_a_term_ending_on_a_short_saturday_ends_when_it_closes():
    assert due(at("2026-11-20 16:00"), working_days(1), SATURDAY_TOO) == at("2026-11-21 11:30")


@pytest.mark.parametrize(
    "received, expected",
    [
        ("2026-11-23 14:59", "2026-11-23 17:30"),
        ("2026-11-23 15:00", "2026-11-25 17:30"),  # the cut-off itself is too late
        ("2026-11-23 15:20", "2026-11-25 17:30"),  # over the holiday of 24/11
        ("2026-11-23 05:00", "2026-11-23 17:30"),
        ("2026-11-24 09:00", "2026-11-25 17:30"),
        ("2026-11-21 09:00", "2026-11-23 17:30"),
    ],
)
def test_same_day_before_and_after_three_o_clock(received, expected):
    assert due(at(received), SAME_DAY, CALENDAR) == at(expected)


def test_same_day_is_tomorrow_when_today_is_over_before_the_cutoff():
    assert due(at("2026-11-21 11:30"), SAME_DAY, SATURDAY_TOO) == at("2026-11-23 17:30")


def test_same_day_with_a_cutoff_of_its_own():
    assert due(at("2026-11-23 10:00"), Term(TermUnit.SAME_DAY, cutoff="10:00"), CALENDAR) == at(
        "2026-11-25 17:30"
    )


def test_art_148_5_a_last_day_off_moves_to_the_end_of_the_next_working_day():
    assert due(at("2026-11-20 10:15"), Term(TermUnit.DAY, 4), CALENDAR) == at("2026-11-25 17:30")
    assert due(at("2026-11-20 10:15"), Term(TermUnit.DAY, 10), CALENDAR) == at("2026-11-30 10:15")


def test_art_148_3_a_month_too_short_ends_on_its_last_day():
    assert due(at("2026-12-31 10:15"), Term(TermUnit.MONTH, 2), CALENDAR) == at("2027-03-01 17:30")
    assert due(at("2026-08-31 10:15"), Term(TermUnit.MONTH, 1), CALENDAR) == at("2026-09-30 17:30")
    assert due(at("2026-10-15 10:15"), Term(TermUnit.MONTH, 2), CALENDAR) == at("2026-12-15 10:15")


@pytest.mark.parametrize(
    "received, hours, expected",
    [
        ("2026-11-23 08:00", 2, "2026-11-23 10:00"),
        ("2026-11-23 08:00", 4, "2026-11-23 13:30"),  # noon: the next opening
        ("2026-11-23 08:00", 24, "2026-11-25 07:30"),  # the holiday
        ("2026-11-23 05:30", 12, "2026-11-23 17:30"),  # the closing itself is still in time
    ],
)
def test_clock_hours_end_inside_a_session(received, hours, expected):
    assert due(at(received), Term(TermUnit.HOUR, hours), CALENDAR) == at(expected)


@pytest.mark.parametrize(
    "received, hours, expected",
    [
        ("2026-11-23 10:00", 8, "2026-11-25 10:00"),
        ("2026-11-23 10:00", 1, "2026-11-23 11:00"),
        ("2026-11-23 18:00", 8, "2026-11-25 17:30"),
    ],
)
def test_working_hours_are_counted_in_sessions(received, hours, expected):
    assert due(at(received), Term(TermUnit.WORKING_HOUR, hours), CALENDAR) == at(expected)


@pytest.mark.parametrize(
    "term",
    [
        Term(TermUnit.OTHER, note="Theo thông báo của cơ quan"),
        Term(TermUnit.OTHER, 3),
        Term(TermUnit.WORKING_DAY),
        Term(TermUnit.DAY, -1),
        Term(TermUnit.MONTH, 10**9),
    ],
)
def test_a_term_told_only_in_words_is_refused(term):
    with pytest.raises(UnknownTerm) as refused:
        due(at("2026-11-23 10:00"), term, CALENDAR)
    assert refused.value.code == "unknown_term"
    assert refused.value.facts["note"] == term.note


def test_a_naive_receipt_is_our_own_mistake():
    with pytest.raises(ValueError):
        due(at("2026-11-23 10:00").replace(tzinfo=None), working_days(1), CALENDAR)


def test_late_evening_in_london_is_already_tomorrow_in_ha_noi():
    moment = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # Monday 06:30 in Hà Nội
    assert due(moment, SAME_DAY, CALENDAR) == at("2026-11-23 17:30")
    assert due(moment, SAME_DAY, CALENDAR).tzinfo is VIETNAM


@given(received_moments, all_units, amounts)
def test_a_promise_is_a_working_moment_and_never_before_receipt(received, unit, amount):
    moment = due(received, Term(unit, amount), CALENDAR)
    assert moment > received
    assert any(s.opens <= moment.time() <= s.closes for s in CALENDAR.sessions(moment.date()))


@given(received_moments, counted_units, amounts)
def test_counting_the_working_time_gives_the_term_back(received, unit, amount):
    hours = amount * (8 if unit is TermUnit.WORKING_DAY else 1)
    assert CALENDAR.working_time(received, due(received, Term(unit, amount), CALENDAR)) == timedelta(
        hours=hours
    )


@given(received_moments, counted_units, amounts, amounts)
def test_terms_add_up(received, unit, first, second):
    once = due(received, Term(unit, first + second), CALENDAR)
    there = due(received, Term(unit, first), CALENDAR)
    assert CALENDAR.working_time(there, due(there, Term(unit, second), CALENDAR)) == CALENDAR.working_time(
        there, once
    )


@pytest.mark.parametrize(
    "days, hours", [(1, 5.5), (3, 16.5), (5, 28), (7, 39), (10, 56), (15, 84), (20, 112)]
)
@pytest.mark.parametrize("share", [0.7, Fraction(7, 10)])
def test_thirty_percent_shorter_rounded_down_to_half_an_hour(days, hours, share):
    received = at("2026-11-20 10:15")
    promise = promised(received, working_days(days), CALENDAR, share)
    assert CALENDAR.working_time(received, promise) == timedelta(hours=hours)


def test_five_days_become_three_and_a_half():
    assert promised(at("2026-11-23 09:00"), working_days(5), CALENDAR, 0.7) == at("2026-11-27 15:00")


@pytest.mark.parametrize("received", ["2026-11-21 09:00", "2026-11-20 19:00", "2026-11-23 05:00"])
def test_the_promise_counts_from_when_the_office_could_begin(received):
    assert promised(at(received), working_days(1), CALENDAR, 0.7) == at("2026-11-23 15:00")


def test_no_share_and_a_same_day_result_promise_what_the_law_gives():
    received = at("2026-11-23 09:00")
    assert promised(received, working_days(5), CALENDAR, None) == due(received, working_days(5), CALENDAR)
    assert promised(received, SAME_DAY, CALENDAR, 0.5) == due(received, SAME_DAY, CALENDAR)


@pytest.mark.parametrize("share", [0, -0.5, 1.1])
def test_a_share_that_shortens_nothing_is_our_own_mistake(share):
    with pytest.raises(ValueError):
        promised(at("2026-11-23 09:00"), working_days(5), CALENDAR, share)


@given(received_moments, all_units, amounts, st.fractions(Fraction(1, 100), 1))
def test_a_promise_is_never_later_than_the_law(received, unit, amount, share):
    term = Term(unit, amount)
    legal = due(received, term, CALENDAR)
    promise = promised(received, term, CALENDAR, share)
    assert received < promise <= legal
    assert CALENDAR.is_working_day(promise.date())


def test_the_ends_of_the_table_are_far_away_but_not_endless():
    assert due(at("2026-11-23 09:00"), working_days(10_000), CALENDAR).date() > date(2060, 1, 1)

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.rules.calendar import (
    NATIONAL_DAYS,
    VIETNAM,
    WEEK,
    DayKind,
    Session,
    SpecialDay,
    Week,
    WorkCalendar,
    local,
)

CALENDAR = WorkCalendar()
SATURDAY_MORNING = (Session(time(7, 30), time(11, 30)),)

days = st.dates(date(2026, 1, 1), date(2027, 10, 31))
moments = st.builds(datetime.combine, days, st.times(), st.just(VIETNAM))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


@pytest.mark.parametrize(
    "off",
    [
        "2026-01-01",
        "2026-01-02",
        *(f"2026-02-{day}" for day in range(14, 23)),
        "2026-04-27",
        "2026-04-30",
        "2026-05-01",
        *("2026-08-29", "2026-08-30", "2026-08-31", "2026-09-01", "2026-09-02"),
        "2026-11-24",
        "2027-01-01",
        *(f"2027-02-{day:02}" for day in range(5, 12)),
        "2027-04-16",
        "2027-04-30",
        "2027-05-03",
        *("2027-09-02", "2027-09-03"),
        "2027-11-24",
    ],
)
def test_days_off_of_2026_and_2027(off):
    assert not CALENDAR.is_working_day(date.fromisoformat(off))


@pytest.mark.parametrize(
    "worked",
    [
        "2026-01-05",
        "2026-02-13",
        "2026-02-23",
        "2026-04-29",
        "2026-05-04",
        "2026-08-28",
        "2026-09-03",
        "2026-11-23",
        "2026-11-25",
        "2027-02-04",
        "2027-02-12",
        "2027-09-01",
        "2027-09-06",
    ],
)
def test_the_days_around_a_break_are_worked(worked):
    assert CALENDAR.is_working_day(date.fromisoformat(worked))


@pytest.mark.parametrize("saturday", [date(2026, 1, 10), date(2026, 8, 22)])
def test_a_makeup_saturday_is_worked_like_a_monday(saturday):
    assert CALENDAR.special_day(saturday).kind is DayKind.MAKEUP
    assert CALENDAR.sessions(saturday) == WEEK[0]


def test_a_makeup_saturday_keeps_the_saturday_hours_of_an_office_that_has_them():
    calendar = WorkCalendar(week={**WEEK, 5: SATURDAY_MORNING})
    assert calendar.sessions(date(2026, 8, 22)) == SATURDAY_MORNING


def test_art_111_a_holiday_on_the_weekly_day_off_is_given_on_the_next_working_day():
    for day in NATIONAL_DAYS:
        if day.kind is DayKind.SUBSTITUTE:
            before = {other.date for other in NATIONAL_DAYS if other.kind is DayKind.HOLIDAY}
            assert any(day.date - timedelta(days=back) in before for back in range(1, 6))
            assert day.date.weekday() < 5


def test_every_swapped_day_off_has_its_makeup_day():
    kinds = [day.kind for day in NATIONAL_DAYS]
    assert kinds.count(DayKind.SWAP_OFF) == kinds.count(DayKind.MAKEUP) == 2


def test_each_year_has_the_twelve_days_of_art_112_that_it_should():
    def holidays(year):
        return sum(day.kind is DayKind.HOLIDAY and day.date.year == year for day in NATIONAL_DAYS)

    assert (holidays(2026), holidays(2027)) == (12, 12)


def test_days_stand_once_in_order_and_name_what_fixes_them():
    dates = [day.date for day in NATIONAL_DAYS]
    assert dates == sorted(set(dates))
    assert all(day.name and day.instrument for day in NATIONAL_DAYS)


def test_only_what_no_notice_has_fixed_is_provisional():
    provisional = [day.date for day in NATIONAL_DAYS if day.provisional]
    assert provisional == [*(date(2027, 2, day) for day in range(5, 12)), date(2027, 9, 3)]


def test_an_office_replaces_a_national_day_by_its_own():
    notice = SpecialDay(date(2027, 2, 5), DayKind.MAKEUP, instrument="Quyết định 12/QĐ-UBND")
    calendar = WorkCalendar((*NATIONAL_DAYS, notice))
    assert calendar.is_working_day(date(2027, 2, 5))
    assert calendar.special_day(date(2027, 2, 5)) == notice


def test_art_147_the_first_day_does_not_count():
    assert CALENDAR.add_working_days(date(2026, 11, 23), 1) == date(2026, 11, 25)
    assert CALENDAR.next_working_day(date(2026, 11, 21)) == date(2026, 11, 23)


@pytest.mark.parametrize("count", [0, -1])
def test_counting_no_days_is_our_own_mistake(count):
    with pytest.raises(ValueError):
        CALENDAR.add_working_days(date(2026, 11, 23), count)


@given(days, st.integers(1, 60), st.integers(1, 60))
def test_terms_add_up(start, first, second):
    there = CALENDAR.add_working_days(start, first)
    assert CALENDAR.add_working_days(there, second) == CALENDAR.add_working_days(start, first + second)


@given(days, st.integers(1, 60))
def test_counting_the_working_days_gives_the_term_back(start, count):
    end = CALENDAR.add_working_days(start, count)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(map(CALENDAR.is_working_day, between)) == count
    assert CALENDAR.is_working_day(end)


def test_open_at_the_opening_and_shut_at_the_closing():
    assert CALENDAR.is_open(at("2026-11-23 07:30"))
    assert not CALENDAR.is_open(at("2026-11-23 11:30"))
    assert not CALENDAR.is_open(at("2026-11-24 09:00"))


def test_open_in_ha_noi_when_london_is_still_asleep():
    assert CALENDAR.is_open(datetime(2026, 11, 23, 1, 0, tzinfo=UTC))


def test_opens_next():
    assert CALENDAR.opens_next(at("2026-11-23 12:00")) == at("2026-11-23 13:30")
    assert CALENDAR.opens_next(at("2026-11-23 18:00")) == at("2026-11-25 07:30")
    assert CALENDAR.opens_next(at("2026-11-25 07:30")) == at("2026-11-25 07:30")


def test_opens_next_gives_up_after_sixty_days():
    flood = [SpecialDay(date(2026, 11, 1) + timedelta(days=n), DayKind.HOLIDAY) for n in range(70)]
    assert WorkCalendar(flood).opens_next(at("2026-11-01 08:00")) is None


def test_the_end_of_a_day_off_is_our_own_mistake():
    assert CALENDAR.ends(date(2026, 11, 23)) == at("2026-11-23 17:30")
    with pytest.raises(ValueError):
        CALENDAR.ends(date(2026, 11, 24))


def test_working_time_leaves_out_breaks_nights_and_days_off():
    assert CALENDAR.working_time(at("2026-11-20 10:00"), at("2026-11-25 09:00")) == timedelta(hours=15)
    assert CALENDAR.working_time(at("2026-11-25 09:00"), at("2026-11-20 10:00")) == timedelta()


@given(moments, st.integers(1, 20_000))
def test_working_time_undoes_add_working_time(start, minutes):
    duration = timedelta(minutes=minutes)
    assert CALENDAR.working_time(start, CALENDAR.add_working_time(start, duration)) == duration


def test_no_working_time_to_add_is_our_own_mistake():
    with pytest.raises(ValueError):
        CALENDAR.add_working_time(at("2026-11-23 09:00"), timedelta())


def test_a_naive_moment_is_our_own_mistake():
    with pytest.raises(ValueError):
        local(at("2026-11-23 09:00").replace(tzinfo=None))


@pytest.mark.parametrize(
    "week",
    [
        {},
        {0: ()},
        {0: (Session(time(13), time(17)), Session(time(8), time(12)))},
        {0: (Session(time(8), time(12)), Session(time(11), time(17)))},
        {0: (Session(time(8), time(8)),)},
    ],
)
def test_a_week_that_makes_no_sense_is_refused_at_once(week):
    with pytest.raises(ValueError):
        WorkCalendar(week=week)


SHORT = Week({0: SATURDAY_MORNING, 5: SATURDAY_MORNING})


def test_the_week_that_holds_on_a_day_is_the_last_one_begun():
    calendar = WorkCalendar((), WEEK, {date(2026, 12, 1): SHORT, date(2027, 1, 1): Week(WEEK)})
    assert calendar.sessions(date(2026, 11, 30)) == WEEK[0]
    assert calendar.sessions(date(2026, 12, 7)) == SATURDAY_MORNING
    assert not calendar.is_working_day(date(2026, 12, 1))  # a Tuesday
    assert calendar.is_working_day(date(2026, 12, 5))  # a Saturday
    assert calendar.sessions(date(2027, 1, 4)) == WEEK[0]


def test_a_makeup_day_is_worked_like_the_week_of_that_day():
    makeup = SpecialDay(date(2026, 12, 6), DayKind.MAKEUP)
    assert WorkCalendar((makeup,), WEEK, {date(2026, 12, 1): SHORT}).sessions(makeup.date) == SATURDAY_MORNING


def test_a_week_may_be_open_on_days_off():
    off = SpecialDay(date(2026, 12, 7), DayKind.HOLIDAY)
    open_then = Week(WEEK, on_days_off=True)
    calendar = WorkCalendar((off,), WEEK, {date(2026, 12, 1): open_then})
    assert calendar.is_working_day(off.date)
    assert not WorkCalendar((off,), open_then, {date(2026, 12, 1): Week(WEEK)}).is_working_day(off.date)


@pytest.mark.parametrize("wrong", [{}, {0: (Session(time(9), time(8)),)}])
def test_a_later_week_is_judged_like_the_first(wrong):
    with pytest.raises(ValueError):
        Week(wrong)


@given(days, days, moments, st.integers(1, 40))
def test_a_later_week_changes_nothing_before_it_begins(start, first, moment, count):
    plain, changed = WorkCalendar(), WorkCalendar(weeks={first: SHORT})
    end = plain.add_working_days(start, count)
    if end < first:
        assert changed.add_working_days(start, count) == end
    if local(moment).date() < first:
        assert changed.is_open(moment) == plain.is_open(moment)


@given(days, days, st.integers(1, 60), st.integers(1, 60))
def test_terms_add_up_across_a_change_of_hours(start, first, one, other):
    calendar = WorkCalendar(weeks={first: SHORT})
    assert calendar.add_working_days(start, one + other) == calendar.add_working_days(
        calendar.add_working_days(start, one), other
    )


@given(moments, days, st.integers(1, 200))
def test_working_time_is_counted_back_across_a_change_of_hours(start, first, hours):
    calendar = WorkCalendar(weeks={first: SHORT})
    duration = timedelta(hours=hours)
    assert calendar.working_time(start, calendar.add_working_time(start, duration)) == duration

"""A dry run counts what the rule would have promised, exactly as intake.rules.policy would have."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build import vietnam
from dayway import a_rule
from intake.rules.calendar import VIETNAM, WorkCalendar
from intake.rules.policy import Used, policy
from intake.rules.rehearsal import LOOK_BACK, Past, past_days, rehearse
from intake.rules.service_days import Mode, Part

TODAY = date(2026, 11, 20)
THURSDAY = date(2026, 11, 19)
CALENDAR = WorkCalendar()


def past(at: datetime, minutes: int | None = 30, **more: bool) -> Past:
    done = at + timedelta(minutes=minutes) if minutes is not None else None
    return Past(at, done, more.pop("on_paper", True), **more)


def at(hour: int, minute: int = 0, day: date = THURSDAY) -> datetime:
    return datetime.combine(day, time(hour, minute), VIETNAM)


def played(*dossiers: Past, **changes: object):
    return rehearse(a_rule(**changes), dossiers, CALENDAR, today=TODAY)


def test_the_days_are_those_of_the_rule_before_it_was_in_force():
    _, days, own = past_days(a_rule(), CALENDAR, TODAY)
    assert own and {day.weekday() for day in days} == {3}
    assert (len(days), days[-1]) == (13, THURSDAY)
    assert days[0] >= TODAY - timedelta(days=LOOK_BACK)


def test_every_second_thursday_stays_every_second_thursday():
    rule = a_rule(
        weekdays=frozenset(), recurrence="FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", valid_from=date(2026, 12, 3)
    )
    _, days, own = past_days(rule, CALENDAR, TODAY)
    assert own and THURSDAY in days and date(2026, 11, 12) not in days


def test_a_single_date_is_played_over_all_working_days():
    rule = a_rule(weekdays=frozenset(), dates=frozenset({date(2026, 12, 5)}))
    _, days, own = past_days(rule, CALENDAR, TODAY)
    assert not own and len(days) > 50 and all(CALENDAR.is_working_day(day) for day in days)


def test_only_days_of_the_rule_and_only_its_hours_count():
    found = played(
        past(at(9)), past(at(9, day=date(2026, 11, 18))), past(at(14)), part=Part.MORNING, cutoff=time(11)
    )
    assert (found.touched, found.promised) == (1, 1)


def test_kept_is_done_before_the_doors_close():
    found = played(past(at(9)), past(at(10), 24 * 60), past(at(11), None))
    assert (found.promised, found.kept, found.kept_share, found.verdict) == (3, 1, 33, "few")


def test_waiting_is_counted_in_working_minutes():
    waiting = {"modes": frozenset({Mode.NO_WAIT}), "target_minutes": 30}
    over_noon = Past(at(11, 20), at(13, 45), False)  # 10 minutes before noon, 15 after
    too_slow = Past(at(11, 20), at(13, 55), False)
    assert played(over_noon, **waiting).kept == 1
    assert played(too_slow, **waiting).kept == 0


def test_after_the_cut_off_and_by_post_nothing_is_promised():
    found = played(past(at(15)), past(at(14, 59)), past(at(9), by_post=True))
    assert (found.touched, found.after_cutoff, found.by_post, found.promised) == (3, 1, 1, 1)


def test_a_full_hour_and_a_full_day_are_told_apart():
    found = played(*(past(at(9, minute)) for minute in range(5)), past(at(10)), per_hour=2, per_day=2)
    assert (found.promised, found.day_full, found.hour_full) == (2, 4, 0)
    found = played(*(past(at(9, minute)) for minute in range(5)), past(at(10)), per_hour=2)
    assert (found.promised, found.day_full, found.hour_full) == (3, 0, 3)
    nine = next(one for one in found.hours if one.hour == 9)
    assert (nine.busiest, nine.most, nine.over, round(nine.average, 2)) == (5, 2, 1, 0.38)


def test_a_full_day_is_told_before_a_target_that_no_longer_fits():
    waiting = {"modes": frozenset({Mode.NO_WAIT}), "target_minutes": 30, "cutoff": time(17, 30)}
    late = past(at(17, 10))
    full = played(past(at(9)), late, per_day=1, **waiting)
    assert (full.promised, full.day_full, full.after_cutoff) == (1, 1, 0)
    assert played(past(at(9)), late, per_day=2, **waiting).after_cutoff == 1


def test_hours_outside_the_rule_are_shown_where_something_came():
    found = played(past(at(6, 30)), past(at(19)))
    assert [one.hour for one in found.hours] == list(range(6, 20))
    assert [one.hour for one in found.hours if not one.open] == [6, 12, 18, 19]


def test_a_rule_that_promises_nothing_tells_of_paper():
    found = played(past(at(9)), past(at(9), on_paper=False), modes=frozenset({Mode.NO_PAPER}))
    assert (found.kept_share, found.verdict, found.paper_share) == (None, "unknown", 50)


def test_without_dossiers_there_is_nothing_to_tell():
    found = played()
    assert (found.touched, found.per_day, found.busiest_day, found.paper_share) == (0, 0.0, None, None)


@pytest.mark.parametrize(("kept", "verdict"), [(18, "good"), (14, "watch"), (12, "bad")])
def test_the_verdict(kept: int, verdict: str):
    done = [past(at(9), 30)] * kept + [past(at(9), None)] * (20 - kept)
    assert played(*done).verdict == verdict


@given(
    minutes=st.lists(st.integers(0, 24 * 60 - 1), max_size=25),
    per_hour=st.none() | st.integers(1, 3),
    per_day=st.none() | st.integers(1, 8),
    modes=st.sets(st.sampled_from(list(Mode)), min_size=1),
    part=st.sampled_from([Part.DAY, Part.MORNING, Part.AFTERNOON]),
    target=st.none() | st.integers(5, 240),
)
def test_it_promises_what_the_policy_would_have_promised(minutes, per_hour, per_day, modes, part, target):
    rule = a_rule(
        modes=frozenset(modes), per_hour=per_hour, per_day=per_day, part=part, target_minutes=target,
        valid_from=date(2026, 1, 1),
    )  # fmt: skip
    moments = sorted(at(minute // 60, minute % 60) for minute in minutes)
    used, by_hour, promised = 0, Counter(), 0
    for moment in moments:
        answer = policy(
            [rule], procedure_code="1", sector="", channel="counter", at=moment, calendar=CALENDAR,
            used={rule.id: Used(by_hour[moment.hour], used)},
        )  # fmt: skip
        if answer.same_day:
            promised, used = promised + 1, used + 1
            by_hour[moment.hour] += 1
    found = rehearse(rule, [past(moment, None) for moment in moments], CALENDAR, today=TODAY)
    assert found.promised == promised
    assert found.promised + found.after_cutoff + found.day_full + found.hour_full == (
        found.touched if rule.promises_today else 0
    )


def test_what_came_today_is_not_yet_past():
    today = a_rule(weekdays=frozenset({4}))
    assert rehearse(today, [past(vietnam(20))], CALENDAR, today=TODAY).touched == 0
    assert replace(today, weekdays=frozenset({3})) == a_rule()

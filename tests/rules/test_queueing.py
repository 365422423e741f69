"""Whose turn it is, and how long one waits for it."""

from __future__ import annotations

import heapq
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build import vietnam
from intake.rules.calendar import WorkCalendar
from intake.rules.queueing import (
    LEADS,
    Act,
    Because,
    State,
    Waiting,
    in_turn,
    next_turn,
    numbers_from,
    run_of,
    spoken,
)
from intake.rules.voice import CLIPS, call_clips, number_clips, words_of
from intake.rules.waits import Ahead, Pace, Wait, pace_of, told, wait

NINE = datetime(2026, 11, 20, 2, tzinfo=UTC)


def waiting(number: int, priority: str = "", *, at: int | None = None) -> Waiting:
    return Waiting(number, NINE + timedelta(minutes=number if at is None else at), priority)


lines = st.lists(
    st.builds(
        waiting, st.integers(1, 10_000), st.sampled_from(["", "", "elderly", "merit"]), at=st.integers(0, 60)
    ),
    max_size=30,
    unique_by=lambda one: one.id,
)


def test_nobody_is_next_in_an_empty_line():
    assert next_turn([], run=0) is None


def test_without_priority_the_longest_waiting_is_next():
    turn = next_turn([waiting(2), waiting(1)], run=0)
    assert (turn.who.id, turn.because, turn.passed_over) == (1, Because.LONGEST, ())


def test_priority_comes_first_and_says_whom_it_passed_over():
    turn = next_turn([waiting(1), waiting(2), waiting(3, "pregnant")], run=0)
    assert (turn.who.id, turn.because) == (3, Because.PRIORITY)
    assert [one.id for one in turn.passed_over] == [1, 2]


def test_after_two_with_priority_somebody_without_it_is_called():
    line = [waiting(1, "elderly"), waiting(2), waiting(3, "merit")]
    assert next_turn(line, run=1).who.id == 1
    turn = next_turn(line, run=2)
    assert (turn.who.id, turn.because, turn.passed_over) == (2, Because.TURN, (waiting(1, "elderly"),))


def test_the_bound_holds_nobody_up_when_only_priority_waits():
    assert next_turn([waiting(1, "elderly")], run=9).because is Because.LONGEST


@given(lines, st.integers(0, 5), st.integers(1, 4))
def test_a_call_never_passes_over_anybody_without_a_reason(line, run, most):
    turn = next_turn(line, run=run, most=most)
    if turn is None:
        return
    earlier = {one for one in line if one.order < turn.who.order}
    assert set(turn.passed_over) == earlier
    assert (turn.because is Because.LONGEST) == (not earlier)
    # Within its own class nobody waited longer.
    assert not [one for one in earlier if bool(one.priority) == bool(turn.who.priority)]


@given(lines, st.integers(1, 4))
def test_everybody_is_called_once_and_priority_never_runs_longer_than_its_bound(line, most):
    called = in_turn(line, run=0, most=most)
    assert sorted(one.id for one in called) == sorted(one.id for one in line)
    for place in range(len(called) - most):
        if all(one.priority for one in called[place : place + most + 1]):
            assert all(one.priority for one in called[place:]), "somebody without priority was left waiting"


@given(lines, st.integers(1, 4))
def test_somebody_without_priority_waits_for_at_most_so_many_with_it(line, most):
    called = in_turn(line, run=0, most=most)
    plain = [one for one in called if not one.priority]
    for rank, one in enumerate(plain):
        assert called.index(one) <= (rank + 1) * most + rank


@pytest.mark.parametrize(
    ("last", "run"), [([], 0), (["", "elderly"], 0), (["merit", "elderly", ""], 2), (["merit"], 1)]
)
def test_a_run_is_counted_from_the_latest_call_back(last, run):
    assert run_of(last) == run


def test_what_may_follow_is_a_table():
    table = {
        act: ("".join(sorted(state[0] for state in states)), then) for act, (states, then) in LEADS.items()
    }
    assert table == {
        Act.CALL: ("hnw", State.CALLED),
        Act.RECALL: ("c", State.CALLED),
        Act.START: ("c", State.SERVING),
        Act.HOLD: ("cs", State.HELD),
        Act.BACK: ("chns", State.WAITING),
        Act.TRANSFER: ("chs", State.WAITING),
        Act.NO_SHOW: ("c", State.NO_SHOW),
        Act.FINISH: ("cs", State.DONE),
    }


def test_a_number_is_grouped_and_grows_past_three_digits():
    assert (spoken("A", 24), spoken("T", 1024)) == ("A 024", "T 1024")


@pytest.mark.parametrize(
    ("moment", "given_from"),
    [
        (vietnam(20, 6, 29), vietnam(20, 6, 30)),  # an hour before the first session
        (vietnam(20, 6, 30), None),
        (vietnam(20, 12, 30), None),  # the midday break
        (vietnam(20, 17, 29), None),
        (vietnam(20, 17, 30), vietnam(23, 6, 30)),  # Friday evening: Monday
        (vietnam(21, 9), vietnam(23, 6, 30)),
        (vietnam(24, 9), vietnam(25, 6, 30)),  # a public holiday
    ],
)
def test_numbers_are_given_on_working_days_from_an_hour_before_opening(moment, given_from):
    assert numbers_from(WorkCalendar(), moment) == given_from


# Waits


KNOWN = Pace(8.0, 2.0, 30)


def test_the_worked_example():
    assert wait([Ahead(7, KNOWN)], counters=2, busy=2, own=KNOWN) == Wait(25, 39, True)


def test_no_open_counter_has_no_estimate():
    assert wait([Ahead(7, KNOWN)], counters=0, busy=0, own=KNOWN) is None


def test_with_a_free_counter_and_nobody_before_one_is_called_soon():
    assert wait([], counters=2, busy=1, own=KNOWN) == Wait(0, 4, True)


def test_with_nothing_known_the_office_guesses_and_the_range_is_wide():
    guess = pace_of([4.0, 5.0], usual=10)
    assert guess == Pace(10.0, 5.0, 0)
    estimate = wait([Ahead(4, guess)], counters=1, busy=1, own=guess)
    assert not estimate.sure and estimate.low <= 15 and estimate.high >= 75


def test_one_number_somebody_forgot_to_close_does_not_move_the_pace():
    usual = [7, 8, 8, 8, 9, 7, 8, 9, 8, 8]
    assert pace_of([*usual, 400], usual=10).mean == pytest.approx(pace_of(usual, usual=10).mean, abs=0.7)


@pytest.mark.parametrize(
    ("estimate", "range_"),
    [
        (Wait(0, 4, True), (0, 4)),
        (Wait(8, 19, True), (8, 19)),
        (Wait(26, 38, True), (25, 40)),
        (Wait(3, 22, True), (3, 25)),
    ],
)
def test_long_waits_are_told_in_steps_of_five(estimate, range_):
    assert told(estimate) == range_


paces = st.builds(Pace, st.floats(1, 60), st.floats(0.25, 20), st.integers(0, 60))


@given(st.floats(0, 60), st.integers(1, 6), st.integers(0, 6), paces)
def test_a_range_is_never_upside_down_and_more_people_never_wait_shorter(people, counters, busy, pace):
    one = wait([Ahead(people, pace)], counters=counters, busy=busy, own=pace)
    more = wait([Ahead(people + 1, pace)], counters=counters, busy=busy, own=pace)
    assert 0 <= one.low < one.high
    assert more.high >= one.high


def test_eight_waits_in_ten_end_inside_the_range():
    """Simulated days: lognormal services of 9 minutes, three counters, the pace taken from the last 30."""
    dice, inside, asked = random.Random(7), 0, 0

    def service() -> float:
        return dice.lognormvariate(2.1, 0.45)

    for _ in range(400):
        pace = pace_of([service() for _ in range(30)], usual=10)
        people = dice.randrange(3, 25)
        counters = [dice.uniform(0, 0.9) * service() for _ in range(3)]  # busy for so much longer
        estimate = wait([Ahead(people, pace)], counters=3, busy=3, own=pace)
        heapq.heapify(counters)
        for _ in range(people):
            heapq.heapreplace(counters, counters[0] + service())
        asked += 1
        inside += estimate.low <= counters[0] <= estimate.high
    assert 0.75 <= inside / asked <= 0.97, inside / asked


# Voice


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (("A", 24, "Quầy 2"), "mời số a không hai bốn đến quầy hai"),
        (("T", 105, "Quầy số 12"), "mời số tê một không năm đến quầy mười hai"),
        (("AB", 1000, "Quầy 21"), "mời số a bê một không không không đến quầy hai mươi mốt"),
        (("B", 7, "Phòng tiếp dân"), "mời số bê không không bảy"),
    ],
)
def test_a_call_is_spoken_as_people_say_it(call, words):
    assert words_of(call_clips(*call)) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (10, "mười"),
        (11, "mười một"),
        (15, "mười lăm"),
        (20, "hai mươi"),
        (31, "ba mươi mốt"),
        (55, "năm mươi lăm"),
        (99, "chín mươi chín"),
    ],
)
def test_the_numbers_of_counters(number, words):
    assert words_of(number_clips(number)) == words


@given(st.text("ABCXYZ", min_size=1, max_size=2), st.integers(1, 9999), st.integers(1, 99))
def test_every_call_is_made_of_clips_there_are(prefix, number, counter):
    assert set(call_clips(prefix, number, f"Quầy {counter}")) <= set(CLIPS)

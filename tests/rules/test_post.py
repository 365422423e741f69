"""Where a postal item is: what may follow what, and what many tellers in any order make of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.rules.post import (
    DISCREPANCIES,
    ENDED,
    NEXT,
    RESOLUTIONS,
    Outcome,
    Standing,
    Step,
    Told,
    must_step,
    standing,
    tallied,
    travelled,
)
from intake.rules.refusals import WrongStep

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HOME = (Step.READY, Step.PICKED_UP, Step.OUT, Step.FAILED, Step.OUT, Step.DELIVERED)


def after(minutes: int) -> datetime:
    return MORNING + timedelta(minutes=minutes)


def told(*steps: Step, by_operator: bool = False) -> list[Told]:
    """Each a minute after the one before."""
    return [Told(step, after(place), place, by_operator and place > 0) for place, step in enumerate(steps)]


def test_a_home_journey_ends_at_the_door_and_counts_what_was_tried_in_vain():
    assert standing(told(*HOME)) == Standing(Step.DELIVERED, after(5), failures=1)


@pytest.mark.parametrize("left_out", range(1, 5))
def test_a_step_nobody_told_does_not_hold_up_the_later_ones(left_out):
    known = told(*HOME)
    del known[left_out]
    assert standing(known).step is Step.DELIVERED


@given(st.permutations(told(*HOME)))
def test_the_order_in_which_we_learn_of_it_does_not_matter(tellings):
    assert standing(tellings) == standing(told(*HOME))


def test_nothing_follows_a_delivery():
    late = [*told(*HOME), Told(Step.OUT, after(60), 60, by_operator=True)]
    assert standing(late) == standing(told(*HOME))


def test_what_the_office_has_no_operator_takes_away():
    here = told(Step.ACCEPTED, Step.IN_TRANSIT, Step.HANDED_OVER)
    assert standing([*here, Told(Step.IN_TRANSIT, after(9), 9, by_operator=True)]).step is Step.HANDED_OVER
    assert standing([*here, Told(Step.IN_TRANSIT, after(9), 9)]).step is Step.IN_TRANSIT


def test_the_same_step_told_again_does_not_make_it_later():
    twice = [*told(Step.READY, Step.PICKED_UP, Step.OUT), Told(Step.OUT, after(30), 30)]
    assert standing(twice) == Standing(Step.OUT, after(2), failures=0)


def test_whom_we_gave_it_to_keeps_it_though_a_system_says_it_went_out_before():
    ours = told(Step.READY, Step.PICKED_UP, Step.OUT)
    theirs = Told(Step.OUT, ours[1].at + (ours[2].at - ours[1].at) / 2, 9, by_operator=True)
    assert travelled([*ours, theirs]) == tuple(ours)


def test_every_failed_try_counts_also_when_nobody_told_of_the_next_round():
    tries = told(Step.READY, Step.PICKED_UP, Step.OUT, Step.FAILED, Step.FAILED)
    assert standing(tries) == Standing(Step.FAILED, after(4), failures=2)


def test_without_a_single_telling_there_is_no_item():
    with pytest.raises(ValueError, match="unpack"):
        standing([])


@pytest.mark.parametrize("now", Step)
@pytest.mark.parametrize("then", Step)
def test_our_own_people_follow_the_table(now, then):
    if then in NEXT[now]:
        must_step(now, then)
        return
    with pytest.raises(WrongStep) as refused:
        must_step(now, then)
    assert refused.value.facts == {"now": now, "then": then}


def test_what_has_ended_has_ended():
    assert {step for step in Step if not NEXT[step]} == ENDED


def test_every_discrepancy_can_be_resolved_and_nothing_else():
    assert set(RESOLUTIONS) == DISCREPANCIES
    assert all(RESOLUTIONS.values())


def test_a_list_tells_how_many_of_each():
    counts = tallied([Outcome.MATCHED, Outcome.MATCHED, Outcome.MISSING])
    assert (counts[Outcome.MATCHED], counts[Outcome.MISSING], counts[Outcome.EXTRA]) == (2, 1, 0)

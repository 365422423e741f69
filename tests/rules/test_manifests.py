"""Hand-over lists as tables: who may end what, and how long the post had an item."""

from __future__ import annotations

from datetime import timedelta

import pytest

from build import FRIDAY
from intake.rules.manifest_words import OUTCOMES, RESOLUTIONS, STATES, STEPS
from intake.rules.manifests import ARRIVES_AS, MAY_TRAVEL, Side, State, may_resolve, span_words, with_post
from intake.rules.post import RESOLUTIONS as ENDS
from intake.rules.post import Outcome, Resolution, Step, Told


def told(*steps: tuple[Step, int] | tuple[Step, int, bool]) -> list[Told]:
    """Steps with the minutes after Friday 10:15 in which they happened."""
    return [
        Told(one[0], FRIDAY + timedelta(minutes=one[1]), order, len(one) == 3)
        for order, one in enumerate(steps)
    ]


@pytest.mark.parametrize(
    ("steps", "minutes"),
    [
        (told((Step.ACCEPTED, 0)), 600),  # still with the post
        (told((Step.ACCEPTED, 0), (Step.IN_TRANSIT, 30), (Step.HANDED_OVER, 200)), 200),
        (told((Step.READY, 0)), 0),
        (told((Step.READY, 0), (Step.PICKED_UP, 60), (Step.OUT, 70), (Step.DELIVERED, 100)), 40),
        (told((Step.READY, 0), (Step.PICKED_UP, 60), (Step.FAILED, 100), (Step.RETURNED, 300)), 240),
        # An operator's late word of a step that is long over.
        (told((Step.ACCEPTED, 0), (Step.HANDED_OVER, 200), (Step.IN_TRANSIT, 250, True)), 200),
        # Our own people sent it on: the post has it again.
        (told((Step.ACCEPTED, 0), (Step.HANDED_OVER, 200), (Step.IN_TRANSIT, 500)), 300),
        (told((Step.HANDED_OVER, 200), (Step.ACCEPTED, 0)), 200),  # told in another order
    ],
)
def test_the_minutes_of_the_post_are_between_taking_and_giving(steps, minutes):
    assert with_post(steps, now=FRIDAY + timedelta(minutes=600)) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "chưa đến 1 phút"),
        (12, "12 phút"),
        (60, "1 giờ"),
        (200, "3 giờ 20 phút"),
        (1440, "1 ngày"),
        (2 * 1440 + 185, "2 ngày 3 giờ"),
        (1440 + 5, "1 ngày"),
    ],
)
def test_a_span_is_told_in_its_two_largest_units(minutes, words):
    assert span_words(timedelta(minutes=minutes)) == words


def test_the_receiving_side_ends_a_discrepancy_the_giving_side_only_says_it_has_it_still():
    for outcome, ends in ENDS.items():
        assert may_resolve("in", Side.OFFICE, outcome) == ends == may_resolve("home", Side.POST, outcome)
        left = (Resolution.GIVEN_BACK,) if outcome is Outcome.MISSING else ()
        assert may_resolve("in", Side.POST, outcome) == left == may_resolve("home", Side.OFFICE, outcome)
    assert may_resolve("in", Side.OFFICE, Outcome.MATCHED) == ()


def test_everything_a_list_can_say_has_words():
    assert set(OUTCOMES) == set(Outcome) and set(STATES) == set(State) and set(STEPS) == set(Step)
    assert set(RESOLUTIONS) == {(outcome, end) for outcome, ends in ENDS.items() for end in ends}
    assert set(MAY_TRAVEL) == set(ARRIVES_AS)

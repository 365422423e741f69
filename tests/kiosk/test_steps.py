"""Which screen is next: a pure function of procedure and draft."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from build import a_draft, a_procedure, an_applicant
from intake.drafts import Draft
from intake.prefilling import first_answers
from intake.rules.procedures import Choice, Condition, FeeAddition, FeeRule, Group, Question, QuestionKind
from kiosk.steps import CHECK, FIRST, Place, Step, after, before, first_open, may_open, places, progress

COPY = Place(Step.QUESTIONS, "copy")
MORE = Place(Step.QUESTIONS, "more")
TWO_GROUPS = a_procedure(
    groups=(
        *a_procedure().groups,
        Group(
            "more",
            "Còn gì nữa?",
            (Question("note", "Ghi chú", QuestionKind.TEXT),),
            show_if=(Condition("who", ("Lê Văn Bình",)),),
        ),
    )
)


def test_the_journey_has_eight_steps_in_order():
    assert [place.step for place in places(a_procedure(), a_draft(1))] == list(Step)


def test_where_nothing_is_owed_no_screen_tells_of_a_fee():
    free = a_procedure(fees=(FeeRule(0),))
    draft = a_draft(1, fee_done=False, nothing_owed=True)
    assert first_open(free, draft) == CHECK
    at = progress(CHECK, free, draft)
    assert (at.number, at.of) == (7, 7) and Step.FEE not in at.steps
    by_copy = a_procedure(fees=(FeeRule(0, plus=(FeeAddition(8000, "who"),)),))
    assert progress(COPY, by_copy, replace(draft, groups_done=())).of == 8, "an answer may still cost"


def test_a_group_appears_when_its_condition_holds():
    assert MORE in places(TWO_GROUPS, a_draft(1))
    assert MORE not in places(TWO_GROUPS, a_draft(1, answers={"who": "Ai khác"}))


def test_without_a_procedure_there_is_only_the_first_screen():
    assert first_open(None, Draft()) == FIRST
    assert may_open(FIRST, None, Draft()) and not may_open(CHECK, None, Draft())


@pytest.mark.parametrize(
    ("undone", "place"),
    [
        ({"prepared": False}, Place(Step.PREPARE)),
        ({"applicant": None}, Place(Step.IDENTITY)),
        ({"applicant": an_applicant(name="")}, Place(Step.IDENTITY)),
        ({"groups_done": ()}, COPY),
        ({"documents_done": False}, Place(Step.DOCUMENTS)),
        ({"collection": None}, Place(Step.COLLECTION)),
        ({"fee_done": False}, Place(Step.FEE)),
    ],
)
def test_whoever_jumps_ahead_is_sent_to_what_is_undone(undone, place):
    draft = a_draft(1, **undone)
    assert first_open(a_procedure(), draft) == place
    assert may_open(place, a_procedure(), draft)
    assert not may_open(CHECK, a_procedure(), draft)


def test_forward_and_back_are_each_others_opposite():
    journey = places(TWO_GROUPS, draft := a_draft(1, groups_done=("copy", "more")))
    for here, following in pairwise(journey):
        assert after(here, TWO_GROUPS, draft) == following
        assert before(following, TWO_GROUPS, draft) == here
    assert before(FIRST, TWO_GROUPS, draft) == FIRST


def test_mending_one_row_leads_back_to_the_check():
    assert after(COPY, a_procedure(), a_draft(1), to_check=True) == CHECK


def test_mending_that_opens_a_new_group_leads_there_first():
    assert after(COPY, TWO_GROUPS, a_draft(1), to_check=True) == MORE


def test_progress_says_where_and_how_long_still():
    at = progress(COPY, TWO_GROUPS, a_draft(1))
    assert (at.number, at.of, at.part, at.parts) == (4, 8, 1, 2)
    assert progress(Place(Step.PREPARE), TWO_GROUPS, a_draft(1)).minutes > at.minutes
    assert at.minutes >= progress(CHECK, TWO_GROUPS, a_draft(1)).minutes >= 1


def test_no_time_is_promised_before_a_procedure_is_chosen():
    at = progress(FIRST, None, Draft())
    assert (at.number, at.of, at.minutes) == (1, 8, 0)


def test_what_is_left_never_grows_on_the_way():
    asked = Draft(procedure_code="1", version_id=1, prepared=True, applicant=an_applicant())
    unknown = progress(COPY, TWO_GROUPS, asked)
    assert (unknown.part, unknown.parts) == (1, 2), "the second may still come"
    other = a_draft(1, answers={"who": "Ai khác"}, groups_done=("copy",))
    assert progress(COPY, TWO_GROUPS, other).parts == 1
    brought = a_draft(1, groups_done=("copy",))
    assert progress(MORE, TWO_GROUPS, brought).parts == 2
    assert unknown.minutes >= progress(MORE, TWO_GROUPS, brought).minutes


def test_the_card_answers_what_it_can():
    sex = Question(
        "sex",
        "Giới tính",
        QuestionKind.CHOICE,
        prefill="applicant.sex",
        choices=(Choice("male", "Nam"), Choice("female", "Nữ")),
    )
    name = Question("name", "Họ tên", QuestionKind.NAME, prefill="applicant.name")
    found = first_answers((sex, name, Question("x", "X", QuestionKind.TEXT)), an_applicant())
    assert found == {"sex": "female", "name": "Lê Thị Ngọc Lan"}
    assert first_answers((name,), None) == {}


def test_what_most_people_answer_stands_there_until_the_card_says_otherwise():
    choices = (Choice("male", "Nam"), Choice("female", "Nữ"))
    sex = Question(
        "sex", "Giới tính", QuestionKind.CHOICE, prefill="applicant.sex", choices=choices, default="male"
    )
    assert first_answers((sex,), None) == {"sex": "male"}
    assert first_answers((sex,), an_applicant()) == {"sex": "female"}

"""A group asked once for each of several people: its rows, and one of them taken away."""

from __future__ import annotations

import pytest

from build import a_procedure
from intake.rules.definitions import procedure_from, procedure_to
from intake.rules.forms import kept_answers, visible_groups, visible_questions
from intake.rules.procedures import Condition, Group, Question, QuestionKind, Repeat
from intake.rules.refusals import BadProcedure
from intake.rules.repeating import rows_of, unrolled, without_row

MEMBERS = Group(
    "members",
    "Ai cùng đi?",
    (
        Question("name", "Tên", QuestionKind.NAME, card="name"),
        Question("child", "Là trẻ em", QuestionKind.YES_NO),
        Question("school", "Trường", QuestionKind.TEXT, show_if=(Condition("child", ("yes",)),)),
    ),
    repeat=Repeat(3, "Người thứ {row} là ai?", "Còn ai nữa không?"),
)
COMPACT = a_procedure(groups=(MEMBERS,))
PROCEDURE = unrolled(COMPACT)
THREE = {
    "name": "An", "child": "no", "members_more": "yes",
    "name_2": "Bình", "child_2": "yes", "school_2": "Lê Lợi", "members_more_2": "yes",
    "name_3": "Chi", "child_3": "no",
}  # fmt: skip


def groups(answers: dict[str, str]) -> list[str]:
    return [group.key for group in visible_groups(PROCEDURE, answers)]


def test_a_row_comes_with_the_word_that_there_is_one_more():
    assert groups({}) == ["members"]
    assert groups({"members_more": "yes"}) == ["members", "members_2"]
    assert groups(THREE) == ["members", "members_2", "members_3"]
    assert groups(THREE | {"members_more": "no"}) == ["members"]
    assert [row.title for row in rows_of(MEMBERS)][1] == "Người thứ 2 là ai?"


def test_conditions_of_a_row_ask_the_row():
    second = PROCEDURE.groups[1]
    assert "school_2" in {one.key for one in visible_questions(second, kept_answers(PROCEDURE, THREE))}
    third = PROCEDURE.groups[2]
    assert [one.key for one in visible_questions(third, kept_answers(PROCEDURE, THREE))] == [
        "name_3",
        "child_3",
    ]


def test_the_last_row_asks_for_no_further_one():
    assert "members_more_3" not in {one.key for one in PROCEDURE.questions}


@pytest.mark.parametrize(("row", "left"), [(1, ["Bình", "Chi"]), (2, ["An", "Chi"]), (3, ["An", "Bình"])])
def test_a_row_taken_away_lets_the_others_move_up(row, left):
    kept = without_row(PROCEDURE, PROCEDURE.groups[row - 1], THREE)
    assert groups(kept) == ["members", "members_2"]
    assert [kept["name"], kept["name_2"]] == left
    assert [key for key in kept if key.endswith("_3")] == [] and kept["members_more_2"] == "no"
    assert ("Lê Lợi" in kept.values()) == ("Bình" in left)


def test_the_only_row_is_emptied():
    assert without_row(
        PROCEDURE, PROCEDURE.groups[0], {"name": "An", "members_more": "no", "other": "x"}
    ) == {"other": "x"}


def test_a_definition_is_written_as_it_was_said():
    assert procedure_from(procedure_to(COMPACT)) == COMPACT
    assert unrolled(PROCEDURE) is PROCEDURE


@pytest.mark.parametrize(
    "repeat",
    [{"most": 1, "title": "{row}", "more": "?"}, {"most": 21, "title": "{row}", "more": "?"},
     {"most": 3, "title": "Ai?", "more": "?"}],
)  # fmt: skip
def test_a_repeat_that_makes_no_rows_is_refused(repeat):
    told = procedure_to(COMPACT)
    told["groups"][0]["repeat"] = repeat
    with pytest.raises(BadProcedure) as refused:
        procedure_from(told)
    assert "members.repeat" in str(refused.value.facts["faults"])


def test_keys_of_rows_must_not_meet_others():
    told = procedure_to(COMPACT)
    told["groups"].append(
        {"key": "g", "title": "?", "questions": [{"key": "name_2", "label": "x", "kind": "text"}]}
    )
    with pytest.raises(BadProcedure) as refused:
        procedure_from(told)
    assert "name_2: key used twice" in refused.value.facts["faults"]

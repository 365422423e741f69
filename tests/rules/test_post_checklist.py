"""The published list, counted at the post: how many are missing, in words, and what really stops."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build import a_procedure
from intake.rules.post_checklist import COUNTED, checklist, document_faults, wanted
from intake.rules.procedures import Condition, Group, Question, QuestionKind, Requirement

FORM = Requirement("form", "Tờ khai", originals=1)
COPIES = Requirement("copies", "Hợp đồng thuê", copies=2, certified_copies=1)
CARD = Requirement("card", "Căn cước", show=True)
EXTRA = Requirement("extra", "Ảnh", required=False, originals=2)
SPOUSE = Requirement("spouse", "Giấy kết hôn", originals=1, show_if=(Condition("married", ("yes",)),))
HELD = Requirement("held", "Giấy khai sinh", copies=1, held_by_state=True)
MARRIED = Question("married", "Đã kết hôn?", QuestionKind.YES_NO)
PROCEDURE = a_procedure(
    requirements=(FORM, COPIES, CARD, EXTRA, SPOUSE, HELD), groups=(Group("g", "Gia đình", (MARRIED,)),)
)
ALL = {
    "form": {"how": "paper", "originals": "1"},
    "copies": {"how": "paper", "copies": "2", "certified_copies": "1"},
    "card": {"how": "paper", "certified_copies": "1"},
    "held": {"how": "state"},
}


def line_of(key, answers=None, **documents):
    """The line of one paper when everything else is there."""
    return {line.key: line for line in checklist(PROCEDURE, answers or {}, {**ALL, **documents})}[key]


def faults_of(**documents):
    told = {**ALL, **documents}
    return [(one.key, one.code) for one in document_faults(checklist(PROCEDURE, {}, told), told)]


def test_a_whole_dossier_is_short_of_nothing():
    assert [line.short for line in checklist(PROCEDURE, {}, ALL)] == [""] * 6
    assert faults_of() == []


@pytest.mark.parametrize(
    ("counted", "short"),
    [
        ({"copies": "2", "certified_copies": "1"}, ""),
        ({"copies": "1", "certified_copies": "1"}, "thiếu 1 bản sao"),
        ({"copies": "2"}, "thiếu 1 bản sao chứng thực"),
        ({}, "thiếu 2 bản sao, 1 bản sao chứng thực"),
        ({"certified_copies": "3"}, ""),  # a certified copy will do for a plain one
        ({"originals": "3"}, ""),
        ({"copies": "9"}, "thiếu 1 bản sao chứng thực"),  # and never the other way round
        ({"originals": "1", "copies": "1"}, "thiếu 1 bản sao"),
    ],
)
def test_what_is_missing_is_told_by_kind(counted, short):
    assert line_of("copies", copies={"how": "paper", **counted}).short == short


def test_a_paper_to_be_shown_comes_by_post_as_a_certified_copy():
    assert line_of("card").wanted == (("bản sao chứng thực", 1),)
    assert wanted(Requirement("passport", "Hộ chiếu", originals=2, show=True)) == {"certified_copies": 2}
    assert line_of("card", card={}).short == "thiếu 1 bản sao chứng thực"


def test_without_answers_conditional_papers_are_listed_and_not_missed():
    line = line_of("spouse")
    assert (line.condition, line.short, line.is_blocking) == ("Tùy trường hợp", "", False)


def test_answers_say_which_of_them_apply():
    assert line_of("spouse", {"married": "yes"}).key == "spouse"
    assert "spouse" not in [line.key for line in checklist(PROCEDURE, {"married": "no"}, ALL)]


def test_an_optional_paper_is_compared_only_once_some_of_it_is_there():
    assert line_of("extra").short == ""
    assert line_of("extra", extra={"originals": "1"}).short == "thiếu 1 bản chính"


def test_what_was_counted_was_brought_on_paper():
    assert line_of("form", form={"originals": "1"}).how == "paper"


def test_fewer_than_wanted_is_told_and_does_not_stop():
    assert faults_of(copies={"how": "paper", "copies": "1"}) == []


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({}, "not_counted"),
        ({"how": "paper"}, "not_counted"),
        ({"how": "paper", "originals": "0"}, "not_counted"),
        ({"how": "state"}, "bad_choice"),  # the State does not hold this one
        ({"how": "by_pigeon"}, "bad_choice"),
        ({"how": "not_applicable", "reason": " "}, "no_reason"),
        ({"how": "paper", "originals": "một"}, "bad_number"),
        ({"how": "paper", "originals": "-1"}, "bad_number"),
        ({"how": "paper", "originals": "100"}, "bad_number"),
        ({"how": "paper", "originals": "١"}, "bad_number"),
    ],
)
def test_what_stops_a_needed_paper(document, code):
    assert faults_of(form=document) == [("documents.form", code)]


@pytest.mark.parametrize(
    ("key", "document"),
    [
        ("form", {"how": "not_applicable", "reason": "Người gửi nói không cần"}),
        ("form", {"how": "electronic"}),
        ("held", {"how": "state"}),
        ("extra", {"how": "paper"}),
        ("spouse", {}),
    ],
)
def test_what_does_not_stop(key, document):
    assert faults_of(**{key: document}) == []


@given(
    st.fixed_dictionaries({kind: st.integers(0, 9) for kind in COUNTED}),
    st.fixed_dictionaries({kind: st.integers(0, 9) for kind in COUNTED}),
)
def test_more_of_everything_never_misses_more(asked, brought):
    paper = (
        Requirement("p", "Giấy", **asked) if any(asked.values()) else Requirement("p", "Giấy", originals=1)
    )
    procedure = a_procedure(requirements=(paper,))

    def short(numbers):
        told = {kind: str(number) for kind, number in numbers.items()}
        (line,) = checklist(procedure, {}, {"p": {"how": "paper", **told}})
        return sum(int(word) for word in line.short.split() if word.isdigit())

    more = {kind: number + 1 for kind, number in brought.items()}
    assert short(more) <= short(brought)
    wanted = sum(asked.values()) or 1
    assert short(brought) >= wanted - sum(brought.values())
    assert short({kind: max(number, 1) for kind, number in asked.items()}) == 0

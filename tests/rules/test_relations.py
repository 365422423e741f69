"""The people of a birth, held against each other."""

import pytest

from intake.cataloguing import shipped_procedures
from intake.rules.relations import contradictions
from intake.rules.wording import doubt_words

BIRTH = shipped_procedures()["1.001193"]
RIGHT = {
    "relation": "father",
    "parent_name": "Trần Văn Nam",
    "parent_born": "1996-02-03",
    "parent_id": "038096001234",
    "child_name": "Trần Gia Bảo",
    "child_born": "2026-11-15",
    "birth_case": "usual",
    "mother_name": "Nguyễn Thị Hoa",
    "mother_born": "1998-05-20",
    "mother_id": "038198012345",
}


def found(**changes):
    return {(fault.key, fault.code) for fault in contradictions(BIRTH, RIGHT | changes)}


def test_a_family_that_fits_is_not_doubted():
    assert found() == set()
    assert contradictions(BIRTH, {}) == ()


@pytest.mark.parametrize(
    "changes, doubts",
    [
        ({"mother_id": "038098012345"}, {("mother_id", "other_sex")}),
        ({"parent_id": "038196001234"}, {("parent_id", "other_sex")}),  # a woman's card answers «Cha»
        ({"mother_id": "038197012345"}, {("mother_id", "other_year")}),
        (
            {"mother_born": "2026-11-15"},
            {("mother_id", "other_year"), ("mother_born", "parent_too_young")},
        ),
        ({"parent_born": "2096-02-03", "parent_id": ""}, {("parent_born", "parent_too_young")}),
        ({"child_name": "Nguyễn Thị  hoa"}, {("mother_name", "same_name")}),
    ],
)
def test_what_cannot_both_be_right_is_told_at_its_question(changes, doubts):
    assert found(**changes) == doubts


def test_what_is_unreadable_or_hidden_contradicts_nothing():
    assert found(mother_id="38", mother_born="x", mother_name="") == set()
    assert found(birth_case="abandoned", mother_born="2026-11-15") == set()
    assert found(relation="relative", parent_born="2026-11-15") == set()


def test_a_doubt_is_worded_kindly():
    changed = RIGHT | {
        "mother_id": "038097012345",
        "mother_born": "2020-01-01",
        "child_name": "Nguyễn Thị Hoa",
    }
    for fault in contradictions(BIRTH, changed):
        assert "xem lại" in doubt_words(fault) and "mẹ" in doubt_words(fault).casefold()

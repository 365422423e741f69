"""Finding a commune as people type it."""

from __future__ import annotations

import pytest

from intake.rules.places import found, in_full, named
from kiosk.waiting import put_aside, waiting

HAC_THANH = ("14758", "Phường Hạc Thành", "Tỉnh Thanh Hóa")
COMMUNES = (
    ("00004", "Phường Ba Đình", "Thành phố Hà Nội"),
    ("14800", "Xã Ba Đình", "Tỉnh Thanh Hóa"),
    HAC_THANH,
)


@pytest.mark.parametrize("words", ["hac thanh", "HẠC THÀNH", "hac th", "phuong hac", "thanh hoa hac"])
def test_a_commune_is_found_without_diacritics_or_order(words):
    assert found(COMMUNES, words)[:1] == (HAC_THANH,)


def test_a_province_narrows_the_list():
    assert [code for code, _, _ in found(COMMUNES, "ba dinh", "Tỉnh Thanh Hóa")] == ["14800"]


def test_nothing_typed_finds_nothing():
    assert found(COMMUNES, "") == ()


def test_a_name_alone_counts_only_when_it_is_the_only_one():
    assert named(COMMUNES, "xã Hạc Thành") == "14758"
    assert named(COMMUNES, "Ba Đình") is None
    assert named(COMMUNES, "Ba Đình", "Tỉnh Thanh Hóa") == "14800"
    assert named(COMMUNES, "") is None


def test_a_commune_is_told_with_its_province():
    assert in_full(COMMUNES, "14758") == "Phường Hạc Thành, Tỉnh Thanh Hóa"
    assert in_full(COMMUNES, "99999") == "99999"


def test_what_waits_for_one_screen_leaves_the_others_alone():
    answers = put_aside({"who": "Lan"}, "applicant", {"born": "31/11"})
    assert waiting(answers, "applicant") == {"born": "31/11"} and waiting(answers, "collection") == {}
    assert put_aside(answers, "applicant", {}) == {"who": "Lan"}

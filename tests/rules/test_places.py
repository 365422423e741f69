"""Finding a commune as people type it."""

from __future__ import annotations

import pytest

from intake.rules.places import found, in_full, meant, named, replaced, suggested
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


BA_DINH, XA_BA_DINH = COMMUNES[0], COMMUNES[1]
OLD = (
    ("Phường Điện Biên, Thành phố Thanh Hóa", "14758"),
    ("Phường Ba Đình, Thành phố Thanh Hóa", "14758"),
    ("Huyện Nga Sơn, Tỉnh Thanh Hóa", "14800"),
    ("Huyện Nga Sơn, Tỉnh Thanh Hóa", "14758"),
    ("Phường Bị Quên, Thành phố Ở Đâu", "99999"),
)


@pytest.mark.parametrize("words", ["dien bien", "Phường Điện B", "phuong dien bien thanh hoa", "bien"])
def test_an_old_ward_leads_to_the_new_one(words):
    assert replaced(COMMUNES, OLD, words) == ((HAC_THANH, "Phường Điện Biên, Thành phố Thanh Hóa"),)


def test_a_district_that_was_split_leads_to_each_part():
    assert {code for (code, _, _), was in replaced(COMMUNES, OLD, "huyện nga sơn")} == {"14758", "14800"}
    assert replaced(COMMUNES, OLD, "nga sơn", "Thành phố Hà Nội") == ()


@pytest.mark.parametrize("words", ["", "n", "bi quen"])
def test_nothing_is_made_up_for_an_old_unit(words):
    assert replaced(COMMUNES, OLD, words) == ()


def test_what_is_called_just_so_today_comes_before_what_was():
    assert meant(COMMUNES, OLD, "phường ba đình") == (
        (BA_DINH, ""),
        (HAC_THANH, "Phường Ba Đình, Thành phố Thanh Hóa"),
        (XA_BA_DINH, ""),
    )
    assert meant(COMMUNES, OLD, "Hạc Thành") == ((HAC_THANH, ""),)


def test_the_end_of_an_address_may_mean_a_province_or_a_commune():
    assert suggested(COMMUNES, OLD, "tỉnh th") == (("Tỉnh Thanh Hóa", ""),)
    assert suggested(COMMUNES, OLD, "phường hạc") == (("Phường Hạc Thành, Tỉnh Thanh Hóa", ""),)
    assert suggested(COMMUNES, OLD, "phường điện biên") == (
        ("Phường Hạc Thành, Tỉnh Thanh Hóa", "Phường Điện Biên, Thành phố Thanh Hóa"),
    )
    assert suggested(COMMUNES, OLD, "p") == ()


def test_what_waits_for_one_screen_leaves_the_others_alone():
    answers = put_aside({"who": "Lan"}, "applicant", {"born": "31/11"})
    assert waiting(answers, "applicant") == {"born": "31/11"} and waiting(answers, "collection") == {}
    assert put_aside(answers, "applicant", {}) == {"who": "Lan"}

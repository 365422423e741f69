"""Finding by words: diacritics, order, unfinished words, slips of the finger."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.rules.search import Finder

ENTRIES = [
    ("1.000001", ("Đăng ký khai sinh", "giấy khai sinh", "làm giấy cho con")),
    ("1.000002", ("Cấp bản sao giấy khai sinh", "mất giấy khai sinh")),
    ("1.000003", ("Đăng ký thường trú", "hộ khẩu")),
    ("1.000004", ("Chứng thực bản sao từ bản chính",)),
    ("1.000005", ("Đăng ký hộ kinh doanh", "mở quán")),
]
FINDER = Finder(ENTRIES)


@pytest.mark.parametrize(
    "words", ["giấy khai sinh", "giay khai sinh", "GIAY  KHAI SINH", "sinh khai giấy", "khai si"]
)
def test_diacritics_case_order_and_an_unfinished_word_do_not_matter(words):
    assert FINDER.find(words)[0] == "1.000001"


@pytest.mark.parametrize("words", ["thuong tru", "thưởng trú", "thuongg tru", "thuon tru", "thuobg tru"])
def test_one_slip_in_a_longer_word_is_forgiven(words):
    assert FINDER.find(words)[0] == "1.000003"


def test_a_short_word_is_taken_as_it_is():
    assert FINDER.find("khau") == ["1.000003"]
    assert FINDER.find("khaz") == []


@pytest.mark.parametrize(("words", "code"), [("photo công chứng", "1.000004"), ("hkd", "1.000005")])
def test_synonyms_are_known(words, code):
    assert FINDER.find(words)[0] == code


def test_a_code_finds_itself():
    assert FINDER.find("1.000004") == ["1.000004"]


@pytest.mark.parametrize("words", ["", "   ", "?!", "…"])
def test_nothing_asked_finds_nothing(words):
    assert FINDER.find(words) == []


def test_no_more_than_asked_for():
    assert len(FINDER.find("đăng ký", limit=2)) == 2


def test_a_word_too_many_does_not_hide_the_answer():
    assert FINDER.find("mở quán bún")[0] == "1.000005"


@given(st.text(max_size=60))
def test_no_words_upset_it(words):
    found = FINDER.find(words)
    assert len(found) == len(set(found)) and set(found) <= {code for code, _ in ENTRIES}

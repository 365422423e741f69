import unicodedata
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.rules.text import (
    clock,
    long_date,
    moment_words,
    money,
    nfc,
    one_line,
    search_key,
    short_date,
    tidy,
)


def test_loose_marks_are_composed():
    assert nfc(unicodedata.normalize("NFD", "Đường Hạc Thành")) == "Đường Hạc Thành"


@pytest.mark.parametrize(
    "text", ["Giấy KHAI  sinh", " giay khai sinh", unicodedata.normalize("NFD", "giấy khai sinh")]
)
def test_search_ignores_diacritics_case_and_spaces(text):
    assert search_key(text) == "giay khai sinh"


def test_d_with_a_stroke_is_found_by_d():
    assert search_key("ĐĂNG KÝ đường bộ") == "dang ky duong bo"


@given(st.text())
def test_a_search_key_is_its_own_key(text):
    assert search_key(search_key(text)) == search_key(text)


@given(st.text())
def test_tidy_text_stays_as_it_is(text):
    assert tidy(tidy(text)) == tidy(text)


def test_tidy_drops_what_nobody_sees():
    assert tidy("\ufeff Lê\u200b \xa0Thị\n\u202eHoa ") == "Lê Thị Hoa"


def test_one_line_keeps_control_characters_for_the_reader_to_refuse():
    assert one_line("\ufeff A\nB\xa0\r\n") == "A\nB"


def test_days_are_told_as_people_say_them():
    assert long_date(date(2026, 11, 21)) == "Thứ Bảy, 21/11/2026"
    assert long_date(date(2026, 11, 22)) == "Chủ Nhật, 22/11/2026"
    assert short_date(date(2026, 1, 2)) == "02/01/2026"


def test_moments_are_told_on_the_clock_of_vietnam():
    moment = datetime(2026, 11, 20, 17, 20, tzinfo=UTC)
    assert clock(moment) == "00:20"
    assert moment_words(moment) == "00:20 ngày 21/11/2026"


@pytest.mark.parametrize(
    "amount, words", [(0, "0 đồng"), (500, "500 đồng"), (8000, "8.000 đồng"), (1_250_000, "1.250.000 đồng")]
)
def test_money(amount, words):
    assert money(amount) == words

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.rules.codes import (
    dossier_code,
    grouped,
    item_check_digit,
    parse_dossier_code,
    parse_item_number,
    s10_number,
    spoken_item,
)
from intake.rules.refusals import Refusal, UnreadableDossierCode, UnreadableItemNumber, WrongCheckDigit

TODAY = date(2026, 11, 21)
WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)

serials = st.from_regex(r"[0-9]{8}", fullmatch=True)
agencies = st.from_regex(r"[A-Z][0-9]{2}(\.[0-9]{1,3}){0,4}", fullmatch=True)

# What S10 cannot see. The check digit is 5 both for a sum of 0 and of 6 (mod 11),
# so a change of the sum by 6 between these two goes unnoticed: by weight, the
# differences of a digit that take the sum from 0 to 6 (from 6 to 0: their negatives).
UNSEEN_DIFFERENCES = {
    8: {-2, 9},
    6: {1},
    4: {-4, 7},
    2: {3, -8},
    3: {2, -9},
    5: {-1},
    9: {8, -3},
    7: {4, -7},
}
# Neighbours i and i+1 swapped: by place, the differences (right minus left) that do the same.
UNSEEN_SWAPS = {
    0: {3, -8},
    1: {3, -8},
    2: {3, -8},
    3: {5, -6},
    4: {-3, 8},
    5: {4, -7},
    6: {3, -8},
}
# The last digit and the check digit swapped: (sum mod 11, last digit), so 45 and 54, 20 and 02 at the end.
UNSEEN_LAST_SWAPS = {(0, 4), (1, 2), (7, 5), (9, 0)}


def is_caught(digits: str) -> bool:
    try:
        parse_item_number(f"RR{digits}VN")
    except WrongCheckDigit:
        return True
    return False


def total(serial: str) -> int:
    return sum(int(digit) * weight for digit, weight in zip(serial, WEIGHTS, strict=True)) % 11


def slips_through(serial: str, differences: set[int], change: int) -> bool:
    rest = total(serial)
    return (rest == 0 and change in differences) or (rest == 6 and -change in differences)


@pytest.mark.parametrize(
    "serial, check, number",
    [
        ("47312482", 9, "RR473124829VN"),
        ("26112100", 8, "EH261121008VN"),
        ("26112106", 0, "CV261121060VN"),
        ("26112109", 5, "EA261121095VN"),
    ],
)
def test_s10_worked_examples(serial, check, number):
    assert item_check_digit(serial) == check
    item = parse_item_number(number)
    assert (item.serial, item.check, item.country, item.is_s10) == (serial, check, "VN", True)
    assert item.service == number[:2]


@pytest.mark.parametrize("serial", ["", "4731248", "473124821", "4731248O", "４７３１２４８２", "-7312482"])
def test_a_serial_that_was_cut_short_is_a_value_error(serial):
    with pytest.raises(ValueError):
        item_check_digit(serial)


@given(serials, st.integers(0, 7), st.integers(1, 9))
def test_any_wrong_digit_is_caught_but_those_the_standard_cannot_see(serial, place, step):
    digit = (int(serial[place]) + step) % 10
    damaged = serial[:place] + str(digit) + serial[place + 1 :]
    unseen = slips_through(serial, UNSEEN_DIFFERENCES[WEIGHTS[place]], digit - int(serial[place]))
    assert is_caught(damaged + str(item_check_digit(serial))) is not unseen


@given(serials, st.integers(1, 9))
def test_a_wrong_check_digit_is_always_caught(serial, step):
    assert is_caught(f"{serial}{(item_check_digit(serial) + step) % 10}")


@given(serials, st.integers(0, 6))
def test_any_swap_of_neighbours_is_caught_but_those_the_standard_cannot_see(serial, place):
    left, right = serial[place], serial[place + 1]
    swapped = serial[:place] + right + left + serial[place + 2 :]
    unseen = left == right or slips_through(serial, UNSEEN_SWAPS[place], int(right) - int(left))
    assert is_caught(swapped + str(item_check_digit(serial))) is not unseen


@given(serials)
def test_the_last_digit_swapped_with_the_check_digit(serial):
    last, check = serial[7], str(item_check_digit(serial))
    unseen = last == check or (total(serial), int(last)) in UNSEEN_LAST_SWAPS
    assert is_caught(serial[:7] + check + last) is not unseen


@pytest.mark.parametrize(
    "text",
    [
        "rr473124829vn",
        " RR 473 124 829 VN\r\n",
        "\ufeffRR473124829VN",
        "RR\xa0473124829VN",
        "RR-473124829-VN",
        "rr 4731-2482-9 vn",
    ],
)
def test_an_item_number_as_people_and_scanners_write_it(text):
    assert parse_item_number(text).text == "RR473124829VN"


def test_hyphens_hide_no_wrong_digit():
    with pytest.raises(WrongCheckDigit):
        parse_item_number("RR-473124828-VN")


@given(st.from_regex(r"[A-Z]{2}", fullmatch=True), st.integers(0, 99_999_999))
def test_a_number_of_our_own_reads_back_also_as_it_is_read_aloud(service, serial):
    number = s10_number(service, serial)
    assert parse_item_number(number).is_s10
    assert parse_item_number(spoken_item(number)).text == number


def test_an_operators_own_number_is_read_aloud_as_it_is():
    assert spoken_item("VNP-2026/000123") == "VNP-2026/000123"


def test_no_number_of_our_own_has_nine_digits():
    with pytest.raises(ValueError, match="eight digits"):
        s10_number("EH", 100_000_000)


@pytest.mark.parametrize(
    "text", ["VNP-2026/000123", "123456789", "RR47312482OVN", "RR4731248I9VN", "X", "RR-4731-X"]
)
def test_any_other_string_is_kept_as_the_operators_own(text):
    item = parse_item_number(text)
    assert (item.text, item.is_s10, item.check, item.serial) == (text, False, None, "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\ufeff",
        "---",
        "A" * 41,
        "A" * 100_000,
        "RR４７３１２４８２９VN",
        "RR473124829VN\nRR473124829VN",
        "RR47312\x004829VN",
        "Bưu gửi 12",
        "rr47312482ıvn",
    ],
)
def test_unreadable_item_numbers_are_refused(text):
    with pytest.raises(UnreadableItemNumber):
        parse_item_number(text)


@given(st.text(max_size=60))
def test_an_item_number_or_a_refusal_never_anything_else(text):
    try:
        item = parse_item_number(text)
    except Refusal:
        return
    assert parse_item_number(item.text) == item


@pytest.mark.parametrize(
    "template, code",
    [
        ("{agency}-{yymmdd}-{seq4}", "H56.17.22-261121-0018"),
        ("{agency}-{yymmdd}-{seq6}", "H56.17.22-261121-000018"),
        ("{yy}/{agency}/{seq}", "26/H56.17.22/18"),
        ("{agency}-{yyyymmdd}-{seq5}", "H56.17.22-20261121-00018"),
    ],
)
def test_dossier_code_from_a_template(template, code):
    assert dossier_code(template, agency="H56.17.22", day=TODAY, seq=18) == code


@pytest.mark.parametrize(
    "template", ["{agency}-{day}", "{seq7}", "{}", "{agency", "agency}", "{agency}" * 9, "{agency:>90}"]
)
def test_a_template_nobody_can_follow_is_a_value_error(template):
    with pytest.raises(ValueError):
        dossier_code(template, agency="H56.17.22", day=TODAY, seq=18)


@given(agencies, st.dates(date(2020, 1, 1), date(2099, 12, 31)), st.integers(1, 999_999))
def test_parse_of_format_is_the_code(agency, day, seq):
    code = dossier_code("{agency}-{yymmdd}-{seq4}", agency=agency, day=day, seq=seq)
    assert parse_dossier_code(code) == code
    assert parse_dossier_code(" ".join(grouped(code))) == code


@pytest.mark.parametrize(
    "code",
    [
        "000.17.22.H56-210531-0001",
        "000.00.14.H56-200203-0118",
        "000.00.19.H26-230614-0001",
        "H26-261121-0001",
        "H37.08.05-261121-000123",
        "H21.24.01.15-261121-0007",
        "H18.115.02-261121-0001",
    ],
)
def test_real_dossier_codes_of_both_shapes(code):
    assert parse_dossier_code(code) == code
    assert parse_dossier_code(f"\ufeff {code.lower()}\r\n") == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "None",
        "H56.17.22",
        "H56.17.22-261121-18",
        "H56-26112-0001",
        "HS6.17.22-261121-0001",
        "H56.17.22-２６1121-0001",
        "H56.17.22-261121-0001\nH56.17.22-261121-0002",
        "H56.17.22-261121-OOO1",
        "ı56-261121-0001",
        "Đ56-261121-0001",
        "H56-261121-0001\x00",
        "H56" * 10_000,
    ],
)
def test_unreadable_dossier_codes_are_refused(text):
    with pytest.raises(UnreadableDossierCode) as refused:
        parse_dossier_code(text)
    assert refused.value.code == "unreadable_dossier_code"


@given(st.text(max_size=80))
def test_a_dossier_code_or_a_refusal_never_anything_else(text):
    try:
        assert re.fullmatch(r"[0-9A-Z.-]{13,64}", parse_dossier_code(text))
    except Refusal:
        return


def test_a_code_is_grouped_the_way_it_is_read_aloud():
    assert grouped("H56.17.22-261126-0018") == ("H56.17.22", "261126 · 0018")
    assert grouped("26/H56/18") == ("26/H56/18",)

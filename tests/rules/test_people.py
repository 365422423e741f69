import itertools
import unicodedata
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from intake.rules.birth_provinces import BIRTH_PROVINCES
from intake.rules.people import (
    CitizenCard,
    born_and_sex,
    citizen_id,
    contradictions,
    masked_citizen_id,
    masked_name,
    masked_phone,
    person_name,
    phone,
    read_citizen_card,
)
from intake.rules.refusals import (
    Refusal,
    UnreadableCard,
    UnreadableCitizenId,
    UnreadableName,
    UnreadablePhone,
)
from intake.rules.scans import from_hex

FIELDS = (
    "038190012345",
    "172345678",
    "Lê Thị Hoa",
    "14031990",
    "Nữ",
    "Tổ 3, Phường Hạc Thành, Thanh Hóa",
    "22042022",
)
SCAN = "|".join(FIELDS)
CARD = CitizenCard(
    citizen_id="038190012345",
    old_id="172345678",
    name="Lê Thị Hoa",
    born=date(1990, 3, 14),
    sex="Nữ",
    address="Tổ 3, Phường Hạc Thành, Thanh Hóa",
    issued=date(2022, 4, 22),
)
EVERY_LETTER = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵđ"
CODE_PAGES = ["cp1252", "latin-1", "cp1258", "cp437", "cp850"]


def through(code_page: str, text: str) -> str:
    """``text`` in UTF-8, read as Windows reads ``code_page``: undefined bytes become control characters."""
    return "".join(bytes([b]).decode(code_page, "ignore") or chr(b) for b in text.encode())


def hexed(text: str) -> str:
    return text.encode().hex()


# --- the card -----------------------------------------------------------------


def test_card_of_2021():
    assert read_citizen_card(SCAN) == CARD


def test_card_of_2024_in_its_own_order():
    number, old, name, born, sex, address, issued = FIELDS
    scan = "|".join([number, name, sex, born, address, issued, old, "038190099999"])
    assert read_citizen_card(scan) == CARD


def test_an_empty_old_number():
    assert read_citizen_card(SCAN.replace("172345678", "")) == replace(CARD, old_id=None)


@pytest.mark.parametrize(
    "extra", ["|", "||||", "|038190099999|x1", "|Lê Văn Cha|038060000001|Trần Thị Mẹ|038162000002"]
)
def test_further_fields_are_left_alone(extra):
    assert read_citizen_card(SCAN + extra) == CARD


def test_fields_in_any_order_after_the_number():
    for others in itertools.permutations(FIELDS[1:]):
        assert read_citizen_card("|".join([FIELDS[0], *others])) == CARD


def test_the_number_may_stand_elsewhere_on_what_is_surely_a_card():
    assert read_citizen_card("|".join(reversed(FIELDS))) == CARD


@pytest.mark.parametrize(
    "scan",
    [
        "\ufeff" + SCAN,
        SCAN + "\r\n",
        "\r\n" + SCAN + "\t",
        unicodedata.normalize("NFD", SCAN),
        SCAN.replace("Lê Thị Hoa", " Lê   Thị Hoa "),
        SCAN.replace("|", "$"),
        SCAN.replace("14031990", "14/03/1990"),
        SCAN.replace("Nữ", "NỮ"),
        SCAN.replace("Nữ", "nữ"),
        SCAN.replace("Nữ", "Nu"),
    ],
)
def test_what_scanners_do_to_a_card(scan):
    assert read_citizen_card(scan) == CARD


def test_lower_case_is_kept_as_it_came():
    card = read_citizen_card(SCAN.lower())
    assert (card.name, card.sex) == ("lê thị hoa", "Nữ")


def test_words_in_hex():
    fields = [hexed(field) if any(map(str.isalpha, field)) else field for field in FIELDS]
    assert read_citizen_card("$".join(fields)) == CARD
    assert read_citizen_card("|".join(fields).upper()) == CARD


def test_a_card_without_an_address_tells_none():
    assert read_citizen_card(SCAN.replace(FIELDS[5], "")) == replace(CARD, address=None)


@given(st.from_regex("[0-9]{9}", fullmatch=True), st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_old_numbers_dates_and_years_are_never_taken_for_hex(number, day):
    for field in (number, f"{day:%d%m}{day.year}", str(day.year)):
        assert from_hex(field) == field


def test_a_number_that_would_be_words_in_hex_stays_a_number():
    born_abroad = "416172666974"  # «Aarfit»
    assert from_hex(born_abroad) != born_abroad
    assert read_citizen_card(SCAN.replace(FIELDS[0], born_abroad)).citizen_id == born_abroad


@pytest.mark.parametrize("code_page", CODE_PAGES)
def test_mojibake_is_repaired(code_page):
    assert read_citizen_card(through(code_page, "\ufeff" + SCAN)) == CARD


@pytest.mark.parametrize("code_page", CODE_PAGES)
def test_every_vietnamese_letter_comes_back_from_a_wrong_code_page(code_page):
    for letter in EVERY_LETTER:
        name = f"{letter.upper()}{letter} TH{letter.upper()}"
        assert read_citizen_card(through(code_page, SCAN.replace("Lê Thị Hoa", name))).name == name


def test_sound_letters_are_never_repaired():
    for letter in EVERY_LETTER + EVERY_LETTER.upper():
        assert read_citizen_card(SCAN.replace("Hoa", letter * 2)).name == f"Lê Thị {letter * 2}"


@pytest.mark.parametrize(
    "name",
    [
        "L? Th? Hoa",
        "L\ufffd Th\ufffd Hoa",
        "LÃª Thá» Hoa",  # a byte was lost on the way
        "TrÃ VÄƒn",  # a no-break space was eaten
        "TrÃ",
        "L├ Th? Hoa",
        "Lê\x00Thị",
        "Ｌê Thị Hoa",
        "Лê Thị Hoa",
        "Lê" * 60,
        "NGUYN VN NAM",  # letters with marks were dropped
    ],
)
def test_a_doubtful_name_is_asked_and_the_rest_is_used(name):
    assert read_citizen_card(SCAN.replace("Lê Thị Hoa", name)) == replace(CARD, name=None)


def test_a_sex_that_was_lost_makes_all_words_doubtful():
    scan = "038190012345||NGUYEN HOA|14031990|N|Thanh Ha|22042022"
    lost = replace(CARD, old_id=None, name=None, sex=None, address=None)
    assert read_citizen_card(scan) == lost


def test_a_doubtful_address_is_asked():
    assert read_citizen_card(SCAN.replace("Tổ 3", "T\ufffd 3")) == replace(CARD, address=None)


@pytest.mark.parametrize(
    "name", ["H'Hen Niê", "H’ Hen Niê", "Y Bhăm Êban", "LÃ THỊ NGÃ", "Ksor Ƀlơ̆", "Nguyễn-Lê Hoa"]
)
def test_names_of_every_people_are_kept(name):
    assert read_citizen_card(SCAN.replace("Lê Thị Hoa", name)).name == unicodedata.normalize("NFC", name)


def test_broken_words_are_not_replaced_by_the_next_ones():
    scan = "038190012345||L? Th? Hoa|14031990|N?|Thanh Hóa|22042022|Lê Văn Cha"
    assert read_citizen_card(scan).name is None


def test_dates_that_do_not_exist_are_not_told():
    card = read_citizen_card(SCAN.replace("14031990", "31021990"))
    assert (card.born, card.issued) == (None, date(2022, 4, 22))


def test_birth_is_the_date_of_the_year_in_the_number():
    assert read_citizen_card(SCAN + "|01011960").born == date(1990, 3, 14)


def test_a_child_whose_card_is_as_young_as_itself():
    card = read_citizen_card("038225012345|Lê Văn An|Nam|02012025|Xã Thọ Xuân, Thanh Hóa|03032025")
    assert (card.born, card.issued) == (date(2025, 1, 2), date(2025, 3, 3))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "None",
        "|",
        "||||||",
        "038190012345",
        "038190012345|",
        "038190012345||||",
        "038190012345|Lê Thị Hoa",
        "HS4010123456789|4cc3aa|14/03/1990|2|546f|01 - 061|01/01/2026",  # a health insurance card
        "0123456789|Lê Thị Hoa",  # VssID
        "03819001234O" + SCAN[12:],
        "０３８１９００１２３４５" + SCAN[12:],
        "38190012345" + SCAN[12:],
        "IDVNM0881900123450381900123456",
        "x" * 1_000_000,
        SCAN * 100,
        "|".join(["038190012345"] * 200),
        "\x00\x01\x02|\x03",
        "Lê Thị Hoa|038190012345|x",
    ],
)
def test_what_is_not_a_card_is_refused(text):
    with pytest.raises(UnreadableCard):
        read_citizen_card(text)


pieces = st.sampled_from(
    [*FIELDS, "", "Nam", "nu", "99999999", "4c", "ff", "Ã\xa0", "\ud800", "①", "\u202e", "$"]
)


@given(st.text() | st.lists(pieces | st.text(max_size=12), max_size=12).map("|".join))
@example("038190012345|" * 3)
def test_a_card_or_a_refusal_never_anything_else(text):
    try:
        card = read_citizen_card(text)
    except Refusal as refusal:
        assert refusal.code == "unreadable_card"
    else:
        assert citizen_id(card.citizen_id) == card.citizen_id
        assert card.name is None or person_name(card.name) == card.name
        contradictions(card)


# --- what the number says --------------------------------------------------------


@pytest.mark.parametrize(
    "number, sex, year",
    [
        ("038190012345", "Nữ", 1990),
        ("001088000516", "Nam", 1988),
        ("038206000001", "Nam", 2006),
        ("038325000001", "Nữ", 2025),
        ("038400000001", "Nam", 2100),
        ("038999000001", "Nữ", 2399),
    ],
)
def test_the_fourth_digit_tells_century_and_sex(number, sex, year):
    assert born_and_sex(number) == (sex, year)


def test_the_worked_example_agrees_with_itself():
    assert contradictions(CARD) == ()


@pytest.mark.parametrize(
    "change, found",
    [
        ({"sex": "Nam"}, ("sex",)),
        ({"born": date(1991, 3, 14)}, ("born",)),
        ({"citizen_id": "003190012345"}, ("province",)),
        ({"citizen_id": "000190012345"}, ("province",)),
        ({"citizen_id": "101190012345"}, ()),  # born abroad
        ({"sex": None, "born": None}, ()),
        (
            {"sex": "Nam", "born": date(1890, 3, 14), "citizen_id": "100190012345"},
            ("sex", "born", "province"),
        ),
    ],
)
def test_contradictions_are_shown_not_refused(change, found):
    assert contradictions(replace(CARD, **change)) == found


def test_there_are_the_63_provinces_of_the_time_of_birth():
    assert len(BIRTH_PROVINCES) == len(set(BIRTH_PROVINCES.values())) == 63
    assert BIRTH_PROVINCES["038"] == "Thanh Hóa"


# --- typed by hand ----------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["038190012345", " 038 190 012 345\r\n", "038\xa0190012345", "\ufeff038190012345"]
)
def test_a_personal_number_as_people_type_it(text):
    assert citizen_id(text) == "038190012345"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "None",
        "03819001234",
        "0381900123456",
        "O38190012345",
        "03819001234I",
        "０３８１９００１２３４５",
        "٠٣٨١٩٠٠١٢٣٤٥",
        "038190\x00012345",
        "038190\n012345",
        "-38190012345",
        "03819001234⁵",
        "0" * 1_000_000,
    ],
)
def test_unreadable_personal_numbers_are_refused(text):
    with pytest.raises(UnreadableCitizenId) as refused:
        citizen_id(text)
    assert refused.value.code == "unreadable_citizen_id"


@pytest.mark.parametrize(
    "text, number",
    [
        ("0912345678", "0912345678"),
        ("+84 912 345 678", "0912345678"),
        ("84912345678", "0912345678"),
        ("0084.912.345.678", "0912345678"),
        ("0237 385 2222", "02373852222"),
        ("091-234-5678", "0912345678"),
    ],
)
def test_a_telephone_number_as_people_type_it(text, number):
    assert phone(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "113",
        "19001009",
        "091234567",
        "09123456789",
        "01234567890",
        "O912345678",
        "０９１２３４５６７８",
        "0612345678",
    ],
)
def test_unreadable_telephone_numbers_are_refused(text):
    with pytest.raises(UnreadablePhone) as refused:
        phone(text)
    assert refused.value.code == "unreadable_phone"


@pytest.mark.parametrize("name", ["Hoà", "HÒA", "nguyễn văn a", "Y", "O'Neil", "Müller", "Сергей", "លី"])
def test_a_name_is_kept_exactly_as_given(name):
    assert person_name(f"  {unicodedata.normalize('NFD', name)}\u200b ") == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "\ufeff",
        "...",
        "Hoa 2",
        "Hoa ２",
        "Lê\x00Hoa",
        "Hoa<b>",
        "Lê | Hoa",
        "a" * 101,
        "a" * 10_000_000,
        "\ud800a",
    ],
)
def test_unreadable_names_are_refused(text):
    with pytest.raises(UnreadableName) as refused:
        person_name(text)
    assert refused.value.code == "unreadable_name"


@given(st.text(), st.sampled_from([citizen_id, phone, person_name]))
def test_a_value_or_a_refusal_never_anything_else(text, read):
    try:
        assert read(read(text)) == read(text)
    except Refusal:
        return


# --- masked ------------------------------------------------------------------------


def test_a_number_is_shown_without_its_middle():
    assert masked_citizen_id("038190012345") == "038190***345"
    assert masked_phone("0912345678") == "0912***678"


@pytest.mark.parametrize(
    "name, shown",
    [
        ("Trần Đình Bảo Ngọc", "Trần Đ. B. N."),
        ("Nguyễn Văn An", "Nguyễn V. A."),
        ("Ánh", "Á."),
        ("", ""),
    ],
)
def test_a_name_is_shown_as_family_name_and_initials(name, shown):
    assert masked_name(name) == shown


def test_a_year_that_would_be_a_blank_and_a_letter_stays_a_year():
    assert from_hex("2041") == "2041"

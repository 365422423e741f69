"""What a text typed or scanned at the desk is taken for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.keys import Keys
from intake.rules.finding import LONGEST_WORD, Question, Sought, code_words, question_of, word_rows, words_of
from intake.rules.receipt_code import ReceiptCode, address, encode
from intake.rules.refusals import ForeignReceipt, ForgedReceipt, UnreadableCard, WrongCheckDigit

AGENCY = "H56.17.22"
KEYS = Keys(data_key=bytes(32), receipt_key=bytes(range(32)))
OTHERS = Keys(data_key=bytes(32), receipt_key=bytes(32))
RECEIVED = datetime(2026, 11, 20, 3, tzinfo=UTC)
CARD = "038156001234|172345678|Lê Thị Ngọc Lan|08031956|Nữ|Tổ 3, Phường Hạc Thành, Thanh Hóa|22042022"


def asked(text: str) -> Question:
    return question_of(text, agency=AGENCY, public_keys=KEYS.public_keys)


def a_receipt(keys: Keys = KEYS, office: str = AGENCY) -> str:
    code = ReceiptCode(office, f"{office}-261120-0018", RECEIVED, keys.receipt_key_id)
    return address("http://10.0.0.5:8080", encode(code, keys.sign))


@pytest.mark.parametrize(
    ("text", "sought", "value"),
    [
        ("038156001234", Sought.CITIZEN_ID, "038156001234"),
        (" 038 156 001 234 ", Sought.CITIZEN_ID, "038156001234"),
        ("038.156.001.234", Sought.CITIZEN_ID, "038156001234"),
        ("0912 345 678", Sought.PHONE, "0912345678"),
        ("+84 912-345-678", Sought.PHONE, "0912345678"),
        ("0237.385.2222", Sought.PHONE, "02373852222"),
        ("H56.17.22-261126-0018", Sought.CODE, "H56.17.22-261126-0018"),
        ("h56.17.22  261126 · 0018", Sought.CODE, "H56.17.22-261126-0018"),
        ("000.00.18.H56-251126-0002", Sought.CODE, "000.00.18.H56-251126-0002"),
        ("CC 4731 2482 9 VN", Sought.ITEM, "CC473124829VN"),
        ("CC 473 124 829 VN", Sought.ITEM, "CC473124829VN"),
    ],
)
def test_each_kind_of_number_is_known_by_its_shape(text: str, sought: Sought, value: str):
    assert asked(text) == Question(sought, value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0018", ("18",)),
        ("18", ("18",)),
        ("261126-0018", ("261126", "18")),
        ("261126 · 0018", ("261126", "18")),
        ("2611260018", ("261126", "18")),
        ("261126-000018", ("261126", "18")),
        ("-0018", ("18",)),
        ("H56.17.22-2611", ("2611",)),
        ("h56.17.22/26/00018", ("26", "18")),
        ("lan 0018", ("lan", "18")),
    ],
)
def test_a_piece_of_a_code_is_its_words(text: str, words: tuple[str, ...]):
    assert asked(text) == Question(Sought.CODE_PART, words=words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Trần  Văn TÚ", ("tran", "van", "tu")),
        ("tran van tu", ("tran", "van", "tu")),
        ("Y Blớk-Êban", ("y", "blok", "eban")),
        ("H’Bia Niê Kđăm", ("hbia", "nie", "kdam")),
        ("Ahmed", ("ahmed",)),  # begins like the payload of a receipt
        ("a b c d e f g h i k", tuple("abcdefgh")),
        ("100%", ("100",)),
    ],
)
def test_everything_else_is_words_without_diacritics(text: str, words: tuple[str, ...]):
    assert asked(text).words == words


@pytest.mark.parametrize("text", ["", "   ", "%", "_", "«»", "\ufeff"])
def test_signs_alone_ask_for_nothing(text: str):
    assert asked(text) == Question(Sought.NOTHING)


def test_a_card_under_the_scanner_asks_for_its_number():
    assert asked(CARD) == Question(Sought.CARD, "038156001234")
    assert asked(CARD.replace("Lê Thị Ngọc Lan", "LÃª Thá»‹ Ngá»c Lan")).value == "038156001234"


def test_fields_that_are_no_cards_are_refused():
    with pytest.raises(UnreadableCard):
        asked("a|b|c|d")


@pytest.mark.parametrize("form", [str, str.lower, lambda text: text.rpartition("/")[2]])
def test_a_receipt_asks_for_its_dossier(form):
    assert asked(form(a_receipt())) == Question(Sought.RECEIPT, f"{AGENCY}-261120-0018", AGENCY)


@pytest.mark.parametrize("spoil", [lambda text: text[:-1], lambda text: text[:-9] + "AAAAAAAAA"])
def test_a_forged_receipt_is_refused(spoil):
    with pytest.raises(ForgedReceipt):
        asked(spoil(a_receipt()))


def test_a_receipt_under_a_key_of_others_names_its_office():
    with pytest.raises(ForeignReceipt) as refused:
        asked(a_receipt(OTHERS, "H56.99.01"))
    assert refused.value.facts["office"] == "H56.99.01"


def test_a_wrong_digit_of_a_postal_item_is_said():
    with pytest.raises(WrongCheckDigit):
        asked("CC473124820VN")


def test_a_dossier_stands_under_each_of_its_words_once_and_under_none():
    rows = word_rows(7, 9, ["nguyen", "nguyen", "18"])
    assert [row["word"] for row in rows] == ["", "nguyen", "18"]
    assert {row["words"] for row in rows} == {" nguyen nguyen 18 "}


def test_the_code_of_its_own_office_is_left_out_of_the_words():
    assert code_words("H56.17.22-261126-0018", agency=AGENCY) == ["261126", "18"]
    assert code_words("H56.17.23-261126-0018", agency=AGENCY) == ["h56", "17", "23", "261126", "18"]


@given(st.text(max_size=200))
def test_any_text_asks_for_something_or_is_refused(text: str):
    try:
        question = asked(text)
    except (ForgedReceipt, ForeignReceipt, UnreadableCard, WrongCheckDigit):
        return
    assert all(0 < len(word) <= LONGEST_WORD and not set(word) & set(" %_\\") for word in question.words)


@given(st.text(max_size=60))
def test_words_are_found_again_by_what_was_typed(text: str):
    assert words_of(" ".join(words_of(text))) == words_of(text)

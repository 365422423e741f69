"""What a scan at the post is: told apart by looks, in any order, and never one taken for another."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.rules.codes import s10_number
from intake.rules.post_scans import ScanKind, read_scan
from intake.rules.receipt_code import ReceiptCode, address, encode
from intake.rules.refusals import Refusal, ScanNotUnderstood, UnreadableItemNumber, WrongCheckDigit
from intake.rules.saved_codes import LENGTH, LETTERS, qr_text, shown

CARD = "038156001234|171234567|Lê Thị Ngọc Lan|08031956|Nữ|Tổ 3, Phường Hạc Thành, Thanh Hóa|01072021"

saved_codes = st.text(LETTERS, min_size=LENGTH, max_size=LENGTH)


def test_the_script_of_the_reception_page_knows_the_same_letters():
    script = Path(__file__).parents[2] / "static" / "post-rules.js"
    assert f"/^[{LETTERS}]{{{LENGTH}}}$/" in script.read_text(encoding="utf-8")


def a_receipt(code: str = "H56.17.22-261126-0018") -> str:
    moment = datetime(2026, 11, 26, 1, 51, tzinfo=UTC)
    return encode(ReceiptCode("H56.17.22", code, moment, b"key1"), lambda body: bytes(64))


@pytest.mark.parametrize("text", ["RR473124829VN", " rr 473 124 829 vn\r\n", "RR-473124829-VN"])
def test_an_item_number_as_scanners_give_it(text):
    scan = read_scan(text)
    assert (scan.kind, scan.text) == (ScanKind.ITEM, "RR473124829VN")
    assert scan.item and scan.item.is_s10


@given(st.from_regex(r"[A-Z]{2}", fullmatch=True), st.integers(0, 99_999_999))
def test_no_s10_number_is_taken_for_anything_else(service, serial):
    number = s10_number(service, serial)
    assert (read_scan(number).kind, read_scan(number).text) == (ScanKind.ITEM, number)


@pytest.mark.parametrize("text", ["VNP-2026/000123", "1234567890123", "BD07.000123"])
def test_an_operators_own_number_is_taken_and_flagged(text):
    scan = read_scan(text)
    assert scan.kind is ScanKind.ITEM
    assert scan.item and not scan.item.is_s10


def test_a_card_is_a_card():
    scan = read_scan(CARD)
    assert (scan.kind, scan.text) == (ScanKind.CARD, "038156001234")
    assert scan.card and scan.card.name == "Lê Thị Ngọc Lan"


@pytest.mark.parametrize("text", ["038156001234", " 038156001234\r", "038 156 001 234"])
def test_twelve_digits_are_a_person_and_never_an_item_number(text):
    scan = read_scan(text)
    assert (scan.kind, scan.text, scan.item) == (ScanKind.CARD, "038156001234", None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("TTHC:1.001193", "1.001193"),
        ("tthc:1.001193", "1.001193"),
        ("1.001193", "1.001193"),
        ("2.000908.000.00.00.H56", "2.000908.000.00.00.H56"),
        ("1.010041.02", "1.010041.02"),
    ],
)
def test_a_procedure_by_our_sheet_or_by_its_bare_code(text, code):
    scan = read_scan(text)
    assert (scan.kind, scan.text) == (ScanKind.PROCEDURE, code)


@given(saved_codes)
def test_a_saved_draft_by_its_qr_whatever_its_letters(code):
    scan = read_scan(qr_text(code))
    assert (scan.kind, scan.text) == (ScanKind.SAVED, code)


@given(saved_codes.filter(lambda code: any(map(str.isalpha, code))))
def test_a_saved_draft_as_it_is_printed_for_people(code):
    assert (read_scan(shown(code)).kind, read_scan(shown(code)).text) == (ScanKind.SAVED, code)


@given(saved_codes.filter(lambda code: any(map(str.isdigit, code))))
def test_eight_bare_letters_may_be_an_operators_number(code):
    assert read_scan(code).kind is ScanKind.ITEM


@pytest.mark.parametrize("base", ["http://192.168.1.20:8080", "https://motcham.example/post", ""])
def test_a_receipt_by_its_whole_address_or_bare(base):
    payload = a_receipt()
    text = address(base, payload) if base else payload
    assert read_scan(text).kind is ScanKind.RECEIPT
    assert read_scan(text.lower()).kind is ScanKind.RECEIPT


@pytest.mark.parametrize("text", ["", "  \r\n", "\ufeff", "RR473124829VN\nRR473124829VN"])
def test_nothing_and_two_in_one_ask_for_another_scan(text):
    with pytest.raises(UnreadableItemNumber):
        read_scan(text)


def test_a_number_with_one_wrong_digit_is_no_operators_own():
    with pytest.raises(WrongCheckDigit):
        read_scan("RR473124828VN")


@pytest.mark.parametrize(
    "text",
    ["https://dichvucong.gov.vn/p/home", "Bưu gửi 12", "BEGIN:VCARD", "ABCDE", "A1", "12|34|56", "<b>1</b>"],
)
def test_what_is_none_of_our_codes_is_not_guessed(text):
    with pytest.raises(ScanNotUnderstood):
        read_scan(text)


@given(st.text(max_size=120))
def test_a_scan_or_a_refusal_never_anything_else(text):
    try:
        assert read_scan(text).text
    except Refusal:
        return

"""VietQR and the reference in its purpose: the vectors of NAPAS, our examples, what banks do to words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.rules.transfers import reference_of, references_in, same_words
from intake.rules.vietqr import BANKS, TO_CARD, Transfer, crc, payload, plain_holder, purpose_of, read_payload

# Of the official document. The first says length 12 of an account object of 13: good for its checksum only.
VECTORS = (
    "00020101021138570010A00000072701270006970403011200110123456780208QRIBFTTA53037045802VN6304F4E5",
    "00020101021138600010A00000072701300006970403011697040311012345670208QRIBFTTC53037045802VN63044F52",
    "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA530370454061800005802VN"
    "62340107NPS68690819thanh toan don hang63042E2E",
    "00020101021238600010A00000072701300006970403011697040311012345670208QRIBFTTC530370454061800005802VN"
    "62340107NPS68690819thanh toan don hang6304A203",
)
READ = (
    Transfer("970403", "9704031101234567", TO_CARD),
    Transfer("970403", "0011012345678", amount=180_000, bill="NPS6869", purpose="thanh toan don hang"),
    Transfer("970403", "9704031101234567", TO_CARD, 180_000, "NPS6869", "thanh toan don hang"),
)
EXAMPLES = (
    (
        Transfer("970415", "113366668888"),
        "00020101021138560010A0000007270126000697041501121133666688880208QRIBFTTA53037045802VN6304F443",
    ),
    (
        Transfer("970436", "0011001932418", amount=8_000, purpose="H56.17.22 261121 0007 le phi"),
        "00020101021238570010A00000072701270006970436011300110019324180208QRIBFTTA5303704540480005802VN"
        "62320828H56.17.22 261121 0007 le phi6304E72C",
    ),
    (
        Transfer(
            "970405", "3900201010101", amount=115_000, bill="BN20261121A0007", purpose="PHI 2.000815 BN 0007"
        ),
        "00020101021238570010A00000072701270006970405011339002010101010208QRIBFTTA530370454061150005802VN"
        "62430115BN20261121A00070820PHI 2.000815 BN 00076304F788",
    ),
    (
        Transfer("970418", "12410000999999", amount=20_000, purpose="DVC H4226112100071"),
        "00020101021238580010A000000727012800069704180114124100009999990208QRIBFTTA53037045405200005802VN"
        "62220818DVC H42261121000716304E795",
    ),
)


@pytest.mark.parametrize("text", VECTORS)
def test_the_checksums_of_the_official_vectors(text):
    assert f"{crc(text[:-4]):04X}" == text[-4:]
    assert crc("123456789") == 0x29B1


@pytest.mark.parametrize(("text", "transfer"), list(zip(VECTORS[1:], READ, strict=True)))
def test_the_official_vectors_are_read_and_built(text, transfer):
    assert read_payload(text) == transfer
    assert payload(transfer) == text


@pytest.mark.parametrize(("transfer", "text"), EXAMPLES)
def test_our_examples_are_built_and_read(transfer, text):
    assert payload(transfer) == text
    assert read_payload(text) == transfer


@pytest.mark.parametrize("at", range(0, len(VECTORS[2]), 7))
def test_one_altered_sign_is_no_payment(at):
    text = VECTORS[2]
    altered = text[:at] + ("1" if text[at] != "1" else "2") + text[at + 1 :]
    with pytest.raises(ValueError):
        read_payload(altered)


def test_the_inconsistent_vector_and_other_qrs_are_refused():
    for text in (VECTORS[0], "", "https://example.vn", "0002010102116304", "áâ63041234"):
        with pytest.raises(ValueError):
            read_payload(text)


@given(
    st.sampled_from(sorted(BANKS)),
    st.from_regex("[0-9A-Z]{1,19}", fullmatch=True),
    st.none() | st.integers(0, 10**13 - 1),
    st.from_regex("([0-9A-Za-z][0-9A-Za-z .]{0,23})?", fullmatch=True),
)
def test_what_is_built_is_read_again(bank, account, amount, purpose):
    transfer = Transfer(bank, account, amount=amount, purpose=purpose)
    assert read_payload(payload(transfer)) == transfer


@pytest.mark.parametrize(
    "wrong",
    [{"bin": "97041"}, {"account": "1" * 20}, {"amount": 10**13}, {"amount": -1}, {"purpose": "lệ phí"}],
)
def test_what_does_not_fit_is_a_bug_of_ours(wrong):
    with pytest.raises(ValueError):
        payload(replace(EXAMPLES[3][0], **wrong))


def test_the_purpose_begins_with_the_reference_and_is_cut_at_a_word():
    assert purpose_of("MC0000001809", "Lệ phí đăng ký tạm trú") == "MC0000001809 LE PHI DANG"
    assert purpose_of("MC0000001809", "") == "MC0000001809"
    assert plain_holder("UBND phường Hạc Thành, tỉnh Thanh Hóa") == "UBND PHUONG HAC THANH TIN"


MINE = reference_of(18)


@pytest.mark.parametrize(
    "words",
    [
        f"{MINE} LE PHI",
        f"{MINE.lower()} le phi",
        f"MBVCB.4821099311.{MINE} LE PHI.CT tu 0011001932418 NGUYEN VAN A toi 3900201010101",
        f"{MINE}LEPHI",
        f"CT DEN:630412345678 {MINE}-LE-PHI-FT26325811",
        f"{MINE[:5]} {MINE[5:]} LE PHI",
        f"{MINE}20261121",
        f"{MINE}, {MINE}",
        f"Lệ phí MC {MINE[2:]}",
    ],
)
def test_the_reference_is_found_in_whatever_a_bank_makes_of_it(words):
    assert references_in(words) == (MINE,)


@pytest.mark.parametrize("words", ["", "LE PHI", MINE[:-1], MINE[2:], "MC123", "chuyen tien MC0000000000"])
def test_a_reference_that_lost_a_sign_is_none(words):
    assert references_in(words) == ()


@given(st.integers(1, 99_999_999), st.integers(2, 11), st.integers(1, 9))
def test_no_wrong_digit_leads_to_another_payment(number, at, by):
    good = reference_of(number)
    wrong = good[:at] + str((int(good[at]) + by) % 10) + good[at + 1 :]
    assert references_in(good) == (good,) and references_in(wrong) == ()


def test_two_references_are_both_told():
    assert references_in(f"{MINE} {reference_of(19)}") == (MINE, reference_of(19))
    for number in (0, 10**8):
        with pytest.raises(ValueError):
            reference_of(number)


def test_the_same_words_whatever_stands_between_them():
    assert same_words("Lệ phí  HỒ SƠ-18") == same_words("LE PHI HO SO 18")

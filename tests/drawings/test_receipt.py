from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from intake.drawings.text import as_text
from intake.paper import Banner, Code, Field, Paper, Qr, Rows, Text
from intake.receipt import NO_DATE, form_01, kiosk_receipt
from intake.rules.calendar import VIETNAM
from tests.drawings.papers import A_DAY, A_WAIT, GOLDEN, ORDINARY, SAME_DAY


def field(paper: Paper, label: str) -> str | None:
    return next((b.value for b in paper.blocks if isinstance(b, Field) and b.label == label), None)


def test_the_kiosk_receipt_leads_with_what_it_is_then_code_and_qr():
    heading, _, code, qr, *_ = kiosk_receipt(ORDINARY).blocks
    assert heading.text == "BIÊN NHẬN HỒ SƠ"
    assert code == Code("Mã hồ sơ", ("H56.17.22", "261126 · 0018"))
    assert isinstance(qr, Qr)
    assert qr.data == ORDINARY.qr_address


def test_the_kiosk_receipt_masks_the_name_and_never_tells_number_phone_or_address():
    held = repr(kiosk_receipt(ORDINARY))
    assert "Nguyễn T. T. D." in held
    for private in (
        ORDINARY.applicant_name,
        ORDINARY.citizen_id,
        ORDINARY.citizen_id[:6],
        ORDINARY.phone,
        ORDINARY.address,
    ):
        assert private not in held


def test_same_day_is_told_in_large_letters_with_the_hour():
    paper = kiosk_receipt(SAME_DAY)
    assert Banner("TRẢ NGAY HÔM NAY") in paper.blocks
    assert field(paper, "Hẹn trả") == "trước 11:30 hôm nay"


def test_a_day_without_appointments_is_named_and_makes_none():
    paper = kiosk_receipt(A_DAY)
    assert Text("Thứ Năm không giấy, không hẹn", strong=True, centred=True) in paper.blocks
    assert field(paper, "Hẹn trả") is None and field(paper, "Trả kết quả") == "trước 17:30 hôm nay"
    assert field(paper, "Giấy cần quét") == "2 giấy, cán bộ quét tại quầy rồi trả lại ngay"
    told = field(form_01(A_DAY), "Thời gian trả kết quả")
    assert told == "Trả trong ngày, không hẹn: trước 17 giờ 30 phút, ngày 26 tháng 11 năm 2026"


def test_who_waits_reads_until_when():
    assert field(kiosk_receipt(A_WAIT), "Trả kết quả") == "Xin chờ tại chỗ, có kết quả trước 09:40"


def test_a_later_day_is_told_with_its_weekday():
    assert field(kiosk_receipt(ORDINARY), "Hẹn trả") == "15:20 · Thứ Sáu, 27/11/2026"


def test_moments_are_told_on_the_clocks_of_vietnam():
    facts = replace(ORDINARY, received_at=ORDINARY.received_at.astimezone(tz=None))
    assert kiosk_receipt(facts) == kiosk_receipt(ORDINARY)
    assert form_01(facts) == form_01(ORDINARY)


def test_a_term_nobody_can_count_promises_no_date():
    facts = replace(ORDINARY, due_at=None, promised_at=None)
    assert field(kiosk_receipt(facts), "Hẹn trả") == NO_DATE
    assert field(form_01(facts), "Thời gian trả kết quả") == NO_DATE


@pytest.mark.parametrize("label", ("Phí, lệ phí", "Hỏi thêm"))
def test_what_is_not_known_leaves_no_empty_line(label):
    facts = replace(ORDINARY, fee_words="", fee_paid_words="", hotline="", bring_words="")
    assert field(kiosk_receipt(facts), label) is None


def test_a_dossier_without_papers_says_so_on_the_form():
    paper = form_01(replace(ORDINARY, papers=()))
    assert field(paper, "Thành phần hồ sơ") == "Không phải nộp giấy tờ"
    assert not any(isinstance(block, Rows) for block in paper.blocks)


def test_the_two_copies_of_the_form_differ_only_in_their_mark():
    kept, given = form_01(ORDINARY, copy=1).blocks, form_01(ORDINARY).blocks
    assert [pair for pair in zip(kept, given, strict=True) if pair[0] != pair[1]] == [
        (
            Text("Liên 1: Lưu", centred=True),
            Text("Liên 2: Giao khách hàng", centred=True),
        )
    ]


def test_a_reprint_carries_its_mark_on_top():
    assert as_text(GOLDEN["kiosk_receipt_reprint"]).splitlines()[0].strip() == "*** BẢN IN LẠI (lần 2) ***"
    assert kiosk_receipt(ORDINARY).marked_reprint(1) == kiosk_receipt(ORDINARY)


def test_an_old_dossier_keeps_the_form_of_2018():
    """That form asked neither for a citizen number nor for fees."""
    older = replace(ORDINARY, received_at=datetime(2025, 9, 14, 23, 30, tzinfo=VIETNAM))
    first = replace(ORDINARY, received_at=datetime(2025, 9, 15, 0, 0, tzinfo=VIETNAM))
    for label in ("Số định danh cá nhân", "Phí, lệ phí"):
        assert field(form_01(older), label) is None
        assert field(form_01(first), label) is not None
    assert field(form_01(older), "Thời gian trả kết quả") == field(form_01(ORDINARY), "Thời gian trả kết quả")

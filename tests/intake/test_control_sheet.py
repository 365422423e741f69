"""Form 06 says what the events say, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from build import vietnam
from intake import apologising, handing_over, returning, supplementing
from intake.control_sheet import ControlSheet, control_sheet, form_06
from intake.drawings.text import as_text
from intake.receipt import moment_in_full
from intake.records import Dossier
from intake.rules.lifecycle import Status
from intake.rules.refusals import NoSuchDossier
from lifeway import an_apology


@pytest.fixture
def sheet(life):
    def read() -> ControlSheet:
        return control_sheet(life.session, life.office, life.code, keys=life.keys, now=life.now())

    return read


def words(sheet) -> str:
    return " ".join(as_text(form_06(sheet, on=vietnam(27)), 300).split())


def test_a_dossier_just_received_shows_its_reception_only(sheet):
    (passing,) = sheet().passings
    assert (passing.giver, passing.given_by, passing.taken_by) == (
        "Người nộp hồ sơ",
        "Lê Thị Ngọc Lan",
        "Máy tự phục vụ 1",
    )
    assert passing.given_at == passing.taken_at == vietnam(20)
    assert sheet().happenings == ()


def test_every_hand_over_is_a_block_with_both_sides_and_the_result(life, civil, clock, sheet):
    life.check()
    life.pass_on(civil)
    assert (sheet().passings[-1].taken_at, sheet().passings[-1].taken_by) == (None, "")
    clock.now = vietnam(20, 15, 0)
    life.do(handing_over.confirm, by=life.thu)
    last = sheet().passings[-1]
    assert (last.giver, last.taker) == (life.office.name, civil.name)
    assert (last.given_at, last.given_by) == (vietnam(20), life.hoa.name)
    assert (last.taken_at, last.taken_by) == (vietnam(20, 15, 0), life.thu.name)
    assert last.result == "Trước hạn"
    assert sheet().unit == civil.name


def test_a_declined_hand_over_says_why(life, civil, sheet):
    life.check()
    life.pass_on(civil)
    life.do(handing_over.decline, reason="Thiếu bản chính của tờ khai", by=life.thu)
    last = sheet().passings[-1]
    assert last.taken_at is None
    assert last.note == "Không nhận: Thiếu bản chính của tờ khai"
    assert sheet().unit == life.office.name


def test_supplements_extensions_and_the_result_are_told_with_the_numbers_of_their_notices(life, clock, sheet):
    life.ask()
    life.do(supplementing.receive_supplement, ("form",))
    life.check()
    proposed = life.do(apologising.propose, an_apology(), by=life.hoa)
    life.do(apologising.issue, proposed.id, by=life.thu)
    clock.now = vietnam(25)
    life.do(returning.result_ready, returning.Result("118/XN"), by=life.thu)
    assert [one.words for one in sheet().happenings] == [
        "Yêu cầu bổ sung hồ sơ, phiếu số 1/HDHS; tạm dừng thời gian giải quyết",
        "Nhận đủ bổ sung; tiếp tục giải quyết",
        "Xin lỗi và gia hạn, văn bản số 1/PXL; thời gian trả mới 10 giờ 15 phút, ngày 27 tháng 11 năm 2026",
        "Có kết quả giải quyết, văn bản số 118/XN",
    ]
    assert sheet().due_at == life.dossier.promised_at
    assert sheet().expected_at == vietnam(27)


def test_the_way_back_to_the_applicant_is_the_last_block(life, sheet):
    life.lead_to(Status.RETURNED)
    last = sheet().passings[-1]
    assert (last.giver, last.taker, last.taken_by) == (life.office.name, "Người nộp hồ sơ", "Lê Thị Ngọc Lan")
    assert last.result == "Trước hạn"


def test_what_travels_by_post_names_the_postal_document(life, sheet):
    life.session.execute(update(Dossier).values(collection="post"))
    life.session.commit()
    life.lead_to(Status.RESULT_READY)
    life.do(returning.send_by_post, "RA473124829VN")
    life.do(returning.delivered)
    sent, handed = sheet().passings[-2:]
    assert (sent.taker, sent.note) == ("Bưu chính công ích", "Số hiệu bưu gửi RA473124829VN")
    assert (handed.giver, handed.note) == ("Bưu chính công ích", "Theo chứng từ bưu chính")
    assert "chứng từ bưu chính" in words(sheet())


def test_every_field_of_the_form_is_there(life, civil, sheet):
    life.check()
    life.pass_on(civil)
    text = words(replace(sheet(), others=("Thuế cơ sở 1",)))
    for field in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ",
        "Chủ hồ sơ: Lê Thị Ngọc Lan",
        "Loại thủ tục: Cấp bản sao trích lục để thử nghiệm",
        "Địa chỉ: Tổ 3, Phường Hạc Thành, Thanh Hóa",
        f"Mã hồ sơ: {life.code}",
        "Thời gian nhận: 10 giờ 15 phút, ngày 20 tháng 11 năm 2026",
        f"Thời gian trả: {moment_in_full(life.dossier.promised_at)}",
        "Cơ quan (bộ phận) giải quyết: Phòng Tư pháp – Hộ tịch",
        "Cơ quan phối hợp giải quyết: Thuế cơ sở 1",
        "Tên cơ quan | Thời gian giao, nhận hồ sơ | Kết quả | Ghi chú",
        "2. Nhận: Phòng Tư pháp – Hộ tịch",
        "Người giao: Lê Thu Hoa",
        "Cột kết quả do bên nhận ghi.",
    ):
        assert field in text


def test_a_dossier_of_another_office_is_none(life):
    with pytest.raises(NoSuchDossier):
        control_sheet(life.session, life.office, "H56.99", keys=life.keys, now=life.now())

"""Notices to draw: each form with ordinary and with very long contents, and both sets."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from intake.notice_facts import NoticeFacts, NoticeItem
from intake.notice_papers import paper_of_notice, slip_of_notice
from intake.rules.calendar import VIETNAM
from intake.rules.reasons import (
    LATE_REASONS,
    REFUSAL_REASONS,
    STOP_FEES,
    STOP_GROUNDS,
    STOP_PROOFS,
    LateReason,
    RefusalReason,
    StopGround,
)
from tests.drawings.papers import QR_ADDRESS


def at(day: int, hour: int, minute: int, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=VIETNAM)


COMMON = NoticeFacts(
    form="supplement_request",
    form_set="tt03_2025",
    office_name="Trung tâm Phục vụ hành chính công phường Hạc Thành",
    office_place="Hạc Thành",
    agency_name="Ủy ban nhân dân phường Hạc Thành",
    hotline="0237 385 2246",
    collect_at="Quầy 3, số 5 phố Hạc Thành, phường Hạc Thành",
    dossier_code="H56.17.22-261126-0018",
    procedure_name="Thủ tục đăng ký khai sinh",
    applicant_name="Nguyễn Thị Thùy Dương",
    citizen_id="038190***345",
    address="Số 12 ngõ 45 đường Lê Hoàn, phường Hạc Thành, tỉnh Thanh Hóa",
    phone="0912***678",
    email="duong@vidu.vn",
    received_at=at(26, 8, 51),
    due_at=at(27, 15, 20),
    deadline_at=at(27, 15, 20),
    expected_at=at(27, 15, 20),
    guide_name="Lê Văn Ổn",
    guide_phone="0237 385 2246, máy lẻ 12",
    officer_name="Trần Thị Hoa",
    signer_name="Trần Thị Hoa",
    issued_at=at(26, 14, 5),
)
SUPPLEMENT = replace(
    COMMON,
    stage="intake",
    items=(
        NoticeItem(
            "form", "Tờ khai đăng ký khai sinh theo mẫu", "Thiếu chữ ký của người yêu cầu", originals=1
        ),
        NoticeItem("birth", "Giấy chứng sinh", "Bản chụp mờ, không đọc được ngày sinh", 1, 0, 1),
        NoticeItem("name", "Họ, chữ đệm, tên của trẻ", "Khác với giấy chứng sinh"),
    ),
    reason_text="Hồ sơ chưa đủ để đăng ký theo quy định",
    legal_basis="Điều 16 Luật Hộ tịch",
    until=at(3, 17, 0, month=12),
)
REFUSAL = replace(
    COMMON,
    form="refusal_notice",
    reason=RefusalReason.NOT_COMPETENT,
    reason_words=REFUSAL_REASONS[RefusalReason.NOT_COMPETENT],
    reason_text="Cha mẹ của trẻ cư trú tại phường Sầm Sơn; hồ sơ nộp tại Ủy ban nhân dân phường Sầm Sơn",
    legal_basis="Điều 13 Luật Hộ tịch",
    returned_papers=("Tờ khai (01 bản chính)", "Giấy chứng sinh (01 bản chính)"),
    signer_name="Nguyễn Thị Thu",
)
APOLOGY = replace(
    COMMON,
    form="apology",
    reason=LateReason.OTHER_AGENCY,
    reason_words=LATE_REASONS[LateReason.OTHER_AGENCY],
    reason_text="Công an phường chưa trả lời kết quả xác minh nơi cư trú của cha, mẹ",
    until=at(2, 16, 0, month=12),
    extensions_before=0,
    signer_name="Nguyễn Thị Thu",
)
STOP = replace(
    COMMON,
    form="stop_notice",
    reason=StopGround.APPLICANT_REQUEST,
    reason_words=STOP_GROUNDS[StopGround.APPLICANT_REQUEST],
    reason_text="Gia đình chuyển về quê, sẽ đăng ký tại nơi cư trú mới",
    requested_by="Nguyễn Thị Thùy Dương",
    requested_at=at(26, 13, 40),
    proof_words=STOP_PROOFS["in_person"],
    status_before="in_progress",
    fees_words=STOP_FEES["refund"],
    returned_papers=("Tờ khai (01 bản chính)", "Giấy chứng sinh (01 bản chính)"),
    signer_name="Nguyễn Thị Thu",
)
FACTS = {facts.form: facts for facts in (SUPPLEMENT, REFUSAL, APOLOGY, STOP)}

_LONG = {
    "office_name": "Trung tâm Phục vụ hành chính công xã Nguyễn Bỉnh Khiêm - Trạm tiếp nhận Vĩnh Bảo",
    "agency_name": "Ủy ban nhân dân xã Nguyễn Bỉnh Khiêm, thành phố Hải Phòng",
    "applicant_name": "Công Tằng Tôn Nữ Hoàng Nguyễn Phước Quỳnh Anh Thư Trâm Uyên",
    "procedure_name": "Đăng ký khai sinh kết hợp đăng ký nhận cha, mẹ, con có yếu tố nước ngoài ở biên giới",
    "address": "Căn hộ 2412, tòa B, khu đô thị ven sông Thái Bình, đường 37, thôn Trung Am, xã Vĩnh Bảo",
    "reason_text": "Qua đối chiếu, thông tin khai không khớp; cơ quan đã xác minh nhiều lần. " * 11,
    "returned_papers": tuple(f"Giấy tờ thứ {i} (01 bản chính, 02 bản chứng thực)" for i in range(1, 15)),
}
LONG = {
    form: replace(
        facts,
        **_LONG,
        items=tuple(
            NoticeItem(
                f"p{i}", f"Giấy tờ thứ {i} về quyền sử dụng đất", "Thiếu trang, mờ, không có dấu", 1, 2, 3
            )
            for i in range(1, 26)
        )
        if form == "supplement_request"
        else (),
    )
    for form, facts in FACTS.items()
}
OLD = replace(
    APOLOGY, form_set="tt01_2018", received_at=at(4, 9, 0, month=9, year=2025),
    due_at=at(11, 9, 0, month=9, year=2025), issued_at=at(10, 9, 0, month=9, year=2025),
    deadline_at=at(11, 9, 0, month=9, year=2025), until=at(18, 9, 0, month=9, year=2025),
)  # fmt: skip

GOLDEN = {
    **{f"form_{form}": paper_of_notice(facts, 3) for form, facts in FACTS.items()},
    **{f"slip_{form}": slip_of_notice(facts, 3, QR_ADDRESS) for form, facts in FACTS.items()},
    "form_apology_2018": paper_of_notice(OLD, 7),
    "form_refusal_notice_draft": paper_of_notice(replace(REFUSAL, issued_at=None), None),
}

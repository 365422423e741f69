"""Forms 02 to 05: what each must say, as the law's list of fields."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pypdfium2
import pytest

from intake.drawings.pdf import draw_pdf
from intake.drawings.text import as_text
from intake.drawings.thermal import draw_thermal
from intake.notice_papers import DRAFT, paper_of_notice, slip_of_notice
from tests.drawings.notices import APOLOGY, COMMON, FACTS, LONG, OLD, REFUSAL, SUPPLEMENT
from tests.drawings.papers import QR_ADDRESS

LETTERHEAD = (
    "ỦY BAN NHÂN DÂN PHƯỜNG HẠC THÀNH",
    "Trung tâm Phục vụ hành chính công phường Hạc Thành",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "Hạc Thành, ngày 26 tháng 11 năm 2026",
)
APPLICANT = (
    "Nguyễn Thị Thùy Dương",
    "Địa chỉ: Số 12 ngõ 45 đường Lê Hoàn, phường Hạc Thành, tỉnh Thanh Hóa",
    "Số điện thoại: 0912***678",
    "Email: duong@vidu.vn",
    "Mã hồ sơ: H56.17.22-261126-0018",
)
FIELDS = {
    "supplement_request": (
        "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ",
        "Số: 3/HDHS",
        "Tiếp nhận hồ sơ của: Nguyễn Thị Thùy Dương",
        "Nội dung yêu cầu giải quyết: Thủ tục đăng ký khai sinh",
        "Giai đoạn: Tiếp nhận hồ sơ",
        "Nội dung cần hoàn thiện",
        "TT | Thành phần hồ sơ | Nội dung cần hoàn thiện | Bản chính | Bản chứng thực | Bản photo",
        "2 | Giấy chứng sinh | Bản chụp mờ, không đọc được ngày sinh | 01 | – | 01",
        "Lý do: Hồ sơ chưa đủ để đăng ký theo quy định",
        "Căn cứ: Điều 16 Luật Hộ tịch",
        "Hạn bổ sung, hoàn thiện: 17 giờ 00 phút, ngày 03 tháng 12 năm 2026",
        "liên hệ Lê Văn Ổn, điện thoại 0237 385 2246, máy lẻ 12",
        "Thời gian giải quyết tạm dừng",
        "Người hướng dẫn",
        "Trần Thị Hoa",
    ),
    "refusal_notice": (
        "PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ",
        "Số: 3/TCHS",
        "Tiếp nhận hồ sơ của: Nguyễn Thị Thùy Dương",
        "Nội dung yêu cầu giải quyết: Thủ tục đăng ký khai sinh",
        "Lý do không tiếp nhận: Không thuộc thẩm quyền, phạm vi giải quyết của cơ quan. Cha mẹ của trẻ",
        "Căn cứ: Điều 13 Luật Hộ tịch",
        "Giấy tờ trả lại: Tờ khai (01 bản chính); Giấy chứng sinh (01 bản chính)",
        "Người nộp hồ sơ",
        "Cán bộ tiếp nhận",
        "Nguyễn Thị Thu",
    ),
    "apology": (
        "VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT",
        "Số: 3/PXL",
        "Kính gửi: Nguyễn Thị Thùy Dương",
        "Lúc 08 giờ 51 phút, ngày 26 tháng 11 năm 2026",
        "về việc: Thủ tục đăng ký khai sinh",
        "Thời gian hẹn trả kết quả: 15 giờ 20 phút, ngày 27 tháng 11 năm 2026",
        "đã được chuyển đến cơ quan giải quyết nhưng chưa thể trả kết quả",
        "Lý do: Cơ quan phối hợp chưa trả lời. Công an phường chưa trả lời",
        "xin lỗi Ông/Bà",
        "đề nghị gia hạn thời gian giải quyết",
        "Thời gian trả kết quả mới: 16 giờ 00 phút, ngày 02 tháng 12 năm 2026",
        "Số lần đã gia hạn trước đây: chưa có",
        "Nơi nhận: - Như trên; - Trung tâm Phục vụ hành chính công phường Hạc Thành; - Lưu: VT, hồ sơ.",
        "THỦ TRƯỞNG CƠ QUAN",
        "Nguyễn Thị Thu",
    ),
    "stop_notice": (
        "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ",
        "Số: 3/TBD",
        "Kính gửi: Nguyễn Thị Thùy Dương",
        "Nội dung yêu cầu giải quyết: Thủ tục đăng ký khai sinh",
        "Người đề nghị dừng: Nguyễn Thị Thùy Dương",
        "Thời gian đề nghị: 13 giờ 40 phút, ngày 26 tháng 11 năm 2026",
        "Xác nhận người đề nghị: Người nộp đề nghị trực tiếp",
        "Giai đoạn giải quyết khi dừng: Đang giải quyết",
        "chưa có quyết định về kết quả giải quyết",
        "Lý do: Theo đề nghị của người nộp hồ sơ. Gia đình chuyển về quê",
        "Phí, lệ phí: Hoàn trả phí, lệ phí đã nộp",
        "Giấy tờ trả lại: Tờ khai (01 bản chính)",
        "THỦ TRƯỞNG CƠ QUAN",
    ),
}


def words(paper) -> str:
    return " ".join(as_text(paper, 200).split())


@pytest.mark.parametrize("form", FIELDS)
def test_every_field_of_the_form_is_there(form):
    text = words(paper_of_notice(FACTS[form], 3))
    assert [field for field in (*LETTERHEAD, *APPLICANT, *FIELDS[form]) if field not in text] == []


@pytest.mark.parametrize("size", ("A5", "A4"))
@pytest.mark.parametrize("form", FIELDS)
def test_an_ordinary_notice_takes_one_page_and_a_long_one_loses_nothing(form, size):
    with pypdfium2.PdfDocument(draw_pdf(paper_of_notice(FACTS[form], 3), size)) as document:
        assert len(document) == 1
    paper = paper_of_notice(LONG[form], 3)
    with pypdfium2.PdfDocument(draw_pdf(paper, size)) as document:
        drawn = "".join(page.get_textpage().get_text_bounded() for page in document)
    assert unicodedata.is_normalized("NFC", drawn)
    for item in LONG[form].items:
        assert item.name in " ".join(drawn.split())
    for said in (LONG[form].applicant_name, LONG[form].procedure_name):
        assert "".join(said.split()) in "".join(drawn.split())
    assert drawn.count("khớp;") == LONG[form].reason_text.count("khớp;")


def test_a_notice_without_a_number_is_marked_as_a_draft():
    draft = words(paper_of_notice(replace(REFUSAL, issued_at=None), None))
    assert DRAFT in draft
    assert "Số: ……/TCHS" in draft
    assert "Hạc Thành, ngày …… tháng …… năm ………" in draft
    assert DRAFT not in words(paper_of_notice(REFUSAL, 1))


def test_an_old_dossier_keeps_the_titles_of_its_set():
    text = words(paper_of_notice(OLD, 7))
    assert "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ" in text
    assert "hẹn lại thời gian trả kết quả" in text
    assert "gia hạn thời gian giải quyết" not in text


def test_a_supplement_request_somebody_else_approved_is_signed_by_both():
    text = words(paper_of_notice(replace(SUPPLEMENT, signer_name="Nguyễn Thị Thu"), 3))
    assert "Người duyệt Người hướng dẫn" in text
    assert "Nguyễn Thị Thu Trần Thị Hoa" in text


def test_an_extended_apology_tells_the_earlier_moves():
    moved = replace(APOLOGY, deadline_at=APOLOGY.until, extensions_before=1)
    text = words(paper_of_notice(moved, 4))
    assert "Đã được dời đến: 16 giờ 00 phút, ngày 02 tháng 12 năm 2026" in text
    assert "Số lần đã gia hạn trước đây: 1" in text


@pytest.mark.parametrize("form", FIELDS)
def test_a_slip_masks_the_name_and_never_tells_number_phone_or_address(form):
    text = words(slip_of_notice(FACTS[form], 3, QR_ADDRESS))
    assert "Nguyễn T. T. D." in text
    assert "261126 · 0018" in text
    for private in (COMMON.applicant_name, COMMON.citizen_id, COMMON.phone, COMMON.address, COMMON.email):
        assert private not in text


@pytest.mark.parametrize("width", (576, 384))
@pytest.mark.parametrize("form", FIELDS)
def test_a_slip_is_shorter_than_two_hands(form, width):
    raster = draw_thermal(slip_of_notice(FACTS[form], 3, QR_ADDRESS), width)
    assert raster.height <= (1400 if width == 576 else 1600)  # 175 and 200 mm
    assert draw_thermal(slip_of_notice(LONG[form], 3, QR_ADDRESS), width).height > raster.height


def test_a_slip_says_what_to_bring_and_by_when():
    text = words(slip_of_notice(SUPPLEMENT, 3, QR_ADDRESS))
    assert "2. Giấy chứng sinh: Bản chụp mờ, không đọc được ngày sinh (1 bản chính, 1 bản photo)" in text
    assert "Trước: 17:00 · Thứ Năm, 03/12/2026" in text

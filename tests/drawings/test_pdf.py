from __future__ import annotations

import subprocess
import sys
import unicodedata
from dataclasses import replace

import pypdfium2
import pytest
import zxingcpp

from intake.drawings.pdf import draw_pdf, draw_pdfs
from intake.paper import Paper, Rows, Signatures, Text
from intake.receipt import COPY_MARKS, form_01, kiosk_receipt
from tests.drawings.papers import GOLDEN, LONG, ORDINARY

MANY_PAPERS = replace(
    ORDINARY,
    papers=tuple((f"Giấy tờ thứ {i} về quyền sử dụng đất", "Bản sao chứng thực", 1) for i in range(1, 61)),
)


def text_of(data: bytes) -> str:
    """What a reader copies out of the PDF, spaces evened."""
    with pypdfium2.PdfDocument(data) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    return " ".join(" ".join(pages).split())


def pages_of(data: bytes) -> list[str]:
    with pypdfium2.PdfDocument(data) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


@pytest.mark.parametrize(
    ("size", "points"), (("A5", (419.5, 595.3)), ("A4", (595.3, 841.9)), ("A4 landscape", (841.9, 595.3)))
)
def test_the_page_has_the_asked_size(size, points):
    with pypdfium2.PdfDocument(draw_pdf(form_01(ORDINARY), size)) as document:
        assert document[0].get_size() == pytest.approx(points, abs=0.1)


def test_every_field_of_the_form_can_be_copied_out_in_nfc():
    facts = replace(
        ORDINARY, email="duong@vidu.vn", register_book="02", register_no="118", officer_name="Lê Văn Ổn"
    )
    text = text_of(draw_pdf(form_01(facts)))
    assert unicodedata.is_normalized("NFC", text)
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "ỦY BAN NHÂN DÂN PHƯỜNG HẠC THÀNH",
        "Số: 18/TNHS",
        "Hạc Thành, ngày 26 tháng 11 năm 2026",
        "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
        "Liên 2: Giao khách hàng",
        "H56.17.22",
        "261126 · 0018",
        "Bộ phận tiếp nhận và trả kết quả: Trung tâm Phục vụ hành chính công phường Hạc Thành",
        "Tiếp nhận hồ sơ của: Nguyễn Thị Thùy Dương",
        "Số định danh cá nhân: 038190***345",
        "Địa chỉ: Số 12 ngõ 45 đường Lê Hoàn, phường Hạc Thành, tỉnh Thanh Hóa",
        "Số điện thoại: 091***5678",
        "Email: duong@vidu.vn",
        "Nội dung yêu cầu giải quyết: Thủ tục đăng ký khai sinh",
        "Giấy chứng sinh do cơ sở y tế nơi trẻ em sinh ra cấp Bản chính 1",
        "Số lượng hồ sơ: 01 bộ",
        "Thời gian giải quyết theo quy định: 01 ngày làm việc",
        "Thời gian nhận hồ sơ: 08 giờ 51 phút, ngày 26 tháng 11 năm 2026",
        "Thời gian trả kết quả: 15 giờ 20 phút, ngày 27 tháng 11 năm 2026",
        "Đăng ký nhận kết quả: Nhận tại quầy, Quầy 3",
        "Phí, lệ phí: 8.000 đồng · chưa nộp",
        "Vào Sổ theo dõi hồ sơ: Quyển số 02, số thứ tự 118",
        "Người nộp hồ sơ",
        "Người tiếp nhận hồ sơ",
        "Lê Văn Ổn",
        "Ghi chú: Giấy này lập thành hai liên",
    ):
        assert words in text


def test_the_catalog_names_title_and_language():
    data = draw_pdf(form_01(ORDINARY))
    assert b"/Lang (vi)" in data
    with pypdfium2.PdfDocument(data) as document:
        title = document.get_metadata_dict()["Title"]
    assert title == "Giấy tiếp nhận hồ sơ và hẹn trả kết quả H56.17.22-261126-0018"


@pytest.mark.parametrize("name", GOLDEN)
def test_the_same_paper_gives_the_same_bytes(name):
    assert draw_pdf(GOLDEN[name]) == draw_pdf(GOLDEN[name])


def test_fonts_are_embedded_and_nothing_else_is_used():
    data = draw_pdf(form_01(ORDINARY))
    assert b"/FontFile2" in data
    assert b"BeVietnamPro" in data


def test_a_long_list_of_papers_breaks_over_pages_under_a_repeated_heading():
    first, *others = pages_of(draw_pdf(form_01(MANY_PAPERS)))
    assert len(others) >= 2
    assert all("Tên giấy tờ" in page for page in (first, *others[:-1]))
    count = len(others) + 1
    assert all(f"Trang {number}/{count}" in page for number, page in enumerate((first, *others), start=1))
    assert all(f"thứ {i} về" in " ".join("".join((first, *others)).split()) for i in range(1, 61))


def test_one_page_is_not_numbered():
    assert "Trang" not in text_of(draw_pdf(form_01(ORDINARY)))


def test_both_copies_come_in_one_file_each_numbered_by_itself():
    first, second = pages_of(draw_pdfs((form_01(ORDINARY, copy=1), form_01(ORDINARY, copy=2))))
    assert COPY_MARKS[1] in first and COPY_MARKS[2] in second
    assert "Trang" not in first + second
    kept, *others = pages_of(draw_pdfs((form_01(ORDINARY, copy=1), form_01(MANY_PAPERS, copy=2))))
    assert "Trang" not in kept
    assert [f"Trang {number}/{len(others)}" in page for number, page in enumerate(others, 1)] == [True] * len(
        others
    )


def test_signatures_are_never_torn_apart():
    """Wherever they fall, role and name stand on one page."""
    for lines in range(25, 45):
        signed = Signatures((("Người tiếp nhận", "Lê Văn Ổn"),), copies_to=("- Như trên;", "- Lưu: VT."))
        pages = pages_of(draw_pdf(Paper("", (*[Text(f"dòng {i}") for i in range(lines)], signed))))
        assert all(("Người tiếp nhận" in page) == ("Lê Văn Ổn" in page) for page in pages)
        assert sum("Nơi nhận:" in page for page in pages) == 1


def test_a_line_break_in_a_cell_is_kept():
    paper = Paper("", (Rows(("Cơ quan", "Ghi chú"), (("1. Giao\n2. Nhận", ""),), shares=(1, 1)),))
    (page,) = pages_of(draw_pdf(paper))
    assert "1. Giao\r\n2. Nhận" in page


def test_one_cell_longer_than_a_page_is_not_cut():
    paper = Paper("Dài", (Rows(("STT", "Tên"), (("1", " ".join(f"từ{i}" for i in range(3000))),)),))
    text = text_of(draw_pdf(paper))
    assert all(f"từ{i}" in text for i in range(3000))


@pytest.mark.parametrize("text", ("x" * 400, "mm " + "m" * 300, "<b>&amp;", "A B"))
def test_endless_words_and_signs_of_markup_are_kept(text):
    drawn = text_of(draw_pdf(Paper("", (Text(text), Text(text, centred=True)))))
    assert drawn.replace(" ", "") == 2 * text.replace(" ", "")


@pytest.mark.parametrize("paper", (form_01(ORDINARY), kiosk_receipt(LONG)), ids=("form 01", "kiosk"))
def test_the_qr_on_the_page_reads_back(paper):
    with pypdfium2.PdfDocument(draw_pdf(paper)) as document:
        (found,) = zxingcpp.read_barcodes(document[0].render(scale=3, grayscale=True).to_pil())
    assert found.text == ORDINARY.qr_address


def test_the_kiosk_receipt_as_pdf_tells_neither_name_nor_number():
    text = text_of(draw_pdf(kiosk_receipt(ORDINARY)))
    assert "Nguyễn T. T. D." in text
    assert ORDINARY.applicant_name not in text
    assert ORDINARY.citizen_id[:6] not in text


def test_no_pdf_is_imported_before_one_is_asked_for():
    code = "import sys, intake.drawings.pdf; sys.exit('reportlab' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_small_tables_break_between_rows_and_lose_nothing():
    """Also a cell longer than a page, and a word longer than its column."""
    cells = [f"dòng{i}" for i in range(80)] + [" ".join(f"từ{i}" for i in range(900)), "x" * 300]
    rows = tuple((str(i), cell, "") for i, cell in enumerate(cells))
    paper = Paper("Sổ", (Rows(("STT", "Nội dung\nchính", "Ghi chú"), rows, (1, 3, 6), small=True),))
    pages = pages_of(draw_pdf(paper, "A4 landscape"))
    text = " ".join(" ".join(pages).split())
    assert len(pages) > 3
    assert all("STT" in page and "Ghi chú" in page for page in pages)
    assert all(f"dòng{i}" in text for i in range(80))
    assert all(f"từ{i}" in text for i in range(900))
    assert text.count("x") == 300

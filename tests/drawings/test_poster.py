"""The poster of a service day: one page in every size, its words, and a QR that leads to the office."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp

from dayway import a_rule
from intake.coming_days import ComingRule
from intake.poster import SIZES, Poster, draw_poster, poster_of
from intake.records import Office
from intake.rules.service_days import Mode, Part

OFFICE = Office(
    code="H56.17.22",
    name="Trung tâm Phục vụ hành chính công",
    place="Phường Hạc Thành, tỉnh Thanh Hóa",
    hotline="0237 385 0000",
)
NAMES = tuple(f"Đăng ký việc thứ {number} của hộ tịch" for number in range(1, 50))
A4 = (595, 842)


def a_poster(*, procedures: tuple[str, ...] = NAMES, draft: bool = False, **changes) -> Poster:
    rule = a_rule(**changes)
    coming = ComingRule(rule, not rule.procedures, procedures, "07:30–11:30 và 13:30–17:30")
    return poster_of(OFFICE, coming, base_url="http://192.168.100.20:8080/", draft=draft)


def words(pdf: bytes) -> str:
    (page,) = pypdfium2.PdfDocument(BytesIO(pdf))
    return " ".join(page.get_textpage().get_text_range().split())


@pytest.mark.parametrize(("size", "scale"), [("a3", 2**0.5), ("a4", 1), ("a5", 0.5**0.5)])
def test_one_page_of_its_size_with_a_qr_that_reads(size, scale):
    (page,) = pypdfium2.PdfDocument(BytesIO(draw_poster(a_poster(), size)))
    assert page.get_size() == pytest.approx([side * scale for side in A4], abs=1.5)
    (qr,) = zxingcpp.read_barcodes(page.render(scale=1.5).to_pil())
    assert qr.text == "http://192.168.100.20:8080/ngay-khong-giay/H56.17.22"


@pytest.mark.parametrize("size", ["a3", "a4"])
def test_the_wall_says_day_procedures_papers_hours_and_by_whose_decision(size):
    told = words(draw_poster(a_poster(), size))
    for part in (
        "Thứ Năm không giấy, không hẹn",
        "Thứ Năm hằng tuần, từ 01/11/2026",
        a_rule().notices["vi"],
        "Tất cả 49 thủ tục nhận ở đây",
        NAMES[0],
        "Cần mang",
        "Không cần mang",
        "07:30–11:30 và 13:30–17:30",
        "Nộp trước 15:00",
        "Đường dây nóng: 0237 385 0000",
        "Quyết định số 45/QĐ-UBND ngày 26/10/2026 · người ký: Lê Văn Tám",
    ):
        assert part in told, part
    assert "CHƯA CÔNG BỐ" not in told


def test_as_many_procedures_as_fit_and_how_many_more():
    told = words(draw_poster(a_poster(), "a4"))
    shown = [name for name in NAMES if name in told]
    assert 8 <= len(shown) < 49 and shown == list(NAMES[: len(shown)])
    assert f"và {49 - len(shown)} thủ tục khác" in told


@pytest.mark.parametrize("count", [1, 6, 8, 14])
def test_a_few_procedures_are_all_named(count):
    told = words(draw_poster(a_poster(procedures=NAMES[:count]), "a4"))
    assert all(name in told for name in NAMES[:count]) and "thủ tục khác" not in told


def test_the_door_says_the_day_and_the_hours():
    told = words(draw_poster(a_poster(), "a5"))
    assert "Thứ Năm không giấy, không hẹn" in told and "Nộp trước 15:00" in told and NAMES[0] not in told


@pytest.mark.parametrize("size", SIZES)
def test_long_words_stay_on_the_page(size):
    long = a_poster(
        title="Sáng thứ Tư không chờ, không hẹn, không giấy cho mười bốn thủ tục hộ tịch và chứng thực",
        part=Part.MORNING,
        notices={"vi": "Mời mang thẻ căn cước hoặc điện thoại có VNeID; " * 3},
        procedures=NAMES,
    )
    told = words(draw_poster(replace(long, office=OFFICE.name + " phường Nguyễn Bỉnh Khiêm"), size))
    assert "chứng thực" in told and "Đường dây nóng" in told


@pytest.mark.parametrize("size", SIZES)
def test_what_is_not_published_says_so(size):
    assert "CHƯA CÔNG BỐ" in words(draw_poster(a_poster(draft=True), size))


def test_a_day_with_paper_asks_for_the_papers_and_promises_no_hour_it_does_not_keep():
    poster = a_poster(modes=frozenset({Mode.NO_WAIT}), target_minutes=30, part=Part.MORNING, notices={})
    assert poster.deadline == "Nộp trong buổi sáng" and poster.leave == ("Giấy hẹn",)
    assert poster.sentence == "Chờ khoảng 30 phút là có kết quả."


def test_the_same_poster_is_the_same_file():
    assert draw_poster(a_poster(), "a4") == draw_poster(a_poster(), "a4")

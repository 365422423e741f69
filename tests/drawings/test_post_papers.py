"""The papers of the post on every medium: what a scanner reads back, and what nobody may read on them."""

from __future__ import annotations

import pypdfium2
import pytest
import zxingcpp

from intake.drawings.barcode import BAR_QUIET, barcode_svg, code128
from intake.drawings.pdf import draw_pdf
from intake.drawings.text import as_text
from intake.drawings.thermal import draw_thermal
from intake.paper import Barcode, Paper
from intake.post.papers import label_in, receipt_paper, slip_paper
from tests.drawings.papers import QR_ADDRESS, picture
from tests.drawings.post import HOME, LONG, SENT

NUMBERS = ("RR473124829VN", "EH261121008VN", "VNP-2026/000123", "1234567890123", "A1B2C")


def read(image: object) -> dict[str, str]:
    """What a scanner finds, by the kind of symbol."""
    return {found.format.name: found.text for found in zxingcpp.read_barcodes(image)}


def page(paper: Paper, size: str) -> object:
    with pypdfium2.PdfDocument(draw_pdf(paper, size)) as document:  # type: ignore[arg-type]
        return document[0].render(scale=4, grayscale=True).to_pil()


@pytest.mark.parametrize("number", NUMBERS)
def test_bars_on_a_roll_read_back(number):
    for width in (576, 384) if len(number) < 15 else (576,):
        raster = draw_thermal(Paper("", (Barcode(number, number),)), width)
        assert read(picture(raster)) == {"Code128": number}


@pytest.mark.parametrize("number", NUMBERS)
def test_bars_on_a_page_read_back(number):
    assert read(page(Paper("", (Barcode(number, number),)), "A6")) == {"Code128": number}


@pytest.mark.parametrize("width", (576, 384))
def test_bars_have_their_white_on_both_sides(width):
    raster = draw_thermal(Paper("", (Barcode("RR473124829VN"),)), width)
    left, _, right, _ = picture(raster).point(lambda level: 255 - level).getbbox()
    narrow = (right - left) // len(code128("RR473124829VN"))
    assert narrow >= 2
    assert min(left, width - right) >= BAR_QUIET * narrow


def test_what_is_too_long_for_the_roll_stands_there_in_letters():
    short, long = (draw_thermal(Paper("", (Barcode(data, data),)), 384) for data in ("A1B2C", "A1" * 20))
    assert read(picture(short)) == {"Code128": "A1B2C"}
    assert read(picture(long)) == {}
    assert long.height > 100


@pytest.mark.parametrize("data", ("", "Bưu gửi", "RR47\n"))
def test_bars_are_of_printable_ascii_only(data):
    with pytest.raises(ValueError, match="no bars"):
        code128(data)


def test_the_screen_gets_one_picture_that_says_what_it_is():
    svg = barcode_svg("RR473124829VN")
    assert svg.startswith("<svg") and 'aria-label="Mã vạch RR473124829VN"' in svg
    assert svg.count("h1v30") == sum(code128("RR473124829VN"))


def test_a_paper_on_the_screen_shows_its_bars_too(sqlite_house):
    html = str(sqlite_house.app.jinja_env.globals["ui"].paper(label_in(SENT)))
    assert 'aria-label="Mã vạch EH261121008VN"' in html and "EH 2611 2100 8 VN" in html


@pytest.mark.parametrize("width", (576, 384))
def test_a_label_is_scanned_by_bars_and_by_qr(width):
    number = SENT.item_number
    assert read(picture(draw_thermal(label_in(SENT), width))) == {"Code128": number, "QRCode": number}


def test_a_label_fits_on_one_a6_page_whatever_it_says():
    for paper in (label_in(SENT), label_in(LONG), HOME, receipt_paper(LONG).marked_reprint(2)):
        with pypdfium2.PdfDocument(draw_pdf(paper, "A6")) as document:
            assert len(document) == 1
            assert document[0].get_size() == pytest.approx((297.6, 419.5), abs=0.1)
    assert read(page(HOME, "A6")) == {"Code128": "RR473124829VN", "QRCode": "RR473124829VN"}


def test_nobody_reads_half_a_number():
    with pypdfium2.PdfDocument(draw_pdf(receipt_paper(SENT), "A6")) as document:
        assert "EH 2611 2100 8 VN" in document[0].get_textpage().get_text_range()


def test_an_ordinary_slip_is_one_a5_page():
    with pypdfium2.PdfDocument(draw_pdf(slip_paper(SENT), "A5")) as document:
        assert len(document) == 1


@pytest.mark.parametrize("width", (576, 384))
def test_long_papers_are_drawn_on_every_roll(width):
    for paper in (slip_paper(LONG, copy=2), label_in(LONG)):
        assert draw_thermal(paper, width).height > 800


def test_the_receipt_tells_neither_name_nor_number_nor_telephone():
    text = as_text(receipt_paper(SENT), 80)
    assert SENT.masked_sender in text and QR_ADDRESS in text.replace("\n", "")
    for secret in (SENT.sender, SENT.citizen_id, SENT.phone, SENT.sender_address):
        assert secret not in text


def test_the_envelope_on_its_way_in_tells_no_more_than_initials_and_a_first_name():
    text = as_text(label_in(SENT), 80)
    assert SENT.masked_sender in text
    assert SENT.sender not in text and SENT.phone not in text


def test_the_two_copies_of_a_slip_are_told_apart():
    assert "Liên 1: Đi cùng hồ sơ" in as_text(slip_paper(SENT, copy=1))
    assert "Liên 2: Người gửi giữ" in as_text(slip_paper(SENT, copy=2))

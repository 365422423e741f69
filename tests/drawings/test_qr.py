from __future__ import annotations

from xml.etree import ElementTree

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

from intake.drawings.qr import MASK, QUIET, qr_modules, qr_svg
from tests.drawings.papers import QR_ADDRESS


def by_the_library(data: str) -> list[list[bool]]:
    code = QRCode(error_correction=ERROR_CORRECT_M, mask_pattern=MASK)
    code.add_data(data, optimize=0)
    code.make()
    return [[bool(module) for module in row] for row in code.modules]


@given(st.text("ABCXYZ0123456789:/.-", min_size=1, max_size=300) | st.text(min_size=1, max_size=90))
def test_the_symbol_is_the_one_the_library_draws(data):
    assert qr_modules(data) == by_the_library(data)


@pytest.mark.parametrize("length", (1, 14, 26, 180, 420, 1100, 1800, 2331))
def test_every_size_of_symbol_is_right(length):
    assert qr_modules("x" * length) == by_the_library("x" * length)


def test_what_no_symbol_holds_is_refused():
    with pytest.raises(ValueError, match="2332 bytes"):
        qr_modules("x" * 2332)


def test_a_signed_address_needs_at_most_version_10():
    assert len(qr_modules(QR_ADDRESS)) <= 4 * 10 + 17


def test_the_svg_reads_back_and_keeps_its_quiet_zone():
    svg = ElementTree.fromstring(qr_svg(QR_ADDRESS))
    side = int(svg.attrib["viewBox"].split()[2])
    image = Image.new("L", (side, side), 255)
    for run in svg[1].attrib["d"].strip("Mz").split("zM"):
        start, length = run.split("h")[:2]
        x, y = map(int, start.split())
        image.paste(0, (x, y, x + int(length.partition("v")[0]), y + 1))
    assert image.getbbox() == (0, 0, side, side)
    assert image.point(lambda level: 255 - level).getbbox() == (QUIET, QUIET, side - QUIET, side - QUIET)
    (found,) = zxingcpp.read_barcodes(image.resize((side * 4, side * 4), Image.Resampling.NEAREST))
    assert found.text == QR_ADDRESS


def test_the_svg_obeys_a_strict_content_policy_and_escapes_its_label():
    svg = qr_svg("A", 'Mã của "Lan" & An')
    assert "style" not in svg
    assert ElementTree.fromstring(svg).attrib["aria-label"] == 'Mã của "Lan" & An'

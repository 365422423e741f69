from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.drawings import fonts
from intake.drawings.fonts import FontsMissing, Weight, font_path, printable
from intake.drawings.qr import QUIET, qr_modules
from intake.drawings.thermal import MODULE, NARROW, QR_SIDE, WIDE, Raster, _glyph, draw_thermal
from intake.paper import Banner, Field, Heading, Paper, Qr, Rows, Signatures, Text
from intake.receipt import form_01, kiosk_receipt
from tests.drawings.papers import GOLDEN, LONG, ORDINARY, QR_ADDRESS, SAME_DAY, picture, read_qr

WIDTHS = (576, 384)
BARE = "aăâeêioôơuưy"
TONES = "\u0300\u0309\u0303\u0301\u0323"
LETTERS = sorted(
    {
        unicodedata.normalize("NFC", form)
        for vowel in BARE + BARE.upper()
        for form in (vowel, *(vowel + tone for tone in TONES))
    }
    | set("đĐ")
)
VIETNAMESE = [letter for letter in LETTERS if not letter.isascii()]
names = st.text([*LETTERS, *"bcdghklmnpqrstvx", " ", "'", "-"], min_size=1, max_size=120).filter(str.strip)


def ink(raster: Raster) -> tuple[int, int, int, int]:
    """The box around everything black."""
    box = picture(raster).point(lambda level: 255 - level).getbbox()
    assert box
    return box


def drawn(*blocks: object, width: int = 576) -> Raster:
    return draw_thermal(Paper("", blocks), width)  # type: ignore[arg-type]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("length", range(1, 61))
def test_the_qr_reads_back_for_names_of_every_length(length, width):
    name = ("Nguyễn Phước Quỳnh Ổẫữ " * 3)[:length]
    facts = replace(ORDINARY, applicant_name=name, qr_address=f"{QR_ADDRESS}{length}")
    assert read_qr(draw_thermal(kiosk_receipt(facts), width)) == facts.qr_address


@pytest.mark.parametrize("width", (384, 392, 448, 512, 576, 832))
def test_rows_are_packed_bits_of_the_asked_width(width):
    raster = draw_thermal(kiosk_receipt(ORDINARY), width)
    assert raster.width == width
    assert len(raster.data) == width // 8 * raster.height


@pytest.mark.parametrize("width", (0, 376, 380, 577))
def test_a_width_no_roll_has_is_refused(width):
    with pytest.raises(ValueError, match="multiple of 8"):
        draw_thermal(kiosk_receipt(ORDINARY), width)


def test_the_leftmost_dot_is_the_most_significant_bit_and_black_is_1():
    raster = drawn(Banner("X"))
    row = raster.data[20 * 72 : 21 * 72]
    assert row[:2] == bytes((0x00, 0x0F))  # a margin of 12 dots, then the black of the banner


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", GOLDEN)
def test_nothing_is_drawn_in_the_margins(name, width):
    left, _, right, _ = ink(draw_thermal(GOLDEN[name], width))
    margin = (WIDE if width == 576 else NARROW).margin - 3  # what a glyph may reach past its advance
    assert left >= margin
    assert right <= width - margin


@settings(max_examples=30, deadline=None)
@given(names, names, st.sampled_from(WIDTHS))
def test_any_name_and_address_leave_a_readable_receipt_within_the_paper(name, address, width):
    facts = replace(ORDINARY, applicant_name=name, collect_at=address)
    raster = draw_thermal(kiosk_receipt(facts), width)
    left, _, right, _ = ink(raster)
    assert left >= NARROW.margin - 3
    assert right <= width - NARROW.margin + 3
    assert read_qr(raster) == QR_ADDRESS


@pytest.mark.parametrize("block", (Heading, Banner, Text, lambda text: Field("Họ tên", text)))
def test_an_endless_word_breaks_at_letters_and_keeps_all_of_them(block):
    """As much ink as the same letters in short words."""
    short, endless = (picture(drawn(block(text))) for text in (" ".join("m" * 120), "m" * 120))
    if block is Banner:
        assert endless.height > drawn(Banner("m")).height * 2
    else:
        assert black_dots(endless) == pytest.approx(black_dots(short), rel=0.01)


def black_dots(image):
    return image.histogram()[0]


def test_there_are_134_vietnamese_letters_beyond_ascii():
    assert len(VIETNAMESE) == 134


@pytest.mark.parametrize("style", {*WIDE[2:], *NARROW[2:]}, ids=str)
def test_every_vietnamese_letter_is_drawn_whole_and_unlike_its_bare_form(style):
    for letter in VIETNAMESE:
        plain = unicodedata.normalize("NFD", letter)[0].replace("đ", "d").replace("Đ", "D")
        assert bytes(_glyph(letter, style).tobytes()) != bytes(_glyph(plain, style).tobytes()), letter
        box = _glyph(letter, style).getbbox()
        assert box, letter
        tall = style._replace(leading=2.0)
        assert box[3] - box[1] == ink_height(_glyph(letter, tall)), f"{letter} is cut at the line"


def ink_height(glyph):
    _, top, _, bottom = glyph.getbbox()
    return bottom - top


def test_decomposed_text_is_drawn_like_composed_text():
    name = "Đặng Thị Ngọc Ánh Tuyết Hường"
    composed, decomposed = (drawn(Text(unicodedata.normalize(form, name))) for form in ("NFC", "NFD"))
    assert composed == decomposed


@pytest.mark.parametrize(
    ("text", "spelled"),
    (
        ("№", "Số"),
        ("→", "->"),
        ("☐", "[ ]"),
        ("Y’Blŏ", "Y’Blŏ"),
        ("ﬁ", "fi"),
        ("\u200bAn\u00ad", "An"),
        ("名", "?"),
    ),
)
def test_signs_the_font_lacks_are_spelled_otherwise(text, spelled):
    assert printable(text) == unicodedata.normalize("NFD" if "ŏ" in text else "NFC", spelled)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("data", ("A", "H56.17.22-261126-0018", QR_ADDRESS))
def test_the_qr_is_25_mm_of_large_enough_modules_centred_in_its_quiet_zone(data, width):
    left, top, right, bottom = ink(raster := drawn(Qr(data), width=width))
    side = len(qr_modules(data))
    module = (right - left) // side
    assert module >= MODULE
    assert (right - left, bottom - top) == (side * module, side * module)
    assert right - left >= QR_SIDE
    assert abs(left - (width - right)) <= 1
    assert min(left, top, width - right, raster.height - bottom) >= QUIET * module


def test_a_qr_too_dense_for_the_paper_is_refused():
    with pytest.raises(ValueError, match="does not fit"):
        drawn(Qr("x" * 400), width=384)


def test_the_code_is_at_least_twice_as_large_as_the_body():
    for scale in (WIDE, NARROW):
        assert scale.code.size >= 2 * scale.body.size


@pytest.mark.parametrize("facts", (ORDINARY, SAME_DAY), ids=("ordinary", "same day"))
def test_a_receipt_is_short_and_light(facts):
    raster = draw_thermal(kiosk_receipt(facts), 576)
    assert raster.height <= 1040  # 130 mm
    assert len(raster.data) <= 80_000


def test_even_a_long_reprint_stays_under_a_hand_and_a_half():
    assert draw_thermal(kiosk_receipt(LONG).marked_reprint(2), 576).height <= 1280  # 160 mm


@pytest.mark.parametrize("width", WIDTHS)
def test_form_01_has_its_table_and_signatures_on_a_roll_too(width):
    whole = draw_thermal(form_01(ORDINARY), width)
    without = Paper("", tuple(b for b in form_01(ORDINARY).blocks if not isinstance(b, Rows | Signatures)))
    assert whole.height > draw_thermal(without, width).height + 250


def test_missing_fonts_are_told_with_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    with pytest.raises(FontsMissing, match=r"\./motcham run"):
        font_path(Weight.BOLD)

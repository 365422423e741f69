"""What becomes of a file before it is kept: told by content, proved, cleaned, made small, or refused."""

from __future__ import annotations

import hashlib
import io
import resource

import pikepdf
import pytest
from PIL import Image

import papersway as way
from intake.captures import apart, prepare
from intake.content import child
from intake.rules import refusals

A4_LONG = 3508


def opened(prepared):
    return Image.open(io.BytesIO(prepared.content))


def test_a_large_photograph_is_kept_as_large_as_a4_needs_with_nothing_in_it_but_the_picture():
    exif = Image.Exif()
    exif[0x0110], exif[0x0112] = "Telefon SECRET", 6  # model; lies on its side
    exif.get_ifd(0x8825)[2] = (20.0, 59.0, 30.0)  # where it was taken
    brought = way.a_file(way.a_page(6000, 4200), exif=exif)
    kept = prepare(brought)
    picture = opened(kept)
    assert kept.kind == "image" and kept.pages == 1 and kept.brought_size == len(brought)
    assert picture.format == "JPEG" and max(picture.size) <= A4_LONG + 60
    assert picture.height > picture.width, "turned upright as the camera meant it"
    assert not picture.getexif() and b"SECRET" not in kept.content
    assert kept.sha256 == hashlib.sha256(kept.content).hexdigest() == kept.page_hashes[0]


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_pictures_become_jpegs_and_see_through_ones_lie_on_paper(kind):
    picture = way.a_page(900, 1200).convert("RGBA")
    picture.putpixel((450, 20), (0, 0, 0, 0))
    kept = opened(prepare(way.a_file(picture, kind)))
    assert kept.format == "JPEG" and min(kept.getpixel((450, 20))) > 200


def test_grey_with_sixteen_bits_stays_readable():
    grey = way.a_page(700, 1000).convert("L").convert("I").point(lambda value: value * 256).convert("I;16")
    kept = opened(prepare(way.a_file(grey, "PNG"), way="scanner"))
    assert kept.mode == "L" and kept.getextrema()[0] < 90 and kept.getextrema()[1] > 200


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", refusals.EmptyFile),
        (way.a_file(way.a_page())[:-20_000], refusals.TruncatedFile),
        (way.a_file(way.a_page(600, 800), "PNG")[:5000], refusals.TruncatedFile),
        (way.a_pdf()[:-400], refusals.TruncatedFile),
        (b"%PDF-1.7\n%%EOF\n", refusals.TruncatedFile),
        (way.encrypted_pdf(), refusals.EncryptedFile),
        (way.pixel_bomb(), refusals.TooManyPixels),
        (way.a_file(way.a_page(200, 260)), refusals.TooSmallPicture),
        (way.a_pdf(301), refusals.TooManyPages),
        (way.object_bomb(), refusals.TooHeavyFile),
        (way.HEIC, refusals.HeicFile),
        (way.GIF, refusals.GifFile),
        (way.TIFF, refusals.TiffFile),
        (way.SVG, refusals.SvgFile),
        (way.WEB_PAGE, refusals.WebPageFile),
        (way.ZIP, refusals.ZipFile),
        (way.WORD, refusals.OfficeFile),
        (way.EXE, refusals.WrongKind),
        (b"%PDX" * 100, refusals.WrongKind),
    ],
)
def test_what_is_no_paper_is_refused_with_a_reason_of_its_own(content, refusal):
    with pytest.raises(refusal) as told:
        prepare(content)
    assert type(told.value) is refusal


def test_more_bytes_than_any_scan_has_are_refused_before_anything_reads_them():
    with pytest.raises(refusals.TooBigFile) as told:
        prepare(b"\xff\xd8\xff" + bytes(apart.MOST_MB * 1_000_000))
    assert told.value.facts == {"most": apart.MOST_MB}


@pytest.mark.parametrize("make", [way.stream_bomb, way.nested_bomb])
def test_a_bomb_takes_neither_the_memory_nor_the_time_of_the_server(make, monkeypatch):
    """Whatever it is told, the process that read it was held to its limits."""
    monkeypatch.setattr(apart, "PATIENCE_S", 25.0)
    try:
        kept = prepare(make())
        assert kept.size < 10_000_000
    except refusals.BadFile as bad:
        assert bad.code in ("too_heavy_file", "truncated_file")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert used.ru_maxrss * 1024 < child.MEMORY + 100_000_000


def test_a_reader_that_hangs_is_ended(monkeypatch):
    monkeypatch.setattr(apart, "PATIENCE_S", 0.01)
    with pytest.raises(refusals.TooHeavyFile):
        prepare(way.a_file(way.a_page()))


def test_a_pdf_keeps_its_pages_and_loses_all_that_acts():
    kept = prepare(way.acting_pdf())
    assert kept.kind == "pdf" and kept.pages == 2 and kept.signatures == ()
    assert {"openaction", "aa", "xfa", "embeddedfiles", "javascript", "a", "annots"} <= set(kept.cleaned)
    with pikepdf.open(io.BytesIO(kept.content)) as pdf:
        whole = b"".join(
            one.unparse(resolved=True) for one in pdf.objects if not isinstance(one, pikepdf.Stream)
        )
        streams = b"".join(one.read_bytes() for one in pdf.objects if isinstance(one, pikepdf.Stream))
        assert b"BITE" not in whole + streams
        assert [str(one.A.S) for one in pdf.pages[0].Annots if "/A" in one] == ["/GoTo"], (
            "a link inside stays"
        )
        assert "/Info" not in pdf.trailer, "the author of the file is nobody's business"


def test_what_is_two_files_in_one_is_only_the_first_afterwards():
    picture = prepare(way.a_file(way.a_page()) + way.ZIP + b"<script>BITE</script>")
    pdf = prepare(way.a_pdf() + b"\n" + way.ZIP + b"BITE")
    late = prepare(b"<script>BITE</script>\n" * 10 + way.a_pdf())
    assert b"BITE" not in picture.content + pdf.content + late.content
    assert (pdf.pages, late.pages) == (2, 2) and late.content.startswith(b"%PDF-")


def test_a_signed_pdf_is_kept_byte_for_byte_and_says_who_signed():
    brought = way.signed_pdf("Trần Văn Ký")
    kept = prepare(brought)
    assert kept.content == brought
    (signature,) = kept.signatures
    assert (signature.name, signature.issuer) == ("Trần Văn Ký", "CA thử nghiệm")
    assert signature.signed_at == "2026-11-21T09:30:00+07:00" and signature.whole and not signature.acts
    with pytest.raises(refusals.SignedFile):
        apart.turned(kept.content, "pdf", 90)


def test_what_follows_a_signed_pdf_is_cut_off_and_scripts_in_it_are_told():
    brought = way.signed_pdf(acts=True)
    kept = prepare(brought + way.ZIP)
    assert kept.content == brought and kept.signatures[0].acts


def test_a_signature_that_nobody_made_protects_no_script():
    """Only a certificate that can be read makes a signature; else the file is cleaned like any other."""
    brought = way.signed_pdf(acts=True)
    start = brought.index(b"/Contents <") + 11
    kept = prepare(brought[:start] + b"00" * 40 + brought[start + 80 :])
    assert kept.signatures == () and b"BITE" not in kept.content


def test_a_scan_inside_a_pdf_is_made_smaller():
    out = io.BytesIO()
    noisy = way.a_page(4960, 7016)
    noisy.save(out, "PDF", resolution=600, quality=98)
    kept = prepare(out.getvalue())
    assert kept.size < kept.brought_size * 0.7 and kept.pages == 1
    drawn = Image.open(io.BytesIO(apart.drawn(kept.content, 1)))
    assert drawn.getpixel((drawn.width // 20, drawn.height // 30))[0] > 150, "the picture is still the page"


def test_the_hash_of_a_page_is_that_of_the_page_and_not_of_the_file():
    two, three = prepare(way.a_pdf(2)), prepare(way.a_pdf(3))
    assert two.page_hashes[0] != two.page_hashes[1]
    assert prepare(way.a_pdf(2)) == two, "the same file gives the same bytes"
    assert len(set(three.page_hashes)) == 3


def test_pages_are_turned_and_drawn():
    page = prepare(way.a_file(way.a_page()), way="scanner")
    turned = Image.open(io.BytesIO(apart.turned(page.content, "image", 90).content))
    assert turned.size[0] > turned.size[1]
    right, top = turned.getpixel((turned.width * 29 // 30, turned.height // 20)), turned.getpixel((20, 20))
    assert right[0] > 150 and right[1] < 90 and min(top) > 200, "clockwise: the red corner went to the right"
    pdf = prepare(way.a_pdf())
    lying = Image.open(io.BytesIO(apart.drawn(apart.turned(pdf.content, "pdf", 270).content, 2, longest=500)))
    assert lying.width == 500 and lying.width > lying.height
    small = Image.open(io.BytesIO(apart.smaller(page.content, longest=300)))
    assert max(small.size) == 300

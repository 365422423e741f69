"""Papers as files for tests: pages, photographs, PDFs, and what hostile people make of them."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import UTC, datetime, timedelta

import pikepdf
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from reportlab.pdfgen import canvas

WORDS = "Giay khai sinh, Uy ban nhan dan phuong Hac Thanh, tinh Thanh Hoa, so 18/2026"
PAPER, INK, TABLE = (244, 242, 236), (28, 28, 40), (84, 66, 52)


def a_page(width: int = 1240, height: int = 1754) -> Image.Image:
    """A page of writing, as a scanner sees it; one corner is marked red."""
    page, size = Image.new("RGB", (width, height), PAPER), width // 44
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(size)
    for number, top in enumerate(range(height // 10, height * 9 // 10, size * 8 // 5)):
        draw.text((width // 10, top), WORDS[: 30 + number * 7 % 40], fill=INK, font=font)
    draw.rectangle((width // 30, height // 40, width // 12, height // 20), fill=(200, 30, 30))
    return page


def a_photo(lean: float = 4, size: tuple[int, int] = (1500, 2000), *, at: float = 0.5) -> Image.Image:
    """The page on a dark table, leaning by some degrees; ``at`` 0.5 lies in the middle."""
    table = Image.new("RGB", size, TABLE)
    page = a_page(size[0] * 7 // 10, size[0] * 99 // 100)
    page = page.convert("RGBA").rotate(lean, Image.Resampling.BICUBIC, expand=True)
    where = round((size[0] - page.width) * at), (size[1] - page.height) // 2
    table.paste(page, where, page)
    return table


def blurred(picture: Image.Image, by: float = 5) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(by))


def darkened(picture: Image.Image, share: float = 0.28) -> Image.Image:
    return picture.point(lambda value: value * share)


def with_glare(picture: Image.Image) -> Image.Image:
    """A lamp mirrored in the upper right part."""
    picture = picture.point(lambda value: value * 0.8)
    spot = Image.new("L", picture.size, 0)
    width, height = picture.size
    ImageDraw.Draw(spot).ellipse((width * 0.5, height * 0.1, width * 0.9, height * 0.35), fill=255)
    picture.paste((255, 255, 255), mask=spot.filter(ImageFilter.GaussianBlur(width // 40)))
    return picture


def a_file(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **({"quality": 90} if kind == "JPEG" else {}) | options)
    return out.getvalue()


def a_pdf(pages: int = 2) -> bytes:
    out = io.BytesIO()
    drawing = canvas.Canvas(out, invariant=1)
    drawing.setAuthor("Nguyen Thi Lan")
    for number in range(1, pages + 1):
        drawing.drawString(100, 700, f"{WORDS}, trang {number}")
        drawing.showPage()
    drawing.save()
    return out.getvalue()


def acting_pdf() -> bytes:
    """Everything in it that acts: scripts, a file, a form that sends, a link that starts a program."""
    pdf = pikepdf.open(io.BytesIO(a_pdf()))
    run = pikepdf.Dictionary(S=pikepdf.Name("/JavaScript"), JS=pikepdf.String("app.alert('BITE')"))
    pdf.Root.OpenAction = pdf.make_indirect(run)
    pdf.Root.AA = pikepdf.Dictionary(WC=run)
    pdf.Root.Names = pikepdf.Dictionary(
        JavaScript=pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("a"), run]))
    )
    pdf.Root.AcroForm = pikepdf.Dictionary(XFA=pikepdf.String("<xdp>BITE</xdp>"), Fields=pikepdf.Array([]))
    pdf.attachments["evil.exe"] = pikepdf.AttachedFileSpec(pdf, b"MZ BITE", filename="evil.exe")
    launch = pikepdf.Dictionary(S=pikepdf.Name("/Launch"), F=pikepdf.String("BITE.exe"))
    inside = pikepdf.Dictionary(
        S=pikepdf.Name("/GoTo"), D=pikepdf.Array([pdf.pages[1].obj, pikepdf.Name("/Fit")])
    )
    link = {
        "Type": pikepdf.Name("/Annot"),
        "Subtype": pikepdf.Name("/Link"),
        "Rect": pikepdf.Array([0, 0, 9, 9]),
    }
    pdf.pages[0].Annots = pikepdf.Array(
        [
            pikepdf.Dictionary(**link, A=launch),
            pikepdf.Dictionary(**link, A=inside),
            pikepdf.Dictionary(Type=pikepdf.Name("/Annot"), Subtype=pikepdf.Name("/FileAttachment")),
        ]
    )
    pdf.pages[0].AA = pikepdf.Dictionary(O=run)
    return _saved(pdf)


def encrypted_pdf() -> bytes:
    out = io.BytesIO()
    pikepdf.open(io.BytesIO(a_pdf())).save(out, encryption=pikepdf.Encryption(user="mo", owner="mo"))
    return out.getvalue()


def signed_pdf(name: str = "Trần Văn Ký", *, acts: bool = False) -> bytes:
    """Signed by a certificate made here: a range of bytes, and CMS over it."""
    pdf = pikepdf.open(io.BytesIO(a_pdf()))
    if acts:
        run = pikepdf.Dictionary(S=pikepdf.Name("/JavaScript"), JS=pikepdf.String("BITE"))
        pdf.Root.OpenAction = pdf.make_indirect(run)
    room = 6000
    signature = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name("/Sig"),
            Filter=pikepdf.Name("/Adobe.PPKLite"),
            SubFilter=pikepdf.Name("/adbe.pkcs7.detached"),
            M=pikepdf.String("D:20261121093000+07'00'"),
            ByteRange=pikepdf.Array([0, 999999991, 999999992, 999999993]),
            Contents=pikepdf.String(b"\xaa" * room),
        )
    )
    field = pikepdf.Dictionary(FT=pikepdf.Name("/Sig"), T=pikepdf.String("Ky"), V=signature)
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([pdf.make_indirect(field)]), SigFlags=3)
    out = io.BytesIO()
    pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    content = out.getvalue()
    start = content.index(b"<aaaa")
    after = start + 2 * room + 2
    reach = f"[ 0 {start} {after} {len(content) - after} ]".encode()
    place = content.index(b"[ 0 999999991 999999992 999999993 ]")
    reach = reach.ljust(len(b"[ 0 999999991 999999992 999999993 ]"))
    content = content[:place] + reach + content[place + len(reach) :]
    return (
        content[: start + 1]
        + _cms(name, content[:start] + content[after:]).hex().encode().ljust(2 * room, b"0")
        + content[after - 1 :]
    )


def _cms(name: str, signed: bytes) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "CA thử nghiệm")])
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = x509.CertificateBuilder(
        issuer, subject, key.public_key(), x509.random_serial_number(), begin, begin + timedelta(days=400)
    ).sign(key, hashes.SHA256())
    builder = pkcs7.PKCS7SignatureBuilder().set_data(signed).add_signer(certificate, key, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature])


def pixel_bomb(side: int = 30_000) -> bytes:
    """A PNG of a few kilobytes that is 900 million dots."""
    rows = zlib.compressobj(9)
    body = b"".join(rows.compress(b"\0" * (1 + side // 8)) for _ in range(side)) + rows.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def stream_bomb(giga: int = 8) -> bytes:
    """A PDF of a few megabytes whose page unpacks to gigabytes of nothing."""
    piece, many = 1 << 24, giga * 64
    packing = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packing.compress(bytes(piece)) + packing.flush(zlib.Z_FULL_FLUSH)  # may stand there many times
    checked = (piece * many % 65521) << 16 | 1
    body = b"\x78\xda" + packed * many + b"\x03\0" + struct.pack(">I", checked)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(body) + body + b"\nendstream",
    ]
    return _written(objects)


def object_bomb(count: int = 300_000) -> bytes:
    """A PDF of hundreds of thousands of objects, none of which is needed."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"]
    objects += [b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"]
    return _written([*objects, *[b"[]"] * count])


def nested_bomb(depth: int = 200_000) -> bytes:
    """Lists within lists within lists."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R /X " + b"[" * depth + b"]" * depth + b" >>"]
    objects += [b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"]
    return _written([*objects, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"])


def _written(objects: list[bytes]) -> bytes:
    out, places = [b"%PDF-1.7\n"], []
    at = len(out[0])
    for number, body in enumerate(objects, start=1):
        text = b"%d 0 obj\n" % number + body + b"\nendobj\n"
        places.append(at)
        at += len(text)
        out.append(text)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    out.append(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table)
    out.append(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, at))
    return b"".join(out)


def _saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(400)
GIF = b"GIF89a\x01\0\x01\0\x80\0\0" + bytes(60)
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>BITE</script></svg>'
WEB_PAGE = b"<!DOCTYPE html><html><script>BITE</script></html>"
ZIP = b"PK\x03\x04\x14\0\0\0\x08\0" + bytes(200)
WORD = b"PK\x03\x04\x14\0\0\0\x08\0" + bytes(16) + b"word/document.xml" + bytes(200)
TIFF = b"II*\0\x08\0\0\0" + bytes(100)
EXE = b"MZ\x90\0" + bytes(300)

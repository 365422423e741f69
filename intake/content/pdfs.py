"""A PDF without anything that acts: scripts, files inside, forms that send, links that lead out.

pikepdf is imported here and nowhere else, so that only the process that reads
one file holds it.
"""

from __future__ import annotations

import hashlib
import io
import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pikepdf
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs7
from PIL import Image

from intake.content import pictures
from intake.content.found import Signature
from intake.rules.refusals import EncryptedFile, SignedFile, TooHeavyFile, TooManyPages, TruncatedFile

MOST_PAGES = 300
MOST_OBJECTS = 200_000
HEAVY = 400_000  # bytes of one picture inside: worth making smaller
SHRINKING_S = 8.0  # the rest of a long scan stays as it is

# What acts by itself or on a touch; «GoTo» within the file is the one action that stays.
ACTING = (
    "/OpenAction",
    "/AA",
    "/JS",
    "/JavaScript",
    "/EmbeddedFiles",
    "/XFA",
    "/AF",
    "/Collection",
    "/PieceInfo",
)
ACTING_KINDS = frozenset({"/FileAttachment", "/Screen", "/Movie", "/Sound", "/RichMedia", "/3D", "/TrapNet"})
_DATE = re.compile(r"D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:Z|([+-])(\d\d)'?(\d\d)?)?")


def cleaned(content: bytes) -> tuple[bytes, tuple[Signature, ...], tuple[str, ...]]:
    """The PDF to keep, its signatures, and what was taken out; raises BadFile.

    A signed one is kept byte for byte, for anything else would void the
    signature; only what follows its end is cut off.
    """
    with _opened(content) as pdf:
        if len(pdf.objects) > MOST_OBJECTS:
            raise TooHeavyFile
        if len(pdf.pages) > MOST_PAGES:
            raise TooManyPages(most=MOST_PAGES)
        if not pdf.pages:
            raise TruncatedFile
        if signatures := tuple(_signatures(pdf, content)):
            return _to_its_end(content), signatures, ()
        taken_out = _without_acting(pdf)
        _shrink_pictures(pdf)
        return _saved(pdf), (), taken_out


def page_hashes(content: bytes) -> tuple[str, ...]:
    """SHA-256 of each page: of all that it is drawn from, its parent left out."""
    with _opened(content) as pdf:
        raw: dict[tuple[int, int], bytes] = {}
        return tuple(_page_hash(page.obj, raw) for page in pdf.pages)


def turned(content: bytes, degrees: int) -> bytes:
    with _opened(content) as pdf:
        if any(True for _ in _signatures(pdf, content)):
            raise SignedFile
        for page in pdf.pages:
            page.rotate(degrees, relative=True)
        return _saved(pdf)


def drawn(content: bytes, page: int, longest: int) -> Image.Image:
    """Page ``page`` (from 1) as paper would show it. pdfium runs no scripts."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
        document.init_forms()
        width, height = document[page - 1].get_size()
        scale = longest / max(width, height, 1.0)
        picture: Image.Image = document[page - 1].render(scale=scale).to_pil()
        return picture.convert("RGB")
    except (pypdfium2.PdfiumError, ValueError, IndexError) as cause:
        raise TruncatedFile from cause


def _opened(content: bytes) -> pikepdf.Pdf:
    """As it is, else up to its end; mended only when it has an end: a file cut short would lose pages."""
    whole = _to_its_end(content)
    for attempt, mends in ((content, False), (whole, False), (whole, True)):
        try:
            return pikepdf.open(io.BytesIO(attempt), attempt_recovery=mends, suppress_warnings=True)
        except pikepdf.PasswordError as cause:
            raise EncryptedFile from cause
        except (pikepdf.PdfError, ValueError):
            continue
    raise TruncatedFile


def _to_its_end(content: bytes) -> bytes:
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise TruncatedFile
    after = content[end + 5 : end + 7]
    return content[: end + 5 + (2 if after == b"\r\n" else 1 if after[:1] in (b"\n", b"\r") else 0)]


def _saved(pdf: pikepdf.Pdf) -> bytes:
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    if "/Metadata" in pdf.Root:
        del pdf.Root["/Metadata"]
    out = io.BytesIO()
    pdf.save(
        out, encryption=False, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate
    )
    return out.getvalue()


def _without_acting(pdf: pikepdf.Pdf) -> tuple[str, ...]:
    """Every dictionary of the file loses what acts; the names of what was found."""
    found: set[str] = set()
    for one in _dictionaries(pdf):
        for key in [name for name in ACTING if name in one]:
            found.add(key)
            del one[key]
        for key in ("/A", "/PA", "/Next"):
            if key in one and _acts(one[key]):
                found.add("/A")
                del one[key]
        if (notes := _array(one, "/Annots")) is not None:
            kept = [note for note in notes if not _is_acting_note(note)]
            if len(kept) < len(notes):
                found.add("/Annots")
                one["/Annots"] = pikepdf.Array(kept)
    return tuple(sorted(name.strip("/").lower() for name in found))


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """All of them, also those that stand inside others."""
    seen = 0
    waiting: list[Any] = [pdf.trailer, *pdf.objects]
    while waiting:
        one = waiting.pop()
        if (seen := seen + 1) > 10 * MOST_OBJECTS:
            raise TooHeavyFile
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            inner: list[Any] = [value for _, value in one.items()]
            yield one
        elif isinstance(one, pikepdf.Array):
            inner = list(one)
        else:
            continue
        waiting += [value for value in inner if isinstance(value, pikepdf.Object) and not value.is_indirect]


def _acts(action: Any) -> bool:
    if isinstance(action, pikepdf.Array):
        return any(_acts(one) for one in action)
    return isinstance(action, pikepdf.Dictionary) and "/S" in action and str(action["/S"]) != "/GoTo"


def _is_acting_note(note: Any) -> bool:
    return isinstance(note, pikepdf.Dictionary) and str(note.get("/Subtype")) in ACTING_KINDS


def _array(one: Any, key: str) -> list[Any] | None:
    found = one.get(key)
    return list(found) if isinstance(found, pikepdf.Array) else None


def _signatures(pdf: pikepdf.Pdf, content: bytes) -> Iterator[Signature]:
    """Of a file that begins like a PDF: a range of its bytes, and a certificate that can be read."""
    if not content.startswith(b"%PDF-"):
        return
    end = len(_to_its_end(content))
    for one in pdf.objects:
        if not isinstance(one, pikepdf.Dictionary) or "/ByteRange" not in one or "/Contents" not in one:
            continue
        reach = _reach(one)
        names = _certificate_names(bytes(one["/Contents"]))
        if reach is None or reach > len(content) or names is None:
            continue
        yield Signature(
            name=names[0] or str(one.get("/Name", "")),
            issuer=names[1],
            signed_at=_moment(str(one.get("/M", ""))),
            whole=reach >= end,
            acts=any(_acts_somewhere(part) for part in _dictionaries(pdf)),
        )


def _acts_somewhere(one: Any) -> bool:
    return (
        any(name in one for name in ACTING)
        or any(key in one and _acts(one[key]) for key in ("/A", "/PA"))
        or any(_is_acting_note(note) for note in _array(one, "/Annots") or ())
    )


def _reach(signature: Any) -> int | None:
    """Up to which byte it covers the file; None when its range makes no sense."""
    try:
        start, first, second, length = (int(value) for value in signature["/ByteRange"])
    except (TypeError, ValueError):
        return None
    return second + length if start == 0 < first < second and length > 0 else None


def _certificate_names(contents: bytes) -> tuple[str, str] | None:
    """Who signed and who vouches for them: of the certificate that vouches for no other in there."""
    try:
        certificates = pkcs7.load_der_pkcs7_certificates(_der(contents))
        issuers = {one.issuer for one in certificates if one.issuer != one.subject}
        signers = [one for one in certificates if one.subject not in issuers] or certificates
        return _common_name(signers[0].subject), _common_name(signers[0].issuer)
    except (ValueError, IndexError, TypeError):
        return None


def _der(contents: bytes) -> bytes:
    """Without the zeros that fill its place up."""
    if len(contents) < 6 or contents[0] != 0x30 or not contents[1] & 0x80:
        raise ValueError
    count = contents[1] & 0x7F
    return contents[: 2 + count + int.from_bytes(contents[2 : 2 + count])]


def _common_name(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return " ".join(str(found[0].value).split())[:200] if found else ""


def _moment(text: str) -> str:
    """What the signature says of its own time, in ISO; "" when nothing or nonsense."""
    match = _DATE.match(text)
    if match is None:
        return ""
    year, month, day, hour, minute, second, sign, hours, minutes = match.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    try:
        zone = timezone(offset)
        parts = (
            int(year),
            int(month or 1),
            int(day or 1),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
        )
        return datetime(*parts, tzinfo=zone).isoformat()
    except ValueError:
        return ""


def _shrink_pictures(pdf: pikepdf.Pdf) -> None:
    """Plain photographs inside, no larger than A4 needs; what is not plain stays."""
    until = time.monotonic() + SHRINKING_S
    for one in pdf.objects:
        if time.monotonic() > until:
            return
        if isinstance(one, pikepdf.Stream) and _is_plain_picture(one):
            _shrink(one)


def _is_plain_picture(one: Any) -> bool:
    kept = (
        str(one.get("/Subtype")) == "/Image"
        and not any(name in one for name in ("/SMask", "/Mask", "/Decode", "/ImageMask"))
        and str(one.get("/Filter")) in ("/DCTDecode", "/FlateDecode")
        and str(one.get("/ColorSpace")) in ("/DeviceRGB", "/DeviceGray")
        and int(one.get("/BitsPerComponent", 0)) == 8
    )
    dots = int(one.get("/Width", 0)) * int(one.get("/Height", 0))
    return kept and dots <= pictures.MOST_DOTS and int(one.get("/Length", 0)) > HEAVY


def _shrink(one: Any) -> None:
    try:
        picture = pikepdf.PdfImage(one).as_pil_image()
    except (pikepdf.PdfError, ValueError, OSError, NotImplementedError, RuntimeError):
        return
    small = pictures.sized(picture.convert("L" if picture.mode == "L" else "RGB"))
    made = pictures.jpeg(small)
    if len(made) > 0.8 * int(one["/Length"]):
        return
    one.write(made, filter=pikepdf.Name("/DCTDecode"))
    if "/DecodeParms" in one:
        del one["/DecodeParms"]
    one["/Width"], one["/Height"] = small.size
    one["/ColorSpace"] = pikepdf.Name("/DeviceGray" if small.mode == "L" else "/DeviceRGB")


def _page_hash(page: Any, raw: dict[tuple[int, int], bytes]) -> str:
    """Over the page's objects in a fixed order; what it takes from its parents counts as its own."""
    digest = hashlib.sha256()
    met: dict[tuple[int, int], int] = {page.objgen: 0}
    waiting: list[Any] = [_inherited(page), page]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str | bytes):  # a part of the notation itself
            digest.update(one if isinstance(one, bytes) else one.encode())
            continue
        if isinstance(one, pikepdf.Object) and one.is_indirect and one.objgen != page.objgen:
            if one.objgen in met:
                digest.update(f" @{met[one.objgen]}".encode())
                continue
            met[one.objgen] = len(met)
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            if one is not page and str(one.get("/Type")) in ("/Page", "/Pages", "/Catalog"):
                digest.update(b" page")
                continue
            if isinstance(one, pikepdf.Stream):
                if one.objgen not in raw:
                    raw[one.objgen] = hashlib.sha256(one.read_raw_bytes()).digest()
                digest.update(b" stream" + raw[one.objgen])
            parts = [
                part
                for key in sorted(one.keys())
                if key not in ("/Parent", "/P")
                for part in (f" {key}", one[key])
            ]
            waiting += ["}", *reversed(parts), "{"]
        elif isinstance(one, pikepdf.Array):
            waiting += ["]", *reversed(list(one)), "["]
        else:
            digest.update(b" " + (one.unparse() if isinstance(one, pikepdf.Object) else repr(one).encode()))
    return digest.hexdigest()


def _inherited(page: Any) -> Any:
    found = pikepdf.Dictionary()
    for key in ("/Resources", "/MediaBox", "/CropBox", "/Rotate"):
        node, depth = page, 0
        while key not in node and "/Parent" in node and depth < 50:
            node, depth = node["/Parent"], depth + 1
        if node is not page and key in node:
            found[key] = node[key]
    return found

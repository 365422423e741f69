"""What kind of file it is, told by its bytes; its name and what a browser says of it count for nothing."""

from __future__ import annotations

import re

_PDF_WITHIN = 1024  # bytes before «%PDF-» that readers put up with
_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis")
_WEB_PAGE = re.compile(rb"<(!doctype\s+html|html|head|body|script|iframe|meta|title)\b", re.IGNORECASE)
_SVG = re.compile(rb"<svg[\s>]", re.IGNORECASE)
_OFFICE_IN_ZIP = (b"word/", b"xl/", b"ppt/", b"mimetypeapplication/vnd.oasis")


def kind_of(content: bytes) -> str:
    """ "jpeg", "png", "webp" or "pdf", which are taken; else what it is, "unknown" where that is not known.

    A file that begins like two kinds is what it begins like first: what follows
    is cleaned away. Not proved: who takes it reads it.
    """
    head = content[:4096]
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        return "heic" if head[8:12] in _HEIC else "unknown"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if head.startswith((b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+", b"BM")):
        return "tiff"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        return "office" if any(sign in content[:65536] for sign in _OFFICE_IN_ZIP) else "zip"
    if head.startswith((b"\xd0\xcf\x11\xe0", b"{\\rtf")):
        return "office"
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return "pdf"
    if _SVG.search(head):
        return "svg"
    return "web_page" if _WEB_PAGE.search(head) else "unknown"

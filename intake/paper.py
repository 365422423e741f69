"""A printed thing as data: one ``Paper``, drawn as thermal raster, PDF, text and screen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """A line that says what this is; drawn large, centred."""

    text: str


@dataclass(frozen=True)
class Code:
    """A code people read aloud, already grouped («H56.17.22», «261126 · 0018»); drawn twice body size.

    ``large`` for a number that is read from afar, «A 024»: as large as the roll is wide.
    """

    label: str
    lines: tuple[str, ...]
    large: bool = False


@dataclass(frozen=True)
class Qr:
    """A QR at level M, at least 25 mm, with its quiet zone; ``caption`` stands under it."""

    data: str
    caption: str = ""


@dataclass(frozen=True)
class Barcode:
    """A Code 128 as the post scans it, with its number for people under it.

    Printable ASCII only. On a roll too narrow for its bars the caption stands alone, large.
    """

    data: str
    caption: str = ""


@dataclass(frozen=True)
class Field:
    """A labelled value; wraps, never cuts."""

    label: str
    value: str
    strong: bool = False


@dataclass(frozen=True)
class Banner:
    """White on black, or gold on screen: «TRẢ NGAY HÔM NAY», «BẢN IN LẠI (lần 2)»."""

    text: str


@dataclass(frozen=True)
class Text:
    """A paragraph. ``small`` for hints and notes, ``strong`` for what must not be missed."""

    text: str
    small: bool = False
    strong: bool = False
    centred: bool = False


@dataclass(frozen=True)
class Rows:
    """A table with a heading; each row as many cells as there are columns.

    A line break in a cell is kept on a sheet. ``shares`` are the relative widths
    of the columns on a sheet, where what they need does not suit; ``small`` for
    tables of many columns; the columns ``numbers``, from 0, end at their right.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[float, ...] = ()
    small: bool = False
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Divider:
    """A thin rule between parts."""


@dataclass(frozen=True)
class Signatures:
    """Who signs, side by side: (role, name already known or "").

    ``hint`` stands under every role on a sheet. ``copies_to`` are the lines of
    «Nơi nhận», left of the signatures.
    """

    places: tuple[tuple[str, str], ...]
    hint: str = "(Ký, ghi rõ họ tên)"
    copies_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Letterhead:
    """The head of an official paper: who issues it on the left, the national motto and the date on the right.

    On a screen and on a till roll, where two columns are too narrow, the motto
    stands above the issuer.
    """

    agency: str  # the body above: «ỦY BAN NHÂN DÂN PHƯỜNG HẠC THÀNH»
    office: str  # who issues the paper
    number: str  # «Số: 18/TNHS»
    dated: str  # «Hạc Thành, ngày 26 tháng 11 năm 2026»
    motto: tuple[str, str] = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")


Block = Letterhead | Heading | Code | Qr | Barcode | Field | Banner | Text | Rows | Divider | Signatures


@dataclass(frozen=True)
class Paper:
    """One printed thing. All text is NFC; ``title`` names the job and the PDF."""

    title: str
    blocks: tuple[Block, ...]

    def marked_reprint(self, copy_no: int) -> Paper:
        """The same paper under the mark «BẢN IN LẠI (lần n)»; the first copy carries none."""
        if copy_no < 2:
            return self
        return Paper(self.title, (Banner(f"BẢN IN LẠI (lần {copy_no})"), *self.blocks))

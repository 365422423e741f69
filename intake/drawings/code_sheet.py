"""Procedures as codes to scan, on A4 sheets for a counter: a clerk's way around the keyboard.

ReportLab is large, so it is imported by the first sheet and not by every page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING

from intake.drawings.fonts import Weight, printable
from intake.drawings.qr import QUIET, black_runs, qr_modules

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

COLUMNS, ROWS = 2, 8
EDGE, HEAD, GUTTER = 34.0, 62.0, 14.0
SIDE = 76.0  # of a QR: 27 mm, which every scanner reads from an arm's length


@dataclass(frozen=True)
class Coded:
    """One procedure: what a scanner reads, what people read, and its code in small print."""

    text: str
    title: str
    code: str


def draw_code_sheets(heading: str, note: str, procedures: Sequence[Coded]) -> bytes:
    """As many A4 pages as they need, in the order given; the same bytes for the same list."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, lang="vi")
    canvas.setTitle(heading)
    each = COLUMNS * ROWS
    pages = [procedures[start : start + each] for start in range(0, len(procedures), each)] or [()]
    for number, page in enumerate(pages, 1):
        _page(canvas, A4, heading, f"{note} Trang {number}/{len(pages)}.", page)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _page(canvas: Canvas, sheet: tuple[float, float], heading: str, note: str, page: Sequence[Coded]) -> None:
    width, height = sheet
    _words(canvas, heading, EDGE, height - EDGE, width - 2 * EDGE, Weight.BOLD, 17)
    _words(canvas, note, EDGE, height - EDGE - 24, width - 2 * EDGE, Weight.REGULAR, 10)
    cell = (width - 2 * EDGE - GUTTER * (COLUMNS - 1)) / COLUMNS
    tall = (height - 2 * EDGE - HEAD) / ROWS
    for place, coded in enumerate(page):
        row, column = divmod(place, COLUMNS)
        x, top = EDGE + column * (cell + GUTTER), height - EDGE - HEAD - row * tall
        _symbol(canvas, coded.text, x, top - SIDE)
        left = x + SIDE + 10
        used = _words(canvas, coded.title, left, top - 6, cell - SIDE - 10, Weight.SEMIBOLD, 11.5)
        _words(canvas, coded.code, left, top - 6 - used - 4, cell - SIDE - 10, Weight.REGULAR, 9)


def _words(
    canvas: Canvas, text: str, x: float, top: float, width: float, weight: Weight, size: float
) -> float:
    """Set from ``top`` down, at most four lines' height; returns how high they are."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

    from intake.drawings.pdf_pages import _face

    style = ParagraphStyle(str(weight), fontName=_face(weight), fontSize=size, leading=size * 1.3)
    words = " ".join(printable(word) for word in text.split())
    paragraph = Paragraph(escape(words), style)
    _, high = paragraph.wrap(width, 1000)
    paragraph.drawOn(canvas, x, top - high)
    return float(high)


def _symbol(canvas: Canvas, text: str, x: float, y: float) -> None:
    modules = qr_modules(text)
    unit = SIDE / (len(modules) + 2 * QUIET)
    path = canvas.beginPath()
    for row, dark in enumerate(modules):
        for start, length in black_runs(dark):
            path.rect(x + (start + QUIET) * unit, y + SIDE - (row + QUIET + 1) * unit, length * unit, unit)
    canvas.drawPath(path, stroke=0, fill=1)

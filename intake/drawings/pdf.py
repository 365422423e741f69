"""A ``Paper`` as a PDF: A6, A5 or A4, upright or lying, fonts embedded, the same bytes for the same paper.

ReportLab is large, so it is imported by the first PDF and not by every kiosk.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from intake.paper import Paper

Size = Literal["A6", "A5", "A4", "A4 landscape"]


def draw_pdf(paper: Paper, size: Size = "A5") -> bytes:
    """``paper`` on as many pages as it needs; tables repeat their heading row, words and endless words wrap.

    Where there are several pages, each says «Trang 1/3» at its foot. The catalog
    names the title and the language (vi). The same paper gives the same bytes:
    no date or random identifier goes in.
    """
    return draw_pdfs((paper,), size)


def draw_pdfs(papers: Sequence[Paper], size: Size = "A5", *, alike: bool = False) -> bytes:
    """Several papers in one file, each on pages of its own, numbered by itself; the first gives the title.

    ``alike``: what suits the first suits all, which takes a third of the time.
    """
    from intake.drawings.pdf_pages import document

    return document(papers, size, alike=alike)

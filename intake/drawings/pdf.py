"""A ``Paper`` as a PDF: A5 or A4 portrait, fonts embedded, the same bytes for the same paper.

ReportLab is large, so it is imported by the first PDF and not by every kiosk.
"""

from __future__ import annotations

from typing import Literal

from intake.paper import Paper


def draw_pdf(paper: Paper, size: Literal["A5", "A4"] = "A5") -> bytes:
    """``paper`` on as many pages as it needs; tables repeat their heading row, words and endless words wrap.

    The catalog names the title and the language (vi). The same paper gives
    the same bytes: no date or random identifier goes in.
    """
    from intake.drawings.pdf_pages import pages

    return pages(paper, size)

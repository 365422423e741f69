"""Code 128 symbols, shared by paper and screen: the bars of postal item numbers.

ReportLab knows the code; it is large, so it is imported by the first bar code and not by every kiosk.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import Any

BAR_QUIET = 10  # narrow bars of white on each side, as the standard asks


@lru_cache(maxsize=256)
def code128(data: str) -> list[bool]:
    """The symbol as narrow bars, True = black, without its quiet zones. Shared: do not change it.

    Digits are packed in pairs where that is shorter. Raises ValueError for
    nothing, and for what is not printable ASCII.
    """
    from reportlab.graphics.barcode.code128 import Code128

    if not data or not data.isascii() or not data.isprintable():
        raise ValueError(f"no bars for {data!r}")
    symbol: Any = Code128(data, quiet=0)
    symbol.validate()
    symbol.encode()
    symbol.decompose()
    # "Ba": a black bar of two, then a white one of one; capitals are black.
    return [sign.isupper() for sign in symbol.decomposed for _ in range("abcd".index(sign.lower()) + 1)]


@lru_cache(maxsize=64)
def barcode_svg(data: str, label: str = "") -> str:
    """The symbol as one SVG, black on white with its quiet zones; sized by whoever places it."""
    modules, label = code128(data), label or f"Mã vạch {data}"
    width = len(modules) + 2 * BAR_QUIET
    black = "".join(f"M{x + BAR_QUIET} 0h1v30h-1z" for x, is_black in enumerate(modules) if is_black)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 30" role="img"'
        f' aria-label="{escape(label)}" preserveAspectRatio="none" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{width}v30H0z"/><path fill="#000" d="{black}"/></svg>'
    )

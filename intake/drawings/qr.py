"""QR symbols, shared by paper and screen: level M, one fixed mask."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from itertools import groupby

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

QUIET = 4  # modules of white on each side, as the standard asks

# Any mask reads; weighing all eight would cost four times the whole receipt.
_MASK = 2


@lru_cache(maxsize=256)
def qr_modules(data: str) -> list[list[bool]]:
    """The symbol row by row, True = black, without the quiet zone. Shared: do not change it."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=_MASK)
    code.add_data(data, optimize=0)
    code.make()
    return [[bool(module) for module in row] for row in code.modules]


@lru_cache(maxsize=64)
def qr_svg(data: str, label: str = "Mã QR") -> str:
    """The symbol as one SVG, black on white with its quiet zone; sized by whoever places it."""
    modules = qr_modules(data)
    side = len(modules) + 2 * QUIET
    black = "".join(
        f"M{x + QUIET} {y + QUIET}h{length}v1h-{length}z"
        for y, row in enumerate(modules)
        for x, length in _runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img"'
        f' aria-label="{escape(label)}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{black}"/></svg>'
    )


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """(first, length) of each black run."""
    runs, x = [], 0
    for is_black, modules in groupby(row):
        length = len(list(modules))
        if is_black:
            runs.append((x, length))
        x += length
    return runs

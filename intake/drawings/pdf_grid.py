"""A table of many small cells on a page: the register. Ten times faster than paragraphs in a table."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable

HAIRLINE = 0.5
PADDING = 2.5
LEADING = 1.32
SHORT = 5  # letters: such a cell is centred


class Type(NamedTuple):
    """Faces and size of a grid."""

    head: str
    body: str
    size: float

    @property
    def leading(self) -> float:
        return self.size * LEADING


class Line(NamedTuple):
    """A row of the grid, its cells already broken into lines."""

    cells: tuple[tuple[str, ...], ...]
    height: float


class Grid(Flowable):
    """Breaks between rows and repeats its heading; a row too tall for a page goes on on the next one."""

    def __init__(self, head: Line, rows: Sequence[Line], widths: Sequence[float], type: Type) -> None:
        super().__init__()
        self.head, self.rows, self.widths, self.type = head, rows, widths, type
        self.width = sum(widths)
        self.height = head.height + sum(row.height for row in rows)

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return self.width, self.height

    def split(self, _width: float, height: float) -> list[Flowable]:
        room, fitting = height - self.head.height, 0
        while fitting < len(self.rows) and self.rows[fitting].height <= room:
            room -= self.rows[fitting].height
            fitting += 1
        if fitting == 0:
            return []
        parts = (self.rows[:fitting], self.rows[fitting:])
        return [Grid(self.head, part, self.widths, self.type) for part in parts if part]

    def draw(self) -> None:
        canvas, top = self.canv, self.height
        canvas.setLineWidth(HAIRLINE)
        for number, row in enumerate((self.head, *self.rows)):
            face = self.type.body if number else self.type.head
            left = 0.0
            for lines, width in zip(row.cells, self.widths, strict=True):
                is_number = len(lines) == 1 and len(lines[0]) <= SHORT
                self._write(lines, left, top, width, face, centred=not number or is_number)
                left += width
            canvas.line(0, top, self.width, top)
            top -= row.height
        canvas.line(0, 0, self.width, 0)
        left = 0.0
        for width in (0.0, *self.widths):
            left += width
            canvas.line(left, 0, left, self.height)

    def _write(
        self, lines: Sequence[str], left: float, top: float, width: float, face: str, *, centred: bool
    ) -> None:
        canvas, size = self.canv, self.type.size
        canvas.setFont(face, size, self.type.leading)
        for number, words in enumerate(lines):
            foot = top - PADDING - size - number * self.type.leading
            if centred:
                canvas.drawCentredString(left + width / 2, foot, words)
            else:
                canvas.drawString(left + PADDING, foot, words)


def grid(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    type: Type,
    page_height: float,
) -> Grid:
    """``page_height`` is the most a row may take before it is cut in two."""
    head = _line(
        [broken(cell, type.head, type.size, _inside(width)) for cell, width in _with(columns, widths)], type
    )
    most = int((page_height - head.height - 2 * PADDING) // type.leading)
    made: list[Line] = []
    for row in rows:
        cells = [broken(cell, type.body, type.size, _inside(width)) for cell, width in _with(row, widths)]
        for first in range(0, max(map(len, cells)), most):
            made.append(_line([lines[first : first + most] for lines in cells], type))
    return Grid(head, made, widths, type)


def _line(cells: Sequence[tuple[str, ...]], type: Type) -> Line:
    count = max(1, *map(len, cells))
    return Line(tuple(cells), count * type.leading + 2 * PADDING)


def _with(cells: Sequence[str], widths: Sequence[float]) -> list[tuple[str, float]]:
    return list(zip(cells, widths, strict=True))


def _inside(width: float) -> float:
    return width - 2 * PADDING


@lru_cache(maxsize=4096)
def broken(text: str, face: str, size: float, width: float) -> tuple[str, ...]:
    """``text`` in lines of at most ``width`` points; its own line breaks stay, endless words are cut."""
    return tuple(line for part in text.split("\n") for line in _broken(part, face, size, width))


def _broken(text: str, face: str, size: float, width: float) -> list[str]:
    lines, line, filled = [], "", 0.0
    blank = _width(" ", face, size)
    for word in (piece for whole in text.split() for piece in _pieces(whole, face, size, width)):
        need = _width(word, face, size)
        if line and filled + blank + need > width:
            lines.append(line)
            line, filled = word, need
        else:
            line, filled = (f"{line} {word}", filled + blank + need) if line else (word, need)
    return [*lines, line] if line else lines or [""]


def _pieces(word: str, face: str, size: float, width: float) -> list[str]:
    pieces, piece = [], ""
    if _width(word, face, size) <= width:
        return [word]
    for letter in word:
        if piece and _width(piece + letter, face, size) > width:
            pieces.append(piece)
            piece = ""
        piece += letter
    return [*pieces, piece]


@lru_cache(maxsize=8192)
def _width(word: str, face: str, size: float) -> float:
    return stringWidth(word, face, size)

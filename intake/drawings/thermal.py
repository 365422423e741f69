"""A ``Paper`` as the dots of a till roll: 576 wide on 80 mm paper, 384 on 58 mm, 203 dots an inch.

Glyphs are cut to black and white by a threshold, never dithered. Glyphs, words
and paragraphs are kept in bounded caches, 20 MB when all are full; a receipt
is then mostly copying.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import NamedTuple

from PIL import Image, ImageDraw

from intake.drawings.barcode import BAR_QUIET, code128
from intake.drawings.fonts import Weight, font, printable
from intake.drawings.qr import QUIET, qr_modules
from intake.paper import (
    Banner,
    Barcode,
    Block,
    Code,
    Divider,
    Field,
    Heading,
    Letterhead,
    Paper,
    Qr,
    Rows,
    Signatures,
    Text,
)

NARROWEST = 384
MODULE = 5  # dots; smaller ones smear on worn heads
QR_SIDE = 200  # dots, 25 mm
BAR = (3, 2)  # dots of a narrow bar, the widest that fits; thinner ones run into one another
BAR_HEIGHT = 96  # dots, 12 mm
RULE = 2  # dots
FIELD_GAP = 3  # dots
SIGNING_SPACE = 100  # dots between the role and the name
TOP = 6  # dots above the first line, for its accents

_OVERHANG = 3  # dots a glyph may reach past its advance on either side


@dataclass(frozen=True)
class Raster:
    """Dots packed row by row, most significant bit first, 1 = black; ``width // 8`` bytes a row."""

    width: int
    height: int
    data: bytes


class Style(NamedTuple):
    """How a run of text is set. ``leading`` is the line height over ``size``; Ấ and Ợ need 1.38."""

    weight: Weight
    size: int
    leading: float = 1.38

    @property
    def line(self) -> int:
        return round(self.size * self.leading)

    @property
    def baseline(self) -> int:
        """From the top of the line to the foot of the letters."""
        ascent, descent = font(self.weight, self.size).getmetrics()
        return (self.line - ascent - descent) // 2 + ascent

    @property
    def reach(self) -> int:
        """How far Ẳ, 1.3 times the size high, stands out above its line, into the white of the one before."""
        return ceil(1.3 * self.size) - self.baseline


class Scale(NamedTuple):
    """The sizes of one paper width."""

    margin: int
    gap: int  # between columns
    heading: Style
    code: Style
    number: Style
    banner: Style
    large: Style
    strong: Style
    body: Style
    label: Style
    small: Style


WIDE = Scale(
    margin=12,
    gap=18,
    heading=Style(Weight.BOLD, 40),
    code=Style(Weight.BOLD, 54, 1.12),
    number=Style(Weight.BOLD, 150, 1.1),
    banner=Style(Weight.BOLD, 34, 1.2),
    large=Style(Weight.BOLD, 28),
    strong=Style(Weight.SEMIBOLD, 24),
    body=Style(Weight.MEDIUM, 24),
    label=Style(Weight.REGULAR, 22),
    small=Style(Weight.REGULAR, 20),
)
NARROW = Scale(
    margin=8,
    gap=12,
    heading=Style(Weight.BOLD, 36),
    code=Style(Weight.BOLD, 46, 1.12),
    number=Style(Weight.BOLD, 100, 1.1),
    banner=Style(Weight.BOLD, 30, 1.2),
    large=Style(Weight.BOLD, 25),
    strong=Style(Weight.SEMIBOLD, 22),
    body=Style(Weight.MEDIUM, 22),
    label=Style(Weight.REGULAR, 20),
    small=Style(Weight.REGULAR, 20),
)


def draw_thermal(paper: Paper, width: int) -> Raster:
    """``paper`` on a roll ``width`` dots wide: a multiple of 8, at least 384. Nothing is ever cut.

    Raises ValueError for another width, and for a QR whose modules would be
    smaller than 5 dots: its data is too long for paper.
    """
    if width % 8 or width < NARROWEST:
        raise ValueError(f"a roll is a multiple of 8 dots wide, at least {NARROWEST}: {width}")
    roll = _Roll(paper, width)
    for block in paper.blocks:
        _draw(roll, block)
    return roll.raster()


# --- words ---


@lru_cache(maxsize=4096)
def _advance(cluster: str, following: str, style: Style) -> float:
    """How far ``cluster`` moves the pen before ``following``, kerning included."""
    face = font(style.weight, style.size)
    return face.getlength(cluster + following) - face.getlength(following)


@lru_cache(maxsize=2048)
def _glyph(cluster: str, style: Style) -> Image.Image:
    """One letter with its marks, cut to black and white, in a box of one line and its reach."""
    face = font(style.weight, style.size)
    grey = Image.new("L", (ceil(face.getlength(cluster)) + 2 * _OVERHANG, style.line + 2 * style.reach))
    foot = (_OVERHANG, style.reach + style.baseline)
    ImageDraw.Draw(grey).text(foot, cluster, fill=255, font=face, anchor="ls")
    faintest = 255 - (190 if style.weight is Weight.REGULAR else 150)
    return grey.point([255 * (level > faintest) for level in range(256)], "1")


class _Word(NamedTuple):
    picture: Image.Image  # with _OVERHANG on either side, the style's reach above and below
    length: float


@lru_cache(maxsize=2048)
def _word(word: str, style: Style) -> _Word:
    clusters = _clusters(word)
    pens = [0.0]
    for cluster, following in zip(clusters, [*clusters[1:], ""], strict=True):
        pens.append(pens[-1] + _advance(cluster, following, style))
    picture = Image.new("1", (ceil(pens[-1]) + 2 * _OVERHANG + 1, style.line + 2 * style.reach))
    for cluster, pen in zip(clusters, pens, strict=False):
        picture.paste(1, (round(pen), 0), _glyph(cluster, style))
    return _Word(picture, pens[-1])


def _clusters(word: str) -> list[str]:
    """Letters with the combining marks that follow them."""
    clusters: list[str] = []
    for letter in word:
        if clusters and unicodedata.combining(letter):
            clusters[-1] += letter
        else:
            clusters.append(letter)
    return clusters


def _lines(text: str, style: Style, width: int) -> list[list[_Word]]:
    """``text`` broken at spaces to ``width`` dots; a word that is longer alone breaks at letters."""
    space = _advance(" ", "", style)
    lines: list[list[_Word]] = []
    room = -1.0
    for word in _fitting(text.split(), style, width):
        room -= space + word.length
        if room < 0:
            lines.append([])
            room = width - word.length
        lines[-1].append(word)
    return lines


def _length(words: Sequence[_Word], style: Style) -> float:
    return sum(word.length for word in words) + _advance(" ", "", style) * (len(words) - 1)


def _balanced(text: str, style: Style, width: int) -> list[list[_Word]]:
    """The same number of lines, about equally long, so that no centred line holds one lost word."""
    lines = _lines(text, style, width)
    for narrower in range(width - 16, 0, -16) if len(lines) > 1 else ():
        closer = _lines(text, style, narrower)
        if len(closer) > len(lines):
            break
        lines = closer
    return lines


@lru_cache(maxsize=256)
def _paragraph(text: str, style: Style, width: int, centred: bool) -> Image.Image:
    """``text`` set in a column ``width`` dots wide; the picture has the margins of a word's."""
    lines = (_balanced if centred else _lines)(text, style, width)
    space = _advance(" ", "", style)
    height = len(lines) * style.line + 2 * style.reach
    picture = Image.new("1", (width + 2 * _OVERHANG, height))
    for number, words in enumerate(lines):
        pen = (width - _length(words, style)) / 2 if centred else 0.0
        for word in words:
            picture.paste(1, (round(pen), number * style.line), word.picture)
            pen += word.length + space
    return picture


def _fitting(words: Iterable[str], style: Style, width: int) -> Iterable[_Word]:
    """The words, each no longer than ``width``."""
    for text in map(printable, words):
        word = _word(text, style)
        if word.length <= width:
            yield word
            continue
        piece, room = "", float(width - _OVERHANG)  # kerning may lengthen a piece by a dot
        for cluster in _clusters(text):
            room -= _advance(cluster, "", style)
            if piece and room < 0:
                yield _word(piece, style)
                piece, room = "", width - _OVERHANG - _advance(cluster, "", style)
            piece += cluster
        yield _word(piece, style)


# --- the roll ---


class _Column(NamedTuple):
    left: int
    width: int


class _Roll:
    """Marks on a strip of paper whose length is known only at the end; ``y`` is where the next one goes."""

    def __init__(self, paper: Paper, width: int) -> None:
        scale = WIDE if width >= 512 else NARROW
        self.width = width
        self.scale = scale
        self.page = _Column(scale.margin, width - 2 * scale.margin)
        self.labels = _Column(scale.margin, _label_width(paper, scale.label, self.page.width))
        indent = self.labels.width + scale.gap
        self.values = _Column(self.page.left + indent, self.page.width - indent)
        self.y = TOP
        self._marks: list[tuple[int, tuple[int, int] | tuple[int, int, int, int], Image.Image | None]] = []

    def fill(self, column: _Column, top: int, height: int) -> None:
        """A black rectangle."""
        self._marks.append((1, (column.left, top, column.left + column.width, top + height), None))

    def put(self, x: int, y: int, picture: Image.Image, ink: int = 1) -> None:
        """The black dots of ``picture``, in black or (ink 0) in white."""
        self._marks.append((ink, (x, y), picture))

    def rule(self, above: int, below: int) -> None:
        self.fill(self.page, self.y + above, RULE)
        self.y += above + RULE + below

    def text(
        self,
        text: str,
        style: Style,
        *,
        column: _Column | None = None,
        top: int | None = None,
        centred: bool = False,
        ink: int = 1,
    ) -> int:
        """Set ``text`` in ``column`` (else the page) from ``top`` (else ``y``) down; says where it ends."""
        left, width = column or self.page
        top = self.y if top is None else top
        picture = _paragraph(text, style, width, centred)
        self.put(left - _OVERHANG, top - style.reach, picture, ink)
        return top + picture.height - 2 * style.reach

    def raster(self) -> Raster:
        image = Image.new("1", (self.width, self.y))
        for ink, box, mask in self._marks:
            image.paste(ink, box, mask)
        return Raster(self.width, self.y, image.tobytes())


def _label_width(paper: Paper, style: Style, page_width: int) -> int:
    """As wide as the longest label, a third of the page at most; longer ones wrap."""
    labels = (block.label for block in paper.blocks if isinstance(block, Field))
    return min(max((_need(label, style) for label in labels), default=0), page_width // 3)


# --- blocks ---


def _draw(roll: _Roll, block: Block) -> None:
    match block:
        case Letterhead():
            _letterhead(roll, block)
        case Heading():
            roll.y = roll.text(block.text, roll.scale.heading, centred=True)
        case Code():
            _code(roll, block)
        case Qr():
            _qr(roll, block)
        case Barcode():
            _barcode(roll, block)
        case Field():
            _field(roll, block)
        case Banner():
            _banner(roll, block)
        case Text():
            _text(roll, block)
        case Rows():
            _rows(roll, block)
        case Divider():
            roll.rule(7, 7)
        case Signatures():
            _signatures(roll, block)


def _letterhead(roll: _Roll, head: Letterhead) -> None:
    small, strong = roll.scale.small, roll.scale.strong
    for line in head.motto:
        roll.y = roll.text(line, strong, centred=True)
    roll.rule(6, 8)
    for line, style in (
        (head.agency, small),
        (head.office, strong),
        (head.number, small),
        (head.dated, small),
    ):
        roll.y = roll.text(line, style, centred=True)
    roll.y += 12


def _code(roll: _Roll, code: Code) -> None:
    roll.y = roll.text(code.label, roll.scale.label, top=roll.y + 8, centred=True)
    for line in code.lines:
        roll.y = roll.text(line, roll.scale.number if code.large else roll.scale.code, centred=True)


def _qr(roll: _Roll, qr: Qr) -> None:
    modules = qr_modules(qr.data)
    side = len(modules)
    module = max(MODULE, ceil(QR_SIDE / side))
    if (side + 2 * QUIET) * module > roll.width:
        raise ValueError(f"a QR of {side} modules does not fit on {roll.width} dots")
    dots = bytes(255 * is_black for row in modules for is_black in row)
    small = Image.frombytes("L", (side, side), dots).convert("1", dither=Image.Dither.NONE)
    picture = small.resize((side * module, side * module), Image.Resampling.NEAREST)
    top = roll.y + QUIET * module
    roll.put((roll.width - side * module) // 2, top, picture)
    roll.y = top + (side + QUIET) * module
    roll.y = roll.text(qr.caption, roll.scale.small, centred=True) + 4


def _barcode(roll: _Roll, barcode: Barcode) -> None:
    modules = code128(barcode.data)
    fitting = (bar for bar in BAR if (len(modules) + 2 * BAR_QUIET) * bar <= roll.width)
    bar = next(fitting, None)
    if bar is None:
        roll.y = roll.text(barcode.caption or barcode.data, roll.scale.code, centred=True)
        return
    dots = bytes(255 * is_black for is_black in modules)
    small = Image.frombytes("L", (len(modules), 1), dots).convert("1", dither=Image.Dither.NONE)
    width = len(modules) * bar
    picture = small.resize((width, BAR_HEIGHT), Image.Resampling.NEAREST)
    roll.put((roll.width - width) // 2, roll.y + 8, picture)
    roll.y += 8 + BAR_HEIGHT + 4
    if barcode.caption:
        roll.y = roll.text(barcode.caption, roll.scale.large, centred=True) + 4


def _field(roll: _Roll, field: Field) -> None:
    label, value = roll.scale.label, roll.scale.large if field.strong else roll.scale.body
    on_the_same_foot = roll.y + value.baseline - label.baseline
    label_end = roll.text(field.label, label, column=roll.labels, top=on_the_same_foot)
    roll.y = max(label_end, roll.text(field.value, value, column=roll.values)) + FIELD_GAP


def _banner(roll: _Roll, banner: Banner) -> None:
    style = roll.scale.banner
    padding = style.reach
    inside = _Column(roll.page.left + padding, roll.page.width - 2 * padding)
    height = len(_balanced(banner.text, style, inside.width)) * style.line + 2 * padding
    top = roll.y + 6
    roll.fill(roll.page, top, height)
    roll.text(banner.text, style, column=inside, top=top + padding, centred=True, ink=0)
    roll.y = top + height + 6


def _text(roll: _Roll, text: Text) -> None:
    style = roll.scale.small if text.small else roll.scale.strong if text.strong else roll.scale.body
    roll.y = roll.text(text.text, style, centred=text.centred) + 4


def _rows(roll: _Roll, rows: Rows) -> None:
    columns = _columns(roll, [rows.columns, *rows.rows])
    for number, row in enumerate([rows.columns, *rows.rows]):
        roll.y = max(
            roll.text(cell, roll.scale.small, column=column)
            for cell, column in zip(row, columns, strict=True)
        )
        if number in (0, len(rows.rows)):
            roll.rule(4, 6)


def _columns(roll: _Roll, rows: Sequence[Sequence[str]]) -> list[_Column]:
    """The narrow columns as wide as they need, a quarter of the page at most; the widest has the rest."""
    gap, page = roll.scale.gap, roll.page
    needs = [max(_need(cell, roll.scale.small) for cell in cells) for cells in zip(*rows, strict=True)]
    widths = [min(need, page.width // 4) for need in needs]
    widest = needs.index(max(needs))
    widths[widest] += page.width - sum(widths) - gap * (len(widths) - 1)
    lefts = [page.left + sum(widths[:i]) + i * gap for i in range(len(widths))]
    return [_Column(*place) for place in zip(lefts, widths, strict=True)]


def _need(text: str, style: Style) -> int:
    """The length of ``text`` on one line."""
    return ceil(sum(_length(words, style) for words in _lines(text, style, 1 << 20)))


def _signatures(roll: _Roll, signatures: Signatures) -> None:
    top, width = roll.y + 8, roll.page.width // len(signatures.places)
    columns = [_Column(roll.page.left + i * width, width) for i in range(len(signatures.places))]
    places = list(zip(signatures.places, columns, strict=True))
    strong = roll.scale.strong
    signing = max(
        roll.text(role, strong, column=column, top=top, centred=True) for (role, _), column in places
    )
    name_top = signing + SIGNING_SPACE
    names = [
        roll.text(name, strong, column=column, top=name_top, centred=True) for (_, name), column in places
    ]
    roll.y = max(names) + 12
    for line in ("Nơi nhận:", *signatures.copies_to) if signatures.copies_to else ():
        roll.y = roll.text(line, roll.scale.small)

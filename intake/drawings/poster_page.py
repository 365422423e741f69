"""A poster as one PDF page, laid out on A4 and scaled to its size; imported by ``draw_poster`` only."""

from __future__ import annotations

from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.pagesizes import A3, A4, A5
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from intake.drawings.fonts import Weight, printable
from intake.drawings.pdf_pages import _face
from intake.drawings.qr import QUIET, black_runs, qr_modules

if TYPE_CHECKING:
    from intake.poster import Poster

SHEETS = {"a3": A3, "a4": A4, "a5": A5}
WIDTH, HEIGHT = A4
EDGE = 42.0
GAP = 18.0
PAD = 16.0  # inside a card
INNER = WIDTH - 2 * EDGE
SIDE = 142.0  # of the QR on a wall
GOLD, INK, SOFT = HexColor("#FFC53D"), HexColor("#1B1B1F"), HexColor("#4A4A55")
PAPER, JADE, PALE, LINE = HexColor("#FAF7F2"), HexColor("#063D33"), HexColor("#DDF1EA"), HexColor("#D9D3C7")
RED = HexColor("#B42318")


class Set(NamedTuple):
    """Text set to a width: how high it is, and how to draw it with its top at ``y``."""

    paragraph: Paragraph
    height: float

    def draw(self, canvas: Canvas, x: float, y: float) -> float:
        """The ``y`` below it."""
        self.paragraph.drawOn(canvas, x, y - self.height)
        return y - self.height


def drawn(poster: Poster, size: str) -> bytes:
    out = BytesIO()
    sheet = SHEETS[size]
    canvas = Canvas(out, pagesize=sheet, invariant=1, lang="vi")
    canvas.setTitle(f"{poster.title} - {poster.office}")
    canvas.scale(sheet[0] / WIDTH, sheet[1] / HEIGHT)
    canvas.setFillColor(PAPER)
    canvas.rect(0, 0, WIDTH, HEIGHT, stroke=0, fill=1)
    _door(canvas, poster) if size == "a5" else _wall(canvas, poster)
    if poster.draft:
        _draft(canvas)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _wall(canvas: Canvas, poster: Poster) -> None:
    """For a wall: read the day from afar, the rest from near."""
    y = _head(canvas, poster, title=44, qr=SIDE)
    foot = _foot(canvas, poster)
    y = _set(poster.sentence, INNER, Weight.SEMIBOLD, 19).draw(canvas, EDGE, y - 20)
    y = _facts(canvas, poster, y - 14)
    cards = _cards(canvas, poster, foot + GAP)
    _procedures(canvas, poster, y - 20, cards + GAP)


def _door(canvas: Canvas, poster: Poster) -> None:
    """For a door: the day, the sentence, the hours and the QR, larger."""
    y = _head(canvas, poster, title=62)
    foot = _foot(canvas, poster)
    y = _set(poster.sentence, INNER, Weight.SEMIBOLD, 27).draw(canvas, EDGE, y - 28)
    side = min(250.0, y - foot - 40)
    middle = (y + foot) / 2
    _qr(canvas, poster.address, EDGE, middle + side / 2, side)
    left = EDGE + side + 2 * GAP
    lines = [
        *(_labelled("Giờ làm việc", poster.hours, WIDTH - EDGE - left, 20)),
        *(_labelled("Để có kết quả trong ngày", poster.deadline, WIDTH - EDGE - left, 20)),
        _set("Quét mã để xem thủ tục và các ngày tới", WIDTH - EDGE - left, Weight.REGULAR, 19),
    ]
    at = middle + sum(one.height + 6 for one in lines) / 2
    for one in lines:
        at = one.draw(canvas, left, at) - 6


def _head(canvas: Canvas, poster: Poster, *, title: float, qr: float = 0) -> float:
    """The gold field with the name of the day, and a QR ``qr`` wide; the ``y`` of its lower edge."""
    width = INNER - (qr + GAP if qr else 0)
    name = _fitting(poster.title, width, Weight.BOLD, title, lines=3)
    office = _set(poster.office, width, Weight.SEMIBOLD, 17)
    place = _set(poster.place, width, Weight.REGULAR, 14)
    when = _set(poster.when, width, Weight.SEMIBOLD, 20)
    caption = _set("Quét mã để xem thủ tục và các ngày tới", qr or width, Weight.MEDIUM, 11)
    height = 30 + office.height + place.height + 16 + name.height + 10 + when.height + 20
    height = max(height, 30 + qr + 6 + caption.height + 16 if qr else 0)
    canvas.setFillColor(GOLD)
    canvas.rect(0, HEIGHT - height, WIDTH, height, stroke=0, fill=1)
    if qr:
        _qr(canvas, poster.address, WIDTH - EDGE - qr, HEIGHT - 30, qr)
        caption.draw(canvas, WIDTH - EDGE - qr, HEIGHT - 30 - qr - 6)
    y = office.draw(canvas, EDGE, HEIGHT - 30)
    y = place.draw(canvas, EDGE, y)
    y = name.draw(canvas, EDGE, y - 16)
    when.draw(canvas, EDGE, y - 10)
    return HEIGHT - height


def _foot(canvas: Canvas, poster: Poster) -> float:
    """The dark field with the hotline and by whose decision; the ``y`` of its upper edge."""
    lines = [
        _set(
            "Không làm được trên máy? Cứ đến: cán bộ làm cùng, không ai phải về.",
            INNER,
            Weight.MEDIUM,
            13.5,
            white,
        ),
        _set(f"Đường dây nóng: {poster.hotline}", INNER, Weight.BOLD, 21, white),
        *([_set(poster.decision, INNER, Weight.REGULAR, 11, white)] if poster.decision else []),
    ]
    height = 16 + sum(one.height + 3 for one in lines) + 14
    canvas.setFillColor(JADE)
    canvas.rect(0, 0, WIDTH, height, stroke=0, fill=1)
    y = height - 16
    for one in lines:
        y = one.draw(canvas, EDGE, y) - 3
    return height


def _cards(canvas: Canvas, poster: Poster, bottom: float) -> float:
    """«Cần mang», «Không cần mang», side by side; the ``y`` of their upper edge."""
    widths = (INNER * 0.58, INNER * 0.42 - GAP) if poster.leave else (INNER,)
    told = (("Cần mang", poster.bring), ("Không cần mang", poster.leave))
    cards = [
        [
            _set(head, width - 2 * PAD, Weight.BOLD, 15),
            *(_set(f"•\u00a0{line}", width - 2 * PAD, Weight.MEDIUM, 12.5) for line in lines),
        ]
        for width, (head, lines) in zip(widths, told, strict=False)
    ]
    height = max(sum(one.height + 3 for one in card) for card in cards) + 22
    x = EDGE
    for width, card in zip(widths, cards, strict=True):
        canvas.setFillColor(white if x > EDGE else PALE)
        canvas.setStrokeColor(LINE)
        canvas.roundRect(x, bottom, width, height, 12, stroke=int(x > EDGE), fill=1)
        y = bottom + height - 10
        for one in card:
            y = one.draw(canvas, x + PAD, y) - 3
        x += width + GAP
    return bottom + height


def _facts(canvas: Canvas, poster: Poster, top: float) -> float:
    """Hours and deadline, side by side; the ``y`` below them."""
    told = (("Giờ làm việc", poster.hours), ("Để có kết quả trong ngày", poster.deadline))
    width = (INNER - GAP) / 2
    columns = [_labelled(label, value, width, 17) for label, value in told if value]
    ends = [top]
    for place, column in enumerate(columns):
        y = top
        for one in column:
            y = one.draw(canvas, EDGE + place * (width + GAP), y)
        ends.append(y)
    return min(ends)


def _procedures(canvas: Canvas, poster: Poster, top: float, bottom: float) -> None:
    """As many as fit, in two columns where they are many, and how many more there are."""
    top = _set(poster.heading, INNER, Weight.BOLD, 18).draw(canvas, EDGE, top) - 8
    few = sum(_set(name, INNER, Weight.MEDIUM, 15).height + 5 for name in poster.procedures) <= top - bottom
    columns, size, space = (1, 15.0, 5.0) if few else (2, 12.5, 2.5)
    width = (INNER - GAP * (columns - 1)) / columns
    names = [_set(f"•\u00a0{name}", width, Weight.MEDIUM, size) for name in poster.procedures]
    room = _set("và 99 thủ tục khác", width, Weight.MEDIUM, size).height
    column, y = 0, top
    for place, one in enumerate(names):
        is_last = place == len(names) - 1
        needed = one.height if is_last or column < columns - 1 else one.height + space + room
        if y - needed < bottom:
            if column == columns - 1:
                words = f"và {len(names) - place} thủ tục khác"
                _set(words, width, Weight.SEMIBOLD, size, SOFT).draw(canvas, EDGE + column * (width + GAP), y)
                return
            column, y = column + 1, top
        y = one.draw(canvas, EDGE + column * (width + GAP), y) - space


def _labelled(label: str, value: str, width: float, size: float) -> list[Set]:
    if not value:
        return []
    return [_set(label, width, Weight.REGULAR, size * 0.8, SOFT), _set(value, width, Weight.BOLD, size)]


def _qr(canvas: Canvas, data: str, x: float, top: float, side: float) -> None:
    """White with its quiet zone, ``side`` wide in all."""
    modules = qr_modules(data)
    one = side / (len(modules) + 2 * QUIET)
    canvas.setFillColor(white)
    canvas.roundRect(x, top - side, side, side, 10, stroke=0, fill=1)
    canvas.setFillColor(INK)
    for row, line in enumerate(modules, start=1):
        for start, length in black_runs(line):
            canvas.rect(
                x + (start + QUIET) * one, top - (row + QUIET) * one, length * one, one, stroke=0, fill=1
            )


def _draft(canvas: Canvas) -> None:
    canvas.saveState()
    canvas.translate(WIDTH / 2, HEIGHT / 2)
    canvas.rotate(35)
    canvas.setFillColor(RED, alpha=0.28)
    canvas.setFont(_face(Weight.BOLD), 74)
    canvas.drawCentredString(0, 0, "CHƯA CÔNG BỐ")
    canvas.restoreState()


def _fitting(text: str, width: float, weight: Weight, size: float, *, lines: int) -> Set:
    """The largest letters up to ``size`` in which ``text`` takes no more than so many lines."""
    while True:
        found = _set(text, width, weight, size, leading=1.16)
        if found.height <= lines * size * 1.17 or size < 20:
            return found
        size -= 2


def _set(
    text: str,
    width: float,
    weight: Weight,
    size: float,
    colour: Color = INK,
    *,
    leading: float = 1.34,
) -> Set:
    style: dict[str, Any] = {"fontName": _face(weight), "fontSize": size, "leading": size * leading}
    if text.startswith("•"):  # what wraps stands under the word, not under the dot
        style |= {"leftIndent": size * 0.72, "firstLineIndent": -size * 0.72}
    words = escape(" ".join(printable(word) for word in text.split(" ")))
    paragraph = Paragraph(words, ParagraphStyle("", textColor=colour, **style))
    return Set(paragraph, paragraph.wrap(width, HEIGHT)[1])

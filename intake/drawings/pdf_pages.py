"""The blocks of a ``Paper`` as ReportLab flowables; imported by ``draw_pdf`` only when a PDF is asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache, partial
from html import escape
from io import BytesIO
from typing import Any, NamedTuple

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4, A5, A6, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    HRFlowable,
    LongTable,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from intake.drawings.barcode import BAR_QUIET, code128
from intake.drawings.fonts import Weight, font_path, printable
from intake.drawings.pdf_grid import Grid, Type, grid
from intake.drawings.qr import QUIET, black_runs, qr_modules
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

QR_SIDE = 26 * mm  # without its quiet zone
BAR, BAR_HEIGHT = 0.33 * mm, 12 * mm  # a narrow bar, thinner only where the column is
HAIRLINE = 0.5
CELL_PADDING = 3
SMALL_ROWS = 0.7  # of the body
SHORT = 6  # letters: a column of such cells is centred

Command = tuple[str, tuple[int, int], tuple[int, int], *tuple[Any, ...]]  # of a table's style
_WHOLE = ((0, 0), (-1, -1))
_PLAIN: list[Command] = [
    *((f"{side}PADDING", *_WHOLE, 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")),
    ("ALIGN", *_WHOLE, "CENTER"),
    ("VALIGN", *_WHOLE, "TOP"),
]


class Sheet(NamedTuple):
    """One page size, and the body sizes that suit it; a smaller one is taken to save a second page."""

    size: tuple[float, float]
    margin: float
    bodies: tuple[float, ...]

    @property
    def width(self) -> float:
        """Between the margins."""
        return self.size[0] - 2 * self.margin

    @property
    def height(self) -> float:
        """Between the margins."""
        return self.size[1] - 2 * self.margin


SHEETS = {
    "A6": Sheet(A6, 6 * mm, (11.5, 10.5, 9.5, 8.5, 7.5)),
    "A5": Sheet(A5, 11 * mm, (9.5, 9, 8.5, 8)),
    "A4": Sheet(A4, 20 * mm, (12, 11, 10)),
    "A4 landscape": Sheet(landscape(A4), 12 * mm, (10.5,)),
}


def document(papers: Sequence[Paper], size: str, *, alike: bool = False) -> bytes:
    sheet = SHEETS[size]
    bodies = [_fitting(paper, sheet) for paper in papers[: 1 if alike else None]]
    bodies += bodies[:1] * (len(papers) - len(bodies))
    return _build(papers, sheet, bodies)[0]


def _fitting(paper: Paper, sheet: Sheet) -> float:
    """The largest body that needs one page; where none does, or more than two are needed, the first."""
    for body in sheet.bodies:
        count = _build([paper], sheet, [body])[1]
        if count == 1:
            return body
        if count > 2:  # that will never become one
            break
    return sheet.bodies[0]


def _build(papers: Sequence[Paper], sheet: Sheet, bodies: Sequence[float]) -> tuple[bytes, int]:
    """The PDF and its number of pages."""
    out = BytesIO()
    template = BaseDocTemplate(
        out, pagesize=sheet.size, title=papers[0].title, lang="vi", displayDocTitle=True, invariant=1
    )
    box = (sheet.margin, sheet.margin, sheet.width, sheet.height)
    frame = Frame(*box, leftPadding=0, bottomPadding=0, rightPadding=0, topPadding=0)
    template.addPageTemplates(PageTemplate(frames=[frame]))
    story: list[Flowable] = []
    for number, (paper, body) in enumerate(zip(papers, bodies, strict=True)):
        flow = _Flow(sheet, body)
        story += [PageBreak()] if number else []
        story += [
            _Begin(paper.title),
            *(made for block in _paired(paper.blocks) for made in flow.draw(block)),
        ]
    template.build(story, canvasmaker=partial(_Counted, margin=sheet.margin))
    return out.getvalue(), template.page


class _Begin(Flowable):
    """Nothing to see: from here on the pages are of a paper with this title."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.width = self.height = 0
        self.title = title

    def draw(self) -> None:
        assert isinstance(self.canv, _Counted)
        self.canv.papers.append(self.title)


class _Counted(Canvas):
    """Keeps its pages until it knows how many each paper has; where there are several, they are numbered."""

    def __init__(self, *args: Any, margin: float, **more: Any) -> None:
        super().__init__(*args, **more)
        self.papers: list[str] = []
        self._margin = margin
        self._right = more["pagesize"][0] - margin
        self._kept: list[tuple[int, dict[str, Any]]] = []

    def showPage(self) -> None:
        self._kept.append((len(self.papers), dict(self.__dict__)))
        self._startPage()  # type: ignore[attr-defined]

    def save(self) -> None:
        kept, papers = self._kept, self.papers
        counts = Counter(paper for paper, _ in kept)
        seen: Counter[int] = Counter()
        for paper, page in kept:
            self.__dict__.update(page)
            seen[paper] += 1
            if counts[paper] > 1:
                self._number(papers[paper - 1], f"Trang {seen[paper]}/{counts[paper]}")
            super().showPage()
        super().save()

    def _number(self, title: str, words: str) -> None:
        self.setFont(_face(Weight.REGULAR), 8)
        self.drawString(self._margin, self._margin / 2, _printable(title))
        self.drawRightString(self._right, self._margin / 2, words)


@lru_cache(maxsize=5)
def _face(weight: Weight) -> str:
    """The name ReportLab knows the weight by."""
    name = f"BeVietnamPro-{weight}"
    registerFont(TTFont(name, str(font_path(weight))))
    return name


class _Symbol(Flowable):
    """A QR with its quiet zone."""

    def __init__(self, data: str) -> None:
        super().__init__()
        self.modules = qr_modules(data)
        self.module = QR_SIDE / len(self.modules)
        self.width = self.height = QR_SIDE + 2 * QUIET * self.module
        self.hAlign = "CENTER"

    def draw(self) -> None:
        for y, row in enumerate(self.modules, start=1):
            for x, length in black_runs(row):
                left = (x + QUIET) * self.module
                bottom = self.height - (y + QUIET) * self.module
                self.canv.rect(left, bottom, length * self.module, self.module, stroke=0, fill=1)


class _Bars(Flowable):
    """A Code 128 with its quiet zones."""

    def __init__(self, data: str, room: float) -> None:
        super().__init__()
        self.modules = code128(data)
        self.bar = min(BAR, room / (len(self.modules) + 2 * BAR_QUIET))
        self.width, self.height = len(self.modules) * self.bar, BAR_HEIGHT
        self.hAlign = "CENTER"

    def draw(self) -> None:
        for x, length in black_runs(self.modules):
            self.canv.rect(x * self.bar, 0, length * self.bar, self.height, stroke=0, fill=1)


class _Table(LongTable):
    """Breaks between rows; within one only where it begins a page, for then no page can hold it whole."""

    def split(self, available_width: float, available_height: float) -> list[Flowable]:
        self.splitInRow = int(self._frame._atTop)  # type: ignore[attr-defined]
        return super().split(available_width, available_height)


class _CodeAndQr(NamedTuple):
    """A code directly followed by its QR: they stand side by side."""

    code: Code
    qr: Qr


def _paired(blocks: Sequence[Block]) -> list[Block | _CodeAndQr]:
    paired: list[Block | _CodeAndQr] = []
    for block in blocks:
        if isinstance(block, Qr) and paired and isinstance(paired[-1], Code):
            paired[-1] = _CodeAndQr(paired[-1], block)
        else:
            paired.append(block)
    return paired


class _Flow:
    """Draws blocks in one column, in the type sizes that go with ``body``."""

    def __init__(self, sheet: Sheet, body: float) -> None:
        self.width, self.height = sheet.width, sheet.height
        self.body = body

    def draw(self, block: Block | _CodeAndQr) -> list[Flowable]:
        """The block and the space after it."""
        match block:
            case Letterhead():
                return [self.letterhead(block), self.space(1.1)]
            case Heading():
                return [self.centred(block.text, Weight.BOLD, 1.45), self.space(0.35)]
            case Code():
                return [*self.code(block), self.space(0.5)]
            case Qr():
                return [*self.qr(block), self.space(0.5)]
            case Barcode():
                return [*self.barcode(block), self.space(0.5)]
            case _CodeAndQr():
                return [self.code_and_qr(block), self.space(0.6)]
            case Field():
                return [self.field(block), self.space(0.2)]
            case Banner():
                return [self.space(0.3), self.banner(block), self.space(0.4)]
            case Text():
                # a line that introduces a table stays with its first rows
                room = CondPageBreak(self.body * 8 if block.strong else 0)
                weight = Weight.SEMIBOLD if block.strong else Weight.ITALIC if block.small else Weight.REGULAR
                set_text = self.centred if block.centred else self.text
                return [room, set_text(block.text, weight, 0.85 if block.small else 1), self.space(0.3)]
            case Rows():
                return [self.rows(block), self.space(0.5)]
            case Divider():
                return [HRFlowable("100%", HAIRLINE, color=colors.black, spaceBefore=4, spaceAfter=4)]
            case Signatures():
                return [self.space(0.6), self.signatures(block), self.space(0.8)]

    def space(self, bodies: float) -> Spacer:
        return Spacer(0, bodies * self.body)

    def style(self, weight: Weight, scale: float, **more: Any) -> ParagraphStyle:
        size = self.body * scale
        return ParagraphStyle("", fontName=_face(weight), fontSize=size, leading=size * 1.32, **more)

    def text(self, text: str, weight: Weight, scale: float = 1) -> Paragraph:
        return Paragraph(_lines(text), self.style(weight, scale))

    def centred(
        self, text: str, weight: Weight, scale: float = 1, *, share: float = 1, **more: Any
    ) -> Paragraph:
        """``text`` in a column that is a ``share`` of the page; its lines are about equally long."""
        style = self.style(weight, scale, alignment=TA_CENTER, **more)
        if "\n" in text:
            return Paragraph(_lines(text), style)
        words, width = _printable(text), self.width * share
        lines = simpleSplit(words, style.fontName, style.fontSize, width)
        widest = max((stringWidth(word, style.fontName, style.fontSize) for word in words.split()), default=0)
        while len(lines) > 1 and (width := width - self.body) > widest:
            narrower = simpleSplit(words, style.fontName, style.fontSize, width)
            if len(narrower) > len(lines):
                break
            lines = narrower
        return Paragraph("<br/>".join(map(escape, lines)), style)

    def letterhead(self, head: Letterhead) -> Table:
        left_share, right_share = 0.48, 0.52
        rule = HRFlowable("30%", HAIRLINE, color=colors.black, spaceBefore=2, spaceAfter=2)
        left = [
            self.centred(head.agency, Weight.REGULAR, 0.86, share=left_share),
            self.centred(head.office, Weight.BOLD, 0.86, share=left_share),
            rule,
            self.centred(head.number, Weight.REGULAR, 0.86, share=left_share),
        ]
        right = [
            self.centred(head.motto[0], Weight.BOLD, 0.86, share=right_share),
            self.centred(head.motto[1], Weight.BOLD, 0.94, share=right_share),
            rule,
            self.centred(head.dated, Weight.ITALIC, 0.86, share=right_share),
        ]
        return Table([[left, right]], [self.width * left_share, self.width * right_share], style=_PLAIN)

    def code(self, code: Code, share: float = 1) -> list[Flowable]:
        lines = [
            self.centred(line, Weight.BOLD, self._unbroken(line, share), share=share) for line in code.lines
        ]
        return [self.centred(code.label, Weight.REGULAR, share=share), *lines]

    def _unbroken(self, code: str, share: float) -> float:
        """Twice the body, or as much as lets the code stand on one line; nobody reads half of one."""
        need = stringWidth(_printable(code), _face(Weight.BOLD), self.body)
        return min(2, max(1, (self.width * share - 1) / need))

    def qr(self, qr: Qr, share: float = 1) -> list[Flowable]:
        return [_Symbol(qr.data), self.centred(qr.caption, Weight.REGULAR, 0.8, share=share)]

    def barcode(self, barcode: Barcode) -> list[Flowable]:
        caption = [self.centred(barcode.caption, Weight.SEMIBOLD, 1.2)] if barcode.caption else []
        return [_Bars(barcode.data, self.width), self.space(0.2), *caption]

    def code_and_qr(self, both: _CodeAndQr) -> Table:
        shares = (0.55, 0.45)
        cells = [[self.code(both.code, shares[0]), self.qr(both.qr, shares[1])]]
        style: list[Command] = [*_PLAIN, ("VALIGN", *_WHOLE, "MIDDLE")]
        return Table(cells, [self.width * share for share in shares], style=style)

    def field(self, field: Field) -> Paragraph:
        face = _face(Weight.BOLD if field.strong else Weight.MEDIUM)
        label, value = escape(_printable(field.label)), escape(_printable(field.value))
        return Paragraph(f'{label}: <font name="{face}">{value}</font>', self.style(Weight.REGULAR, 1))

    def banner(self, banner: Banner) -> Table:
        words = self.centred(banner.text, Weight.BOLD, 1.4, textColor=colors.white)
        return Table(
            [[words]], [self.width], style=[*_PLAIN, *_box(3), ("BACKGROUND", *_WHOLE, colors.black)]
        )

    def rows(self, rows: Rows) -> Flowable:
        scale = SMALL_ROWS if rows.small else 0.95
        widths, widest = self.column_widths(rows, scale)
        if rows.small:
            return self.grid(rows, widths, self.body * scale)
        is_text = [
            max(map(len, cells), default=0) > SHORT if rows.shares else column == widest
            for column, cells in enumerate(zip(*rows.rows, strict=True) if rows.rows else rows.columns)
        ]
        shares = [(width - 2 * CELL_PADDING) / self.width for width in widths]
        head = [
            self.centred(cell, Weight.SEMIBOLD, scale, share=share)
            for cell, share in zip(rows.columns, shares, strict=True)
        ]
        body = [
            [
                Paragraph(_lines(cell), self.style(Weight.REGULAR, scale, alignment=TA_RIGHT))
                if column in rows.numbers
                else self.text(cell, Weight.REGULAR, scale)
                if is_text[column]
                else self.centred(cell, Weight.REGULAR, scale, share=shares[column])
                for column, cell in enumerate(row)
            ]
            for row in rows.rows
        ]
        style: list[Command] = [*_PLAIN, *_box(CELL_PADDING), ("GRID", *_WHOLE, HAIRLINE, colors.black)]
        return _Table([head, *body], widths, style=style, repeatRows=1)

    def grid(self, rows: Rows, widths: Sequence[float], size: float) -> Grid:
        type = Type(_face(Weight.SEMIBOLD), _face(Weight.REGULAR), size)
        cells = [[_printable_lines(cell) for cell in row] for row in rows.rows]
        return grid([_printable_lines(cell) for cell in rows.columns], cells, widths, type, self.height)

    def column_widths(self, rows: Rows, scale: float) -> tuple[list[float], int]:
        """The narrow columns as wide as they need, a quarter of the page at most; and which has the rest."""
        if rows.shares:
            return [self.width * share / sum(rows.shares) for share in rows.shares], -1
        face, size = _face(Weight.SEMIBOLD), self.body * scale
        needs = [
            max(stringWidth(cell, face, size) for cell in cells) + 2 * CELL_PADDING + 1
            for cells in zip(rows.columns, *rows.rows, strict=True)
        ]
        widths = [min(need, self.width / 4) for need in needs]
        widest = needs.index(max(needs))
        widths[widest] += self.width - sum(widths)
        return widths, widest

    def signatures(self, signatures: Signatures) -> Table:
        """Kept on one page, role to name."""
        copies = signatures.copies_to
        # one alone signs on the right
        left = bool(copies) or len(signatures.places) == 1
        share = 1 / (len(signatures.places) + left)
        columns: list[tuple[Flowable | str, ...]] = [
            (
                self.centred(role, Weight.BOLD, share=share),
                self.centred(signatures.hint, Weight.ITALIC, 0.85, share=share),
                "",
                self.centred(name, Weight.SEMIBOLD, share=share),
            )
            for role, name in signatures.places
        ]
        style: list[Command] = [*_PLAIN, ("NOSPLIT", *_WHOLE)]
        if left:
            lines = self.text("\n".join(("Nơi nhận:", *copies) if copies else ()), Weight.ITALIC, 0.85)
            columns.insert(0, (lines, "", "", ""))
            style.append(("SPAN", (0, 0), (0, -1)))
        heights = [None, None, self.body * 4, None]
        return Table(
            list(zip(*columns, strict=True)), [self.width * share] * len(columns), heights, style=style
        )


def _box(padding: float) -> list[Command]:
    """Room inside the borders."""
    return [(f"{side}PADDING", *_WHOLE, padding) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]


def _printable_lines(text: str) -> str:
    return "\n".join(_printable(line) for line in text.split("\n"))


def _lines(text: str) -> str:
    """As the markup of a paragraph that keeps its line breaks."""
    return "<br/>".join(escape(_printable(line)) for line in text.split("\n"))


def _printable(text: str) -> str:
    return " ".join(map(printable, text.split()))

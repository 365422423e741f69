"""The report of service days as a paper to sign and send: A4, with its picture.

Imported only when a PDF is asked for: ReportLab is large.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import BytesIO

from reportlab.lib.colors import Color, HexColor
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, KeepTogether, PageTemplate

from intake.day_report import DayReport
from intake.day_report_words import aims, comparison, day_words, picture, sentences, title_of
from intake.drawings.fonts import Weight, printable
from intake.drawings.pdf_pages import SHEETS, _Begin, _Counted, _face, _Flow
from intake.paper import Block, Field, Heading, Rows, Signatures, Text
from intake.receipt import letterhead
from intake.records import Office
from intake.rules.day_chart import Chart
from intake.rules.day_figures import MEDIAN
from intake.rules.day_words import count_words, minutes_words, percent, period_words, reason_words

BODIES = (10.5, 10.0, 9.5)
COLOURS = {"electronic": HexColor("#0B5D4E"), "digitised": HexColor("#8CBDB0"), "paper": HexColor("#FFC53D")}
NAMES = {"electronic": "không giấy", "digitised": "số hóa từ bưu điện", "paper": "còn bản giấy"}
INK, SOFT, LINE = HexColor("#1B1B1F"), HexColor("#4A4A55"), HexColor("#D9D3C7")
MOST_ROWS = 40


@dataclass(frozen=True)
class _Issuer:
    office_name: str
    office_place: str
    agency_name: str


def draw_report(office: Office, report: DayReport, *, on: datetime) -> bytes:
    """In the largest letters that need no page more; the same report gives the same bytes."""
    made = [_build(office, report, body, on) for body in BODIES]
    least = min(pages for _, pages in made)
    return next(data for data, pages in made if pages == least)


def _build(office: Office, report: DayReport, body: float, on: datetime) -> tuple[bytes, int]:
    """The PDF and its number of pages."""
    sheet, out = SHEETS["A4"], BytesIO()
    title = f"Báo cáo {title_of(report)}"
    template = BaseDocTemplate(
        out, pagesize=sheet.size, title=title, lang="vi", displayDocTitle=True, invariant=1
    )
    box = (sheet.margin, sheet.margin, sheet.width, sheet.height)
    frame = Frame(*box, leftPadding=0, bottomPadding=0, rightPadding=0, topPadding=0)
    template.addPageTemplates(PageTemplate(frames=[frame]))
    flow = _Flow(sheet, body)
    story: list[Flowable] = [_Begin(title)]
    story += _drawn(flow, _opening(office, report, on))
    heading, chart = picture(report)
    if chart is not None:
        story.append(KeepTogether([*flow.draw(Text(heading, strong=True)), _Bars(chart, sheet.width)]))
        story.append(flow.space(0.6))
    story += _drawn(flow, _tables(report))
    story += _drawn(flow, (Signatures((("THỦ TRƯỞNG ĐƠN VỊ", ""),)),))
    template.build(story, canvasmaker=partial(_Counted, margin=sheet.margin))
    return out.getvalue(), template.page


def _drawn(flow: _Flow, blocks: Sequence[Block]) -> list[Flowable]:
    return [made for block in blocks for made in flow.draw(block)]


def _opening(office: Office, report: DayReport, on: datetime) -> list[Block]:
    period = period_words(report.scope.first, report.scope.last)
    decisions = [rule.latest.decision for rule in report.rules if rule.latest.decision]
    blocks: list[Block] = [
        letterhead(_Issuer(office.name, office.place, office.agency_name), "", on=on),
        Heading("BÁO CÁO KẾT QUẢ"),
        Text(title_of(report), strong=True, centred=True),
        Text(period, centred=True),
    ]
    if decisions:
        blocks.append(Text(f"Thực hiện {'; '.join(dict.fromkeys(decisions))}.", small=True, centred=True))
    blocks += [Text(said) for said in sentences(report)]
    if not report.is_empty:
        before = report.baseline.days
        blocks.append(
            Rows(
                ("Chỉ tiêu", "Trong các ngày này", "Ngày thường, cùng thủ tục", "Trước khi có quy định"),
                tuple((one.name, one.now, one.other, one.before) for one in comparison(report)),
                shares=(5, 3, 3, 3),
            )
        )
        if before:
            blocks.append(
                Text(
                    f"«Trước khi có quy định» là {len(before)} ngày cùng thứ trong tám tuần trước, cùng thủ"
                    " tục. Một lượt tính từ lúc nhận hồ sơ đến lúc trả kết quả trong cùng ngày, kể cả giờ"
                    " nghỉ trưa.",
                    small=True,
                )
            )
    return blocks


def _tables(report: DayReport) -> list[Block]:
    if report.is_empty:
        return []
    blocks: list[Block] = [
        Text("Mục tiêu", strong=True),
        Rows(
            ("Mục tiêu", "Mức", "Đạt được", "Kết luận"),
            tuple((one.name, one.aim, one.now, one.verdict) for one in aims(report)),
            shares=(6, 1.6, 2, 2.4),
        ),
        Text("Theo thủ tục", strong=True),
        Rows(
            ("Thủ tục", "Hồ sơ", "Không giấy", "Còn giấy", "Trong ngày", "Trả ngay", "Một lượt"),
            tuple(
                (
                    one.title,
                    count_words(one.sum["dossiers"]),
                    percent(one.sum.share("electronic")),
                    count_words(one.sum["paper"]),
                    count_words(one.sum["same_day"]),
                    count_words(one.sum["same_visit"]),
                    minutes_words(one.sum.visit(MEDIAN)),
                )
                for one in report.procedures[:MOST_ROWS]
            ),
            shares=(5, 1.4, 1.8, 1.5, 1.7, 1.5, 2),
        ),
    ]
    if report.sum["paper"]:
        blocks += _paper(report)
    if len(report.days) > 1:
        blocks += _days(report)
    if report.overdue:
        blocks.append(Field("Hồ sơ đang quá hạn, chưa xong", count_words(report.overdue), strong=True))
    return blocks


def _paper(report: DayReport) -> list[Block]:
    """Which rule keeps us on paper."""
    reasons = [(reason_words(code), count_words(count)) for code, count in report.sum.reasons.items()]
    if report.sum.unreasoned:
        reasons.append((reason_words(""), count_words(report.sum.unreasoned)))
    blocks: list[Block] = [
        Text("Vì sao còn nhận giấy", strong=True),
        Rows(("Lý do", "Hồ sơ"), tuple(reasons), shares=(6, 1)),
    ]
    if kept := report.sum.kept_papers[:MOST_ROWS]:
        blocks += [
            Text("Giấy tờ phải nhận bản giấy", strong=True),
            Rows(
                ("Giấy tờ", "Lý do", "Số lần"),
                tuple((name, reason_words(code), count_words(count)) for code, name, count in kept),
                shares=(4, 4, 1.2),
            ),
        ]
    return blocks


def _days(report: DayReport) -> list[Block]:
    rows = tuple(
        (
            day_words(one.day),
            count_words(one.sum["dossiers"]),
            percent(one.sum.share("electronic")),
            count_words(one.sum["same_day"]),
            count_words(one.broken),
            minutes_words(one.sum.visit(MEDIAN)),
            minutes_words(one.suspended) if one.suspended else "–",
        )
        for one in report.days
    )
    columns = ("Ngày", "Hồ sơ", "Không giấy", "Trong ngày", "Lỡ hẹn", "Một lượt", "Tạm dừng")
    return [Text("Theo ngày", strong=True), Rows(columns, rows, shares=(4, 1.4, 1.8, 1.7, 1.4, 2, 1.8))]


class _Bars(Flowable):
    """The picture, as wide as the page."""

    def __init__(self, chart: Chart, width: float) -> None:
        super().__init__()
        self.chart, self.scale = chart, width / chart.width
        self.width, self.height = width, chart.height * self.scale + 16

    def draw(self) -> None:
        canvas, chart, scale = self.canv, self.chart, self.scale

        def up(top: float) -> float:
            return (chart.height - top) * scale

        canvas.setLineWidth(0.5)
        for top, number in chart.lines:
            canvas.setStrokeColor(LINE)
            canvas.line(chart.left * scale, up(top), self.width, up(top))
            self._write(canvas, (chart.left - 6) * scale, up(top) - 2.5, str(number), SOFT, "right")
        for bar in chart.bars:
            middle = (bar.x + bar.width / 2) * scale
            for kind, top, height in bar.parts:
                canvas.setFillColor(COLOURS[kind])
                canvas.rect(
                    bar.x * scale, up(top + height), bar.width * scale, height * scale, stroke=0, fill=1
                )
            if bar.count:
                self._write(canvas, middle, up(bar.top) + 3, str(bar.count), INK, "middle")
            self._write(canvas, middle, up(chart.height - 8), bar.label, SOFT, "middle")
        self._legend(canvas)

    def _legend(self, canvas: Canvas) -> None:
        left = self.chart.left * self.scale
        kinds = [kind for kind in NAMES if kind != "digitised" or self.chart.has_digitised]
        for kind in kinds:
            canvas.setFillColor(COLOURS[kind])
            canvas.rect(left, self.height - 10, 8, 8, stroke=0, fill=1)
            self._write(canvas, left + 12, self.height - 9, NAMES[kind], SOFT, "left")
            left += 24 + canvas.stringWidth(printable(NAMES[kind]), _face(Weight.REGULAR), 8)

    def _write(self, canvas: Canvas, x: float, y: float, words: str, colour: Color, where: str) -> None:
        canvas.setFont(_face(Weight.REGULAR), 8)
        canvas.setFillColor(colour)
        draw = {
            "left": canvas.drawString,
            "right": canvas.drawRightString,
            "middle": canvas.drawCentredString,
        }
        draw[where](x, y, printable(words))

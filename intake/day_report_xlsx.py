"""The report of service days as a workbook: the same figures as numbers, to be counted on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import IO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from intake.day_report import DayReport
from intake.day_report_words import aims, comparison, sentences, title_of
from intake.records import Office
from intake.register_xlsx import harmless
from intake.rules.calendar import local
from intake.rules.day_figures import MEDIAN, NINETIETH, Sum
from intake.rules.day_words import period_words, reason_words

COUNTS = {
    "Hồ sơ": "dossiers",
    "Không giấy": "electronic",
    "Bưu điện, số hóa": "digitised",
    "Còn bản giấy": "paper",
    "Có cán bộ đến giúp": "assisted",
    "Cán bộ xác nhận người": "vouched",
    "Có kết quả trong ngày": "same_day",
    "Trả ngay trong lượt": "same_visit",
    "Hẹn trong ngày": "promised",
    "Giữ hẹn": "kept",
    "Xong sau hạn luật": "late",
    "Tờ tiết kiệm": "sheets_saved",
    "Tờ còn nhận": "sheets_taken",
}
VISITS = {"Một lượt, giữa (phút)": MEDIAN, "Một lượt, 90 % dưới (phút)": NINETIETH}
SHARE = "Tỷ lệ không giấy"
Cell = str | int | float | date | None


def write_report(out: IO[bytes], office: Office, report: DayReport, *, now: datetime) -> None:
    """Sheets: what to send, by day, by procedure, paper and why. What is not known is an empty cell."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as book:
        created = local(now).replace(tzinfo=None)
        book.set_properties({"title": title_of(report), "company": office.name, "created": created})
        formats = {
            "head": book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1}),
            "text": book.add_format({"text_wrap": True, "valign": "top", "border": 1}),
            "share": book.add_format({"num_format": "0.0%", "valign": "top", "border": 1}),
            "day": book.add_format({"num_format": "dd/mm/yyyy", "valign": "top", "border": 1}),
            "strong": book.add_format({"bold": True}),
            "words": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        _summary(book.add_worksheet("Tổng hợp"), office, report, formats)
        days = [
            (one.day, *_counts(one.sum), one.broken, one.pending, one.suspended or None)
            for one in report.days
        ]
        heads = [*COUNTS, SHARE, *VISITS, "Lỡ hẹn", "Đang làm", "Tạm dừng (phút)"]
        _table(book.add_worksheet("Theo ngày"), ["Ngày", *heads], days, formats, first=14)
        rows = [(one.code, one.title, *_counts(one.sum)) for one in report.procedures]
        columns = ["Mã thủ tục", "Thủ tục", *COUNTS, SHARE, *VISITS]
        _table(book.add_worksheet("Theo thủ tục"), columns, rows, formats, first=14, second=44)
        reasons = [(reason_words(code), "", count) for code, count in report.sum.reasons.items()]
        reasons += [(reason_words(""), "", report.sum.unreasoned)] if report.sum.unreasoned else []
        reasons += [(reason_words(code), name, count) for code, name, count in report.sum.kept_papers]
        _table(
            book.add_worksheet("Còn giấy vì"), ["Lý do", "Giấy tờ", "Số lần"], reasons, formats, 52, second=60
        )


def _summary(sheet: Worksheet, office: Office, report: DayReport, formats: dict[str, Format]) -> None:
    sheet.set_column(0, 0, 46)
    sheet.set_column(1, 3, 22)
    sheet.write_string(0, 0, office.agency_name.upper())
    sheet.write_string(1, 0, office.name, formats["strong"])
    period = period_words(report.scope.first, report.scope.last)
    sheet.write_string(2, 0, harmless(f"{title_of(report)} · {period}"), formats["strong"])
    row = 4
    for said in sentences(report):
        sheet.merge_range(row, 0, row, 3, said, formats["words"])
        sheet.set_row(row, 15 * (1 + len(said) // 105))
        row += 1
    row += 1
    heads = ("Chỉ tiêu", "Trong các ngày này", "Ngày thường, cùng thủ tục", "Trước khi có quy định")
    row = _rows(
        sheet, row, heads, [(one.name, one.now, one.other, one.before) for one in comparison(report)], formats
    )
    row = _rows(
        sheet,
        row + 1,
        ("Mục tiêu", "Mức", "Đạt được", "Kết luận"),
        [(one.name, one.aim, one.now, one.verdict) for one in aims(report)],
        formats,
    )
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _counts(told: Sum) -> tuple[Cell, ...]:
    """The columns of COUNTS, the share and the visits."""
    counts = [told[name] for name in COUNTS.values()]
    return (*counts, told.share("electronic"), *(told.visit(share) for share in VISITS.values()))


def _table(
    sheet: Worksheet,
    heads: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    formats: dict[str, Format],
    first: int,
    second: int = 12,
) -> None:
    sheet.set_column(0, 0, first)
    sheet.set_column(1, 1, second)
    sheet.set_column(2, len(heads), 12)
    _rows(sheet, 0, heads, rows, formats)
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _rows(
    sheet: Worksheet,
    row: int,
    heads: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    formats: dict[str, Format],
) -> int:
    """The row after them."""
    for column, head in enumerate(heads):
        sheet.write_string(row, column, head, formats["head"])
    for line, cells in enumerate(rows, start=row + 1):
        for column, cell in enumerate(cells):
            _write(sheet, line, column, cell, formats)
    return row + 1 + len(rows)


def _write(sheet: Worksheet, row: int, column: int, cell: Cell, formats: dict[str, Format]) -> None:
    match cell:
        case None | "":
            sheet.write_blank(row, column, None, formats["text"])
        case date():
            sheet.write_datetime(row, column, cell, formats["day"])
        case float():
            sheet.write_number(row, column, cell, formats["share"])
        case int():
            sheet.write_number(row, column, cell, formats["text"])
        case _:
            sheet.write_string(row, column, harmless(cell), formats["text"])

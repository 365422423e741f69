"""The register as a workbook, written line by line: memory does not grow with the year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import IO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from intake.records import Office
from intake.register import COLUMNS, Entry, Period
from intake.rules.calendar import local

HEAD_ROW = 4
_MAY_BE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDTH = 2.2  # of a column, for one of its share on paper


def write_register(
    out: IO[bytes], office: Office, period: Period, lines: Iterable[Entry], *, now: datetime
) -> int:
    """All ``lines`` as one sheet; says how many there were. Dates are real dates, on clocks of Vietnam."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties(
            {"title": "Sổ theo dõi hồ sơ", "company": office.name, "created": local(now).replace(tzinfo=None)}
        )
        text = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
        moment = book.add_format({"num_format": "hh:mm dd/mm/yyyy", "valign": "top", "border": 1})
        head = book.add_format(
            {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1}
        )
        sheet = book.add_worksheet("Sổ theo dõi hồ sơ")
        _lay_out(sheet)
        sheet.write_string(0, 0, office.agency_name.upper())
        sheet.write_string(1, 0, office.name, book.add_format({"bold": True}))
        sheet.write_string(2, 0, f"SỔ THEO DÕI HỒ SƠ · {period.words}", book.add_format({"bold": True}))
        for column, name in enumerate(COLUMNS):
            sheet.write_string(HEAD_ROW, column, name, head)
        last = HEAD_ROW
        for last, line in enumerate(lines, start=HEAD_ROW + 1):
            for column, cell in enumerate(line.cells()):
                _write(sheet, last, column, cell, text, moment)
        sheet.autofilter(HEAD_ROW, 0, last, len(COLUMNS) - 1)
    return last - HEAD_ROW


def _lay_out(sheet: Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD_ROW)
    sheet.freeze_panes(HEAD_ROW + 1, 2)
    sheet.set_footer("&LSổ theo dõi hồ sơ&RTrang &P/&N")
    for column, share in enumerate(COLUMNS.values()):
        sheet.set_column(column, column, _WIDTH * share)


def _write(
    sheet: Worksheet, row: int, column: int, cell: str | int | datetime | None, text: Format, moment: Format
) -> None:
    if isinstance(cell, datetime):
        sheet.write_datetime(row, column, local(cell).replace(tzinfo=None), moment)
    elif isinstance(cell, int):
        sheet.write_number(row, column, cell, text)
    elif cell:
        sheet.write_string(row, column, harmless(cell), text)
    else:
        sheet.write_blank(row, column, None, text)


def harmless(text: str) -> str:
    """What a spreadsheet would take for a formula, also after a copy as CSV, is marked as text."""
    return f"'{text}" if text.startswith(_MAY_BE_A_FORMULA) else text

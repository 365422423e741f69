"""Tables that come as files, CSV or XLSX; and cells that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime

from intake.rules.text import tidy

LARGEST = 8 * 1024 * 1024  # bytes of a file
LARGEST_UNPACKED = 200 * 1024 * 1024  # of a workbook, which is a ZIP
LONGEST_CELL = 400
MOST_COLUMNS = 40


class UnreadableTable(Exception):
    """Neither a CSV nor a workbook, or one that was broken on the way."""


def rows_of(content: bytes) -> Iterator[list[str]]:
    """The rows of a CSV (UTF-8 or UTF-16; commas, semicolons or tabs) or of a workbook's first sheet.

    Raises UnreadableTable for whatever a stranger's file makes a reader stumble
    over, openpyxl having no error of its own.
    """
    try:
        yield from _sheet(content) if content[:2] == b"PK" else _csv(content)
    except Exception as fault:
        raise UnreadableTable from fault


def harmless(cell: str) -> str:
    """A spreadsheet must not take what somebody wrote for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell


def _csv(content: bytes) -> Iterator[list[str]]:
    text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    head = "\n".join(text.split("\n")[:30])
    comma = max(",;\t", key=head.count)
    for cells in csv.reader(io.StringIO(text, newline=""), delimiter=comma):
        yield [tidy(cell[:LONGEST_CELL]) for cell in cells]


def _sheet(content: bytes) -> Iterator[list[str]]:
    """openpyxl is read only where it is needed, for it is big."""
    import openpyxl

    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
            raise ValueError("unpacks to more than anybody means")
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    for cells in book.worksheets[0].iter_rows(values_only=True, max_col=MOST_COLUMNS):
        yield [_cell(cell) for cell in cells]


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return tidy(str(value)[:LONGEST_CELL]) if value is not None else ""

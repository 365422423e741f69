"""Events of an operator's system as a file, CSV or XLSX; and the report of what became of every row."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from intake.post.tracking import Answer, Heard
from intake.rules.answers import Fault
from intake.rules.journey_words import TOLD
from intake.rules.post import Step
from intake.rules.text import tidy
from intake.rules.tracking import WORDS, Message, Unread, read_row

MOST_ROWS = 20_000
LARGEST = 8 * 1024 * 1024  # bytes of a file
LARGEST_UNPACKED = 200 * 1024 * 1024  # of a workbook, which is a ZIP
LONGEST_CELL = 400
# What a column may be called, in small letters.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "message_id": ("message_id", "mã tin", "mã sự kiện"),
    "item_number": ("item_number", "số hiệu", "số hiệu bưu gửi", "mã bưu gửi"),
    "step": ("step", "trạng thái", "bước"),
    "at": ("at", "thời điểm", "thời gian", "lúc"),
    "place": ("place", "nơi", "bưu cục", "địa điểm"),
    "reason": ("reason", "lý do"),
}
NEEDED = ("item_number", "step", "at")
HEARD: Mapping[Heard, str] = {
    Heard.TAKEN: "đã nhận",
    Heard.KNOWN: "đã biết từ trước",
    Heard.REFUSED: "không nhận",
}
REPORT = ("Dòng", "Số hiệu", "Trạng thái", "Thời điểm", "Kết quả", "Bưu gửi hiện nay", "Lý do không nhận")


@dataclass(frozen=True)
class Row:
    """A row of the file by its number there, as it was written and as it was read."""

    number: int
    told: Mapping[str, str]
    read: Message | Unread


@dataclass(frozen=True)
class RowAnswer:
    """What became of a row, in words."""

    number: int
    item_number: str
    step: str
    at: str
    heard: Heard
    words: str
    status: str
    trouble: str


def read_file(content: bytes, *, now: datetime) -> tuple[Row, ...] | Fault:
    """Its rows, empty ones left out. The first line names the columns, in any order.

    A CSV is UTF-8 or UTF-16, with commas, semicolons or tabs. A fault of key
    "file" when it cannot be read, has none of the columns, no row or too many.
    """
    try:
        lines = _sheet(content) if content[:2] == b"PK" else _csv(content)
        head = next(lines, [])
        columns = _columns(head)
        if missing := [COLUMNS[name][1] for name in NEEDED if name not in columns]:
            return Fault("file", "no_columns", {"columns": missing})
        rows = tuple(islice(_rows(lines, columns, now=now), MOST_ROWS + 1))
    except (
        Exception
    ):  # whatever a stranger's file makes a reader stumble over: openpyxl has no error of its own
        return Fault("file", "unreadable_table")
    if not rows:
        return Fault("file", "no_rows")
    return rows if len(rows) <= MOST_ROWS else Fault("file", "too_many", {"max": MOST_ROWS})


def row_answers(rows: Sequence[Row], answers: Sequence[Answer]) -> tuple[RowAnswer, ...]:
    return tuple(_row_answer(row, answer) for row, answer in zip(rows, answers, strict=True))


def report(answers: Iterable[RowAnswer]) -> bytes:
    """The file's rows with what became of each, as a CSV that a spreadsheet opens."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(REPORT)
    for one in answers:
        cells = (one.item_number, one.step, one.at, one.words, one.status, one.trouble)
        table.writerow([one.number, *map(_harmless, cells)])
    return out.getvalue().encode("utf-8-sig")


def _row_answer(row: Row, answer: Answer) -> RowAnswer:
    return RowAnswer(
        number=row.number,
        item_number=row.told.get("item_number", ""),
        step=row.told.get("step", ""),
        at=row.told.get("at", ""),
        heard=answer.heard,
        words=HEARD[answer.heard],
        status=TOLD[Step(answer.status)] if answer.status else "",
        trouble=WORDS[answer.trouble] if answer.trouble else "",
    )


def _rows(lines: Iterator[list[str]], columns: Mapping[str, int], *, now: datetime) -> Iterator[Row]:
    for number, cells in enumerate(lines, 2):
        told = {name: cells[at] for name, at in columns.items() if at < len(cells)}
        if any(told.values()):
            yield Row(number, told, read_row(told, now=now))


def _columns(head: Sequence[str]) -> dict[str, int]:
    called = {name: field for field, names in COLUMNS.items() for name in names}
    return {called[name]: at for at, name in enumerate(map(str.lower, head)) if name in called}


def _csv(content: bytes) -> Iterator[list[str]]:
    text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    head = text.partition("\n")[0]
    comma = max(",;\t", key=head.count)
    for cells in csv.reader(io.StringIO(text, newline=""), delimiter=comma):
        yield [tidy(cell[:LONGEST_CELL]) for cell in cells]


def _sheet(content: bytes) -> Iterator[list[str]]:
    """The first sheet of a workbook; openpyxl is read only where it is needed, for it is big."""
    import openpyxl

    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
            raise ValueError("unpacks to more than anybody means")
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    for cells in book.worksheets[0].iter_rows(values_only=True, max_col=40):
        yield [_cell(cell) for cell in cells]


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return tidy(str(value)[:LONGEST_CELL]) if value is not None else ""


def _harmless(cell: str) -> str:
    """A spreadsheet must not take what somebody wrote for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell

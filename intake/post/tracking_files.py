"""Events of an operator's system as a file, CSV or XLSX; and the report of what became of every row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from intake.post.tracking import Answer, Heard
from intake.rules.answers import Fault
from intake.rules.journey_words import TOLD
from intake.rules.post import Step
from intake.rules.tracking import WORDS, Message, Unread, read_row
from intake.tables import UnreadableTable, harmless, rows_of

MOST_ROWS = 20_000
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
    lines = rows_of(content)
    try:
        head = next(lines, [])
        columns = _columns(head)
        if missing := [COLUMNS[name][1] for name in NEEDED if name not in columns]:
            return Fault("file", "no_columns", {"columns": missing})
        rows = tuple(islice(_rows(lines, columns, now=now), MOST_ROWS + 1))
    except UnreadableTable:
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
        table.writerow([one.number, *map(harmless, cells)])
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

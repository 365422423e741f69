"""Statements of a bank as files: which column is which, and what every row tells."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from intake.payments.confirming import Answer, Credit, Heard
from intake.rules.answers import Fault
from intake.rules.calendar import VIETNAM
from intake.rules.payment_messages import LARGEST as HIGHEST
from intake.rules.text import search_key
from intake.tables import LARGEST, UnreadableTable, harmless, rows_of

__all__ = ["LARGEST", "Row", "read_statement", "report", "row_words"]

MOST_ROWS = 20_000
HEAD_WITHIN = 40  # rows: banks write who they are before the table begins
AMOUNT = re.compile(r"([0-9]{1,3}(?:[.,\s][0-9]{3})*|[0-9]+)(?:[.,]0{1,2})?")
DATES = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%d/%m/%y")
TIMES = (" %H:%M:%S", " %H:%M", "")
EARLIEST = datetime(2020, 1, 1, tzinfo=VIETNAM)
# What a column may be called, without diacritics and in small letters; the first that fits a heading counts.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "debit": ("ghi no", "phat sinh no", "so tien ghi no", "debit", "no", "tien ra"),
    "credit": ("ghi co", "phat sinh co", "so tien ghi co", "credit", "co", "tien vao", "so tien", "amount"),
    "words": ("noi dung", "dien giai", "mo ta", "description", "remark", "transaction detail", "chi tiet"),
    "at": ("ngay giao dich", "ngay hieu luc", "thoi gian", "ngay gio", "transaction date", "date", "ngay"),
    "id": (
        "so tham chieu", "ma giao dich", "so but toan", "so chung tu", "so ct", "ma tham chieu", "reference",
        "transaction id", "transaction no", "ref no", "doc no", "ma gd", "so gd",
    ),
}  # fmt: skip
NEEDED = {"at": "Ngày giao dịch", "credit": "Ghi có", "words": "Nội dung"}
REPORT = ("Dòng", "Ngày", "Số tiền", "Nội dung", "Kết quả", "Hồ sơ")
SAID: Mapping[str, str] = {
    "matched": "khớp, đã xác nhận",
    "again": "đã nộp từ trước, phải hoàn trả",
    "other_amount": "khác số tiền, chờ cán bộ",
    "unknown": "không rõ của hồ sơ nào, chờ cán bộ",
    "settled": "đã xử lý",
}


@dataclass(frozen=True)
class Row:
    """A row by its number in the file; ``read`` is "out" for money that left, or why it cannot be read."""

    number: int
    at: str
    amount: str
    words: str
    read: Credit | str


def read_statement(content: bytes, *, now: datetime) -> tuple[Row, ...] | Fault:
    """Its rows, or a fault of key "file": unreadable, without the columns, without rows, with too many.

    A row without a number of the bank's is known again by what it says and
    by which of its like it is in the file: the same statement twice is one.
    """
    try:
        lines = list(islice(rows_of(content), MOST_ROWS + HEAD_WITHIN + 1))
    except UnreadableTable:
        return Fault("file", "unreadable_table")
    found = ((at, _columns(line)) for at, line in enumerate(lines[:HEAD_WITHIN]))
    head = max(found, key=lambda one: len(one[1]), default=(0, {}))
    if missing := [words for name, words in NEEDED.items() if name not in head[1]]:
        return Fault("file", "no_columns", {"columns": missing})
    rows = tuple(_rows(lines, *head, now=now))
    if not rows:
        return Fault("file", "no_rows")
    return rows if len(rows) <= MOST_ROWS else Fault("file", "too_many", {"max": MOST_ROWS})


def row_words(row: Row, answer: Answer | None) -> str:
    """What became of a row, for people."""
    if isinstance(row.read, str) or answer is None:
        return {"out": "tiền ra, bỏ qua", "bad_amount": "không đọc được số tiền"}.get(
            str(row.read), "không đọc được ngày"
        )
    if answer.heard is Heard.REFUSED:
        return "mã giao dịch đã dùng cho số tiền khác, chưa ghi"
    said = SAID[answer.state]
    return f"đã biết từ trước ({said})" if answer.heard is Heard.KNOWN else said


def report(told: Iterable[tuple[Row, Answer | None]]) -> bytes:
    """The file's rows with what became of each, as a CSV that a spreadsheet opens."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(REPORT)
    for row, answer in told:
        cells = (row.at, row.amount, row.words, row_words(row, answer), answer.dossier_code if answer else "")
        table.writerow([row.number, *map(harmless, cells)])
    return out.getvalue().encode("utf-8-sig")


def _columns(head: Sequence[str]) -> dict[str, int]:
    """Which column is which: of several that may be meant, the one named first in COLUMNS."""
    said = [" ".join(re.sub(r"[^a-z ]", " ", search_key(cell)).split()) for cell in head]
    found: dict[str, int] = {}
    for name, called in COLUMNS.items():
        ranks = ((rank, at) for rank, words in enumerate(called) for at, cell in enumerate(said)
                 if at not in found.values() and _is_called(cell, words))  # fmt: skip
        if (best := min(ranks, default=None)) is not None:
            found[name] = best[1]
    return found


def _is_called(said: str, words: str) -> bool:
    """The heading itself; within more words only what is no common syllable."""
    return said == words or (len(words) > 3 and len(said) < 60 and f" {words} " in f" {said} ")


def _rows(
    lines: Sequence[Sequence[str]], head: int, columns: Mapping[str, int], *, now: datetime
) -> Iterator[Row]:
    seen: Counter[str] = Counter()
    for number, cells in enumerate(lines[head + 1 :], head + 2):
        told = {name: cells[at] if at < len(cells) else "" for name, at in columns.items()}
        if told["at"] and (told["credit"] or told.get("debit")):
            yield _row(number, told, seen, now)


def _row(number: int, told: Mapping[str, str], seen: Counter[str], now: datetime) -> Row:
    amount, at = _amount(told["credit"]), _moment(told["at"])
    read: Credit | str
    if not amount and (told.get("debit") or told["credit"].startswith("-")):
        read = "out"
    elif not amount:
        read = "bad_amount"
    elif at is None or not EARLIEST <= at <= now + timedelta(days=2):
        read = "bad_date"
    else:
        read = Credit(_id(told, amount, at, seen), amount, told["words"], at)
    return Row(number, told["at"], told["credit"] or told.get("debit", ""), told["words"], read)


def _id(told: Mapping[str, str], amount: int, at: datetime, seen: Counter[str]) -> str:
    said = f"{at.isoformat()}|{amount}|{told['words']}"
    if own := re.sub(r"\s", "", told.get("id", ""))[:80]:
        return _own_id(own, said, seen)
    seen[said] += 1
    return "row:" + hashlib.sha256(f"{said}|{seen[said]}".encode()).hexdigest()[:60]


def _own_id(own: str, said: str, seen: Counter[str]) -> str:
    """The bank's number; with «#2» for a second row that says something else under it: some name a batch."""
    row = f"{own}|{said}"
    if row not in seen:
        seen[own] += 1
        seen[row] = seen[own]
    return own if seen[row] == 1 else f"{own[:74]}#{seen[row]}"


def _amount(typed: str) -> int:
    """«1.234.567», «+16,000.00 VND»; 0 where there is no such amount, or it is money that left."""
    plain = re.sub(r"(?i)\s*(vnd|vnđ|đồng|đ|d)\.?$", "", typed.strip().removeprefix("+").strip())
    match = AMOUNT.fullmatch(plain)
    digits = re.sub(r"[^0-9]", "", match[1]) if match else ""
    return int(digits) if 0 < len(digits) <= 10 and int(digits) < HIGHEST else 0


def _moment(typed: str) -> datetime | None:
    """A moment in Vietnam; noon where only the day is told."""
    for day in DATES:
        for time in TIMES:
            try:
                moment = datetime.strptime(typed.replace("T", " ")[:19], day + time).replace(tzinfo=VIETNAM)
            except ValueError:
                continue
            return moment if time else moment.replace(hour=12)
    return None

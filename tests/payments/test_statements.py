"""Statements as banks make them: which column is which, what every row becomes, twice is once."""

from __future__ import annotations

import io

import openpyxl
import pytest

from build import FRIDAY, vietnam
from intake.payments.confirming import Credit
from intake.payments.files import read_statement, report, row_words
from intake.rules.answers import Fault

VCB = """Ngân hàng TMCP Ngoại thương Việt Nam;;;;
SAO KÊ TÀI KHOẢN;;;;
Số tài khoản:;3900201010101;;;
STT;Ngày giao dịch;Số tham chiếu;Số tiền ghi nợ;Số tiền ghi có;Mô tả giao dịch
1;20/11/2026 08:51:00;5243 - 11;;8.000;{reference} LE PHI
2;20/11/2026;5243 - 12;20.000;;Phí dịch vụ
3;20/11/2026;5243 - 13;;1,234,567.00 VND;LE PHI
4;hôm qua;5243 - 14;;8.000;x
5;20/11/2026;5243 - 15;;tám nghìn;x
"""
ENGLISH = "Transaction Date,Description,Credit\n2026-11-20 08:51,{reference},8000\n2026-11-20,=SUM(A1),9000\n"
TABS = "Ngày\tNội dung\tSố tiền\n20-11-2026\t{reference}\t+8.000 đ\n20-11-2026\tchi ra\t-5.000\n"


def test_rows_are_recognised_under_the_headings_of_a_bank():
    rows = read_statement(VCB.format(reference="MC1").encode("utf-8-sig"), now=FRIDAY)
    assert [row.number for row in rows] == [5, 6, 7, 8, 9]
    first, out, large, no_date, no_amount = (row.read for row in rows)
    assert first == Credit("5243-11", 8_000, "MC1 LE PHI", vietnam(20, 8, 51))
    assert (out, large.amount, no_date, no_amount) == ("out", 1_234_567, "bad_date", "bad_amount")


@pytest.mark.parametrize("text", [ENGLISH, TABS])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_other_tables_too(text, encoding):
    rows = read_statement(text.format(reference="MC1").encode(encoding), now=FRIDAY)
    assert isinstance(rows, tuple) and rows[0].read.amount == 8_000
    assert rows[0].read.external_id.startswith("row:")


def workbook(*rows) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def test_a_workbook_with_real_dates_and_numbers():
    day = vietnam(20, 8, 51).astimezone().replace(tzinfo=None)
    content = workbook(
        ["Sao kê"], ["Ngày GD", "Ngày hiệu lực", "Phát sinh có", "Nội dung"], ["", day, 8_000.0, "MC1"]
    )
    (row,) = read_statement(content, now=FRIDAY)
    assert row.read.amount == 8_000 and row.read.words == "MC1"


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"\xff\x00\x81", "unreadable_table"), (b"PK\x03\x04broken", "unreadable_table"), (b"", "no_columns"),
     (b"a,b\n1,2\n", "no_columns"), ("Ngày,Ghi có,Nội dung\n".encode(), "no_rows")],
)  # fmt: skip
def test_what_is_no_statement_is_a_fault_of_the_file(content, code):
    fault = read_statement(content, now=FRIDAY)
    assert isinstance(fault, Fault) and (fault.key, fault.code) == ("file", code)


def test_rows_alike_are_told_apart_by_their_place_and_are_the_same_in_the_same_file():
    text = "Ngày,Ghi có,Nội dung\n" + "20/11/2026,8000,le phi\n" * 3
    first, second = (read_statement(text.encode(), now=FRIDAY) for _ in range(2))
    assert len({row.read.external_id for row in first}) == 3
    assert [row.read for row in first] == [row.read for row in second]


def test_a_number_that_a_bank_gives_to_several_rows_hides_none():
    text = "Ngày,Số CT,Ghi có,Nội dung\n" + "".join(
        f"20/11/2026,CT7,8000,{words}\n" for words in ("MC1", "MC2", "MC1")
    )
    first, second = (read_statement(text.encode(), now=FRIDAY) for _ in range(2))
    assert [row.read.external_id for row in first] == ["CT7", "CT7#2", "CT7"]
    assert [row.read for row in first] == [row.read for row in second]


def test_a_file_heard_twice_doubles_nothing(till):
    dossier = till.files()
    content = VCB.format(reference=till.asked(dossier).reference).encode("utf-8-sig")
    rows = read_statement(content, now=FRIDAY)
    credits = [row.read for row in rows if isinstance(row.read, Credit)]
    first, again = till.hears(*credits, source="file"), till.hears(*credits, source="file")
    assert [one.state for one in first] == ["matched", "unknown"]
    assert [one.heard.value for one in again] == ["known", "known"]
    assert till.asked(dossier).how == "file" and len(till.entries()) == 2
    words = [row_words(rows[0], first[0]), row_words(rows[1], None), row_words(rows[3], None)]
    assert words == ["khớp, đã xác nhận", "tiền ra, bỏ qua", "không đọc được ngày"]


def test_the_report_has_every_row_and_no_formula():
    rows = read_statement(ENGLISH.format(reference="MC1").encode(), now=FRIDAY)
    told = report((row, None) for row in rows).decode("utf-8-sig")
    assert len(told.splitlines()) == 3 and "'=SUM(A1)" in told

"""Files of an operator: what may be in them, what is told of every row, and the page that takes them."""

from __future__ import annotations

import csv
import io
from base64 import b64decode
from datetime import datetime, timedelta

import openpyxl
import pytest

from build import FRIDAY
from conftest import House
from deskway import signed_in
from homeway import NUMBERS, a_home
from intake import tables
from intake.db import db
from intake.post import tracking_files
from intake.post.tracking import Answer, Heard
from intake.post.tracking_files import HEARD, RowAnswer, read_file, report, row_answers
from intake.records import Event, PostalItem, PostalOperator
from intake.rules.answers import Fault
from intake.rules.post import Step
from intake.rules.rights import Role
from intake.rules.tracking import Message, Trouble, Unread

NOON = FRIDAY + timedelta(hours=4)
ROWS = (
    ("Lý do", "Thời gian", "Trạng thái", "Số hiệu bưu gửi", "Ghi chú"),
    ("", "20/11/2026 09:05", "Đã lấy", NUMBERS[0], "x"),
    ("", "", "", "", ""),
    ("không có người nhận", "20/11/2026 10:30", "Phát không thành công", NUMBERS[0], ""),
    ("", "hôm qua", "Đang giao", NUMBERS[1], ""),
)


def as_csv(rows=ROWS, delimiter: str = ",", encoding: str = "utf-8-sig") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(rows=ROWS) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [as_csv(), as_csv(encoding="utf-8"), as_csv(delimiter=";"),
     as_csv(delimiter="\t", encoding="utf-16"), as_xlsx()],
    ids=["comma", "without a mark", "semicolon", "unicode text", "workbook"],
)  # fmt: skip
def test_every_spelling_of_a_table_is_read(content):
    picked, failed, bad = read_file(content, now=NOON)
    assert [row.number for row in (picked, failed, bad)] == [2, 4, 5]
    assert isinstance(picked.read, Message) and picked.read.step is Step.PICKED_UP
    assert (failed.read.reason, failed.read.at.isoformat()) == ("not_home", "2026-11-20T03:30:00+00:00")
    assert bad.read == Unread("", Trouble.BAD_TIME)


@pytest.mark.parametrize(
    ("words", "step"),
    [
        ("Đã phát", Step.DELIVERED),
        ("Giao thành công", Step.DELIVERED),
        ("Đang đi phát", Step.OUT),
        ("Chưa phát được", Step.FAILED),
    ],
)
def test_a_step_is_told_in_the_words_of_the_post(words, step):
    head = ("Số hiệu", "Trạng thái", "Lúc", "Lý do")
    reason = "không có người nhận" if step is Step.FAILED else ""
    (row,) = read_file(as_csv((head, (NUMBERS[0], words, "20/11/2026 09:05", reason))), now=NOON)
    assert isinstance(row.read, Message) and row.read.step is step


def test_a_workbooks_own_moments_are_vietnams():
    head = ("item_number", "step", "at")
    content = as_xlsx((head, (NUMBERS[0], "out", datetime.fromisoformat("2026-11-20T09:05"))))
    (row,) = read_file(content, now=NOON)
    assert row.read.at.isoformat() == "2026-11-20T02:05:00+00:00"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no_columns"),
        (b"\xff\xfe\x00", "unreadable_table"),
        (b"PK\x03\x04 no zip", "unreadable_table"),
        (b"\x89PNG\r\n", "unreadable_table"),
        (as_csv((("Số hiệu", "Trạng thái"), (NUMBERS[0], "out"))), "no_columns"),
        (as_csv(ROWS[:1]), "no_rows"),
        (as_csv(ROWS[:1] + ROWS[2:3]), "no_rows"),
    ],
)
def test_what_is_no_such_table_is_told(content, code):
    found = read_file(content, now=NOON)
    assert isinstance(found, Fault) and (found.key, found.code) == ("file", code)


def test_a_table_that_is_too_long_is_refused_whole(monkeypatch):
    monkeypatch.setattr(tracking_files, "MOST_ROWS", 2)
    assert read_file(as_csv(), now=NOON).code == "too_many"
    assert len(read_file(as_csv(ROWS[:4]), now=NOON)) == 2


def test_a_workbook_that_unpacks_without_end_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(tables, "LARGEST_UNPACKED", 1000)
    assert read_file(as_xlsx(), now=NOON).code == "unreadable_table"


def test_the_report_tells_every_row_and_runs_no_formula():
    assert set(HEARD) == set(Heard)
    rows = read_file(as_csv((*ROWS[:2], ("", "x", "=1+1", NUMBERS[1], ""))), now=NOON)
    answers = (Answer("a", Heard.TAKEN, "picked_up"), Answer("b", Heard.REFUSED, trouble=Trouble.BAD_TIME))
    told = row_answers(rows, answers)
    assert isinstance(told[0], RowAnswer) and told[0].status == "Bưu điện đã lấy kết quả"
    lines = list(csv.reader(io.StringIO(report(told).decode("utf-8-sig"))))
    assert lines[1][:5] == ["2", NUMBERS[0], "Đã lấy", "20/11/2026 09:05", "đã nhận"]
    assert (lines[2][2], lines[2][4]) == ("'=1+1", "không nhận")


@pytest.fixture
def house(sqlite_house: House):
    sqlite_house.restore()
    with sqlite_house.app.app_context():
        yield sqlite_house
        db.session.remove()


@pytest.fixture
def home(house):
    home = a_home(house, db.session())
    home.session.add(
        PostalOperator(office_id=home.point.office_id, name="VNPost", key_print="x", created_at=FRIDAY)
    )
    home.session.commit()
    return home


def sends(visitor, content: bytes, *, status: int = 200, operator: str | None = None):
    operator = operator or visitor.get("/desk/post/files").values()["operator"]
    data = {"operator": operator, "file": (io.BytesIO(content), "a.csv")}
    return visitor.post("/desk/post/files", data, status=status)


def test_an_officer_brings_a_file_and_is_told_of_every_row(home, house):
    home.pack()
    house.clock.now = NOON
    hoa = signed_in(house.app, Role.RECEPTION)
    page = sends(hoa, as_csv())
    assert "Nhận mới 2 dòng, đã biết từ trước 0, không nhận 1." in page.text
    (row,) = page.tree.all("tbody")[0].all("tr")
    assert [cell.text for cell in row.all("td")][:2] == ["5", NUMBERS[1]]
    (link,) = [one for one in page.tree.all("a") if "download" in one.attributes]
    told = b64decode(link.attributes["href"].partition(",")[2]).decode("utf-8-sig")
    assert len(told.splitlines()) == 4
    assert "Nhận mới 0 dòng, đã biết từ trước 2, không nhận 1." in sends(hoa, as_csv()).text
    with house.app.app_context():
        assert db.session.query(PostalItem).one().status == "failed"
        heard = db.session.query(Event).filter_by(kind="post_file_heard").order_by(Event.id).all()
        assert [(one.actor, one.facts["taken"], one.facts["rows"]) for one in heard] == [
            ("Lê Thu Hoa", 2, 3),
            ("Lê Thu Hoa", 0, 3),
        ]


def test_a_large_file_is_read_to_its_end(home, house):
    rows = b"item_number,step,at,place\n" + b"XX123456785VN,nowhere,today," + b"x" * 300 + b"\n"
    page = sends(signed_in(house.app, Role.RECEPTION), rows * 1000)
    assert "không nhận" in page.text


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "Chưa chọn tệp"), (b"PK", "Không mở được tệp"), (b"a,b", "Dòng đầu thiếu cột")],
)
def test_a_file_that_cannot_be_used_says_what_to_do(home, house, content, words):
    page = sends(signed_in(house.app, Role.RECEPTION), content, status=422)
    assert words in page.faults[0]


def test_another_offices_system_is_not_to_be_chosen(home, house):
    page = sends(signed_in(house.app, Role.RECEPTION), as_csv(), operator="99", status=422)
    assert len(page.faults) == 1


def test_without_an_operator_it_says_who_adds_one(house):
    page = signed_in(house.app, Role.RECEPTION).get("/desk/post/files")
    assert "Chưa khai báo hệ thống nào" in page.text

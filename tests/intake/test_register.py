"""Form 07 says what the dossiers, notices and hand-overs say; a workbook of it does no harm."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO

import openpyxl
import pytest

from build import an_application, vietnam
from intake import handing_over, register, returning
from intake.accepting import accept
from intake.drawings.text import as_text
from intake.events import citizen
from intake.records import Office
from intake.register import COLUMNS, Period, entries, form_07
from intake.register_xlsx import HEAD_ROW, harmless, write_register
from intake.rules.lifecycle import Status

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def lines(life):
    def read(period: Period = NOVEMBER, **more):
        found = entries(life.session, life.office, period, keys=life.keys, now=life.now(), **more)
        return list(found)

    return read


def file(life, kiosk, offered, count: int = 1, **changes) -> None:
    """More dossiers of Lan's, now."""
    for _ in range(count):
        accept(
            life.session,
            an_application(offered, **changes),
            kiosk,
            keys=life.keys,
            base_url="http://10.0.0.5:8080",
            by=citizen("K1"),
            now=life.now(),
        )
    life.session.commit()


def workbook(life, lines):
    out = BytesIO()
    written = write_register(out, life.office, NOVEMBER, lines, now=life.now())
    book = openpyxl.load_workbook(BytesIO(out.getvalue()))
    rows = list(book.active.iter_rows(min_row=HEAD_ROW + 1, values_only=True))
    assert written == len(rows) - 1
    return book, rows


def test_a_line_says_what_was_received_and_promised(life, lines):
    (line,) = lines()
    dossier = life.dossier
    assert (line.number, line.code, line.sets) == (dossier.number, dossier.dossier_code, 1)
    assert line.procedure == "Cấp bản sao trích lục để thử nghiệm"
    assert (line.name, line.phone) == ("Lê Thị Ngọc Lan", "0912345678")
    assert line.address == "Tổ 3, Phường Hạc Thành, Thanh Hóa"
    assert (line.received_at, line.promised_at) == (dossier.received_at, dossier.promised_at)
    assert line.unit == life.office.agency_name
    assert (line.passed_on_at, line.result_at, line.returned_at, line.note) == (None, None, None, "")


def test_the_register_equals_the_events(life, civil, clock, lines):
    """Each date of a line is the moment of an event."""
    life.check()
    life.pass_on(civil)
    clock.now = vietnam(20, 11, 0)
    life.do(handing_over.confirm, by=life.thu)
    clock.now = vietnam(23, 9, 0)
    life.do(returning.result_ready, by=life.thu)
    life.pass_on(None, by=life.thu)
    clock.now = vietnam(23, 10, 0)
    life.do(handing_over.confirm, by=life.hoa)
    life.give_back()
    (line,) = lines()
    at = {event.kind: event.at for event in life.events("accepted", "handed_over", "returned")}
    received = [event.at for event in life.events("hand_over_received")]
    given = [event.at for event in life.events("handed_over")]
    assert line.received_at == at["accepted"]
    assert line.passed_on_at == given[0]
    assert line.result_at == received[-1]
    assert line.returned_at == at["returned"]
    assert line.unit == civil.name


def test_without_a_hand_over_the_result_comes_from_the_front_desk_itself(life, clock, lines):
    life.lead_to(Status.RETURNED)
    (line,) = lines()
    assert line.passed_on_at is None
    assert line.result_at == life.dossier.finished_at


@pytest.mark.parametrize(
    ("status", "note"),
    (
        (Status.AWAITING_SUPPLEMENT, "Yêu cầu bổ sung số 1/HDHS; Tạm dừng từ 20/11/2026"),
        (Status.REFUSED, "Từ chối tiếp nhận số 1/TCHS"),
        (Status.STOPPED, "Dừng giải quyết số 1/TBD"),
    ),
)
def test_notices_stand_in_the_last_column(life, lines, status, note):
    life.lead_to(status)
    assert [line.note for line in lines()] == [note]


def test_a_late_dossier_is_said_to_be_late(life, clock, lines):
    clock.now = vietnam(27)
    assert [line.note for line in lines()] == ["Quá hạn"]


def test_civil_days_bound_the_period(life, kiosk, offered, clock, lines):
    clock.now = vietnam(23, 0, 0)
    file(life, kiosk, offered)
    clock.now = vietnam(23, 23, 59)
    file(life, kiosk, offered)
    monday = Period(date(2026, 11, 23), date(2026, 11, 23))
    assert [line.received_at for line in lines(monday)] == [vietnam(23, 0, 0), vietnam(23, 23, 59)]
    assert register.count(life.session, life.office, monday) == 2


def test_batches_lose_and_repeat_nothing(life, kiosk, offered, clock, lines, monkeypatch):
    file(life, kiosk, offered, 4)  # at one moment
    clock.now = vietnam(23)
    file(life, kiosk, offered, 3)
    monkeypatch.setattr(register, "BATCH", 2)
    assert [line.number for line in lines()] == list(range(1, 9))
    assert [line.number for line in lines(skip=3)] == list(range(4, 9))


def test_another_offices_dossiers_are_not_in_it(life, lines):
    elsewhere = Office(
        code="H56.99", name="Khác", place="Khác", agency_name="Khác", collect_at="", hotline="", hours={}
    )
    life.session.add(elsewhere)
    life.session.flush()
    found = entries(life.session, elsewhere, NOVEMBER, keys=life.keys, now=life.now())
    assert list(found) == []


def test_every_column_of_the_form_is_there(life, lines):
    text = " ".join(as_text(form_07(life.office, NOVEMBER, lines(), on=vietnam(30)), 600).split())
    assert "SỔ THEO DÕI HỒ SƠ" in text
    assert "Từ ngày 01/11/2026 đến ngày 30/11/2026" in text
    assert (
        "STT | Mã hồ sơ | Tên thủ tục hành chính | Số bộ | Tên cá nhân, tổ chức | Địa chỉ, số điện thoại"
        " | Cơ quan chủ trì giải quyết | Ngày nhận | Ngày hẹn trả | Ngày chuyển đến cơ quan giải quyết"
        " | Ngày nhận kết quả từ cơ quan giải quyết | Ngày trả kết quả | Phương thức nhận kết quả"
        " | Ký nhận | Ghi chú | Cách nộp" in text
    )
    code = life.code.replace("-", "- ", 1)
    assert f"1 | {code} | Cấp bản sao trích lục để thử nghiệm | 1 | Lê Thị Ngọc Lan" in text
    assert "Máy tự phục vụ" in text
    assert "Tổng số: 1 hồ sơ." in text


def test_the_workbook_holds_real_dates_and_the_same_lines(life, lines):
    life.lead_to(Status.RETURNED)
    book, rows = workbook(life, lines())
    assert rows[0] == tuple(COLUMNS)
    line = rows[1]
    assert line[:2] == (1, life.code)
    assert line[7].isoformat() == "2026-11-20T10:15:00"
    assert line[11].isoformat() == "2026-11-20T10:15:00"
    assert line[5] == "Tổ 3, Phường Hạc Thành, Thanh Hóa\n0912345678"
    assert book.properties.title == "Sổ theo dõi hồ sơ"
    assert book.active.page_setup.orientation == "landscape"


@pytest.mark.parametrize("first", ("=", "+", "-", "@", "\t", "\r"))
def test_no_cell_can_become_a_formula(first):
    assert harmless(f"{first}1+1") == f"'{first}1+1"
    assert harmless(f"a{first}b") == f"a{first}b"


def test_a_name_that_begins_like_a_formula_stays_text(life, lines):
    (line,) = lines()
    book, rows = workbook(life, [replace(line, name='=HYPERLINK("http://x";"y")', address="@SUM(1)")])
    assert rows[1][4] == '\'=HYPERLINK("http://x";"y")'
    assert rows[1][5].startswith("'@SUM(1)")
    assert all(cell.data_type != "f" for row in book.active.iter_rows() for cell in row)


def test_an_empty_period_is_an_empty_book(life):
    _, rows = workbook(life, [])
    assert len(rows) == 1

"""The papers of a dossier and the register, as officers open and take them."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import openpyxl
import pypdfium2
import pytest
from sqlalchemy import select

from build import an_application
from conftest import House, offer
from desk import register as register_page
from deskway import signed_in
from intake import at_hand, supplementing
from intake.accepting import accept
from intake.db import db
from intake.events import citizen
from intake.offices import point_of
from intake.records import AcceptancePoint, Errand, Event, Notice, Office, Printer
from intake.rules.rights import Role
from lifeway import a_request, an_actor


@pytest.fixture
def home(sqlite_house: House) -> Iterator[House]:
    sqlite_house.restore()
    with sqlite_house.app.app_context():
        yield sqlite_house
        db.session.remove()


@pytest.fixture
def code(home: House) -> str:
    """Bà Lan's dossier, of which a supplement was asked."""
    session = db.session()
    kiosk = point_of(session, "K1")
    version = offer(session, kiosk)
    dossier = accept(
        session,
        an_application(version),
        kiosk,
        keys=home.keys,
        base_url="http://10.0.0.5:8080",
        by=citizen("K1"),
        now=home.clock(),
    )
    session.commit()
    hoa = an_actor(home.app, Role.RECEPTION)
    held = at_hand.dossier_at_hand(session, kiosk.office, dossier.dossier_code, by=hoa, now=home.clock())
    supplementing.request_supplement(session, held, a_request(), keys=home.keys, by=hoa, now=home.clock())
    session.commit()
    told = dossier.dossier_code
    session.rollback()
    return told


def get(home: House, path: str, role: Role = Role.RECEPTION, **more):
    """The raw answer: a PDF is no page."""
    db.session.rollback()  # the tests look into the same database: neither may keep the other waiting
    visitor = signed_in(home.app, role, **more)
    return visitor.client.get(path)


def post(home: House, path: str, data: dict | None = None, role: Role = Role.RECEPTION, **more):
    db.session.rollback()
    visitor = signed_in(home.app, role, **more)
    return visitor.client.post(path, data=data or {}, headers={"Origin": "http://localhost"})


def text_of(data: bytes) -> str:
    with pypdfium2.PdfDocument(data) as document:
        return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())


def opened(kind: str = "paper_opened") -> list[dict]:
    db.session.rollback()
    return [event.facts for event in db.session.scalars(select(Event).filter_by(kind=kind))]


def notice_id() -> int:
    db.session.rollback()
    found = db.session.scalars(select(Notice.id)).one()
    db.session.rollback()
    return found


def test_form_01_comes_in_both_copies(home, code):
    response = get(home, f"/desk/dossiers/{code}/papers/mau-01")
    assert response.status_code == 200
    text = text_of(response.data)
    assert "Liên 1: Lưu" in text and "Liên 2: Giao khách hàng" in text
    assert "Số: 1/TNHS" in text
    assert "Vào Sổ theo dõi hồ sơ: Quyển số 2026, số thứ tự 1" in text
    assert opened() == [{"form": "receipt"}]


def test_a_notice_comes_with_its_number(home, code):
    response = get(home, f"/desk/dossiers/{code}/papers/{notice_id()}")
    assert "Số: 1/HDHS" in text_of(response.data)
    assert opened() == [{"form": "supplement_request"}]


def test_form_06_tells_the_way_of_the_dossier(home, code):
    text = text_of(get(home, f"/desk/dossiers/{code}/papers/mau-06").data)
    assert "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ" in text
    assert "phiếu số 1/HDHS" in text


@pytest.mark.parametrize("paper", ("mau-01", "mau-06", "notice"))
def test_a_paper_is_shown_by_the_browser_and_kept_nowhere(home, code, paper):
    paper = notice_id() if paper == "notice" else paper
    headers = get(home, f"/desk/dossiers/{code}/papers/{paper}").headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"].startswith("inline; filename=")
    assert headers["Cache-Control"] == "no-store"
    assert "script" not in headers["Content-Security-Policy"]


@pytest.mark.parametrize(("size", "width"), (("a5", 419.5), ("a4", 595.3)))
def test_the_size_may_be_chosen(home, code, size, width):
    data = get(home, f"/desk/dossiers/{code}/papers/mau-01?size={size}").data
    with pypdfium2.PdfDocument(data) as document:
        assert document[0].get_size()[0] == pytest.approx(width, abs=0.1)


@pytest.mark.parametrize("paper", ("mau-01", "mau-06", "1"))
def test_papers_of_another_office_do_not_exist(home, code, paper):
    hours = db.session.scalars(select(Office.hours)).first()
    other = Office(
        code="H56.99", name="Khác", place="Khác", agency_name="K", collect_at="", hotline="", hours=hours
    )
    db.session.add(other)
    db.session.commit()
    response = get(home, f"/desk/dossiers/{code}/papers/{paper}", office_id=other.id)
    assert response.status_code == 404
    assert opened() == []


def test_a_clerk_of_the_post_sees_no_papers(home, code):
    assert get(home, f"/desk/dossiers/{code}/papers/mau-01", Role.CLERK).status_code == 403


# --- at the counter ---


@pytest.fixture
def counter(home) -> str:
    """The code of a counter with a printer."""
    session = db.session()
    printer = session.scalars(select(Printer)).first()
    point = session.scalars(select(AcceptancePoint).filter_by(kind="counter")).first()
    if point is None:
        point = AcceptancePoint(office_id=1, code="Q2", name="Quầy 2", kind="counter")
        session.add(point)
    point.printer_id = printer.id
    session.commit()
    return point.code


def errands() -> list[tuple[int, str]]:
    db.session.rollback()
    rows = db.session.scalars(select(Errand).where(Errand.notice_id.is_not(None)).order_by(Errand.id))
    return [(row.copy_no, row.state) for row in rows]


def test_a_notice_is_promised_to_the_printer_of_the_counter(home, code, counter):
    path = f"/desk/dossiers/{code}/papers/{notice_id()}/print"
    response = post(home, path, point=counter)
    assert response.status_code == 303
    assert "told=notice_printed" in response.headers["Location"]
    assert errands() == [(1, "queued")]
    post(home, path, point=counter)
    assert errands() == [(1, "queued"), (2, "queued")]
    assert [facts["copy_no"] for facts in opened("notice_printed")] == [1, 2]


def test_without_a_counter_nothing_is_promised(home, code):
    response = post(home, f"/desk/dossiers/{code}/papers/{notice_id()}/print")
    assert response.status_code == 422
    assert errands() == []


def test_the_seventh_paper_is_refused(home, code, counter):
    path = f"/desk/dossiers/{code}/papers/{notice_id()}/print"
    answers = [post(home, path, point=counter).status_code for _ in range(7)]
    assert answers == [303] * 6 + [422]


def test_an_auditor_opens_papers_and_prints_none(home, code):
    assert get(home, f"/desk/dossiers/{code}/papers/mau-01", Role.AUDITOR).status_code == 200
    response = post(home, f"/desk/dossiers/{code}/papers/{notice_id()}/print", role=Role.AUDITOR)
    assert response.status_code == 403


# --- the register ---


def test_the_register_of_this_month_is_on_the_screen(home, code):
    page = signed_in(home.app).get("/desk/register")
    assert page.h1.text == "Sổ theo dõi hồ sơ"
    assert code in page.text and "Lê Thị Ngọc Lan" in page.text
    assert "0912***678" in page.text and "0912345678" not in page.text


def test_an_empty_period_says_so(home, code):
    page = signed_in(home.app).get("/desk/register?from=2026-01-01&to=2026-01-31")
    assert "Không có hồ sơ nào được tiếp nhận trong khoảng này." in page.text


@pytest.mark.parametrize(
    ("first", "last", "words"),
    (
        ("hôm qua", "2026-11-30", "Chưa đọc được ngày này"),
        ("2026-11-30", "2026-11-01", "Khoảng ngày chưa đúng"),
        ("2020-01-01", "2026-01-01", "Khoảng ngày chưa đúng"),
    ),
)
def test_a_period_nobody_can_mean_is_told_at_its_field(home, first, last, words):
    page = signed_in(home.app).get(f"/desk/register?from={first}&to={last}", status=422)
    assert words in page.text


def test_pages_of_the_register_follow_one_another(home, code, monkeypatch):
    monkeypatch.setattr(register_page, "ON_A_PAGE", 1)
    kiosk = point_of(db.session(), "K1")
    version = offer(db.session(), kiosk)
    accept(
        db.session(),
        an_application(version),
        kiosk,
        keys=home.keys,
        base_url="http://10.0.0.5:8080",
        by=citizen("K1"),
        now=home.clock(),
    )
    db.session.commit()
    hoa = signed_in(home.app)
    page = hoa.get("/desk/register?page=2")
    assert "Trang 2 / 2" in page.text and code not in page.text
    assert "Trang 2 / 2" in hoa.get("/desk/register?page=99").text


PERIOD = {"from": "2026-11-01", "to": "2026-11-30"}


def test_the_register_as_pdf_lies_on_a4_and_is_an_event(home, code):
    response = post(home, "/desk/register/pdf", PERIOD)
    assert response.headers["Content-Type"] == "application/pdf"
    with pypdfium2.PdfDocument(response.data) as document:
        assert document[0].get_size() == pytest.approx((841.9, 595.3), abs=0.1)
    assert "0912345678" in text_of(response.data)
    assert opened() == [
        {"form": "register", "as": "pdf", "first": "2026-11-01", "last": "2026-11-30", "count": 1}
    ]


def test_the_register_as_a_workbook_is_a_file_to_keep(home, code):
    response = post(home, "/desk/register/xlsx", PERIOD)
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["Cache-Control"] == "no-store"
    sheet = openpyxl.load_workbook(BytesIO(response.data)).active
    response.close()
    assert [row[1] for row in sheet.iter_rows(min_row=6, values_only=True)] == [code]
    assert opened()[0]["as"] == "xlsx"


def test_a_register_too_long_to_print_says_what_to_do(home, code, monkeypatch):
    monkeypatch.setattr(register_page, "MOST_ON_PAPER", 0)
    page = signed_in(home.app).post("/desk/register/pdf", PERIOD, status=422)
    assert "Hãy chọn kỳ ngắn hơn, hoặc xuất bảng tính." in page.text
    assert code in page.text
    assert opened() == []


@pytest.mark.parametrize("how", ("pdf", "xlsx"))
def test_a_bad_period_is_no_file(home, how):
    page = signed_in(home.app).post(f"/desk/register/{how}", {"from": "x", "to": "y"}, status=422)
    assert "Chưa đọc được ngày này" in page.text
    assert opened() == []


@pytest.mark.parametrize("how", ("pdf", "xlsx"))
def test_nobody_without_the_right_takes_the_register_away(home, code, how):
    assert post(home, f"/desk/register/{how}", PERIOD, role=Role.CLERK).status_code == 403

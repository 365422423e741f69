"""The pages of a service day: as it runs, what it achieved, the dossiers behind a number."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import update

from build import vietnam
from conftest import Clock, House, offer
from dayway import a_rule, publish
from deskway import signed_in
from figureway import PAPER, Counter
from intake import memory
from intake.db import db
from intake.offices import point_of
from intake.records import ServiceDayVersion
from intake.rules.exceptions import PaperReason
from intake.rules.rights import Role


@pytest.fixture
def app(sqlite_house: House) -> Flask:
    sqlite_house.restore()
    return sqlite_house.app


@pytest.fixture
def clock(sqlite_house: House) -> Clock:
    return sqlite_house.clock


@pytest.fixture
def thursday(sqlite_house: House, app: Flask, clock: Clock) -> None:
    """Thursday 19/11, 9:00: one dossier without paper, one on paper for a reason."""
    clock.now = vietnam(19, 9)
    with app.app_context():
        session = db.session()
        point = point_of(session, "K1")
        assert point is not None
        version = offer(session, point)
        publish(session, point.office, a_rule(per_day=20, per_hour=4), now=vietnam(12, 9))
        file = Counter(session, point, version, sqlite_house.keys, clock)
        file()
        file(PaperReason.ORIGINAL_REQUIRED)
        db.session.remove()


def test_the_board_shows_the_day_in_numbers(app, clock, thursday):
    manager = signed_in(app, Role.MANAGER)
    page = manager.get("/desk/days")
    text = page.text
    for said in (
        "Thứ Năm không giấy, không hẹn",
        "50 %",
        "1 / 2 hồ sơ",
        "Pháp luật yêu cầu nộp bản giấy",
        "2 / 20",
        "2 / 4",
        "Không có lời hẹn nào sắp lỡ",
        "Chưa có số liệu của các thứ Năm trước khi có quy định để so sánh.",
    ):
        assert said in text


def test_the_board_follows_by_itself_and_names_what_is_at_risk(app, clock, thursday):
    clock.now = vietnam(19, 17, 20)
    whole = signed_in(app, Role.RECEPTION).get("/desk/days").text
    assert "còn 10 phút" in whole
    follower = signed_in(app, Role.RECEPTION, htmx="day")
    part = follower.get("/desk/days?live=1").text
    assert "còn 10 phút" in part
    assert "Kết quả" not in part  # the tabs stay where they are


def test_an_ordinary_day_says_what_comes_and_what_to_do(app, clock):
    manager = signed_in(app, Role.MANAGER).get("/desk/days").text
    assert "Hôm nay là ngày thường" in manager
    assert "Soạn quy định" in manager
    assert "Soạn quy định" not in signed_in(app, Role.RECEPTION).get("/desk/days").text


def test_the_day_after_leads_to_what_was(app, clock, thursday):
    clock.now = vietnam(20, 9)
    page = signed_in(app, Role.AUDITOR).get("/desk/days")
    assert "Hôm nay là ngày thường" in page.text
    assert "day=2026-11-19" in page.html


def test_the_report_of_a_month_a_day_and_a_rule(app, clock, thursday):
    reader = signed_in(app, Role.AUDITOR)
    for address, period in (
        ("/desk/days/report", "Tháng 11/2026"),
        ("/desk/days/report?month=2026-11", "Tháng 11/2026"),
        ("/desk/days/report?day=2026-11-19", "Ngày 19/11/2026"),
        ("/desk/days/report?rule=thursday", "Từ 12/11/2026 đến 19/11/2026"),
    ):
        text = reader.get(address).text
        assert period in text
        assert "1 hồ sơ không có tờ giấy nào (50 %) và 1 hồ sơ còn bản giấy" in text
    assert "chưa có số liệu" in reader.get("/desk/days/report?month=2026-10").text
    unread = reader.get("/desk/days/report?month=never", status=422)
    assert "Tháng 11/2026" in unread.text


def test_numbers_lead_down_to_masked_dossiers(app, clock, thursday):
    page = signed_in(app, Role.RECEPTION).get("/desk/days/dossiers?what=electronic&month=2026-11")
    assert "Lê T. N. L." in page.text
    assert "Ngọc Lan" not in page.text
    assert page.html.count("/desk/dossiers/") == 1
    assert "Không có hồ sơ nào" in signed_in(app).get("/desk/days/dossiers?what=late").text
    signed_in(app).get("/desk/days/dossiers?what=nothing", status=404)


def test_the_report_goes_out_as_pdf_and_workbook(app, clock, thursday):
    manager = signed_in(app, Role.MANAGER)
    pdf = manager.client.get("/desk/days/report/pdf?rule=thursday")
    assert pdf.data.startswith(b"%PDF")
    book = manager.client.get("/desk/days/report/xlsx?month=2026-11")
    assert book.data.startswith(b"PK")
    assert "ngay-khong-giay_2026-11-01_2026-11-30.xlsx" in book.headers["Content-Disposition"]
    assert PAPER


def test_a_rule_ended_today_leaves_its_day_on_the_board(app, clock, thursday):
    clock.now = vietnam(19, 17, 20)
    with app.app_context():
        session = db.session()
        session.execute(update(ServiceDayVersion).values(state="ended", ended_at=vietnam(19, 12)))
        session.commit()
        memory.forget_all()
        db.session.remove()
    text = signed_in(app, Role.MANAGER).get("/desk/days").text
    for said in ("quy định đã kết thúc", "còn 10 phút", "1 / 2 hồ sơ"):
        assert said in text
    assert "Tạm dừng…" not in text
    assert "Hôm nay là ngày thường" not in text

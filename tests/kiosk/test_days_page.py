"""The page a poster leads to, and what a receipt's page says of a dossier of such a day."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select

from build import vietnam
from dayway import a_rule, publish
from intake.coming_days import coming_days
from intake.db import db
from intake.policies import rules_of
from intake.records import Dossier, Office
from kioskway import Way

PAGE = "/ngay-khong-giay"
NAME = "Thứ Năm không giấy, không hẹn"


@pytest.fixture
def order(house, clock):
    def order(**changes) -> None:
        with house.app.app_context():
            publish(
                db.session(), db.session.scalars(select(Office)).one(), a_rule(**changes), now=vietnam(20)
            )
        clock.now = vietnam(26, 9, 0)

    return order


def test_without_rules_it_says_so(khach):
    page = khach.get(PAGE)
    assert "nhận hồ sơ như ngày thường" in page.text and "chưa có ngày nào như vậy" in page.text


def test_on_the_day_it_tells_today_the_days_ahead_and_what_to_bring(khach, order):
    order()
    page = khach.get(f"{PAGE}/H56.17.22")
    assert page.tree.all("section", class_="state gold")
    told = (
        f"Hôm nay: {NAME}",
        "Thứ Năm, 03/12/2026",
        "Cần mang",
        "Không cần mang",
        "07:30–11:30",
        "Nộp trước 15:00",
        "Đăng ký khai sinh",
        "Quyết định số 45/QĐ-UBND",
        "0237 385 0000",
    )
    for part in told:
        assert part in page.text, part


def test_the_day_after_is_ordinary_and_the_rule_still_told(khach, order, clock):
    order()
    clock.now = vietnam(27, 9, 0)
    page = khach.get(PAGE)
    assert "nhận hồ sơ như ngày thường" in page.text and "gold" not in page.html and NAME in page.text


def test_after_the_cut_off_it_names_the_next_day(khach, order, clock):
    order()
    clock.now = vietnam(26, 15, 30)
    assert "ngày như hôm nay tiếp theo: Thứ Năm 03/12" in khach.get(PAGE).text


def test_a_notice_in_english_is_told_as_english(house, order):
    order(notices={"vi": "Xin mời.", "en": "Welcome: no paper on Thursdays."})
    html = house.app.test_client().get(PAGE).get_data(as_text=True)
    assert '<p lang="en">Welcome: no paper on Thursdays.</p>' in html


def test_a_rule_that_is_over_is_not_told(khach, order):
    order(valid_to=date(2026, 11, 25))
    assert NAME not in khach.get(PAGE).text


def test_a_holiday_is_no_such_day(house, order):
    order(weekdays=frozenset({4}))  # the first of January is a Friday
    with house.app.app_context():
        session, office = db.session(), db.session.scalars(select(Office)).one()
        found = [day for day, _ in coming_days(session, office, now=vietnam(28, month=12), most=2)]
        assert rules_of(session, office, now=vietnam(28)) and found == [date(2027, 1, 8), date(2027, 1, 15)]


def test_an_office_nobody_knows_is_no_page(khach):
    khach.get(f"{PAGE}/H99.99.99", status=404)


def test_phones_may_keep_it_for_a_minute(khach, order):
    order()
    assert khach.get(PAGE).response.headers["Cache-Control"] == "public, max-age=60"


def test_the_receipts_page_says_today_until_the_day_is_over(house, khach, order, clock):
    order()
    lan = Way(house.app)
    names = {name.rpartition(".")[0] for name in re.findall(r'name="([^"]+\.how)"', lan.has_answered().html)}
    lan.post("/kiosk/documents", {f"{name}.how": "electronic" for name in names})
    page = lan.collects("counter_now")
    lan.post("/kiosk/submit", {"attempt": page.values()["attempt"], "told": "2026-11-26"})
    with house.app.app_context():
        payload = db.session.scalars(select(Dossier)).one().receipt.payload
    page = khach.get(f"/r/{payload}")
    assert "Trả ngay hôm nay, trước 17:30" in page.text and "Lan" not in page.text
    clock.now = vietnam(27, 9, 0)
    page = khach.get(f"/r/{payload}")
    assert "Trả ngay hôm nay" not in page.text and "Thứ Năm, 26/11/2026" in page.text

"""The till of a post office through its pages: counting, putting right, and whose it is."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import select

from build import FRIDAY
from conftest import offer
from deskway import signed_in
from intake.db import db
from intake.post.money import take_money
from intake.records import PostalItem, PostalMoney, PostalShift
from intake.rules.rights import Role
from moneyway import an_item, post_office
from moneyway import minh as anh_minh

PILES = {"fee.5000": "1", "fee.1000": "3", "charge.20000": "1", "charge.5000": "1", "charge.500": "3"}


@pytest.fixture
def house(sqlite_house):
    sqlite_house.restore()
    return sqlite_house


@pytest.fixture
def till(house) -> dict[str, int]:
    """Anh Minh took one item: 8.000 for the State, 26.500 for the post. Ids of what was written."""
    with house.app.app_context():
        clerk, session = anh_minh(house.app), db.session()
        point = post_office(session)
        item = an_item(session, point, offer(session, point))
        charge, fee = take_money(session, item, by=clerk, now=FRIDAY)
        session.commit()
        ids = {"item": item.id, "charge": charge.id, "fee": fee.id, "shift": fee.shift_id}
        db.session.remove()
    return ids


@pytest.fixture
def minh(house):
    return signed_in(house.app, Role.CLERK)


def test_a_clerk_without_money_is_told_so(minh):
    page = minh.get("/post/money")
    assert "Chưa thu khoản nào" in page.text
    assert minh.get("/post/money/count", status=422).h1.text == "Chưa mở ca"


def test_both_drawers_stand_apart(till, minh):
    page = minh.get("/post/money")
    assert "8.000 đồng" in page.text
    assert "26.500 đồng" in page.text
    assert "34.500" not in page.text


def test_a_counted_till_closes_and_says_that_it_fits(house, till, minh):
    page = minh.post("/post/money/count", {"shift": till["shift"], **PILES})
    assert page.h1.text == "Ca đã chốt"
    assert page.text.count("khớp") == 2
    assert "khớp" in minh.get("/post/money").text
    again = minh.post("/post/money/count", {"shift": till["shift"], "fee.1000": "9"})
    assert again.h1.text == "Ca đã chốt"
    with house.app.app_context():
        assert db.session.get_one(PostalShift, till["shift"]).counted_fee == 8_000


def test_a_difference_asks_why_and_keeps_what_was_typed(till, minh):
    short = {**PILES, "fee.1000": "2", "shift": till["shift"]}
    page = minh.post("/post/money/count", short, status=422)
    assert "Tiền đếm được khác với sổ" in page.text
    assert page.tree.all("input", name="fee.1000")[0].attributes["value"] == "2"
    assert "autofocus" in page.tree.all("textarea", name="reason")[0].attributes
    told = minh.post("/post/money/count", short | {"reason": "Thối nhầm 1.000 đồng"})
    assert "thiếu 1.000 đồng" in told.text
    assert "Thối nhầm 1.000 đồng" in told.text


@pytest.mark.parametrize("typed", ["năm", "-1", "1.5", "99999", "٣"])
def test_pieces_that_are_no_number_are_told_at_their_field(till, minh, typed):
    page = minh.post("/post/money/count", {"shift": till["shift"], "fee.1000": typed}, status=422)
    assert "aria-invalid" in page.tree.all("input", name="fee.1000")[0].attributes


@pytest.mark.parametrize(
    ("amount", "reason", "told"),
    [
        ("", "Thu nhầm mức cũ", "Ô này chưa điền"),
        ("tám nghìn", "Thu nhầm mức cũ", "chỉ nhận số"),
        ("8.000", "Thu nhầm mức cũ", "đã là 8.000 đồng"),
        ("5.000", "", "Chưa ghi lý do"),
    ],
)
def test_a_correction_that_says_too_little_is_told_at_its_field(till, minh, amount, reason, told):
    page = minh.post(f"/post/money/lines/{till['fee']}", {"amount": amount, "reason": reason}, status=422)
    assert told in page.text


def test_a_correction_stands_beside_the_line(house, till, minh):
    page = minh.post(f"/post/money/lines/{till['fee']}", {"amount": "5.000", "reason": "Thu nhầm mức cũ"})
    assert "Đã ghi dòng điều chỉnh" in page.text
    assert "-3.000 đồng" in page.text
    assert "nay là 5.000 đồng" in page.text
    with house.app.app_context():
        made = db.session.scalars(select(PostalMoney).filter_by(corrects_id=till["fee"])).one()
    assert "Thu nhầm?" not in minh.get(f"/post/money/lines/{made.id}").text


def test_another_post_office_sees_nothing_of_it(house, till, minh):
    """BD-12 has a clerk of its own, for whom line, shift and day of BD-07 do not exist."""
    with house.app.app_context():
        session = db.session()
        other = post_office(session, "BD-12")
        item = session.get_one(PostalItem, till["item"])
        item.point_id = other.id
        session.get_one(PostalShift, till["shift"]).point_id = other.id
        for line in session.scalars(select(PostalMoney)):
            line.point_id = other.id
        session.commit()
        db.session.remove()
    assert "8.000" not in minh.get("/post/money").text
    assert "8.000" not in minh.get("/post/money/days").text
    for path in (f"lines/{till['fee']}", f"shifts/{till['shift']}"):
        assert "BD-07-P" not in minh.get(f"/post/money/{path}", status=422).text


def test_the_day_of_the_post_office_and_its_papers(house, till, minh):
    page = minh.get("/post/money/days")
    assert page.h1.text == "Đối soát 20/11/2026"
    assert "chưa đến Trung tâm" in page.text
    paper = minh.client.get("/post/money/days.pdf")
    assert paper.data.startswith(b"%PDF")
    book = openpyxl.load_workbook(io.BytesIO(minh.client.get("/post/money/days.xlsx").data))
    assert [row[0].value for row in book["Phí, lệ phí Nhà nước"].iter_rows(min_row=5)] == ["BD-07"]


@pytest.mark.parametrize("day", ["hôm qua", "2999-01-01", "0001-01-01"])
def test_a_day_nobody_can_mean_is_today(minh, day):
    assert minh.get("/post/money/days", query={"day": day}).h1.text == "Đối soát 20/11/2026"


def test_a_shift_of_yesterday_says_that_it_is_still_open(house, till, minh):
    house.clock.now = FRIDAY + timedelta(days=1)
    page = signed_in(house.app, Role.CLERK).get("/post/money")
    assert "Ca này mở từ hôm trước" in page.text

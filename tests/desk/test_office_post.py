"""The manager's pages of the post, and the money of a day at the desk."""

from __future__ import annotations

import io

import openpyxl
import pytest
from sqlalchemy import select

from build import FRIDAY, an_application
from conftest import House, offer
from deskway import a_person, signed_in
from intake.accepting import accept
from intake.db import db
from intake.events import citizen
from intake.offices import point_of
from intake.post.money import take_money
from intake.post.operators import operator_of
from intake.records import AcceptancePoint, Assignment, PostalItem, PostalTariff
from intake.rules.rights import Role
from moneyway import an_item, minh, post_office
from visitor import Visitor

AT = "/desk/office/post"
PRICES = {"price.100": "20000", "price.250": "24000", "price.500": "26500", "further": "4000"}
TABLE = {"zone": "local", "valid_from": "20/11/2026", "instrument": "Quyết định 12/QĐ-BĐVN", **PRICES}


@pytest.fixture
def house(sqlite_house: House) -> House:
    sqlite_house.restore()
    return sqlite_house


@pytest.fixture
def thu(house: House) -> Visitor:
    return signed_in(house.app, Role.MANAGER)


def count(house: House, record: type) -> int:
    with house.app.app_context():
        return db.session.query(record).count()


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("", "Bưu chính công ích"), ("/offices/new", "Thêm bưu cục"), ("/tariffs/new", "Bảng cước mới"),
        ("/tariffs/new?zone=national", "Bảng cước mới"), ("/exemptions/new", "Thêm diện miễn, giảm"),
    ],
)  # fmt: skip
def test_every_page_of_the_post_opens(thu, path, heading):
    assert thu.get(f"{AT}{path}").h1.text == heading


def test_a_post_office_is_opened_and_a_code_is_nobody_elses(house, thu):
    page = thu.post(f"{AT}/offices/new", {"code": "bd-20", "name": "Bưu điện Quảng Thịnh"})
    assert "Bưu điện Quảng Thịnh" in page.text
    with house.app.app_context():
        made = db.session.scalars(select(AcceptancePoint).filter_by(code="BD-20")).one()
        assert (made.kind, made.active) == ("post", True)
    again = thu.post(f"{AT}/offices/new", {"code": "BD-20", "name": "Bưu điện khác"}, status=422)
    assert "đã có nơi dùng" in again.text


def test_a_kiosk_is_no_post_office(thu):
    assert thu.get(f"{AT}/offices/1", status=422).h1.text == "Không có mục này"


def test_prices_are_set_and_shown(house, thu):
    page = thu.post(f"{AT}/tariffs/new", TABLE)
    assert "đến 500 g 26.500" in page.text
    assert "đang áp dụng" in page.text
    assert count(house, PostalTariff) == 4
    held = thu.get(f"{AT}/tariffs/new?zone=local").tree.all("input", name="price.250")[0]
    assert held.attributes["value"] == "24000"


def test_a_price_that_is_none_keeps_what_was_typed(house, thu):
    page = thu.post(f"{AT}/tariffs/new", TABLE | {"price.100": "rẻ"}, status=422)
    assert page.tree.all("input", name="price.500")[0].attributes["value"] == "26500"
    assert count(house, PostalTariff) == 0


def test_a_reduction_is_set_and_ended(thu):
    form = {"code": "poor", "words": "Hộ nghèo", "charge": "100", "valid_from": "20/11/2026"}
    page = thu.post(f"{AT}/exemptions/new", form | {"instrument": "Quyết định 12"})
    assert "Hộ nghèo" in page.text
    assert "miễn" in page.text
    (ends,) = (one for one in page.tree.all("form") if one.attributes["action"].endswith("/end"))
    assert "đến 20/11/2026" in thu.post(ends.attributes["action"]).text


def test_a_range_is_given_and_stopped(house, thu):
    with house.app.app_context():
        point_id = post_office(db.session()).id
        db.session.remove()
    form = {"first": "RR473124829VN", "last": "RR473124832VN"}
    page = thu.post(f"{AT}/offices/{point_id}/ranges/new", form)
    assert "RR473124829VN – RR473124832VN" in page.text
    taken = thu.post(f"{AT}/offices/{point_id}/ranges/new", form, status=422)
    assert "đang giữ một phần dải số này" in taken.text
    (stops,) = (one for one in page.tree.all("form") if "/ranges/" in one.attributes["action"])
    assert "ngừng cấp" in thu.post(stops.attributes["action"], {"active": "0"}).text


def test_a_key_is_shown_once(house, thu):
    page = thu.post(f"{AT}/operators", {"operator": "VNPost"})
    key = page.tree.all("code")[0].text
    with house.app.app_context():
        assert operator_of(db.session(), key) is not None
    listed = thu.get(AT)
    assert key not in listed.html
    (ends,) = (one for one in listed.tree.all("form") if one.attributes["action"].endswith("/end"))
    assert "khóa đã hủy" in thu.post(ends.attributes["action"]).text
    assert "Ô này chưa điền" in thu.post(f"{AT}/operators", {"operator": " "}, status=422).text


def test_a_clerk_has_a_post_office(house, thu):
    clerk = {"username": "tam", "name": "Đỗ Thị Tâm", "roles": "clerk", "version": "0"}
    page = thu.post("/desk/staff/new", clerk, status=422)
    assert "phải thuộc một bưu cục" in page.text
    with house.app.app_context():
        point_id = post_office(db.session(), "BD-12").id
        db.session.remove()
    thu.post("/desk/staff/new", clerk | {"point": point_id})
    with house.app.app_context():
        held = db.session.scalars(select(Assignment).filter_by(role="clerk")).one()
        assert held.point_id == point_id
    assert "(Bưu điện Đông Sơn)" in thu.get("/desk/staff").text


def test_a_clerk_moves_and_whoever_is_none_has_no_post_office(house, thu):
    person_id = a_person(house.app, Role.CLERK)
    with house.app.app_context():
        there = post_office(db.session(), "BD-12").id
        db.session.remove()
    page = thu.get(f"/desk/staff/{person_id}")
    form = {"name": "Hoàng Văn Minh", "roles": "clerk", "point": there}
    form["version"] = page.tree.all("input", name="version")[0].attributes["value"]
    thu.post(f"/desk/staff/{person_id}", form)
    assert "Bưu điện Đông Sơn" in thu.get("/desk/staff").text
    form |= {"roles": "reception", "version": str(int(form["version"]) + 1)}
    thu.post(f"/desk/staff/{person_id}", form)
    with house.app.app_context():
        (held,) = db.session.scalars(select(Assignment).filter_by(person_id=person_id))
        assert (held.role, held.point_id) == ("reception", None)


@pytest.fixture
def money(house: House) -> int:
    """The id of an item for which BD-07 took 8.000 đồng for the State."""
    with house.app.app_context():
        clerk, session = minh(house.app), db.session()
        point = post_office(session)
        item = an_item(session, point, offer(session, point))
        take_money(session, item, by=clerk, now=FRIDAY)
        session.commit()
        item_id = item.id
        db.session.remove()
    return item_id


def test_the_day_of_all_post_offices_is_seen_and_confirmed(house, thu, money):
    page = thu.get("/desk/post/money")
    assert page.h1.text == "Đối soát tiền bưu chính"
    assert "8.000 đồng" in page.text
    point = page.tree.all("input", name="point")[0].attributes["value"]
    told = thu.post("/desk/post/money/confirm", {"day": "2026-11-20", "point": point})
    assert "Đã xác nhận đối soát" in told.text
    assert "Nguyễn Thị Thu" in told.text
    assert "Xác nhận Bưu điện Hạc Thành" not in told.buttons()


def test_a_difference_is_not_confirmed_without_its_reason(house, thu, money):
    with house.app.app_context():
        session = db.session()
        kiosk = point_of(session, "K1")
        item = session.get_one(PostalItem, money)
        dossier = accept(
            session, an_application(item.procedure_version_id), kiosk, keys=house.keys,
            base_url="http://127.0.0.1:8080", by=citizen("K1"), now=FRIDAY,
        )  # fmt: skip
        item.dossier_id = dossier.id
        point = item.point_id
        session.commit()
        db.session.remove()
    assert "chưa ghi thu" in thu.get("/desk/post/money").text
    page = thu.post("/desk/post/money/confirm", {"day": "2026-11-20", "point": point}, status=422)
    assert "hãy ghi lý do" in page.text
    form = {"day": "2026-11-20", "point": point, "reason": "Chưa nhập phiếu thu"}
    assert "Chưa nhập phiếu thu" in thu.post("/desk/post/money/confirm", form).text


def test_a_reader_sees_the_day_and_confirms_nothing(house, money):
    page = signed_in(house.app, Role.AUDITOR).get("/desk/post/money")
    assert "8.000 đồng" in page.text
    assert not [one for one in page.buttons() if one.startswith("Xác nhận")]


def test_the_day_on_paper_and_as_a_workbook(thu, money):
    assert thu.client.get("/desk/post/money.pdf?day=2026-11-20").data.startswith(b"%PDF")
    book = openpyxl.load_workbook(io.BytesIO(thu.client.get("/desk/post/money.xlsx").data))
    rows = [[cell.value for cell in row] for row in book["Phí, lệ phí Nhà nước"].iter_rows(min_row=5)]
    assert [(row[0], row[3]) for row in rows] == [("BD-07", 8_000), ("BD-12", 0)]

"""Papers of an item out of the printer of the post office, asked for on its page."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from conftest import House, offer
from deskway import signed_in
from intake.db import db
from intake.offices import point_of
from intake.records import Errand, Event, PostalItem, Printer
from intake.rules.rights import Role
from postway import a_post_office, an_intake, taken
from visitor import Visitor


@pytest.fixture
def house(sqlite_house: House) -> House:
    sqlite_house.restore()
    return sqlite_house


def an_item(house: House, code: str = "BD-07", *, has_printer: bool = True) -> int:
    """The id of what was taken there."""
    with house.app.app_context():
        session = db.session()
        point, kiosk = a_post_office(session, code), point_of(session, "K1")
        point.printer_id = session.scalars(select(Printer.id)).first() if has_printer else None
        item_id = taken(session, an_intake(offer(session, kiosk)), point, keys=house.keys).id
        db.session.remove()
    return item_id


def prints(minh: Visitor, item_id: int, which: str, **more: object):
    return minh.post(f"/post/items/{item_id}/print", {"which": which}, **more)


def test_a_clerk_prints_a_paper_again_and_reads_how_it_fares(house):
    item_id = an_item(house)
    minh = signed_in(house.app, Role.CLERK)
    assert "In biên nhận đang in" in minh.get(f"/post/items/{item_id}").text
    page = prints(minh, item_id, "receipt")
    assert "đang in, 2 bản" in page.text
    with house.app.app_context():
        copies = db.session.scalars(select(Errand.copy_no).filter_by(item_paper="receipt")).all()
        assert sorted(copies) == [1, 2]
        assert db.session.scalars(select(Event.actor).filter_by(kind="post_reprinted")).all() == [
            "Hoàng Văn Minh"
        ]
        db.session.remove()


def test_where_there_is_no_printer_nothing_is_offered(house):
    item_id = an_item(house, has_printer=False)
    minh = signed_in(house.app, Role.CLERK)
    assert "In ở máy in của bưu cục" not in minh.get(f"/post/items/{item_id}").text
    assert "Máy in này không dùng được" in prints(minh, item_id, "receipt", status=422).text


def test_an_item_of_another_post_office_is_none(house):
    item_id = an_item(house, "BD-12")
    minh = signed_in(house.app, Role.CLERK)
    assert "Không có bưu gửi này" in prints(minh, item_id, "receipt", status=422).text
    with house.app.app_context():
        assert db.session.get_one(PostalItem, item_id).receipt_payload
        assert db.session.scalars(select(Errand).filter_by(copy_no=2)).all() == []
        db.session.remove()


def test_a_paper_nobody_knows(house):
    item_id = an_item(house)
    assert (
        "Chưa làm được bước này" in prints(signed_in(house.app, Role.CLERK), item_id, "poem", status=422).text
    )

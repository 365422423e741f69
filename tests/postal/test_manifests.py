"""Hand-over lists at the post: filled by scans, results scanned in, nothing of another post office seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from build import FRIDAY
from conftest import House, offer
from deskway import signed_in
from intake.db import db
from intake.drawings.text import as_text
from intake.keys import Keys
from intake.offices import point_of
from intake.post.accepting_items import accept_item
from intake.post.manifests import add_item, close, open_manifest
from intake.post.reconciling import receive, scan_in
from intake.printing import paper_of
from intake.records import Errand, Event, Manifest, PostalItem
from intake.rules.post import Step
from intake.rules.rights import Role
from lifeway import an_actor
from manifestway import a_list_on_its_way, an_item, minh, post_office, s10
from visitor import Visitor


@dataclass
class Counter:
    """Two items at BD-07 and one at BD-12; Minh at the first."""

    app: Flask
    keys: Keys
    version: int

    def minh(self, htmx: str = "") -> Visitor:
        return signed_in(self.app, Role.CLERK, htmx=htmx)

    def item(self, number: str) -> PostalItem:
        return db.session.scalars(select(PostalItem).filter_by(item_number=number)).one()


@pytest.fixture
def counter(sqlite_house: House) -> Iterator[Counter]:
    sqlite_house.restore()
    with sqlite_house.app.app_context():
        clerk, session, keys = minh(sqlite_house.app), db.session(), sqlite_house.keys
        version = offer(session, point_of(session, "K1"))
        given = {"keys": keys, "by": clerk, "now": FRIDAY - timedelta(hours=2)}
        for serial in (1, 2):
            an_item(session, post_office(session), version, serial, **given)
        an_item(session, post_office(session, "BD-12"), version, 3, **given)
        session.commit()
        db.session.remove()
    yield Counter(sqlite_house.app, sqlite_house.keys, version)


@pytest.mark.parametrize("htmx", ["", "scanned"])
def test_items_are_scanned_into_a_list_and_it_is_closed(counter, htmx):
    minh = counter.minh()
    assert "2 chờ giao" in minh.get("/post/manifests").text
    page = minh.post("/post/manifests/new")
    assert page.h1.text == "BK-BD07-261120-01"
    scanner = counter.minh(htmx)
    page = scanner.post("/post/manifests/1/scan", {"scan": s10(1)})
    assert "Bảng kê có 1 bưu gửi." in page.text and "còn 1 chờ" in page.text
    assert "Đã có trong bảng kê" in scanner.post("/post/manifests/1/scan", {"scan": s10(1)}).text
    page = scanner.post("/post/manifests/1/scan", {"typed": s10(2)})
    assert "Chốt bảng kê, 2 bưu gửi" in page.text and "16.000 đồng" in page.text
    page = scanner.post("/post/manifests/1/scan", {"scan": s10(3)}, status=422)
    assert "Không có bưu gửi này" in page.text
    page = minh.post("/post/manifests/1/close", {"bag_number": "T-7", "bag_seal": "NP-7"})
    assert "Đã chốt." in page.text and "T-7, niêm phong NP-7" in page.text
    with counter.app.app_context():
        assert counter.item(s10(1)).status == Step.IN_TRANSIT


def test_a_scan_into_a_long_list_answers_with_its_line_alone(counter):
    minh = counter.minh()
    minh.post("/post/manifests/new")
    scanner = counter.minh("scanned")
    scanner.post("/post/manifests/1/scan", {"scan": s10(1)})
    page = scanner.post("/post/manifests/1/scan", {"scan": s10(2)})
    assert s10(2) in page.html and s10(1) not in page.html
    whole = minh.get("/post/manifests/1").html
    assert s10(1) in whole and s10(2) in whole


def test_a_line_is_taken_off_again(counter):
    minh = counter.minh()
    minh.post("/post/manifests/new")
    minh.post("/post/manifests/1/scan", {"scan": s10(1)})
    page = minh.post("/post/manifests/1/drop", {"line": 1})
    assert "Chưa có bưu gửi nào." in page.text
    page = minh.post("/post/manifests/1/close", status=422)
    assert "Bảng kê chưa có dòng nào" in page.text


def test_results_are_scanned_in_and_confirmed_by_the_post(counter):
    with counter.app.app_context():
        hoa, session = an_actor(counter.app, Role.RECEPTION), db.session()
        post = post_office(session)
        home = open_manifest(session, post, "home", by=hoa, now=FRIDAY)
        for serial in (7, 8):
            given = {"keys": counter.keys, "by": hoa, "direction": "home"}
            item = an_item(session, post, counter.version, serial, **given)
            add_item(session, home, item.item_number, by=hoa, now=FRIDAY)
        close(session, home, by=hoa, now=FRIDAY)
        session.commit()
        db.session.remove()
    minh = counter.minh()
    assert "Lấy kết quả ở Trung tâm" in minh.get("/post/manifests").text
    page = minh.post("/post/manifests/1/scan", {"scan": s10(7)})
    assert "1 / 2" in page.text and "Xác nhận: nhận 1, thiếu 1" in page.buttons()
    minh.post("/post/manifests/1/mark", {"line": 1, "outcome": "broken_seal"})
    page = minh.post("/post/manifests/1/mark", {"line": 1, "outcome": "matched"})
    assert "Xác nhận: nhận 1, thiếu 1" in page.buttons()
    page = minh.post("/post/manifests/1/receive")
    assert "Đã xác nhận." in page.text
    with counter.app.app_context():
        assert (counter.item(s10(7)).status, counter.item(s10(8)).status) == (Step.PICKED_UP, Step.READY)
    page = minh.get("/post/manifests")
    assert "Chênh lệch chưa giải quyết" in page.text and "Đã tìm thấy, nhận" in page.buttons()
    page = minh.post("/post/manifests/1/resolve", {"line": 2, "resolution": "found"})
    assert "Đã ghi cách giải quyết." in page.text
    with counter.app.app_context():
        assert counter.item(s10(8)).status == Step.PICKED_UP


def test_the_post_confirms_what_the_office_found_and_prints_form_01_of_what_was_accepted(counter):
    with counter.app.app_context():
        by, hoa, session = minh(counter.app), an_actor(counter.app, Role.RECEPTION), db.session()
        given = {"keys": counter.keys, "by": by, "first": 11}
        sent = a_list_on_its_way(session, post_office(session), counter.version, 2, **given)
        scan_in(session, sent, s10(11), by=hoa, now=FRIDAY)
        receive(session, sent, fee_counted=8_000, note="thiếu 8.000", by=hoa, now=FRIDAY)
        item = counter.item(s10(11))
        accept_item(session, item, keys=counter.keys, base_url="http://10.0.0.5:8080", by=hoa, now=FRIDAY)
        accepted, other = item.id, counter.item(s10(12)).id
        session.commit()
        db.session.remove()
    visitor = counter.minh()
    page = visitor.get("/post/manifests/1")
    assert "khớp 1, chênh lệch 1" in page.text and "bảng kê ghi 16.000 đồng" in page.text
    assert "đã tiếp nhận, H56.17.22-261120-0001" in page.text
    page = visitor.post("/post/manifests/1/agree")
    assert "Hai bên đã xác nhận bảng kê." in page.text
    assert visitor.client.get(f"/post/items/{accepted}/mau-01.pdf").mimetype == "application/pdf"
    visitor.get(f"/post/items/{other}/mau-01.pdf", status=404)
    with counter.app.app_context():
        opened = db.session.scalars(select(Event).filter_by(kind="paper_opened")).one()
        assert opened.item_id == accepted
        assert db.session.get_one(Manifest, 1).state == "agreed"


def test_another_post_offices_lists_are_as_if_they_did_not_exist(counter):
    with counter.app.app_context():
        by, session = minh(counter.app), db.session()
        open_manifest(session, post_office(session, "BD-12"), "in", by=by, now=FRIDAY)
        session.commit()
        theirs = counter.item(s10(3)).id
        db.session.remove()
    visitor = counter.minh()
    assert "BK-BD12" not in visitor.get("/post/manifests").text
    never = visitor.get("/post/manifests/99", status=422).text
    assert visitor.get("/post/manifests/1", status=422).text == never
    visitor.post("/post/manifests", {"number": "BK-BD12-261120-01"}, status=422)
    for act in ("scan", "mark", "drop", "close", "receive", "agree", "resolve"):
        page = visitor.post(f"/post/manifests/1/{act}", {"outcome": "matched"}, status=422)
        assert "Không có bảng kê này" in page.text
    visitor.get(f"/post/items/{theirs}/mau-01.pdf", status=422)


def test_both_copies_come_from_the_roll_of_the_post_office(counter):
    visitor = counter.minh()
    visitor.post("/post/manifests/new")
    visitor.post("/post/manifests/1/scan", {"scan": s10(1)})
    visitor.post("/post/manifests/1/close", {"bag_seal": "NP-7"})
    page = visitor.post("/post/manifests/1/print")
    assert "Đã gửi hai liên ra máy in của bưu cục." in page.text
    with counter.app.app_context():
        errands = db.session.scalars(select(Errand).filter_by(manifest_id=1)).all()
        papers = [as_text(paper_of(one, counter.keys), 40) for one in errands]
    assert len(papers) == 2 and papers[0] == papers[1]
    for words in ("BẢNG KÊ GIAO NHẬN", s10(1), "NP-7", "Tổng số: 1 bưu gửi", "Hoàng Văn Minh"):
        assert words in papers[0], words

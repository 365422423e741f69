"""Hand-over lists at the desk: scanned in with and without htmx, confirmed, accepted, printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import select

from build import FRIDAY
from conftest import House, offer
from deskway import signed_in
from intake.db import db
from intake.offices import point_of
from intake.post.manifests import add_item, open_manifest
from intake.records import Dossier, Manifest, ManifestLine, PostalItem
from intake.rules.rights import Role
from lifeway import an_actor
from manifestway import a_list_on_its_way, an_item, minh, post_office, s10
from visitor import Visitor


@dataclass
class Bag:
    """A list of three on its way, one item that is on no list, and Hoa at the desk."""

    app: Flask
    hoa: Visitor
    manifest_id: int
    here: str = field(init=False)

    def __post_init__(self) -> None:
        self.here = f"/desk/post/manifests/{self.manifest_id}"

    def outcomes(self) -> list[str]:
        with self.app.app_context():
            found = select(ManifestLine.outcome).filter_by(manifest_id=self.manifest_id)
            return sorted(db.session.scalars(found))

    def state(self) -> str:
        with self.app.app_context():
            return db.session.get_one(Manifest, self.manifest_id).state


@pytest.fixture
def bag(sqlite_house: House) -> Iterator[Bag]:
    sqlite_house.restore()
    app = sqlite_house.app
    with app.app_context():
        clerk, session, keys = minh(app), db.session(), sqlite_house.keys
        version = offer(session, point_of(session, "K1"))
        post, before = post_office(session), FRIDAY - timedelta(hours=3)
        given = {"keys": keys, "by": clerk, "now": before}
        manifest_id = a_list_on_its_way(session, post, version, 3, **given).id
        an_item(session, post, version, 4, **given)
        session.commit()
        db.session.remove()
    yield Bag(app, signed_in(app, Role.RECEPTION, point="Q2"), manifest_id)


@pytest.mark.parametrize("htmx", ["", "manifest"])
def test_a_scan_is_told_in_its_bar_with_and_without_htmx(bag, htmx):
    visitor = signed_in(bag.app, Role.RECEPTION, htmx=htmx)
    page = visitor.post(f"{bag.here}/scan", {"scan": s10(1).lower()})
    assert "RR 0000 0001 4 VN" in page.text and "Còn 2 bưu gửi chưa quét." in page.text
    assert "1 / 3" in page.text
    bag.app.extensions["motcham"].clock.now += timedelta(minutes=1)
    page = visitor.post(f"{bag.here}/scan", {"typed": s10(1)})
    assert "không đếm lại" in page.text and "1 / 3" in page.text
    page = visitor.post(f"{bag.here}/scan", {"scan": s10(4)})
    assert "Thừa: không có trong bảng kê này." in page.text
    page = visitor.post(f"{bag.here}/scan", {"scan": "RR473124828VN"}, status=422)
    assert "sai một chữ số" in page.text and "1 / 3" in page.text
    assert bag.outcomes() == ["extra", "listed", "listed", "matched"]


def test_money_is_counted_before_the_list_is_confirmed(bag):
    bag.hoa.post(f"{bag.here}/scan", {"scan": s10(1)})
    page = bag.hoa.get(bag.here)
    assert "Bảng kê ghi 24.000 đồng" in page.text and "Xác nhận: nhận 1, thiếu 2" in page.buttons()
    page = bag.hoa.post(f"{bag.here}/receive", {"fee_counted": ""}, status=422)
    assert bag.state() == "arrived"
    page = bag.hoa.post(f"{bag.here}/receive", {"fee_counted": "16.000"}, status=422)
    assert "khác bảng kê" in page.text and bag.state() == "arrived"
    page = bag.hoa.post(f"{bag.here}/receive", {"fee_counted": "16.000", "note": "thiếu 8.000"})
    assert "Đã xác nhận nhận bảng kê." in page.text and "bảng kê ghi 24.000 đồng" in page.text
    assert bag.outcomes() == ["matched", "missing", "missing"]
    assert "thiếu 8.000 đồng" in bag.hoa.get("/desk/post/manifests").text


def test_a_discrepancy_stays_on_the_page_until_it_is_ended_with_a_reason(bag):
    for serial in (1, 2, 4):
        bag.hoa.post(f"{bag.here}/scan", {"scan": s10(serial)})
    page = bag.hoa.post(f"{bag.here}/receive", {"fee_counted": "24000"})
    assert "Giải quyết 2 chênh lệch" in page.text
    page = bag.hoa.get("/desk/post/manifests")
    assert "Chênh lệch chưa giải quyết 2" in page.text and "Bưu điện Hạc Thành giữ" in page.text
    with bag.app.app_context():
        lines = dict(db.session.execute(select(ManifestLine.outcome, ManifestLine.id)).all())
    ends = f"{bag.here}/resolve"
    page = bag.hoa.post(ends, {"line": lines["missing"], "resolution": "lost", "note": ""}, status=422)
    assert page.faults and "Chênh lệch chưa giải quyết 2" in page.text
    bag.hoa.post(ends, {"line": lines["missing"], "resolution": "lost", "note": "Tìm hai ngày không thấy"})
    page = bag.hoa.post(ends, {"line": lines["extra"], "resolution": "taken"})
    assert "Đã ghi cách giải quyết." in page.text and "Chênh lệch" not in page.text
    assert "Lập hồ sơ · 3" in page.text


@pytest.mark.parametrize("htmx", ["", "accept"])
def test_one_is_accepted_or_all_and_what_is_refused_keeps_nobody(bag, htmx):
    for serial in (1, 2, 3):
        bag.hoa.post(f"{bag.here}/scan", {"scan": s10(serial)})
    bag.hoa.post(f"{bag.here}/receive", {"fee_counted": "24000"})
    visitor = signed_in(bag.app, Role.RECEPTION, htmx=htmx)
    page = visitor.get("/desk/post/accept")
    assert "3 bưu gửi chờ lập hồ sơ" in page.text
    with bag.app.app_context():
        first, second, _ = db.session.scalars(select(PostalItem).order_by(PostalItem.id).limit(3))
        second.content_sealed = second.content_sealed[:0] + first.content_sealed
        second.attempt = "taken-by-another"
        first_id = first.id
        db.session.commit()
    page = visitor.post(f"/desk/post/accept/{first_id}")
    assert "H56.17.22-261120-0001" in page.text and "2 bưu gửi chờ lập hồ sơ" in page.text
    with bag.app.app_context():
        session = db.session()
        dossier = session.scalars(select(Dossier)).one()
        dossier.attempt, dossier.channel = "taken-by-another", "kiosk"
        session.commit()
    page = visitor.post("/desk/post/accept")
    assert "Chưa lập được hồ sơ từ 1 bưu gửi." in page.text and "1 bưu gửi chờ lập hồ sơ" in page.text
    with bag.app.app_context():
        assert db.session.query(Dossier).count() == 2


def test_results_are_listed_for_the_post_and_closed(bag):
    with bag.app.app_context():
        session, hoa = db.session(), an_actor(bag.app, Role.RECEPTION)
        post, keys = post_office(session), bag.app.extensions["motcham"].keys
        version = session.scalars(select(PostalItem.procedure_version_id)).first()
        an_item(session, post, version, 9, keys=keys, by=hoa, direction="home")
        point_id = post.id
        session.commit()
        db.session.remove()
    page = bag.hoa.get("/desk/post/manifests")
    assert "Lập bảng kê cho Bưu điện Hạc Thành · 1 kết quả chờ" in page.buttons()
    page = bag.hoa.post("/desk/post/manifests/new", {"point": point_id})
    assert page.h1.text == "Bảng kê BK-BD07-261120-02"
    here = f"/desk/post/manifests/{bag.manifest_id + 1}"
    page = bag.hoa.post(f"{here}/scan", {"scan": s10(1)}, status=422)
    assert "Bưu gửi đang ở chỗ khác" in page.text
    page = bag.hoa.post(f"{here}/scan", {"scan": s10(9)})
    assert "Chốt bảng kê, 1 bưu gửi" in page.buttons()
    page = bag.hoa.post(f"{here}/close", {"bag_number": "T-1"})
    assert "Đã chốt bảng kê." in page.text
    bag.hoa.post(f"{here}/receive", status=422)  # the other side's to confirm


def test_both_copies_are_printed_with_every_column_of_the_form(bag):
    bag.hoa.post(f"{bag.here}/scan", {"scan": s10(1)})
    response = bag.hoa.client.get(f"{bag.here}/bang-ke.pdf")
    assert response.mimetype == "application/pdf"
    pdf = pypdfium2.PdfDocument(response.data)
    text = [" ".join(page.get_textpage().get_text_bounded().split()) for page in pdf]
    assert len(text) == 2 and "Liên 1: Bên giao giữ" in text[0] and "Liên 2: Bên nhận giữ" in text[1]
    for words in (
        "BK-BD07-261120-01", "Bưu điện Hạc Thành", "Trung tâm Phục vụ hành chính công", s10(1), "NP-0001",
        "P. V. Bình", "Tổng số: 3 bưu gửi, 9 tờ; tiền thu hộ Nhà nước 24.000 đồng.", "BÊN GIAO", "BÊN NHẬN",
    ):  # fmt: skip
        assert words in text[0], words


def test_the_working_list_says_how_much_of_the_post_waits(bag):
    assert "Bưu điện · 1" in bag.hoa.get("/desk/").text
    found = bag.hoa.post("/desk/post/manifests", {"number": "bk-bd07-261120-01"})
    assert found.h1.text == "Bảng kê BK-BD07-261120-01"
    bag.hoa.post("/desk/post/manifests", {"number": "BK-BD07-261120-09"}, status=422)


def test_a_list_that_another_fills_is_looked_at_only(bag):
    with bag.app.app_context():
        session, clerk = db.session(), minh(bag.app)
        manifest = open_manifest(session, post_office(session), "in", by=clerk, now=FRIDAY)
        add_item(session, manifest, s10(4), by=clerk, now=FRIDAY)
        session.commit()
        here = f"/desk/post/manifests/{manifest.id}"
        db.session.remove()
    page = bag.hoa.get(here)
    assert "Đang lập" in page.text and not page.tree.all("form", action=f"{here}/scan")
    bag.hoa.post(f"{here}/close", status=422)
    bag.hoa.post(f"{here}/drop", {"line": 1}, status=422)

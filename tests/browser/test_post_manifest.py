"""A hand-over in real browsers: a clerk fills a list, an officer finds one item missing and one extra."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from browser.hands import DESK, is_clean, scans
from deskway import signed_in
from intake.db import db
from intake.queries import offered
from intake.records import Dossier, ManifestLine, Office
from intake.rules.rights import Role
from kioskway import COPIES
from live import Site, demo, serving
from manifestway import an_item, minh, post_office, s10
from web.staff import COOKIE

PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Bag:
    """Six items taken at BD-07, the sixth of which nobody will list."""

    site: Site

    def comes_in(self, page: Page, role: Role) -> None:
        secret = signed_in(self.site.app, role, point="Q2" if role is Role.RECEPTION else None)
        cookie = secret.client.get_cookie(COOKIE)
        assert cookie is not None
        page.context.add_cookies([{"name": COOKIE, "value": cookie.value, "url": self.site.base}])

    def outcomes(self) -> list[tuple[str, str]]:
        with self.site.app.app_context():
            rows = db.session.execute(
                select(ManifestLine.outcome, ManifestLine.resolution).order_by(ManifestLine.position)
            ).all()
            db.session.remove()
            return [(row.outcome, row.resolution) for row in rows]

    def dossiers(self) -> int:
        with self.site.app.app_context():
            return db.session.query(Dossier).count()


@pytest.fixture
def bag(tmp_path: Path) -> Iterator[Bag]:
    app, clock = demo(tmp_path)
    with app.app_context():
        clerk, session, now = minh(app), db.session(), clock() - timedelta(hours=2)
        office = session.scalars(select(Office)).one()
        version = next(one.version_id for one in offered(session, office, now=now) if one.code == COPIES)
        keys = app.extensions["motcham"].keys
        for serial in range(1, 7):
            an_item(session, post_office(session), version, serial, keys=keys, by=clerk, now=now)
        session.commit()
        db.session.remove()
    with serving(app) as base:
        yield Bag(Site(app, clock, base))


def test_an_officer_reconciles_a_list_with_one_missing_and_one_extra(bag, screen):
    phone, desk = screen(bag.site, PHONE), screen(bag.site, DESK)
    bag.comes_in(phone, Role.CLERK)
    bag.comes_in(desk, Role.RECEPTION)
    lists_five(phone)

    desk.goto("/desk/post/manifests")
    is_clean(desk)
    desk.get_by_role("link", name="Quét nhận BK-BD07-261126-01").click()
    said, count = desk.locator("#said"), desk.locator(".count strong")
    expect(said).to_contain_text("Quét bưu gửi đầu tiên")
    for serial in (1, 2, 3):  # faster than the server answers: none is lost
        scans(desk, s10(serial))
    expect(count).to_have_text("3 / 5")
    desk.get_by_label("Đếm tiền thu hộ Nhà nước").fill("40.000")
    desk.get_by_label("Đếm tiền thu hộ Nhà nước").blur()
    scans(desk, "RR473124828VN")
    expect(said).to_have_attribute("data-said", "bad")
    scans(desk, s10(6))
    expect(said).to_contain_text("Thừa: không có trong bảng kê này.")
    scans(desk, s10(4))
    expect(said).to_contain_text("Còn 1 bưu gửi chưa quét.")
    expect(desk.get_by_role("region", name="Chưa quét 1")).to_contain_text("RR 0000 0005")
    expect(desk.get_by_role("region", name="Chênh lệch 1")).to_contain_text("RR 0000 0006")
    expect(desk.get_by_role("region", name="Khớp 4")).to_be_visible()
    is_clean(desk)
    desk.get_by_role("button", name="Xác nhận: nhận 4, thiếu 1, để riêng 1").click()
    expect(desk.get_by_text("Đã xác nhận nhận bảng kê.")).to_be_visible()
    assert bag.outcomes() == [*[("matched", "")] * 4, ("missing", ""), ("extra", "")]

    agrees(phone)
    ends_both(desk)
    assert bag.outcomes()[4:] == [("missing", "found"), ("extra", "taken")]
    accepts_all(desk)
    assert bag.dossiers() == 6


def test_a_scan_that_the_server_could_not_take_is_sent_again(bag, browser):
    # A screen of its own: its console tells of both troubles.
    context = browser.new_context(base_url=bag.site.base, viewport=PHONE)
    phone, troubles = context.new_page(), [429, 503]
    bag.comes_in(phone, Role.CLERK)
    phone.goto("/post/manifests")
    phone.get_by_role("button", name="Lập bảng kê mới").click()
    expect(phone.locator("#said")).to_contain_text("Quét bưu gửi vào bảng kê")
    phone.route(
        "**/scan",
        lambda route: route.fulfill(status=troubles.pop(), body="") if troubles else route.continue_(),
    )
    for serial in (1, 2):
        scans(phone, s10(serial))
    expect(phone.locator(".count strong")).to_have_text("2", timeout=20_000)
    context.close()
    assert not troubles


def lists_five(page: Page) -> None:
    """By scanner on a phone, then closed."""
    page.goto("/post/manifests")
    is_clean(page)
    page.get_by_role("button", name="Lập bảng kê mới").click()
    expect(page.locator("#said")).to_contain_text("Quét bưu gửi vào bảng kê")
    for serial in range(1, 6):
        scans(page, s10(serial))
    expect(page.locator(".count strong")).to_have_text("5")
    expect(page.locator("#sum-fees")).to_have_text("40.000 đồng")
    is_clean(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Chốt bảng kê, 5 bưu gửi").click()
    expect(page.get_by_text("Đã chốt.")).to_be_visible()


def agrees(page: Page) -> None:
    """The clerk looks at what the office found, and confirms it."""
    page.goto("/post/manifests")
    expect(page.get_by_text("Chênh lệch chưa giải quyết")).to_be_visible()
    is_clean(page)
    page.get_by_role("link", name="BK-BD07-261126-01").click()
    page.get_by_role("button", name="Xác nhận kết quả đối chiếu").click()
    expect(page.get_by_text("Hai bên đã xác nhận bảng kê.")).to_be_visible()


def ends_both(page: Page) -> None:
    page.goto("/desk/post/manifests")
    is_clean(page)
    missing = page.get_by_role("article", name=f"Thiếu, {s10(5)}")
    missing.get_by_text("Ai đã giữ, lúc nào").click()
    expect(missing.get_by_text("Bưu điện chuyển đi")).to_be_visible()
    missing.get_by_role("button", name="Đã tìm thấy, nhận").click()
    expect(missing).to_be_hidden()
    page.get_by_role("article", name=f"Thừa, {s10(6)}").get_by_role("button", name="Nhận luôn").click()
    expect(page.get_by_text("Chênh lệch chưa giải quyết")).to_be_hidden()


def accepts_all(page: Page) -> None:
    """The first by Enter, the others at once; the dossier tells of its way here."""
    page.keyboard.press("t")
    expect(page.get_by_role("button", name=f"Lập hồ sơ {s10(1)}")).to_be_focused()
    is_clean(page)
    page.keyboard.press("Enter")
    expect(page.get_by_text("5 bưu gửi chờ lập hồ sơ")).to_be_visible()
    page.get_by_role("button", name="Lập cả 5 hồ sơ").click()
    expect(page.get_by_text("Đã lập 5 hồ sơ, chờ kiểm tra.")).to_be_visible()
    page.get_by_text("Xem mã hồ sơ").click()
    page.get_by_role("link", name="H56.17.22-261126-0002").click()
    part = page.get_by_role("region", name="Gửi đến qua bưu điện")
    expect(part).to_contain_text("không tính vào thời hạn giải quyết")
    is_clean(page)

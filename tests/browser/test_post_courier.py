"""A courier's round on a phone, with one thumb: taken along, signed for, told by code, tried in vain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import select

from browser.hands import is_clean, scans, settled
from build import an_applicant
from deskway import signed_in
from homeway import HOME, NUMBERS, a_home
from intake.db import db
from intake.post import delivering
from intake.records import PostalItem
from intake.rules.rights import Role
from live import Site, demo, serving
from web.staff import COOKIE

PHONE = {"width": 390, "height": 844}
THUMB = 44  # pixels a target needs at least
NAMES = ("Lê Thị Ngọc Lan", "Nguyễn Văn Bình", "Trần Thị Hoa")
TARGETS = """() => [...document.querySelectorAll(":is(main, .foot) :is(a, button, label), .places a")]
    .filter(one => !one.matches(".field > label:not(.button), .sr") && one.checkVisibility())
    .map(one => ({words: one.innerText, ...one.getBoundingClientRect().toJSON()}))"""


@dataclass(frozen=True)
class Round:
    """Three results at BD-07, ready to be brought; the address of Bình's receipt."""

    site: Site
    cookie: str
    receipt: str

    def items(self) -> list[tuple[str, str, bool]]:
        """(step, what the dossier's delivery is, whether there is a photograph) of each, in order."""
        keys = self.site.app.extensions["motcham"].keys
        with self.site.app.app_context():
            items = db.session.scalars(select(PostalItem).order_by(PostalItem.id))
            proofs = [(item, delivering.proof_of(item, keys)) for item in items]
            found = [
                (item.status, item.dossier.delivery_status, bool(proof and proof.photo))
                for item, proof in proofs
            ]
            db.session.remove()
        return found


@pytest.fixture
def round_(tmp_path: Path) -> Iterator[Round]:
    app, clock = demo(tmp_path)
    site = Site(app, clock, "")
    with app.app_context():
        home = a_home(site, db.session())
        items = []
        for name, number in zip(NAMES, NUMBERS, strict=False):
            dossier = home.ready(HOME, applicant=replace(an_applicant(), name=name))
            items.append(home.pack(dossier, number))
            home.do(delivering.picked_up, items[-1])
        receipt = f"/r/{items[1].dossier.receipt.payload}"
        db.session.remove()
    cookie = signed_in(app, Role.CLERK).client.get_cookie(COOKIE)
    assert cookie is not None
    with serving(app) as base:
        yield Round(Site(app, clock, base), cookie.value, receipt)


def is_for_a_thumb(page: Page) -> None:
    """Nothing sticks out at the side, and whatever is touched is large enough."""
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for target in page.evaluate(TARGETS):
        assert target["height"] >= THUMB and target["right"] <= PHONE["width"], (page.url, target)


def opens(page: Page, name: str) -> None:
    page.get_by_role("link", name=re.compile(name)).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Giao kết quả")
    expect(page.locator(".who-is")).to_contain_text(name)


def signs(page: Page) -> None:
    """A finger on the sheet, as telephones tell of one."""
    page.locator(".pad").scroll_into_view_if_needed()
    box = page.locator(".pad").bounding_box()
    assert box is not None
    at = [(0.1, 0.6), (0.2, 0.3), (0.3, 0.7), (0.4, 0.3), (0.5, 0.7), (0.6, 0.4), (0.75, 0.6), (0.9, 0.5)]
    first, *rest = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in at]
    page.mouse.move(*first)
    page.mouse.down()
    for x, y in rest:
        page.mouse.move(x, y, steps=3)
    page.mouse.up()


def test_a_round_on_a_phone(round_, screen, tmp_path):
    page = screen(round_.site, PHONE)
    page.context.add_cookies([{"name": COOKIE, "value": round_.cookie, "url": round_.site.base}])
    page.goto("/post/deliveries")
    scans(page, NUMBERS[0])
    expect(page.locator(".said.good")).to_contain_text("L. T. N. Lan")
    expect(page.locator(".said.good")).to_contain_text("Còn 2 bưu gửi ở bưu cục")
    page.get_by_role("button", name="Mang đi cả 2 bưu gửi").click()
    expect(page.locator(".ahead")).to_contain_text("0 / 3")
    is_for_a_thumb(page)
    is_clean(page)

    opens(page, "Lê Thị Ngọc Lan")
    is_for_a_thumb(page)
    is_clean(page)
    page.get_by_role("button", name="Đã giao").click()
    expect(page.locator(".told.bad")).to_contain_text("còn 2 chỗ")
    page.get_by_text("Thẻ căn cước", exact=True).click()
    signs(page)
    Image.new("RGB", (3000, 2000), "wheat").save(tmp_path / "anh.jpg")
    page.locator("[data-photo]").set_input_files(tmp_path / "anh.jpg")
    expect(page.locator("[data-photo-told]")).to_contain_text("Đã có ảnh")
    assert page.evaluate("document.querySelector('[data-photo]').files[0].size") < 60_000
    page.get_by_role("button", name="Đã giao").click()
    expect(page.locator(".said.good")).to_contain_text("Đã giao: L. T. N. Lan")

    # The recipient reads the code from the page of their receipt; meanwhile the line is gone for a moment.
    own = screen(round_.site, PHONE)
    own.goto(round_.receipt)
    code = own.locator(".once b").inner_text()
    opens(page, "Nguyễn Văn Bình")
    page.get_by_text("VNeID", exact=True).click()
    page.get_by_label("Hoặc mã nhận 6 số").fill(code[::-1].replace(" ", "") + "0")
    page.get_by_role("button", name="Đã giao").click()
    expect(page.locator(".said.bad")).to_be_in_viewport(ratio=1)
    page.get_by_label("Hoặc mã nhận 6 số").fill(code)
    page.context.set_offline(True)
    page.get_by_role("button", name="Đã giao").click()
    expect(page.locator("#offline")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_label("Hoặc mã nhận 6 số")).to_have_value(code)
    page.get_by_role("button", name="Đã giao").click()
    expect(page.locator(".said.good")).to_contain_text("Đã giao: N. V. Bình")
    own.reload()
    expect(own.locator(".journey li").last).to_contain_text("Kết quả đã được giao")
    assert own.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    is_clean(own)

    opens(page, "Trần Thị Hoa")
    page.get_by_role("link", name="Không giao được").click()
    is_for_a_thumb(page)
    page.get_by_role("button", name="Không có người nhận").click()
    expect(page.locator(".said.warn")).to_contain_text("T. T. Hoa")
    expect(page.locator(".ahead")).to_contain_text("2 / 2")
    assert round_.items() == [
        ("delivered", "delivered", True),
        ("delivered", "delivered", False),
        ("failed", "sent", False),
    ]

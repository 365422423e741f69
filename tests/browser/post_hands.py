"""A clerk's hands at the reception screen: a scanner in one, a finger of the other that is counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from browser.hands import scans
from deskway import signed_in
from intake.db import db
from intake.records import PostalItem
from intake.rules.codes import s10_number
from intake.rules.rights import Role
from kioskway import LANS_CARD
from live import RunningClock, demo, serving
from postway import a_post_office, a_range
from web.staff import COOKIE

SHEET = "TTHC:1.013225"  # a licence to build: two papers that are always needed
KEPT, TAKEN = "Đã giữ trên máy, chờ gửi", "Đã nhận"
IN_ORDER = select(PostalItem.item_number, PostalItem.status).order_by(PostalItem.id)


@dataclass
class Post:
    """The demo office with a tariff and numbers for BD-07, served; anh Minh is signed in with ``cookie``."""

    app: Flask
    clock: RunningClock
    base: str
    cookie: str

    def items(self) -> list[tuple[str, str]]:
        """(number, status) of everything in the books, in order of arrival."""
        with self.app.app_context():
            rows = db.session.execute(
                select(PostalItem.item_number, PostalItem.status).order_by(PostalItem.id)
            )
            found = [(row.item_number, row.status) for row in rows]
            db.session.remove()
            return found

    def enters(self, page: Page) -> None:
        page.context.add_cookies([{"name": COOKIE, "value": self.cookie, "url": self.base}])
        page.goto(f"{self.base}/post/")
        is_ready(page)


@contextmanager
def open_post(folder: Path) -> Iterator[Post]:
    app, clock = demo(folder)
    with app.app_context():
        a_range(
            db.session(), a_post_office(db.session()), 26_112_100, 26_119_999
        )  # a block each device
        db.session.remove()
    found = signed_in(app, Role.CLERK).client.get_cookie(COOKIE)
    assert found is not None
    with serving(app) as base:
        yield Post(app, clock, base, found.value)


def is_ready(page: Page) -> None:
    """Its script has looked at what the device holds."""
    expect(page.locator("html[data-ready]")).to_be_attached()


def s10(serial: int) -> str:
    return s10_number("RR", serial)


@dataclass
class Clerk:
    """``touches`` are those of the dossier at hand; scans are none."""

    page: Page
    touches: int = 0

    def touch(self, target: Locator) -> None:
        target.click()
        self.touches += 1

    def takes(self, number: str = "", *, seal: str = "NP-0001", card_first: bool = False) -> int:
        """One dossier with the result brought home, under our own number for ""; how many touches."""
        self.touches, page = 0, self.page
        codes = [LANS_CARD, number] if card_first else [number, LANS_CARD]
        if not number:
            self.touch(page.get_by_role("button", name="Lấy số hiệu mới"))
            expect(page.locator("#said [data-part=what]")).to_have_text("Số hiệu mới của bưu cục")
        for code in (*filter(None, codes), SHEET):
            scans(page, code)
        self.touch(page.get_by_role("button", name="Đủ cả"))
        self.touch(page.get_by_label("đến 100 g"))
        scans(page, seal)
        self.touch(page.get_by_label("Niêm phong trước mặt người gửi"))
        self.touch(page.locator("#f-consent"))
        self.touch(page.get_by_role("button", name="Niêm phong và in phiếu gửi"))
        return self.touches


# As Clerk does it, without a question to the browser between: many dossiers take long enough.
IN_A_ROW = """async ([labels, card, sheet, words]) => {
    const one = selector => document.querySelector(selector), said = part => one(`#said [data-part=${part}]`);
    const until = async is => {
        const late = Date.now() + 15000;
        while (!is()) {
            if (Date.now() > late) throw new Error(one("#said").innerText);
            await new Promise(requestAnimationFrame);
        }
    };
    let at = performance.now();
    const scans = code => {
        for (const key of [...code, "Enter"]) {
            const event = new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true});
            Object.defineProperty(event, "timeStamp", {value: at += 1});
            document.activeElement.dispatchEvent(event);
        }
        at += 1000;
    };
    const taken = [], took = [];
    for (const [place, label] of labels.entries()) {
        if (label) scans(label);
        else one("[data-act=own]").click();
        const begins = label.slice(0, 2) || "EH";
        await until(() => said("head").textContent.startsWith(begins) && !one("#said.warn"));
        for (const code of [card, sheet, `NP-${1000 + place}`]) {
            scans(code);
            took.push(Number(one("#said").dataset.took));
        }
        for (const touched of ["[data-act=all]", "[name=grams]", "#f-witnessed", "#f-consent", "#go"])
            one(touched).click();
        await until(() => said("what").textContent === words);
        taken.push(said("head").textContent.replaceAll(" ", ""));
    }
    return [taken, took];
}"""


def take_some(page: Page, which: range, words: str, *, took: list[int] | None = None) -> list[str]:
    """Numbers of dossiers taken: every other one of our own, the rest on labels of the operator.

    ``words`` end each; ``took`` is told the ms from every scan to its answer.
    """
    labels = ["" if place % 2 else s10(47_312_000 + place) for place in which]
    taken, times = page.evaluate(IN_A_ROW, [labels, LANS_CARD, SHEET, words])
    if took is not None:
        took += times
    return list(taken)

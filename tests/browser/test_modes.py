"""Every screen of the kiosk in every way of using it: seen by axe, low, with one hand, at 200 %."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from browser.hands import PORTRAIT, comes, is_clean, is_laid_out
from kioskway import Way
from live import Site

HEIGHT, WIDTH = PORTRAIT["height"], PORTRAIT["width"]
ZOOMED = {"width": WIDTH // 2, "height": HEIGHT // 2}  # what 200 % leaves of the window
# One visit that stands at the check may open all of these.
SCREENS = (
    "/kiosk/?point=K1",
    "/kiosk/using?back=/kiosk/check",
    "/kiosk/procedures",
    "/kiosk/procedures?q=giay",
    "/kiosk/prepare",
    "/kiosk/identity",
    "/kiosk/questions/kind",
    "/kiosk/questions/self",
    "/kiosk/documents",
    "/kiosk/collection",
    "/kiosk/fee",
    "/kiosk/check",
    "/kiosk/save?at=check",
    "/kiosk/open",
    "/kiosk/help?at=check",
    "/kiosk/restart?at=check",
    "/kiosk/ticket",
    "/kiosk/ticket/1",
    "/kiosk/goodbye?why=done",
)
# Shown as the server draws it with the first; the others differ in these attributes alone.
DRAWN = {"name": "display", "value": "3bls"}
MODES: tuple[tuple[dict[str, str], tuple[str, ...]], ...] = (
    ({"size": "3", "reach": "low", "hand": "left", "sound": "on"}, ()),  # by every rule of axe
    ({"size": "1", "contrast": "high", "hand": "right"}, ("color-contrast", "target-size")),
)
WEAR = """mode => {
    const screen = document.querySelector("#step > .screen");
    for (const name of ["size", "contrast", "reach", "hand", "sound"]) delete screen.dataset[name];
    Object.assign(screen.dataset, mode);
}"""
TOUCHED = """() => {
    const all = [...document.querySelectorAll(
        "#step :is(button:not(.sr), a, input, select, textarea, summary, .card)")];
    return all.filter(one => one.checkVisibility() && one.getBoundingClientRect().width > 2).map(one => {
        const {x, y, right, bottom} = one.getBoundingClientRect();
        const part = one.closest(".actions, .corner")?.className || "";
        return {words: one.innerText, part, x, y, right, bottom};
    });
}"""
CUT = """() => {
    const all = [...document.querySelectorAll(
        "#step :is(h1, h2, p, dd, dt, li, legend, label, button:not(.sr), a)")];
    const hides = one => getComputedStyle(one).overflow !== "visible"
        && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1);
    return all.filter(one => one.checkVisibility() && !one.closest(".sr") && hides(one))
        .map(one => one.outerHTML.slice(0, 120));
}"""
OUTSIDE = """() => [...document.querySelectorAll("#step *")].filter(one => {
        const {left, right, width} = one.getBoundingClientRect();
        const counts = one.checkVisibility() && width > 2 && !one.closest("svg, .sr, .offers");
        return counts && (right > innerWidth + 1 || left < -1);
    }).map(one => one.outerHTML.slice(0, 120))"""


def opened(page: Page, site: Site) -> Iterator[str]:
    """Each screen in turn, drawn and still."""
    comes(page, site, Way.is_at_the_check, "/kiosk/documents")
    paper = (page.locator("fieldset.document").first.get_attribute("id") or "").removeprefix("q-")
    kinds = [f"/kiosk/papers/{paper}{way}" for way in ("", "/camera", "/phone")]
    for path in (*SCREENS[:-1], *kinds, SCREENS[-1]):
        page.goto(path)
        page.evaluate("document.fonts.ready.then(() => null)")
        expect(page.locator("#step > .screen")).to_be_visible()
        yield path


def wear(page: Page, mode: dict[str, str]) -> None:
    page.evaluate(WEAR, mode)


@pytest.fixture
def page(site: Site, screen) -> Page:
    opened: Page = screen(site)
    opened.context.add_cookies([{**DRAWN, "domain": "127.0.0.1", "path": "/"}])
    return opened


def test_every_screen_in_every_mode(site, page):
    for path in opened(page, site):
        for mode, rules in MODES:
            wear(page, mode)
            is_clean(page, *rules)
            assert page.evaluate(OUTSIDE) == [], (path, mode)
            if page.locator(".simple, .attract").count() == 0:
                is_laid_out(page, "portrait", 3)
        wear(page, {"size": "1", "reach": "low"})
        for one in page.evaluate(TOUCHED):
            assert one["y"] >= 0.36 * HEIGHT, (path, one)
        for hand in ("left", "right"):
            wear(page, {"size": "1", "hand": hand})
            stands_at_the_side_of(hand, path, page.evaluate(TOUCHED))
    page.goto("/kiosk/")
    assert page.locator(".screen").get_attribute("data-size") == "1", "forgotten with the visit"


def stands_at_the_side_of(hand: str, path: str, touched: list[dict[str, float | str]]) -> None:
    for one in touched:
        left, right = float(one["x"]), float(one["right"])
        if one["part"] == "corner":
            assert right <= 0.75 * WIDTH if hand == "left" else left >= 0.25 * WIDTH, (path, hand, one)
        elif one["part"] != "actions":
            assert left <= 0.5 * WIDTH if hand == "left" else right >= 0.5 * WIDTH, (path, hand, one)


def test_at_200_percent_nothing_is_lost_and_nothing_scrolls_sideways(site, screen):
    page: Page = screen(site, ZOOMED, device_scale_factor=2)
    for path in opened(page, site):
        assert page.evaluate("document.documentElement.scrollWidth") <= ZOOMED["width"], path
        assert page.evaluate(OUTSIDE) == [], path
        assert page.evaluate(CUT) == [], path
        letters = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
        assert letters * 2 >= 1.8 * 28, "letters twice as large as on the whole screen"
        is_clean(page, "target-size", "color-contrast")

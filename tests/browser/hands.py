"""What people and scanners do at a screen, and when a screen is there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import combinations
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kioskway import LANS_CARD, Way
from live import Site

ROOT = Path(__file__).resolve().parents[2]
PORTRAIT = {"width": 1080, "height": 1920}
DESK = {"width": 1366, "height": 768}  # has a keyboard and a mouse, no touch
SIZES = {
    "portrait": PORTRAIT,
    "landscape": {"width": 1920, "height": 1080},
    "small": {"width": 1280, "height": 800},
}
Look = Callable[[Page], None]

# The moments of the keys are told: a busy machine cannot stretch them.
PRESSED = """([keys, every, after]) => {
    const now = performance.now();
    const begin = after === null ? now : Math.max(now, (window.lastPressed || 0) + after);
    return keys.map((key, place) => {
        const event = new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true});
        window.lastPressed = begin + every * place;
        Object.defineProperty(event, "timeStamp", {value: window.lastPressed});
        return !document.activeElement.dispatchEvent(event);
    });
}"""

# All at once: one question to the browser for each of a hundred boxes would take as long as the rest.
FRAME = """() => {
    const box = element => {
        const {x, y, width, height} = element.getBoundingClientRect();
        return {x, y, width, height, words: element.innerText};
    };
    const seen = element => element.checkVisibility({visibilityProperty: true})
        && element.getBoundingClientRect().width > 0;
    const work = document.querySelector(".work");
    return {
        width: document.documentElement.scrollWidth,
        scrolls: work.scrollHeight > work.clientHeight,
        parts: ["work", "actions", "corner"].flatMap(
            name => [...document.querySelectorAll(`.screen > .${name}`)].map(part => [name, box(part)])),
        buttons: [...document.querySelectorAll("button:not(.sr), a.go, a.plain")].filter(seen).map(box),
    };
}"""


def nothing(page: Page) -> None:
    """Just pass by."""


def says(page: Page, heading: str | re.Pattern[str], look: Look = nothing) -> None:
    """The screen with that heading is there and settled: its heading takes the focus last of all."""
    told = page.get_by_role("heading", level=1)
    expect(told).to_have_text(heading)
    expect(told).to_be_focused()
    page.wait_for_load_state()
    if look is not nothing:
        page.evaluate("document.fonts.ready.then(() => null)")  # letters of another font are wider
        look(page)


def settled(page: Page) -> None:
    """Nothing is on its way and what came is alive: a moment before, a button would not yet know htmx."""
    busy = page.locator(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")
    expect(busy).to_have_count(0)


def press(page: Page, key: str) -> None:
    """One key of somebody who looks at the page first."""
    settled(page)
    page.keyboard.press(key)


def presses(page: Page, keys: Iterable[str], *, every: float = 0, after: float | None = None) -> list[bool]:
    """Keys ``every`` so many ms, ``after`` so many since the last; which of them were kept from the page."""
    return list(page.evaluate(PRESSED, [list(keys), every, after]))


def scans(page: Page, code: str = LANS_CARD, *, every: float = 0) -> None:
    """A scanner in keyboard mode, whose keys reach nobody else once the scripts of the page are there."""
    page.wait_for_load_state()
    assert all(presses(page, [*code, "Enter"], every=every))


def comes(page: Page, site: Site, steps: Callable[[Way], object], path: str) -> None:
    """Stand where ``steps`` lead, which other tests walk in a browser, and open the screen at ``path``."""
    way = Way(site.app)
    steps(way)
    page.context.add_cookies(
        [
            {"name": one.key, "value": one.value, "domain": "127.0.0.1", "path": one.path}
            for name in ("kiosk", "visit")
            if (one := way.client.get_cookie(name, path="/kiosk"))
        ]
    )
    page.goto(path)


def is_clean(page: Page, *rules: str, part: str = "html") -> None:
    """Axe finds nothing to complain about in this part; of these rules alone when some are told."""
    axe = ROOT / "node_modules/axe-core/axe.min.js"
    if not axe.exists():
        pytest.skip("no axe-core: npm ci installs it")
    if not page.evaluate("'axe' in window"):
        # Past the policy, which keeps scripts from the page; and on every page that is opened later.
        page.add_init_script(path=axe)
        page.evaluate(axe.read_text(encoding="utf-8"))
    found = page.evaluate(
        """([rules, part]) => axe.run(part === "html" ? document : part,
            {reporter: "no-passes", ...(rules.length && {runOnly: rules})})
            .then(report => report.violations)""",
        [list(rules), part],
    )
    told = [(one["id"], node["html"], _why(node)) for one in found for node in one["nodes"]]
    assert told == [], (page.url, told)


def _why(node: Mapping[str, list[dict[str, str]]]) -> list[str]:
    return [check["message"] for kind in ("any", "all", "none") for check in node[kind]]


def is_laid_out(page: Page, size: str, letters: int) -> None:
    """No part of the frame lies on another, nothing sticks out, targets are large and low enough."""
    height, width = page.viewport_size["height"], page.viewport_size["width"]
    frame = page.evaluate(FRAME)
    assert frame["width"] <= width
    boxes = dict(frame["parts"])
    assert len(boxes) == len(frame["parts"]), frame["parts"]
    for (one, box), (other, next_box) in combinations(boxes.items(), 2):
        assert not overlap(box, next_box), (page.url, one, other, boxes)
    assert all(box["y"] + box["height"] <= height + 1 for box in boxes.values()), boxes
    assert boxes["work"]["height"] >= 150, boxes
    # A long screen has the whole height; what lies high on it is moved down with a finger.
    within_reach = height * 0.4 if size == "portrait" and letters == 1 and not frame["scrolls"] else 0
    assert frame["buttons"], page.url
    for box in frame["buttons"]:
        assert box["height"] >= 96, box
        assert box["x"] >= 0 and box["x"] + box["width"] <= width, box
        assert box["y"] + box["height"] > within_reach, (page.url, box)


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    apart = (
        one["x"] + one["width"] <= other["x"] + 1
        or other["x"] + other["width"] <= one["x"] + 1
        or one["y"] + one["height"] <= other["y"] + 1
        or other["y"] + other["height"] <= one["y"] + 1
    )
    return not apart

"""A real Chromium in front of the real application; skipped, in one line, where there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from browser.hands import DESK, PORTRAIT
from browser.post_hands import Post, open_post
from live import Site, chromium, demo, serving

PATIENCE = 20_000  # ms: a busy machine is slow, not wrong
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@dataclass
class Complaints:
    """What the browser complained about: the tests demand silence."""

    heard: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        # The browser reports every 4xx, which is an answer of ours; the line a test cut itself; a search
        # given up.
        cut = ("ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest", "htmx:sendAbort")
        expected = any(words in message.text for words in ("422", *cut))
        if message.type in ("error", "warning") and not expected:
            self.heard.append(message.text)

    def watch(self, address: str, base: str) -> None:
        """No request leaves our own origin."""
        if not address.startswith((f"{base}/", "data:", "blob:")):
            self.heard.append(f"asked for {address}")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    if chromium() is None:
        pytest.skip("no Chromium on this machine: the browser tests did not run")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(
        executable_path=chromium(), args=["--no-sandbox", "--disable-dev-shm-usage"]
    )
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    app, clock = demo(tmp_path_factory.mktemp("site"), idle_warn_s=600, idle_wipe_s=900)
    with serving(app) as base:
        yield Site(app, clock, base)


@pytest.fixture(scope="session")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    with open_post(tmp_path_factory.mktemp("post")) as opened:
        yield opened


@pytest.fixture
def screen(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens kiosk screens; whatever was opened must have been silent."""
    complaints, contexts = Complaints(), list[BrowserContext]()

    def open_one(site: Site, size: dict[str, int] = PORTRAIT, **options: object) -> Page:
        options = {"has_touch": size != DESK, "locale": "vi-VN"} | options
        context = browser.new_context(base_url=site.base, viewport=size, **options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("console", complaints.hear)
        page.on("request", lambda request: complaints.watch(request.url, site.base))
        page.on("pageerror", lambda error: complaints.heard.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints.heard == []

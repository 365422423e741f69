"""A shift without a line: reloaded, killed, signed out, answers lost; nothing is lost and nothing doubled."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Playwright, expect
from werkzeug.serving import make_server

from browser.conftest import PATIENCE
from browser.post_hands import KEPT, is_ready, take_some
from live import chromium

WAITING = """() => new Promise(done => {
    const asked = indexedDB.open("motcham-post");
    asked.onsuccess = () => { const all = asked.result.transaction("items").objectStore("items").getAll();
        all.onsuccess = () => { asked.result.close(); done(all.result); }; };
})"""
# It goes on until an answer is lost or nothing is left.
SENT = "() => window.postQueue.drain(() => null)"


class Line:
    """The office's server at one address, which can be cut off and come back; it may lose its answers."""

    def __init__(self, app: Any) -> None:
        self.app, self.port, self.server = app, 0, None
        self.takes = 0

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Every third taking reaches the books, and its answer nobody."""
        if not environ["PATH_INFO"].startswith("/post/take"):
            return self.app(environ, start)
        self.takes += 1
        if self.takes % 3:
            return self.app(environ, start)
        list(self.app(environ, lambda *_: None))
        start("503 Service Unavailable", [])
        return [b""]

    def up(self) -> str:
        self.server = make_server("127.0.0.1", self.port, self, threaded=True)
        self.port = self.server.port
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        return f"http://127.0.0.1:{self.port}"

    def down(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.thread.join()
            self.server.server_close()
            self.server = None


class Tablet:
    """A Chromium of its own with a disk of its own: it can lose its battery."""

    def __init__(self, playwright: Playwright, profile: Path) -> None:
        self.playwright, self.profile = playwright, profile
        self.process: subprocess.Popen[bytes] | None = None
        self.browser: Browser | None = None

    def on(self) -> Page:
        path = chromium()
        assert path is not None
        port = self.profile / "DevToolsActivePort"
        port.unlink(missing_ok=True)
        flags = ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--no-first-run")
        self.process = subprocess.Popen(
            [path, *flags, "--remote-debugging-port=0", f"--user-data-dir={self.profile}", "about:blank"],
            stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        assert self.process.stderr is not None
        address = next(line for line in self.process.stderr if b"DevTools listening on" in line)
        self.browser = self.playwright.chromium.connect_over_cdp(address.split()[-1].decode())
        page = self.browser.contexts[0].pages[0]
        page.set_default_timeout(PATIENCE)
        page.set_viewport_size({"width": 390, "height": 844})
        return page

    def dies(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            assert self.process.stderr is not None
            self.process.stderr.close()
            self.process = None


@contextmanager
def a_tablet(playwright: Playwright, profile: Path) -> Iterator[Tablet]:
    tablet = Tablet(playwright, profile)
    try:
        yield tablet
    finally:
        tablet.dies()


def waiting(page: Page) -> list[dict[str, Any]]:
    return list(page.evaluate(WAITING))


def comes_back(page: Page) -> None:
    """The device hears of its line again."""
    page.evaluate("dispatchEvent(new Event('online'))")


def test_fifty_items_of_a_shift_without_a_line_reach_the_books_once(post, playwright, tmp_path):
    line = Line(post.app)
    post = replace(post, base=line.up())
    before = len(post.items())
    with a_tablet(playwright, tmp_path / "tablet") as tablet:
        page = tablet.on()
        post.enters(page)
        expect(page.locator("html[data-kept]")).to_be_attached()
        line.down()

        taken = take_some(page, range(20), KEPT)
        expect(page.locator("#cut")).to_contain_text("20 hồ sơ đang chờ gửi, không mất")
        expect(page.locator("#cut")).to_contain_text("Chưa kiểm tra được trùng hồ sơ")
        page.get_by_role("link", name="Bảng kê").click()
        expect(page.locator("#said")).to_contain_text("Phần vừa mở cần mạng")
        is_ready(page)
        taken += take_some(page, range(20, 35), KEPT)
        assert sorted(one["number"] for one in waiting(page)) == sorted(taken)
        held = json.dumps(waiting(page), ensure_ascii=False)
        assert not any(told in held for told in ("Ngọc Lan", "038156001234", "Hạc Thành"))
        tablet.dies()

        page = tablet.on()
        page.goto(f"{post.base}/post/")
        is_ready(page)
        expect(page.locator("#queue .rows > *")).to_have_count(35)
        taken += take_some(page, range(35, 50), KEPT)
        assert len(set(taken)) == 50

        # The line is back, but a browser that died has forgotten who was signed in: all of it waits.
        line.up()
        comes_back(page)
        expect(page.locator("#cut")).to_contain_text("50 hồ sơ vẫn giữ trên máy. Đăng nhập lại để gửi.")
        assert len(waiting(page)) == 50 and len(post.items()) == before
        post.enters(page)
        while waiting(page):
            page.evaluate(SENT)
        comes_back(page)
        expect(page.locator("#cut")).to_be_hidden()
        line.down()
    assert sorted(number for number, _ in post.items()[before:]) == sorted(taken)
    assert line.takes > 5, "no answer was lost on the way"  # ten at a time

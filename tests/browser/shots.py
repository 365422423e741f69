"""Pictures of every screen, for eyes: ``python -m tests.browser.shots OUTDIR [SIZE…]``."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from flask import Flask  # noqa: E402
from PIL import Image  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from browser import shots_desk, shots_post  # noqa: E402
from build import vietnam  # noqa: E402
from intake.db import db  # noqa: E402
from intake.records import Errand  # noqa: E402
from kioskway import LANS_CARD  # noqa: E402
from live import MORNING, RunningClock, chromium, demo, print_waiting, serving  # noqa: E402

FOR_THE_README = ("attract", "question-refused", "receipt-printed")
SIZES = {"portrait": (1080, 1920), "landscape": (1920, 1080), "small": (1280, 800)}
OFFICE_SIZES = shots_desk.SIZES | shots_post.SIZES
OFFICE_WALKS = shots_desk.WALKS | shots_post.WALKS
OTHER_SEX = "038056001234||Lê Thị Ngọc Lan|08031956|Nữ|Tổ 3, Phường Hạc Thành, Thanh Hóa|22042022"


class Album:
    """Takes the pictures of one screen size, numbered in order."""

    def __init__(self, page: Page, folder: Path, name: str) -> None:
        self.page, self.folder, self.name, self.taken = page, folder, name, 0
        self.chosen: list[Path] = []

    def shot(self, what: str) -> None:
        self.page.evaluate("document.fonts.ready")
        self.taken += 1
        path = self.folder / f"{self.name}-{self.taken:02}-{what}.png"
        self.page.screenshot(path=path, animations="disabled")
        if self.name == "portrait" and what in FOR_THE_README:
            self.chosen.append(path)


def walk(album: Album, base: str, app: Flask, clock: RunningClock) -> None:
    """One citizen's way, with the turns that matter."""
    page, shot = album.page, album.shot
    page.goto(f"{base}/kiosk/")
    shot("attract")
    clock.set(vietnam(24, 9, 0))
    page.goto(f"{base}/kiosk/")
    shot("attract-holiday")
    clock.set(MORNING)
    page.goto(f"{base}/kiosk/")
    page.get_by_role("button", name="Chạm để bắt đầu").click()
    shot("procedures")
    page.get_by_label("Tìm thủ tục").fill("giay khai")
    page.get_by_text("thủ tục cho «giay khai»").wait_for()
    shot("search")
    page.goto(f"{base}/kiosk/procedures")
    page.get_by_role("button", name="Đăng ký khai sinh").first.click()
    page.get_by_role("button", name="Tôi đã sẵn sàng").wait_for()
    shot("prepare")
    page.get_by_role("button", name="Tôi đã sẵn sàng").click()
    page.get_by_text("Ai là người nộp hồ sơ?").wait_for()
    shot("identity")
    scan(page, "không phải thẻ|1|2")
    page.get_by_text("Chưa đọc được thẻ").wait_for()
    shot("identity-unreadable")
    page.get_by_role("button", name="nhập bằng tay").click()
    page.get_by_label("Số định danh").fill("0381")
    page.get_by_role("button", name="Tiếp tục", exact=True).last.click()
    page.locator(".summary").wait_for()
    shot("identity-typed")
    page.get_by_role("button", name="Quét thẻ").click()
    page.get_by_text("Ai là người nộp hồ sơ?").wait_for()
    scan(page, OTHER_SEX)
    page.get_by_role("button", name="Đúng, tiếp tục").wait_for()
    shot("identity-contradiction")
    page.get_by_role("button", name="Quét lại").click()
    page.get_by_text("Ai là người nộp hồ sơ?").wait_for()
    scan(page, LANS_CARD)
    page.get_by_role("button", name="Đúng, tiếp tục").wait_for()
    shot("identity-read")
    page.get_by_role("button", name="Đúng, tiếp tục").click()
    answer_all(page, shot)
    shot("check")
    for _ in range(3):
        page.get_by_role("button", name="Cỡ chữ").click()
        page.wait_for_timeout(150)
        if _ == 1:
            shot("check-large")
    page.get_by_role("button", name="Tương phản").click()
    page.locator("[data-contrast]").wait_for()
    shot("check-contrast")
    page.get_by_role("button", name="Tương phản").click()
    page.locator("[data-contrast]").wait_for(state="detached")
    page.get_by_role("button", name="Gọi cán bộ").click()
    page.get_by_role("button", name="Gọi cán bộ đến").click()
    page.get_by_text("Đã báo lúc").wait_for()
    shot("help")
    page.get_by_role("link", name="Quay lại").click()
    page.get_by_role("button", name="Làm lại").click()
    page.get_by_text("Làm lại từ đầu?").first.wait_for()
    shot("restart")
    page.get_by_role("link", name="Không, tiếp tục").click()
    page.get_by_role("button", name="Nộp qua bưu điện").click()
    page.get_by_role("button", name="Lưu và lấy mã").wait_for()
    shot("save-for-the-post")
    page.get_by_role("link", name="Không, quay lại").click()
    page.get_by_role("button", name="Nộp hồ sơ").last.click()
    page.get_by_text("Đã nhận hồ sơ").first.wait_for()
    shot("receipt-printing")
    receipts(album, app)
    page.evaluate(
        "document.getElementById('idle').showModal(); document.querySelector('[data-left]').textContent = 24"
    )
    shot("idle-warning")
    page.evaluate("document.getElementById('idle').close()")
    page.get_by_role("button", name="Xong").click()
    page.get_by_text("Cảm ơn").first.wait_for()
    shot("goodbye")
    saves(album, base)


def saves(album: Album, base: str) -> None:
    """A draft put by under a code and brought back."""
    page, shot = album.page, album.shot
    page.goto(f"{base}/kiosk/")
    page.get_by_role("button", name="Chạm để bắt đầu").click()
    page.get_by_role("button", name="Đăng ký khai sinh").first.click()
    page.get_by_role("button", name="Tôi đã sẵn sàng").click()
    page.get_by_text("Ai là người nộp hồ sơ?").wait_for()
    scan(page, LANS_CARD)
    page.get_by_role("button", name="Đúng, tiếp tục").click()
    answer_all(page, lambda _: None)
    page.get_by_role("button", name="Lưu lại, nộp sau").click()
    page.get_by_role("button", name="Lưu và lấy mã").click()
    page.get_by_text("Đã lưu, chưa nộp").first.wait_for()
    shot("saved")
    code = page.locator(".sheet .code strong").inner_text()
    page.get_by_role("button", name="Xong").click()
    page.goto(f"{base}/kiosk/")
    page.get_by_role("button", name="Chạm để bắt đầu").click()
    page.get_by_role("link", name="Mở hồ sơ đã lưu").click()
    page.get_by_label("Mã hồ sơ lưu").fill(code)
    page.get_by_label("số cuối").fill("0000")
    page.get_by_role("button", name="Mở hồ sơ").click()
    page.get_by_text("Không mở được").wait_for()
    shot("saved-not-opened")


def receipts(album: Album, app: Flask) -> None:
    """Every outcome of the printing, as the worker would leave it."""
    outcomes: list[tuple[str, dict[str, object]]] = [
        ("receipt-no-paper", {"state": "queued", "reason": "paper_out"}),
        ("receipt-unknown", {"state": "unknown", "reason": "no_answer"}),
    ]
    for name, facts in outcomes:
        with app.app_context():
            last = db.session.query(Errand).order_by(Errand.id.desc()).first()
            assert last is not None
            kept = {key: getattr(last, key) for key in facts}
            for key, value in facts.items():
                setattr(last, key, value)
            db.session.commit()
        album.page.reload()
        album.shot(name)
        with app.app_context():
            last = db.session.query(Errand).order_by(Errand.id.desc()).first()
            assert last is not None
            for key, value in kept.items():
                setattr(last, key, value)
            db.session.commit()
    print_waiting(app)
    album.page.reload()
    album.page.get_by_text("Mời nhận biên nhận").wait_for()
    album.shot("receipt-printed")


def answer_all(page: Page, shot: Callable[[str], None]) -> None:
    """Through questions, documents and collection with plausible answers, up to the check."""
    for number in range(1, 30):
        page.wait_for_load_state("networkidle")
        if "/check" in page.url:
            return
        heading = page.url.rsplit("/", 1)[-1].split("?")[0]
        if heading == "child_birth":
            page.get_by_label("Ngày, tháng, năm sinh").fill("31/11/2026")
            page.get_by_role("button", name="Tiếp tục", exact=True).last.click()
            page.locator(".summary").wait_for()
            shot("question-refused")
            page.get_by_label("Ngày, tháng, năm sinh").fill("")
        fill(page)
        shot(f"{heading}-{number}")
        page.get_by_role("button", name="Tiếp tục", exact=True).last.click()
        page.wait_for_timeout(250)
        if page.locator(".summary").count():
            shot(f"{heading}-{number}-refused")
            raise SystemExit(f"{page.url}: {page.locator('.fault').all_inner_texts()}")


def fill(page: Page) -> None:
    """The first choice of every question, and something sensible in every empty field."""
    for _ in range(2):  # a choice may show more
        for field in page.locator("fieldset.question:visible").all():
            if field.locator(".commune").count() and not field.locator("input[type=radio]:checked").count():
                field.locator("input[name$='.words']").fill("hac thanh")
                field.locator(".places .card").first.wait_for()
            if field.locator(":scope > .cards, :scope .places").first.locator("input:checked").count() == 0:
                field.locator(".card").first.click()
    for box in page.locator("input[id^='q-']:visible, textarea:visible").all():
        if not box.input_value():
            is_date = "ngày" in (box.get_attribute("placeholder") or "")
            kind = "date" if is_date else box.get_attribute("inputmode") or ""
            if "digits" in (box.get_attribute("class") or ""):
                kind = "citizen_id"
            box.fill(SENSIBLE.get(kind, "Trần Đặng Bảo Ngọc"))


SENSIBLE = {
    "date": "15 11 2026",
    "citizen_id": "038190012345",
    "numeric": "1",
    "tel": "0912345678",
    "email": "lan@vidu.vn",
}


def scan(page: Page, code: str) -> None:
    """As a scanner in keyboard mode would: all keys within milliseconds, then Enter."""
    page.evaluate(
        """code => [...code, "Enter"].forEach(key => document.activeElement.dispatchEvent(
               new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true})))""",
        code,
    )


def main(out: Path, wanted: Sequence[str]) -> None:
    browser_path = chromium()
    if browser_path is None:
        sys.exit("no Chromium on this machine: no pictures")
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb"],
        )
        draw_kiosk(browser, out, [name for name in wanted if name in SIZES])
        draw_office(browser, out, [name for name in wanted if name in OFFICE_SIZES])
        browser.close()


def draw_kiosk(browser: Browser, out: Path, names: Sequence[str]) -> None:
    chosen: list[Path] = []
    with tempfile.TemporaryDirectory() as folder:
        app, clock = demo(Path(folder), idle_warn_s=3600, idle_wipe_s=7200)
        with serving(app) as base:
            for name in names:
                with album(browser, out, name, SIZES[name], has_touch=True) as taken:
                    walk(taken, base, app, clock)
                    chosen += taken.chosen
    if chosen:
        together(out, chosen)


def draw_office(browser: Browser, out: Path, names: Sequence[str]) -> None:
    if not names:
        return
    with tempfile.TemporaryDirectory() as folder, shots_desk.busy_office(Path(folder)) as busy:
        for name in names:
            has_touch = name in ("phone", "courier")
            with album(browser, out, name, OFFICE_SIZES[name], has_touch=has_touch) as taken:
                OFFICE_WALKS[name](taken.page, taken.shot, busy)
    shots_post.together(out)


@contextmanager
def album(
    browser: Browser, out: Path, name: str, size: tuple[int, int], *, has_touch: bool
) -> Iterator[Album]:
    """A screen of that size; where its walk stops halfway, a picture of that."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height}, has_touch=has_touch, locale="vi-VN"
    )
    context.set_default_timeout(8000)
    page = context.new_page()
    page.on("console", lambda message: print("console:", message.text) if message.type == "error" else None)
    try:
        yield Album(page, out, name)
    except BaseException:
        page.screenshot(path=out / f"{name}-99-stuck.png")
        raise
    finally:
        context.close()


def together(out: Path, pictures: list[Path]) -> None:
    """Three screens side by side, small enough for a README: OUT/kiosk.png."""
    found = [
        Image.open(path).convert("RGB").resize((540, 960), Image.Resampling.LANCZOS) for path in pictures
    ]
    sheet = Image.new("RGB", (len(found) * 580 - 40, 960), "#D9D3C7")
    for number, picture in enumerate(found):
        sheet.paste(picture, (number * 580, 0))
    sheet.quantize(128, dither=Image.Dither.NONE).save(out / "kiosk.png", optimize=True)


if __name__ == "__main__":
    main(
        Path(sys.argv[1] if len(sys.argv) > 1 else "build/shots"),
        sys.argv[2:] or [*SIZES, *OFFICE_SIZES],
    )

"""Whole journeys in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from intake.db import db
from intake.records import Dossier, Errand, Visit
from kioskway import LANS_CARD
from live import print_waiting

CARD = LANS_CARD
ROOT = Path(__file__).resolve().parents[2]
# All keys of a scanner within one tick; true for each that was kept from the page.
BURST = """code => [...code, "Enter"].map(key => !document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true})))"""
SIZES = {
    "portrait": {"width": 1080, "height": 1920},
    "landscape": {"width": 1920, "height": 1080},
    "small": {"width": 1280, "height": 800},
}


Look = Callable[[Page], None]


def nothing(page: Page) -> None:
    """Just pass by."""


def begins(page: Page, look: Look = nothing) -> None:
    page.goto("/kiosk/?point=K1")
    look(page)
    page.get_by_role("button", name="Chạm để bắt đầu").tap()
    says(page, "Làm thủ tục gì hôm nay?", look)


def is_at_the_scanner(page: Page, look: Look = nothing) -> None:
    begins(page, look)
    page.get_by_role("button", name="Cấp bản sao giấy khai sinh").first.tap()
    says(page, re.compile("Cấp bản sao"), look)
    page.get_by_role("button", name="Tôi đã sẵn sàng").tap()
    says(page, "Ai là người nộp hồ sơ?", look)


def scans(page: Page, code: str = CARD) -> None:
    """A scanner in keyboard mode, whose keys reach nobody else."""
    assert all(page.evaluate(BURST, code))


def is_known(page: Page, look: Look = nothing) -> None:
    is_at_the_scanner(page, look)
    scans(page)
    says(page, "Xem lại: đúng người này không?", look)
    page.get_by_role("button", name="Đúng, tiếp tục").tap()
    says(page, "Cần bản sao giấy tờ nào?", look)


def is_at_her_own_data(page: Page, look: Look = nothing) -> None:
    is_known(page, look)
    page.get_by_text("Giấy khai sinh", exact=True).tap()
    goes_on(page, "Giấy tờ đó của ai?", look)
    page.get_by_text("Của chính người đang khai").tap()
    goes_on(page, "Thông tin của người đang khai đã đúng chưa?", look)


def is_at_the_check(page: Page, look: Look = nothing) -> None:
    is_at_her_own_data(page, look)
    expect(page.get_by_label("Họ, chữ đệm và tên")).to_have_value("Lê Thị Ngọc Lan")
    goes_on(page, "Trước đây đăng ký ở đâu?", look)
    page.get_by_label("Nơi đã đăng ký").fill("Ủy ban nhân dân phường Hạc Thành")
    goes_on(page, "Cần mấy bản?", look)
    page.get_by_label("Số bản sao").fill("2")
    goes_on(page, "Đang có những giấy nào?", look)
    for choice in page.get_by_text("Tôi có giấy ở đây").all():
        choice.tap()
    goes_on(page, "Nhận kết quả bằng cách nào?", look)
    page.get_by_text("Tại quầy, hôm khác đến lấy").tap()
    goes_on(page, "Kiểm tra lần cuối", look)


def submits(page: Page, look: Look = nothing) -> None:
    is_at_the_check(page, look)
    page.get_by_role("button", name="Nộp hồ sơ").last.tap()
    says(page, "Đã nhận hồ sơ", look)


def goes_on(page: Page, heading: str, look: Look = nothing) -> None:
    page.get_by_role("button", name="Tiếp tục", exact=True).last.tap()
    says(page, heading, look)


def says(page: Page, heading: str | re.Pattern[str], look: Look = nothing) -> None:
    """The screen with that heading is there and settled: its heading takes the focus last of all."""
    told = page.get_by_role("heading", level=1)
    expect(told).to_have_text(heading)
    expect(told).to_be_focused()
    look(page)


def test_from_the_first_touch_to_the_paper_in_hand(site, screen):
    page, before = screen(site), site.count(Dossier)
    submits(page)
    expect(page.get_by_text("Đang in biên nhận")).to_be_visible()
    assert page.locator(".sheet svg").bounding_box()["width"] > 300
    print_waiting(site.app)
    expect(page.get_by_text("Mời nhận biên nhận")).to_be_visible()
    expect(page.get_by_role("button", name="Xong")).to_contain_text("tự đóng sau")
    page.get_by_role("button", name="Xong").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cảm ơn và hẹn gặp lại")
    assert site.count(Dossier) == before + 1
    kept = page.evaluate("({...localStorage, ...sessionStorage})")
    assert set(kept) <= {"htmx-current-path-for-history"}, kept


def test_refused_then_mended(site, screen):
    page = screen(site)
    is_at_her_own_data(page)
    page.get_by_label("Ngày, tháng, năm sinh").fill("31 11 1956")
    page.get_by_role("button", name="Tiếp tục", exact=True).last.tap()
    expect(page.get_by_text("Tháng 11 chỉ có 30 ngày")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Ngày, tháng, năm sinh")).to_have_value("31 11 1956")
    page.get_by_label("Ngày, tháng, năm sinh").fill("8 3 1956")
    goes_on(page, "Trước đây đăng ký ở đâu?")
    page.get_by_role("button", name="Quay lại").tap()
    expect(page.get_by_label("Ngày, tháng, năm sinh")).to_have_value("08/03/1956")


def test_a_double_tap_files_once(site, screen):
    page, before = screen(site), site.count(Dossier)
    is_at_the_check(page)
    page.get_by_role("button", name="Nộp hồ sơ").last.dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã nhận hồ sơ")
    assert site.count(Dossier) == site.count(Errand) == before + 1


def test_back_and_again_files_once(site, screen):
    page, before = screen(site), site.count(Dossier)
    submits(page)
    code = page.locator(".code").inner_text()
    with page.expect_navigation(url="**/kiosk/receipt"):
        page.go_back()
    says(page, "Đã nhận hồ sơ")
    page.reload()
    assert page.locator(".code").inner_text() == code
    assert site.count(Dossier) == before + 1


def test_nobody_there_leaves_nothing_behind(hasty_site, screen):
    page = screen(hasty_site)
    is_known(page)
    expect(page.get_by_text("Còn ở đây không ạ?")).to_be_visible()
    page.get_by_role("button", name="Tôi vẫn ở đây").tap()
    expect(page.get_by_text("Còn ở đây không ạ?")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã xóa mọi thông tin", timeout=15_000)
    for move in (page.go_back, page.go_forward, page.reload, page.go_back):
        move()
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Đã xóa|Lượt này đã|Chạm để"))
        assert "Ngọc Lan" not in page.content() and "038156" not in page.content()
    assert {cookie["name"] for cookie in page.context.cookies()} <= {"kiosk"}
    with hasty_site.app.app_context():
        assert db.session.query(Visit).filter(Visit.draft_sealed.isnot(None)).count() == 0


def test_without_javascript_the_whole_way_is_open(site, screen):
    page = screen(site, java_script_enabled=False)
    begins(page)
    page.get_by_label("Tìm thủ tục").fill("ban sao trich luc")
    page.get_by_label("Tìm thủ tục").press("Enter")
    page.get_by_role("button", name="Cấp bản sao giấy khai sinh").first.tap()
    page.get_by_role("button", name="Tôi đã sẵn sàng").tap()
    page.get_by_label("Hoặc dán, gõ nội dung mã QR").fill(CARD)
    page.get_by_label("Hoặc dán, gõ nội dung mã QR").press("Enter")
    page.get_by_role("button", name="Đúng, tiếp tục").tap()
    page.get_by_text("Giấy khai sinh", exact=True).tap()
    goes_on(page, "Giấy tờ đó của ai?")
    page.get_by_text("Của chính người đang khai").tap()
    goes_on(page, "Thông tin của người đang khai đã đúng chưa?")
    goes_on(page, "Trước đây đăng ký ở đâu?")
    page.get_by_label("Nơi đã đăng ký").fill("Hạc Thành")
    goes_on(page, "Cần mấy bản?")
    page.get_by_label("Số bản sao").fill("1")
    goes_on(page, "Đang có những giấy nào?")
    for choice in page.get_by_text("Không cần, vì…").all():
        choice.tap()
    for other in page.get_by_text("Lý do khác").all():
        other.tap()
    for reason in page.get_by_label("Vì sao không cần").all():
        reason.fill("Đã nộp lần trước")
    goes_on(page, "Nhận kết quả bằng cách nào?")
    page.get_by_text("Bản điện tử").tap()
    page.get_by_label("Địa chỉ thư điện tử").fill("lan@vidu.vn")
    goes_on(page, "Kiểm tra lần cuối")
    page.get_by_role("button", name="Nộp hồ sơ").last.tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã nhận hồ sơ")
    page.get_by_role("button", name="Xong").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cảm ơn và hẹn gặp lại")


@pytest.mark.parametrize("focused", [True, False])
def test_a_scan_is_taken_wherever_the_focus_is(site, screen, focused):
    page = screen(site)
    is_at_the_scanner(page)
    scans(page, "gibberish")
    expect(page.get_by_text("Chưa đọc được thẻ")).to_be_visible()
    page.get_by_role("button", name="Không có thẻ").tap()
    expect(page.get_by_label("Số định danh cá nhân")).to_be_visible()
    if focused:
        page.get_by_label("Số định danh cá nhân").focus()
    scans(page)
    expect(page.get_by_text("Lê Thị Ngọc Lan")).to_be_visible()
    assert page.get_by_label("Số điện thoại").input_value() == ""


# Keys that were pressed 60 ms apart, told at once: a busy machine cannot stretch them.
SLOWLY = """code => [...code, "Enter"].forEach((key, place) => {
    const event = new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true});
    Object.defineProperty(event, "timeStamp", {value: performance.now() + 60 * place});
    document.activeElement.dispatchEvent(event);
})"""
SHORT_CARD = "038156001234||Lan|08031956|Nu|T|22042022"


def test_a_slow_scanner_is_read_where_nobody_types(site, screen):
    page = screen(site)
    is_at_the_scanner(page)
    page.evaluate(SLOWLY, SHORT_CARD)
    says(page, "Xem lại: đúng người này không?")


def test_half_a_scan_is_told_and_reaches_no_field(site, screen):
    page = screen(site)
    is_at_the_scanner(page)
    page.keyboard.type(SHORT_CARD[:4], delay=150)
    expect(page.get_by_text("Chưa đọc được hết, đưa thẻ lại.")).to_be_visible()
    page.keyboard.press("Enter")
    scans(page)
    says(page, "Xem lại: đúng người này không?")
    phone = page.get_by_label("Số điện thoại")
    phone.focus()
    page.keyboard.type(SHORT_CARD[:14])
    expect(page.get_by_text("Chưa đọc được hết, đưa thẻ lại.")).to_be_visible()
    page.keyboard.type(SHORT_CARD[14:])
    page.keyboard.press("Enter")
    expect(phone).to_have_value("")
    expect(page.get_by_role("heading", level=1)).to_have_text("Xem lại: đúng người này không?")


def test_the_same_scan_twice_in_a_row_is_one(site, screen):
    page = screen(site)
    posts = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    is_at_the_scanner(page)
    posts.clear()
    scans(page)
    scans(page)
    expect(page.get_by_text("Lê Thị Ngọc Lan")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Xem lại: đúng người này không?")
    assert len([url for url in posts if url.endswith("/identity")]) == 1


def test_what_a_person_types_reaches_its_field(site, screen):
    page = screen(site)
    is_at_the_scanner(page)
    scans(page)
    says(page, "Xem lại: đúng người này không?")
    phone = page.get_by_label("Số điện thoại")
    phone.focus()
    page.keyboard.type("09123x", delay=70)
    page.keyboard.press("Backspace")
    page.keyboard.type("45678", delay=70)
    expect(phone).to_have_value("0912345678")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cần bản sao giấy tờ nào?")


def test_live_search_needs_no_button(site, screen):
    page = screen(site)
    begins(page)
    page.get_by_label("Tìm thủ tục").press_sequentially("KHAI tu", delay=20)
    expect(page.get_by_text("cho «KHAI tu»")).to_be_visible()
    expect(page.get_by_label("Tìm thủ tục")).to_be_focused()


def test_when_the_server_is_away_the_screen_says_so_and_tries_again_by_itself(site, screen):
    page = screen(site)
    is_known(page)
    page.get_by_text("Giấy khai sinh", exact=True).tap()
    page.context.set_offline(True)
    page.get_by_role("button", name="Tiếp tục", exact=True).last.tap()
    words = page.locator("#offline")
    expect(words).to_contain_text("Mất kết nối với máy chủ")
    box, buttons = words.bounding_box(), page.locator(".actions").bounding_box()
    assert buttons["y"] - 100 < box["y"] + box["height"] < buttons["y"], "the words stand above the buttons"
    page.context.set_offline(False)
    says(page, "Giấy tờ đó của ai?")  # without another touch
    expect(page.get_by_text("Mất kết nối với máy chủ")).to_be_hidden()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("letters", [1, 3])
def test_nothing_overlaps_and_everything_is_in_reach(site, screen, size, letters):
    page = screen(site, SIZES[size])
    page.context.add_cookies([{"name": "display", "value": str(letters), "url": site.base}])
    submits(page, lambda page: is_laid_out(page, size, letters))


def is_laid_out(page: Page, size: str, letters: int) -> None:
    """No part of the frame lies on another, nothing sticks out, targets are large and low enough."""
    height, width = page.viewport_size["height"], page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    parts = {name: page.locator(f".screen > .{name}") for name in ("work", "actions", "corner")}
    boxes = {name: part.bounding_box() for name, part in parts.items() if part.count()}
    names = list(boxes)
    for number, one in enumerate(names):
        assert boxes[one]["y"] + boxes[one]["height"] <= height + 1, (one, boxes[one])
        for other in names[number + 1 :]:
            assert not overlap(boxes[one], boxes[other]), (page.url, one, other, boxes)
    assert boxes["work"]["height"] >= 150, boxes
    for button in page.locator("button:visible:not(.sr), a.go:visible, a.plain:visible").all():
        box = button.bounding_box()
        assert box["height"] >= 96, button.inner_text()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width, button.inner_text()
        if size == "portrait" and letters == 1 and not scrolls(page):
            assert box["y"] + box["height"] > height * 0.4, (page.url, button.inner_text(), box)


def scrolls(page: Page) -> bool:
    """A long screen has the whole height; what lies high on it is moved down with a finger."""
    return bool(page.locator(".work").evaluate("work => work.scrollHeight > work.clientHeight"))


def test_where_we_are_stands_still(site, screen):
    page, tops = screen(site), set()

    def look(page: Page) -> None:
        if page.locator(".way").count():
            tops.add(tuple(page.locator(part).bounding_box()["y"] for part in (".steps", "h1")))

    is_at_the_check(page, look)
    assert len(tops) == 1, tops


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("letters", [1, 2, 3])
def test_the_start_is_free_whatever_else_is_told(site, screen, size, letters):
    page = screen(site, SIZES[size])
    page.context.add_cookies([{"name": "display", "value": str(letters), "url": site.base}])
    page.goto("/kiosk/?point=K1")
    page.locator(".day").evaluate(
        "day => [1, 2].forEach(() => day.after(Object.assign(day.cloneNode(true), {className: 'notice'})))"
    )
    start, corner = page.locator(".begin").bounding_box(), page.locator(".corner").bounding_box()
    assert start["height"] >= 250 and not overlap(start, corner), (start, corner)
    ring, words = page.locator(".begin .ring").bounding_box(), page.locator(".begin strong").bounding_box()
    assert start["y"] <= ring["y"] and ring["y"] + ring["height"] <= words["y"] + 1, (start, ring, words)
    assert words["y"] + words["height"] <= start["y"] + start["height"], (start, words)
    page.get_by_role("button", name="Chạm để bắt đầu").tap()
    says(page, "Làm thủ tục gì hôm nay?")


@pytest.mark.parametrize("size", SIZES)
def test_with_the_largest_letters_the_receipt_shows_what_matters(site, screen, size):
    page = screen(site, SIZES[size])
    page.context.add_cookies([{"name": "display", "value": "3", "url": site.base}])
    submits(page)
    frame, sheet = page.locator(".tell").bounding_box(), page.locator(".sheet").bounding_box()
    for line in page.locator(".sheet .code strong").all():
        box = line.bounding_box()
        assert box["x"] + box["width"] <= sheet["x"] + sheet["width"], "the code stays on its card"
    for part in (".sheet .qr svg", ".sheet .row.strong"):
        box = page.locator(part).first.bounding_box()
        assert box["y"] + box["height"] <= frame["y"] + frame["height"], (part, box, frame)


def test_the_warning_hides_what_was_typed(hasty_site, screen):
    page = screen(hasty_site)
    begins(page)
    expect(page.locator("#idle")).to_be_visible()
    colour = page.evaluate("getComputedStyle(document.getElementById('idle'), '::backdrop').backgroundColor")
    assert colour == "rgb(6, 61, 51)", "opaque"


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    apart = (
        one["x"] + one["width"] <= other["x"] + 1
        or other["x"] + other["width"] <= one["x"] + 1
        or one["y"] + one["height"] <= other["y"] + 1
        or other["y"] + other["height"] <= one["y"] + 1
    )
    return not apart


@pytest.mark.parametrize("contrast", ["", "h"])
def test_axe_finds_nothing_to_complain_about(site, screen, contrast):
    axe = ROOT / "node_modules/axe-core/axe.min.js"
    if not axe.exists():
        pytest.skip("no axe-core: npm ci installs it")
    page = screen(site)
    page.context.add_cookies([{"name": "display", "value": f"1{contrast}", "url": site.base}])

    def look(page: Page) -> None:
        page.evaluate(axe.read_text(encoding="utf-8"))  # past the policy, which keeps scripts from the page
        found = page.evaluate("axe.run({resultTypes: ['violations']}).then(report => report.violations)")
        told = [(one["id"], node["html"], node["failureSummary"]) for one in found for node in one["nodes"]]
        assert told == [], (page.url, told)

    submits(page, look)


@pytest.mark.parametrize("size", SIZES)
def test_a_question_stays_visible_above_a_keyboard(site, screen, size):
    page = screen(site, SIZES[size])
    is_at_her_own_data(page)
    page.evaluate("document.documentElement.style.setProperty('--keyboard', '420px')")
    edge = SIZES[size]["height"] - 420
    for field in page.locator("input[id^=q-]:visible").all():
        field.focus()
        box = field.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= edge, (field.get_attribute("id"), box)

"""Whole journeys in a real browser."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from browser.hands import (
    SIZES,
    Look,
    comes,
    is_clean,
    is_laid_out,
    nothing,
    overlap,
    presses,
    says,
    scans,
    settled,
)
from intake.db import db
from intake.records import Dossier, Errand, Visit
from kioskway import LANS_CARD, Way
from live import MORNING, Site, print_waiting

WARNED_MS, WIPED_MS = 600_000, 900_000


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


def is_back_at_the_scanner(page: Page, site: Site) -> None:
    """A second time without the screens before it."""
    comes(page, site, Way.is_ready, "/kiosk/identity")
    says(page, "Ai là người nộp hồ sơ?")


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
    goes_on(page, "Phí, lệ phí phải nộp", look)
    page.get_by_text("Không thuộc diện nào").tap()
    goes_on(page, "Kiểm tra lần cuối", look)


def submits(page: Page, look: Look = nothing) -> None:
    is_at_the_check(page, look)
    page.get_by_role("button", name="Nộp hồ sơ").last.tap()
    says(page, "Đã nhận hồ sơ", look)


def goes_on(page: Page, heading: str, look: Look = nothing) -> None:
    page.get_by_role("button", name="Tiếp tục", exact=True).last.tap()
    says(page, heading, look)


def test_from_the_first_touch_to_the_paper_in_hand(site, screen):
    page, before = screen(site, reduced_motion="no-preference"), site.count(Dossier)
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
    page, before, printed = screen(site), site.count(Dossier), site.count(Errand)
    comes(page, site, Way.is_at_the_check, "/kiosk/check")
    says(page, "Kiểm tra lần cuối")
    page.get_by_role("button", name="Nộp hồ sơ").last.dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã nhận hồ sơ")
    assert (site.count(Dossier), site.count(Errand)) == (before + 1, printed + 1)


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


def test_nobody_there_leaves_nothing_behind(site, screen):
    page = screen(site)
    page.clock.install()
    is_known(page)
    assert last_visit(site).draft_sealed is not None
    page.clock.fast_forward(WARNED_MS)
    expect(page.get_by_text("Còn ở đây không ạ?")).to_be_visible()
    page.get_by_role("button", name="Tôi vẫn ở đây").tap()
    expect(page.get_by_text("Còn ở đây không ạ?")).to_be_hidden()
    page.clock.fast_forward(WARNED_MS)
    expect(page.get_by_text("Còn ở đây không ạ?")).to_be_visible()
    page.clock.fast_forward(WIPED_MS - WARNED_MS)
    says(page, "Đã xóa mọi thông tin")
    for move in (page.go_back, page.go_forward, page.reload, page.go_back):
        move()
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Đã xóa|Lượt này đã|Chạm để"))
        assert "Ngọc Lan" not in page.content() and "038156" not in page.content()
    assert {cookie["name"] for cookie in page.context.cookies()} <= {"kiosk"}
    assert last_visit(site).draft_sealed is None


def last_visit(site: Site) -> Visit:
    with site.app.app_context():
        visit = db.session.query(Visit).order_by(Visit.started_at.desc()).first()
        db.session.expunge(visit)
        return visit


def test_without_javascript_the_whole_way_is_open(site, screen):
    page = screen(site, java_script_enabled=False)
    begins(page)
    page.get_by_label("Tìm thủ tục").fill("ban sao trich luc")
    page.get_by_label("Tìm thủ tục").press("Enter")
    expect(page.get_by_text("cho «ban sao trich luc»")).to_be_visible()
    page.get_by_role("button", name="Cấp bản sao giấy khai sinh").first.tap()
    page.get_by_role("button", name="Tôi đã sẵn sàng").tap()
    page.get_by_label("Hoặc dán, gõ nội dung mã QR").fill(LANS_CARD)
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
    goes_on(page, "Phí, lệ phí phải nộp")
    page.get_by_text("Không thuộc diện nào", exact=True).tap()
    goes_on(page, "Kiểm tra lần cuối")
    page.get_by_role("button", name="Nộp hồ sơ").last.tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã nhận hồ sơ")
    page.get_by_role("button", name="Xong").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cảm ơn và hẹn gặp lại")


@pytest.mark.parametrize("focused", [True, False])
def test_a_scan_is_taken_wherever_the_focus_is(site, screen, focused):
    page = screen(site)
    is_back_at_the_scanner(page, site)
    scans(page, "gibberish")
    expect(page.get_by_text("Chưa đọc được thẻ")).to_be_visible()
    expect(page.locator(".summary")).to_be_focused()
    page.get_by_role("button", name="Không có thẻ: nhập bằng tay").tap()
    number = page.get_by_label("Số định danh cá nhân")
    expect(number).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    if focused:
        number.focus()
    scans(page)
    says(page, "Xem lại: đúng người này không?")
    expect(page.get_by_text("Lê Thị Ngọc Lan")).to_be_visible()
    assert page.get_by_label("Số điện thoại").input_value() == ""


SHORT_CARD = "038156001234||Lan|08031956|Nu|T|22042022"


def test_a_slow_scanner_is_read_where_nobody_types(site, screen):
    page = screen(site)
    is_back_at_the_scanner(page, site)
    scans(page, SHORT_CARD, every=60)
    says(page, "Xem lại: đúng người này không?")


def test_half_a_scan_is_told_and_reaches_no_field(site, screen):
    page = screen(site)
    is_back_at_the_scanner(page, site)
    assert all(presses(page, SHORT_CARD[:4], every=60))
    expect(page.get_by_text("Chưa đọc được hết, đưa thẻ lại.")).to_be_visible()
    presses(page, ["Enter"], after=60)
    scans(page)
    says(page, "Xem lại: đúng người này không?")
    phone = page.get_by_label("Số điện thoại")
    phone.focus()
    assert all(presses(page, SHORT_CARD[:14], every=10, after=1000))
    expect(page.get_by_text("Chưa đọc được hết, đưa thẻ lại.")).to_be_visible()
    assert all(presses(page, [*SHORT_CARD[14:], "Enter"], every=10, after=10))
    expect(phone).to_have_value("")
    expect(page.get_by_role("heading", level=1)).to_have_text("Xem lại: đúng người này không?")


def test_the_same_scan_twice_in_a_row_is_one(site, screen):
    page = screen(site)
    posts = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.clock.install(time=MORNING)
    page.clock.pause_at(MORNING + timedelta(minutes=1))
    is_back_at_the_scanner(page, site)
    for milliseconds in (100, 2000, 100):  # within two seconds, then later
        scans(page)
        expect(page.locator(".htmx-request")).to_have_count(0)
        page.clock.run_for(milliseconds)
        settled(page)
        expect(page.get_by_text("Lê Thị Ngọc Lan")).to_be_visible()
    assert [url.rpartition("/")[2] for url in posts] == ["identity"] * 2


def test_what_a_person_types_reaches_its_field(site, screen):
    page = screen(site)
    is_back_at_the_scanner(page, site)
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
    page, tops = screen(site, SIZES[size]), set()
    page.context.add_cookies([{"name": "display", "value": str(letters), "url": site.base}])

    def look(page: Page) -> None:
        is_laid_out(page, size, letters)
        if page.locator(".way").count():
            tops.add(tuple(page.locator(part).bounding_box()["y"] for part in (".steps", "h1")))

    submits(page, look)
    if (size, letters) == ("portrait", 1):
        assert len(tops) == 1, "where we are stands still"
    shows_what_matters(page)


def shows_what_matters(page: Page) -> None:
    frame, sheet = page.locator(".tell").bounding_box(), page.locator(".sheet").bounding_box()
    for line in page.locator(".sheet .code strong").all():
        box = line.bounding_box()
        assert box["x"] + box["width"] <= sheet["x"] + sheet["width"], "the code stays on its card"
    for part in (".sheet .qr svg", ".sheet .row.strong"):
        box = page.locator(part).first.bounding_box()
        assert box["y"] + box["height"] <= frame["y"] + frame["height"], (part, box, frame)


@pytest.mark.parametrize("size", SIZES)
def test_the_start_is_free_whatever_else_is_told(site, screen, size):
    page = screen(site, SIZES[size])
    for letters in ("1", "2", "3"):
        page.context.add_cookies([{"name": "display", "value": letters, "url": site.base}])
        page.goto("/kiosk/?point=K1")
        page.locator(".day").evaluate(
            """day => [1, 2].forEach(
                () => day.after(Object.assign(day.cloneNode(true), {className: "notice"})))"""
        )
        start, corner = page.locator(".begin").bounding_box(), page.locator(".corner").bounding_box()
        assert start["height"] >= 250 and not overlap(start, corner), (letters, start, corner)
        ring, words = (page.locator(f".begin {part}").bounding_box() for part in (".ring", "strong"))
        assert start["y"] <= ring["y"] and ring["y"] + ring["height"] <= words["y"] + 1, (
            letters,
            start,
            ring,
        )
        assert words["y"] + words["height"] <= start["y"] + start["height"], (letters, start, words)
    page.get_by_role("button", name="Chạm để bắt đầu").tap()
    says(page, "Làm thủ tục gì hôm nay?")


def test_the_warning_hides_what_was_typed(site, screen):
    page = screen(site)
    page.clock.install()
    begins(page)
    page.clock.fast_forward(WARNED_MS)
    expect(page.locator("#idle")).to_be_visible()
    colour = page.evaluate("getComputedStyle(document.getElementById('idle'), '::backdrop').backgroundColor")
    assert colour == "rgb(6, 61, 51)", "opaque"


@pytest.mark.parametrize(("display", "rules"), [("1", ()), ("1h", ("color-contrast",))])
def test_axe_finds_nothing_to_complain_about(site, screen, display, rules):
    page = screen(site)
    page.context.add_cookies([{"name": "display", "value": display, "url": site.base}])
    submits(page, lambda page: is_clean(page, *rules))


@pytest.mark.parametrize("size", SIZES)
def test_a_question_stays_visible_above_a_keyboard(site, screen, size):
    page = screen(site, SIZES[size])
    comes(page, site, Way.has_answered, "/kiosk/questions/self")
    says(page, "Thông tin của người đang khai đã đúng chưa?")
    page.evaluate("document.documentElement.style.setProperty('--keyboard', '420px')")
    edge = SIZES[size]["height"] - 420
    for field in page.locator("input[id^=q-]:visible").all():
        field.focus()
        box = field.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= edge, (field.get_attribute("id"), box)

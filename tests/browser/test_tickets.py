"""Numbers in a real browser: at the kiosk, at the desk by keys alone, on the board and on the phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from browser.hands import DESK, SIZES, is_clean, is_laid_out, press, says
from deskway import signed_in
from intake.db import db
from intake.records import Ticket
from intake.rules.rights import Role
from web.staff import COOKIE

Look = Callable[[Page], None]


def takes(page: Page, look: Look = lambda page: None) -> str:
    """From the first screen to the number, which is given back."""
    page.goto("/kiosk/?point=K1")
    look(page)
    page.get_by_role("button", name="Chỉ lấy số thứ tự").tap()
    says(page, "Lấy số để làm gì?", look)
    page.get_by_role("button", name="Sao y, chứng thực").tap()
    says(page, "Có thuộc diện được gọi trước không?", look)
    page.get_by_role("button", name="In số").tap()
    says(page, re.compile(r"Số thứ tự\s+A \d+"), look)
    return page.locator("h1 strong").inner_text()


def sits_at_quay_2(page: Page, site) -> None:
    visitor = signed_in(site.app, Role.RECEPTION, point="Q2")
    secret = visitor.client.get_cookie(COOKIE).value
    page.context.add_cookies([{"name": COOKIE, "value": secret, "url": site.base}])


def clear(site) -> None:
    """Nobody waits or is called any more."""
    with site.app.app_context():
        db.session.query(Ticket).update({"state": "done"})
        db.session.commit()
        db.session.remove()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("letters", [1, 3])
def test_nothing_of_a_number_overlaps_and_everything_is_in_reach(site, screen, size, letters):
    page = screen(site, SIZES[size])
    page.context.add_cookies([{"name": "display", "value": str(letters), "url": site.base}])

    def look(page: Page) -> None:
        if page.url.endswith("point=K1"):
            return  # the first screen has tests of its own
        is_laid_out(page, size, letters)

    takes(page, look)
    number, frame = page.locator("h1 strong").bounding_box(), page.locator(".tell").bounding_box()
    assert number["x"] >= frame["x"] and number["x"] + number["width"] <= frame["x"] + frame["width"] + 1


@pytest.mark.parametrize(("display", "rules"), [("1", ()), ("1h", ("color-contrast",))])
def test_axe_finds_nothing_on_the_way_to_a_number(site, screen, display, rules):
    page = screen(site)
    page.context.add_cookies([{"name": "display", "value": display, "url": site.base}])
    takes(page, lambda page: is_clean(page, *rules))


def test_the_number_goes_when_nobody_touches_it_any_more(site, screen):
    page = screen(site)
    takes(page)
    page.locator("[data-open]").evaluate("element => element.remove()")  # its paper is out
    page.locator("[data-countdown]").evaluate("button => { button.dataset.countdown = 2; }")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cảm ơn và hẹn gặp lại")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("Số thứ tự")


def test_an_officer_works_the_line_by_keys_alone(site, screen):
    clear(site)
    kiosk = screen(site)
    first, second = takes(kiosk), takes(kiosk)
    page = screen(site, DESK)
    sits_at_quay_2(page, site)
    page.goto("/desk/queue")
    number = page.locator(".mine .ticket")
    press(page, "g")
    expect(number).to_have_text(first)
    press(page, "l")
    expect(page.get_by_text("đang gọi (lần 2)")).to_be_visible()
    press(page, "Enter")
    expect(page.get_by_text("đang phục vụ")).to_be_visible()
    press(page, "h")
    expect(page.get_by_text("đang trống")).to_be_visible()
    press(page, "g")
    expect(number).to_have_text(second)
    press(page, "v")
    expect(page.get_by_text("đang trống")).to_be_visible()
    expect(page.locator(".aside li")).to_have_count(2)  # drawn anew without being asked
    third = takes(kiosk)
    expect(page.locator("#line").get_by_role("link", name=third)).to_be_visible()  # by itself, too
    press(page, "g")
    expect(number).to_have_text(third)
    press(page, "c")
    expect(page.get_by_role("heading", name=f"Chuyển {third} đi đâu?")).to_be_visible()
    press(page, "1")
    expect(page.get_by_text("đang trống")).to_be_visible()
    expect(page.get_by_text("chờ Quầy 1")).to_be_visible()
    press(page, "g")
    expect(page.get_by_text("Chưa có ai chờ quầy này.")).to_be_visible()
    clear(site)


def test_axe_finds_nothing_on_the_line_the_board_and_the_phone(site, screen):
    clear(site)
    kiosk = screen(site)
    takes(kiosk)
    secret = next(one["value"] for one in kiosk.context.cookies() if one["name"] == "ticket")
    takes(kiosk)
    page = screen(site, DESK)
    sits_at_quay_2(page, site)
    for address in ("/desk/queue", "/board/H56.17.22", f"/t/{secret}"):
        page.goto(address)
        is_clean(page)
    page.goto("/desk/queue")
    press(page, "g")
    expect(page.get_by_text("đang gọi")).to_be_visible()
    press(page, "c")
    expect(page.locator("form.form")).to_be_visible()
    for address in ("", "/board/H56.17.22", f"/t/{secret}"):
        if address:
            page.goto(address)
        is_clean(page)
    clear(site)


def test_the_board_shows_a_call_by_itself_and_keeps_it_while_the_network_is_away(site, screen):
    clear(site)
    kiosk, board, desk = screen(site), screen(site, SIZES["landscape"]), screen(site, DESK)
    number = takes(kiosk)
    board.goto("/board/H56.17.22")
    sits_at_quay_2(desk, site)
    desk.goto("/desk/queue")
    press(desk, "g")
    expect(board.locator(".latest .number")).to_have_text(number)
    expect(board.locator(".latest")).to_have_class(re.compile("fresh"))
    board.context.set_offline(True)
    expect(board.locator(".lost")).to_contain_text("Mất kết nối, số gọi gần nhất lúc")
    expect(board.locator(".latest .number")).to_have_text(number)
    board.context.set_offline(False)
    expect(board.locator(".lost")).to_be_hidden()
    clear(site)


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (1080, 1920)])
def test_letters_on_the_board_are_as_high_as_six_metres_ask(site, screen, size):
    """On a 43-inch panel, 95.2 by 53.5 cm: capitals are 0.7 of the size of Be Vietnam Pro."""
    clear(site)
    kiosk, desk = screen(site), screen(site, DESK)
    sits_at_quay_2(desk, site)
    desk.goto("/desk/queue")
    for _ in range(2):
        number = takes(kiosk)
        press(desk, "g")
        expect(desk.locator(".mine .ticket")).to_have_text(number)
        press(desk, "Enter")
        expect(desk.get_by_text("đang phục vụ")).to_be_visible()
    page = screen(site, {"width": size[0], "height": size[1]})
    page.goto("/board/H56.17.22")
    cm_per_pixel = 53.5 / min(size)
    for part in (".latest .number", ".latest .counter", ".earlier b", ".earlier span"):
        found = page.locator(part).first
        pixels = float(found.evaluate("one => parseFloat(getComputedStyle(one).fontSize)"))
        assert pixels * 0.7 * cm_per_pixel >= 3.0, (part, pixels)
    assert page.evaluate("document.documentElement.scrollHeight") <= size[1]
    widest = page.locator(".earlier li").first.bounding_box()
    assert widest["x"] + widest["width"] <= size[0]
    clear(site)

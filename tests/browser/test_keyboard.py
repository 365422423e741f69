"""The keyboard on the screen, under a finger; and where a real keyboard is used instead."""

from __future__ import annotations

import unicodedata

from playwright.sync_api import Page, expect

from browser.hands import DESK, PORTRAIT, SIZES, comes, is_clean, press, says, scans, settled
from intake.cataloguing import import_old_units
from intake.db import db
from intake.memory import forget_all
from intake.rules.text import nfc
from kioskway import Way

OTHER = "Người trong giấy tên là gì?"
HOME = "Chỗ tạm trú ở đâu?"
TONE = {"\u0301": "{sac}", "\u0300": "{huyen}", "\u0309": "{hoi}", "\u0303": "{nga}", "\u0323": "{nang}"}
HATS = {"\u0306", "\u0302", "\u031b"}


def asks_for_another(way: Way) -> None:
    way.is_known()
    way.post("/kiosk/questions/kind", {"kind": "birth"})
    way.post("/kiosk/questions/for_whom", {"for_whom": "other"})


def key(page: Page, name: str) -> None:
    page.locator(f'#keyboard [data-skbtn="{name}"]').tap()


def touches(page: Page, text: str) -> None:
    """Key by key as somebody would who knows no Telex: letters, then the tone."""
    for sign in text:
        letter, *marks = unicodedata.normalize("NFD", sign.lower())
        hat = "".join(mark for mark in marks if mark in HATS)
        key(page, "{space}" if sign == " " else nfc(letter + hat))
        for mark in marks:
            if mark in TONE:
                key(page, TONE[mark])


def is_above_the_keyboard(page: Page, field: object) -> None:
    """Nothing of the field is hidden, and keys are large enough for a thumb."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    board = page.locator("#keyboard").bounding_box()
    box = field.bounding_box()  # type: ignore[attr-defined]
    assert box["y"] >= 0 and box["y"] + box["height"] <= board["y"], (box, board)
    assert board["y"] + board["height"] <= page.viewport_size["height"] + 1
    keys = page.locator("#keyboard .hg-button").all()
    assert min(one.bounding_box()["height"] for one in keys[::7]) >= 64


def test_a_name_a_date_and_a_number_are_typed_with_a_finger(site, screen):
    page = screen(site)
    comes(page, site, asks_for_another, "/kiosk/questions/person")
    says(page, OTHER)
    board, name = page.locator("#keyboard"), page.get_by_label("Họ, chữ đệm và tên")
    expect(board).to_be_hidden()
    name.tap()
    is_above_the_keyboard(page, name)
    expect(page.get_by_role("button", name="Tiếp tục", exact=True).last).to_be_visible()
    touches(page, "Ngu")
    board.get_by_role("button", name="Nguyễn", exact=True).tap()
    touches(page, "Thúy quỳnh")
    expect(name).to_have_value("Nguyễn Thúy Quỳnh")  # each word begins with a capital by itself
    assert page.evaluate("document.activeElement.value.normalize('NFC') === document.activeElement.value")
    key(page, "{telex}")
    for sign in " thij":
        key(page, "{space}" if sign == " " else sign)
    expect(name).to_have_value("Nguyễn Thúy Quỳnh Thị")
    for _ in range(4):
        key(page, "{erase}")
    expect(name).to_have_value("Nguyễn Thúy Quỳnh")
    is_clean(page, part="#keyboard")

    born, number = page.get_by_label("Ngày, tháng, năm sinh"), page.get_by_label("Số định danh cá nhân")
    born.tap()
    is_above_the_keyboard(page, born)
    for digit in "080319579":  # the last has no room
        key(page, digit)
    key(page, "{erase}")
    key(page, "6")
    expect(born).to_have_value("08/03/1956")
    number.tap()
    for digit in "0381560012349":
        key(page, digit)
    expect(number).to_have_value("038156001234")  # no more than there is room for

    scans(page, "dossier-code-of-somebody-else")
    expect(number).to_have_value("038156001234")
    expect(page.locator("#unread, [data-misread]").locator("visible=true")).to_be_visible()

    page.set_viewport_size({"width": 540, "height": 960})  # at 200 % zoom
    for field in (name, number):
        field.tap()
        is_above_the_keyboard(page, field)
    page.set_viewport_size(PORTRAIT)
    key(page, "{done}")
    expect(board).to_be_hidden()
    assert page.evaluate("document.documentElement.style.getPropertyValue('--keyboard')") == ""

    number.tap()
    page.get_by_text("Con", exact=True).first.tap()  # whatever else is touched: it makes room
    expect(board).to_be_hidden()
    page.get_by_role("button", name="Tiếp tục", exact=True).last.tap()
    says(page, "Trước đây đăng ký ở đâu?")
    registered = page.get_by_label("Nơi đã đăng ký")
    registered.tap()
    assert page.locator('#keyboard [data-skbtn="{telex}"]').get_attribute("aria-pressed") == "true"
    key(page, "{telex}")
    touches(page, "Xã hạc thà")
    board.get_by_role("button", name="Phường Hạc Thành").tap()
    expect(registered).to_have_value("Phường Hạc Thành, Tỉnh Thanh Hóa")


def test_an_old_ward_leads_to_the_new_one_on_a_small_screen_with_large_letters(site, screen):
    with site.app.app_context():
        old = {"old_code": "14737", "old_name": "Phường Điện Biên", "new_code": "14797"}
        import_old_units(db.session(), [old | {"old_parent_name": "Thành phố Thanh Hóa"}])
        db.session.commit()
        forget_all()
    page = screen(site, SIZES["small"])
    page.context.add_cookies([{"name": "display", "value": "3h", "url": site.base}])
    comes(page, site, Way.is_asked_where_she_stays, "/kiosk/questions/home")
    says(page, HOME)
    words = page.get_by_label("Tên phường, xã")
    words.tap()
    is_above_the_keyboard(page, words)
    touches(page, "dien bien")
    card = page.locator(
        ".places .card", has_text="Phường Điện Biên, Thành phố Thanh Hóa nay thuộc Phường Hạc Thành"
    )
    expect(card).to_be_in_viewport()
    expect(words).to_be_focused()
    is_clean(page, part="#keyboard")
    card.tap()
    expect(page.locator("#keyboard")).to_be_hidden()
    expect(card.locator("input")).to_be_checked()


def test_a_real_keyboard_types_as_it_always_did_until_telex_is_switched_on(site, screen):
    page = screen(site, DESK)
    comes(page, site, asks_for_another, "/kiosk/questions/person")
    says(page, OTHER)
    name = page.get_by_label("Họ, chữ đệm và tên")
    name.click()
    page.keyboard.type("Hoas", delay=80)
    expect(name).to_have_value("Hoas")
    expect(page.locator("#keyboard .board")).to_be_hidden()
    page.get_by_role("button", name="Telex").click()
    press(page, "Backspace")
    page.keyboard.type("f Thuys", delay=80)
    expect(name).to_have_value("Hòa Thúy")
    settled(page)

"""Five keys and two ears: the whole journey by a pad, with the focus seen and told."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from browser.hands import comes, says, settled
from intake.db import db
from intake.records import AcceptancePoint, Dossier
from kioskway import Way
from live import Site

UP, DOWN, BACK, SELECT, REPEAT = "ArrowUp", "ArrowDown", "Escape", "Enter", "F2"
# A browser's voice that speaks at once, and what it was given to say; no such browser is needed for it.
EARS = """() => {
    window.heard = [];
    const voice = {lang: "vi-VN", name: "tests"};
    Object.defineProperty(window, "speechSynthesis", {value: {
        getVoices: () => [voice], cancel: () => {}, addEventListener: () => {},
        speak: said => { window.heard.push(said.text); setTimeout(() => said.onend && said.onend(), 0); },
    }});
    window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
}"""
FOCUSED = """() => {
    const at = document.activeElement;
    return [at.ariaLabel || at.labels?.[0]?.innerText || at.innerText || "", at.matches(":focus-visible")];
}"""

# How often «down» leads from this row of the keyboard to a key's, and from its first key to the key.
WAY_TO = """key => {
    const shown = row => [...row.querySelectorAll("button")].filter(one => one.checkVisibility());
    const all = [...document.querySelectorAll("#keyboard :is(.hg-row, [data-row])")];
    const rows = all.filter(row => shown(row).length);
    const here = rows.findIndex(row => row.contains(document.activeElement));
    const there = rows.findIndex(row => shown(row).some(one => one.dataset.skbtn === key));
    const inside = shown(rows[there]).findIndex(one => one.dataset.skbtn === key);
    return [(there - here + rows.length) % rows.length, inside];
}"""


@pytest.fixture
def pad(site: Site, screen) -> Page:
    page: Page = screen(site)
    page.add_init_script(f"({EARS})()")
    return page


def heard(page: Page) -> str:
    return " | ".join(page.evaluate("heard"))


def hears(page: Page, words: str) -> None:
    page.wait_for_function("words => heard.join(' | ').includes(words)", arg=words)


def goes_to(page: Page, words: str, *, key: str = DOWN) -> None:
    """On from control to control until this one has the focus, which is always seen."""
    settled(page)
    passed = []
    for _ in range(120):
        page.keyboard.press(key)
        told, is_seen = page.evaluate(FOCUSED)
        assert is_seen, told
        passed.append(told)
        if words in told:
            return
    raise AssertionError((words, passed))


def presses(page: Page, words: str) -> None:
    goes_to(page, words)
    page.keyboard.press(SELECT)


def goes_on(page: Page, heading: str, button: str = "Tiếp tục") -> None:
    presses(page, button)
    says(page, heading)
    hears(page, heading)


def types(page: Page, label: str, keys: list[str]) -> None:
    """The keyboard on the screen, row by row and then key by key."""
    presses(page, label)
    expect(page.locator("#keyboard")).to_be_visible()
    for key in keys:
        to_row, to_key = page.evaluate(WAY_TO, key)
        for presses_down in (to_row, to_key):
            for _ in range(presses_down):
                page.keyboard.press(DOWN)
            page.keyboard.press(SELECT)
        page.keyboard.press(BACK)  # to the rows
    page.keyboard.press(BACK)
    expect(page.locator("#keyboard")).to_be_hidden()


def test_a_dossier_is_filed_with_five_keys_and_an_earphone(site, pad):
    page, before = pad, site.count(Dossier)
    page.goto("/kiosk/?point=K1")
    presses(page, "Cách dùng máy")
    says(page, "Cách dùng máy")
    presses(page, "Chỉ đọc vào tai nghe")
    hears(page, "Cách dùng máy")
    hears(page, "đã chọn")
    page.keyboard.press(BACK)
    expect(page.locator(".attract")).to_be_visible()
    goes_on(page, "Làm thủ tục gì hôm nay?", "Chạm để bắt đầu")
    presses(page, "Cấp bản sao giấy khai sinh")
    hears(page, "Cấp bản sao")
    goes_to(page, "Cần chuẩn bị")
    hears(page, "Phí, lệ phí")
    goes_on(page, "Ai là người nộp hồ sơ?", "Tôi đã sẵn sàng")
    presses(page, "nhập bằng tay")
    types(page, "Họ, chữ đệm và tên", ["l", "ê", "{space}", "a", "n"])
    types(page, "Số định danh", list("038156001234"))
    types(page, "Ngày", list("08031956"))
    hears(page, "Số định danh")
    page.keyboard.press(UP)
    assert "0 3 8 1 5 6 0 0 1 2 3 4" in heard(page)  # into the ear alone, digit by digit
    types(page, "Nơi cư trú", ["h", "ô"])
    goes_on(page, "Cần bản sao giấy tờ nào?")
    presses(page, "Giấy khai sinh")
    hears(page, "Giấy khai sinh, đã chọn")
    goes_on(page, "Giấy tờ đó của ai?")
    page.keyboard.press(BACK)
    says(page, "Cần bản sao giấy tờ nào?")
    goes_on(page, "Giấy tờ đó của ai?")
    presses(page, "Của chính người đang khai")
    goes_on(page, "Thông tin của người đang khai đã đúng chưa?")
    goes_on(page, "Trước đây đăng ký ở đâu?")
    types(page, "Nơi đã đăng ký", ["h", "a"])
    goes_on(page, "Cần mấy bản?")
    types(page, "Số bản sao", ["2"])
    goes_on(page, "Đang có những giấy nào?")
    for _ in range(page.locator("fieldset.document").count()):
        presses(page, "Tôi có giấy ở đây")
    goes_on(page, "Nhận kết quả bằng cách nào?")
    presses(page, "Tại quầy, hôm khác đến lấy")
    goes_on(page, "Phí, lệ phí phải nộp")
    hears(page, "16.000 đồng")
    presses(page, "Không thuộc diện nào")
    goes_on(page, "Kiểm tra lần cuối")
    goes_to(page, "Sửa người nộp")
    hears(page, "Lê An")
    goes_on(page, "Đã nhận hồ sơ", "Nộp hồ sơ")
    hears(page, "Mã hồ sơ")
    presses(page, "Xong")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cảm ơn và hẹn gặp lại")
    assert site.count(Dossier) == before + 1
    assert "display" not in {one["name"] for one in page.context.cookies()}


def test_a_loudspeaker_tells_nothing_personal_and_a_warning_is_heard(site, pad):
    page = pad
    page.context.add_cookies([{"name": "display", "value": "1s", "domain": "127.0.0.1", "path": "/"}])
    comes(page, site, Way.is_at_the_check, "/kiosk/check")
    says(page, "Kiểm tra lần cuối")
    hears(page, "Sai chỗ nào, chạm «Sửa»")
    goes_to(page, "Sửa người nộp")
    hears(page, "Họ tên, đã điền")
    hears(page, "tận cùng 2 3 4")
    told = heard(page)
    assert "Lan" not in told and "0 3 8 1 5 6" not in told
    page.evaluate("heard.length = 0")
    page.keyboard.press(REPEAT)
    hears(page, "Kiểm tra lần cuối")
    page.evaluate("heard.length = 0; document.getElementById('idle').showModal()")
    hears(page, "Còn ở đây không ạ?")
    page.keyboard.press(SELECT)
    expect(page.locator("#idle")).to_be_hidden()
    page.goto("/kiosk/questions/self")
    says(page, "Thông tin của người đang khai đã đúng chưa?")
    goes_to(page, "Họ, chữ đệm và tên")
    hears(page, "ô để nhập, đã điền")
    assert "Lan" not in heard(page)


def test_earphones_are_offered_only_where_there_is_a_socket(site, pad):
    page = pad
    with site.app.app_context():
        db.session.query(AcceptancePoint).filter_by(code="K2").one().earphones = False
        db.session.commit()
    page.context.add_cookies([{"name": "display", "value": "1e", "domain": "127.0.0.1", "path": "/"}])
    page.goto("/kiosk/using?point=K2")
    says(page, "Cách dùng máy")
    assert page.locator(".screen").get_attribute("data-sound") == "on"
    expect(page.get_by_role("button", name="tai nghe")).to_have_count(0)

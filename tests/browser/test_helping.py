"""Two pages at once: somebody at a kiosk calls, an officer at the desk helps, and nobody's words are lost."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from browser.hands import DESK, comes, is_clean, is_laid_out, says
from deskway import signed_in
from intake.rules.rights import Role
from kioskway import Way
from live import Site
from web.staff import COOKIE

Look = Callable[[str], None]
QUESTION = "xin được điền giúp màn hình này"


@pytest.fixture
def look() -> Look:
    """Pass by; a script that makes pictures looks."""
    return lambda name: None


@pytest.fixture
def kiosk(site, screen) -> Page:
    return screen(site)


@pytest.fixture
def desk(site, screen) -> Page:
    page: Page = screen(site, DESK)
    visitor = signed_in(site.app, Role.RECEPTION, point="Q2")
    secret = visitor.client.get_cookie(COOKIE).value
    page.context.add_cookies([{"name": COOKIE, "value": secret, "url": site.base}])
    return page


def at_self(way: Way) -> None:
    way.is_known()
    way.post("/kiosk/questions/kind", {"kind": "birth"})
    way.post("/kiosk/questions/for_whom", {"for_whom": "self"})


def call(kiosk: Page) -> None:
    """«Gọi cán bộ» and back to what one was doing."""
    kiosk.get_by_role("button", name="Gọi cán bộ").tap()
    says(kiosk, "Gọi cán bộ")
    kiosk.get_by_role("button", name="Gọi cán bộ đến").tap()
    kiosk.get_by_role("link", name="Quay lại việc đang làm").tap()


def opens(desk: Page) -> None:
    """The officer follows the badge and opens the last call's step."""
    desk.goto("/desk/new")
    desk.get_by_role("link", name=re.compile("đang gọi")).click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Người gọi cán bộ")
    desk.get_by_role("button", name="Xem màn hình").last.click()


def test_an_officer_points_asks_and_fills_while_the_citizen_types(site: Site, kiosk: Page, desk: Page, look):
    comes(kiosk, site, at_self, "/kiosk/questions/self")
    says(kiosk, re.compile("đã đúng chưa"))
    kiosk.get_by_label("Họ, chữ đệm và tên").fill("Lê Thị Ngọc Lan")
    call(kiosk)
    expect(kiosk.get_by_text("Đã gọi cán bộ lúc")).to_be_visible()
    opens(desk)
    expect(desk.get_by_role("heading", name="Bước thông tin")).to_be_visible()
    assert "Lan" not in desk.locator("#step").inner_text()
    expect(kiosk.get_by_text("Cán bộ Lê Thu Hoa đang xem màn hình này")).to_be_visible()
    desk.get_by_role("button", name="Chỉ vào Ngày, tháng, năm sinh").click()
    expect(kiosk.get_by_text("Cán bộ Lê Thu Hoa chỉ vào đây")).to_be_visible()
    is_clean(desk)
    desk.get_by_role("button", name="Xin được điền giúp").click()
    expect(kiosk.get_by_text(QUESTION)).to_be_visible()
    look("asked")
    is_laid_out(kiosk, "portrait", 3)  # scrolls, so any height will do
    is_clean(kiosk, part=".helping")
    kiosk.get_by_role("button", name="Đồng ý").tap()
    desk.get_by_role("link", name="Mở ô điền giúp").click()
    desk.get_by_role("textbox", name="Số định danh cá nhân").fill("038156001234")
    desk.get_by_role("textbox", name="Họ, chữ đệm và tên").fill("Lê Thị Ngọc Loan")
    # Meanwhile the citizen mends her name; it must not be swept away.
    name = kiosk.get_by_label("Họ, chữ đệm và tên")
    name.fill("Lê Thị Ngọc")
    look("filling")
    desk.get_by_role("button", name="Điền lên màn hình").click()
    name.press_sequentially(" Lan Anh", delay=60)
    expect(kiosk.get_by_text("Cán bộ điền khác")).to_be_visible()
    expect(name).to_have_value("Lê Thị Ngọc Lan Anh")
    look("filled")
    expect(desk.get_by_text("chỗ người nộp đang gõ khác")).to_be_visible()
    kiosk.get_by_role("button", name="Thôi, tôi tự làm").tap()
    expect(desk.get_by_text("Người nộp đã thôi cho điền")).to_be_visible()
    expect(name).to_have_value("Lê Thị Ngọc Lan Anh")
    kiosk.get_by_role("button", name="Tiếp tục").last.tap()
    says(kiosk, "Trước đây đăng ký ở đâu?")
    desk.get_by_role("button", name="Xong, không giúp nữa").click()
    expect(kiosk.locator(".helper")).to_have_count(0)


def test_somebody_without_card_and_number_is_vouched_for(site: Site, kiosk: Page, desk: Page, look):
    comes(kiosk, site, Way.is_ready, "/kiosk/identity")
    kiosk.get_by_role("button", name="Không có thẻ, không nhớ số").tap()
    says(kiosk, "Cán bộ sẽ xác nhận giúp")
    look("waiting")
    opens(desk)
    form = desk.locator("form", has_text="không có thẻ, không nhớ số")
    look("vouching")
    is_clean(desk)
    form.get_by_label("Họ, chữ đệm và tên").fill("Cụt Thị Mai")
    form.get_by_label("Ngày sinh").fill("1/1/1941")
    form.get_by_role("button", name="Xác nhận người này").click()
    expect(form.get_by_role("alert")).to_contain_text("2 chỗ")
    why = form.get_by_label("Vì sao không có thẻ và số")
    why.select_option("Cán bộ hoặc người làm chứng biết rõ người này")
    form.get_by_label("Căn cứ vào đâu").fill("Trưởng bản làm chứng")
    form.get_by_role("button", name="Xác nhận người này").click()
    says(kiosk, "Xem lại: đúng người này không?")
    expect(kiosk.get_by_text("Không có số, cán bộ Lê Thu Hoa xác nhận")).to_be_visible()
    look("vouched")
    kiosk.get_by_role("button", name="Đúng, tiếp tục").tap()
    expect(kiosk).to_have_url(re.compile("/kiosk/questions/"))

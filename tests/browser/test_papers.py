"""A kiosk with a camera and a telephone: papers come from both, and the rest is filed on the phone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from browser.hands import PORTRAIT, comes, is_clean, is_laid_out, says, settled
from intake.db import db
from intake.records import AcceptancePoint, DocumentFile, Dossier
from kioskway import Way
from live import Site, chromium
from papersway import a_file, a_photo, blurred

PHONE = {"width": 390, "height": 844}
PAGE = {"name": "mat-truoc.jpg", "mimeType": "image/jpeg", "buffer": a_file(a_photo())}
UNCLEAR = {"name": "mat-sau.jpg", "mimeType": "image/jpeg", "buffer": a_file(blurred(a_photo()))}
BROKEN = {"name": "hop-dong.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 nothing"}
FAKE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """With a camera that sees a moving figure on green."""
    browser = playwright.chromium.launch(
        executable_path=chromium(), args=["--no-sandbox", "--disable-dev-shm-usage", *FAKE]
    )
    yield browser
    browser.close()


def fits(phone: Page) -> None:
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], phone.url


def goes_on(phone: Page, button: str, heading: str) -> None:
    settled(phone)
    phone.get_by_role("button", name=button).last.tap()
    says(phone, heading)
    fits(phone)


def test_papers_from_the_camera_and_the_phone_and_the_rest_of_the_way_on_the_phone(site: Site, screen):
    kiosk = screen(site, PORTRAIT, permissions=["camera"])
    comes(kiosk, site, Way.has_answered, "/kiosk/documents")
    is_photographed(kiosk)
    address = is_waiting_for_a_phone(kiosk)
    without_scripts = screen(site, PHONE, java_script_enabled=False)
    sends_without_scripts(without_scripts, address)
    expect(kiosk.get_by_text("Đã nhận 2 trang")).to_be_visible()  # by itself
    phone = screen(site, PHONE)
    sends_with_scripts(phone, address)
    expect(kiosk.get_by_text("Đã nhận 3 trang")).to_be_visible()
    expect(kiosk.locator("li.page mark")).to_have_text("Mờ")
    kiosk.get_by_role("button", name="Đã gửi đủ").tap()
    says(kiosk, "Các trang của giấy này")
    kiosk.get_by_role("button", name="Xong giấy này, 3 trang").tap()
    says(kiosk, "Đang có những giấy nào?")
    expect(kiosk.get_by_text("Đã có 3 trang")).to_be_visible()
    code = is_taken_along(kiosk)
    is_filed(phone, code)
    with site.app.app_context():
        dossier = db.session.query(Dossier).order_by(Dossier.id.desc()).first()
        assert db.session.get_one(AcceptancePoint, dossier.acceptance_point_id).kind == "phone"
        assert db.session.query(DocumentFile).filter_by(dossier_id=dossier.id).count() == 4
        db.session.remove()


def is_photographed(kiosk: Page) -> None:
    kiosk.get_by_role("button", name="Chụp ở đây").first.tap()
    says(kiosk, "Chụp giấy tờ")
    expect(kiosk.locator("video")).to_be_visible()
    expect(kiosk.locator(".hinted")).not_to_be_empty()  # said while the paper lies there
    is_clean(kiosk, part="#step")
    kiosk.get_by_role("button", name="Chụp", exact=True).tap()
    says(kiosk, re.compile("^Trang này"))
    expect(kiosk.get_by_role("img", name="Trang 1")).to_be_visible()
    is_laid_out(kiosk, "portrait", 1)
    is_clean(kiosk, part="#step")
    kiosk.locator("button[value=keep]").tap()
    says(kiosk, "Các trang của giấy này")


def is_waiting_for_a_phone(kiosk: Page) -> str:
    """The path of the address on the screen."""
    kiosk.get_by_role("button", name="Gửi thêm từ điện thoại").tap()
    says(kiosk, "Gửi từ điện thoại")
    is_laid_out(kiosk, "portrait", 1)
    is_clean(kiosk, part="#step")
    return str(kiosk.locator(".typed span").last.text_content())


def sends_without_scripts(phone: Page, address: str) -> None:
    phone.goto(address)
    fits(phone)
    phone.locator("[name=pages]").set_input_files([PAGE, BROKEN])
    phone.get_by_role("button", name="Gửi", exact=True).tap()
    expect(phone.get_by_text("Có 1 tệp chưa nhận được")).to_be_visible()
    expect(phone.get_by_text("hop-dong.pdf")).to_be_visible()
    expect(phone.get_by_text("Ki-ốt đã nhận 1 tệp")).to_be_visible()
    fits(phone)


def sends_with_scripts(phone: Page, address: str) -> None:
    phone.goto(address)
    is_clean(phone)
    phone.locator("[name=pages]").set_input_files([BROKEN, UNCLEAR])
    expect(phone.get_by_text("Ki-ốt đã nhận 2 tệp")).to_be_visible()
    expect(phone.get_by_text("Có 1 tệp chưa nhận được")).to_be_visible()
    is_clean(phone)
    fits(phone)


def is_taken_along(kiosk: Page) -> str:
    """The path of the address on the screen; the kiosk is free after it."""
    kiosk.get_by_role("button", name="Làm tiếp trên điện thoại").tap()
    says(kiosk, "Làm tiếp trên điện thoại")
    kiosk.get_by_role("button", name="Lấy mã QR").tap()
    expect(kiosk.locator(".bigcode strong")).to_be_visible()
    is_laid_out(kiosk, "portrait", 1)
    address = str(kiosk.locator(".typed span").last.text_content())
    kiosk.get_by_role("button", name="Điện thoại đã mở được").tap()
    says(kiosk, "Cảm ơn và hẹn gặp lại")
    return address


def is_filed(phone: Page, address: str) -> None:
    phone.goto(address)
    fits(phone)
    is_clean(phone, part="#step")
    phone.get_by_label("4 số cuối").fill("1234")
    goes_on(phone, "Làm tiếp", "Nhận kết quả bằng cách nào?")  # just where the kiosk was left
    goes_on(phone, "Quay lại", "Đang có những giấy nào?")
    phone.get_by_role("button", name="Xem, thêm trang").tap()
    says(phone, "Các trang của giấy này")
    goes_on(phone, "Chụp thêm trang", "Chụp giấy tờ")
    phone.locator("[name=pages]").set_input_files(PAGE)
    says(phone, "Trang này đọc rõ không?")
    fits(phone)
    goes_on(phone, "Dùng trang này", "Các trang của giấy này")
    goes_on(phone, "Xong giấy này, 4 trang", "Đang có những giấy nào?")
    goes_on(phone, "Tiếp tục", "Nhận kết quả bằng cách nào?")
    phone.get_by_text("Tại quầy, hôm khác đến lấy").tap()
    goes_on(phone, "Tiếp tục", "Phí, lệ phí phải nộp")
    phone.locator("label.card", has=phone.locator("[value=none]")).tap()
    goes_on(phone, "Tiếp tục", "Kiểm tra lần cuối")
    goes_on(phone, "Nộp hồ sơ", "Đã nhận hồ sơ")
    expect(phone.get_by_text("chụp màn hình lại")).to_be_visible()
    is_clean(phone, part="#step")

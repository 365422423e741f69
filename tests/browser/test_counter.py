"""Counter intake as an officer works: the keyboard, the scanner, nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest
from playwright.sync_api import Page, expect

from browser.hands import DESK, presses, scans
from deskway import signed_in
from intake.records import Dossier
from intake.rules.rights import Role
from kioskway import LANS_CARD

COPIES = {
    "f-a.paper_name": "Bằng tốt nghiệp trung học cơ sở",
    "f-a.paper_issuer": "Sở Giáo dục và Đào tạo",
    "f-a.pages": "2",
    "f-a.copies": "3",
}


class Hands:
    """Types at the speed of a quick person and counts the keys."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = 0

    def press(self, key: str) -> None:
        self.keys += 1
        self.page.keyboard.press(key)

    def types(self, text: str) -> None:
        self.keys += len(text)
        self.page.keyboard.type(text, delay=60)

    @property
    def at(self) -> str:
        """The id of the field that has the focus."""
        return str(self.page.evaluate("document.activeElement.id"))


@pytest.fixture
def hands(site, screen: Callable[..., Page]) -> Hands:
    page = screen(site, DESK)
    visitor = signed_in(site.app, Role.RECEPTION, point="Q2")
    token = visitor.client.get_cookie("staff")
    assert token is not None
    page.context.add_cookies([{"name": "staff", "value": token.value, "url": site.base}])
    page.goto("/desk/")
    return Hands(page)


def begins(hands: Hands, words: str, procedure: str) -> None:
    hands.press("m")
    expect(hands.page.get_by_role("heading", level=1)).to_have_text("Hồ sơ mới tại quầy")
    scans(hands.page)
    expect(hands.page.get_by_label("Họ, chữ đệm và tên")).to_have_value("Lê Thị Ngọc Lan")
    expect(hands.page.locator("#f-procedure")).to_be_focused()
    hands.types(words)
    expect(hands.page.locator("[data-meant] button").first).to_contain_text(procedure)
    hands.press("Enter")
    expect(hands.page.locator(".chosen")).to_contain_text(procedure)


def answers(hands: Hands, told: Mapping[str, str]) -> None:
    """Each field as the focus comes to it."""
    for field, text in told.items():
        expect(hands.page.locator(f'[id="{field}"]')).to_be_focused()
        hands.types(text)
        hands.press("Enter")


def test_certified_copies_are_taken_in_by_keyboard_alone(site, hands):
    before = site.count(Dossier)
    begins(hands, "chung thuc", "Chứng thực bản sao")
    answers(hands, COPIES)
    expect(hands.page.get_by_role("radio", name="Bản giấy")).to_be_focused()
    hands.press(" ")
    hands.press("Alt+d")
    expect(hands.page.locator(".paper [value=paper]").first).to_be_checked()
    hands.press("Control+Enter")
    expect(hands.page.get_by_role("heading", level=1)).to_have_text("Đã tiếp nhận hồ sơ")
    assert site.count(Dossier) == before + 1
    assert hands.keys - len("chung thuc") - sum(map(len, COPIES.values())) == 9
    hands.press("h")
    expect(hands.page).to_have_url(re.compile("/desk/dossiers/"))


def test_what_is_typed_while_the_page_is_drawn_anew_stays(hands, site):
    begins(hands, "khai sinh", "Đăng ký khai sinh")
    page = hands.page
    page.locator('[id="f-a.declarant_role-mother"]').or_(
        page.locator("[name^='a.'][data-update]").first
    ).first.focus()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        hands.press(" ")
        page.locator("[id='f-applicant.phone']").focus()
        page.keyboard.insert_text("0912345678")
    expect(page.locator("[id='f-applicant.phone']")).to_have_value("0912345678")
    expect(page.locator("[id='f-applicant.phone']")).to_be_focused()


def test_a_select_is_chosen_by_letters_and_a_scan_leaves_it_alone(hands):
    begins(hands, "khai sinh", "Đăng ký khai sinh")
    nation = hands.page.get_by_label("Dân tộc của cháu")
    nation.focus()
    hands.types("T")
    chosen = nation.input_value()
    assert chosen != "kinh"
    assert all(presses(hands.page, [*LANS_CARD, "Enter"])[1:])  # the first may be a person's
    expect(hands.page.locator("[id='f-applicant.citizen_id']")).to_have_value("038156001234")
    expect(hands.page.get_by_label("Dân tộc của cháu")).to_have_value(chosen)


def test_a_page_with_faults_leads_to_the_first_of_them(hands):
    begins(hands, "khai sinh", "Đăng ký khai sinh")
    hands.press("Control+Enter")
    expect(hands.page.locator(".summary")).to_be_focused()
    hands.press("Tab")
    hands.press("Enter")
    expect(hands.page).to_have_url(re.compile("#f-"))

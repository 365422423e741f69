"""The reception screen in a real browser: a clerk's morning by scanner, a thumb on a telephone, its rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.hands import DESK, is_clean, scans
from browser.post_hands import KEPT, SHEET, TAKEN, Clerk, Post, s10, take_some
from intake.rules.codes import item_check_digit, s10_number
from intake.rules.people import read_citizen_card
from intake.rules.post_checklist import KINDS, _short
from intake.rules.post_scans import read_scan
from intake.rules.refusals import NoTariff, Refusal, UnreadableCard
from intake.rules.tariffs import Exemption, ZonePrices, charge_of, reduced
from kioskway import LANS_CARD

PHONE = {"width": 390, "height": 844}
MOST_TOUCHES = 5  # «Đủ cả», the weight, the witness, the consent, the seal: the rest is scanned
AT_ONCE = 100  # ms from the last key of a scan to its answer

# What a finger would miss.
SMALL = """() => [...document.querySelectorAll("button, label:has(input), select")]
    .filter(one => one.checkVisibility() && !one.matches(".kind, label.typed"))
    .filter(one => one.getBoundingClientRect().height < 36).map(one => one.innerText)"""
# This machine has none, nor what reads codes in its pictures.
A_CAMERA = """
    window.BarcodeDetector = class { async detect() { return [{rawValue: "CODE"}]; } };
    navigator.mediaDevices.getUserMedia = async () => {
        const canvas = document.createElement("canvas");
        canvas.getContext("2d").fillRect(0, 0, 9, 9);
        return canvas.captureStream(5);
    };"""
RULES = Path(__file__).resolve().parents[2] / "static/post-rules.js"


@pytest.fixture
def clerk(post: Post, screen) -> Clerk:
    page = screen(post, DESK)
    post.enters(page)
    return Clerk(page)


def test_a_morning_of_twenty_dossiers_mostly_by_scanning(post: Post, clerk: Clerk):
    page, before, took = clerk.page, len(post.items()), list[int]()
    numbers = [s10(51_000_000 + place) for place in range(4)]
    for place, number in enumerate(numbers):
        touches = clerk.takes(number, seal=f"NP-00{place}", card_first=bool(place % 2))
        expect(page.locator("#said [data-part=what]")).to_have_text(TAKEN)
        assert touches <= MOST_TOUCHES
    numbers += take_some(page, range(100, 116), TAKEN, took=took)
    assert [number for number, _ in post.items()[before:]] == numbers
    assert sorted(took)[len(took) // 2] < AT_ONCE  # the slowest tells how busy the machine is
    expect(page.locator("#taken")).to_have_text(re.compile(r"\d+"))
    assert page.evaluate("(async () => (await window.postQueue.all()).length)()") == 0


def test_a_scan_is_answered_in_words_whatever_it_is(post: Post, clerk: Clerk):
    page, said = clerk.page, clerk.page.locator("#said")
    scans(page, LANS_CARD)
    expect(said).to_contain_text("L. T. N. Lan · 038***234")
    expect(said).to_contain_text("quét số hiệu trên phong bì")
    scans(page, "RR473124828VN")
    expect(said).to_contain_text("Số hiệu sai một chữ số")
    scans(page, s10(52_000_000))
    expect(said).to_contain_text("RR 5200 0000")
    scans(page, s10(52_000_001))
    expect(said).to_contain_text("Đang nhận bưu gửi khác")
    scans(page, "TTHC:9.999999")
    expect(said).to_contain_text("Trung tâm không nhận thủ tục này")
    scans(page, "TTHC:1.001193")  # a birth: no paper is needed by everybody; they are counted
    expect(said).to_contain_text("Tiếp: đếm giấy tờ")
    page.get_by_role("button", name="Đổi thủ tục").click()
    scans(page, SHEET)
    expect(said).to_contain_text("Giấy phép xây dựng nhà ở")
    page.get_by_role("button", name="Niêm phong và in phiếu gửi").click()
    expect(said).to_contain_text("Còn: giấy tờ, đồng ý của người gửi, khối lượng, tem niêm phong")
    page.get_by_role("button", name="Thêm một Giấy tờ hợp pháp").click()
    expect(page.locator(".row.bad")).to_contain_text("còn thiếu 2 · nói với người gửi")
    page.get_by_role("button", name="Bỏ", exact=True).click()
    expect(said).to_contain_text("Quét bưu gửi, thẻ hoặc mã thủ tục")


def test_a_number_taken_before_opens_its_record_where_the_next_scan_begins_the_next(post: Post, clerk: Clerk):
    number = s10(53_000_000)
    clerk.takes(number)
    expect(clerk.page.locator("#said [data-part=what]")).to_have_text(TAKEN)
    scans(clerk.page, number)
    expect(clerk.page.get_by_role("heading", level=1)).to_contain_text("Bưu gửi RR 5300 0000")
    expect(clerk.page.locator(".said.warn")).to_contain_text("Số này đã nhận lúc")
    scans(clerk.page, LANS_CARD)
    expect(clerk.page.locator("#said")).to_contain_text("L. T. N. Lan · 038***234")
    assert "038" not in clerk.page.url


def test_the_number_the_courier_calls_is_asked_for_when_the_result_goes_home(clerk: Clerk):
    page, line = clerk.page, clerk.page.locator("#intake .phone")
    scans(page, LANS_CARD)
    expect(line).to_contain_text("Điện thoại: chưa có")
    line.get_by_role("button", name="Thêm").click()
    expect(page.locator("#f-phone")).to_be_focused()
    page.keyboard.type("0912345678", delay=120)
    expect(line).to_contain_text("0912345678")
    page.get_by_label("Tự đến lấy").check()
    expect(line).to_be_hidden()


def test_what_a_device_held_is_counted_when_it_is_sent(post: Post, clerk: Clerk):
    context, before = clerk.page.context, int(clerk.page.locator("#taken").inner_text())
    context.set_offline(True)
    clerk.takes(s10(56_000_000))
    expect(clerk.page.locator("#said [data-part=what]")).to_have_text(KEPT)
    clerk.page.close()
    context.set_offline(False)
    page = context.new_page()
    post.enters(page)
    expect(page.locator("#taken")).to_have_text(str(before + 1))


def test_whoever_leaves_a_dossier_that_is_begun_is_asked_first(clerk: Clerk):
    page = clerk.page
    scans(page, LANS_CARD)
    page.locator("#said").click()  # browsers ask nobody who has not touched the page
    with page.expect_event("dialog") as asked:
        page.evaluate("() => { setTimeout(() => location.reload()); }")
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    expect(page.locator("#said")).to_contain_text("L. T. N. Lan · 038***234")


def test_what_the_server_refuses_later_is_mended_and_taken_once(post: Post, clerk: Clerk, screen):
    """The same label was used at another device while the line of this one was cut."""
    page, number, before = clerk.page, s10(54_000_000), len(post.items())
    page.context.set_offline(True)
    clerk.takes(number)
    expect(page.locator("#said [data-part=what]")).to_have_text(KEPT)
    other = screen(post, DESK)
    post.enters(other)
    Clerk(other).takes(number)
    expect(other.locator("#said [data-part=what]")).to_have_text(TAKEN)
    page.context.set_offline(False)
    expect(page.locator("#queue")).to_contain_text("Số hiệu này đã được nhận")
    page.get_by_role("button", name="Mở lại").click()
    expect(page.locator("#f-seal")).to_have_value("NP-0001")
    scans(page, s10(54_000_001))
    page.get_by_role("button", name="Niêm phong và in phiếu gửi").click()
    expect(page.locator("#said [data-part=what]")).to_have_text(TAKEN)
    expect(page.locator("#queue")).to_be_hidden()
    assert [one for one, _ in post.items()[before:]] == [number, s10(54_000_001)]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["counter", "courier"])
def test_the_screen_fits_and_offends_nobody(post: Post, screen, size):
    page = screen(post, size)
    post.enters(page)
    is_clean(page)
    scans(page, LANS_CARD)
    scans(page, SHEET)
    page.get_by_role("button", name="Niêm phong và in phiếu gửi").click()
    expect(page.locator("#said")).to_contain_text("Chưa đủ để nhận")
    is_clean(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert page.evaluate(SMALL) == []


def test_a_telephone_without_a_scanner_sees_a_code_with_its_camera(post: Post, screen):
    page = screen(post, PHONE)
    page.add_init_script(A_CAMERA.replace("CODE", s10(55_000_000)))
    post.enters(page)
    page.get_by_role("button", name="Quét bằng máy ảnh").click()
    expect(page.locator("#said")).to_contain_text("RR 5500 0000")
    expect(page.locator("#eye")).to_be_visible()
    page.get_by_role("button", name="Quét bằng máy ảnh").click()
    expect(page.locator("#eye")).to_be_hidden()


# ---- The rules the page has of its own, against those of the server


@pytest.fixture
def rules(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.evaluate(RULES.read_text(encoding="utf-8"))
    yield page
    page.close()


def test_the_page_reads_scans_as_the_server_does(rules: Page):
    texts = [*item_texts(Random(5)), *CARDS, *OTHERS]
    found = rules.evaluate("texts => texts.map(window.postRules.readScan)", texts)
    assert [told_of(one) for one in found] == [expected(text) for text in texts]
    checks = [f"{Random(place).randrange(10**8):08}" for place in range(300)]
    digits = rules.evaluate("all => all.map(window.postRules.checkDigit)", checks)
    assert digits == [item_check_digit(serial) for serial in checks]


def test_the_page_reads_cards_as_the_server_does(rules: Page):
    for text, found in zip(
        CARDS, rules.evaluate("all => all.map(window.postRules.card)", CARDS), strict=True
    ):
        try:
            card = read_citizen_card(text)
        except UnreadableCard:
            assert found is None, text
            continue
        assert found["citizenId"] == card.citizen_id, text
        # What the scanner broke is left to the server; it is never read as something else.
        assert found["sex"] in ("", card.sex), text
        assert found["name"] in ("", card.name) and found["address"] in ("", card.address), text
        if text in WHOLE:
            told = (found["name"], found["address"], found["sex"])
            assert told == (card.name, card.address or "", card.sex), text


def test_the_page_reckons_prices_as_the_server_does(rules: Page):
    dice = Random(8)
    asked = [a_price(dice) for _ in range(400)]
    js = "all => all.map(([table, terms]) => window.postRules.chargeOf(table, terms))"
    found = rules.evaluate(js, [[table, terms] for table, terms, _ in asked])
    assert found == [price for _, _, price in asked]
    assert None in found and any(found)
    fees = [(dice.randrange(500_000), dice.choice((0, 10, 33, 50, 100))) for _ in range(100)]
    js = "all => all.map(([amount, percent]) => window.postRules.reduced(amount, percent))"
    assert rules.evaluate(js, fees) == [reduced(*one) for one in fees]


def test_the_page_counts_papers_as_the_server_does(rules: Page):
    dice = Random(3)
    asked = [
        ({kind: dice.randrange(3) for kind in KINDS}, {kind: dice.randrange(4) for kind in KINDS})
        for _ in range(300)
    ]
    found = rules.evaluate(
        "all => all.map(([wanted, counted]) => window.postRules.missing(wanted, counted))", asked
    )
    assert [in_words(short) for short in found] == [_short(*one) for one in asked]


def in_words(short: Mapping[str, int]) -> str:
    words = [f"{number} {KINDS[kind]}" for kind, number in short.items()]
    return f"thiếu {', '.join(words)}" if words else ""


def told_of(found: Mapping[str, Any]) -> tuple[str, str]:
    return (found["fault"], "") if found.get("fault") else (found["kind"], found["text"])


def expected(text: str) -> tuple[str, str]:
    try:
        scan = read_scan(text)
    except Refusal as refusal:
        return refusal.code, ""
    return scan.kind.value, scan.text


def item_texts(dice: Random) -> list[str]:
    """Sound numbers, each as scanners and people write it, and with one wrong digit or two swapped."""
    texts = []
    for _ in range(120):
        whole = s10_number(
            dice.choice(("RR", "EH", "CV", "LA")), dice.randrange(10**8), dice.choice(("VN", "SG"))
        )
        place, other = dice.randrange(2, 11), dice.randrange(2, 10)
        wrong = f"{whole[:place]}{dice.randrange(10)}{whole[place + 1 :]}"
        swapped = f"{whole[:other]}{whole[other + 1]}{whole[other]}{whole[other + 2 :]}"
        spaced = f" {whole[:2].lower()} {whole[2:6]} {whole[6:10]} {whole[10]} {whole[11:]}\r\n"
        texts += [whole, wrong, swapped, spaced, f"{whole[:2]}-{whole[2:11]}-{whole[11:]}"]
    return texts


def a_price(dice: Random) -> tuple[dict[str, Any], dict[str, Any], int | None]:
    """A table, what is asked of it, and what the server says; None where it has no price."""
    steps = sorted((grams, dice.randrange(1, 90_000)) for grams in dice.sample((50, 100, 250, 500, 1000), 3))
    further = (500, dice.randrange(1, 20_000)) if dice.random() < 0.7 else None
    less = Exemption("merit", "Người có công", charge=dice.choice((0, 15, 33, 50, 100)))
    terms = {
        "zone": dice.choice(("local", "local", "national")),
        "grams": dice.choice((0, 1, 100, 101, 499, 500, 501, 1000, 1501, 29_999)),
        "wantsHome": dice.random() < 0.5,
        "exemption": dice.choice(("", "merit")),
    }
    table = {
        "zones": [
            {
                "zone": "local",
                "steps": [{"grams": grams, "price": price} for grams, price in steps],
                "further": {"grams": further[0], "price": further[1]} if further else None,
            }
        ],
        "exemptions": [{"code": less.code, "words": less.words, "charge": less.charge, "fee": less.fee}],
    }
    try:
        price = charge_of(
            {"local": ZonePrices("local", tuple(steps), further)},
            zone=str(terms["zone"]),
            grams=int(terms["grams"]),
            wants_home=bool(terms["wantsHome"]),
            exemption=less if terms["exemption"] else None,
        )
    except NoTariff:
        return table, terms, None
    return table, terms, price


NAMED = "038190012345|172345678|{}|14031990|Nữ|Tổ 3, Phường Hạc Thành, Thanh Hóa|22042022"
WHOLE = [
    LANS_CARD,
    NAMED.format("Lê Thị Hoa"),
    NAMED.format(" Lê   Thị Hoa "),
    NAMED.format("Nguyễn Ê Ban Y Ước"),
    NAMED.format("H'Hen Niê"),
    NAMED.format("Lê Thị Hoa").replace("|", "$"),
    NAMED.format("Lê Thị Hoa").replace("14031990", "14/03/1990"),
    NAMED.format("Lê Thị Hoa").replace("172345678", ""),
    NAMED.format("Lê Thị Hoa") + "||||",
    "\ufeff" + NAMED.format("Lê Thị Hoa") + "\r\n",
    "|".join(reversed(NAMED.format("Lê Thị Hoa").split("|"))),
    "038190012345|Lê Thị Hoa|Nữ|14031990|Tổ 3, Phường Hạc Thành, Thanh Hóa|22042022|172345678|038190099999",
]
CARDS = [
    *WHOLE,
    *map(
        NAMED.format,
        ("L? Th? Hoa", "LÃª Thá» Hoa", "TrÃ", "NGUYN VN NAM", "Lê\x00Thị", "Лê Thị Hoa", "Lê" * 60, ""),
    ),
    NAMED.format("Lê Thị Hoa").encode().decode("cp1252", "ignore"),
    NAMED.format("Lê Thị Hoa").replace("Nữ", "N"),
    NAMED.format("Lê Thị Hoa").replace("14031990", "31021990"),
    "038190012345|Lê Thị Hoa",
    "038190012345||",
    "038190012345|Nữ|",
    "DN4380123456789|Lê Thị Hoa|14/03/1990|2|Thanh Hóa",
    "a|b|c",
]
OTHERS = [
    "", " ", "VN", "Lan", "BX-0071", "bx 0071", "NP-00123", "1234", "12345", "đơn", "x" * 41, "!!!!!!",
    "RR473124829VN RR473124829VN", "RR473124829VN\nRR473124829VN", "\x1cRR473124829VN\x1c",
    "038156001234", " 038 156 001 234 ", "03815600123",
    "MC:K7M4-2QXF", "K7M4-2QXF", "K7M42QXF", "mc:k7m42qxf", "MC:K7M42QX0",
    "1.001193", "TTHC:1.001193", "tthc:1.001193.000.00.00.H56", "1.00119", "2.000635.01",
    f"HTTP://10.0.0.5:8080/R/AE{'Q' * 120}", f"AE{'Q' * 120}", "http://10.0.0.5/R/AEQQ",
]  # fmt: skip

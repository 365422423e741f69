"""A paper-free Thursday from the manager's rule on Tuesday to the report on Friday, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from browser.centre import Desk, enters, is_at, open_desk
from browser.hands import DESK, comes, is_clean, says, scans, settled
from build import vietnam
from intake import broken_promises, returning
from intake.at_hand import dossier_at_hand
from intake.events import Actor
from intake.records import Office, Person
from kioskway import Way
from live import Site

TITLE = "Thứ Năm không viết, không hẹn"
SINGLE = "1.004873"  # three working days by law: tình trạng hôn nhân
PAPER = "input[type=radio][value=paper]"


def december(day: int, hour: int, minute: int = 0) -> datetime:
    """1/12/2026 is a Tuesday."""
    return vietnam(day, hour, minute, month=12)


@pytest.fixture
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_desk(tmp_path_factory.mktemp("thursday"), start=december(1, 9)) as opened:
        yield opened


def test_a_paper_free_thursday(centre: Desk, screen: Callable[..., Page]) -> None:
    """Five results are promised for the day, the most there are; Lan alone gets hers."""
    kiosk, site = screen(centre), Site(centre.app, centre.clock, centre.base)
    on_tuesday_two_people_make_the_rule(centre, screen)

    centre.clock.set(december(2, 16, 5))
    the_day_is_ordinary(kiosk, site)
    the_evening_before_says_what_is_missing(centre, screen)

    centre.clock.set(december(3, 8, 30))
    at_the_kiosk_paper_is_not_asked_for(kiosk, site)
    centre.clock.set(december(3, 9))
    she_has_her_result_before_she_leaves(centre, screen)
    centre.clock.set(december(3, 9, 30))
    paper_is_taken_for_a_reason_in_two_touches(centre, screen)
    centre.clock.set(december(3, 10))
    for_an_outage_the_day_rests(centre, screen, kiosk, site)
    centre.clock.set(december(3, 11))
    the_day_is_full(centre, kiosk, site)
    centre.clock.set(december(3, 15))
    it_is_too_late_for_today(kiosk, site)
    centre.clock.set(december(3, 17, 31))
    broken_promises_are_apologised_for(centre, screen)

    centre.clock.set(december(4, 9))
    the_day_is_ordinary(kiosk, site)
    the_report_tells_it_all(centre, screen)


def at_the_desk(centre: Desk, screen: Callable[..., Page], username: str, counter: str = "") -> Page:
    page = screen(centre, DESK)
    enters(page, centre, username, counter or "Không ngồi quầy")
    return page


def on_tuesday_two_people_make_the_rule(centre: Desk, screen: Callable[..., Page]) -> None:
    thu, dung = at_the_desk(centre, screen, "thu"), at_the_desk(centre, screen, "dung")
    thu.get_by_role("link", name="Ngày không giấy").click()
    is_at(thu, "Ngày không giấy")
    thu.get_by_role("link", name="Soạn quy định").click()
    thu.get_by_role("link", name=TITLE).click()
    thu.get_by_label("Nhận mỗi ngày").fill("5")
    thu.get_by_label("Số quyết định").fill("Quyết định số 45/QĐ-UBND")
    thu.get_by_role("button", name="Lưu bản soạn").click()
    is_at(thu, TITLE)
    expect(thu.get_by_role("button", name="Duyệt bản này")).to_have_count(0)
    dung.goto(thu.url.partition("?")[0])
    dung.get_by_role("button", name="Duyệt bản này").click()
    is_at(dung, TITLE)
    thu.reload()
    thu.get_by_role("button", name="Công bố, áp dụng ngay").click()
    expect(thu.get_by_text("Đã công bố")).to_be_visible()


def the_day_is_ordinary(kiosk: Page, site: Site) -> None:
    kiosk.goto("/kiosk/?point=K1")
    expect(kiosk.get_by_role("heading", name="Hôm nay: ngày làm việc")).to_be_visible()
    expect(kiosk.get_by_text(TITLE)).to_have_count(0)
    comes(kiosk, site, Way.has_answered, "/kiosk/documents")
    expect(kiosk.locator(PAPER)).not_to_have_count(0)


def the_evening_before_says_what_is_missing(centre: Desk, screen: Callable[..., Page]) -> None:
    thu = at_the_desk(centre, screen, "thu")
    thu.goto("/desk/days/readiness")
    thu.get_by_role("button", name=re.compile("Kiểm tra")).click()
    expect(thu.get_by_text("Chưa sẵn sàng").first).to_be_visible()
    expect(thu.get_by_text("sao lưu").first).to_be_visible()


def at_the_kiosk_paper_is_not_asked_for(kiosk: Page, site: Site) -> None:
    kiosk.goto("/kiosk/?point=K1")
    expect(kiosk.get_by_role("heading", name=f"Hôm nay: {TITLE}")).to_be_visible()
    is_clean(kiosk)
    comes(kiosk, site, Way.has_answered, "/kiosk/documents")
    expect(kiosk.get_by_text(TITLE)).to_be_visible()
    expect(kiosk.locator(PAPER)).to_have_count(0)
    is_clean(kiosk)
    for one in kiosk.locator("input[type=radio][value=scan]").all():
        one.locator("xpath=..").tap()
    kiosk.get_by_role("button", name="Tiếp tục").last.tap()
    says(kiosk, "Nhận kết quả bằng cách nào?")
    kiosk.locator("input[value=counter_now]").locator("xpath=..").tap()
    kiosk.get_by_role("button", name="Tiếp tục").last.tap()
    says(kiosk, "Phí, lệ phí phải nộp")
    kiosk.locator("input[value=none]").locator("xpath=..").tap()
    kiosk.get_by_role("button", name="Tiếp tục").last.tap()
    says(kiosk, "Kiểm tra lần cuối")
    kiosk.get_by_role("button", name="Nộp hồ sơ").last.tap()
    says(kiosk, "Đã nhận hồ sơ")
    expect(kiosk.get_by_text("TRẢ NGAY HÔM NAY").first).to_be_visible()


def she_has_her_result_before_she_leaves(centre: Desk, screen: Callable[..., Page]) -> None:
    code = centre.newest()
    hoa = at_the_desk(centre, screen, "hoa", "Quầy 1")
    hoa.goto(f"/desk/dossiers/{code}")
    hoa.get_by_role("button", name="Tiếp nhận").click()
    expect(hoa.locator("#pane .told")).to_be_visible()
    thu = at_the_desk(centre, screen, "thu", "Quầy 2")
    centre.clock.set(december(3, 9, 20))
    with centre.at_work() as (session, office):
        lead_to_returned(session, office, code, centre)
    assert centre.status(code) == "returned"
    thu.goto("/desk/days")
    is_clean(thu)
    expect(
        thu.get_by_role("link", name=re.compile("Trả ngay trong lượt đến")).get_by_text("1 / 1")
    ).to_be_visible()


def lead_to_returned(session: Session, office: Office, code: str, centre: Desk) -> None:
    """The result is there and goes to its owner; how that is done by hand has tests of its own."""
    now, keys = centre.clock(), centre.app.extensions["motcham"].keys
    thu = session.scalars(select(Person).filter_by(username="thu")).one()
    by = Actor(thu.name, "Q2", thu.id)
    hoa = session.scalars(select(Person).filter_by(username="hoa")).one()
    dossier = dossier_at_hand(session, office, code, by=Actor(hoa.name, "Q1", hoa.id), now=now)
    returning.result_ready(session, dossier, by=by, now=now)
    owner = returning.Collector(receipt=code, citizen_id="038156001234")
    returning.return_at_counter(session, dossier, owner, keys=keys, by=Actor(hoa.name, "Q1", hoa.id), now=now)


def paper_is_taken_for_a_reason_in_two_touches(centre: Desk, screen: Callable[..., Page]) -> None:
    hoa = at_the_desk(centre, screen, "hoa", "Quầy 1")
    hoa.goto("/desk/new?procedure=2.000815")
    scans(hoa)
    expect(hoa.get_by_label("Họ, chữ đệm và tên")).to_have_value("Lê Thị Ngọc Lan")
    for field, text in {"paper_name": "Bằng tốt nghiệp", "pages": "2", "copies": "1"}.items():
        hoa.locator(f"[id='f-a.{field}']").fill(text)
    hoa.locator("[name='a.copy_form']").first.check()
    settled(hoa)
    hoa.get_by_role("button", name=re.compile("Có đủ cả")).click()
    expect(hoa.locator("[value=scan]:checked").first).to_be_visible()
    hoa.keyboard.press("Alt+g")
    hoa.get_by_role("button", name=re.compile("Người cao tuổi")).click()
    expect(hoa.get_by_text("Được ghi và đếm là ngoại lệ cho những giấy")).to_be_visible()
    hoa.locator("[name='d.original.how'][value=paper]").check()
    is_clean(hoa)
    hoa.get_by_role("button", name=re.compile("^Tiếp nhận")).click()
    is_at(hoa, "Đã tiếp nhận hồ sơ")


def for_an_outage_the_day_rests(centre: Desk, screen: Callable[..., Page], kiosk: Page, site: Site) -> None:
    thu = at_the_desk(centre, screen, "thu")
    thu.goto("/desk/days")
    thu.get_by_role("link", name="Tạm dừng").click()
    thu.get_by_label("Mất mạng").check()
    thu.get_by_label("Trong bao nhiêu phút").fill("20")
    thu.get_by_role("button", name="Tạm dừng ngay").click()
    expect(thu.get_by_text("Đang tạm dừng: nhận giấy trở lại")).to_be_visible()
    comes(kiosk, site, Way.has_answered, "/kiosk/documents")
    expect(kiosk.locator(PAPER)).not_to_have_count(0)
    centre.clock.set(december(3, 10, 21))  # it ends by itself
    comes(kiosk, site, Way.has_answered, "/kiosk/documents")
    expect(kiosk.locator(PAPER)).to_have_count(0)


def the_day_is_full(centre: Desk, kiosk: Page, site: Site) -> None:
    for name in ("Đỗ Thị Một", "Đỗ Thị Hai", "Đỗ Thị Ba"):
        centre.files(name)
    comes(kiosk, site, lambda way: way.chooses(SINGLE), "/kiosk/prepare")
    expect(kiosk.get_by_text(re.compile("đã đủ|hết lượt|đủ lượt")).first).to_be_visible()
    expect(kiosk.get_by_text(re.compile("10/12")).first).to_be_visible()


def it_is_too_late_for_today(kiosk: Page, site: Site) -> None:
    comes(kiosk, site, lambda way: way.chooses(SINGLE), "/kiosk/prepare")
    expect(kiosk.get_by_text(re.compile("15:00")).first).to_be_visible()


def broken_promises_are_apologised_for(centre: Desk, screen: Callable[..., Page]) -> None:
    """As the worker does it in its round."""
    keys = centre.app.extensions["motcham"].keys
    with centre.at_work() as (session, office):
        broken = broken_promises.broken(session, now=centre.clock())
        for _, code in broken:
            broken_promises.apologise(session, office, code, keys=keys, now=centre.clock())
        assert len(broken) == 4
    thu = at_the_desk(centre, screen, "thu")
    thu.goto(f"/desk/dossiers/{broken[0][1]}")
    expect(thu.get_by_text("Lời hẹn trả trong ngày đã không giữ được")).to_be_visible()


def the_report_tells_it_all(centre: Desk, screen: Callable[..., Page]) -> None:
    thu = at_the_desk(centre, screen, "thu")
    thu.goto("/desk/days/report?day=2026-12-03")
    is_clean(thu)
    text = thu.locator("main").inner_text()
    for told in (TITLE, "5 hồ sơ", "Người cao tuổi, khuyết tật hoặc không đọc được", "20 phút"):
        assert told in text, text
    with thu.expect_download() as workbook:
        thu.get_by_role("link", name=re.compile("XLSX|Excel|bảng tính", re.IGNORECASE)).click()
    assert workbook.value.suggested_filename.endswith(".xlsx")

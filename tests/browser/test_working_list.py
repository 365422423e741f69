"""The working list in a browser: what only fast fingers and a list that draws itself anew can break."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from browser.hands import scans
from build import an_applicant
from demo import filing
from deskway import signed_in
from intake.accepting import accept
from intake.db import db
from intake.events import citizen
from intake.offices import point_of
from intake.queries import offered, procedure_version
from intake.records import Dossier
from intake.rules.lifecycle import Status
from intake.rules.rights import Role
from kioskway import COPIES
from web.staff import COOKIE

SIZE = {"width": 1366, "height": 768}
WORDS = "Hồ sơ thuộc thẩm quyền của xã khác"


@pytest.fixture
def codes(site) -> list[str]:
    """Fourteen dossiers, in the order of the list."""
    with site.app.app_context():
        session, now, dice = db.session(), site.clock(), Random(5)
        point = point_of(session, "K1")
        assert point is not None
        offer = next(one for one in offered(session, point.office, now=now) if one.code == COPIES)
        procedure = procedure_version(session, offer.version_id, now=now)
        for number in range(14):
            application = filing.an_application(
                procedure,
                offer.version_id,
                an_applicant(name=f"Người {'ABCDEFGHIKLMNO'[number]}"),
                channel="kiosk",
                how="counter_later",
                dice=dice,
                today=now.date(),
            )
            accept(
                session,
                application,
                point,
                keys=site.app.extensions["motcham"].keys,
                base_url=site.base,
                by=citizen("K1"),
                now=now,
            )
        session.commit()
        found = list(session.scalars(select(Dossier.dossier_code).filter_by(status=Status.RECEIVED)))
        db.session.remove()
    return found


@pytest.fixture
def desk(site, screen: Callable[..., Page], codes: list[str]) -> Page:
    token = signed_in(site.app, Role.RECEPTION, point="Q2").client.get_cookie(COOKIE)
    assert token is not None
    page = screen(site, SIZE)
    page.context.add_cookies([{"name": COOKIE, "value": token.value, "url": site.base}])
    return page


def status_of(site, code: str) -> str:
    with site.app.app_context():
        return str(db.session.scalar(select(Dossier.status).filter_by(dossier_code=code)))


def holders_of(site, codes: list[str]) -> list[int | None]:
    with site.app.app_context():
        return list(db.session.scalars(select(Dossier.held_by).where(Dossier.dossier_code.in_(codes))))


def is_open(page: Page, code: str) -> None:
    expect(page.locator("#pane article")).to_have_attribute("data-code", code)
    expect(page.locator(f'#inbox a[data-code="{code}"]')).to_have_attribute("aria-current", "true")


def test_fast_fingers_press_nothing_they_did_not_see(desk, site, codes):
    """X, 2 and the words, faster than any answer comes: the «t» in them accepts nothing."""
    desk.goto(f"/desk/dossiers/{codes[0]}")
    desk.keyboard.type(f"x2{WORDS}")
    expect(desk.locator("#f-text")).to_be_focused()
    expect(desk.locator('input[name="reason"][value="not_eligible"]')).to_be_checked()
    assert status_of(site, codes[0]) == Status.RECEIVED
    desk.locator("#f-text").fill(WORDS)
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#pane .told")).to_contain_text("Đã từ chối")
    assert status_of(site, codes[0]) == Status.REFUSED


def test_a_scan_beside_an_open_dossier_presses_nothing_and_is_looked_for(desk, site, codes):
    """Its last letter N would take the dossier that is open; the end of another's code opens that one."""
    desk.goto(f"/desk/dossiers/{codes[0]}")
    scans(desk, codes[1])
    desk.wait_for_url(f"**/desk/dossiers/{codes[1]}")
    scans(desk, "RR473124829VN")
    expect(desk.get_by_text("Không tìm thấy hồ sơ nào")).to_be_visible()
    assert holders_of(site, codes[:2]) == [None, None]


def test_after_one_is_done_the_next_is_one_key_away(desk, site):
    desk.goto("/desk/?show=free")
    rows = desk.locator("#inbox a[data-row]")
    first, second = (rows.nth(at).get_attribute("data-code") for at in (0, 1))
    desk.keyboard.press("ArrowDown")
    is_open(desk, first)
    desk.keyboard.press("t")
    expect(desk.locator("#pane .told")).to_contain_text("Đã tiếp nhận")
    expect(desk.locator(f'#inbox a[data-code="{first}"]')).to_have_count(0)
    desk.keyboard.press("ArrowDown")
    is_open(desk, second)


def test_a_list_drawn_anew_keeps_place_focus_and_what_is_typed(desk, codes):
    desk.goto(f"/desk/dossiers/{codes[-1]}?form=refuse")
    desk.locator("#f-text").fill("đang gõ dở")
    row = desk.locator("#inbox a[data-row]").nth(7)
    row.focus()
    named = row.get_attribute("id")
    place = desk.evaluate("() => (document.getElementById('inbox').scrollTop = 150)")
    with desk.expect_response(lambda answer: "live=1" in answer.url):
        desk.evaluate("() => htmx.trigger(document.body, 'moved')")
    expect(desk.locator(f"#{named}".replace(".", "\\."))).to_be_focused()
    assert desk.evaluate("() => document.getElementById('inbox').scrollTop") == place
    expect(desk.locator("#f-text")).to_have_value("đang gõ dở")
    assert desk.url.endswith("?form=refuse")

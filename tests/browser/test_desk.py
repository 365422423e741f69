"""The desk in a real browser: a morning by keyboard, a new counter, a kiosk's code, axe on every page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from browser.centre import Desk, Hands, enters, is_at, open_desk
from browser.desk_pages import FORMS, desk_pages
from browser.hands import DESK, is_clean
from dayway import a_rule, publish
from desk.defaults import FIRST
from deskway import signed_in
from homeway import a_home
from intake import apologising, excepting, paying, refusing, returning, staffing
from intake.people import begin_sign_in
from intake.records import Person, Unit
from intake.rules.exceptions import PaperException, PaperReason
from intake.rules.lifecycle import Status
from intake.rules.rights import Role
from intake.supplementing import SupplementItem
from kioskway import Way
from lifeway import Life, a_refusal, an_actor, an_apology
from web.staff import COOKIE

LANS_NUMBER = "038156001234"
ITEM = "RR473124829VN"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_desk(tmp_path_factory.mktemp("desk")) as opened:
        yield opened


def test_an_officers_morning_by_keyboard_alone(desk, screen):
    Way(desk.app).submits()
    lans = desk.newest()
    binhs, cuongs = desk.files("Phạm Văn Bình"), desk.files("Đỗ Mạnh Cường")
    desk.takes_number("B")
    page = screen(desk, DESK)
    hands = enters(page, desk, "hoa", "Quầy 2")

    hands.walk_to(lans)
    hands.press("t")
    hands.told("Đã tiếp nhận hồ sơ")
    assert hands.strokes <= 3
    assert desk.status(lans) == Status.IN_PROGRESS

    hands.walk_to(binhs)
    form = hands.open_form("b")
    hands.press("Space")
    assert hands.strokes <= 3, "what is lacking is chosen"
    expect(form.get_by_role("checkbox").first).to_be_checked()
    hands.press("Tab")
    hands.type("Tờ khai chưa ký")
    hands.press("Control+Enter")
    hands.told("Đã yêu cầu bổ sung")
    assert desk.status(binhs) == Status.AWAITING_SUPPLEMENT

    hands.walk_to(cuongs)
    hands.open_form("x")
    hands.press("1")
    assert hands.strokes <= 3, "a reason is chosen"
    expect(page.get_by_label("Nói rõ với người nộp")).to_be_focused()
    hands.type("Việc này thuộc thẩm quyền của Ủy ban nhân dân xã nơi đã đăng ký.")
    hands.press("Control+Enter")
    hands.told("Đã từ chối tiếp nhận")
    assert desk.status(cuongs) == Status.REFUSED

    hands.walk_to(lans)
    form = hands.open_form("v")
    hands.press(form.get_by_text("Tư pháp - Hộ tịch").locator("..").locator("kbd").inner_text())
    expect(page.get_by_label("Ghi chú")).to_be_focused()
    hands.press("Enter")
    hands.told("Đã chuyển, chờ bên nhận xác nhận")

    decides_and_hands_back(enters(screen(desk, DESK), desk, "dung"), lans)

    finds(hands, lans)
    hands.press("v")
    hands.told("Đã xác nhận nhận bàn giao")
    hands.open_form("r")
    hands.type(lans)
    hands.press("Enter")
    hands.type(LANS_NUMBER)
    hands.press("Enter")
    hands.told("Đã trả kết quả")
    assert desk.status(lans) == Status.RETURNED

    hands.go_to(page.get_by_role("link", name="Hàng chờ"))
    hands.press("Enter")
    is_at(page, "Hàng chờ")
    calls_serves_and_finishes(hands)
    assert desk.numbers() == ["done"]


def decides_and_hands_back(hands: Hands, code: str) -> None:
    """The deciding officer confirms, has the result, and gives both back to the front desk."""
    hands.walk_to(code)
    hands.press("v")
    hands.told("Đã xác nhận nhận bàn giao")
    hands.open_form("k")
    hands.type("215/TLHT")
    hands.press("Control+Enter")
    hands.told("Đã có kết quả")
    hands.open_form("v")
    hands.press("1")
    expect(hands.page.get_by_label("Ghi chú")).to_be_focused()
    hands.press("Control+Enter")
    hands.told("Đã chuyển, chờ bên nhận xác nhận")


def finds(hands: Hands, code: str) -> None:
    """The dossier of whoever stands at the counter with a receipt."""
    hands.press("/")
    expect(hands.page.get_by_role("searchbox")).to_be_focused()
    hands.type(code)
    hands.press("Enter")
    expect(hands.page.locator("#pane article")).to_have_attribute("data-code", code)
    expect(hands.page.locator("#inbox .note")).to_be_hidden()
    hands.page.wait_for_load_state()


def calls_serves_and_finishes(hands: Hands) -> None:
    page, now = hands.page, hands.page.locator("#now")
    hands.press("g")
    expect(now).to_contain_text("đang gọi")
    assert re.fullmatch(r"B \d{3}", now.locator(".ticket").inner_text())
    hands.press("Enter")
    expect(now).to_contain_text("đang phục vụ")
    hands.press("x")
    expect(now).to_contain_text("đang trống")
    expect(page.get_by_role("button", name="Gọi số tiếp")).to_be_visible()


def test_a_key_reaches_the_dossier_the_list_went_to_however_fast_it_comes(desk, screen):
    slow, fast = desk.files("Lê Thị Mơ"), desk.files("Lê Thị Mận")
    page = screen(desk, DESK)
    hands = enters(page, desk, "yen", "Quầy 4")
    hands.walk_to(slow)
    hands.press("ArrowDown", "t")
    hands.told("Đã tiếp nhận hồ sơ")
    assert (desk.status(slow), desk.status(fast)) == (Status.RECEIVED, Status.IN_PROGRESS)


def test_arrows_leave_an_open_form_where_it_is(desk, screen):
    code = desk.files("Lê Thị Lựu")
    hands = enters(screen(desk, DESK), desk, "yen", "Quầy 4")
    hands.walk_to(code)
    form = hands.open_form("x")
    hands.press("ArrowDown", "ArrowDown")
    expect(form.get_by_role("radio").nth(2)).to_be_checked()
    hands.press("Tab")
    hands.type("Chưa đủ")
    hands.press("Escape", "ArrowUp", "m")
    expect(form.get_by_label("Nói rõ với người nộp")).to_have_value("Chưa đủ")
    hands.press("Escape")
    expect(form).to_be_hidden()
    expect(hands.page.locator("#pane article")).to_have_attribute("data-code", code)


def sits(page: Page, desk: Desk, role: Role, counter: str) -> None:
    """Somebody who came in before."""
    secret = signed_in(desk.app, role, point=counter).client.get_cookie(COOKIE)
    assert secret is not None
    page.context.add_cookies([{"name": COOKIE, "value": secret.value, "url": desk.base}])


def test_a_manager_opens_a_new_counter_and_an_officer_calls_there(desk, screen):
    desk.takes_number("C")
    page = screen(desk, DESK)
    enters(page, desk, "thu")
    page.get_by_role("link", name="Văn phòng").click()
    page.get_by_role("navigation", name="Các phần của văn phòng").get_by_role("link", name="Quầy").click()
    page.get_by_role("link", name="Mở quầy mới").click()
    page.get_by_label("Mã", exact=True).fill("Q5")
    page.get_by_label("Tên").fill("Quầy 5")
    page.get_by_label("Máy in").select_option(label="Máy in sảnh A")
    page.get_by_label("Nhà đất, xây dựng, kinh doanh").check()
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_text("Đã lưu.")).to_be_visible()
    opened = page.get_by_role("row", name="Quầy 5")
    expect(opened).to_contain_text("Máy in sảnh A")

    officers = screen(desk, DESK)
    enters(officers, desk, "yen", "Quầy 5")
    officers.get_by_role("link", name="Hàng chờ").click()
    officers.get_by_role("button", name="Gọi số tiếp").click()
    expect(officers.locator("#now .ticket")).to_have_text(re.compile(r"C \d{3}"))
    expect(officers.get_by_text("Quầy 5 · đang gọi")).to_be_visible()

    page.reload()
    expect(opened).to_contain_text("Đỗ Hải Yến")


def test_a_manager_sees_the_receipt_as_it_will_be_printed(desk, screen):
    page = screen(desk, DESK)
    sits(page, desk, Role.MANAGER, "Q4")
    page.goto("/desk/office/receipt")
    preview = page.get_by_role("img", name="Biên nhận mẫu")
    is_drawn(preview, 576)
    before = preview.get_attribute("src")
    page.get_by_label("Dòng ghi chú của văn phòng").fill("Gửi xe miễn phí ở cổng sau.")
    expect(preview).not_to_have_attribute("src", before)
    is_drawn(preview, 576)
    page.get_by_label("58 mm").check()
    expect(preview).to_have_class("w384")
    is_drawn(preview, 384)


def is_drawn(picture: Locator, dots: int) -> None:
    """The picture has come, and is as wide as the paper."""
    picture.evaluate("one => one.decode()")
    assert picture.evaluate("one => one.naturalWidth") == dots


def test_a_kiosk_is_registered_by_a_code_and_revoked_at_once(desk, screen):
    page, kiosk = screen(desk, DESK), screen(desk)
    sits(page, desk, Role.MANAGER, "Q4")
    page.goto("/desk/office/kiosks")
    page.get_by_role("button", name="Chỉ cho máy đã đăng ký").click()
    expect(page.get_by_text("Máy lạ hiện ô gõ mã đăng ký")).to_be_visible()
    page.get_by_role("link", name="Máy tự phục vụ 2").click()
    page.get_by_role("button", name="Tạo mã đăng ký").click()
    is_at(page, "Mã đăng ký Máy tự phục vụ 2")
    is_clean(page)
    code = page.locator(".big-code").inner_text()

    kiosk.goto("/kiosk/")
    is_at(kiosk, "Máy này chưa được đăng ký")
    is_clean(kiosk)
    for key in code.replace(" ", ""):
        kiosk.get_by_role("button", name=key, exact=True).tap()
    kiosk.get_by_role("button", name="Đăng ký máy này").tap()
    kiosk.get_by_role("button", name="Chạm để bắt đầu").tap()
    is_at(kiosk, "Làm thủ tục gì hôm nay?")

    page.get_by_role("link", name="Xong").click()
    page.get_by_role("button", name="Thu hồi ngay").click()
    expect(page.get_by_text("Đã thu hồi.")).to_be_visible()
    kiosk.get_by_role("button", name="Cấp bản sao giấy khai sinh").first.tap()
    is_at(kiosk, "Máy này chưa được đăng ký")

    page.get_by_text("Mở cho mọi trình duyệt (chỉ khi trình diễn)").click()
    page.get_by_role("button", name="Mở cho mọi trình duyệt").click()
    expect(page.get_by_text("Mọi trình duyệt đều vào được")).to_have_count(2)


def test_without_javascript_a_dossier_is_accepted_and_a_number_called(desk, screen):
    code = desk.files("Nguyễn Văn Khế")
    desk.takes_number("A")
    page = screen(desk, DESK, java_script_enabled=False)
    enters(page, desk, "hoa", "Quầy 1")
    page.locator(f"[data-row][data-code='{code}']").click()
    page.get_by_role("button", name="Tiếp nhận").click()
    expect(page.get_by_text("Đã tiếp nhận hồ sơ.")).to_be_visible()
    page.get_by_role("link", name="Từ chối").or_(page.get_by_role("link", name="Yêu cầu bổ sung")).click()
    expect(page.get_by_role("group", name="Giấy tờ cần bổ sung")).to_be_visible()
    assert desk.status(code) == Status.IN_PROGRESS
    page.get_by_role("link", name="Hàng chờ").click()
    page.get_by_role("button", name="Gọi số tiếp").click()
    expect(page.locator("#now .ticket")).to_have_text(re.compile(r"A \d{3}"))


MORE = (
    "/desk/new?procedure=2.000635",
    "/desk/queue?form=priority&ticket=1",
)


def test_axe_finds_nothing_on_any_page_of_the_desk(desk, screen):
    code, secret = desk.files("Trần Thị Táo"), desk.takes_number("A")
    with desk.at_work() as (session, office):
        publish(session, office, a_rule(weekdays=frozenset({4})), now=desk.clock())  # not today
    with desk.at_work() as (session, _):
        home = a_home(desk, session)
        home.lists(home.pack())
    page = screen(desk, DESK)
    sits(page, desk, Role.MANAGER, "Q4")
    for address in (*desk_pages(desk.app, code).values(), *MORE, f"/t/{secret}"):
        page.goto(address)
        is_clean(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{address} is too wide"


def test_axe_finds_nothing_at_the_door(desk, screen):
    link, half = an_invitation(desk), a_half_sign_in(desk)
    page = screen(desk, DESK)
    for address in ("/desk/sign-in", f"/desk/enter/{link}", "/desk/enter/khong-co"):
        page.goto(address)
        is_clean(page)
    page.goto("/desk/sign-in")
    page.get_by_label("Tên đăng nhập").fill("hoa")
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("alert")).to_be_visible()
    is_clean(page)
    page.context.add_cookies([{"name": COOKIE, "value": half, "url": desk.base}])
    page.goto("/desk/second-factor")
    is_at(page, "Mã xác thực")
    is_clean(page)


def test_every_form_opens_by_its_key_at_a_field_and_axe_finds_nothing_in_it(desk, screen):
    codes, seen = in_every_state(desk), set[str]()
    page = screen(desk, DESK)
    sits(page, desk, Role.MANAGER, "Q4")
    for code in codes:
        page.goto(f"/desk/dossiers/{code}")
        is_clean(page, part="#pane")
        hands = Hands(page)
        for act, key in page.locator("#pane a[href*='form=']").evaluate_all(FORMS):
            if act not in seen:
                seen.add(act)
                hands.press(key)
                expect(page.locator("form[data-act] :focus")).to_have_count(1)
                is_clean(page, part="#pane")
                page.evaluate("document.activeElement.blur()")
                hands.press("Escape")
                expect(page.locator("form[data-act]")).to_have_count(0)
    assert seen == {act.value for act in FIRST}


def an_invitation(desk: Desk) -> str:
    """The secret of a link for somebody who has not chosen a password yet."""
    thu = an_actor(desk.app, Role.MANAGER)
    with desk.at_work() as (session, office):
        son = session.scalars(select(Person.id).filter_by(username="son")).one()
        return staffing.invite(session, son, staffing.Governor(thu, office.id), now=desk.clock())


def a_half_sign_in(desk: Desk) -> str:
    """The secret of somebody who has typed the password and still owes the code."""
    with desk.at_work() as (session, _):
        tuan = session.scalars(select(Person).filter_by(username="tuan")).one()
        tuan.totp_sealed = b"kept"
        return begin_sign_in(session, tuan, office_id=None, now=desk.clock())[1]


def in_every_state(desk: Desk) -> list[str]:
    """Codes of dossiers that between them offer every act with a form."""
    names = ("Vũ Thị Mới", "Vũ Thị Chờ", "Vũ Thị Hẹn", "Vũ Thị Trả", "Vũ Thị Chuyển", "Vũ Thị Thôi")
    received, waiting, promised, ready, coming, refused = map(desk.files, names)
    agency, excepted = (desk.files(name, kind="agency") for name in ("Trường Tiểu học Một", "Trường Hai"))
    to_send, sent = (desk.files(name, how="post") for name in ("Vũ Thị Gửi", "Vũ Thị Đường"))
    hoa, dung, thu = (an_actor(desk.app, role) for role in (Role.RECEPTION, Role.DECIDING, Role.MANAGER))
    with desk.at_work() as (session, office):
        keys = desk.app.extensions["motcham"].keys

        def life(code: str) -> Life:
            return Life(session, office, keys, desk.clock, code, hoa=hoa, dung=dung, thu=thu)

        life(waiting).ask(items=(SupplementItem("authorisation", "Chưa có", originals=1),))
        life(promised).check()
        life(promised).do(apologising.propose, an_apology())
        life(coming).check()
        life(coming).pass_on(session.scalars(select(Unit)).first())
        for code in (ready, to_send, sent):
            life(code).check()
            life(code).do(returning.result_ready, by=thu)
        life(sent).do(returning.send_by_post, ITEM)
        life(refused).do(paying.fee_paid, 16_000, "0001234", reason="Hai bản")
        life(refused).do(refusing.refuse, a_refusal())
        on_paper = PaperException(PaperReason.STATE_AGENCY, "Theo công văn số 12/UBND")
        life(excepted).do(excepting.record_exception, on_paper, ["authorisation"])
    return [received, waiting, promised, ready, to_send, sent, coming, refused, agency, excepted]

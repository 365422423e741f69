"""What the holder of a receipt reads of the post's part: in order, in plain words, and nobody's name."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from homeway import a_home
from intake.db import db
from intake.post import delivering
from intake.post.journey import item_of, journey_of, way_home
from intake.post.sending import unpack
from intake.post.steps import append_step, stand
from intake.rules.codes import spoken_item
from intake.rules.post import Step
from intake.rules.receipt_code import ReceiptCode, encode
from moneyway import an_item
from visitor import Visitor
from web.limits import limiter

PERSONAL = re.compile(r"Ngọc Lan|038156|0912|Tổ 3|Minh|Số 12")


@pytest.fixture
def home(house, session):
    return a_home(house, session)


@pytest.fixture
def public(sqlite_house):
    """The same, with a page that nobody has opened too often yet."""
    sqlite_house.restore()
    with sqlite_house.app.app_context():
        limiter.reset()
        yield a_home(sqlite_house, db.session())
        db.session.remove()


def legs(home, of) -> list[str]:
    home.session.expire_all()
    return [leg.words for leg in journey_of(home.session, of)]


def payload_of(home, item) -> str:
    keys, office = home.keys, home.point.office.code
    code = ReceiptCode(office, item.item_number, home.now, keys.receipt_key_id)
    return encode(code, keys.sign)


def page_of(home, payload: str, status: int = 200):
    home.session.rollback()
    return Visitor(home.house.app).get(f"/r/{payload}", status=status)


def test_a_journey_there_and_back_in_its_order(home, clock):
    dossier = home.ready()
    item = an_item(
        home.session,
        home.point,
        dossier.procedure_version_id,
        now=clock.now - timedelta(days=2),
        wants_home=True,
    )
    for hours, step in ((48, Step.ACCEPTED), (30, Step.IN_TRANSIT), (25, Step.HANDED_OVER)):
        append_step(home.session, item, step, source="clerk", now=clock.now - timedelta(hours=hours))
    item.dossier_id = dossier.id
    home.session.commit()
    clock.now += timedelta(hours=1)
    back = home.out(home.pack(dossier))
    home.do(delivering.fail, back, "not_home")
    told = [
        "Bưu điện đã nhận hồ sơ",
        "Hồ sơ đang được chuyển đi",
        "Nơi giải quyết đã nhận phong bì, đang kiểm tra",
        "Đã tiếp nhận hồ sơ; thời hạn giải quyết tính từ lúc này",
        "Đã có kết quả",
        "Kết quả đã đóng gói, chờ bưu điện đến lấy",
        "Bưu điện đã lấy kết quả",
        "Bưu tá đang mang kết quả đến địa chỉ đã đăng ký",
        "Chưa giao được: không có người nhận",
    ]
    assert legs(home, dossier) == told
    assert legs(home, item) == told and legs(home, back) == told


def test_without_the_post_there_is_no_journey(home):
    assert legs(home, home.ready()) == []


def test_what_was_told_twice_or_late_is_told_once(home, clock):
    item = home.pack()
    for number, (minutes, step) in enumerate(
        ((50, Step.DELIVERED), (20, Step.OUT), (20, Step.OUT), (60, Step.FAILED), (10, Step.PICKED_UP))
    ):
        at = clock.now + timedelta(minutes=minutes)
        message = f"m{number}"
        append_step(home.session, item, step, source="operator:1", now=home.now, at=at, message_id=message)
    stand(home.session, item)
    home.session.commit()
    assert legs(home, item)[2:] == [
        "Kết quả đã đóng gói, chờ bưu điện đến lấy",
        "Bưu điện đã lấy kết quả",
        "Bưu tá đang mang kết quả đến địa chỉ đã đăng ký",
        "Kết quả đã được giao, có xác nhận của người nhận",
    ]


def test_what_was_unpacked_again_never_travelled(home):
    item = home.pack()
    home.do(unpack, item, reason="Sai địa chỉ", by=home.hoa)
    assert legs(home, item)[2:] == []
    assert way_home(home.session, item.dossier, keys=home.keys) is None


def test_the_code_stands_on_the_receipts_page_only_while_it_is_out(public):
    item = public.pack()
    payload = item.dossier.receipt.payload
    code = delivering.delivery_code(public.keys, item)
    spoken = f"{code[:3]} {code[3:]}"
    page = page_of(public, payload)
    assert "đã đóng gói, chờ bưu điện" in page.text and spoken not in page.text
    public.do(delivering.picked_up, item)
    assert "sắp mang kết quả đến địa chỉ" in page_of(public, payload).text
    public.do(delivering.go_out, item)
    page = page_of(public, payload)
    assert spoken in page.text and "Mã nhận kết quả" in page.text
    assert "RR 4731 2482 9 VN · Bưu điện Hạc Thành" in page.text
    assert not PERSONAL.search(page.html)
    public.do(delivering.fail, item, "not_home")
    page = page_of(public, payload)
    assert spoken not in page.text and "Bưu điện sẽ giao lại" in page.text
    public.deliver(item)
    page = page_of(public, payload)
    assert "Đã trả kết quả" in page.text and "có xác nhận của người nhận" in page.text


def test_the_posts_own_receipt_tells_of_the_item_then_of_the_dossier(public):
    dossier = public.ready()
    item = an_item(public.session, public.point, dossier.procedure_version_id)
    append_step(public.session, item, Step.ACCEPTED, source="clerk", now=public.now)
    payload, number = payload_of(public, item), item.item_number
    public.session.commit()
    page = page_of(public, payload)
    assert (
        f"Hồ sơ gửi qua bưu điện {spoken_item(number)}" in page.text
        and "Bưu điện đang giữ hồ sơ" in page.text
    )
    assert "không tính từ lúc gửi" in page.text and not PERSONAL.search(page.html)
    item.dossier_id = dossier.id
    public.session.commit()
    page = page_of(public, payload)
    assert page.status == 200 and "Đã có kết quả" in page.text
    assert f"Số {dossier.number}/TNHS, cấp cho bưu gửi {spoken_item(number)}" in page.text


@pytest.mark.parametrize("name", ["RR473100000VN", "item-7", "item-x", "item-99999999999"])
def test_a_receipt_of_no_item_here(public, name):
    code = ReceiptCode(public.point.office.code, name, public.now, public.keys.receipt_key_id)
    assert item_of(public.session, code) is None
    page_of(public, encode(code, public.keys.sign), status=404)


def test_a_number_no_receipt_can_carry_is_found_by_its_row(home):
    item = an_item(home.session, home.point, home.ready().procedure_version_id, item_number="HC#17")
    home.session.commit()
    code = ReceiptCode(home.point.office.code, f"item-{item.id}", home.now, home.keys.receipt_key_id)
    assert item_of(home.session, code) is item

"""What the holder of a receipt reads on a phone, in every status: what to do next, and nobody's name."""

from __future__ import annotations

import re

import pytest

from build import an_application, vietnam
from conftest import House
from intake.accepting import accept
from intake.drafts import Collection
from intake.events import citizen
from intake.returning import delivery_failed, send_by_post, send_electronically
from intake.rules.lifecycle import Status
from intake.supplementing import SupplementItem, receive_supplement
from lifeway import Life
from visitor import Visitor

TOLD = {
    Status.RECEIVED: ("Đã tiếp nhận", "chờ cán bộ kiểm tra"),
    Status.IN_PROGRESS: ("Đang giải quyết", "Thứ Năm, 26/11/2026"),
    Status.AWAITING_SUPPLEMENT: ("Cần bổ sung giấy tờ", "Hạn bổ sung: 17:00 · Thứ Sáu, 27/11/2026"),
    Status.RESULT_READY: ("Đã có kết quả", "Mời đến nhận tại Quầy số 2, tầng 1"),
    Status.RETURNED: ("Đã trả kết quả", "Kết quả đã được trao"),
    Status.REFUSED: ("Không tiếp nhận", "phiếu từ chối"),
    Status.STOPPED: ("Đã dừng giải quyết", "nhận lại giấy tờ"),
}


def page_of(house: House, life: Life):
    payload = life.dossier.receipt.payload
    life.session.rollback()
    return Visitor(house.app).get(f"/r/{payload}")


def of_another_way(life: Life, kiosk, version: int, collection: Collection) -> None:
    dossier = accept(
        life.session,
        an_application(version, collection=collection),
        kiosk,
        keys=life.keys,
        base_url="http://x",
        by=citizen("K1"),
        now=life.now(),
    )
    life.session.commit()
    life.code = dossier.dossier_code
    life.lead_to(Status.RESULT_READY)


@pytest.mark.parametrize("status", list(Status))
def test_every_status_says_what_to_do_and_nothing_personal(house, life, status):
    life.set_rule("promised_share", 100)
    life.lead_to(status)
    if status is Status.IN_PROGRESS:
        life.dossier.expected_at = life.dossier.deadline_at
        life.session.commit()
    page = page_of(house, life)
    for words in TOLD[status]:
        assert words in page.text
    assert not re.search(r"Ngọc Lan|038156|0912|Lê Văn Bình", page.html)


def test_what_is_awaited_is_named_until_it_has_come(house, life):
    life.ask(items=(SupplementItem("form", "Tờ khai chưa ký"), SupplementItem("who", "Khác thẻ căn cước")))
    page = page_of(house, life)
    assert "Tờ khai" in page.text and "Họ, chữ đệm và tên" in page.text
    assert "Khác thẻ căn cước" not in page.text and "Báo lại khi đã bổ sung đủ" in page.text
    life.do(receive_supplement, ("form",))
    page = page_of(house, life)
    assert "Tờ khai" not in page.text and "Họ, chữ đệm và tên" in page.text


def test_after_a_supplement_the_new_time_stands_there(house, life, clock):
    life.ask()
    clock.now = vietnam(25)
    life.do(receive_supplement, ("form",))
    life.dossier.expected_at = life.dossier.deadline_at
    life.session.commit()
    assert "Thứ Hai, 30/11/2026" in page_of(house, life).text


def test_by_post_it_says_where_the_result_is(house, life, kiosk, offered):
    of_another_way(life, kiosk, offered, Collection("post", address="Tổ 3"))
    assert "sắp được giao cho bưu điện" in page_of(house, life).text
    life.do(send_by_post, "RR473124829VN")
    assert "Bưu điện đang mang kết quả" in page_of(house, life).text
    life.do(delivery_failed, reason="Không có người nhận")
    page = page_of(house, life)
    assert "Chưa giao được kết quả" in page.text and "0237 385 0000" in page.text


def test_electronically_it_says_where_to_look(house, life, kiosk, offered):
    of_another_way(life, kiosk, offered, Collection("electronic", email="lan@vidu.vn"))
    assert "sắp được gửi đến thư điện tử" in page_of(house, life).text
    life.do(send_electronically)
    page = page_of(house, life)
    assert "Hãy mở hộp thư" in page.text and "lan@" not in page.html

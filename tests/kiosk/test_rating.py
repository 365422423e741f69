"""«Có hài lòng không?» at the kiosk: the receipt under the scanner, one touch, and nothing stays."""

from __future__ import annotations

import pytest

from intake.db import db
from intake.records import Dossier, Rating, Receipt


@pytest.fixture
def payload(plain_lan, house) -> str:
    plain_lan.submits()
    plain_lan.post("/kiosk/end", {"reason": "done"})
    with house.app.app_context():
        return db.session.query(Receipt).one().payload


def finish(house) -> None:
    with house.app.app_context():
        db.session.query(Dossier).one().status = "returned"
        db.session.commit()


def test_a_receipt_brings_up_three_answers_and_one_touch_is_all(khach, house, payload):
    finish(house)
    khach.get("/kiosk/?point=K1")
    page = khach.post("/kiosk/rate", {"scan": f"http://x/R/{payload}"})
    assert page.h1.text == "Việc vừa rồi có hài lòng không?" and "Lan" not in page.text
    page = khach.post("/kiosk/rate", {"code": page.values()["code"], "score": "3"})
    assert page.h1.text == "Cảm ơn đã cho ý kiến"
    assert khach.post("/kiosk/rate", {"scan": payload}).h1.text == "Cảm ơn đã cho ý kiến"
    with house.app.app_context():
        assert [one.score for one in db.session.query(Rating)] == [3]


def test_what_is_no_receipt_and_what_is_not_done_get_a_sentence(khach, payload):
    khach.get("/kiosk/?point=K1")
    page = khach.post("/kiosk/rate", {"scan": payload}, status=422)
    assert "Hồ sơ còn đang giải quyết" in page.text
    page = khach.post("/kiosk/rate", {"scan": "038156001234|rác"}, status=422)
    assert page.h1.text == "Đưa biên nhận vào đầu đọc" and page.tree.all("p", class_="fault")

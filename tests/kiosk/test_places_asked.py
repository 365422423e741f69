"""Places as people name them: of today, and of the map before."""

from __future__ import annotations

import json

import pytest

from intake.cataloguing import import_old_units
from intake.db import db
from intake.memory import forget_all

OLD_WARD = {"old_code": "14737", "old_name": "Điện Biên", "old_kind": "phường", "new_code": "14797"}


@pytest.fixture
def mapped(house):
    with house.app.app_context():
        import_old_units(db.session(), [OLD_WARD | {"old_parent_name": "Thành phố Thanh Hóa"}])
        db.session.commit()
        forget_all()
    yield
    forget_all()


def test_an_old_ward_leads_to_the_new_one_and_is_never_taken_silently(plain_lan, mapped):
    way = plain_lan
    way.is_asked_where_she_stays()
    typed = {"home_street": "Số 3", "home_commune.words": "phường Điện Biên"}
    page = way.post("/kiosk/questions/home", typed, status=422)
    assert "Phường Điện Biên, Thành phố Thanh Hóa nay thuộc Phường Hạc Thành" in page.text
    page = way.post("/kiosk/questions/home", typed | {"home_commune": "14797"})
    assert page.h1 != "Chỗ tạm trú ở đâu?"


def test_the_end_of_an_address_is_offered_in_full(plain_lan, mapped):
    way = plain_lan
    way.starts()
    told = json.loads(way.client.get("/kiosk/places?words=ph%C6%B0%E1%BB%9Dng+dien+bien").text)["places"]
    assert told[0] == {
        "name": "Phường Hạc Thành, Tỉnh Thanh Hóa",
        "was": "Phường Điện Biên nay thuộc đây",
    }
    assert json.loads(way.client.get("/kiosk/places").text) == {"places": []}

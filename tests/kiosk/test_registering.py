"""A machine becomes a kiosk by a code, and is none any more the moment it is revoked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from intake import registering
from intake.db import db
from intake.events import Actor
from intake.records import AcceptancePoint, FailedSearch, Office, Visit
from kioskway import Way

THU = Actor("Nguyễn Thị Thu", "desk")


@pytest.fixture
def closed(house):
    """The office, where only registered machines are kiosks."""
    with house.app.app_context():
        db.session.query(Office).update({"kiosks_open": False})
        db.session.commit()
    return house


def a_code(house, code: str = "K1") -> str:
    with house.app.app_context():
        point = db.session.query(AcceptancePoint).filter_by(code=code).one()
        made = registering.make_code(
            db.session(), point.office, point.id, keys=house.keys, by=THU, now=house.clock()
        )
        db.session.commit()
        return made


def revoke(house, code: str = "K1") -> None:
    with house.app.app_context():
        point = db.session.query(AcceptancePoint).filter_by(code=code).one()
        registering.revoke(db.session(), point.office, point.id, by=THU, now=house.clock())
        db.session.commit()


def changed(house, code: str = "K1", **values: object) -> None:
    with house.app.app_context():
        db.session.query(AcceptancePoint).filter_by(code=code).update(values)
        db.session.commit()


def of_point(house, name: str, code: str = "K1") -> object:
    with house.app.app_context():
        return getattr(db.session.query(AcceptancePoint).filter_by(code=code).one(), name)


def test_an_unknown_machine_is_asked_for_its_code(closed, lan):
    page = lan.get("/kiosk/?point=K1")
    assert page.h1.text == "Máy này chưa được đăng ký"
    assert "kiosk" not in (page.response.headers.get("Set-Cookie") or "")
    assert lan.post("/kiosk/start").h1.text == "Máy này chưa được đăng ký"


def test_a_right_code_makes_it_a_kiosk_for_good(closed, khach):
    code = a_code(closed)
    page = khach.post("/kiosk/register", {"code": f"{code[:4]} {code[4:].lower()}"})
    assert page.h1.text == "Chạm để bắt đầu"
    cookie = khach.client.get_cookie("kiosk", path="/kiosk")
    assert cookie.http_only and cookie.value != "K1" and len(cookie.value) == 32
    assert khach.post("/kiosk/start").h1.text == "Làm thủ tục gì hôm nay?"
    assert khach.get("/kiosk/register").h1.text == "Chạm để bắt đầu"


@pytest.mark.parametrize(("typed", "words"), [("ABCDEFGH", "không đúng"), ("", "chưa điền")])
def test_a_wrong_code_is_told_at_its_place_and_stays_there(closed, khach, typed, words):
    page = khach.post("/kiosk/register", {"code": typed}, status=422)
    assert words in page.faults[0] and page.values()["code"] == typed


def test_an_old_code_opens_nothing(closed, khach):
    code = a_code(closed)
    closed.clock.now += timedelta(minutes=16)
    khach.post("/kiosk/register", {"code": code}, status=422)


def test_the_same_code_opens_once(closed, khach):
    code = a_code(closed)
    khach.post("/kiosk/register", {"code": code})
    Way(closed.app).post("/kiosk/register", {"code": code}, status=422)


def test_keys_write_the_code_without_a_script(closed, khach):
    page = khach.post("/kiosk/register", {"code": "AB", "key": "C"})
    assert page.values()["code"] == "ABC"
    assert khach.post("/kiosk/register", {"code": "ABC", "key": "back"}).values()["code"] == "AB"
    assert khach.post("/kiosk/register", {"code": "ABCDEFGH", "key": "J"}).values()["code"] == "ABCDEFGH"
    assert khach.post("/kiosk/register", {"code": "A", "key": "0"}).values()["code"] == "A"


def test_codes_are_not_tried_for_ever_but_keys_are_touched(closed, khach):
    for _ in range(30):
        khach.post("/kiosk/register", {"code": "", "key": "A"})
    for _ in range(10):
        khach.post("/kiosk/register", {"code": "ABCDEFGH"}, status=422)
    khach.post("/kiosk/register", {"code": "ABCDEFGH"}, status=429)


def test_a_revoked_kiosk_is_none_at_its_next_request_and_forgets_its_visit(closed, khach):
    khach.post("/kiosk/register", {"code": a_code(closed)})
    khach.post("/kiosk/start")
    revoke(closed)
    page = khach.get("/kiosk/procedures")
    assert page.h1.text == "Máy này chưa được đăng ký"
    with closed.app.app_context():
        visit = db.session.query(Visit).one()
        assert (visit.end_reason, visit.draft_sealed) == ("revoked", None)


def test_a_machine_put_in_its_place_is_a_kiosk_instead(closed, khach):
    khach.post("/kiosk/register", {"code": a_code(closed)})
    other = Way(closed.app)
    assert other.post("/kiosk/register", {"code": a_code(closed)}).h1.text == "Chạm để bắt đầu"
    assert khach.get("/kiosk/").h1.text == "Máy này chưa được đăng ký"


def test_a_visit_begun_while_open_does_not_go_on_once_closed(house, khach):
    khach.starts()
    with house.app.app_context():
        db.session.query(Office).update({"kiosks_open": False})
        db.session.commit()
    assert khach.get("/kiosk/procedures").h1.text == "Máy này chưa được đăng ký"


def test_a_registered_machine_stays_itself_where_any_browser_is_a_kiosk(house, khach):
    khach.post("/kiosk/register", {"code": a_code(house, "K2")})
    khach.get("/kiosk/?point=K1")
    assert len(khach.client.get_cookie("kiosk", path="/kiosk").value) == 32
    khach.post("/kiosk/start")
    with house.app.app_context():
        assert db.session.query(Visit).one().point.code == "K2"


@pytest.mark.parametrize("taken", ["Q1", "K1"])
def test_no_browser_becomes_a_counter_or_the_kiosk_of_another_machine(house, lan, khach, taken):
    khach.post("/kiosk/register", {"code": a_code(house)})
    with house.app.app_context():
        office_id = db.session.query(Office.id).scalar()
        known = db.session.query(AcceptancePoint).filter_by(code="Q1").count()
        if not known:
            db.session.add(AcceptancePoint(office_id=office_id, code="Q1", name="Quầy 1", kind="counter"))
            db.session.commit()
    lan.get(f"/kiosk/?point={taken}")
    lan.post("/kiosk/start")
    with house.app.app_context():
        assert [one.point.code for one in db.session.query(Visit)] == ["K2"]


def test_a_kiosk_out_of_use_is_none(closed, khach):
    khach.post("/kiosk/register", {"code": a_code(closed)})
    changed(closed, active=False)
    assert khach.get("/kiosk/").h1.text == "Máy này chưa được đăng ký"


def test_a_kiosk_begins_every_visit_with_its_own_letters_and_colours(house, khach):
    changed(house, size=2, profile="high_contrast")
    assert 'data-size="2" data-contrast="high"' in khach.get("/kiosk/?point=K1").html
    khach.post("/kiosk/start")
    page = khach.post("/kiosk/procedures", {"go": "size"})
    assert 'data-size="3" data-contrast="high"' in page.html
    khach.post("/kiosk/end", {"reason": "given_up"})
    assert 'data-size="2"' in khach.get("/kiosk/").html


def test_a_kiosk_is_seen_at_most_once_a_minute(house, khach):
    khach.get("/kiosk/?point=K1")
    first = of_point(house, "seen_at")
    assert first == house.clock()
    house.clock.now += timedelta(seconds=40)
    khach.get("/kiosk/")
    assert of_point(house, "seen_at") == first
    house.clock.now += timedelta(seconds=30)
    khach.get("/kiosk/")
    assert of_point(house, "seen_at") == house.clock()


# --- what nobody finds ---


def failed(house) -> list[tuple[str, int]]:
    with house.app.app_context():
        return sorted((row.words, row.times) for row in db.session.query(FailedSearch))


def test_words_that_find_nothing_are_counted_once_in_a_visit(house, lan):
    lan.starts()
    for words in ("zzkara", "zzkaraoke", "zzkaraoke", "zz9", "zz"):
        lan.get(f"/kiosk/procedures?q={words}")
    assert failed(house) == [("zzkaraoke", 1)]
    lan.starts()
    lan.get("/kiosk/procedures?q=zzkaraoke")
    assert failed(house) == [("zzkaraoke", 2)]


def test_words_that_find_something_are_not_remembered(house, lan):
    lan.starts()
    lan.get("/kiosk/procedures?q=khai sinh")
    assert failed(house) == []

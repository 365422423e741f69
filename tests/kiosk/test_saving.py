"""«Lưu lại, nộp sau»: put by under a code, brought back by code and digits, filed once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from deskway import a_person
from intake import saving
from intake.db import db
from intake.offices import point_of
from intake.records import Dossier, SavedDraft, Visit
from intake.rules.rights import Role


def code_on(page) -> str:
    found = re.search(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}\b", page.text)
    assert found
    return found[0]


def saves(lan) -> str:
    """From the first screen to the code on the screen."""
    lan.is_at_the_check()
    page = lan.post("/kiosk/check", {"go": "save"})
    assert page.h1.text == "Lưu lại, nộp sau" and "Giữ kín trong 3 ngày" in page.text
    return code_on(lan.post("/kiosk/save", page.values()))


def test_the_screen_shows_the_code_and_that_nothing_was_filed(lan):
    a_person(lan.app, Role.CLERK)
    lan.is_at_the_check()
    page = lan.post("/kiosk/check", {"go": "post"})
    assert page.h1.text == "Nộp qua bưu điện" and "Bưu điện Hạc Thành" in page.text
    page = lan.post("/kiosk/save", page.values())
    assert page.h1.text == "Đã lưu, chưa nộp"
    assert code_on(page) and "Lê Thị Ngọc Lan" not in page.text and "038156001234" not in page.html
    assert (lan.count(SavedDraft), lan.count(Dossier)) == (1, 0)


def test_after_saving_every_screen_is_the_code_and_the_visit_has_forgotten(plain_lan):
    code = saves(plain_lan)
    for address in ("/kiosk/check", "/kiosk/procedures", "/kiosk/save", "/kiosk/open"):
        page = plain_lan.get(address)
        assert page.h1.text == "Đã lưu, chưa nộp" and code in page.text
    assert "Cảm ơn" in plain_lan.post("/kiosk/end", {"reason": "done"}).text
    with plain_lan.app.app_context():
        assert db.session.query(Visit.draft_sealed).one() == (None,)


def test_a_second_tap_saves_nothing_more(plain_lan):
    code = saves(plain_lan)
    assert code in plain_lan.post("/kiosk/save").text
    assert plain_lan.count(SavedDraft) == 1


@pytest.mark.parametrize("way", ["scan", "code"])
def test_brought_back_it_goes_on_where_it_was_and_is_filed_once(way, lan, khach):
    code = saves(lan)
    khach.starts()
    told = {"code": code.lower()}
    if way == "scan":
        told = khach.post("/kiosk/open", {"scan": f"MC:{code.replace('-', '')}"}).values()
    page = khach.post("/kiosk/open", told | {"number": "1234"})
    assert page.h1.text == "Kiểm tra lần cuối" and "Lê Thị Ngọc Lan" in page.text
    page = khach.post("/kiosk/submit", {"attempt": page.values()["attempt"]})
    assert page.h1.text == "Đã nhận hồ sơ"
    khach.starts()
    page = khach.post("/kiosk/open", {"code": code, "number": "1234"}, status=422)
    assert "đã nộp rồi" in page.text
    assert khach.count(Dossier) == 1


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"code": "", "number": ""}, "Ô này chưa điền"),
        ({"code": "ZZZZ-2222", "number": "1234"}, "Không mở được"),
        ({"code": "khai sinh", "number": "1234"}, "Không mở được"),
        ({"number": "4321"}, "Không mở được"),
        ({"number": "234"}, "Không mở được"),
        ({"number": ""}, "Ô này chưa điền"),
    ],
)
def test_what_opens_nothing_says_so_and_shows_nothing(sent, words, plain_lan, khach):
    code = saves(plain_lan)
    khach.starts()
    page = khach.post("/kiosk/open", {"code": code} | sent, status=422)
    assert words in page.text and "Lan" not in page.text


def test_codes_cannot_be_tried_without_end(plain_lan):
    plain_lan.starts()
    for status in (422,) * 10 + (429,):
        plain_lan.post("/kiosk/open", {"code": "ZZZZ-2222", "number": "1"}, status=status)


def test_a_code_scanned_at_the_first_step_opens_the_screen_with_it(lan, khach):
    code = saves(lan)
    khach.starts()
    page = khach.post("/kiosk/procedures", {"scan": f"MC:{code.replace('-', '')}"})
    assert page.h1.text == "Mở hồ sơ đã lưu" and page.values()["code"] == code
    assert "Chưa đọc được mã" in khach.post("/kiosk/procedures", {"scan": "038156001234|1|2"}).text


def test_who_files_what_the_post_took_meanwhile_is_told_and_files_nothing(plain_lan, khach, clock):
    code = saves(plain_lan)
    khach.starts()
    page = khach.post("/kiosk/open", {"code": code, "number": "1234"})
    with plain_lan.app.app_context():
        point, keys = point_of(db.session(), "K1"), plain_lan.app.extensions["motcham"].keys
        saving.spend(db.session(), point.office, code, keys=keys, now=clock())
        db.session.commit()
    page = khach.post("/kiosk/submit", {"attempt": page.values()["attempt"]}, status=422)
    assert "nộp ở nơi khác" in page.text
    assert khach.count(Dossier) == 0


def test_nobody_saves_before_their_name_is_known(plain_lan):
    plain_lan.is_ready()
    assert plain_lan.get("/kiosk/save").h1.text == "Ai là người nộp hồ sơ?"
    assert plain_lan.post("/kiosk/save").h1.text == "Ai là người nộp hồ sơ?"
    assert plain_lan.count(SavedDraft) == 0


def test_from_the_papers_the_answers_given_so_far_are_kept(plain_lan, khach, clock):
    plain_lan.has_answered()
    page = plain_lan.post("/kiosk/documents", {"go": "save"})
    code = code_on(plain_lan.post("/kiosk/save", page.values()))
    clock.now += timedelta(hours=71)
    khach.starts()
    page = khach.post("/kiosk/open", {"code": code, "number": "1234"})
    assert page.h1.text.startswith("Đang có những giấy nào")

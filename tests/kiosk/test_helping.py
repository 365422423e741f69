"""«Gọi cán bộ»: an officer sees the step masked, points, asks, fills; the citizen agrees, sees, confirms."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from deskway import signed_in
from intake.db import db
from intake.records import Assistance, Dossier, Event, Visit
from kioskway import Way
from visitor import Page, Visitor

CALLED = {"go": "help"}


@pytest.fixture
def lan(plain_lan) -> Way:
    """Once is enough: what differs with htmx is seen in a browser."""
    return plain_lan


@pytest.fixture
def hoa(house) -> Visitor:
    return signed_in(house.app, point="Q2")


def visit_id(house) -> int:
    with house.app.app_context():
        return db.session.scalars(select(Visit.id).order_by(Visit.id.desc())).first() or 0


def told(house) -> list[str]:
    """The kinds of events of help, in order."""
    with house.app.app_context():
        kinds = db.session.scalars(select(Event.kind).order_by(Event.id)).all()
        return [kind for kind in kinds if kind.startswith(("help_", "vouched", "call_"))]


def calls(lan: Way, at: str) -> Page:
    """Lan calls from the screen ``at``."""
    return lan.post("/kiosk/help", {"at": at})


def looks(hoa: Visitor, house) -> str:
    """Hoa opens the step; where it is."""
    place = f"/desk/calls/{visit_id(house)}"
    hoa.post(f"{place}/look")
    return place


def at_self(lan: Way) -> None:
    """Lan stands at the questions about herself and has left the first of them empty."""
    lan.is_known()
    lan.post("/kiosk/questions/kind", {"kind": "birth"})
    lan.post("/kiosk/questions/for_whom", {"for_whom": "self"})
    assert lan.group() == "self"
    calls(lan, "questions.self")


def test_a_call_is_seen_on_every_page_of_the_desk_with_the_step_in_words(lan, hoa, house):
    at_self(lan)
    assert "1 đang gọi" in hoa.get("/desk/new").text
    page = hoa.get("/desk/calls")
    assert "Máy tự phục vụ 1" in page.text and "bước thông tin" in page.text and "gọi từ 10:15" in page.text


def test_nobody_is_looked_at_who_did_not_call(lan, hoa, house):
    lan.is_known()
    page = hoa.post(f"/desk/calls/{visit_id(house)}/look", status=422)
    assert "Ở máy này không ai gọi" in page.text
    assert told(house) == []


def test_what_is_personal_is_masked_at_the_desk(lan, hoa, house):
    at_self(lan)
    lan.post("/kiosk/questions/self", {"go": "size", "self_name": "Lê Thị Ngọc Lan", "self_id": "12345"})
    page = hoa.get(looks(hoa, house))
    assert "Lan" not in page.html and "12345" not in page.html and "1956" not in page.html
    assert "đã điền, được che" in page.text and "chưa đủ 12 chữ số" in page.text
    assert "Cán bộ Lê Thu Hoa đang xem màn hình này" in lan.get("/kiosk/questions/self").text


def test_nothing_is_filled_before_the_citizen_agreed_and_nothing_typed_is_lost(lan, hoa, house):
    at_self(lan)
    place = looks(hoa, house)
    typed = {"place": "questions.self", "v.self_name": "Lê Thị Lan Anh"}
    page = hoa.post(f"{place}/fill", typed, status=422)
    assert "Chưa được đồng ý điền" in page.text and page.values()["v.self_name"] == "Lê Thị Lan Anh"
    hoa.post(f"{place}/ask")
    assert "xin được điền giúp màn hình này" in lan.get("/kiosk/questions/self").text
    lan.post("/kiosk/questions/self", {"go": "no_consent"})
    hoa.post(f"{place}/fill", typed, status=422)
    assert told(house) == ["help_opened", "help_asked", "help_refused"]


def test_the_officer_fills_the_citizen_sees_it_and_goes_on(lan, hoa, house):
    at_self(lan)
    place = looks(hoa, house)
    hoa.post(f"{place}/point", {"key": "self_born"})
    assert "chỉ vào: Ngày, tháng, năm sinh" in lan.get("/kiosk/questions/self").text
    hoa.post(f"{place}/ask")
    lan.post("/kiosk/questions/self", {"go": "consent", "self_name": "Lê Thị Ngọc Lan"})
    unreadable = {"place": "questions.self", "v.self_born": "hôm qua"}
    assert "Chưa đọc được ngày này" in hoa.post(f"{place}/fill", unreadable, status=422).text
    hoa.post(f"{place}/fill", {"place": "questions.self", "v.self_born": "9/3/1956", "v.self_name": "Lê Lan"})
    # Meanwhile Lan wrote her name otherwise: hers stays, the officer's is offered.
    page = lan.post(
        "/kiosk/questions/self", {"go": "filled", "self_name": "Lê Ngọc Lan", "self_born": "8/3/1956"}
    )
    assert page.values()["self_born"] == "08/03/1956" and page.values()["self_name"] == "Lê Ngọc Lan"
    assert "Cán bộ điền khác" in page.text and "09/03/1956" in page.text
    assert "2 chỗ người nộp đang gõ khác" in hoa.get(place).text
    page = lan.post(
        "/kiosk/questions/self", {"go": "use", "self_name": "Lê Ngọc Lan", "self_born": "8/3/1956"}
    )
    assert page.values()["self_born"] == "09/03/1956" and page.values()["self_name"] == "Lê Lan"
    lan.post("/kiosk/questions/self", page.values() | {"self_id": "038156001234"})
    assert lan.group() == "registered"
    late = hoa.post(f"{place}/fill", {"place": "questions.self", "v.self_name": "Muộn"}, status=422)
    assert "đã sang màn hình khác" in late.text
    assert told(house)[-1] == "help_filled"


def test_enough_takes_the_consent_back_and_keeps_what_stands_there(lan, hoa, house):
    at_self(lan)
    place = looks(hoa, house)
    hoa.post(f"{place}/ask")
    lan.post("/kiosk/questions/self", {"go": "consent"})
    page = lan.post("/kiosk/questions/self", {"go": "enough", "self_name": "Lê Thị Ngọc Lan"})
    assert page.values()["self_name"] == "Lê Thị Ngọc Lan" and "Thôi" not in page.text
    hoa.post(f"{place}/fill", {"place": "questions.self", "v.self_id": "038156001234"}, status=422)
    assert "Người nộp đã thôi cho điền" in hoa.get(place).text
    assert told(house)[-1] == "help_withdrawn"


def test_an_ended_visit_ends_the_help_with_a_sentence(lan, hoa, house):
    at_self(lan)
    place = looks(hoa, house)
    lan.post("/kiosk/end", {"reason": "given_up"})
    page = hoa.post(f"{place}/ask", status=422)
    assert "không còn cần giúp" in page.text
    assert hoa.get(place).at == "/desk/calls" if hasattr(page, "at") else True
    assert told(house)[-1] == "help_ended"


def test_who_stood_beside_is_recorded_by_step_and_confirmed_at_the_end(lan, hoa, house):
    at_self(lan)
    hoa.post(f"/desk/queue/help/{visit_id(house)}")
    lan.post(
        "/kiosk/questions/self", {"self_name": "Lê Lan", "self_born": "8/3/1956", "self_id": "038156001234"}
    )
    lan.post("/kiosk/questions/registered", {"registered_at": "Ủy ban nhân dân phường Hạc Thành"})
    hoa.post(f"/desk/calls/{visit_id(house)}/leave")
    page = lan.post("/kiosk/questions/copies", {"copies": "2"})
    names = {name.rpartition(".")[0] for name in re.findall(r'name="([^"]+\.how)"', page.html)}
    lan.post("/kiosk/documents", {f"{name}.how": "paper" for name in names})
    page = lan.post("/kiosk/collection", {"how": "counter_later"})
    page = lan.has_seen_the_fee()
    page = lan.post("/kiosk/submit", {"attempt": page.values()["attempt"]})
    assert "Cán bộ Lê Thu Hoa đã giúp ở 2 màn hình" in page.text
    page = lan.post("/kiosk/helped", {"right": "yes"})
    assert "Đúng vậy" not in page.text
    with house.app.app_context():
        help = db.session.scalars(select(Assistance)).one()
        assert (help.confirmed, help.steps) == ("yes", ["questions.registered", "questions.self"])
        assert db.session.scalars(select(Dossier)).one().helper_id == help.person_id
    assert told(house) == ["call_answered", "help_ended", "help_confirmed"]


def test_an_earlier_dossier_is_told_at_the_check_and_its_code_only_to_the_card(lan, khach, house):
    lan.submits()
    with house.app.app_context():
        code = db.session.scalars(select(Dossier.dossier_code)).one()
    page = khach.is_at_the_check()
    assert "đã nhận, chờ cán bộ kiểm tra" in page.text and "Vẫn nộp hồ sơ mới" in page.text
    assert code not in page.html
    page = khach.post("/kiosk/check", {"go": "earlier"})
    assert page.h1.text == "Hồ sơ cũ đang ở đâu?" and code[-4:] in page.text
    # Whoever only knows her number learns no code.
    khach.post("/kiosk/identity", {"go": "again"})
    typed = {"citizen_id": "038156001234", "name": "Lê Thị Ngọc Lan", "born": "8/3/1956", "address": "Tổ 3"}
    khach.post("/kiosk/identity", typed)
    page = khach.get("/kiosk/earlier")
    assert page.h1.text == "Hồ sơ cũ đang ở đâu?" and code[-4:] not in page.text
    assert "Ghi trên biên nhận" in page.text
    page = khach.get("/kiosk/check")
    khach.post("/kiosk/submit", {"attempt": page.values()["attempt"]})
    assert khach.count(Dossier) == 2


def test_without_card_and_number_an_officer_is_called_where_one_works(lan, house, clock):
    lan.is_ready()
    page = lan.post("/kiosk/identity", {"go": "vouch"})
    assert page.h1.text == "Cán bộ sẽ xác nhận giúp" and "Đã báo cán bộ" in page.text
    clock.now += timedelta(hours=9)
    lan.is_ready()
    page = lan.post("/kiosk/identity", {"go": "vouch"})
    assert "Ngoài giờ làm việc" in page.text and "Có thẻ hoặc nhớ số thì vẫn nộp được ngay" in page.text
    with house.app.app_context():
        assert [visit.called_from for visit in db.session.scalars(select(Visit).order_by(Visit.id))] == [
            "vouch",
            None,
        ]


def test_whoever_was_vouched_for_is_not_asked_for_the_number_they_do_not_have(lan, hoa, house):
    lan.is_ready()
    page = lan.post("/kiosk/identity", {"go": "vouch"})
    assert page.tree.all("div", class_="helping")[0].attributes["data-spares"] == "600", "nobody is sent away"
    hoa.post(
        f"{looks(hoa, house)}/vouch",
        {
            "vouched.name": "Hoàng Thị Xuân",
            "vouched.born": "2/9/1950",
            "vouched.why": "no_number",
            "vouched.text": "Sổ hộ nghèo",
        },
    )
    lan.post("/kiosk/identity", {"phone": ""})
    lan.post("/kiosk/questions/kind", {"kind": "birth"})
    lan.post("/kiosk/questions/for_whom", {"for_whom": "self"})
    page = lan.post("/kiosk/questions/self", {"self_name": "Hoàng Thị Xuân", "self_born": "2/9/1950"})
    assert lan.group() == "registered", page.text

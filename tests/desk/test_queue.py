"""The line at the desk: single keys, one person a counter, a stated reason for every call."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from conftest import House
from deskway import signed_in
from intake import memory, queueing, visits
from intake.db import db
from intake.offices import point_of
from intake.records import AcceptancePoint, Event, Office, ServiceGroup, Ticket, Visit
from intake.rules.queueing import Priority, State
from intake.rules.rights import Role
from web.limits import limiter


@pytest.fixture
def house(sqlite_house) -> House:
    sqlite_house.restore()
    memory.forget_all()
    with sqlite_house.app.app_context():
        limiter.reset()
    return sqlite_house


@pytest.fixture
def clock(house):
    return house.clock


@pytest.fixture(params=["", "now"], ids=["plain", "htmx"])
def hoa(request, house):
    """Chị Hoa at Quầy 2 (A, B), once with JavaScript off and once with htmx."""
    hoa = signed_in(house.app, Role.RECEPTION, point="Q2", htmx=request.param)
    hoa.at = "/desk/queue"
    return hoa


@pytest.fixture
def plain_hoa(house):
    return signed_in(house.app, Role.RECEPTION, point="Q2")


@pytest.fixture
def take(house):
    count = iter(range(1000))

    def take(prefix: str = "A", priority: str = "") -> int:
        with house.app.app_context():
            session = db.session()
            kiosk = point_of(session, "K1")
            group = session.scalars(select(ServiceGroup).filter_by(prefix=prefix)).first()
            taken = queueing.take(
                session, kiosk, group.id, attempt=f"t{next(count)}", keys=house.keys, base_url="http://x",
                now=house.clock(), priority=Priority(priority),
            )  # fmt: skip
            session.commit()
            db.session.remove()
            return taken.id

    return take


def ticket(house: House, ticket_id: int) -> Ticket:
    with house.app.app_context():
        found = db.session.get_one(Ticket, ticket_id)
        db.session.refresh(found)
        db.session.expunge(found)
        return found


def test_the_next_person_stands_there_large_with_the_keys_on_the_buttons(hoa, take):
    take()
    page = hoa.post("/desk/queue/next")
    assert "A 001" in page.text and "đang gọi" in page.text
    assert re.findall(r'data-key="(\w)"', page.html) == ["L", "V", "H", "C"]
    assert "data-enter" in page.html


def test_a_person_is_called_begun_held_called_back_and_done(hoa, take, house):
    first = take()
    hoa.post("/desk/queue/next")
    assert "(lần 2)" in hoa.post(f"/desk/queue/{first}/recall").text
    assert "đang phục vụ" in hoa.post(f"/desk/queue/{first}/start").text
    assert "đang trống" in hoa.post(f"/desk/queue/{first}/hold").text
    assert "đang gọi" in hoa.post(f"/desk/queue/{first}/call").text
    hoa.post(f"/desk/queue/{first}/start")
    hoa.post(f"/desk/queue/{first}/finish")
    assert ticket(house, first).state == State.DONE


def test_who_does_not_come_stays_in_sight(plain_hoa, take):
    first = take()
    plain_hoa.post("/desk/queue/next")
    page = plain_hoa.post(f"/desk/queue/{first}/no-show")
    assert "Để lại và vắng A 001 vắng, Quầy 2" in page.text


@pytest.mark.parametrize(("place", "then"), [("old", "A 001"), ("end", "A 002")])
def test_back_in_line(place, then, hoa, take, clock):
    first = take()
    clock.now += timedelta(minutes=1)
    take()
    hoa.post("/desk/queue/next")
    clock.now += timedelta(minutes=1)
    hoa.post(f"/desk/queue/{first}/back", {"place": place})
    assert then in hoa.post("/desk/queue/next").text


def test_a_transfer_is_chosen_from_counters_and_groups(hoa, take, house):
    first = take()
    hoa.post("/desk/queue/next")
    page = hoa.get(f"/desk/queue?form=transfer&ticket={first}")
    assert "Chuyển A 001 đi đâu?" in page.text and "Quầy 3" in page.text and "Hàng C" in page.text
    assert "every 5s" not in page.html, "an open form must not be drawn anew under the hand"
    counter = re.search(r'value="(counter\.\d+)"[^>]*><span>Quầy 3', page.html)[1]
    assert "đang trống" in hoa.post(f"/desk/queue/{first}/transfer", {"to": counter}).text
    assert ticket(house, first).wanted_counter_id == int(counter.partition(".")[2])
    second = take()
    hoa.post("/desk/queue/next")
    hoa.post(f"/desk/queue/{second}/transfer", {"to": "group.3"})
    assert ticket(house, second).service_group_id == 3


@pytest.mark.parametrize("to", ["", "group.", "counter.999", "moon.1"])
def test_a_transfer_to_nowhere_is_told(to, hoa, take):
    first = take()
    hoa.post("/desk/queue/next")
    assert "Nơi đây không phát số" in hoa.post(f"/desk/queue/{first}/transfer", {"to": to}, status=422).text


def test_priority_given_at_the_desk_is_shown_with_who_gave_it_and_why(hoa, take, house):
    take()
    second = take()
    page = hoa.get(f"/desk/queue?form=priority&ticket={second}")
    assert "Ưu tiên cho A 002" in page.text
    hoa.post(f"/desk/queue/{second}/priority", {"priority": "disabled", "reason": "Ngồi xe lăn"})
    line = signed_in(house.app, Role.RECEPTION, point="Q2").get("/desk/queue")
    assert "Người khuyết tật · Lê Thu Hoa" in line.text
    with house.app.app_context():
        assert (
            db.session.scalars(select(Event.reason).filter_by(kind="ticket_priority")).one() == "Ngồi xe lăn"
        )
    assert "A 002" in hoa.post("/desk/queue/next").text
    hoa.post(f"/desk/queue/{second}/priority", {"priority": "x"}, status=422)


def test_everybody_sees_who_called_whom_and_why(plain_hoa, take):
    take(), take(priority="elderly")
    page = plain_hoa.post("/desk/queue/next")
    assert "A 002 Quầy 2 Lê Thu Hoa ưu tiên: người cao tuổi, trước 1 người đến sớm hơn" in page.text


REFUSED = {
    "nobody waits": ([], "next", "Chưa có ai chờ quầy này"),
    "busy": (["next"], "next", "Đang gọi một số khác"),
    "not called": ([], "1/start", "Số này không còn ở bước đó"),
    "no such": ([], "999/start", "Không có số này"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_no_is_said_on_the_page_and_nothing_is_lost(case, hoa, take):
    before, then, words = REFUSED[case]
    if case != "nobody waits":
        take(), take()
    for verb in before:
        hoa.post(f"/desk/queue/{verb}")
    page = hoa.post(f"/desk/queue/{then}", status=422)
    assert words in page.text


def test_another_counters_person_cannot_be_taken(hoa, take, house):
    first = take()
    dung = signed_in(house.app, Role.DECIDING, point="Q1")
    dung.post("/desk/queue/next")
    page = hoa.post(f"/desk/queue/{first}/finish", status=422)
    assert "Số A 001 đang ở Quầy 1." in page.text


def test_a_number_of_yesterday_is_over(hoa, take, clock, house):
    first = take()
    hoa.post("/desk/queue/next")
    with house.app.app_context():
        db.session.query(Ticket).update({"day": (clock.now - timedelta(days=1)).date()})
        db.session.commit()
    page = hoa.post(f"/desk/queue/{first}/start", status=422)
    assert "Số của ngày khác" in page.text


def test_without_a_counter_one_looks_but_does_not_call(house, take):
    take()
    thu = signed_in(house.app, Role.MANAGER)
    page = thu.get("/desk/queue")
    assert "Chưa chọn quầy" in page.text and "A 001" in page.text and "Gọi số tiếp" not in page.text
    assert "Chưa chọn quầy." in thu.post("/desk/queue/next", status=422).text


def test_a_counter_calls_back_only_what_it_serves(house, take):
    first = take("B")
    hoa = signed_in(house.app, Role.RECEPTION, point="Q2")
    hoa.post("/desk/queue/next")
    hoa.post(f"/desk/queue/{first}/hold")
    dung = signed_in(house.app, Role.DECIDING, point="Q3")
    assert "không phục vụ nhóm" in dung.post(f"/desk/queue/{first}/call", status=422).text


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.CLERK, Role.ADMINISTRATOR])
def test_who_does_not_call_does_not_see_the_line(role, house, take):
    take()
    stranger = signed_in(house.app, role)
    stranger.get("/desk/queue", status=403)
    stranger.post("/desk/queue/next", status=403)


def test_only_the_line_is_drawn_for_the_poll(plain_hoa, take):
    take()
    plain_hoa.get("/desk/queue")
    for block, words in (("line", "A 001"), ("now", "đang trống")):
        answer = plain_hoa.client.get("/desk/queue", headers={"HX-Request": "true", "HX-Target": block})
        text = answer.get_data(as_text=True)
        assert words in text and "<html" not in text


def test_a_call_tells_the_line_to_draw_itself_anew(house, take):
    take()
    hoa = signed_in(house.app, Role.RECEPTION, point="Q2", htmx="now")
    hoa.at = "/desk/queue"
    assert hoa.post("/desk/queue/next").response.headers["HX-Trigger-After-Settle"] == "moved"


# Calls from the kiosks


def calls_for_help(house: House) -> int:
    with house.app.app_context():
        session = db.session()
        visit, _ = visits.begin(session, point_of(session, "K1"), now=house.clock(), keys=house.keys)
        visits.call_officer(visit, step="documents.x", now=house.clock())
        session.commit()
        return visit.id


def test_whoever_called_from_a_kiosk_is_seen_and_answered(hoa, house):
    visit_id = calls_for_help(house)
    line = signed_in(house.app, Role.RECEPTION).get("/desk/queue")
    assert "Máy tự phục vụ 1 gọi từ 10:15, đang ở bước giấy tờ" in line.text
    hoa.post(f"/desk/queue/help/{visit_id}")
    hoa.post(f"/desk/queue/help/{visit_id}")
    with house.app.app_context():
        assert db.session.get_one(Visit, visit_id).called_at is None
        (event,) = db.session.scalars(select(Event).filter_by(kind="call_answered"))
        assert (event.facts["point"], event.facts["step"], event.actor) == ("K1", "documents.x", "Lê Thu Hoa")
    assert "Máy tự phục vụ 1 gọi" not in signed_in(house.app, Role.RECEPTION).get("/desk/queue").text


def test_a_call_of_another_office_is_nobodys(plain_hoa, house):
    visit_id = calls_for_help(house)
    with house.app.app_context():
        session = db.session()
        here = session.scalars(select(Office)).first()
        other = Office(
            code="H00", name="Khác", place="", agency_name="", collect_at="", hotline="", hours=here.hours
        )
        session.add(other)
        session.flush()
        session.scalars(select(AcceptancePoint).filter_by(code="K1")).one().office_id = other.id
        session.commit()
        db.session.remove()
    plain_hoa.post(f"/desk/queue/help/{visit_id}", status=404)
    plain_hoa.post("/desk/queue/help/999", status=404)

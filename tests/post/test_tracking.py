"""An operator tells where items are; in whatever order and how often, the items end up where they are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import chain
from random import Random
from threading import Barrier

import pytest

from build import FRIDAY
from homeway import NUMBERS, a_home
from intake import returning
from intake.db import db
from intake.post import delivering
from intake.post.tracking import Answer, Heard, hear
from intake.records import PostalOperator, PostalStep
from intake.rules.lifecycle import Delivery
from intake.rules.post import FAILURES, TOLD_BY_OPERATOR, Step
from intake.rules.tracking import (
    REASON_WORDS,
    STEP_WORDS,
    WORDS,
    Message,
    Trouble,
    Unread,
    read_message,
    read_row,
)
from moneyway import an_item
from postal_operator import PostalOperatorSystem

EVENT = {
    "message_id": "m-1",
    "item_number": "RR473124829VN",
    "step": "out",
    "at": "2026-11-20T09:00:00+07:00",
}


@pytest.fixture
def home(house, session):
    return a_home(house, session)


@pytest.fixture
def vnpost(home) -> PostalOperator:
    operator = PostalOperator(
        office_id=home.point.office_id, name="Hệ thống bưu chính", key_print="x", created_at=FRIDAY
    )
    home.session.add(operator)
    home.session.commit()
    return operator


@pytest.fixture
def tells(home, vnpost):
    """Heard as the view hears it: read, heard, committed."""

    def say(*events: dict[str, str]) -> tuple[Answer, ...]:
        read = [read_message(event, now=home.now) for event in events]
        answers = hear(home.session, vnpost, read, now=home.now)
        home.session.commit()
        return answers

    return say


def an_event(step: str, minutes: int = 0, number: str = NUMBERS[0], **more: str) -> dict[str, str]:
    at = FRIDAY + timedelta(minutes=minutes)
    return {
        "message_id": f"{step}-{minutes}",
        "item_number": number,
        "step": step,
        "at": at.isoformat(),
        **more,
    }


def troubles(answers) -> list[Trouble | None]:
    return [answer.trouble for answer in answers]


def test_every_trouble_has_its_words():
    assert set(WORDS) == set(Trouble)
    assert set(STEP_WORDS.values()) == TOLD_BY_OPERATOR and set(REASON_WORDS.values()) == set(FAILURES)


def test_an_event_is_read():
    at = datetime(2026, 11, 20, 2, tzinfo=UTC)
    told = EVENT | {"item_number": "rr 47312482-9 vn", "at": "2026-11-20T02:00:00Z", "place": " Bưu cục  1"}
    assert read_message(told, now=at) == Message("m-1", "RR473124829VN", Step.OUT, at, "Bưu cục 1")


@pytest.mark.parametrize(
    ("changes", "trouble"),
    [
        ({"message_id": ""}, Trouble.BAD_MESSAGE_ID),
        ({"message_id": "a b"}, Trouble.BAD_MESSAGE_ID),
        ({"message_id": "m" * 81}, Trouble.BAD_MESSAGE_ID),
        ({"item_number": "RR473124820VN"}, Trouble.WRONG_CHECK_DIGIT),
        ({"item_number": ""}, Trouble.BAD_ITEM_NUMBER),
        ({"item_number": "RR1\nRR2"}, Trouble.BAD_ITEM_NUMBER),
        ({"step": "lost"}, Trouble.BAD_STEP),
        ({"step": "handed_over"}, Trouble.BAD_STEP),
        ({"at": "2026-11-20T09:00:00"}, Trouble.BAD_TIME),
        ({"at": "yesterday"}, Trouble.BAD_TIME),
        ({"at": "0001-01-01T00:00:00+14:00"}, Trouble.BAD_TIME),
        ({"at": "2026-11-20T09:06:00+07:00"}, Trouble.IN_FUTURE),
        ({"place": "x" * 201}, Trouble.BAD_PLACE),
        ({"place": "a\x00b"}, Trouble.BAD_PLACE),
        ({"step": "failed"}, Trouble.BAD_REASON),
        ({"step": "failed", "reason": "rain"}, Trouble.BAD_REASON),
        ({"reason": "not_home"}, Trouble.BAD_REASON),
        ({"at": 5}, Trouble.NOT_AN_EVENT),
    ],
)
def test_what_cannot_be_read_says_why(changes, trouble):
    read = read_message(EVENT | changes, now=datetime(2026, 11, 20, 2, tzinfo=UTC))
    assert isinstance(read, Unread) and read.trouble is trouble


@pytest.mark.parametrize("given", [None, [], "x", 7])
def test_what_is_no_event_at_all_is_told(given):
    assert read_message(given, now=FRIDAY) == Unread("", Trouble.NOT_AN_EVENT)


@pytest.mark.parametrize(
    "at", ["20/11/2026 09:05", "20-11-2026 9h05", "2026-11-20 09:05", "2026-11-20T02:05:00Z"]
)
def test_a_row_is_told_as_people_write_it(at):
    row = {
        "item_number": "RR473124829VN",
        "step": "Phát không thành công",
        "at": at,
        "reason": "không có người nhận",
    }
    read = read_row(row, now=datetime(2026, 11, 20, 3, tzinfo=UTC))
    at_ = datetime(2026, 11, 20, 2, 5, tzinfo=UTC)
    number = "RR473124829VN/failed/261120020500"
    assert read == Message(number, "RR473124829VN", Step.FAILED, at_, "", "not_home")


@pytest.mark.parametrize("at", ["20/11/2026", "2026-11-20", "31/02/2026 10:00", "10:00", ""])
def test_a_day_alone_is_no_moment(at):
    read = read_row({"item_number": "RR473124829VN", "step": "out", "at": at}, now=FRIDAY)
    assert isinstance(read, Unread) and read.trouble is Trouble.BAD_TIME


def test_a_delivery_told_returns_the_result(home, clock, tells, vnpost):
    item = home.pack()
    clock.now += timedelta(hours=3)
    picked, out, delivered = tells(an_event("picked_up", 1), an_event("out", 60), an_event("delivered", 90))
    assert {answer.heard for answer in (picked, out, delivered)} == {Heard.TAKEN}
    assert (item.status, item.status_at, delivered.status) == (
        "delivered",
        FRIDAY + timedelta(minutes=90),
        "delivered",
    )
    assert (item.dossier.status, item.dossier.delivery_status) == ("returned", Delivery.DELIVERED)
    assert [step.step for step in item.steps] == ["ready", "picked_up", "out", "delivered"]
    assert home.kinds(item.dossier)[-4:] == ["post_delivered", "sent", "delivered", "returned"]
    assert vnpost.seen_at == clock.now


def test_told_again_nothing_happens_again(home, clock, tells):
    item = home.pack()
    clock.now += timedelta(hours=3)
    tells(an_event("picked_up", 1), an_event("picked_up", 1), an_event("delivered", 90))
    before = home.kinds(item.dossier), home.session.query(PostalStep).count()
    answers = tells(an_event("delivered", 90), an_event("picked_up", 1))
    assert [(answer.heard, answer.status) for answer in answers] == [(Heard.KNOWN, "delivered")] * 2
    assert (home.kinds(item.dossier), home.session.query(PostalStep).count()) == before


def test_a_message_is_told_of_one_thing_alone(home, clock, tells):
    home.pack()
    clock.now += timedelta(hours=3)
    told = an_event("picked_up", 1)
    answers = tells(told, told | {"step": "out"}, told | {"at": clock.now.isoformat()})
    assert troubles(answers) == [None, Trouble.OTHER_CONTENT, Trouble.OTHER_CONTENT]
    assert troubles(tells(told | {"step": "out"})) == [Trouble.OTHER_CONTENT]


def test_what_is_not_of_this_office_is_unknown_and_may_be_told_later(home, clock, tells, vnpost, session):
    clock.now += timedelta(hours=3)
    told = an_event("picked_up", 1)
    assert troubles(tells(told)) == [Trouble.UNKNOWN_ITEM]
    item = home.pack()
    clock.now = FRIDAY + timedelta(hours=3)
    assert troubles(tells(told)) == [None] and item.status == "picked_up"


def test_a_dossier_on_its_way_in_is_only_carried(home, clock, tells, session):
    version, number = home.ready().procedure_version_id, NUMBERS[2]
    item = an_item(session, home.point, version, item_number=number)
    session.add(PostalStep(item_id=item.id, step="accepted", at=FRIDAY, told_at=FRIDAY, source="clerk"))
    session.commit()
    clock.now += timedelta(hours=3)
    answers = tells(an_event("in_transit", 5, number), an_event("delivered", 6, number))
    assert troubles(answers) == [None, Trouble.WRONG_DIRECTION] and item.status == "in_transit"


def test_long_before_we_had_it_was_another_item(home, clock, tells):
    home.pack()
    assert troubles(tells(an_event("picked_up", -24 * 60 - 1))) == [Trouble.TOO_EARLY]


def test_told_late_it_takes_its_place_and_counts(home, clock, tells):
    item = home.pack()
    clock.now += timedelta(days=2)
    tells(an_event("failed", 300, reason="not_home"))
    assert (item.status, item.failures) == ("failed", 1)
    tells(an_event("failed", 100, reason="no_answer"), an_event("out", 200), an_event("out", 50))
    assert (item.status, item.failures, item.status_at) == ("failed", 2, FRIDAY + timedelta(minutes=300))
    assert item.dossier.delivery_status == Delivery.SENT


def test_what_our_own_people_did_stays_done(home, clock, tells):
    item = home.out()
    home.deliver(item)
    kinds = home.kinds(item.dossier)
    clock.now += timedelta(hours=3)
    tells(an_event("failed", 100, reason="not_home"), an_event("out", 90))
    assert item.status == "delivered" and home.kinds(item.dossier) == kinds


def test_a_dossier_that_cannot_follow_stops_nobody(home, clock, tells, monkeypatch):
    first, second = home.pack(), home.pack(home.ready(), NUMBERS[1])

    def follow(session, item, **more):
        if item.id == first.id:
            item.dossier.delivery_status = "sent"
            returning.send_by_post(session, item.dossier, "", **more)
        delivering.bring_along(session, item, **more)

    monkeypatch.setattr("intake.post.tracking.bring_along", follow)
    clock.now += timedelta(hours=3)
    answers = tells(an_event("picked_up", 1), an_event("picked_up", 2, NUMBERS[1]))
    assert [answer.status for answer in answers] == ["picked_up", "picked_up"]
    assert home.kinds(first.dossier)[-1] == "post_not_followed"
    assert (first.dossier.delivery_status, second.dossier.delivery_status) == ("to_send", "sent")


def test_two_who_tell_the_same_at_once_tell_it_once(home, house, clock, vnpost):
    item = home.pack()
    clock.now += timedelta(hours=3)
    read = [
        read_message(an_event("picked_up", 1), now=home.now),
        read_message(an_event("out", 2), now=home.now),
    ]
    operator_id, together = vnpost.id, Barrier(3)
    home.session.commit()

    def tell(order: slice) -> list[Heard]:
        with house.app.app_context():
            session = db.session()
            session.rollback()
            together.wait()
            answers = hear(session, session.get_one(PostalOperator, operator_id), read[order], now=clock.now)
            session.commit()
            db.session.remove()
        return [answer.heard for answer in answers]

    with ThreadPoolExecutor(3) as many:
        heard = list(many.map(tell, [slice(None), slice(None, None, -1), slice(None)]))
    assert sorted(chain.from_iterable(heard)) == [Heard.KNOWN] * 4 + [Heard.TAKEN] * 2
    home.session.expire_all()
    assert item.status == "out" and home.kinds(item.dossier).count("post_out") == 1


@pytest.mark.parametrize("seed", range(4))
def test_however_it_is_told_items_end_up_where_they_are(home, clock, tells, seed):
    dice = Random(seed)
    system = PostalOperatorSystem(dice, FRIDAY)
    items = [home.pack(home.ready(), number) for number in NUMBERS[:3]]
    journeys = [system.happens(item.item_number) for item in items]
    clock.now += timedelta(days=2)
    for batch in system.tells(journeys):
        tells(*batch)
    for item, journey in zip(items, journeys, strict=True):
        assert (item.status, item.status_at.isoformat()) == (journey[-1]["step"], journey[-1]["at"])
        is_home = item.status == "delivered"
        assert item.dossier.status == ("returned" if is_home else "result_ready")
        assert home.kinds(item.dossier).count("returned") == is_home
        ids = [step.message_id for step in item.steps if step.message_id]
        assert len(ids) == len(set(ids))

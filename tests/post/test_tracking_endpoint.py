"""The endpoint as an operator's system uses it: its key, its limits, its document, a day with a bad line."""

from __future__ import annotations

import json
from datetime import timedelta
from random import Random

import pytest

from build import FRIDAY
from conftest import House
from homeway import NUMBERS, a_home
from intake.db import db
from intake.post.operators import key_print
from intake.post.tracking import MOST
from intake.records import PostalItem, PostalOperator, PostalStep
from intake.rules.tracking import Message, Trouble, read_message
from postal_operator import PostalOperatorSystem
from settings import ROOT
from web.limits import limiter
from web.tracking import ERRORS
from web.tracking_document import EXAMPLE

KEY = "mcp_0123456789abcdef"
EVENTS = "/api/post/v1/events"


@pytest.fixture
def house(sqlite_house: House):
    sqlite_house.restore()
    with sqlite_house.app.app_context():
        limiter.reset()
        yield sqlite_house
        db.session.remove()


@pytest.fixture
def home(house):
    home = a_home(house, db.session())
    home.session.add(
        PostalOperator(
            office_id=home.point.office_id, name="VNPost", key_print=key_print(KEY), created_at=FRIDAY
        )
    )
    home.session.commit()
    return home


@pytest.fixture
def tells(house, home):
    """POST as a system does: a key, JSON, no Origin, no cookie."""

    def post(body: object, *, key: str = KEY, **told: object):
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        told = {"content_type": "application/json", "headers": {"Authorization": f"Bearer {key}"}} | told
        db.session.remove()
        return house.app.test_client().post(EVENTS, data=sent, **told)

    return post


def an_event(**changes: str) -> dict[str, str]:
    at = FRIDAY + timedelta(minutes=5)
    told = {"message_id": "m-1", "item_number": NUMBERS[0], "step": "picked_up", "at": at.isoformat()}
    return told | changes


def test_what_is_told_is_answered_one_by_one(home, tells, clock_at_noon):
    home.pack()
    events = [an_event(), an_event(), an_event(message_id="m-2", item_number=NUMBERS[1]), "?"]
    answer = tells({"events": events})
    assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
    told = answer.get_json()
    assert (told["taken"], told["known"], told["refused"]) == (1, 1, 2)
    assert told["answers"][:2] == [
        {"message_id": "m-1", "outcome": "taken", "status": "picked_up"},
        {"message_id": "m-1", "outcome": "known", "status": "picked_up"},
    ]
    unknown, nothing = told["answers"][2:]
    assert (unknown["reason"], unknown["retry"]) == ("unknown_item", True)
    assert (nothing["reason"], nothing["retry"], nothing["message_id"]) == ("not_an_event", False, "")
    assert unknown["message"].startswith("Chưa có bưu gửi này")


@pytest.fixture
def clock_at_noon(house):
    house.clock.now = FRIDAY + timedelta(hours=4)


@pytest.mark.parametrize("key", ["", "x", KEY[:-1], KEY + "0"])
def test_without_its_key_nobody_tells_anything(home, tells, key):
    answer = tells({"events": []}, key=key)
    assert (answer.status_code, answer.get_json()["error"]) == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_key_out_of_use_opens_nothing(home, tells):
    home.session.query(PostalOperator).one().active = False
    home.session.commit()
    assert tells({"events": []}).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[" * 100_000, 400),
        (b"[]", 400),
        (b'{"events": {}}', 400),
        (json.dumps({"events": [{}] * (MOST + 1)}).encode(), 413),
        (b" " * (2 * 1024 * 1024 + 1), 413),
    ],
)
def test_what_is_no_list_of_events_is_refused_in_json(home, tells, body, status):
    answer = tells(body)
    assert answer.status_code == status and set(answer.get_json()) == {"error", "message"}


def test_another_content_type_is_refused(home, tells):
    assert tells({"events": []}, content_type="text/plain").status_code == 415


def test_plain_http_from_elsewhere_is_refused_in_json(home, tells):
    answer = tells({"events": []}, environ_base={"REMOTE_ADDR": "10.0.0.9"})
    assert (answer.status_code, answer.get_json()["error"]) == (403, "forbidden")


def test_too_often_is_told_to_wait(home, tells, monkeypatch):
    for _ in range(600):
        limiter.limiter.hit(*_limit_of(limiter))
    answer = tells({"events": []})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")


def _limit_of(limiter):
    from limits import parse

    return parse("600 per minute"), "127.0.0.1", "tracking.events"


def test_the_document_says_what_the_endpoint_does(house):
    answer = house.app.test_client().get("/api/post/v1/openapi.json")
    document = answer.get_json()
    assert document["openapi"] == "3.1.0" and answer.status_code == 200
    routes = {rule.rule for rule in house.app.url_map.iter_rules() if rule.endpoint.startswith("tracking.")}
    assert set(document["paths"]) == routes
    for found in _refs(document):
        at = document
        for name in found.removeprefix("#/").split("/"):
            at = at[name]
    assert isinstance(read_message(EXAMPLE, now=FRIDAY + timedelta(days=30)), Message)
    schemas = document["components"]["schemas"]
    assert set(schemas["Event"]["properties"]["step"]["enum"]) == {
        "in_transit",
        "picked_up",
        "out",
        "delivered",
        "failed",
    }
    assert set(schemas["Answer"]["properties"]["reason"]["enum"]) == set(Trouble)


def test_the_manual_names_every_reason_and_every_error():
    manual = (ROOT / "docs" / "postal-api.md").read_text(encoding="utf-8")
    assert [trouble for trouble in Trouble if f"`{trouble}`" not in manual] == []
    assert [status for status in ERRORS if str(status) not in manual] == []


def _refs(value: object):
    if isinstance(value, dict):
        for name, inside in value.items():
            yield from [inside] if name == "$ref" else _refs(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _refs(inside)


def test_a_day_with_a_bad_line_ends_as_it_happened(home, tells, house):
    """Batches are sent until an answer comes; some come although the answer was lost."""
    dice = Random(7)
    system = PostalOperatorSystem(dice, FRIDAY)
    journeys = [system.happens(home.pack(home.ready(), number).item_number) for number in NUMBERS]
    house.clock.now += timedelta(days=2)
    for batch in system.tells(journeys):
        for _ in range(1 if dice.random() < 0.6 else 2):  # the answer to the first was lost
            assert tells({"events": batch}).get_json()["refused"] == 0
    for journey in journeys:
        item = db.session.query(PostalItem).filter_by(item_number=journey[0]["item_number"]).one()
        assert item.status == journey[-1]["step"]
    ids = [row.message_id for row in db.session.query(PostalStep) if row.message_id]
    assert len(ids) == len(set(ids))

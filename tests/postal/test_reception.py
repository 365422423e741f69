"""The reception screen and its answers: what is taken reaches the books once, and nobody else's is shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import func, select

from build import FRIDAY, a_draft, an_applicant
from conftest import House, offer
from deskway import signed_in
from intake import saving
from intake.db import db
from intake.drafts import new_attempt
from intake.post.contents import sent_of
from intake.post.envelopes import give_pass, seal_envelope
from intake.records import AcceptancePoint, Assignment, Person, PostalItem
from intake.rules.post_consent import LATEST
from intake.rules.procedures import FeeRule, Group, Question, QuestionKind
from intake.rules.rights import Role
from kioskway import LANS_CARD
from postway import NUMBER, a_post_office, a_range, an_intake, taken
from visitor import ORIGIN, Visitor, read_html

ADDRESS = "Tổ 3, Phường Hạc Thành, Thanh Hóa"


@dataclass
class Counter:
    """Anh Minh at BD-07, and what his screen would send."""

    house: House
    minh: Visitor
    version: int
    point_id: int

    @property
    def app(self) -> Flask:
        return self.house.app

    def body(self, **changes: Any) -> dict[str, Any]:
        ordinary = {
            "pass": self.pass_of("minh"),
            "number": NUMBER,
            "version": self.version,
            "card": LANS_CARD,
            "saved": "",
            "applicant": {
                "kind": "citizen",
                "name": "Lê Thị Ngọc Lan",
                "citizenId": "038156001234",
                "phone": "",
                "email": "",
                "address": ADDRESS,
            },
            "documents": {"form": {"how": "paper", "originals": "1"}},
            "collection": {"how": "post", "address": ADDRESS, "phone": "", "email": ""},
            "seal": "NP-0001",
            "witnessed": True,
            "grams": 100,
            "zone": "local",
            "payer": "sender",
            "exemption": "",
            "consent": LATEST,
        }
        return ordinary | changes

    def pass_of(self, username: str, code: str = "BD-07") -> str:
        with self.app.app_context():
            person = db.session.scalars(select(Person).filter_by(username=username)).one()
            point = db.session.scalars(select(AcceptancePoint).filter_by(code=code)).one()
            given = give_pass(person.id, point, self.house.keys, now=self.house.clock())
            db.session.remove()
            return given

    def sends(self, path: str, status: int = 200, *, by: Visitor | None = None, **fields: Any) -> Any:
        client = (by or self.minh).client
        response = client.post(path, data=fields, headers={"Origin": ORIGIN})
        assert response.status_code == status, response.get_data(as_text=True)[:500]
        return response.get_json()

    def takes(self, attempt: str = "", status: int = 200, age: float = 0, **changes: Any) -> Any:
        sealed = seal_envelope(attempt or new_attempt(), self.body(**changes), self.house.keys)
        return self.sends("/post/take", status, envelope=sealed, age=age)

    def count(self) -> int:
        with self.app.app_context():
            return db.session.scalar(select(func.count()).select_from(PostalItem)) or 0

    def item(self) -> PostalItem:
        return db.session.scalars(select(PostalItem)).one()


@pytest.fixture
def counter(sqlite_house: House) -> Iterator[Counter]:
    sqlite_house.restore()
    minh = signed_in(sqlite_house.app, Role.CLERK)
    with sqlite_house.app.app_context():
        point = a_post_office(db.session())
        a_range(db.session(), point)
        version = offer(db.session(), point)
        point_id = point.id
        db.session.remove()
    yield Counter(sqlite_house, minh, version, point_id)


def facts_of(page: Any) -> dict[str, Any]:
    return json.loads(page.tree.all("div", id="held")[0].attributes["data-facts"])


def test_the_page_holds_all_a_shift_needs_and_nothing_of_any_sender(counter: Counter):
    counter.takes()
    page = counter.minh.get("/post/")
    page.inspect()
    facts = facts_of(page)
    ours = next(one for one in facts["procedures"] if one["version"] == counter.version)
    assert (ours["code"], ours["fee"]) == ("1.000001", 8000)
    assert facts["prices"]["zones"][0]["zone"] == "local"
    assert page.tree.all("template", **{"data-version": str(counter.version)})
    assert page.tree.all("output", id="taken")[0].text == "1"
    assert not any(told in page.html for told in ("038156001234", "Ngọc Lan", NUMBER))
    assert "manifest-src 'self'" in page.response.headers["Content-Security-Policy"]


def test_what_was_taken_is_in_the_books_as_the_screen_had_it(counter: Counter):
    told = counter.takes()
    assert (told["state"], told["number"], told["charge"], told["fee"]) == ("taken", NUMBER, 30_000, 8_000)
    with counter.app.app_context():
        item, sent = counter.item(), sent_of(counter.item(), counter.house.keys)
        assert (item.point.code, item.clerk.username, item.taken_at) == ("BD-07", "minh", FRIDAY)
        assert (item.seal_number, item.witnessed, item.grams, item.consent) == ("NP-0001", True, 100, LATEST)
        assert sent.documents == {
            "form": {"how": "paper", "reason": "", "originals": "1", "copies": "", "certified_copies": ""}
        }
        assert (sent.applicant.how, sent.applicant.born, sent.applicant.sex) == ("card", "1956-03-08", "Nữ")
        assert sent.collection.address == ADDRESS


def test_the_same_attempt_twice_is_one_item(counter: Counter):
    attempt = new_attempt()
    assert counter.takes(attempt) == counter.takes(attempt)
    assert counter.count() == 1


def test_some_are_handed_over_at_once_and_each_has_its_answer(counter: Counter):
    """One is in the books already, one is short of its seal, one is no envelope of ours."""
    counter.takes("first")
    bodies = {
        "first": {},
        "second": {"number": "EH261121008VN"},
        "third": {"number": "CV261121060VN", "seal": ""},
    }
    sealed = [seal_envelope(key, counter.body(**more), counter.house.keys) for key, more in bodies.items()]
    fields = {"envelope": [*sealed, "nonsense"], "age": ["60", "40", "20", "0"]}
    for _ in range(2):  # the answer to the first time was lost
        told = counter.sends("/post/take-many", **fields)
        assert [one["state"] for one in told["answers"]] == ["taken", "taken", "refused", "refused"]
        assert told["answers"][1]["number"] == "EH261121008VN"
        assert [one["key"] for one in told["answers"][2]["faults"]] == ["seal_number"]
    assert counter.count() == 2


def test_what_two_clerks_took_on_one_device_is_each_ones_own(counter: Counter):
    with counter.app.app_context():
        session = db.session()
        other = Person(username="binh", name="Trần Thị Bình", created_at=counter.house.clock())
        minh = session.scalars(select(Person).filter_by(username="minh")).one()
        held = minh.assignments[0]
        other.assignments.append(Assignment(office_id=held.office_id, role=held.role, point_id=held.point_id))
        session.add(other)
        session.commit()
        db.session.remove()
    sealed = [
        seal_envelope(who, counter.body(number=number) | {"pass": counter.pass_of(who)}, counter.house.keys)
        for who, number in (("minh", "RR473124829VN"), ("binh", "EH261121008VN"))
    ]
    counter.sends("/post/take-many", envelope=sealed, age=["60", "60"])
    with counter.app.app_context():
        took = db.session.execute(
            select(PostalItem.attempt, Person.username).join(Person, Person.id == PostalItem.taken_by)
        )
        assert all(attempt == username for attempt, username in took)
        db.session.remove()


def test_an_item_sent_later_was_taken_when_the_device_says_by_whoever_had_the_page(counter: Counter):
    body = counter.body()
    sealed = seal_envelope(new_attempt(), body, counter.house.keys)
    counter.house.clock.now = FRIDAY + timedelta(hours=3)
    with counter.app.app_context():
        other = Person(username="hanh", name="Đỗ Thị Hạnh", created_at=FRIDAY)
        db.session.add(other)
        db.session.commit()
    hanh = signed_in(counter.app, Role.CLERK)  # another sign-in at the same post office
    counter.sends("/post/take", by=hanh, envelope=sealed, age=2 * 3600)
    with counter.app.app_context():
        item = counter.item()
        assert (item.taken_at, item.arrived_at) == (FRIDAY + timedelta(hours=1), FRIDAY + timedelta(hours=3))
        assert item.clerk.username == "minh"


def test_everything_that_lacks_is_told_by_field_in_words(counter: Counter):
    told = counter.takes(status=422, witnessed=False, seal="", consent="", documents={}, grams=0)
    faults = {one["key"]: one["words"] for one in told["faults"]}
    assert set(faults) == {"witnessed", "seal_number", "consent", "documents.form", "grams"}
    assert told["state"] == "refused" and told["heading"] and all(faults.values())
    assert counter.count() == 0


def test_a_number_that_is_taken_is_refused_and_its_record_is_found_by_a_scan(counter: Counter):
    address = counter.takes()["address"]
    assert counter.takes(status=422)["code"] == "item_known"
    assert counter.sends("/post/scan", text=NUMBER) == {
        "state": "understood", "kind": "item_known", "text": NUMBER, "address": address,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind"),
    [(NUMBER, "item"), (LANS_CARD, "card"), ("TTHC:1.000001", "procedure"), ("BX-0071", "item")],
)
def test_a_scan_is_understood(counter: Counter, text, kind):
    assert counter.sends("/post/scan", text=text)["kind"] == kind


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("RR473124828VN", "wrong_check_digit"),
        ("TTHC:9.999999", "procedure_not_offered"),
        ("MC:K7M42QXF", "no_such_saved_draft"),
        ("Lan", "scan_not_understood"),
        ("", "unreadable_item_number"),
    ],
)
def test_a_scan_that_means_nothing_here_is_told_in_words(counter: Counter, text, code):
    told = counter.sends("/post/scan", 422, text=text)
    assert (told["state"], told["code"]) == ("refused", code)
    assert told["heading"] and told["advice"]


def test_a_saved_draft_is_opened_and_spent_with_its_answers(counter: Counter):
    with counter.app.app_context():
        session = db.session()
        kiosk = session.scalars(select(AcceptancePoint).filter_by(code="K1")).one()
        draft = a_draft(counter.version)
        code = saving.save_draft(session, kiosk, draft, keys=counter.house.keys, now=FRIDAY)
        session.commit()
    told = counter.sends("/post/scan", text=f"MC:{code}")
    assert (told["kind"], told["version"], told["applicant"]["name"]) == (
        "saved", counter.version, an_applicant().name,
    )  # fmt: skip
    attempt = new_attempt()
    again = [counter.takes(attempt, saved=code)["address"] for _ in range(2)]  # also when it is spent
    assert again[0] == again[1]
    with counter.app.app_context():
        assert sent_of(counter.item(), counter.house.keys).answers == draft.answers
    assert counter.sends("/post/scan", 422, text=f"MC:{code}")["code"] == "no_such_saved_draft"


def test_a_saved_draft_tells_the_fee_of_its_answers_and_it_is_taken(counter: Counter):
    """Two copies, two fees; without a draft nobody has said how many, and the office reckons."""
    how_many = Question("copies", "Số bản", QuestionKind.NUMBER)
    with counter.app.app_context():
        session = db.session()
        kiosk = session.scalars(select(AcceptancePoint).filter_by(code="K1")).one()
        fees = (FeeRule(8_000, "per_copy", copies_question="copies"),)
        version = offer(session, kiosk, fees=fees, groups=(Group("copy", "Mấy bản?", (how_many,)),))
        draft = a_draft(version, answers={"copies": "2"})
        code = saving.save_draft(session, kiosk, draft, keys=counter.house.keys, now=FRIDAY)
        session.commit()
    held = facts_of(counter.minh.get("/post/"))["procedures"]
    assert [one["fee"] for one in held if one["version"] == version] == [None]
    assert counter.sends("/post/scan", text=f"MC:{code}")["fee"] == 16_000
    assert counter.takes(saved=code, version=version)["fee"] == 16_000


def test_a_browser_that_cannot_seal_sends_it_open(counter: Counter):
    fields = {"open": json.dumps(counter.body()), "attempt": new_attempt(), "age": "0"}
    assert counter.sends("/post/take", **fields)["state"] == "taken"


@pytest.mark.parametrize(
    "fields",
    [{}, {"envelope": "{}"}, {"open": "[]"}, {"open": "x"}, {"open": "{}", "attempt": "a"}],
    ids=str,
)
def test_nonsense_takes_nothing(counter: Counter, fields):
    assert counter.sends("/post/take", 422, **fields)["state"] == "refused"
    assert counter.count() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"version": "x"}, {"version": 10**12}, {"grams": 1e400}, {"grams": -5}, {"documents": []},
        {"documents": {"form": "x"}}, {"documents": {"form": {"how": "paper", "originals": "99999"}}},
        {"collection": None}, {"applicant": "x"}, {"witnessed": "yes"}, {"zone": {}}, {"seal": 5},
        {"payer": "nobody"}, {"number": "x" * 90},
    ],
    ids=str,
)  # fmt: skip
def test_what_no_screen_of_ours_sends_is_refused_in_words(counter: Counter, changes):
    assert counter.takes(status=422, **changes)["state"] == "refused"
    assert counter.count() == 0


def test_a_page_of_another_post_office_takes_nothing_here(counter: Counter):
    foreign = counter.pass_of("minh", "BD-12")
    assert counter.takes(status=422, **{"pass": foreign})["code"] == "pass_over"


def test_a_refused_envelope_is_opened_for_mending_by_its_post_office_alone(counter: Counter):
    body = counter.body(seal="")
    sealed = seal_envelope("one", body, counter.house.keys)
    told = counter.sends("/post/mend", envelope=sealed)
    assert (told["attempt"], told["body"]["number"]) == ("one", NUMBER)
    theirs = seal_envelope("two", body | {"pass": counter.pass_of("minh", "BD-12")}, counter.house.keys)
    assert counter.sends("/post/mend", 422, envelope=theirs)["code"] == "pass_over"


def test_a_block_of_numbers_is_given_once(counter: Counter):
    first, second = (counter.sends("/post/numbers")["numbers"] for _ in range(2))
    assert not {one["number"] for one in first} & {one["number"] for one in second}
    assert first[0]["label"]["side"] == 21
    assert counter.sends("/post/numbers")["numbers"]  # the rest of the range
    assert counter.sends("/post/numbers", 422)["code"] == "no_numbers_left"


def test_a_record_tells_no_more_than_initials(counter: Counter):
    page = counter.minh.get(counter.takes()["address"])
    page.inspect()
    assert "L. T. N. Lan" in page.text
    assert not any(told in page.html for told in ("038156001234", "Lê Thị", ADDRESS))


def test_items_of_another_post_office_do_not_exist(counter: Counter):
    with counter.app.app_context():
        other = a_post_office(db.session(), "BD-12")
        item_id = taken(db.session(), an_intake(counter.version), other, keys=counter.house.keys).id
    missing = counter.minh.get("/post/items/999", status=422).text
    for which in ("", "/receipt.pdf", "/slip.pdf", "/label.pdf"):
        assert counter.minh.get(f"/post/items/{item_id}{which}", status=422).text == missing


@pytest.mark.parametrize(("which", "pages"), [("receipt", 1), ("slip", 2), ("label", 1)])
def test_its_papers_are_pdfs(counter: Counter, which, pages):
    address = counter.takes()["address"]
    response = counter.minh.client.get(f"{address}/{which}.pdf")
    assert response.mimetype == "application/pdf"
    assert len(pypdfium2.PdfDocument(response.data)) == pages
    assert counter.minh.client.get(f"{address}/other.pdf").status_code == 404


def test_the_sheet_of_codes_has_every_procedure(counter: Counter):
    response = counter.minh.client.get("/post/procedures.pdf")
    text = " ".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(response.data))
    assert all(one["code"] in text for one in facts_of(counter.minh.get("/post/"))["procedures"])


def test_the_worker_and_the_manifest_look_after_the_screens_of_the_post(counter: Counter):
    stranger = Visitor(counter.app)
    worker = stranger.client.get("/post/worker.js")
    assert worker.mimetype == "text/javascript" and "no-cache" in worker.headers["Cache-Control"]
    told = stranger.client.get("/post/app.webmanifest").get_json(force=True)
    assert (told["scope"], told["start_url"]) == ("/post/", "/post/")
    assert read_html(counter.minh.get("/post/").html).all("link", rel="manifest")

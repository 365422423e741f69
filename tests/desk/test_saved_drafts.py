"""A draft that was put by is opened at the counter by its code or slip; nothing is told twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from build import a_draft
from conftest import House, offer
from deskway import signed_in
from intake import saving
from intake.captures import add_file
from intake.db import db
from intake.offices import point_of
from intake.records import DocumentFile, Dossier, SavedDraft
from intake.rules.rights import Role
from papersway import a_file, a_photo


@pytest.fixture
def here(sqlite_house: House) -> Iterator[House]:
    sqlite_house.restore()
    with sqlite_house.app.app_context():
        yield sqlite_house
        db.session.remove()


@pytest.fixture
def code(here: House) -> str:
    """Put by at kiosk K1 with one page of its paper."""
    session, point, now = db.session(), point_of(db.session(), "K1"), here.clock()
    draft = a_draft(offer(session, point), documents={"form": {"how": "attached", "reason": ""}})
    core = here.app.extensions["motcham"]
    add_file(
        session, a_file(a_photo()), office=point.office, attempt=draft.attempt, requirement_key="form",
        way="camera", visit_id=None, store=core.store, keys=here.keys, now=now,
    )  # fmt: skip
    code = saving.save_draft(session, point, draft, keys=here.keys, now=now)
    session.commit()
    return code


@pytest.fixture
def hoa(here):
    visitor = signed_in(here.app, Role.RECEPTION, point="Q2")
    visitor.get("/desk/new")
    return visitor


@pytest.mark.parametrize("way", ["typed", "scanned"])
def test_all_of_it_stands_in_the_form_and_is_received_once(here, hoa, code, way):
    sent = {"go": "open", "open": code.lower()} if way == "typed" else {"scan": f"MC:{code}"}
    page = hoa.post("/desk/new", {"attempt": "mine", **sent})
    values = page.values()
    assert values["applicant.name"] == "Lê Thị Ngọc Lan" and values["a.who"] == "Lê Văn Bình"
    assert values["applicant.card"] == ""  # who came shows the card again
    assert values["d.form.how"] == "attached" and "Trang đã gửi kèm (1)" in page.text
    assert "Xem lại thẻ căn cước" in page.text
    page = hoa.post("/desk/new", {**values, "go": "accept"})
    assert page.h1.text == "Đã tiếp nhận hồ sơ"
    assert hoa.post("/desk/new", {**values, "go": "accept"}).h1.text == "Đã tiếp nhận hồ sơ"
    db.session.rollback()
    dossier = db.session.query(Dossier).one()
    assert (dossier.channel, db.session.query(DocumentFile).one().dossier_id) == ("counter", dossier.id)
    assert db.session.query(SavedDraft).one().draft_sealed is None
    page = hoa.post("/desk/new", {"attempt": "another", **sent}, status=422)
    assert "Không còn hồ sơ lưu theo mã này" in page.text


def test_an_exemption_is_told_as_claimed_until_its_proof_was_seen(here, hoa):
    session, point, now = db.session(), point_of(db.session(), "K1"), here.clock()
    draft = a_draft(offer(session, point), exemption="Người cao tuổi")
    code = saving.save_draft(session, point, draft, keys=here.keys, now=now)
    session.commit()
    page = hoa.post("/desk/new", {"attempt": "mine", "go": "open", "open": code})
    assert "Đã khai ở ki-ốt Người cao tuổi." in page.text
    assert page.values().get("exemption", "") == ""


def test_a_wrong_code_loses_nothing_that_was_typed(hoa):
    sent = {"attempt": "mine", "applicant.name": "Lê Văn Bình", "go": "open", "open": "K7M4-2QXF"}
    page = hoa.post("/desk/new", sent, status=422)
    assert "Không còn hồ sơ lưu theo mã này" in page.text
    assert page.values()["applicant.name"] == "Lê Văn Bình"


def test_after_its_time_it_is_gone(here, hoa, code):
    here.clock.now = db.session.query(SavedDraft).one().expires_at
    db.session.rollback()
    hoa = signed_in(here.app, Role.RECEPTION, point="Q2")
    page = hoa.post("/desk/new", {"attempt": "mine", "go": "open", "open": code}, status=422)
    assert "Không còn hồ sơ lưu theo mã này" in page.text

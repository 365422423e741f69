"""A draft put by under a code: sealed, brought back by it alone, gone once used or over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from intake import saving
from intake.printing import paper_of
from intake.records import Errand, Event, Office, SavedDraft
from intake.rules.refusals import NoSuchSavedDraft
from intake.rules.saved_codes import LETTERS, shown
from moneyway import clerk_of

HOURS = timedelta(hours=72)


@pytest.fixture
def code(session, kiosk, lans_draft, keys, clock):
    clerk_of(session)
    code = saving.save_draft(session, kiosk, lans_draft, keys=keys, now=clock())
    session.commit()
    return code


def test_the_code_brings_the_draft_back_as_often_as_it_takes(code, session, kiosk, lans_draft, keys, clock):
    for told in (code, shown(code), f"MC:{code}", shown(code).lower()):
        brought = saving.draft_of(session, kiosk.office, told, keys=keys, now=clock())
        assert brought == replace(lans_draft, saved_code=code)
    assert len(code) == 8 and set(code) <= set(LETTERS)


def test_the_database_holds_neither_the_code_nor_a_readable_draft(code, session):
    row = session.execute(select(SavedDraft.__table__)).mappings().one()
    assert code not in repr(row)
    assert b"038156001234" not in row["draft_sealed"]
    assert b"Lan" not in row["slip_sealed"]


def test_the_log_tells_that_something_was_saved_and_not_whose(code, session):
    event = session.scalars(select(Event).filter_by(kind="draft_saved")).one()
    assert event.device == "K1" and event.facts["point"] == "K1"
    assert code not in repr(event.facts) and "Lan" not in repr(event.facts)


def test_a_wrong_code_and_one_of_another_office_open_nothing(code, session, kiosk, keys, clock):
    columns = {one.name: getattr(kiosk.office, one.name) for one in Office.__table__.columns}
    other = Office(**columns | {"id": None, "code": "H56.99.01"})
    session.add(other)
    session.flush()
    for office, tried in ((kiosk.office, "A" * 8), (kiosk.office, ""), (kiosk.office, "?"), (other, code)):
        with pytest.raises(NoSuchSavedDraft):
            saving.draft_of(session, office, tried, keys=keys, now=clock())
    with pytest.raises(NoSuchSavedDraft):
        saving.spend(session, other, code, keys=keys, now=clock())


def test_it_is_spent_once_and_nothing_is_left_of_it(code, session, kiosk, keys, clock):
    saving.spend(session, kiosk.office, code, keys=keys, now=clock())
    for again in (saving.draft_of, saving.spend, saving.slip_of):
        with pytest.raises(NoSuchSavedDraft):
            again(session, kiosk.office, code, keys=keys, now=clock())
    row = session.scalars(select(SavedDraft).execution_options(populate_existing=True)).one()
    assert (row.draft_sealed, row.slip_sealed, row.used_at) == (None, None, clock())


def test_its_time_is_a_rule_of_the_office_and_the_worker_empties_it_then(code, session, kiosk, keys, clock):
    clock.now += HOURS - timedelta(seconds=1)
    assert saving.forget_expired(session, now=clock()) == 0
    assert saving.draft_of(session, kiosk.office, code, keys=keys, now=clock())
    clock.now += timedelta(seconds=1)
    with pytest.raises(NoSuchSavedDraft):
        saving.draft_of(session, kiosk.office, code, keys=keys, now=clock())
    assert (saving.forget_expired(session, now=clock()), saving.forget_expired(session, now=clock())) == (
        1,
        0,
    )
    assert session.scalars(select(SavedDraft.draft_sealed)).one() is None


def test_put_by_again_it_keeps_its_code_and_has_its_whole_time_anew(code, session, kiosk, keys, clock):
    brought = saving.draft_of(session, kiosk.office, code, keys=keys, now=clock())
    clock.now += HOURS - timedelta(hours=1)
    changed = replace(brought, answers={**brought.answers, "copies": "5"})
    assert saving.save_draft(session, kiosk, changed, keys=keys, now=clock()) == code
    clock.now += HOURS - timedelta(hours=1)
    assert saving.draft_of(session, kiosk.office, code, keys=keys, now=clock()) == changed


def test_the_slip_says_code_day_and_papers_and_never_the_citizen_number(code, session, kiosk, keys, clock):
    errand = session.scalars(select(Errand)).one()
    said = repr(paper_of(errand, keys))
    assert shown(code) in said and f"MC:{code}" in said and "CHƯA NỘP" in said
    assert "23/11/2026" in said  # three days from Friday
    assert "Bưu điện Hạc Thành" in said and "Bưu điện Đông Sơn" not in said  # nobody works there
    assert "038156001234" not in said and "Lê Thị Ngọc Lan" not in said and "Lê T. N. L." in said
    assert repr(saving.slip_of(session, kiosk.office, code, keys=keys, now=clock())) == said


def test_a_slip_that_did_not_come_out_in_time_never_does(code, session, kiosk, keys, clock):
    assert saving.slip_state(session, kiosk.office, code, keys=keys) == "printing"
    saving.spend(session, kiosk.office, code, keys=keys, now=clock())
    assert saving.slip_state(session, kiosk.office, code, keys=keys) == "not_printed"


def test_whoever_has_no_number_opens_it_with_the_year_of_their_birth(session, kiosk, lans_draft, keys, clock):
    mai = replace(lans_draft.applicant, citizen_id="", how="vouched", born="1941-01-01")
    code = saving.save_draft(session, kiosk, replace(lans_draft, applicant=mai), keys=keys, now=clock())
    for wrong in ("", "1956", "0101"):
        with pytest.raises(NoSuchSavedDraft):
            saving.brought_back(session, kiosk.office, code, wrong, keys=keys, now=clock())
    draft = saving.brought_back(session, kiosk.office, code, "1941", keys=keys, now=clock())
    assert draft.applicant == mai

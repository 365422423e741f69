"""A visit begins with a touch and leaves nothing behind."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from build import a_draft
from intake import visits
from intake.db import db
from intake.keys import Keys, Unsealable
from intake.records import Event, Visit
from intake.rules.refusals import VisitOver

IDLE = timedelta(seconds=90)


@pytest.fixture
def visit(session, kiosk, clock, keys):
    visit, token = visits.begin(session, kiosk, now=clock(), keys=keys)
    session.commit()
    visit.token = token
    return visit


def test_the_cookie_finds_its_visit_and_the_draft_it_kept(visit, session, clock, keys):
    draft = a_draft(7)
    visits.keep_draft(visit, draft, keys)
    session.commit()
    found = visits.visit_of(session, visit.token, now=clock(), idle=IDLE)
    assert visits.draft_of(found, keys) == draft


def test_the_database_holds_neither_the_cookie_nor_a_readable_draft(visit, session, keys):
    visits.keep_draft(visit, a_draft(7), keys)
    session.commit()
    row = session.execute(select(Visit.__table__)).mappings().one()
    assert visit.token not in repr(row)
    assert b"038156001234" not in row["draft_sealed"]
    with pytest.raises(Unsealable):
        Keys(data_key=bytes(32), receipt_key=bytes(32)).unseal(row["draft_sealed"], "visit.draft")


@pytest.mark.parametrize("token", [None, "", "somebody else's"])
def test_without_its_cookie_there_is_no_visit(visit, token, session, clock):
    with pytest.raises(VisitOver):
        visits.visit_of(session, token, now=clock(), idle=IDLE)


def test_an_untouched_visit_is_over(visit, session, clock):
    clock.now += IDLE + timedelta(seconds=1)
    with pytest.raises(VisitOver):
        visits.visit_of(session, visit.token, now=clock(), idle=IDLE)


def test_a_touch_begins_the_idle_time_anew(visit, session, clock):
    clock.now += timedelta(seconds=80)
    visits.touch(visit, now=clock())
    clock.now += timedelta(seconds=80)
    assert visits.visit_of(session, visit.token, now=clock(), idle=IDLE) is visit


def test_the_end_wipes_the_draft(visit, session, clock, keys):
    visits.end(session, visit, reason="done", now=clock())
    session.commit()
    assert visit.draft_sealed is None
    with pytest.raises(VisitOver):
        visits.draft_of(visit, keys)
    with pytest.raises(VisitOver):
        visits.visit_of(session, visit.token, now=clock(), idle=IDLE)


def test_the_first_reason_of_an_end_stays(visit, session, clock):
    visits.end(session, visit, reason="done", now=clock())
    visits.end(session, visit, reason="idle", now=clock())
    assert visit.end_reason == "done"


def test_the_sweep_wipes_what_was_left_standing(visit, session, clock):
    assert visits.sweep_idle(session, now=clock(), idle=IDLE) == 0
    clock.now += IDLE + timedelta(seconds=1)
    assert visits.sweep_idle(session, now=clock(), idle=IDLE) == 1
    session.commit()
    assert (visit.end_reason, visit.draft_sealed) == ("idle", None)


def test_a_call_for_help_keeps_its_first_moment(visit, clock):
    first = clock()
    visits.call_officer(visit, step="documents", now=first)
    visits.call_officer(visit, step="check", now=first + timedelta(minutes=1))
    assert (visit.called_at, visit.called_from) == (first, "check")


def test_the_first_who_comes_while_it_is_being_filed_has_helped(hoa, dung, visit, session, clock):
    for who in (hoa, dung):
        visits.call_officer(visit, step="documents", now=clock())
        visits.answer_call(session, visit, by=who, now=clock())
    assert visit.helper_id == hoa.person_id and visit.called_at is None


def test_who_comes_for_another_thing_has_not_helped_to_file(hoa, lans_dossier, visit, session, clock):
    visits.call_officer(visit, step="", now=clock())
    visits.answer_call(session, visit, by=hoa, now=clock())
    visit.dossier_id = lans_dossier.id
    visits.call_officer(visit, step="receipt", now=clock())
    visits.answer_call(session, visit, by=hoa, now=clock())
    assert visit.helper_id is None
    assert session.query(Event).filter_by(kind="call_answered").count() == 2


def test_the_sweep_leaves_alone_a_visit_that_is_being_touched(house, visit, session, clock):
    if session.get_bind().dialect.name == "sqlite":
        pytest.skip("SQLite lets one writer in at a time: nothing is in flight beside the sweep")
    clock.now += IDLE + timedelta(seconds=1)
    token = visit.token
    session.rollback()
    with db.engine.connect() as other, other.begin():
        other.execute(update(Visit).where(Visit.id == visit.id).values(touched_at=clock()))
        assert visits.sweep_idle(session, now=clock(), idle=IDLE) == 0
        session.commit()
    assert visits.visit_of(session, token, now=clock(), idle=IDLE).end_reason is None

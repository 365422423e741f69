"""The lock of a dossier, and the dossier at hand: on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from build import vietnam
from conftest import House
from intake import checking, holding, refusing
from intake.at_hand import dossier_at_hand, dossier_at_hand_by_id
from intake.db import db
from intake.events import Actor, citizen
from intake.records import Office
from intake.rules.lifecycle import Status
from intake.rules.refusals import HeldByAnother, NoSuchDossier, NotAllowed, Refusal, WrongStatus
from lifeway import Life, a_refusal

QUARTER = timedelta(minutes=15)


@pytest.fixture
def elsewhere(session, office) -> Office:
    """Another office of the same installation."""
    same = {
        name: getattr(office, name)
        for name in ("name", "place", "agency_name", "collect_at", "hotline", "hours")
    }
    other = Office(code="H56.17.99", **same)
    session.add(other)
    session.commit()
    return other


def taken(life: Life, by: Actor) -> None:
    holding.take(life.session, life.office, life.code, by=by, now=life.now())
    life.session.commit()


def test_whoever_takes_a_dossier_holds_it_for_a_quarter_of_an_hour(life):
    taken(life, life.hoa)
    assert (life.dossier.held_by, life.dossier.held_until) == (life.hoa.person_id, life.now() + QUARTER)
    assert (life.last().kind, life.last().person_id) == ("taken", life.hoa.person_id)


def test_the_office_says_how_long_a_lock_holds(life):
    life.set_rule("lock_minutes", 40)
    taken(life, life.hoa)
    assert life.dossier.held_until == life.now() + timedelta(minutes=40)


def test_a_dossier_of_another_is_refused_with_the_name_and_the_end_of_the_lock(life):
    taken(life, life.hoa)
    for attempt in (lambda: taken(life, life.dung), lambda: life.hand(life.dung)):
        with pytest.raises(HeldByAnother) as refusal:
            attempt()
        assert refusal.value.facts == {"name": "Lê Thu Hoa", "until": vietnam(20, 10, 30)}


def test_whoever_holds_it_may_act_on_it(life):
    taken(life, life.hoa)
    life.check()
    assert (life.dossier.status, life.dossier.held_by) == ("in_progress", life.hoa.person_id)


def test_taking_again_renews_ones_own_lock_without_a_second_event(life, clock):
    taken(life, life.hoa)
    clock.now += timedelta(minutes=10)
    taken(life, life.hoa)
    assert life.dossier.held_until == clock.now + QUARTER
    assert len(life.events("taken")) == 1


def test_a_lock_ends_by_itself_and_another_may_take_the_dossier(life, clock):
    taken(life, life.hoa)
    clock.now += QUARTER
    taken(life, life.dung)
    assert life.dossier.held_by == life.dung.person_id
    assert len(life.events("taken")) == 2


def test_releasing_lets_others_have_it(life):
    taken(life, life.hoa)
    holding.release(life.session, life.office, life.code, by=life.hoa, now=life.now())
    taken(life, life.dung)
    assert [event.kind for event in life.events("taken", "released")] == ["taken", "released", "taken"]


def test_releasing_what_nobody_holds_changes_nothing(life):
    holding.release(life.session, life.office, life.code, by=life.hoa, now=life.now())
    assert life.events("released") == []


def test_nobody_releases_anothers_lock_but_a_manager_and_the_event_says_so(life):
    taken(life, life.hoa)
    with pytest.raises(HeldByAnother):
        holding.release(life.session, life.office, life.code, by=life.dung, now=life.now())
    with pytest.raises(NotAllowed):
        holding.release_by_manager(life.session, life.office, life.code, by=life.dung, now=life.now())
    holding.release_by_manager(
        life.session, life.office, life.code, reason="Chị Hoa nghỉ ốm", by=life.thu, now=life.now()
    )
    assert life.dossier.held_by is None
    released = life.last()
    assert (released.kind, released.actor, released.reason) == (
        "released",
        "Nguyễn Thị Thu",
        "Chị Hoa nghỉ ốm",
    )
    assert released.facts == {"held_by": ["Lê Thu Hoa", None]}


def test_a_dossier_of_another_office_does_not_exist(life, elsewhere):
    for seek in (
        lambda: dossier_at_hand(life.session, elsewhere, life.code, by=life.hoa, now=life.now()),
        lambda: dossier_at_hand_by_id(life.session, elsewhere, 1, by=life.hoa, now=life.now()),
        lambda: holding.take(life.session, elsewhere, life.code, by=life.hoa, now=life.now()),
        lambda: holding.release(life.session, elsewhere, life.code, by=life.hoa, now=life.now()),
        lambda: dossier_at_hand(life.session, life.office, "H56-261120-9", by=life.hoa, now=life.now()),
    ):
        with pytest.raises(NoSuchDossier):
            seek()


def test_a_dossier_is_at_hand_by_its_id_too(life):
    found = dossier_at_hand_by_id(life.session, life.office, life.dossier.id, by=life.hoa, now=life.now())
    assert found.dossier_code == life.code


def test_nothing_is_left_to_take_of_a_returned_dossier(life):
    life.lead_to(Status.RETURNED)
    with pytest.raises(WrongStatus):
        taken(life, life.hoa)


def test_no_citizen_and_no_machine_takes_a_dossier(life):
    with pytest.raises(ValueError, match="no officer"):
        taken(life, citizen("K1"))


def test_of_two_officers_who_take_it_at_once_exactly_one_gets_it(house: House, life: Life):
    def take(by: Actor) -> None:
        holding.take(db.session(), db.session.get_one(Office, 1), life.code, by=by, now=house.clock())

    outcomes = at_once(house, life, *(lambda by=by: take(by) for by in (life.hoa, life.dung, life.thu)))
    assert sorted(outcomes) == ["HeldByAnother", "HeldByAnother", "done"]
    assert len(life.events("taken")) == 1


def test_of_two_officers_who_accept_and_refuse_at_once_one_comes_too_late(house: House, life: Life):
    def dossier(by: Actor):
        office = db.session.get_one(Office, 1)
        return dossier_at_hand(db.session(), office, life.code, by=by, now=house.clock())

    def accept() -> None:
        checking.check_in(db.session(), dossier(life.hoa), by=life.hoa, now=house.clock())

    def refuse() -> None:
        refusing.refuse(
            db.session(), dossier(life.dung), a_refusal(), keys=life.keys, by=life.dung, now=house.clock()
        )

    outcomes = at_once(house, life, accept, refuse)
    assert sorted(outcomes) == ["WrongStatus", "done"]
    assert len(life.events("checked", "refused")) == 1


def test_whoever_only_looks_may_write_an_event_beside_a_verb(house: House, life: Life):
    """A view is an event: it must not wait for the officer who has the dossier at hand."""
    if db.engine.dialect.name == "sqlite":
        return  # one writer at a time is all it has
    life.hand(life.hoa)
    with db.engine.begin() as other:
        other.exec_driver_sql("SET LOCAL lock_timeout = '2s'")
        other.exec_driver_sql(
            "INSERT INTO event (office_id, dossier_id, at, kind, actor, device, facts, reason)"
            " VALUES (1, 1, now(), 'viewed', 'x', 'y', '{}', '')"
        )
    life.session.rollback()


def at_once(house: House, life: Life, *actions: Callable[[], None]) -> list[str]:
    """Do all in threads released together; "done" or the name of the refusal of each."""
    life.session.rollback()
    outcomes: list[str] = []
    gate = threading.Barrier(len(actions))

    def act(action: Callable[[], None]) -> None:
        with house.app.app_context():
            gate.wait(timeout=20)
            try:
                action()
                db.session.commit()
                outcomes.append("done")
            except Refusal as refusal:
                db.session.rollback()
                outcomes.append(type(refusal).__name__)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=act, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes

"""A dossier between the front desk and the units: both sides confirm, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from build import vietnam
from conftest import House
from intake import checking, handing_over, holding, returning
from intake.at_hand import open_handover
from intake.events import Actor
from intake.handing_over import confirm, decline, give, withdraw
from intake.people import roles_in
from intake.records import Assignment, Handover, Office, Person, Unit
from intake.rules.lifecycle import Status
from intake.rules.refusals import (
    HandoverOpen,
    NoHandover,
    NotOfThisUnit,
    UnfinishedNotice,
    UnknownUnit,
    WrongStatus,
)
from intake.rules.rights import Role


@pytest.fixture
def nam(session, office, civil) -> Actor:
    """Anh Nam decides in the civil-status unit."""
    person = Person(username="nam", name="Đỗ Hải Nam", created_at=vietnam(1))
    person.assignments.append(Assignment(office_id=office.id, role=Role.DECIDING, unit_id=civil.id))
    session.add(person)
    session.commit()
    return Actor(person.name, "Q4", person.id)


def test_a_dossier_moves_only_when_the_other_side_confirms(life, civil, nam):
    life.check()
    life.do(give, civil.id, note="Kèm một bản chính")
    assert life.dossier.unit_id is None
    handover = life.do(confirm, by=nam)
    assert life.dossier.unit_id == civil.id
    assert (handover.given_by, handover.closed_by, handover.outcome) == (
        life.hoa.person_id,
        nam.person_id,
        "received",
    )
    given, received = life.events("handed_over", "hand_over_received")
    assert (given.facts["from"], given.facts["to"], given.reason) == ("", civil.name, "Kèm một bản chính")
    assert received.facts["unit_id"] == [None, civil.id]


def test_and_back_to_the_front_desk(life, civil, nam):
    life.check()
    life.do(give, civil.id)
    life.do(confirm, by=nam)
    life.do(returning.result_ready, by=nam)
    life.do(give, None, by=nam)
    life.do(confirm)
    assert life.dossier.unit_id is None
    life.give_back()
    assert life.dossier.status == "returned"


def test_giving_ends_the_givers_lock_so_that_the_other_side_can_confirm(life, civil, nam):
    life.check()
    holding.take(life.session, life.office, life.code, by=life.hoa, now=life.now())
    life.do(give, civil.id)
    life.do(confirm, by=nam)
    assert life.dossier.held_by is None


def test_the_receiving_side_may_decline_and_says_why(life, civil, nam):
    life.check()
    life.do(give, civil.id)
    with pytest.raises(UnfinishedNotice) as refusal:
        life.do(decline, reason="", by=nam)
    assert refusal.value.facts["faults"][0].key == "reason"
    life.session.rollback()
    life.do(decline, reason="Không thuộc lĩnh vực của phòng", by=nam)
    assert (life.dossier.unit_id, open_handover(life.session, life.dossier)) == (None, None)
    assert life.last().kind == "hand_over_declined"


def test_the_giving_side_may_take_it_back(life, civil):
    life.check()
    life.do(give, civil.id)
    life.do(withdraw, reason="Giao nhầm phòng")
    assert (life.last().kind, life.last().reason) == ("hand_over_withdrawn", "Giao nhầm phòng")
    life.do(give, civil.id)  # and hand it over again


def test_there_is_one_open_hand_over_at_most(life, civil):
    life.check()
    life.do(give, civil.id)
    with pytest.raises(HandoverOpen) as refusal:
        life.do(give, civil.id)
    assert refusal.value.facts == {"to": civil.name}


def test_the_database_keeps_it_so(life, civil):
    life.check()
    life.do(give, civil.id)
    life.session.add(
        Handover(
            dossier_id=life.dossier.id, to_unit_id=None, given_by=life.hoa.person_id, given_at=life.now()
        )
    )
    with pytest.raises(IntegrityError):
        life.session.flush()
    life.session.rollback()


def test_while_it_is_on_its_way_nobody_decides_on_it(life, civil):
    life.check()
    life.do(give, civil.id)
    with pytest.raises(HandoverOpen):
        life.decide()


def test_only_the_side_that_has_it_gives_it_away(life, civil, nam):
    life.check()
    with pytest.raises(NotOfThisUnit) as refusal:
        life.do(give, civil.id, by=nam)
    assert refusal.value.facts == {"unit": ""}
    life.session.rollback()
    life.do(give, civil.id)
    life.do(confirm, by=nam)
    with pytest.raises(NotOfThisUnit) as refusal:
        life.do(give, None)
    assert refusal.value.facts == {"unit": civil.name}


@pytest.mark.parametrize("act", [confirm, decline], ids=["confirm", "decline"])
def test_only_the_side_it_is_given_to_confirms_or_declines(life, civil, act):
    life.check()
    life.do(give, civil.id)
    more = {"reason": "Không phải việc của chúng tôi"} if act is decline else {}
    with pytest.raises(NotOfThisUnit):
        life.do(act, by=life.hoa, **more)


def test_only_the_giving_side_takes_it_back(life, civil, nam):
    life.check()
    life.do(give, civil.id)
    with pytest.raises(NotOfThisUnit):
        life.do(withdraw, by=nam)


def test_a_manager_belongs_to_every_side(life, civil):
    life.check()
    life.do(give, civil.id, by=life.thu)
    life.do(confirm, by=life.thu)
    life.do(give, None, by=life.thu)
    life.do(withdraw, by=life.thu)
    assert life.dossier.unit_id == civil.id


def test_a_role_in_another_office_counts_for_nothing_here(life, house: House, session, civil):
    other = Office(
        code="H56.17.98",
        **{
            name: getattr(life.office, name)
            for name in ("name", "place", "agency_name", "collect_at", "hotline", "hours")
        },
    )
    session.add(other)
    session.flush()
    person = Person(username="an", name="Lý Thị An", created_at=vietnam(1))
    person.assignments.append(Assignment(office_id=other.id, role=Role.MANAGER))
    session.add(person)
    session.commit()
    assert Role.MANAGER in roles_in(person, other.id)
    life.check()
    with pytest.raises(NotOfThisUnit):
        life.do(give, civil.id, by=Actor(person.name, "desk", person.id))


def test_a_unit_out_of_use_of_another_office_or_the_same_one_is_refused(life, session, civil):
    life.check()
    civil.active = False
    session.commit()
    for unit_id in (civil.id, 9_999, None):
        with pytest.raises(UnknownUnit):
            life.do(give, unit_id)
        session.rollback()


@pytest.mark.parametrize(
    "status",
    [Status.RECEIVED, Status.AWAITING_SUPPLEMENT, Status.RETURNED, Status.REFUSED, Status.STOPPED],
)
def test_what_nobody_checked_and_what_is_finished_stays_where_it_is(life, civil, status):
    life.lead_to(status)
    with pytest.raises(WrongStatus):
        life.do(give, civil.id)


@pytest.mark.parametrize("act", [confirm, decline, withdraw])
def test_what_is_not_on_its_way_is_neither_confirmed_nor_declined_nor_taken_back(life, act):
    life.check()
    more = {"reason": "Không phải việc của chúng tôi"} if act is decline else {}
    with pytest.raises(NoHandover):
        life.do(act, **more)


@pytest.mark.parametrize(
    ("given_at", "word"),
    [(vietnam(25), "early"), (vietnam(26, 10, 0), "on_time"), (vietnam(27), "late")],
)
def test_form_06_says_whether_it_came_in_time(life, civil, nam, clock, given_at, word):
    life.check()
    clock.now = given_at
    life.do(give, civil.id)
    clock.now = vietnam(30)  # confirming late is not the giver's lateness
    assert life.do(confirm, by=nam).on_time == word


def test_the_receiving_side_may_say_it_otherwise_but_not_in_other_words(life, civil, nam):
    life.check()
    life.do(give, civil.id)
    with pytest.raises(UnfinishedNotice):
        life.do(confirm, on_time="soon", by=nam)
    life.session.rollback()
    assert life.do(confirm, on_time="late", by=nam).on_time == "late"


def test_a_note_that_does_not_fit_the_sheet_is_refused(life, civil):
    life.check()
    with pytest.raises(UnfinishedNotice) as refusal:
        life.do(give, civil.id, note="a" * 501)
    assert refusal.value.facts["faults"][0].code == "too_long"


def test_a_deciding_officer_of_a_unit_decides_only_what_the_unit_has(life, session, civil, nam):
    life.check()
    other = Unit(office_id=life.office.id, name="Phòng Kinh tế")
    session.add(other)
    session.commit()
    life.do(give, other.id)
    life.do(confirm, by=life.thu)
    with pytest.raises(NotOfThisUnit) as refusal:
        life.do(returning.result_ready, by=nam)
    assert refusal.value.facts == {"unit": "Phòng Kinh tế"}
    session.rollback()
    life.do(returning.result_ready, by=life.dung)  # of no unit: of the whole office


def test_checking_again_what_is_on_its_way_is_refused_by_its_status(life, civil):
    life.check()
    life.do(handing_over.give, civil.id)
    with pytest.raises(HandoverOpen):
        life.do(checking.check_in)

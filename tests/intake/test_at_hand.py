"""Who may act on a dossier that is in a unit, on both databases."""

from __future__ import annotations

import pytest

from intake import apologising, stopping, supplementing
from intake.records import Person, Unit
from intake.rules.refusals import NotOfThisUnit
from lifeway import a_request, a_stop, an_apology


def asks(life, by):
    life.do(supplementing.request_supplement, a_request(), by=by)


def stops(life, by):
    life.do(stopping.stop, a_stop(), by=by)


def proposes(life, by):
    life.do(apologising.propose, an_apology(), by=by)


def issues(life, by):
    proposed = life.do(apologising.propose, an_apology())
    life.do(apologising.issue, proposed.id, by=by)


def works_in(life, unit):
    """Dũng decides in that unit only."""
    life.session.get_one(Person, life.dung.person_id).assignments[0].unit_id = unit.id
    life.session.commit()


@pytest.fixture
def in_civil(life, civil):
    life.check()
    life.dossier.unit_id = civil.id
    life.session.commit()
    return civil


@pytest.mark.parametrize("act", [asks, stops, proposes, issues])
def test_who_only_decides_in_one_unit_does_nothing_to_the_dossiers_of_another(life, in_civil, act):
    land = Unit(office_id=life.office.id, name="Phòng Địa chính")
    life.session.add(land)
    life.session.flush()
    works_in(life, land)
    status, deadline = life.dossier.status, life.dossier.deadline_at
    with pytest.raises(NotOfThisUnit) as refusal:
        act(life, life.dung)
    assert refusal.value.facts == {"unit": "Phòng Tư pháp – Hộ tịch"}
    life.session.rollback()
    assert (life.dossier.status, life.dossier.deadline_at) == (status, deadline)


@pytest.mark.parametrize("act", [asks, stops, proposes, issues])
def test_who_decides_in_its_unit_may(life, in_civil, act):
    works_in(life, in_civil)
    act(life, life.dung)

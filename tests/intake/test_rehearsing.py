"""A dry run over the dossiers this office really had."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from build import an_application, vietnam
from conftest import offer
from dayway import a_rule, publish
from intake.accepting import accept
from intake.events import citizen
from intake.records import AcceptancePoint, Dossier, Office
from intake.rehearsing import dry_run, rehearsables
from intake.rules.refusals import NoSuchThing

THURSDAY = vietnam(19, 9, 0)
NOW = vietnam(20)


@pytest.fixture
def office(session: Session, kiosk: AcceptancePoint, keys) -> Office:
    """Two dossiers of Thursday: one done at ten, one of another procedure still open."""
    for code, sector in (("1.000001", "Hộ tịch"), ("1.000002", "Đất đai")):
        version = offer(session, kiosk, code=code, sector=sector)
        accept(
            session, an_application(version), kiosk,
            keys=keys, base_url="http://a", by=citizen("K1"), now=THURSDAY,
        )  # fmt: skip
    first = session.scalars(select(Dossier).order_by(Dossier.id)).first()
    first.finished_at = vietnam(19, 10, 0)
    session.commit()
    return session.scalars(select(Office)).one()


@pytest.mark.parametrize(
    ("changes", "touched", "kept"),
    [
        ({}, 2, 1),
        ({"procedures": frozenset({"1.000001"})}, 1, 1),
        ({"sectors": frozenset({"Đất đai"})}, 1, 0),
        ({"sectors": frozenset({"Khác"})}, 0, 0),
    ],
)
def test_only_procedures_of_the_rule_are_touched(session, office, changes, touched, kept):
    row = publish(session, office, a_rule(**changes), now=NOW)
    run = dry_run(session, office, row.id, None, now=NOW)
    assert (run.found.touched, run.found.kept) == (touched, kept)
    assert (run.for_day, run.runs) == (date(2026, 11, 26), True)


def test_a_draft_is_rehearsed_and_an_ended_rule_is_not_offered(session, office):
    row = publish(session, office, a_rule(), now=NOW)
    row.state = "draft"
    assert [one.state for one in rehearsables(session, office)] == ["draft"]
    assert dry_run(session, office, row.id, date(2026, 11, 27), now=NOW).runs is False
    row.state = "ended"
    assert rehearsables(session, office) == []


def test_a_rule_of_another_office_is_none(session, office):
    row = publish(session, office, a_rule(), now=NOW)
    columns = {one.name: getattr(office, one.name) for one in Office.__table__.columns}
    other = Office(**columns | {"id": None, "code": "H56.99.01"})
    session.add(other)
    session.flush()
    with pytest.raises(NoSuchThing):
        dry_run(session, other, row.id, None, now=NOW)

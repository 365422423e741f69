"""Forms for an outage: numbers without gaps, each entered once, received when the paper says."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from build import FRIDAY, an_application, vietnam
from conftest import House
from dayway import a_rule, publish
from deskway import a_person
from intake import fallback, memory
from intake.accepting import accept
from intake.db import db
from intake.drawings.text import as_text
from intake.events import Actor
from intake.fallback_paper import fallback_papers
from intake.records import AcceptancePoint, Dossier, Event, FallbackForm, Office, ServiceDaySuspension
from intake.rules.refusals import BadTakenAt, FallbackEntered, NoSuchFallbackForm, UnfinishedDossier
from intake.rules.rights import Role

MORNING = vietnam(20, 7, 30)
TAKEN = vietnam(20, 8, 40)


@pytest.fixture
def hoa(house: House, session: Session) -> Actor:
    session.rollback()
    return Actor("Lê Thu Hoa", "Q2", a_person(house.app, Role.RECEPTION))


@pytest.fixture
def office(session: Session) -> Office:
    return session.scalars(select(Office)).one()


@pytest.fixture
def printed(session: Session, office: Office, hoa: Actor) -> None:
    """Forms 1 to 20, printed before the doors opened."""
    fallback.print_forms(session, office, 20, by=hoa, now=MORNING)
    session.commit()


def enter(session: Session, office: Office, version_id: int, number: str, *, by: Actor, keys) -> Dossier:
    """What the counter does with a form."""
    form = fallback.form_to_enter(session, office, number, TAKEN, now=FRIDAY, hold=True)
    application = an_application(
        version_id, channel="counter", attempt=fallback.attempt_of(form), taken_at=TAKEN
    )
    point = session.scalars(select(AcceptancePoint).filter_by(code="Q2")).one()
    dossier = accept(session, application, point, keys=keys, base_url="http://a", by=by, now=FRIDAY)
    fallback.entered(session, form, dossier, taken_at=TAKEN, by=by, now=FRIDAY)
    return dossier


def test_numbers_go_on_where_the_last_forms_ended_and_begin_anew_each_year(session, office, hoa, printed):
    more = fallback.print_forms(session, office, 3, by=hoa, now=FRIDAY)
    assert (more.first, more.last, more.year) == (21, 23, 2026)
    later = fallback.print_forms(session, office, 1, by=hoa, now=vietnam(4, month=1, year=2027))
    assert (later.first, later.year) == (1, 2027)
    assert fallback.count_open(session, office) == 24
    assert [(batch.first, batch.last) for batch in fallback.batches(session, office)] == [
        (1, 1),
        (21, 23),
        (1, 20),
    ]
    told = session.scalars(select(Event.facts).filter_by(kind="fallback_printed").order_by(Event.id)).first()
    assert told == {"number": "1–20/2026", "count": 20}


@pytest.mark.parametrize("count", [0, fallback.MOST + 1])
def test_none_and_too_many_are_not_printed(session, office, hoa, count):
    with pytest.raises(ValueError, match="cannot print"):
        fallback.print_forms(session, office, count, by=hoa, now=FRIDAY)


def test_both_copies_carry_the_number(session, office, printed):
    forms = fallback.forms_of(session, office, 2026, 12, 12)
    first, second = map(as_text, fallback_papers(office, forms))
    assert "12/2026" in first and "Liên 1" in first and "Liên 2" in second


def test_a_dossier_taken_on_paper_was_received_then(session, office, hoa, printed, offered, keys):
    dossier = enter(session, office, offered, "12/2026", by=hoa, keys=keys)
    session.commit()
    assert dossier.received_at == TAKEN
    told = session.scalars(select(Event).filter_by(kind="fallback_entered")).one()
    assert (told.dossier_id, told.facts["number"]) == (dossier.id, "12/2026")
    assert [one.dossier_code for one in fallback.entered_lately(session, office)] == [dossier.dossier_code]
    assert fallback.count_open(session, office) == 19


def test_a_form_entered_again_leads_to_the_first_dossier(session, office, hoa, printed, offered, keys):
    dossier = enter(session, office, offered, "12", by=hoa, keys=keys)
    session.commit()
    with pytest.raises(FallbackEntered) as refusal:
        enter(session, office, offered, "12/2026", by=hoa, keys=keys)
    assert refusal.value.facts["dossier_code"] == dossier.dossier_code


def test_the_same_form_entered_by_two_at_once_is_one_dossier(
    house, session, office, hoa, printed, offered, keys
):
    office_id = office.id
    session.rollback()

    def one(_number: int) -> str:
        with house.app.app_context():
            mine = db.session()
            try:
                code = enter(
                    mine, mine.get_one(Office, office_id), offered, "12/2026", by=hoa, keys=keys
                ).dossier_code
                mine.commit()
            except FallbackEntered as refusal:
                mine.rollback()
                code = str(refusal.facts["dossier_code"])
            return code

    with ThreadPoolExecutor(4) as pool:
        codes = set(pool.map(one, range(4)))
    assert len(codes) == 1
    assert session.scalar(select(func.count()).select_from(Dossier)) == 1
    assert session.scalar(select(func.count()).select_from(Event).filter_by(kind="fallback_entered")) == 1


def test_what_was_taken_while_the_rule_rested_needs_no_exception(
    session, office, hoa, printed, offered, keys
):
    """Entered afterwards, when the day is without paper again."""
    publish(session, office, a_rule(weekdays=frozenset({4})), now=MORNING)
    with pytest.raises(UnfinishedDossier):
        enter(session, office, offered, "12", by=hoa, keys=keys)
    session.rollback()
    until = vietnam(20, 9, 30)
    rested = {"begins_at": vietnam(20, 8, 30), "asked_until": until, "alone_until": until, "ended_at": until}
    session.add(ServiceDaySuspension(office_id=office.id, person_id=hoa.person_id, reason="power", **rested))
    session.commit()
    memory.forget_all()
    dossier = enter(session, office, offered, "12", by=hoa, keys=keys)
    assert (dossier.paper_reason, dossier.without_paper, dossier.same_day) == ("outage", False, False)
    assert dossier.sheets_saved == 0


@pytest.mark.parametrize("number", ["21/2026", "12/2025", "", "mười hai", "12/2026/3", "999999999"])
def test_a_number_that_was_never_printed_is_refused(session, office, printed, number):
    with pytest.raises(NoSuchFallbackForm):
        fallback.form_to_enter(session, office, number, TAKEN, now=FRIDAY)


def test_a_form_of_another_office_is_none(session, office, printed):
    columns = {one.name: getattr(office, one.name) for one in Office.__table__.columns}
    other = Office(**columns | {"id": None, "code": "H56.99.01"})
    session.add(other)
    session.flush()
    with pytest.raises(NoSuchFallbackForm):
        fallback.form_to_enter(session, other, "12/2026", TAKEN, now=FRIDAY)


@pytest.mark.parametrize(
    ("taken_at", "now", "why"),
    [
        (FRIDAY + timedelta(minutes=1), FRIDAY, "future"),
        (TAKEN, TAKEN + timedelta(days=10, minutes=1), "too_old"),
        (vietnam(19, 9, 0), FRIDAY, "before_printed"),
        (vietnam(20, 12, 15), vietnam(20, 15, 0), "not_working_time"),
    ],
)
def test_a_time_at_which_nothing_can_have_been_received_is_refused(
    session, office, printed, taken_at: datetime, now: datetime, why: str
):
    with pytest.raises(BadTakenAt) as refusal:
        fallback.form_to_enter(session, office, "12/2026", taken_at, now=now)
    assert refusal.value.facts["why"] == why


def test_the_minute_in_which_it_was_printed_will_do(session, office, hoa):
    fallback.print_forms(session, office, 1, by=hoa, now=MORNING + timedelta(seconds=40))
    assert fallback.form_to_enter(session, office, "1", MORNING, now=FRIDAY).number == 1
    assert session.scalar(select(func.count()).select_from(FallbackForm)) == 1

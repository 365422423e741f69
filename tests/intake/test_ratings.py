"""How content somebody was: once, after the officers' part, told of many and never of one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from intake import ratings
from intake.learning import learned
from intake.offices import civil_day
from intake.records import Rating
from intake.rules.lifecycle import Status
from intake.rules.receipt_code import decode
from intake.rules.refusals import NotYetToRate
from visitor import Visitor


def code_of(life):
    return decode(life.dossier.receipt.payload, life.keys.public_keys)


@pytest.mark.parametrize("status", [Status.RETURNED, Status.REFUSED])
def test_the_first_answer_stands(life, session, status):
    dossier = life.lead_to(status)
    for score in (1, 3):
        ratings.rate(session, dossier, score, place="kiosk", now=life.now())
    session.commit()
    assert session.scalars(select(Rating.score)).all() == [1]
    assert ratings.to_rate(session, code_of(life), now=life.now()) is None


@pytest.mark.parametrize("status", [Status.IN_PROGRESS, Status.RESULT_READY])
def test_nobody_is_asked_while_officers_work_on_it(life, session, status):
    dossier = life.lead_to(status)
    with pytest.raises(NotYetToRate):
        ratings.to_rate(session, code_of(life), now=life.now())
    with pytest.raises(NotYetToRate):
        ratings.rate(session, dossier, 3, place="phone", now=life.now())


def test_a_few_answers_tell_nothing(life, session, office):
    dossier = life.lead_to(Status.RETURNED)
    ratings.rate(session, dossier, 3, place="kiosk", now=life.now())
    session.commit()
    told = ratings.contentment(session, office.id, life.now() - timedelta(days=1), life.now() + timedelta(1))
    assert (told.answers, told.percent, dict(told.of)) == (1, None, {})
    enough = ratings.Contentment(5, {3: 4, 1: 1})
    assert enough.percent == 80


def test_whoever_holds_the_receipt_answers_on_the_phone(house, life, session):
    life.lead_to(Status.RETURNED)
    payload = life.dossier.receipt.payload
    session.rollback()
    phone = Visitor(house.app)
    page = phone.get(f"/r/{payload}")
    assert "Việc này có hài lòng không?" in page.text
    page = phone.post(f"/r/{payload}/rating", {"score": "2"})
    assert "Cảm ơn đã cho ý kiến" in page.text
    assert "Việc này có hài lòng không?" not in phone.get(f"/r/{payload}").text
    phone.post(f"/r/{payload}/rating", {"score": "3"})
    assert session.scalars(select(Rating.score)).all() == [2]


def test_what_is_learned_of_the_visits_names_nobody(house, life, session, office):
    today = civil_day(life.now())
    told = learned(session, office, today, today, now=life.now())
    assert told.funnels == () and told.alone_percent is None

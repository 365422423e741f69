"""Numbers of forms 02 to 05: in the year, the office and the form, without a gap or a double."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from build import FRIDAY, an_application, vietnam
from intake.accepting import accept
from intake.db import db
from intake.events import citizen
from intake.notices import facts_for, issue_notice, propose_notice
from intake.records import Dossier, Notice
from intake.rules.form_sets import Form


@pytest.fixture
def propose(life):
    def make(form: Form = Form.APOLOGY) -> Notice:
        facts = facts_for(life.session, life.dossier, form, keys=life.keys, by=life.hoa, now=life.now())
        return propose_notice(
            life.session, life.dossier, form, facts, keys=life.keys, by=life.hoa, now=life.now()
        )

    return make


@pytest.fixture
def issue(life, propose):
    def make(form: Form = Form.APOLOGY, *, commit: bool = True) -> int:
        notice = issue_notice(life.session, propose(form), keys=life.keys, by=life.thu, now=life.now())
        number = notice.number
        life.session.commit() if commit else life.session.rollback()
        return number

    return make


def test_each_form_has_a_series_of_its_own(issue):
    assert [issue(), issue(), issue(Form.STOP_NOTICE), issue()] == [1, 2, 1, 3]


def test_a_rollback_leaves_no_gap(issue):
    assert issue() == 1
    assert issue(commit=False) == 2
    assert issue() == 2


def test_a_proposed_notice_takes_no_number(life, propose, issue):
    assert propose().number is None
    life.session.commit()
    assert issue() == 1


def test_the_series_begins_anew_every_year_of_vietnam(clock, issue):
    clock.now = vietnam(31, 23, 30, month=12)
    assert issue() == 1
    clock.now = vietnam(1, 0, 10, month=1, year=2027)
    assert issue() == 1


def test_two_officers_at_once_get_two_numbers(house, life, propose):
    """Four threads, sixteen notices: 1 to 16, each once."""
    ids = [propose().id for _ in range(16)]
    life.session.commit()
    keys, by, faults = life.keys, life.thu, []
    gate = threading.Barrier(4)

    def work(mine: list[int]) -> None:
        with house.app.app_context():
            gate.wait(timeout=10)
            try:
                for one in mine:
                    session = db.session()
                    issue_notice(session, session.get_one(Notice, one), keys=keys, by=by, now=FRIDAY)
                    session.commit()
            except BaseException as fault:
                db.session.rollback()
                faults.append(fault)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work, args=(ids[i::4],)) for i in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=30)
    assert faults == []
    numbers = life.session.scalars(select(Notice.number).order_by(Notice.number)).all()
    assert numbers == list(range(1, 17))


def test_form_01_is_numbered_without_gaps_too(life, kiosk, offered):
    def file() -> None:
        accept(
            life.session,
            an_application(offered),
            kiosk,
            keys=life.keys,
            base_url="http://10.0.0.5:8080",
            by=citizen("K1"),
            now=life.now(),
        )

    file()
    life.session.rollback()
    file()
    life.session.commit()
    assert life.session.scalars(select(Dossier.number).order_by(Dossier.number)).all() == [1, 2]

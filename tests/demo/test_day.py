"""A day is played against a running system: its kiosks are used, its officers work."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from demo.accounts import make_accounts
from demo.citizen import Lost
from demo.day import play
from intake.db import db
from intake.records import Dossier, Event, Office, Ticket
from live import demo, serving


@pytest.fixture
def shown(tmp_path):
    """A demo office with its people, on a Thursday morning."""
    app, clock = demo(tmp_path)
    with app.app_context():
        make_accounts(db.session(), db.session.scalars(select(Office)).one(), now=clock())
        db.session.commit()
        yield app, clock
        db.session.remove()


WANTED = {"submitted", "checked", "ticket_called"}


class Enough:
    """A stop that is set once everything wanted has happened."""

    def is_set(self) -> bool:
        happened = set(db.session.scalars(select(Event.kind)))
        db.session.rollback()
        return happened >= WANTED

    def wait(self, timeout: float) -> None:
        time.sleep(timeout)


def a_day(app, clock, base: str):
    session = db.session()
    return play(
        session,
        session.scalars(select(Office)).one(),
        keys=app.extensions["motcham"].keys,
        kiosks_at=base,
        speed=200,
        lasts=timedelta(seconds=90),
        clock=clock,
        stop=Enough(),
        tell=lambda words: None,
    )


def test_people_come_and_officers_work(shown):
    app, clock = shown
    begun = clock()
    with serving(app) as base:
        happened = a_day(app, clock, base)
    assert set(happened) >= WANTED
    session = db.session()
    filed = session.scalars(select(Dossier).where(Dossier.received_at > begun)).all()
    assert filed and {dossier.channel for dossier in filed} == {"kiosk"}
    assert session.scalars(select(Ticket).where(Ticket.taken_at > begun)).all()


def test_without_a_running_system_it_says_so(shown):
    app, clock = shown
    with pytest.raises(Lost, match="9"):
        a_day(app, clock, "http://127.0.0.1:9")

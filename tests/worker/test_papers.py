"""The worker minds the files of papers: fetches pages, asks ClamAV, wipes what died, survives its faults."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

import papersway as way
from conftest import House
from intake import captures, visits
from intake.captures.store import FRESH
from intake.db import db
from intake.offices import point_of
from intake.ports import VirusScanned
from intake.records import DocumentFile, ScanJob
from worker import Worker

PAGE = way.a_file(way.a_page(620, 877), "PNG")


class Scanner:
    def __init__(self, device: str) -> None:
        assert device == "test:0"

    def scan(self) -> tuple[bytes, ...]:
        return (PAGE, PAGE)


@pytest.fixture
def worker(sqlite_house: House):
    """With a scanner that has two pages, and a ClamAV that finds something in everything."""
    sqlite_house.restore()
    app = sqlite_house.app
    core = app.extensions["motcham"]
    app.extensions["motcham"] = replace(
        core, open_scanner=Scanner, check_for_virus=lambda content: VirusScanned.INFECTED
    )
    with app.app_context():
        yield Worker(app)
        db.session.remove()
    app.extensions["motcham"] = core


def test_pages_come_from_the_scanner_are_looked_at_and_die_with_the_visit(worker, sqlite_house):
    session, keys, clock = db.session(), sqlite_house.keys, sqlite_house.clock
    kiosk = point_of(session, "K1")
    kiosk.scanner = "test:0"
    visit, _ = visits.begin(session, kiosk, now=clock(), keys=keys)
    captures.ask_scan(session, visit, "form", attempt="a", now=clock())
    visit_id = visit.id
    session.commit()
    with ThreadPoolExecutor(4) as pool:
        worker.look(pool, ask=False)
    assert session.scalars(select(ScanJob.state)).one() == "done"
    session.rollback()  # what looks here must not keep the worker waiting
    worker.mind_papers()
    rows = captures.files_of(session, "a")
    (address,) = set(session.scalars(select(DocumentFile.content_key)))
    assert address in set(worker.core.store.addresses())
    assert [row.scan_state for row in rows] == ["infected", "infected"]
    session.rollback()
    visits.end(session, session.get_one(visits.Visit, visit_id), reason="done", now=clock())
    session.commit()
    clock.now += FRESH + timedelta(seconds=1)
    worker.mind_papers()
    assert session.scalars(select(DocumentFile)).all() == []
    assert address not in set(worker.core.store.addresses())


def test_a_store_that_cannot_be_reached_is_logged_and_the_worker_goes_on(worker, capsys, monkeypatch):
    def broken(*_args, **_known):
        raise OSError("no such folder")

    monkeypatch.setattr(type(worker.core.store), "clear_drafts", broken)
    worker.mind_papers()
    assert '"task": "papers"' in capsys.readouterr().err

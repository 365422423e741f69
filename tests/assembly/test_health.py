"""/healthz says which part is not well; /metrics gives figures and nothing personal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from build import FRIDAY
from conftest import Clock, House
from intake.db import db
from intake.records import Dossier, Heartbeat, Printer


@pytest.fixture
def health(house: House, session):
    """GET /healthz: (status, report)."""

    def ask() -> tuple[int, dict]:
        answer = house.app.test_client().get("/healthz")
        return answer.status_code, answer.get_json()

    return ask


@pytest.fixture
def worker_at_work(session) -> None:
    session.add(Heartbeat(name="a:1", at=FRIDAY))
    session.commit()


def test_all_is_well(health, worker_at_work):
    status, report = health()
    assert (status, report["worker"], report["database"]) == (200, "ok", "ok")


def test_without_a_worker_it_is_not_well(health):
    assert health()[0] == 503


def test_a_worker_that_fell_silent_is_told(health, worker_at_work, clock: Clock):
    clock.now += timedelta(minutes=2)
    status, report = health()
    assert (status, report["worker"].startswith("silent since")) == (503, True)


def test_a_printer_in_trouble_is_named(health, worker_at_work, session):
    session.execute(update(Printer).values(trouble="paper_out"))
    session.commit()
    status, report = health()
    assert (status, report["printers"]) == (503, {"Máy in sảnh A": "paper_out"})


def test_without_a_database_it_answers_all_the_same(health, worker_at_work):
    db.session.execute(db.text("ALTER TABLE heartbeat RENAME TO lost"))
    db.session.commit()
    try:
        status, report = health()
    finally:
        db.session.rollback()
        db.session.execute(db.text("ALTER TABLE lost RENAME TO heartbeat"))
        db.session.commit()
    assert (status, report["database"] != "ok") == (503, True)


def test_figures_count_papers_and_name_nobody(house: House, lans_dossier: Dossier):
    text = house.app.test_client().get("/metrics").get_data(as_text=True)
    assert 'motcham_errands{state="queued"} 1' in text
    assert lans_dossier.dossier_code not in text

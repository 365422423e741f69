"""/healthz says which part is not well; /metrics gives figures and nothing personal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from build import FRIDAY
from conftest import Clock, House
from intake.db import db
from intake.records import Dossier, Heartbeat, Printer
from web.limits import limiter

OTHER = ("10.0.0.9", {})
PROXIED = ("127.0.0.1", {"X-Forwarded-For": "10.0.0.9"})


@pytest.fixture
def health(house: House, session):
    """GET /healthz: (status, report)."""

    def ask(address: str = "127.0.0.1", **headers: str) -> tuple[int, dict]:
        sender = {"REMOTE_ADDR": address}
        answer = house.app.test_client().get("/healthz", environ_base=sender, headers=headers)
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
    told = [{"office": "H56.17.22", "name": "Máy in sảnh A", "trouble": "paper_out"}]
    assert (status, report["printers"]) == (503, told)


def test_a_well_printer_hides_no_other_of_its_name(health, worker_at_work, session):
    first = session.query(Printer).one()
    first.trouble = "paper_out"
    session.add(Printer(office_id=first.office_id, name=first.name, url="virtual:"))
    session.commit()
    status, report = health()
    assert (status, [one["trouble"] for one in report["printers"]]) == (503, ["paper_out", None])


@pytest.mark.parametrize(("address", "headers"), [OTHER, PROXIED])
def test_another_machine_sees_only_whether_all_is_well(health, worker_at_work, session, address, headers):
    assert health(address, **headers) == (200, {"web": "ok"})
    session.execute(update(Printer).values(trouble="paper_out"))
    session.commit()
    assert health(address, **headers) == (503, {"web": "not ok"})


def test_only_this_machine_may_look_without_end(health, worker_at_work, house: House):
    limiter.reset()
    statuses = [health("10.0.0.9")[0] for _ in range(61)]
    assert statuses == 60 * [200] + [429]
    assert {health()[0] for _ in range(61)} == {200}


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


@pytest.mark.parametrize(("address", "headers"), [OTHER, PROXIED])
def test_figures_are_for_this_machine_unless_opened(house: House, monkeypatch, address, headers):
    def status() -> int:
        sender = {"REMOTE_ADDR": address}
        return house.app.test_client().get("/metrics", environ_base=sender, headers=headers).status_code

    assert status() == 403
    core = house.app.extensions["motcham"]
    opened = replace(core, settings=replace(core.settings, metrics_open=True))
    monkeypatch.setitem(house.app.extensions, "motcham", opened)
    assert status() == 200


def test_figures_count_papers_and_name_nobody(house: House, lans_dossier: Dossier):
    text = house.app.test_client().get("/metrics").get_data(as_text=True)
    assert 'motcham_errands{state="queued"} 1' in text
    assert lans_dossier.dossier_code not in text

"""A worker as a process of its own, killed while paper is coming out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import select

from app import create_app
from build import an_application
from conftest import offer
from devices.virtual_printer import VirtualPrinter
from intake import founding, reprinting
from intake.accepting import accept
from intake.db import db
from intake.events import citizen
from intake.offices import point_of
from intake.records import Errand, Record
from settings import ROOT, Settings

pytestmark = pytest.mark.processes
PATIENCE_S = 120.0  # a busy machine is slow, not wrong


@contextmanager
def a_worker(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "worker.py"],
        cwd=ROOT,
        env=os.environ | environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=10)


def test_a_worker_killed_while_sending_leaves_it_unknown_and_nothing_is_doubled(tmp_path: Path):
    with VirtualPrinter(speed=100) as device:
        environment = {"MOTCHAM_DATA": str(tmp_path), "MOTCHAM_PRINTER_PORT": str(device.port)}
        app = create_app(Settings.from_env(environment))
        with app.app_context():
            _one_dossier(app)
            with a_worker(environment) as first:
                device.at_row(200, lambda: os.kill(first.pid, signal.SIGKILL))
                first.wait(timeout=PATIENCE_S)
            db.session.rollback()
            assert _states() == ["sending"]
            device.set(speed=20_000)
            with a_worker(environment):
                assert _eventually(["unknown"], device)
                point = point_of(db.session(), "K1")
                reprinting.reprint(db.session(), 1, by=citizen(point.code), now=_now(app))
                db.session.commit()
                assert device.wait_for(lambda it: sum(sheet.cut for sheet in it.tray.sheets) >= 1, PATIENCE_S)
                assert _eventually(["unknown", "printed"], device)
            db.session.remove()
            db.engine.dispose()


def _one_dossier(app) -> None:
    Record.metadata.create_all(db.engine)
    session = db.session()
    founding.found(session, demo=True, now=_now(app))
    session.commit()
    point = point_of(session, "K1")
    accept(
        session,
        an_application(offer(session, point)),
        point,
        keys=app.extensions["motcham"].keys,
        base_url="http://127.0.0.1:8080",
        by=citizen("K1"),
        now=_now(app),
    )
    session.commit()


def _now(app):
    return app.extensions["motcham"].clock()


def _states() -> list[str]:
    db.session.expire_all()
    states = list(db.session.scalars(select(Errand.state).order_by(Errand.copy_no)))
    db.session.rollback()
    return states


def _eventually(states: list[str], device: VirtualPrinter) -> bool:
    """Wait for the ledger; there is no event across processes to wait on, so look again until a deadline."""
    until = monotonic() + PATIENCE_S
    while monotonic() < until:
        if _states() == states:
            return True
        device.wait_for(lambda _: False, 0.1)
    return False

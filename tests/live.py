"""The real application behind a real port, in a thread: for browsers and for many hands at once."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flask import Flask
from werkzeug.serving import make_server

from app import create_app
from build import vietnam
from intake import founding, printing
from intake.db import db
from intake.records import Office, OfficeRule, Printer, Record
from settings import Settings

MORNING = vietnam(26, 8, 42)  # Thursday 26/11/2026: an ordinary working day


class RunningClock:
    """A clock that starts at ``start`` and then runs; ``pass_by`` moves it ahead."""

    def __init__(self, start: datetime) -> None:
        self.ahead = start - datetime.now(UTC)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def set(self, moment: datetime) -> None:
        self.ahead = moment - datetime.now(UTC)


@dataclass
class Site:
    """A served application and what it holds."""

    app: Flask
    clock: RunningClock
    base: str

    def count(self, record: type) -> int:
        with self.app.app_context():
            return int(db.session.query(record).count())


def demo(folder: Path, *, start: datetime = MORNING, **changes: object) -> tuple[Flask, RunningClock]:
    """The demo office in an empty folder; its printer writes to a file there."""
    settings = Settings.from_env({"MOTCHAM_DATA": str(folder), "MOTCHAM_STARTS_PER_MINUTE": "1000000"})
    clock = RunningClock(start)
    app = create_app(replace(settings, **changes), clock=clock)  # type: ignore[arg-type]
    app.testing = False
    with app.app_context():
        Record.metadata.create_all(db.engine)
        founding.found(db.session(), demo=True, now=clock())
        # One Lan files the same thing all day.
        office = db.session.query(Office).order_by(Office.id).first()
        rule = {"name": "duplicate_days", "value": 0, "valid_from": date(2026, 1, 1), "instrument": ""}
        db.session.add(OfficeRule(office_id=office.id, **rule))
        for printer in db.session.query(Printer):
            printer.url = f"file://{folder}/paper.bin"
        db.session.commit()
        db.session.remove()
    return app, clock


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address of ``app`` while it is served."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def print_waiting(app: Flask) -> int:
    """Do the worker's part once, for every printer; how many papers it settled."""
    core = app.extensions["motcham"]
    done = 0
    with app.app_context():
        for printer_id in [row.id for row in db.session.query(Printer)]:
            while printing.print_next(
                db.session(),
                printer_id,
                worker="tests",
                open_printer=core.open_printer,
                keys=core.keys,
                clock=core.clock,
                lease=timedelta(seconds=60),
            ):
                db.session.commit()
                done += 1
        db.session.commit()
    return done


def chromium() -> str | None:
    """Where a Chromium is on this machine, if there is one."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

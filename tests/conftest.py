"""Things the tests of every room share: an application, its two databases, a clock, the cast."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from weakref import WeakKeyDictionary

import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine, make_url, select
from sqlalchemy.orm import Session

from app import create_app
from build import FRIDAY, a_draft, a_procedure, an_application
from intake import cataloguing, founding, memory, queries
from intake.accepting import accept
from intake.db import db
from intake.drafts import Draft
from intake.events import citizen
from intake.keys import Keys
from intake.offices import point_of
from intake.records import (
    AcceptancePoint,
    Dossier,
    OfferedProcedure,
    Office,
    ProcedureVersion,
    Record,
)
from settings import Settings
from web import logs

# How long an example takes tells how busy the machine is, and nothing else.
hypothesis_settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("patient")

# A version never changes, wherever a test sets the clock and whatever it forgets: only the next test
# begins anew.
queries._procedures._keep = timedelta.max
queries._procedures.clear = lambda: None  # type: ignore[method-assign]

# What a procedure that comes on offer does not change; to read it anew costs more than most tests.
STILL_TRUE = [queries._procedures, queries._communes, queries._commune_codes]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Several processes of tests must agree on the order, also where a set told the parameters."""
    places: dict[object, int] = {}
    for item in items:
        places.setdefault(item.location[:2], len(places))
    items.sort(key=lambda item: (places[item.location[:2]], item.name))


def pytest_collection_finish() -> None:
    """What was collected stays to the end: to look through it for garbage, and so often, finds nothing."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


class Clock:
    """The application's clock, advanced by hand."""

    def __init__(self) -> None:
        self.now = FRIDAY

    def __call__(self) -> datetime:
        return self.now


@dataclass
class House:
    """One application over one database that is put back to its founding before every test."""

    app: Flask
    clock: Clock
    refill: Callable[[], None]
    remembered: list[dict[Engine, dict]]

    @property
    def keys(self) -> Keys:
        return self.app.extensions["motcham"].keys

    def close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def restore(self) -> None:
        # What is remembered of the pristine database is still true of it; to
        # read the whole catalogue anew would cost more than most tests.
        for remembered, known in zip(memory._all, self.remembered, strict=True):
            remembered._known = WeakKeyDictionary({engine: dict(held) for engine, held in known.items()})
        self.clock.now = FRIDAY
        logs.configure(self.app.extensions["motcham"].settings.log_level)  # another app may have changed it
        with self.app.app_context():
            db.session.remove()
        self.refill()


@pytest.fixture(scope="session")
def sqlite_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("sqlite")
    current, pristine = folder / "motcham.db", folder / "pristine.db"

    def refill() -> None:
        house.close()  # it would go on reading the file that was
        for left in ("-wal", "-shm"):
            Path(f"{current}{left}").unlink(missing_ok=True)
        shutil.copyfile(pristine, current)

    house = _house(folder, f"sqlite:///{current}", refill)
    shutil.copyfile(current, pristine)
    yield house
    house.close()


@pytest.fixture(scope="session")
def postgresql_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    if "MOTCHAM_TEST_PG" not in os.environ:
        pytest.skip("no PostgreSQL: ./motcham test sets MOTCHAM_TEST_PG")
    url = recreate("motcham_tests")
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    # One connection for all: a new one first reads its catalogues, which takes ten times as long.
    with psycopg.connect(plain, autocommit=True) as server:
        refilling = Refilling(server)
        house = _house(tmp_path_factory.mktemp("postgresql"), url, refilling)
        refilling.remember()
        yield house
        house.close()


class Refilling:
    """Puts a PostgreSQL database back, leaving alone every row that nothing changed.

    A row that is new or altered is younger than all that were there, and one that is gone is missed
    in the count.
    """

    def __init__(self, server: psycopg.Connection) -> None:
        self.server = server
        self.tables = {table.name: table for table in Record.metadata.sorted_tables}
        self.held: dict[str, tuple[int, int]] = {}
        self.numbers = ""

    def remember(self) -> None:
        self.server.execute("CREATE SCHEMA pristine")
        for name in self.tables:
            self.server.execute(f"CREATE TABLE pristine.{name} AS TABLE {name}")
        self.server.execute("SET session_replication_role = replica")  # in any order, whatever refers to it
        self.server.execute("SET lock_timeout = '60s'")
        sequences = self.server.execute("SELECT sequencename, last_value FROM pg_sequences").fetchall()
        told = (f"setval('{name}', {last or 1}, {last is not None})" for name, last in sequences)
        self.numbers = f"SELECT {', '.join(told)}"
        self.held = self._look()

    def __call__(self) -> None:
        found = self._look()
        missed = False
        for name in self.tables:
            if found[name] == self.held[name]:
                continue
            held, youngest = self.held[name]
            gone = self.server.execute(f"DELETE FROM {name} WHERE xmin::text::bigint > {youngest or 0}")
            if found[name][0] - gone.rowcount < held:
                self.server.execute(self._bring_back(name))
                missed = True
        self.server.execute(self.numbers)
        if missed:
            self.held = self._look()

    def _bring_back(self, name: str) -> str:
        same = " AND ".join(f"{name}.{key.name} = was.{key.name}" for key in self.tables[name].primary_key)
        missing = f"NOT EXISTS (SELECT FROM {name} WHERE {same})"
        return f"INSERT INTO {name} SELECT * FROM pristine.{name} was WHERE {missing}"

    def _look(self) -> dict[str, tuple[int, int]]:
        """How many rows every table holds, and the youngest of them."""
        each = (f"SELECT '{name}', count(*), max(xmin::text::bigint) FROM {name}" for name in self.tables)
        rows = self.server.execute(" UNION ALL ".join(each), prepare=True).fetchall()
        return {name: (held, youngest) for name, held, youngest in rows}


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    """For verbs and queries, which must do the same on both databases."""
    house: House = request.getfixturevalue(f"{request.param}_house")
    house.restore()
    with house.app.app_context():
        yield house
        db.session.remove()


@pytest.fixture
def session(house: House) -> Session:
    return db.session()


@pytest.fixture
def clock(house: House) -> Clock:
    return house.clock


@pytest.fixture
def keys(house: House) -> Keys:
    return house.keys


@pytest.fixture
def kiosk(session: Session) -> AcceptancePoint:
    point = point_of(session, "K1")
    assert point is not None
    return point


@pytest.fixture
def offered(session: Session, kiosk: AcceptancePoint) -> int:
    """The version id of a_procedure(), which this office receives."""
    return offer(session, kiosk)


@pytest.fixture
def lans_draft(offered: int) -> Draft:
    return a_draft(offered)


@pytest.fixture
def lans_dossier(session: Session, kiosk: AcceptancePoint, offered: int, keys: Keys, clock: Clock) -> Dossier:
    dossier = accept(
        session,
        an_application(offered),
        kiosk,
        keys=keys,
        base_url="http://10.0.0.5:8080",
        by=citizen("K1"),
        now=clock(),
    )
    session.commit()
    return dossier


def offer(session: Session, point: AcceptancePoint, **changes: object) -> int:
    """Save a_procedure(**changes) and let the office of ``point`` receive it."""
    procedure = a_procedure(**changes)
    cataloguing.save_procedure(session, procedure, source="test", now=FRIDAY)
    session.flush()
    known = session.query(OfferedProcedure).filter_by(
        office_id=point.office_id, procedure_code=procedure.code
    )
    if known.count() == 0:
        session.add(OfferedProcedure(office_id=point.office_id, procedure_code=procedure.code, position=0))
    session.commit()
    for remembered in memory._all:
        if remembered not in STILL_TRUE:
            remembered.clear()
    version = (
        session.query(ProcedureVersion)
        .filter_by(procedure_code=procedure.code)
        .order_by(ProcedureVersion.version.desc())
        .first()
    )
    assert version is not None
    return version.id


def _house(folder: Path, url: str, refill: Callable[[], None]) -> House:
    clock = Clock()
    settings = replace(
        Settings.from_env({"MOTCHAM_DATA": str(folder), "MOTCHAM_DATABASE_URL": url}),
        worker_name="tests",
        printer_wait_s=5,
    )
    app = create_app(settings, clock=clock)
    app.testing = True
    with app.app_context():
        if url.startswith("sqlite"):
            _hurry_sqlite()
        Record.metadata.create_all(db.engine)
        founding.found(db.session(), demo=True, now=FRIDAY)
        db.session.commit()
        memory.forget_all()
        for office in db.session.scalars(select(Office)):
            queries.offered(db.session(), office, now=FRIDAY)
        queries.commune_codes(db.session(), now=FRIDAY)
        remembered = [{engine: dict(held) for engine, held in one._known.items()} for one in memory._all]
        db.session.remove()
    house = House(app, clock, refill, remembered)
    house.close()
    return house


def _hurry_sqlite() -> None:
    """Tests survive a power cut badly anyway: no fsync."""
    from sqlalchemy import event

    @event.listens_for(db.engine, "connect")
    def _connected(connection: object, _record: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]


def recreate(name: str) -> str:
    """A fresh PostgreSQL database of that name, apart for every process of tests; returns its address."""
    name += os.environ.get("PYTEST_XDIST_WORKER", "")
    url = make_url(os.environ["MOTCHAM_TEST_PG"])
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}"')
    return url.set(database=name).render_as_string(hide_password=False)

"""Things the tests of every room share: an application, its two databases, a clock, the cast."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from weakref import WeakKeyDictionary

import psycopg
import pytest
from flask import Flask
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
        self.close()
        self.refill()


@pytest.fixture(scope="session")
def sqlite_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("sqlite")
    current, pristine = folder / "motcham.db", folder / "pristine.db"

    def refill() -> None:
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
    tables = [table.name for table in Record.metadata.sorted_tables]
    numbered = [
        table.name
        for table in Record.metadata.sorted_tables
        if "id" in table.columns and table.columns["id"].autoincrement is not False
    ]

    def server() -> psycopg.Connection:
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(plain, autocommit=True)

    def refill() -> None:
        # Ten times faster than a new database from a template.
        with server() as connection:
            connection.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY")
            for table in tables:
                connection.execute(f"INSERT INTO {table} SELECT * FROM pristine.{table}")
            for table in numbered:
                connection.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
                )

    house = _house(tmp_path_factory.mktemp("postgresql"), url, refill)
    with server() as connection:
        connection.execute("CREATE SCHEMA pristine")
        for table in tables:
            connection.execute(f"CREATE TABLE pristine.{table} AS TABLE {table}")
    yield house
    house.close()


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
    memory.forget_all()
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
    """A fresh PostgreSQL database of that name; returns its address."""
    url = make_url(os.environ["MOTCHAM_TEST_PG"])
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}"')
    return url.set(database=name).render_as_string(hide_password=False)

"""The one database handle, and how SQLite is made as durable as PostgreSQL."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from intake.records import Record

db = SQLAlchemy(model_class=Record)

_BUSY_S = 15
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={_BUSY_S * 1000}", "foreign_keys=ON")
_reading: ContextVar[bool] = ContextVar("reading", default=False)


@contextmanager
def reading() -> Iterator[None]:
    """Transactions begun inside only read: on SQLite they do not queue behind writers."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


@contextmanager
def apart() -> Iterator[Session]:
    """A short transaction of its own that writes and is committed, also beside a page that only reads.

    On SQLite never inside a transaction that writes, for which it would wait in
    vain: RuntimeError, at once and not after fifteen seconds.
    """
    here = db.session()
    if not _reading.get() and here.get_bind().dialect.name == "sqlite" and here.in_transaction():
        raise RuntimeError("apart() inside a transaction that writes")
    token = _reading.set(False)
    try:
        with Session(db.engine) as session:
            yield session
            session.commit()
    finally:
        _reading.reset(token)


class TurnTaking(sqlite3.Connection):
    """A SQLite connection whose writing transactions take turns within the process.

    SQLite's own waiting polls, with pauses of up to 100 ms; a lock hands over
    at once. Other processes still meet at the lock of the file.
    """

    turn = threading.Lock()
    holds = False

    def begin(self, *, writing: bool) -> None:
        if writing:
            self.holds = self.turn.acquire(timeout=_BUSY_S)
        try:
            self.execute("BEGIN IMMEDIATE" if writing else "BEGIN")
        except sqlite3.Error:
            self._next()
            raise

    def commit(self) -> None:
        try:
            super().commit()
        finally:
            self._next()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._next()

    def close(self) -> None:
        # The pool closes a connection that was invalidated without rolling it back.
        try:
            super().close()
        finally:
            self._next()

    def _next(self) -> None:
        if self.holds:
            self.holds = False
            self.turn.release()


def engine_options(url: str) -> dict[str, Any]:
    """What Flask-SQLAlchemy hands to ``create_engine`` for this database."""
    if url.startswith("sqlite"):
        return {"connect_args": {"factory": TurnTaking, "timeout": _BUSY_S, "check_same_thread": False}}
    return {"pool_pre_ping": True, "pool_size": 8, "max_overflow": 8}


def make_durable(engine: Engine) -> None:
    """Take transactions away from the SQLite driver, whose defaults lose updates."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        raw = connection.connection.dbapi_connection
        assert isinstance(raw, TurnTaking)
        raw.begin(writing=not _reading.get())

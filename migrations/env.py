"""Alembic inside the application: the database and its schema are the application's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection

migrate = current_app.extensions["migrate"]


def run() -> None:
    with migrate.db.engine.connect() as connection, _parents_may_be_remade(connection):
        context.configure(
            connection=connection,
            target_metadata=migrate.db.metadata,
            transactional_ddl=True,  # on SQLite as well: we begin its transactions ourselves (intake/db.py)
            **migrate.configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
            _must_be_whole(connection)
        connection.commit()


@contextmanager
def _parents_may_be_remade(connection: Connection) -> Iterator[None]:
    """SQLite alters a table by making it anew, which foreign keys that lead to it would forbid.

    They can only be switched off outside a transaction, hence before SQLAlchemy begins one.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys=ON")


def _must_be_whole(connection: Connection) -> None:
    """What was switched off is made up for before anything is kept."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"{len(broken)} rows would lose what they belong to: {broken[:5]}")


run()

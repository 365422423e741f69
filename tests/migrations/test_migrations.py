"""The migrations make exactly the tables the records describe, and can be undone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import inspect

from app import create_app
from cli import schema
from conftest import recreate
from intake.db import db
from intake.records import Record
from settings import Settings


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path: Path):
    """An application over a database without a single table."""
    url = f"sqlite:///{tmp_path}/empty.db"
    if request.param == "postgresql":
        if "MOTCHAM_TEST_PG" not in os.environ:
            pytest.skip("no PostgreSQL: ./motcham test sets MOTCHAM_TEST_PG")
        url = recreate("motcham_migrations")
    app = create_app(Settings.from_env({"MOTCHAM_DATA": str(tmp_path), "MOTCHAM_DATABASE_URL": url}))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_the_head_migration_equals_the_records(empty: Flask):
    schema(empty).upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Record.metadata) == []


def test_the_first_schema_can_be_undone_and_made_again(empty: Flask):
    migrations = schema(empty)
    migrations.upgrade()
    migrations.downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
    migrations.upgrade()
    assert "dossier" in inspect(db.engine).get_table_names()

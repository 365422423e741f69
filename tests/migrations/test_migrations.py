"""The migrations make exactly the tables the records describe, and can be undone."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from app import create_app
from build import FRIDAY, an_application
from cli import schema
from conftest import offer, recreate
from intake import founding
from intake.accepting import accept
from intake.db import db
from intake.events import citizen
from intake.offices import point_of
from intake.records import Dossier, Receipt, Record
from settings import ROOT, Settings


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


ALTERING = """
from alembic import op
import sqlalchemy as sa

revision, down_revision = "9999", "{head}"


def upgrade():
    with op.batch_alter_table("dossier") as dossier:
        dossier.add_column(sa.Column("remark", sa.String(20), nullable=False, server_default="kept"))
        dossier.alter_column("collection", type_=sa.String(40))
    {more}


def downgrade():
    pass
"""


@pytest.fixture
def next_release(empty: Flask, tmp_path: Path):
    """Upgrades to a release that alters the table of dossiers, and then does ``more``."""

    def upgrade(more: str = "") -> None:
        folder = tmp_path / "migrations"
        shutil.copytree(ROOT / "migrations", folder)
        head = ScriptDirectory(str(folder)).get_current_head()
        (folder / "versions" / "9999_next.py").write_text(ALTERING.format(head=head, more=more or "pass"))
        flask_migrate.upgrade(directory=str(folder))

    schema(empty).upgrade()
    session, keys = db.session(), empty.extensions["motcham"].keys
    founding.found(session, demo=True, now=FRIDAY)
    point = point_of(session, "K1")
    assert point is not None
    application = an_application(offer(session, point))
    accept(session, application, point, keys=keys, base_url="http://x", by=citizen("K1"), now=FRIDAY)
    session.commit()
    db.session.remove()
    return upgrade


def test_a_table_that_others_belong_to_can_be_altered(next_release):
    next_release()
    assert db.session.scalar(text("SELECT remark FROM dossier")) == "kept"
    receipt = db.session.scalars(select(Receipt)).one()
    assert receipt.dossier_id == db.session.scalars(select(Dossier.id)).one()
    receipt.dossier_id = 0
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_a_migration_that_leaves_orphans_is_undone(next_release):
    with pytest.raises((SystemExit, IntegrityError)):
        next_release("op.execute('DELETE FROM dossier')")
    assert db.session.scalars(select(Dossier.id)).all()
    columns = inspect(db.session.connection()).get_columns("dossier")
    assert "remark" not in {column["name"] for column in columns}

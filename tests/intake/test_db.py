"""Writers of one process take turns on SQLite; a connection that is thrown away gives up its turn."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from intake.db import TurnTaking, apart, engine_options, make_durable


def test_a_connection_thrown_away_in_mid_transaction_lets_the_next_writer_in(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/motcham.db"
    engine = create_engine(url, **engine_options(url))
    make_durable(engine)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        assert TurnTaking.turn.locked()
        connection.invalidate()
    assert not TurnTaking.turn.locked()
    engine.dispose()


def test_a_second_writer_inside_a_writing_transaction_is_a_bug_that_is_told_at_once(session: Session):
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("only SQLite has one writer")
    session.execute(text("SELECT 1"))
    with pytest.raises(RuntimeError), apart():
        pass

"""Writers of one process take turns on SQLite; a connection that is thrown away gives up its turn."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine, text

from intake.db import TurnTaking, engine_options, make_durable


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

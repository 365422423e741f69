"""The demo is played on SQLite: its verbs have tests of their own on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from conftest import House
from intake.db import db


@pytest.fixture
def house(sqlite_house: House) -> Iterator[House]:
    sqlite_house.restore()
    with sqlite_house.app.app_context():
        yield sqlite_house
        db.session.remove()

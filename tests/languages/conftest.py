"""What is said knows no database."""

from __future__ import annotations

import pytest

from conftest import House
from kioskway import Way
from web.limits import limiter


@pytest.fixture
def house(sqlite_house) -> House:
    sqlite_house.restore()
    with sqlite_house.app.app_context():
        limiter.reset()
    return sqlite_house


@pytest.fixture
def guest(house) -> Way:
    """Somebody who chose English on the first screen."""
    way = Way(house.app)
    way.get("/kiosk/?point=K1")
    way.post("/kiosk/start", {"go": "language.en"})
    return way

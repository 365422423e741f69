"""Pages are tested against the demo office on SQLite; the verbs behind them run on both databases."""

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
def clock(house):
    return house.clock


@pytest.fixture(params=[False, True], ids=["plain", "htmx"])
def lan(request, house) -> Way:
    """Bà Lan at kiosk K1, once with JavaScript off and once with htmx."""
    return Way(house.app, htmx=request.param)


@pytest.fixture
def plain_lan(house) -> Way:
    return Way(house.app)


@pytest.fixture
def khach(house) -> Way:
    """Ông Khách, a stranger with a browser of his own."""
    return Way(house.app)

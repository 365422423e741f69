"""How often: public addresses that anyone may call."""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from web.core import core

# One web process an office: counts in memory are right. Several processes need
# the limit in the proxy before them.
limiter = Limiter(get_remote_address, storage_uri="memory://")

PUBLIC = "30 per minute"
FOLLOWERS = "600 per minute"  # phones in the waiting room, all behind one address
WATCHERS = "60 per minute"  # of other machines; our own may look as often as it likes


def starts() -> str:
    """Visits begun from one address: every kiosk of an office may stand behind the same one."""
    return f"{core().settings.starts_per_minute} per minute"


def install(app: Flask) -> None:
    limiter.init_app(app)

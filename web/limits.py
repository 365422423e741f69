"""How often: public addresses that anyone may call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.datastructures import FileStorage

from intake.captures.apart import MOST_MB
from web.core import core

View = TypeVar("View", bound=Callable[..., Any])

# One web process an office: counts in memory are right. Several processes need
# the limit in the proxy before them.
limiter = Limiter(get_remote_address, storage_uri="memory://")

MANY = 250 * 1024 * 1024  # bytes: twenty photographs as large phones take them
PIECE = 1024 * 1024  # bytes of a form held in memory at a time; files go to disk
WORDS = 100_000  # bytes of what comes beside one file
PUBLIC = "30 per minute"
FOLLOWERS = "600 per minute"  # phones in the waiting room, all behind one address
UPLOADS = "120 per minute"  # files: each takes a process of its own; a room of phones behind one address
WATCHERS = "60 per minute"  # of other machines; our own may look as often as it likes


def starts() -> str:
    """Visits begun from one address: every kiosk of an office may stand behind the same one."""
    return f"{core().settings.starts_per_minute} per minute"


def take_a_file(largest: int) -> None:
    """This request may bring one file of ``largest`` bytes, and a few words with it."""
    request.max_content_length, request.max_form_memory_size = largest + WORDS, PIECE


def take_many_files() -> None:
    """This request may bring many photographs at once: without scripts a form sends all of them together."""
    request.max_content_length, request.max_form_memory_size = MANY, PIECE


def content_of(file: FileStorage) -> bytes:
    """Its bytes; of a file that is too large only so many that whoever reads them refuses it."""
    return file.stream.read(MOST_MB * 1_000_000 + 1)


def takes_files(view: View) -> View:
    """The view takes files of papers: a form sent to it may be as large as one of them."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def make_room() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "takes_files", False):
        # A little more than the largest file, so that one slightly larger is told so in words.
        request.max_content_length = (MOST_MB + 10) * 1_000_000
        request.max_form_memory_size = PIECE


def install(app: Flask) -> None:
    app.before_request(make_room)
    limiter.init_app(app)

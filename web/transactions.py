"""A request that only reads opens reading transactions: on SQLite it then queues behind no writer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, TypeVar

from flask import Flask, current_app, g, request

from intake.db import reading

View = TypeVar("View", bound=Callable[..., Any])


def install(app: Flask) -> None:
    app.before_request(begin)
    app.teardown_request(end)


def only_reads(view: View) -> View:
    """The view only reads though a form is sent to it."""
    view.only_reads = True  # type: ignore[attr-defined]
    return view


def begin() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method in ("GET", "HEAD") or getattr(view, "only_reads", False):
        g.reading = ExitStack()
        g.reading.enter_context(reading())


def end(_error: BaseException | None) -> None:
    if held := g.pop("reading", None):
        held.close()

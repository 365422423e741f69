"""A request that only reads opens reading transactions: on SQLite it then queues behind no writer."""

from __future__ import annotations

from contextlib import ExitStack

from flask import Flask, g, request

from intake.db import reading


def install(app: Flask) -> None:
    app.before_request(begin)
    app.teardown_request(end)


def begin() -> None:
    if request.method in ("GET", "HEAD"):
        g.reading = ExitStack()
        g.reading.enter_context(reading())


def end(_error: BaseException | None) -> None:
    if held := g.pop("reading", None):
        held.close()

"""Where every "no" and every fault becomes one calm page."""

from __future__ import annotations

from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from intake.db import db
from intake.rules.refusals import Refusal
from web import logs, metrics
from web.pages import page

# These statuses have words of their own in templates/error.html.
WORDED = {403, 404, 405, 413, 421, 429, 503}
OUT_OF_RANGE = "22003"  # PostgreSQL's SQLSTATE for a number no column can hold


def install(app: Flask) -> None:
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(DBAPIError, database_failed)
    app.register_error_handler(OverflowError, overflowed)
    app.register_error_handler(HTTPException, stopped)
    app.register_error_handler(Exception, failed)


def refused(refusal: Refusal) -> Response:
    """The sentence of this refusal, with what to do next."""
    db.session.rollback()
    metrics.REFUSALS.labels(refusal.code).inc()
    return page(_of_face("refused.html"), 422, refusal=refusal)


def database_failed(error: DBAPIError) -> Response:
    """Disk full, read-only, locked, gone: nothing half-done was kept, and people may try again."""
    db.session.rollback()
    if getattr(error.orig, "sqlstate", None) == OUT_OF_RANGE:
        return calm(404)
    logs.fault(error)
    return calm(503)


def overflowed(error: OverflowError) -> Response:
    """SQLite's word for a number in an address that is longer than any id."""
    if "SQLite" not in str(error):
        return failed(error)
    db.session.rollback()
    return calm(404)


def stopped(error: HTTPException) -> Response:
    return calm(error.code or 500)


def failed(error: Exception) -> Response:
    db.session.rollback()
    logs.fault(error)
    return calm(500)


def calm(status: int) -> Response:
    """One page for all: what happened in words, what to do, and a reference for the officer."""
    kind = status if status in WORDED else 404 if status < 500 else 500
    response = page(_of_face("error.html"), status, kind=kind, reference=_spoken(g.get("reference", "")))
    if status in (429, 503):
        response.headers["Retry-After"] = "30"
    return response


def _of_face(name: str) -> str:
    """The face's own frame for this page where it has one, so that its ways out stay in reach."""
    own = f"{request.blueprint}/{name}"
    return own if own in current_app.jinja_env.list_templates() else name


def _spoken(reference: str) -> str:
    """Grouped by four, as people read it out."""
    return " ".join(reference[i : i + 4] for i in range(0, len(reference), 4))

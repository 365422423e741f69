"""The glue between Flask and the three faces: pages, errors, headers, logs, figures, assets."""

from __future__ import annotations

from flask import Flask

from web import (
    assets,
    days,
    errors,
    filters,
    front,
    headers,
    limits,
    logs,
    origin,
    payments,
    plain_http,
    proxies,
    public,
    requests,
    tickets,
    tracking,
    transactions,
    uploads,
)
from web.core import core, now
from web.pages import page, part

__all__ = ["core", "install", "now", "page", "part"]


def install(app: Flask) -> None:
    """Everything a face relies on; call once, after ``app.extensions["motcham"]`` is set."""
    proxies.install(app)
    logs.install(app)
    origin.install(app)
    plain_http.install(app)
    requests.install(app)
    limits.install(app)
    transactions.install(app)
    headers.install(app)
    assets.install(app)
    filters.install(app)
    errors.install(app)
    app.register_blueprint(front.bp)
    app.register_blueprint(public.bp)
    app.register_blueprint(tickets.bp)
    app.register_blueprint(days.bp)
    app.register_blueprint(tracking.bp)
    app.register_blueprint(payments.bp)
    app.register_blueprint(uploads.bp)

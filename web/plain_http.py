"""Personal data does not travel where all on the way can read it: plain http is for this machine alone."""

from __future__ import annotations

from ipaddress import ip_address

from flask import Flask, Response, g, request
from werkzeug.exceptions import Forbidden

from web.core import core
from web.pages import page

# Figures for machines that watch, numbers called out loud, days and the length of a line: nobody's data.
OPEN = {"health", "board", "days", "ticket"}


class PlainHttp(Forbidden):
    """Somebody else's machine asks over a line that is not secret."""


def install(app: Flask) -> None:
    app.before_request(refuse)
    app.register_error_handler(PlainHttp, refused)


def refuse() -> None:
    """Raises PlainHttp but for what is public, this very machine, or where the settings allow it."""
    if request.endpoint in (None, "static") or request.blueprint in OPEN:
        return
    if not (request.is_secure or is_here() or core().settings.plain_http):
        raise PlainHttp()


def refused(_refusal: PlainHttp) -> Response:
    return page("plain_http.html", 403, reference=g.get("reference", ""))


def is_here() -> bool:
    """Whether this very machine asks; a proxy on it asks for somebody else, and says so."""
    claimed = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not claimed and ip_address(request.remote_addr or "0.0.0.0").is_loopback

"""Who may send us a form: our own pages. No token, so a page left open overnight still works."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, abort, request

SAFE = {"GET", "HEAD", "OPTIONS"}


def install(app: Flask) -> None:
    app.before_request(refuse_foreign_forms)


def refuse_foreign_forms() -> None:
    if request.method not in SAFE and not _is_ours():
        abort(403)


def _is_ours() -> bool:
    # Browsers send Sec-Fetch-Site only to https and localhost; on a plain-http
    # address of the office's network only Origin tells.
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host

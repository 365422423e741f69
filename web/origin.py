"""Under which names we are known, and who may send us a form: our own pages, without any token."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, abort, request

from web.core import core

SAFE = {"GET", "HEAD", "OPTIONS"}
# Systems that show a key and take no cookie: no browser of anybody's could be made to ask for them.
WITH_A_KEY = {"tracking", "payments"}
# Nobody can buy a name under these: only the network we stand in gives them out.
PRIVATE = ("localhost", "local", "lan", "internal", "home.arpa")


def install(app: Flask) -> None:
    app.before_request(refuse_foreign_names)
    app.before_request(refuse_foreign_forms)


def refuse_foreign_names() -> None:
    """A stranger's page that lets its own name lead to us would count as ours in the browser."""
    try:
        name = urlsplit(f"//{request.host}").hostname
    except ValueError:  # brackets without an address in them
        name = None
    if not name or not _is_our_name(name):
        abort(421)


def refuse_foreign_forms() -> None:
    if request.method not in SAFE and request.blueprint not in WITH_A_KEY and not _is_ours():
        abort(403)


def _is_our_name(name: str) -> bool:
    """An IP address, a name of the office's network, or one the settings name."""
    if _is_address(name) or "." not in name or name.endswith(tuple(f".{zone}" for zone in PRIVATE)):
        return True
    settings = core().settings
    return name in settings.hosts or name == urlsplit(settings.public_url).hostname


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _is_ours() -> bool:
    # Browsers send Sec-Fetch-Site only to https and localhost; on a plain-http
    # address of the office's network only Origin tells.
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host

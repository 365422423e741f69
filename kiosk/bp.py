"""The kiosk's blueprint: what all its screens share."""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import Any

from flask import Blueprint, Response, g, make_response, redirect, request, url_for

from intake import registering
from intake.db import db
from intake.rules.refusals import VisitOver
from intake.visits import waits_until
from kiosk.display import Display
from kiosk.marks import marks
from web import core, now

DEVICE = "kiosk"  # cookie of this machine: its secret, or where any browser may be one, the point's code

bp = Blueprint("kiosk", __name__, url_prefix="/kiosk")


@bp.context_processor
def shared() -> dict[str, Any]:
    settings, waiting = core().settings, timedelta()
    if (visit := g.get("visit")) is not None:
        waiting = waits_until(visit, timedelta(seconds=settings.idle_called_s)) - now()
    display = Display.of(request.cookies, g.get("point"))
    return {
        "display": display,
        "marks": marks(display, g.get("point")),
        "pad_keys": settings.pad_keys,
        "idle_warn_s": settings.idle_warn_s,
        "idle_wipe_s": settings.idle_wipe_s,
        "idle_spared_s": max(0, ceil(waiting.total_seconds())),
    }


@bp.errorhandler(VisitOver)
def visit_over(refusal: VisitOver) -> Response:
    """After the end every screen is the goodbye page; htmx is told to leave the page it stands on.

    A machine that is a kiosk no longer says so at once.
    """
    db.session.rollback()
    if registering.is_closed_to(db.session(), request.cookies.get(DEVICE)):
        return leave_to(url_for("kiosk.attract"))
    return leave_to(url_for("kiosk.goodbye", why="over"))


def leave_to(address: str) -> Response:
    """Another page, with nothing of this one left in the browser."""
    if "HX-Request" in request.headers:
        response = make_response("", 204)
        response.headers["HX-Redirect"] = address
        return response
    return make_response(redirect(address, 303))

"""The kiosk's blueprint: what all its screens share."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from math import ceil
from typing import Any

from flask import Blueprint, Response, g, make_response, redirect, request, url_for

from intake import registering
from intake.db import db
from intake.language import VIETNAMESE, reading
from intake.rules.refusals import VisitOver
from intake.visits import PHONE_IDLE, waits_until
from kiosk.display import Display
from kiosk.marks import marks
from web import core, now
from web.headers import ALWAYS
from web.translations import languages

DEVICE = "kiosk"  # cookie of this machine: its secret, or where any browser may be one, the point's code
PHONE = "phone"  # what that cookie says of a citizen's own phone
WITH_CAMERA = ("kiosk.camera", "kiosk.photograph")  # screens that may open this machine's camera
PHONE_WARNS = 5 * 60  # seconds before a phone's draft leaves the screen

bp = Blueprint("kiosk", __name__, url_prefix="/kiosk")


@bp.before_request
def read_in_language() -> None:
    """What this request says, it says in the language somebody chose."""
    chosen = languages().get(Display.of(request.cookies).language)
    if chosen is not None and chosen is not VIETNAMESE:
        g.in_language = ExitStack()
        g.in_language.enter_context(reading(chosen))


@bp.teardown_request
def read_no_more(fault: BaseException | None) -> None:
    if (in_language := g.pop("in_language", None)) is not None:
        in_language.close()


@bp.context_processor
def shared() -> dict[str, Any]:
    settings, waiting = core().settings, timedelta()
    if (visit := g.get("visit")) is not None:
        waiting = waits_until(visit, timedelta(seconds=settings.idle_called_s)) - now()
    display = Display.of(request.cookies, g.get("point"))
    warn_s, wipe_s, phone = settings.idle_warn_s, settings.idle_wipe_s, on_phone()
    if phone:
        wipe_s = max(wipe_s, int(PHONE_IDLE.total_seconds()))
        warn_s = max(warn_s, wipe_s - PHONE_WARNS)
    return {
        "display": display,
        "marks": marks(display, g.get("point")),
        "pad_keys": settings.pad_keys,
        "on_phone": phone,
        "idle_warn_s": warn_s,
        "idle_wipe_s": wipe_s,
        "idle_spared_s": max(0, ceil(waiting.total_seconds())),
    }


@bp.after_request
def allow_camera(response: Response) -> Response:
    """Where a paper is photographed, and nowhere else."""
    if request.endpoint in WITH_CAMERA:
        policy = ALWAYS["Permissions-Policy"].replace("camera=()", "camera=(self)")
        response.headers["Permissions-Policy"] = policy
    return response


def on_phone() -> bool:
    """Whether a citizen's own phone asks, as far as it can be known here."""
    point = g.get("point")
    return point.kind == PHONE if point is not None else request.cookies.get(DEVICE) == PHONE


@bp.errorhandler(VisitOver)
def visit_over(refusal: VisitOver) -> Response:
    """After the end every screen is the goodbye page; htmx is told to leave the page it stands on.

    A machine that is a kiosk no longer says so at once.
    """
    db.session.rollback()
    device = request.cookies.get(DEVICE)
    if device != PHONE and registering.is_closed_to(db.session(), device):
        return leave_to(url_for("kiosk.attract"))
    return leave_to(url_for("kiosk.goodbye", why="over"))


def leave_to(address: str) -> Response:
    """Another page, with nothing of this one left in the browser."""
    if "HX-Request" in request.headers:
        response = make_response("", 204)
        response.headers["HX-Redirect"] = address
        return response
    return make_response(redirect(address, 303))

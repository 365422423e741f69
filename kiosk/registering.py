"""A machine that is no kiosk yet: the code a manager reads out makes it one."""

from __future__ import annotations

from flask import Response, request, url_for

from intake import registering
from intake.db import apart, db
from intake.records import AcceptancePoint
from intake.rules.answers import Fault
from kiosk.bp import DEVICE, bp
from kiosk.here import YEAR, redirect_to, this_point
from web import core, now, page
from web.limits import limiter

TRIES = "10 per minute"  # 32^8 codes: nobody guesses one in a quarter of an hour
ROWS = tuple(registering.LETTERS[start : start + 8] for start in range(0, len(registering.LETTERS), 8))


@bp.get("/register")
def register() -> Response:
    return redirect_to(url_for(".attract")) if this_point() is not None else not_registered()


def only_a_key() -> bool:
    """A touched key writes one letter more, and tries nothing."""
    return "key" in request.form


@bp.post("/register")
@limiter.limit(TRIES, exempt_when=only_a_key)
def registered() -> Response:
    typed = request.form.get("code", "")[:40]
    if only_a_key():
        return not_registered(_with_key(typed, request.form["key"]))
    found = registering.register(
        db.session(), typed, keys=core().keys, device=request.remote_addr or "", now=now()
    )
    if found is None:
        fault = Fault("code", "wrong_kiosk_code" if typed.strip() else "empty")
        return not_registered(typed, fault, status=422)
    db.session.commit()
    response = redirect_to(url_for(".attract"))
    response.set_cookie(
        DEVICE,
        found[1],
        max_age=10 * YEAR,
        httponly=True,
        samesite="Strict",
        secure=core().settings.secure_cookies,
        path="/kiosk",
    )
    return response


def not_registered(typed: str = "", fault: Fault | None = None, status: int = 200) -> Response:
    return page("kiosk/register.html", status, typed=typed, fault=fault, rows=ROWS)


def _with_key(typed: str, key: str) -> str:
    if key == "back":
        return typed[:-1]
    return (typed + key)[: registering.LENGTH] if key and key in registering.LETTERS else typed


def seen(point: AcceptancePoint) -> None:
    """This kiosk is alive: written at most once a minute, beside the page that only reads."""
    if registering.must_be_seen(point, now=now()):
        with apart() as session:
            session.get_one(AcceptancePoint, point.id).seen_at = now()

"""«Làm tiếp trên điện thoại»: a draft leaves the kiosk by a QR and goes on on the citizen's own phone."""

from __future__ import annotations

from flask import Response, request, url_for

from intake import phones, saving
from intake.db import db
from intake.rules.answers import Fault
from intake.rules.refusals import NoSuchSavedDraft
from intake.rules.saved_codes import saved_code, shown
from intake.saving import DIGITS
from kiosk.bp import DEVICE, PHONE, bp
from kiosk.display import DISPLAYS
from kiosk.here import VISIT, Here, redirect_to, redrawn
from web import core, metrics, now, page
from web.limits import limiter

TRIES = "10 per minute"
TRIES_OF_A_CODE = "8 per 15 minutes"  # from wherever they come: four digits are soon guessed


def taken_along(at: Here) -> Response:
    """The QR to scan; the kiosk is free for the next person."""
    code = at.draft.saved_code
    return page(
        "kiosk/along.html",
        office=at.office,
        moment=at.now,
        code=shown(code),
        where=f"{core().settings.public_url}{url_for('kiosk.on_phone', code=code)}",
        digits=DIGITS,
    )


@bp.get("/m/")
@bp.get("/m/<code>")
def on_phone(code: str = "") -> Response:
    """What the QR leads to: the code stands there, the last digits are asked."""
    return _phones(_asked(code))


def only_display() -> bool:
    """A button that tries no code."""
    return request.form.get("go") in DISPLAYS


def code_tried() -> str:
    """One count for each code, however it is written."""
    return f"saved {saved_code(request.form.get('code', ''))}"


@bp.post("/m/")
@limiter.limit(TRIES, exempt_when=only_display)
@limiter.limit(TRIES_OF_A_CODE, key_func=code_tried, exempt_when=only_display)
def go_on() -> Response:
    """The journey goes on here, for whoever knows the last digits of the applicant's number."""
    code, number = request.form.get("code", "").strip(), request.form.get("number", "").strip()
    if only_display():
        again = redirect_to(url_for(".on_phone", code=saved_code(code) or ""))
        return _phones(redrawn(again, request.form["go"]))
    if not saved_code(code):
        return _phones(_asked(code, Fault("code", "wrong_saved_code" if code else "empty"), status=422))
    if not number:
        return _phones(_asked(code, Fault("number", "empty"), status=422))
    office = saving.office_of(db.session(), code, keys=core().keys, now=now())
    if office is None:
        raise NoSuchSavedDraft
    _, token = phones.go_on(db.session(), office, code, number, keys=core().keys, now=now())
    db.session.commit()
    response = _phones(redirect_to(url_for(".resume")))
    response.set_cookie(
        VISIT, token, httponly=True, samesite="Strict", secure=core().settings.secure_cookies, path="/kiosk"
    )
    return response


def wrong_digits(refusal: NoSuchSavedDraft) -> Response:
    """The same screen with the sentence at the code; it does not say which of the two was wrong."""
    db.session.rollback()
    metrics.REFUSALS.labels(refusal.code).inc()
    return _asked(request.form.get("code", ""), Fault("code", "wrong_saved_code"), status=422)


def _asked(code: str, fault: Fault | None = None, *, status: int = 200) -> Response:
    readable = saved_code(code)
    return page(
        "kiosk/on_phone.html",
        status,
        code=shown(readable) if readable else code[:40],
        fault=fault,
        digits=DIGITS,
    )


def _phones(response: Response) -> Response:
    """Remembered as a phone, so that its last page does not become a kiosk's first."""
    if request.cookies.get(DEVICE) is None:
        response.set_cookie(
            DEVICE,
            PHONE,
            httponly=True,
            samesite="Strict",
            secure=core().settings.secure_cookies,
            path="/kiosk",
        )
    return response

"""«Có hài lòng không?»: one touch after the officers' part, by whoever holds the receipt. No visit begins."""

from __future__ import annotations

from flask import Response, request, url_for

from intake import ratings
from intake.db import db
from intake.records import Dossier
from intake.rules.receipt_code import decode
from intake.rules.refusals import ForeignReceipt, Refusal
from kiosk.bp import bp
from kiosk.display import DISPLAYS
from kiosk.here import redirect_to, redrawn, this_point
from web import core, metrics, now, page
from web.limits import PUBLIC, limiter


@bp.get("/rate")
def rate() -> Response:
    return _drawn()


@bp.post("/rate")
@limiter.limit(PUBLIC)
def take_rating() -> Response:
    """A receipt under the scanner brings up the three answers; touching one is the whole of it."""
    if (go := request.form.get("go")) == "back":
        return redirect_to(url_for(".attract"))
    if go in DISPLAYS:
        return redrawn(redirect_to(url_for(".rate")), go)
    scan = "".join(request.form.getlist("scan")).strip() or request.form.get("code", "")
    try:
        dossier = _dossier(scan)
    except Refusal as refusal:
        db.session.rollback()
        metrics.REFUSALS.labels(refusal.code).inc()
        return _drawn(422, refusal=refusal)
    score = request.form.get("score", "")
    if dossier is None or score in map(str, ratings.SCORES):
        if dossier is not None:
            ratings.rate(db.session(), dossier, int(score), place="kiosk", now=now())
            db.session.commit()
        return redirect_to(url_for(".rated"))
    return _drawn(code=scan)


@bp.get("/rated")
def rated() -> Response:
    return page("kiosk/rated.html", office=_office())


def _dossier(scan: str) -> Dossier | None:
    """The dossier of this office to be rated; None when it has been. Raises as decode() and to_rate() do."""
    code = decode(scan, core().keys.public_keys)
    dossier = ratings.to_rate(db.session(), code, now=now())
    point = this_point()
    if dossier is not None and (point is None or dossier.office_id != point.office_id):
        raise ForeignReceipt
    return dossier


def _drawn(status: int = 200, *, code: str = "", refusal: Refusal | None = None) -> Response:
    return page("kiosk/rate.html", status, office=_office(), code=code, refusal=refusal)


def _office() -> object:
    point = this_point()
    return point.office if point else None

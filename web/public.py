"""What anyone holding a receipt may see: where the dossier is, and nothing about the person."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from sqlalchemy import select

from intake import ratings
from intake.db import db
from intake.post.journey import item_of, item_status, journey_of, way_home
from intake.queries import status_of
from intake.records import Dossier
from intake.rules.receipt_code import ReceiptCode, decode
from web import limits
from web.core import core, now
from web.limits import PUBLIC, limiter
from web.pages import page, part

bp = Blueprint("public", __name__)


# The QR is in capitals, people type small letters.
@bp.get("/r/<payload>")
@bp.get("/R/<payload>")
@limiter.limit(PUBLIC)
def receipt(payload: str) -> Response:
    """Of a dossier or a postal item. Forged and foreign receipts are refusals with sentences of their own."""
    code = decode(payload, core().keys.public_keys)
    return _of_dossier(code) or _of_item(code) or page("unknown_receipt.html", 404, code=code)


@bp.post("/r/<payload>/rating")
@bp.post("/R/<payload>/rating")
@limiter.limit(PUBLIC)
def rate(payload: str) -> Response:
    """How content the holder of this receipt is; the first answer stands."""
    session, score = db.session(), request.form.get("score", "")
    dossier = ratings.to_rate(session, decode(payload, core().keys.public_keys), now=now())
    if dossier is not None and score in map(str, ratings.SCORES):
        ratings.rate(session, dossier, int(score), place="phone", now=now())
        session.commit()
    return make_response(redirect(url_for("public.receipt", payload=payload, thanks=1), 303))


@bp.get("/r/<payload>/fee")
@limiter.limit(lambda: limits.FOLLOWERS)
def fee(payload: str) -> Response:
    """The part about the fee, asked again by the page above until the money has come."""
    status = status_of(db.session(), decode(payload, core().keys.public_keys), now=now())
    if status is None:
        abort(404)
    return part("status_fee.html", found=status, payload=payload)


def _of_dossier(code: ReceiptCode, item_number: str = "") -> Response | None:
    session = db.session()
    status = status_of(session, code, now=now())
    if status is None:
        return None
    dossier = session.scalars(select(Dossier).filter_by(dossier_code=status.dossier_code)).one()
    return page(
        "status.html",
        found=status,
        item_number=item_number,
        legs=journey_of(session, dossier),
        way=way_home(session, dossier, keys=core().keys),
        form_number=dossier.number,
        payload=dossier.receipt.payload,
        may_rate=ratings.is_open(session, dossier),
        thanks="thanks" in request.args,
    )


def _of_item(code: ReceiptCode) -> Response | None:
    """The post's own receipt: of a journey, and of the dossier as soon as there is one."""
    session = db.session()
    item = item_of(session, code)
    if item is None:
        return None
    if item.dossier is not None:
        return _of_dossier(replace(code, dossier_code=item.dossier.dossier_code), item.item_number)
    return page("status_item.html", found=item_status(session, item, now=now()))

"""What anyone holding a receipt may see: where the dossier is, and nothing about the person."""

from __future__ import annotations

from flask import Blueprint, Response

from intake.db import db
from intake.queries import status_of
from intake.rules.receipt_code import decode
from web.core import core, now
from web.limits import PUBLIC, limiter
from web.pages import page

bp = Blueprint("public", __name__)


# The QR is in capitals, people type small letters.
@bp.get("/r/<payload>")
@bp.get("/R/<payload>")
@limiter.limit(PUBLIC)
def receipt(payload: str) -> Response:
    """Forged and foreign receipts are refusals: they have sentences of their own."""
    code = decode(payload, core().keys.public_keys)
    status = status_of(db.session(), code, now=now())
    if status is None:
        return page("unknown_receipt.html", 404, code=code)
    return page("status.html", found=status)

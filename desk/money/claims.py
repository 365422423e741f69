"""The proof of an exemption somebody claimed at the kiosk: seen, or turned down with a reason."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response as BaseResponse

from desk.acts import ROUTES
from desk.bp import bp
from desk.dossiers import back_to
from intake.at_hand import dossier_even_if_held
from intake.db import db
from intake.payments.claims import check_claim
from intake.rules.refusals import BadPayment
from intake.rules.rights import Right
from web import core, now
from web.staff import needs, staff, staff_office

ROUTES["desk.check_exemption"] = None  # a refusal is told beside the dossier


@bp.post("/dossiers/<code>/exemption", endpoint="check_exemption")
@needs(Right.RECEIVE)
def check(code: str) -> BaseResponse:
    dossier = dossier_even_if_held(db.session(), staff_office(), code)
    proved, reason = request.form.get("proved") == "yes", request.form.get("reason", "")
    keys, by = core().keys, staff().actor
    try:
        check_claim(db.session(), dossier, proved=proved, reason=reason, keys=keys, by=by, now=now())
    except BadPayment:
        db.session.rollback()
        return back_to(code, "exemption_reason")
    db.session.commit()
    return back_to(code, "exemption_checked")

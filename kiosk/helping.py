"""An officer helps: what the screen asks for by itself meanwhile, and what the citizen says at the end."""

from __future__ import annotations

from flask import Response, make_response, request, url_for

from intake import assisting, visits
from intake.db import db
from kiosk.assisted import helping, mark
from kiosk.bp import bp
from kiosk.here import open_visit, redirect_to
from web import core, now, part


@bp.get("/helping", endpoint="helping")
def follow() -> Response:
    """The words of the help once more; whoever waits to be vouched for is led on."""
    visit, vouching = open_visit(), "vouching" in request.args
    if vouching and visits.draft_of(visit, core().keys).applicant is not None:
        response = make_response("", 204)
        response.headers["HX-Redirect"] = url_for(".identity")
        return response
    found = helping()
    if found is not None and request.args.get("mark") == mark(found):
        return make_response("", 204)  # nothing new: whoever has a button of it under the finger keeps it
    return part("kiosk/helping.html", at_hand=found, vouching=vouching)


@bp.post("/helped", endpoint="helped")
def confirm() -> Response:
    """«Đúng vậy» or «Không đúng» on the receipt; nobody has to say."""
    visit = open_visit()
    if visit.dossier_id is not None:
        assisting.confirm(db.session(), visit, right=request.form.get("right") == "yes", now=now())
        visits.touch(visit, now=now())
        db.session.commit()
    return redirect_to(url_for(".receipt"))

"""After every form of the journey: where it was sent from, what erred, where it led."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, g, request
from sqlalchemy.exc import SQLAlchemyError

from intake import assisting, steps_taken
from intake.db import db
from kiosk.bp import bp
from kiosk.here import path, place_from
from kiosk.steps import Place
from web import logs, now


@bp.after_request
def remember_step(response: Response) -> Response:
    """A transaction of its own, after that of the form: it is for counting, and its fault is nobody's."""
    try:
        _remember(response)
    except SQLAlchemyError as fault:  # the form is kept by now, and is answered
        db.session.rollback()
        logs.fault(fault)
    return response


def _remember(response: Response) -> None:
    visit = g.get("visit")
    place = _place(request.path)
    if request.method != "POST" or place is None or visit is None or response.status_code not in (303, 422):
        return
    to = _place(urlsplit(response.location or "").path)
    session = db.session()
    if visit.ended_at is None and visit.dossier_id is None:
        steps_taken.posted(
            session,
            visit,
            path(place),
            to=path(to) if to else "",
            left_by={"back": "back", None: "onward"}.get(request.form.get("go"), "aside"),
            faults=g.get("faults", ()),
            procedure_code=g.get("procedure_code", ""),
            helper_id=assisting.helper_at(session, visit),
            now=now(),
        )
        session.commit()


def _place(address: str) -> Place | None:
    """The screen at this address; None where it is none of the journey's."""
    return place_from(address.removeprefix("/kiosk/").replace("/", "."))

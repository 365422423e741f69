"""«Cách dùng máy»: letters, colours, reach, hand, voice and language, each a card to touch."""

from __future__ import annotations

from flask import Response, g, request, url_for

from intake import visits
from intake.db import db
from intake.records import AcceptancePoint, Visit
from kiosk.bp import bp
from kiosk.display import languages
from kiosk.here import VISIT, display_now, displayed, open_visit, redirect_to, this_point
from web import core, now, page
from web.clips import clips_folder, recorded_languages


@bp.get("/using")
def using() -> Response:
    """The cards; ``back`` is the screen that waits, ``chosen`` the card that was touched last."""
    is_visit = _visit() is not None
    point = g.get("point")
    return page(
        "kiosk/using.html",
        office=point.office if point else None,
        back=_back(request.args.get("back", "")),
        chosen=request.args.get("chosen", ""),
        is_visit=is_visit,
        has_socket=point is not None and point.earphones,
        languages=languages_at(point),
    )


@bp.post("/using")
def choose_display() -> Response:
    """One card touched: the same screen, drawn as chosen."""
    if (visit := _visit()) is not None:
        visits.touch(visit, now=now())
        db.session.commit()
    choice, back = request.form.get("choose", "")[:20], _back(request.form.get("back", ""))
    again = redirect_to(url_for(".using", back=back, chosen=choice or None))
    return displayed(again, display_now().chosen(choice, languages_at(g.get("point"))))


def _visit() -> Visit | None:
    """The visit of this browser; None before one began, VisitOver after its end."""
    if VISIT in request.cookies:
        return open_visit()
    this_point()
    return None


def languages_at(point: AcceptancePoint | None) -> dict[str, str]:
    """What can be chosen: languages with texts, and those somebody of this office recorded."""
    recorded = recorded_languages(clips_folder(core().settings.data, point.office)) if point else {}
    return recorded | languages()


def _back(address: str) -> str:
    """Where «Xong» leads: a screen of the kiosk and nothing else."""
    return address if address.startswith("/kiosk/") else url_for(".attract")

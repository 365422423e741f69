"""What the holder of a number sees on the phone: the place in line, and when and where it is called."""

from __future__ import annotations

from flask import Blueprint, Response

from intake.db import db
from intake.lines import place_of
from intake.rules.queueing import State
from intake.ticket_paper import token_key
from web import limits
from web.core import now
from web.limits import limiter
from web.pages import page

bp = Blueprint("ticket", __name__)

# How soon the page asks again, in seconds; what is over asks no more.
AGAIN = {State.WAITING: 10, State.CALLED: 4, State.SERVING: 20, State.HELD: 10, State.NO_SHOW: 20}


# The QR is in capitals, people type small letters.
@bp.get("/t/<token>")
@bp.get("/T/<token>")
@limiter.limit(lambda: limits.FOLLOWERS)
def follow(token: str) -> Response:
    place = place_of(db.session(), token_key(token), now=now())
    if place is None:
        return page("unknown_ticket.html", 404)
    again = AGAIN.get(place.state, 0) if place.is_today else 0
    return page("place.html", place=place, again=again, moment=now())

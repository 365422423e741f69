"""What filing now would lead to: the moment a result is promised."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from intake import offices
from intake.db import db
from intake.queries import Offer, procedure_version
from intake.records import Office
from intake.rules.refusals import UnknownTerm
from intake.rules.terms import due


class Promise(NamedTuple):
    """A procedure and the moment its result is due when filed now; None: the counter tells."""

    offer: Offer
    due_at: datetime | None
    is_today: bool


def promise_of(offer: Offer, office: Office, moment: datetime) -> Promise:
    calendar = offices.calendar_of(db.session(), office, now=moment)
    procedure = procedure_version(db.session(), offer.version_id, now=moment)
    try:
        due_at = due(moment, procedure.term, calendar)
    except UnknownTerm:
        return Promise(offer, None, False)
    return Promise(offer, due_at, offices.civil_day(due_at) == offices.civil_day(moment))

"""The poster of a rule: for a wall, and a small one for a door."""

from __future__ import annotations

from flask import Response, abort, request

from desk.bp import bp
from desk.papers import answer
from intake.coming_days import coming_rule
from intake.db import db
from intake.offices import calendar_of, civil_day
from intake.poster import SIZES, Size, draw_poster, poster_of
from intake.queries import offered
from intake.records import ServiceDayVersion
from intake.rules.rights import Right
from intake.rules.service_day_file import rule_from
from web import core, now
from web.staff import needs, staff_office


@bp.get("/days/rules/<int:rule_id>/poster.pdf", endpoint="day_poster")
@needs(Right.SEE_DAYS)
def poster(rule_id: int) -> Response:
    """``?size=`` a3, a4 (the usual) or a5; one that is not published says so across the sheet."""
    session, office, moment = db.session(), staff_office(), now()
    row = session.get(ServiceDayVersion, rule_id)
    if row is None or row.office_id != office.id:
        abort(404)
    rule = rule_from(row.definition, id=row.id, lineage=row.lineage, version=row.version)
    offers, calendar = offered(session, office, now=moment), calendar_of(session, office, now=moment)
    found = poster_of(
        office,
        coming_rule(rule, offers, calendar, civil_day(moment)),
        base_url=core().settings.public_url,
        draft=row.state != "published",
    )
    asked = request.args.get("size", "").lower()
    size: Size = next((one for one in SIZES if one == asked), "a4")
    return answer(draw_poster(found, size), f"ap-phich_{size}.pdf")

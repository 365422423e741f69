"""Counters, and who sits where now."""

from __future__ import annotations

from flask import Response

from desk.bp import bp
from desk.office.frame import draw
from desk.office.points import Kind, form, kept, point_of, shown
from intake.db import db
from intake.points import points
from intake.rules.rights import Right
from web import now
from web.staff import needs, staff_office

HERE = "desk.office_counters"
COUNTER = Kind("counter", HERE, "counter")


@bp.get("/office/counters", endpoint="office_counters")
@needs(Right.RUN_OFFICE)
def show_counters() -> Response:
    rows = points(db.session(), staff_office(), "counter", now=now())
    return draw("counters", here=HERE, kinds=("point_changed",), area="counter", points=rows)


@bp.get("/office/counters/new", endpoint="new_counter")
@needs(Right.RUN_OFFICE)
def show_new_counter() -> Response:
    return form(COUNTER, None, {})


@bp.post("/office/counters/new")
@needs(Right.RUN_OFFICE)
def add_counter() -> Response:
    return kept(COUNTER, None)


@bp.get("/office/counters/<int:point_id>", endpoint="office_counter")
@needs(Right.RUN_OFFICE)
def show_counter(point_id: int) -> Response:
    return shown(COUNTER, point_of(COUNTER, point_id))


@bp.post("/office/counters/<int:point_id>")
@needs(Right.RUN_OFFICE)
def keep_counter(point_id: int) -> Response:
    return kept(COUNTER, point_of(COUNTER, point_id))

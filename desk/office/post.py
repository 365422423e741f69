"""The post as a manager sets it up: post offices, their item numbers, prices, who pays less, operators."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import Response, request

from desk.bp import bp
from desk.office import points
from desk.office.frame import by_key, draw, saved
from intake.db import db
from intake.offices import civil_day
from intake.points import point_at_hand
from intake.post.operators import add_operator, operator_name, operators, withdraw_operator
from intake.post.setting_up import (
    AREA,
    FEW_LEFT,
    add_exemption,
    add_range,
    add_table,
    drop_table,
    end_exemption,
    exemption_views,
    post_offices,
    read_exemption,
    read_range,
    read_table,
    switch_range,
    tables,
)
from intake.records import AcceptancePoint
from intake.rules.answers import Fault
from intake.rules.rights import Right
from intake.rules.tariffs import ACCOUNTS, FURTHER, STEPS, ZONES
from intake.rules.text import short_date
from web import now
from web.staff import needs, staff, staff_office

HERE = "desk.office_post"
KIND = points.Kind("post", HERE, "post_office")


@bp.get("/office/post", endpoint="office_post")
@needs(Right.RUN_OFFICE)
def show() -> Response:
    return _overview()


@bp.get("/office/post/offices/new", endpoint="new_post_office")
@needs(Right.RUN_OFFICE)
def show_new_office() -> Response:
    return points.form(KIND, None, {})


@bp.post("/office/post/offices/new", endpoint="add_post_office")
@needs(Right.RUN_OFFICE)
def add_office() -> Response:
    return points.kept(KIND, None)


@bp.get("/office/post/offices/<int:point_id>", endpoint="post_office")
@needs(Right.RUN_OFFICE)
def show_office(point_id: int) -> Response:
    return points.shown(KIND, points.point_of(KIND, point_id))


@bp.post("/office/post/offices/<int:point_id>", endpoint="keep_post_office")
@needs(Right.RUN_OFFICE)
def keep_office(point_id: int) -> Response:
    return points.kept(KIND, points.point_of(KIND, point_id))


@bp.get("/office/post/offices/<int:point_id>/ranges/new", endpoint="new_post_range")
@needs(Right.RUN_OFFICE)
def show_new_range(point_id: int) -> Response:
    return _range_form(_point(point_id), {})


@bp.post("/office/post/offices/<int:point_id>/ranges/new", endpoint="add_post_range")
@needs(Right.RUN_OFFICE)
def add_numbers(point_id: int) -> Response:
    point, typed = _point(point_id), request.form.to_dict()
    read = read_range(db.session(), point, typed)
    if isinstance(read, list):
        return _range_form(point, typed, read)
    add_range(db.session(), staff_office(), point, read, by=staff().actor, now=now())
    db.session.commit()
    return saved(HERE)


@bp.post("/office/post/ranges/<int:range_id>", endpoint="switch_post_range")
@needs(Right.RUN_OFFICE)
def switch_numbers(range_id: int) -> Response:
    active = request.form.get("active") == "1"
    switch_range(db.session(), staff_office(), range_id, active, by=staff().actor, now=now())
    db.session.commit()
    return saved(HERE)


@bp.get("/office/post/tariffs/new", endpoint="new_tariff")
@needs(Right.RUN_OFFICE)
def show_new_table() -> Response:
    """As the table that holds now, to be changed."""
    zone = request.args.get("zone", "")
    zone = zone if zone in ZONES else next(iter(ZONES))
    typed = {"zone": zone}
    for one in tables(db.session(), staff_office(), now=now()):
        if one.zone == zone and one.state == "now":
            typed |= {f"price.{grams}": str(price) for grams, price in one.steps}
            typed |= {"further": str(one.further[1])} if one.further else {}
    return _table_form(typed)


@bp.post("/office/post/tariffs/new", endpoint="add_tariff")
@needs(Right.RUN_OFFICE)
def keep_table() -> Response:
    typed = request.form.to_dict()
    read = read_table(typed, now=now())
    if isinstance(read, list):
        return _table_form(typed, read)
    add_table(db.session(), staff_office(), read, by=staff().actor, now=now())
    db.session.commit()
    return saved(HERE)


@bp.post("/office/post/tariffs/<int:tariff_id>/drop", endpoint="drop_tariff")
@needs(Right.RUN_OFFICE)
def take_table_back(tariff_id: int) -> Response:
    drop_table(db.session(), staff_office(), tariff_id, by=staff().actor, now=now())
    db.session.commit()
    return saved(HERE)


@bp.get("/office/post/exemptions/new", endpoint="new_exemption")
@needs(Right.RUN_OFFICE)
def show_new_exemption() -> Response:
    return _exemption_form({})


@bp.post("/office/post/exemptions/new", endpoint="add_exemption")
@needs(Right.RUN_OFFICE)
def keep_exemption() -> Response:
    typed = request.form.to_dict()
    read = read_exemption(typed, now=now())
    if isinstance(read, list):
        return _exemption_form(typed, read)
    add_exemption(db.session(), staff_office(), read, by=staff().actor, now=now())
    db.session.commit()
    return saved(HERE)


@bp.post("/office/post/exemptions/<int:exemption_id>/end", endpoint="end_exemption")
@needs(Right.RUN_OFFICE)
def stop_exemption(exemption_id: int) -> Response:
    end_exemption(db.session(), staff_office(), exemption_id, by=staff().actor, now=now())
    db.session.commit()
    return saved(HERE)


@bp.post("/office/post/operators", endpoint="add_operator")
@needs(Right.RUN_OFFICE)
def new_operator() -> Response:
    """The key is shown this once."""
    typed = request.form.get("operator", "")
    name = operator_name(typed)
    if isinstance(name, Fault):
        return _overview({"operator": typed}, [name])
    row, key = add_operator(db.session(), staff_office(), name, by=staff().actor, now=now())
    db.session.commit()
    return draw("post_key", here=HERE, operator=row.name, key=key)


@bp.post("/office/post/operators/<int:operator_id>/end", endpoint="end_operator")
@needs(Right.RUN_OFFICE)
def withdraw_key(operator_id: int) -> Response:
    withdraw_operator(db.session(), staff_office(), operator_id, by=staff().actor, now=now())
    db.session.commit()
    return saved(HERE)


def _overview(typed: Mapping[str, str] | None = None, faults: list[Fault] | None = None) -> Response:
    session, office = db.session(), staff_office()
    return draw(
        "post",
        422 if faults else 200,
        here=HERE,
        kinds=("office_changed",),
        area=AREA,
        offices=post_offices(session, office),
        tables=tables(session, office, now=now()),
        exemptions=exemption_views(session, office, now=now()),
        operators=operators(session, office),
        zones=ZONES,
        accounts=ACCOUNTS,
        few=FEW_LEFT,
        typed=typed or {},
        faults=by_key(faults or []),
    )


def _table_form(typed: Mapping[str, str], faults: list[Fault] | None = None) -> Response:
    return draw(
        "post_tariff",
        422 if faults else 200,
        here=HERE,
        zones=list(ZONES.items()),
        steps=STEPS,
        step=FURTHER,
        typed=typed,
        today=_today(),
        faults=by_key(faults or []),
    )


def _exemption_form(typed: Mapping[str, str], faults: list[Fault] | None = None) -> Response:
    return draw(
        "post_exemption",
        422 if faults else 200,
        here=HERE,
        accounts=ACCOUNTS,
        typed=typed,
        today=_today(),
        faults=by_key(faults or []),
    )


def _range_form(
    point: AcceptancePoint, typed: Mapping[str, str], faults: list[Fault] | None = None
) -> Response:
    return draw(
        "post_range",
        422 if faults else 200,
        here=HERE,
        point=point,
        typed=typed,
        faults=by_key(faults or []),
    )


def _point(point_id: int) -> AcceptancePoint:
    return point_at_hand(db.session(), staff_office(), point_id, "post")


def _today() -> str:
    today: date = civil_day(now())
    return short_date(today)

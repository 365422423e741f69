"""Units that decide dossiers."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, request

from desk.bp import bp
from desk.office.frame import as_typed, by_key, draw, keep, saved
from intake.changing import stamp
from intake.db import db
from intake.rules.answers import Fault
from intake.rules.refusals import NoSuchThing
from intake.rules.rights import Right
from intake.rules.text import tidy
from intake.running import UnitView, save_unit, unit_faults, unit_values, units
from web import now
from web.staff import needs, staff, staff_office

HERE = "desk.office_units"


@bp.get("/office/units", endpoint="office_units")
@needs(Right.RUN_OFFICE)
def show_units() -> Response:
    rows = units(db.session(), staff_office())
    return draw("units", here=HERE, kinds=("office_changed",), area="units", units=rows)


@bp.get("/office/units/new", endpoint="new_unit")
@needs(Right.RUN_OFFICE)
def show_new_unit() -> Response:
    return _form(None, {})


@bp.post("/office/units/new")
@needs(Right.RUN_OFFICE)
def add_unit() -> Response:
    return _keep(None)


@bp.get("/office/units/<int:unit_id>", endpoint="office_unit")
@needs(Right.RUN_OFFICE)
def show_unit(unit_id: int) -> Response:
    unit = _unit(unit_id)
    return _form(unit, as_typed(unit_values(unit)))


@bp.post("/office/units/<int:unit_id>")
@needs(Right.RUN_OFFICE)
def keep_unit(unit_id: int) -> Response:
    return _keep(_unit(unit_id))


def _keep(unit: UnitView | None) -> Response:
    office, typed = staff_office(), request.form.to_dict()
    unit_id = unit.id if unit else None
    if faults := unit_faults(db.session(), office, typed.get("name", ""), unit_id=unit_id):
        return _form(unit, typed, faults)
    late = keep(
        lambda: save_unit(
            db.session(),
            office,
            unit_id,
            tidy(typed["name"]),
            unit is None or bool(typed.get("active")),
            stamped=typed.get("stamp", ""),
            by=staff().actor,
            now=now(),
        )
    )
    if late is not None and unit_id is not None:
        return _form(_unit(unit_id), typed, late=True)
    return saved(HERE)


def _form(
    unit: UnitView | None, typed: Mapping[str, str], faults: tuple[Fault, ...] = (), late: bool = False
) -> Response:
    kept = unit_values(unit) if unit else {}
    return draw(
        "unit",
        422 if faults or late else 200,
        here=HERE,
        kinds=("office_changed",) if unit else (),
        area="units",
        what=unit.name if unit else "",
        unit=unit,
        typed=typed,
        stamped=typed.get("stamp", "") if faults else stamp(kept),
        faults=by_key(faults),
        conflict=kept if late else None,
    )


def _unit(unit_id: int) -> UnitView:
    for view in units(db.session(), staff_office()):
        if view.id == unit_id:
            return view
    raise NoSuchThing()

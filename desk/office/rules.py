"""The dated rules of the office: their values today, before and to come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import Response, abort, request

from desk.bp import bp
from desk.office.frame import by_key, draw, keep, saved
from intake.changing import stamp
from intake.db import db
from intake.offices import civil_day
from intake.rules.answers import Fault
from intake.rules.office_fields import date_of
from intake.rules.office_rules import OFFICE_RULES
from intake.rules.rights import Right
from intake.running import add_rule, rule_faults, rule_stamp, rules
from web import now
from web.staff import needs, staff, staff_office

HERE = "desk.office_rules"


@bp.get("/office/rules", endpoint="office_rules")
@needs(Right.RUN_OFFICE)
def show_rules() -> Response:
    return draw(
        "rules",
        here=HERE,
        kinds=("office_changed",),
        area="rules",
        rules=rules(db.session(), staff_office(), now=now()),
    )


@bp.get("/office/rules/<name>", endpoint="office_rule")
@needs(Right.RUN_OFFICE)
def show_rule(name: str) -> Response:
    return _form(name, {})


@bp.post("/office/rules/<name>")
@needs(Right.RUN_OFFICE)
def keep_rule(name: str) -> Response:
    if name not in OFFICE_RULES:
        abort(404)
    typed = request.form.to_dict()
    valid_from = date_of("valid_from", typed.get("valid_from", ""))
    if faults := rule_faults(name, typed, valid_from, now=now()):
        return _form(name, typed, faults)
    assert isinstance(valid_from, date)
    late = keep(
        lambda: add_rule(
            db.session(),
            staff_office(),
            name,
            int(typed["value"]),
            valid_from=valid_from,
            instrument=typed["instrument"].strip(),
            stamped=typed.get("stamp", ""),
            by=staff().actor,
            now=now(),
        )
    )
    return _form(name, typed, late=True) if late is not None else saved(HERE)


def _form(
    name: str, typed: Mapping[str, str], faults: list[Fault] | None = None, late: bool = False
) -> Response:
    view = next((one for one in rules(db.session(), staff_office(), now=now()) if one.name == name), None)
    if view is None:
        abort(404)
    return draw(
        "rule",
        422 if faults or late else 200,
        here=HERE,
        kinds=("office_changed",),
        area="rules",
        what=name,
        rule=view,
        today=civil_day(now()),
        typed=typed,
        stamped=typed.get("stamp") if faults else stamp(rule_stamp(view)),
        faults=by_key(faults or []),
        conflict={"value": view.value} if late else None,
    )

"""What the office is called and how its dossiers are numbered."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, request
from sqlalchemy import select

from desk.bp import bp
from desk.office.frame import as_typed, by_key, draw, keep, saved
from intake.changing import stamp
from intake.db import db
from intake.offices import civil_day
from intake.records import Counter, Office
from intake.rules.answers import Fault
from intake.rules.codes import dossier_code, grouped
from intake.rules.office_fields import template_faults
from intake.rules.rights import Right
from intake.running import DATA, data_of, read_data, save_data
from web import now
from web.staff import needs, staff, staff_office

HERE = "desk.office_data"


@bp.get("/office/data", endpoint="office_data")
@needs(Right.RUN_OFFICE)
def show_data() -> Response:
    office = staff_office()
    return _form(as_typed(data_of(office)) | request.args.to_dict(), stamp(data_of(office)))


@bp.post("/office/data")
@needs(Right.RUN_OFFICE)
def keep_data() -> Response:
    office, typed = staff_office(), request.form.to_dict()
    if faults := read_data(typed, office):
        return _form(typed, typed.get("stamp", ""), faults)
    late = keep(
        lambda: save_data(
            db.session(), office, typed, DATA, stamped=typed.get("stamp", ""), by=staff().actor, now=now()
        )
    )
    if late is not None:
        return _form(typed, stamp(data_of(office)), conflict=data_of(office))
    return saved(HERE)


def _form(
    typed: Mapping[str, str],
    stamped: str,
    faults: tuple[Fault, ...] = (),
    conflict: Mapping[str, object] | None = None,
) -> Response:
    office = staff_office()
    return draw(
        "data",
        422 if faults or conflict else 200,
        here=HERE,
        kinds=("office_changed",),
        area="data",
        typed=typed,
        stamped=stamped,
        faults=by_key(faults),
        conflict=conflict,
        example=_example(office, typed.get("code_template", "")),
    )


def _example(office: Office, template: str) -> tuple[str, ...] | None:
    """The lines of the next dossier's code; None for a template that gives none."""
    if template_faults("code_template", template, office.code):
        return None
    today = civil_day(now())
    last = db.session.scalar(select(Counter.last).filter_by(office_id=office.id, series="dossier", day=today))
    return grouped(dossier_code(template, agency=office.code, day=today, seq=(last or 0) + 1))

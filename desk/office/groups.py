"""Service groups: what people take a number for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Response, request

from desk.bp import bp
from desk.office.frame import as_typed, by_key, draw, keep, saved
from intake.changing import stamp
from intake.db import db
from intake.offering import offered_here
from intake.rules.answers import Fault
from intake.rules.refusals import NoSuchThing
from intake.rules.rights import Right
from intake.running import GroupView, group_faults, group_values, groups, map_procedures, save_group
from web import now
from web.staff import needs, staff, staff_office

HERE = "desk.office_groups"


@bp.get("/office/groups", endpoint="office_groups")
@needs(Right.RUN_OFFICE)
def show_groups() -> Response:
    rows = groups(db.session(), staff_office())
    return draw("groups", here=HERE, kinds=("office_changed",), area="groups", groups=rows)


@bp.get("/office/groups/new", endpoint="new_group")
@needs(Right.RUN_OFFICE)
def show_new_group() -> Response:
    return _form(None, {"minutes": "10"})


@bp.post("/office/groups/new")
@needs(Right.RUN_OFFICE)
def add_group() -> Response:
    return _keep(None)


@bp.get("/office/groups/<int:group_id>", endpoint="office_group")
@needs(Right.RUN_OFFICE)
def show_group(group_id: int) -> Response:
    group = _group(group_id)
    return _form(group, as_typed(group_values(group)) | {"minutes": str(group.usual_minutes)})


@bp.post("/office/groups/<int:group_id>")
@needs(Right.RUN_OFFICE)
def keep_group(group_id: int) -> Response:
    return _keep(_group(group_id))


def _keep(group: GroupView | None) -> Response:
    office, typed, codes = staff_office(), request.form.to_dict(), request.form.getlist("procedures")
    group_id = group.id if group else None
    if faults := group_faults(db.session(), office, typed, group_id=group_id):
        return _form(group, typed, faults, chosen=codes)

    def act() -> None:
        session, by, moment = db.session(), staff().actor, now()
        save_group(session, office, group_id, typed, stamped=typed.get("stamp", ""), by=by, now=moment)
        if group is not None:
            map_procedures(session, office, group, codes, by=by, now=moment)

    if keep(act) is not None and group_id is not None:
        return _form(_group(group_id), typed, chosen=codes, late=True)
    return saved(HERE)


def _form(
    group: GroupView | None,
    typed: Mapping[str, str],
    faults: tuple[Fault, ...] = (),
    *,
    chosen: Sequence[str] | None = None,
    late: bool = False,
) -> Response:
    kept = group_values(group) if group else {}
    offered = offered_here(db.session(), staff_office(), now=now()) if group else []
    if chosen is None:
        chosen = [one.code for one in offered if group and one.group_id == group.id]
    return draw(
        "group",
        422 if faults or late else 200,
        here=HERE,
        kinds=("office_changed", "procedures_changed") if group else (),
        area="groups",
        what=group.prefix if group else "",
        group=group,
        offered=offered,
        chosen=chosen,
        typed=typed,
        stamped=typed.get("stamp", "") if faults else stamp(kept),
        faults=by_key(faults),
        conflict=kept if late else None,
    )


def _group(group_id: int) -> GroupView:
    for view in groups(db.session(), staff_office()):
        if view.id == group_id:
            return view
    raise NoSuchThing()

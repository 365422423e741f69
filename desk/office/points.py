"""The form of a counter or a kiosk: they differ in what stands at the end of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from desk.office.frame import as_typed, by_key, draw, keep, saved
from intake.changing import stamp
from intake.db import db
from intake.points import PointView, point_faults, point_values, points, save_point
from intake.printers import printers
from intake.rules.answers import Fault
from intake.rules.refusals import NoSuchThing
from intake.running import groups
from web import now
from web.staff import staff, staff_office


@dataclass(frozen=True)
class Kind:
    """``more`` gives a page what only this kind of point shows."""

    name: str
    here: str
    template: str
    more: Callable[[], Mapping[str, Any]] = dict


def point_of(kind: Kind, point_id: int) -> PointView:
    for view in points(db.session(), staff_office(), kind.name, now=now()):
        if view.id == point_id:
            return view
    raise NoSuchThing()


def shown(kind: Kind, point: PointView) -> Response:
    typed = as_typed(point_values(point)) | {"printer": str(point.printer_id or "")}
    return form(kind, point, typed, served=[str(group_id) for group_id, _, _ in point.groups])


def kept(kind: Kind, point: PointView | None) -> Response:
    office, typed, served = staff_office(), request.form.to_dict(), request.form.getlist("groups")
    point_id = point.id if point else None
    if faults := point_faults(db.session(), office, typed, point_id=point_id):
        return form(kind, point, typed, faults, served=served)
    late = keep(
        lambda: save_point(
            db.session(),
            office,
            point_id,
            kind.name,
            typed,
            served,
            stamped=typed.get("stamp", ""),
            by=staff().actor,
            now=now(),
        )
    )
    if late is not None and point_id is not None:
        return form(kind, point_of(kind, point_id), typed, served=served, late=True)
    return saved(kind.here)


def form(
    kind: Kind,
    point: PointView | None,
    typed: Mapping[str, str],
    faults: tuple[Fault, ...] = (),
    *,
    served: Sequence[str] = (),
    late: bool = False,
) -> Response:
    session, office = db.session(), staff_office()
    values = point_values(point) if point else {}
    return draw(
        kind.template,
        422 if faults or late else 200,
        here=kind.here,
        kinds=("point_changed", "kiosk_code_made", "kiosk_registered", "kiosk_revoked") if point else (),
        what=point.code if point else "",
        point=point,
        typed=typed,
        served=served,
        stamped=typed.get("stamp", "") if faults else stamp(values),
        faults=by_key(faults),
        conflict=_readable(point) if late and point else None,
        printers=[(one.id, one.name) for one in printers(session, office) if one.active],
        groups=[one for one in groups(session, office) if one.active],
        **kind.more(),
    )


def _readable(point: PointView) -> dict[str, object]:
    values = {name: value for name, value in point_values(point).items() if name != "printer_id"}
    return values | {"printer": point.printer_name}

"""Kiosks: registered by a code that is typed on them once, revoked at once."""

from __future__ import annotations

from flask import Response, request

from desk.bp import bp
from desk.office.frame import draw, keep, saved
from desk.office.points import Kind, form, kept, point_of, shown
from intake.changing import stamp
from intake.db import db
from intake.points import points
from intake.registering import make_code, revoke
from intake.rules.rights import Right
from intake.running import open_kiosks
from web import core, now
from web.staff import needs, staff, staff_office

HERE = "desk.office_kiosks"
KIOSK = Kind("kiosk", HERE, "kiosk")


@bp.get("/office/kiosks", endpoint="office_kiosks")
@needs(Right.RUN_OFFICE)
def show_kiosks() -> Response:
    return _kiosks()


@bp.post("/office/kiosks")
@needs(Right.RUN_OFFICE)
def open_or_close() -> Response:
    """Any browser may be a kiosk, or only registered machines."""
    is_open = request.form.get("go") == "open"
    stamped = request.form.get("stamp", "")
    office = staff_office()
    late = keep(
        lambda: open_kiosks(db.session(), office, is_open, stamped=stamped, by=staff().actor, now=now())
    )
    return _kiosks(late=True) if late is not None else saved(HERE, "opened" if is_open else "closed")


@bp.get("/office/kiosks/new", endpoint="new_kiosk")
@needs(Right.RUN_OFFICE)
def show_new_kiosk() -> Response:
    return form(KIOSK, None, {"size": "1", "profile": "standard"})


@bp.post("/office/kiosks/new")
@needs(Right.RUN_OFFICE)
def add_kiosk() -> Response:
    return kept(KIOSK, None)


@bp.get("/office/kiosks/<int:point_id>", endpoint="office_kiosk")
@needs(Right.RUN_OFFICE)
def show_kiosk(point_id: int) -> Response:
    return shown(KIOSK, point_of(KIOSK, point_id))


@bp.post("/office/kiosks/<int:point_id>")
@needs(Right.RUN_OFFICE)
def keep_kiosk(point_id: int) -> Response:
    return kept(KIOSK, point_of(KIOSK, point_id))


@bp.post("/office/kiosks/<int:point_id>/code", endpoint="kiosk_code")
@needs(Right.RUN_OFFICE)
def new_code(point_id: int) -> Response:
    """The code is shown this once: only its fingerprint is kept."""
    code = make_code(db.session(), staff_office(), point_id, keys=core().keys, by=staff().actor, now=now())
    db.session.commit()
    return draw("kiosk_code", here=HERE, point=point_of(KIOSK, point_id), code=(code[:4], code[4:]))


@bp.post("/office/kiosks/<int:point_id>/revoke", endpoint="revoke_kiosk")
@needs(Right.RUN_OFFICE)
def take_away(point_id: int) -> Response:
    revoke(db.session(), staff_office(), point_id, by=staff().actor, now=now())
    db.session.commit()
    return saved(HERE, "revoked")


def _kiosks(*, late: bool = False) -> Response:
    office = staff_office()
    return draw(
        "kiosks",
        422 if late else 200,
        here=HERE,
        kinds=("point_changed", "office_changed", "kiosk_code_made", "kiosk_registered", "kiosk_revoked"),
        points=points(db.session(), office, "kiosk", now=now()),
        is_open=office.kiosks_open,
        stamped=stamp({"kiosks_open": office.kiosks_open}),
        late=late,
    )

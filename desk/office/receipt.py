"""The office's texts on receipts, with the very picture that will be printed."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, abort, request

from desk.bp import bp
from desk.office.frame import as_typed, by_key, draw, keep, saved
from intake.changing import stamp
from intake.db import db
from intake.offices import calendar_of, civil_day
from intake.paper import Paper
from intake.rules.answers import Fault
from intake.rules.rights import Right
from intake.rules.text import tidy
from intake.running import LONGEST, TEXTS, data_of, read_data, save_data
from intake.specimen import picture, specimen
from web import now
from web.staff import needs, staff, staff_office

HERE = "desk.office_receipt"
WIDTHS = (576, 384)  # dots: 80 mm and 58 mm paper


@bp.get("/office/receipt", endpoint="office_receipt")
@needs(Right.RUN_OFFICE)
def show_texts() -> Response:
    """With texts in the query, as they are being typed: only the picture differs."""
    kept = data_of(staff_office(), TEXTS)
    return _form(as_typed(kept) | request.args.to_dict(), stamp(kept))


@bp.post("/office/receipt")
@needs(Right.RUN_OFFICE)
def keep_texts() -> Response:
    office, typed = staff_office(), request.form.to_dict()
    if faults := read_data(typed, office, TEXTS):
        return _form(typed, typed.get("stamp", ""), faults)
    late = keep(
        lambda: save_data(
            db.session(), office, typed, TEXTS, stamped=typed.get("stamp", ""), by=staff().actor, now=now()
        )
    )
    if late is not None:
        kept = data_of(office, TEXTS)
        return _form(typed, stamp(kept), conflict=kept)
    return saved(HERE)


@bp.get("/office/receipt/<int:width>.png", endpoint="receipt_picture")
@needs(Right.RUN_OFFICE)
def show_picture(width: int) -> Response:
    if width not in WIDTHS:
        abort(404)
    return Response(picture(sample(request.args), width), mimetype="image/png")


def sample(typed: Mapping[str, str]) -> Paper:
    """The receipt with these texts; what is too long is cut, for it cannot be kept either."""
    office, moment = staff_office(), now()
    texts = {name: tidy(typed.get(name, ""))[: LONGEST.get(name, 200)] for name in TEXTS}
    calendar = calendar_of(db.session(), office, now=moment)
    promised_at = calendar.ends(calendar.add_working_days(civil_day(moment), 3))
    return specimen(office, texts, promised_at=promised_at, now=moment)


def _form(
    typed: Mapping[str, str],
    stamped: str,
    faults: tuple[Fault, ...] = (),
    conflict: Mapping[str, object] | None = None,
) -> Response:
    width = 384 if typed.get("width") == "384" else 576
    return draw(
        "receipt",
        422 if faults or conflict else 200,
        here=HERE,
        kinds=("office_changed",),
        area="texts",
        typed=typed,
        texts={name: typed.get(name, "") for name in TEXTS},
        width=width,
        stamped=stamped,
        faults=by_key(faults),
        conflict=conflict,
    )

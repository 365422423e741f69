"""The office as one file: to keep, to give to another commune, to take one in."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, request

from desk.bp import bp
from desk.office.frame import draw, keep, saved
from desk.office.printers import can_be_a_printer
from intake.changing import stamp
from intake.configuring import configuration, differences, file_faults, take_in, whole
from intake.db import db
from intake.offices import civil_day
from intake.rules.forms import Fault
from intake.rules.rights import Right
from web import now
from web.staff import needs, staff, staff_office

HERE = "desk.office_configuration"
KINDS = ("config_imported",)
LARGEST = 2 * 1024 * 1024  # bytes of a form; a file comes back as text, and may grow on the way


@bp.get("/office/configuration", endpoint="office_configuration")
@needs(Right.RUN_OFFICE)
def show_configuration() -> Response:
    return draw("configuration", here=HERE, kinds=KINDS, fault=None)


@bp.get("/office/configuration/file", endpoint="configuration_file")
@needs(Right.RUN_OFFICE)
def export() -> Response:
    office = staff_office()
    text = json.dumps(configuration(db.session(), office), ensure_ascii=False, indent=2) + "\n"
    name = f"{office.code}-{civil_day(now()):%Y%m%d}.json"
    return Response(
        text, mimetype="application/json", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@bp.post("/office/configuration")
@needs(Right.RUN_OFFICE)
def look_or_take_in() -> Response:
    """First the report of what would change; the same text again, with «take», carries it out."""
    request.max_content_length = request.max_form_memory_size = LARGEST
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        text = upload.read().decode("utf-8-sig", "replace")
    else:
        text = request.form.get("text", "")
    try:
        given: Any = json.loads(text)
    except ValueError as fault:
        line = getattr(fault, "lineno", None)
        code = "bad_line" if line and text.strip() else "bad_file"
        return draw("configuration", 422, here=HERE, kinds=KINDS, fault=Fault("file", code, {"line": line}))
    office = staff_office()
    faults = file_faults(db.session(), office, given, printer_fault=_printer_fault)
    if faults or request.form.get("go") != "take":
        return _report(given, faults)
    late = keep(
        lambda: take_in(
            db.session(),
            office,
            given,
            stamped=request.form.get("stamp", ""),
            printer_fault=_printer_fault,
            by=staff().actor,
            now=now(),
        )
    )
    return _report(given, [], late=True) if late is not None else saved(HERE, "imported")


def _report(given: Any, faults: list[Fault], *, late: bool = False) -> Response:
    kept = configuration(db.session(), staff_office())
    found = [] if faults else differences(kept, whole(given, kept, today=civil_day(now())))
    return draw(
        "import",
        422 if faults or late else 200,
        here=HERE,
        found=found,
        file_faults=faults,
        other_code=given.get("code")
        if isinstance(given, dict) and given.get("code") != kept["code"]
        else None,
        text=json.dumps(given, ensure_ascii=False),
        stamped=stamp(kept),
        late=late,
    )


def _printer_fault(url: str) -> str:
    """A file must not make a worker write files either."""
    return "" if can_be_a_printer(url) and not url.startswith("file:") else "bad address"

"""Printers: their trouble in words, adding and changing them, a test paper."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, request

from desk.bp import bp
from desk.office.frame import by_key, draw, keep, saved
from intake.changing import stamp
from intake.db import db
from intake.printers import (
    PrinterView,
    ask_for_test,
    hosts,
    printer_of,
    printer_values,
    printers,
    read_printer,
    save_printer,
)
from intake.rules.answers import Fault
from intake.rules.rights import Right
from web import core, now
from web.staff import needs, staff, staff_office

HERE = "desk.office_printers"


@bp.get("/office/printers", endpoint="office_printers")
@needs(Right.RUN_OFFICE)
def show_printers() -> Response:
    rows = printers(db.session(), staff_office())
    return draw("printers", here=HERE, kinds=("printer_changed", "printer_tested"), printers=rows)


@bp.get("/office/printers/new", endpoint="new_printer")
@needs(Right.RUN_OFFICE)
def show_new_printer() -> Response:
    return _form(None, {"kind": "tcp", "width": "576", "ack": "gs_h"})


@bp.post("/office/printers/new")
@needs(Right.RUN_OFFICE)
def add_printer() -> Response:
    return _keep(None)


@bp.get("/office/printers/<int:printer_id>", endpoint="office_printer")
@needs(Right.RUN_OFFICE)
def show_printer(printer_id: int) -> Response:
    printer = printer_of(db.session(), staff_office(), printer_id)
    at = printer.address
    typed = {"kind": at.kind, "place": at.place, "width": str(at.width), "ack": at.ack}
    typed |= {"name": printer.name, "host": printer.host or "", "active": "1" if printer.active else ""}
    return _form(printer, typed)


@bp.post("/office/printers/<int:printer_id>")
@needs(Right.RUN_OFFICE)
def keep_printer(printer_id: int) -> Response:
    return _keep(printer_of(db.session(), staff_office(), printer_id))


@bp.post("/office/printers/<int:printer_id>/test", endpoint="printer_test")
@needs(Right.RUN_OFFICE)
def ask(printer_id: int) -> Response:
    """The worker prints; the page asks how it went."""
    ask_for_test(db.session(), staff_office(), printer_id, by=staff().actor, now=now())
    db.session.commit()
    return saved("desk.test_result", "", printer_id=printer_id)


@bp.get("/office/printers/<int:printer_id>/test", endpoint="test_result")
@needs(Right.RUN_OFFICE)
def how_it_went(printer_id: int) -> Response:
    return draw("printer_test", here=HERE, printer=printer_of(db.session(), staff_office(), printer_id))


def can_be_a_printer(url: str) -> bool:
    """Whether the address is one a worker can use; nothing is opened."""
    try:
        core().open_printer(url)
    except ValueError:
        return False
    return True


def _keep(printer: PrinterView | None) -> Response:
    office, typed = staff_office(), request.form.to_dict()
    printer_id = printer.id if printer else None
    rest = printer.address.rest if printer else ()
    name, url, faults = read_printer(typed, rest=rest, judge=can_be_a_printer)
    if faults:
        return _form(printer, typed, faults)
    late = keep(
        lambda: save_printer(
            db.session(),
            office,
            printer_id,
            name=name,
            url=url,
            host=typed.get("host", ""),
            active=bool(typed.get("active")),
            stamped=typed.get("stamp", ""),
            by=staff().actor,
            now=now(),
        )
    )
    if late is not None and printer_id is not None:
        return _form(printer_of(db.session(), office, printer_id), typed, late=True)
    return saved(HERE)


def _form(
    printer: PrinterView | None, typed: Mapping[str, str], faults: tuple[Fault, ...] = (), late: bool = False
) -> Response:
    kept = printer_values(printer) if printer else {}
    known = hosts(db.session())
    if typed.get("host") and typed["host"] not in known:
        known = [typed["host"], *known]
    return draw(
        "printer",
        422 if faults or late else 200,
        here=HERE,
        kinds=("printer_changed", "printer_tested") if printer else (),
        what=printer.name if printer else "",
        printer=printer,
        typed=typed,
        hosts=[(one, one) for one in known],
        stamped=typed.get("stamp", "") if faults else stamp(kept),
        faults=by_key(faults),
        conflict=kept if late else None,
    )

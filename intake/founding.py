"""The first start: what every installation knows, and an office to show it with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake import cataloguing, memory
from intake.records import (
    AcceptancePoint,
    CalendarDay,
    OfferedProcedure,
    Office,
    OfficeRule,
    Printer,
    ProcedureVersion,
)
from intake.rules.national_days import NATIONAL_DAYS

DATA = Path(__file__).resolve().parent / "data"


def found(session: Session, *, demo: bool, now: datetime) -> None:
    """Bring what every office knows up to this release and, for a demo, an office into an empty house."""
    is_first = not session.scalar(select(func.count()).select_from(ProcedureVersion))
    cataloguing.load_shipped_catalogue(session, now=now)
    if is_first:
        cataloguing.load_divisions(session)
        _load_national_days(session)
    if demo and not session.scalar(select(func.count()).select_from(Office)):
        load_office(session, json.loads((DATA / "demo_office.json").read_text(encoding="utf-8")))
    session.flush()
    memory.forget_all()


def load_office(session: Session, data: Mapping[str, Any]) -> Office:
    """An office from its JSON (shape: intake/data/demo_office.json).

    The procedures named stand first, in that order; every other procedure of
    the catalogue that a commune receives follows.
    """
    plain = ("code", "name", "place", "agency_name", "collect_at", "hotline", "code_template", "hours")
    office = Office(**{name: data[name] for name in plain})
    session.add(office)
    session.flush()
    for rule in data["rules"]:
        dates = {
            name: date.fromisoformat(rule[name]) if rule.get(name) else None
            for name in ("valid_from", "valid_to")
        }
        session.add(OfficeRule(office_id=office.id, **(rule | dates)))
    printers = {row["name"]: Printer(office_id=office.id, **row) for row in data["printers"]}
    session.add_all(printers.values())
    session.flush()
    for point in data["points"]:
        printer = printers.get(point.get("printer"))
        session.add(
            AcceptancePoint(
                office_id=office.id,
                code=point["code"],
                name=point["name"],
                kind=point["kind"],
                printer_id=printer.id if printer else None,
            )
        )
    first = list(data["procedures"])
    known = set(session.scalars(select(ProcedureVersion.procedure_code).distinct()))
    for position, code in enumerate([*first, *sorted(known.difference(first))]):
        session.add(OfferedProcedure(office_id=office.id, procedure_code=code, position=position))
    return office


def _load_national_days(session: Session) -> None:
    for day in NATIONAL_DAYS:
        session.add(
            CalendarDay(
                date=day.date,
                kind=day.kind,
                name=day.name,
                instrument=day.instrument,
                provisional=day.provisional,
            )
        )

"""The first start: what every installation knows, and an office to show it with."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake import cataloguing, memory
from intake.office_file import BadOffice, faults_of
from intake.records import (
    AcceptancePoint,
    CalendarDay,
    OfferedProcedure,
    Office,
    OfficeHours,
    OfficeRule,
    Printer,
    ProcedureVersion,
    ServiceGroup,
    Unit,
)
from intake.rules.forms import Fault

DATA = Path(__file__).resolve().parent / "data"


def found(session: Session, *, demo: bool, now: datetime) -> None:
    """Bring what every office knows up to this release and, for a demo, an office into an empty house.

    Communes are loaded once; later changes of them are imported. What an office
    receives is its own decision: a procedure that is new in this release waits
    for ``offer``.
    """
    is_first = not session.scalar(select(func.count()).select_from(ProcedureVersion))
    cataloguing.load_shipped_catalogue(session, now=now)
    cataloguing.load_national_days(session)
    if is_first:
        cataloguing.load_divisions(session)
    if demo and not session.scalar(select(func.count()).select_from(Office)):
        load_office(session, json.loads((DATA / "demo_office.json").read_text(encoding="utf-8")))
    session.flush()
    memory.forget_all()


def load_office(
    session: Session, given: object, *, printer_fault: Callable[[str], str] = lambda _: ""
) -> Office:
    """An office from its JSON (shape: intake/data/demo_office.json).

    The procedures named stand first, in that order, whatever their level; every
    other procedure of the catalogue that a commune receives follows. Raises
    BadOffice with every fault of the file; nothing is kept then.
    """
    levels = cataloguing.levels(session)
    faults = faults_of(given, procedures=set(levels), printer_fault=printer_fault)
    if not faults:
        faults = _taken(session, cast(Mapping[str, Any], given))
    if faults:
        raise BadOffice(faults)
    data = cast(Mapping[str, Any], given)
    plain = ("code", "name", "place", "agency_name", "collect_at", "hotline", "code_template", "hours")
    office = Office(
        **{name: data[name] for name in plain},
        kiosks_open=data.get("kiosks_open", False),
        receipt_note=data.get("receipt_note", ""),
    )
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
    groups = _groups(session, office, data)
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
                service_groups=[groups[prefix] for prefix in point.get("groups", [])],
                size=point.get("size", 1),
                profile=point.get("profile", "standard"),
                earphones=point.get("earphones", False),
                scanner=point.get("scanner", ""),
                scanner_host=point.get("scanner_host", ""),
            )
        )
    first = data["procedures"]
    others = sorted(code for code, level in levels.items() if level == "commune" and code not in first)
    offer(session, office, [*first, *others])
    _share_out(session, office, data, groups)
    _more(session, office, data)
    return office


def _more(session: Session, office: Office, data: Mapping[str, Any]) -> None:
    """What a file of an office may leave out: later hours, its own days, units, words."""
    for row in data.get("later_hours", []):
        first = date.fromisoformat(row["valid_from"])
        instrument = row.get("instrument", "")
        session.add(
            OfficeHours(office_id=office.id, valid_from=first, hours=row["hours"], instrument=instrument)
        )
    for row in data.get("days", []):
        day = date.fromisoformat(row["date"])
        session.add(CalendarDay(office_id=office.id, **(dict(row) | {"date": day})))
    session.add_all(Unit(office_id=office.id, name=name) for name in data.get("units", []))
    words = data.get("words", {})
    for offered in _offers(session, office):
        offered.words = list(words.get(offered.procedure_code, []))
    session.flush()


def _groups(session: Session, office: Office, data: Mapping[str, Any]) -> dict[str, ServiceGroup]:
    """What people take numbers for, by prefix, in the order of the file."""
    groups = {
        row["prefix"]: ServiceGroup(
            office_id=office.id,
            prefix=row["prefix"],
            name=row["name"],
            position=position,
            **({"usual_minutes": row["minutes"]} if "minutes" in row else {}),
        )
        for position, row in enumerate(data.get("service_groups", []))
    }
    session.add_all(groups.values())
    return groups


def _share_out(
    session: Session, office: Office, data: Mapping[str, Any], groups: Mapping[str, ServiceGroup]
) -> None:
    """Which procedure belongs to which group; the group of «others» takes what none names."""
    rows = data.get("service_groups", [])
    of = {code: groups[row["prefix"]].id for row in rows for code in row.get("procedures", [])}
    rest = next((groups[row["prefix"]].id for row in rows if row.get("others")), None)
    for offered in _offers(session, office):
        offered.service_group_id = of.get(offered.procedure_code, rest)
    session.flush()


def offer(session: Session, office: Office, codes: Sequence[str]) -> list[str]:
    """Let the office receive these procedures, after those it receives already; returns which are new to it.

    Raises BadOffice when the catalogue lacks one of them.
    """
    catalogue = cataloguing.levels(session)
    if unknown := [code for code in codes if code not in catalogue]:
        raise BadOffice([f"{code} is not in the catalogue; see: flask procedures import" for code in unknown])
    held = {row.procedure_code: row.position for row in _offers(session, office)}
    new = [code for code in dict.fromkeys(codes) if code not in held]
    for position, code in enumerate(new, start=max(held.values(), default=-1) + 1):
        session.add(OfferedProcedure(office_id=office.id, procedure_code=code, position=position))
    session.flush()
    return new


def withdraw(session: Session, office: Office, codes: Sequence[str]) -> list[str]:
    """The office receives these no longer; dossiers in flight go on. Returns which it did receive."""
    rows = [row for row in _offers(session, office) if row.procedure_code in codes]
    for row in rows:
        session.delete(row)
    session.flush()
    return [row.procedure_code for row in rows]


def _offers(session: Session, office: Office) -> Sequence[OfferedProcedure]:
    return session.scalars(select(OfferedProcedure).filter_by(office_id=office.id)).all()


def _taken(session: Session, data: Mapping[str, Any]) -> list[Fault]:
    """Codes of this file that another office has already."""
    codes = [point["code"] for point in data["points"]]
    points = session.scalars(select(AcceptancePoint.code).where(AcceptancePoint.code.in_(codes)))
    faults = [Fault("points", "taken", {"name": code}) for code in points]
    if session.scalar(select(Office.id).filter_by(code=data["code"])):
        faults.append(Fault("code", "taken", {"name": data["code"]}))
    return faults

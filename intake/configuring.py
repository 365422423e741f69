"""A whole office as one file: given away, and taken in with a report of what would change.

Nothing of people, secrets or dossiers is in it. What an office is called by its
receipts, its code, stays its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake import cataloguing, events
from intake.changing import must_be, office_at_hand
from intake.events import Actor
from intake.office_file import BadOffice, faults_of
from intake.offices import civil_day
from intake.records import (
    AcceptancePoint,
    CalendarDay,
    OfferedProcedure,
    Office,
    OfficeHours,
    OfficeRule,
    Printer,
    ServiceGroup,
    Unit,
)
from intake.rules.forms import Fault
from intake.rules.office_rules import OFFICE_RULES

MACHINE = ("size", "profile", "earphones", "scanner", "scanner_host")  # of a kiosk
TEXTS = ("name", "place", "agency_name", "collect_at", "hotline", "code_template", "receipt_note")
Configuration = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """One thing a file would change. ``kind``: "added", "changed" or "removed" (taken out of use)."""

    part: str  # "office", or the name of a list in the file
    what: str
    kind: str
    old: object = None
    new: object = None


def configuration(session: Session, office: Office) -> Configuration:
    """Everything of the office that another could take over, as its file says it (JSON)."""
    printers = {row.id: row for row in _active(session, Printer, office)}
    groups = sorted(_active(session, ServiceGroup, office), key=lambda row: (row.position, row.id))
    offered = session.scalars(
        select(OfferedProcedure).filter_by(office_id=office.id).order_by(OfferedProcedure.position)
    ).all()
    points = sorted(_active(session, AcceptancePoint, office), key=lambda row: row.code)
    points = [row for row in points if row.kind != "phone"]  # made by itself where it is wanted
    return {
        "code": office.code,
        **{name: getattr(office, name) for name in TEXTS},
        "kiosks_open": office.kiosks_open,
        "hours": dict(office.hours),
        "later_hours": [
            {"valid_from": str(row.valid_from), "hours": dict(row.hours), "instrument": row.instrument}
            for row in session.scalars(
                select(OfficeHours).filter_by(office_id=office.id).order_by(OfficeHours.valid_from)
            )
        ],
        "rules": [_rule(row) for row in _rules(session, office)],
        "days": [
            {"date": str(row.date), "kind": row.kind, "name": row.name, "instrument": row.instrument}
            for row in session.scalars(
                select(CalendarDay).filter_by(office_id=office.id).order_by(CalendarDay.date)
            )
        ],
        "units": sorted(row.name for row in _active(session, Unit, office)),
        "printers": [{"name": row.name, "url": row.url} for row in sorted(printers.values(), key=_name)],
        "service_groups": [
            {
                "prefix": group.prefix,
                "name": group.name,
                "minutes": group.usual_minutes,
                "procedures": [row.procedure_code for row in offered if row.service_group_id == group.id],
            }
            for group in groups
        ],
        "points": [_point(row, printers) for row in points],
        "procedures": [row.procedure_code for row in offered],
        "words": {row.procedure_code: list(row.words) for row in offered if row.words},
    }


def file_faults(
    session: Session, office: Office, given: object, *, printer_fault: Callable[[str], str]
) -> list[Fault]:
    """Everything that keeps this file from being taken in by the office."""
    catalogue = set(cataloguing.levels(session))
    if faults := faults_of(given, procedures=catalogue, printer_fault=printer_fault):
        return faults
    assert isinstance(given, Mapping)
    wanted = {point["code"]: point["kind"] for point in given["points"]}
    rows = session.scalars(select(AcceptancePoint).where(AcceptancePoint.code.in_(wanted)))
    for row in rows:
        if row.office_id != office.id:
            faults.append(Fault("points", "taken", {"name": row.code}))
        elif row.kind != wanted[row.code]:
            faults.append(Fault("points", "other_kind", {"name": row.code}))
    return faults


def whole(given: Mapping[str, Any], now_is: Configuration, *, today: date) -> Configuration:
    """What the office would be: the file with what it may leave out filled in.

    The office keeps its code and its past: of hours, rules and days the file
    says what holds from ``today`` on.
    """
    named = {code for group in given.get("service_groups", []) for code in group.get("procedures", [])}
    rest = [code for code in given["procedures"] if code not in named]
    return {
        "code": now_is["code"],
        **{name: given.get(name, "") for name in TEXTS},
        "kiosks_open": given.get("kiosks_open", False),
        "hours": now_is["hours"],
        "later_hours": _hours_from(given, now_is, today),
        "rules": _rules_from(given["rules"], now_is["rules"], today),
        "days": sorted(
            [
                *(row for row in now_is["days"] if row["date"] < str(today)),
                *(
                    {"name": "", "instrument": "", **row}
                    for row in given.get("days", [])
                    if row["date"] >= str(today)
                ),
            ],
            key=lambda row: str(row["date"]),
        ),
        "units": sorted(given.get("units", [])),
        "printers": sorted((dict(row) for row in given["printers"]), key=lambda row: str(row["name"])),
        "service_groups": [
            {
                "prefix": group["prefix"],
                "name": group["name"],
                "minutes": group.get("minutes", 10),
                "procedures": _in_order(
                    [*group.get("procedures", []), *(rest if group.get("others") else [])],
                    given["procedures"],
                ),
            }
            for group in given.get("service_groups", [])
        ],
        "points": sorted((_whole_point(row) for row in given["points"]), key=lambda row: str(row["code"])),
        "procedures": list(given["procedures"]),
        "words": {code: list(words) for code, words in given.get("words", {}).items() if words},
    }


def differences(now_is: Configuration, wanted: Configuration) -> list[Difference]:
    """What would be another, part by part; nothing is left out."""
    found: list[Difference] = []
    for name in (*TEXTS, "kiosks_open", "hours"):
        if now_is[name] != wanted[name]:
            found.append(Difference("office", name, "changed", now_is[name], wanted[name]))
    for part, key in KEYS.items():
        old = {key(row): row for row in now_is[part]}
        new = {key(row): row for row in wanted[part]}
        found.extend(_rows_differ(part, old, new))
    found.extend(_rows_differ("words", now_is["words"], wanted["words"]))
    kept = [code for code in now_is["procedures"] if code in wanted["procedures"]]
    if kept != [code for code in wanted["procedures"] if code in kept]:
        found.append(Difference("procedures", "order", "changed", now_is["procedures"], wanted["procedures"]))
    prefixes = [[group["prefix"] for group in one["service_groups"]] for one in (now_is, wanted)]
    if sorted(prefixes[0]) == sorted(prefixes[1]) and prefixes[0] != prefixes[1]:
        found.append(Difference("service_groups", "order", "changed", prefixes[0], prefixes[1]))
    return found


def take_in(
    session: Session,
    office: Office,
    given: Mapping[str, Any],
    *,
    stamped: str | None,
    printer_fault: Callable[[str], str],
    by: Actor,
    now: datetime,
) -> list[Difference]:
    """Make the office what the file says; what it does not name is taken out of use, never deleted.

    One event with every difference. Raises BadOffice with the faults of the
    file, ChangedMeanwhile when the office is no longer what ``stamped`` was made
    of (None: whatever it is).
    """
    held = office_at_hand(session, office)
    if faults := file_faults(session, held, given, printer_fault=printer_fault):
        raise BadOffice(faults)
    before = configuration(session, held)
    if stamped is not None:
        must_be(stamped, before)
    wanted = whole(given, before, today=civil_day(now))
    found = differences(before, wanted)
    if not found:
        return []
    _apply(session, held, wanted)
    events.append(
        session,
        "config_imported",
        by=by,
        now=now,
        office_id=held.id,
        facts={f"{one.part} {one.what}".strip(): [one.old, one.new] for one in found},
    )
    held.version += 1
    session.flush()
    return found


def _apply(session: Session, office: Office, wanted: Configuration) -> None:
    for name in (*TEXTS, "kiosks_open", "hours"):
        setattr(office, name, wanted[name])
    _apply_dated(session, office, wanted)
    _switch(session, Unit, office, "name", [{"name": name} for name in wanted["units"]])
    printers = _switch(session, Printer, office, "name", wanted["printers"])
    groups = _switch(
        session,
        ServiceGroup,
        office,
        "prefix",
        [
            {
                "prefix": row["prefix"],
                "name": row["name"],
                "usual_minutes": row["minutes"],
                "position": position,
            }
            for position, row in enumerate(wanted["service_groups"])
        ],
    )
    points = _switch(
        session,
        AcceptancePoint,
        office,
        "code",
        [
            {name: row[name] for name in ("code", "name", "kind", *MACHINE)}
            for row in wanted["points"]
        ],
    )
    session.flush()
    for row in wanted["points"]:
        point = points[row["code"]]
        point.printer_id = printers[row["printer"]].id if row["printer"] else None
        point.service_groups = [groups[prefix] for prefix in row["groups"]]
    for point in session.scalars(select(AcceptancePoint).filter_by(office_id=office.id, active=False)):
        point.printer_id = None
    _apply_procedures(session, office, wanted, groups)
    session.flush()


def _apply_dated(session: Session, office: Office, wanted: Configuration) -> None:
    for table in (OfficeHours, OfficeRule, CalendarDay):
        for row in session.scalars(select(table).filter_by(office_id=office.id)):
            session.delete(row)
    session.flush()
    for later in wanted["later_hours"]:
        first = date.fromisoformat(later["valid_from"])
        session.add(OfficeHours(office_id=office.id, **(later | {"valid_from": first})))
    for rule in wanted["rules"]:
        dates = {
            name: date.fromisoformat(rule[name]) if rule[name] else None
            for name in ("valid_from", "valid_to")
        }
        session.add(OfficeRule(office_id=office.id, **(rule | dates)))
    for day in wanted["days"]:
        session.add(CalendarDay(office_id=office.id, **(day | {"date": date.fromisoformat(day["date"])})))


def _switch(
    session: Session, table: type[Any], office: Office, key: str, rows: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Rows of the table as the file says, in use; all others of the office out of use. By ``key``."""
    known = {getattr(row, key): row for row in session.scalars(select(table).filter_by(office_id=office.id))}
    for row in known.values():
        row.active = False
    for values in rows:
        row = known.get(values[key])
        if row is None:
            row = known[values[key]] = table(office_id=office.id)
            session.add(row)
        for name, value in values.items():
            setattr(row, name, value)
        row.active = True
    return known


def _apply_procedures(
    session: Session, office: Office, wanted: Configuration, groups: Mapping[str, ServiceGroup]
) -> None:
    rows = {
        row.procedure_code: row
        for row in session.scalars(select(OfferedProcedure).filter_by(office_id=office.id))
    }
    of = {code: groups[one["prefix"]].id for one in wanted["service_groups"] for code in one["procedures"]}
    for code in set(rows) - set(wanted["procedures"]):
        session.delete(rows[code])
    for position, code in enumerate(wanted["procedures"]):
        row = rows.get(code)
        if row is None:
            row = OfferedProcedure(office_id=office.id, procedure_code=code)
            session.add(row)
        row.position, row.service_group_id = position, of.get(code)
        row.words = wanted["words"].get(code, [])


def _rows_differ(part: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Difference]:
    for what in dict.fromkeys((*old, *new)):
        if what not in old:
            yield Difference(part, what, "added", None, new[what])
        elif what not in new:
            yield Difference(part, what, "removed", old[what])
        elif old[what] != new[what]:
            yield Difference(part, what, "changed", old[what], new[what])


def _hours_from(given: Mapping[str, Any], now_is: Configuration, today: date) -> list[Configuration]:
    """The later hours: the office's own until today, what the file says from today on."""
    theirs: list[Configuration] = [{"instrument": "", **row} for row in given.get("later_hours", [])]
    ours = [row for row in now_is["later_hours"] if row["valid_from"] <= str(today)]
    hold, held = _holding(given["hours"], theirs, today), _holding(now_is["hours"], ours, today)
    coming = [row for row in theirs if row["valid_from"] > str(today)]
    if hold["hours"] == held["hours"]:
        return sorted([*ours, *coming], key=_since)
    begun = [row for row in ours if row["valid_from"] < str(today)]
    return sorted([*begun, {**hold, "valid_from": str(today)}, *coming], key=_since)


def _holding(first: Mapping[str, Any], later: Sequence[Configuration], today: date) -> Configuration:
    begun = sorted((row for row in later if row["valid_from"] <= str(today)), key=_since)
    return {**begun[-1]} if begun else {"hours": dict(first), "instrument": ""}


def _rules_from(
    given: Sequence[Mapping[str, Any]], now_is: Sequence[Configuration], today: date
) -> list[Configuration]:
    """The dated rules: what was stays; what the file says holds from today on."""
    found: list[Configuration] = []
    for name in OFFICE_RULES:
        theirs: list[Configuration] = [
            {"valid_to": None, "instrument": "", **row} for row in given if row["name"] == name
        ]
        ours = [row for row in now_is if row["name"] == name]
        found.extend(_rule_from(sorted(theirs, key=_since), ours, today))
    return sorted(found, key=_rule_key)


def _rule_from(theirs: list[Configuration], ours: list[Configuration], today: date) -> list[Configuration]:
    if not any(row["valid_from"] < str(today) for row in ours):
        return theirs
    hold = [row for row in theirs if _holds(row, today)][-1:]
    held = [row for row in ours if _holds(row, today)][-1:]
    same = [(row["value"], row["valid_to"]) for row in hold] == [
        (row["value"], row["valid_to"]) for row in held
    ]
    coming = [row for row in theirs if row["valid_from"] > str(today)]
    if same:
        return [*(row for row in ours if row["valid_from"] <= str(today)), *coming]
    yesterday = str(today - timedelta(days=1))
    past = [
        {**row, "valid_to": min(row["valid_to"] or yesterday, yesterday)}
        for row in ours
        if row["valid_from"] < str(today)
    ]
    return [*past, *({**row, "valid_from": str(today)} for row in hold), *coming]


def _holds(row: Mapping[str, Any], day: date) -> bool:
    return bool(row["valid_from"] <= str(day) and (row["valid_to"] is None or str(day) <= row["valid_to"]))


def _since(row: Mapping[str, Any]) -> str:
    return str(row["valid_from"])


def _rule_key(row: Mapping[str, Any]) -> str:
    return f"{row['name']} {row['valid_from']}"


KEYS: Mapping[str, Callable[[Any], str]] = {
    "later_hours": lambda row: str(row["valid_from"]),
    "rules": _rule_key,
    "days": lambda row: str(row["date"]),
    "units": str,
    "printers": lambda row: str(row["name"]),
    "service_groups": lambda row: str(row["prefix"]),
    "points": lambda row: str(row["code"]),
    "procedures": str,
}


def _active(session: Session, table: type[Any], office: Office) -> Sequence[Any]:
    return session.scalars(select(table).filter_by(office_id=office.id, active=True)).all()


def _rules(session: Session, office: Office) -> Sequence[OfficeRule]:
    return session.scalars(
        select(OfficeRule)
        .filter_by(office_id=office.id)
        .order_by(OfficeRule.name, OfficeRule.valid_from, OfficeRule.id)
    ).all()


def _rule(row: OfficeRule) -> Configuration:
    return {
        "name": row.name,
        "value": row.value,
        "valid_from": str(row.valid_from),
        "valid_to": str(row.valid_to) if row.valid_to else None,
        "instrument": row.instrument,
    }


def _point(row: AcceptancePoint, printers: Mapping[int, Printer]) -> Configuration:
    printer = printers.get(row.printer_id) if row.printer_id else None
    groups = [group.prefix for group in row.service_groups if group.active]
    return {
        "code": row.code,
        "name": row.name,
        "kind": row.kind,
        "printer": printer.name if printer else None,
        "groups": sorted(groups),
        "size": row.size,
        "profile": row.profile,
        "earphones": row.earphones,
        "scanner": row.scanner,
        "scanner_host": row.scanner_host,
    }


def _whole_point(row: Mapping[str, Any]) -> Configuration:
    usual: Configuration = {"printer": None, "groups": [], "size": 1, "profile": "standard"}
    usual |= {"earphones": False, "scanner": "", "scanner_host": ""}
    filled = {**usual, **row}
    return {**filled, "groups": sorted(filled["groups"])}


def _in_order(codes: Sequence[str], order: Sequence[str]) -> list[str]:
    return [code for code in order if code in codes]


def _name(row: Printer) -> str:
    return row.name

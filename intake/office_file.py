"""The file of a new office, judged as a whole before any of it is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from intake.offices import week_from
from intake.rules.calendar import WorkCalendar
from intake.rules.codes import dossier_code
from intake.rules.office_rules import OFFICE_RULES
from intake.rules.receipt_code import LONGEST_OFFICE, ReceiptCode, encode

LONGEST = {"code": LONGEST_OFFICE, "hotline": 40, "code_template": 80}  # other texts: 200 characters
TEXTS = ("code", "name", "place", "agency_name", "collect_at", "hotline", "code_template")
LISTS = ("rules", "printers", "points", "procedures")
HOURS = ("working", "intake")
DAYS_OFF = tuple(f"{name}_on_days_off" for name in HOURS)
RULES: Mapping[str, range] = {name: kind.values for name, kind in OFFICE_RULES.items()}
RULE_FIELDS = {"name", "value", "valid_from", "valid_to", "instrument"}
POINT_KINDS = ("kiosk", "counter", "post")
POINT_FIELDS = {"code", "name", "kind", "printer", "groups"}
GROUP_FIELDS = {"prefix", "name", "minutes", "procedures", "others"}
MINUTES = range(1, 241)  # of one usual service
TRIAL_DAY = date(2026, 11, 20)
LAST_OF_A_DAY = 999_999


class BadOffice(Exception):  # told to a person, once, with every fault in it
    """The file of an office cannot be used; ``faults`` names all that is wrong with it."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


def faults_of(data: object, *, procedures: set[str], printer_fault: Callable[[str], str]) -> list[str]:
    """Everything wrong with an office's JSON, in words; nothing when it can be kept.

    ``procedures`` are the codes of the catalogue. ``printer_fault`` says what is
    wrong with a printer's address, or "": the core does not know devices.
    """
    if not isinstance(data, Mapping):
        return ["an object is expected"]
    shape = [
        *_in_texts(data),
        *(f"{name}: a list is expected" for name in LISTS if _listed(data, name) is None),
    ]
    if unknown := sorted(set(data) - {*TEXTS, *LISTS, "hours", "kiosks_open", "service_groups"}):
        shape.append(f"unknown: {', '.join(unknown)}")
    if not isinstance(data.get("kiosks_open", False), bool):
        shape.append("kiosks_open: true or false is expected")
    if not shape:
        shape.extend(_in_codes(data["code"], data["code_template"]))
    return [
        *shape,
        *_in_hours(data.get("hours")),
        *_in_rules(_listed(data, "rules") or ()),
        *_in_printers(_listed(data, "printers") or (), printer_fault),
        *_in_points(_listed(data, "points") or (), _listed(data, "printers") or (), prefixes_of(data)),
        *_in_groups(data.get("service_groups", []), procedures),
        *_in_procedures(_listed(data, "procedures") or (), procedures),
    ]


def _listed(data: Mapping[str, Any], name: str) -> list[Any] | None:
    value = data.get(name)
    return value if isinstance(value, list) else None


def _in_texts(data: Mapping[str, Any]) -> Iterator[str]:
    for name in TEXTS:
        if fault := _text_fault(data.get(name), LONGEST.get(name, 200)):
            yield f"{name}: {fault}"


def _text_fault(value: object, longest: int = 200) -> str:
    if not isinstance(value, str) or not value.strip():
        return "a text is expected"
    return f"longer than {longest} characters" if len(value) > longest else ""


def _in_codes(agency: str, template: str) -> Iterator[str]:
    """Trial dossiers of two days: each needs a code of its own that a receipt can carry."""
    days = (TRIAL_DAY, TRIAL_DAY + timedelta(days=1))
    try:
        codes = [
            dossier_code(template, agency=agency, day=day, seq=seq)
            for day in days
            for seq in (1, 2, LAST_OF_A_DAY)
        ]
        for code in codes:
            encode(
                ReceiptCode(agency, code, datetime(2026, 11, 20, tzinfo=UTC), b"0000"), lambda _: bytes(64)
            )
    except ValueError as fault:
        yield f"code, code_template: {fault}"
        return
    if len(set(codes)) < len(codes):
        yield "code_template: gives two dossiers one code; it needs a whole date and {seq}, {seq4}, …"


def _in_hours(hours: object) -> Iterator[str]:
    if not isinstance(hours, Mapping):
        yield "hours: an object is expected"
        return
    for name in HOURS:
        try:
            week = week_from(hours[name])
            if not set(week) <= set(range(7)):
                raise ValueError("weekdays are 0 (Monday) to 6")
            WorkCalendar((), week)
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            yield f'hours.{name}: write {{"0": [["07:30", "11:30"]]}} ({fault})'
    for name in set(hours) - set(HOURS):
        if name not in DAYS_OFF or not isinstance(hours[name], bool):
            yield f"hours.{name}: unknown, or not true or false"


def _in_rules(rules: Sequence[Any]) -> Iterator[str]:
    for number, rule in enumerate(rules):
        place = f"rules[{number}]"
        if not isinstance(rule, Mapping) or not set(rule) <= RULE_FIELDS:
            yield f"{place}: an object with {', '.join(sorted(RULE_FIELDS))} is expected"
            continue
        if rule.get("name") not in RULES:
            yield f"{place}.name: one of {', '.join(RULES)}"
        elif type(rule.get("value")) is not int or rule["value"] not in RULES[rule["name"]]:
            allowed = RULES[rule["name"]]
            yield f"{place}.value: a whole number from {allowed[0]} to {allowed[-1]}"
        if not _is_date(rule.get("valid_from")) or not (
            rule.get("valid_to") is None or _is_date(rule["valid_to"])
        ):
            yield f"{place}: valid_from, and valid_to if there is one, are dates such as 2026-01-01"
        if "instrument" in rule and (fault := _text_fault(rule["instrument"])):
            yield f"{place}.instrument: {fault}"


def _is_date(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _in_printers(printers: Sequence[Any], printer_fault: Callable[[str], str]) -> Iterator[str]:
    for number, printer in enumerate(printers):
        place = f"printers[{number}]"
        if not isinstance(printer, Mapping) or set(printer) != {"name", "url"}:
            yield f"{place}: an object with name and url is expected"
        elif (
            fault := _text_fault(printer["name"])
            or _text_fault(printer["url"])
            or printer_fault(printer["url"])
        ):
            yield f"{place}: {fault}"
    yield from _twice(
        "printers", [printer.get("name") for printer in printers if isinstance(printer, Mapping)]
    )


def prefixes_of(data: Mapping[str, Any]) -> list[Any]:
    """The letters of the service groups, as far as they can be read."""
    groups = data.get("service_groups")
    return [
        group.get("prefix")
        for group in (groups if isinstance(groups, list) else ())
        if isinstance(group, Mapping)
    ]


def _in_groups(groups: object, procedures: set[str]) -> Iterator[str]:
    """What people take numbers for. The list may be left out: then nobody does."""
    if not isinstance(groups, list):
        yield "service_groups: a list is expected"
        return
    for number, group in enumerate(groups):
        place = f"service_groups[{number}]"
        if not isinstance(group, Mapping) or not {"prefix", "name"} <= set(group) <= GROUP_FIELDS:
            yield f"{place}: an object with prefix, name and perhaps minutes, procedures, others is expected"
            continue
        if not isinstance(group["prefix"], str) or not re.fullmatch("[A-Z]{1,2}", group["prefix"]):
            yield f"{place}.prefix: one or two letters from A to Z are expected"
        if fault := _text_fault(group["name"]):
            yield f"{place}.name: {fault}"
        minutes = group.get("minutes", MINUTES[0])
        if type(minutes) is not int or minutes not in MINUTES:
            yield f"{place}.minutes: a whole number from {MINUTES[0]} to {MINUTES[-1]}"
        if not isinstance(group.get("others", False), bool):
            yield f"{place}.others: true or false is expected"
        codes = group.get("procedures", [])
        if not isinstance(codes, list):
            yield f"{place}.procedures: a list is expected"
        elif unknown := [code for code in codes if not isinstance(code, str) or code not in procedures]:
            yield f"{place}.procedures: {unknown[0]!r} is not in the catalogue"
    read = [group for group in groups if isinstance(group, Mapping)]
    yield from _twice("service_groups", prefixes_of({"service_groups": groups}))
    yield from _twice(
        "service_groups: procedures",
        [code for group in read if isinstance(group.get("procedures"), list) for code in group["procedures"]],
    )
    if sum(group.get("others") is True for group in read) > 1:
        yield "service_groups: only one may take all others"


def _in_points(points: Sequence[Any], printers: Sequence[Any], prefixes: Sequence[Any]) -> Iterator[str]:
    known = [printer.get("name") for printer in printers if isinstance(printer, Mapping)]
    for number, point in enumerate(points):
        place = f"points[{number}]"
        if not isinstance(point, Mapping) or not set(point) <= POINT_FIELDS:
            yield f"{place}: an object with code, name, kind and perhaps printer, groups is expected"
            continue
        if fault := _text_fault(point.get("code"), 40) or _text_fault(point.get("name")):
            yield f"{place}: code and name: {fault}"
        if point.get("kind") not in POINT_KINDS:
            yield f"{place}.kind: one of {', '.join(POINT_KINDS)}"
        if point.get("printer") is not None and point["printer"] not in known:
            yield f"{place}.printer: {point['printer']!r} is not among the printers"
        served = point.get("groups", [])
        if not isinstance(served, list) or any(prefix not in prefixes for prefix in served):
            yield f"{place}.groups: a list of prefixes of service_groups is expected"
        elif served and point.get("kind") != "counter":
            yield f"{place}.groups: only a counter serves"
    yield from _twice("points", [point.get("code") for point in points if isinstance(point, Mapping)])


def _in_procedures(codes: Sequence[Any], known: set[str]) -> Iterator[str]:
    for code in codes:
        if not isinstance(code, str) or code not in known:
            yield f"procedures: {code!r} is not in the catalogue; see: flask procedures import"
    yield from _twice("procedures", codes)


def _twice(place: str, names: Sequence[Any]) -> Iterator[str]:
    for name in dict.fromkeys(str(name) for name in names):
        if sum(str(other) == name for other in names) > 1:
            yield f"{place}: {name} stands there twice"

"""The file of an office, judged as a whole before any of it is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from intake.offices import week_from
from intake.rules.calendar import DayKind, WorkCalendar
from intake.rules.forms import Fault
from intake.rules.office_fields import trial_codes
from intake.rules.office_rules import OFFICE_RULES
from intake.rules.receipt_code import LONGEST_OFFICE

LONGEST = {"code": LONGEST_OFFICE, "hotline": 40, "code_template": 80}  # other texts: 200 characters
TEXTS = ("code", "name", "place", "agency_name", "collect_at", "hotline", "code_template")
LISTS = ("rules", "printers", "points", "procedures")
MAY_LACK = ("service_groups", "later_hours", "days", "units")  # lists a file may leave out
HOURS = ("working", "intake")
DAYS_OFF = tuple(f"{name}_on_days_off" for name in HOURS)
RULES: Mapping[str, range] = {name: kind.values for name, kind in OFFICE_RULES.items()}
RULE_FIELDS = {"name", "value", "valid_from", "valid_to", "instrument"}
POINT_KINDS = ("kiosk", "counter", "post")
POINT_FIELDS = {"code", "name", "kind", "printer", "groups", "size", "profile", "earphones"}
POINT_FIELDS |= {"scanner", "scanner_host"}  # of a kiosk with a document scanner
PROFILES = ("standard", "high_contrast")
GROUP_FIELDS = {"prefix", "name", "minutes", "procedures", "others"}
LATER_FIELDS = {"valid_from", "hours", "instrument"}
DAY_FIELDS = {"date", "kind", "name", "instrument"}
MINUTES = range(1, 241)  # of one usual service
LONGEST_WORDS = 40
MOST_WORDS = 30

# For the terminal; templates/desk/office/file_faults.html says the same on a page.
ENGLISH = {
    "no_object": "an object is expected",
    "no_list": "a list is expected",
    "unknown": "{names}",
    "no_flag": "true or false is expected",
    "no_text": "a text is expected",
    "too_long": "longer than {max} characters",
    "bad_code": "{why}",
    "doubling": "gives two dossiers one code; it needs a whole date and {{seq}}, {{seq4}}, …",
    "bad_hours": 'write {{"0": [["07:30", "11:30"]]}} ({why})',
    "bad_key": "unknown, or not true or false",
    "fields": "an object with {names} is expected",
    "one_of": "one of {names}",
    "out_of_range": "a whole number from {low} to {high}",
    "bad_dates": "valid_from, and valid_to if there is one, are dates such as 2026-01-01",
    "bad_date": "a date such as 2026-01-01 is expected",
    "bad_printer": "{why}",
    "bad_prefix": "one or two letters from A to Z are expected",
    "not_in_catalogue": "{name} is not in the catalogue; see: flask procedures import",
    "one_takes_others": "only one may take all others",
    "no_such_printer": "{name} is not among the printers",
    "no_such_groups": "a list of prefixes of service_groups is expected",
    "only_a_counter": "only a counter serves",
    "twice": "{name} stands there twice",
    "taken": "there is a {name} already",
    "other_kind": "{name} is another kind of point here",
}


class BadOffice(Exception):  # told to a person, once, with every fault in it
    """The file of an office cannot be used; ``faults`` says all that is wrong with it, in words."""

    def __init__(self, faults: Sequence[str | Fault]) -> None:
        self.faults = tuple(one if isinstance(one, str) else in_words(one) for one in faults)
        super().__init__("\n".join(self.faults))


def in_words(fault: Fault) -> str:
    """«rules[0].value: a whole number from 1 to 100», for the terminal."""
    return f"{fault.key}: {ENGLISH[fault.code].format(**fault.facts)}".removeprefix(": ")


def faults_of(data: object, *, procedures: set[str], printer_fault: Callable[[str], str]) -> list[Fault]:
    """Everything wrong with an office's JSON, each at its place («rules[0].value»); [] when it can be kept.

    ``procedures`` are the codes of the catalogue. ``printer_fault`` says what is
    wrong with a printer's address, or "": the core does not know devices.
    """
    if not isinstance(data, Mapping):
        return [Fault("", "no_object")]
    lists = [*LISTS, *(name for name in MAY_LACK if name in data)]
    shape = [
        *_in_texts(data),
        *(Fault(name, "no_list") for name in lists if _listed(data, name) is None),
    ]
    allowed = {*TEXTS, *LISTS, *MAY_LACK, "hours", "kiosks_open", "receipt_note", "words"}
    if unknown := sorted(set(data) - allowed):
        shape.append(Fault("unknown", "unknown", {"names": ", ".join(unknown)}))
    if not isinstance(data.get("kiosks_open", False), bool):
        shape.append(Fault("kiosks_open", "no_flag"))
    if not shape:
        shape.extend(_in_codes(data["code"], data["code_template"]))
    return [
        *shape,
        *_in_hours("hours", data.get("hours")),
        *_in_later_hours(_listed(data, "later_hours") or ()),
        *_in_rules(_listed(data, "rules") or ()),
        *_in_days(_listed(data, "days") or ()),
        *_in_units(_listed(data, "units") or ()),
        *_in_printers(_listed(data, "printers") or (), printer_fault),
        *_in_points(_listed(data, "points") or (), _listed(data, "printers") or (), prefixes_of(data)),
        *_in_groups(_listed(data, "service_groups") or (), procedures),
        *_in_procedures(_listed(data, "procedures") or (), procedures),
        *_in_words(data.get("words", {}), procedures),
    ]


def _listed(data: Mapping[str, Any], name: str) -> list[Any] | None:
    value = data.get(name)
    return value if isinstance(value, list) else None


def _in_texts(data: Mapping[str, Any]) -> Iterator[Fault]:
    for name in TEXTS:
        yield from _text_fault(name, data.get(name), LONGEST.get(name, 200))
    note = data.get("receipt_note", "")
    if note != "":
        yield from _text_fault("receipt_note", note, 300)


def _text_fault(place: str, value: object, longest: int = 200) -> Iterator[Fault]:
    if not isinstance(value, str) or not value.strip():
        yield Fault(place, "no_text")
    elif len(value) > longest:
        yield Fault(place, "too_long", {"max": longest})


def _in_codes(agency: str, template: str) -> Iterator[Fault]:
    """Trial dossiers of two days: each needs a code of its own that a receipt can carry."""
    try:
        codes = trial_codes(template, agency)
    except ValueError as fault:
        yield Fault("code, code_template", "bad_code", {"why": str(fault)})
        return
    if len(set(codes)) < len(codes):
        yield Fault("code_template", "doubling")


def _in_hours(place: str, hours: object) -> Iterator[Fault]:
    if not isinstance(hours, Mapping):
        yield Fault(place, "no_object")
        return
    for name in HOURS:
        try:
            week = week_from(hours[name])
            if not set(week) <= set(range(7)):
                raise ValueError("weekdays are 0 (Monday) to 6")
            WorkCalendar((), week)
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            yield Fault(f"{place}.{name}", "bad_hours", {"why": str(fault)})
    for name in set(hours) - set(HOURS):
        if name not in DAYS_OFF or not isinstance(hours[name], bool):
            yield Fault(f"{place}.{name}", "bad_key")


def _in_later_hours(rows: Sequence[Any]) -> Iterator[Fault]:
    for number, row in enumerate(rows):
        place = f"later_hours[{number}]"
        if not isinstance(row, Mapping) or not {"valid_from", "hours"} <= set(row) <= LATER_FIELDS:
            yield Fault(place, "fields", {"names": ", ".join(sorted(LATER_FIELDS))})
            continue
        if not _is_date(row["valid_from"]):
            yield Fault(f"{place}.valid_from", "bad_date")
        yield from _in_hours(f"{place}.hours", row["hours"])
        if row.get("instrument"):
            yield from _text_fault(f"{place}.instrument", row["instrument"])
    yield from _twice("later_hours", [row.get("valid_from") for row in rows if isinstance(row, Mapping)])


def _in_rules(rules: Sequence[Any]) -> Iterator[Fault]:
    for number, rule in enumerate(rules):
        place = f"rules[{number}]"
        if not isinstance(rule, Mapping) or not set(rule) <= RULE_FIELDS:
            yield Fault(place, "fields", {"names": ", ".join(sorted(RULE_FIELDS))})
            continue
        if rule.get("name") not in RULES:
            yield Fault(f"{place}.name", "one_of", {"names": ", ".join(RULES)})
        elif type(rule.get("value")) is not int or rule["value"] not in RULES[rule["name"]]:
            allowed = RULES[rule["name"]]
            yield Fault(f"{place}.value", "out_of_range", {"low": allowed[0], "high": allowed[-1]})
        if not _is_date(rule.get("valid_from")) or not (
            rule.get("valid_to") is None or _is_date(rule["valid_to"])
        ):
            yield Fault(place, "bad_dates")
        if "instrument" in rule:
            yield from _text_fault(f"{place}.instrument", rule["instrument"])


def _in_days(days: Sequence[Any]) -> Iterator[Fault]:
    for number, day in enumerate(days):
        place = f"days[{number}]"
        if not isinstance(day, Mapping) or not {"date", "kind"} <= set(day) <= DAY_FIELDS:
            yield Fault(place, "fields", {"names": ", ".join(sorted(DAY_FIELDS))})
            continue
        if not _is_date(day["date"]):
            yield Fault(f"{place}.date", "bad_date")
        if day["kind"] not in list(DayKind):
            yield Fault(f"{place}.kind", "one_of", {"names": ", ".join(DayKind)})
        for name in ("name", "instrument"):
            if day.get(name):
                yield from _text_fault(f"{place}.{name}", day[name])
    yield from _twice("days", [day.get("date") for day in days if isinstance(day, Mapping)])


def _in_units(units: Sequence[Any]) -> Iterator[Fault]:
    for number, unit in enumerate(units):
        yield from _text_fault(f"units[{number}]", unit)
    yield from _twice("units", units)


def _is_date(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _in_printers(printers: Sequence[Any], printer_fault: Callable[[str], str]) -> Iterator[Fault]:
    for number, printer in enumerate(printers):
        place = f"printers[{number}]"
        if not isinstance(printer, Mapping) or set(printer) != {"name", "url"}:
            yield Fault(place, "fields", {"names": "name and url"})
            continue
        wrong = [*_text_fault(place, printer["name"]), *_text_fault(place, printer["url"])]
        yield from wrong[:1]
        if not wrong and (why := printer_fault(printer["url"])):
            yield Fault(place, "bad_printer", {"why": why})
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


def _in_groups(groups: Sequence[Any], procedures: set[str]) -> Iterator[Fault]:
    """What people take numbers for. The list may be left out: then nobody does."""
    for number, group in enumerate(groups):
        place = f"service_groups[{number}]"
        if not isinstance(group, Mapping) or not {"prefix", "name"} <= set(group) <= GROUP_FIELDS:
            yield Fault(place, "fields", {"names": "prefix, name and perhaps minutes, procedures, others"})
            continue
        if not isinstance(group["prefix"], str) or not re.fullmatch("[A-Z]{1,2}", group["prefix"]):
            yield Fault(f"{place}.prefix", "bad_prefix")
        yield from _text_fault(f"{place}.name", group["name"])
        minutes = group.get("minutes", MINUTES[0])
        if type(minutes) is not int or minutes not in MINUTES:
            yield Fault(f"{place}.minutes", "out_of_range", {"low": MINUTES[0], "high": MINUTES[-1]})
        if not isinstance(group.get("others", False), bool):
            yield Fault(f"{place}.others", "no_flag")
        codes = group.get("procedures", [])
        if not isinstance(codes, list):
            yield Fault(f"{place}.procedures", "no_list")
        elif unknown := [code for code in codes if not isinstance(code, str) or code not in procedures]:
            yield Fault(f"{place}.procedures", "not_in_catalogue", {"name": repr(unknown[0])})
    read = [group for group in groups if isinstance(group, Mapping)]
    yield from _twice("service_groups", [group.get("prefix") for group in read])
    yield from _twice(
        "service_groups: procedures",
        [code for group in read if isinstance(group.get("procedures"), list) for code in group["procedures"]],
    )
    if sum(group.get("others") is True for group in read) > 1:
        yield Fault("service_groups", "one_takes_others")


def _in_points(points: Sequence[Any], printers: Sequence[Any], prefixes: Sequence[Any]) -> Iterator[Fault]:
    known = [printer.get("name") for printer in printers if isinstance(printer, Mapping)]
    for number, point in enumerate(points):
        place = f"points[{number}]"
        if not isinstance(point, Mapping) or not set(point) <= POINT_FIELDS:
            yield Fault(place, "fields", {"names": "code, name, kind and perhaps printer, groups"})
            continue
        wrong = [*_text_fault(place, point.get("code"), 40), *_text_fault(place, point.get("name"))]
        yield from wrong[:1]
        if point.get("kind") not in POINT_KINDS:
            yield Fault(f"{place}.kind", "one_of", {"names": ", ".join(POINT_KINDS)})
        if point.get("printer") is not None and point["printer"] not in known:
            yield Fault(f"{place}.printer", "no_such_printer", {"name": repr(point["printer"])})
        if point.get("size", 1) not in (1, 2, 3) or point.get("profile", PROFILES[0]) not in PROFILES:
            yield Fault(place, "one_of", {"names": f"size 1 to 3, profile {' or '.join(PROFILES)}"})
        if point.get("earphones", False) not in (True, False):
            yield Fault(place, "one_of", {"names": "earphones true or false"})
        if not all(isinstance(point.get(name, ""), str) for name in ("scanner", "scanner_host")):
            yield Fault(place, "one_of", {"names": "scanner and scanner_host as text"})
        served = point.get("groups", [])
        if not isinstance(served, list) or any(prefix not in prefixes for prefix in served):
            yield Fault(f"{place}.groups", "no_such_groups")
        elif served and point.get("kind") != "counter":
            yield Fault(f"{place}.groups", "only_a_counter")
    yield from _twice("points", [point.get("code") for point in points if isinstance(point, Mapping)])


def _in_procedures(codes: Sequence[Any], known: set[str]) -> Iterator[Fault]:
    for code in codes:
        if not isinstance(code, str) or code not in known:
            yield Fault("procedures", "not_in_catalogue", {"name": repr(code)})
    yield from _twice("procedures", codes)


def _in_words(words: object, known: set[str]) -> Iterator[Fault]:
    """What people of this office search its procedures by."""
    if not isinstance(words, Mapping):
        yield Fault("words", "no_object")
        return
    for code, said in words.items():
        if code not in known:
            yield Fault("words", "not_in_catalogue", {"name": repr(code)})
        if not isinstance(said, list) or len(said) > MOST_WORDS:
            yield Fault(f"words.{code}", "no_list")
            continue
        for one in said:
            yield from _text_fault(f"words.{code}", one, LONGEST_WORDS)


def _twice(place: str, names: Sequence[Any]) -> Iterator[Fault]:
    for name in dict.fromkeys(str(name) for name in names):
        if sum(str(other) == name for other in names) > 1:
            yield Fault(place, "twice", {"name": name})

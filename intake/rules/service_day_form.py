"""What a manager types about a rule of service days: its definition, or a fault for every bad field."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, time
from typing import Any

from intake.rules.answers import Fault
from intake.rules.exceptions import PaperReason
from intake.rules.office_fields import date_of, number_of, text_of
from intake.rules.service_days import Mode, Part, recurrence_fault
from intake.rules.text import tidy

Typed = Mapping[str, Sequence[str]]
LANGUAGES = ("vi", "en")
LONGEST_TITLE, LONGEST_NOTICE, MOST_DATES = 80, 300, 100
YEARS = range(2020, 2101)
MINUTES, PLACES = range(5, 481), range(1, 10_000)
_CLOCK = re.compile(r"([01]?\d|2[0-3])\s*[:h.]\s*([0-5]\d)?")
_UNTIL = re.compile(r"(UNTIL=\d{8})T\d{6}Z?")
_BETWEEN_DATES = re.compile(r"[,;\n]+")


def read(
    typed: Typed, *, procedures: Collection[str], sectors: Collection[str]
) -> tuple[dict[str, Any], list[Fault]]:
    """The definition of service_day_file, and the faults that keep it from being kept.

    ``procedures`` and ``sectors`` are what may be ticked. Modes and days may
    still be missing: a draft may be unfinished, intake.rules.service_findings
    tells what is.
    """
    faults: list[Fault] = []

    def good(value: Any) -> Any:
        if isinstance(value, Fault):
            faults.append(value)
            return None
        return value

    def line(key: str, longest: int = 200) -> str:
        return str(good(text_of(key, _one(typed, key), longest=longest, required=False)) or "")

    dates = good(_dates("dates", _one(typed, "dates")))
    valid_from = good(_day_of("valid_from", _one(typed, "valid_from")))
    valid_to = good(_day_of("valid_to", _one(typed, "valid_to"), required=False))
    if valid_from and valid_to and valid_to < valid_from:
        faults.append(Fault("valid_to", "before_first_day"))
    decided_on = good(_day_of("decided_on", _one(typed, "decided_on"), required=False))
    definition = {
        "title": good(text_of("title", _one(typed, "title"), longest=LONGEST_TITLE)),
        "modes": good(_ticked("modes", typed, set(Mode))),
        "valid_from": valid_from.isoformat() if valid_from else None,
        "valid_to": valid_to.isoformat() if valid_to else None,
        "weekdays": [int(day) for day in good(_ticked("weekdays", typed, set("0123456"))) or ()],
        "dates": sorted(day.isoformat() for day in dates or ()),
        "recurrence": good(_recurrence("recurrence", _one(typed, "recurrence"))) or "",
        "part": good(_choice("part", _one(typed, "part") or Part.DAY, set(Part))),
        **_scope(typed, procedures, sectors, faults),
        "cutoff": good(_clock("cutoff", _one(typed, "cutoff") or "15:00")),
        "target_minutes": good(_number("target_minutes", typed, MINUTES)),
        "per_hour": good(_number("per_hour", typed, PLACES)),
        "per_day": good(_number("per_day", typed, PLACES)),
        "exceptions": good(_ticked("exceptions", typed, set(PaperReason))),
        "decision": line("decision"),
        "decided_on": decided_on.isoformat() if decided_on else None,
        "signer": line("signer", 100),
        "notices": {
            language: text for language in LANGUAGES if (text := line(f"notice_{language}", LONGEST_NOTICE))
        },
    }
    return definition, faults


def typed_from(definition: Mapping[str, Any]) -> dict[str, list[str]]:
    """A kept definition as a form shows it."""
    one = {
        name: [_shown(definition.get(name))]
        for name in (
            "title",
            "recurrence",
            "part",
            "cutoff",
            "target_minutes",
            "per_hour",
            "per_day",
            "decision",
            "signer",
        )
    }
    dates = {name: [_day(definition.get(name))] for name in ("valid_from", "valid_to", "decided_on")}
    many = {
        name: [str(value) for value in definition.get(name, ())]
        for name in ("modes", "weekdays", "procedures", "sectors", "exceptions")
    }
    notices = definition.get("notices", {})
    scope = "some" if many["procedures"] or many["sectors"] else "all"
    return {
        **one,
        **dates,
        **many,
        "dates": [", ".join(_day(day) for day in definition.get("dates", ()))],
        "scope": [scope],
        **{f"notice_{language}": [notices.get(language, "")] for language in LANGUAGES},
    }


def _scope(
    typed: Typed, procedures: Collection[str], sectors: Collection[str], faults: list[Fault]
) -> dict[str, list[str]]:
    """A rule for some procedures never becomes one for all because nothing was ticked."""
    if _one(typed, "scope") == "all":
        return {"procedures": [], "sectors": []}
    ticked = {
        "procedures": _ticked("procedures", typed, set(procedures)),
        "sectors": _ticked("sectors", typed, set(sectors)),
    }
    found: dict[str, list[str]] = {}
    for name, value in ticked.items():
        if isinstance(value, Fault):
            faults.append(value)
        else:
            found[name] = value
    if len(found) == len(ticked) and not any(found.values()):
        faults.append(Fault("procedures", "no_procedures"))
    return {"procedures": [], "sectors": []} | found


def _one(typed: Typed, key: str) -> str:
    return next(iter(typed.get(key, ())), "")


def _ticked(key: str, typed: Typed, allowed: Collection[str]) -> list[str] | Fault:
    values = sorted({str(value) for value in typed.get(key, ()) if value})
    return values if set(values) <= {str(one) for one in allowed} else Fault(key, "bad_choice")


def _choice(key: str, value: str, allowed: Collection[str]) -> str | Fault:
    return str(value) if value in {str(one) for one in allowed} else Fault(key, "bad_choice")


def _number(key: str, typed: Typed, allowed: range) -> int | Fault | None:
    text = _one(typed, key).strip()
    return number_of(key, text, allowed) if text else None


def _clock(key: str, text: str) -> str | Fault:
    """«15:00», «15h», «9h30»."""
    found = _CLOCK.fullmatch(tidy(text).casefold())
    return f"{time(int(found[1]), int(found[2] or 0)):%H:%M}" if found else Fault(key, "bad_clock")


def _day_of(key: str, text: str, *, required: bool = True) -> date | Fault | None:
    if not text.strip() and not required:
        return None
    day = date_of(key, text)
    return Fault(key, "far_date") if isinstance(day, date) and day.year not in YEARS else day


def _dates(key: str, text: str) -> list[date] | Fault:
    days = []
    for part in _BETWEEN_DATES.split(text):
        if not part.strip():
            continue
        day = _day_of(key, part)
        if not isinstance(day, date):
            return Fault(key, "bad_dates", {"text": tidy(part)[:30]})
        days.append(day)
    return sorted(set(days)) if len(days) <= MOST_DATES else Fault(key, "too_many", {"max": MOST_DATES})


def _recurrence(key: str, text: str) -> str | Fault:
    rule = tidy(text).upper().replace(" ", "").removeprefix("RRULE:")
    rule = _UNTIL.sub(r"\1", rule)  # days are meant, whatever clock time stands there
    if not rule:
        return ""
    if len(rule) > 200:
        return Fault(key, "too_long", {"max": 200})
    fault = recurrence_fault(rule)
    return Fault(key, fault) if fault else rule


def _shown(value: object) -> str:
    return "" if value is None else str(value)


def _day(value: str | None) -> str:
    return f"{date.fromisoformat(value):%d/%m/%Y}" if value else ""

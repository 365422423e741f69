"""What a manager types about the office, read field by field: a value, or a fault at its place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from intake.rules.answers import Fault
from intake.rules.codes import dossier_code
from intake.rules.receipt_code import ReceiptCode, encode
from intake.rules.text import tidy

TRIAL_DAY = date(2026, 11, 20)
LAST_OF_A_DAY = 999_999
ALL_DAY = [["00:00", "24:00"]]

_OFF = {"", "-", "–", "nghỉ", "nghi", "không", "khong"}
_WHOLE = {"cả ngày", "ca ngay", "24/24", "24h"}
_SPAN = re.compile(r"(\d{1,2})(?:[:h.](\d{2})?)?\s*(?:-|–|—|đến|den|tới)\s*(\d{1,2})(?:[:h.](\d{2})?)?")
_DATE = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})|(\d{4})-(\d{2})-(\d{2})")
_PREFIX = re.compile(r"[A-Z]{1,2}")
_POINT_CODE = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,19}")


def text_of(key: str, typed: str, *, longest: int = 200, required: bool = True) -> str | Fault:
    """One line of text, in NFC."""
    value = tidy(typed)
    if not value and required:
        return Fault(key, "empty")
    return Fault(key, "too_long", {"max": longest}) if len(value) > longest else value


def number_of(key: str, typed: str, allowed: range) -> int | Fault:
    text = typed.strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        return Fault(key, "bad_number")
    value = int(text)
    if value < allowed[0]:
        return Fault(key, "too_small", {"min": allowed[0]})
    return Fault(key, "too_large", {"max": allowed[-1]}) if value > allowed[-1] else value


def date_of(key: str, typed: str) -> date | Fault:
    """«1/12/2026», or what a date field of a browser sends."""
    if not typed.strip():
        return Fault(key, "empty")
    found = _DATE.fullmatch(typed.strip())
    if not found:
        return Fault(key, "bad_date")
    day, month, year, *iso = found.groups()
    numbers = (int(iso[0]), int(iso[1]), int(iso[2])) if iso[0] else (int(year), int(month), int(day))
    try:
        return date(*numbers)
    except ValueError:
        return Fault(key, "bad_date")


def prefix_of(key: str, typed: str) -> str | Fault:
    """One or two letters people hear well: «A», «HN»."""
    value = typed.strip().upper()
    return value if _PREFIX.fullmatch(value) else Fault(key, "bad_prefix")


def point_code_of(key: str, typed: str) -> str | Fault:
    value = typed.strip().upper()
    return value if _POINT_CODE.fullmatch(value) else Fault(key, "bad_point_code")


def sessions_of(key: str, typed: str) -> list[list[str]] | Fault:
    """«7:30–11:30, 13h30 đến 17h30» as [["07:30", "11:30"], …]; «nghỉ» or nothing is []."""
    text = " ".join(typed.casefold().split())
    if text in _OFF:
        return []
    if text in _WHOLE:
        return [list(session) for session in ALL_DAY]
    sessions = []
    for part in re.split(r"[,;+]|\bvà\b", text):
        found = _SPAN.fullmatch(part.strip())
        if not found:
            return Fault(key, "bad_hours")
        hours = [_clock(found[1], found[2]), _clock(found[3], found[4])]
        if None in hours:
            return Fault(key, "bad_hours")
        sessions.append([str(hour) for hour in hours])
    flat = [hour for session in sessions for hour in session]
    return sessions if flat == sorted(set(flat)) else Fault(key, "hours_out_of_order")


def sessions_words(sessions: Sequence[Sequence[str]]) -> str:
    """What sessions_of reads again: «07:30–11:30, 13:30–17:30», «cả ngày», "" for a day off."""
    if [list(session) for session in sessions] == ALL_DAY:
        return "cả ngày"
    return ", ".join(f"{opens}–{closes}" for opens, closes in sessions)


def template_faults(key: str, template: str, agency: str) -> tuple[Fault, ...]:
    """Whether dossiers of two days each get a code of their own that a receipt can carry."""
    try:
        codes = trial_codes(template, agency)
    except ValueError:
        return (Fault(key, "bad_code_template"),)
    return () if len(set(codes)) == len(codes) else (Fault(key, "doubling_code_template"),)


def trial_codes(template: str, agency: str) -> list[str]:
    """Codes of two days; raises ValueError, in English, for a template that gives none."""
    days = (TRIAL_DAY, TRIAL_DAY + timedelta(days=1))
    codes = [
        dossier_code(template, agency=agency, day=day, seq=seq)
        for day in days
        for seq in (1, 2, LAST_OF_A_DAY)
    ]
    for code in codes:
        encode(ReceiptCode(agency, code, datetime(2026, 11, 20, tzinfo=UTC), b"0000"), lambda _: bytes(64))
    return codes


def week_faults(hours: Mapping[str, Mapping[str, Sequence[Sequence[str]]]]) -> tuple[Fault, ...]:
    """A week in which nobody works, or nothing is received, cannot be kept."""
    return tuple(
        Fault(f"{name}.0", "week_without_hours")
        for name in ("working", "intake")
        if not any(hours[name].values())
    )


def _clock(hour: str, minute: str | None) -> str | None:
    """«07:30»; «24:00» is the end of a day."""
    if (int(hour), int(minute or 0)) == (24, 0):
        return "24:00"
    try:
        return f"{time(int(hour), int(minute or 0)):%H:%M}"
    except ValueError:
        return None

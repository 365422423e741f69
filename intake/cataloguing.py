"""Filling and renewing what the office looks up: procedures, places people live in, days off."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.records import CalendarDay, Division, OldDivision, ProcedureVersion
from intake.rules.definitions import procedure_from, procedure_to
from intake.rules.national_days import NATIONAL_DAYS, DayKind, SpecialDay
from intake.rules.portal import merged, procedure_of
from intake.rules.procedures import Procedure
from intake.rules.text import nfc

DATA = Path(__file__).resolve().parent / "data"
SHIPPED, PORTAL = "shipped", "portal"  # values of ProcedureVersion.source
LARGEST_FILE = 10 * 2**20
KINDS = ("tỉnh", "thành phố", "xã", "phường", "đặc khu")  # a district is no unit any more
LONGEST_CELL = 200
LONGEST = {"old_code": 10, "old_kind": 30}
PROVENANCE = ("source", "confidence")


@dataclass(frozen=True)
class FileReport:
    """What became of one file: "accepted", "remarks" (accepted, with remarks) or "rejected"."""

    file: str
    code: str
    outcome: Literal["accepted", "remarks", "rejected"]
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class RowsReport:
    """How many rows were new or changed something, and what was wrong with the others, in words."""

    changed: int
    faults: tuple[str, ...] = ()


@cache
def shipped_procedures() -> Mapping[str, Procedure]:
    """The procedures that come with the project, by code."""
    files = sorted((DATA / "procedures").glob("*.json"))
    return {file.stem: procedure_from(json.loads(file.read_text(encoding="utf-8"))) for file in files}


def load_shipped_catalogue(session: Session, *, now: datetime) -> int:
    """Save what the project ships; how many procedures are new or changed by it.

    Facts that were imported from the portal meanwhile stay above ours.
    """
    latest = _latest(session)
    changed = 0
    for code, procedure in shipped_procedures().items():
        if (held := latest.get(code)) and held.source == PORTAL:
            outcome = save_procedure(
                session, merged(procedure, procedure_from(held.definition)), source=PORTAL, now=now
            )
        else:
            outcome = save_procedure(session, procedure, source=SHIPPED, now=now)
        changed += outcome != "same"
    return changed


def save_procedure(
    session: Session, procedure: Procedure, *, source: str, now: datetime
) -> Literal["new", "changed", "same"]:
    """Keep ``procedure`` as the newest version of its code, unless the newest says the same already.

    Former versions stay for the dossiers that began with them. Where it was
    learnt from does not make a version.
    """
    fingerprint = _fingerprint(procedure)
    newest = session.scalars(
        select(ProcedureVersion)
        .where(ProcedureVersion.procedure_code == procedure.code)
        .order_by(ProcedureVersion.version.desc())
        .limit(1)
    ).first()
    if newest and newest.fingerprint == fingerprint:
        return "same"
    session.add(
        ProcedureVersion(
            procedure_code=procedure.code,
            version=newest.version + 1 if newest else 1,
            fingerprint=fingerprint,
            definition=procedure_to(procedure),
            source=source,
            created_at=now,
        )
    )
    session.flush()
    return "changed" if newest else "new"


def _fingerprint(procedure: Procedure) -> str:
    told = {name: value for name, value in procedure_to(procedure).items() if name not in PROVENANCE}
    canonical = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _latest(session: Session) -> dict[str, ProcedureVersion]:
    rows = session.scalars(select(ProcedureVersion).order_by(ProcedureVersion.version))
    return {row.procedure_code: row for row in rows}


def levels(session: Session) -> dict[str, str]:
    """Who receives each procedure of the catalogue, by code: "commune", "province" or "ministry"."""
    return {code: row.definition.get("level", Procedure.level) for code, row in _latest(session).items()}


def read_portal_files(paths: Iterable[Path | str]) -> list[tuple[FileReport, Procedure | None]]:
    """What raw records of the national portal say, one a file; a bad file never stops the others.

    Over a procedure the project ships, our questions, papers, search words,
    short name and life event stay (intake.rules.portal.merged says what else).
    Touches no database: thousands of files take minutes, and writers must not wait so long.
    """
    return [_read_file(Path(path)) for path in paths]


def save_portal_procedures(
    session: Session, procedures: Iterable[Procedure], *, now: datetime
) -> list[Literal["new", "changed", "same"]]:
    """Keep what ``read_portal_files`` found; what that changed, one by one."""
    return [save_procedure(session, procedure, source=PORTAL, now=now) for procedure in procedures]


def _read_file(path: Path) -> tuple[FileReport, Procedure | None]:
    raw, trouble = _parsed(path)
    if trouble:
        return FileReport(str(path), "", "rejected", (trouble,)), None
    try:
        found = procedure_of(raw)
        procedure = found.procedure
        if procedure is not None and (shipped := shipped_procedures().get(procedure.code)):
            procedure = merged(shipped, procedure)
    except Exception as bug:  # ours, but the other files must not suffer from it
        reason = f"chương trình không hiểu bản ghi này ({type(bug).__name__})"
        return FileReport(str(path), "", "rejected", (reason,)), None
    if procedure is None:
        return FileReport(str(path), found.code, "rejected", found.reasons), None
    outcome: Literal["accepted", "remarks"] = "remarks" if found.reasons else "accepted"
    return FileReport(str(path), found.code, outcome, found.reasons), procedure


def _parsed(path: Path) -> tuple[object, str]:
    """The JSON value in a file, or why there is none."""
    try:
        if path.is_dir():
            return None, "là một thư mục, không phải tệp"
        if path.stat().st_size > LARGEST_FILE:
            return None, "tệp quá lớn so với một bản ghi thủ tục"
        content = path.read_bytes()
    except FileNotFoundError:
        return None, "không có tệp này"
    except PermissionError:
        return None, "không có quyền đọc tệp"
    except (OSError, ValueError):
        return None, "không mở được tệp"
    try:
        text = content.decode(json.detect_encoding(content))  # UTF-16 too, with its mark or without
    except UnicodeDecodeError:
        return None, "nội dung không phải mã UTF-8 hay UTF-16"
    if not text.strip():
        return None, "tệp rỗng"
    try:
        return json.loads(text), ""
    except (ValueError, RecursionError):
        return None, "nội dung không phải JSON"


def as_report(reports: Sequence[FileReport]) -> dict[str, Any]:
    """The import as plain JSON values.

    "accepted" counts files taken without remarks, "remarks" those taken with
    remarks, "rejected" the rest: the three add up to the number of files.
    """
    counts = {
        name: sum(report.outcome == name for report in reports)
        for name in ("accepted", "remarks", "rejected")
    }
    return counts | {
        "files": [
            {"file": r.file, "code": r.code, "outcome": r.outcome, "reasons": list(r.reasons)}
            for r in reports
        ]
    }


def load_divisions(session: Session) -> RowsReport:
    """The provinces and communes in force since 1 July 2025, from the project's own file."""
    with (DATA / "divisions.csv").open(encoding="utf-8", newline="") as file:
        return import_divisions(session, csv.DictReader(file))


def import_divisions(session: Session, rows: Iterable[Mapping[str, str | None]]) -> RowsReport:
    """Take provinces and communes with the dates they exist; rows as in ``data/divisions.csv``.

    A row for a known code and ``valid_from`` corrects it; one that begins later
    ends the former the day before. A district, or a commune whose province is
    unknown, is left out and told in the faults.
    """
    known: dict[str, list[Division]] = defaultdict(list)
    for division in session.scalars(select(Division)):
        known[division.code].append(division)
    changed = 0
    faults = []
    for line, row in enumerate(rows, start=2):
        told = _told(row)
        if fault := _fault_of_division(told, known):
            faults.append(f"dòng {line}: {fault}")
            continue
        changed += _keep_division(session, told, known[told["code"]])
    session.flush()
    return RowsReport(changed, tuple(faults))


def _told(row: Mapping[str, str | None]) -> dict[str, str]:
    """The cells of a row: trimmed, composed, nothing missing where a column is."""
    return defaultdict(
        str,
        {
            name: nfc(value).strip()
            for name, value in row.items()
            if isinstance(name, str) and isinstance(value, str)
        },
    )


def _fault_of_division(told: Mapping[str, str], known: Mapping[str, list[Division]]) -> str:
    code, parent = told["code"], told["parent_code"]
    if len(code) not in (2, 5) or not (code.isascii() and code.isdecimal()):
        return f"mã «{code}» không phải 2 số (tỉnh) hoặc 5 số (xã)"
    if not told["name"] or len(told["name"]) > LONGEST_CELL or len(told["instrument"]) > LONGEST_CELL:
        return f"mã {code} không có tên, hoặc có ô quá dài"
    if told["kind"] not in KINDS:
        return f"«{told['kind']}» không phải đơn vị hành chính hai cấp"
    if (len(code) == 5) != bool(parent) or (parent and parent not in known):
        return f"mã {code} không thuộc tỉnh nào đã biết"
    if not _date(told["valid_from"]) or (told["valid_to"] and not _date(told["valid_to"])):
        return f"mã {code} có ngày hiệu lực không đọc được"
    return ""


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _keep_division(session: Session, told: Mapping[str, str], history: list[Division]) -> bool:
    """Whether the row changed the history of its code."""
    begins = date.fromisoformat(told["valid_from"])
    later = min((held.valid_from for held in history if held.valid_from > begins), default=None)
    values: dict[str, Any] = {
        "name": told["name"],
        "kind": told["kind"],
        "parent_code": told["parent_code"] or None,
        "valid_to": _date(told["valid_to"]) or (later - timedelta(days=1) if later else None),
        "instrument": told["instrument"],
    }
    division = next((held for held in history if held.valid_from == begins), None)
    if division is None:
        division = Division(code=told["code"], valid_from=begins, **values)
        session.add(division)
        history.append(division)
        for held in history:
            if held.valid_from < begins and (held.valid_to is None or held.valid_to >= begins):
                held.valid_to = begins - timedelta(days=1)
        return True
    if all(getattr(division, name) == value for name, value in values.items()):
        return False
    for name, value in values.items():
        setattr(division, name, value)
    return True


def load_national_days(session: Session) -> None:
    """The national days this release knows. A day held already stays, unless it was only provisional."""
    held = _days(session, office_id=None)
    for day in NATIONAL_DAYS:
        if day.date not in held or (held[day.date].provisional and not day.provisional):
            _keep_day(session, day, held, office_id=None)
    session.flush()


def import_days(
    session: Session, rows: Iterable[Mapping[str, str | None]], *, office_id: int | None
) -> RowsReport:
    """Take days off and make-up days: date, kind, name, instrument, provisional ("1" or nothing).

    They hold for one office, or with ``office_id`` None for the whole country. A
    row for a known date takes its place; "makeup" makes an ordinary day of one
    that was listed as a holiday.
    """
    held = _days(session, office_id=office_id)
    changed = 0
    faults = []
    for line, row in enumerate(rows, start=2):
        told = _told(row)
        if fault := _fault_of_day(told):
            faults.append(f"dòng {line}: {fault}")
            continue
        day = SpecialDay(
            date.fromisoformat(told["date"]),
            DayKind(told["kind"]),
            told["name"],
            told["instrument"],
            told["provisional"] == "1",
        )
        changed += _keep_day(session, day, held, office_id=office_id)
    session.flush()
    return RowsReport(changed, tuple(faults))


def _days(session: Session, *, office_id: int | None) -> dict[date, CalendarDay]:
    return {row.date: row for row in session.scalars(select(CalendarDay).filter_by(office_id=office_id))}


def _fault_of_day(told: Mapping[str, str]) -> str:
    if not _date(told["date"]):
        return f"ngày «{told['date']}» không đọc được, hãy viết như 2027-01-01"
    if told["kind"] not in list(DayKind):
        return f"loại ngày «{told['kind']}» không phải {', '.join(DayKind)}"
    if len(told["name"]) > LONGEST_CELL or len(told["instrument"]) > LONGEST_CELL:
        return "có ô quá dài"
    if told["provisional"] not in ("", "0", "1"):
        return "cột provisional chỉ nhận 1, 0 hoặc để trống"
    return ""


def _keep_day(
    session: Session, day: SpecialDay, held: dict[date, CalendarDay], *, office_id: int | None
) -> bool:
    """Whether the calendar says something new about that date."""
    values = {name: getattr(day, name) for name in ("kind", "name", "instrument", "provisional")}
    row = held.get(day.date)
    if row is None:
        held[day.date] = CalendarDay(office_id=office_id, date=day.date, **values)
        session.add(held[day.date])
        return True
    if all(getattr(row, name) == value for name, value in values.items()):
        return False
    for name, value in values.items():
        setattr(row, name, value)
    return True


def import_old_units(session: Session, rows: Iterable[Mapping[str, str | None]]) -> RowsReport:
    """Take a table of units that no longer exist: old_code, old_name, old_kind, old_parent_name, new_code.

    One old unit may have gone into several new ones, each in a row of its own.
    """
    current = set(session.scalars(select(Division.code)))
    known = {(unit.old_code, unit.new_code): unit for unit in session.scalars(select(OldDivision))}
    names = ("old_code", "old_name", "old_kind", "old_parent_name", "new_code", "instrument")
    changed = 0
    faults = []
    for line, row in enumerate(rows, start=2):
        told = _told(row)
        values = {name: told[name] for name in names}
        if not (values["old_code"] and values["old_name"]):
            faults.append(f"dòng {line}: thiếu mã hoặc tên cũ")
        elif any(len(value) > LONGEST.get(name, LONGEST_CELL) for name, value in values.items()):
            faults.append(f"dòng {line}: có ô quá dài")
        elif values["new_code"] not in current:
            faults.append(f"dòng {line}: mã mới «{values['new_code']}» không có trong danh mục")
        elif (unit := known.get((values["old_code"], values["new_code"]))) is None:
            unit = OldDivision(**values)
            session.add(unit)
            known[unit.old_code, unit.new_code] = unit
            changed += 1
        elif any(getattr(unit, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(unit, name, value)
            changed += 1
    session.flush()
    return RowsReport(changed, tuple(faults))

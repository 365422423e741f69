"""The log of everything that happened here: read by filter, taken out by period."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import IO

from flask import Response, request, send_file

from desk.bp import bp
from intake import audit, staffing
from intake.db import db, reading
from intake.offices import civil_day
from intake.rules.calendar import VIETNAM
from intake.rules.event_words import GROUPS, KINDS, fact_words, kind_words
from intake.rules.forms import Fault
from intake.rules.rights import Right, Role
from web import now, page
from web.staff import needs, staff

SHOWN = 200
LONGEST = timedelta(days=366)
USUAL = timedelta(days=6)
FORMS = ("csv", "jsonl")
# Devices that are no acceptance point.
DEVICES = {"desk": "bàn làm việc", "cli": "dòng lệnh", "worker": "máy chủ"}
IN_MEMORY = 1 << 20


@dataclass(frozen=True)
class Asked:
    """The filter as it was typed; days are civil days, both included."""

    first: str
    last: str
    person_id: int | None
    dossier_code: str
    kind: str

    @property
    def kinds(self) -> tuple[str, ...]:
        """A kind, or every kind of a group."""
        return tuple(GROUPS[self.kind]) if self.kind in GROUPS else (self.kind,) if self.kind in KINDS else ()


@bp.get("/log", endpoint="log")
@needs(Right.READ_EVENTS)
def show_log() -> Response:
    asked = _asked()
    period = _period(asked)
    if isinstance(period, Fault):
        return _log(asked, [], period)
    return _log(asked, _read(asked, period, newest=SHOWN))


@bp.post("/log/export")
@needs(Right.READ_EVENTS)
def export() -> Response:
    """The whole period as a file. That it was taken is an event; it is committed before anything is read."""
    asked, form = _asked(), request.form.get("form", "")
    period = _period(asked)
    if isinstance(period, Fault):
        return _log(asked, [], period)
    form = form if form in FORMS else FORMS[0]
    audit.tell_export(
        db.session(),
        since=period[0],
        until=period[1],
        form=form,
        by=staff().actor,
        office_id=staff().office_id,
        now=now(),
    )
    db.session.commit()
    found = _file(asked, period, form)
    name = f"nhat-ky_{asked.first}_{asked.last}.{form}"
    kind = "text/csv" if form == "csv" else "application/x-ndjson"
    response = send_file(found, mimetype=kind, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"
    return response


def _file(asked: Asked, period: tuple[datetime, datetime], form: str) -> IO[bytes]:
    """Read without keeping any writer waiting; a large one lies on the disk meanwhile."""
    # Not closed here: it is sent when this view is over.
    out: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    text = io.TextIOWrapper(out, encoding="utf-8-sig" if form == "csv" else "utf-8", newline="")
    write = audit.write_csv if form == "csv" else audit.write_json
    with reading():
        write(_lines(asked, period), text)
        db.session.rollback()
    text.flush()
    text.detach()
    out.seek(0)
    return out


def _asked() -> Asked:
    sent, today = request.values, civil_day(now())
    return Asked(
        first=sent.get("from") or (today - USUAL).isoformat(),
        last=sent.get("to") or today.isoformat(),
        person_id=sent.get("person", type=int),
        dossier_code=sent.get("dossier", "").strip().upper(),
        kind=sent.get("kind", ""),
    )


def _period(asked: Asked) -> tuple[datetime, datetime] | Fault:
    try:
        first, last = date.fromisoformat(asked.first), date.fromisoformat(asked.last)
    except ValueError:
        return Fault("from", "bad_date")
    if not timedelta() <= last - first <= LONGEST or not 1900 < first.year <= last.year < 9000:
        return Fault("from", "bad_period")
    return _midnight(first), _midnight(last + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=VIETNAM)


def _lines(
    asked: Asked, period: tuple[datetime, datetime], newest: int | None = None
) -> Iterator[audit.Line]:
    """Of this office; whoever only runs the installation reads of people and machines, not of dossiers."""
    who = staff()
    return audit.lines(
        db.session(),
        since=period[0],
        until=period[1],
        office_id=who.office_id,
        dossiers=bool(who.roles - {Role.ADMINISTRATOR}),
        person_id=asked.person_id,
        dossier_code=asked.dossier_code,
        kinds=asked.kinds,
        newest=newest,
    )


def _read(asked: Asked, period: tuple[datetime, datetime], *, newest: int) -> list[dict[str, object]]:
    return [
        {
            "no": line.no,
            "at": line.at,
            "kind": kind_words(line.kind),
            "actor": "Người dân" if line.actor == "citizen" else line.actor,
            "device": DEVICES.get(line.device, line.device),
            "dossier_code": line.dossier_code,
            "reason": line.reason,
            "facts": fact_words(line.facts),
        }
        for line in _lines(asked, period, newest)
    ]


def _log(asked: Asked, rows: list[dict[str, object]], fault: Fault | None = None) -> Response:
    who = staff()
    seen = staffing.colleagues(
        db.session(), staffing.Governor(who.actor, who.office_id, is_administrator=False), now=now()
    )
    return page(
        "desk/log.html",
        422 if fault else 200,
        asked=asked,
        rows=rows,
        shown=SHOWN,
        fault=fault,
        people=[(one.person_id, one.name) for one in seen],
        groups=GROUPS,
    )

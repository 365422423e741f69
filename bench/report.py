"""The report of a month with very many dossiers, and what keeps it quick: rebuilding, catching up."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, literal, select, update
from sqlalchemy.orm import Session

from app import create_app
from bench.figures import figures, latencies, percentile
from bench.installation import Installation
from bench.load import Call, send
from bench.rows import AT_ONCE, CONTENT_OF_ALL
from bench.search import _settle, _signed_in
from intake import figures as days
from intake import memory
from intake.accepting import CONTENT
from intake.day_report import Scope, report
from intake.day_report_words import comparison, sentences
from intake.db import db, reading
from intake.keys import Keys
from intake.offices import calendar_of
from intake.records import (
    AcceptancePoint,
    ChainHead,
    Dossier,
    Event,
    Office,
    Person,
    ProcedureVersion,
    ServiceDayVersion,
)
from intake.rules.exceptions import PaperReason
from intake.rules.service_day_file import definition_of
from intake.rules.service_days import Mode, ServiceDay
from web.staff import COOKIE

MONTH = Scope(date(2026, 10, 1), date(2026, 10, 31))
MOST_MS = 1000.0
PROCEDURES = 40
CHANNELS = ("kiosk",) * 10 + ("counter",) * 7 + ("post",) * 2 + ("portal",)
RULE = ServiceDay(
    id=0,
    lineage="bench",
    title="Thứ Năm không giấy, không hẹn",
    modes=frozenset({Mode.NO_PAPER, Mode.NO_APPOINTMENT}),
    valid_from=date(2026, 10, 1),
    weekdays=frozenset({3}),
    exceptions=frozenset(PaperReason),
)


@dataclass
class Times:
    """Milliseconds, on the wall and of our own processor time."""

    wall: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)

    @contextmanager
    def timed(self) -> Iterator[None]:
        wall, own = time.perf_counter(), time.thread_time()
        yield
        self.own.append((time.thread_time() - own) * 1000)
        self.wall.append((time.perf_counter() - wall) * 1000)


def run(folder: Path, database_url: str | None, *, dossiers: int, times: int) -> list[dict[str, object]]:
    """One line a kind. ``limit_p95_ms``: the database only counts the dossiers of the month, in between."""
    times = max(2, min(times, 20))
    with Installation(folder, database_url) as place:
        place.flask("prepare")
        app = create_app(place.settings)
        name = "sqlite" if place.settings.is_sqlite else "postgresql"
        with app.app_context():
            session = db.session()
            fill(session, dossiers, keys=app.extensions["motcham"].keys)
            _settle(session)
            cookie = _signed_in(app)
            office = session.scalars(select(Office).order_by(Office.id)).first()
            assert office is not None
            lines = [_rebuilt(session, name)]
            lines += [_read(session, office, name, kind, times) for kind in ("cold", "warm")]
            lines.append(_caught_up(session, office, name, times))
            lines.append(_read(session, office, name, "touched", times))
            if (work := days.due(session, now=_now())) is not None:
                days.write(session, work)
            session.commit()
            db.session.remove()
            db.engine.dispose()
        place.start("web")
        lines.append(_through_the_page(place, cookie, name, times))
    return lines


def fill(session: Session, count: int, *, keys: Keys) -> None:
    """``count`` dossiers in the working days of one month, each with its event; commits by itself."""
    point = session.scalars(select(AcceptancePoint).order_by(AcceptancePoint.id).limit(1)).one()
    _publish(session, point.office_id)
    versions = session.scalars(
        select(ProcedureVersion.id).order_by(ProcedureVersion.id).limit(PROCEDURES)
    ).all()
    worked = calendar_of(session, point.office, now=_at(MONTH.first, 0))
    span = [MONTH.first + timedelta(days=one) for one in range((MONTH.last - MONTH.first).days + 1)]
    open_days = [day for day in span if worked.is_working_day(day)]
    same = {
        "office_id": point.office_id,
        "acceptance_point_id": point.id,
        "content_sealed": keys.seal(json.dumps(CONTENT_OF_ALL, ensure_ascii=False), CONTENT),
        "collection": "counter_later",
        "applicant_name": "Lê Thị Ngọc Lan",
        "name_key": "le thi ngoc lan",
        "status": "returned",
        "year": MONTH.first.year,
    }
    dice = random.Random(1)
    for first in range(0, count, AT_ONCE):
        rows = [
            same | _own(number, open_days[number * len(open_days) // count], versions, dice)
            for number in range(first, min(first + AT_ONCE, count))
        ]
        session.execute(insert(Dossier), rows)
        session.commit()
    _tell(session, point)
    session.commit()


def _at(day: date, minute: int) -> datetime:
    """So many minutes after half past seven in Vietnam."""
    return datetime(day.year, day.month, day.day, 0, 30, tzinfo=UTC) + timedelta(minutes=minute)


def _own(number: int, day: date, versions: Any, dice: random.Random) -> dict[str, Any]:
    special = day.weekday() in RULE.weekdays
    channel, received = dice.choice(CHANNELS), _at(day, dice.randrange(540))
    paper = dice.random() < (0.08 if special else 0.6)
    finished = received + timedelta(minutes=dice.randrange(5, 90 if special else 4000))
    due = received + timedelta(days=3)
    promised = received + timedelta(hours=6) if special else due
    return {
        "dossier_code": f"BENCH-{number}",
        "attempt": f"bench-{number}",
        "number": number + 1,
        "procedure_version_id": dice.choice(versions),
        "channel": channel,
        "counts_as_online": channel in ("kiosk", "portal"),
        "received_at": received,
        "due_at": due,
        "promised_at": promised,
        "deadline_at": due,
        "expected_at": promised,
        "finished_at": finished,
        "returned_at": finished + timedelta(minutes=3),
        "service_days": [RULE.lineage] if special else [],
        "same_day": special,
        "paper_reason": dice.choice(tuple(PaperReason)).value if special and paper else "",
        "sheets_taken": dice.randrange(1, 6) if paper else 0,
        "sheets_saved": 0 if paper else dice.randrange(1, 6),
        "without_paper": not paper,
    }


def _publish(session: Session, office_id: int) -> None:
    now = _at(MONTH.first, 0)
    author = Person(username="bench.manager", name="Nguyễn Thị Thu", created_at=now)
    session.add(author)
    session.flush()
    session.add(
        ServiceDayVersion(
            office_id=office_id,
            lineage=RULE.lineage,
            version=1,
            state="published",
            title=RULE.title,
            definition=definition_of(RULE),
            author_id=author.id,
            created_at=now,
            published_at=now,
        )
    )
    session.commit()
    memory.forget_all()


def _tell(session: Session, point: AcceptancePoint) -> None:
    """An event for every dossier, one more where paper was taken for a reason; all of them settled."""
    names = ["dossier_id", "at", "office_id", "actor", "device", "reason", "kind", "facts"]
    told: list[Any] = [literal(point.office_id), literal("citizen"), literal(point.code), literal("")]
    kinds: tuple[tuple[str, dict[str, Any], Any], ...] = (
        ("accepted", {}, Dossier.id > 0),
        ("paper_exception", {"code": "other", "papers": ["form"]}, Dossier.paper_reason != ""),
    )
    for kind, facts, where in kinds:
        columns = (Dossier.id, Dossier.received_at, *told, literal(kind), literal(facts, Event.facts.type))
        chosen = select(*columns)
        session.execute(insert(Event).from_select(names, chosen.where(where)))
    session.add(ChainHead(id=1))
    session.flush()
    _settle_events(session)


def _settle_events(session: Session) -> None:
    """What sealing and a quarter of an hour do by themselves."""
    newest = session.scalar(select(func.max(Event.id)))
    session.execute(update(ChainHead).values(settled_id=newest))


def _rebuilt(session: Session, name: str) -> dict[str, object]:
    took, written = Times(), Times()
    with took.timed():
        with reading():
            work = days.anew(session, now=_now())
            session.rollback()
        with written.timed():
            days.rebuild(session, work)
            session.commit()
    count = len(work.days)
    return _line("rebuild", name, took, days=count, write_p95_ms=round(percentile(written.wall, 0.95), 2))


def _read(session: Session, office: Office, name: str, kind: str, times: int) -> dict[str, object]:
    """``kind`` "cold": nothing is remembered and no connection open; "touched": one day is not summed up."""
    took, least = Times(), Times()
    count = 0
    for _ in range(times):
        session.rollback()
        if kind == "cold":
            memory.forget_all()
            db.engine.dispose()
        with reading(), least.timed():
            session.scalar(select(func.count()).where(*_within(office)))
        session.rollback()
        if kind == "cold":
            db.engine.dispose()
        with reading(), took.timed():
            told = report(session, office, MONTH, now=_now())
            sentences(told), comparison(told)
        session.rollback()
        count = told.sum["dossiers"] + told.ordinary["dossiers"]
    return _line(kind, name, took, dossiers=count, limit_p95_ms=round(percentile(least.wall, 0.95), 2))


def _caught_up(session: Session, office: Office, name: str, times: int) -> dict[str, object]:
    """One event, and its day is summed up anew; leaves a day touched by one event more."""
    took, written = Times(), Times()
    busiest = session.execute(
        select(Dossier.id, Dossier.received_at).where(*_within(office)).order_by(Dossier.id).limit(1)
    ).one()
    for _ in range(times):
        _happen(session, office, busiest.id)
        with took.timed():
            with reading():
                work = days.due(session, now=_now())
                session.rollback()
            assert work is not None
            with written.timed():
                days.write(session, work)
                session.commit()
    _happen(session, office, busiest.id)
    return _line("catch_up", name, took, write_p95_ms=round(percentile(written.wall, 0.95), 2))


def _happen(session: Session, office: Office, dossier_id: int) -> None:
    event = {"kind": "checked", "actor": "Lê Thu Hoa", "device": "Q1", "facts": {}, "reason": ""}
    session.execute(insert(Event).values(office_id=office.id, dossier_id=dossier_id, at=_now(), **event))
    _settle_events(session)
    session.commit()


def _through_the_page(place: Installation, cookie: str, name: str, times: int) -> dict[str, object]:
    headers = {"Cookie": f"{COOKIE}={cookie}"}
    call = Call("GET", f"/desk/days/report?month={MONTH.first:%Y-%m}", headers)
    settings = place.settings
    answers = send(settings.host, settings.port, [call] * times, clients=1, seconds=600).answers
    took = Times(wall=[answer.server_ms for answer in answers if answer.status == 200])
    return _line("page", name, took, failed=times - len(took.wall))


def _within(office: Office) -> tuple[Any, ...]:
    begins, ends = days.bounds(MONTH.first, MONTH.last)
    return Dossier.office_id == office.id, Dossier.received_at >= begins, Dossier.received_at < ends


def _now() -> datetime:
    return _at(MONTH.last + timedelta(days=3), 0)


def _line(kind: str, name: str, took: Times, **known: object) -> dict[str, object]:
    own: dict[str, object] = {"kind": kind, **known}
    if took.own:
        own |= {
            "cpu_p50_ms": round(percentile(took.own, 0.5), 2),
            "cpu_p95_ms": round(percentile(took.own, 0.95), 2),
        }
    if kind in ("cold", "warm", "touched", "page"):
        own["aim_met"] = percentile(took.wall, 0.95) <= MOST_MS
    return figures("report", db=name, clients=1, ok=len(took.wall), **latencies(took.wall), **own)

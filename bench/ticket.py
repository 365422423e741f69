"""Taking numbers over HTTP: one touch of «In số», at 1, 4 and 16 kiosks and at two web processes."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import func, select

from app import create_app
from bench import limit
from bench.figures import figures, latencies
from bench.installation import Installation
from bench.load import Call, Load, send
from bench.submit import form_headers
from intake.db import db
from intake.people import begin_sign_in
from intake.records import AcceptancePoint, Assignment, Errand, Office, Person, ServiceGroup, Ticket

KIOSKS = (1, 4, 16)
TAPPED_TWICE = 50
TURNS = 4
MOST_PER_SECOND = 2000
ALL_DAY = {str(weekday): [["00:00", "24:00"]] for weekday in range(7)}


def run(
    folder: Path, database_url: str | None, *, seconds: float, kiosks: Sequence[int] = KIOSKS
) -> list[dict[str, object]]:
    """One line for each number of kiosks, then one for the most of them at two web processes."""
    with Installation(folder, database_url, bench="1") as place:
        place.flask("prepare")
        app = create_app(place.settings)
        groups = _make_ready(app)
        os.sync()
        place.start()
        lines = [_measure(app, [place], groups, clients, seconds) for clients in kiosks]
        (folder / "second").mkdir()
        second = Installation(
            folder / "second",
            database_url or place.settings.database_url,
            bench="1",
            secrets=str(place.settings.secrets_dir),
        )
        with second:
            second.start("web")
            lines.append(_measure(app, [place, second], groups, kiosks[-1], seconds))
    return lines


def _make_ready(app: Flask) -> list[int]:
    """An office that is open all day, with somebody at every counter; the groups people choose from."""
    with app.app_context():
        session, now = db.session(), app.extensions["motcham"].clock()
        limit.ROWS.create(db.engine)
        office = session.scalars(select(Office)).one()
        office.hours = office.hours | {"working": ALL_DAY, "working_on_days_off": True}
        for point in session.scalars(select(AcceptancePoint).filter_by(kind="counter")):
            person = Person(username=f"bench-{point.code}".lower(), name=point.name, created_at=now)
            person.assignments.append(Assignment(office_id=office.id, role="reception"))
            session.add(person)
            session.flush()
            sign_in, _ = begin_sign_in(session, person, office_id=office.id, now=now)
            sign_in.point_id = point.id
        session.commit()
        groups = list(session.scalars(select(ServiceGroup.id).order_by(ServiceGroup.position)))
        db.session.remove()
        db.engine.dispose()
    return groups


def _measure(
    app: Flask, places: Sequence[Installation], groups: Sequence[int], clients: int, seconds: float
) -> dict[str, object]:
    """The limit and the taking in turns on the same servers, then some of the touches once more."""
    run_name = f"{len(places)}-{clients}"
    before = _stored(app)
    most, taken = [], []
    for turn in range(TURNS):
        limits = [[Call("POST", limit.PATH, form_headers(place))] for place in places]
        most.append(_send(places, limits, clients, seconds / TURNS, again=True))
        names = [f"{run_name}-{turn}-{number}" for number in range(int(MOST_PER_SECOND * seconds / TURNS))]
        share = [
            [_touch(place, groups, name) for name in names[nth :: len(places)]]
            for nth, place in enumerate(places)
        ]
        taken.append(_send(places, share, clients, seconds / TURNS))
    rss_mb = sum(place.rss_mb() for place in places)
    answers = [answer for load in taken for answer in load.answers]
    done = [answer for answer in answers if _was_taken(answer.status, answer.location)]
    again = [[_touch(places[0], groups, answer.key) for answer in done[:TAPPED_TWICE]]]
    _send(places[:1], again, clients, 60)
    after = _stored(app)
    limit_s, taken_s = sum(load.seconds for load in most), sum(load.seconds for load in taken)
    limit_per_s = sum(answer.status == 204 for load in most for answer in load.answers) / limit_s
    per_s = len(done) / taken_s
    return figures(
        "ticket",
        db="sqlite" if places[0].settings.is_sqlite else "postgresql",
        clients=clients,
        ok=len(done),
        per_s=round(per_s, 1),
        **latencies([answer.ms for answer in done]),
        limit_per_s=round(limit_per_s, 1),
        share=round(per_s / limit_per_s, 3),
        duplicates=_doubles(app) + after - before - len(done),
        rss_mb=round(rss_mb, 1),
        limit_p99_ms=latencies([one.ms for load in most for one in load.answers])["p99_ms"],
        webs=len(places),
        gaps=_gaps(app),
        failed=len(answers) - len(done),
    )


def _touch(place: Installation, groups: Sequence[int], attempt: str) -> Call:
    """What a kiosk sends when «In số» is touched; the last digits of the attempt choose kiosk and group."""
    number = int(re.sub(r"\D", "", attempt[-3:]) or 0)
    headers = {**form_headers(place), "Cookie": f"kiosk=K{number % 2 + 1}"}
    body = urlencode({"attempt": attempt, "priority": "elderly" if number % 10 == 0 else "", "go": "paper"})
    return Call("POST", f"/kiosk/ticket/{groups[number % len(groups)]}", headers, body, key=attempt)


def _was_taken(status: int, location: str) -> bool:
    """The answer that shows somebody their number."""
    return status == 303 and location.endswith("/kiosk/ticket/number")


def _send(
    places: Sequence[Installation],
    calls: Sequence[Sequence[Call]],
    clients: int,
    seconds: float,
    *,
    again: bool = False,
) -> Load:
    """The clients share out the servers."""
    with ThreadPoolExecutor(len(places)) as pool:
        jobs = [
            pool.submit(
                send,
                place.settings.host,
                place.settings.port,
                own,
                clients=max(1, clients // len(places)),
                seconds=seconds,
                again=again,
            )
            for place, own in zip(places, calls, strict=True)
        ]
        loads = [job.result() for job in jobs]
    together = [answer for load in loads for answer in load.answers]
    return replace(loads[0], seconds=max(load.seconds for load in loads), answers=together)


def _stored(app: Flask) -> int:
    return _count(app, select(func.count()).select_from(Ticket))


def _doubles(app: Flask) -> int:
    """Numbers given twice, and numbers with more than one paper."""
    number = (
        select(func.count())
        .select_from(Ticket)
        .group_by(Ticket.office_id, Ticket.day, Ticket.prefix, Ticket.number)
        .subquery()
    )
    paper = (
        select(func.count())
        .select_from(Errand)
        .where(Errand.ticket_id.is_not(None))
        .group_by(Errand.ticket_id)
        .subquery()
    )
    return sum(
        _count(app, select(func.count()).select_from(counted).where(counted.c[0] > 1))
        for counted in (number, paper)
    )


def _gaps(app: Flask) -> int:
    """Numbers of a series that nobody has."""
    last = (
        select(func.max(Ticket.number) - func.count(Ticket.id))
        .group_by(Ticket.office_id, Ticket.day, Ticket.prefix)
        .subquery()
    )
    return _count(app, select(func.sum(last.c[0])))


def _count(app: Flask, statement: object) -> int:
    with app.app_context():
        found = db.session.scalar(statement)  # type: ignore[call-overload]
        db.session.remove()
        db.engine.dispose()
        return int(found or 0)

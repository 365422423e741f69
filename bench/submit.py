"""Filing a finished dossier over HTTP: validate, store, number, sign, promise the print."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import func, select

from app import create_app
from bench import limit
from bench.figures import figures, latencies
from bench.installation import Installation
from bench.load import Call, Load, send
from bench.rows import preload
from bench.visits import Ready, finished_visits
from intake.db import db
from intake.records import Dossier

MOST_PER_SECOND = 900  # visits made ready for each second of the measurement
TAPPED_TWICE = 50
TURNS = 4


def run(
    folder: Path, database_url: str | None, *, clients: int, seconds: float, rows: int
) -> dict[str, object]:
    """Measure the limit and submitting in turns on the same server; ``rows`` dossiers are there already."""
    with Installation(folder, database_url, bench="1") as place:
        place.flask("prepare")
        app = create_app(place.settings)
        with app.app_context():
            limit.ROWS.create(db.engine)
            preload(db.session(), rows, keys=app.extensions["motcham"].keys)
        ready = make_ready(app, int(MOST_PER_SECOND * seconds))
        os.sync()  # what the preparation wrote must not be flushed during the measurement
        place.start()
        most, filed = _in_turns(place, ready, clients=clients, seconds=seconds)
        rss_mb = place.rss_mb()
        done = [answer for answer in filed.answers if was_filed(answer.status, answer.location)]
        twice = {answer.key for answer in done[:TAPPED_TWICE]}
        again = [submit_call(place, one) for one in ready if one.attempt in twice]
        _send(place, again, clients=clients, seconds=60)
        with app.app_context():
            stored = db.session.scalar(select(func.count()).select_from(Dossier)) or 0
            db.session.remove()
            db.engine.dispose()
    limit_per_s = sum(answer.status == 204 for answer in most.answers) / most.seconds
    per_s = len(done) / filed.seconds
    return figures(
        "submit",
        db="sqlite" if place.settings.is_sqlite else "postgresql",
        clients=clients,
        ok=len(done),
        per_s=round(per_s, 1),
        **latencies([answer.ms for answer in done]),
        limit_per_s=round(limit_per_s, 1),
        share=round(per_s / limit_per_s, 3),
        duplicates=stored - rows - len(done),
        rss_mb=rss_mb,
        limit_p99_ms=latencies([answer.ms for answer in most.answers])["p99_ms"],
        rows=rows,
        failed=len(filed.answers) - len(done),
    )


def _in_turns(
    place: Installation, ready: Sequence[Ready], *, clients: int, seconds: float
) -> tuple[Load, Load]:
    """The limit and the submitting, each for ``seconds`` in all: what else the machine does meets both."""
    most, filed = [], []
    for turn in range(TURNS):
        limits, submits = [_limit_call(place)], [submit_call(place, one) for one in ready[turn::TURNS]]
        most.append(_send(place, limits, clients=clients, seconds=seconds / TURNS, again=True))
        filed.append(_send(place, submits, clients=clients, seconds=seconds / TURNS))
    return _together(most), _together(filed)


def _together(loads: Sequence[Load]) -> Load:
    return Load(sum(load.seconds for load in loads), [one for load in loads for one in load.answers])


def make_ready(app: Flask, count: int) -> list[Ready]:
    """Store ``count`` finished visits and leave the database: SQLite then folds its log into the file."""
    with app.app_context():
        core = app.extensions["motcham"]
        ready = finished_visits(db.session(), count, keys=core.keys, now=core.clock())
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return ready


def submit_call(place: Installation, one: Ready) -> Call:
    """What the browser sends when «Nộp hồ sơ» is touched."""
    headers = {**form_headers(place), "Cookie": f"visit={one.token}"}
    return Call("POST", "/kiosk/submit", headers, urlencode({"attempt": one.attempt}), key=one.attempt)


def was_filed(status: int, location: str) -> bool:
    """The answer that a citizen sees as "filed": on to the receipt."""
    return status == 303 and location.endswith("/kiosk/receipt")


def form_headers(place: Installation) -> dict[str, str]:
    host = f"{place.settings.host}:{place.settings.port}"
    return {"Origin": f"http://{host}", "Content-Type": "application/x-www-form-urlencoded"}


def _limit_call(place: Installation) -> Call:
    return Call("POST", limit.PATH, form_headers(place))


def _send(
    place: Installation, calls: Sequence[Call], *, clients: int, seconds: float, again: bool = False
) -> Load:
    return send(
        place.settings.host, place.settings.port, calls, clients=clients, seconds=seconds, again=again
    )

"""Every kiosk screen: bytes over the wire with what it loads, fonts aside, and the time of the server."""

from __future__ import annotations

import http.client
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from html import unescape
from pathlib import Path

from flask import Flask

from app import create_app
from bench.figures import figures, latencies, percentile
from bench.installation import Installation
from bench.load import Answer, Call, send
from bench.submit import make_ready, submit_call, was_filed
from bench.visits import Ready
from intake import visits
from intake.db import db
from intake.queries import procedure_version
from kiosk.here import address
from kiosk.steps import places

TIMES = 100  # each screen
MOST_BYTES = 60_000
MOST_MS = 25.0
SQUEEZED = {"Accept-Encoding": "gzip"}
ASIDE = ("/kiosk/help", "/kiosk/restart", "/kiosk/goodbye")


def run(folder: Path, database_url: str | None) -> list[dict[str, object]]:
    """One line a screen, walked as one citizen alone at one kiosk; times as the server tells them."""
    with Installation(folder, database_url) as place:
        place.flask("prepare")
        app = create_app(place.settings)
        (one,) = make_ready(app, 1)
        place.start("web")
        lines = [_measure(place, path, one) for path in ("/kiosk/", *_steps_of(app, one), *ASIDE)]
        (filed,) = _send(place, [submit_call(place, one)])
        if not was_filed(filed.status, filed.location):
            raise RuntimeError(f"the dossier was not filed: {filed}")
        return [*lines, _measure(place, "/kiosk/receipt", one)]


def _steps_of(app: Flask, one: Ready) -> Sequence[str]:
    """The steps of this visit, in the order its citizen walks them."""
    core = app.extensions["motcham"]
    with app.test_request_context():
        visit = visits.visit_of(db.session(), one.token, now=core.clock(), idle=timedelta(hours=1))
        draft = visits.draft_of(visit, core.keys)
        procedure = procedure_version(db.session(), draft.version_id, now=core.clock())
        return [address(place) for place in places(procedure, draft)]


def _send(place: Installation, calls: Sequence[Call]) -> Sequence[Answer]:
    return send(place.settings.host, place.settings.port, calls, clients=1, seconds=60).answers


def _measure(place: Installation, path: str, one: Ready) -> dict[str, object]:
    cookie = _cookie(one)
    page, own_bytes = _fetch(place, path, cookie)
    loaded = {unescape(found.decode()) for found in re.findall(rb'(?:src|href)="(/static/[^"]+)"', page)}
    others = {name: _fetch(place, name, SQUEEZED)[1] for name in loaded if ".woff2" not in name}
    call = Call("GET", path, {**cookie, **SQUEEZED})
    answers = _send(place, [call] * TIMES)
    milliseconds = [answer.server_ms for answer in answers]
    total = own_bytes + sum(others.values())
    return figures(
        "page",
        db="sqlite" if place.settings.is_sqlite else "postgresql",
        clients=1,
        ok=sum(answer.status == 200 for answer in answers),
        **latencies(milliseconds),
        screen=path,
        bytes=total,
        html_bytes=own_bytes,
        aim_met=total <= MOST_BYTES and percentile(milliseconds, 0.95) <= MOST_MS,
        failed=sum(answer.status != 200 for answer in answers),
    )


def _fetch(place: Installation, path: str, headers: Mapping[str, str]) -> tuple[bytes, int]:
    """The body, and how many bytes the answer had with its headers."""
    connection = http.client.HTTPConnection(place.settings.host, place.settings.port, timeout=10)
    connection.request("GET", path, headers=dict(headers))
    response = connection.getresponse()
    body = response.read()
    connection.close()
    if response.status != 200:
        raise RuntimeError(f"{path} answers {response.status} {response.headers.get('Location', '')}")
    return body, len(body) + sum(len(name) + len(value) + 4 for name, value in response.getheaders())


def _cookie(one: Ready) -> dict[str, str]:
    return {"Cookie": f"visit={one.token}"}

"""A full disk and a read-only database: citizens get a calm page, and nothing acknowledged is lost."""

from __future__ import annotations

import http.client
import re

import pytest
from sqlalchemy import select

from app import create_app
from bench.installation import Installation
from bench.load import send
from bench.submit import make_ready, submit_call, was_filed
from intake.db import db
from intake.records import Dossier

pytestmark = pytest.mark.processes
BLOCKS = 400  # of 512 bytes: the write-ahead log ends after a few dossiers


@pytest.fixture
def place(centre_data, tmp_path):
    with Installation(tmp_path) as place:
        yield place


def file_all(place, ready):
    calls = [submit_call(place, one) for one in ready]
    return send(place.settings.host, place.settings.port, calls, clients=1, seconds=240).answers


def stored(app):
    with app.app_context():
        found = dict(db.session.execute(select(Dossier.attempt, Dossier.dossier_code)).all())
        db.session.remove()
        db.engine.dispose()
        return found


def test_a_full_disk_loses_nothing_that_was_acknowledged(place):
    app = create_app(place.settings)
    ready = make_ready(app, 30)
    web = place.processes["web"]
    unlimited, web.command = web.command, ["sh", "-c", f'ulimit -f {BLOCKS}; exec "$@"', "sh", *web.command]
    place.start("web")
    answers = file_all(place, ready)
    filed = {answer.key for answer in answers if was_filed(answer.status, answer.location)}
    assert filed and len(filed) < len(ready)
    assert {answer.status for answer in answers if answer.key not in filed} == {503}
    assert stored(app).keys() == filed

    place.kill("web")
    web.command = unlimited
    place.start("web")
    again = file_all(place, ready)
    assert all(was_filed(answer.status, answer.location) for answer in again)
    codes = stored(app).values()
    assert sorted(int(code.rpartition("-")[2]) for code in codes) == list(range(1, len(ready) + 1))


def test_a_read_only_database_is_a_calm_page(tmp_path, place):
    app = create_app(place.settings)
    (one,) = make_ready(app, 1)
    file = f"{place.settings.data}/motcham.db"
    with Installation(tmp_path, f"sqlite:///file:{file}?mode=ro&uri=true") as frozen:
        frozen.start("web")
        call = submit_call(frozen, one)
        browser = http.client.HTTPConnection(frozen.settings.host, frozen.settings.port, timeout=60)
        browser.request(call.method, call.path, call.body, dict(call.headers))
        answer = browser.getresponse()
        page = answer.read().decode()
        browser.close()
    assert answer.status == 503
    assert stored(app) == {}
    reference = re.search(r"Số tham chiếu <strong>(.+?)</strong>", page)
    assert reference
    assert reference[1].replace(" ", "") in frozen.said()

"""Finding one dossier among very many: every kind of question, through the core and through the page."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import create_app
from bench.figures import figures, latencies, percentile
from bench.installation import Installation
from bench.load import Call, send
from bench.rows import Filed, archived, preload
from intake.db import db, reading
from intake.finding import find
from intake.keys import Keys
from intake.people import begin_sign_in
from intake.records import Assignment, Dossier, Office, Person
from intake.rules.finding import words_of
from intake.rules.receipt_code import ReceiptCode, address, encode
from intake.rules.rights import Role
from web.staff import COOKIE

TIMES = 100  # each kind through the core, half as often through the page
MOST_MS = 50.0

COMMON = ("nguyen", "ng", "n", "nguyen thi", "thi", "van", "t", "2")
SEVERAL_COMMON = ("tran pham", "thi van n", "le nguyen", "van thi ngu", "n t v")  # rarely together
NOBODY = ("zxq", "nguyen zx", "tran van qz", "9999")

Ask = Callable[[Filed, random.Random], str]


def kinds_of(agency: str, keys: Keys) -> Mapping[str, Ask]:
    """What somebody types or scans who looks for a dossier, by the kind of question."""

    def receipt(filed: Filed, _dice: random.Random) -> str:
        code = ReceiptCode(agency, filed.dossier_code, filed.received_at, keys.receipt_key_id)
        return address("http://10.0.0.5:8080", encode(code, keys.sign))

    return {
        "receipt": receipt,
        "card": lambda filed, _: f"{filed.citizen_id}||{filed.name}|01011980|Nam|Phường Hạc Thành|01012022",
        "citizen_id": lambda filed, _: filed.citizen_id,
        "phone": lambda filed, _: filed.phone,
        "code": lambda filed, _: filed.dossier_code,
        "end_of_code": lambda filed, _: filed.dossier_code.rpartition("-")[2],
        "day_and_number": lambda filed, _: filed.dossier_code.partition("-")[2],
        "name": lambda filed, _: filed.name,
        "name_without_family": lambda filed, _: " ".join(words_of(filed.name)[1:]),
        "given_name": lambda filed, _: words_of(filed.name)[-1],
        "family_and_given_name": lambda filed, _: " ".join(
            (words_of(filed.name)[0], words_of(filed.name)[-1])
        ),
        "unfinished": lambda filed, dice: filed.name[: dice.randrange(2, len(filed.name))],
        "beginnings": _beginnings,
        "most_common": lambda _, dice: dice.choice(COMMON),
        "several_common": lambda _, dice: dice.choice(SEVERAL_COMMON),
        "nobody": lambda _, dice: dice.choice(NOBODY),
    }


def _beginnings(filed: Filed, dice: random.Random) -> str:
    words = words_of(filed.name)
    dice.shuffle(words)
    return " ".join(word[: dice.randint(1, len(word))] for word in words)


def run(folder: Path, database_url: str | None, *, dossiers: int, times: int) -> list[dict[str, object]]:
    """One line a kind and way; ``limit_p95_ms`` is a row by its primary key, measured in between.

    ``cpu_p95_ms`` is our own processor time, which neighbours hardly lengthen; with
    SQLite that is all of the search.
    """
    with Installation(folder, database_url) as place:
        place.flask("prepare")
        app = create_app(place.settings)
        name = "sqlite" if place.settings.is_sqlite else "postgresql"
        with app.app_context():
            keys = app.extensions["motcham"].keys
            preload(db.session(), dossiers, keys=keys)
            _settle(db.session())
            cookie = _signed_in(app)
            office = db.session.scalars(select(Office).order_by(Office.id)).first()
            assert office is not None
            asked = _asked(office, keys, dossiers, times)
            with reading():
                lines = [
                    _through_the_core(db.session(), office, kind, texts, keys, dossiers, name)
                    for kind, texts in asked.items()
                ]
            db.session.remove()
            db.engine.dispose()
        place.start("web")
        pages = [_through_the_page(place, kind, texts, cookie, name) for kind, texts in asked.items()]
    return [*lines, *pages]


def _asked(office: Office, keys: Keys, dossiers: int, times: int) -> dict[str, list[str]]:
    """Questions about dossiers from all over the archive; «mixed» has some of every kind."""
    dice = random.Random(1)
    questions = {
        kind: [ask(_any(office, dice, dossiers), dice) for _ in range(times)]
        for kind, ask in kinds_of(office.code, keys).items()
    }
    mixed = [text for texts in questions.values() for text in texts[: -(-times // 8)]]
    dice.shuffle(mixed)
    return {**questions, "mixed": mixed}


def _any(office: Office, dice: random.Random, dossiers: int) -> Filed:
    return archived(dice.randrange(dossiers), template=office.code_template, agency=office.code)


def _through_the_core(
    session: Session,
    office: Office,
    kind: str,
    texts: Sequence[str],
    keys: Keys,
    dossiers: int,
    name: str,
) -> dict[str, object]:
    milliseconds: list[float] = []
    least: list[float] = []
    own: list[float] = []
    found = 0
    for number, typed in enumerate(texts):
        session.rollback()
        with _timed(least, time.perf_counter):
            session.execute(select(Dossier).where(Dossier.id == number * 7919 % dossiers + 1)).one()
        session.expunge_all()
        session.add(office)
        with _timed(milliseconds, time.perf_counter), _timed(own, time.thread_time):
            found += bool(find(session, office, typed, keys=keys).dossier_ids)
    beside = {
        "limit_p95_ms": round(percentile(least, 0.95), 2),
        "cpu_p95_ms": round(percentile(own, 0.95), 2),
    }
    return _line(kind, "core", name, milliseconds, found, **beside)


def _through_the_page(
    place: Installation, kind: str, texts: Sequence[str], cookie: str, name: str
) -> dict[str, object]:
    """Enter in the search field; where one dossier is meant the answer leads to it at once.

    ``list_p95_ms`` is the same page with nothing asked, opened in between.
    """
    headers = {"Cookie": f"{COOKIE}={cookie}"}
    plain = Call("GET", "/desk/", headers, key="list")
    calls = [
        call
        for typed in texts[: -(-len(texts) // 2)]
        for call in (plain, Call("GET", f"/desk/?{urlencode({'q': typed})}", headers))
    ]
    settings = place.settings
    answers = send(settings.host, settings.port, calls, clients=1, seconds=600).answers
    done = [answer for answer in answers if answer.status in (200, 303)]
    return _line(
        kind,
        "page",
        name,
        [answer.server_ms for answer in done if not answer.key],
        sum(not answer.key for answer in done),
        list_p95_ms=round(percentile([answer.server_ms for answer in done if answer.key], 0.95), 2),
        failed=len(calls) - len(done),
    )


def _line(
    kind: str, way: str, name: str, milliseconds: Sequence[float], ok: int, **known: object
) -> dict[str, object]:
    is_met = percentile(milliseconds, 0.95) <= MOST_MS
    own = {"kind": kind, "way": way, "aim_met": is_met}
    return figures("search", db=name, clients=1, ok=ok, **latencies(milliseconds), **own, **known)


@contextmanager
def _timed(to: list[float], clock: Callable[[], float]) -> Iterator[None]:
    """Adds the milliseconds that the block took."""
    began = clock()
    yield
    to.append((clock() - began) * 1000)


def _settle(session: Session) -> None:
    """What autovacuum does by itself soon after so much has come in."""
    if session.get_bind().dialect.name == "sqlite":
        return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _signed_in(app: Flask) -> str:
    """The cookie of an officer at work."""
    session, now = db.session(), app.extensions["motcham"].clock()
    office_id = session.scalars(select(Office.id).order_by(Office.id)).first()
    person = Person(username="bench.search", name="Lê Thu Hoa", created_at=now)
    person.assignments.append(Assignment(office_id=office_id, role=Role.RECEPTION))
    session.add(person)
    session.flush()
    _, token = begin_sign_in(session, person, office_id=office_id, now=now)
    session.commit()
    return token

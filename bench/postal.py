"""The post: ten thousand items taken in, handed over on lists and accepted; and how long a scan waits."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app import create_app
from bench import limit
from bench.figures import figures, latencies
from bench.installation import Installation
from bench.load import Call, Load, send
from bench.names import a_name
from bench.submit import form_headers
from bench.visits import BIRTH, LAN
from intake import memory
from intake.db import db
from intake.drafts import Collection
from intake.events import Actor
from intake.keys import Keys
from intake.people import begin_sign_in
from intake.post import manifests, reconciling
from intake.post.accepting_items import accept_item
from intake.post.intakes import Intake
from intake.post.number_blocks import take_block
from intake.post.steps import item_at_hand
from intake.post.taking_in import take_in_many
from intake.queries import offer_of, procedure_version
from intake.records import (
    AcceptancePoint,
    Assignment,
    ItemRange,
    Manifest,
    Person,
    PostalItem,
    PostalTariff,
)
from intake.rules.post_checklist import checklist
from intake.rules.refusals import Refusal
from intake.rules.rights import Role
from web.staff import COOKIE

AT_ONCE = 100  # items in one transaction of a bulk import
ON_A_LIST = 200
ROWS_OF_AN_ITEM = 5  # the item, its step, its event and the two lines of its money
LEAST_PER_S = 300.0
MOST_SCAN_MS = 50.0
FIRST_SERIAL = 30_000_000


@dataclass
class Stage:
    """How long the parts of one stage took, in seconds."""

    taken: list[float] = field(default_factory=list)

    @contextmanager
    def timed(self) -> Iterator[None]:
        begin = time.perf_counter()
        yield
        self.taken.append(time.perf_counter() - begin)

    def per_s(self, count: int) -> float:
        return round(count / sum(self.taken), 1)


@dataclass(frozen=True)
class Post:
    """Who takes in, who receives, and with what."""

    session: Session
    keys: Keys
    point: AcceptancePoint
    clerk: Actor
    officer: Actor
    now: datetime
    base_url: str


def run(folder: Path, database_url: str | None, *, items: int, scans: int) -> list[dict[str, object]]:
    """One line a stage through the verbs, each beside bare rows of the same number; then scans over HTTP."""
    with Installation(folder, database_url, bench="1") as place:
        place.flask("prepare")
        app = create_app(place.settings)
        name = "sqlite" if place.settings.is_sqlite else "postgresql"
        with app.app_context():
            limit.ROWS.create(db.engine)
            post, cookies = _open(app, place.settings.public_url, items + 2 * ON_A_LIST)
            lines = [line | {"db": name} for line in _through_the_verbs(post, items)]
            listed = _a_list(post, _numbers(post, ON_A_LIST))
            free = _numbers(post, ON_A_LIST)
            list_id, numbers = listed.id, [line.item_number for line in listed.lines]
            db.session.commit()
            db.session.remove()
            db.engine.dispose()
        place.start("web")
        asked = {
            "scan_at_the_desk": [
                _call(place, f"/desk/post/manifests/{list_id}/scan", cookies["officer"], scan=number)
                for number in numbers
            ],
            "scan_at_the_post": [
                _call(place, "/post/scan", cookies["clerk"], text=number) for number in (*free, *numbers)
            ],
        }
        lines += [_scans(place, kind, calls[:scans]) | {"db": name} for kind, calls in asked.items()]
    return lines


def _through_the_verbs(post: Post, items: int) -> list[dict[str, object]]:
    taking, bare, listing, receiving, accepting = (Stage() for _ in range(5))
    accepted: list[float] = []
    numbers = _numbers(post, items)
    for some in _parts(numbers, AT_ONCE):
        with taking.timed():
            _take(post, some)
        with bare.timed():
            rows = [{"body": limit.BODY[:300]}] * (ROWS_OF_AN_ITEM * len(some))
            post.session.execute(insert(limit.ROWS), rows)
            post.session.commit()
    for some in _parts(numbers, ON_A_LIST):
        with listing.timed():
            manifest = _listed(post, some)
        with receiving.timed():
            _receive(post, manifest, some)
    for some in _parts(numbers, AT_ONCE):
        with accepting.timed():
            for number in some:
                begin = time.perf_counter()
                _accept(post, number)
                accepted.append((time.perf_counter() - begin) * 1000)
    stored = len(post.session.scalars(select(PostalItem.id).where(PostalItem.dossier_id.is_not(None))).all())
    post.session.rollback()
    most = bare.per_s(items)
    stages = {"take_in": taking, "hand_over": listing, "receive": receiving, "accept": accepting}
    lines = []
    for stage, timed in stages.items():
        per_s = timed.per_s(items)
        told: dict[str, object] = {"ok": items, "per_s": per_s, "limit_per_s": most}
        told["share"] = round(per_s / most, 3)
        if stage == "accept":
            told |= latencies(accepted) | {"duplicates": stored - items}
        if stage == "take_in":
            told["least_per_s"] = LEAST_PER_S
        lines.append(figures("postal", kind=stage, failed=0, **told))
    return lines


def _open(app: Flask, base_url: str, items: int) -> tuple[Post, dict[str, str]]:
    """A post office with numbers, prices and no printer; a clerk and an officer who are signed in."""
    core = app.extensions["motcham"]
    session, now = db.session(), core.clock()
    point = session.scalars(
        select(AcceptancePoint).filter_by(kind="post").order_by(AcceptancePoint.id)
    ).first()
    assert point is not None
    point.printer = None  # what is printed is measured elsewhere
    session.add_all(
        PostalTariff(
            office_id=point.office_id, zone="local", grams=grams, is_further=further, price=price,
            valid_from=date(2020, 1, 1), valid_to=None, instrument="bench",
        )
        for grams, further, price in ((100, False, 15_000), (500, False, 22_000), (500, True, 5_000))
    )  # fmt: skip
    session.add(
        ItemRange(
            office_id=point.office_id, point_id=point.id, service="EB", first_serial=FIRST_SERIAL,
            last_serial=FIRST_SERIAL + 2 * items, next_serial=FIRST_SERIAL,
        )
    )  # fmt: skip
    people, cookies = {}, {}
    for who, role in (("clerk", Role.CLERK), ("officer", Role.RECEPTION)):
        person = Person(username=f"bench.{who}", name="Hoàng Văn Minh", created_at=now)
        post_id = point.id if role is Role.CLERK else None
        person.assignments.append(Assignment(office_id=point.office_id, role=role, point_id=post_id))
        session.add(person)
        session.flush()
        _, cookies[who] = begin_sign_in(session, person, office_id=point.office_id, now=now)
        people[who] = Actor(person.name, point.code, person.id)
    session.commit()
    memory.forget_all()
    return Post(session, core.keys, point, people["clerk"], people["officer"], now, base_url), cookies


def _numbers(post: Post, count: int) -> list[str]:
    found: list[str] = []
    while len(found) < count:
        size = min(500, count - len(found))
        block = take_block(post.session, post.point, size=size, keys=post.keys, by=post.clerk, now=post.now)
        found += [number for number, _ in block.numbers]
    post.session.commit()
    return found


def _take(post: Post, numbers: Sequence[str]) -> None:
    offer = offer_of(post.session, post.point.office, BIRTH, now=post.now)
    procedure = procedure_version(post.session, offer.version_id, now=post.now)
    documents = {
        line.key: {"how": "paper", **{kind: str(count) for kind, count in line.wanted}}
        for line in checklist(procedure, {}, {})
        if line.is_blocking
    }
    dice = random.Random(numbers[0])
    intakes = [
        Intake(
            attempt=f"bench-{number}",
            item_number=number,
            version_id=offer.version_id,
            applicant=replace(LAN, name=a_name(dice)),
            documents=documents,
            collection=Collection("counter_later"),
            seal_number=number[-6:],
            witnessed=True,
            grams=80,
            zone="local",
            taken_at=post.now,
        )
        for number in numbers
    ]
    taken = take_in_many(
        post.session, intakes, post.point,
        keys=post.keys, base_url=post.base_url, by=post.clerk, now=post.now,
    )  # fmt: skip
    refused = [one for one in taken if isinstance(one, Refusal)]
    if refused:
        raise RuntimeError(f"{len(refused)} items were refused: {refused[0]!r}")
    post.session.commit()


def _parts(numbers: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (numbers[begin : begin + size] for begin in range(0, len(numbers), size))


def _a_list(post: Post, numbers: Sequence[str]) -> Manifest:
    for some in _parts(numbers, AT_ONCE):
        _take(post, some)
    return _listed(post, numbers)


def _listed(post: Post, numbers: Sequence[str]) -> Manifest:
    session, by, now = post.session, post.clerk, post.now
    manifest = manifests.open_manifest(session, post.point, "in", by=by, now=now)
    for number in numbers:
        manifests.add_item(session, manifest, number, by=by, now=now)
    manifests.close(session, manifest, by=by, now=now)
    session.commit()
    return manifest


def _receive(post: Post, manifest: Manifest, numbers: Sequence[str]) -> None:
    session, by, now = post.session, post.officer, post.now
    for number in numbers:
        reconciling.scan_in(session, manifest, number, by=by, now=now)
    reconciling.receive(session, manifest, fee_counted=manifest.fee_listed, by=by, now=now)
    reconciling.agree(session, manifest, by=post.clerk, now=now)
    session.commit()


def _accept(post: Post, number: str) -> None:
    item = item_at_hand(post.session, post.point.office, number)
    accept_item(post.session, item, keys=post.keys, base_url=post.base_url, by=post.officer, now=post.now)
    post.session.commit()


def _call(place: Installation, path: str, token: str, **told: str) -> Call:
    headers = {"Cookie": f"{COOKIE}={token}", "HX-Request": "true", "HX-Target": "scanned"}
    return Call("POST", path, {**form_headers(place), **headers}, urlencode(told))


def _scans(place: Installation, kind: str, calls: Sequence[Call]) -> dict[str, object]:
    """One scanner, one scan after the other, each answered before the next."""
    bare = _send(place, [Call("POST", limit.PATH, form_headers(place))] * len(calls))
    asked = _send(place, calls)
    good = [answer for answer in asked.answers if answer.status == 200]
    return figures(
        "postal",
        kind=kind,
        clients=1,
        ok=len(good),
        failed=len(asked.answers) - len(good),
        **latencies([answer.ms for answer in good]),
        limit_p95_ms=latencies([answer.ms for answer in bare.answers]).get("p95_ms"),
        most_p95_ms=MOST_SCAN_MS,
        bytes=max((answer.bytes for answer in good), default=0),
        rss_mb=place.rss_mb(),
    )


def _send(place: Installation, calls: Sequence[Call]) -> Load:
    return send(place.settings.host, place.settings.port, calls, clients=1, seconds=120)

"""A full archive: many dossiers of the past, inserted in bulk."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, insert, literal, select
from sqlalchemy.orm import Session

from bench.names import a_name
from bench.visits import LAN
from intake.accepting import CITIZEN_ID, CONTENT, PHONE
from intake.drafts import Collection
from intake.keys import Keys
from intake.offices import civil_day
from intake.records import (
    AcceptancePoint,
    Dossier,
    DossierWord,
    Errand,
    Event,
    Office,
    ProcedureVersion,
    Receipt,
)
from intake.rules.codes import dossier_code
from intake.rules.finding import code_words, word_rows, words_of
from intake.rules.text import search_key

AT_ONCE = 10_000
A_DAY = 300  # dossiers of a busy centre
EACH = 4  # dossiers of one person
OPEN = 1_500  # of the newest are still being worked on
FIRST_DAY = datetime(2016, 1, 4, 1, 0, tzinfo=UTC)
CONTENT_OF_ALL = {
    "applicant": asdict(LAN),
    "answers": {"who": "Lê Văn Bình"},
    "documents": {"form": {"how": "paper", "reason": ""}},
    "collection": asdict(Collection("counter_later")),
}


@dataclass(frozen=True)
class Filed:
    """What somebody may know of an archived dossier."""

    dossier_code: str
    name: str
    citizen_id: str
    phone: str
    received_at: datetime


def archived(number: int, *, template: str, agency: str) -> Filed:
    """The ``number``-th dossier of the archive, from 0; the same in every archive."""
    person = int(hashlib.sha256(str(number).encode()).hexdigest(), 16) % (number // EACH + 1)
    dice = random.Random(person)
    day, minute = divmod(number, A_DAY)
    at = FIRST_DAY + timedelta(days=day, minutes=minute)
    return Filed(
        dossier_code(template, agency=agency, day=civil_day(at), seq=minute + 1),
        name=a_name(dice),
        citizen_id=f"038{dice.randrange(10**9):09}",
        phone=f"09{dice.randrange(10**8):08}",
        received_at=at,
    )


def preload(session: Session, count: int, *, keys: Keys) -> None:
    """``count`` dossiers with an event, a receipt and a printed paper each; commits by itself."""
    if count == 0:
        return
    point = session.scalars(select(AcceptancePoint).limit(1)).one()
    version_id = session.scalars(select(ProcedureVersion.id).limit(1)).one()
    same = {
        "office_id": point.office_id,
        "acceptance_point_id": point.id,
        "procedure_version_id": version_id,
        "channel": "kiosk",
        "counts_as_online": True,
        "content_sealed": keys.seal(json.dumps(CONTENT_OF_ALL, ensure_ascii=False), CONTENT),
        "collection": "counter_later",
    }
    office = point.office
    for first in range(0, count, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, count))
        filed = [archived(one, template=office.code_template, agency=office.code) for one in numbers]
        rows = [
            same | _own(number, one, is_open=number >= count - OPEN, keys=keys)
            for number, one in zip(numbers, filed, strict=True)
        ]
        session.execute(insert(Dossier), rows)
        session.execute(insert(DossierWord), _words(session, office, since=filed[0].received_at))
        session.commit()
    _add_what_follows(session, point)
    session.commit()


def _own(number: int, filed: Filed, *, is_open: bool, keys: Keys) -> dict[str, Any]:
    """What differs between two dossiers; keys are as scattered as real ones."""
    at = filed.received_at
    due_at, promised_at = at + timedelta(days=3), at + timedelta(days=2)
    return {
        "dossier_code": filed.dossier_code,
        "attempt": hashlib.sha256(str(number).encode()).hexdigest()[:24],
        "year": at.year,
        "number": number + 1,
        "applicant_name": filed.name,
        "name_key": search_key(filed.name),
        "citizen_id_key": keys.fingerprint(filed.citizen_id, CITIZEN_ID),
        "phone_key": keys.fingerprint(filed.phone, PHONE),
        "received_at": at,
        "due_at": due_at,
        "promised_at": promised_at,
        "deadline_at": due_at,
        "expected_at": promised_at,
        "status": "in_progress" if is_open else "returned",
        "finished_at": None if is_open else promised_at,
        "returned_at": None if is_open else promised_at,
    }


def _words(session: Session, office: Office, *, since: datetime) -> list[dict[str, object]]:
    new = select(Dossier.id, Dossier.applicant_name, Dossier.dossier_code).where(
        Dossier.office_id == office.id, Dossier.received_at >= since
    )
    return [
        row
        for dossier_id, name, code in session.execute(new)
        for row in word_rows(office.id, dossier_id, [*words_of(name), *code_words(code, agency=office.code)])
    ]


def _add_what_follows(session: Session, point: AcceptancePoint) -> None:
    old = select(Dossier.id, Dossier.received_at)
    session.execute(
        insert(Event).from_select(
            ["dossier_id", "at", "office_id", "kind", "actor", "device", "facts", "reason"],
            old.add_columns(
                literal(point.office_id),
                literal("accepted"),
                literal("citizen"),
                literal(point.code),
                literal({}, JSON),
                literal(""),
            ),
        )
    )
    session.execute(
        insert(Receipt).from_select(
            ["dossier_id", "issued_at", "payload", "facts_sealed"],
            old.add_columns(literal("0" * 200), literal(bytes(600))),
        )
    )
    session.execute(
        insert(Errand).from_select(
            ["receipt_id", "not_before", "created_at", "printer_id", "copy_no", "state", "attempts"],
            select(Receipt.id, Receipt.issued_at, Receipt.issued_at).add_columns(
                literal(point.printer_id), literal(1), literal("printed"), literal(1)
            ),
        )
    )

"""A full archive: many dossiers of the past, inserted in bulk."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, insert, literal, select
from sqlalchemy.orm import Session

from intake.records import AcceptancePoint, Dossier, Errand, Event, ProcedureVersion, Receipt

AT_ONCE = 10_000
A_DAY = 300  # dossiers of a busy centre
FIRST_DAY = datetime(2016, 1, 4, 1, 0, tzinfo=UTC)
CONTENT = bytes(600)  # about what a sealed dossier weighs


def preload(session: Session, count: int) -> None:
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
        "applicant_name": "Lê Thị Ngọc Lan",
        "name_key": "le thi ngoc lan",
        "content_sealed": CONTENT,
        "collection": "counter_later",
        "status": "returned",
    }
    for first in range(0, count, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, count))
        session.execute(insert(Dossier), [same | _own(number) for number in numbers])
        session.commit()
    _add_what_follows(session, point)
    session.commit()


def _own(number: int) -> dict[str, Any]:
    """What differs between two dossiers; keys are as scattered as real ones."""
    day, minute = divmod(number, A_DAY)
    at = FIRST_DAY + timedelta(days=day, minutes=minute)
    scattered = hashlib.sha256(str(number).encode()).hexdigest()
    return {
        "dossier_code": f"H56.17.22-{at:%y%m%d}-{minute + 1:04}",
        "attempt": scattered[:24],
        "citizen_id_key": scattered,
        "phone_key": scattered[::-1],
        "received_at": at,
        "due_at": at + timedelta(days=3),
        "promised_at": at + timedelta(days=2),
    }


def _add_what_follows(session: Session, point: AcceptancePoint) -> None:
    old = select(Dossier.id, Dossier.received_at)
    session.execute(
        insert(Event).from_select(
            ["dossier_id", "at", "kind", "actor", "device", "facts", "reason"],
            old.add_columns(
                literal("accepted"), literal("citizen"), literal(point.code), literal({}, JSON), literal("")
            ),
        )
    )
    session.execute(
        insert(Receipt).from_select(
            ["dossier_id", "issued_at", "payload", "facts_sealed"],
            old.add_columns(literal("0" * 200), literal(CONTENT)),
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

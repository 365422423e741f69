"""Files shown to ClamAV, where an installation has it. Nothing waits for it, and silence is never «clean»."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from intake import events
from intake.captures.store import Missing, Store
from intake.events import Actor
from intake.keys import Keys, Unsealable
from intake.ports import VirusScanned
from intake.records import DocumentFile

AGAIN = timedelta(hours=1)  # what got no answer is tried again after,
GIVEN_UP = timedelta(days=3)  # until it is this old
BATCH = 20

WORKER = Actor("worker", "worker")


def due(session: Session, *, now: datetime) -> list[int]:
    """Files never scanned, or without an answer a while ago; the newest first: somebody looks at them."""
    wanted = select(DocumentFile.id).where(
        DocumentFile.scan_state == VirusScanned.NOT_SCANNED,
        DocumentFile.created_at > now - GIVEN_UP,
        or_(DocumentFile.expires_at.is_(None), DocumentFile.expires_at > now),
        or_(DocumentFile.scanned_at.is_(None), DocumentFile.scanned_at < now - AGAIN),
    )
    return list(session.scalars(wanted.order_by(DocumentFile.id.desc()).limit(BATCH)))


def scan_one(
    session: Session,
    file_id: int,
    *,
    store: Store,
    keys: Keys,
    ask: Callable[[bytes], VirusScanned],
    now: datetime,
) -> VirusScanned:
    """Show one file to the scanner and write down what it said; no transaction is open while it asks."""
    file = session.get(DocumentFile, file_id, populate_existing=True)
    address = file.content_key if file is not None else ""
    session.rollback()
    try:
        content = store.get(address, keys=keys) if address else b""
    except (Missing, Unsealable, OSError):
        content = b""
    said = ask(content) if content else VirusScanned.NOT_SCANNED
    dossiers = session.execute(
        update(DocumentFile)
        .where(DocumentFile.id == file_id, DocumentFile.content_key == address)
        .values(scan_state=said.value, scanned_at=now)
        .returning(DocumentFile.office_id, DocumentFile.dossier_id, DocumentFile.requirement_key)
    ).all()
    if said is VirusScanned.INFECTED:
        for office_id, dossier_id, key in dossiers:
            facts: dict[str, object] = {"file": file_id, "requirement": key}
            events.append(
                session,
                "file_held_back",
                by=WORKER,
                now=now,
                office_id=office_id,
                dossier_id=dossier_id,
                facts=facts,
            )
    session.flush()
    return said

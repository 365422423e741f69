"""What dies with its draft: rows first, then the bytes that no row needs any more. The worker's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from intake.captures.store import FRESH, Store
from intake.db import reading
from intake.records import DocumentFile

BATCH = 200
TIDIES = timedelta(days=1)  # how often the whole store is gone through


def expired(session: Session, *, now: datetime) -> list[int]:
    """Files whose time is over, a little later than that: their bytes are not fresh any more."""
    over = DocumentFile.expires_at <= now - FRESH, DocumentFile.dossier_id.is_(None)
    return list(session.scalars(select(DocumentFile.id).where(*over).order_by(DocumentFile.id).limit(BATCH)))


def forget(session: Session, ids: Sequence[int], *, now: datetime) -> list[str]:
    """Their rows go, of those that nobody filed meanwhile; the addresses of the bytes, for ``wipe`` later."""
    over = DocumentFile.expires_at <= now - FRESH, DocumentFile.dossier_id.is_(None)
    gone = delete(DocumentFile).where(DocumentFile.id.in_(ids), *over).returning(DocumentFile.content_key)
    return sorted(set(session.scalars(gone)))


def wipe(session: Session, store: Store, addresses: Sequence[str], *, now: datetime) -> int:
    """Bytes that no file needs; how many went. Only reads the database, each time anew."""
    return sum(
        store.discard(one, needed=lambda address: _is_needed(session, address), now=now) for one in addresses
    )


def tidy(session: Session, store: Store, *, now: datetime) -> int:
    """Once a day: what killed processes left behind, bytes without a row and half-written ones."""
    store.clear_drafts(now=now)
    gone = store.settle_trash(needed=lambda address: _is_needed(session, address), now=now)
    for address in store.addresses():
        if not _is_needed(session, address):
            gone += store.discard(address, needed=lambda one: _is_needed(session, one), now=now)
    return gone


def lost(session: Session, store: Store) -> list[int]:
    """Files whose bytes the store has not: after a restore without its folder. For `flask papers check`."""
    kept = set(store.addresses())
    rows = session.execute(select(DocumentFile.id, DocumentFile.content_key).order_by(DocumentFile.id))
    return [file_id for file_id, address in rows if address not in kept]


def _is_needed(session: Session, address: str) -> bool:
    """As the database has it now, not as a transaction of ours began to see it."""
    session.rollback()
    with reading():
        wanted = select(DocumentFile.id).where(DocumentFile.content_key == address).limit(1)
        found = session.scalar(wanted) is not None
        session.rollback()
    return found

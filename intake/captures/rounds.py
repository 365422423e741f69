"""What the worker does for files: fetches pages from scanners, asks ClamAV, wipes what died."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from intake.captures import apart, keeping, scan_jobs, viruses
from intake.captures.store import Store
from intake.db import reading
from intake.keys import Keys
from intake.ports import DocumentScanner, ScannerFailed, VirusScanned
from intake.records import AcceptancePoint, ScanJob
from intake.rules.refusals import BadFile


@dataclass(frozen=True)
class Means:
    """All that these rounds reach for; ``ask`` None: there is no ClamAV."""

    store: Store
    keys: Keys
    clock: Callable[[], datetime]
    open_scanner: Callable[[str], DocumentScanner]
    ask: Callable[[bytes], VirusScanned] | None = None


def fetch_pages(session: Session, point_id: int, means: Means, *, worker: str) -> str | None:
    """One scan of this kiosk from claim to end; why it failed, "" when it did not, None: nothing to do.

    No transaction is open while paper moves or a page is read. Pages are
    committed one by one, so that a screen shows them as they come.
    """
    job = scan_jobs.claim(session, point_id, worker=worker, now=means.clock())
    session.commit()
    if job is None:
        return None
    job_id, device = job.id, session.get_one(AcceptancePoint, point_id).scanner
    session.rollback()
    try:
        pages, reason = _scanned(means.open_scanner(device))
        reason = _keep(session, job_id, pages, means) or reason
    except BadFile as bad:
        session.rollback()
        reason = bad.code
    except Exception:  # whatever it was, the screen is told that it is over
        session.rollback()
        _finish(session, job_id, "io_error", means)
        raise
    _finish(session, job_id, reason, means)
    return reason


def _scanned(scanner: DocumentScanner) -> tuple[tuple[bytes, ...], str]:
    try:
        return scanner.scan(), ""
    except ScannerFailed as failed:
        return failed.pages, failed.trouble.value


def _keep(session: Session, job_id: int, pages: tuple[bytes, ...], means: Means) -> str:
    for page in pages:
        prepared = apart.prepare(page, way="scanner")
        job = session.get_one(ScanJob, job_id, populate_existing=True)
        kept = scan_jobs.keep_page(
            session, job, prepared, store=means.store, keys=means.keys, now=means.clock()
        )
        session.commit()
        if not kept:
            return "visit_over"
    return ""


def _finish(session: Session, job_id: int, reason: str, means: Means) -> None:
    job = session.get_one(ScanJob, job_id, populate_existing=True)
    scan_jobs.finish(session, job, reason=reason, now=means.clock())
    session.commit()


def wipe_dead(session: Session, means: Means) -> int:
    """Files of drafts that died: their rows, then what bytes nobody else needs; how many rows."""
    with reading():
        ids = keeping.expired(session, now=means.clock())
        session.rollback()
    if not ids:
        return 0
    addresses = keeping.forget(session, ids, now=means.clock())
    session.commit()
    keeping.wipe(session, means.store, addresses, now=means.clock())
    return len(ids)


def ask_about_files(session: Session, means: Means) -> list[tuple[int, VirusScanned]]:
    """Show what was not scanned yet to ClamAV; what it said of each."""
    if means.ask is None:
        return []
    told = []
    with reading():
        due = viruses.due(session, now=means.clock())
        session.rollback()
    for file_id in due:
        said = viruses.scan_one(
            session, file_id, store=means.store, keys=means.keys, ask=means.ask, now=means.clock()
        )
        session.commit()
        told.append((file_id, said))
    return told

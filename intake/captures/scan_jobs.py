"""Pages asked of a kiosk's document scanner: the screen asks, the worker fetches them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from intake.captures.files import add_file
from intake.captures.store import Store
from intake.content.found import Prepared
from intake.keys import Keys
from intake.records import AcceptancePoint, ScanJob, Visit
from intake.rules.refusals import NoDocumentScanner

OPEN = ("asked", "claimed")
UNCLAIMED = timedelta(seconds=30)  # no worker took it: nobody waits in front of a screen any longer
LEASE = timedelta(minutes=4)  # longer than a scanner is waited for; anew with every page that is kept


@dataclass(frozen=True)
class ScanView:
    """How the latest scan for one paper fares.

    ``state`` is "none", "waiting", "done" or "failed"; ``reason`` of a failed one is a
    ScanTrouble of intake.ports, or the code of a BadFile. ``added`` are ids of files, also of
    one that failed in the middle.
    """

    state: str
    reason: str = ""
    added: tuple[int, ...] = ()
    job_id: int | None = None

    @property
    def is_open(self) -> bool:
        return self.state == "waiting"


def ask_scan(session: Session, visit: Visit, requirement_key: str, *, attempt: str, now: datetime) -> ScanJob:
    """Ask for the pages that lie in the scanner of this kiosk; a second tap finds the first.

    Raises NoDocumentScanner where the kiosk has none.
    """
    if not visit.point.scanner:
        raise NoDocumentScanner
    known = _latest(session, visit, requirement_key)
    if known is not None and view_of(known, now=now).is_open:
        return known
    job = ScanJob(
        visit_id=visit.id,
        point_id=visit.point.id,
        attempt=attempt,
        requirement_key=requirement_key,
        state="asked",
        reason="",
        added=[],
        asked_at=now,
    )
    session.add(job)
    session.flush()
    return job


def scan_state(session: Session, visit: Visit, requirement_key: str, *, now: datetime) -> ScanView:
    job = _latest(session, visit, requirement_key)
    return ScanView("none") if job is None else view_of(job, now=now)


def view_of(job: ScanJob, *, now: datetime) -> ScanView:
    added = tuple(job.added)
    if job.state == "asked" and now - job.asked_at > UNCLAIMED:
        return ScanView("failed", "no_answer", added, job.id)
    if job.state == "claimed" and job.lease_until is not None and job.lease_until < now:
        return ScanView("failed", "no_answer", added, job.id)
    return ScanView("waiting" if job.state in OPEN else job.state, job.reason, added, job.id)


def waiting_points(session: Session, *, host: str, now: datetime) -> list[int]:
    """The kiosks with a page to be fetched by a worker of this host."""
    wanted = (
        select(ScanJob.point_id)
        .join(AcceptancePoint, AcceptancePoint.id == ScanJob.point_id)
        .where(ScanJob.state == "asked", ScanJob.asked_at > now - UNCLAIMED)
        .where(or_(AcceptancePoint.scanner_host == "", AcceptancePoint.scanner_host == host))
    )
    return sorted(set(session.scalars(wanted)))


def claim(session: Session, point_id: int, *, worker: str, now: datetime) -> ScanJob | None:
    """The oldest job of this kiosk, for this worker alone; one at a time, as a scanner has one bed."""
    busy = select(ScanJob.id).where(
        ScanJob.point_id == point_id, ScanJob.state == "claimed", ScanJob.lease_until > now
    )
    if session.scalar(busy.limit(1)) is not None:
        return None
    asked = ScanJob.point_id == point_id, ScanJob.state == "asked", ScanJob.asked_at > now - UNCLAIMED
    first = session.scalar(select(ScanJob.id).where(*asked).order_by(ScanJob.id).limit(1))
    if first is None:
        return None
    taken = session.scalar(
        update(ScanJob)
        .where(ScanJob.id == first, ScanJob.state == "asked")
        .values(state="claimed", claimed_by=worker, lease_until=now + LEASE)
        .returning(ScanJob.id)
    )
    return session.get(ScanJob, taken, populate_existing=True) if taken is not None else None


def keep_page(
    session: Session, job: ScanJob, page: Prepared, *, store: Store, keys: Keys, now: datetime
) -> bool:
    """One page more of this scan; not when the visit ended meanwhile. True when it was kept."""
    visit = session.get_one(Visit, job.visit_id, with_for_update={"of": Visit}, populate_existing=True)
    if visit.ended_at is not None or visit.dossier_id is not None:
        return False
    added = add_file(
        session,
        page,
        office=visit.point.office,
        attempt=job.attempt,
        requirement_key=job.requirement_key,
        way="scanner",
        visit_id=visit.id,
        store=store,
        keys=keys,
        now=now,
    )
    job.added, job.lease_until = [*job.added, added.file.id], now + LEASE
    session.flush()
    return True


def finish(session: Session, job: ScanJob, *, reason: str, now: datetime) -> None:
    """Done, or failed for ``reason``; pages that came before it stay."""
    job.state, job.reason, job.finished_at = "failed" if reason else "done", reason, now
    job.lease_until = None
    session.flush()


def _latest(session: Session, visit: Visit, requirement_key: str) -> ScanJob | None:
    mine = ScanJob.visit_id == visit.id, ScanJob.requirement_key == requirement_key
    return session.scalar(select(ScanJob).where(*mine).order_by(ScanJob.id.desc()).limit(1))

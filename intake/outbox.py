"""Promised papers: claimed by one worker, settled in one of three ways, never lost.

Each function is one short transaction of the worker and commits it, except
``promise`` and ``take_turn``, which belong to the caller's.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Table, Update, insert, or_, select, update
from sqlalchemy.orm import Session

from intake.ports import Outcome, Printed, Trouble
from intake.records import Errand, Printer

_ERRAND = insert(cast(Table, Errand.__table__)).returning(Errand.id)
BACKOFF = (2, 5, 10, 20, 30, 60, 120)  # seconds before attempts 2, 3, …; then only a person can help


def promise(
    session: Session,
    *,
    printer_id: int,
    now: datetime,
    receipt_id: int | None = None,
    notice_id: int | None = None,
    ticket_id: int | None = None,
    item_id: int | None = None,
    item_paper: str | None = None,
    saved_draft_id: int | None = None,
    manifest_id: int | None = None,
    is_test: bool = False,
    copy_no: int = 1,
) -> int:
    """A paper of exactly one of the seven, printed once the caller's transaction is committed."""
    errand = {
        "receipt_id": receipt_id,
        "notice_id": notice_id,
        "ticket_id": ticket_id,
        "item_id": item_id,
        "item_paper": item_paper,
        "saved_draft_id": saved_draft_id,
        "manifest_id": manifest_id,
        "is_test": is_test,
        "printer_id": printer_id,
        "copy_no": copy_no,
        "state": "queued",
        "attempts": 0,
        "not_before": now,
        "created_at": now,
    }
    return int(session.connection().execute(_ERRAND, errand).scalar_one())


def next_try(attempts: int, *, now: datetime) -> datetime | None:
    """When to try again after ``attempts`` failures, or None when only a person can help."""
    return now + timedelta(seconds=BACKOFF[attempts - 1]) if attempts <= len(BACKOFF) else None


def waiting_printers(session: Session, *, host: str, now: datetime) -> list[int]:
    """Printers with a paper due and nobody at them that ``host`` can reach."""
    return list(
        session.scalars(
            select(Errand.printer_id)
            .join(Printer)
            .where(Errand.state == "queued", Errand.not_before <= now, _free(now), reached_from(host))
            .distinct()
        )
    )


def take_turn(session: Session, printer_id: int, *, worker: str, now: datetime, lease: timedelta) -> bool:
    """Whether this worker now has the printer to itself; a printer has one socket. Does not commit."""
    turn = update(Printer).where(Printer.id == printer_id, _free(now))
    return _changed(session, turn.values(turn_of=worker, turn_until=now + lease)) == 1


def give_turn(session: Session, printer_id: int, *, worker: str, **seen: object) -> None:
    """The printer is free again; ``seen`` is what was learnt of it (trouble, near_end, checked_at)."""
    session.execute(
        update(Printer)
        .where(Printer.id == printer_id, Printer.turn_of == worker)
        .values(turn_of=None, turn_until=None, **seen)
    )
    session.commit()


def claim(
    session: Session, printer_id: int, *, worker: str, now: datetime, lease: timedelta
) -> Errand | None:
    """The printer's turn and its oldest due errand, for this worker alone; None when someone was faster."""
    if not take_turn(session, printer_id, worker=worker, now=now, lease=lease):
        session.rollback()
        return None
    oldest = (
        select(Errand.id)
        .where(Errand.printer_id == printer_id, Errand.state == "queued", Errand.not_before <= now)
        .order_by(Errand.id)
        .limit(1)
        .scalar_subquery()
    )
    errand_id = session.scalar(
        update(Errand)
        .where(Errand.id == oldest, Errand.state == "queued")
        .values(state="claimed", claimed_by=worker, lease_until=now + lease, attempts=Errand.attempts + 1)
        .returning(Errand.id)
    )
    if errand_id is None:
        session.rollback()
        return None
    session.commit()
    return session.get_one(Errand, errand_id)


def may_hang(session: Session, printer_id: int) -> bool:
    """Whether nobody knows how this printer's last paper ended, so that a piece of it may hang there."""
    last = (
        select(Errand.state)
        .where(Errand.printer_id == printer_id, Errand.finished_at.is_not(None))
        .order_by(Errand.finished_at.desc(), Errand.id.desc())
        .limit(1)
    )
    return session.scalar(last) == "unknown"


def sending(session: Session, errand_id: int, *, worker: str) -> bool:
    """From here on paper may come out: a crash leaves the errand unknown, not queued.

    False when the claim is no longer this worker's: then it must not send.
    """
    mine = update(Errand).where(
        Errand.id == errand_id, Errand.claimed_by == worker, Errand.state == "claimed"
    )
    is_mine = _changed(session, mine.values(state="sending")) == 1
    session.commit()
    return is_mine


def settle(session: Session, errand: Errand, outcome: Outcome, *, worker: str, now: datetime) -> None:
    """Write down what became of the paper and give up the printer's turn."""
    values: dict[str, object] = {"reason": outcome.reason, "lease_until": None}
    if outcome.result is Printed.PRINTED:
        values |= {"state": "printed", "finished_at": now, "confirmed_by": "printer", "reason": None}
    elif outcome.result is Printed.UNKNOWN:
        values |= {"state": "unknown", "finished_at": now}
    elif again := next_try(errand.attempts, now=now):
        values |= {"state": "queued", "not_before": again}
    else:
        values |= {"state": "given_up", "finished_at": now}
    session.execute(
        update(Errand)
        .where(Errand.id == errand.id, Errand.claimed_by == worker, Errand.state != "printed")
        .values(values)
    )
    seen: dict[str, object] = {"checked_at": now, "trouble": outcome.reason}
    if outcome.result is Printed.PRINTED:
        seen |= {"trouble": None, "near_end": outcome.near_end}
    give_turn(session, errand.printer_id, worker=worker, **seen)


def release_lost(session: Session, *, now: datetime, dead: Collection[str] = ()) -> int:
    """Take back what a vanished worker held: before the first byte it is queued again, after it unknown.

    A worker has vanished when its lease ran out or it is named in ``dead``.
    Returns how many errands became unknown.
    """
    gone = or_(Errand.lease_until < now, Errand.claimed_by.in_(dead))
    session.execute(
        update(Errand)
        .where(Errand.state == "claimed", gone)
        .values(state="queued", claimed_by=None, lease_until=None)
    )
    lost = _changed(
        session,
        update(Errand)
        .where(Errand.state == "sending", gone)
        .values(state="unknown", reason=Trouble.WORKER_DIED, lease_until=None, finished_at=now),
    )
    session.execute(
        update(Printer)
        .where(or_(Printer.turn_until < now, Printer.turn_of.in_(dead)))
        .values(turn_of=None, turn_until=None)
    )
    session.commit()
    return lost


def reached_from(host: str) -> ColumnElement[bool]:
    """A printer on a cable is served by the workers of its own host only."""
    return or_(Printer.host.is_(None), Printer.host == host)


def _changed(session: Session, statement: Update) -> int:
    return cast(CursorResult[Any], session.execute(statement)).rowcount


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(Printer.turn_until.is_(None), Printer.turn_until < now)

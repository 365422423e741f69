"""What people may ask for when a receipt did not come out: again, elsewhere, or never mind."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from intake import events, outbox
from intake.events import Actor
from intake.records import Dossier, Errand, Printer, Receipt
from intake.rules.refusals import TooManyCopies, UnknownPrinter

MAX_COPIES = 6  # the receipt and five reprints: a finger resting on «In lại» must not empty the roll


def errands_of(session: Session, dossier_id: int) -> list[Errand]:
    """All papers of a dossier's receipt, the first copy first."""
    return list(session.scalars(_errands(dossier_id)))


def reprint(session: Session, dossier_id: int, *, by: Actor, now: datetime) -> None:
    """Another paper where one may have come out; the same one again where it certainly did not.

    Raises TooManyCopies past MAX_COPIES, UnknownPrinter when none was ever promised.
    """
    papers = _held(session, dossier_id)
    if not papers:
        raise UnknownPrinter
    _print_again(session, papers[-1], papers[-1].printer_id, dossier_id, by=by, now=now)


def move_to(session: Session, dossier_id: int, printer_id: int, *, by: Actor, now: datetime) -> None:
    """The same on another printer of the office; UnknownPrinter when it is not one."""
    office_id = session.get_one(Dossier, dossier_id).office_id
    printer = session.get(Printer, printer_id)
    if printer is None or printer.office_id != office_id or not printer.active:
        raise UnknownPrinter
    papers = _held(session, dossier_id)
    _record(session, dossier_id, "receipt_moved", {"printer": printer.name}, by, now)
    if papers:
        _print_again(session, papers[-1], printer_id, dossier_id, by=by, now=now)
    else:  # the point itself has no printer
        receipt_id = session.scalars(select(Receipt.id).filter_by(dossier_id=dossier_id)).one()
        outbox.promise(session, receipt_id=receipt_id, printer_id=printer_id, now=now)


def came_out(session: Session, dossier_id: int, *, by: Actor, now: datetime) -> None:
    """A person saw the paper whose fate we did not know."""
    papers = _held(session, dossier_id)
    if papers and papers[-1].state == "unknown":
        last, who = papers[-1], "citizen" if by.person_id is None else "officer"
        last.state, last.confirmed_by, last.finished_at = "printed", who, now
        _record(session, dossier_id, "receipt_came_out", {"copy_no": last.copy_no}, by, now)


def forget_waiting(session: Session, dossier_id: int, *, now: datetime) -> None:
    """Its owner has left: a paper that already failed once is not printed into an empty room."""
    for errand in _held(session, dossier_id):
        if errand.state == "queued" and errand.reason is not None:
            errand.state, errand.finished_at = "given_up", now


def _held(session: Session, dossier_id: int) -> list[Errand]:
    # Held against the workers: one that claims in between would otherwise be
    # overruled by what we read before, and print an unmarked second copy. The
    # receipt is held first, so that a second tap sees the copy of the first.
    session.execute(select(Receipt.id).filter_by(dossier_id=dossier_id).with_for_update())
    papers = _errands(dossier_id).with_for_update(of=Errand).execution_options(populate_existing=True)
    return list(session.scalars(papers))


def _errands(dossier_id: int) -> Select[Errand]:
    return select(Errand).join(Receipt).where(Receipt.dossier_id == dossier_id).order_by(Errand.copy_no)


def _print_again(
    session: Session,
    last: Errand,
    printer_id: int,
    dossier_id: int,
    *,
    by: Actor,
    now: datetime,
) -> None:
    if last.state in ("claimed", "sending"):
        return
    if last.state in ("queued", "given_up"):
        if last.state == "given_up" or last.printer_id != printer_id:
            last.attempts, last.reason = 0, None
        last.state, last.printer_id, last.not_before, last.finished_at = "queued", printer_id, now, None
        return
    if last.copy_no >= MAX_COPIES:
        raise TooManyCopies(most=MAX_COPIES)
    facts = {"copy_no": last.copy_no + 1, "after": last.state, "because": last.reason}
    _record(session, dossier_id, "receipt_reprinted", facts, by, now)
    copy_no = last.copy_no + 1
    outbox.promise(session, receipt_id=last.receipt_id, printer_id=printer_id, copy_no=copy_no, now=now)


def _record(
    session: Session, dossier_id: int, kind: str, facts: dict[str, object], by: Actor, now: datetime
) -> None:
    office_id = session.scalars(select(Dossier.office_id).filter_by(id=dossier_id)).one()
    events.append(session, kind, by=by, now=now, office_id=office_id, dossier_id=dossier_id, facts=facts)

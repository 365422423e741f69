"""Getting a receipt onto paper, and what people may ask for when it did not come out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from intake import outbox, ports
from intake.keys import Keys
from intake.paper import Paper
from intake.receipt import ReceiptFacts, kiosk_receipt
from intake.records import Dossier, Errand, Event, Printer, Receipt
from intake.rules.refusals import TooManyCopies, UnknownPrinter

FACTS = "receipt.facts"
MAX_COPIES = 6  # the receipt and five reprints: a finger resting on «In lại» must not empty the roll


def seal_facts(facts: ReceiptFacts, keys: Keys) -> bytes:
    values = {entry.name: getattr(facts, entry.name) for entry in fields(facts)}
    return keys.seal(json.dumps(values, ensure_ascii=False, default=datetime.isoformat), FACTS)


def facts_of(receipt: Receipt, keys: Keys) -> ReceiptFacts:
    """The facts as they were at acceptance, moments aware."""
    values: dict[str, Any] = json.loads(keys.unseal(receipt.facts_sealed, FACTS))
    for name in ("received_at", "due_at", "promised_at"):
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    values["papers"] = tuple((name, kind, count) for name, kind, count in values["papers"])
    return ReceiptFacts(**values)


def print_next(
    session: Session,
    printer_id: int,
    *,
    worker: str,
    open_printer: Callable[[str], ports.Printer],
    keys: Keys,
    clock: Callable[[], datetime],
    lease: timedelta,
) -> ports.Outcome | None:
    """Claim this printer's next paper, print it and settle it; None when there was nothing to do.

    No transaction is open while the printer works. ``lease`` must be longer
    than any print: past it another worker takes the paper for lost.
    """
    errand = outbox.claim(session, printer_id, worker=worker, now=clock(), lease=lease)
    if errand is None:
        return None
    paper = paper_of(errand, keys)
    url = errand.printer.url
    session.commit()
    outcome = open_printer(url).print(
        paper, on_sending=lambda: outbox.sending(session, errand.id, worker=worker)
    )
    session.refresh(errand)
    outbox.settle(session, errand, outcome, worker=worker, now=clock())
    return outcome


def check_printer(
    session: Session,
    printer_id: int,
    *,
    worker: str,
    open_printer: Callable[[str], ports.Printer],
    clock: Callable[[], datetime],
    lease: timedelta,
) -> None:
    """Ask an idle printer for its trouble, so that a kiosk knows before the next citizen starts."""
    if not outbox.take_turn(session, printer_id, worker=worker, now=clock(), lease=lease):
        session.rollback()
        return
    url = session.get_one(Printer, printer_id).url
    session.commit()
    trouble = open_printer(url).trouble()
    outbox.give_turn(session, printer_id, worker=worker, trouble=trouble, checked_at=clock())


def paper_of(errand: Errand, keys: Keys) -> Paper:
    return kiosk_receipt(facts_of(errand.receipt, keys)).marked_reprint(errand.copy_no)


def errands_of(session: Session, dossier_id: int) -> list[Errand]:
    """All papers of a dossier's receipt, the first copy first."""
    return list(session.scalars(_errands(dossier_id)))


def _held(session: Session, dossier_id: int) -> list[Errand]:
    # Held against the workers: one that claims in between would otherwise be
    # overruled by what we read before, and print an unmarked second copy.
    return list(session.scalars(_errands(dossier_id).with_for_update(of=Errand)))


def _errands(dossier_id: int) -> Select[Errand]:
    return select(Errand).join(Receipt).where(Receipt.dossier_id == dossier_id).order_by(Errand.copy_no)


def reprint(session: Session, dossier_id: int, *, actor: str, device: str, now: datetime) -> Errand:
    """Another paper where one may have come out; the same one again where it certainly did not.

    Raises TooManyCopies past MAX_COPIES.
    """
    last = _held(session, dossier_id)[-1]
    return _print_again(session, last, last.printer_id, dossier_id, actor=actor, device=device, now=now)


def move_to(
    session: Session, dossier_id: int, printer_id: int, *, actor: str, device: str, now: datetime
) -> Errand:
    """The same on another printer of the office; UnknownPrinter when it is not one."""
    office_id = session.get_one(Dossier, dossier_id).office_id
    printer = session.get(Printer, printer_id)
    if printer is None or printer.office_id != office_id or not printer.active:
        raise UnknownPrinter
    last = _held(session, dossier_id)[-1]
    return _print_again(session, last, printer_id, dossier_id, actor=actor, device=device, now=now)


def came_out(session: Session, dossier_id: int, *, actor: str, now: datetime) -> None:
    """A person saw the paper whose fate we did not know."""
    last = _held(session, dossier_id)[-1]
    if last.state == "unknown":
        last.state, last.confirmed_by, last.finished_at = "printed", actor, now


def forget_waiting(session: Session, dossier_id: int, *, now: datetime) -> None:
    """Its owner has left: a paper that already failed once is not printed into an empty room."""
    for errand in _held(session, dossier_id):
        if errand.state == "queued" and errand.attempts > 0:
            errand.state, errand.finished_at = "given_up", now


def _print_again(
    session: Session,
    last: Errand,
    printer_id: int,
    dossier_id: int,
    *,
    actor: str,
    device: str,
    now: datetime,
) -> Errand:
    if last.state in ("claimed", "sending"):
        return last
    if last.state in ("queued", "given_up"):
        if last.state == "given_up" or last.printer_id != printer_id:
            last.attempts, last.reason = 0, None
        last.state, last.printer_id, last.not_before, last.finished_at = "queued", printer_id, now, None
        return last
    if last.copy_no >= MAX_COPIES:
        raise TooManyCopies(most=MAX_COPIES)
    session.add(
        Event(
            dossier_id=dossier_id,
            at=now,
            kind="receipt_reprinted",
            actor=actor,
            device=device,
            facts={"copy_no": last.copy_no + 1, "after": last.state, "because": last.reason},
        )
    )
    again = outbox.promise(session, last.receipt_id, printer_id=printer_id, copy_no=last.copy_no + 1, now=now)
    return session.get_one(Errand, again)

"""Getting a receipt onto paper: the worker's part."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session, object_session

from intake import outbox, ports
from intake.keys import Keys
from intake.language import VIETNAMESE, reading
from intake.notice_facts import facts_of_notice
from intake.notice_papers import paper_of_notice, slip_of_notice
from intake.paper import Divider, Heading, Paper, Text
from intake.payments.views import facts_now, payment_view
from intake.post.papers import paper_of_item
from intake.receipt import ReceiptFacts, form_01, kiosk_receipt
from intake.records import Errand, Manifest, Notice, Printer, Receipt
from intake.rules.text import moment_words
from intake.saved_slip import saved_slip, slip_facts_of
from intake.ticket_paper import ticket_facts, ticket_paper

FACTS = "receipt.facts"


def seal_facts(facts: ReceiptFacts, keys: Keys) -> bytes:
    values = {entry.name: getattr(facts, entry.name) for entry in fields(facts)}
    return keys.seal(json.dumps(values, ensure_ascii=False, default=datetime.isoformat), FACTS)


def facts_of(receipt: Receipt, keys: Keys) -> ReceiptFacts:
    """The facts as they were at acceptance, moments aware."""
    values: dict[str, Any] = json.loads(keys.unseal(receipt.facts_sealed, FACTS))
    for name in ("received_at", "due_at", "promised_at"):
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    values["papers"] = tuple((name, kind, count) for name, kind, count in values["papers"])
    values["scans"] = tuple(values.get("scans", ()))
    values["files"] = tuple((name, tuple(pages)) for name, pages in values.get("files", ()))
    return ReceiptFacts(**values)


def facts_today(receipt: Receipt, keys: Keys) -> ReceiptFacts:
    """The same, but of the fee as it stands now: a paper that comes late asks nobody to pay again."""
    session = object_session(receipt)
    assert session is not None
    return facts_now(facts_of(receipt, keys), payment_view(session, receipt.dossier))


class ClaimLost(Exception):  # not an error: somebody else has the paper now
    """This worker was taken for dead before it began to send; nothing has left it."""


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
    than any print: past it another worker takes the paper for lost. A fault of
    ours is settled like one of the printer and then raised: one paper that
    cannot be drawn must not keep all others from being printed.
    """
    errand = outbox.claim(session, printer_id, worker=worker, now=clock(), lease=lease)
    if errand is None:
        return None
    begun = False

    def begin() -> None:
        nonlocal begun
        if not outbox.sending(session, errand.id, worker=worker):
            raise ClaimLost
        begun = True

    try:
        outcome = _print(session, errand, open_printer, keys, begin)
    except ClaimLost:
        return None
    except Exception:
        session.rollback()
        result = ports.Printed.UNKNOWN if begun else ports.Printed.NOT_PRINTED
        fault = ports.Outcome(result, ports.Trouble.ERROR)
        outbox.settle(session, errand, fault, worker=worker, now=clock())
        raise
    outbox.settle(session, errand, outcome, worker=worker, now=clock())
    return outcome


def _print(
    session: Session,
    errand: Errand,
    open_printer: Callable[[str], ports.Printer],
    keys: Keys,
    begin: Callable[[], None],
) -> ports.Outcome:
    printer = open_printer(errand.printer.url)
    paper = paper_of(errand, keys, printer.sheet)
    torn = outbox.may_hang(session, errand.printer_id)
    session.commit()
    return printer.print(paper, on_sending=begin, torn=torn)


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


@reading(VIETNAMESE)
def paper_of(errand: Errand, keys: Keys, sheet: ports.Sheet = ports.Sheet.ROLL) -> Paper:
    """What this errand prints: a number, a small receipt, on a sheet form 01; a reprint is marked."""
    if errand.ticket is not None:
        return ticket_paper(ticket_facts(errand.ticket, keys))
    if errand.saved_draft is not None:
        return saved_slip(slip_facts_of(errand.saved_draft, keys))
    if errand.manifest is not None:
        return _slip_of_manifest(errand.manifest, at=errand.created_at)
    if errand.is_test:
        return test_paper(errand.printer.name, asked_at=errand.created_at)
    if errand.item is not None:
        session = object_session(errand)
        assert session is not None
        paper = paper_of_item(session, errand.item, errand.item_paper or "", keys=keys)
        return paper.marked_reprint(errand.copy_no)
    if errand.notice is not None:
        return _notice_paper(errand.notice, keys, sheet).marked_reprint(errand.copy_no)
    assert errand.receipt is not None
    facts = facts_today(errand.receipt, keys)
    paper = form_01(facts) if sheet is ports.Sheet.A5 else kiosk_receipt(facts)
    return paper.marked_reprint(errand.copy_no)


def _slip_of_manifest(manifest: Manifest, *, at: datetime) -> Paper:
    # Lists are read through the queries of screens, which know this module.
    from intake.post.manifest_paper import slip_of_manifest

    return slip_of_manifest(manifest, at=at)


def _notice_paper(notice: Notice, keys: Keys, sheet: ports.Sheet) -> Paper:
    facts = facts_of_notice(notice, keys)
    if sheet is ports.Sheet.A5:
        return paper_of_notice(facts, notice.number)
    return slip_of_notice(facts, notice.number, facts_of(notice.dossier.receipt, keys).qr_address)


def test_paper(printer_name: str, *, asked_at: datetime) -> Paper:
    """What a manager asks for to see that a printer prints: every hard letter, both edges."""
    return Paper(
        f"In thử {printer_name}",
        (
            Heading("IN THỬ"),
            Text(printer_name, centred=True),
            Text(f"Yêu cầu lúc {moment_words(asked_at)}", small=True, centred=True),
            Divider(),
            Text("ă â ê ô ơ ư đ · Ế Ậ Ổ Ữ Ỵ · 0123456789", centred=True),
            Text("Hai mép vạch trên phải chạm hai lề giấy.", small=True, centred=True),
        ),
    )

"""What a person does with money that nothing could be done with by itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake import events
from intake.at_hand import officer, record
from intake.events import Actor
from intake.payments.asking import asked_for
from intake.payments.confirming import confirm, hold
from intake.records import BankAccount, BankEntry, Dossier, Office, Payment
from intake.rules.answers import Fault
from intake.rules.notice_faults import text_faults
from intake.rules.refusals import BadPayment, EntrySettled, NoSuchDossier, NoSuchThing
from intake.rules.text import tidy

OPEN = ("again", "other_amount", "unknown")


def settle(
    session: Session, office: Office, entry_id: int, *, reason: str, by: Actor, now: datetime
) -> BankEntry:
    """Somebody has seen to it elsewhere: given back, or no fee at all; ``reason`` says which.

    Raises NoSuchThing, EntrySettled, BadPayment without a reason.
    """
    officer(session, by)
    entry = _open_entry(session, office, entry_id)
    if faults := text_faults("reason", reason, longest=200):
        raise BadPayment(faults=faults)
    before, entry.state, entry.settled_how = entry.state, "settled", tidy(reason)
    _tell(session, entry, before, by=by, now=now)
    return entry


def assign(
    session: Session, office: Office, entry_id: int, code: str, *, reason: str, by: Actor, now: datetime
) -> Dossier:
    """It is the fee of this dossier after all: paid, with the next receipt number.

    Another amount than the fee needs a ``reason`` and becomes the fee. Raises
    NoSuchThing, EntrySettled, NoSuchDossier, BadPayment, or WrongStatus when
    nothing is owed.
    """
    officer(session, by)
    entry = _open_entry(session, office, entry_id)
    dossier = session.scalar(
        select(Dossier)
        .filter_by(office_id=office.id, dossier_code=tidy(code))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if dossier is None:
        raise NoSuchDossier
    if dossier.fee not in (None, entry.amount) and not tidy(reason):
        raise BadPayment(faults=(Fault("reason", "other_amount", {"fee": dossier.fee}),))
    if len(tidy(reason)) > 200:
        raise BadPayment(faults=(Fault("reason", "too_long", {"max": 200}),))
    payment = _payment(session, dossier, entry, now)
    confirm(session, payment, dossier, entry.amount, how=entry.source, reason=reason, by=by, now=now)
    before, entry.state, entry.settled_how, entry.payment_id = (
        entry.state,
        "matched",
        tidy(reason),
        payment.id,
    )
    _tell(session, entry, before, dossier=dossier, by=by, now=now)
    return dossier


def _open_entry(session: Session, office: Office, entry_id: int) -> BankEntry:
    entry = session.get(BankEntry, entry_id)
    if entry is None or entry.office_id != office.id:
        raise NoSuchThing()
    hold(session, entry.account_id)
    session.refresh(entry)
    if entry.state not in OPEN:
        raise EntrySettled()
    return entry


def _payment(session: Session, dossier: Dossier, entry: BankEntry, now: datetime) -> Payment:
    """What was asked for the dossier, or would have been."""
    held = select(Payment).filter_by(dossier_id=dossier.id).with_for_update()
    asked = session.scalar(held.execution_options(populate_existing=True))
    if asked is not None:
        return asked
    account = session.get_one(BankAccount, entry.account_id)
    asked = asked_for(dossier, account, entry.amount, now=now)
    session.add(asked)
    session.flush()
    return asked


def _tell(
    session: Session,
    entry: BankEntry,
    before: str,
    *,
    dossier: Dossier | None = None,
    by: Actor,
    now: datetime,
) -> None:
    facts: dict[str, object] = {"entry": entry.id, "amount": entry.amount, "state": [before, entry.state]}
    reason = entry.settled_how
    if dossier is None and entry.payment_id is not None:
        dossier = session.get_one(Dossier, session.get_one(Payment, entry.payment_id).dossier_id)
    if dossier is not None:
        record(session, dossier, "transfer_settled", by=by, now=now, reason=reason, facts=facts)
        return
    office_id = entry.office_id
    events.append(
        session, "transfer_settled", by=by, now=now, office_id=office_id, reason=reason, facts=facts
    )
    session.flush()

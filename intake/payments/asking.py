"""Asking for a fee by QR, and taking that back when it was paid another way."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.records import BankAccount, Dossier, Payment
from intake.rules.lifecycle import Payment as Money
from intake.rules.transfers import reference_of
from intake.rules.vietqr import BANKS, Transfer, payload, purpose_of

WORDS = "LE PHI"  # after the reference; what banks do to it does not matter


def account_of(session: Session, office_id: int) -> BankAccount | None:
    """Where fees of this office go to now; None where it takes none by transfer."""
    chosen = select(BankAccount).filter_by(office_id=office_id, active=True)
    return session.scalar(chosen.order_by(BankAccount.id.desc()).limit(1))


def ask(session: Session, dossier: Dossier, *, now: datetime) -> Payment | None:
    """Ask for the fee of a dossier, once; what was asked before stays as it is.

    None where there is nothing to ask: no account, no known fee, or it is paid.
    Call with the dossier flushed, in the transaction that sets its fee.
    """
    if not dossier.fee or dossier.payment_status != Money.UNPAID:
        return None
    account = account_of(session, dossier.office_id)
    if account is None:
        return None
    asked = session.scalar(select(Payment).filter_by(dossier_id=dossier.id))
    asked = asked or asked_for(dossier, account, dossier.fee, now=now)
    session.add(asked)
    session.flush()
    return asked


def pay_facts(session: Session, dossier: Dossier, *, now: datetime) -> dict[str, str] | None:
    """Ask, and what the receipt says of it; None where nothing is asked."""
    asked = ask(session, dossier, now=now)
    if asked is None:
        return None
    account = session.get_one(BankAccount, asked.account_id)
    to = f"{BANKS.get(account.bin, account.bin)} {account.number}, {account.holder}"
    return {
        "pay_code": asked.payload,
        "pay_to": to,
        "pay_purpose": purpose_of(asked.reference, WORDS),
    }


def withdraw(session: Session, dossier: Dossier) -> None:
    """It was paid at the counter: money that still comes by the QR is to be given back."""
    held = select(Payment).filter_by(dossier_id=dossier.id, state="waiting").with_for_update()
    asked = session.scalar(held.execution_options(populate_existing=True))
    if asked is not None:
        asked.state, asked.how = "withdrawn", "cashier"


def transfer_of(account: BankAccount, reference: str, amount: int) -> Transfer:
    """What the payer's bank is told."""
    return Transfer(account.bin, account.number, amount=amount, purpose=purpose_of(reference, WORDS))


def asked_for(dossier: Dossier, account: BankAccount, amount: int, *, now: datetime) -> Payment:
    """The row of what is asked, not added yet; a dossier has one."""
    reference = reference_of(dossier.id)
    return Payment(
        office_id=dossier.office_id,
        dossier_id=dossier.id,
        account_id=account.id,
        reference=reference,
        amount=amount,
        payload=payload(transfer_of(account, reference, amount)),
        created_at=now,
    )

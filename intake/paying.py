"""The money line: a fee was paid, or given back. It decides nothing about the dossier itself.

Nobody pays for what was refused or stopped, and only of that is anything given back.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.at_hand import officer, record
from intake.events import Actor
from intake.payments.asking import withdraw
from intake.records import Dossier, Event
from intake.rules.answers import Fault
from intake.rules.lifecycle import WITHOUT_RESULT, Payment, payment_must_follow
from intake.rules.notice_faults import text_faults
from intake.rules.refusals import BadPayment, WrongStatus
from intake.rules.text import tidy

HOWS = ("cash", "transfer", "card", "post")
LARGEST = 10_000_000_000


def fee_paid(
    session: Session,
    dossier: Dossier,
    amount: int,
    receipt_number: str,
    *,
    how: str = "cash",
    reason: str = "",
    by: Actor,
    now: datetime,
) -> None:
    """unpaid → paid, unless the dossier was refused or stopped.

    ``amount`` is whole đồng, ``receipt_number`` that of the fee receipt.
    Another amount than was told at reception needs a ``reason`` and becomes the
    fee. Raises BadPayment with all faults, WrongStatus when nothing is owed. A
    transfer that was asked for is no longer waited for.
    """
    officer(session, by)
    may_be_paid(dossier)
    faults = [*_amount_faults(amount), *_number_faults(receipt_number)]
    if how not in HOWS:
        faults.append(Fault("how", "bad_choice"))
    if dossier.fee not in (None, amount) and not tidy(reason):
        faults.append(Fault("amount", "other_amount", {"fee": dossier.fee}))
    if faults:
        raise BadPayment(faults=tuple(faults))
    withdraw(session, dossier)
    _paid(session, dossier, amount, tidy(receipt_number), how, tidy(reason), {}, by, now)


def fee_came_in(
    session: Session,
    dossier: Dossier,
    amount: int,
    receipt_number: str,
    *,
    source: str,
    reason: str = "",
    by: Actor,
    now: datetime,
) -> None:
    """The same by a transfer that the bank told of, which no officer has to have seen.

    ``source`` is "callback", "file" or "cashier". Raises WrongStatus when nothing is owed.
    """
    may_be_paid(dossier)
    _paid(session, dossier, amount, receipt_number, "transfer", tidy(reason), {"source": source}, by, now)


def may_be_paid(dossier: Dossier) -> None:
    """Raises WrongStatus when nothing is owed, or nothing may be taken any more."""
    if dossier.status in WITHOUT_RESULT:
        raise WrongStatus(now=dossier.status, then=Payment.PAID)
    payment_must_follow(Payment(dossier.payment_status), Payment.PAID)


def _paid(
    session: Session,
    dossier: Dossier,
    amount: int,
    receipt_number: str,
    how: str,
    reason: str,
    more: dict[str, object],
    by: Actor,
    now: datetime,
) -> None:
    facts: dict[str, object] = {
        "amount": amount,
        "receipt_number": receipt_number,
        "how": how,
        "fee": [dossier.fee, amount],
        "payment": [Payment.UNPAID, Payment.PAID],
        **more,
    }
    dossier.fee, dossier.payment_status = amount, Payment.PAID
    record(session, dossier, "fee_paid", by=by, now=now, reason=reason, facts=facts)


def refund(
    session: Session,
    dossier: Dossier,
    amount: int,
    receipt_number: str,
    *,
    reason: str,
    by: Actor,
    now: datetime,
) -> None:
    """paid → refunded, of a refused or stopped dossier: what was given back, at most what was paid, and why.

    Raises as fee_paid(), WrongStatus also while the dossier goes on or has its result.
    """
    officer(session, by)
    if dossier.status not in WITHOUT_RESULT:
        raise WrongStatus(now=dossier.status, then=Payment.REFUNDED)
    payment_must_follow(Payment(dossier.payment_status), Payment.REFUNDED)
    paid = amount_paid(session, dossier)
    faults = [*_amount_faults(amount), *_number_faults(receipt_number), *text_faults("reason", reason)]
    if amount > paid:
        faults.append(Fault("amount", "too_large", {"max": paid}))
    if faults:
        raise BadPayment(faults=tuple(faults))
    facts: dict[str, object] = {
        "amount": amount,
        "receipt_number": tidy(receipt_number),
        "payment": [Payment.PAID, Payment.REFUNDED],
    }
    dossier.payment_status = Payment.REFUNDED
    record(session, dossier, "fee_refunded", by=by, now=now, reason=tidy(reason), facts=facts)


def amount_paid(session: Session, dossier: Dossier) -> int:
    """Whole đồng; 0 when nothing was paid here."""
    paid = session.scalars(select(Event).filter_by(dossier_id=dossier.id, kind="fee_paid"))
    return sum(int(event.facts["amount"]) for event in paid)


def _amount_faults(amount: int) -> list[Fault]:
    if amount <= 0:
        return [Fault("amount", "too_small", {"min": 1})]
    return [Fault("amount", "too_large", {"max": LARGEST})] if amount > LARGEST else []


def _number_faults(number: str) -> tuple[Fault, ...]:
    return text_faults("receipt_number", number, least=1, longest=60)

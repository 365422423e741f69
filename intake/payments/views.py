"""What screens and papers say of a fee: to be paid by this QR, or paid and under which number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.payments.asking import WORDS
from intake.receipt import ReceiptFacts
from intake.records import BankAccount, Dossier, Event, Payment
from intake.rules.lifecycle import WITHOUT_RESULT
from intake.rules.lifecycle import Payment as Money
from intake.rules.vietqr import BANKS, purpose_of

NOT_YET = "chưa xác nhận"


@dataclass(frozen=True)
class PaymentView:
    """``state``: "waiting" (the QR may be paid), "paid", or "none": nothing was asked, or no longer is.

    ``paid_words`` is «đã nộp 16.000 đồng …» once it is.
    """

    state: str
    amount: int = 0
    payload: str = ""
    bank: str = ""
    number: str = ""
    holder: str = ""
    purpose: str = ""
    receipt_number: str = ""
    paid_at: datetime | None = None

    @property
    def is_waiting(self) -> bool:
        return self.state == "waiting"


NOTHING = PaymentView("none")


def payment_view(session: Session, dossier: Dossier) -> PaymentView:
    """How the fee of this dossier stands now."""
    if dossier.payment_status == Money.PAID:
        return _paid(session, dossier)
    row = session.execute(
        select(Payment, BankAccount)
        .join(BankAccount, BankAccount.id == Payment.account_id)
        .where(Payment.dossier_id == dossier.id, Payment.state == "waiting")
    ).first()
    if row is None or dossier.payment_status != Money.UNPAID or dossier.status in WITHOUT_RESULT:
        return NOTHING
    asked, account = row
    return PaymentView(
        "waiting",
        asked.amount,
        asked.payload,
        BANKS.get(account.bin, account.bin),
        account.number,
        account.holder,
        purpose_of(asked.reference, WORDS),
    )


def facts_now(facts: ReceiptFacts, view: PaymentView) -> ReceiptFacts:
    """A receipt drawn after the fee was paid asks nobody to pay it again."""
    if view.is_waiting:
        return facts
    paid = " · ".join(filter(None, ("đã nộp", view.receipt_number))) if view.state == "paid" else ""
    return replace(
        facts, pay_code="", fee_paid_words=paid or facts.fee_paid_words.replace(NOT_YET, "chưa nộp")
    )


def _paid(session: Session, dossier: Dossier) -> PaymentView:
    event = session.scalars(
        select(Event).filter_by(dossier_id=dossier.id, kind="fee_paid").order_by(Event.id.desc()).limit(1)
    ).first()
    if event is None:
        return PaymentView("paid", dossier.fee or 0)
    return PaymentView(
        "paid",
        int(event.facts["amount"]),
        receipt_number=str(event.facts["receipt_number"]),
        paid_at=event.at,
    )

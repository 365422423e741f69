"""Fees paid by transfer: what is asked, what the bank told, and how the two were brought together."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from intake.records.base import Record

if TYPE_CHECKING:
    from intake.records.dossiers import Dossier


class BankAccount(Record):
    """Where fees of the office are transferred to; ``provider`` tells of what came in, with ``secret``."""

    __tablename__ = "bank_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    bin: Mapped[str] = mapped_column(String(6))  # of the bank, in intake.rules.vietqr.BANKS
    number: Mapped[str] = mapped_column(String(19))
    holder: Mapped[str] = mapped_column(String(25))  # without diacritics, as banks write it
    provider: Mapped[str] = mapped_column(String(20), default="")  # "" none: bank files and the cashier
    secret_sealed: Mapped[bytes | None]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class Payment(Record):
    """What is asked for one dossier by one QR; ``reference`` comes first in the purpose of the transfer."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("state in ('waiting', 'confirmed', 'withdrawn')", name="state"),
        UniqueConstraint("office_id", "receipt_number"),
        Index("ix_payment_office_id_state", "office_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"))
    reference: Mapped[str] = mapped_column(String(25), unique=True)
    amount: Mapped[int]  # whole đồng
    payload: Mapped[str] = mapped_column(String(400))  # of the QR
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    how: Mapped[str] = mapped_column(String(10), default="")  # "callback", "file" or "cashier"
    receipt_number: Mapped[str | None] = mapped_column(String(60))

    dossier: Mapped[Dossier] = relationship()


class BankEntry(Record):
    """One credit a bank told of, by callback or file; told twice it is one row.

    ``state``: "matched"; "again", of what was paid already; "other_amount"; "unknown", which nobody asked
    for; "settled", by a person, who said what became of it.
    """

    __tablename__ = "bank_entry"
    __table_args__ = (
        UniqueConstraint("account_id", "external_id"),
        CheckConstraint("state in ('matched', 'again', 'other_amount', 'unknown', 'settled')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"))
    external_id: Mapped[str] = mapped_column(String(80))  # the bank's own number of the transfer
    source: Mapped[str] = mapped_column(String(10))  # "callback", "file" or "both"
    amount: Mapped[int]
    words_sealed: Mapped[bytes | None]  # the purpose as the bank wrote it: names may stand in it
    paid_at: Mapped[datetime]
    told_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12))
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    settled_how: Mapped[str] = mapped_column(String(200), default="")

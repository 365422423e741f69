"""Printers, and the papers promised to them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from intake.records.base import Record

if TYPE_CHECKING:
    from intake.records.dossiers import Receipt
    from intake.records.notices import Notice
    from intake.records.offices import Office
    from intake.records.post import Manifest, PostalItem, SavedDraft
    from intake.records.queue import Ticket


class Printer(Record):
    """A receipt printer. ``turn_of``/``turn_until`` is the lock of the worker that is printing."""

    __tablename__ = "printer"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    name: Mapped[str]
    url: Mapped[str]
    host: Mapped[str | None]  # whose workers serve it; None: any, over the network
    active: Mapped[bool] = mapped_column(default=True)
    trouble: Mapped[str | None] = mapped_column(String(20))
    near_end: Mapped[bool] = mapped_column(default=False)
    checked_at: Mapped[datetime | None]
    turn_of: Mapped[str | None]
    turn_until: Mapped[datetime | None]

    office: Mapped[Office] = relationship(back_populates="printers")


class Errand(Record):
    """A paper promised to a printer: the ledger of what was and was not printed.

    queued → claimed → sending → printed | unknown; not printed goes back to
    queued, or to given_up when nothing more is tried by itself.
    """

    __tablename__ = "errand"
    __table_args__ = (
        UniqueConstraint("receipt_id", "copy_no"),
        UniqueConstraint("item_id", "item_paper", "copy_no"),
        CheckConstraint(
            "CASE WHEN receipt_id IS NULL THEN 0 ELSE 1 END + CASE WHEN notice_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN ticket_id IS NULL THEN 0 ELSE 1 END + CASE WHEN item_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN saved_draft_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN manifest_id IS NULL THEN 0 ELSE 1 END + CASE WHEN is_test THEN 1 ELSE 0 END = 1",
            name="one_paper",
        ),
        CheckConstraint(
            "state in ('queued', 'claimed', 'sending', 'printed', 'unknown', 'given_up')", name="state"
        ),
        Index("ix_errand_state_not_before", "state", "not_before"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # Exactly one of these is what is printed.
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("receipt.id"))
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("postal_item.id"))
    item_paper: Mapped[str | None] = mapped_column(String(10))  # of an item: "receipt", "slip" or "label"
    saved_draft_id: Mapped[int | None] = mapped_column(ForeignKey("saved_draft.id"), index=True)  # its slip
    manifest_id: Mapped[int | None] = mapped_column(ForeignKey("manifest.id"), index=True)
    is_test: Mapped[bool] = mapped_column(default=False)  # a test paper, which tells of nobody
    printer_id: Mapped[int] = mapped_column(ForeignKey("printer.id"))
    copy_no: Mapped[int]  # 1 is the receipt, 2 and on carry «BẢN IN LẠI»
    state: Mapped[str] = mapped_column(String(10), default="queued")
    reason: Mapped[str | None] = mapped_column(String(20))
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    claimed_by: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None] = mapped_column(String(20))  # "printer", or the person asked

    receipt: Mapped[Receipt | None] = relationship()
    notice: Mapped[Notice | None] = relationship()
    ticket: Mapped[Ticket | None] = relationship()
    item: Mapped[PostalItem | None] = relationship()
    saved_draft: Mapped[SavedDraft | None] = relationship()
    manifest: Mapped[Manifest | None] = relationship()
    printer: Mapped[Printer] = relationship()


class Heartbeat(Record):
    """When a worker was last seen at work: its name is HOST:PID. Those of intake/backups.py have no colon."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]

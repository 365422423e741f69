"""Dossiers, what happened to them, and what was issued about them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from intake.records.base import Record

# Ordered by its letters alone: a run of words with one beginning is a range on every server.
BY_LETTER = String(40).with_variant(String(40, collation="C"), "postgresql")

if TYPE_CHECKING:
    from intake.records.catalogue import ProcedureVersion
    from intake.records.offices import AcceptancePoint, Office, Unit
    from intake.records.people import Person


class Visit(Record):
    """One person in front of a public screen. The sealed draft dies with the visit."""

    __tablename__ = "visit"
    __table_args__ = (Index("ix_visit_ended_at_touched_at", "ended_at", "touched_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_key: Mapped[str] = mapped_column(String(64), unique=True)
    acceptance_point_id: Mapped[int] = mapped_column(ForeignKey("acceptance_point.id"))
    started_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(String(10))
    called_at: Mapped[datetime | None]
    called_from: Mapped[str | None] = mapped_column(String(40))
    helper_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # the first who came to help file
    draft_sealed: Mapped[bytes | None]
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"))
    place: Mapped[str | None] = mapped_column(String(60))  # the screen they are at
    searched: Mapped[str | None] = mapped_column(String(40))  # the last words that found nothing

    point: Mapped[AcceptancePoint] = relationship(lazy="joined", innerjoin=True)
    helper: Mapped[Person | None] = relationship()


class Counter(Record):
    """The last number given in a series of an office on a civil day."""

    __tablename__ = "counter"

    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
    series: Mapped[str] = mapped_column(String(20), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


class Dossier(Record):
    """What a citizen handed in, the version of the procedure it began with, and what was promised."""

    __tablename__ = "dossier"
    __table_args__ = (
        CheckConstraint("channel in ('kiosk', 'counter', 'post', 'portal')", name="channel"),
        UniqueConstraint("office_id", "year", "number"),
        Index("ix_dossier_office_id_received_at", "office_id", "received_at"),
        Index("ix_dossier_office_id_status_expected_at", "office_id", "status", "expected_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    acceptance_point_id: Mapped[int] = mapped_column(ForeignKey("acceptance_point.id"))
    procedure_version_id: Mapped[int] = mapped_column(ForeignKey("procedure_version.id"))
    dossier_code: Mapped[str] = mapped_column(String(64), unique=True)
    attempt: Mapped[str] = mapped_column(String(64), unique=True)
    year: Mapped[int]
    number: Mapped[int]  # of form 01, in this office and year, without gaps: «Số: 18/TNHS»
    channel: Mapped[str] = mapped_column(String(10))
    counts_as_online: Mapped[bool]

    applicant_name: Mapped[str]
    # Without diacritics, and up to three letters for one: «ﬃ» is searched as "ffi".
    name_key: Mapped[str] = mapped_column(String(600))
    citizen_id_key: Mapped[str | None] = mapped_column(String(64), index=True)
    phone_key: Mapped[str | None] = mapped_column(String(64), index=True)
    content_sealed: Mapped[bytes]  # applicant, answers, documents, collection

    received_at: Mapped[datetime]
    # As first given, never rewritten. None: the law sets no term that can be counted.
    due_at: Mapped[datetime | None]
    promised_at: Mapped[datetime | None]
    # The same two as moved since by suspensions and granted extensions.
    deadline_at: Mapped[datetime | None]
    expected_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]  # the clock stands still since: a supplement is awaited
    finished_at: Mapped[datetime | None]  # the result was ready, or the dossier was refused or stopped
    returned_at: Mapped[datetime | None]
    collector_sealed: Mapped[bytes | None]  # who collected the result, and how they proved it
    # What kind of day it was for this dossier.
    service_days: Mapped[list[Any]] = mapped_column(default=list)  # lineages of the rules that held
    same_day: Mapped[bool] = mapped_column(default=False)  # a rule promised the result for that day
    visit_minutes: Mapped[int | None]  # how long the person was to wait for it
    applicant_kind: Mapped[str] = mapped_column(String(12), default="citizen")
    helper_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # who helped the citizen file
    voucher_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # who vouched for who they are
    papers_hash: Mapped[str | None] = mapped_column(String(64))  # sha256 over the hashes of all its pages
    paper_reason: Mapped[str] = mapped_column(String(24), default="")  # why paper was taken all the same
    sheets_taken: Mapped[int] = mapped_column(default=0)  # handed in on paper
    sheets_saved: Mapped[int] = mapped_column(default=0)  # that nobody had to hand in or print
    without_paper: Mapped[bool] = mapped_column(default=False)
    fee: Mapped[int | None]  # whole đồng; None: told at the counter
    collection: Mapped[str] = mapped_column(String(20))

    # Four independent lines: a failed synchronisation never undoes an issued result.
    status: Mapped[str] = mapped_column(String(30), default="received")
    payment_status: Mapped[str] = mapped_column(String(20), default="unpaid")
    delivery_status: Mapped[str] = mapped_column(String(20), default="none")
    sync_status: Mapped[str] = mapped_column(String(20), default="none")

    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))  # who has it; None: the front desk
    held_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # who works on it now,
    held_until: Mapped[datetime | None]  # and until when nobody else may

    office: Mapped[Office] = relationship()
    receipt: Mapped[Receipt] = relationship(back_populates="dossier")
    holder: Mapped[Person | None] = relationship(foreign_keys=[held_by])
    helper: Mapped[Person | None] = relationship(foreign_keys=[helper_id])
    unit: Mapped[Unit | None] = relationship()
    procedure_version: Mapped[ProcedureVersion] = relationship()
    point: Mapped[AcceptancePoint] = relationship()


class DossierWord(Record):
    """An index of our own: a dossier under each word of its applicant's name and of its code.

    ``words`` repeats all of them, with a blank around each, so that a run of this
    table tells by itself which of its dossiers have the other words of a search.
    Every dossier also stands under the word "". No foreign keys: it can be made
    anew from the dossiers.
    """

    __tablename__ = "dossier_word"
    __table_args__ = (
        PrimaryKeyConstraint("office_id", "word", "dossier_id", postgresql_include=["words"]),
        {"sqlite_with_rowid": False},
    )

    office_id: Mapped[int] = mapped_column(autoincrement=False)
    word: Mapped[str] = mapped_column(BY_LETTER)
    dossier_id: Mapped[int] = mapped_column(autoincrement=False)
    words: Mapped[str] = mapped_column(String(800))


class Event(Record):
    """Something that happened to a dossier, a ticket or the office. Appended, never edited.

    ``office_id`` is None for what concerns the installation (its administrators).
    """

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_office_id_at", "office_id", "at"),
        Index("ix_event_office_id_kind", "office_id", "kind"),
        Index(
            "ix_event_item_id",
            "item_id",
            sqlite_where=text("item_id IS NOT NULL"),
            postgresql_where=text("item_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("postal_item.id"))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: a citizen, a machine
    actor: Mapped[str]
    device: Mapped[str]
    facts: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(Text, default="")


class EventSeal(Record):
    """The place of one event in the chain: ``mac`` covers the event and the mac before it.

    Written soon after the event by one worker at a time; see intake/audit.py.
    """

    __tablename__ = "event_seal"

    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), unique=True)
    mac: Mapped[str] = mapped_column(String(64))


class ChainHead(Record):
    """How long the chain of events is, under a mac of its own: a cut tail is noticed."""

    __tablename__ = "chain_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    length: Mapped[int] = mapped_column(default=0)
    settled_id: Mapped[int] = mapped_column(default=0)  # no event up to this id can still appear
    candidate_id: Mapped[int] = mapped_column(default=0)  # the next watermark,
    candidate_at: Mapped[datetime | None]  # chosen then
    mac: Mapped[str] = mapped_column(String(64), default="")


class Receipt(Record):
    """The proof of reception: its signed QR and the facts every drawing is made from.

    ``facts_sealed`` is the JSON of intake.receipt.ReceiptFacts.
    """

    __tablename__ = "receipt"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), unique=True)
    payload: Mapped[str] = mapped_column(String(400))
    facts_sealed: Mapped[bytes]
    issued_at: Mapped[datetime]

    dossier: Mapped[Dossier] = relationship(back_populates="receipt")

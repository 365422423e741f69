"""What the office remembers. Records relate and constrain; they decide nothing.

Personal data: ``…_sealed`` columns hold authenticated ciphertext (see
intake/keys.py), ``…_key`` columns a keyed hash to find a row again.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry, relationship
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC; SQLite keeps no zone, so a naive value is a bug of ours."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Record(DeclarativeBase):
    """The base of every table."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            datetime: UtcDateTime(),
            bytes: LargeBinary(),
            str: String(200),
            dict[str, Any]: JSON(),
            list[Any]: JSON(),
        },
    )


class Office(Record):
    """A one-stop centre, which receives dossiers and numbers them."""

    __tablename__ = "office"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)  # agency identifier, «H56.17.22»
    name: Mapped[str]
    place: Mapped[str]
    agency_name: Mapped[str]
    collect_at: Mapped[str]
    hotline: Mapped[str] = mapped_column(String(40))
    code_template: Mapped[str] = mapped_column(String(80), default="{agency}-{yymmdd}-{seq4}")
    # {"working": {"0": [["07:30","11:30"],…]}, "intake": {…}}; weekday 0 is Monday
    hours: Mapped[dict[str, Any]]

    printers: Mapped[list[Printer]] = relationship(back_populates="office", order_by="Printer.id")


class OfficeRule(Record):
    """A setting of the office that holds between two dates, with its instrument.

    Names in use: "kiosk_counts_as_online" (bool), "promised_share" (percent of
    the statutory term for electronic dossiers).
    """

    __tablename__ = "office_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    value: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    instrument: Mapped[str] = mapped_column(default="")


class CalendarDay(Record):
    """A holiday, substitute, swapped or make-up day; ``office_id`` None is the whole country."""

    __tablename__ = "calendar_day"
    __table_args__ = (UniqueConstraint("office_id", "date"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    date: Mapped[date]
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(default="")
    instrument: Mapped[str] = mapped_column(default="")
    provisional: Mapped[bool] = mapped_column(default=False)


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


class AcceptancePoint(Record):
    """A kiosk, a post counter or a desk: where a dossier is received."""

    __tablename__ = "acceptance_point"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(String(10))
    printer_id: Mapped[int | None] = mapped_column(ForeignKey("printer.id"))

    office: Mapped[Office] = relationship(lazy="joined", innerjoin=True)


class Division(Record):
    """A province or commune of the two-level system, with the dates it exists."""

    __tablename__ = "division"
    __table_args__ = (UniqueConstraint("code", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(10))
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(String(30))
    parent_code: Mapped[str | None] = mapped_column(String(10), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    instrument: Mapped[str] = mapped_column(default="")


class OldDivision(Record):
    """A unit that no longer exists and the one that took its place."""

    __tablename__ = "old_division"
    __table_args__ = (UniqueConstraint("old_code", "new_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    old_code: Mapped[str] = mapped_column(String(10))
    old_name: Mapped[str]
    old_kind: Mapped[str] = mapped_column(String(30), default="")
    old_parent_name: Mapped[str] = mapped_column(default="")
    new_code: Mapped[str] = mapped_column(String(10), index=True)
    instrument: Mapped[str] = mapped_column(default="")


class ProcedureVersion(Record):
    """One version of a procedure; never changed once saved, because dossiers in flight keep it."""

    __tablename__ = "procedure_version"
    __table_args__ = (UniqueConstraint("procedure_code", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    procedure_code: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    fingerprint: Mapped[str] = mapped_column(String(64))
    definition: Mapped[dict[str, Any]]
    source: Mapped[str]
    created_at: Mapped[datetime]


class OfferedProcedure(Record):
    """A procedure this office receives; ``position`` orders the tiles."""

    __tablename__ = "offered_procedure"
    __table_args__ = (UniqueConstraint("office_id", "procedure_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    procedure_code: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]


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
    draft_sealed: Mapped[bytes | None]
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"))

    point: Mapped[AcceptancePoint] = relationship(lazy="joined", innerjoin=True)


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
        Index("ix_dossier_office_id_received_at", "office_id", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    acceptance_point_id: Mapped[int] = mapped_column(ForeignKey("acceptance_point.id"))
    procedure_version_id: Mapped[int] = mapped_column(ForeignKey("procedure_version.id"))
    dossier_code: Mapped[str] = mapped_column(String(64), unique=True)
    attempt: Mapped[str] = mapped_column(String(64), unique=True)
    channel: Mapped[str] = mapped_column(String(10))
    counts_as_online: Mapped[bool]

    applicant_name: Mapped[str]
    # Without diacritics, and up to three letters for one: «ﬃ» is searched as "ffi".
    name_key: Mapped[str] = mapped_column(String(600), index=True)
    citizen_id_key: Mapped[str | None] = mapped_column(String(64), index=True)
    phone_key: Mapped[str | None] = mapped_column(String(64), index=True)
    content_sealed: Mapped[bytes]  # applicant, answers, documents, collection

    received_at: Mapped[datetime]
    due_at: Mapped[datetime | None]  # None: the law sets no term that can be counted
    promised_at: Mapped[datetime | None]
    fee: Mapped[int | None]  # whole đồng; None: told at the counter
    collection: Mapped[str] = mapped_column(String(20))

    # Four independent lines: a failed synchronisation never undoes an issued result.
    status: Mapped[str] = mapped_column(String(30), default="received")
    payment_status: Mapped[str] = mapped_column(String(20), default="unpaid")
    delivery_status: Mapped[str] = mapped_column(String(20), default="none")
    sync_status: Mapped[str] = mapped_column(String(20), default="none")

    office: Mapped[Office] = relationship()
    receipt: Mapped[Receipt] = relationship(back_populates="dossier")


class Event(Record):
    """Something that happened to a dossier. Appended, never edited."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str]
    device: Mapped[str]
    facts: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(Text, default="")


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


class Errand(Record):
    """A paper promised to a printer: the ledger of what was and was not printed.

    queued → claimed → sending → printed | unknown; not printed goes back to
    queued, or to given_up when nothing more is tried by itself.
    """

    __tablename__ = "errand"
    __table_args__ = (
        UniqueConstraint("receipt_id", "copy_no"),
        CheckConstraint(
            "state in ('queued', 'claimed', 'sending', 'printed', 'unknown', 'given_up')", name="state"
        ),
        Index("ix_errand_state_not_before", "state", "not_before"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipt.id"))
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

    receipt: Mapped[Receipt] = relationship()
    printer: Mapped[Printer] = relationship()


class Heartbeat(Record):
    """When a worker was last seen at work."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]

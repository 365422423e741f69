"""The public post: what it takes for the office and brings home, who had it when, and its money."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from intake.records.base import Record

if TYPE_CHECKING:
    from intake.records.catalogue import ProcedureVersion
    from intake.records.dossiers import Dossier
    from intake.records.offices import AcceptancePoint, Office
    from intake.records.people import Person


class PostalItem(Record):
    """One sealed item: a dossier on its way to the office ("in"), or a result on its way home ("home").

    ``point`` is the post office that took it, or brings it. What is in it, and
    for whom, is the JSON of intake.post.contents, sealed.
    """

    __tablename__ = "postal_item"
    __table_args__ = (
        CheckConstraint("direction in ('in', 'home')", name="direction"),
        # The post gives no S10 number twice within a year; an item ends sooner.
        UniqueConstraint("office_id", "item_number"),
        Index("ix_postal_item_point_id_taken_at", "point_id", "taken_at"),
        Index("ix_postal_item_office_id_direction_status", "office_id", "direction", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    point_id: Mapped[int] = mapped_column(ForeignKey("acceptance_point.id"))
    direction: Mapped[str] = mapped_column(String(4))
    attempt: Mapped[str] = mapped_column(String(64), unique=True)
    item_number: Mapped[str] = mapped_column(String(40))
    is_s10: Mapped[bool]
    procedure_version_id: Mapped[int] = mapped_column(ForeignKey("procedure_version.id"))
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"), index=True)  # "in": later
    masked_name: Mapped[str] = mapped_column(String(120))  # «L. T. N. Lan», for lists
    content_sealed: Mapped[bytes]
    receipt_payload: Mapped[str] = mapped_column(String(400), default="")  # the signed code of an "in" item

    seal_number: Mapped[str] = mapped_column(String(40), default="")
    witnessed: Mapped[bool] = mapped_column(default=False)  # sealed before the sender's eyes
    grams: Mapped[int] = mapped_column(default=0)
    zone: Mapped[str] = mapped_column(String(20), default="")
    wants_home: Mapped[bool] = mapped_column(default=False)  # the result comes home by post as well
    payer: Mapped[str] = mapped_column(String(10), default="sender")  # or "province"
    exemption: Mapped[str] = mapped_column(String(20), default="")
    charge: Mapped[int] = mapped_column(default=0)  # of the post, whole đồng, VAT included
    fee: Mapped[int | None]  # of the procedure, the State's money taken by the post; None: at the office
    consent: Mapped[str] = mapped_column(String(20), default="")  # version of the text agreed to

    taken_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: packed at the office
    taken_at: Mapped[datetime]
    arrived_at: Mapped[datetime]  # in our books; later than taken_at when taken without a network
    status: Mapped[str] = mapped_column(String(20))  # intake.rules.post.Step
    status_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)  # deliveries tried in vain
    proof_sealed: Mapped[bytes | None]  # who took it home, how they were known, signature or photograph
    form_home: Mapped[bool] = mapped_column(default=False)  # form 01 went back with a manifest

    office: Mapped[Office] = relationship()
    point: Mapped[AcceptancePoint] = relationship()
    procedure_version: Mapped[ProcedureVersion] = relationship()
    dossier: Mapped[Dossier | None] = relationship()
    clerk: Mapped[Person | None] = relationship()
    steps: Mapped[list[PostalStep]] = relationship(order_by="PostalStep.at, PostalStep.id")


class PostalStep(Record):
    """Where an item was, and who had it: told by our people, or by the operator's system. Appended only."""

    __tablename__ = "postal_step"
    __table_args__ = (UniqueConstraint("source", "message_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("postal_item.id"), index=True)
    step: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]  # when it happened
    told_at: Mapped[datetime]  # when we learned of it
    source: Mapped[str] = mapped_column(String(40))  # "clerk", "officer", "operator:<id>"
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: an operator's system
    message_id: Mapped[str | None] = mapped_column(String(80))  # the operator's own; once from each source
    holder: Mapped[str] = mapped_column(default="")  # who had it from then on, by name or office
    place: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(String(40), default="")  # of a failure


class Manifest(Record):
    """A hand-over list, bảng kê giao nhận: built by one side, scanned in by the other, confirmed by both.

    "in" goes from the post to the office, "home" from the office to the post.
    ``state``: "open", "closed" (listed and counted), "arrived" (the other side
    has begun to scan it), "received" (confirmed by the receiving side), "agreed"
    (and by the giving side). Source: Quyết định 45/2016/QĐ-TTg.
    """

    __tablename__ = "manifest"
    __table_args__ = (
        CheckConstraint("direction in ('in', 'home')", name="direction"),
        UniqueConstraint("office_id", "number"),
        Index("ix_manifest_point_id_state", "point_id", "state"),
        Index("ix_manifest_office_id_state", "office_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    point_id: Mapped[int] = mapped_column(ForeignKey("acceptance_point.id"))
    direction: Mapped[str] = mapped_column(String(4))
    number: Mapped[str] = mapped_column(String(40))  # «BK-BĐ07-261126-01»
    state: Mapped[str] = mapped_column(String(10), default="open")
    bag_number: Mapped[str] = mapped_column(String(40), default="")
    bag_seal: Mapped[str] = mapped_column(String(40), default="")
    opened_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    received_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    received_at: Mapped[datetime | None]
    agreed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    agreed_at: Mapped[datetime | None]
    fee_listed: Mapped[int] = mapped_column(default=0)  # State money that comes with it, whole đồng
    fee_counted: Mapped[int | None]  # as the receiving side counted it
    version: Mapped[int] = mapped_column(default=1)

    office: Mapped[Office] = relationship()
    point: Mapped[AcceptancePoint] = relationship()
    opener: Mapped[Person] = relationship(foreign_keys=[opened_by])
    receiver: Mapped[Person | None] = relationship(foreign_keys=[received_by])
    lines: Mapped[list[ManifestLine]] = relationship(
        back_populates="manifest", order_by="ManifestLine.position, ManifestLine.id"
    )


class ManifestLine(Record):
    """An item on a list. ``outcome`` is of intake.rules.post.Outcome; a discrepancy lives until resolved."""

    __tablename__ = "manifest_line"
    __table_args__ = (
        UniqueConstraint("manifest_id", "item_number"),
        Index("ix_manifest_line_outcome_resolved_at", "outcome", "resolved_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"))
    position: Mapped[int]
    item_id: Mapped[int | None] = mapped_column(ForeignKey("postal_item.id"), index=True)  # None: nobody's
    item_number: Mapped[str] = mapped_column(String(40))
    with_form: Mapped[bool] = mapped_column(default=False)  # form 01 of it goes home
    outcome: Mapped[str] = mapped_column(String(12), default="listed")
    scanned_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    scanned_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(String(300), default="")
    resolution: Mapped[str] = mapped_column(String(20), default="")
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    resolved_at: Mapped[datetime | None]

    manifest: Mapped[Manifest] = relationship(back_populates="lines")
    item: Mapped[PostalItem | None] = relationship()


class PostalTariff(Record):
    """A price of the post while it holds: for a zone, up to a weight; or per further step beyond the last.

    Source: ceilings of Thông tư 22/2017/TT-BTTTT; the amounts are the operator's.
    """

    __tablename__ = "postal_tariff"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    zone: Mapped[str] = mapped_column(String(20))  # intake.rules.tariffs.ZONES
    grams: Mapped[int]  # up to; of a further step: its size
    is_further: Mapped[bool] = mapped_column(default=False)
    price: Mapped[int]  # whole đồng, VAT included
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    instrument: Mapped[str] = mapped_column(default="")


class PostalExemption(Record):
    """Who pays less, by rule and within its validity. ``account`` is "charge" or "fee"."""

    __tablename__ = "postal_exemption"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    words: Mapped[str]
    account: Mapped[str] = mapped_column(String(6))
    percent: Mapped[int]  # taken off
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    instrument: Mapped[str] = mapped_column(default="")


class ItemRange(Record):
    """Item numbers the operator gave this post office for labels of our own. ``next_serial`` is free."""

    __tablename__ = "item_range"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    point_id: Mapped[int] = mapped_column(ForeignKey("acceptance_point.id"), index=True)
    service: Mapped[str] = mapped_column(String(2))
    country: Mapped[str] = mapped_column(String(2), default="VN")
    first_serial: Mapped[int]
    last_serial: Mapped[int]
    next_serial: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)


class NumberBlock(Record):
    """Numbers a device holds for when the line is cut; whatever it does not use is lost, never doubled."""

    __tablename__ = "number_block"

    id: Mapped[int] = mapped_column(primary_key=True)
    range_id: Mapped[int] = mapped_column(ForeignKey("item_range.id"))
    point_id: Mapped[int] = mapped_column(ForeignKey("acceptance_point.id"))
    first_serial: Mapped[int]
    last_serial: Mapped[int]
    taken_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    taken_at: Mapped[datetime]


class PostalShift(Record):
    """A clerk's turn at the till: what must be there, what was counted."""

    __tablename__ = "postal_shift"
    __table_args__ = (Index("ix_postal_shift_point_id_opened_at", "point_id", "opened_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    point_id: Mapped[int] = mapped_column(ForeignKey("acceptance_point.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    expected_charge: Mapped[int] = mapped_column(default=0)
    expected_fee: Mapped[int] = mapped_column(default=0)
    counted_charge: Mapped[int | None]
    counted_fee: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text, default="")  # of a difference

    person: Mapped[Person] = relationship()
    point: Mapped[AcceptancePoint] = relationship()


class PostalMoney(Record):
    """Money that passed over the counter of the post. Appended only: a correction is a line of its own.

    ``account``: "charge" is the post's own, "fee" the State's; they are never mixed.
    """

    __tablename__ = "postal_money"
    __table_args__ = (
        CheckConstraint("account in ('charge', 'fee')", name="account"),
        UniqueConstraint("point_id", "receipt_no"),
        Index("ix_postal_money_point_id_at", "point_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    point_id: Mapped[int] = mapped_column(ForeignKey("acceptance_point.id"))
    shift_id: Mapped[int | None] = mapped_column(ForeignKey("postal_shift.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("postal_item.id"), index=True)
    account: Mapped[str] = mapped_column(String(6))
    amount: Mapped[int]  # whole đồng; below zero: given back
    receipt_no: Mapped[str] = mapped_column(String(40))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("postal_money.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    item: Mapped[PostalItem] = relationship()
    person: Mapped[Person] = relationship()


class PostalOperator(Record):
    """A system that tells us where items are; known by its key, of which we keep a fingerprint."""

    __tablename__ = "postal_operator"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    name: Mapped[str]
    key_print: Mapped[str] = mapped_column(String(64), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


class SavedDraft(Record):
    """What a citizen began at a kiosk and carries on elsewhere, under a code, for a set time."""

    __tablename__ = "saved_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    code_key: Mapped[str] = mapped_column(String(64), unique=True)
    draft_sealed: Mapped[bytes | None]  # gone once used or over,
    slip_sealed: Mapped[bytes | None]  # and so is what its slip says
    saved_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

"""Numbers: what people wait for, who waits, and at which counter they are called."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from intake.records.base import Record

if TYPE_CHECKING:
    from intake.records.offices import AcceptancePoint, Office

counter_service = Table(
    "counter_service",
    Record.metadata,
    Column("acceptance_point_id", ForeignKey("acceptance_point.id"), primary_key=True),
    Column("service_group_id", ForeignKey("service_group.id"), primary_key=True),
)


class ServiceGroup(Record):
    """What people take a number for: a letter and a line of its own every day."""

    __tablename__ = "service_group"
    __table_args__ = (UniqueConstraint("office_id", "prefix"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    prefix: Mapped[str] = mapped_column(String(2))
    name: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)
    usual_minutes: Mapped[int] = mapped_column(default=10)  # of one service, until today's are known
    active: Mapped[bool] = mapped_column(default=True)


class Ticket(Record):
    """One number of one day, without a name.

    waiting → called → serving → done; called → held | no_show; held and no_show
    → waiting. ``queued_at`` orders the line: going back in line or to another
    group changes it. ``priority`` is the reason, "" for most people.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        CheckConstraint("state in ('waiting', 'called', 'serving', 'held', 'no_show', 'done')", name="state"),
        UniqueConstraint("office_id", "day", "prefix", "number"),
        Index("ix_ticket_line", "office_id", "day", "state", "service_group_id", "queued_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    service_group_id: Mapped[int] = mapped_column(ForeignKey("service_group.id"))
    day: Mapped[date]
    prefix: Mapped[str] = mapped_column(String(2))  # of the group it was taken for
    number: Mapped[int]
    attempt: Mapped[str] = mapped_column(String(64), unique=True)
    token_key: Mapped[str] = mapped_column(String(64), unique=True)  # of the address on its QR
    priority: Mapped[str] = mapped_column(String(20), default="")
    priority_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: said at the kiosk
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    taken_at: Mapped[datetime]
    queued_at: Mapped[datetime]
    taken_from: Mapped[int | None] = mapped_column(ForeignKey("acceptance_point.id"))
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"))
    # What was said when it was taken: {"ahead", "low", "high", "address"}; low and high None when unknown.
    told: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # Who alone may call it next; None: any counter that serves its group.
    wanted_counter_id: Mapped[int | None] = mapped_column(ForeignKey("acceptance_point.id"))
    counter_id: Mapped[int | None] = mapped_column(ForeignKey("acceptance_point.id"))  # the last that called
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # the officer
    calls: Mapped[int] = mapped_column(default=0)
    called_at: Mapped[datetime | None]
    serving_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    office: Mapped[Office] = relationship()
    group: Mapped[ServiceGroup] = relationship()
    counter: Mapped[AcceptancePoint | None] = relationship(foreign_keys=[counter_id])

"""Service days: their rules, when they were suspended, and what is known of how they went."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from intake.records.base import Record
from intake.records.people import Person


class ServiceDayVersion(Record):
    """One version of a rule of an office; ``definition`` is read by intake.rules.service_day_file.

    draft → approved → published → ended; a draft may be discarded. Once
    published it is never edited: dossiers of its days keep it. ``lineage`` is
    the same for all versions of one rule.
    """

    __tablename__ = "service_day_version"
    __table_args__ = (
        CheckConstraint("state in ('draft', 'approved', 'published', 'ended', 'discarded')", name="state"),
        UniqueConstraint("office_id", "lineage", "version"),
        Index("ix_service_day_version_office_id_state", "office_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    lineage: Mapped[str] = mapped_column(String(24))
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="draft")
    title: Mapped[str]
    definition: Mapped[dict[str, Any]]
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    approver: Mapped[Person | None] = relationship(foreign_keys=[approved_by])


class ServiceDaySuspension(Record):
    """A time in which the rules of an office rest; ``lineage`` "" means all of them.

    It lasts until ``ended_at``, at most until ``asked_until``, and without a
    second person's word only until ``alone_until``.
    """

    __tablename__ = "service_day_suspension"
    __table_args__ = (Index("ix_service_day_suspension_office_id_begins_at", "office_id", "begins_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    lineage: Mapped[str] = mapped_column(String(24), default="")
    begins_at: Mapped[datetime]
    asked_until: Mapped[datetime]
    alone_until: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text, default="")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class ReadinessCheck(Record):
    """What was found the evening before, or when asked. ``slot`` is "evening" once a day, else a time."""

    __tablename__ = "readiness_check"
    __table_args__ = (UniqueConstraint("office_id", "for_day", "slot"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    for_day: Mapped[date]
    slot: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: by itself
    go: Mapped[bool]
    lines: Mapped[list[Any]]


class FallbackForm(Record):
    """A numbered form printed for an outage: what is received on it is entered once, and linked."""

    __tablename__ = "fallback_form"
    __table_args__ = (UniqueConstraint("office_id", "year", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    year: Mapped[int]
    number: Mapped[int]
    printed_at: Mapped[datetime]
    printed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    taken_at: Mapped[datetime | None]  # when the dossier was received on paper
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"), unique=True)


class DayFigure(Record):
    """The sum over the dossiers received on one day, of one procedure and under the same rules.

    Made anew from the dossiers whenever one of them changes: intake/figures.py.
    ``rules`` names the lineages that held, sorted and joined by a blank.
    """

    __tablename__ = "day_figure"
    __table_args__ = (PrimaryKeyConstraint("office_id", "day", "procedure_code", "rules"),)

    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    day: Mapped[date]
    procedure_code: Mapped[str] = mapped_column(String(20))
    rules: Mapped[str]
    figures: Mapped[dict[str, Any]]


class FigureHead(Record):
    """Up to which event the days are summed up."""

    __tablename__ = "figure_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rolled_id: Mapped[int] = mapped_column(default=0)

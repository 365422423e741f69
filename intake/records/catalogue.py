"""Procedures and the places an answer may name."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from intake.records.base import Record


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
    words: Mapped[list[Any]] = mapped_column(default=list)  # what people here search it by
    service_group_id: Mapped[int | None] = mapped_column(ForeignKey("service_group.id"))


class FailedSearch(Record):
    """Words typed at a kiosk that led to no procedure, until a manager says what they mean."""

    __tablename__ = "failed_search"
    __table_args__ = (UniqueConstraint("office_id", "words"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    words: Mapped[str] = mapped_column(String(80))
    times: Mapped[int] = mapped_column(default=1)
    last_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

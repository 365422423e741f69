"""Papers issued about a dossier after its receipt, and its way between units."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from intake.records.base import Record

if TYPE_CHECKING:
    from intake.records.dossiers import Dossier
    from intake.records.offices import Unit
    from intake.records.people import Person


class Notice(Record):
    """A supplement request, refusal, apology or stop notice: forms 02 to 05.

    ``facts_sealed`` is the JSON of intake.notices.NoticeFacts. A proposed notice
    has no number yet: numbers are given when it is issued, without gaps in the
    office, form and year.
    """

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint("state in ('proposed', 'issued', 'withdrawn')", name="state"),
        UniqueConstraint("office_id", "form", "year", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    form: Mapped[str] = mapped_column(String(20))  # "supplement_request", "refusal_notice", …
    form_set: Mapped[str] = mapped_column(String(20))  # "tt03_2025" or "tt01_2018"
    year: Mapped[int | None]
    number: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(10))
    stage: Mapped[str] = mapped_column(String(20), default="")  # of a supplement: "intake" or "appraisal"
    until: Mapped[datetime | None]  # a supplement's last moment; the new time an apology asks for
    facts_sealed: Mapped[bytes]
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: a broken promise did
    proposed_at: Mapped[datetime]
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    issued_at: Mapped[datetime | None]

    dossier: Mapped[Dossier] = relationship()


class Handover(Record):
    """A dossier given from one unit to another: complete once the other side confirmed.

    A unit of None is the front desk of the office.
    """

    __tablename__ = "handover"
    __table_args__ = (
        Index(
            "uq_handover_open",
            "dossier_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    from_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    to_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    given_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(500), default="")
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(10))  # "received", "declined" or "withdrawn"
    on_time: Mapped[str | None] = mapped_column(String(10))  # form 06: "early", "on_time", "late"

    dossier: Mapped[Dossier] = relationship()
    from_unit: Mapped[Unit | None] = relationship(foreign_keys=[from_unit_id])
    to_unit: Mapped[Unit | None] = relationship(foreign_keys=[to_unit_id])
    giver: Mapped[Person] = relationship(foreign_keys=[given_by])
    closer: Mapped[Person | None] = relationship(foreign_keys=[closed_by])

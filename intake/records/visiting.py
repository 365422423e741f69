"""How a visit went: the screens somebody stood at, who helped, and how content they were."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from intake.records.base import Record

if TYPE_CHECKING:
    from intake.records.dossiers import Visit
    from intake.records.people import Person


class VisitStep(Record):
    """One stay at one screen: for how long, what erred there, who helped. Nothing that was typed."""

    __tablename__ = "visit_step"
    __table_args__ = (Index("ix_visit_step_office_id_began_at", "office_id", "began_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    procedure_code: Mapped[str] = mapped_column(String(20), default="")
    place: Mapped[str] = mapped_column(String(60))  # as kiosk.here.path() writes it: «questions.child»
    device: Mapped[str] = mapped_column(String(10), default="kiosk")  # kind of the point: "kiosk" or "phone"
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # None: still there, or never left in an orderly way
    left_by: Mapped[str] = mapped_column(String(10), default="")  # see intake.steps_taken
    faults: Mapped[list[Any]] = mapped_column(default=list)  # «born:empty», each once
    helper_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # who helped with this screen


class Assistance(Record):
    """One officer and one visit: what they were allowed, what they pointed at, where they helped.

    ``kind`` "beside" stands at the kiosk, "remote" sees the masked step at the desk. A remote one fills
    nothing before the citizen consented on the screen. The citizen confirms at the end: "yes" or "no".
    """

    __tablename__ = "assistance"
    __table_args__ = (CheckConstraint("kind in ('beside', 'remote')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(10))
    began_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]  # for consent to fill something in
    asked_place: Mapped[str] = mapped_column(String(60), default="")  # on this screen, and on no other
    consented_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    pointed: Mapped[str] = mapped_column(String(80), default="")  # the key of the field pointed at
    pointed_at: Mapped[datetime | None]
    filled_sealed: Mapped[bytes | None]  # what they filled in, until the screen takes it over
    steps: Mapped[list[Any]] = mapped_column(default=list)  # places helped with
    confirmed: Mapped[str] = mapped_column(String(3), default="")
    confirmed_at: Mapped[datetime | None]

    visit: Mapped[Visit] = relationship()
    person: Mapped[Person] = relationship()


class Rating(Record):
    """How content somebody was with one dossier, once: 3 content, 2 so-so, 1 not. Never shown with a name."""

    __tablename__ = "rating"
    __table_args__ = (
        CheckConstraint("score between 1 and 3", name="score"),
        Index("ix_rating_office_id_at", "office_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), unique=True)
    score: Mapped[int]
    place: Mapped[str] = mapped_column(String(10))  # "kiosk" or "phone"
    at: Mapped[datetime]

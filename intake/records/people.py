"""People who work here, what they may do, and where they are signed in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from intake.records.base import Record
from intake.records.offices import AcceptancePoint, Office


class Person(Record):
    """Somebody with an account. ``password_hash`` is None until the one-time link was used."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(40), unique=True)  # small letters
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str | None]
    password_set_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)  # wrong passwords or codes since the last right one
    locked_until: Mapped[datetime | None]
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary())
    totp_step: Mapped[int | None]  # the last time step a code was taken of: no code opens twice
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    assignments: Mapped[list[Assignment]] = relationship(
        back_populates="person", cascade="all, delete-orphan", order_by="Assignment.id"
    )


class Assignment(Record):
    """A role of a person in an office; ``office_id`` None for an administrator of the installation."""

    __tablename__ = "assignment"
    __table_args__ = (UniqueConstraint("person_id", "office_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))  # intake.rules.rights.Role
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))  # whose dossiers they decide
    point_id: Mapped[int | None] = mapped_column(ForeignKey("acceptance_point.id"))  # a clerk's post office

    person: Mapped[Person] = relationship(back_populates="assignments")


class RecoveryCode(Record):
    """A code for whoever lost the second factor; each opens once."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code_key: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class Invitation(Record):
    """A one-time link to choose a password; ``person_id`` None makes the first administrator."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_key: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    person: Mapped[Person | None] = relationship()


class SignIn(Record):
    """One person at one screen from signing in to signing out; the cookie holds an opaque secret."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_key: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    point_id: Mapped[int | None] = mapped_column(ForeignKey("acceptance_point.id"))  # the counter sat at
    started_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    passed_totp: Mapped[bool] = mapped_column(default=False)

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    office: Mapped[Office | None] = relationship(lazy="joined")
    point: Mapped[AcceptancePoint | None] = relationship(lazy="joined")

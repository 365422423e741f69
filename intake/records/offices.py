"""The office: its points, hours, days and dated rules."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from intake.records.base import Record

if TYPE_CHECKING:
    from intake.records.printing import Printer
    from intake.records.queue import ServiceGroup


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
    receipt_note: Mapped[str] = mapped_column(String(300), default="")  # the office's own line on receipts
    kiosks_open: Mapped[bool] = mapped_column(default=False)  # a demo: any browser may be a kiosk
    version: Mapped[int] = mapped_column(default=1)  # goes up with every change of the row or its lists

    printers: Mapped[list[Printer]] = relationship(back_populates="office", order_by="Printer.id")


class OfficeHours(Record):
    """The hours from a day on, as in ``Office.hours``, which holds before the first of these."""

    __tablename__ = "office_hours"
    __table_args__ = (UniqueConstraint("office_id", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    valid_from: Mapped[date]
    hours: Mapped[dict[str, Any]]
    instrument: Mapped[str] = mapped_column(default="")


class OfficeRule(Record):
    """A setting of the office that holds between two dates, with its instrument.

    Names in use and their values: intake.rules.office_rules.OFFICE_RULES.
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


class AcceptancePoint(Record):
    """Where a dossier is received: a kiosk, a post counter, a desk, or the citizens' own phones ("phone")."""

    __tablename__ = "acceptance_point"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(String(10))
    printer_id: Mapped[int | None] = mapped_column(ForeignKey("printer.id"))
    active: Mapped[bool] = mapped_column(default=True)
    size: Mapped[int] = mapped_column(default=1)  # letters of a kiosk at the start of a visit: 1, 2 or 3
    profile: Mapped[str] = mapped_column(String(20), default="standard")  # "standard" or "high_contrast"
    earphones: Mapped[bool] = mapped_column(default=False)  # a socket that silences its loudspeaker
    scanner: Mapped[str] = mapped_column(String(200), default="")  # SANE's name of its document scanner
    scanner_host: Mapped[str] = mapped_column(default="")  # whose worker drives it; "": any
    # A kiosk is known by a secret in its cookie; a code typed there once, and soon, gives it one.
    device_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_until: Mapped[datetime | None]
    registered_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    office: Mapped[Office] = relationship(lazy="joined", innerjoin=True)
    printer: Mapped[Printer | None] = relationship()
    service_groups: Mapped[list[ServiceGroup]] = relationship(
        secondary="counter_service", order_by="ServiceGroup.position"
    )


class Unit(Record):
    """A unit that decides dossiers of this office: a division of the commune, the police, the land branch."""

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("office_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)

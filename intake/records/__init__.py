"""What the office remembers. Records relate and constrain; they decide nothing.

Personal data: ``…_sealed`` columns hold authenticated ciphertext (see
intake/keys.py), ``…_key`` columns a keyed hash to find a row again.
"""

from intake.records.base import Record, UtcDateTime
from intake.records.catalogue import Division, FailedSearch, OfferedProcedure, OldDivision, ProcedureVersion
from intake.records.dossiers import ChainHead, Counter, Dossier, DossierWord, Event, EventSeal, Receipt, Visit
from intake.records.notices import Handover, Notice
from intake.records.offices import AcceptancePoint, CalendarDay, Office, OfficeHours, OfficeRule, Unit
from intake.records.people import Assignment, Invitation, Person, RecoveryCode, SignIn
from intake.records.post import (
    ItemRange,
    Manifest,
    ManifestLine,
    NumberBlock,
    PostalExemption,
    PostalItem,
    PostalMoney,
    PostalOperator,
    PostalShift,
    PostalStep,
    PostalTariff,
    SavedDraft,
)
from intake.records.printing import Errand, Heartbeat, Printer
from intake.records.queue import ServiceGroup, Ticket, counter_service
from intake.records.service_days import (
    DayFigure,
    FallbackForm,
    FigureHead,
    ReadinessCheck,
    ServiceDaySuspension,
    ServiceDayVersion,
)

__all__ = [
    "AcceptancePoint",
    "Assignment",
    "CalendarDay",
    "ChainHead",
    "Counter",
    "DayFigure",
    "Division",
    "Dossier",
    "DossierWord",
    "Errand",
    "Event",
    "EventSeal",
    "FailedSearch",
    "FallbackForm",
    "FigureHead",
    "Handover",
    "Heartbeat",
    "Invitation",
    "ItemRange",
    "Manifest",
    "ManifestLine",
    "Notice",
    "NumberBlock",
    "OfferedProcedure",
    "Office",
    "OfficeHours",
    "OfficeRule",
    "OldDivision",
    "Person",
    "PostalExemption",
    "PostalItem",
    "PostalMoney",
    "PostalOperator",
    "PostalShift",
    "PostalStep",
    "PostalTariff",
    "Printer",
    "ProcedureVersion",
    "ReadinessCheck",
    "Receipt",
    "Record",
    "RecoveryCode",
    "SavedDraft",
    "ServiceDaySuspension",
    "ServiceDayVersion",
    "ServiceGroup",
    "SignIn",
    "Ticket",
    "Unit",
    "UtcDateTime",
    "Visit",
    "counter_service",
]

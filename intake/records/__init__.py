"""What the office remembers. Records relate and constrain; they decide nothing.

Personal data: ``…_sealed`` columns hold authenticated ciphertext (see
intake/keys.py), ``…_key`` columns a keyed hash to find a row again.
"""

from intake.records.base import Record, UtcDateTime
from intake.records.captures import DocumentFile, ScanJob, UploadLink
from intake.records.catalogue import Division, FailedSearch, OfferedProcedure, OldDivision, ProcedureVersion
from intake.records.dossiers import ChainHead, Counter, Dossier, DossierWord, Event, EventSeal, Receipt, Visit
from intake.records.notices import Handover, Notice
from intake.records.offices import AcceptancePoint, CalendarDay, Office, OfficeHours, OfficeRule, Unit
from intake.records.payments import BankAccount, BankEntry, Payment
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
from intake.records.visiting import Assistance, Rating, VisitStep

__all__ = [
    "AcceptancePoint",
    "Assignment",
    "Assistance",
    "BankAccount",
    "BankEntry",
    "CalendarDay",
    "ChainHead",
    "Counter",
    "DayFigure",
    "Division",
    "DocumentFile",
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
    "Payment",
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
    "Rating",
    "ReadinessCheck",
    "Receipt",
    "Record",
    "RecoveryCode",
    "SavedDraft",
    "ScanJob",
    "ServiceDaySuspension",
    "ServiceDayVersion",
    "ServiceGroup",
    "SignIn",
    "Ticket",
    "Unit",
    "UploadLink",
    "UtcDateTime",
    "Visit",
    "VisitStep",
    "counter_service",
]

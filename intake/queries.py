"""What screens read: frozen rows, so that no template ever touches the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from intake.drafts import Draft
from intake.keys import Keys
from intake.memory import Memory
from intake.offices import civil_day
from intake.paper import Paper
from intake.payments.views import NOTHING, PaymentView, facts_now, payment_view
from intake.ports import Trouble
from intake.printing import facts_of
from intake.receipt import ReceiptFacts, kiosk_receipt
from intake.records import (
    AcceptancePoint,
    Division,
    Dossier,
    Errand,
    Event,
    Notice,
    OfferedProcedure,
    Office,
    OldDivision,
    Printer,
    ProcedureVersion,
    Receipt,
)
from intake.reprinting import errands_of
from intake.rules.codes import grouped
from intake.rules.definitions import procedure_from
from intake.rules.fees import Fee, fee_of
from intake.rules.form_sets import Form
from intake.rules.lifecycle import Status
from intake.rules.procedures import Procedure, Term, TermUnit
from intake.rules.receipt_code import ReceiptCode
from intake.rules.refusals import ProcedureNotOffered, VisitOver
from intake.rules.repeating import unrolled
from intake.rules.search import Finder
from intake.rules.vouching import fitted
from intake.rules.wording import DECLARED, fee_words, term_words


@dataclass(frozen=True)
class Offer:
    """A procedure on a tile or in a list."""

    code: str
    version_id: int
    title: str
    name: str
    sector: str
    life_event: str
    term: Term
    fee: Fee  # at a counter, before anything is answered

    @property
    def same_day(self) -> bool:
        return self.term.unit is TermUnit.SAME_DAY

    @property
    def term_words(self) -> str:
        return term_words(self.term)

    @property
    def fee_words(self) -> str:
        return fee_words(self.fee)


@dataclass(frozen=True)
class PrintingView:
    """How the latest paper of a receipt fares.

    ``state``: "none" (this point has no printer), "printing", "printed",
    "no_paper", "not_printed", "unknown" or "given_up". ``is_open`` while it
    may still change by itself.
    """

    state: str
    reason: Trouble | None = None
    copies: int = 0
    near_end: bool = False
    other_printers: tuple[tuple[int, str], ...] = ()

    @property
    def is_open(self) -> bool:
        return self.state in ("printing", "no_paper", "not_printed")


@dataclass(frozen=True)
class ReceiptView:
    """The receipt on screen. ``due_at`` is None when the counter tells the term."""

    dossier_code: str
    code_lines: tuple[str, ...]
    facts: ReceiptFacts
    paper: Paper
    printing: PrintingView
    payment: PaymentView


@dataclass(frozen=True)
class StatusView:
    """What anyone holding a receipt may learn: nothing personal."""

    dossier_code: str
    office_name: str
    hotline: str
    procedure_title: str
    status: str
    received_at: datetime
    expected_at: datetime | None  # as moved since; None also when no term can be counted
    collection: str
    delivery_status: str
    collect_at: str
    missing: tuple[str, ...] = ()  # names of what is awaited from the applicant
    until: datetime | None = None  # the last moment to bring it
    is_today: bool = False  # promised for this very day by a day without appointments
    payment: PaymentView = NOTHING
    fee: int | None = None
    payment_status: str = ""


@dataclass(frozen=True)
class _Catalogue:
    """What an office receives; the words to find it by are sorted at the first search, not before."""

    offers: tuple[Offer, ...]
    phrases: tuple[tuple[str, tuple[str, ...]], ...]

    @cached_property
    def finder(self) -> Finder:
        return Finder(self.phrases)


_procedures: Memory[Procedure] = Memory(timedelta(days=1), most=2000)  # a version never changes
_offers: Memory[_Catalogue] = Memory(timedelta(seconds=30))
_commune_codes: Memory[frozenset[str]] = Memory(timedelta(minutes=10))
_communes: Memory[tuple[tuple[str, str, str], ...]] = Memory(timedelta(minutes=10))
_old_units: Memory[tuple[tuple[str, str], ...]] = Memory(timedelta(minutes=10))


def procedure_version(session: Session, version_id: int, *, now: datetime) -> Procedure:
    """The procedure as it stood in that version; ProcedureNotOffered when there is none."""

    def read() -> Procedure:
        version = session.get(ProcedureVersion, version_id)
        if version is None:
            raise ProcedureNotOffered
        return unrolled(procedure_from(version.definition))

    return _procedures.of(session, version_id, now=now, read=read)


def procedure_of(session: Session, draft: Draft, *, now: datetime) -> Procedure:
    """The procedure as it is asked of whoever this draft is of."""
    procedure = procedure_version(session, draft.version_id, now=now)
    who = draft.applicant
    return fitted(procedure, who.how, who.citizen_id) if who else procedure


def offered(session: Session, office: Office, *, now: datetime) -> tuple[Offer, ...]:
    """What this office receives today, most wanted first."""
    return _catalogue(session, office, now).offers


def offer_of(session: Session, office: Office, code: str, *, now: datetime) -> Offer:
    """The version of ``code`` in force here today; ProcedureNotOffered when there is none."""
    for offer in offered(session, office, now=now):
        if offer.code == code:
            return offer
    raise ProcedureNotOffered(procedure_code=code)


def find_procedures(session: Session, office: Office, words: str, *, now: datetime) -> list[Offer]:
    """What people may mean by ``words``, best first."""
    catalogue = _catalogue(session, office, now)
    by_code = {offer.code: offer for offer in catalogue.offers}
    return [by_code[code] for code in catalogue.finder.find(words)]


def communes(session: Session, *, now: datetime) -> tuple[tuple[str, str, str], ...]:
    """(code, name, name of the province) of every commune in force."""

    def read() -> tuple[tuple[str, str, str], ...]:
        today = civil_day(now)
        in_force = Division.valid_from <= today, or_(Division.valid_to.is_(None), Division.valid_to >= today)
        rows = session.execute(
            select(Division.code, Division.name, Division.parent_code)
            .where(*in_force)
            .order_by(Division.code)
        ).all()
        provinces = {code: name for code, name, parent in rows if parent is None}
        return tuple((code, name, provinces.get(parent, "")) for code, name, parent in rows if parent)

    return _communes.of(session, "communes", now=now, read=read)


def old_units(session: Session, *, now: datetime) -> tuple[tuple[str, str], ...]:
    """(name with what it was part of, code of today) of every unit that no longer exists, where known."""

    def read() -> tuple[tuple[str, str], ...]:
        rows = session.execute(
            select(
                OldDivision.old_kind, OldDivision.old_name, OldDivision.old_parent_name, OldDivision.new_code
            ).order_by(OldDivision.old_code, OldDivision.new_code)
        )
        return tuple((_of_old(kind, name, parent), code) for kind, name, parent, code in rows)

    return _old_units.of(session, "old units", now=now, read=read)


def _of_old(kind: str, name: str, parent: str) -> str:
    """«Phường Điện Biên, Thành phố Thanh Hóa»; the kind is told once."""
    has_kind = not kind or name.casefold().startswith(f"{kind.casefold()} ")
    full = name if has_kind else f"{kind.capitalize()} {name}"
    return f"{full}, {parent}" if parent else full


def commune_codes(session: Session, *, now: datetime) -> frozenset[str]:
    """The codes an answer may name."""
    return _commune_codes.of(
        session, "codes", now=now, read=lambda: frozenset(code for code, _, _ in communes(session, now=now))
    )


def receipt_view(session: Session, dossier_id: int, *, point: AcceptancePoint, keys: Keys) -> ReceiptView:
    """The receipt and how its paper fares, seen from ``point``; VisitOver when there is no such receipt."""
    receipt = session.scalar(
        select(Receipt).filter_by(dossier_id=dossier_id).options(joinedload(Receipt.dossier))
    )
    if receipt is None:
        raise VisitOver
    payment = payment_view(session, receipt.dossier)
    facts = facts_now(facts_of(receipt, keys), payment)
    code = receipt.dossier.dossier_code
    return ReceiptView(
        dossier_code=code,
        code_lines=grouped(code),
        facts=facts,
        paper=kiosk_receipt(facts, paying=False),
        printing=printing_view(session, dossier_id, point=point),
        payment=payment,
    )


def printing_view(session: Session, dossier_id: int, *, point: AcceptancePoint) -> PrintingView:
    papers = errands_of(session, dossier_id)
    last = papers[-1] if papers else None
    others = session.scalars(
        select(Printer)
        .where(
            Printer.office_id == point.office_id,
            Printer.active.is_(True),
            Printer.trouble.is_(None),
            Printer.id != (last.printer_id if last else 0),
        )
        .order_by(Printer.id)
    )
    other_printers = tuple((printer.id, printer.name) for printer in others)
    if last is None:
        return PrintingView("none", other_printers=other_printers)
    return PrintingView(
        state=_state_words(last),
        reason=Trouble(last.reason) if last.reason else None,
        copies=last.copy_no,
        near_end=last.printer.near_end,
        other_printers=other_printers,
    )


def printer_trouble(session: Session, point: AcceptancePoint) -> Trouble | None:
    """What keeps this point's printer from printing, so that a kiosk can say so before anyone starts."""
    reason = session.scalar(select(Printer.trouble).where(Printer.id == point.printer_id))
    return Trouble(reason) if reason else None


def status_of(session: Session, code: ReceiptCode, *, now: datetime) -> StatusView | None:
    """Where this dossier is, for whoever holds its signed receipt; None when it is not here."""
    dossier = session.scalar(
        select(Dossier).filter_by(dossier_code=code.dossier_code).options(joinedload(Dossier.office))
    )
    if dossier is None or dossier.office.code != code.office:
        return None
    procedure = procedure_version(session, dossier.procedure_version_id, now=now)
    awaited = dossier.status == Status.AWAITING_SUPPLEMENT
    return StatusView(
        dossier_code=dossier.dossier_code,
        office_name=dossier.office.name,
        hotline=dossier.office.hotline,
        procedure_title=procedure.title,
        status=dossier.status,
        received_at=dossier.received_at,
        expected_at=dossier.expected_at,
        collection=dossier.collection,
        delivery_status=dossier.delivery_status,
        collect_at=dossier.office.collect_at,
        missing=_missing(session, dossier, procedure) if awaited else (),
        until=_last_moment(session, dossier) if awaited else None,
        is_today=dossier.same_day
        and dossier.expected_at is not None
        and civil_day(dossier.expected_at) == civil_day(now),
        payment=payment_view(session, dossier),
        fee=dossier.fee,
        payment_status=dossier.payment_status,
    )


def _missing(session: Session, dossier: Dossier, procedure: Procedure) -> tuple[str, ...]:
    """What the open request names and nobody has brought: names of papers and questions, no answers."""
    kinds = ("supplement_requested", "supplement_received")
    awaited: list[str] = []
    for event in session.scalars(
        select(Event).where(Event.dossier_id == dossier.id, Event.kind.in_(kinds)).order_by(Event.id)
    ):
        if event.kind == "supplement_requested":
            awaited = list(event.facts["items"])
        else:
            awaited = [key for key in awaited if key not in event.facts["items"]]
    names = {paper.key: paper.name for paper in procedure.requirements} | dict(DECLARED)
    names |= {question.key: question.label for question in procedure.questions}
    return tuple(names[key] for key in awaited)


def _last_moment(session: Session, dossier: Dossier) -> datetime | None:
    """To bring what the latest request names."""
    return session.scalar(
        select(Notice.until)
        .filter_by(dossier_id=dossier.id, form=Form.SUPPLEMENT_REQUEST, state="issued")
        .order_by(Notice.id.desc())
        .limit(1)
    )


def ledger(session: Session) -> dict[str, int]:
    """How many papers are in each state."""
    return dict(session.execute(select(Errand.state, func.count()).group_by(Errand.state)).all())


def _state_words(errand: Errand) -> str:
    if errand.state in ("claimed", "sending") or (errand.state == "queued" and errand.reason is None):
        return "printing"
    if errand.state == "queued":
        return "no_paper" if errand.reason == Trouble.PAPER_OUT else "not_printed"
    return errand.state


def _catalogue(session: Session, office: Office, now: datetime) -> _Catalogue:
    today = civil_day(now)
    return _offers.of(
        session, (office.id, today), now=now, read=lambda: _read_catalogue(session, office, today, now)
    )


def _read_catalogue(session: Session, office: Office, today: date, now: datetime) -> _Catalogue:
    rows = session.execute(
        select(ProcedureVersion.id, ProcedureVersion.procedure_code, OfferedProcedure.words)
        .join(OfferedProcedure, OfferedProcedure.procedure_code == ProcedureVersion.procedure_code)
        .where(OfferedProcedure.office_id == office.id)
        .order_by(OfferedProcedure.position, ProcedureVersion.version.desc())
    )
    in_force: dict[str, tuple[int, Procedure]] = {}
    own: dict[str, list[Any]] = {}
    for version_id, code, words in rows:
        own[code] = words
        procedure = procedure_version(session, version_id, now=now)
        if code not in in_force and _holds(procedure, today):
            in_force[code] = (version_id, procedure)
    offers = tuple(_offer(version_id, procedure, today) for version_id, procedure in in_force.values())
    phrases = tuple((one.code, _phrases(one, own[one.code])) for _, one in in_force.values())
    return _Catalogue(offers, phrases)


def _phrases(procedure: Procedure, own: Sequence[str]) -> tuple[str, ...]:
    """By which it is found; ``own`` are the words this office added."""
    said = (procedure.title, procedure.name, *procedure.words, *own)
    return (*said, procedure.sector, procedure.code)


def _holds(procedure: Procedure, day: date) -> bool:
    return (procedure.valid_from is None or procedure.valid_from <= day) and (
        procedure.valid_to is None or day <= procedure.valid_to
    )


def _offer(version_id: int, procedure: Procedure, today: date) -> Offer:
    return Offer(
        code=procedure.code,
        version_id=version_id,
        title=procedure.title,
        name=procedure.name,
        sector=procedure.sector,
        life_event=procedure.life_event,
        term=procedure.term,
        fee=fee_of(procedure, channel="direct", on=today, answers={}),
    )

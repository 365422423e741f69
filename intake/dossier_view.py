"""One dossier as an officer sees it beside the list: what was declared and brought, and what happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from intake import events
from intake.at_hand import open_handover
from intake.captures.files import FileRow, files_of_dossier
from intake.contents import Content, content_of
from intake.events import Actor
from intake.excepting import EXCEPTABLE, NOT_ON_PAPER, reasons_for, standing_exceptions
from intake.keys import Keys
from intake.offices import calendar_of, civil_day, setting_of
from intake.payments.claims import open_claim
from intake.post.custody import PostalLeg, legs_of
from intake.queries import PrintingView, communes, printing_view, procedure_version
from intake.records import (
    AcceptancePoint,
    Dossier,
    Event,
    Handover,
    Notice,
    Office,
    Person,
    ServiceDayVersion,
)
from intake.rules import forms
from intake.rules.answers import Fault
from intake.rules.due_words import due_words
from intake.rules.exceptions import PaperReason
from intake.rules.form_sets import Form
from intake.rules.lifecycle import RUNNING, Delivery, Due, Payment, Status, Sync, urgency, warning
from intake.rules.people import born_and_sex, masked_citizen_id, masked_phone
from intake.rules.procedures import Procedure, Question, QuestionKind, Requirement
from intake.rules.refusals import NoSuchDossier
from intake.rules.relations import contradictions

_MASKED = {QuestionKind.CITIZEN_ID: masked_citizen_id, QuestionKind.PHONE: masked_phone}


@dataclass(frozen=True)
class Line:
    """A label and what was said; ``is_number`` of a person or a telephone."""

    label: str
    value: str
    is_number: bool = False
    doubt: Fault | None = None


@dataclass(frozen=True)
class Part:
    """Answers that were asked together."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Brought:
    """A paper the law asks for and what came of it.

    ``how``: "paper", "scan", "electronic", "attached", "state", "not_applicable", "missing" (asked and not
    answered) or "left_out" (not answered, and not needed either).
    """

    key: str
    name: str
    how: str
    reason: str
    requirement: Requirement
    files: tuple[FileRow, ...] = ()  # of an attached one


@dataclass(frozen=True)
class Happened:
    """One event; ``who`` is "" for the applicant, ``point`` the name of the device or ""."""

    id: int
    kind: str
    at: datetime
    who: str
    point: str
    reason: str
    facts: Mapping[str, Any]
    is_of_staff: bool


@dataclass(frozen=True)
class Issued:
    """A notice of forms 02 to 05. ``number`` is 0 while only proposed; ``by`` "": it opened by itself."""

    id: int
    form: Form
    state: str
    number: int
    until: datetime | None
    at: datetime
    by: str
    stage: str


@dataclass(frozen=True)
class Travelling:
    """A hand-over not confirmed yet; a name of "" is the front desk."""

    id: int
    from_unit: str
    to_unit: str
    to_unit_id: int | None
    given_by: str
    given_at: datetime
    note: str


@dataclass(frozen=True)
class DossierView:
    """Frozen: a template touches no database. Numbers are masked unless ``is_revealed``."""

    id: int
    code: str
    title: str
    procedure_name: str
    legal_bases: tuple[str, ...]
    applicant: str
    channel: str
    point: str
    received_at: datetime
    due_at: datetime | None
    promised_at: datetime | None
    deadline_at: datetime | None
    expected_at: datetime | None
    due: Due
    due_words: str
    is_for_today: bool  # a service day promised it for the day of filing
    waits: bool  # and the person waits here for it now
    days: tuple[str, ...]  # titles of the rules that held when it was filed
    applicant_kind: str
    helper: str  # who helped the citizen file, "" for nobody
    paper_reason: str  # why paper was taken all the same, "" when it was not
    paper_reasons: tuple[PaperReason, ...]  # why it may be; empty where paper is taken as ever
    is_excepted: bool
    sheets_saved: int
    status: Status
    payment: Payment
    delivery: Delivery
    sync: Sync
    fee: int | None
    collection: str
    collection_words: tuple[str, ...]
    unit_id: int | None
    unit: str
    holder_id: int | None
    holder: str
    held_until: datetime | None
    people: tuple[Line, ...]
    parts: tuple[Part, ...]
    papers: tuple[Brought, ...]
    doubts: tuple[Fault, ...]
    card_doubts: tuple[str, ...]
    number_says: tuple[str, int] | None
    how_known: str
    is_revealed: bool
    can_reveal: bool
    events: tuple[Happened, ...]
    notices: tuple[Issued, ...]
    handover: Travelling | None
    printing: PrintingView
    receipt_no: int
    legs: tuple[PostalLeg, ...]  # of the post: there, and home again; its minutes are none of the term
    declared: frozenset[str]  # keys of the questions that were answered
    claimed: str = ""  # the group of the tariff whose proof nobody has seen yet

    @property
    def missing(self) -> tuple[Brought, ...]:
        return tuple(paper for paper in self.papers if paper.how == "missing")


def dossier_view(
    session: Session, office: Office, code: str, *, reveal: bool = False, keys: Keys, now: datetime
) -> DossierView:
    """The dossier of this code in ``office``; NoSuchDossier otherwise. Reads only."""
    dossier = session.scalar(
        select(Dossier)
        .where(Dossier.office_id == office.id, Dossier.dossier_code == code)
        .options(
            joinedload(Dossier.point),
            joinedload(Dossier.holder),
            joinedload(Dossier.unit),
            joinedload(Dossier.helper),
        )
    )
    if dossier is None:
        raise NoSuchDossier
    procedure = procedure_version(session, dossier.procedure_version_id, now=now)
    content = content_of(dossier, keys)
    status = Status(dossier.status)
    warn = timedelta(minutes=setting_of(session, office, "late_warning_minutes", now=now))
    warn = warning(
        warn, same_day=dossier.same_day, received_at=dossier.received_at, expected_at=dossier.expected_at
    )
    due = urgency(status, dossier.expected_at, dossier.deadline_at, warn=warn, now=now)
    waits = (
        dossier.visit_minutes is not None
        and status in RUNNING
        and dossier.expected_at is not None
        and civil_day(dossier.expected_at) <= civil_day(now)
    )
    notices = _notices(session, dossier)
    is_held = dossier.held_by is not None and dossier.held_until is not None and now < dossier.held_until
    came_otherwise = any(told.get("how") in NOT_ON_PAPER for told in content.documents.values())
    may_be_kept = came_otherwise and status in EXCEPTABLE
    answers = forms.kept_answers(procedure, content.answers)
    doubts = contradictions(procedure, answers)
    number = content.applicant.citizen_id
    return DossierView(
        id=dossier.id,
        code=dossier.dossier_code,
        title=procedure.title,
        procedure_name=procedure.name,
        legal_bases=procedure.legal_bases,
        applicant=content.applicant.name,
        channel=dossier.channel,
        point=dossier.point.name,
        received_at=dossier.received_at,
        due_at=dossier.due_at,
        promised_at=dossier.promised_at,
        deadline_at=dossier.deadline_at,
        expected_at=dossier.expected_at,
        due=due,
        due_words=due_words(
            due,
            status,
            expected_at=dossier.expected_at,
            deadline_at=dossier.deadline_at,
            supplement_until=_supplement_until(notices),
            waits=waits,
            calendar=calendar_of(session, office, now=now),
            now=now,
        ),
        is_for_today=dossier.same_day,
        waits=waits,
        days=_days(session, dossier),
        applicant_kind=dossier.applicant_kind,
        helper=dossier.helper.name if dossier.helper else "",
        paper_reason=dossier.paper_reason,
        paper_reasons=reasons_for(session, dossier, now=now) if may_be_kept else (),
        is_excepted=bool(dossier.paper_reason) and bool(standing_exceptions(session, dossier)),
        sheets_saved=dossier.sheets_saved,
        status=status,
        payment=Payment(dossier.payment_status),
        delivery=Delivery(dossier.delivery_status),
        sync=Sync(dossier.sync_status),
        fee=dossier.fee,
        collection=dossier.collection,
        collection_words=tuple(
            filter(None, (content.collection.address, content.collection.email, content.collection.phone))
        ),
        unit_id=dossier.unit_id,
        unit=dossier.unit.name if dossier.unit else "",
        holder_id=dossier.held_by if is_held else None,
        holder=dossier.holder.name if is_held and dossier.holder else "",
        held_until=dossier.held_until if is_held else None,
        people=_people(content, reveal),
        parts=_parts(session, procedure, content, doubts, reveal, now),
        papers=_papers(session, procedure, content, dossier),
        doubts=doubts,
        card_doubts=content.applicant.contradictions,
        number_says=born_and_sex(number) if number else None,
        how_known=content.applicant.how,
        is_revealed=reveal,
        can_reveal=bool(number or content.applicant.phone),
        events=_events(session, dossier),
        notices=notices,
        handover=_travelling(open_handover(session, dossier)),
        printing=printing_view(session, dossier.id, point=dossier.point),
        receipt_no=dossier.number,
        legs=legs_of(session, dossier.id, now=now),
        declared=frozenset(answers),
        claimed=open_claim(session, dossier, content.exemption),
    )


def revealed(session: Session, dossier: Dossier, *, by: Actor, now: datetime) -> None:
    """Write down that somebody saw the numbers in full: each time, because each is a reason to ask."""
    events.append(
        session,
        "viewed",
        by=by,
        now=now,
        office_id=dossier.office_id,
        dossier_id=dossier.id,
        facts={"in_full": True},
    )


def _people(content: Content, reveal: bool) -> tuple[Line, ...]:
    """Who filed, as they said it or as their card says."""
    who = content.applicant
    number = who.citizen_id if reveal or not who.citizen_id else masked_citizen_id(who.citizen_id)
    phone = who.phone if reveal or not who.phone else masked_phone(who.phone)
    return (
        Line("name", who.name),
        Line("citizen_id", number, is_number=True),
        Line("voucher", f"{who.voucher} xác nhận: {who.vouched_why}" if who.how == "vouched" else ""),
        Line("born", "/".join(reversed(who.born.split("-"))) if who.born else ""),
        Line("sex", who.sex),
        Line("address", who.address),
        Line("phone", phone, is_number=True),
        Line("email", who.email),
        *_representative(content, reveal),
    )


def _representative(content: Content, reveal: bool) -> tuple[Line, ...]:
    """Who filed for the applicant, and by what right."""
    who = content.representative
    if who is None:
        return ()
    number = who.citizen_id if reveal else masked_citizen_id(who.citizen_id)
    return (Line("representative", " · ".join(filter(None, (who.name, number, who.proof)))),)


def _parts(
    session: Session,
    procedure: Procedure,
    content: Content,
    doubts: tuple[Fault, ...],
    reveal: bool,
    now: datetime,
) -> tuple[Part, ...]:
    kept = forms.kept_answers(procedure, content.answers)
    at = {doubt.key: doubt for doubt in doubts}
    names = (
        {code: f"{name}, {of}" for code, name, of in communes(session, now=now)}
        if any(
            question.kind is QuestionKind.COMMUNE and question.key in kept for question in procedure.questions
        )
        else {}
    )
    return tuple(
        Part(
            group.title,
            tuple(
                Line(
                    question.label,
                    _shown(question, kept.get(question.key, ""), names, reveal),
                    question.kind in _MASKED,
                    at.get(question.key),
                )
                for question in forms.visible_questions(group, kept)
            ),
        )
        for group in forms.visible_groups(procedure, content.answers)
    )


def _shown(question: Question, answer: str, names: Mapping[str, str], reveal: bool) -> str:
    mask = _MASKED.get(question.kind)
    if mask and answer and not reveal:
        return mask(answer)
    return forms.shown_answer(question, answer, lambda code: names.get(code, code))


def _papers(
    session: Session, procedure: Procedure, content: Content, dossier: Dossier
) -> tuple[Brought, ...]:
    papers = []
    files = files_of_dossier(session, dossier.id) if dossier.papers_hash else []
    brought = content.documents if dossier.channel == "post" else ()
    for requirement in forms.visible_requirements(procedure, content.answers, brought):
        told = content.documents.get(requirement.key) or {}
        how = told.get("how") or ("missing" if requirement.required else "left_out")
        mine = tuple(one for one in files if one.requirement_key == requirement.key)
        papers.append(
            Brought(requirement.key, requirement.name, how, told.get("reason") or "", requirement, mine)
        )
    return tuple(papers)


def _events(session: Session, dossier: Dossier) -> tuple[Happened, ...]:
    rows = session.execute(
        select(Event, AcceptancePoint.name)
        .outerjoin(AcceptancePoint, AcceptancePoint.code == Event.device)
        .where(Event.dossier_id == dossier.id)
        .order_by(Event.at, Event.id)
    )
    return tuple(
        Happened(
            id=event.id,
            kind=event.kind,
            at=event.at,
            who="" if event.actor == "citizen" else event.actor,
            point=point or "",
            reason=event.reason,
            facts=event.facts,
            is_of_staff=event.person_id is not None,
        )
        for event, point in rows
    )


def _notices(session: Session, dossier: Dossier) -> tuple[Issued, ...]:
    rows = session.execute(
        select(Notice, Person.name)
        .outerjoin(Person, Person.id == Notice.proposed_by)
        .where(Notice.dossier_id == dossier.id, or_(Notice.state == "issued", Notice.state == "proposed"))
        .order_by(Notice.id)
    )
    return tuple(
        Issued(
            id=notice.id,
            form=Form(notice.form),
            state=notice.state,
            number=notice.number or 0,
            until=notice.until,
            at=notice.issued_at or notice.proposed_at,
            by=name or "",
            stage=notice.stage,
        )
        for notice, name in rows
    )


def _days(session: Session, dossier: Dossier) -> tuple[str, ...]:
    """What the rules of that day were called then."""
    if not dossier.service_days:
        return ()
    rows = session.execute(
        select(ServiceDayVersion.lineage, ServiceDayVersion.title)
        .where(
            ServiceDayVersion.office_id == dossier.office_id,
            ServiceDayVersion.lineage.in_(dossier.service_days),
            ServiceDayVersion.published_at <= dossier.received_at,
        )
        .order_by(ServiceDayVersion.version)
    )
    titles = {row.lineage: row.title for row in rows}
    return tuple(titles.values())


def _supplement_until(notices: tuple[Issued, ...]) -> datetime | None:
    asked = [one.until for one in notices if one.form is Form.SUPPLEMENT_REQUEST and one.state == "issued"]
    return asked[-1] if asked else None


def _travelling(handover: Handover | None) -> Travelling | None:
    if handover is None:
        return None
    return Travelling(
        id=handover.id,
        from_unit=handover.from_unit.name if handover.from_unit else "",
        to_unit=handover.to_unit.name if handover.to_unit else "",
        to_unit_id=handover.to_unit_id,
        given_by=handover.giver.name,
        given_at=handover.given_at,
        note=handover.note,
    )

"""Asking for what is missing (form 02) and taking it in; meanwhile the clock of the law stands still."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.at_hand import move, must_be_here, must_receive_or_decide, record, roles_of, stamp
from intake.contents import content_of
from intake.events import Actor
from intake.keys import Keys
from intake.notices import (
    NoticeFacts,
    NoticeItem,
    facts_for,
    facts_of_notice,
    issue_notice,
    issued_count,
    propose_notice,
)
from intake.offices import calendar_of, civil_day, setting_of
from intake.queries import procedure_version
from intake.records import Dossier, Event, Notice, Office
from intake.rules import forms
from intake.rules.answers import Fault
from intake.rules.clock import resumed
from intake.rules.form_sets import Form
from intake.rules.lifecycle import Status, must_follow
from intake.rules.notice_faults import basis_faults, text_faults
from intake.rules.people import is_hotline
from intake.rules.refusals import SecondApproval, UnfinishedNotice, WrongStatus
from intake.rules.rights import Right, may
from intake.rules.text import tidy
from intake.rules.wording import DECLARED

MOST_OF_ONE = 99
_STAGES: Mapping[Status, str] = {Status.RECEIVED: "intake", Status.IN_PROGRESS: "appraisal"}
_BACK: Mapping[str, Status] = {stage: status for status, stage in _STAGES.items()}


@dataclass(frozen=True)
class SupplementItem:
    """``key`` is of a requirement, a question or one of DECLARED; ``wrong`` tells what to mend."""

    key: str
    wrong: str
    originals: int = 0
    copies: int = 0
    certified_copies: int = 0


@dataclass(frozen=True)
class SupplementRequest:
    """What an officer asks for. ``until`` is aware; None takes the office's usual term."""

    items: tuple[SupplementItem, ...]
    reason: str
    legal_basis: str
    until: datetime | None = None
    guide_name: str = ""  # "" is the officer
    guide_phone: str = ""  # "" is the office's hotline


@dataclass(frozen=True)
class OpenRequest:
    """What is still awaited; ``is_prolonged`` when its last moment has passed."""

    notice_id: int
    stage: str
    until: datetime | None
    items: tuple[NoticeItem, ...]
    received: tuple[str, ...]
    is_prolonged: bool

    @property
    def left(self) -> tuple[NoticeItem, ...]:
        return tuple(item for item in self.items if item.key not in self.received)


def may_be_asked(session: Session, dossier: Dossier, *, keys: Keys, now: datetime) -> dict[str, str]:
    """key → name of all that a request may name: the papers of this case first, then what was declared."""
    procedure = procedure_version(session, dossier.procedure_version_id, now=now)
    answers = content_of(dossier, keys).answers
    papers = {paper.key: paper.name for paper in forms.visible_requirements(procedure, answers)}
    others = {paper.key: paper.name for paper in procedure.requirements}
    declared = {question.key: question.label for question in procedure.questions}
    return papers | others | declared | dict(DECLARED)


def usual_until(session: Session, office: Office, *, now: datetime) -> datetime:
    """When the office's usual term for a supplement ends: OfficeRule "supplement_days", at the day's close.

    Unconfirmed: no text that we saw sets this term for all procedures.
    """
    calendar = calendar_of(session, office, now=now)
    days = setting_of(session, office, "supplement_days", now=now)
    return calendar.ends(calendar.add_working_days(civil_day(now), days))


def request_supplement(
    session: Session, dossier: Dossier, request: SupplementRequest, *, keys: Keys, by: Actor, now: datetime
) -> Notice:
    """→ awaiting_supplement: form 02 is issued and the clock stands still from now.

    due_at and promised_at stay as given. Raises UnfinishedNotice with all
    faults, SecondApproval when this stage has had a request and ``by`` does not
    decide, WrongStatus, HandoverOpen, NotOfThisUnit for who only decides, and in
    another unit.
    """
    before = Status(dossier.status)
    must_follow(before, Status.AWAITING_SUPPLEMENT)
    must_be_here(session, dossier)
    must_receive_or_decide(session, dossier, by)
    names = may_be_asked(session, dossier, keys=keys, now=now)
    if faults := _faults(request, names, now=now):
        raise UnfinishedNotice(faults=faults)
    stage = _STAGES[before]
    earlier = issued_count(session, dossier, Form.SUPPLEMENT_REQUEST, stage=stage)
    if earlier and not may(roles_of(session, by, dossier.office_id), Right.DECIDE):
        raise SecondApproval(stage=stage, earlier=earlier)
    facts = facts_for(session, dossier, Form.SUPPLEMENT_REQUEST, keys=keys, by=by, now=now)
    facts = _filled(session, dossier, facts, request, names, stage=stage, by=by, now=now)
    proposed = propose_notice(session, dossier, Form.SUPPLEMENT_REQUEST, facts, keys=keys, by=by, now=now)
    notice = issue_notice(session, proposed, keys=keys, by=by, now=now)
    move(dossier, Status.AWAITING_SUPPLEMENT)
    dossier.suspended_at = now
    told: dict[str, object] = {
        "status": [before, Status.AWAITING_SUPPLEMENT],
        "notice": notice.id,
        "stage": stage,
        "items": [item.key for item in request.items],
        "legal_basis": facts.legal_basis,
        "until": stamp(facts.until),
        "earlier": earlier,
    }
    record(session, dossier, "supplement_requested", by=by, now=now, reason=facts.reason_text, facts=told)
    return notice


def receive_supplement(
    session: Session,
    dossier: Dossier,
    received: Collection[str],
    *,
    rest_not_needed: str = "",
    note: str = "",
    keys: Keys,
    by: Actor,
    now: datetime,
) -> bool:
    """Take in what was brought: keys of items of the open request. True when nothing is awaited any more.

    Then the dossier goes back to where it was asked from and the clock goes on:
    deadline_at and expected_at move by the working time that had been left. With
    ``rest_not_needed``, the reason, the items still missing are given up. Some
    of several are recorded and awaited on. Raises WrongStatus, or
    UnfinishedNotice when nothing new was brought or nobody asked for it.
    """
    asked = open_request(session, dossier, keys=keys, now=now)
    if dossier.status != Status.AWAITING_SUPPLEMENT or asked is None:
        raise WrongStatus(now=dossier.status, then="supplement_received")
    if faults := _receipt_faults(asked, received, rest_not_needed):
        raise UnfinishedNotice(faults=faults)
    brought = [item.key for item in asked.left if item.key in received]
    left = [item.key for item in asked.left if item.key not in received]
    facts: dict[str, object] = {"notice": asked.notice_id, "items": brought, "left": left}
    done = not left or bool(rest_not_needed.strip())
    if done:
        facts |= _resume(session, dossier, _BACK[asked.stage], now=now)
        facts["rest_not_needed"] = tidy(rest_not_needed) if left else ""
    facts["prolonged"] = asked.is_prolonged
    record(session, dossier, "supplement_received", by=by, now=now, reason=tidy(note), facts=facts)
    return done


def open_request(session: Session, dossier: Dossier, *, keys: Keys, now: datetime) -> OpenRequest | None:
    """What is awaited now; None when nothing is."""
    if dossier.status != Status.AWAITING_SUPPLEMENT:
        return None
    notice = session.scalar(
        select(Notice)
        .filter_by(dossier_id=dossier.id, form=Form.SUPPLEMENT_REQUEST, state="issued")
        .order_by(Notice.id.desc())
        .limit(1)
    )
    if notice is None:
        return None
    return OpenRequest(
        notice_id=notice.id,
        stage=notice.stage,
        until=notice.until,
        items=facts_of_notice(notice, keys).items,
        received=_received(session, dossier, notice),
        is_prolonged=notice.until is not None and now > notice.until,
    )


def _received(session: Session, dossier: Dossier, notice: Notice) -> tuple[str, ...]:
    events = session.scalars(
        select(Event).filter_by(dossier_id=dossier.id, kind="supplement_received").order_by(Event.id)
    )
    return tuple(
        key for event in events if event.facts["notice"] == notice.id for key in event.facts["items"]
    )


def _filled(
    session: Session,
    dossier: Dossier,
    facts: NoticeFacts,
    request: SupplementRequest,
    names: Mapping[str, str],
    *,
    stage: str,
    by: Actor,
    now: datetime,
) -> NoticeFacts:
    items = tuple(
        NoticeItem(
            item.key,
            names[item.key],
            tidy(item.wrong),
            originals=item.originals,
            certified_copies=item.certified_copies,
            copies=item.copies,
        )
        for item in request.items
    )
    return replace(
        facts,
        stage=stage,
        items=items,
        reason_text=tidy(request.reason),
        legal_basis=tidy(request.legal_basis),
        until=request.until or usual_until(session, dossier.office, now=now),
        guide_name=tidy(request.guide_name) or by.name,
        guide_phone=tidy(request.guide_phone) or dossier.office.hotline,
    )


def _faults(request: SupplementRequest, names: Mapping[str, str], *, now: datetime) -> tuple[Fault, ...]:
    faults: list[Fault] = []
    if not request.items:
        faults.append(Fault("items", "nothing_asked"))
    asked = [item.key for item in request.items]
    for item in request.items:
        if item.key not in names or asked.count(item.key) > 1:
            faults.append(Fault(f"items.{item.key}", "bad_choice"))
        faults.extend(text_faults(f"items.{item.key}.wrong", item.wrong, least=3, longest=300))
        if not all(
            0 <= count <= MOST_OF_ONE for count in (item.originals, item.copies, item.certified_copies)
        ):
            faults.append(Fault(f"items.{item.key}.count", "too_large", {"max": MOST_OF_ONE}))
    faults.extend(text_faults("reason", request.reason))
    faults.extend(basis_faults(request.legal_basis))
    if request.until is not None and request.until <= now:
        faults.append(Fault("until", "past_date"))
    if request.guide_phone.strip() and not is_hotline(request.guide_phone):
        faults.append(Fault("guide_phone", "bad_phone"))
    return tuple(faults)


def _receipt_faults(asked: OpenRequest, received: Collection[str], rest_not_needed: str) -> tuple[Fault, ...]:
    known = {item.key for item in asked.items}
    faults = [Fault("received", "bad_choice") for key in received if key not in known]
    brought = {item.key for item in asked.left} & set(received)
    if not faults and not brought and not rest_not_needed.strip():
        faults.append(Fault("received", "missing"))
    if rest_not_needed.strip():
        faults.extend(text_faults("rest_not_needed", rest_not_needed))
    return tuple(faults)


def _resume(session: Session, dossier: Dossier, back: Status, *, now: datetime) -> dict[str, object]:
    """The clock goes on; what has moved, as facts."""
    stopped, calendar = dossier.suspended_at, calendar_of(session, dossier.office, now=now)
    assert stopped is not None
    old_deadline, old_expected = dossier.deadline_at, dossier.expected_at
    if old_deadline is not None:
        dossier.deadline_at = resumed(old_deadline, stopped, now, calendar)
    if old_expected is not None:
        dossier.expected_at = resumed(old_expected, stopped, now, calendar)
    move(dossier, back)
    dossier.suspended_at = None
    return {
        "status": [Status.AWAITING_SUPPLEMENT, back],
        "suspended_at": stamp(stopped),
        "deadline_at": [stamp(old_deadline), stamp(dossier.deadline_at)],
        "expected_at": [stamp(old_expected), stamp(dossier.expected_at)],
    }

"""Saying in time that a result comes late: an apology that asks for a new time, form 04.

One officer proposes it, one who decides issues it; they may be the same. Where
the office promised the result for the day of filing and the law leaves more
time, the promise alone may be apologised for: then nothing is extended.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.at_hand import must_be_here, must_decide, must_receive_or_decide, record, roles_of, stamp
from intake.events import Actor
from intake.keys import Keys
from intake.notice_facts import PROMISE
from intake.notices import (
    facts_for,
    facts_of_notice,
    issue_notice,
    issued_count,
    propose_notice,
    proposed_notice,
    seal_notice,
    withdraw_notice,
)
from intake.offices import calendar_of, setting_of
from intake.records import Dossier, Notice, Office
from intake.rules.answers import Fault
from intake.rules.clock import is_working_moment
from intake.rules.form_sets import Form
from intake.rules.lifecycle import RUNNING
from intake.rules.notice_faults import text_faults
from intake.rules.reasons import LATE_REASONS, LateReason
from intake.rules.refusals import (
    ApologyPending,
    NotAllowed,
    NothingToExtend,
    TooManyExtensions,
    UnfinishedNotice,
    WrongStatus,
)
from intake.rules.rights import Right, Role, may
from intake.rules.text import tidy


@dataclass(frozen=True)
class ApologyAsked:
    """``reason`` is a LateReason, ``until`` the new time (aware), which must be a working moment."""

    reason: str
    text: str
    until: datetime | None
    legal_basis: str = ""


def propose(
    session: Session, dossier: Dossier, asked: ApologyAsked, *, keys: Keys, by: Actor, now: datetime
) -> Notice:
    """Ask for a new time: before the deadline an extension, after it still an apology; the facts say which.

    Of a same-day promise a new time within the deadline is no extension either.
    Nothing moves yet. Raises UnfinishedNotice with all faults, WrongStatus while
    the clock does not run, NothingToExtend, ApologyPending, NotOfThisUnit for
    who only decides, and in another unit.
    """
    _must_run(dossier)
    must_receive_or_decide(session, dossier, by)
    if open_proposal(session, dossier) is not None:
        raise ApologyPending
    if faults := _faults(session, dossier, asked, now=now):
        raise UnfinishedNotice(faults=faults)
    return propose_checked(session, dossier, asked, keys=keys, by=by, now=now)


def propose_checked(
    session: Session, dossier: Dossier, asked: ApologyAsked, *, keys: Keys, by: Actor, now: datetime
) -> Notice:
    """The same once everything was looked at; ``by`` without a person is a broken promise."""
    earlier = issued_count(session, dossier, Form.APOLOGY)
    facts = replace(
        facts_for(session, dossier, Form.APOLOGY, keys=keys, by=by, now=now),
        stage=_stage(dossier, asked.until),
        officer_name=by.name if by.person_id is not None else "",
        reason=asked.reason,
        reason_words=LATE_REASONS[LateReason(asked.reason)],
        reason_text=tidy(asked.text),
        legal_basis=tidy(asked.legal_basis),
        until=asked.until,
        extensions_before=earlier,
    )
    notice = propose_notice(session, dossier, Form.APOLOGY, facts, keys=keys, by=by, now=now)
    told: dict[str, object] = {
        "notice": notice.id,
        "code": asked.reason,
        "until": stamp(asked.until),
        "earlier": earlier,
        "late": _is_late(dossier, now),
        "stage": facts.stage,
    }
    record(session, dossier, "apology_proposed", by=by, now=now, reason=facts.reason_text, facts=told)
    return notice


def issue(
    session: Session,
    dossier: Dossier,
    notice_id: int,
    *,
    override_reason: str = "",
    keys: Keys,
    by: Actor,
    now: datetime,
) -> Notice:
    """Grant the new time: deadline_at and expected_at move to it, due_at and promised_at stay.

    A new time within the deadline moves expected_at alone and counts as no
    extension. Raises NotAllowed unless ``by`` decides, NotOfThisUnit unless here, TooManyExtensions past
    OfficeRule "extensions_most" unless a manager says why, NoSuchNotice,
    WrongStatus, HandoverOpen, UnfinishedNotice when the new time no longer is one.
    """
    roles = roles_of(session, by, dossier.office_id)
    if not may(roles, Right.DECIDE):
        raise NotAllowed
    _must_run(dossier)
    must_be_here(session, dossier)
    must_decide(session, dossier, by)
    notice = proposed_notice(session, dossier, notice_id, Form.APOLOGY)
    if faults := _time_faults(session, dossier, notice.until, now=now):
        raise UnfinishedNotice(faults=faults)
    earlier = issued_count(session, dossier, Form.APOLOGY)
    most = extensions_most(session, dossier.office, now=now)
    stage = _stage(dossier, notice.until)
    extends = stage != PROMISE
    if (
        extends
        and earlier >= most
        and (Role.MANAGER not in roles or text_faults("override_reason", override_reason))
    ):
        raise TooManyExtensions(most=most)
    facts = facts_of_notice(notice, keys)
    facts = replace(facts, stage=stage, extensions_before=earlier, deadline_at=dossier.deadline_at)
    notice.stage = stage
    notice.facts_sealed = seal_notice(facts, keys)
    issue_notice(session, notice, keys=keys, by=by, now=now)
    told: dict[str, object] = {
        "notice": notice.id,
        "code": facts.reason,
        "earlier": earlier,
        "late": _is_late(dossier, now),
        "proposed_by": facts.officer_name,
        "stage": stage,
        "deadline_at": [stamp(dossier.deadline_at), stamp(notice.until if extends else dossier.deadline_at)],
        "expected_at": [stamp(dossier.expected_at), stamp(notice.until)],
    }
    dossier.expected_at = notice.until
    if extends:
        dossier.deadline_at = notice.until
    record(session, dossier, "apology_issued", by=by, now=now, reason=tidy(override_reason), facts=told)
    return notice


def withdraw(
    session: Session, dossier: Dossier, notice_id: int, *, reason: str = "", by: Actor, now: datetime
) -> Notice:
    """A proposal is not granted, or no longer needed. By who made it or who decides; else NotAllowed."""
    notice = proposed_notice(session, dossier, notice_id, Form.APOLOGY)
    decides = may(roles_of(session, by, dossier.office_id), Right.DECIDE)
    if not decides and notice.proposed_by != by.person_id:
        raise NotAllowed
    withdraw_notice(session, notice)
    facts: dict[str, object] = {"notice": notice.id}
    record(session, dossier, "apology_withdrawn", by=by, now=now, reason=tidy(reason), facts=facts)
    return notice


def extensions_most(session: Session, office: Office, *, now: datetime) -> int:
    """How often one dossier may be extended without a manager saying why."""
    return setting_of(session, office, "extensions_most", now=now)


def open_proposal(session: Session, dossier: Dossier) -> Notice | None:
    """The apology that awaits its approver."""
    return session.scalar(
        select(Notice).filter_by(dossier_id=dossier.id, form=Form.APOLOGY, state="proposed")
    )


def _must_run(dossier: Dossier) -> None:
    if dossier.status not in RUNNING:
        raise WrongStatus(now=dossier.status, then="apology")
    if dossier.deadline_at is None and not dossier.same_day:
        raise NothingToExtend


def _faults(session: Session, dossier: Dossier, asked: ApologyAsked, *, now: datetime) -> tuple[Fault, ...]:
    reason: tuple[Fault, ...] = ()
    if asked.reason not in LATE_REASONS:
        reason = (Fault("reason", "bad_choice" if asked.reason else "missing"),)
    basis = text_faults("legal_basis", asked.legal_basis, least=3, longest=500) if asked.legal_basis else ()
    return (
        *reason,
        *text_faults("text", asked.text),
        *basis,
        *_time_faults(session, dossier, asked.until, now=now),
    )


def _time_faults(
    session: Session, dossier: Dossier, until: datetime | None, *, now: datetime
) -> tuple[Fault, ...]:
    """Later than what holds and than now, and in working time (its very end included)."""
    if until is None:
        return (Fault("until", "missing"),)
    if until <= now:
        return (Fault("until", "past_date"),)
    holds = dossier.expected_at if dossier.same_day else dossier.deadline_at
    assert holds is not None
    if until <= holds:
        return (Fault("until", "not_later", {"deadline": holds}),)
    calendar = calendar_of(session, dossier.office, now=now)
    if not is_working_moment(until, calendar):
        return (Fault("until", "not_working_time"),)
    return ()


def _stage(dossier: Dossier, until: datetime | None) -> str:
    """PROMISE where the law's moment need not move for the new time."""
    within = dossier.deadline_at is None or (until is not None and until <= dossier.deadline_at)
    return PROMISE if dossier.same_day and within else ""


def _is_late(dossier: Dossier, now: datetime) -> bool:
    return dossier.deadline_at is not None and now > dossier.deadline_at

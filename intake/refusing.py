"""Refusing to receive a dossier (form 03): for a reason of law, in words, with its basis."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.at_hand import let_go, move, must_be_here, record
from intake.events import Actor
from intake.keys import Keys
from intake.notices import facts_for, issue_notice, propose_notice, withdraw_all_proposed
from intake.records import Dossier, Notice
from intake.rules.answers import Fault
from intake.rules.form_sets import Form
from intake.rules.lifecycle import Payment, Status, must_follow
from intake.rules.notice_faults import basis_faults, text_faults
from intake.rules.reasons import REFUSAL_REASONS, RefusalReason
from intake.rules.refusals import UnfinishedNotice
from intake.rules.text import tidy

_AFTER_A_REQUEST = (RefusalReason.NOT_COMPLETED, RefusalReason.CANNOT_COMPLETE)


@dataclass(frozen=True)
class RefusalGiven:
    """``reason`` is a RefusalReason; ``text`` says in words what it means for this dossier."""

    reason: str
    text: str
    legal_basis: str


def refuse(
    session: Session, dossier: Dossier, given: RefusalGiven, *, keys: Keys, by: Actor, now: datetime
) -> Notice:
    """received or awaiting_supplement → refused; form 03 is issued, the clock ends, nothing is delivered.

    A fee that was paid is due back: the event says so, the money line stays
    until it is given back. Raises UnfinishedNotice with all faults, WrongStatus,
    HandoverOpen.
    """
    before = Status(dossier.status)
    must_follow(before, Status.REFUSED)
    must_be_here(session, dossier)
    if faults := _faults(session, dossier, given, now=now):
        raise UnfinishedNotice(faults=faults)
    reason = RefusalReason(given.reason)
    facts = replace(
        facts_for(session, dossier, Form.REFUSAL_NOTICE, keys=keys, by=by, now=now),
        reason=reason,
        reason_words=REFUSAL_REASONS[reason],
        reason_text=tidy(given.text),
        legal_basis=tidy(given.legal_basis),
    )
    proposed = propose_notice(session, dossier, Form.REFUSAL_NOTICE, facts, keys=keys, by=by, now=now)
    notice = issue_notice(session, proposed, keys=keys, by=by, now=now)
    move(dossier, Status.REFUSED)
    dossier.finished_at, dossier.suspended_at = now, None
    let_go(dossier)
    withdrawn = withdraw_all_proposed(session, dossier)
    told: dict[str, object] = {
        "status": [before, Status.REFUSED],
        "notice": notice.id,
        "withdrawn": withdrawn,
        "code": reason,
        "legal_basis": facts.legal_basis,
        "refund_due": dossier.payment_status == Payment.PAID,
    }
    record(session, dossier, "refused", by=by, now=now, reason=facts.reason_text, facts=told)
    return notice


def _faults(session: Session, dossier: Dossier, given: RefusalGiven, *, now: datetime) -> tuple[Fault, ...]:
    return (
        *_reason_faults(session, dossier, given.reason, now=now),
        *text_faults("text", given.text),
        *basis_faults(given.legal_basis),
    )


def _reason_faults(session: Session, dossier: Dossier, reason: str, *, now: datetime) -> tuple[Fault, ...]:
    if not reason:
        return (Fault("reason", "missing"),)
    if reason not in REFUSAL_REASONS:
        return (Fault("reason", "bad_choice"),)
    if reason in _AFTER_A_REQUEST and dossier.status != Status.AWAITING_SUPPLEMENT:
        return (Fault("reason", "nothing_requested"),)
    until = _last_moment(session, dossier)
    if reason == RefusalReason.NOT_COMPLETED and until is not None and now <= until:
        return (Fault("reason", "still_time", {"until": until}),)
    return ()


def _last_moment(session: Session, dossier: Dossier) -> datetime | None:
    """Of the latest request."""
    return session.scalar(
        select(Notice.until)
        .filter_by(dossier_id=dossier.id, form=Form.SUPPLEMENT_REQUEST, state="issued")
        .order_by(Notice.id.desc())
        .limit(1)
    )

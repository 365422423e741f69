"""Stopping a dossier before it has a result (form 05): because the applicant asks, or by decision."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from intake.at_hand import let_go, move, must_be_here, must_receive_or_decide, record, stamp
from intake.events import Actor
from intake.keys import Keys
from intake.notices import facts_for, issue_notice, propose_notice, withdraw_all_proposed
from intake.offices import civil_day
from intake.queries import procedure_version
from intake.records import Dossier, Notice
from intake.rules.answers import Fault
from intake.rules.form_sets import Form
from intake.rules.lifecycle import Payment, Status, must_follow
from intake.rules.notice_faults import basis_faults, text_faults
from intake.rules.reasons import STOP_FEES, STOP_GROUNDS, STOP_PROOFS, StopGround
from intake.rules.refusals import UnfinishedNotice
from intake.rules.text import tidy


@dataclass(frozen=True)
class StopAsked:
    """Why it stops. ``ground`` is a StopGround, ``proof`` of STOP_PROOFS, ``fees`` of STOP_FEES.

    On request: who asked, when (aware), and how the officer knows. By decision:
    its number and date in ``decision``. ``legal_basis`` is needed for a decision
    and for keeping a fee. ``returned`` are keys of requirements whose papers went
    back to the applicant.
    """

    ground: str
    text: str
    fees: str
    asked_by: str = ""
    asked_at: datetime | None = None
    proof: str = ""
    decision: str = ""
    legal_basis: str = ""
    returned: Collection[str] = ()


def stop(
    session: Session, dossier: Dossier, asked: StopAsked, *, keys: Keys, by: Actor, now: datetime
) -> Notice:
    """→ stopped, from any status without a result; form 05 is issued.

    Raises UnfinishedNotice with all faults, WrongStatus once a result exists,
    HandoverOpen, NotOfThisUnit for who only decides, and in another unit.
    """
    before = Status(dossier.status)
    must_follow(before, Status.STOPPED)
    must_be_here(session, dossier)
    must_receive_or_decide(session, dossier, by)
    if faults := _faults(dossier, asked, now=now):
        raise UnfinishedNotice(faults=faults)
    papers = procedure_version(session, dossier.procedure_version_id, now=now).requirements
    facts = replace(
        facts_for(session, dossier, Form.STOP_NOTICE, keys=keys, by=by, now=now),
        reason=asked.ground,
        reason_words=STOP_GROUNDS[StopGround(asked.ground)],
        reason_text=tidy(asked.text),
        legal_basis=tidy(asked.legal_basis),
        requested_by=tidy(asked.asked_by),
        requested_at=asked.asked_at,
        proof_words=STOP_PROOFS.get(asked.proof, ""),
        decision=tidy(asked.decision),
        status_before=before,
        fees_words=STOP_FEES[asked.fees],
        returned_papers=tuple(paper.name for paper in papers if paper.key in asked.returned),
    )
    proposed = propose_notice(session, dossier, Form.STOP_NOTICE, facts, keys=keys, by=by, now=now)
    notice = issue_notice(session, proposed, keys=keys, by=by, now=now)
    move(dossier, Status.STOPPED)
    dossier.finished_at, dossier.suspended_at = now, None
    let_go(dossier)
    withdrawn = withdraw_all_proposed(session, dossier)
    told: dict[str, object] = {
        "status": [before, Status.STOPPED],
        "notice": notice.id,
        "withdrawn": withdrawn,
        "ground": asked.ground,
        "proof": asked.proof,
        "asked_at": stamp(asked.asked_at),
        "decision": facts.decision,
        "refund_due": asked.fees == "refund",
        "fees": asked.fees,
        "returned": [paper.key for paper in papers if paper.key in asked.returned],
    }
    record(session, dossier, "stopped", by=by, now=now, reason=facts.reason_text, facts=told)
    return notice


def _faults(dossier: Dossier, asked: StopAsked, *, now: datetime) -> tuple[Fault, ...]:
    faults = [*text_faults("text", asked.text), *_fee_faults(dossier, asked)]
    match asked.ground:
        case StopGround.APPLICANT_REQUEST:
            faults.extend(_request_faults(dossier, asked, now=now))
        case StopGround.DECISION:
            faults.extend(text_faults("decision", asked.decision, least=3, longest=200))
            faults.extend(basis_faults(asked.legal_basis))
        case _:
            faults.append(Fault("ground", "bad_choice" if asked.ground else "missing"))
    return tuple(faults)


def _request_faults(dossier: Dossier, asked: StopAsked, *, now: datetime) -> list[Fault]:
    faults = list(text_faults("asked_by", asked.asked_by, least=2, longest=200))
    if asked.proof not in STOP_PROOFS:
        faults.append(Fault("proof", "bad_choice" if asked.proof else "missing"))
    if asked.asked_at is None:
        faults.append(Fault("asked_at", "missing"))
    elif asked.asked_at > now:
        faults.append(Fault("asked_at", "future_date"))
    elif civil_day(asked.asked_at) < civil_day(dossier.received_at):
        faults.append(Fault("asked_at", "before_received"))
    return faults


def _fee_faults(dossier: Dossier, asked: StopAsked) -> list[Fault]:
    """What is said of the fee must agree with the money line."""
    if asked.fees not in STOP_FEES:
        return [Fault("fees", "bad_choice" if asked.fees else "missing")]
    if (dossier.payment_status == Payment.PAID) is (asked.fees == "none_paid"):
        return [Fault("fees", "other_than_paid", {"paid": dossier.payment_status == Payment.PAID})]
    if asked.fees == "kept" and asked.ground != StopGround.DECISION:
        return list(basis_faults(asked.legal_basis))
    return []

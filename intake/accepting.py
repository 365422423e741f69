"""Accepting a dossier: one verb for the kiosk, the post and the desk; the channel is data."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import cast

from sqlalchemy import Table, bindparam, insert, select
from sqlalchemy.orm import Session

from intake import numbers, outbox
from intake.applications import (
    Application,
    Told,
    after_the_fact,
    asked_of,
    digitised,
    exception_facts,
    paper_faults,
    papers_of,
)
from intake.captures.adopting import Brought, adopt, brought_with
from intake.drafts import Applicant
from intake.events import Actor
from intake.issuing import first_receipt
from intake.keys import Keys
from intake.language import VIETNAMESE, reading
from intake.offices import civil_day
from intake.payments.asking import pay_facts
from intake.policies import policy_for, take_place
from intake.promising import Promise, promise_for
from intake.queries import commune_codes, offer_of, procedure_version
from intake.records import AcceptancePoint, Dossier, DossierWord, Event, Receipt
from intake.rules import forms
from intake.rules.applicants import applicant_faults, collection_faults, representative_faults
from intake.rules.codes import dossier_code
from intake.rules.exceptions import PaperException, PaperReason
from intake.rules.finding import code_words, word_rows, words_of
from intake.rules.policy import NotToday, Policy
from intake.rules.procedures import Procedure
from intake.rules.refusals import ForeignAttempt, PromiseChanged, UnfinishedDossier
from intake.rules.sheets import sheets
from intake.rules.text import search_key
from intake.rules.vouching import fitted

CONTENT = "dossier.content"
CITIZEN_ID = "citizen_id"
PHONE = "phone"

_EVENT = insert(cast(Table, Event.__table__))
_WORDS = insert(cast(Table, DossierWord.__table__))
_RECEIPT = insert(cast(Table, Receipt.__table__)).returning(Receipt.id)
_BY_ATTEMPT = select(Dossier).where(Dossier.attempt == bindparam("attempt"))


@reading(VIETNAMESE)  # what is kept and printed
def accept(
    session: Session,
    application: Application,
    point: AcceptancePoint,
    *,
    keys: Keys,
    base_url: str,
    by: Actor,
    now: datetime,
    prints: bool = True,
) -> Dossier:
    """Receive a dossier: check it, number it, promise its due time, its receipt and the printing of it.

    One transaction of the caller's; nothing slow happens in it. The same
    ``attempt`` again gives the dossier of the first time. Raises
    UnfinishedDossier with every fault, ProcedureNotOffered, ForeignAttempt, or
    PromiseChanged when the screen promised today, or a wait, and that no longer
    holds. What is entered later than it was taken is promised the ordinary term.
    By post the declaration is among the papers: an answer may be missing, not
    wrong. ``prints`` False: its receipt goes another way than out of a printer.
    """
    # One attempt always comes from one point, so holding the point lets a second
    # tap wait for the first instead of failing on the unique attempt. SQLite
    # has let only one writer in to begin with.
    if session.get_bind().dialect.name != "sqlite":
        session.execute(select(AcceptancePoint.id).filter_by(id=point.id).with_for_update(key_share=True))
    if known := session.scalar(_BY_ATTEMPT, {"attempt": application.attempt}):
        if known.office_id != point.office_id:
            raise ForeignAttempt
        return known
    office, today, received_at = point.office, civil_day(now), application.taken_at or now
    procedure = procedure_version(session, application.version_id, now=now)
    procedure = fitted(procedure, application.applicant.how, application.applicant.citizen_id)
    # Any version of what the office receives will do: the citizen began with it.
    offer_of(session, office, procedure.code, now=now)
    kind = application.applicant.kind
    policy = policy_for(
        session, office, procedure, channel=application.channel, applicant_kind=kind, at=received_at
    )
    policy = after_the_fact(policy) if application.taken_at else policy
    application = digitised(application) if policy.digitise else application
    faults = _faults(procedure, application, today=today, communes=commune_codes(session, now=now))
    brought = brought_with(session, procedure, application)
    if faults := (*faults, *paper_faults(procedure, application, policy), *brought.faults):
        raise UnfinishedDossier(faults=faults)
    promise = promise_for(
        session,
        office,
        procedure,
        channel=application.channel,
        answers=application.answers,
        policy=policy,
        now=received_at,
        exemption=application.exemption,
    )
    if application.told and not application.taken_at:
        _must_still_hold(application.told, promise, policy)
    asked = asked_of(procedure, application)
    papers = papers_of(procedure, application)
    taken, saved = sheets(asked, application.documents, same_day=policy.same_day)
    exception = application.exception if papers and not policy.paper else None
    if application.taken_at is not None and policy.rules:  # a form is paper, whatever came with it
        exception, saved = exception or PaperException(PaperReason.OUTAGE), 0
    claimed = promise.fee.exemption
    content = keys.seal(_content(procedure, replace(application, exemption=claimed)), CONTENT)
    # As late as possible: from here to the commit nobody else gets a number.
    number, seq = numbers.next_dossier(session, office, day=today)
    if policy.promised_by and not take_place(session, office, policy.promised_by, at=received_at):
        raise PromiseChanged(lost="today", why=NotToday.DAY_FULL)  # somebody was faster by a moment
    code = dossier_code(office.code_template, agency=office.code, day=today, seq=seq)
    dossier = Dossier(
        office_id=office.id,
        acceptance_point_id=point.id,
        procedure_version_id=application.version_id,
        dossier_code=code,
        attempt=application.attempt,
        year=today.year,
        number=number,
        channel=application.channel,
        counts_as_online=promise.counts_as_online,
        applicant_name=application.applicant.name,
        name_key=search_key(application.applicant.name),
        citizen_id_key=_key(keys, application.applicant.citizen_id, CITIZEN_ID),
        phone_key=_key(keys, application.applicant.phone, PHONE),
        content_sealed=content,
        received_at=received_at,
        due_at=promise.due_at,
        promised_at=promise.promised_at,
        deadline_at=promise.due_at,
        expected_at=promise.promised_at,
        service_days=[rule.lineage for rule in policy.rules],
        same_day=policy.same_day,
        visit_minutes=round(policy.target.total_seconds() / 60) if policy.target else None,
        applicant_kind=kind,
        helper_id=application.helper.person_id if application.helper else None,
        voucher_id=_voucher_id(application.applicant),
        papers_hash=brought.hash,
        paper_reason=exception.reason if exception else "",
        sheets_taken=taken,
        sheets_saved=saved,
        without_paper=not papers and application.taken_at is None,
        fee=promise.fee.amount,
        payment_status="nothing_to_pay" if promise.fee.amount == 0 else "unpaid",
        collection=application.collection.how,
    )
    session.add(dossier)
    session.flush()
    adopt(session, brought, dossier)
    # What follows is only ever appended, so plain inserts do; they cost half.
    rows = session.connection()
    rows.execute(_EVENT, _first_events(dossier, procedure, application, exception, brought, claimed, by, now))
    said = [*words_of(dossier.applicant_name), *code_words(code, agency=office.code)]
    rows.execute(_WORDS, word_rows(office.id, dossier.id, said))
    paying = pay_facts(session, dossier, now=now) if application.channel != "post" else None
    receipt = first_receipt(
        dossier, office, procedure, application, promise, policy, keys, base_url, by, paying, brought
    )
    receipt_id = rows.execute(_RECEIPT, receipt).scalar_one()
    if prints and point.printer_id is not None:
        outbox.promise(session, receipt_id=receipt_id, printer_id=point.printer_id, now=now)
    return dossier


def _faults(
    procedure: Procedure, application: Application, *, today: date, communes: frozenset[str]
) -> tuple[forms.Fault, ...]:
    applicant, collection = application.applicant, application.collection
    behalf = application.representative
    on_behalf = (
        representative_faults(behalf.name, behalf.citizen_id, behalf.phone, behalf.proof) if behalf else ()
    )
    return (
        *applicant_faults(applicant.name, applicant.citizen_id, applicant.phone, applicant.kind),
        *_unknown_faults(application),
        *on_behalf,
        *forms.all_faults(
            procedure,
            application.answers,
            application.documents,
            today=today,
            communes=communes,
            declared_on_paper=application.channel == "post",
        ),
        *collection_faults(collection.how, collection.address, collection.email),
    )


def _unknown_faults(application: Application) -> tuple[forms.Fault, ...]:
    """At a screen nobody is taken at their word: a number, or an officer who says who they are."""
    applicant = application.applicant
    is_known = applicant.citizen_id or applicant.how == "vouched" or applicant.kind != "citizen"
    if application.channel != "kiosk" or is_known:
        return ()
    return (forms.Fault("applicant.citizen_id", "missing"),)


def _must_still_hold(told: Told, promise: Promise, policy: Policy) -> None:
    """A later hour of the same day is no other promise, unless somebody meant to wait for it."""
    at = promise.promised_at
    lost = "today" if at is None or civil_day(at) > told.day else "wait" if told.waits else ""
    if lost == "today" or (lost and policy.target is None):
        paused = any(rule.promises_today for rule in policy.suspended)
        why = policy.not_today or ("suspended" if paused else None)
        raise PromiseChanged(lost=lost, why=why, again_at=policy.again_at)


def _voucher_id(applicant: Applicant) -> int | None:
    return int(applicant.voucher_id) if applicant.how == "vouched" and applicant.voucher_id else None


def _key(keys: Keys, value: str, purpose: str) -> str | None:
    return keys.fingerprint(value, purpose) if value else None


def _content(procedure: Procedure, application: Application) -> str:
    return json.dumps(
        {
            "applicant": asdict(application.applicant),
            "answers": forms.kept_answers(procedure, application.answers),
            "documents": {key: dict(answer) for key, answer in application.documents.items()},
            "collection": asdict(application.collection),
            "representative": asdict(application.representative) if application.representative else None,
            "exemption": application.exemption,
        },
        ensure_ascii=False,
    )


def _first_events(
    dossier: Dossier,
    procedure: Procedure,
    application: Application,
    exception: PaperException | None,
    brought: Brought,
    claimed: str,
    by: Actor,
    now: datetime,
) -> list[dict[str, object]]:
    """What was handed in, and that it was accepted: at a kiosk both in one moment."""
    here: dict[str, object] = {
        "office_id": dossier.office_id,
        "dossier_id": dossier.id,
        "at": now,
        "person_id": by.person_id,
        "actor": by.name,
        "device": by.device,
        "reason": "",
    }
    submitted = {
        "channel": application.channel,
        "procedure_code": procedure.code,
        "identity": application.applicant.how,
        "contradictions": list(application.applicant.contradictions),
        "documents": {key: answer["how"] for key, answer in application.documents.items()},
        **brought.facts,
        **({"by_representative": True} if application.representative else {}),
        **({"helped_by": application.helper.name} if application.helper else {}),
        **({"vouched_by": application.applicant.voucher} if application.applicant.how == "vouched" else {}),
        **({"taken_at": application.taken_at.isoformat()} if application.taken_at else {}),
        **({"reused": application.reused} if application.reused else {}),
        **({"rules": dossier.service_days} if dossier.service_days else {}),
        **({"exemption": claimed} if claimed else {}),
    }
    accepted = {
        "dossier_code": dossier.dossier_code,
        "due_at": dossier.due_at.isoformat() if dossier.due_at else None,
        "promised_at": dossier.promised_at.isoformat() if dossier.promised_at else None,
    }
    # Whoever is helped stays the one who files.
    who: dict[str, object] = {"person_id": None, "actor": "citizen"} if application.helper else {}
    told = [
        here | who | {"kind": "submitted", "facts": submitted},
        here | {"kind": "accepted", "facts": accepted},
    ]
    if exception is not None:
        facts = exception_facts(exception, papers_of(procedure, application))
        told.append(here | {"kind": "paper_exception", "facts": facts, "reason": exception.kept_text})
    return told

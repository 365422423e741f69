"""Accepting a dossier: one verb for the kiosk, the post and the desk; the channel is data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import cast

from sqlalchemy import Table, bindparam, insert, select
from sqlalchemy.orm import Session

from intake import numbers, outbox
from intake.drafts import Applicant, Collection, Draft, Representative
from intake.events import Actor
from intake.keys import Keys
from intake.offices import civil_day
from intake.policies import policy_for, take_place
from intake.printing import seal_facts
from intake.promising import Promise, promise_for
from intake.queries import commune_codes, offer_of, procedure_version
from intake.receipt import ReceiptFacts
from intake.records import AcceptancePoint, Dossier, DossierWord, Event, Office, Receipt
from intake.rules import forms
from intake.rules.applicants import applicant_faults, collection_faults, representative_faults
from intake.rules.codes import dossier_code
from intake.rules.exceptions import VERSION, PaperException
from intake.rules.finding import code_words, word_rows, words_of
from intake.rules.people import masked_citizen_id, masked_phone
from intake.rules.policy import Policy
from intake.rules.procedures import Procedure, Requirement
from intake.rules.receipt_code import ReceiptCode, address, encode
from intake.rules.refusals import PromiseChanged, UnfinishedDossier
from intake.rules.sheets import sheets
from intake.rules.text import search_key
from intake.rules.wording import COLLECTION, fee_words, term_words

CONTENT = "dossier.content"
CITIZEN_ID = "citizen_id"
PHONE = "phone"

COUNTED = {"originals": "Bản chính", "copies": "Bản sao", "certified_copies": "Bản sao chứng thực"}

_EVENT = insert(cast(Table, Event.__table__))
_WORDS = insert(cast(Table, DossierWord.__table__))
_RECEIPT = insert(cast(Table, Receipt.__table__)).returning(Receipt.id)
_BY_ATTEMPT = select(Dossier).where(Dossier.attempt == bindparam("attempt"))


@dataclass(frozen=True)
class Application:
    """What is handed in: the draft of a kiosk, a clerk's intake, an officer's. ``attempt`` makes it once.

    ``documents`` says for a requirement's key "how" and "reason" and, where somebody
    counted, "originals", "copies" and "certified_copies" as digits.
    """

    attempt: str
    channel: str
    version_id: int
    applicant: Applicant
    answers: Mapping[str, str]
    documents: Mapping[str, Mapping[str, str]]
    collection: Collection
    representative: Representative | None = None  # files for the applicant
    exception: PaperException | None = None  # why paper is taken on a paper-free day
    assisted: bool = False  # the citizen files; whoever calls accept() only helps
    told_today: bool = False  # the screen promised the result for today
    taken_at: datetime | None = None  # when it was received on paper during an outage; None: now


def application_from(draft: Draft, *, channel: str) -> Application:
    """The finished draft; UnfinishedDossier names the steps that were never done."""
    undone = {
        "applicant": draft.applicant is None,
        "documents": not draft.documents_done,
        "collection": draft.collection is None,
    }
    if any(undone.values()) or draft.applicant is None or draft.collection is None:
        faults = tuple(forms.Fault(step, "missing", {}) for step, is_undone in undone.items() if is_undone)
        raise UnfinishedDossier(faults=faults)
    return Application(
        attempt=draft.attempt,
        channel=channel,
        version_id=draft.version_id,
        applicant=draft.applicant,
        answers=draft.answers,
        documents=draft.documents,
        collection=draft.collection,
    )


def accept(
    session: Session,
    application: Application,
    point: AcceptancePoint,
    *,
    keys: Keys,
    base_url: str,
    by: Actor,
    now: datetime,
) -> Dossier:
    """Receive a dossier: check it, number it, promise its due time, its receipt and the printing of it.

    One transaction of the caller's; nothing slow happens in it. The same
    ``attempt`` again gives the dossier of the first time. Raises
    UnfinishedDossier with every fault, ProcedureNotOffered, or PromiseChanged
    when the screen promised today and that no longer holds.
    """
    # One attempt always comes from one point, so holding the point lets a second
    # tap wait for the first instead of failing on the unique attempt. SQLite
    # has let only one writer in to begin with.
    if session.get_bind().dialect.name != "sqlite":
        session.execute(select(AcceptancePoint.id).filter_by(id=point.id).with_for_update(key_share=True))
    if known := session.scalar(_BY_ATTEMPT, {"attempt": application.attempt}):
        return known
    office, today, received_at = point.office, civil_day(now), application.taken_at or now
    procedure = procedure_version(session, application.version_id, now=now)
    # Any version of what the office receives will do: the citizen began with it.
    offer_of(session, office, procedure.code, now=now)
    kind = application.applicant.kind
    policy = policy_for(
        session, office, procedure, channel=application.channel, applicant_kind=kind, at=received_at
    )
    application = digitised(application) if policy.digitise else application
    faults = _faults(procedure, application, today=today, communes=commune_codes(session, now=now))
    if faults := (*faults, *paper_faults(procedure, application, policy)):
        raise UnfinishedDossier(faults=faults)
    if application.told_today and not policy.same_day:
        raise PromiseChanged(why=policy.not_today, again_at=policy.again_at)

    promise = promise_for(
        session,
        office,
        procedure,
        channel=application.channel,
        answers=application.answers,
        policy=policy,
        now=received_at,
    )
    asked = forms.visible_requirements(procedure, application.answers)
    papers = papers_of(procedure, application)
    taken, saved = sheets(asked, application.documents, same_day=policy.same_day)
    exception = application.exception if papers and not policy.paper else None
    content = keys.seal(_content(procedure, application), CONTENT)
    # As late as possible: from here to the commit nobody else gets a number.
    number, seq = numbers.next_dossier(session, office, day=today)
    if policy.promised_by and not take_place(session, office, policy.promised_by, at=received_at):
        raise PromiseChanged()
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
        helper_id=by.person_id if application.assisted else None,
        paper_reason=exception.reason if exception else "",
        sheets_taken=taken,
        sheets_saved=saved,
        without_paper=not papers,
        fee=promise.fee.amount,
        payment_status="nothing_to_pay" if promise.fee.amount == 0 else "unpaid",
        collection=application.collection.how,
    )
    session.add(dossier)
    session.flush()
    # What follows is only ever appended, so plain inserts do; they cost half.
    rows = session.connection()
    rows.execute(_EVENT, _first_events(dossier, procedure, application, exception, by, now))
    said = [*words_of(dossier.applicant_name), *code_words(code, agency=office.code)]
    rows.execute(_WORDS, word_rows(office.id, dossier.id, said))
    receipt = _receipt(dossier, office, procedure, application, promise, policy, keys, base_url, by)
    receipt_id = rows.execute(_RECEIPT, receipt).scalar_one()
    if point.printer_id is not None:
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
        *on_behalf,
        *forms.all_faults(
            procedure, application.answers, application.documents, today=today, communes=communes
        ),
        *collection_faults(collection.how, collection.address, collection.email),
    )


def papers_of(procedure: Procedure, application: Application) -> list[str]:
    """The keys of what is handed in on paper."""
    asked = forms.visible_requirements(procedure, application.answers)
    return [one.key for one in asked if application.documents.get(one.key, {}).get("how") == "paper"]


def paper_faults(procedure: Procedure, application: Application, policy: Policy) -> tuple[forms.Fault, ...]:
    """Papers that are not taken today, unless for a reason of the list; that one has to say enough."""
    papers = papers_of(procedure, application)
    if policy.paper or not papers:
        return ()
    exception = application.exception
    if exception is None:
        return tuple(forms.Fault(key, "paper_free") for key in papers)
    if exception.reason not in policy.exceptions:
        return (forms.Fault("paper_reason", "bad_choice"),)
    return () if exception.is_told else (forms.Fault("paper_text", "missing"),)


def digitised(application: Application) -> Application:
    """What came on paper is scanned where it is received, and given back."""
    documents = {
        key: {**told, "how": "scan"} if told.get("how") == "paper" else told
        for key, told in application.documents.items()
    }
    return replace(application, documents=documents)


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
        },
        ensure_ascii=False,
    )


def _first_events(
    dossier: Dossier,
    procedure: Procedure,
    application: Application,
    exception: PaperException | None,
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
        **({"by_representative": True} if application.representative else {}),
        **({"helped_by": by.name} if application.assisted else {}),
        **({"taken_at": application.taken_at.isoformat()} if application.taken_at else {}),
        **({"rules": dossier.service_days} if dossier.service_days else {}),
    }
    accepted = {
        "dossier_code": dossier.dossier_code,
        "due_at": dossier.due_at.isoformat() if dossier.due_at else None,
        "promised_at": dossier.promised_at.isoformat() if dossier.promised_at else None,
    }
    # Whoever is helped stays the one who files.
    who: dict[str, object] = {"person_id": None, "actor": "citizen"} if application.assisted else {}
    told = [
        here | who | {"kind": "submitted", "facts": submitted},
        here | {"kind": "accepted", "facts": accepted},
    ]
    if exception is not None:
        facts = exception_facts(exception, papers_of(procedure, application))
        told.append(here | {"kind": "paper_exception", "facts": facts, "reason": exception.text.strip()})
    return told


def exception_facts(exception: PaperException, papers: Sequence[str]) -> dict[str, object]:
    """What an event says of paper that was taken all the same; its text is the event's reason."""
    return {"code": str(exception.reason), "list": VERSION, "papers": list(papers)}


def _receipt(
    dossier: Dossier,
    office: Office,
    procedure: Procedure,
    application: Application,
    promise: Promise,
    policy: Policy,
    keys: Keys,
    base_url: str,
    by: Actor,
) -> dict[str, object]:
    applicant = application.applicant
    code = ReceiptCode(office.code, dossier.dossier_code, dossier.received_at, keys.receipt_key_id)
    payload = encode(code, keys.sign)
    facts = ReceiptFacts(
        office_name=office.name,
        office_place=office.place,
        agency_name=office.agency_name,
        receipt_no=str(dossier.number),
        dossier_code=dossier.dossier_code,
        procedure_name=procedure.name,
        procedure_title=procedure.title,
        applicant_name=applicant.name,
        citizen_id=masked_citizen_id(applicant.citizen_id) if applicant.citizen_id else "",
        address=applicant.address,
        phone=masked_phone(applicant.phone) if applicant.phone else "",
        email=applicant.email,
        papers=_papers(procedure, application),
        sets=1,
        term_words=term_words(promise.term),
        received_at=dossier.received_at,
        due_at=dossier.due_at,
        promised_at=dossier.promised_at,
        same_day=dossier.promised_at is not None
        and civil_day(dossier.promised_at) == civil_day(dossier.received_at),
        collect_words=COLLECTION[application.collection.how],
        collect_at=office.collect_at if application.collection.how.startswith("counter") else "",
        fee_words=fee_words(promise.fee),
        fee_paid_words="" if promise.fee.amount == 0 else "chưa nộp",
        hotline=office.hotline,
        qr_address=address(base_url, payload),
        officer_name=by.name if by.person_id is not None else "",
        bring_words="Mang theo thẻ căn cước và biên nhận này, hoặc ảnh chụp mã QR",
        register_book=str(dossier.year),
        register_no=str(dossier.number),
        note=office.receipt_note,
        day_words=day_words(policy),
        no_appointment=policy.same_day,
        waits=policy.target is not None,
        scans=_scans(procedure, application),
    )
    return {
        "dossier_id": dossier.id,
        "payload": payload,
        "facts_sealed": seal_facts(facts, keys),
        "issued_at": dossier.received_at,
    }


def day_words(policy: Policy) -> str:
    """The name of the rule that promises, else of the first that is in force."""
    running = [rule for rule in policy.rules if rule not in policy.suspended]
    rule = policy.promised_by or next(iter(running), None)
    return rule.title if rule else ""


def _papers(procedure: Procedure, application: Application) -> tuple[tuple[str, str, int], ...]:
    told = application.documents
    handed_in = (
        requirement
        for requirement in forms.visible_requirements(procedure, application.answers)
        if told.get(requirement.key, {}).get("how") == "paper"
    )
    return tuple(line for requirement in handed_in for line in _lines(requirement, told[requirement.key]))


def _scans(procedure: Procedure, application: Application) -> tuple[str, ...]:
    """What is still to be scanned after filing: elsewhere than at a kiosk somebody has done it."""
    if application.channel != "kiosk":
        return ()
    asked, told = forms.visible_requirements(procedure, application.answers), application.documents
    return tuple(one.name for one in asked if told.get(one.key, {}).get("how") == "scan")


def _lines(requirement: Requirement, told: Mapping[str, str]) -> list[tuple[str, str, int]]:
    """What was counted, else what the law asks for."""
    asked = {name: getattr(requirement, name) for name in COUNTED}
    counted = {name: int(told[name]) for name in COUNTED if told.get(name)} or asked
    lines = [(requirement.name, COUNTED[name], count) for name, count in counted.items() if count]
    return lines or [
        (requirement.name, "Xuất trình" if requirement.show else "Bản chính", 0 if requirement.show else 1)
    ]

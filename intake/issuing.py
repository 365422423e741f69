"""What the receipt of a new dossier says: worked out once, when it is accepted."""

from __future__ import annotations

from collections.abc import Mapping

from intake.applications import Application, asked_of
from intake.captures.adopting import Brought
from intake.events import Actor
from intake.keys import Keys
from intake.language import marked
from intake.offices import civil_day
from intake.printing import seal_facts
from intake.promising import Promise
from intake.receipt import ReceiptFacts
from intake.records import Dossier, Office
from intake.rules import forms
from intake.rules.people import masked_citizen_id, masked_phone
from intake.rules.policy import Policy
from intake.rules.procedures import Procedure, Requirement
from intake.rules.receipt_code import ReceiptCode, address, encode
from intake.rules.wording import COLLECTION, LATER_TODAY, fee_words, term_words

NOTHING_BROUGHT = Brought()
COUNTED = {"originals": "Bản chính", "copies": "Bản sao", "certified_copies": "Bản sao chứng thực"}

UNPAID = marked("chưa nộp")
UNCONFIRMED = marked("chưa xác nhận")


def first_receipt(
    dossier: Dossier,
    office: Office,
    procedure: Procedure,
    application: Application,
    promise: Promise,
    policy: Policy,
    keys: Keys,
    base_url: str,
    by: Actor,
    paying: Mapping[str, str] | None = None,
    brought: Brought = NOTHING_BROUGHT,
) -> dict[str, object]:
    """The row of the receipt that acceptance issues: the signed code and all it says, fixed from now on.

    ``paying`` are the facts of the QR of the fee, where it is asked for by one.
    """
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
        collect_words=LATER_TODAY
        if policy.same_day and application.collection.how == "counter_later"
        else COLLECTION[application.collection.how],
        collect_at=office.collect_at if application.collection.how.startswith("counter") else "",
        fee_words=fee_words(promise.fee),
        fee_paid_words="" if promise.fee.amount == 0 else UNCONFIRMED if paying else UNPAID,
        exemption=promise.fee.exemption,
        **(paying or {}),
        hotline=office.hotline,
        qr_address=address(base_url, payload),
        officer_name=by.name if by.person_id is not None else "",
        bring_words=marked("Mang theo thẻ căn cước và biên nhận này, hoặc ảnh chụp mã QR"),
        register_book=str(dossier.year),
        register_no=str(dossier.number),
        note=office.receipt_note,
        day_words=day_words(policy),
        no_appointment=policy.same_day,
        waits=policy.target is not None,
        scans=_scans(procedure, application),
        files=brought.told,
        papers_hash=brought.hash or "",
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
        for requirement in asked_of(procedure, application)
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

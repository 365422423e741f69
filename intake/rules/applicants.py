"""Who may file and how a result comes back: the same for every face."""

from __future__ import annotations

from collections.abc import Mapping

from intake.rules.answers import Fault
from intake.rules.people import citizen_id, person_name, phone
from intake.rules.refusals import Refusal, UnreadableName
from intake.rules.text import tidy
from intake.rules.wording import COLLECTION

# Who files. A State agency files electronically on every day.
KINDS: Mapping[str, str] = {
    "citizen": "Người dân",
    "organisation": "Tổ chức, doanh nghiệp",
    "agency": "Cơ quan nhà nước",
}
LONGEST_ORGANISATION = 150


def applicant_faults(name: str, number: str, telephone: str, kind: str = "citizen") -> tuple[Fault, ...]:
    """What is wrong with an applicant; the citizen number may be empty, for whom staff vouches.

    An organisation has none, and digits and signs in its name.

    Source: domain rule of the personal number, Nghị định 137/2015/NĐ-CP.
    """
    if kind not in KINDS:
        return (Fault("applicant.kind", "bad_choice"),)
    read_name = person_name if kind == "citizen" else organisation_name
    checks = (
        ("applicant.name", "bad_name", read_name, name, True),
        ("applicant.citizen_id", "bad_citizen_id", citizen_id, number, False),
        ("applicant.phone", "bad_phone", phone, telephone, False),
    )
    faults = []
    for key, code, read, text, required in checks:
        if not text and not required:
            continue
        try:
            read(text)
        except Refusal:
            faults.append(Fault(key, code))
    return tuple(faults)


def organisation_name(text: str) -> str:
    """«Công ty TNHH 2 thành viên An Phát», with single spaces; UnreadableName without a letter."""
    name = tidy(text)
    if not 2 <= len(name) <= LONGEST_ORGANISATION or not any(sign.isalpha() for sign in name):
        raise UnreadableName()
    return name


def representative_faults(name: str, number: str, telephone: str, proof: str) -> tuple[Fault, ...]:
    """What is wrong with who files for the applicant: they stand here, so their own number is needed.

    Source: domain rule of the personal number, Nghị định 137/2015/NĐ-CP.
    """
    told = applicant_faults(name, number, telephone)
    faults = [Fault(fault.key.replace("applicant.", "representative."), fault.code) for fault in told]
    for key, text in (("representative.citizen_id", number), ("representative.proof", proof)):
        if not text.strip() and key not in {fault.key for fault in faults}:
            faults.append(Fault(key, "missing"))
    return tuple(faults)


def collection_faults(how: str, address: str, email: str) -> tuple[Fault, ...]:
    """What is wrong with the way the result shall come back."""
    if how not in COLLECTION:
        return (Fault("collection", "bad_choice"),)
    if how == "post" and not address.strip():
        return (Fault("collection.address", "missing"),)
    if how == "electronic" and "@" not in email:
        return (Fault("collection.email", "bad_email"),)
    return ()

"""What a clerk took, as the screen had it, and whether it is whole."""

from __future__ import annotations

from collections.abc import Collection as Some
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from intake.drafts import Applicant, Collection
from intake.rules.answers import Fault
from intake.rules.codes import ItemNumber, is_dossier_code, parse_item_number
from intake.rules.people import citizen_id, phone
from intake.rules.post_checklist import checklist, counted, document_faults
from intake.rules.post_intake import parcel_faults, sender_faults
from intake.rules.procedures import Procedure
from intake.rules.refusals import (
    UnfinishedDossier,
    UnreadableItemNumber,
    UnreadablePhone,
    WrongCheckDigit,
)
from intake.rules.sheets import COUNTED
from intake.rules.text import tidy

LONGEST_ATTEMPT = 64


@dataclass(frozen=True)
class Intake:
    """What a clerk took, as it stood on the screen.

    ``item_number`` "" takes the next own number of the post office. ``documents``
    as in intake.applications.Application. ``payer`` and ``zone`` are of
    intake.rules.post_intake.PAYERS and intake.rules.tariffs.ZONES. ``consent`` is
    the version agreed to, "" for none. ``answers`` and ``saved_code`` come from a
    saved draft; of the answers only sound ones are kept, for the declaration on
    paper tells all of them. ``taken_at`` is set only for what was taken without a network.
    """

    attempt: str
    item_number: str
    version_id: int
    applicant: Applicant
    documents: Mapping[str, Mapping[str, str]]
    collection: Collection
    seal_number: str = ""
    witnessed: bool = False
    grams: int = 0
    zone: str = ""
    payer: str = "sender"
    exemption: str = ""
    consent: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    saved_code: str = ""
    taken_at: datetime | None = None

    @property
    def wants_home(self) -> bool:
        """The result comes home by post as well."""
        return self.collection.how == "post"


def must_be_whole(intake: Intake, procedure: Procedure, *, exemptions: Some[str]) -> Intake:
    """The same in the one form in which it is kept; ``exemptions`` are the codes that hold on its day.

    Raises UnfinishedDossier with every fault.
    """
    documents = counted_documents(intake.documents)
    applicant, collection = intake.applicant, intake.collection
    faults = [
        *_number_faults(intake.item_number),
        *sender_faults(
            applicant.name,
            applicant.citizen_id,
            applicant.phone,
            applicant.kind,
            how=collection.how,
            address=collection.address,
            email=collection.email,
        ),
        *document_faults(checklist(procedure, intake.answers, documents), documents),
        *parcel_faults(
            seal_number=intake.seal_number,
            witnessed=intake.witnessed,
            grams=intake.grams,
            zone=intake.zone,
            payer=intake.payer,
            exemption=intake.exemption,
            exemptions=exemptions,
            consent=intake.consent,
            wants_home=intake.wants_home,
        ),
    ]
    if faults:
        raise UnfinishedDossier(faults=tuple(faults))
    return replace(
        intake,
        documents=documents,
        applicant=_sender(applicant),
        collection=_home(collection),
        seal_number=tidy(intake.seal_number),
        consent=intake.consent if intake.wants_home else "",
    )


def read_number(text: str) -> ItemNumber | None:
    """None for none, and for one whose fault is told with all others."""
    return parse_item_number(text) if text and not _number_faults(text) else None


def counted_documents(documents: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    """What was counted was brought on paper, even if nobody said so; of what nothing was said is left out."""
    told: dict[str, Mapping[str, str]] = {}
    for key, document in documents.items():
        how = document.get("how", "") or ("paper" if counted(document) else "")
        if how or any(document.get(kind) for kind in COUNTED):
            told[key] = {**document, "how": how}
    return told


def _sender(told: Applicant) -> Applicant:
    """In the one form by which a person is found again; what was not sound is refused before."""
    return replace(
        told,
        name=tidy(told.name),
        citizen_id=citizen_id(told.citizen_id) if told.citizen_id else "",
        address=tidy(told.address),
        phone=_phone(told.phone),
        email=tidy(told.email),
    )


def _home(told: Collection) -> Collection:
    return replace(told, address=tidy(told.address), phone=_phone(told.phone), email=tidy(told.email))


def _phone(text: str) -> str:
    """As dialled at home; what nobody can dial is kept as it was told: it is a second number at most."""
    try:
        return phone(text)
    except UnreadablePhone:
        return tidy(text)


def _number_faults(text: str) -> list[Fault]:
    try:
        # A receipt is signed for the number: nobody gets one for another's dossier by typing its code here.
        if text and is_dossier_code(parse_item_number(text).text):
            return [Fault("item_number", "bad_item_number")]
    except WrongCheckDigit:
        return [Fault("item_number", "wrong_check_digit")]
    except UnreadableItemNumber:
        return [Fault("item_number", "bad_item_number")]
    return []

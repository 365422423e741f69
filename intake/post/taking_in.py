"""Taking a sealed dossier at the post counter, or at the citizen's door: once for each attempt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from sqlalchemy import Table, and_, bindparam, insert, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from intake import outbox
from intake.drafts import Applicant, Collection
from intake.events import Actor
from intake.keys import Keys
from intake.offices import civil_day
from intake.post import money, tariffs
from intake.post.contents import Sent, masked_name, seal_sent
from intake.post.number_blocks import ITEM_MARK, next_number, own, receipt_payload
from intake.post.papers import LABEL, RECEIPT, SENDERS_SLIP, SLIP
from intake.post.steps import CLERK, KINDS
from intake.queries import commune_codes, offer_of, procedure_version
from intake.records import AcceptancePoint, Event, PostalItem, PostalStep
from intake.rules.answers import Fault
from intake.rules.codes import ItemNumber, parse_item_number
from intake.rules.forms import sound_answers
from intake.rules.people import citizen_id, phone
from intake.rules.post import Step
from intake.rules.post_checklist import checklist, counted, document_faults
from intake.rules.post_intake import parcel_faults, sender_faults
from intake.rules.procedures import Procedure
from intake.rules.refusals import (
    ForeignAttempt,
    ItemKnown,
    UnfinishedDossier,
    UnreadableItemNumber,
    UnreadablePhone,
    WrongCheckDigit,
)
from intake.rules.sheets import COUNTED
from intake.rules.text import tidy
from intake.saving import spend

LONGEST_ATTEMPT = 64

_STEP = insert(cast(Table, PostalStep.__table__))
_EVENT = insert(cast(Table, Event.__table__))
_KNOWN = select(PostalItem.id, PostalItem.point_id, PostalItem.attempt).where(
    or_(
        PostalItem.attempt == bindparam("attempt"),
        and_(PostalItem.office_id == bindparam("office"), PostalItem.item_number == bindparam("number")),
    )
)


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


def take_in(
    session: Session,
    intake: Intake,
    point: AcceptancePoint,
    *,
    keys: Keys,
    base_url: str,
    by: Actor,
    now: datetime,
) -> PostalItem:
    """The item in our books: numbered, counted, priced, paid, its receipt signed and its papers promised.

    One transaction of the caller's. The same attempt again gives the item of the
    first time. What was taken without a network is printed where it was taken,
    so nothing is promised for it; a device clock that runs ahead is not believed.
    Raises UnfinishedDossier with every fault, ItemKnown, NoTariff, NoNumbersLeft,
    ProcedureNotOffered, ForeignAttempt, NoSuchSavedDraft.
    """
    _hold(session, point)
    number = _read_number(intake.item_number)
    if known := _known(session, intake.attempt, number, point):
        return known
    taken_at = min(intake.taken_at or now, now)
    day = civil_day(taken_at)
    procedure = procedure_version(session, intake.version_id, now=now)
    offer_of(session, point.office, procedure.code, now=now)
    documents = _counted(intake.documents)
    _must_be_whole(session, replace(intake, documents=documents), procedure, point, taken_at)
    applicant, collection = _sender(intake.applicant), _home(intake.collection)
    if number is None:
        number = _next_own(session, point)
    own_since, is_own = own(session, point, number)
    answers = sound_answers(procedure, intake.answers, today=day, communes=commune_codes(session, now=now))
    charge = tariffs.charge_for(
        session,
        point.office,
        zone=intake.zone,
        grams=intake.grams,
        wants_home=intake.wants_home,
        exemption=intake.exemption,
        day=day,
    )
    fee = tariffs.fee_for(
        session, point.office, procedure, answers=answers, exemption=intake.exemption, day=day
    )
    item = PostalItem(
        office_id=point.office_id,
        point_id=point.id,
        direction="in",
        attempt=intake.attempt,
        item_number=number.text,
        is_s10=number.is_s10,
        procedure_version_id=intake.version_id,
        masked_name=masked_name(applicant.name),
        content_sealed=seal_sent(Sent(applicant, documents, collection, answers, base_url), keys),
        seal_number=tidy(intake.seal_number),
        witnessed=intake.witnessed,
        grams=intake.grams,
        zone=intake.zone,
        wants_home=intake.wants_home,
        payer=intake.payer,
        exemption=intake.exemption,
        charge=charge,
        fee=fee,
        consent=intake.consent if intake.wants_home else "",
        taken_by=by.person_id,
        taken_at=taken_at,
        arrived_at=now,
        status=Step.ACCEPTED,
        status_at=taken_at,
    )
    payload = _payload(point, number.text, own_since or taken_at, keys)
    item.receipt_payload = payload
    _add(session, item)
    if not payload:  # an operator's own number with signs that no receipt can carry
        item.receipt_payload = _payload(point, f"{ITEM_MARK}{item.id}", taken_at, keys)
    # What follows is only ever appended, so plain inserts do; they cost half.
    rows = session.connection()
    rows.execute(_STEP, _first_step(item, point, by, now))
    rows.execute(_EVENT, _first_event(item, intake, procedure, by, now))
    money.take_money(session, item, by=by, now=now)
    if intake.saved_code:
        spend(session, point.office, intake.saved_code, keys=keys, now=now)
    if intake.taken_at is None:
        _promise_papers(session, item, point, own=is_own, now=now)
    return item


def _hold(session: Session, point: AcceptancePoint) -> None:
    """A second tap waits for the first; on SQLite only one writes anyway."""
    if session.get_bind().dialect.name != "sqlite":
        session.execute(select(AcceptancePoint.id).filter_by(id=point.id).with_for_update(key_share=True))


def _known(
    session: Session, attempt: str, number: ItemNumber | None, point: AcceptancePoint
) -> PostalItem | None:
    """The item of this attempt; raises ItemKnown when the number is another's."""
    if not 0 < len(attempt) <= LONGEST_ATTEMPT:
        raise UnfinishedDossier(faults=(Fault("attempt", "missing"),))
    text = number.text if number else ""
    rows = session.execute(_KNOWN, {"attempt": attempt, "office": point.office_id, "number": text}).all()
    for row in rows:
        if row.attempt == attempt:
            if row.point_id != point.id:
                raise ForeignAttempt()
            return session.get_one(PostalItem, row.id)
    for row in rows:
        raise ItemKnown(item_number=text, item_id=row.id if row.point_id == point.id else None)
    return None


def _counted(documents: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    """What was counted was brought on paper, even if nobody said so; of what nothing was said is left out."""
    told: dict[str, Mapping[str, str]] = {}
    for key, document in documents.items():
        how = document.get("how", "") or ("paper" if counted(document) else "")
        if how or any(document.get(kind) for kind in COUNTED):
            told[key] = {**document, "how": how}
    return told


def _must_be_whole(
    session: Session, intake: Intake, procedure: Procedure, point: AcceptancePoint, taken_at: datetime
) -> None:
    """Raises UnfinishedDossier."""
    applicant, collection = intake.applicant, intake.collection
    lines = checklist(procedure, intake.answers, intake.documents)
    exempt = tariffs.exemptions(session, point.office, day=civil_day(taken_at)) if intake.exemption else ()
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
        *document_faults(lines, intake.documents),
        *parcel_faults(
            seal_number=intake.seal_number,
            witnessed=intake.witnessed,
            grams=intake.grams,
            zone=intake.zone,
            payer=intake.payer,
            exemption=intake.exemption,
            exemptions=[one.code for one in exempt],
            consent=intake.consent,
            wants_home=intake.wants_home,
        ),
    ]
    if faults:
        raise UnfinishedDossier(faults=tuple(faults))


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
        if text:
            parse_item_number(text)
    except WrongCheckDigit:
        return [Fault("item_number", "wrong_check_digit")]
    except UnreadableItemNumber:
        return [Fault("item_number", "bad_item_number")]
    return []


def _read_number(text: str) -> ItemNumber | None:
    """None for none, and for one whose fault is told with all others."""
    return parse_item_number(text) if text and not _number_faults(text) else None


def _next_own(session: Session, point: AcceptancePoint) -> ItemNumber:
    """The next of our own that nobody has typed before it was given."""
    while True:  # ends: numbers run out
        number = parse_item_number(next_number(session, point))
        given = {"attempt": "", "office": point.office_id, "number": number.text}
        if session.execute(_KNOWN, given).first() is None:
            return number


def _add(session: Session, item: PostalItem) -> None:
    """Raises ItemKnown when another post office was faster with the same number by a moment."""
    if session.get_bind().dialect.name == "sqlite":  # only one writes, and has just looked
        session.add(item)
        session.flush()
        return
    try:
        with session.begin_nested():
            session.add(item)
    except IntegrityError:
        raise ItemKnown(item_number=item.item_number, item_id=None) from None


def _payload(point: AcceptancePoint, code: str, at: datetime, keys: Keys) -> str:
    """Signed as the device may have done already; "" for a code that no receipt can carry."""
    try:
        return receipt_payload(point.office, code, at=at, keys=keys)
    except ValueError:
        return ""


def _first_step(item: PostalItem, point: AcceptancePoint, by: Actor, now: datetime) -> dict[str, object]:
    return {
        "item_id": item.id,
        "step": Step.ACCEPTED,
        "at": item.taken_at,
        "told_at": now,
        "source": CLERK,
        "holder": f"{point.name}, {by.name}",
        "place": point.name,
        "reason": "",
    }


def _first_event(
    item: PostalItem, intake: Intake, procedure: Procedure, by: Actor, now: datetime
) -> dict[str, object]:
    return {
        "office_id": item.office_id,
        "item_id": item.id,
        "at": now,
        "kind": KINDS[Step.ACCEPTED],
        "person_id": by.person_id,
        "actor": by.name,
        "device": by.device,
        "reason": "",
        "facts": _facts(item, intake, procedure),
    }


def _facts(item: PostalItem, intake: Intake, procedure: Procedure) -> dict[str, object]:
    return {
        "item_number": item.item_number,
        "procedure_code": procedure.code,
        "identity": intake.applicant.how,
        "contradictions": list(intake.applicant.contradictions),
        "documents": {key: told["how"] for key, told in _counted(intake.documents).items()},
        "grams": item.grams,
        "zone": item.zone,
        "wants_home": item.wants_home,
        "seal_number": item.seal_number,
        **({"consent": item.consent} if item.consent else {}),
        **({"exemption": item.exemption} if item.exemption else {}),
        **({"taken_at": item.taken_at.isoformat()} if intake.taken_at else {}),
    }


def _promise_papers(
    session: Session, item: PostalItem, point: AcceptancePoint, *, own: bool, now: datetime
) -> None:
    if point.printer_id is None:
        return
    for paper in (*((LABEL,) if own else ()), RECEIPT, SLIP, SENDERS_SLIP):
        outbox.promise(session, item_id=item.id, item_paper=paper, printer_id=point.printer_id, now=now)

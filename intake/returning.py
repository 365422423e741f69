"""The result is ready, and comes to whoever may have it: at the counter, by post or electronically.

Late never prevents any of it, nor does an unpaid fee: these are other lines.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from intake.accepting import CITIZEN_ID
from intake.at_hand import let_go, move, must_be_here, must_decide, must_not_be_packed, officer, record
from intake.contents import content_of, seal_content
from intake.drafts import Collection
from intake.events import Actor
from intake.keys import Keys
from intake.notices import withdraw_all_proposed
from intake.offices import civil_day
from intake.records import Dossier
from intake.rules.answers import Fault
from intake.rules.applicants import collection_faults
from intake.rules.clock import promptness
from intake.rules.codes import parse_dossier_code, parse_item_number
from intake.rules.lifecycle import Delivery, Status, delivery_must_follow, must_follow
from intake.rules.notice_faults import text_faults
from intake.rules.people import citizen_id, masked_citizen_id, person_name, read_citizen_card
from intake.rules.reasons import AUTHORITIES, IDENTITY_PAPERS
from intake.rules.receipt_code import decode
from intake.rules.refusals import (
    NotAReceipt,
    NotTheApplicant,
    Refusal,
    UnfinishedDossier,
    UnprovenCollector,
    UnreadableDossierCode,
    WrongReceipt,
    WrongStatus,
)
from intake.rules.text import tidy

COLLECTOR = "dossier.collector"


@dataclass(frozen=True)
class Result:
    """What was decided. All may be empty: many results have no number of their own.

    ``kinds`` of "paper" and "electronic".
    """

    document_number: str = ""
    issued_on: date | None = None
    kinds: tuple[str, ...] = ("paper",)


@dataclass(frozen=True)
class Representative:
    """Somebody who collects for the applicant. ``authority`` is of AUTHORITIES."""

    name: str
    citizen_id: str
    authority: str
    proof_number: str = ""
    proof_date: date | None = None


@dataclass(frozen=True)
class Collector:
    """Who stands at the counter, and what they showed.

    ``receipt`` is the scanned QR or the typed dossier code. ``citizen_id`` is
    the applicant's own number, typed or the text of their card's QR;
    ``paper_seen`` of IDENTITY_PAPERS is what the officer looked at instead. With
    a ``representative`` both speak of the representative.
    """

    receipt: str
    citizen_id: str = ""
    paper_seen: str = ""
    representative: Representative | None = None


@dataclass(frozen=True)
class Identified:
    """How somebody proved that the result is theirs: codes for the event, and what is sealed."""

    receipt: str  # "qr" or "code"
    identity: str  # "citizen_id" or the paper seen
    authority: str  # "" for the applicant
    citizen_id_masked: str
    sealed: dict[str, object]


def result_ready(
    session: Session, dossier: Dossier, result: Result | None = None, *, by: Actor, now: datetime
) -> None:
    """in_progress → result_ready: the clock of the law ends here, at ``finished_at``.

    The result waits at the counter, or to be sent as the applicant chose. The
    lock ends. Raises WrongStatus, HandoverOpen, NotOfThisUnit for who does not
    decide dossiers of the unit that has it.
    """
    result = result or Result()
    must_follow(Status(dossier.status), Status.RESULT_READY)
    must_be_here(session, dossier)
    must_decide(session, dossier, by)
    move(dossier, Status.RESULT_READY)
    dossier.finished_at = now
    _deliver(dossier, _first_stop(dossier.collection))
    let_go(dossier)
    facts: dict[str, object] = {
        "status": [Status.IN_PROGRESS, Status.RESULT_READY],
        "document_number": tidy(result.document_number)[:60],
        "issued_on": result.issued_on.isoformat() if result.issued_on else None,
        "kinds": list(result.kinds),
        "delivery": [Delivery.NONE, dossier.delivery_status],
        "on_time": promptness(now, dossier.deadline_at),
        "withdrawn": withdraw_all_proposed(session, dossier),
    }
    record(session, dossier, "result_ready", by=by, now=now, facts=facts)


def identify(dossier: Dossier, collector: Collector, *, keys: Keys, now: datetime) -> Identified:
    """Whether they may have the result; nothing is written.

    Raises UnprovenCollector with all that is missing, WrongReceipt,
    ForgedReceipt or ForeignReceipt for what was scanned, NotTheApplicant.
    """
    faults = [*_receipt_faults(collector), *_identity_faults(collector)]
    if collector.representative is not None:
        faults.extend(_representative_faults(collector.representative, now=now))
    if faults:
        raise UnprovenCollector(faults=tuple(faults))
    shown = _shown_receipt(dossier, collector.receipt, keys)
    number = _number(collector.citizen_id) if collector.citizen_id.strip() else ""
    behalf = collector.representative
    if behalf is None:
        if number and keys.fingerprint(number, CITIZEN_ID) != dossier.citizen_id_key:
            raise NotTheApplicant
        sealed: dict[str, object] = {"citizen_id": number, "paper_seen": collector.paper_seen}
    else:
        own = citizen_id(behalf.citizen_id)
        if number not in ("", own):
            raise NotTheApplicant(named=behalf.name)
        number = own
        told = replace(behalf, name=person_name(behalf.name), citizen_id=number)
        sealed = {"representative": asdict(told), "paper_seen": collector.paper_seen}
    return Identified(
        receipt=shown,
        identity="citizen_id" if collector.citizen_id.strip() else collector.paper_seen,
        authority=behalf.authority if behalf else "",
        citizen_id_masked=masked_citizen_id(number) if number else "",
        sealed=sealed,
    )


def return_at_counter(
    session: Session, dossier: Dossier, collector: Collector, *, keys: Keys, by: Actor, now: datetime
) -> Identified:
    """result_ready → returned, into the hands of who was identified; also what was to be sent or came back.

    Raises as identify(), WrongStatus, also while it is on its way by post, HandoverOpen, Packed.
    """
    officer(session, by)
    must_follow(Status(dossier.status), Status.RETURNED)
    must_be_here(session, dossier)
    must_not_be_packed(session, dossier)
    known = identify(dossier, collector, keys=keys, now=now)
    before = dossier.delivery_status
    if before in (Delivery.TO_SEND, Delivery.FAILED):
        _deliver(dossier, Delivery.WAITING)
    elif before == Delivery.SENT:
        raise WrongStatus(now=before, then=Delivery.DELIVERED)
    _deliver(dossier, Delivery.DELIVERED)
    dossier.collector_sealed = keys.seal(
        json.dumps(known.sealed, ensure_ascii=False, default=date.isoformat), COLLECTOR
    )
    facts: dict[str, object] = {
        "how": "counter",
        "delivery": [before, Delivery.DELIVERED],
        "receipt": known.receipt,
        "identity": known.identity,
        "authority": known.authority,
        "citizen_id": known.citizen_id_masked,
    }
    _returned(session, dossier, facts, by=by, now=now)
    return known


def send_by_post(session: Session, dossier: Dossier, item_number: str, *, by: Actor, now: datetime) -> None:
    """to_send (or failed, again) → sent: the post has it. It is returned once it is delivered.

    An officer tells so, or the post: ``by`` may be its system. Raises Packed while
    the item still lies here, UnreadableItemNumber, WrongCheckDigit, WrongStatus, HandoverOpen.
    """
    number = parse_item_number(item_number)
    facts: dict[str, object] = {"how": "post", "item_number": number.text, "s10": number.is_s10}
    _send(session, dossier, "post", facts, by=by, now=now)


def send_electronically(session: Session, dossier: Dossier, *, keys: Keys, by: Actor, now: datetime) -> None:
    """to_send (or failed, again) → sent, to the address the applicant gave; the event masks it."""
    officer(session, by)
    address = content_of(dossier, keys).collection.email
    _send(session, dossier, "electronic", {"how": "electronic", "to": _masked(address)}, by=by, now=now)


def delivered(session: Session, dossier: Dossier, *, proof: str = "", by: Actor, now: datetime) -> None:
    """sent → delivered, and with it result_ready → returned. ``proof`` tells how we know."""
    _must_be_sent(dossier, Delivery.DELIVERED)
    _deliver(dossier, Delivery.DELIVERED)
    facts: dict[str, object] = {"delivery": [Delivery.SENT, Delivery.DELIVERED]}
    record(session, dossier, "delivered", by=by, now=now, reason=tidy(proof), facts=facts)
    _returned(session, dossier, {"how": dossier.collection}, by=by, now=now)


def delivery_failed(session: Session, dossier: Dossier, *, reason: str, by: Actor, now: datetime) -> None:
    """sent → failed: it is back in the office, to be sent again or kept at the counter. Says why."""
    if faults := text_faults("reason", reason, least=3):
        raise UnprovenCollector(faults=faults)
    _deliver(dossier, Delivery.FAILED)
    facts: dict[str, object] = {"delivery": [Delivery.SENT, Delivery.FAILED]}
    record(session, dossier, "delivery_failed", by=by, now=now, reason=tidy(reason), facts=facts)


def choose_collection(
    session: Session, dossier: Dossier, collection: Collection, *, keys: Keys, by: Actor, now: datetime
) -> None:
    """The applicant wants the result another way: before it is ready, or while it has not left.

    Raises UnfinishedDossier for a missing address, Packed, WrongStatus once it
    has left or nothing will come.
    """
    if faults := collection_faults(collection.how, collection.address, collection.email):
        raise UnfinishedDossier(faults=faults)
    must_not_be_packed(session, dossier)
    before = dossier.collection
    if dossier.delivery_status != Delivery.NONE:
        must_follow(Status(dossier.status), Status.RETURNED)
        if dossier.delivery_status != _first_stop(collection.how):
            _deliver(dossier, _first_stop(collection.how))
    elif dossier.finished_at is not None:
        raise WrongStatus(now=dossier.status, then=collection.how)
    dossier.collection = collection.how
    seal_content(dossier, replace(content_of(dossier, keys), collection=collection), keys)
    facts: dict[str, object] = {"collection": [before, collection.how], "delivery": dossier.delivery_status}
    record(session, dossier, "collection_changed", by=by, now=now, facts=facts)


def _returned(
    session: Session, dossier: Dossier, facts: dict[str, object], *, by: Actor, now: datetime
) -> None:
    move(dossier, Status.RETURNED)
    dossier.returned_at = now
    let_go(dossier)
    told: dict[str, object] = {"status": [Status.RESULT_READY, Status.RETURNED]}
    told["on_time"] = promptness(dossier.finished_at or now, dossier.deadline_at)
    record(session, dossier, "returned", by=by, now=now, facts=told | facts)


def _send(
    session: Session, dossier: Dossier, how: str, facts: dict[str, object], *, by: Actor, now: datetime
) -> None:
    must_follow(Status(dossier.status), Status.RETURNED)
    must_be_here(session, dossier)
    must_not_be_packed(session, dossier)
    if dossier.collection != how:
        raise WrongStatus(now=dossier.collection, then=how)
    before = dossier.delivery_status
    if before == Delivery.FAILED:
        _deliver(dossier, Delivery.TO_SEND)
    _deliver(dossier, Delivery.SENT)
    record(session, dossier, "sent", by=by, now=now, facts=facts | {"delivery": [before, Delivery.SENT]})


def _must_be_sent(dossier: Dossier, then: Delivery) -> None:
    # The table lets what waits at the counter be delivered too, but by hand: return_at_counter().
    if dossier.delivery_status != Delivery.SENT:
        raise WrongStatus(now=dossier.delivery_status, then=then)


def _deliver(dossier: Dossier, then: Delivery) -> None:
    delivery_must_follow(Delivery(dossier.delivery_status), then)
    dossier.delivery_status = then


def _first_stop(collection: str) -> Delivery:
    return Delivery.TO_SEND if collection in ("post", "electronic") else Delivery.WAITING


def _receipt_faults(collector: Collector) -> list[Fault]:
    return [] if collector.receipt.strip() else [Fault("receipt", "missing")]


def _identity_faults(collector: Collector) -> list[Fault]:
    if collector.citizen_id.strip():
        try:
            _number(collector.citizen_id)
        except Refusal:
            return [Fault("citizen_id", "bad_citizen_id")]
        return []
    if not collector.paper_seen:
        return [Fault("citizen_id", "missing")]
    return [] if collector.paper_seen in IDENTITY_PAPERS else [Fault("paper_seen", "bad_choice")]


def _representative_faults(behalf: Representative, *, now: datetime) -> list[Fault]:
    faults = []
    try:
        person_name(behalf.name)
    except Refusal:
        faults.append(Fault("representative.name", "bad_name" if behalf.name.strip() else "missing"))
    try:
        citizen_id(behalf.citizen_id)
    except Refusal:
        code = "bad_citizen_id" if behalf.citizen_id.strip() else "missing"
        faults.append(Fault("representative.citizen_id", code))
    if behalf.authority not in AUTHORITIES:
        faults.append(Fault("representative.authority", "bad_choice" if behalf.authority else "missing"))
    if not tidy(behalf.proof_number):
        faults.append(Fault("representative.proof_number", "missing"))
    if behalf.proof_date is not None and behalf.proof_date > civil_day(now):
        faults.append(Fault("representative.proof_date", "future_date"))
    return faults


def _shown_receipt(dossier: Dossier, text: str, keys: Keys) -> str:
    """Whether it is this dossier's: "qr" for its signed code, "code" for the code alone."""
    try:
        shown = decode(text, keys.public_keys)
    except NotAReceipt:
        if _typed_code(text) != dossier.dossier_code:
            raise WrongReceipt from None
        return "code"
    if shown.dossier_code != dossier.dossier_code or shown.office != dossier.office.code:
        raise WrongReceipt(dossier_code=shown.dossier_code)
    return "qr"


def _typed_code(text: str) -> str:
    try:
        return parse_dossier_code(text)
    except UnreadableDossierCode:
        return tidy(text).upper()


def _number(text: str) -> str:
    return read_citizen_card(text).citizen_id if "|" in text or "$" in text else citizen_id(text)


def _masked(address: str) -> str:
    """«l***@vidu.vn»."""
    name, at, host = address.partition("@")
    return f"{name[:1]}***{at}{host}" if at else ""

"""A result is packed at the office for the post to fetch, or taken out of its envelope again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.at_hand import must_be_here, must_not_be_packed, officer
from intake.contents import content_of
from intake.events import Actor
from intake.keys import Keys
from intake.offices import civil_day
from intake.outbox import promise
from intake.post.contents import Addressed, masked_name, seal_addressed
from intake.post.number_blocks import next_number
from intake.post.papers import LABEL
from intake.post.steps import KINDS, OFFICER, append_step, step_to, tell
from intake.post.tariffs import charge_for
from intake.records import AcceptancePoint, Dossier, Manifest, ManifestLine, PostalItem
from intake.rules.answers import Fault
from intake.rules.codes import ItemNumber, parse_item_number
from intake.rules.lifecycle import Delivery, Status, must_follow
from intake.rules.notice_faults import text_faults
from intake.rules.post import Step
from intake.rules.refusals import ItemElsewhere, ItemKnown, UnfinishedNotice, WrongStatus, WrongStep
from intake.rules.text import tidy

HEAVIEST = 30_000  # grams; a parcel of the post
LONGEST_WHY = 40
LONGEST_SEAL = 40


def pack(
    session: Session,
    dossier: Dossier,
    point: AcceptancePoint,
    *,
    item_number: str = "",
    grams: int = 0,
    zone: str = "",
    seal_number: str = "",
    printer_id: int | None = None,
    keys: Keys,
    by: Actor,
    now: datetime,
) -> PostalItem:
    """The result of a dossier at hand, sealed and labelled: READY for the post office ``point`` to fetch.

    "" takes the post office's next own number. The address is what the applicant
    gave. ``zone`` is that of the charge which is taken at the door; nothing is
    taken where it is "", or where the way home was paid with the way in. The
    same dossier packed again under the same number, or none, is the item there
    is already. Raises WrongStatus when nothing is to be sent by post,
    HandoverOpen, Packed, ItemKnown, NoNumbersLeft, NoTariff,
    UnreadableItemNumber, WrongCheckDigit.
    """
    officer(session, by)
    _must_be_to_send(dossier)
    must_be_here(session, dossier)
    if again := _packed_as(session, dossier, item_number):
        return again
    must_not_be_packed(session, dossier)
    _fits(grams, seal_number)
    number = parse_item_number(item_number or next_number(session, point))
    _must_be_new(session, dossier, number)
    item = _item(session, dossier, point, number, grams=grams, zone=zone, keys=keys, now=now)
    item.seal_number = tidy(seal_number)
    append_step(session, item, Step.READY, source=OFFICER, by=by, now=now, holder=dossier.office.name)
    tell(session, item, KINDS[Step.READY], by=by, now=now, facts={"holder": dossier.office.name})
    if printer_id is not None:
        promise(session, printer_id=printer_id, item_id=item.id, item_paper=LABEL, now=now)
    return item


def unpack(session: Session, item: PostalItem, *, reason: str, by: Actor, now: datetime) -> None:
    """READY → RETURNED: out of its envelope again, before the post fetched it. Says why.

    The dossier still is to be sent, or collected. Raises WrongStep,
    UnfinishedNotice, ItemElsewhere while it is on a list for the post.
    """
    if faults := text_faults("reason", reason, least=3, longest=LONGEST_WHY):
        raise UnfinishedNotice(faults=faults)
    if item.status != Step.READY:
        raise WrongStep(now=item.status, then=Step.RETURNED)
    if number := _listed(session, item):
        raise ItemElsewhere(where=number)
    holder, why = item.office.name, tidy(reason)
    step_to(session, item, Step.RETURNED, source=OFFICER, by=by, now=now, holder=holder, reason=why)


def _listed(session: Session, item: PostalItem) -> str | None:
    """The number of the list it goes out with, as long as the post has not confirmed that."""
    listed = select(Manifest.number).join(ManifestLine).where(ManifestLine.item_id == item.id)
    return session.scalar(listed.where(Manifest.direction == "home", Manifest.received_at.is_(None)).limit(1))


def is_prepaid(session: Session, dossier: Dossier) -> bool:
    """Whether the way home was paid when the dossier was taken in."""
    paid = select(PostalItem.id).filter_by(dossier_id=dossier.id, direction="in", wants_home=True)
    return session.scalar(paid.limit(1)) is not None


def _must_be_to_send(dossier: Dossier) -> None:
    must_follow(Status(dossier.status), Status.RETURNED)
    if dossier.collection != "post":
        raise WrongStatus(now=dossier.collection, then="post")
    if dossier.delivery_status not in (Delivery.TO_SEND, Delivery.FAILED):
        raise WrongStatus(now=dossier.delivery_status, then=Delivery.SENT)


def _packed_as(session: Session, dossier: Dossier, item_number: str) -> PostalItem | None:
    packed = session.scalar(
        select(PostalItem).filter_by(dossier_id=dossier.id, direction="home", status=Step.READY)
    )
    if packed is not None and item_number and parse_item_number(item_number).text != packed.item_number:
        return None
    return packed


def _must_be_new(session: Session, dossier: Dossier, number: ItemNumber) -> None:
    known = select(PostalItem.id).filter_by(office_id=dossier.office_id, item_number=number.text)
    if item_id := session.scalar(known):
        raise ItemKnown(item_id=item_id, item_number=number.text)


def _fits(grams: int, seal_number: str) -> None:
    faults = []
    if not 0 <= grams <= HEAVIEST:
        faults.append(Fault("grams", "too_large", {"max": HEAVIEST}))
    if len(tidy(seal_number)) > LONGEST_SEAL:
        faults.append(Fault("seal_number", "too_long", {"max": LONGEST_SEAL}))
    if faults:
        raise UnfinishedNotice(faults=tuple(faults))


def _charge(session: Session, dossier: Dossier, *, grams: int, zone: str, now: datetime) -> int:
    if not zone or is_prepaid(session, dossier):
        return 0
    day = civil_day(now)
    return charge_for(session, dossier.office, zone=zone, grams=grams, wants_home=False, day=day)


def _item(
    session: Session,
    dossier: Dossier,
    point: AcceptancePoint,
    number: ItemNumber,
    *,
    grams: int,
    zone: str,
    keys: Keys,
    now: datetime,
) -> PostalItem:
    content = content_of(dossier, keys)
    name, way = content.applicant.name, content.collection
    addressed = Addressed(
        name, way.address or content.applicant.address, way.phone or content.applicant.phone
    )
    before = session.scalar(
        select(func.count()).select_from(PostalItem).filter_by(dossier_id=dossier.id, direction="home")
    )
    item = PostalItem(
        office_id=dossier.office_id,
        point_id=point.id,
        direction="home",
        attempt=f"home-{dossier.id}-{before}",
        item_number=number.text,
        is_s10=number.is_s10,
        procedure_version_id=dossier.procedure_version_id,
        dossier_id=dossier.id,
        masked_name=masked_name(name),
        content_sealed=seal_addressed(addressed, keys),
        grams=grams,
        zone=zone,
        charge=_charge(session, dossier, grams=grams, zone=zone, now=now),
        taken_at=now,
        arrived_at=now,
        status=Step.READY,
        status_at=now,
    )
    session.add(item)
    session.flush()
    return item

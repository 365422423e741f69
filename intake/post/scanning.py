"""What a clerk's scan means here and now: looked up, never guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from intake.drafts import Applicant, Draft
from intake.keys import Keys
from intake.post.number_blocks import ITEM_MARK
from intake.queries import Offer, offer_of, offered
from intake.records import AcceptancePoint, Dossier, PostalItem
from intake.rules.people import CitizenCard, contradictions
from intake.rules.post_scans import Scan, ScanKind, read_scan
from intake.rules.receipt_code import decode
from intake.rules.refusals import ForeignReceipt, ItemKnown
from intake.saving import draft_of


@dataclass(frozen=True)
class Understood:
    """What was scanned, and what is known of it.

    ``kind``: "item" (a new number), "item_known" (``item_id`` is of this post
    office), "card", "procedure", "saved" or "receipt" (``item_id`` where it is
    of an item of this post office, else None: there is nothing to open).
    ``text`` is the item number, procedure code, saved code, or what the receipt
    is for; of a card the masked number is all that may be shown.
    """

    kind: str
    text: str
    is_s10: bool = False
    item_id: int | None = None
    card: CitizenCard | None = None
    applicant: Applicant | None = None  # of a card or a saved draft; telephone and email as far as known
    offer: Offer | None = None  # of a procedure or a saved draft
    draft: Draft | None = None


def understand(
    session: Session, point: AcceptancePoint, text: str, *, keys: Keys, now: datetime
) -> Understood:
    """What ``text`` means at this post office; changes nothing.

    Raises ScanNotUnderstood, WrongCheckDigit, UnreadableItemNumber, ItemKnown
    (the number is another post office's), ProcedureNotOffered, NoSuchSavedDraft,
    ForgedReceipt, ForeignReceipt.
    """
    scan = read_scan(text)
    match scan.kind:
        case ScanKind.ITEM:
            return _item(session, point, scan)
        case ScanKind.CARD:
            assert scan.card is not None
            return Understood("card", scan.text, card=scan.card, applicant=applicant_of(scan.card))
        case ScanKind.PROCEDURE:
            return _procedure(session, point, scan.text, now)
        case ScanKind.SAVED:
            return _saved(session, point, scan.text, keys, now)
        case ScanKind.RECEIPT:
            return _receipt(session, point, scan.text, keys)


def applicant_of(card: CitizenCard) -> Applicant:
    """As far as the card tells; the clerk asks for the rest."""
    return Applicant(
        name=card.name or "",
        citizen_id=card.citizen_id,
        born=card.born.isoformat() if card.born else "",
        sex=card.sex or "",
        address=card.address or "",
        how="card",
        contradictions=contradictions(card),
    )


def _item(session: Session, point: AcceptancePoint, scan: Scan) -> Understood:
    known = session.execute(
        select(PostalItem.id, PostalItem.point_id).where(
            PostalItem.office_id == point.office_id, PostalItem.item_number == scan.text
        )
    ).first()
    is_s10 = scan.item is not None and scan.item.is_s10
    if known is None:
        return Understood("item", scan.text, is_s10=is_s10)
    if known.point_id != point.id:
        raise ItemKnown(item_number=scan.text, item_id=None)
    return Understood("item_known", scan.text, is_s10=is_s10, item_id=known.id)


def _procedure(session: Session, point: AcceptancePoint, code: str, now: datetime) -> Understood:
    """By its own code or by one of its cases: «1.001193.000.00.00.H56» as portals print it is 1.001193."""
    codes = {offer.code for offer in offered(session, point.office, now=now)}
    found = code if code in codes else code[: len("1.001193")]
    return Understood("procedure", found, offer=offer_of(session, point.office, found, now=now))


def _saved(session: Session, point: AcceptancePoint, code: str, keys: Keys, now: datetime) -> Understood:
    draft = draft_of(session, point.office, code, keys=keys, now=now)
    offer = offer_of(session, point.office, draft.procedure_code, now=now)
    return Understood("saved", code, applicant=draft.applicant, offer=offer, draft=draft)


def _receipt(session: Session, point: AcceptancePoint, text: str, keys: Keys) -> Understood:
    told = decode(text, keys.public_keys)
    if told.office != point.office.code:
        raise ForeignReceipt(office=told.office, dossier_code=told.dossier_code)
    item_id = session.scalar(
        select(PostalItem.id)
        .outerjoin(Dossier, Dossier.id == PostalItem.dossier_id)
        .where(
            PostalItem.point_id == point.id,
            PostalItem.direction == "in",
            or_(
                PostalItem.item_number == told.dossier_code,
                Dossier.dossier_code == told.dossier_code,
                *_by_id(told.dossier_code),
            ),
        )
        .limit(1)
    )
    return Understood("receipt", told.dossier_code, item_id=item_id)


def _by_id(code: str) -> list[ColumnElement[bool]]:
    """A number with signs no receipt can carry stands on it as «item-17»."""
    found = re.fullmatch(rf"{ITEM_MARK}([0-9]{{1,18}})", code)
    return [PostalItem.id == int(found[1])] if found else []

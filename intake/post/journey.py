"""What the holder of a receipt learns of the post's part: a journey in plain words, and nobody's name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from intake.keys import Keys
from intake.post.delivering import delivery_code
from intake.post.number_blocks import ITEM_MARK
from intake.post.steps import moved_by
from intake.queries import procedure_version
from intake.records import Dossier, Office, PostalItem
from intake.rules.journey_words import FINISHED, RECEIVED, Tone, told_tone, told_words
from intake.rules.post import Step
from intake.rules.receipt_code import ReceiptCode

WITHDRAWN = [Step.READY, Step.RETURNED]  # packed, and taken out again: nothing travelled


@dataclass(frozen=True)
class Leg:
    """One line: when, what, and at which post office or centre."""

    at: datetime
    words: str
    place: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class ItemStatus:
    """Of an item that is no dossier yet."""

    item_number: str
    office_name: str
    hotline: str
    post_office: str
    procedure_title: str
    taken_at: datetime
    step: Step
    legs: tuple[Leg, ...]


@dataclass(frozen=True)
class OnTheWay:
    """Of a result that the post brings: where it is, and the code while it is out for delivery."""

    item_number: str
    step: Step
    failures: int
    post_office: str
    code: str


def journey_of(session: Session, of: Dossier | PostalItem) -> tuple[Leg, ...]:
    """All that happened on the way there and back, in its order; empty where the post had no part."""
    if isinstance(of, PostalItem):
        return tuple(_legs(of)) if of.dossier is None else journey_of(session, of.dossier)
    items = _items(session, of)
    if not items:
        return ()
    there, back = (
        [leg for item in items if item.direction == direction for leg in _legs(item)]
        for direction in ("in", "home")
    )
    # Within one moment the way there comes first, and the way back last.
    return tuple(sorted([*there, *_at_the_office(of), *back], key=lambda leg: leg.at))


def way_home(session: Session, dossier: Dossier, *, keys: Keys) -> OnTheWay | None:
    """The item that brings its result, or brought it last; None while none was packed."""
    items = [item for item in _items(session, dossier) if item.direction == "home" and not _withdrawn(item)]
    if not items:
        return None
    item = items[-1]
    code = delivery_code(keys, item) if item.status == Step.OUT else ""
    return OnTheWay(item.item_number, Step(item.status), item.failures, item.point.name, code)


def item_of(session: Session, code: ReceiptCode) -> PostalItem | None:
    """The item that this signed receipt of the post is of, or None."""
    name = code.dossier_code
    opaque = name.removeprefix(ITEM_MARK)
    by_id = name != opaque and opaque.isdecimal() and len(opaque) < 10
    which = PostalItem.id == int(opaque) if by_id else PostalItem.item_number == name
    return session.scalar(
        select(PostalItem)
        .join(Office)
        .where(Office.code == code.office, PostalItem.direction == "in", which)
        .options(joinedload(PostalItem.dossier), joinedload(PostalItem.office), joinedload(PostalItem.point))
    )


def item_status(session: Session, item: PostalItem, *, now: datetime) -> ItemStatus:
    """What its sender may learn before it is accepted."""
    return ItemStatus(
        item_number=item.item_number,
        office_name=item.office.name,
        hotline=item.office.hotline,
        post_office=item.point.name,
        procedure_title=procedure_version(session, item.procedure_version_id, now=now).title,
        taken_at=item.taken_at,
        step=Step(item.status),
        legs=journey_of(session, item),
    )


def _items(session: Session, dossier: Dossier) -> list[PostalItem]:
    return list(
        session.scalars(
            select(PostalItem)
            .filter_by(dossier_id=dossier.id)
            .options(selectinload(PostalItem.steps), joinedload(PostalItem.point))
            .order_by(PostalItem.taken_at, PostalItem.id)
        )
    )


def _legs(item: PostalItem) -> Iterable[Leg]:
    if _withdrawn(item):
        return
    for row in moved_by(item):
        step = Step(row.step)
        place = item.office.name if step in (Step.HANDED_OVER, Step.READY, Step.RETURNED) else item.point.name
        yield Leg(row.at, told_words(step, row.reason), place, told_tone(step))


def _withdrawn(item: PostalItem) -> bool:
    return [row.step for row in item.steps] == WITHDRAWN


def _at_the_office(dossier: Dossier) -> Iterable[Leg]:
    yield Leg(dossier.received_at, RECEIVED, dossier.office.name)
    if dossier.finished_at is not None and dossier.delivery_status != "none":
        yield Leg(dossier.finished_at, FINISHED, dossier.office.name, Tone.GOOD)

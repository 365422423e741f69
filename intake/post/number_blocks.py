"""Item numbers of our own: one at a time, or a block for a device that may lose its line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.orm import Session

from intake import events
from intake.events import Actor
from intake.keys import Keys
from intake.records import AcceptancePoint, ItemRange, NumberBlock, Office
from intake.rules.codes import ItemNumber, s10_number
from intake.rules.receipt_code import ReceiptCode, encode
from intake.rules.refusals import NoNumbersLeft

LARGEST_BLOCK = 500
_OWN = (
    select(
        ItemRange.service,
        ItemRange.country,
        ItemRange.first_serial,
        ItemRange.last_serial,
        NumberBlock.first_serial.label("block_first"),
        NumberBlock.last_serial.label("block_last"),
        NumberBlock.taken_at,
    )
    .select_from(ItemRange)
    .outerjoin(
        NumberBlock,
        and_(
            NumberBlock.range_id == ItemRange.id,
            NumberBlock.first_serial <= bindparam("last"),
            NumberBlock.last_serial >= bindparam("first"),
        ),
    )
    .where(
        ItemRange.point_id == bindparam("point"),
        ItemRange.first_serial <= bindparam("last"),
        ItemRange.last_serial >= bindparam("first"),
    )
)
ITEM_MARK = "item-"  # before the id of an item whose number a receipt cannot carry


@dataclass(frozen=True)
class Block:
    """Numbers for one device, and for each the signed payload of the receipt it may print by itself."""

    id: int
    numbers: tuple[tuple[str, str], ...]  # (item number, payload)
    taken_at: datetime


@dataclass(frozen=True)
class Own:
    """Whether a number is one of ours, and ``since`` when a device of ours holds the block it is of."""

    is_own: bool = False
    since: datetime | None = None


def next_number(session: Session, point: AcceptancePoint) -> str:
    """The next number of this post office's own labels; it comes back when the transaction does not last.

    Raises NoNumbersLeft.
    """
    # Read by the statement itself, so that two clerks at once never get the same one.
    free = (
        select(ItemRange.id)
        .where(ItemRange.point_id == point.id, ItemRange.active)
        .where(ItemRange.next_serial <= ItemRange.last_serial)
        .order_by(ItemRange.id)
        .limit(1)
        .scalar_subquery()
    )
    give = (
        update(ItemRange)
        .where(ItemRange.id == free, ItemRange.next_serial <= ItemRange.last_serial)
        .values(next_serial=ItemRange.next_serial + 1)
        .returning(ItemRange.service, ItemRange.next_serial, ItemRange.country)
        .execution_options(synchronize_session=False)
    )
    for _ in range(3):  # the last number of a range went to somebody else: look at the next range
        if given := session.execute(give).first():
            return s10_number(given.service, given.next_serial - 1, given.country)
    raise NoNumbersLeft()


def take_block(
    session: Session, point: AcceptancePoint, *, size: int, keys: Keys, by: Actor, now: datetime
) -> Block:
    """Up to ``size`` numbers of one range, for this device alone: whatever it does not use is lost.

    Fewer when the range ends sooner. A size below 1 or above LARGEST_BLOCK
    raises ValueError; raises NoNumbersLeft.
    """
    if not 1 <= size <= LARGEST_BLOCK:
        raise ValueError(f"no block of {size} numbers")
    if by.person_id is None:
        raise ValueError("a block is taken by a person")
    found = _range_with_numbers(session, point)
    first, last = found.next_serial, min(found.next_serial + size - 1, found.last_serial)
    found.next_serial = last + 1
    block = NumberBlock(
        range_id=found.id,
        point_id=point.id,
        first_serial=first,
        last_serial=last,
        taken_by=by.person_id,
        taken_at=now,
    )
    session.add(block)
    numbers = [s10_number(found.service, serial, found.country) for serial in range(first, last + 1)]
    facts: dict[str, object] = {"item_number": f"{numbers[0]} – {numbers[-1]}", "count": len(numbers)}
    events.append(session, "post_block_taken", by=by, now=now, office_id=point.office_id, facts=facts)
    session.flush()
    office = point.office
    signed = tuple((number, receipt_payload(office, number, at=now, keys=keys)) for number in numbers)
    return Block(block.id, signed, now)


def receipt_payload(office: Office, item_number: str, *, at: datetime, keys: Keys) -> str:
    """The signed code of a postal receipt; signed again for the same moment it is the same."""
    return encode(ReceiptCode(office.code, item_number, at, keys.receipt_key_id), keys.sign)


def own(session: Session, point: AcceptancePoint, numbers: Sequence[ItemNumber]) -> dict[str, Own]:
    """Which of these are this post office's own, by their text; labels of those we print ourselves."""
    found = {number.text: Own() for number in numbers}
    ours = [number for number in numbers if number.is_s10]
    if not ours:
        return found
    serials = [int(number.serial) for number in ours]
    rows = session.execute(_OWN, {"point": point.id, "first": min(serials), "last": max(serials)}).all()
    for number, serial in zip(ours, serials, strict=True):
        for row in rows:
            in_range = row.first_serial <= serial <= row.last_serial
            if not in_range or (row.service, row.country) != (number.service, number.country):
                continue
            in_block = row.block_first is not None and row.block_first <= serial <= row.block_last
            since = row.taken_at if in_block else found[number.text].since
            found[number.text] = Own(is_own=True, since=since)
    return found


def _range_with_numbers(session: Session, point: AcceptancePoint) -> ItemRange:
    """Held until the transaction ends."""
    found = session.scalars(
        select(ItemRange)
        .where(ItemRange.point_id == point.id, ItemRange.active)
        .order_by(ItemRange.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for one in found:
        if one.next_serial <= one.last_serial:
            return one
    raise NoNumbersLeft()

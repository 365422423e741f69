"""The money lines of the post: taken, corrected by further lines, and counted at the end of a shift."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake import numbers
from intake.events import Actor
from intake.offices import civil_day
from intake.post.steps import tell
from intake.records import AcceptancePoint, Person, PostalItem, PostalMoney, PostalShift
from intake.rules.post_money import ACCOUNTS, CHARGE, FEE, receipt_number, series_of


def take_money(session: Session, item: PostalItem, *, by: Actor, now: datetime) -> tuple[PostalMoney, ...]:
    """The lines of what is taken for it: the post's charge where the sender pays, and the State's fee.

    Each has a receipt number of its own series. It goes into the clerk's shift,
    which opens by itself. Nothing is taken twice for one item: what was taken
    before is given back as it was. ``by`` is a person.
    """
    known = session.scalars(
        select(PostalMoney).filter_by(item_id=item.id, corrects_id=None).order_by(PostalMoney.id)
    ).all()
    amounts = {CHARGE: item.charge if item.payer == "sender" else 0, FEE: item.fee or 0}
    due = {account: amount for account, amount in amounts.items() if amount > 0}
    if known or not due:
        return tuple(known)
    shift = _open_shift(session, item.point, by=by, now=now)
    lines = tuple(_line(item, shift, account, amount, by=by, now=now) for account, amount in due.items())
    for line in lines:
        line.receipt_no = _next_receipt(session, item.point, line.account, now=now)
    session.add_all(lines)
    session.flush()
    tell(session, item, "post_money_taken", by=by, now=now, facts=dict(due))
    return lines


def taken(session: Session, items: Collection[int], account: str) -> dict[int, int]:
    """What was taken for each of these items with corrections; those without a line are absent."""
    rows = session.execute(
        select(PostalMoney.item_id, func.sum(PostalMoney.amount))
        .where(PostalMoney.item_id.in_(items), PostalMoney.account == account)
        .group_by(PostalMoney.item_id)
    )
    return {item_id: int(amount) for item_id, amount in rows}


def shift_of(session: Session, point: AcceptancePoint, person_id: int) -> PostalShift | None:
    """The clerk's open shift at this post office."""
    return session.scalar(
        select(PostalShift)
        .filter_by(point_id=point.id, person_id=person_id, closed_at=None)
        .order_by(PostalShift.id)
        .limit(1)
    )


def _line(
    item: PostalItem, shift: PostalShift, account: str, amount: int, *, by: Actor, now: datetime
) -> PostalMoney:
    return PostalMoney(
        office_id=item.office_id,
        point_id=item.point_id,
        shift_id=shift.id,
        item_id=item.id,
        account=account,
        amount=amount,
        person_id=by.person_id,
        at=now,
    )


def _next_receipt(session: Session, point: AcceptancePoint, account: str, *, now: datetime) -> str:
    day = civil_day(now)
    number = numbers.next_of_day(session, point.office_id, series_of(point.id, account), day=day)
    return receipt_number(point.code, account, day, number)


def _open_shift(session: Session, point: AcceptancePoint, *, by: Actor, now: datetime) -> PostalShift:
    """The one that is open, else a new one. Closing it and taking money wait for each other."""
    _hold_till(session, by.person_id)
    shift = shift_of(session, point, by.person_id or 0)
    if shift is None:
        shift = PostalShift(
            office_id=point.office_id, point_id=point.id, person_id=by.person_id, opened_at=now
        )
        session.add(shift)
        session.flush()
    return shift


def _hold_till(session: Session, person_id: int | None) -> None:
    """One at a time at the till of one clerk, until the end of the transaction. SQLite sees to it itself."""
    if session.get_bind().dialect.name != "sqlite":
        session.execute(select(Person.id).filter_by(id=person_id).with_for_update(key_share=True))


__all__ = ["ACCOUNTS", "shift_of", "take_money", "taken"]

"""The money lines of the post: taken, corrected by further lines, and counted at the end of a shift."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session, joinedload

from intake import events, numbers
from intake.events import Actor
from intake.offices import civil_day
from intake.post.steps import tell
from intake.records import AcceptancePoint, Person, PostalItem, PostalMoney, PostalShift
from intake.rules.post_money import (
    ACCOUNTS,
    CHARGE,
    FEE,
    Sum,
    closing_faults,
    correction_faults,
    counted,
    receipt_number,
    series_of,
)
from intake.rules.refusals import BadCorrection, BadPayment, NoShift, NoSuchItem
from intake.rules.text import tidy

ON_A_PAGE = 200
# Asked for every item that is taken in, so they are put together once.
_TAKEN = (
    select(PostalMoney)
    .where(PostalMoney.item_id == bindparam("item"), PostalMoney.corrects_id.is_(None))
    .order_by(PostalMoney.id)
)
_OPEN_SHIFT = (
    select(PostalShift)
    .where(
        PostalShift.point_id == bindparam("point"),
        PostalShift.person_id == bindparam("person"),
        PostalShift.closed_at.is_(None),
    )
    .order_by(PostalShift.id)
    .limit(1)
)
Notes = Mapping[int, int]  # how many of each note
# Of lines: how many were taken, and what they come to with all that corrects them.
COUNTED = (
    func.sum(case((PostalMoney.corrects_id.is_(None), 1), else_=0)),
    func.sum(PostalMoney.amount),
)


@dataclass(frozen=True)
class MoneyRow:
    """A line on the screen. ``corrects`` is the receipt number it puts right; ``stands`` what the line and
    all that correct it come to."""

    id: int
    at: datetime
    item_id: int
    item_number: str
    masked_name: str
    account: str
    amount: int
    stands: int
    receipt_no: str
    corrects: str
    reason: str
    who: str


@dataclass(frozen=True)
class ShiftView:
    """A shift and what must be in its till; ``counted`` is None while it is open."""

    id: int
    who: str
    opened_at: datetime
    closed_at: datetime | None
    sums: Mapping[str, Sum]
    counted: Mapping[str, int] | None
    reason: str

    def differs(self, account: str) -> int:
        """Đồng too many, below zero too few."""
        return (self.counted or {}).get(account, 0) - self.sums[account].amount


def take_money(session: Session, item: PostalItem, *, by: Actor, now: datetime) -> tuple[PostalMoney, ...]:
    """The lines of what is taken for it: the post's charge where the sender pays, and the State's fee.

    Each has a receipt number of its own series. It goes into the clerk's shift,
    which opens by itself. Nothing is taken twice for one item: what was taken
    before is given back as it was. ``by`` is a person.
    """
    known = session.scalars(_TAKEN, {"item": item.id}).all()
    return tuple(known) or tuple(take_all(session, [item], item.point, by=by, now=now))


def take_all(
    session: Session, items: Sequence[PostalItem], point: AcceptancePoint, *, by: Actor, now: datetime
) -> list[PostalMoney]:
    """The same for many new items of one post office at once, of which nothing can have been taken yet."""
    due = {item.id: _due(item) for item in items}
    if not any(due.values()):
        return []
    shift = _open_shift(session, point, by=by, now=now)
    lines = [
        _line(item, shift, account, amount, by=by, now=now)
        for item in items
        for account, amount in due[item.id].items()
    ]
    for account in (CHARGE, FEE):
        _number(session, [line for line in lines if line.account == account], point, account, now=now)
    session.add_all(lines)
    session.flush()
    for item in items:
        if due[item.id]:
            tell(session, item, "post_money_taken", by=by, now=now, facts=dict(due[item.id]))
    return lines


def _due(item: PostalItem) -> dict[str, int]:
    amounts = {CHARGE: item.charge if item.payer == "sender" else 0, FEE: item.fee or 0}
    return {account: amount for account, amount in amounts.items() if amount > 0}


def correct(
    session: Session, line: PostalMoney, amount: int, reason: str, *, by: Actor, now: datetime
) -> PostalMoney:
    """A further line that makes ``line`` come to ``amount``, what should have been taken; nothing is edited.

    It has a receipt number of its own, in the shift of whoever corrects: they give
    the money back or take the rest. Raises BadCorrection with facts["faults"], or
    facts["why"] "is_correction" for a line that is one itself.
    """
    if line.corrects_id is not None:
        raise BadCorrection(why="is_correction")
    shift = _open_shift(session, line.item.point, by=by, now=now)
    # Of two who correct one line the second waits, and finds what the first made of it.
    session.scalars(select(PostalMoney.id).filter_by(id=line.id).with_for_update(key_share=True)).one()
    stands = _stands(session, [line])[line.id]
    if faults := correction_faults(stands, amount, reason):
        raise BadCorrection(why=faults[0].code, faults=faults)
    made = _line(line.item, shift, line.account, amount - stands, by=by, now=now)
    made.corrects_id, made.reason = line.id, tidy(reason)
    _number(session, [made], line.item.point, line.account, now=now)
    session.add(made)
    session.flush()
    facts: dict[str, object] = {"account": line.account, "amount": [stands, amount]}
    facts |= {"receipt_no": made.receipt_no, "corrects": line.receipt_no}
    tell(session, line.item, "post_money_corrected", by=by, now=now, reason=made.reason, facts=facts)
    return made


def close_shift(
    session: Session,
    shift: PostalShift,
    notes: Mapping[str, Notes],
    *,
    reason: str = "",
    by: Actor,
    now: datetime,
) -> PostalShift:
    """The till was counted, each account by itself: ``notes`` of "charge" and of "fee".

    What must be there is added up here, when nobody can add to it any more. Raises
    BadPayment with all faults when something differs without a reason, NoShift
    for a shift of somebody else. One that is closed already stays as it was.
    """
    if shift.person_id != by.person_id:
        raise NoShift()
    _hold_till(session, by.person_id)
    session.refresh(shift)
    if shift.closed_at is not None:
        return shift
    sums = sums_of(session, shift)
    expected = {account: sums[account].amount for account in ACCOUNTS}
    found = {account: counted(notes.get(account, {})) for account in ACCOUNTS}
    if faults := closing_faults(expected, found, reason):
        raise BadPayment(faults=faults)
    shift.closed_at, shift.reason = now, tidy(reason)
    shift.expected_charge, shift.expected_fee = expected[CHARGE], expected[FEE]
    shift.counted_charge, shift.counted_fee = found[CHARGE], found[FEE]
    facts: dict[str, object] = {"shift": shift.id, "expected": expected, "counted": found}
    facts |= {"notes": {account: dict(notes.get(account, {})) for account in ACCOUNTS}}
    events.append(
        session, "post_shift_closed", by=by, now=now, office_id=shift.office_id, reason=shift.reason,
        facts=facts,
    )  # fmt: skip
    session.flush()
    return shift


def line_at_hand(session: Session, point: AcceptancePoint, line_id: int) -> PostalMoney:
    """A line of this post office; NoSuchItem for any other."""
    line = session.get(PostalMoney, line_id)
    if line is None or line.point_id != point.id:
        raise NoSuchItem()
    return line


def shift_at_hand(session: Session, point: AcceptancePoint, shift_id: int, person_id: int) -> PostalShift:
    """A clerk's own shift at this post office; NoShift for any other."""
    shift = session.get(PostalShift, shift_id)
    if shift is None or (shift.point_id, shift.person_id) != (point.id, person_id):
        raise NoShift()
    return shift


def sums_of(session: Session, shift: PostalShift) -> dict[str, Sum]:
    """What was taken in it, by account."""
    rows = session.execute(
        select(PostalMoney.account, *COUNTED)
        .where(PostalMoney.shift_id == shift.id)
        .group_by(PostalMoney.account)
    )
    found = {account: Sum(int(count), int(amount)) for account, count, amount in rows}
    return {account: found.get(account, Sum()) for account in ACCOUNTS}


def view_of(session: Session, shift: PostalShift) -> ShiftView:
    closed = shift.closed_at is not None
    return ShiftView(
        id=shift.id,
        who=shift.person.name,
        opened_at=shift.opened_at,
        closed_at=shift.closed_at,
        sums=sums_of(session, shift),
        counted={CHARGE: shift.counted_charge or 0, FEE: shift.counted_fee or 0} if closed else None,
        reason=shift.reason,
    )


def last_shifts(
    session: Session, point: AcceptancePoint, person_id: int, *, most: int = 10
) -> list[ShiftView]:
    """Those the clerk has closed, newest first."""
    rows = session.scalars(
        select(PostalShift)
        .where(
            PostalShift.point_id == point.id,
            PostalShift.person_id == person_id,
            PostalShift.closed_at.is_not(None),
        )
        .order_by(PostalShift.id.desc())
        .limit(most)
    )
    return [view_of(session, row) for row in rows]


def rows_of(session: Session, shift: PostalShift) -> list[MoneyRow]:
    """The lines of a shift, newest first."""
    lines = session.scalars(
        select(PostalMoney)
        .filter_by(shift_id=shift.id)
        .options(joinedload(PostalMoney.item), joinedload(PostalMoney.person))
        .order_by(PostalMoney.id.desc())
        .limit(ON_A_PAGE)
    ).all()
    return rows_from(session, lines)


def rows_from(session: Session, lines: Collection[PostalMoney]) -> list[MoneyRow]:
    """As a screen shows them."""
    firsts = {line.corrects_id for line in lines if line.corrects_id}
    numbers_by_id = dict(
        session.execute(
            select(PostalMoney.id, PostalMoney.receipt_no).where(PostalMoney.id.in_(firsts))
        ).all()
    )
    stands = _stands(session, lines)
    return [
        MoneyRow(
            id=line.id,
            at=line.at,
            item_id=line.item_id,
            item_number=line.item.item_number,
            masked_name=line.item.masked_name,
            account=line.account,
            amount=line.amount,
            stands=stands.get(line.id, 0),
            receipt_no=line.receipt_no,
            corrects=numbers_by_id.get(line.corrects_id, "") if line.corrects_id else "",
            reason=line.reason,
            who=line.person.name,
        )
        for line in lines
    ]


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
    return session.scalar(_OPEN_SHIFT, {"point": point.id, "person": person_id})


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


def _number(
    session: Session, lines: Sequence[PostalMoney], point: AcceptancePoint, account: str, *, now: datetime
) -> None:
    """The next numbers of the account's series, in the order of the lines."""
    if not lines:
        return
    day, series = civil_day(now), series_of(point.id, account)
    given = numbers.next_some_of_day(session, point.office_id, series, day=day, count=len(lines))
    for line, number in zip(lines, given, strict=True):
        line.receipt_no = receipt_number(point.code, account, day, number)


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


def _stands(session: Session, lines: Iterable[PostalMoney]) -> dict[int, int]:
    """What each of these and all that correct it come to."""
    first = func.coalesce(PostalMoney.corrects_id, PostalMoney.id)
    rows = session.execute(
        select(first, func.sum(PostalMoney.amount))
        .where(PostalMoney.item_id.in_({line.item_id for line in lines}))
        .group_by(first)
    )
    return {line_id: int(amount) for line_id, amount in rows}

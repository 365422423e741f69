"""State money of a day, the post's book against the centre's: taken, booked, on its way, missing.

The post's own charges stand beside it and are never added to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload

from intake import events
from intake.events import Actor
from intake.figures import bounds
from intake.post.money import COUNTED
from intake.records import (
    AcceptancePoint,
    Dossier,
    Event,
    Manifest,
    Office,
    PostalItem,
    PostalMoney,
    PostalShift,
)
from intake.rules.manifests import FIRST_EXTRA
from intake.rules.notice_faults import text_faults
from intake.rules.post import Step
from intake.rules.post_money import CHARGE, FEE, Sum
from intake.rules.refusals import BadPayment
from intake.rules.text import tidy

CONFIRMED = "post_day_confirmed"
LOOKED_THROUGH = timedelta(days=120)  # a day is confirmed soon, or never


@dataclass(frozen=True)
class ItemMoney:
    """State money of one item on that day, in both books; ``booked`` is None where the centre booked none.

    ``is_first``: it was taken that day; else only corrected then. What the centre
    booked is spread over the days of the post's lines: each has what was taken on
    it, the last has the rest, so that a day that was even stays even.
    """

    point_id: int
    point_name: str
    item_id: int
    item_number: str
    masked_name: str
    receipts: tuple[str, ...]
    reasons: tuple[str, ...]
    is_first: bool
    taken: int
    booked: int | None
    step: Step
    dossier_code: str

    @property
    def is_pending(self) -> bool:
        """The centre does not have it yet."""
        return not self.dossier_code

    @property
    def variance(self) -> int:
        """Đồng the centre has booked too many, below zero too few; nothing while it is on its way."""
        return 0 if self.is_pending else (self.booked or 0) - self.taken


@dataclass(frozen=True)
class Handed:
    """Cash that came with a manifest the centre received that day; ``counted`` None: nobody counted it."""

    point_id: int
    point_name: str
    number: str
    received_at: datetime
    items: int
    listed: int
    counted: int | None

    @property
    def variance(self) -> int:
        return 0 if self.counted is None else self.counted - self.listed


@dataclass(frozen=True)
class Confirmation:
    """Somebody at the centre said the day is right, or why not; ``figures`` are those of then."""

    who: str
    at: datetime
    reason: str
    figures: Mapping[str, object]


@dataclass(frozen=True)
class PointDay:
    """A day of one post office. Taken = booked + pending − variance, in number and in đồng."""

    point_id: int
    code: str
    name: str
    taken: Sum
    booked: Sum
    pending: Sum
    listed: int  # cash that came that day, by the lists
    counted: int
    charge: Sum  # the post's own, paid by senders
    province: Sum  # the post's own, paid by the province for items of that day
    open_shifts: int
    confirmed: Confirmation | None

    @property
    def variance(self) -> Sum:
        count = self.booked.count + self.pending.count - self.taken.count
        return Sum(count, self.booked.amount + self.pending.amount - self.taken.amount)

    @property
    def cash_variance(self) -> int:
        return self.counted - self.listed

    @property
    def is_even(self) -> bool:
        return self.variance == Sum() and self.cash_variance == 0

    @property
    def figures(self) -> dict[str, object]:
        """As an event keeps them."""
        sums = {"taken": self.taken, "booked": self.booked, "pending": self.pending}
        told: dict[str, object] = {name: [one.count, one.amount] for name, one in sums.items()}
        return told | {"variance": self.variance.amount, "cash": self.cash_variance}

    @property
    def has_moved(self) -> bool:
        """Something is another since it was confirmed."""
        return self.confirmed is not None and dict(self.confirmed.figures) != self.figures


@dataclass(frozen=True)
class Reconciliation:
    """``points`` are all post offices in use, and those with money that day."""

    day: date
    points: tuple[PointDay, ...]
    items: tuple[ItemMoney, ...]
    handed: tuple[Handed, ...]

    def sum(self, name: str) -> Sum:
        return sum((getattr(one, name) for one in self.points), Sum())

    @property
    def listed(self) -> int:
        return sum(one.listed for one in self.points)

    @property
    def counted(self) -> int:
        return sum(one.counted for one in self.points)


def reconcile(
    session: Session, office: Office, day: date, *, point: AcceptancePoint | None = None
) -> Reconciliation:
    """The day of every post office, or of ``point`` alone."""
    first, end = bounds(day, day)
    items = _items(session, office, first, end, point)
    handed = _handed(session, office, first, end, point)
    told = _confirmations(session, office, day, first)
    charges, province = _charges(session, office, first, end), _province(session, office, first, end)
    shifts = _open_shifts(session, office, end)
    money = {one.point_id for one in items} | {one.point_id for one in handed}
    money |= set(charges) | set(province)
    points = tuple(
        PointDay(
            point_id=row.id,
            code=row.code,
            name=row.name,
            taken=_sum((one.is_first, one.taken) for one in items if one.point_id == row.id),
            booked=_sum(
                (one.is_first, one.booked)
                for one in items
                if one.point_id == row.id and one.booked is not None
            ),
            pending=_sum(
                (one.is_first, one.taken) for one in items if one.point_id == row.id and one.is_pending
            ),
            listed=sum(one.listed for one in handed if one.point_id == row.id and one.counted is not None),
            counted=sum(one.counted or 0 for one in handed if one.point_id == row.id),
            charge=charges.get(row.id, Sum()),
            province=province.get(row.id, Sum()),
            open_shifts=shifts.get(row.id, 0),
            confirmed=told.get(row.id),
        )
        for row in _points(session, office, money, point)
    )
    return Reconciliation(day, points, items, handed)


def confirm_day(
    session: Session,
    office: Office,
    point: AcceptancePoint,
    day: date,
    *,
    reason: str = "",
    by: Actor,
    now: datetime,
) -> None:
    """The centre says the day of this post office is settled; figures that are not even need a reason.

    One event with the figures of now; the same figures again are told once.
    Raises BadPayment with all faults.
    """
    # Of two who confirm the second waits, and finds it done.
    session.scalars(select(AcceptancePoint.id).filter_by(id=point.id).with_for_update(key_share=True)).one()
    (told,) = reconcile(session, office, day, point=point).points
    if told.confirmed is not None and not told.has_moved:
        return
    if not told.is_even and (faults := text_faults("reason", reason)):
        raise BadPayment(faults=faults)
    facts: dict[str, object] = {"day": day.isoformat(), "point": point.code, "point_id": point.id}
    events.append(
        session, CONFIRMED, by=by, now=now, office_id=office.id, reason=tidy(reason),
        facts=facts | {"figures": told.figures},
    )  # fmt: skip
    session.flush()


def _items(
    session: Session, office: Office, first: datetime, end: datetime, point: AcceptancePoint | None
) -> tuple[ItemMoney, ...]:
    statement = (
        select(PostalMoney)
        .where(
            PostalMoney.office_id == office.id,
            PostalMoney.account == FEE,
            PostalMoney.at >= first,
            PostalMoney.at < end,
        )
        .options(joinedload(PostalMoney.item).joinedload(PostalItem.point))
        .order_by(PostalMoney.id)
    )
    if point is not None:
        statement = statement.where(PostalMoney.point_id == point.id)
    found: dict[int, list[PostalMoney]] = defaultdict(list)
    for line in session.scalars(statement):
        found[line.item_id].append(line)
    of = [lines[0].item.dossier_id for lines in found.values()]
    codes = dict(
        session.execute(
            select(Dossier.id, Dossier.dossier_code).where(Dossier.id.in_({one for one in of if one}))
        ).all()
    )
    booked, others = _booked(session, codes), _other_days(session, found, first, end)
    rows = (_item(lines, codes, _share(lines, booked, others)) for lines in found.values())
    return tuple(sorted(rows, key=lambda row: (row.point_name, row.point_id)))


def _item(lines: Sequence[PostalMoney], codes: Mapping[int, str], booked: int | None) -> ItemMoney:
    item, dossier_id = lines[0].item, lines[0].item.dossier_id or 0
    is_first = any(line.corrects_id is None for line in lines)
    return ItemMoney(
        point_id=item.point_id,
        point_name=item.point.name,
        item_id=item.id,
        item_number=item.item_number,
        masked_name=item.masked_name,
        receipts=tuple(line.receipt_no for line in lines),
        reasons=tuple(line.reason for line in lines if line.reason),
        is_first=is_first,
        taken=sum(line.amount for line in lines),
        booked=booked,
        step=Step(item.status),
        dossier_code=codes.get(dossier_id, ""),
    )


def _booked(session: Session, dossiers: Iterable[int]) -> dict[int, int]:
    """What the centre's book says was paid for each of these dossiers."""
    found: dict[int, int] = defaultdict(int)
    for event in session.scalars(
        select(Event).where(Event.dossier_id.in_(list(dossiers)), Event.kind == "fee_paid")
    ):
        found[event.dossier_id or 0] += int(event.facts["amount"])
    return found


def _other_days(
    session: Session, items: Iterable[int], first: datetime, end: datetime
) -> dict[int, tuple[int, int]]:
    """(đồng on earlier days, lines on later ones) of each of these items."""
    rows = session.execute(
        select(
            PostalMoney.item_id,
            func.sum(case((PostalMoney.at < first, PostalMoney.amount), else_=0)),
            func.sum(case((PostalMoney.at >= end, 1), else_=0)),
        )
        .where(PostalMoney.item_id.in_(list(items)), PostalMoney.account == FEE)
        .group_by(PostalMoney.item_id)
    )
    return {item_id: (int(earlier), int(later)) for item_id, earlier, later in rows}


def _share(
    lines: Sequence[PostalMoney], booked: Mapping[int, int], others: Mapping[int, tuple[int, int]]
) -> int | None:
    """Of what the centre booked for the item, the part of this day."""
    whole = booked.get(lines[0].item.dossier_id or 0)
    if whole is None:
        return None
    earlier, later = others[lines[0].item_id]
    return sum(line.amount for line in lines) if later else whole - earlier


def _handed(
    session: Session, office: Office, first: datetime, end: datetime, point: AcceptancePoint | None
) -> tuple[Handed, ...]:
    statement = (
        select(Manifest)
        .where(
            Manifest.office_id == office.id,
            Manifest.direction == "in",
            Manifest.received_at >= first,
            Manifest.received_at < end,
        )
        .options(joinedload(Manifest.point), joinedload(Manifest.lines))
        .order_by(Manifest.received_at, Manifest.id)
    )
    if point is not None:
        statement = statement.where(Manifest.point_id == point.id)
    return tuple(
        Handed(
            point_id=row.point_id,
            point_name=row.point.name,
            number=row.number,
            received_at=row.received_at or first,
            items=sum(line.position < FIRST_EXTRA for line in row.lines),
            listed=row.fee_listed,
            counted=row.fee_counted,
        )
        for row in session.scalars(statement).unique()
    )


def _charges(session: Session, office: Office, first: datetime, end: datetime) -> dict[int, Sum]:
    rows = session.execute(
        select(PostalMoney.point_id, *COUNTED)
        .where(
            PostalMoney.office_id == office.id,
            PostalMoney.account == CHARGE,
            PostalMoney.at >= first,
            PostalMoney.at < end,
        )
        .group_by(PostalMoney.point_id)
    )
    return {point_id: Sum(int(count), int(amount)) for point_id, count, amount in rows}


def _province(session: Session, office: Office, first: datetime, end: datetime) -> dict[int, Sum]:
    """Charges that nobody paid over the counter: the province owes them to the post."""
    rows = session.execute(
        select(PostalItem.point_id, func.count(), func.sum(PostalItem.charge))
        .where(
            PostalItem.office_id == office.id,
            PostalItem.payer == "province",
            PostalItem.charge > 0,
            PostalItem.arrived_at >= first,
            PostalItem.arrived_at < end,
        )
        .group_by(PostalItem.point_id)
    )
    return {point_id: Sum(int(count), int(amount)) for point_id, count, amount in rows}


def _open_shifts(session: Session, office: Office, end: datetime) -> dict[int, int]:
    """Tills of that day or earlier that nobody has counted yet."""
    rows = session.execute(
        select(PostalShift.point_id, func.count())
        .where(
            PostalShift.office_id == office.id, PostalShift.closed_at.is_(None), PostalShift.opened_at < end
        )
        .group_by(PostalShift.point_id)
    )
    return {point_id: int(count) for point_id, count in rows}


def _confirmations(session: Session, office: Office, day: date, first: datetime) -> dict[int, Confirmation]:
    """The last word on this day for each post office."""
    rows = session.scalars(
        select(Event)
        .where(
            Event.office_id == office.id,
            Event.kind == CONFIRMED,
            Event.at >= first,
            Event.at < first + LOOKED_THROUGH,
        )
        .order_by(Event.id)
    )
    return {
        int(row.facts["point_id"]): Confirmation(row.actor, row.at, row.reason, row.facts["figures"])
        for row in rows
        if row.facts["day"] == day.isoformat()
    }


def _points(
    session: Session, office: Office, money: Iterable[int], point: AcceptancePoint | None
) -> Sequence[AcceptancePoint]:
    if point is not None:
        return (point,)
    known = set(money)
    rows = session.scalars(
        select(AcceptancePoint).filter_by(office_id=office.id, kind="post").order_by(AcceptancePoint.code)
    )
    return [row for row in rows if row.active or row.id in known]


def _sum(lines: Iterable[tuple[bool, int]]) -> Sum:
    """``lines`` are (whether it counts, amount)."""
    return sum((Sum(int(counts), amount) for counts, amount in lines), Sum())

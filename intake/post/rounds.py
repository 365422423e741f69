"""A courier's round, and the results that did not get home: read models, frozen rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from intake.events import Actor
from intake.keys import Keys
from intake.offices import civil_day
from intake.post.contents import addressed_of
from intake.post.delivering import CARRIED, Limits, limits_at, tried_enough
from intake.post.steps import moved_by
from intake.records import AcceptancePoint, Dossier, Office, PostalItem
from intake.rules.lifecycle import Delivery, Status
from intake.rules.post import FAILURES, Step
from intake.rules.text import search_key

MOST = 500
WAITS_LONG = timedelta(days=2)  # with the post and not delivered: worth a call before the citizen's


@dataclass(frozen=True)
class Stop:
    """An item to bring. Name, address and telephone are "" where another courier carries it."""

    id: int
    item_number: str
    step: Step
    masked_name: str
    name: str
    address: str
    phone: str
    charge: int  # to be paid at the door
    failures: int
    why: str  # of the last try
    holder: str
    since: datetime
    goes_back: bool  # is tried no more
    is_mine: bool  # of whoever looks

    @property
    def is_carried(self) -> bool:
        """Whether it may still come into somebody's hands."""
        return self.step in CARRIED


@dataclass(frozen=True)
class Round:
    """``out`` with whoever looks, ``others`` with other couriers, ``here`` at the post office to be brought,
    ``back`` there too, to go to the office."""

    out: tuple[Stop, ...]
    here: tuple[Stop, ...]
    back: tuple[Stop, ...]
    others: tuple[Stop, ...]
    done: tuple[Stop, ...]  # today, by name masked

    @property
    def of(self) -> int:
        """How many are with whoever looks today, done or not."""
        return len(self.out) + len(self.done)


@dataclass(frozen=True)
class Undelivered:
    """A result that did not get home, for whoever calls first. ``state``: "back", "failing" or "long"."""

    item_id: int
    item_number: str
    dossier_code: str
    name: str
    post_office: str
    state: str
    failures: int
    why: str
    holder: str
    since: datetime
    phone: str  # "" where nobody told one


def round_of(session: Session, point: AcceptancePoint, *, keys: Keys, by: Actor, now: datetime) -> Round:
    """What this post office has to bring, as one of its people sees it; nearest houses beside one another."""
    limits = limits_at(session, point.office, now=now)
    midnight = now - timedelta(days=1)
    carried = PostalItem.status.in_(CARRIED)
    done = (PostalItem.status == Step.DELIVERED) & (PostalItem.status_at >= midnight)
    items = session.scalars(
        select(PostalItem)
        .where(PostalItem.point_id == point.id, PostalItem.direction == "home", or_(carried, done))
        .options(selectinload(PostalItem.steps))
        .order_by(PostalItem.status_at, PostalItem.id)
        .limit(MOST)
    )
    stops = [_stop(item, limits, keys=keys, by=by, now=now) for item in items]
    return Round(
        out=_sorted(stop for stop in stops if stop.step is Step.OUT and stop.is_mine),
        here=_sorted(stop for stop in stops if _waits(stop) and not stop.goes_back),
        back=_sorted(stop for stop in stops if _waits(stop) and stop.goes_back),
        others=tuple(stop for stop in stops if stop.step is Step.OUT and not stop.is_mine),
        done=tuple(
            stop
            for stop in stops
            if stop.step is Step.DELIVERED and civil_day(stop.since) == civil_day(now) and stop.is_mine
        ),
    )


def stop_of(session: Session, item: PostalItem, *, keys: Keys, by: Actor, now: datetime) -> Stop:
    """One of them, as the same person sees it."""
    return _stop(item, limits_at(session, item.office, now=now), keys=keys, by=by, now=now)


def undelivered(session: Session, office: Office, *, keys: Keys, now: datetime) -> list[Undelivered]:
    """What came back and was not sent or collected since, is tried in vain, or takes long; longest first."""
    back = (PostalItem.status == Step.RETURNED) & (Dossier.delivery_status == Delivery.FAILED)
    failing = PostalItem.status == Step.FAILED
    late = PostalItem.status.in_([Step.PICKED_UP, Step.OUT]) & (PostalItem.status_at < now - WAITS_LONG)
    items = session.scalars(
        select(PostalItem)
        .join(Dossier, Dossier.id == PostalItem.dossier_id)
        .where(
            PostalItem.office_id == office.id,
            PostalItem.direction == "home",
            Dossier.status == Status.RESULT_READY,
            or_(back, failing, late),
        )
        .options(joinedload(PostalItem.dossier), joinedload(PostalItem.point), selectinload(PostalItem.steps))
        .order_by(PostalItem.status_at, PostalItem.id)
        .limit(MOST)
    )
    latest: dict[int | None, PostalItem] = {item.dossier_id: item for item in items}
    return [_undelivered(item, keys) for item in latest.values()]


def _stop(item: PostalItem, limits: Limits, *, keys: Keys, by: Actor, now: datetime) -> Stop:
    step = Step(item.status)
    carried_by = next((one.person_id for one in reversed(moved_by(item)) if one.step == Step.OUT), None)
    is_mine = step not in (Step.OUT, Step.DELIVERED) or carried_by == by.person_id
    shows = step in CARRIED and is_mine
    to = addressed_of(item, keys) if shows else None
    return Stop(
        id=item.id,
        item_number=item.item_number,
        step=step,
        masked_name=item.masked_name,
        name=to.name if to else "",
        address=to.address if to else "",
        phone=to.phone if to else "",
        charge=item.charge if item.payer == "sender" else 0,
        failures=item.failures,
        why=_why(item),
        holder=moved_by(item)[-1].holder,
        since=item.status_at,
        goes_back=tried_enough(item, limits, now=now),
        is_mine=is_mine,
    )


def _waits(stop: Stop) -> bool:
    return stop.step in (Step.PICKED_UP, Step.FAILED)


def _sorted(stops: Iterable[Stop]) -> tuple[Stop, ...]:
    """By commune, then hamlet, then house, as an address is read from its end."""
    return tuple(sorted(stops, key=lambda stop: [search_key(p) for p in reversed(stop.address.split(","))]))


def _why(item: PostalItem) -> str:
    """Of the last try in vain; "" before any."""
    reasons = [one.reason for one in item.steps if one.step == Step.FAILED]
    return FAILURES.get(reasons[-1], "") if reasons else ""


def _undelivered(item: PostalItem, keys: Keys) -> Undelivered:
    assert item.dossier is not None
    step = Step(item.status)
    state = "back" if step is Step.RETURNED else "failing" if step is Step.FAILED else "long"
    return Undelivered(
        item_id=item.id,
        item_number=item.item_number,
        dossier_code=item.dossier.dossier_code,
        name=item.dossier.applicant_name,
        post_office=item.point.name,
        state=state,
        failures=item.failures,
        why=_why(item),
        holder=moved_by(item)[-1].holder,
        since=item.status_at,
        phone=addressed_of(item, keys).phone,
    )

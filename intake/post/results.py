"""The results that go home by post, as an office sees them: to be packed, packed, on their way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session, joinedload, selectinload

from intake.contents import content_of
from intake.keys import Keys
from intake.offices import civil_day
from intake.post.delivering import CARRIED
from intake.post.sending import is_prepaid
from intake.post.steps import moved_by
from intake.post.tariffs import prices
from intake.queries import procedure_version
from intake.records import AcceptancePoint, Dossier, Office, PostalItem
from intake.rules.lifecycle import Delivery, Status
from intake.rules.post import Step
from intake.rules.refusals import NoSuchDossier, NoSuchItem
from intake.rules.tariffs import ZONES

MOST = 300  # on one page; more than a commune sends in a month


@dataclass(frozen=True)
class ToSend:
    """A result that waits to be packed; ``came_back`` once it was sent in vain."""

    dossier_code: str
    name: str
    procedure_title: str
    expected_at: datetime | None
    finished_at: datetime | None
    came_back: bool


@dataclass(frozen=True)
class Sent:
    """A result in its envelope: here still, or with the post."""

    item_id: int
    item_number: str
    dossier_code: str
    name: str
    post_office: str
    step: Step
    holder: str
    since: datetime


@dataclass(frozen=True)
class ToPack:
    """All that is needed to pack one. ``zones`` is empty where nothing is to be paid at the door."""

    dossier_code: str
    name: str
    address: str
    phone: str
    procedure_title: str
    expected_at: datetime | None
    points: tuple[tuple[int, str], ...]
    point_id: int | None  # the one it came by, else the one that was sent to last
    zones: tuple[tuple[str, str], ...]
    prepaid: bool


def to_send(session: Session, office: Office, *, now: datetime) -> list[ToSend]:
    """What is promised first comes first."""
    rows = session.scalars(
        select(Dossier).where(_waits(office)).order_by(Dossier.expected_at, Dossier.id).limit(MOST)
    )
    return [
        ToSend(
            dossier_code=dossier.dossier_code,
            name=dossier.applicant_name,
            procedure_title=procedure_version(session, dossier.procedure_version_id, now=now).title,
            expected_at=dossier.expected_at,
            finished_at=dossier.finished_at,
            came_back=dossier.delivery_status == Delivery.FAILED,
        )
        for dossier in rows
    ]


def packed(session: Session, office: Office) -> list[Sent]:
    """In their envelopes, for the post to fetch."""
    return _sent(session, office, frozenset({Step.READY}))


def on_the_way(session: Session, office: Office) -> list[Sent]:
    """With the post."""
    return _sent(session, office, CARRIED)


def to_pack(session: Session, office: Office, code: str, *, keys: Keys, now: datetime) -> ToPack:
    """One of to_send(), opened for whoever writes its envelope. Raises NoSuchDossier for any other."""
    dossier = session.scalar(select(Dossier).where(_waits(office), Dossier.dossier_code == code))
    if dossier is None:
        raise NoSuchDossier
    content, prepaid = content_of(dossier, keys), is_prepaid(session, dossier)
    offices = session.scalars(
        select(AcceptancePoint)
        .filter_by(office_id=office.id, kind="post", active=True)
        .order_by(AcceptancePoint.code)
    )
    points = tuple((point.id, point.name) for point in offices)
    table = {} if prepaid else prices(session, office, day=civil_day(now))
    return ToPack(
        dossier_code=code,
        name=content.applicant.name,
        address=content.collection.address or content.applicant.address,
        phone=content.collection.phone or content.applicant.phone,
        procedure_title=procedure_version(session, dossier.procedure_version_id, now=now).title,
        expected_at=dossier.expected_at,
        points=points,
        point_id=_likely(session, dossier, [point_id for point_id, _ in points]),
        zones=tuple((zone, ZONES[zone]) for zone in table),
        prepaid=prepaid,
    )


def item_home(session: Session, office: Office, item_id: int) -> PostalItem:
    """To be looked at; raises NoSuchItem for one of another office, or on its way in."""
    item = session.scalar(
        select(PostalItem)
        .filter_by(id=item_id, office_id=office.id, direction="home")
        .options(joinedload(PostalItem.dossier), joinedload(PostalItem.point))
    )
    if item is None:
        raise NoSuchItem
    return item


def _waits(office: Office) -> ColumnElement[bool]:
    is_packed = exists().where(
        PostalItem.dossier_id == Dossier.id,
        PostalItem.direction == "home",
        PostalItem.status == Step.READY,
    )
    return and_(
        Dossier.office_id == office.id,
        Dossier.status == Status.RESULT_READY,
        Dossier.collection == "post",
        Dossier.delivery_status.in_([Delivery.TO_SEND, Delivery.FAILED]),
        ~is_packed,
    )


def _sent(session: Session, office: Office, steps: frozenset[Step]) -> list[Sent]:
    items = session.scalars(
        select(PostalItem)
        .where(
            PostalItem.office_id == office.id, PostalItem.direction == "home", PostalItem.status.in_(steps)
        )
        .options(joinedload(PostalItem.dossier), joinedload(PostalItem.point), selectinload(PostalItem.steps))
        .order_by(PostalItem.status_at, PostalItem.id)
        .limit(MOST)
    )
    return [
        Sent(
            item_id=item.id,
            item_number=item.item_number,
            dossier_code=item.dossier.dossier_code if item.dossier else "",
            name=item.dossier.applicant_name if item.dossier else item.masked_name,
            post_office=item.point.name,
            step=Step(item.status),
            holder=moved_by(item)[-1].holder,
            since=item.status_at,
        )
        for item in items
    ]


def _likely(session: Session, dossier: Dossier, points: Sequence[int]) -> int | None:
    """The post office that brought it, for its sender lives near it; else the last that was sent to."""
    own = select(PostalItem.point_id).where(PostalItem.dossier_id == dossier.id)
    last = select(PostalItem.point_id).filter_by(office_id=dossier.office_id, direction="home")
    for query in (own, last):
        point_id = session.scalar(query.order_by(PostalItem.id.desc()).limit(1))
        if point_id in points:
            return point_id
    return points[0] if len(points) == 1 else None

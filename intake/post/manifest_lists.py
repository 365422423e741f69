"""Hand-over lists as screens show them: frozen rows, read in a few queries however long a list is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, case, func, or_, select, true
from sqlalchemy.orm import Session, aliased, joinedload

from intake.post.custody import Had, custody_of
from intake.post.manifests import ends_of
from intake.post.money import taken
from intake.queries import procedure_version
from intake.records import (
    AcceptancePoint,
    Dossier,
    Manifest,
    ManifestLine,
    Office,
    Person,
    PostalItem,
    PostalMoney,
)
from intake.rules.manifests import (
    CONFIRMED,
    FIRST_EXTRA,
    GIVES,
    MAY_TRAVEL,
    ON_ITS_WAY,
    TAKES,
    UNFINISHED,
    Side,
    State,
)
from intake.rules.post import DISCREPANCIES, Outcome, Resolution, Step
from intake.rules.post_money import FEE
from intake.rules.refusals import NoSuchManifest

FINISHED_SHOWN = 20


@dataclass(frozen=True)
class ListedManifest:
    """One list among others; ``scanned`` of its ``listed`` lines were found, and ``extra`` ones beside it."""

    id: int
    number: str
    direction: str
    state: State
    point: str
    bag_number: str
    at: datetime  # of what happened to it last
    listed: int
    scanned: int
    extra: int
    open_ends: int  # discrepancies that live still
    fee_listed: int
    fee_counted: int | None

    @property
    def fee_off(self) -> int:
        """More or less than the list tells, once it was counted."""
        return 0 if self.fee_counted is None else self.fee_counted - self.fee_listed


@dataclass(frozen=True)
class LineView:
    """One line. ``fee`` is State money that comes with it; ``dossier_code`` once it is accepted, else ""."""

    id: int
    position: int
    item_id: int | None
    number: str
    direction: str
    step: Step | None
    title: str
    name: str
    seal_number: str
    fee: int
    with_form: bool
    outcome: Outcome
    note: str
    scanned_at: datetime | None
    scanned_by: str
    resolution: Resolution | None
    resolved_at: datetime | None
    resolved_by: str
    dossier_code: str

    @property
    def is_extra(self) -> bool:
        return self.position >= FIRST_EXTRA

    @property
    def is_open(self) -> bool:
        """A discrepancy nobody has ended."""
        return self.outcome in DISCREPANCIES and self.resolved_at is None


@dataclass(frozen=True)
class Tally:
    """The lines of a list in numbers; ``fees`` is State money that comes with what is listed."""

    listed: int
    scanned: int
    outcomes: Mapping[Outcome, int]
    fees: int


@dataclass(frozen=True)
class ManifestView:
    """A list with its lines; names are "" and moments None until it happened."""

    id: int
    number: str
    direction: str
    state: State
    point_id: int
    point: str
    point_code: str
    office: str
    bag_number: str
    bag_seal: str
    opened_by: str
    opened_at: datetime
    closed_by: str
    closed_at: datetime | None
    received_by: str
    received_at: datetime | None
    agreed_by: str
    agreed_at: datetime | None
    fee_listed: int
    fee_counted: int | None
    tally: Tally
    lines: tuple[LineView, ...]  # all of them, or the one that a scan is about

    @property
    def listed(self) -> int:
        return self.tally.listed

    @property
    def scanned(self) -> int:
        """Of what is listed; «12 / 14»."""
        return self.tally.scanned

    @property
    def unscanned(self) -> int:
        return self.count(Outcome.LISTED)

    @property
    def odd(self) -> int:
        """Whatever is neither waited for nor as it should be."""
        return sum(map(self.count, DISCREPANCIES))

    def count(self, outcome: Outcome) -> int:
        return self.tally.outcomes.get(outcome, 0)

    def part(self, *outcomes: Outcome | str) -> tuple[LineView, ...]:
        return tuple(line for line in self.lines if line.outcome in outcomes)

    def gives(self, side: Side) -> bool:
        return GIVES[self.direction] is side

    def takes(self, side: Side) -> bool:
        return TAKES[self.direction] is side


@dataclass(frozen=True)
class Discrepancy:
    """One that lives: on which list, since when, what may end it, and who had the item when."""

    line_id: int
    manifest_id: int
    manifest: str
    direction: str
    point: str
    number: str
    title: str
    name: str
    outcome: Outcome
    note: str
    since: datetime | None
    ends: tuple[Resolution, ...]
    custody: tuple[Had, ...] = field(default=())


@dataclass(frozen=True)
class Waiting:
    """How much of the post's waits at the desk."""

    to_scan: int  # lists on their way here, or being scanned
    to_agree: int  # lists home that the post has confirmed
    to_resolve: int
    to_accept: int

    @property
    def all(self) -> int:
        return self.to_scan + self.to_agree + self.to_resolve + self.to_accept


@dataclass(frozen=True)
class ToAccept:
    """A handed-over item that is no dossier yet; ``taken_at`` at the post, ``here_since`` at the office."""

    id: int
    number: str
    title: str
    name: str
    point: str
    seal_number: str
    witnessed: bool
    broken: bool
    fee: int
    taken_at: datetime
    here_since: datetime


def manifests(
    session: Session,
    office: Office,
    *,
    point: AcceptancePoint | None = None,
    states: Sequence[State] = (),
    most: int = 200,
) -> tuple[ListedManifest, ...]:
    """Lists of the office, or of one post office, the latest first."""
    is_listed = ManifestLine.position < FIRST_EXTRA
    is_open_end = ManifestLine.outcome.in_(DISCREPANCIES) & ManifestLine.resolved_at.is_(None)
    is_confirmed = Manifest.state.in_(CONFIRMED)
    statement = (
        select(
            Manifest,
            AcceptancePoint.name.label("point_name"),
            func.sum(case((is_listed, 1), else_=0)).label("listed"),
            func.sum(case((is_listed & ManifestLine.scanned_at.is_not(None), 1), else_=0)).label("scanned"),
            func.sum(case((ManifestLine.position >= FIRST_EXTRA, 1), else_=0)).label("extra"),
            func.sum(case((is_open_end & is_confirmed, 1), else_=0)).label("open_ends"),
        )
        .join(AcceptancePoint, AcceptancePoint.id == Manifest.point_id)
        .outerjoin(ManifestLine, ManifestLine.manifest_id == Manifest.id)
        .where(Manifest.office_id == office.id)
        .group_by(Manifest.id, AcceptancePoint.name)
        .order_by(Manifest.id.desc())
        .limit(most)
    )
    if point is not None:
        statement = statement.where(Manifest.point_id == point.id)
    if states:
        statement = statement.where(Manifest.state.in_(states))
    return tuple(_listed(row) for row in session.execute(statement))


def manifest_view(
    session: Session,
    office: Office,
    manifest_id: int,
    *,
    point: AcceptancePoint | None = None,
    line_id: int | None = None,
    now: datetime,
) -> ManifestView:
    """The list with all its lines, or with that one: a scan into a long list is answered at once.

    Of what lay among the items of ``point`` and is another post office's it tells the number alone.
    Raises NoSuchManifest, also for another office's or post office's.
    """
    manifest = session.scalar(
        select(Manifest)
        .where(Manifest.office_id == office.id, Manifest.id == manifest_id)
        .options(joinedload(Manifest.point))
    )
    if manifest is None or (point is not None and manifest.point_id != point.id):
        raise NoSuchManifest
    lines = _lines(session, manifest, line_id, point=point, now=now)
    # A scan shows nobody's name but of its own line.
    people = (
        set()
        if line_id is not None
        else {manifest.opened_by, manifest.closed_by, manifest.received_by, manifest.agreed_by} - {None}
    )
    named = select(Person.id, Person.name).where(Person.id.in_(people))
    names = {row.id: row.name for row in session.execute(named)}
    return ManifestView(
        id=manifest.id,
        number=manifest.number,
        direction=manifest.direction,
        state=State(manifest.state),
        point_id=manifest.point_id,
        point=manifest.point.name,
        point_code=manifest.point.code,
        office=office.name,
        bag_number=manifest.bag_number,
        bag_seal=manifest.bag_seal,
        opened_by=names.get(manifest.opened_by, ""),
        opened_at=manifest.opened_at,
        closed_by=names.get(manifest.closed_by or 0, ""),
        closed_at=manifest.closed_at,
        received_by=names.get(manifest.received_by or 0, ""),
        received_at=manifest.received_at,
        agreed_by=names.get(manifest.agreed_by or 0, ""),
        agreed_at=manifest.agreed_at,
        fee_listed=manifest.fee_listed,
        fee_counted=manifest.fee_counted,
        tally=_tally(session, manifest),
        lines=lines,
    )


def part_of(line: LineView, fills: bool) -> str:
    """Among which lines of the screen it stands: "odd", "listed" or "matched"."""
    if fills or line.outcome is Outcome.LISTED:
        return "listed"
    return "matched" if line.outcome is Outcome.MATCHED else "odd"


def discrepancies(
    session: Session,
    office: Office,
    side: Side,
    *,
    point: AcceptancePoint | None = None,
    now: datetime,
) -> tuple[Discrepancy, ...]:
    """All that live, of confirmed lists, the oldest first; with who had the item when."""
    statement = (
        select(ManifestLine, Manifest, AcceptancePoint.name)
        .join(Manifest, Manifest.id == ManifestLine.manifest_id)
        .join(AcceptancePoint, AcceptancePoint.id == Manifest.point_id)
        .where(
            Manifest.office_id == office.id,
            Manifest.state.in_(CONFIRMED),
            ManifestLine.outcome.in_(DISCREPANCIES),
            ManifestLine.resolved_at.is_(None),
        )
        .options(joinedload(ManifestLine.item))
        .order_by(Manifest.received_at, ManifestLine.position)
    )
    if point is not None:
        statement = statement.where(Manifest.point_id == point.id)
    found = []
    for line, manifest, name in session.execute(statement):
        item, outcome = line.item, Outcome(line.outcome)
        if point is not None and item is not None and item.point_id != point.id:
            item = None  # of another post office: its number is all they learn
        found.append(
            Discrepancy(
                line_id=line.id,
                manifest_id=manifest.id,
                manifest=manifest.number,
                direction=manifest.direction,
                point=name,
                number=line.item_number,
                title=_title(session, item.procedure_version_id if item else None, now=now),
                name=item.masked_name if item else "",
                outcome=outcome,
                note=line.note,
                since=manifest.received_at,
                ends=ends_of(line, side),
                custody=custody_of(session, item) if item else (),
            )
        )
    return tuple(found)


def waiting(session: Session, office: Office) -> Waiting:
    """What an officer would open the page for."""
    counted = session.execute(
        select(Manifest.direction, Manifest.state, func.count().label("lists"))
        .where(Manifest.office_id == office.id, Manifest.state != State.AGREED)
        .group_by(Manifest.direction, Manifest.state)
    )
    states = {(row.direction, row.state): row.lists for row in counted}
    open_ends = session.scalar(
        select(func.count())
        .select_from(ManifestLine)
        .join(Manifest)
        .where(
            Manifest.office_id == office.id,
            Manifest.state.in_(CONFIRMED),
            ManifestLine.outcome.in_(DISCREPANCIES),
            ManifestLine.resolved_at.is_(None),
        )
    )
    return Waiting(
        to_scan=sum(states.get(("in", state), 0) for state in ON_ITS_WAY),
        to_agree=states.get(("home", State.RECEIVED), 0),
        to_resolve=open_ends or 0,
        to_accept=session.scalar(select(func.count()).select_from(_to_accept(office).subquery())) or 0,
    )


def items_to_accept(session: Session, office: Office, *, now: datetime) -> tuple[ToAccept, ...]:
    """Everything the office has from the post that is no dossier yet, in the order in which it came."""
    rows = session.execute(
        _to_accept(office)
        .add_columns(AcceptancePoint.name.label("point_name"))
        .join(AcceptancePoint, AcceptancePoint.id == PostalItem.point_id)
        .order_by(PostalItem.status_at, PostalItem.id)
    ).all()
    broken = set(
        session.scalars(
            select(ManifestLine.item_id).where(
                ManifestLine.outcome == Outcome.BROKEN_SEAL,
                ManifestLine.item_id.in_([item.id for item, _ in rows]),
            )
        )
    )
    fees = taken(session, [item.id for item, _ in rows], FEE)
    return tuple(
        ToAccept(
            id=item.id,
            number=item.item_number,
            title=_title(session, item.procedure_version_id, now=now),
            name=item.masked_name,
            point=point_name,
            seal_number=item.seal_number,
            witnessed=item.witnessed,
            broken=item.id in broken,
            fee=fees.get(item.id, 0),
            taken_at=item.taken_at,
            here_since=item.status_at,
        )
        for item, point_name in rows
    )


def items_to_list(session: Session, point: AcceptancePoint, direction: str) -> int:
    """How many items the giving side has in hand that are on no list."""
    ways = [
        (PostalItem.direction == goes) & PostalItem.status.in_(steps)
        for (way, goes), steps in MAY_TRAVEL.items()
        if way == direction
    ]
    if direction == "in":  # a result that may be brought again goes back only when somebody says so
        ways = [(PostalItem.direction == "in") & PostalItem.status.in_(MAY_TRAVEL["in", "in"])]
    on_a_list = (
        select(ManifestLine.id)
        .join(Manifest, Manifest.id == ManifestLine.manifest_id)
        .where(
            ManifestLine.item_id == PostalItem.id,
            ManifestLine.with_form.is_(False),
            or_(
                Manifest.state.in_(UNFINISHED),
                ManifestLine.outcome.in_(DISCREPANCIES) & ManifestLine.resolved_at.is_(None),
            ),
        )
    )
    count = session.scalar(
        select(func.count())
        .select_from(PostalItem)
        .where(PostalItem.point_id == point.id, or_(*ways), ~on_a_list.exists())
    )
    return count or 0


def post_offices(session: Session, office: Office) -> tuple[tuple[int, str], ...]:
    """(id, name) of those in use."""
    rows = session.execute(
        select(AcceptancePoint.id, AcceptancePoint.name)
        .filter_by(office_id=office.id, kind="post", active=True)
        .order_by(AcceptancePoint.code)
    )
    return tuple((row.id, row.name) for row in rows)


def _to_accept(office: Office) -> Select[PostalItem]:
    return select(PostalItem).where(
        PostalItem.office_id == office.id,
        PostalItem.direction == "in",
        PostalItem.status == Step.HANDED_OVER,
        PostalItem.dossier_id.is_(None),
    )


def _listed(row: Row[Any]) -> ListedManifest:
    manifest: Manifest = row[0]
    moments = (manifest.agreed_at, manifest.received_at, manifest.arrived_at, manifest.closed_at)
    return ListedManifest(
        id=manifest.id,
        number=manifest.number,
        direction=manifest.direction,
        state=State(manifest.state),
        point=row.point_name,
        bag_number=manifest.bag_number,
        at=next(filter(None, moments), manifest.opened_at),
        listed=row.listed,
        scanned=row.scanned,
        extra=row.extra,
        open_ends=row.open_ends,
        fee_listed=manifest.fee_listed,
        fee_counted=manifest.fee_counted,
    )


def _tally(session: Session, manifest: Manifest) -> Tally:
    line, is_listed = ManifestLine, ManifestLine.position < FIRST_EXTRA
    rows = session.execute(
        select(
            line.outcome,
            func.count().label("all"),
            func.sum(case((is_listed, 1), else_=0)).label("listed"),
            func.sum(case((is_listed & line.scanned_at.is_not(None), 1), else_=0)).label("scanned"),
        )
        .where(line.manifest_id == manifest.id)
        .group_by(line.outcome)
    ).all()
    fees: int | None = 0
    if manifest.direction == "in" and manifest.state == State.OPEN:
        fees = session.scalar(
            select(func.sum(PostalMoney.amount))
            .join(line, line.item_id == PostalMoney.item_id)
            .join(PostalItem, PostalItem.id == line.item_id)
            .where(line.manifest_id == manifest.id, PostalMoney.account == FEE, PostalItem.direction == "in")
        )
    return Tally(
        listed=sum(row.listed for row in rows),
        scanned=sum(row.scanned for row in rows),
        outcomes={Outcome(row.outcome): row.all for row in rows},
        fees=fees or 0,
    )


def _lines(
    session: Session, manifest: Manifest, line_id: int | None, *, point: AcceptancePoint | None, now: datetime
) -> tuple[LineView, ...]:
    scanner, resolver = aliased(Person), aliased(Person)
    line, item = ManifestLine, PostalItem
    chosen = () if line_id is None else (line.id == line_id,)
    is_theirs = true() if point is None else item.point_id == point.id
    rows = session.execute(
        select(
            line.id, line.position, line.item_id, line.item_number, line.with_form, line.outcome, line.note,
            line.scanned_at, line.resolution, line.resolved_at,
            item.direction, item.status, item.procedure_version_id, item.masked_name, item.seal_number,
            scanner.name.label("scanned_by"), resolver.name.label("resolved_by"), Dossier.dossier_code,
        )
        .outerjoin(item, (item.id == line.item_id) & is_theirs)
        .outerjoin(scanner, scanner.id == line.scanned_by)
        .outerjoin(resolver, resolver.id == line.resolved_by)
        .outerjoin(Dossier, Dossier.id == item.dossier_id)
        .where(line.manifest_id == manifest.id, *chosen)
        .order_by(line.position, line.id)
    ).all()  # fmt: skip
    fees: Mapping[int, int] = {}
    if manifest.direction == "in":
        fees = taken(session, [row.item_id for row in rows if row.item_id and row.direction == "in"], FEE)
    return tuple(
        LineView(
            id=row.id,
            position=row.position,
            item_id=row.item_id,
            number=row.item_number,
            direction=row.direction or manifest.direction,
            step=Step(row.status) if row.status else None,
            title=_title(session, row.procedure_version_id, now=now),
            name=row.masked_name or "",
            seal_number=row.seal_number or "",
            fee=fees.get(row.item_id, 0),
            with_form=row.with_form,
            outcome=Outcome(row.outcome),
            note=row.note,
            scanned_at=row.scanned_at,
            scanned_by=row.scanned_by or "",
            resolution=Resolution(row.resolution) if row.resolution else None,
            resolved_at=row.resolved_at,
            resolved_by=row.resolved_by or "",
            dossier_code=row.dossier_code or "",
        )
        for row in rows
    )


def _title(session: Session, version_id: int | None, *, now: datetime) -> str:
    return procedure_version(session, version_id, now=now).title if version_id else ""

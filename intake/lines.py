"""What screens read of the lines: who waits, how long, who was called where. Nothing here writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import cast

from sqlalchemy import Table, bindparam, case, func, literal_column, or_, select
from sqlalchemy.orm import Session, joinedload

from intake.assisting import BESIDE
from intake.memory import Memory
from intake.offices import civil_day, setting_of
from intake.records import (
    AcceptancePoint,
    Assistance,
    Errand,
    Event,
    Office,
    Person,
    ServiceGroup,
    SignIn,
    Ticket,
    Visit,
)
from intake.rules.calendar import VIETNAM
from intake.rules.queueing import AT_A_COUNTER, Priority, State, Waiting, in_turn, spoken
from intake.rules.waits import Ahead, Pace, Wait, pace_of, wait
from intake.vouching import CALL

LATELY = timedelta(days=14)  # services the pace is taken from
SERVICES = 60
AT_WORK = timedelta(minutes=30)  # a counter is open while somebody signed in there was seen so lately
SHOWN = 5  # calls on the board


@dataclass(frozen=True)
class Group:
    """What people take a number for."""

    id: int
    prefix: str
    name: str
    usual_minutes: int


@dataclass(frozen=True)
class GroupLine:
    """A group as somebody who thinks of joining its line sees it; ``wait`` None: no open counter serves."""

    group: Group
    waiting: int
    wait: Wait | None


@dataclass(frozen=True)
class Someone:
    """Somebody in a line, as officers see them."""

    id: int
    number: str
    group: Group
    minutes: int  # waited so far
    priority: str
    priority_by: str  # "" said at the kiosk, else the officer who gave it
    wanted: str  # the one counter they wait for, or ""
    state: State
    counter: str  # where they were called last, or ""
    calls: int


@dataclass(frozen=True)
class Call:
    """A call on the board. ``key`` changes whenever it must be shown and spoken again."""

    key: str
    number: str
    prefix: str
    ordinal: int
    counter: str
    called_at: datetime


@dataclass(frozen=True)
class Told:
    """A call as the fairness log tells it: who called whom, when, and why before others."""

    at: datetime
    number: str
    counter: str
    officer: str
    because: str
    priority: str
    passed_over: int


@dataclass(frozen=True)
class Place:
    """Where the holder of a number stands. ``ahead`` and ``wait`` only while waiting; ``wait`` None then: no
    open counter serves the group."""

    number: str
    group: str
    office: str
    hotline: str
    state: State
    taken_at: datetime
    ahead: int
    wait: Wait | None
    counter: str
    called_at: datetime | None
    is_today: bool


@dataclass(frozen=True)
class HelpCall:
    """Somebody at a kiosk who asked for an officer, or is helped by one.

    ``since`` is when they called, None once somebody came. ``step`` is the screen they are at.
    ``helpers`` are ids and names of officers, ``beside`` those who stand there.
    """

    visit_id: int
    point: str
    since: datetime | None
    step: str
    wants_vouching: bool
    helpers: Mapping[int, str]
    beside: frozenset[int]


@dataclass(frozen=True)
class _Scene:
    """What changes slowly: the groups, which counters are open and serve what, how long services take."""

    groups: Mapping[int, Group]
    serving: Mapping[int, frozenset[int]]  # open counters and their groups
    counters: int  # open or not
    paces: Mapping[int, Pace]


_T = cast(Table, Ticket.__table__)
_IN_LINE = (
    select(func.count())
    .select_from(_T)
    .where(
        _T.c.office_id == bindparam("office_id"),
        _T.c.day == bindparam("day"),
        _T.c.state == literal_column("'waiting'"),
        _T.c.service_group_id == bindparam("group_id"),
    )
)
_FIRST_IN_LINE = _IN_LINE.where(_T.c.priority != literal_column("''"))
_scenes: Memory[_Scene] = Memory(timedelta(seconds=15))
_crowds: Memory[tuple[Mapping[int, tuple[int, int]], frozenset[int]]] = Memory(timedelta(seconds=3))
_groups: Memory[dict[int, Group]] = Memory(timedelta(seconds=30))


def groups_of(session: Session, office: Office, *, now: datetime) -> tuple[Group, ...]:
    """What this office gives numbers for, in the order of its tiles."""
    return tuple(_groups_of(session, office, now=now).values())


def group_of(session: Session, office: Office, group_id: int, *, now: datetime) -> Group | None:
    return _groups_of(session, office, now=now).get(group_id)


def lines_of(session: Session, office: Office, *, now: datetime) -> tuple[GroupLine, ...]:
    """Every group with how many wait and how long somebody who came now would."""
    waiting, busy = _crowd(session, office, civil_day(now))
    scene = _scene(session, office, now=now)
    return tuple(
        GroupLine(
            group,
            sum(waiting[group.id]),
            _estimate(scene, waiting, busy, group.id, sum(waiting[group.id])),
        )
        for group in scene.groups.values()
    )


def expected(
    session: Session, office: Office, group_id: int, priority: Priority, *, now: datetime
) -> tuple[int, Wait | None]:
    """How many are before somebody who takes a number now, and how long that takes."""
    line = {"office_id": office.id, "day": civil_day(now), "group_id": group_id}
    ahead = int(session.connection().execute(_IN_LINE, line).scalar_one())
    if priority and ahead:
        first = int(session.connection().execute(_FIRST_IN_LINE, line).scalar_one())
        most = setting_of(session, office, "priority_run", now=now)
        ahead = first + min(ahead - first, first // most)
    scene = _scene(session, office, now=now)
    if not scene.serving:
        return ahead, None
    waiting, busy = _crowds.of(
        session, office.id, now=now, read=lambda: _crowd(session, office, civil_day(now))
    )
    return ahead, _estimate(scene, waiting, busy, group_id, ahead)


def open_counters(session: Session, office: Office, *, now: datetime) -> tuple[int, int]:
    """(counters with somebody at work, counters there are)."""
    scene = _scene(session, office, now=now)
    return len(scene.serving), scene.counters


def place_of(session: Session, token_key: str, *, now: datetime) -> Place | None:
    """What the holder of this token may see; None for a token nobody was given."""
    ticket = session.scalar(
        select(Ticket)
        .filter_by(token_key=token_key)
        .options(joinedload(Ticket.group), joinedload(Ticket.counter))
    )
    if ticket is None:
        return None
    office = session.get_one(Office, ticket.office_id)
    ahead, estimate = 0, None
    if ticket.state == State.WAITING and ticket.day == civil_day(now):
        ahead, estimate = _ahead_of(session, office, ticket, now=now)
    return Place(
        number=spoken(ticket.prefix, ticket.number),
        group=ticket.group.name,
        office=office.name,
        hotline=office.hotline,
        state=State(ticket.state),
        taken_at=ticket.taken_at,
        ahead=ahead,
        wait=estimate,
        counter=ticket.counter.name if ticket.counter else "",
        called_at=ticket.called_at,
        is_today=ticket.day == civil_day(now),
    )


def paper_state(session: Session, token_key: str) -> str:
    """How the paper of a number fares: "none", "printing", "printed", "unknown" or "not_printed"."""
    found = session.execute(
        select(Errand.state, Errand.reason)
        .join(Ticket, Ticket.id == Errand.ticket_id)
        .where(Ticket.token_key == token_key)
        .order_by(Errand.id.desc())
        .limit(1)
    ).first()
    if found is None:
        return "none"
    if found.state in ("claimed", "sending") or (found.state == "queued" and found.reason is None):
        return "printing"
    return found.state if found.state in ("printed", "unknown") else "not_printed"


def board_of(session: Session, office: Office, *, now: datetime) -> tuple[Call, ...]:
    """The latest calls of today, the newest first; a number that went back in line is not among them."""
    rows = session.execute(
        select(Ticket.id, Ticket.calls, Ticket.prefix, Ticket.number, AcceptancePoint.name, Ticket.called_at)
        .join(AcceptancePoint, AcceptancePoint.id == Ticket.counter_id)
        .where(
            Ticket.office_id == office.id,
            Ticket.day == civil_day(now),
            Ticket.state.in_((*AT_A_COUNTER, State.DONE, State.NO_SHOW)),
            Ticket.called_at.is_not(None),
        )
        .order_by(Ticket.called_at.desc(), Ticket.id.desc())
        .limit(SHOWN)
    )
    return tuple(
        Call(f"{id}.{calls}", spoken(prefix, number), prefix, number, counter, at)
        for id, calls, prefix, number, counter, at in rows
        if at is not None
    )


def people_in_line(session: Session, office: Office, *, now: datetime) -> tuple[Someone, ...]:
    """Everybody of today who is not done, whoever queued first before the others."""
    giver = select(Person.name).where(Person.id == Ticket.priority_by).scalar_subquery()
    wanted = (
        select(AcceptancePoint.name).where(AcceptancePoint.id == Ticket.wanted_counter_id).scalar_subquery()
    )
    rows = session.execute(
        select(Ticket, giver, wanted)
        .where(Ticket.office_id == office.id, Ticket.day == civil_day(now), Ticket.state != State.DONE)
        .options(joinedload(Ticket.group), joinedload(Ticket.counter))
        .order_by(Ticket.queued_at, Ticket.id)
    )
    return tuple(_someone(ticket, given, only, now) for ticket, given, only in rows)


def _someone(ticket: Ticket, given: str | None, only: str | None, now: datetime) -> Someone:
    group = ticket.group
    return Someone(
        id=ticket.id,
        number=spoken(ticket.prefix, ticket.number),
        group=Group(group.id, group.prefix, group.name, group.usual_minutes),
        minutes=max(0, int((now - ticket.taken_at).total_seconds() // 60)),
        priority=ticket.priority,
        priority_by=given or "",
        wanted=only or "",
        state=State(ticket.state),
        counter=ticket.counter.name if ticket.counter else "",
        calls=ticket.calls,
    )


def told_calls(session: Session, office: Office, *, now: datetime, most: int = 12) -> tuple[Told, ...]:
    """The latest calls with their stated reasons, the newest first."""
    rows = session.scalars(
        select(Event)
        .where(
            Event.office_id == office.id, Event.at >= _midnight(civil_day(now)), Event.kind == "ticket_called"
        )
        .order_by(Event.at.desc(), Event.id.desc())
        .limit(most)
    )
    return tuple(
        Told(
            at=row.at,
            number=row.facts["number"],
            counter=row.facts["counter_name"],
            officer=row.actor,
            because=row.facts["because"],
            priority=row.facts["priority"],
            passed_over=row.facts["passed_over"],
        )
        for row in rows
    )


def help_calls(session: Session, office: Office) -> tuple[HelpCall, ...]:
    """Who stands at a kiosk and asked for an officer, the longest waiting first; then who has one."""
    with_somebody = select(Assistance.visit_id).where(Assistance.ended_at.is_(None))
    visits = session.execute(
        select(Visit.id, AcceptancePoint.name, Visit.called_at, Visit.called_from, Visit.place)
        .join(AcceptancePoint, AcceptancePoint.id == Visit.acceptance_point_id)
        .where(
            AcceptancePoint.office_id == office.id,
            Visit.ended_at.is_(None),
            Visit.called_from.is_not(None),
            or_(Visit.called_at.is_not(None), Visit.id.in_(with_somebody)),
        )
        .order_by(Visit.called_at.is_(None), Visit.called_at, Visit.id)
    ).all()
    helps = _helps_of(session, [visit.id for visit in visits])
    return tuple(
        HelpCall(
            visit_id=visit.id,
            point=visit.name,
            since=visit.called_at,
            step=visit.place or visit.called_from or "",
            wants_vouching=visit.called_from == CALL,
            helpers={person_id: name for person_id, name, _ in helps[visit.id]},
            beside=frozenset(person_id for person_id, _, kind in helps[visit.id] if kind == BESIDE),
        )
        for visit in visits
    )


def _helps_of(session: Session, visit_ids: Sequence[int]) -> Mapping[int, list[tuple[int, str, str]]]:
    """Who helps now: id, name and kind of help, by visit."""
    helps: defaultdict[int, list[tuple[int, str, str]]] = defaultdict(list)
    if not visit_ids:
        return helps
    rows = session.execute(
        select(Assistance.visit_id, Person.id, Person.name, Assistance.kind)
        .join(Person, Person.id == Assistance.person_id)
        .where(Assistance.visit_id.in_(visit_ids), Assistance.ended_at.is_(None))
        .order_by(Assistance.id)
    )
    for visit_id, person_id, name, kind in rows:
        helps[visit_id].append((person_id, name, kind))
    return helps


def _ahead_of(session: Session, office: Office, ticket: Ticket, *, now: datetime) -> tuple[int, Wait | None]:
    rows = session.execute(
        select(Ticket.id, Ticket.queued_at, Ticket.priority).where(
            Ticket.office_id == office.id,
            Ticket.day == ticket.day,
            Ticket.state == State.WAITING,
            Ticket.service_group_id == ticket.service_group_id,
        )
    )
    most = setting_of(session, office, "priority_run", now=now)
    order = [one.id for one in in_turn([Waiting(*row) for row in rows], run=0, most=most)]
    ahead = order.index(ticket.id)
    waiting, busy = _crowd(session, office, ticket.day)
    scene = _scene(session, office, now=now)
    return ahead, _estimate(scene, waiting, busy, ticket.service_group_id, ahead)


def _estimate(
    scene: _Scene, waiting: Mapping[int, tuple[int, int]], busy: frozenset[int], group_id: int, ahead: int
) -> Wait | None:
    """Lines share counters: of another group counts the part our counters serve, as far as ours is."""
    ours = {counter for counter, groups in scene.serving.items() if group_id in groups}
    pace = scene.paces[group_id]
    before = [Ahead(ahead, pace)] if ahead else []
    # People of the other lines come in turn with ours: as many as stand as far ahead in time.
    share_of_ours = ahead / max(1, sum(waiting[group_id])) if sum(waiting[group_id]) else 0.0
    for other, (plain, first) in waiting.items():
        theirs = {counter for counter, groups in scene.serving.items() if other in groups}
        if other != group_id and plain + first and ours & theirs and other in scene.paces:
            share = min(1.0, share_of_ours) * len(ours & theirs) / len(theirs)
            before.append(Ahead((plain + first) * share, scene.paces[other]))
    return wait(before, counters=len(ours), busy=len(ours & busy), own=pace)


def _crowd(
    session: Session, office: Office, today: date
) -> tuple[Mapping[int, tuple[int, int]], frozenset[int]]:
    """(how many wait by group, without priority and with it; counters that have somebody now)."""
    has_priority = func.sum(case((Ticket.priority != "", 1), else_=0))
    rows = session.execute(
        select(Ticket.service_group_id, func.count(), has_priority)
        .where(Ticket.office_id == office.id, Ticket.day == today, Ticket.state == State.WAITING)
        .group_by(Ticket.service_group_id)
    )
    waiting: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    waiting.update({group_id: (count - first, first) for group_id, count, first in rows})
    busy = session.scalars(
        select(Ticket.counter_id)
        .where(Ticket.office_id == office.id, Ticket.day == today, Ticket.state.in_(AT_A_COUNTER))
        .distinct()
    )
    return waiting, frozenset(filter(None, busy))


def _groups_of(session: Session, office: Office, *, now: datetime) -> dict[int, Group]:
    def read() -> dict[int, Group]:
        rows = session.scalars(
            select(ServiceGroup)
            .where(ServiceGroup.office_id == office.id, ServiceGroup.active.is_(True))
            .order_by(ServiceGroup.position, ServiceGroup.prefix)
        )
        return {row.id: Group(row.id, row.prefix, row.name, row.usual_minutes) for row in rows}

    return _groups.of(session, office.id, now=now, read=read)


def _scene(session: Session, office: Office, *, now: datetime) -> _Scene:
    return _scenes.of(session, office.id, now=now, read=lambda: _read_scene(session, office, now))


def _read_scene(session: Session, office: Office, now: datetime) -> _Scene:
    groups = _groups_of(session, office, now=now)
    counters = session.scalars(
        select(AcceptancePoint)
        .filter_by(office_id=office.id, kind="counter", active=True)
        .options(joinedload(AcceptancePoint.service_groups))
    ).unique()
    seats = {counter.id: frozenset(group.id for group in counter.service_groups) for counter in counters}
    manned = set(
        session.scalars(
            select(SignIn.point_id)
            .where(
                SignIn.office_id == office.id,
                SignIn.point_id.in_(seats),
                SignIn.ended_at.is_(None),
                SignIn.touched_at > now - AT_WORK,
            )
            .distinct()
        )
    )
    paces = {
        group.id: pace_of(_services(session, office, group.id, now), group.usual_minutes)
        for group in groups.values()
    }
    serving = {counter: served for counter, served in seats.items() if counter in manned and served}
    return _Scene(groups, serving, len(seats), paces)


def _services(session: Session, office: Office, group_id: int, now: datetime) -> Sequence[float]:
    """Minutes of the latest services of a group, today and on the last days."""
    rows = session.execute(
        select(Ticket.serving_at, Ticket.closed_at)
        .where(
            Ticket.office_id == office.id,
            Ticket.day >= civil_day(now - LATELY),
            Ticket.state == State.DONE,
            Ticket.service_group_id == group_id,
            Ticket.serving_at.is_not(None),
            Ticket.closed_at.is_not(None),
        )
        .order_by(Ticket.closed_at.desc())
        .limit(SERVICES)
    )
    return [(closed - began).total_seconds() / 60 for began, closed in rows if began and closed]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)

"""Numbers: taking one, calling it, and everything an officer does with it until it is closed.

A number lives for one civil day: yesterday's can no longer be called. Whatever
changes one does so by a conditional UPDATE, so that of two who act at once,
from any process on any host, one succeeds and the other is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Table, and_, bindparam, insert, or_, select, update
from sqlalchemy.orm import Session

from intake import events, numbers, outbox
from intake.events import Actor
from intake.keys import Keys
from intake.language import VIETNAMESE, reading
from intake.lines import expected, group_of
from intake.offices import calendar_of, civil_day, setting_of
from intake.records import (
    AcceptancePoint,
    Dossier,
    Errand,
    OfferedProcedure,
    Office,
    ProcedureVersion,
    ServiceGroup,
    Ticket,
)
from intake.rules.queueing import (
    AT_A_COUNTER,
    LEADS,
    Act,
    Because,
    Priority,
    State,
    Turn,
    Waiting,
    next_turn,
    numbers_from,
    run_of,
    spoken,
)
from intake.rules.refusals import (
    CounterBusy,
    NoCounter,
    NoNumbersNow,
    NoSuchGroup,
    NoSuchTicket,
    NothingWaiting,
    NotServedHere,
    NotYourTicket,
    TicketOver,
    WrongTicketState,
)
from intake.ticket_paper import token_key, token_of

# Plain Core, made once: a queue at the door forms at these.
_T = cast(Table, Ticket.__table__)
_TICKET = insert(_T).returning(_T.c.id)
_BY_ATTEMPT = select(_T.c.id, _T.c.prefix, _T.c.number).where(_T.c.attempt == bindparam("attempt"))


@dataclass(frozen=True)
class Taken:
    """A number somebody holds. ``token`` is the secret of its QR; only a hash of it is stored."""

    id: int
    number: str
    token: str


def may_take(session: Session, office: Office, *, now: datetime) -> None:
    """Raises NoNumbersNow with the next time numbers are given, while they are not."""
    when = numbers_from(calendar_of(session, office, now=now), now)
    if when is not None:
        raise NoNumbersNow(opens_at=when if when > now else None)


@reading(VIETNAMESE)  # what is kept and printed
def take(
    session: Session,
    point: AcceptancePoint,
    group_id: int,
    *,
    attempt: str,
    keys: Keys,
    base_url: str,
    now: datetime,
    priority: Priority = Priority.NONE,
    dossier_id: int | None = None,
    on_paper: bool = True,
) -> Taken:
    """The next number of a group today, and its paper promised to the printer of ``point`` if it has one.

    The same ``attempt`` again gives the number of the first time. Raises
    NoSuchGroup or NoNumbersNow.
    """
    # As in accept(): a second tap of one attempt comes from the same point, and waits for the first.
    if session.get_bind().dialect.name != "sqlite":
        session.execute(select(AcceptancePoint.id).filter_by(id=point.id).with_for_update(key_share=True))
    token = token_of(attempt, keys)
    if known := session.connection().execute(_BY_ATTEMPT, {"attempt": attempt}).first():
        return Taken(known.id, spoken(known.prefix, known.number), token)
    office, today = point.office, civil_day(now)
    may_take(session, office, now=now)
    group = group_of(session, office, group_id, now=now)
    if group is None:
        raise NoSuchGroup
    ahead, wait = expected(session, office, group.id, priority, now=now)
    told = {
        "ahead": ahead,
        "low": wait.low if wait else None,
        "high": wait.high if wait else None,
        "address": base_url,
    }
    # As late as possible: from here to the commit nobody else gets a number of this group.
    number = numbers.next_of_day(session, office.id, f"ticket_{group.prefix}", day=today)
    row = {
        "office_id": office.id,
        "service_group_id": group.id,
        "day": today,
        "prefix": group.prefix,
        "number": number,
        "attempt": attempt,
        "token_key": token_key(token),
        "priority": priority.value,
        "taken_at": now,
        "queued_at": now,
        "taken_from": point.id,
        "dossier_id": dossier_id,
        "told": told,
    }
    ticket_id = int(session.connection().execute(_TICKET, row).scalar_one())
    if on_paper and point.printer_id is not None:
        outbox.promise(session, ticket_id=ticket_id, printer_id=point.printer_id, now=now)
    return Taken(ticket_id, spoken(group.prefix, number), token)


def call_next(
    session: Session, office: Office, counter: AcceptancePoint | None, *, by: Actor, now: datetime
) -> Ticket:
    """Call whose turn it is at this counter; whoever was being served there is done then.

    Raises NoCounter, CounterBusy while somebody called has neither come nor
    been let go, or NothingWaiting: then nothing has changed, and whoever is
    served there still is.
    """
    desk = _at_counter(session, office, counter)
    today = civil_day(now)
    served = _served_at(session, desk, now=now)
    most = setting_of(session, office, "priority_run", now=now)
    run = run_of(_last_called(session, desk, today, most))
    while turn := next_turn(_line_of(session, desk, today), run=run, most=most):
        if _called(session, turn.who.id, desk, State.WAITING, by=by, now=now):
            if served is not None:
                finish(session, office, desk, served.id, by=by, now=now)
            return _told_call(session, turn.who.id, desk, turn, by=by, now=now)
    raise NothingWaiting


def call_back(
    session: Session,
    office: Office,
    counter: AcceptancePoint | None,
    ticket_id: int,
    *,
    by: Actor,
    now: datetime,
) -> Ticket:
    """Call somebody who was held or missed the call and is here now, before all others.

    Refusals of call_next, NoSuchTicket, TicketOver, WrongTicketState, NotServedHere.
    """
    desk = _at_counter(session, office, counter)
    ticket = _todays(session, office, ticket_id, now=now)
    served = _served_at(session, desk, now=now)
    if ticket.service_group_id not in _served(desk) and ticket.counter_id != desk.id:
        raise NotServedHere(number=_number(ticket))
    if not any(
        _called(session, ticket.id, desk, state, by=by, now=now) for state in (State.HELD, State.NO_SHOW)
    ):
        raise WrongTicketState(number=_number(ticket), now=ticket.state)
    if served is not None:
        finish(session, office, desk, served.id, by=by, now=now)
    turn = Turn(Waiting(ticket.id, ticket.queued_at), Because.RETURNED, ())
    return _told_call(session, ticket.id, desk, turn, by=by, now=now)


def recall(
    session: Session,
    office: Office,
    counter: AcceptancePoint | None,
    ticket_id: int,
    *,
    by: Actor,
    now: datetime,
) -> Ticket:
    """Call the same number once more: the board shows it and sounds again."""
    changes = {"calls": Ticket.calls + 1, "called_at": now}
    return _act(session, office, counter, ticket_id, Act.RECALL, "ticket_recalled", changes, by=by, now=now)


def start(
    session: Session,
    office: Office,
    counter: AcceptancePoint | None,
    ticket_id: int,
    *,
    by: Actor,
    now: datetime,
) -> Ticket:
    """The person has come."""
    changes = {"serving_at": now}
    return _act(session, office, counter, ticket_id, Act.START, "ticket_serving", changes, by=by, now=now)


def hold(
    session: Session,
    office: Office,
    counter: AcceptancePoint | None,
    ticket_id: int,
    *,
    by: Actor,
    now: datetime,
) -> Ticket:
    """The person fetches something and will be called back without waiting again."""
    return _act(session, office, counter, ticket_id, Act.HOLD, "ticket_held", {}, by=by, now=now)


def back_in_line(
    session: Session,
    office: Office,
    counter: AcceptancePoint | None,
    ticket_id: int,
    *,
    at_end: bool,
    by: Actor,
    now: datetime,
) -> Ticket:
    """To the old place, or to the end, of the line the number was in."""
    changes: dict[str, object] = {"serving_at": None, "closed_at": None}
    if at_end:
        changes["queued_at"] = now
    return _act(
        session, office, counter, ticket_id, Act.BACK, "ticket_back", changes, by=by, now=now,
        facts={"place": "end" if at_end else "old"},
    )  # fmt: skip


def transfer(
    session: Session,
    office: Office,
    counter: AcceptancePoint | None,
    ticket_id: int,
    *,
    group_id: int | None = None,
    to_counter_id: int | None = None,
    by: Actor,
    now: datetime,
) -> Ticket:
    """To the line of another group, or of one counter, with the time it has waited already.

    Raises NoSuchGroup when there is no such group or counter here, or neither is named.
    """
    changes: dict[str, object] = {"serving_at": None, "wanted_counter_id": None}
    facts: dict[str, object] = {}
    if group_id is not None:
        group = session.get(ServiceGroup, group_id)
        if group is None or group.office_id != office.id or not group.active:
            raise NoSuchGroup
        changes["service_group_id"], facts["group"] = group.id, group.prefix
    if to_counter_id is not None:
        other = session.get(AcceptancePoint, to_counter_id)
        if other is None or not _is_counter(other, office):
            raise NoSuchGroup
        changes["wanted_counter_id"], facts["to"] = other.id, other.code
    if not facts:
        raise NoSuchGroup
    return _act(
        session, office, counter, ticket_id, Act.TRANSFER, "ticket_transferred", changes, by=by, now=now,
        facts=facts,
    )  # fmt: skip


def no_show(
    session: Session,
    office: Office,
    counter: AcceptancePoint | None,
    ticket_id: int,
    *,
    by: Actor,
    now: datetime,
) -> Ticket:
    """Called, and nobody came."""
    changes = {"closed_at": now}
    return _act(session, office, counter, ticket_id, Act.NO_SHOW, "ticket_no_show", changes, by=by, now=now)


def finish(
    session: Session,
    office: Office,
    counter: AcceptancePoint | None,
    ticket_id: int,
    *,
    by: Actor,
    now: datetime,
) -> Ticket:
    """The person has been served."""
    changes = {"closed_at": now}
    return _act(session, office, counter, ticket_id, Act.FINISH, "ticket_done", changes, by=by, now=now)


def give_priority(
    session: Session,
    office: Office,
    ticket_id: int,
    priority: Priority,
    *,
    reason: str = "",
    by: Actor,
    now: datetime,
) -> Ticket:
    """Give, change or take away somebody's priority; who did it and why is kept.

    Only while the number still waits or is held: WrongTicketState afterwards.
    """
    changed = False
    while not changed:
        ticket = _todays(session, office, ticket_id, now=now)
        before = ticket.priority
        if ticket.state not in (State.WAITING, State.HELD):
            break
        # Another may have given one since it was read: then what they gave is the old one.
        ours = _one(ticket.id).where(Ticket.state == ticket.state, Ticket.priority == before)
        changed = _changed(session, ours.values(priority=priority.value, priority_by=by.person_id))
    if not changed:
        raise WrongTicketState(number=_number(ticket), now=ticket.state)
    session.refresh(ticket)
    facts = {"number": _number(ticket), "priority": [before, priority.value]}
    _record(session, ticket, "ticket_priority", by=by, now=now, facts=facts, reason=reason)
    return ticket


def at_counter(session: Session, counter: AcceptancePoint, *, now: datetime) -> Ticket | None:
    """Whom this counter has called or serves now."""
    return session.scalar(
        select(Ticket)
        .where(
            Ticket.office_id == counter.office_id,
            Ticket.day == civil_day(now),
            Ticket.state.in_(AT_A_COUNTER),
            Ticket.counter_id == counter.id,
        )
        .order_by(Ticket.called_at.desc())
        .limit(1)
    )


def group_of_dossier(session: Session, dossier_id: int) -> int | None:
    """Which group's number somebody needs who has just filed this dossier and waits for its result."""
    return session.scalar(
        select(OfferedProcedure.service_group_id)
        .join(ProcedureVersion, ProcedureVersion.procedure_code == OfferedProcedure.procedure_code)
        .join(Dossier, Dossier.procedure_version_id == ProcedureVersion.id)
        .where(Dossier.id == dossier_id, OfferedProcedure.office_id == Dossier.office_id)
    )


def _act(
    session: Session,
    office: Office,
    counter: AcceptancePoint | None,
    ticket_id: int,
    act: Act,
    kind: str,
    changes: dict[str, Any],
    *,
    by: Actor,
    now: datetime,
    facts: dict[str, object] | None = None,
) -> Ticket:
    """One step of the table LEADS, by the officer or the counter that has the person."""
    begins, then = LEADS[act]
    mine = [Ticket.person_id == by.person_id, Ticket.state.in_((State.HELD, State.NO_SHOW))]
    if counter is not None:
        mine.append(Ticket.counter_id == counter.id)
    statement = _one(ticket_id).where(
        Ticket.office_id == office.id,
        Ticket.day == civil_day(now),
        Ticket.state.in_(begins),
        or_(*mine),
    )
    if not _changed(session, statement.values(state=then, **changes)):
        _refuse(session, office, ticket_id, act, now=now)
    ticket = _fresh(session, ticket_id)
    told = {"number": _number(ticket), "counter": counter.code if counter else "", **(facts or {})}
    _record(session, ticket, kind, by=by, now=now, facts=told)
    return ticket


def _called(
    session: Session, ticket_id: int, desk: AcceptancePoint, state: State, *, by: Actor, now: datetime
) -> bool:
    """Whether this counter has the person now; somebody else may have been faster."""
    _, then = LEADS[Act.CALL]
    return _changed(
        session,
        _one(ticket_id)
        .where(Ticket.state == state)
        .values(
            state=then,
            counter_id=desk.id,
            person_id=by.person_id,
            calls=Ticket.calls + 1,
            called_at=now,
            serving_at=None,
            closed_at=None,
            wanted_counter_id=None,
        ),
    )


def _told_call(
    session: Session, ticket_id: int, desk: AcceptancePoint, turn: Turn, *, by: Actor, now: datetime
) -> Ticket:
    ticket = _fresh(session, ticket_id)
    facts = {
        "number": _number(ticket),
        "counter": desk.code,
        "counter_name": desk.name,
        "because": turn.because.value,
        "priority": ticket.priority,
        "passed_over": len(turn.passed_over),
    }
    _record(session, ticket, "ticket_called", by=by, now=now, facts=facts)
    # A paper that failed until now would come out for somebody who has left the machine.
    late = and_(Errand.ticket_id == ticket.id, Errand.state == "queued", Errand.reason.is_not(None))
    session.execute(update(Errand).where(late).values(state="given_up", finished_at=now))
    return ticket


def _served_at(session: Session, desk: AcceptancePoint, *, now: datetime) -> Ticket | None:
    """Whom the counter serves, locked; CounterBusy while somebody is only called there."""
    current = at_counter(session, desk, now=now)
    if current is None:
        return None
    if current.state == State.CALLED:
        raise CounterBusy(number=_number(current))
    # Before any of the line: PostgreSQL leaves a number locked to who came too late for it,
    # and they may be waiting for the one that is called here.
    session.execute(select(Ticket.id).filter_by(id=current.id).with_for_update(key_share=True))
    return current


def _at_counter(session: Session, office: Office, counter: AcceptancePoint | None) -> AcceptancePoint:
    """The counter, held against a second call from it until this transaction ends."""
    if counter is None or not _is_counter(counter, office):
        raise NoCounter
    if session.get_bind().dialect.name != "sqlite":
        session.execute(select(AcceptancePoint.id).filter_by(id=counter.id).with_for_update(key_share=True))
    return counter


def _is_counter(point: AcceptancePoint, office: Office) -> bool:
    return point.office_id == office.id and point.kind == "counter" and point.active


def _served(desk: AcceptancePoint) -> list[int]:
    return [group.id for group in desk.service_groups]


def _line_of(session: Session, desk: AcceptancePoint, today: date) -> list[Waiting]:
    """Everybody this counter may call now."""
    is_ours = and_(Ticket.wanted_counter_id.is_(None), Ticket.service_group_id.in_(_served(desk)))
    rows = session.execute(
        select(Ticket.id, Ticket.queued_at, Ticket.priority).where(
            Ticket.office_id == desk.office_id,
            Ticket.day == today,
            Ticket.state == State.WAITING,
            or_(Ticket.wanted_counter_id == desk.id, is_ours),
        )
    )
    return [Waiting(*row) for row in rows]


def _last_called(session: Session, desk: AcceptancePoint, today: date, most: int) -> Sequence[str]:
    """The priority of those this counter called last, the latest first."""
    return session.scalars(
        select(Ticket.priority)
        .where(
            Ticket.office_id == desk.office_id,
            Ticket.day == today,
            Ticket.counter_id == desk.id,
            Ticket.called_at.is_not(None),
        )
        .order_by(Ticket.called_at.desc(), Ticket.id.desc())
        .limit(most)
    ).all()


def _todays(session: Session, office: Office, ticket_id: int, *, now: datetime) -> Ticket:
    ticket = session.get(Ticket, ticket_id, populate_existing=True)
    if ticket is None or ticket.office_id != office.id:
        raise NoSuchTicket
    if ticket.day != civil_day(now):
        raise TicketOver(number=_number(ticket))
    return ticket


def _refuse(session: Session, office: Office, ticket_id: int, act: Act, *, now: datetime) -> None:
    """Why nothing was changed; always raises."""
    ticket = _todays(session, office, ticket_id, now=now)
    if ticket.state in LEADS[act][0]:
        raise NotYourTicket(number=_number(ticket), counter=ticket.counter.name if ticket.counter else "")
    raise WrongTicketState(number=_number(ticket), now=ticket.state)


def _one(ticket_id: int) -> Any:
    return update(Ticket).where(Ticket.id == ticket_id).execution_options(synchronize_session=False)


def _changed(session: Session, statement: Any) -> bool:
    return cast("CursorResult[Any]", session.execute(statement)).rowcount == 1


def _fresh(session: Session, ticket_id: int) -> Ticket:
    return session.get_one(Ticket, ticket_id, populate_existing=True)


def _number(ticket: Ticket) -> str:
    return spoken(ticket.prefix, ticket.number)


def _record(
    session: Session,
    ticket: Ticket,
    kind: str,
    *,
    by: Actor,
    now: datetime,
    facts: Mapping[str, object],
    reason: str = "",
) -> None:
    events.append(
        session, kind, by=by, now=now, office_id=ticket.office_id, ticket_id=ticket.id,
        facts=dict(facts), reason=reason,
    )  # fmt: skip

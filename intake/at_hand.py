"""A dossier at hand: locked for this transaction, of this office, and not held by somebody else.

Every verb on a dossier takes one that came from here, so that of two officers
who act at once the second sees what the first has done.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from intake import events
from intake.events import Actor
from intake.people import roles_in
from intake.records import Dossier, Handover, Office, Person, PostalItem
from intake.rules.lifecycle import Status, must_follow
from intake.rules.post import Step
from intake.rules.refusals import HandoverOpen, HeldByAnother, NoSuchDossier, NotOfThisUnit, Packed
from intake.rules.rights import Right, Role, may


def dossier_at_hand(session: Session, office: Office, code: str, *, by: Actor, now: datetime) -> Dossier:
    """The dossier of this code, as it stands now and until the end of this transaction.

    Raises NoSuchDossier, also for one of another office, or HeldByAnother.
    """
    return _free(_locked(session, office, Dossier.dossier_code == code), by=by, now=now)


def dossier_at_hand_by_id(
    session: Session, office: Office, dossier_id: int, *, by: Actor, now: datetime
) -> Dossier:
    """The same by the id of its row."""
    return _free(_locked(session, office, Dossier.id == dossier_id), by=by, now=now)


def dossier_even_if_held(session: Session, office: Office, code: str) -> Dossier:
    """The same whoever holds it: for money, and for a manager who ends a lock."""
    return _locked(session, office, Dossier.dossier_code == code)


def is_held_by_another(dossier: Dossier, *, by: Actor, now: datetime) -> bool:
    """A lock ends by itself: nobody holds it past ``held_until``."""
    held = dossier.held_by is not None and dossier.held_until is not None and now < dossier.held_until
    return held and dossier.held_by != by.person_id


def let_go(dossier: Dossier) -> None:
    """Nobody holds it any longer; no event, because something else has happened that tells."""
    dossier.held_by = dossier.held_until = None


def move(dossier: Dossier, then: Status) -> None:
    """To its next status; WrongStatus when ``then`` may not follow the present one."""
    must_follow(Status(dossier.status), then)
    dossier.status = then


def record(
    session: Session,
    dossier: Dossier,
    kind: str,
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
    facts: dict[str, object] | None = None,
) -> None:
    """One event of this dossier; flushed, so that events stand in the order in which they happened."""
    events.append(
        session,
        kind,
        by=by,
        now=now,
        office_id=dossier.office_id,
        dossier_id=dossier.id,
        reason=reason,
        facts=facts,
    )
    session.flush()


def stamp(moment: datetime | None) -> str | None:
    """A moment in the facts of an event: ISO, in UTC."""
    return moment.astimezone(UTC).isoformat() if moment else None


def open_handover(session: Session, dossier: Dossier) -> Handover | None:
    """The hand-over nobody has confirmed, declined or taken back yet."""
    return session.scalar(select(Handover).filter_by(dossier_id=dossier.id, closed_at=None))


def must_be_here(session: Session, dossier: Dossier) -> None:
    """Raises HandoverOpen while the dossier is between two units: nobody decides on it then."""
    if travelling := open_handover(session, dossier):
        raise HandoverOpen(to=travelling.to_unit.name if travelling.to_unit else "")


def must_not_be_packed(session: Session, dossier: Dossier) -> None:
    """Raises Packed while the result lies sealed in an item that waits for the post."""
    packed = select(PostalItem.item_number).filter_by(
        dossier_id=dossier.id, direction="home", status=Step.READY
    )
    if number := session.scalar(packed):
        raise Packed(item_number=number)


def officer(session: Session, by: Actor) -> Person:
    """Whoever acts; a verb of the desk called for a citizen or a machine is a bug of ours (ValueError)."""
    person = session.get(Person, by.person_id) if by.person_id is not None else None
    if person is None:
        raise ValueError(f"no officer: {by.name}")
    return person


def roles_of(session: Session, by: Actor, office_id: int) -> Collection[Role]:
    """What they are in that office."""
    return roles_in(officer(session, by), office_id)


def belongs_to(session: Session, by: Actor, office_id: int, unit_id: int | None) -> bool:
    """Whether they work in that unit; None is the front desk: reception. A manager belongs everywhere."""
    held = [a for a in officer(session, by).assignments if a.office_id == office_id]
    if any(assignment.role == Role.MANAGER for assignment in held):
        return True
    if unit_id is None:
        return any(assignment.role == Role.RECEPTION for assignment in held)
    return any(assignment.unit_id == unit_id for assignment in held)


def must_belong(session: Session, by: Actor, dossier: Dossier, unit_id: int | None, name: str) -> None:
    """Raises NotOfThisUnit with the unit's ``name``, "" for the front desk."""
    if not belongs_to(session, by, dossier.office_id, unit_id):
        raise NotOfThisUnit(unit=name)


def must_decide(session: Session, dossier: Dossier, by: Actor) -> None:
    """A deciding officer of a unit decides that unit's dossiers, one of none everybody's.

    Raises NotOfThisUnit.
    """
    for held in officer(session, by).assignments:
        role = Role(held.role)
        is_theirs = role is Role.MANAGER or held.unit_id in (None, dossier.unit_id)
        if held.office_id == dossier.office_id and may([role], Right.DECIDE) and is_theirs:
            return
    raise NotOfThisUnit(unit=dossier.unit.name if dossier.unit else "")


def must_receive_or_decide(session: Session, dossier: Dossier, by: Actor) -> None:
    """The same for what reception may do with every dossier of the office, too."""
    if not may(roles_of(session, by, dossier.office_id), Right.RECEIVE):
        must_decide(session, dossier, by)


def _locked(session: Session, office: Office, which: ColumnElement[bool]) -> Dossier:
    # Not FOR UPDATE: events of others, who only look, may still point at the row.
    chosen: Select[Dossier] = (
        select(Dossier)
        .where(Dossier.office_id == office.id, which)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    dossier = session.scalar(chosen)
    if dossier is None:
        raise NoSuchDossier
    return dossier


def _free(dossier: Dossier, *, by: Actor, now: datetime) -> Dossier:
    if is_held_by_another(dossier, by=by, now=now):
        assert dossier.holder is not None
        raise HeldByAnother(name=dossier.holder.name, until=dossier.held_until)
    return dossier

"""Who works in the office: adding people, their roles, their links, and taking access away.

A manager governs their own office. Somebody who also works elsewhere, or runs
the installation, is more than that office's: a manager may change which roles
they hold here, and nothing else about them. An administrator governs everybody.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias, cast

from sqlalchemy import CursorResult, Select, func, select, update
from sqlalchemy.orm import Session, selectinload

from intake import events, people, second_factor
from intake.events import Actor
from intake.people import token_key
from intake.records import AcceptancePoint, Assignment, Invitation, Person, SignIn, Unit
from intake.rules.forms import Fault
from intake.rules.people import person_name
from intake.rules.refusals import (
    ChangedMeanwhile,
    LastOfRole,
    LinkOver,
    NoSuchPerson,
    NotAllowed,
    Refusal,
)
from intake.rules.rights import Role

LINK = timedelta(hours=72)
FOUNDING = Actor("first administrator", "desk")
IN_OFFICE = tuple(role for role in Role if role is not Role.ADMINISTRATOR)
Pair: TypeAlias = tuple[Role, int | None]  # a role and its office; None: the installation
_USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")


@dataclass(frozen=True)
class Governor:
    """Who decides about people: an administrator, or the manager of ``office_id``."""

    actor: Actor
    office_id: int | None
    is_administrator: bool = False


@dataclass(frozen=True)
class Wanted:
    """What the form of a person says; the roles are those in the office at hand."""

    name: str
    roles: frozenset[Role] = frozenset()
    unit_id: int | None = None
    administrator: bool = False
    username: str = ""  # only of somebody new
    point_id: int | None = None  # the post office of a clerk


@dataclass(frozen=True)
class Colleague:
    """A row of the list of people. ``is_ours``: every role they hold is in this office."""

    person_id: int
    username: str
    name: str
    active: bool
    roles: frozenset[Role]
    unit_id: int | None
    unit_name: str
    point_id: int | None
    point_name: str
    is_administrator: bool
    is_ours: bool
    has_password: bool
    invited_until: datetime | None
    locked_until: datetime | None
    second_factor: bool
    seen_at: datetime | None
    version: int


def colleagues(session: Session, by: Governor, *, now: datetime) -> list[Colleague]:
    """Everybody this governor sees, those at work first, by name."""
    statement = select(Person).options(selectinload(Person.assignments)).order_by(Person.name)
    if not by.is_administrator:
        statement = statement.where(Person.assignments.any(Assignment.office_id == by.office_id))
    found = session.scalars(statement).all()
    return _rows(session, sorted(found, key=lambda one: not one.active), by.office_id, now)


def colleague(session: Session, person_id: int, by: Governor, *, now: datetime) -> Colleague:
    """One of them; NoSuchPerson for anybody they do not see."""
    return _rows(session, [_seen(session, person_id, by)], by.office_id, now)[0]


def units_of(session: Session, office_id: int | None) -> Sequence[Unit]:
    return session.scalars(select(Unit).filter_by(office_id=office_id, active=True).order_by(Unit.name)).all()


def post_offices_of(session: Session, office_id: int | None) -> Sequence[AcceptancePoint]:
    """Where a clerk of the post can work."""
    return session.scalars(
        select(AcceptancePoint)
        .filter_by(office_id=office_id, kind="post", active=True)
        .order_by(AcceptancePoint.code)
    ).all()


def faults_of(session: Session, wanted: Wanted, by: Governor, *, is_new: bool) -> tuple[Fault, ...]:
    """What is wrong with the form, field by field."""
    faults = []
    if is_new and not _USERNAME.fullmatch(wanted.username):
        faults.append(Fault("username", "bad_username" if wanted.username else "blank"))
    elif is_new and people.known_as(session, wanted.username)[0] is not None:
        faults.append(Fault("username", "username_taken"))
    try:
        person_name(wanted.name)
    except Refusal:
        faults.append(Fault("name", "bad_name" if wanted.name else "blank"))
    if is_new and not wanted.roles and not wanted.administrator:
        faults.append(Fault("roles", "no_role"))
    if wanted.unit_id is not None and wanted.unit_id not in {
        unit.id for unit in units_of(session, by.office_id)
    }:
        faults.append(Fault("unit", "bad_choice"))
    known = {point.id for point in post_offices_of(session, by.office_id)}
    if Role.CLERK in wanted.roles and known and wanted.point_id not in known:
        faults.append(Fault("point", "no_post_office" if wanted.point_id is None else "bad_choice"))
    return tuple(faults)


def add_person(session: Session, wanted: Wanted, by: Governor, *, now: datetime) -> tuple[Person, str]:
    """Somebody new, without a password, and the secret of the link with which they choose one."""
    _may_give(wanted, by)
    person = Person(username=wanted.username, name=person_name(wanted.name), created_at=now)
    _give(person, _wanted_pairs(wanted, by.office_id), by.office_id, wanted)
    session.add(person)
    session.flush()
    facts: dict[str, object] = {"roles": [[], _told(person, by.office_id)], "name": [None, person.name]}
    _tell(session, "person_added", person, by, now, facts)
    return person, invite(session, person.id, by, now=now)


def change_person(
    session: Session, person_id: int, wanted: Wanted, by: Governor, *, version: int, now: datetime
) -> None:
    """Keep name, roles and unit. A role taken away ends every sign-in of the person at once.

    Raises ChangedMeanwhile, NotAllowed, LastOfRole.
    """
    person = _seen(session, person_id, by, for_update=True)
    if person.version != version:
        raise ChangedMeanwhile()
    _may_give(wanted, by, person)
    name = person_name(wanted.name)
    if name != person.name:
        _must_govern(person, by)
        _tell(session, "person_changed", person, by, now, {"name": [person.name, name]})
        person.name = name
    before, roles = _told(person, by.office_id), _wanted_pairs(wanted, by.office_id)
    taken = {pair for pair in _pairs(person) - roles if pair[1] in (None, by.office_id)}
    _must_leave_one(session, person, taken)
    _give(person, roles, by.office_id, wanted)
    if (after := _told(person, by.office_id)) != before:
        _tell(session, "roles_changed", person, by, now, {"roles": [before, after]})
    if taken:
        people.end_sign_ins(session, person.id, now=now)
    person.version += 1
    session.flush()


def set_active(session: Session, person_id: int, active: bool, by: Governor, *, now: datetime) -> None:
    """Take somebody's access away, or give it back; signed in, they are out at once."""
    person = _governed(session, person_id, by)
    if person.active == active:
        return
    if not active:
        _must_leave_one(session, person, _pairs(person))
        people.end_sign_ins(session, person.id, now=now)
        _withdraw_links(session, person.id, now)
    person.active = active
    person.version += 1
    _tell(session, "person_changed", person, by, now, {"active": [not active, active]})


def unlock(session: Session, person_id: int, by: Governor, *, now: datetime) -> None:
    """They may try again at once."""
    person = _governed(session, person_id, by)
    person.failures, person.locked_until = 0, None
    _tell(session, "unlocked", person, by, now, {})


def drop_second_factor(session: Session, person_id: int, by: Governor, *, now: datetime) -> None:
    """For somebody who lost the telephone and the recovery codes: the password alone opens again.

    NotAllowed for oneself: that asks for the password.
    """
    _must_be_another(person_id, by)
    person = _governed(session, person_id, by)
    if person.totp_sealed is None:
        return
    second_factor.drop(session, person)
    people.end_sign_ins(session, person.id, now=now)
    _tell(session, "totp_off", person, by, now, {})


def invite(session: Session, person_id: int, by: Governor, *, now: datetime) -> str:
    """The secret of a link that opens once, within 72 hours; older ones of the person open no more.

    A password they have stays theirs until they choose another. NotAllowed for
    oneself: a new one asks for the old.
    """
    _must_be_another(person_id, by)
    person = _governed(session, person_id, by)
    if not person.active:
        raise NotAllowed()
    _withdraw_links(session, person.id, now)
    _tell(session, "invited", person, by, now, {})
    return _new_link(session, person.id, now)


def first_link(session: Session, *, now: datetime) -> str | None:
    """The secret of the link that makes the first administrator; None once there is one.

    Older ones open no more: what was printed at an earlier start is forgotten.
    """
    if has_administrator(session):
        return None
    _withdraw_links(session, None, now)
    return _new_link(session, None, now)


def has_administrator(session: Session) -> bool:
    return bool(session.scalar(_holding(Role.ADMINISTRATOR, None).limit(1)))


def invitation_of(session: Session, token: str, *, now: datetime) -> Invitation:
    """The invitation of this link; LinkOver when it was used, is too old or never was."""
    found = session.scalar(select(Invitation).filter_by(token_key=token_key(token)))
    if found is None or found.used_at is not None or found.expires_at <= now:
        raise LinkOver()
    if found.person is not None and not found.person.active:
        raise LinkOver()
    if found.person_id is None and has_administrator(session):
        raise LinkOver()
    return found


def take_up(
    session: Session, invitation: Invitation, password_hash: str, *, device: str, now: datetime
) -> Person:
    """Choose a password by a link; the person's open sign-ins end."""
    _use(session, invitation, now)
    assert invitation.person_id is not None
    person = session.get_one(Person, invitation.person_id, with_for_update=True, populate_existing=True)
    people.set_password(person, password_hash, now=now)
    people.end_sign_ins(session, person.id, now=now)
    by = Actor(person.name, device, person.id)
    events.append(session, "password_changed", by=by, now=now, office_id=people.home_of(person))
    session.flush()
    return person


def found_administrator(
    session: Session,
    invitation: Invitation,
    wanted: Wanted,
    password_hash: str,
    *,
    device: str,
    now: datetime,
) -> Person:
    """The first administrator, by the link that was printed at the start."""
    if invitation.person_id is not None:
        raise LinkOver()
    _use(session, invitation, now)
    person = Person(username=wanted.username, name=person_name(wanted.name), created_at=now)
    person.assignments.append(Assignment(role=Role.ADMINISTRATOR, office_id=None))
    people.set_password(person, password_hash, now=now)
    session.add(person)
    session.flush()
    by = Governor(Actor(person.name, device, person.id), None, is_administrator=True)
    _tell(session, "person_added", person, by, now, {"roles": [[], _told(person, None)]})
    return person


def _seen(session: Session, person_id: int, by: Governor, *, for_update: bool = False) -> Person:
    person = session.get(
        Person, person_id, with_for_update=for_update or None, populate_existing=for_update or None
    )
    if person is None or not (by.is_administrator or _works_in(person, by.office_id)):
        raise NoSuchPerson()
    return person


def _governed(session: Session, person_id: int, by: Governor) -> Person:
    person = _seen(session, person_id, by, for_update=True)
    _must_govern(person, by)
    return person


def _must_govern(person: Person, by: Governor) -> None:
    if not by.is_administrator and not _is_only_in(person, by.office_id):
        raise NotAllowed()


def _must_be_another(person_id: int, by: Governor) -> None:
    if person_id == by.actor.person_id:
        raise NotAllowed()


def _works_in(person: Person, office_id: int | None) -> bool:
    return any(held.office_id == office_id for held in person.assignments if held.office_id is not None)


def _is_only_in(person: Person, office_id: int | None) -> bool:
    return all(held.office_id is not None and held.office_id == office_id for held in person.assignments)


def _may_give(wanted: Wanted, by: Governor, person: Person | None = None) -> None:
    """Roles of an office are given in it; who runs the installation is an administrator's business."""
    if wanted.roles and by.office_id is None:
        raise NotAllowed()
    was = person is not None and (Role.ADMINISTRATOR, None) in _pairs(person)
    if wanted.administrator != was and not by.is_administrator:
        raise NotAllowed()
    if Role.ADMINISTRATOR in wanted.roles:
        raise NotAllowed()


def _wanted_pairs(wanted: Wanted, office_id: int | None) -> set[Pair]:
    roles: set[Pair] = {(role, office_id) for role in wanted.roles}
    return roles | {(Role.ADMINISTRATOR, None)} if wanted.administrator else roles


def _give(person: Person, roles: set[Pair], office_id: int | None, wanted: Wanted) -> None:
    """Make the roles in this office, and that of the installation, these; those elsewhere stay."""
    for held in list(person.assignments):
        if held.office_id in (None, office_id) and (Role(held.role), held.office_id) not in roles:
            person.assignments.remove(held)
    for role, where in sorted(roles - _pairs(person), key=str):
        person.assignments.append(Assignment(role=role, office_id=where))
    for held in person.assignments:
        if held.office_id == office_id and office_id is not None:
            held.unit_id = wanted.unit_id if held.role == Role.DECIDING else None
            held.point_id = wanted.point_id if held.role == Role.CLERK else None


def _pairs(person: Person) -> set[Pair]:
    return {(Role(held.role), held.office_id) for held in person.assignments}


def _told(person: Person, office_id: int | None) -> list[str]:
    """Roles as an event keeps them; the unit of a deciding officer, the post office of a clerk with it."""
    return sorted(
        f"{held.role}:{where}" if (where := held.unit_id or held.point_id) else str(held.role)
        for held in person.assignments
        if held.office_id in (None, office_id)
    )


def _must_leave_one(session: Session, person: Person, taken: set[Pair]) -> None:
    """Raises LastOfRole when nobody would be left to manage an office, or the installation.

    The rows of all who hold the role are locked: two who take it from one another
    wait. Who holds it is read once more then, because whoever waited on PostgreSQL
    has read persons as they were before.
    """
    for role, office_id in sorted(taken, key=str):
        if role in (Role.MANAGER, Role.ADMINISTRATOR):
            session.execute(_holding(role, office_id).with_for_update(of=Assignment)).all()
            if set(session.scalars(_holding(role, office_id))) == {person.id}:
                raise LastOfRole(role=role)


def _holding(role: Role, office_id: int | None) -> Select[int]:
    """Who holds the role and can sign in."""
    return (
        select(Assignment.person_id)
        .join(Assignment.person)
        .where(
            Assignment.role == role,
            Assignment.office_id.is_(None) if office_id is None else Assignment.office_id == office_id,
            Person.active.is_(True),
            Person.password_hash.is_not(None),
        )
        .order_by(Assignment.id)
    )


def _new_link(session: Session, person_id: int | None, now: datetime) -> str:
    token = secrets.token_urlsafe(24)
    session.add(Invitation(token_key=token_key(token), person_id=person_id, expires_at=now + LINK))
    session.flush()
    return token


def _withdraw_links(session: Session, person_id: int | None, now: datetime) -> None:
    session.execute(
        update(Invitation)
        .where(
            Invitation.person_id.is_(None) if person_id is None else Invitation.person_id == person_id,
            Invitation.used_at.is_(None),
        )
        .values(used_at=now)
    )


def _use(session: Session, invitation: Invitation, now: datetime) -> None:
    """Of two who open the same link one comes in."""
    used = session.execute(
        update(Invitation)
        .where(Invitation.id == invitation.id, Invitation.used_at.is_(None))
        .values(used_at=now)
    )
    if cast(CursorResult[Any], used).rowcount != 1:
        raise LinkOver()


def _tell(
    session: Session, kind: str, person: Person, by: Governor, now: datetime, facts: dict[str, object]
) -> None:
    about: dict[str, object] = {"whom": person.username}
    office_id = by.office_id if by.office_id is not None else people.home_of(person)
    events.append(session, kind, by=by.actor, now=now, office_id=office_id, facts=about | facts)
    session.flush()


def _rows(session: Session, found: Sequence[Person], office_id: int | None, now: datetime) -> list[Colleague]:
    ids = [one.id for one in found]
    seen = dict(_pair_rows(session, select(SignIn.person_id, func.max(SignIn.touched_at)), ids, SignIn))
    open_links = select(Invitation.person_id, func.max(Invitation.expires_at)).where(
        Invitation.used_at.is_(None), Invitation.expires_at > now
    )
    invited = dict(_pair_rows(session, open_links, ids, Invitation))
    units = {unit.id: unit.name for unit in session.scalars(select(Unit).filter_by(office_id=office_id))}
    posts = {
        point.id: point.name
        for point in session.scalars(select(AcceptancePoint).filter_by(office_id=office_id, kind="post"))
    }
    return [_row(one, office_id, units, posts, seen.get(one.id), invited.get(one.id), now) for one in found]


def _pair_rows(
    session: Session, statement: Any, ids: Sequence[int], table: type[SignIn] | type[Invitation]
) -> Iterable[tuple[int, datetime]]:
    rows = session.execute(statement.where(table.person_id.in_(ids)).group_by(table.person_id))
    return ((person_id, at) for person_id, at in rows)


def _row(
    person: Person,
    office_id: int | None,
    units: Mapping[int, str],
    posts: Mapping[int, str],
    seen_at: datetime | None,
    invited_until: datetime | None,
    now: datetime,
) -> Colleague:
    here = [held for held in person.assignments if held.office_id is not None and held.office_id == office_id]
    unit_id = next((held.unit_id for held in here if held.unit_id), None)
    point_id = next((held.point_id for held in here if held.point_id), None)
    return Colleague(
        person_id=person.id,
        username=person.username,
        name=person.name,
        active=person.active,
        roles=frozenset(Role(held.role) for held in here),
        unit_id=unit_id,
        unit_name=units.get(unit_id, "") if unit_id else "",
        point_id=point_id,
        point_name=posts.get(point_id, "") if point_id else "",
        is_administrator=(Role.ADMINISTRATOR, None) in _pairs(person),
        is_ours=_is_only_in(person, office_id),
        has_password=person.password_hash is not None,
        invited_until=invited_until,
        locked_until=person.locked_until if people.is_locked(person, now=now) else None,
        second_factor=person.totp_sealed is not None,
        seen_at=seen_at,
        version=person.version,
    )

"""Who works on a dossier: one officer at a time, for a while, without any job that cleans up."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, update
from sqlalchemy.orm import Session

from intake.at_hand import dossier_even_if_held, is_held_by_another, let_go, officer, record, roles_of, stamp
from intake.events import Actor
from intake.offices import setting_of
from intake.records import Dossier, Office
from intake.rules.lifecycle import OPEN
from intake.rules.refusals import HeldByAnother, NotAllowed, WrongStatus
from intake.rules.rights import Role


def take(session: Session, office: Office, code: str, *, by: Actor, now: datetime) -> Dossier:
    """Hold it against all others until it is released or OfficeRule "lock_minutes" have passed.

    One's own lock is renewed, without an event. Raises NoSuchDossier,
    HeldByAnother, or WrongStatus when nothing is left to do with it.
    """
    me = officer(session, by).id
    until = now + lock_time(session, office, now=now)
    if _hold(session, office, code, me, until, Dossier.held_by == me, Dossier.held_until > now):
        return dossier_even_if_held(session, office, code)
    is_free = or_(Dossier.held_by.is_(None), Dossier.held_by == me, Dossier.held_until <= now)
    is_taken = _hold(session, office, code, me, until, is_free, Dossier.status.in_(OPEN))
    dossier = dossier_even_if_held(session, office, code)
    if is_taken:
        record(session, dossier, "taken", by=by, now=now, facts={"until": stamp(until)})
        return dossier
    if is_held_by_another(dossier, by=by, now=now) and dossier.holder is not None:
        raise HeldByAnother(name=dossier.holder.name, until=dossier.held_until)
    raise WrongStatus(now=dossier.status, then="taken")


def release(session: Session, office: Office, code: str, *, by: Actor, now: datetime) -> None:
    """Let others have it. Raises HeldByAnother; nothing happens when nobody holds it."""
    dossier = dossier_even_if_held(session, office, code)
    if dossier.held_by is None:
        return
    if is_held_by_another(dossier, by=by, now=now):
        assert dossier.holder is not None
        raise HeldByAnother(name=dossier.holder.name, until=dossier.held_until)
    let_go(dossier)
    record(session, dossier, "released", by=by, now=now)


def release_by_manager(
    session: Session, office: Office, code: str, *, reason: str = "", by: Actor, now: datetime
) -> None:
    """A manager ends the lock of somebody else; NotAllowed for all others. The event names the holder."""
    if Role.MANAGER not in roles_of(session, by, office.id):
        raise NotAllowed
    dossier = dossier_even_if_held(session, office, code)
    if dossier.holder is None:
        return
    facts: dict[str, object] = {"held_by": [dossier.holder.name, None]}
    let_go(dossier)
    record(session, dossier, "released", by=by, now=now, reason=reason, facts=facts)


def lock_time(session: Session, office: Office, *, now: datetime) -> timedelta:
    """How long a lock holds in this office."""
    return timedelta(minutes=setting_of(session, office, "lock_minutes", now=now))


def _hold(
    session: Session, office: Office, code: str, me: int, until: datetime, *when: ColumnElement[bool]
) -> bool:
    """One conditional UPDATE: of two who come at once exactly one finds the condition still true."""
    held = session.execute(
        update(Dossier)
        .where(Dossier.office_id == office.id, Dossier.dossier_code == code, *when)
        .values(held_by=me, held_until=until)
        .execution_options(synchronize_session=False)
    )
    return bool(held.rowcount == 1)  # type: ignore[attr-defined]

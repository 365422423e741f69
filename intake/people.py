"""Signing in and out: who stands at the door, and the sign-ins that are open.

A password is compared before the transaction that uses it: ``prove`` ends the
one it read in, hashes without any, and the verb checks that nothing changed
meanwhile. Whoever may not come in learns nothing but that: a wrong password, an
unknown name, a locked account and one out of use give the same answer.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from intake import events, passwords, totp
from intake.db import reading
from intake.events import Actor
from intake.keys import Keys
from intake.records import AcceptancePoint, Office, Person, RecoveryCode, SignIn
from intake.rules.forms import Fault
from intake.rules.refusals import NotAllowed
from intake.rules.rights import Role

FREE_FAILURES = 4  # in a row; the next one locks
FIRST_LOCK = timedelta(minutes=1)
LONGEST_LOCK = timedelta(hours=1)
HALF = timedelta(minutes=5)  # between the password and the second factor
TOTP = "person.totp"


@dataclass(frozen=True)
class Proof:
    """What a typed password was worth: ``kept`` is the hash it was compared with.

    ``renewed`` is its hash with today's parameters, where the kept one is older.
    """

    person_id: int | None
    kept: str | None
    right: bool
    renewed: str | None = None


def prove(session: Session, username: str, password: str) -> Proof:
    """Compare the password; ends the transaction at hand before, because it takes its time."""
    session.rollback()
    with reading():
        person_id, kept = known_as(session, username)
        session.rollback()
    right = passwords.matches(kept, password)
    renewed = passwords.hashed(password) if right and kept and passwords.is_outdated(kept) else None
    return Proof(person_id, kept, right, renewed)


def known_as(session: Session, username: str) -> tuple[int | None, str | None]:
    row = session.execute(
        select(Person.id, Person.password_hash).filter_by(username=username.strip().casefold())
    ).one_or_none()
    return (row.id, row.password_hash) if row else (None, None)


def sign_in(
    session: Session, proof: Proof, *, device: str, now: datetime, address: str = ""
) -> tuple[SignIn, str] | None:
    """The sign-in of this person and the secret for the cookie; None when they may not come in.

    Where a second factor is kept the sign-in opens nothing until ``second_factor``.
    Commit also after None: the failure was counted.
    """
    person = _held(session, proof.person_id)
    if person is None or not person.active or is_locked(person, now=now):
        return None
    by = Actor(person.name, device, person.id)
    if not _holds(proof, person):
        _failed(session, person, by=by, now=now, address=address)
        return None
    if proof.renewed:
        person.password_hash = proof.renewed
    begun, token = begin_sign_in(session, person, office_id=_only_office(session, person), now=now)
    if person.totp_sealed is None:
        _welcomed(session, begun, by=by, now=now, address=address)
    return begun, token


def second_factor(
    session: Session,
    half: SignIn,
    code: str,
    *,
    keys: Keys,
    device: str,
    now: datetime,
    address: str = "",
) -> str | Fault:
    """The new secret for the cookie once ``code`` is right: of the authenticator, or a recovery code."""
    person = _held(session, half.person_id)
    if person is None or is_locked(person, now=now):
        return locked_fault("code", person)
    by = Actor(person.name, device, person.id)
    if not _opens(session, person, code, keys=keys, by=by, now=now):
        _failed(session, person, by=by, now=now, address=address)
        return locked_fault("code", person) if is_locked(person, now=now) else Fault("code", "wrong_code")
    half.passed_totp, half.touched_at = True, now
    _welcomed(session, half, by=by, now=now, address=address)
    return renew(session, half)


def begin_sign_in(
    session: Session, person: Person, *, office_id: int | None, now: datetime, passed_totp: bool = False
) -> tuple[SignIn, str]:
    """A sign-in of somebody who has proved who they are, and the secret for the cookie."""
    token = secrets.token_urlsafe(24)
    begun = SignIn(
        token_key=token_key(token),
        person=person,
        office_id=office_id,
        started_at=now,
        touched_at=now,
        passed_totp=passed_totp,
    )
    session.add(begun)
    session.flush()
    return begun, token


def renew(session: Session, sign_in: SignIn) -> str:
    """Another secret for the same sign-in: who knew the old one knows nothing any more."""
    token = secrets.token_urlsafe(24)
    sign_in.token_key = token_key(token)
    session.flush()
    return token


def sign_in_of(
    session: Session, token: str | None, *, now: datetime, idle: timedelta, longest: timedelta
) -> SignIn | None:
    """The sign-in of this cookie; None when it ended, was left for ``idle`` or is older than ``longest``.

    None, too, while the second factor is still owed.
    """
    found = _of_token(session, token)
    if found is None or owes_second_factor(found):
        return None
    return None if now - found.touched_at > idle or now - found.started_at > longest else found


def half_of(session: Session, token: str | None, *, now: datetime) -> SignIn | None:
    """The sign-in of this cookie that waits for its second factor, for a few minutes."""
    found = _of_token(session, token)
    if found is None or not owes_second_factor(found):
        return None
    return None if now - found.started_at > HALF else found


def owes_second_factor(sign_in: SignIn) -> bool:
    return sign_in.person.totp_sealed is not None and not sign_in.passed_totp


def sign_out(session: Session, sign_in: SignIn, *, by: Actor, now: datetime) -> None:
    if sign_in.ended_at is None:
        sign_in.ended_at = now
        events.append(session, "signed_out", by=by, now=now, office_id=sign_in.office_id)


def end_one(session: Session, sign_in_id: int, *, person_id: int, by: Actor, now: datetime) -> None:
    """One sign-in of this person; anybody else's is none."""
    found = session.get(SignIn, sign_in_id)
    if found is not None and found.person_id == person_id:
        sign_out(session, found, by=by, now=now)


def leave(session: Session, token: str | None, *, now: datetime) -> None:
    """The sign-in of this cookie ends because another begins at the same browser."""
    if found := _of_token(session, token):
        found.ended_at = now


def end_sign_ins(session: Session, person_id: int, *, now: datetime, but: int | None = None) -> int:
    """End every sign-in of the person but one; returns how many were open."""
    ended = session.execute(
        update(SignIn)
        .where(SignIn.person_id == person_id, SignIn.ended_at.is_(None), SignIn.id != (but or 0))
        .values(ended_at=now)
    )
    return cast(CursorResult[Any], ended).rowcount


def offices_of(session: Session, person: Person) -> Sequence[Office]:
    """Where this person works; an administrator everywhere."""
    held = {one.office_id for one in person.assignments}
    everywhere = select(Office).order_by(Office.name)
    return session.scalars(everywhere if None in held else everywhere.where(Office.id.in_(held))).all()


def sitting(session: Session, office_id: int, *, since: datetime) -> dict[int, str]:
    """Who sits at which counter now: its id and a name; seen at work after ``since``."""
    rows = session.execute(
        select(SignIn.point_id, Person.name)
        .join(Person, Person.id == SignIn.person_id)
        .where(
            SignIn.office_id == office_id,
            SignIn.point_id.is_not(None),
            SignIn.ended_at.is_(None),
            SignIn.touched_at > since,
        )
        .order_by(SignIn.touched_at)
    )
    return {point_id: name for point_id, name in rows if point_id is not None}


def open_sign_ins(session: Session, person_id: int, *, since: datetime) -> Sequence[SignIn]:
    """Where the person is signed in, the latest first."""
    return session.scalars(
        select(SignIn)
        .where(SignIn.person_id == person_id, SignIn.ended_at.is_(None), SignIn.touched_at > since)
        .order_by(SignIn.touched_at.desc())
    ).all()


def counters_of(session: Session, office_id: int) -> Sequence[AcceptancePoint]:
    return session.scalars(
        select(AcceptancePoint)
        .filter_by(office_id=office_id, kind="counter", active=True)
        .order_by(AcceptancePoint.id)
    ).all()


def sit_down(
    session: Session,
    sign_in: SignIn,
    *,
    office_id: int | None,
    point_id: int | None,
    by: Actor,
    now: datetime,
) -> None:
    """Work in this office, at this counter of it or at none; NotAllowed where it is not theirs, or is none.

    Only an administrator works in no office at all.
    """
    held = roles_in(sign_in.person, office_id)
    point = session.get(AcceptancePoint, point_id) if point_id else None
    exists = office_id is None or session.get(Office, office_id) is not None
    if not held or not exists or (point_id and not is_counter_of(point, office_id)):
        raise NotAllowed()
    before = sign_in.point.code if sign_in.point else None
    if (sign_in.office_id, sign_in.point_id) == (office_id, point_id):
        return
    sign_in.office_id, sign_in.point = office_id, point
    facts: dict[str, object] = {"counter": [before, point.code if point else None]}
    events.append(session, "seated", by=by, now=now, office_id=office_id, facts=facts)
    session.flush()


def change_password(
    session: Session, sign_in: SignIn, proof: Proof, password_hash: str, *, by: Actor, now: datetime
) -> Fault | None:
    """Keep the new password and end the person's other sign-ins; the fault of the old one that was typed."""
    person = _held(session, sign_in.person_id)
    if fault := confirmed(session, person, proof, by=by, office_id=sign_in.office_id, now=now):
        return fault
    assert person is not None
    set_password(person, password_hash, now=now)
    end_sign_ins(session, person.id, now=now, but=sign_in.id)
    events.append(session, "password_changed", by=by, now=now, office_id=sign_in.office_id)
    return None


def confirmed(
    session: Session,
    person: Person | None,
    proof: Proof,
    *,
    by: Actor,
    office_id: int | None,
    now: datetime,
    key: str = "current",
) -> Fault | None:
    """Whether somebody already signed in typed their password again; the fault under ``key`` if not.

    Wrong ones count as at the door.
    """
    if person is None or is_locked(person, now=now):
        return locked_fault(key, person)
    if proof.person_id == person.id and _holds(proof, person):
        return None
    _failed(session, person, by=by, now=now, office_id=office_id)
    return locked_fault(key, person) if is_locked(person, now=now) else Fault(key, "password_wrong")


def set_password(person: Person, password_hash: str, *, now: datetime) -> None:
    person.password_hash, person.password_set_at = password_hash, now
    person.failures, person.locked_until = 0, None


def roles_in(person: Person, office_id: int | None) -> frozenset[Role]:
    """The roles this person holds in that office; an administrator holds theirs everywhere."""
    return frozenset(Role(held.role) for held in person.assignments if held.office_id in (None, office_id))


def home_of(person: Person) -> int | None:
    """Under which office an event about the person is kept when none is at hand."""
    return next((held.office_id for held in person.assignments if held.office_id is not None), None)


def is_locked(person: Person, *, now: datetime) -> bool:
    return person.locked_until is not None and person.locked_until > now


def lock_after(failures: int) -> timedelta | None:
    """How long nobody may try after so many failures in a row; None while trying is free."""
    if failures <= FREE_FAILURES:
        return None
    doublings = min(failures - FREE_FAILURES - 1, 10)
    return min(FIRST_LOCK * (1 << doublings), LONGEST_LOCK)


def locked_fault(key: str, person: Person | None) -> Fault:
    return Fault(key, "locked", {"until": person.locked_until if person else None})


def recovery_key(keys: Keys, person_id: int, code: str) -> str:
    """What is stored of a recovery code; blanks, dashes and capitals do not matter."""
    plain = "".join(sign for sign in code.casefold() if sign.isalnum())
    return keys.fingerprint(plain, f"recovery:{person_id}")


def token_key(token: str) -> str:
    """What is stored of a secret of ours (192 random bits: a plain hash does)."""
    return hashlib.sha256(token.encode()).hexdigest()


def _of_token(session: Session, token: str | None) -> SignIn | None:
    if not token:
        return None
    found = session.scalar(select(SignIn).filter_by(token_key=token_key(token)))
    return found if found and found.ended_at is None and found.person.active else None


def _held(session: Session, person_id: int | None) -> Person | None:
    """The row to ourselves until the commit: failures are counted one by one."""
    if person_id is None:
        return None
    return session.get(Person, person_id, with_for_update=True, populate_existing=True)


def _holds(proof: Proof, person: Person) -> bool:
    return proof.right and proof.kept is not None and person.password_hash == proof.kept


def _failed(
    session: Session,
    person: Person,
    *,
    by: Actor,
    now: datetime,
    address: str = "",
    office_id: int | None = None,
) -> None:
    person.failures += 1
    office_id = office_id or home_of(person)
    facts: dict[str, object] = {"failures": person.failures, "address": address}
    events.append(session, "sign_in_failed", by=by, now=now, office_id=office_id, facts=facts)
    if wait := lock_after(person.failures):
        person.locked_until = now + wait
        until: dict[str, object] = {"until": person.locked_until.isoformat()}
        events.append(session, "locked_out", by=by, now=now, office_id=office_id, facts=until)
    session.flush()


def _welcomed(session: Session, begun: SignIn, *, by: Actor, now: datetime, address: str) -> None:
    """Only here the failures are forgotten: a right password alone must not give more guesses at the code."""
    begun.person.failures, begun.person.locked_until = 0, None
    facts: dict[str, object] = {"second_factor": begun.passed_totp, "address": address}
    events.append(session, "signed_in", by=by, now=now, office_id=begun.office_id, facts=facts)
    session.flush()


def _opens(session: Session, person: Person, code: str, *, keys: Keys, by: Actor, now: datetime) -> bool:
    """Whether the code is right; it is used up then."""
    if person.totp_sealed is not None:
        secret = keys.unseal(person.totp_sealed, TOTP)
        step = totp.step_of(secret, code, now=now, after=person.totp_step)
        if step is not None:
            person.totp_step = step
            return True
    return _uses_recovery(session, person, code, keys=keys, by=by, now=now)


def _uses_recovery(
    session: Session, person: Person, code: str, *, keys: Keys, by: Actor, now: datetime
) -> bool:
    used = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person.id,
            RecoveryCode.code_key == recovery_key(keys, person.id, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
    )
    if cast(CursorResult[Any], used).rowcount != 1:
        return False
    events.append(session, "recovery_used", by=by, now=now, office_id=home_of(person))
    return True


def _only_office(session: Session, person: Person) -> int | None:
    """The office of whoever works in one only; others choose."""
    found = offices_of(session, person)
    return found[0].id if len(found) == 1 else None


def is_counter_of(point: AcceptancePoint | None, office_id: int | None) -> bool:
    """Whether somebody may sit there: a counter of this office that is in use."""
    return point is not None and (point.office_id, point.kind, point.active) == (office_id, "counter", True)

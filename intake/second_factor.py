"""Keeping a second factor: an authenticator, and ten codes for the day it is lost."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from intake import events, people, totp
from intake.events import Actor
from intake.keys import Keys, Unsealable
from intake.people import TOTP, Proof
from intake.records import Person, RecoveryCode, SignIn
from intake.rules.forms import Fault
from intake.rules.refusals import NotAllowed
from intake.rules.rights import SECOND_FACTOR, Role

CODES = 10
SIGNS = 10  # of 32, in each: 50 bits
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # no l, o, 0, 1


@dataclass(frozen=True)
class Enrolment:
    """A secret that is not kept yet; ``pending`` carries it through the form, sealed for this person."""

    secret: str
    pending: str
    qr_address: str

    @property
    def grouped(self) -> str:
        return totp.grouped(self.secret)


def may_keep(person: Person) -> bool:
    return any(Role(held.role) in SECOND_FACTOR for held in person.assignments)


def enrolment(person: Person, *, keys: Keys, pending: str = "") -> Enrolment:
    """A new secret, or the one of ``pending``: a form sent back must show the QR that was scanned."""
    secret = _pending(person, pending, keys) or totp.new_secret()
    sealed = keys.seal(secret, _purpose(person)).hex()
    return Enrolment(secret, sealed, totp.address(secret, account=person.username, issuer="Một Chạm"))


def turn_on(
    session: Session,
    sign_in: SignIn,
    proof: Proof,
    *,
    pending: str,
    code: str,
    keys: Keys,
    by: Actor,
    now: datetime,
) -> tuple[str, ...] | Fault:
    """Keep the secret once a code of it is right; the recovery codes, shown this once.

    Every other sign-in of the person ends. NotAllowed for whoever is neither
    manager nor administrator anywhere.
    """
    person = _held(session, sign_in)
    if not may_keep(person):
        raise NotAllowed()
    if fault := people.confirmed(session, person, proof, by=by, office_id=sign_in.office_id, now=now):
        return fault
    secret = _pending(person, pending, keys)
    step = totp.step_of(secret, code, now=now) if secret else None
    if secret is None or step is None:
        return Fault("code", "wrong_code")
    person.totp_sealed, person.totp_step = keys.seal(secret, TOTP), step
    sign_in.passed_totp = True
    people.end_sign_ins(session, person.id, now=now, but=sign_in.id)
    events.append(session, "totp_on", by=by, now=now, office_id=sign_in.office_id)
    return _new_codes(session, person, keys)


def turn_off(session: Session, sign_in: SignIn, proof: Proof, *, by: Actor, now: datetime) -> Fault | None:
    """The password alone opens again."""
    person = _held(session, sign_in)
    if fault := people.confirmed(session, person, proof, by=by, office_id=sign_in.office_id, now=now):
        return fault
    drop(session, person)
    events.append(session, "totp_off", by=by, now=now, office_id=sign_in.office_id)
    return None


def renew_codes(
    session: Session, sign_in: SignIn, proof: Proof, *, keys: Keys, by: Actor, now: datetime
) -> tuple[str, ...] | Fault:
    """Ten new recovery codes; the old ones open nothing any more."""
    person = _held(session, sign_in)
    if person.totp_sealed is None:
        raise NotAllowed()
    if fault := people.confirmed(session, person, proof, by=by, office_id=sign_in.office_id, now=now):
        return fault
    events.append(session, "recovery_renewed", by=by, now=now, office_id=sign_in.office_id)
    return _new_codes(session, person, keys)


def codes_left(session: Session, person_id: int) -> int:
    unused = select(func.count()).select_from(RecoveryCode).filter_by(person_id=person_id, used_at=None)
    return session.scalar(unused) or 0


def drop(session: Session, person: Person) -> None:
    person.totp_sealed = person.totp_step = None
    session.execute(delete(RecoveryCode).filter_by(person_id=person.id))
    session.flush()


def _new_codes(session: Session, person: Person, keys: Keys) -> tuple[str, ...]:
    session.execute(delete(RecoveryCode).filter_by(person_id=person.id))
    codes = tuple("".join(secrets.choice(_ALPHABET) for _ in range(SIGNS)) for _ in range(CODES))
    session.add_all(
        RecoveryCode(person_id=person.id, code_key=people.recovery_key(keys, person.id, code))
        for code in codes
    )
    session.flush()
    return tuple(f"{code[:5]}-{code[5:]}" for code in codes)


def _held(session: Session, sign_in: SignIn) -> Person:
    return session.get_one(Person, sign_in.person_id, with_for_update=True, populate_existing=True)


def _pending(person: Person, pending: str, keys: Keys) -> str | None:
    try:
        return keys.unseal(bytes.fromhex(pending), _purpose(person)) if pending else None
    except (Unsealable, ValueError):
        return None


def _purpose(person: Person) -> str:
    return f"{TOTP}.pending:{person.id}"

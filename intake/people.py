"""People who work here: signing in, and what they may do where."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.records import Person, SignIn
from intake.rules.rights import Role


def begin_sign_in(
    session: Session, person: Person, *, office_id: int | None, now: datetime, passed_totp: bool = False
) -> tuple[SignIn, str]:
    """A sign-in of somebody who has proved who they are, and the secret for the cookie."""
    token = secrets.token_urlsafe(24)
    sign_in = SignIn(
        token_key=token_key(token),
        person=person,
        office_id=office_id,
        started_at=now,
        touched_at=now,
        passed_totp=passed_totp,
    )
    session.add(sign_in)
    session.flush()
    return sign_in, token


def sign_in_of(
    session: Session, token: str | None, *, now: datetime, idle: timedelta, longest: timedelta
) -> SignIn | None:
    """The sign-in of this cookie; None when it ended, was left for ``idle`` or is older than ``longest``."""
    if not token:
        return None
    found = session.scalar(select(SignIn).filter_by(token_key=token_key(token)))
    if found is None or found.ended_at is not None or not found.person.active:
        return None
    return None if now - found.touched_at > idle or now - found.started_at > longest else found


def roles_in(person: Person, office_id: int | None) -> frozenset[Role]:
    """The roles this person holds in that office; an administrator holds theirs everywhere."""
    return frozenset(Role(held.role) for held in person.assignments if held.office_id in (None, office_id))


def token_key(token: str) -> str:
    """What is stored of a secret of ours (192 random bits: a plain hash does)."""
    return hashlib.sha256(token.encode()).hexdigest()

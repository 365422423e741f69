"""Systems of the post's operators, each known by a key that is shown once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.changing import office_at_hand, tell
from intake.events import Actor
from intake.records import Office, PostalOperator
from intake.rules.answers import Fault
from intake.rules.office_fields import text_of
from intake.rules.refusals import NoSuchThing

AREA = "post"


def operator_of(session: Session, key: str) -> PostalOperator | None:
    """Whose key this is; None for nobody's, and for one that is out of use."""
    return session.scalar(select(PostalOperator).filter_by(key_print=key_print(key), active=True))


def key_print(key: str) -> str:
    return hashlib.sha256(key.strip().encode()).hexdigest()


def operators(session: Session, office: Office) -> Sequence[PostalOperator]:
    """Those in use first, by name."""
    return session.scalars(
        select(PostalOperator)
        .filter_by(office_id=office.id)
        .order_by(PostalOperator.active.desc(), PostalOperator.name, PostalOperator.id)
    ).all()


def operator_name(typed: str) -> str | Fault:
    return text_of("operator", typed, longest=100)


def add_operator(
    session: Session, office: Office, name: str, *, by: Actor, now: datetime
) -> tuple[PostalOperator, str]:
    """A system that may tell of items, and its key: only a fingerprint of it is kept."""
    held, key = office_at_hand(session, office), f"mc_{secrets.token_urlsafe(32)}"
    row = PostalOperator(office_id=held.id, name=name, key_print=key_print(key), created_at=now)
    session.add(row)
    session.flush()
    tell(session, held, "office_changed", {}, {"operator": name}, by=by, now=now, area=AREA, what=name)
    return row, key


def withdraw_operator(
    session: Session, office: Office, operator_id: int, *, by: Actor, now: datetime
) -> None:
    """Its key opens nothing any more; NoSuchThing for one of another office."""
    held = office_at_hand(session, office)
    row = session.get(PostalOperator, operator_id)
    if row is None or row.office_id != held.id:
        raise NoSuchThing()
    before = row.active
    row.active = False
    session.flush()
    tell(
        session, held, "office_changed", {"active": before}, {"active": False}, by=by, now=now, area=AREA,
        what=row.name,
    )  # fmt: skip

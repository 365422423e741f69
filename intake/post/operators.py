"""Systems of the post's operators, each known by a key that is shown once."""

from __future__ import annotations

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.records import PostalOperator


def operator_of(session: Session, key: str) -> PostalOperator | None:
    """Whose key this is; None for nobody's, and for one that is out of use."""
    return session.scalar(select(PostalOperator).filter_by(key_print=key_print(key), active=True))


def key_print(key: str) -> str:
    return hashlib.sha256(key.strip().encode()).hexdigest()

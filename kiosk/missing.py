"""What people search here and do not find, without anything about the people."""

from __future__ import annotations

from intake.db import apart
from intake.offering import remember_search, searchable
from intake.records import Visit
from kiosk.here import Here


def remember(at: Here, typed: str) -> None:
    """Count these words once in a visit; who types on, or takes letters back, has searched once.

    Written beside the page, which only reads.
    """
    words = searchable(typed)
    if words is None or words == at.visit.searched:
        return
    with apart() as session:
        visit = session.get_one(Visit, at.visit.id)
        before = visit.searched
        goes_on = before is not None and (words.startswith(before) or before.startswith(words))
        remember_search(session, at.office.id, words, instead_of=before if goes_on else None, now=at.now)
        visit.searched = words

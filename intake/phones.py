"""The citizens' own phones as a place of the office: a draft that was put by goes on there.

The kiosk shows a QR and is free for the next person. On the phone the same
journey is walked in a visit of its own, at a point of kind "phone" that has no
machine and no printer. What is said there is kept under the code as well, so
that it can be brought back to a kiosk, to the desk or to the post at any moment.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake import saving, visits
from intake.changing import office_at_hand
from intake.keys import Keys
from intake.records import AcceptancePoint, Office, Visit

KIND = "phone"
NAME = "Điện thoại của người dân"


def phone_point(session: Session, office: Office) -> AcceptancePoint:
    """Where dossiers from phones are received; made when the first one comes."""
    found = _point(session, office)
    if found is not None and found.active:
        return found
    held = office_at_hand(session, office)  # of two phones that come first, the second waits here
    found = _point(session, held)
    if found is None:
        # Nobody can type a point of this code: «Đ» is in no code of theirs.
        found = AcceptancePoint(office_id=held.id, code=f"ĐT-{held.id}", name=NAME, kind=KIND)
        session.add(found)
    found.active = True  # a configuration that was read in knows nothing of it
    session.flush()
    return found


def go_on(
    session: Session, office: Office, code: str, number: str, *, keys: Keys, now: datetime
) -> tuple[Visit, str]:
    """A visit on a phone with the draft of ``code``, and the secret for its cookie.

    ``number`` are the last digits of the applicant's number. Raises
    NoSuchSavedDraft, which does not say what of the two was wrong.
    """
    draft = saving.brought_back(session, office, code, number, keys=keys, now=now)
    visit, token = visits.begin(session, phone_point(session, office), now=now, keys=keys)
    visits.keep_draft(visit, draft, keys)
    return visit, token


def is_phone(visit: Visit) -> bool:
    return visit.point.kind == KIND


def _point(session: Session, office: Office) -> AcceptancePoint | None:
    return session.scalar(select(AcceptancePoint).filter_by(office_id=office.id, kind=KIND))

"""The address a phone is shown by a QR: for one paper of one visit, and for a quarter of an hour.

Nobody signs in and nothing is installed. Whoever has the address may add files to
that paper, see how many came by it, and take one of those back; nothing else of the
visit can be reached from it. The token is never stored: it is made again from the
row with the key of this installation, and the row holds only its hash.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake import visits
from intake.captures.files import FileRow, rows_of
from intake.keys import Keys
from intake.queries import procedure_version
from intake.records import AcceptancePoint, DocumentFile, UploadLink, Visit
from intake.rules.procedures import Requirement
from intake.rules.refusals import UploadOver
from intake.rules.saved_codes import LETTERS

LASTS = timedelta(minutes=15)
LENGTH = 12  # letters of the token: 59 bits, within a quarter of an hour and a limit on tries

_TOKEN = "upload_link.token"


def open_link(
    session: Session, visit: Visit, requirement_key: str, *, attempt: str, keys: Keys, now: datetime
) -> UploadLink:
    """The address for one paper of the draft ``attempt``; one that is still good is used again."""
    link = live_link(session, visit, requirement_key, attempt=attempt, now=now)
    if link is not None:
        return link
    link = UploadLink(
        office_id=visit.point.office_id,
        visit_id=visit.id,
        attempt=attempt,
        requirement_key=requirement_key,
        created_at=now,
        expires_at=now + LASTS,
    )
    link.token_key = _token_key(token_of(link, keys))
    session.add(link)
    session.flush()
    return link


def live_link(
    session: Session, visit: Visit, requirement_key: str, *, attempt: str, now: datetime
) -> UploadLink | None:
    """The newest address for this paper whose time is not over."""
    mine = UploadLink.visit_id == visit.id, UploadLink.attempt == attempt
    good = UploadLink.requirement_key == requirement_key, UploadLink.expires_at > now
    return session.scalar(select(UploadLink).where(*mine, *good).order_by(UploadLink.id.desc()).limit(1))


def token_of(link: UploadLink, keys: Keys) -> str:
    """The secret of its address: LENGTH letters and digits a person can type."""
    about = (link.attempt, link.requirement_key, link.created_at.isoformat())
    number = int(keys.fingerprint(" ".join(about), _TOKEN), 16)
    letters = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(LETTERS))
        letters.append(LETTERS[place])
    return "".join(letters)


def link_of(session: Session, token: str, *, held: bool = False, now: datetime) -> UploadLink:
    """The link of this token; raises UploadOver when there is none, or it takes nothing more.

    That is when its time is over, or the visit has ended, was filed or put by. ``held``:
    none of this happens before this transaction ends, so that what is taken now is not lost.
    """
    link = session.scalar(select(UploadLink).filter_by(token_key=_token_key(token.strip().upper())))
    if link is None or link.expires_at <= now:
        raise UploadOver
    lock = {"of": Visit} if held else None
    visit = session.get_one(Visit, link.visit_id, with_for_update=lock, populate_existing=held)
    if visit.ended_at is not None or visit.dossier_id is not None:
        raise UploadOver
    return link


def seen(session: Session, link_id: int, *, now: datetime) -> None:
    """A phone is at work: the visit at the kiosk does not fall idle meanwhile."""
    link = session.get_one(UploadLink, link_id)
    link.seen_at = now
    visits.touch(session.get_one(Visit, link.visit_id), now=now)


def paper_of(session: Session, link: UploadLink, *, keys: Keys, now: datetime) -> Requirement:
    """The paper that is sent; UploadOver when the draft of the visit is another one by now."""
    draft = visits.draft_of(session.get_one(Visit, link.visit_id), keys)
    if draft.attempt != link.attempt or not draft.version_id:
        raise UploadOver
    procedure = procedure_version(session, draft.version_id, now=now)
    asked = (one for one in procedure.requirements if one.key == link.requirement_key)
    paper = next(asked, None)
    if paper is None:
        raise UploadOver
    return paper


def point_of_link(session: Session, link: UploadLink) -> AcceptancePoint:
    """Where somebody waits for what is sent."""
    return session.get_one(Visit, link.visit_id).point


def sent_by(session: Session, link: UploadLink) -> list[FileRow]:
    """What came by this address and is still there, in order; what came in any other way is not told."""
    came = select(DocumentFile).where(
        DocumentFile.attempt == link.attempt,
        DocumentFile.requirement_key == link.requirement_key,
        DocumentFile.way == "phone",
        DocumentFile.created_at >= link.created_at,
        DocumentFile.dossier_id.is_(None),
    )
    return rows_of(session.scalars(came.order_by(DocumentFile.position, DocumentFile.id)).all())


def forget_links(session: Session, *, now: datetime) -> int:
    """Delete the addresses whose time is over; how many there were. The worker's housekeeping."""
    over = session.scalars(select(UploadLink).where(UploadLink.expires_at <= now - LASTS)).all()
    for link in over:
        session.delete(link)
    session.flush()
    return len(over)


def _token_key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

"""Kiosks are known by a secret of their own, given for a code that is typed there once."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from intake import events, visits
from intake.changing import office_at_hand
from intake.events import Actor
from intake.keys import Keys
from intake.people import token_key
from intake.points import point_at_hand
from intake.records import AcceptancePoint, Office, Visit
from intake.rules.refusals import NoSuchThing

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that is read for something else: 0 O, 1 I
LENGTH = 8
VALID = timedelta(minutes=15)
SEEN = timedelta(minutes=1)  # how old the last sight of a kiosk may grow before it is written again
_PURPOSE = "kiosk.code"
_BY_DEVICE = select(AcceptancePoint).where(AcceptancePoint.device_key == bindparam("device_key"))
_OPEN = (
    select(AcceptancePoint)
    .join(AcceptancePoint.office)
    .where(
        AcceptancePoint.kind == "kiosk",
        AcceptancePoint.active.is_(True),
        AcceptancePoint.device_key.is_(None),
        Office.kiosks_open.is_(True),
    )
)
_OPEN_OF_CODE = _OPEN.where(AcceptancePoint.code == bindparam("code"))
_FIRST_OPEN = _OPEN.order_by(AcceptancePoint.id).limit(1)


def make_code(
    session: Session, office: Office, point_id: int, *, keys: Keys, by: Actor, now: datetime
) -> str:
    """A code that makes one machine this kiosk, within 15 minutes; an older code opens nothing any more."""
    held = office_at_hand(session, office)
    point = point_at_hand(session, held, point_id, "kiosk")
    if not point.active:
        raise NoSuchThing()
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    point.code_key, point.code_until = keys.fingerprint(code, _PURPOSE), now + VALID
    point.version += 1
    _tell(session, "kiosk_code_made", point, by, now)
    return code


def register(
    session: Session, typed: str, *, keys: Keys, device: str, now: datetime
) -> tuple[AcceptancePoint, str] | None:
    """The point this machine is from now on, and the secret for its cookie; None for a wrong or old code.

    The machine that was this point before is not any more. ``device`` is the
    address it comes from, for the event.
    """
    code = "".join(sign for sign in typed.upper() if sign.isalnum())
    point = session.scalar(
        select(AcceptancePoint)
        .filter_by(code_key=keys.fingerprint(code, _PURPOSE), kind="kiosk", active=True)
        .with_for_update(of=AcceptancePoint)
        .execution_options(populate_existing=True)
    )
    if point is None or point.code_key is None or point.code_until is None or now >= point.code_until:
        return None
    secret = secrets.token_urlsafe(24)
    _end_visits(session, point, now)
    point.code_key = point.code_until = None
    point.device_key, point.registered_at, point.seen_at = token_key(secret), now, now
    point.version += 1
    _tell(session, "kiosk_registered", point, Actor("kiosk", point.code), now, address=device)
    return point, secret


def revoke(session: Session, office: Office, point_id: int, *, by: Actor, now: datetime) -> None:
    """No machine is this kiosk any more, and no code makes one; what was being typed there is wiped."""
    held = office_at_hand(session, office)
    point = point_at_hand(session, held, point_id, "kiosk")
    _end_visits(session, point, now)
    point.device_key = point.code_key = point.code_until = point.registered_at = None
    point.version += 1
    _tell(session, "kiosk_revoked", point, by, now)


def point_of_device(session: Session, secret: str | None) -> AcceptancePoint | None:
    """The kiosk of this cookie; None when it was never registered, or is not any more."""
    if not secret or len(secret) < 24:
        return None
    point = session.scalar(_BY_DEVICE, {"device_key": token_key(secret)})
    return point if point is not None and point.active else None


def is_known(point: AcceptancePoint, secret: str | None) -> bool:
    """Whether the machine with this cookie may act as ``point``.

    A phone is known by the cookie of its visit alone, which no other machine has.
    """
    if point.kind == "phone":
        return point.active
    if not point.active or point.kind != "kiosk":
        return False
    if point.device_key is not None:
        return bool(secret) and token_key(secret or "") == point.device_key
    return point.office.kiosks_open


def open_point(session: Session, code: str | None) -> AcceptancePoint | None:
    """Where any browser may be a kiosk: the point of this code, else the first one; never a machine's own."""
    found = session.scalar(_OPEN_OF_CODE, {"code": code}) if code else None
    return found or session.scalar(_FIRST_OPEN)


def is_closed_to(session: Session, secret: str | None) -> bool:
    """Whether the machine with this cookie may be no kiosk at all."""
    return point_of_device(session, secret) is None and open_point(session, None) is None


def any_kiosk(session: Session) -> bool:
    """Whether there is a kiosk that a machine could become."""
    return (
        session.scalar(select(AcceptancePoint.id).filter_by(kind="kiosk", active=True).limit(1)) is not None
    )


def must_be_seen(point: AcceptancePoint, *, now: datetime) -> bool:
    """Whether it is time to write down again that this kiosk is alive."""
    return point.seen_at is None or now - point.seen_at >= SEEN


def _end_visits(session: Session, point: AcceptancePoint, now: datetime) -> None:
    at_work = select(Visit).filter_by(acceptance_point_id=point.id, ended_at=None).with_for_update(of=Visit)
    for visit in session.scalars(at_work):
        visits.end(session, visit, reason="revoked", now=now)


def _tell(
    session: Session, kind: str, point: AcceptancePoint, by: Actor, now: datetime, **facts: object
) -> None:
    events.append(
        session, kind, by=by, now=now, office_id=point.office_id, facts={"what": point.code, **facts}
    )
    session.flush()

"""A visit at a public screen: it begins with a touch and leaves nothing behind."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from intake import assisting, events, steps_taken
from intake.captures.files import forget_visit
from intake.drafts import Draft
from intake.events import Actor
from intake.keys import Keys
from intake.records import AcceptancePoint, Visit
from intake.reprinting import forget_waiting
from intake.rules.refusals import VisitOver

_DRAFT = "visit.draft"
_NONE = timedelta()
PHONE_IDLE = timedelta(minutes=30)  # a phone is in its owner's hand, and lies beside the papers they look for
_BY_TOKEN = select(Visit).where(Visit.token_key == bindparam("token_key"))
_PHONES = select(AcceptancePoint.id).where(AcceptancePoint.kind == "phone")
_BY_TOKEN_HELD = _BY_TOKEN.with_for_update(of=Visit)


def begin(session: Session, point: AcceptancePoint, *, now: datetime, keys: Keys) -> tuple[Visit, str]:
    """A fresh visit at ``point`` and the secret for its cookie; only the secret's hash is stored."""
    token = secrets.token_urlsafe(24)
    visit = Visit(token_key=_token_key(token), point=point, started_at=now, touched_at=now)
    keep_draft(visit, Draft(), keys)
    session.add(visit)
    session.flush()
    return visit, token


def visit_of(
    session: Session,
    token: str | None,
    *,
    now: datetime,
    idle: timedelta,
    idle_called: timedelta = _NONE,
    held: bool = False,
) -> Visit:
    """The open visit of this cookie; ``held`` against every other transaction until this one ends.

    Raises VisitOver when there is none, it has ended, or nobody touched it
    for ``idle`` (a phone: PHONE_IDLE), unless an officer was called less than
    ``idle_called`` ago; sweep_idle, not this look-up, wipes an idle visit's draft.
    """
    wanted = _BY_TOKEN_HELD if held else _BY_TOKEN
    visit = session.scalar(wanted, {"token_key": _token_key(token)}) if token else None
    if visit is None or visit.ended_at is not None:
        raise VisitOver
    if visit.point.kind == "phone":
        idle = max(idle, PHONE_IDLE)
    if now - visit.touched_at > idle and now >= waits_until(visit, idle_called):
        raise VisitOver
    return visit


def waits_until(visit: Visit, idle_called: timedelta) -> datetime:
    """Until when nobody has to touch the screen, because an officer was called; long ago when none was."""
    return visit.called_at + idle_called if visit.called_at else visit.started_at


def touch(visit: Visit, *, now: datetime) -> None:
    """Somebody is there: the idle time begins anew."""
    visit.touched_at = max(visit.touched_at, now)


def call_officer(visit: Visit, *, step: str, now: datetime) -> None:
    """Remember who waits for help, at which step and since when; a second touch keeps the first moment."""
    visit.called_at = visit.called_at or now
    visit.called_from = step


def answer_call(session: Session, visit: Visit, *, by: Actor, now: datetime) -> None:
    """An officer has come to whoever called; a second one finds the call answered.

    The first to come while the dossier is being made has helped to file it; who
    comes for a receipt, or to the first screen, has not.
    """
    if visit.called_at is None or visit.ended_at is not None:
        return
    facts: dict[str, object] = {
        "point": visit.point.code,
        "since": visit.called_at.isoformat(),
        "step": visit.called_from,
    }
    visit.called_at = None
    if visit.called_from and visit.dossier_id is None:
        visit.helper_id = visit.helper_id or by.person_id
        assisting.come(session, visit, by=by, now=now)
    touch(visit, now=now)
    events.append(session, "call_answered", by=by, now=now, office_id=visit.point.office_id, facts=facts)


def end(session: Session, visit: Visit, *, reason: str, now: datetime) -> None:
    """Over, for "done", "saved", "restart", "idle", "given_up" or "revoked" (of the kiosk).

    The draft and its files are wiped and papers that failed are not printed any
    more. Ending an ended visit changes nothing.
    """
    if visit.ended_at is not None:
        return
    visit.ended_at, visit.end_reason, visit.draft_sealed, visit.searched = now, reason, None, None
    assisting.end_all(session, visit, now=now)
    left_at = visit.touched_at if reason == "idle" else now
    left_by = "restarted" if reason == "restart" else "ended"
    steps_taken.ended(session, visit, left_by=left_by, now=left_at)
    forget_visit(session, visit.id, now=now)
    if visit.dossier_id is not None:
        forget_waiting(session, visit.dossier_id, now=now)


def sweep_idle(session: Session, *, now: datetime, idle: timedelta, idle_called: timedelta = _NONE) -> int:
    """End every visit that is idle as visit_of means it; how many there were."""
    deserted = select(Visit).where(
        Visit.ended_at.is_(None),
        Visit.touched_at < now - idle,
        or_(Visit.touched_at < now - PHONE_IDLE, Visit.acceptance_point_id.not_in(_PHONES)),
        or_(Visit.called_at.is_(None), Visit.called_at <= now - idle_called),
    )
    # A visit that is being touched or filed right now is held by that request: leave it alone.
    free = deserted.with_for_update(of=Visit, skip_locked=True).execution_options(populate_existing=True)
    left = session.scalars(free).all()
    for visit in left:
        end(session, visit, reason="idle", now=now)
    return len(left)


def draft_of(visit: Visit, keys: Keys) -> Draft:
    """What was said so far; VisitOver when the draft is already wiped."""
    if visit.draft_sealed is None:
        raise VisitOver
    return Draft.from_json(keys.unseal(visit.draft_sealed, _DRAFT))


def keep_draft(visit: Visit, draft: Draft, keys: Keys) -> None:
    visit.draft_sealed = keys.seal(draft.to_json(), _DRAFT)


def _token_key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

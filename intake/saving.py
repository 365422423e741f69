"""Putting a draft by under a code and bringing it back, at another kiosk or at a post counter.

It is kept sealed, for as long as the office's rule ``draft_hours`` says, and
gone once a dossier or a postal item was made of it. The code opens it: to a
clerk, who sees the card as well, by itself; at a public screen together with
the last digits of the applicant's number.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from intake import events, outbox
from intake.captures.files import keep_until
from intake.drafts import Applicant, Draft
from intake.events import citizen
from intake.keys import Keys
from intake.language import VIETNAMESE, reading
from intake.offices import setting_of
from intake.paper import Paper
from intake.queries import procedure_version
from intake.records import AcceptancePoint, Errand, Office, SavedDraft
from intake.rules.refusals import NoSuchSavedDraft
from intake.rules.saved_codes import LENGTH, LETTERS, saved_code
from intake.saved_slip import saved_slip, seal_slip, slip_facts, slip_facts_of

DIGITS = 4

_DRAFT = "saved_draft.draft"
_CODE = "saved_draft.code"


@reading(VIETNAMESE)  # what is kept and printed
def save_draft(
    session: Session, point: AcceptancePoint, draft: Draft, *, keys: Keys, now: datetime, prints: bool = True
) -> str:
    """The code under which it waits; its slip is promised to the printer of ``point``, where there is one.

    Without ``prints`` it is not: who takes it along on the phone needs no slip.
    A draft that was brought back and is put by again keeps its code: the slip
    somebody has stays good, for the whole time anew.
    """
    office = point.office
    until = now + timedelta(hours=setting_of(session, office, "draft_hours", now=now))
    procedure = procedure_version(session, draft.version_id, now=now)
    saved = _waiting(session, office, draft.saved_code, keys, now)
    code = draft.saved_code if saved is not None else _new_code()
    draft = replace(draft, saved_code=code)
    facts = slip_facts(session, office, procedure, draft, until=until)
    saved = saved or SavedDraft(office_id=office.id, code_key=_key(code, keys))
    saved.draft_sealed, saved.slip_sealed = keys.seal(draft.to_json(), _DRAFT), seal_slip(facts, keys)
    saved.saved_at, saved.expires_at = now, until
    session.add(saved)
    session.flush()
    keep_until(session, draft.attempt, until)
    if prints:
        _promise_slip(session, saved, point, now)
    _tell(session, point, procedure.code, until, now)
    return code


def keep_up(session: Session, office: Office, draft: Draft, *, keys: Keys, now: datetime) -> None:
    """What waits under its code is ``draft`` from now on, until the same time; nothing where none waits.

    So a phone that runs empty loses nothing: its draft is brought back as it was last.
    """
    saved = _waiting(session, office, draft.saved_code, keys, now)
    if saved is not None:
        saved.draft_sealed = keys.seal(draft.to_json(), _DRAFT)
        keep_until(session, draft.attempt, saved.expires_at)


def draft_of(session: Session, office: Office, code: str, *, keys: Keys, now: datetime) -> Draft:
    """What was put by under ``code``, in any way a person or scanner tells it; it stays until it is spent.

    Raises NoSuchSavedDraft when there is none, it was spent, or its time is over.
    """
    saved = _waiting(session, office, code, keys, now)
    if saved is None or saved.draft_sealed is None:
        raise NoSuchSavedDraft
    return Draft.from_json(keys.unseal(saved.draft_sealed, _DRAFT))


def office_of(session: Session, code: str, *, keys: Keys, now: datetime) -> Office | None:
    """Where a draft waits under ``code``: a phone comes to no office's machine. None where none waits."""
    mine = SavedDraft.code_key == _key(code, keys), SavedDraft.draft_sealed.is_not(None)
    office_id = session.scalar(select(SavedDraft.office_id).where(*mine, SavedDraft.expires_at > now))
    return session.get(Office, office_id) if office_id is not None else None


def brought_back(
    session: Session, office: Office, code: str, number: str, *, keys: Keys, now: datetime
) -> Draft:
    """The same, at a public screen: only for whoever knows the last DIGITS of the applicant's number, too.

    Whoever was vouched for without a number tells the year of their birth. A slip that was lost tells
    neither. NoSuchSavedDraft does not say which of the two was wrong.
    """
    draft = draft_of(session, office, code, keys=keys, now=now)
    told = number.replace(" ", "")[-DIGITS:]
    if draft.applicant is None or not told or told != _known_to(draft.applicant):
        raise NoSuchSavedDraft
    return draft


def _known_to(applicant: Applicant) -> str:
    return applicant.citizen_id[-DIGITS:] or applicant.born[:DIGITS]


def spend(session: Session, office: Office, code: str, *, keys: Keys, now: datetime) -> None:
    """A dossier or an item was made of it: once, and nothing of it is left.

    Raises NoSuchSavedDraft when somebody else was faster. One whose time ran
    out while it was at hand is spent all the same.
    """
    mine = SavedDraft.office_id == office.id, SavedDraft.code_key == _key(code, keys)
    spent = session.scalar(
        update(SavedDraft)
        .where(*mine, SavedDraft.used_at.is_(None))
        .values(used_at=now, draft_sealed=None, slip_sealed=None)
        .returning(SavedDraft.id)
    )
    if spent is None:
        raise NoSuchSavedDraft
    _give_up_slips(session, [spent], now)


def forget_expired(session: Session, *, now: datetime) -> int:
    """Empty every draft whose time is over; how many there were. The worker's housekeeping."""
    over = SavedDraft.expires_at <= now, SavedDraft.draft_sealed.is_not(None)
    emptied = session.scalars(
        update(SavedDraft).where(*over).values(draft_sealed=None, slip_sealed=None).returning(SavedDraft.id)
    ).all()
    _give_up_slips(session, emptied, now)
    return len(emptied)


def slip_of(session: Session, office: Office, code: str, *, keys: Keys, now: datetime) -> Paper:
    """What the slip says, for the screen; raises NoSuchSavedDraft."""
    saved = _waiting(session, office, code, keys, now)
    if saved is None:
        raise NoSuchSavedDraft
    return saved_slip(slip_facts_of(saved, keys))


def slip_state(session: Session, office: Office, code: str, *, keys: Keys) -> str:
    """How its latest slip fares: "none", "printing", "printed", "unknown" or "not_printed"."""
    found = session.execute(
        select(Errand.state, Errand.reason)
        .join(SavedDraft, SavedDraft.id == Errand.saved_draft_id)
        .where(SavedDraft.office_id == office.id, SavedDraft.code_key == _key(code, keys))
        .order_by(Errand.id.desc())
        .limit(1)
    ).first()
    if found is None:
        return "none"
    if found.state in ("claimed", "sending") or (found.state == "queued" and found.reason is None):
        return "printing"
    return found.state if found.state in ("printed", "unknown") else "not_printed"


def _waiting(session: Session, office: Office, code: str, keys: Keys, now: datetime) -> SavedDraft | None:
    if not code:
        return None
    return session.scalar(
        select(SavedDraft).where(
            SavedDraft.office_id == office.id,
            SavedDraft.code_key == _key(code, keys),
            SavedDraft.used_at.is_(None),
            SavedDraft.draft_sealed.is_not(None),
            SavedDraft.expires_at > now,
        )
    )


def _new_code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def _key(code: str, keys: Keys) -> str:
    return keys.fingerprint(saved_code(code) or "", _CODE)


def _promise_slip(session: Session, saved: SavedDraft, point: AcceptancePoint, now: datetime) -> None:
    if point.printer_id is not None:
        outbox.promise(session, printer_id=point.printer_id, saved_draft_id=saved.id, now=now)


def _tell(session: Session, point: AcceptancePoint, procedure: str, until: datetime, now: datetime) -> None:
    facts: dict[str, object] = {"point": point.code, "procedure": procedure, "until": until.isoformat()}
    by, office_id = citizen(point.code), point.office_id
    events.append(session, "draft_saved", by=by, now=now, office_id=office_id, facts=facts)
    session.flush()


def _give_up_slips(session: Session, saved_ids: Sequence[int], now: datetime) -> None:
    """What is not on paper by now says nothing any more."""
    if saved_ids:
        session.execute(
            update(Errand)
            .where(Errand.saved_draft_id.in_(saved_ids), Errand.state == "queued")
            .values(state="given_up", finished_at=now)
        )

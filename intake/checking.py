"""Tiếp nhận: an officer has looked at what was handed in and takes it to be handled."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from intake.at_hand import move, must_be_here, officer, record
from intake.events import Actor
from intake.queries import procedure_version
from intake.records import Dossier
from intake.rules.lifecycle import Status
from intake.rules.refusals import WrongStatus


def check_in(
    session: Session,
    dossier: Dossier,
    *,
    seen: Collection[str] = (),
    contradictions: Sequence[str] = (),
    note: str = "",
    by: Actor,
    now: datetime,
) -> None:
    """received → in_progress; the lock stays with the officer.

    ``seen`` are keys of requirements whose papers the officer had in hand;
    unknown ones are dropped. ``contradictions`` are what does not agree, in the
    officer's words. Raises WrongStatus, HandoverOpen.
    """
    officer(session, by)
    must_be_here(session, dossier)
    # An awaited dossier may become in_progress too, but only by what was awaited.
    if dossier.status != Status.RECEIVED:
        raise WrongStatus(now=dossier.status, then=Status.IN_PROGRESS)
    move(dossier, Status.IN_PROGRESS)
    procedure = procedure_version(session, dossier.procedure_version_id, now=now)
    facts: dict[str, object] = {
        "status": [Status.RECEIVED, Status.IN_PROGRESS],
        "seen": [paper.key for paper in procedure.requirements if paper.key in seen],
        "contradictions": [line.strip() for line in contradictions if line.strip()],
    }
    record(session, dossier, "checked", by=by, now=now, reason=note.strip(), facts=facts)

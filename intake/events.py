"""Who did something, and writing it down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from intake.records import Event


@dataclass(frozen=True)
class Actor:
    """Who acts and from which device (a code of an acceptance point, "cli", "worker").

    ``person_id`` is None for a citizen and for the machine itself.
    """

    name: str
    device: str
    person_id: int | None = None


def citizen(device: str) -> Actor:
    """Whoever stands at a public screen."""
    return Actor("citizen", device)


def append(
    session: Session,
    kind: str,
    *,
    by: Actor,
    now: datetime,
    office_id: int | None,
    dossier_id: int | None = None,
    ticket_id: int | None = None,
    item_id: int | None = None,
    reason: str = "",
    facts: dict[str, object] | None = None,
) -> None:
    """One event, in the caller's transaction. ``facts`` are JSON, with nothing that is sealed elsewhere."""
    session.add(
        Event(
            office_id=office_id,
            dossier_id=dossier_id,
            ticket_id=ticket_id,
            item_id=item_id,
            at=now,
            kind=kind,
            person_id=by.person_id,
            actor=by.name,
            device=by.device,
            facts=facts or {},
            reason=reason,
        )
    )

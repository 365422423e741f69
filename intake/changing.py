"""Changing what an office is: seen before it is overwritten, and told with old and new values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake import events
from intake.events import Actor
from intake.people import roles_in
from intake.records import Event, Office, Person
from intake.rules.refusals import ChangedMeanwhile, NotAllowed
from intake.rules.rights import Right, may

Values = Mapping[str, object]
KINDS = (
    "office_changed",
    "hours_changed",
    "day_changed",
    "point_changed",
    "kiosk_code_made",
    "kiosk_registered",
    "kiosk_revoked",
    "printer_changed",
    "printer_tested",
    "procedures_changed",
    "config_imported",
    "voice_changed",
)
MOST = 400  # events looked through for the history of one page


@dataclass(frozen=True)
class Change:
    """A row of a page's history; ``values`` are (field, old, new)."""

    at: datetime
    who: str
    device: str
    kind: str
    what: str
    values: tuple[tuple[str, object, object], ...]
    reason: str


def stamp(values: object) -> str:
    """What a form carries of the values it was drawn from: other values have another stamp."""
    text = json.dumps(values, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def office_at_hand(session: Session, office: Office) -> Office:
    """The office's row until the commit: of two managers who save at once the second waits."""
    held = session.scalars(
        select(Office)
        .filter_by(id=office.id)
        .with_for_update(of=Office, key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    session.expire_all()
    return held


def must_have(session: Session, office: Office, by: Actor, right: Right) -> None:
    """Raises NotAllowed unless a person acts who has the right here."""
    person = session.get(Person, by.person_id) if by.person_id else None
    if person is None or not may(roles_in(person, office.id), right):
        raise NotAllowed


def person_of(by: Actor) -> int:
    """The id of whoever acts, where the machine itself never does."""
    assert by.person_id is not None
    return by.person_id


def must_be(stamped: str, values: object) -> None:
    """Raises ChangedMeanwhile when ``values`` are no longer those the form was drawn from."""
    if stamped != stamp(values):
        raise ChangedMeanwhile()


def tell(
    session: Session,
    office: Office,
    kind: str,
    before: Values,
    after: Values,
    *,
    by: Actor,
    now: datetime,
    area: str = "",
    what: str = "",
    reason: str = "",
) -> bool:
    """One event with every value that differs, old and new; False, and nothing told, when none does."""
    changed = {
        name: [_plain(before.get(name)), _plain(after.get(name))]
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    }
    if not changed:
        return False
    about = {name: value for name, value in (("area", area), ("what", what)) if value}
    events.append(
        session, kind, by=by, now=now, office_id=office.id, reason=reason, facts={**about, **changed}
    )
    office.version += 1
    session.flush()
    return True


def history(
    session: Session, office: Office, *kinds: str, area: str = "", what: str = "", limit: int = 12
) -> list[Change]:
    """The last changes of these kinds, newest first; of one ``area`` of the office, or of one thing."""
    rows = session.scalars(
        select(Event)
        .where(Event.office_id == office.id, Event.kind.in_(kinds or KINDS))
        .order_by(Event.id.desc())
        .limit(MOST)
    )
    found = (
        row
        for row in rows
        if (not area or row.facts.get("area") == area) and (not what or row.facts.get("what") == what)
    )
    return [_change(row) for row, _ in zip(found, range(limit), strict=False)]


def _change(row: Event) -> Change:
    return Change(
        row.at,
        row.actor,
        row.device,
        row.kind,
        str(row.facts.get("what", "")),
        tuple(_pairs(row.facts)),
        row.reason,
    )


def _pairs(facts: Mapping[str, object]) -> Iterator[tuple[str, object, object]]:
    for name, value in facts.items():
        if isinstance(value, list) and len(value) == 2:
            yield name, value[0], value[1]


def _plain(value: object) -> object:
    """As JSON keeps it."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value

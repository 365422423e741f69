"""The chain of events: each is bound to the one before it, so that nothing is changed or lost unseen.

Sealed a few seconds after they happened, by one worker at a time and never in
the transaction of the event: docs/decisions/0009. What the chain cannot tell is
an event that was changed before it was sealed, and a whole database put back to
an earlier day; for that compare an older number and its mac (``verify(anchor=…)``).
"""

from __future__ import annotations

import csv
import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import IO, Any, cast

from sqlalchemy import Row, Select, Table, func, insert, select, text
from sqlalchemy.orm import Session

from intake import events
from intake.events import Actor
from intake.keys import Keys
from intake.records import ChainHead, Dossier, Event, EventSeal, Office, Person, PostalItem

BATCH = 500  # sealed in one transaction: on SQLite everybody else waits for it
# No transaction of ours lasts so long; then no event with a lower number can still appear.
SETTLED_AFTER = timedelta(minutes=15)
VIEWED_AGAIN = timedelta(minutes=15)
_HEAD = 1
# None is left out, so that a column added one day changes nothing of what was sealed before.
SEALED = (
    "id",
    "office_id",
    "dossier_id",
    "ticket_id",
    "item_id",
    "at",
    "kind",
    "person_id",
    "actor",
    "device",
    "facts",
    "reason",
)
_COLUMNS = [getattr(Event, name) for name in SEALED]
_FIRST_HEAD = text(
    "INSERT INTO chain_head (id, length, settled_id, candidate_id, mac) VALUES (:id, 0, 0, 0, '')"
    " ON CONFLICT (id) DO NOTHING"
)
MOST_TOLD = 20  # missing numbers in a row that are told one by one


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: ``code`` is changed, missing, no_seal, cut, head, slipped_in or anchor."""

    code: str
    no: int | None = None
    event_id: int | None = None


@dataclass(frozen=True)
class Verdict:
    """``sealed`` events hold together but for the findings; ``waiting`` are not sealed yet."""

    sealed: int
    waiting: int
    last_mac: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Line:
    """An event as it is read and exported; ``no`` and ``mac`` are None until it is sealed."""

    no: int | None
    id: int
    at: datetime
    office: str | None
    kind: str
    dossier_code: str | None
    ticket_id: int | None
    item_number: str | None
    username: str | None
    actor: str
    device: str
    reason: str
    facts: dict[str, Any]
    mac: str | None


def seal(session: Session, *, keys: Keys, now: datetime) -> int:
    """Give the next events their place in the chain, at most BATCH; returns how many. Commit at once.

    A head that somebody changed is never put right: what ``verify`` finds stays to be found.
    """
    head = _head(session)
    last, mac = last_seal(session)
    is_whole = _is_whole(head, last, mac, keys)
    rows = session.execute(_unsealed(head.settled_id).limit(BATCH)).all()
    seals = []
    for no, row in enumerate(rows, start=max(head.length, last) + 1):
        mac = keys.chain(_link(mac, row))
        seals.append({"no": no, "event_id": row.id, "mac": mac})
        head.length = no
    if seals:
        session.execute(insert(cast(Table, EventSeal.__table__)), seals)
    if len(seals) < BATCH:
        _settle(session, head, now)
    if is_whole:
        head.mac = keys.chain(_of_head(head, mac))
    session.flush()
    return len(seals)


def verify(session: Session, *, keys: Keys, anchor: tuple[int, str] | None = None) -> Verdict:
    """Walk the whole chain; only reads.

    ``anchor`` is a number and its mac, kept elsewhere from an earlier verdict or
    export: a chain made anew from an old backup does not have it.
    """
    findings: list[Finding] = []
    before, last = "", 0
    # Read in this order, and no further: what is sealed meanwhile is none of this walk.
    until, _ = last_seal(session)
    head = session.get(ChainHead, _HEAD, populate_existing=True)
    for row in _chained(session, max(until, head.length if head else 0)):
        findings += [Finding("no_seal", no) for no in range(last + 1, min(row.no, last + 1 + MOST_TOLD))]
        if row.id is None:
            findings.append(Finding("missing", row.no, row.event_id))
        elif not hmac.compare_digest(keys.chain(_link(before, row)), row.mac):
            findings.append(Finding("changed", row.no, row.event_id))
        if anchor and anchor[0] == row.no and anchor[1] != row.mac:
            findings.append(Finding("anchor", row.no, row.event_id))
        last, before = row.no, row.mac
    if anchor and anchor[0] > last:
        findings.append(Finding("anchor", anchor[0]))
    findings += _head_findings(head, last, before, keys)
    settled = head.settled_id if head else 0
    slipped = _unsealed(0).where(Event.id <= settled)
    findings += [Finding("slipped_in", None, row.id) for row in session.execute(slipped)]
    waiting = session.scalar(select(func.count()).select_from(_unsealed(settled).subquery())) or 0
    return Verdict(last, waiting, before, tuple(findings))


def viewed(session: Session, dossier: Dossier, *, by: Actor, now: datetime) -> bool:
    """Write down that somebody looked at a dossier, at most once in a while; whether it was written.

    A page that is only read calls it inside ``intake.db.apart()``.
    """
    known = session.scalar(
        select(Event.id)
        .where(
            Event.dossier_id == dossier.id,
            Event.kind == "viewed",
            Event.person_id == by.person_id,
            Event.at > now - VIEWED_AGAIN,
        )
        .limit(1)
    )
    if known is None:
        events.append(session, "viewed", by=by, now=now, office_id=dossier.office_id, dossier_id=dossier.id)
    return known is None


def lines(
    session: Session,
    *,
    since: datetime,
    until: datetime,
    office_id: int | None = None,
    everywhere: bool = False,
    person_id: int | None = None,
    dossier_code: str = "",
    dossiers: bool = True,
    kinds: Iterable[str] = (),
    newest: int | None = None,
) -> Iterator[Line]:
    """The events of ``since`` <= at < ``until``, oldest first; with ``newest`` only so many, newest first.

    Those of ``office_id`` alone (None: of the installation), unless ``everywhere``;
    ``dossiers`` False leaves out what concerns one, for whoever may see none.
    """
    found = _read().where(Event.at >= since, Event.at < until)
    if not everywhere:
        found = found.where(Event.office_id.is_(None) if office_id is None else Event.office_id == office_id)
    if person_id is not None:
        found = found.where(Event.person_id == person_id)
    if dossier_code:
        found = found.where(Dossier.dossier_code == dossier_code)
    if not dossiers:
        found = found.where(Event.dossier_id.is_(None))
    if wanted := list(kinds):
        found = found.where(Event.kind.in_(wanted))
    if newest is None:
        found = found.order_by(Event.at, Event.id)
    else:
        found = found.order_by(Event.at.desc(), Event.id.desc()).limit(newest)
    for row in session.execute(found.execution_options(yield_per=1000)):
        yield Line(*row)


def tell_export(
    session: Session,
    *,
    since: datetime,
    until: datetime,
    form: str,
    by: Actor,
    office_id: int | None,
    now: datetime,
) -> None:
    """Taking the log out of the house is an event itself."""
    facts: dict[str, object] = {"from": since.isoformat(), "to": until.isoformat(), "form": form}
    events.append(session, "events_exported", by=by, now=now, office_id=office_id, facts=facts)
    session.flush()


COLUMNS = tuple(Line.__dataclass_fields__)


def write_json(found: Iterable[Line], out: IO[str]) -> int:
    """One JSON object a line; returns how many."""
    count = 0
    for line in found:
        count += 1
        told = {name: getattr(line, name) for name in COLUMNS} | {"at": line.at.isoformat()}
        out.write(json.dumps(told, ensure_ascii=False) + "\n")
    return count


def write_csv(found: Iterable[Line], out: IO[str]) -> int:
    """A table with a header, facts as JSON; a cell that a spreadsheet would compute begins with '."""
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    count = 0
    for line in found:
        count += 1
        writer.writerow([_cell(getattr(line, name)) for name in COLUMNS])
    return count


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value


def _read() -> Any:
    return (
        select(
            EventSeal.no,
            Event.id,
            Event.at,
            Office.code,
            Event.kind,
            Dossier.dossier_code,
            Event.ticket_id,
            PostalItem.item_number,
            Person.username,
            Event.actor,
            Event.device,
            Event.reason,
            Event.facts,
            EventSeal.mac,
        )
        .select_from(Event)
        .outerjoin(EventSeal, EventSeal.event_id == Event.id)
        .outerjoin(Office, Office.id == Event.office_id)
        .outerjoin(Dossier, Dossier.id == Event.dossier_id)
        .outerjoin(PostalItem, PostalItem.id == Event.item_id)
        .outerjoin(Person, Person.id == Event.person_id)
    )


def _head(session: Session) -> ChainHead:
    """The one row, ours until the commit; SQLite has let only one writer in to begin with."""
    session.execute(_FIRST_HEAD, {"id": _HEAD})
    return session.get_one(ChainHead, _HEAD, with_for_update=True, populate_existing=True)


def _unsealed(after: int) -> Select[Any]:
    sealed = select(EventSeal.no).where(EventSeal.event_id == Event.id).exists()
    return select(*_COLUMNS).where(Event.id > after, ~sealed).order_by(Event.id)


def _chained(session: Session, until: int) -> Iterator[Row[Any]]:
    """Every seal up to this number with its event, in order; ``id`` is None where the event is gone."""
    found = (
        select(EventSeal.no, EventSeal.event_id, EventSeal.mac, *_COLUMNS)
        .outerjoin(Event, Event.id == EventSeal.event_id)
        .where(EventSeal.no <= until)
        .order_by(EventSeal.no)
    )
    return iter(session.execute(found.execution_options(yield_per=1000)))


def last_seal(session: Session) -> tuple[int, str]:
    """Number and mac of the last seal there is; (0, "") before the first."""
    row = session.execute(select(EventSeal.no, EventSeal.mac).order_by(EventSeal.no.desc()).limit(1)).first()
    return (row.no, row.mac) if row else (0, "")


def _settle(session: Session, head: ChainHead, now: datetime) -> None:
    """Move the watermark to what was sealed a while ago: what can still appear stays above it."""
    waits = timedelta() if session.get_bind().dialect.name == "sqlite" else SETTLED_AFTER
    if head.candidate_at is not None and now - head.candidate_at < waits:
        return
    newest = session.scalar(select(func.max(EventSeal.event_id))) or 0
    if newest == head.candidate_id == head.settled_id:
        return
    head.settled_id = head.candidate_id if waits else newest
    head.candidate_id, head.candidate_at = newest, now


def _link(before: str, row: Row[Any]) -> bytes:
    """What the mac of an event covers: the mac before it, and every column in one canonical spelling."""
    told = {name: value for name in SEALED if (value := getattr(row, name)) is not None}
    told["at"] = row.at.astimezone(UTC).isoformat()
    return f"{before}\n{json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(',', ':'))}".encode()


def _of_head(head: ChainHead, mac: str) -> bytes:
    chosen = head.candidate_at.astimezone(UTC).isoformat() if head.candidate_at else ""
    return f"head\n{head.length}\n{mac}\n{head.settled_id}\n{head.candidate_id}\n{chosen}".encode()


def _is_whole(head: ChainHead, last: int, mac: str, keys: Keys) -> bool:
    """Whether the head is the one that was left; before the first event there is nothing to compare."""
    if head.mac == "":
        return (head.length, last, head.settled_id) == (0, 0, 0)
    return head.length == last and hmac.compare_digest(head.mac, keys.chain(_of_head(head, mac)))


def _head_findings(head: ChainHead | None, last: int, mac: str, keys: Keys) -> list[Finding]:
    if head is None:
        return [Finding("head")] if last else []
    if head.length > last:
        return [Finding("cut", no) for no in range(last + 1, min(head.length, last + MOST_TOLD) + 1)]
    return [] if _is_whole(head, last, mac, keys) else [Finding("head")]

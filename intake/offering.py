"""What the office receives: which procedures, in what order, found by which words, and what nobody found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from intake.changing import must_be, office_at_hand, tell
from intake.events import Actor
from intake.queries import procedure_version
from intake.records import FailedSearch, OfferedProcedure, Office, ProcedureVersion, ServiceGroup
from intake.rules.answers import Fault
from intake.rules.refusals import NoSuchThing
from intake.rules.search import Finder
from intake.rules.text import tidy

MOST_WORDS = 30
LONGEST_WORDS = 40
SHORTEST_SEARCH = 3  # letters
FORGET = timedelta(days=90)  # words that nobody typed again


@dataclass(frozen=True)
class OfferedView:
    """A procedure as the office receives it; ``words`` are its own, besides those of the catalogue."""

    code: str
    title: str
    name: str
    sector: str
    words: tuple[str, ...]
    known_words: tuple[str, ...]
    group_id: int | None
    group_prefix: str


@dataclass(frozen=True)
class CatalogueRow:
    """A procedure that could be received."""

    code: str
    title: str
    sector: str
    level: str


@dataclass(frozen=True)
class SearchView:
    id: int
    words: str
    times: int
    last_at: datetime


def offered_here(session: Session, office: Office, *, now: datetime) -> list[OfferedView]:
    """In the order of the tiles."""
    rows = session.scalars(
        select(OfferedProcedure).filter_by(office_id=office.id).order_by(OfferedProcedure.position)
    ).all()
    prefixes = dict(
        session.execute(
            select(ServiceGroup.id, ServiceGroup.prefix).where(ServiceGroup.office_id == office.id)
        ).all()
    )
    newest = _newest(session)
    found = []
    for row in rows:
        procedure = procedure_version(session, newest[row.procedure_code], now=now)
        group_id = row.service_group_id
        found.append(
            OfferedView(
                row.procedure_code,
                procedure.title,
                procedure.name,
                procedure.sector,
                tuple(row.words),
                tuple(procedure.words),
                group_id,
                prefixes.get(group_id, "") if group_id else "",
            )
        )
    return found


def offered_one(session: Session, office: Office, code: str, *, now: datetime) -> OfferedView:
    """NoSuchThing for what is not received here."""
    for view in offered_here(session, office, now=now):
        if view.code == code:
            return view
    raise NoSuchThing()


def in_catalogue(
    session: Session, office: Office, words: str, *, now: datetime, limit: int = 12
) -> list[CatalogueRow]:
    """Procedures that are not received here and answer to ``words``, best first."""
    here = set(session.scalars(select(OfferedProcedure.procedure_code).filter_by(office_id=office.id)))
    others = {
        code: procedure_version(session, version_id, now=now)
        for code, version_id in _newest(session).items()
        if code not in here
    }
    finder = Finder((code, (one.title, one.name, *one.words, one.sector)) for code, one in others.items())
    return [
        CatalogueRow(code, others[code].title, others[code].sector, others[code].level)
        for code in finder.find(words, limit)
    ]


def order_stamp(offered: Sequence[OfferedView]) -> object:
    return [one.code for one in offered]


def offer_stamp(offered: OfferedView) -> object:
    return [offered.words, offered.group_id]


def add(session: Session, office: Office, code: str, *, by: Actor, now: datetime) -> None:
    """Receive this procedure too, after all others; NoSuchThing when the catalogue lacks it."""
    held = office_at_hand(session, office)
    rows = _rows(session, held)
    if any(row.procedure_code == code for row in rows):
        return
    if code not in _newest(session):
        raise NoSuchThing()
    last = max((row.position for row in rows), default=-1)
    session.add(OfferedProcedure(office_id=held.id, procedure_code=code, position=last + 1, words=[]))
    _tell(session, held, code, {"received": False}, {"received": True}, by, now)


def withdraw(session: Session, office: Office, code: str, *, by: Actor, now: datetime) -> None:
    """Receive it no longer; dossiers that were handed in go on."""
    held = office_at_hand(session, office)
    for row in _rows(session, held):
        if row.procedure_code == code:
            session.delete(row)
            _tell(session, held, code, {"received": True}, {"received": False}, by, now)


def move(
    session: Session, office: Office, code: str, steps: int, *, stamped: str, by: Actor, now: datetime
) -> None:
    """So many places up (negative) or down among the tiles. Raises ChangedMeanwhile."""
    held = office_at_hand(session, office)
    rows = _rows(session, held)
    codes = [row.procedure_code for row in rows]
    must_be(stamped, codes)
    if code not in codes:
        raise NoSuchThing()
    at = codes.index(code)
    to = max(0, min(len(rows) - 1, at + steps))
    rows.insert(to, rows.pop(at))
    for position, row in enumerate(rows):
        row.position = position
    _tell(session, held, code, {"place_of_tile": at + 1}, {"place_of_tile": to + 1}, by, now)


def read_words(typed: str) -> tuple[tuple[str, ...], tuple[Fault, ...]]:
    """Words people search by, one in a line or between commas; each once."""
    words = tuple(dict.fromkeys(filter(None, (tidy(one) for one in typed.replace(",", "\n").split("\n")))))
    faults = [Fault("words", "too_long", {"max": LONGEST_WORDS}) for one in words if len(one) > LONGEST_WORDS]
    if len(words) > MOST_WORDS:
        faults.append(Fault("words", "too_many", {"max": MOST_WORDS}))
    return words, tuple(faults[:1])


def save_offer(
    session: Session,
    office: Office,
    code: str,
    *,
    words: Sequence[str],
    group: str,
    stamped: str,
    by: Actor,
    now: datetime,
) -> None:
    """The office's own words for a procedure, and for which group people take a number ("": none)."""
    held = office_at_hand(session, office)
    view = offered_one(session, held, code, now=now)
    must_be(stamped, offer_stamp(view))
    row = next(row for row in _rows(session, held) if row.procedure_code == code)
    chosen = _group(session, held, group)
    row.words, row.service_group_id = list(words), chosen.id if chosen else None
    before: dict[str, object] = {"words": list(view.words), "group": view.group_prefix or None}
    after: dict[str, object] = {"words": list(words), "group": chosen.prefix if chosen else None}
    _tell(session, held, code, before, after, by, now)


# --- what nobody found ---


def failed_searches(session: Session, office: Office, limit: int = 40) -> list[SearchView]:
    """Words that led to nothing and that nobody has settled yet, the most frequent first."""
    rows = session.scalars(
        select(FailedSearch)
        .where(FailedSearch.office_id == office.id, FailedSearch.settled_at.is_(None))
        .order_by(FailedSearch.times.desc(), FailedSearch.last_at.desc())
        .limit(limit)
    )
    return [SearchView(row.id, row.words, row.times, row.last_at) for row in rows]


def count_failed(session: Session, office: Office) -> int:
    return int(
        session.scalar(
            select(func.count())
            .select_from(FailedSearch)
            .where(FailedSearch.office_id == office.id, FailedSearch.settled_at.is_(None))
        )
        or 0
    )


def searchable(typed: str) -> str | None:
    """What may be remembered of a search: words of letters, without digits and not long, or nothing at all.

    Numbers are personal; a long sentence may be, too.
    """
    words = tidy(typed).casefold()
    letters = words.replace(" ", "")
    if not letters.isalpha() or len(letters) < SHORTEST_SEARCH or len(words) > LONGEST_WORDS:
        return None
    return words


def remember_search(
    session: Session, office_id: int, words: str, *, instead_of: str | None = None, now: datetime
) -> None:
    """Nothing was found for ``words``; ``instead_of`` is what the same person had typed of them before.

    Settled words stay settled. What nobody typed for 90 days is forgotten.
    """
    if instead_of is not None:
        _forget_one(session, office_id, instead_of)
    row = _search(session, office_id, words)
    if row is None:
        session.add(FailedSearch(office_id=office_id, words=words, times=1, last_at=now))
    else:
        row.times, row.last_at = row.times + 1, now
    session.execute(
        delete(FailedSearch).where(FailedSearch.office_id == office_id, FailedSearch.last_at < now - FORGET)
    )
    session.flush()


def settle_search(
    session: Session, office: Office, search_id: int, code: str, *, by: Actor, now: datetime
) -> None:
    """From now on these words find ``code``; "" says they mean nothing that is received here."""
    held = office_at_hand(session, office)
    row = session.get(FailedSearch, search_id)
    if row is None or row.office_id != held.id:
        raise NoSuchThing()
    row.settled_at = now
    if not code:
        _tell(session, held, row.words, {"search": "open"}, {"search": "dismissed"}, by, now)
        return
    view = offered_one(session, held, code, now=now)
    words = (*view.words, row.words) if row.words not in view.words else view.words
    next(one for one in _rows(session, held) if one.procedure_code == code).words = list(words)
    _tell(session, held, code, {"words": list(view.words)}, {"words": list(words)}, by, now)


def _search(session: Session, office_id: int, words: str) -> FailedSearch | None:
    return session.scalar(select(FailedSearch).filter_by(office_id=office_id, words=words).with_for_update())


def _forget_one(session: Session, office_id: int, words: str) -> None:
    row = _search(session, office_id, words)
    if row is None or row.settled_at is not None:
        return
    row.times -= 1
    if row.times < 1:
        session.delete(row)
    session.flush()


def _rows(session: Session, office: Office) -> list[OfferedProcedure]:
    return list(
        session.scalars(
            select(OfferedProcedure)
            .filter_by(office_id=office.id)
            .order_by(OfferedProcedure.position, OfferedProcedure.id)
        )
    )


def _newest(session: Session) -> dict[str, int]:
    """The id of the newest version of every procedure of the catalogue."""
    return dict(
        session.execute(
            select(ProcedureVersion.procedure_code, ProcedureVersion.id).order_by(ProcedureVersion.version)
        ).all()
    )


def _group(session: Session, office: Office, typed: str) -> ServiceGroup | None:
    found = session.get(ServiceGroup, int(typed)) if typed.isdecimal() and len(typed) < 10 else None
    return found if found is not None and found.office_id == office.id else None


def _tell(
    session: Session,
    office: Office,
    what: str,
    before: dict[str, object],
    after: dict[str, object],
    by: Actor,
    now: datetime,
) -> None:
    tell(session, office, "procedures_changed", before, after, by=by, now=now, what=what)

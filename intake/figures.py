"""The days summed up: rows that are made anew from their dossiers whenever one of them had an event.

Everything a figure says is in the dossier and its events, so a day is summed up
by reading it once more; nothing is added or taken away by hand, and a rebuild
gives the same rows. Readers take the rows of days that no event has touched
since, and sum the others up themselves: what they are told is exact also while
no worker runs. Only a change of the calendar is not noticed: of working hours of
days past, or a holiday announced for a day before the end of a term that is
running. After one ``flask figures check`` names days that differ; run ``flask
figures rebuild``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Select, Table, and_, delete, func, insert, or_, select, text
from sqlalchemy.orm import Session

from intake.offices import calendar_of, civil_day
from intake.queries import procedure_version
from intake.records import ChainHead, DayFigure, Dossier, Event, FigureHead, Office
from intake.rules.calendar import VIETNAM, WorkCalendar
from intake.rules.day_figures import Facts, Sum, count, total
from intake.rules.lifecycle import Status
from intake.rules.procedures import Procedure

ONE_DAY = timedelta(days=1)
AT_ONCE = 500
MOST_EVENTS = 5_000  # looked at in one round of a worker
# Looking at a dossier, holding it or printing its papers changes no figure.
WITHOUT_EFFECT = frozenset(
    {
        "viewed",
        "taken",
        "released",
        "paper_opened",
        "notice_printed",
        "receipt_reprinted",
        "receipt_moved",
        "receipt_came_out",
    }
)
_HEAD = 1
_FIRST_HEAD = text("INSERT INTO figure_head (id, rolled_id) VALUES (:id, 0) ON CONFLICT (id) DO NOTHING")
_ROWS = cast(Table, DayFigure.__table__)
_WITH_RESULT = frozenset({Status.RESULT_READY, Status.RETURNED})

Day = tuple[int, date]  # of which office


@dataclass(frozen=True)
class Cell:
    """The dossiers received on a day for one procedure, under the same rules."""

    day: date
    procedure_code: str
    rules: frozenset[str]  # lineages
    sum: Sum


@dataclass(frozen=True)
class Work:
    """Days summed up anew, and the events this takes account of: after ``since``, up to ``until``."""

    since: int
    until: int
    days: Mapping[Day, list[dict[str, Any]]]


def due(session: Session, *, now: datetime, most: int = MOST_EVENTS) -> Work | None:
    """What is to be written; None when nothing happened. Only reads, so that nobody waits for it.

    It looks no further than to where no event can still appear: see intake.audit.
    """
    since, settled = _rolled(session), _settled(session)
    until = min(settled, _furthest(session, since, most))
    if until <= since:
        return None
    days = _touched(session, since, until)
    return Work(since, until, {day: _sum_up(session, *day, now=now) for day in sorted(days)})


def write(session: Session, work: Work) -> bool:
    """Put the days in the place of what was known of them; False when it must be looked at once more.

    One at a time. A worker that was slower writes what it read earlier and sets
    the head back to there, so that what happened meanwhile is taken up again.
    """
    head = _head(session)
    if head.rolled_id < work.since:
        return False
    for (office_id, day), rows in work.days.items():
        session.execute(delete(DayFigure).where(DayFigure.office_id == office_id, DayFigure.day == day))
        if rows:
            session.execute(insert(_ROWS), rows)
    head.rolled_id = work.until
    session.flush()
    return True


def anew(session: Session, office: Office | None = None, *, now: datetime) -> Work:
    """Every day, of all offices or of one, for ``rebuild``. Only reads, which may take a while."""
    until = _settled(session)
    offices = [office] if office else list(session.scalars(select(Office).order_by(Office.id)))
    days = {day: _sum_up(session, *day, now=now) for one in offices for day in _all_days(session, one)}
    return Work(0, until, days)


def rebuild(session: Session, work: Work, office: Office | None = None) -> None:
    """Put ``work`` in the place of all that was known, of all offices or of one.

    A worker may have written newer days while it was read: the head goes back
    to there, so that they are taken up again. It goes forward only when all are new.
    """
    head = _head(session)
    session.execute(delete(DayFigure).where(*[DayFigure.office_id == office.id] if office else ()))
    if rows := [row for day in work.days.values() for row in day]:
        session.execute(insert(_ROWS), rows)
    head.rolled_id = min(head.rolled_id, work.until) if office else work.until
    session.flush()


def differences(session: Session, *, now: datetime) -> list[str]:
    """Where the rows that readers take are not what the dossiers say; one line each."""
    found = []
    for office in session.scalars(select(Office).order_by(Office.id)):
        touched = _fresh(session, office)
        known = _known(session, office, DayFigure.day.not_in(touched))
        told = {(cell.day, *_key(cell)): cell.sum for cell in known}
        for _, day in _all_days(session, office):
            if day in touched:
                continue
            for row in _sum_up(session, office.id, day, now=now):
                key = (day, row["procedure_code"], row["rules"])
                kept = told.pop(key, Sum())
                if dict(kept.counts) != row["figures"]:
                    found.append(_told(office, key, kept, Sum(row["figures"])))
        found += [_told(office, key, kept, Sum()) for key, kept in told.items()]
    return found


def figures(
    session: Session,
    office: Office,
    first: date,
    last: date,
    *,
    days: Collection[date] | None = None,
    now: datetime,
) -> list[Cell]:
    """What was received from ``first`` to ``last``, both counted, in the order of days; exact. Reads only.

    With ``days`` only those of them.
    """
    touched = {day for day in _fresh(session, office) if first <= day <= last}
    wanted = None if days is None else set(days)
    fresh = touched if wanted is None else touched & wanted
    within: list[ColumnElement[bool]] = [DayFigure.day >= first, DayFigure.day <= last]
    if wanted is not None:
        within.append(DayFigure.day.in_(wanted))
    if touched:
        within.append(DayFigure.day.not_in(touched))
    cells = _known(session, office, *within)
    for day in fresh:
        cells += [_cell(row) for row in _sum_up(session, office.id, day, now=now)]
    return sorted(cells, key=lambda cell: (cell.day, *_key(cell)))


def sum_of(cells: Iterable[Cell]) -> Sum:
    return total(cell.sum for cell in cells)


def facts_between(
    session: Session,
    office_id: int,
    begins: datetime,
    ends: datetime,
    *wanted: ColumnElement[bool],
    most: int | None = None,
) -> Iterator[tuple[Row[Any], Facts]]:
    """The dossiers received from ``begins`` until before ``ends``, with what is counted of them.

    In the order of reception; with ``most`` only the first so many.
    """
    within = (
        Dossier.office_id == office_id,
        Dossier.received_at >= begins,
        Dossier.received_at < ends,
        *wanted,
    )
    chosen = _DOSSIERS.where(*within).order_by(Dossier.received_at, Dossier.id).limit(most)
    rows = session.execute(chosen).all()
    those = within if most is None else (Dossier.id.in_([row.id for row in rows]),)
    told = _told_by_events(session, those)
    for row in rows:
        yield row, _facts(row, told.get(row.id, _NOTHING_TOLD))


def _sum_up(session: Session, office_id: int, day: date, *, now: datetime) -> list[dict[str, Any]]:
    """The rows of one day."""
    calendar = _calendar(session, office_id, now)
    cells: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    begins, ends = bounds(day, day)
    procedures: dict[int, Procedure] = {}
    for row, facts in facts_between(session, office_id, begins, ends):
        procedure = procedures.get(row.procedure_version_id)
        if procedure is None:
            procedure = procedure_version(session, row.procedure_version_id, now=now)
            procedures[row.procedure_version_id] = procedure
        if facts.papers:
            names = {paper.key: paper.name for paper in procedure.requirements}
            papers = tuple((reason, names.get(key, key)) for reason, key in facts.papers)
            facts = replace(facts, papers=papers)
        rules = " ".join(sorted(row.service_days))
        count(cells[procedure.code, rules], facts, calendar, hours=bool(rules))
    return [
        {
            "office_id": office_id,
            "day": day,
            "procedure_code": code,
            "rules": rules,
            "figures": dict(counted),
        }
        for (code, rules), counted in sorted(cells.items())
    ]


_D = cast(Table, Dossier.__table__).c  # plain rows: a busy day is read in half the time
_DOSSIERS: Select[Any] = select(
    _D.id,
    _D.dossier_code,
    _D.applicant_name,
    _D.procedure_version_id,
    _D.channel,
    _D.service_days,
    _D.counts_as_online,
    _D.without_paper,
    _D.helper_id,
    _D.voucher_id,
    _D.paper_reason,
    _D.same_day,
    _D.visit_minutes,
    _D.received_at,
    _D.promised_at,
    _D.due_at,
    _D.deadline_at,
    _D.finished_at,
    _D.returned_at,
    _D.status,
    _D.sheets_taken,
    _D.sheets_saved,
)


@dataclass
class _ByEvents:
    """What only the events of a dossier tell."""

    exceptions: dict[int, list[tuple[str, str]]] = field(default_factory=dict)  # those that stand, by event
    pauses: tuple[tuple[datetime, datetime | None], ...] = ()

    @property
    def papers(self) -> tuple[tuple[str, str], ...]:
        """(reason, paper), each once."""
        return tuple(dict.fromkeys(one for some in self.exceptions.values() for one in some))


_NOTHING_TOLD = _ByEvents()
_ASKED, _BROUGHT = "supplement_requested", "supplement_received"
_EXCEPTION, _WITHDRAWN = "paper_exception", "paper_exception_withdrawn"


def _told_by_events(session: Session, within: Iterable[ColumnElement[bool]]) -> dict[int, _ByEvents]:
    """Asked only for those whose clock stood still, or who brought paper for a reason: few.

    A pause outside working hours moves no moment; it matters only to a promise that was not kept in time.
    """
    may_tell = or_(
        Dossier.paper_reason != "",
        Dossier.suspended_at.is_not(None),
        Dossier.deadline_at != Dossier.due_at,
        Dossier.expected_at != Dossier.promised_at,
        Dossier.status.in_((Status.REFUSED, Status.STOPPED)),
        and_(
            Dossier.same_day.is_(True),
            or_(Dossier.finished_at.is_(None), Dossier.finished_at > Dossier.promised_at),
        ),
    )
    rows = session.execute(
        select(Event.id, Event.dossier_id, Event.kind, Event.at, Event.facts)
        .join(Dossier, Dossier.id == Event.dossier_id)
        .where(*within, may_tell, Event.kind.in_((_ASKED, _BROUGHT, _EXCEPTION, _WITHDRAWN)))
        .order_by(Event.dossier_id, Event.id)
    )
    found: dict[int, _ByEvents] = {}
    for event_id, dossier_id, kind, at, facts in rows:
        told = found.setdefault(dossier_id, _ByEvents())
        open_pause = told.pauses[-1] if told.pauses and told.pauses[-1][1] is None else None
        if kind == _EXCEPTION:
            told.exceptions[event_id] = [(facts["code"], key) for key in facts.get("papers", ())]
        elif kind == _WITHDRAWN:
            told.exceptions.pop(facts["exception"], None)
        elif kind == _ASKED and open_pause is None:
            told.pauses = (*told.pauses, (at, None))
        elif kind == _BROUGHT and open_pause is not None and "status" in facts:  # nothing is awaited any more
            told.pauses = (*told.pauses[:-1], (open_pause[0], at))
    return found


def _facts(row: Any, told: _ByEvents) -> Facts:
    return Facts(
        received_at=row.received_at,
        channel=row.channel,
        online=row.counts_as_online,
        without_paper=row.without_paper,
        assisted=row.helper_id is not None,
        vouched=row.voucher_id is not None,
        reason=row.paper_reason,
        papers=told.papers if row.paper_reason else (),
        same_day=row.same_day,
        visit_minutes=row.visit_minutes,
        promised_at=row.promised_at,
        due_at=row.due_at,
        deadline_at=row.deadline_at,
        finished_at=row.finished_at,
        returned_at=row.returned_at,
        has_result=row.status in _WITH_RESULT,
        pauses=told.pauses,
        sheets_taken=row.sheets_taken,
        sheets_saved=row.sheets_saved,
    )


def _head(session: Session) -> FigureHead:
    """Held until the end of the transaction: one writes at a time."""
    session.execute(_FIRST_HEAD, {"id": _HEAD})
    return session.get_one(FigureHead, _HEAD, with_for_update=True, populate_existing=True)


def _rolled(session: Session) -> int:
    return session.scalar(select(FigureHead.rolled_id).where(FigureHead.id == _HEAD)) or 0


def _settled(session: Session) -> int:
    return session.scalar(select(ChainHead.settled_id)) or 0


def _furthest(session: Session, since: int, most: int) -> int:
    """The last of the next ``most`` events."""
    some = select(Event.id).where(Event.id > since).order_by(Event.id).limit(most).subquery()
    return session.scalar(select(func.max(some.c.id))) or since


def _fresh(session: Session, office: Office) -> set[date]:
    """The days of an office to which something happened that is not summed up."""
    days = _touched(session, _rolled(session))
    return {day for office_id, day in days if office_id == office.id}


def _touched(session: Session, since: int, until: int | None = None) -> set[Day]:
    """The days of the dossiers to which something happened after ``since``, up to ``until``.

    In two steps, each by a primary key: asked at once, SQLite looks for the
    events of every dossier of the office.
    """
    events = select(Event.dossier_id).where(Event.id > since, Event.kind.not_in(WITHOUT_EFFECT))
    if until is not None:
        events = events.where(Event.id <= until)
    ids = sorted({one for one in session.scalars(events) if one is not None})
    days: set[Day] = set()
    for first in range(0, len(ids), AT_ONCE):
        some = Dossier.id.in_(ids[first : first + AT_ONCE])
        rows = session.execute(select(Dossier.office_id, Dossier.received_at).where(some))
        days |= {(office_id, civil_day(at)) for office_id, at in rows}
    return days


def _all_days(session: Session, office: Office) -> Iterator[Day]:
    """From the first dossier of an office to its last."""
    bounds = select(func.min(Dossier.received_at), func.max(Dossier.received_at))
    first, last = session.execute(bounds.where(Dossier.office_id == office.id)).one()
    if first is None:
        return
    day, end = civil_day(first), civil_day(last)
    while day <= end:
        yield office.id, day
        day += ONE_DAY


def _known(session: Session, office: Office, *within: ColumnElement[bool]) -> list[Cell]:
    columns = (*_ROWS.columns,)
    rows = session.execute(select(*columns).where(DayFigure.office_id == office.id, *within))
    return [_cell(cast(Mapping[str, Any], row._mapping)) for row in rows]


def _cell(row: Mapping[str, Any]) -> Cell:
    return Cell(
        row["day"],
        row["procedure_code"],
        frozenset(row["rules"].split()),
        Sum(row["figures"]),
    )


def _key(cell: Cell) -> tuple[str, str]:
    return cell.procedure_code, " ".join(sorted(cell.rules))


def _told(office: Office, key: tuple[date, str, str], kept: Sum, true: Sum) -> str:
    names = sorted(name for name in {*kept.counts, *true.counts} if kept[name] != true[name])
    told = ", ".join(f"{name} {kept[name]} should be {true[name]}" for name in names)
    return f"{office.code} {key[0]} {key[1]} [{key[2]}]: {told}"


def _calendar(session: Session, office_id: int, now: datetime) -> WorkCalendar:
    return calendar_of(session, session.get_one(Office, office_id), now=now)


def bounds(first: date, last: date) -> tuple[datetime, datetime]:
    """When these civil days begin, and when they are over."""
    return (
        datetime.combine(first, time(), VIETNAM),
        datetime.combine(last + ONE_DAY, time(), VIETNAM),
    )

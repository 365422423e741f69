"""The working list: every open dossier of an office, whatever channel brought it, most urgent first."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, false, func, or_, select, true
from sqlalchemy.orm import Session

from intake.accepting import CONTENT
from intake.due_soon import warns
from intake.keys import Keys
from intake.offices import calendar_of, civil_day, setting_of
from intake.queries import procedure_version
from intake.records import AcceptancePoint, Dossier, Handover, Notice, Office, Person, Unit
from intake.rules.calendar import VIETNAM, WorkCalendar
from intake.rules.due_words import due_words
from intake.rules.lifecycle import OPEN, RUNNING, Delivery, Due, Status, urgency, warning
from intake.rules.people import masked_citizen_id
from intake.rules.text import search_key

ON_A_PAGE = 50
_WARN = "late_warning_minutes"


class Show(StrEnum):
    """Which part of the open dossiers is listed."""

    ALL = "all"
    MINE = "mine"  # held by who asks
    FREE = "free"  # received, and nobody holds it
    COMING = "coming"  # handed over to the unit of who asks, not confirmed yet
    LATE = "late"  # past what was promised, or past the law
    SOON = "soon"
    TODAY = "today"  # a service day promised the result for the day of filing
    IN_PROGRESS = "in_progress"
    SUPPLEMENT = "supplement"
    READY = "ready"
    POST = "post"


@dataclass(frozen=True)
class Looker:
    """Who asks. ``unit_id`` narrows the list to that unit's dossiers; None sees the whole office.

    ``receives`` are the units whose hand-overs they confirm: None stands for the
    front desk.
    """

    person_id: int
    unit_id: int | None = None
    receives: tuple[int | None, ...] = (None,)


@dataclass(frozen=True)
class ListedDossier:
    """One row. Moments are aware; ``citizen_id`` is masked; ``holder`` is "" when nobody holds it.

    ``is_for_today``: a service day promised it for the day of filing; ``waits``:
    the person waits here for it now. ``apology``: one awaits its approver.
    """

    code: str
    tail: str
    title: str
    applicant: str
    citizen_id: str
    status: Status
    due: Due
    due_words: str
    expected_at: datetime | None
    deadline_at: datetime | None
    channel: str
    point: str
    is_for_today: bool
    waits: bool
    apology: bool
    collection: str
    to_send: bool
    unit: str
    holder: str
    is_mine: bool
    is_coming: bool


@dataclass(frozen=True)
class Inbox:
    """A page of the list; ``counts`` are of each part, without what is typed.

    ``sought``: the rows are what a search of all dossiers found, ``more`` than these.
    """

    rows: tuple[ListedDossier, ...]
    counts: Mapping[Show, int]
    show: Show
    typed: str
    page: int
    pages: int
    found: int
    sought: bool = False
    more: bool = False


def inbox(
    session: Session,
    office: Office,
    looker: Looker,
    *,
    show: Show = Show.ALL,
    typed: str = "",
    page: int = 1,
    keys: Keys,
    now: datetime,
) -> Inbox:
    """The open dossiers of ``office`` that ``looker`` works on: late, broken, soon, then by their moment.

    ``typed`` narrows them by name, procedure or part of the code, without
    diacritics and in any order of words. A page too far gives the last one.
    """
    warn = timedelta(minutes=setting_of(session, office, _WARN, now=now))
    parts = _parts(looker, warn=warn, now=now)
    scope = and_(Dossier.office_id == office.id, Dossier.status.in_(OPEN), _of(looker))
    counts = _counts(session, scope, parts)
    wanted = and_(scope, parts[show], *_typed(session, scope, typed, now))
    found = counts[show] if not typed.strip() else _count(session, wanted)
    pages = max(1, -(-found // ON_A_PAGE))
    page = min(max(page, 1), pages)
    lines = session.execute(
        _lines(now, warn, looker).where(wanted).limit(ON_A_PAGE).offset((page - 1) * ON_A_PAGE)
    ).all()
    return Inbox(
        rows=_listed(session, office, looker, lines, warn=warn, keys=keys, now=now),
        counts=counts,
        show=show,
        typed=typed,
        page=page,
        pages=pages,
        found=found,
    )


def found_inbox(
    session: Session,
    office: Office,
    looker: Looker,
    dossier_ids: Sequence[int],
    *,
    typed: str,
    more: bool,
    keys: Keys,
    now: datetime,
) -> Inbox:
    """What a search found, drawn as the list is; finished dossiers are among it."""
    warn = timedelta(minutes=setting_of(session, office, _WARN, now=now))
    scope = and_(Dossier.office_id == office.id, Dossier.status.in_(OPEN), _of(looker))
    rows = _chosen(session, office, looker, dossier_ids, keys=keys, now=now)
    return Inbox(
        rows=rows,
        counts=_counts(session, scope, _parts(looker, warn=warn, now=now)),
        show=Show.ALL,
        typed=typed,
        page=1,
        pages=1,
        found=len(rows),
        sought=True,
        more=more,
    )


def _chosen(
    session: Session,
    office: Office,
    looker: Looker,
    dossier_ids: Sequence[int],
    *,
    keys: Keys,
    now: datetime,
) -> tuple[ListedDossier, ...]:
    """The rows of these dossiers of ``office``, finished ones too, in the order given."""
    warn = timedelta(minutes=setting_of(session, office, _WARN, now=now))
    chosen = _lines(now, warn, looker).where(Dossier.office_id == office.id, Dossier.id.in_(dossier_ids))
    by_id = {line.id: line for line in session.execute(chosen)}
    lines = [by_id[one] for one in dossier_ids if one in by_id]
    return _listed(session, office, looker, lines, warn=warn, keys=keys, now=now)


def _of(looker: Looker) -> ColumnElement[bool]:
    if looker.unit_id is None:
        return true()
    return or_(Dossier.unit_id == looker.unit_id, _is_coming(looker))


def _is_coming(looker: Looker) -> ColumnElement[bool]:
    to = [
        Handover.to_unit_id.is_(None) if unit is None else Handover.to_unit_id == unit
        for unit in looker.receives
    ]
    return (
        select(Handover.id)
        .where(Handover.dossier_id == Dossier.id, Handover.closed_at.is_(None), or_(false(), *to))
        .exists()
    )


def _parts(looker: Looker, *, warn: timedelta, now: datetime) -> dict[Show, ColumnElement[bool]]:
    is_running = and_(Dossier.status.in_(RUNNING), Dossier.expected_at.is_not(None))
    return {
        Show.ALL: true(),
        Show.MINE: and_(Dossier.held_by == looker.person_id, Dossier.held_until > now),
        Show.FREE: and_(
            Dossier.status == Status.RECEIVED, or_(Dossier.held_by.is_(None), Dossier.held_until <= now)
        ),
        Show.COMING: _is_coming(looker),
        Show.LATE: and_(is_running, Dossier.expected_at < now),
        Show.SOON: and_(is_running, Dossier.expected_at >= now, warns(warn, now=now)),
        Show.TODAY: Dossier.same_day.is_(True),
        Show.IN_PROGRESS: Dossier.status == Status.IN_PROGRESS,
        Show.SUPPLEMENT: Dossier.status == Status.AWAITING_SUPPLEMENT,
        Show.READY: Dossier.status == Status.RESULT_READY,
        Show.POST: Dossier.channel == "post",
    }


def _counts(
    session: Session, scope: ColumnElement[bool], parts: Mapping[Show, ColumnElement[bool]]
) -> dict[Show, int]:
    sums = [func.sum(case((part, 1), else_=0)).label(show) for show, part in parts.items()]
    row = session.execute(select(*sums).where(scope)).one()
    return {show: int(row._mapping[show.value] or 0) for show in parts}


def _count(session: Session, wanted: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Dossier).where(wanted)) or 0


def _typed(
    session: Session, scope: ColumnElement[bool], typed: str, now: datetime
) -> list[ColumnElement[bool]]:
    """Every word typed is in the name, in the procedure's name or in the code."""
    words = search_key(typed).split()[:8]
    if not words:
        return []
    versions = session.scalars(select(Dossier.procedure_version_id).where(scope).distinct()).all()
    titles = {one: search_key(procedure_version(session, one, now=now).title) for one in versions}
    return [
        or_(
            Dossier.name_key.contains(word, autoescape=True),
            func.lower(Dossier.dossier_code).contains(word, autoescape=True),
            Dossier.procedure_version_id.in_([one for one, title in titles.items() if word in title]),
        )
        for word in words
    ]


def _lines(now: datetime, warn: timedelta, looker: Looker) -> Select[*tuple[Any, ...]]:
    until = (
        select(func.max(Notice.until))
        .where(Notice.dossier_id == Dossier.id, Notice.form == "supplement_request", Notice.state == "issued")
        .scalar_subquery()
    )
    is_running = Dossier.status.in_(RUNNING)
    waits = and_(is_running, Dossier.visit_minutes.is_not(None), Dossier.expected_at < _midnight(now))
    apology = exists().where(
        Notice.dossier_id == Dossier.id, Notice.form == "apology", Notice.state == "proposed"
    )
    rank = case(
        (and_(is_running, Dossier.deadline_at < now), 0),
        (and_(is_running, Dossier.expected_at < now), 1),
        (or_(waits, and_(is_running, warns(warn, now=now))), 2),
        (is_running, 3),
        (Dossier.status == Status.AWAITING_SUPPLEMENT, 4),
        else_=5,
    )
    moment = case(
        (and_(is_running, Dossier.deadline_at < now), Dossier.deadline_at), else_=Dossier.expected_at
    )
    return (
        select(
            Dossier.id,
            Dossier.dossier_code,
            Dossier.procedure_version_id,
            Dossier.applicant_name,
            Dossier.content_sealed,
            Dossier.status,
            Dossier.delivery_status,
            Dossier.channel,
            Dossier.collection,
            Dossier.received_at,
            Dossier.same_day,
            Dossier.expected_at,
            Dossier.deadline_at,
            Dossier.held_by,
            Dossier.held_until,
            AcceptancePoint.name.label("point"),
            Person.name.label("holder"),
            Unit.name.label("unit"),
            case((Dossier.status == Status.AWAITING_SUPPLEMENT, until)).label("supplement_until"),
            _is_coming(looker).label("is_coming"),
            waits.label("waits"),
            apology.label("apology"),
        )
        .join(AcceptancePoint, AcceptancePoint.id == Dossier.acceptance_point_id)
        .outerjoin(Person, Person.id == Dossier.held_by)
        .outerjoin(Unit, Unit.id == Dossier.unit_id)
        .order_by(rank, moment.is_(None), moment, Dossier.id)
    )


def _midnight(now: datetime) -> datetime:
    """At which the civil day of ``now`` ends."""
    return datetime.combine(civil_day(now) + timedelta(days=1), time(), VIETNAM)


def _listed(
    session: Session,
    office: Office,
    looker: Looker,
    lines: Sequence[Row[Any]],
    *,
    warn: timedelta,
    keys: Keys,
    now: datetime,
) -> tuple[ListedDossier, ...]:
    calendar = calendar_of(session, office, now=now)
    return tuple(
        _row(line, session, looker, calendar=calendar, warn=warn, keys=keys, now=now) for line in lines
    )


def _row(
    line: Row[Any],
    session: Session,
    looker: Looker,
    *,
    calendar: WorkCalendar,
    warn: timedelta,
    keys: Keys,
    now: datetime,
) -> ListedDossier:
    status = Status(line.status)
    warn = warning(warn, same_day=line.same_day, received_at=line.received_at, expected_at=line.expected_at)
    due = urgency(status, line.expected_at, line.deadline_at, warn=warn, now=now)
    is_held = line.held_by is not None and line.held_until is not None and now < line.held_until
    return ListedDossier(
        code=line.dossier_code,
        tail=line.dossier_code.rpartition("-")[2],
        title=procedure_version(session, line.procedure_version_id, now=now).title,
        applicant=line.applicant_name,
        citizen_id=_masked(line.content_sealed, keys),
        status=status,
        due=due,
        due_words=due_words(
            due,
            status,
            expected_at=line.expected_at,
            deadline_at=line.deadline_at,
            supplement_until=line.supplement_until,
            waits=bool(line.waits),
            calendar=calendar,
            now=now,
        ),
        expected_at=line.expected_at,
        deadline_at=line.deadline_at,
        channel=line.channel,
        point=line.point,
        is_for_today=line.same_day,
        waits=bool(line.waits),
        apology=bool(line.apology),
        collection=line.collection,
        to_send=status is Status.RESULT_READY and line.delivery_status == Delivery.TO_SEND,
        unit=line.unit or "",
        holder=line.holder if is_held else "",
        is_mine=is_held and line.held_by == looker.person_id,
        is_coming=bool(line.is_coming),
    )


def _masked(sealed: bytes, keys: Keys) -> str:
    """No column holds the number in clear; of what is sealed only its ends are shown."""
    number = json.loads(keys.unseal(sealed, CONTENT))["applicant"]["citizen_id"]
    return masked_citizen_id(number) if number else ""

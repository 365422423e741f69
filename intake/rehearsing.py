"""A dry run of a rule over the dossiers this office really had; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.offices import calendar_of, civil_day
from intake.queries import procedure_version
from intake.records import AcceptancePoint, Assignment, Dossier, Office, Person, ServiceDayVersion
from intake.rules.calendar import VIETNAM
from intake.rules.refusals import NoSuchThing
from intake.rules.rehearsal import LOOK_BACK, Past, Rehearsal, rehearse
from intake.rules.rights import Role
from intake.rules.service_days import ServiceDay
from intake.service_days import rule_of_row

AT_A_TIME = 5_000  # rows read in one go


@dataclass(frozen=True)
class Rehearsable:
    """A version of a rule that can still come, or has: by id, with its state."""

    id: int
    title: str
    version: int
    state: str


@dataclass(frozen=True)
class Staffing:
    """People with the role, and counters in use."""

    reception: int
    deciding: int
    counters: int


@dataclass(frozen=True)
class DryRun:
    """A rule, the day it is rehearsed for (None when it never runs), what it would have meant."""

    rule: ServiceDay
    for_day: date | None
    runs: bool
    found: Rehearsal
    staff: Staffing


def rehearsables(session: Session, office: Office) -> list[Rehearsable]:
    """Published ones first, then what is approved or in draft."""
    rows = session.scalars(
        select(ServiceDayVersion)
        .filter_by(office_id=office.id)
        .where(ServiceDayVersion.state.in_(("draft", "approved", "published")))
        .order_by(ServiceDayVersion.state.desc(), ServiceDayVersion.id.desc())
    )
    return [Rehearsable(row.id, row.title, row.version, row.state) for row in rows]


def dry_run(
    session: Session, office: Office, version_id: int, for_day: date | None, *, now: datetime
) -> DryRun:
    """``for_day`` None: the next day on which it runs. Raises NoSuchThing for a rule of another office."""
    row = session.get(ServiceDayVersion, version_id)
    if row is None or row.office_id != office.id:
        raise NoSuchThing
    rule, calendar, today = rule_of_row(row), calendar_of(session, office, now=now), civil_day(now)
    day = for_day or rule.next_day(today, calendar)
    return DryRun(
        rule=rule,
        for_day=day,
        runs=day is not None and rule.runs_on(day, calendar),
        found=rehearse(rule, _past(session, office, rule, today, now), calendar, today=today),
        staff=staffing(session, office),
    )


def _past(session: Session, office: Office, rule: ServiceDay, today: date, now: datetime) -> Iterator[Past]:
    """What was received here in the days before ``today``, of the rule's procedures: one indexed read."""
    since = datetime.combine(today - timedelta(days=LOOK_BACK), time.min, VIETNAM)
    until = datetime.combine(today, time.min, VIETNAM)
    rows = session.execute(
        select(
            Dossier.received_at,
            Dossier.finished_at,
            Dossier.without_paper,
            Dossier.channel,
            Dossier.procedure_version_id,
        )
        .where(Dossier.office_id == office.id, Dossier.received_at >= since, Dossier.received_at < until)
        .execution_options(yield_per=AT_A_TIME)
    )
    meant: dict[int, bool] = {}
    for received_at, finished_at, without_paper, channel, version_id in rows:
        if version_id not in meant:
            procedure = procedure_version(session, version_id, now=now)
            meant[version_id] = rule.is_for(procedure.code, procedure.sector)
        if meant[version_id]:
            yield Past(received_at, finished_at, not without_paper, channel == "post")


def staffing(session: Session, office: Office) -> Staffing:
    """Who works here now."""
    counts = dict(
        session.execute(
            select(Assignment.role, func.count(func.distinct(Person.id)))
            .join(Person)
            .where(Assignment.office_id == office.id, Person.active.is_(True))
            .group_by(Assignment.role)
        ).all()
    )
    counters = select(func.count()).select_from(AcceptancePoint)
    counters = counters.filter_by(office_id=office.id, kind="counter", active=True)
    return Staffing(
        counts.get(Role.RECEPTION, 0), counts.get(Role.DECIDING, 0), int(session.scalar(counters) or 0)
    )

"""An outage: the rules of service days rest, paper is taken again, and the time lost is kept apart.

One person may suspend at once, yet alone only for a while; a second person's
word lets it last as asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake import events
from intake.changing import must_have, office_at_hand, person_of
from intake.events import Actor
from intake.offices import calendar_of, civil_day, setting_of
from intake.policies import suspension_from
from intake.records import Office, Person, ServiceDaySuspension, ServiceDayVersion
from intake.rules.calendar import VIETNAM
from intake.rules.refusals import (
    AlreadySuspended,
    NoSuchThing,
    NothingToConfirm,
    NothingToResume,
    SamePerson,
)
from intake.rules.rights import Right
from intake.rules.suspension_reasons import SUSPENSION_REASONS, SuspensionAsked, SuspensionReason
from intake.service_days import rule_of_row, versions_of_day

ALL = ""  # the lineage that means all rules of the office

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class SuspensionView:
    """An open suspension. ``title`` is the rule's, "" for all rules.

    ``in_force``: the rule rests now. ``until`` is when it ends if nothing
    more is done, ``waits``: a second person's word is missing, without which
    the time after ``until`` up to ``asked_until`` is not suspended.
    """

    id: int
    lineage: str
    title: str
    reason: str
    text: str
    begins_at: datetime
    asked_until: datetime
    until: datetime
    in_force: bool
    waits: bool
    person: str
    person_id: int
    confirmed_by: str


def suspend(
    session: Session, office: Office, lineage: str, asked: SuspensionAsked, *, by: Actor, now: datetime
) -> ServiceDaySuspension:
    """The rule ``lineage``, or ALL, rests from now on.

    Alone it lasts what is left of this day's minutes that may pass without a
    second person. Raises NoSuchThing for a rule that is not in force,
    AlreadySuspended while one is open, confirmed or not.
    """
    held = office_at_hand(session, office)
    if not _in_force(session, held, lineage):
        raise NoSuchThing
    if known := [one for one in _open(session, held, now) if one.lineage in (ALL, lineage)]:
        raise AlreadySuspended(until=max(one.asked_until for one in known))
    alone = _left_alone(session, held, now)
    asked_until = now + timedelta(minutes=asked.minutes)
    row = ServiceDaySuspension(
        office_id=held.id,
        lineage=lineage,
        begins_at=now,
        asked_until=asked_until,
        alone_until=min(asked_until, now + alone),
        reason=asked.reason,
        text=asked.text,
        person_id=person_of(by),
    )
    session.add(row)
    session.flush()
    _tell(session, held, row, "service_day_suspended", by, now, minutes=asked.minutes)
    return row


def extend(
    session: Session, office: Office, suspension_id: int, minutes: int, *, by: Actor, now: datetime
) -> ServiceDaySuspension:
    """It is to last ``minutes`` longer; a second person has to confirm that part.

    What was confirmed stays as it was: the longer part is a suspension of its
    own that follows it. NothingToResume when it is over.
    """
    held = office_at_hand(session, office)
    row = _open_row(session, held, suspension_id, now)
    if row is None:
        raise NothingToResume
    row = max(
        (one for one in _open(session, held, now) if one.lineage == row.lineage),
        key=lambda one: one.asked_until,
    )
    later = row.asked_until + timedelta(minutes=minutes)
    if row.confirmed_at is None:
        row.asked_until = later
        row.person_id = person_of(by)
    else:
        row = ServiceDaySuspension(
            office_id=held.id,
            lineage=row.lineage,
            begins_at=row.asked_until,
            asked_until=later,
            alone_until=row.asked_until,
            reason=row.reason,
            text=row.text,
            person_id=person_of(by),
        )
        session.add(row)
    session.flush()
    _tell(session, held, row, "service_day_suspended", by, now, minutes=minutes)
    return row


def confirm(
    session: Session, office: Office, suspension_id: int, *, by: Actor, now: datetime
) -> ServiceDaySuspension:
    """A second person agrees: it lasts as asked.

    After the minutes alone ran out the rules were in force again; it then
    begins anew with this word, and what was received between stays counted.
    Raises NotAllowed without the right, SamePerson, NothingToConfirm.
    """
    held = office_at_hand(session, office)
    row = _open_row(session, held, suspension_id, now)
    must_have(session, held, by, Right.APPROVE_DAYS)
    if row is None or row.confirmed_at is not None:
        raise NothingToConfirm
    if row.person_id == by.person_id:
        raise SamePerson
    if row.begins_at <= now and row.alone_until <= now:
        row = _begun_anew(session, row, now)
    row.confirmed_at, row.confirmed_by = now, person_of(by)
    session.flush()
    _tell(session, held, row, "suspension_confirmed", by, now)
    return row


def resume(session: Session, office: Office, suspension_id: int, *, by: Actor, now: datetime) -> None:
    """The rules are in force again at once, also what was to follow; NothingToResume when it is over."""
    held = office_at_hand(session, office)
    row = _open_row(session, held, suspension_id, now)
    if row is None:
        raise NothingToResume
    for one in _open(session, held, now):
        if one.lineage == row.lineage and one.begins_at >= row.begins_at:
            one.ended_at, one.ended_by = max(now, one.begins_at), by.person_id
    session.flush()
    _tell(session, held, row, "service_day_resumed", by, now)


def open_suspensions(session: Session, office: Office, *, now: datetime) -> list[SuspensionView]:
    """Those in force, awaiting a second person, or to follow one that is; the oldest first."""
    rows = _open(session, office, now)
    names = _names(session, rows)
    return [_view(session, office, row, names, now) for row in rows]


def minutes_alone(session: Session, office: Office, *, now: datetime) -> int:
    """How long one person may still suspend today without a second."""
    return int(_left_alone(session, office, now) / timedelta(minutes=1))


def suspended_minutes(
    session: Session, office: Office, lineage: str, day: date, *, now: datetime | None = None
) -> int:
    """How many minutes of the rule's sessions on ``day`` were suspended; up to ``now`` where it is told.

    0 on a day on which the rule did not run. Times told twice count once, and
    each version of the rule counts while it was in force.
    """
    return _minutes(_lost(session, office, lineage, day, now))


def suspended_together(
    session: Session, office: Office, lineages: Iterable[str], day: date, *, now: datetime
) -> int:
    """The minutes of ``day`` in which one of the rules at least was suspended while it should have run."""
    return _minutes(span for lineage in lineages for span in _lost(session, office, lineage, day, now))


def days_suspended(session: Session, office: Office, begins: datetime, ends: datetime) -> set[date]:
    """The days from ``begins`` until before ``ends`` on which a suspension was asked for."""
    rows = session.execute(
        select(ServiceDaySuspension.begins_at, ServiceDaySuspension.asked_until).where(
            ServiceDaySuspension.office_id == office.id,
            ServiceDaySuspension.begins_at < ends,
            ServiceDaySuspension.asked_until > begins,
        )
    )
    spans = [(civil_day(max(first, begins)), civil_day(min(last, ends))) for first, last in rows]
    return {first + timedelta(days=one) for first, last in spans for one in range((last - first).days + 1)}


def _lost(session: Session, office: Office, lineage: str, day: date, now: datetime | None) -> list[Span]:
    """The parts of the rule's sessions that were suspended; they may overlap."""
    versions = versions_of_day(session, office, lineage, day)
    if not versions:
        return []
    begins = datetime.combine(day, time.min, VIETNAM)
    calendar = calendar_of(session, office, now=now or begins)
    spans = [
        (max(one.begins, begins), min(one.ends, now) if now else one.ends)
        for one in map(suspension_from, _of_day(session, office, lineage, begins))
    ]
    lost = []
    for version in versions:
        rule = rule_of_row(version)
        for session_ in rule.sessions(day, calendar) if rule.names(day) else ():
            opens = datetime.combine(day, session_.opens, VIETNAM)
            closes = datetime.combine(day, session_.closes, VIETNAM)
            first, last = max(opens, version.published_at or opens), min(closes, version.ended_at or closes)
            lost += [(max(one, first), min(other, last)) for one, other in spans]
    return [span for span in lost if span[0] < span[1]]


def _minutes(spans: Iterable[Span]) -> int:
    known = sorted(spans)
    if not known:
        return 0
    return int(_covered(known, known[0][0], max(ends for _, ends in known)) / timedelta(minutes=1))


def _covered(spans: Iterable[tuple[datetime, datetime]], opens: datetime, closes: datetime) -> timedelta:
    """How much of a session lies in one of the spans at least."""
    total, reached = timedelta(), opens
    for begins, ends in sorted(spans):
        begins, ends = max(begins, reached), min(ends, closes)
        if ends > begins:
            total, reached = total + (ends - begins), ends
    return total


def _of_day(
    session: Session, office: Office, lineage: str, begins: datetime
) -> Sequence[ServiceDaySuspension]:
    return session.scalars(
        select(ServiceDaySuspension).where(
            ServiceDaySuspension.office_id == office.id,
            ServiceDaySuspension.lineage.in_((ALL, lineage)),
            ServiceDaySuspension.begins_at < begins + timedelta(days=1),
            ServiceDaySuspension.asked_until > begins,
        )
    ).all()


def _left_alone(session: Session, office: Office, now: datetime) -> timedelta:
    """What is left today of the minutes that pass on one person's word: ended and begun again they add up."""
    most = timedelta(minutes=setting_of(session, office, "suspend_alone_minutes", now=now))
    begins = datetime.combine(civil_day(now), time.min, VIETNAM)
    rows = session.scalars(
        select(ServiceDaySuspension).where(
            ServiceDaySuspension.office_id == office.id,
            ServiceDaySuspension.begins_at >= begins,
            ServiceDaySuspension.confirmed_at.is_(None),
        )
    )
    spans = [(one.begins, one.ends) for one in map(suspension_from, rows)]
    return max(most - _covered(spans, begins, now), timedelta())


def _open(session: Session, office: Office, now: datetime) -> Sequence[ServiceDaySuspension]:
    return session.scalars(
        select(ServiceDaySuspension)
        .where(
            ServiceDaySuspension.office_id == office.id,
            ServiceDaySuspension.ended_at.is_(None),
            ServiceDaySuspension.asked_until > now,
        )
        .order_by(ServiceDaySuspension.id)
    ).all()


def _open_row(
    session: Session, office: Office, suspension_id: int, now: datetime
) -> ServiceDaySuspension | None:
    """The open one; None when it is over. NoSuchThing for another office's, or none at all."""
    row = session.get(ServiceDaySuspension, suspension_id)
    if row is None or row.office_id != office.id:
        raise NoSuchThing
    return row if row.ended_at is None and row.asked_until > now else None


def _begun_anew(session: Session, row: ServiceDaySuspension, now: datetime) -> ServiceDaySuspension:
    again = ServiceDaySuspension(
        office_id=row.office_id,
        lineage=row.lineage,
        begins_at=now,
        asked_until=row.asked_until,
        alone_until=now,
        reason=row.reason,
        text=row.text,
        person_id=row.person_id,
    )
    row.ended_at = row.alone_until
    session.add(again)
    return again


def _in_force(session: Session, office: Office, lineage: str) -> bool:
    """Whether there is something to suspend: this rule, or for ALL any."""
    query = select(ServiceDayVersion.id).filter_by(office_id=office.id, state="published")
    if lineage != ALL:
        query = query.filter_by(lineage=lineage)
    return session.scalars(query.limit(1)).first() is not None


def _title(session: Session, office: Office, lineage: str) -> str:
    """What the rule is called now, "" for all."""
    titles = session.scalars(
        select(ServiceDayVersion.title)
        .filter_by(office_id=office.id, lineage=lineage)
        .order_by(ServiceDayVersion.version.desc())
        .limit(1)
    )
    return titles.first() or ""


def _tell(
    session: Session,
    office: Office,
    row: ServiceDaySuspension,
    kind: str,
    by: Actor,
    now: datetime,
    **facts: object,
) -> None:
    words = SUSPENSION_REASONS[SuspensionReason(row.reason)]
    events.append(
        session,
        kind,
        by=by,
        now=now,
        office_id=office.id,
        reason=f"{words}: {row.text}" if row.text else words,
        facts={
            "area": row.lineage,
            "what": _title(session, office, row.lineage) or "Mọi quy định",
            "asked_until": [None, row.asked_until.isoformat()],
            **facts,
        },
    )


def _names(session: Session, rows: Iterable[ServiceDaySuspension]) -> dict[int, str]:
    ids = {one for row in rows for one in (row.person_id, row.confirmed_by) if one is not None}
    found = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: row.name for row in found}


def _view(
    session: Session, office: Office, row: ServiceDaySuspension, names: dict[int, str], now: datetime
) -> SuspensionView:
    holds = suspension_from(row)
    return SuspensionView(
        id=row.id,
        lineage=row.lineage,
        title=_title(session, office, row.lineage),
        reason=SUSPENSION_REASONS[SuspensionReason(row.reason)],
        text=row.text,
        begins_at=row.begins_at,
        asked_until=row.asked_until,
        until=holds.ends,
        in_force=holds.holds_at(now),
        waits=row.confirmed_at is None and row.alone_until < row.asked_until,
        person=names[row.person_id],
        person_id=row.person_id,
        confirmed_by=names.get(row.confirmed_by, "") if row.confirmed_by else "",
    )

"""Rules of service days: drafted, approved by a second person, published, ended; every step is told."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.changing import (
    Change,
    history,
    must_be,
    must_have,
    office_at_hand,
    person_of,
    stamp,
    tell,
)
from intake.events import Actor
from intake.offices import calendar_of, civil_day, setting_of
from intake.people import roles_in
from intake.queries import offered, procedure_version
from intake.records import Office, Person, ServiceDayVersion
from intake.rules.calendar import WorkCalendar
from intake.rules.procedures import Procedure
from intake.rules.refusals import (
    DraftExists,
    NoSuchThing,
    RuleRuns,
    RuleStopped,
    SamePerson,
    WrongRuleState,
)
from intake.rules.rights import Right, may
from intake.rules.service_day_file import definition_of, rule_from
from intake.rules.service_days import FURTHEST, ServiceDay
from intake.rules.service_findings import Finding, findings

Definition = Mapping[str, Any]
WAITING = ("draft", "approved")
KINDS = (
    "service_day_drafted",
    "service_day_changed",
    "service_day_approved",
    "service_day_published",
    "service_day_ended",
    "service_day_discarded",
    "service_day_suspended",
    "suspension_confirmed",
    "service_day_resumed",
)
SHOWN_DAYS = 5


@dataclass(frozen=True)
class VersionView:
    """One version; ``stamp`` is what a form carries of it."""

    id: int
    lineage: str
    version: int
    state: str
    rule: ServiceDay
    author: str
    author_id: int
    created_at: datetime
    approver: str
    approved_at: datetime | None
    published_at: datetime | None
    ended_at: datetime | None
    stamp: str


@dataclass(frozen=True)
class RuleView:
    """A rule with all its versions, newest first; ``next_days`` are those of the version ``shown``.

    ``until`` is when the version in force closes today, None while it is not running.
    """

    lineage: str
    versions: tuple[VersionView, ...]
    next_days: tuple[date, ...]
    today: bool
    until: datetime | None = None

    @property
    def newest(self) -> VersionView:
        return self.versions[0]

    @property
    def published(self) -> VersionView | None:
        return next((one for one in self.versions if one.state == "published"), None)

    @property
    def waiting(self) -> VersionView | None:
        """The one that is being drafted, or is approved and not published yet."""
        return next((one for one in self.versions if one.state in WAITING), None)

    @property
    def shown(self) -> VersionView:
        """The version to speak of first: what is in force, else what is prepared, else the last there was."""
        return self.published or self.waiting or self.newest

    @property
    def state(self) -> str:
        return self.shown.state


def draft(
    session: Session,
    office: Office,
    definition: Definition,
    *,
    lineage: str = "",
    stamped: str | None = None,
    by: Actor,
    now: datetime,
) -> ServiceDayVersion:
    """A new rule, or the next version of the rule ``lineage``, prepared and not in force.

    Raises NoSuchThing for a lineage this office does not have, ChangedMeanwhile
    when its newest version is no longer the ``stamped`` one, DraftExists when
    one is being prepared already.
    """
    held = office_at_hand(session, office)
    versions = _versions(session, held, lineage) if lineage else []
    if lineage and not versions:
        raise NoSuchThing
    if stamped is not None and versions:
        must_be(stamped, _values(versions[0]))
    if any(one.state in WAITING for one in versions):
        raise DraftExists
    before = next((one.definition for one in versions if one.state == "published"), {})
    return _add(session, held, definition, lineage, versions, before, by, now)


def change(
    session: Session,
    office: Office,
    version_id: int,
    definition: Definition,
    *,
    stamped: str,
    by: Actor,
    now: datetime,
) -> ServiceDayVersion:
    """A draft says something else; what was approved is a draft again, and needs a new word.

    Whoever changed it last is its author. Raises ChangedMeanwhile when it is no
    longer what ``stamped`` was made of, WrongRuleState once it is published.
    """
    held = office_at_hand(session, office)
    row = _row(session, held, version_id)
    must_be(stamped, _values(row))
    _must_be_in(row, *WAITING)
    after = definition_of(rule_from(definition))
    if after == row.definition:
        return row
    before, was = row.definition, row.state
    row.definition, row.title = after, after["title"]
    row.state, row.approved_by, row.approved_at = "draft", None, None
    row.author_id = person_of(by)
    tell(
        session, held, "service_day_changed", {**before, "state": was}, {**after, "state": "draft"},
        by=by, now=now, area=row.lineage, what=row.title,
    )  # fmt: skip
    return row


def approve(
    session: Session, office: Office, version_id: int, *, stamped: str, by: Actor, now: datetime
) -> ServiceDayVersion:
    """A second person's word for exactly the version they read.

    Raises NotAllowed without the right, SamePerson for the author, ChangedMeanwhile
    when it was changed while it was read, RuleStopped with the findings that stop it.
    """
    held = office_at_hand(session, office)
    row = _row(session, held, version_id)
    must_have(session, held, by, Right.APPROVE_DAYS)
    if row.author_id == by.person_id:
        raise SamePerson
    must_be(stamped, _values(row))
    _must_be_in(row, "draft")
    _must_be_sound(session, held, row, now)
    row.state, row.approved_by, row.approved_at = "approved", person_of(by), now
    _tell_state(session, held, row, "service_day_approved", "draft", by, now)
    return row


def publish(
    session: Session, office: Office, version_id: int, *, by: Actor, now: datetime
) -> ServiceDayVersion:
    """The approved version is in force from now on; the one before it ends in the same moment.

    What was sound when it was approved may no longer be: raises RuleStopped then.
    """
    held = office_at_hand(session, office)
    row = _row(session, held, version_id)
    _must_be_in(row, "approved")
    _must_be_sound(session, held, row, now)
    former = None
    for one in _versions(session, held, row.lineage):
        if one.state == "published":
            one.state, one.ended_at, former = "ended", now, one.version
    session.flush()
    row.state, row.published_at = "published", now
    tell(
        session, held, "service_day_published",
        {"state": "approved", "version": former}, {"state": "published", "version": row.version},
        by=by, now=now, area=row.lineage, what=row.title,
    )  # fmt: skip
    return row


def end(session: Session, office: Office, version_id: int, *, by: Actor, now: datetime) -> ServiceDayVersion:
    """The published version is no longer in force, at once; its days stay in the figures.

    Raises RuleRuns on its day until it closes: for paper to be taken then the
    rule is suspended, which needs a second person.
    """
    held = office_at_hand(session, office)
    row = _row(session, held, version_id)
    _must_be_in(row, "published")
    if (until := runs_until(rule_of_row(row), calendar_of(session, held, now=now), now)) is not None:
        raise RuleRuns(until=until)
    row.state, row.ended_at = "ended", now
    _tell_state(session, held, row, "service_day_ended", "published", by, now)
    return row


def discard(
    session: Session, office: Office, version_id: int, *, by: Actor, now: datetime
) -> ServiceDayVersion:
    """What was prepared, approved or not, is given up; it stays to be read and restored."""
    held = office_at_hand(session, office)
    row = _row(session, held, version_id)
    _must_be_in(row, *WAITING)
    was, row.state = row.state, "discarded"
    _tell_state(session, held, row, "service_day_discarded", was, by, now)
    return row


def restore(
    session: Session, office: Office, version_id: int, *, by: Actor, now: datetime
) -> ServiceDayVersion:
    """An older version as a new draft: it goes the whole way again. DraftExists while one is prepared."""
    held = office_at_hand(session, office)
    row = _row(session, held, version_id)
    _must_be_in(row, "ended", "discarded")
    versions = _versions(session, held, row.lineage)
    if any(one.state in WAITING for one in versions):
        raise DraftExists
    before = next((one.definition for one in versions if one.state == "published"), {})
    return _add(session, held, row.definition, row.lineage, versions, before, by, now)


def copy_to(
    session: Session, office: Office, version_id: int, to: Office, *, by: Actor, now: datetime
) -> ServiceDayVersion:
    """The same rule as a draft of another office, for whoever runs the days there; else NotAllowed."""
    source = _row(session, office, version_id)
    definition = dict(source.definition)
    held = office_at_hand(session, to)
    must_have(session, held, by, Right.RUN_DAYS)
    return _add(session, held, definition, "", [], {}, by, now)


def offices_to_copy_to(session: Session, office: Office, person_id: int) -> list[tuple[int, str]]:
    """The other offices whose days this person runs: (id, name)."""
    person = session.get_one(Person, person_id)
    others = session.scalars(select(Office).where(Office.id != office.id).order_by(Office.name))
    return [(one.id, one.name) for one in others if may(roles_in(person, one.id), Right.RUN_DAYS)]


def rules_here(session: Session, office: Office, *, now: datetime) -> list[RuleView]:
    """All rules of the office: in force, then prepared, then over; within these the next to come first."""
    rows: dict[str, list[ServiceDayVersion]] = {}
    for row in session.scalars(
        select(ServiceDayVersion)
        .where(ServiceDayVersion.office_id == office.id)
        .order_by(ServiceDayVersion.version.desc())
    ):
        rows.setdefault(row.lineage, []).append(row)
    calendar = calendar_of(session, office, now=now)
    views = [_rule_view(versions, calendar, now) for versions in rows.values()]
    order = ("published", "approved", "draft", "ended", "discarded")
    return sorted(
        views,
        key=lambda one: (order.index(one.state), one.next_days[:1] or (date.max,), one.shown.rule.title),
    )


def awaiting_approval(session: Session, office: Office, person_id: int) -> list[tuple[str, str]]:
    """(lineage, title) of the drafts that somebody else made: those this person may approve."""
    rows = session.execute(
        select(ServiceDayVersion.lineage, ServiceDayVersion.title)
        .where(
            ServiceDayVersion.office_id == office.id,
            ServiceDayVersion.state == "draft",
            ServiceDayVersion.author_id != person_id,
        )
        .order_by(ServiceDayVersion.id)
    )
    return [(lineage, title) for lineage, title in rows]


def rule_here(session: Session, office: Office, lineage: str, *, now: datetime) -> RuleView:
    """One rule with its versions; NoSuchThing when this office has no such."""
    versions = _versions(session, office, lineage)
    if not versions:
        raise NoSuchThing
    return _rule_view(versions, calendar_of(session, office, now=now), now)


def version_here(session: Session, office: Office, version_id: int) -> VersionView:
    """One version of this office; else NoSuchThing."""
    return _view(_row(session, office, version_id))


def rule_history(session: Session, office: Office, lineage: str) -> list[Change]:
    """What was done to the rule, newest first."""
    return history(session, office, *KINDS, area=lineage, limit=20)


def procedures_here(session: Session, office: Office, *, now: datetime) -> dict[str, Procedure]:
    """What the office receives today, by code, in the order of its tiles."""
    return {
        one.code: procedure_version(session, one.version_id, now=now)
        for one in offered(session, office, now=now)
    }


def findings_of(session: Session, office: Office, rule: ServiceDay, *, now: datetime) -> tuple[Finding, ...]:
    """What is wrong with ``rule`` in this office today; another version of it is no other rule."""
    rows = session.scalars(
        select(ServiceDayVersion)
        .where(
            ServiceDayVersion.office_id == office.id,
            ServiceDayVersion.state.in_(("approved", "published")),
        )
        .order_by(ServiceDayVersion.id)
    ).all()
    same = (one for one in rows if one.lineage == rule.lineage and one.state == "published")
    former = next(same, None)
    return findings(
        rule,
        others=[rule_of_row(row) for row in rows if row.lineage != rule.lineage],
        former=rule_of_row(former) if former and former.id != rule.id else None,
        calendar=calendar_of(session, office, now=now),
        procedures=procedures_here(session, office, now=now),
        longest_term=setting_of(session, office, "same_day_longest_term", now=now),
        today=civil_day(now),
    )


def next_days(
    rule: ServiceDay, calendar: WorkCalendar, today: date, most: int = SHOWN_DAYS
) -> tuple[date, ...]:
    """The next days on which it runs, today among them."""
    first = max(today, rule.valid_from)
    return tuple(islice(rule.days(first, first + FURTHEST, calendar), most))


def runs_until(rule: ServiceDay, calendar: WorkCalendar, now: datetime) -> datetime | None:
    """When the rule closes today; None once it has, and on a day on which it does not run."""
    today = civil_day(now)
    if not rule.runs_on(today, calendar) or now >= rule.ends_on(today, calendar):
        return None
    return rule.ends_on(today, calendar)


def rule_of_row(row: ServiceDayVersion) -> ServiceDay:
    return rule_from(row.definition, id=row.id, lineage=row.lineage, version=row.version)


def versions_of_day(session: Session, office: Office, lineage: str, day: date) -> list[ServiceDayVersion]:
    """The versions of the rule that were in force at some time of ``day``, the last first."""
    rows = session.scalars(
        select(ServiceDayVersion)
        .where(
            ServiceDayVersion.office_id == office.id,
            ServiceDayVersion.lineage == lineage,
            ServiceDayVersion.published_at.isnot(None),
        )
        .order_by(ServiceDayVersion.version.desc())
    )
    return [
        row
        for row in rows
        if row.published_at is not None
        and civil_day(row.published_at) <= day
        and (row.ended_at is None or civil_day(row.ended_at) >= day)
    ]


def _add(
    session: Session,
    office: Office,
    definition: Definition,
    lineage: str,
    versions: Sequence[ServiceDayVersion],
    before: Definition,
    by: Actor,
    now: datetime,
) -> ServiceDayVersion:
    kept = definition_of(rule_from(definition))
    row = ServiceDayVersion(
        office_id=office.id,
        lineage=lineage or secrets.token_hex(4),
        version=max((one.version for one in versions), default=0) + 1,
        state="draft",
        title=kept["title"],
        definition=kept,
        author_id=person_of(by),
        created_at=now,
    )
    session.add(row)
    session.flush()
    last = versions[0].version if versions else None
    tell(
        session, office, "service_day_drafted", {**before, "version": last}, {**kept, "version": row.version},
        by=by, now=now, area=row.lineage, what=row.title,
    )  # fmt: skip
    return row


def _tell_state(
    session: Session, office: Office, row: ServiceDayVersion, kind: str, was: str, by: Actor, now: datetime
) -> None:
    before, after = {"state": was}, {"state": row.state}
    tell(session, office, kind, before, after, by=by, now=now, area=row.lineage, what=row.title)


def _versions(session: Session, office: Office, lineage: str) -> list[ServiceDayVersion]:
    return list(
        session.scalars(
            select(ServiceDayVersion)
            .filter_by(office_id=office.id, lineage=lineage)
            .order_by(ServiceDayVersion.version.desc())
        )
    )


def _row(session: Session, office: Office, version_id: int) -> ServiceDayVersion:
    row = session.get(ServiceDayVersion, version_id)
    if row is None or row.office_id != office.id:
        raise NoSuchThing
    return row


def _must_be_in(row: ServiceDayVersion, *states: str) -> None:
    if row.state not in states:
        raise WrongRuleState(now=row.state)


def _must_be_sound(session: Session, office: Office, row: ServiceDayVersion, now: datetime) -> None:
    stops = [one for one in findings_of(session, office, rule_of_row(row), now=now) if one.stops]
    if stops:
        raise RuleStopped(title=row.title, count=len(stops), codes=tuple(one.code for one in stops))


def _values(row: ServiceDayVersion) -> object:
    return {"id": row.id, "state": row.state, "definition": row.definition}


def _rule_view(rows: Iterable[ServiceDayVersion], calendar: WorkCalendar, now: datetime) -> RuleView:
    versions = tuple(_view(row) for row in rows)
    view = RuleView(versions[0].lineage, versions, (), False)
    if view.state in ("ended", "discarded"):
        return view
    days = next_days(view.shown.rule, calendar, civil_day(now))
    today = view.state == "published" and civil_day(now) in days
    until = runs_until(view.shown.rule, calendar, now) if today else None
    return RuleView(view.lineage, versions, days, today, until)


def _view(row: ServiceDayVersion) -> VersionView:
    return VersionView(
        id=row.id,
        lineage=row.lineage,
        version=row.version,
        state=row.state,
        rule=rule_of_row(row),
        author=row.author.name,
        author_id=row.author_id,
        created_at=row.created_at,
        approver=row.approver.name if row.approver else "",
        approved_at=row.approved_at,
        published_at=row.published_at,
        ended_at=row.ended_at,
        stamp=stamp(_values(row)),
    )

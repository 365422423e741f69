"""The rules of an office as they hold now, and what they allow and promise: every face asks only here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Date, bindparam, or_, select, text
from sqlalchemy.orm import Session

from intake.memory import Memory
from intake.offices import calendar_of, civil_day
from intake.records import Counter, Office, ServiceDaySuspension, ServiceDayVersion
from intake.rules.calendar import VIETNAM, local
from intake.rules.policy import Policy, Used, policy
from intake.rules.procedures import Procedure
from intake.rules.service_day_file import rule_from
from intake.rules.service_days import ServiceDay, Suspension

# So long another process may not know of a suspension; the one in which it was ordered knows at once.
_rules: Memory[tuple[ServiceDay, ...]] = Memory(timedelta(seconds=5))
NO_LIMIT = 1_000_000
_TAKE = text(
    "INSERT INTO counter (office_id, series, day, last) VALUES (:office_id, :series, :day, 1)"
    " ON CONFLICT (office_id, series, day) DO UPDATE SET last = counter.last + 1"
    " WHERE counter.last < :most RETURNING last"
).bindparams(bindparam("day", type_=Date()))


def rules_of(session: Session, office: Office, *, now: datetime) -> tuple[ServiceDay, ...]:
    """Every rule in force at ``now``, which may be long past, by id, with its last suspensions."""
    return _rules.of(session, office.id, now=now, read=lambda: _read_rules(session, office, now))


def policy_for(
    session: Session,
    office: Office,
    procedure: Procedure,
    *,
    channel: str,
    applicant_kind: str = "citizen",
    at: datetime,
) -> Policy:
    """What holds for ``procedure`` filed here at ``at``; ``channel`` as in a dossier."""
    found = policies_for(session, office, (procedure,), channel=channel, applicant_kind=applicant_kind, at=at)
    return found[0]


def policies_for(
    session: Session,
    office: Office,
    procedures: Iterable[Procedure],
    *,
    channel: str,
    applicant_kind: str = "citizen",
    at: datetime,
) -> list[Policy]:
    """The same for many procedures, in their order, as cheap in queries as for one.

    What holds depends only on which rules are for a procedure: asked once for each set of them.
    """
    rules = rules_of(session, office, now=at)
    calendar = calendar_of(session, office, now=at)
    used = _used_now(session, office, rules, at)
    known: dict[tuple[int, ...], Policy] = {}

    def of(procedure: Procedure) -> Policy:
        for_it = [rule for rule in rules if rule.is_for(procedure.code, procedure.sector)]
        ids = tuple(rule.id for rule in for_it)
        if ids not in known:
            known[ids] = policy(
                for_it,
                procedure_code=procedure.code,
                sector=procedure.sector,
                channel=channel,
                applicant_kind=applicant_kind,
                at=at,
                calendar=calendar,
                used=used,
            )
        return known[ids]

    return [of(procedure) for procedure in procedures]


def policy_of_day(session: Session, office: Office, *, at: datetime) -> Policy:
    """What kind of day it is at ``at``, whatever the procedure: what first screens and walls tell."""
    rules = rules_of(session, office, now=at)
    return policy(
        [replace(rule, procedures=frozenset(), sectors=frozenset()) for rule in rules],
        procedure_code="",
        sector="",
        channel="kiosk",
        at=at,
        calendar=calendar_of(session, office, now=at),
        used=_used_now(session, office, rules, at),
    )


def later_today(session: Session, office: Office, *, at: datetime) -> tuple[tuple[datetime, ServiceDay], ...]:
    """The rules that begin later on this day, as those of an evening do, and when."""
    now, calendar = local(at), calendar_of(session, office, now=at)
    begins = (
        (datetime.combine(now.date(), rule.sessions(now.date(), calendar)[0].opens, VIETNAM), rule)
        for rule in rules_of(session, office, now=at)
        if rule.runs_on(now.date(), calendar) and not rule.holds_at(at, calendar)
    )
    return tuple(one for one in begins if one[0] > now)


def used_of(
    session: Session, office: Office, rules: Iterable[ServiceDay], *, at: datetime
) -> dict[int, Used]:
    """How many same-day results each rule has promised in the hour and on the day of ``at``, by rule id."""
    series = {rule.id: (_day_series(rule), _hour_series(rule, at)) for rule in rules}
    names = [name for pair in series.values() for name in pair]
    rows = session.execute(
        select(Counter.series, Counter.last).where(
            Counter.office_id == office.id, Counter.day == civil_day(at), Counter.series.in_(names)
        )
    ).all()
    last = {row.series: row.last for row in rows}
    return {
        rule_id: Used(hour=last.get(hour, 0), day=last.get(day, 0)) for rule_id, (day, hour) in series.items()
    }


def _used_now(session: Session, office: Office, rules: Iterable[ServiceDay], at: datetime) -> dict[int, Used]:
    limited = [rule for rule in rules if rule.per_day is not None or rule.per_hour is not None]
    return used_of(session, office, limited, at=at) if limited else {}


def take_place(session: Session, office: Office, rule: ServiceDay, *, at: datetime) -> bool:
    """One of the rule's same-day results, for good once committed; False when another was faster.

    Counted without a limit too: the next version of the rule, in force within the day, may have one.
    After False the transaction must be rolled back: half a place may be taken.
    """
    places = ((_day_series(rule), rule.per_day), (_hour_series(rule, at), rule.per_hour))
    for series, most in places:
        given = {"office_id": office.id, "series": series, "day": civil_day(at), "most": most or NO_LIMIT}
        if session.execute(_TAKE, given).first() is None:
            return False
    return True


def suspension_from(row: ServiceDaySuspension) -> Suspension:
    """When it holds: until it is ended, or as long as was agreed on."""
    planned = row.asked_until if row.confirmed_at is not None else min(row.alone_until, row.asked_until)
    return Suspension(row.begins_at, min(row.ended_at, planned) if row.ended_at else planned)


def _read_rules(session: Session, office: Office, now: datetime) -> tuple[ServiceDay, ...]:
    versions = session.scalars(
        select(ServiceDayVersion)
        .where(
            ServiceDayVersion.office_id == office.id,
            ServiceDayVersion.state.in_(("published", "ended")),
            ServiceDayVersion.published_at <= now,
            or_(ServiceDayVersion.ended_at.is_(None), ServiceDayVersion.ended_at > now),
        )
        .order_by(ServiceDayVersion.id)
    ).all()
    if not versions:
        return ()
    suspensions = session.scalars(
        select(ServiceDaySuspension).where(
            ServiceDaySuspension.office_id == office.id,
            ServiceDaySuspension.asked_until >= now - timedelta(days=1),
            or_(
                ServiceDaySuspension.ended_at.is_(None),
                ServiceDaySuspension.ended_at >= now - timedelta(days=1),
            ),
        )
    ).all()
    return tuple(
        rule_from(
            row.definition,
            id=row.id,
            lineage=row.lineage,
            version=row.version,
            suspensions=[suspension_from(one) for one in suspensions if one.lineage in ("", row.lineage)],
        )
        for row in versions
    )


def _day_series(rule: ServiceDay) -> str:
    return f"sd-{rule.lineage}"


def _hour_series(rule: ServiceDay, at: datetime) -> str:
    return f"sd-{rule.lineage}-{local(at).hour:02}"

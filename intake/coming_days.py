"""The days ahead on which the rules of an office hold, and what each rule is for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from intake.offices import calendar_of, civil_day
from intake.policies import rules_of
from intake.queries import Offer, offered
from intake.records import Office
from intake.rules.calendar import WorkCalendar
from intake.rules.service_days import ONE_DAY, ServiceDay

LOOKED_AT = 60  # days
SHOWN = 8


@dataclass(frozen=True)
class ComingRule:
    """A published rule; ``procedures`` are titles, all of them where the rule is for everything."""

    rule: ServiceDay
    is_for_all: bool
    procedures: tuple[str, ...]
    hours: str  # of its next day: «07:30–11:30 và 13:30–17:30», "" when it never runs again


def coming_days(
    session: Session, office: Office, *, now: datetime, most: int = SHOWN
) -> list[tuple[date, list[ServiceDay]]]:
    """The next days after today that are no ordinary ones, with the rules of each."""
    rules, calendar = rules_of(session, office, now=now), calendar_of(session, office, now=now)
    today, found = civil_day(now), []
    for ahead in range(1, LOOKED_AT + 1):
        day = today + ahead * ONE_DAY
        if running := [rule for rule in rules if rule.runs_on(day, calendar)]:
            found.append((day, running))
        if len(found) == most:
            break
    return found


def coming_rules(session: Session, office: Office, *, now: datetime) -> list[ComingRule]:
    """Every published rule that is not over."""
    offers, calendar = offered(session, office, now=now), calendar_of(session, office, now=now)
    today = civil_day(now)
    return [
        coming_rule(rule, offers, calendar, today)
        for rule in rules_of(session, office, now=now)
        if rule.valid_to is None or rule.valid_to >= today
    ]


def coming_rule(rule: ServiceDay, offers: Sequence[Offer], calendar: WorkCalendar, today: date) -> ComingRule:
    return ComingRule(
        rule,
        is_for_all=not rule.procedures and not rule.sectors,
        procedures=tuple(offer.title for offer in offers if rule.is_for(offer.code, offer.sector)),
        hours=_hours(rule, calendar, today),
    )


def _hours(rule: ServiceDay, calendar: WorkCalendar, today: date) -> str:
    """On the first day from today on that it runs, which may be far ahead for a rule that begins later."""
    since = max(today, rule.valid_from)
    day = rule.next_day(since - timedelta(days=1), calendar)
    sessions = rule.sessions(day, calendar) if day else ()
    return " và ".join(f"{one.opens:%H:%M}–{one.closes:%H:%M}" for one in sessions)

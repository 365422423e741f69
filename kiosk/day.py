"""What kind of day it is, as the kiosk tells it on every screen."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from intake.db import db
from intake.language import say
from intake.offices import calendar_of, civil_day
from intake.policies import later_today, policy_of_day
from intake.records import Office
from intake.rules.calendar import WorkCalendar, local
from intake.rules.policy import Policy
from intake.rules.service_words import day_name, day_sentence, running, suspension_words, why_words
from intake.rules.text import clock


class Strip(NamedTuple):
    """The line over every step of the journey; ``gold`` while the rule holds, plain while it rests."""

    words: str
    more: str
    gold: bool


class Day(NamedTuple):
    """What the first screen says of such a day: its name, what that means, and what is not so now."""

    name: str
    sentence: str
    but: str
    suspended: str
    later: str

    @property
    def is_gold(self) -> bool:
        return bool(self.name)


def day_at(office: Office, moment: datetime) -> Day:
    """Of the office, whatever the procedure; all of it "" on an ordinary day."""
    session = db.session()
    policy = policy_of_day(session, office, at=moment)
    calendar = calendar_of(session, office, now=moment)
    return Day(
        name=day_name(policy),
        sentence=day_sentence(policy),
        but=why_words(policy, moment) or _not_yet(policy, moment, calendar),
        suspended=suspension_words(policy, moment),
        later=" ".join(
            say("Từ {time} hôm nay: {name}.", time=clock(begins), name=rule.title)
            for begins, rule in later_today(session, office, at=moment)
        ),
    )


def strip_of_day(office: Office, moment: datetime) -> Strip | None:
    """Before a procedure is chosen."""
    return strip(policy_of_day(db.session(), office, at=moment), moment)


def strip(policy: Policy, moment: datetime, *, is_today: bool = False) -> Strip | None:
    """What holds for what is being filed; None on an ordinary day.

    ``is_today``: the result comes today all the same, by the ordinary term.
    """
    if name := day_name(policy):
        return Strip(name, "" if is_today else why_words(policy, moment), gold=True)
    words = suspension_words(policy, moment)
    return Strip(words, "", gold=False) if words else None


def _not_yet(policy: Policy, moment: datetime, calendar: WorkCalendar) -> str:
    """Before the doors open: from when officers work on what is filed now."""
    day = civil_day(moment)
    openings = [session.opens for rule in running(policy) for session in rule.sessions(day, calendar)]
    if not openings or local(moment).time() >= min(openings):
        return ""
    return say("Cán bộ giải quyết từ {time}.", time=f"{min(openings):%H:%M}")

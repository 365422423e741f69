"""A week of dossiers and numbers in all states, lived through the verbs as if it had happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from demo import money, post, visits
from demo.filing import an_application
from demo.lives import Life
from demo.numbers import calls
from demo.paper_free import PRESET, lived_today, on_the_day, past_days, plan_rule
from demo.people import an_applicant
from demo.stage import Stage
from intake import memory, queueing
from intake.accepting import accept
from intake.drafts import new_attempt
from intake.events import citizen
from intake.keys import Keys
from intake.offices import civil_day
from intake.policies import policy_for
from intake.queries import offered, procedure_version
from intake.records import Dossier, Errand, Office, ServiceGroup
from intake.rules.calendar import VIETNAM
from intake.rules.queueing import Priority
from intake.rules.refusals import Refusal

DAYS = 6  # working days, today counted
DOSSIERS = 11  # of a full day
ON_THE_DAY = 14  # more people come on a paper-free day, and came on that weekday before,
TODAY = 26  # most of all where somebody looks at it
TICKETS = 18
_SEED = 20261121
# What people come for most, the first most often; only procedures whose questions are complete.
WANTED = (
    "2.000815", "2.000815", "2.000815", "2.000635", "2.000635", "1.001193", "2.000884", "1.004873",
    "1.000656", "1.000894", "1.004194", "1.001612", "1.001776",
)  # fmt: skip
WAYS = ("counter_now",) * 3 + ("counter_later",) * 5 + ("post", "electronic")


def play(session: Session, office: Office, *, keys: Keys, base_url: str, now: datetime) -> int:
    """Fill an office that has accounts and no dossiers; how many dossiers there are then.

    The same day gives the same week. Papers count as printed: a printer that is
    attached later must not print a week's receipts.
    """
    stage = Stage(session, office, keys, base_url, Random(_SEED), now)
    days = _days(stage)
    money.open_account(stage)
    plan_rule(stage)
    if (rounds := post.set_up(stage)) is not None:
        rounds.plan(days)
    theirs = [*PRESET.codes * 2, *WANTED]
    such_days = dict.fromkeys(past_days(stage), ON_THE_DAY) | dict.fromkeys(lived_today(stage), TODAY)
    for day, count in such_days.items():
        _plan_dossiers(stage, _opening(stage, day), count, theirs)
    for opens in days:
        if civil_day(opens) not in such_days:
            _plan_dossiers(stage, opens, DOSSIERS, WANTED)
        _plan_numbers(stage, opens)
    with memory.ageless():
        while stage.later:
            moment, happens = stage.next()
            try:
                with session.begin_nested():
                    happens(moment)
            except Refusal:
                continue  # somebody came in the lunch hour, or the dossier went another way
    memory.forget_all()
    visits.live(session, office, keys=keys, now=now)
    money.bank_tells(stage)
    session.execute(
        update(Errand).values(state="printed", finished_at=Errand.created_at, confirmed_by="printer")
    )
    return len(session.scalars(select(Dossier.id).filter_by(office_id=office.id)).all())


def _days(stage: Stage) -> list[datetime]:
    """The opening of each of the last working days, the oldest first."""
    found: list[datetime] = []
    day = civil_day(stage.now)
    while len(found) < DAYS:
        if stage.calendar.is_working_day(day):
            found.append(_opening(stage, day))
        day -= timedelta(days=1)
    return found[::-1]


def _opening(stage: Stage, day: date) -> datetime:
    return datetime.combine(day, stage.calendar.sessions(day)[0].opens, VIETNAM)


def _plan_dossiers(stage: Stage, opens: datetime, count: int, wanted: Sequence[str]) -> None:
    offers = {offer.code: offer.version_id for offer in offered(stage.session, stage.office, now=stage.now)}
    codes = [code for code in wanted if code in offers]
    for _ in range(count):
        version_id = offers[stage.dice.choice(codes)]
        moment = stage.after(opens, 5, 440)
        stage.at(moment, lambda at, version_id=version_id: _arrives(stage, version_id, at))  # type: ignore[misc]


def _arrives(stage: Stage, version_id: int, moment: datetime) -> None:
    """Somebody files a dossier, and what becomes of it is decided by the dice."""
    dice, today = stage.dice, civil_day(moment)
    procedure = procedure_version(stage.session, version_id, now=stage.now)
    applicant = an_applicant(dice, today)
    at_counter = dice.random() < 0.3
    channel = "counter" if at_counter else "kiosk"
    kind_of_day = policy_for(stage.session, stage.office, procedure, channel=channel, at=moment)
    hoa = stage.people[dice.choice(("hoa", "yen"))]
    application = an_application(
        procedure,
        version_id,
        applicant,
        channel=channel,
        how=dice.choice(("counter_now",) * 6 + WAYS if kind_of_day.same_day else WAYS),
        dice=dice,
        today=today,
    )
    application = on_the_day(application, kind_of_day, dice, hoa if at_counter else None)
    point = dice.choice(stage.counters[:2] if at_counter else stage.kiosks)
    dossier = accept(
        stage.session,
        application,
        point,
        keys=stage.keys,
        base_url=stage.base_url,
        by=hoa if at_counter else citizen(point.code),
        now=moment,
    )
    Life(stage, dossier.id, procedure.code, applicant, hoa).begins(dossier, moment, checked=at_counter)


def _plan_numbers(stage: Stage, opens: datetime) -> None:
    """People take numbers; the two counters of reception call them one after the other."""
    groups = stage.session.scalars(select(ServiceGroup).filter_by(office_id=stage.office.id, active=True))
    served = [group for group in groups if group.prefix in "AB"]
    if not served or not stage.counters:
        return
    for _ in range(TICKETS):
        stage.at(stage.after(opens, 1, 430), lambda at: _takes_number(stage, served, at))
    for number, counter in enumerate(stage.counters[:2]):
        officer = stage.people[("hoa", "yen")[number]]
        stage.at(stage.after(opens, 5, 15), lambda at, c=counter, o=officer: calls(stage, c, o, at))  # type: ignore[misc]


def _takes_number(stage: Stage, groups: list[ServiceGroup], moment: datetime) -> None:
    priority = stage.dice.choice((*[Priority.NONE] * 6, Priority.ELDERLY))
    queueing.take(
        stage.session,
        stage.dice.choice(stage.kiosks),
        stage.dice.choice(groups).id,
        attempt=new_attempt(),
        keys=stage.keys,
        base_url=stage.base_url,
        now=moment,
        priority=priority,
        on_paper=False,
    )

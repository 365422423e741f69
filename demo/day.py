"""A busy day played against the running system: citizens at its kiosks, officers through the verbs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from demo.citizen import Citizen, Lost
from demo.filing import an_application
from demo.lives import Life
from demo.numbers import calls
from demo.paper_free import on_the_day
from demo.people import an_applicant
from demo.stage import Happening, Stage
from demo.week import WANTED, WAYS
from intake.contents import content_of
from intake.keys import Keys
from intake.offices import civil_day
from intake.policies import policy_for
from intake.queries import offered, procedure_version
from intake.records import Dossier, Event, Office, ServiceGroup
from intake.rules.lifecycle import OPEN, Status
from intake.rules.queueing import Priority
from intake.rules.refusals import Refusal

ARRIVALS = 1.6  # minutes of the day between two people, on average
LONGEST = timedelta(minutes=90)  # no step of a dossier takes longer on this day
TELL_EVERY_S = 10.0
WORDS = {
    "submitted": "nộp",
    "checked": "tiếp nhận",
    "supplement_requested": "yêu cầu bổ sung",
    "result_ready": "có kết quả",
    "returned": "trả",
    "ticket_called": "gọi số",
    "ticket_done": "xong lượt",
}


class Stop(Protocol):
    """A threading.Event, or what does as much."""

    def is_set(self) -> bool: ...
    def wait(self, timeout: float) -> object: ...


class Today(Stage):
    """Time runs on ``speed`` times as fast as the clock, and everything that is planned happens."""

    speed: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.failed: Counter[str] = Counter()  # what did not work, by its reason

    def at(self, moment: datetime, happens: Happening) -> None:
        self.plan(moment, happens)

    def wait(self, moment: datetime, duration: timedelta) -> datetime:
        return moment + min(duration, LONGEST) / self.speed

    def soon(self, moment: datetime, least: int, most: int) -> datetime:
        return moment + timedelta(seconds=self.dice.randint(least, most)) / self.speed


def play(
    session: Session,
    office: Office,
    *,
    keys: Keys,
    kiosks_at: str,
    speed: float,
    lasts: timedelta,
    clock: Callable[[], datetime],
    stop: Stop,
    tell: Callable[[str], None],
) -> Counter[str]:
    """Play until ``lasts`` is over or ``stop`` is set; how often each kind of event happened.

    ``kiosks_at`` is the address of the running web. Raises Lost when it does not answer at all.
    """
    begun = clock()
    stage = Today(session, office, keys, kiosks_at, Random(), begun)
    stage.speed = speed
    first = session.scalar(select(func.max(Event.id))) or 0
    session.commit()  # nothing is held while a kiosk works
    Citizen(kiosks_at, stage.kiosk_codes[0])  # nobody there is told at once
    _take_up_what_is_open(stage)
    groups = [group.id for group in session.scalars(select(ServiceGroup).filter_by(office_id=office.id))]
    stage.at(begun, lambda at: _somebody_comes(stage, groups, at))
    for number, counter in enumerate(stage.counters[:2]):
        officer = stage.people[("hoa", "yen")[number]]
        stage.at(begun, lambda at, c=counter, o=officer: calls(stage, c, o, at))  # type: ignore[misc]
    session.commit()
    told = begun
    while not stop.is_set() and clock() < begun + lasts:
        _act(stage, clock, stop)
        if (clock() - told).total_seconds() >= TELL_EVERY_S:
            told = clock()
            tell(_words(_since(session, first), stage.failed))
    return _since(session, first)


def _act(stage: Today, clock: Callable[[], datetime], stop: Stop) -> None:
    """What is due next, in a transaction of its own; a short wait when nothing is."""
    moment, happens = stage.next()
    if (early := (moment - clock()).total_seconds()) > 0:
        stage.plan(moment, happens)
        stop.wait(min(early, 0.5))
        return
    try:
        happens(clock())
        stage.session.commit()
    except (Refusal, Lost) as fault:
        stage.session.rollback()  # somebody works here, too, or it is not the hour for it
        stage.failed[str(fault) if isinstance(fault, Lost) else fault.code] += 1
    stage.session.expire_all()


def _somebody_comes(stage: Today, groups: list[int], moment: datetime) -> None:
    minutes = timedelta(minutes=stage.dice.expovariate(1 / ARRIVALS))
    stage.at(stage.wait(moment, minutes), lambda at: _somebody_comes(stage, groups, at))
    lan = Citizen(stage.base_url, stage.dice.choice(stage.kiosk_codes))
    if groups and stage.dice.random() < 0.4:
        lan.takes_number(stage.dice.choice(groups), stage.dice.choice(("",) * 6 + (Priority.ELDERLY.value,)))
    else:
        _files(stage, lan, moment)


def _files(stage: Today, lan: Citizen, moment: datetime) -> None:
    session, dice, today = stage.session, stage.dice, civil_day(moment)
    offers = {offer.code: offer.version_id for offer in offered(session, stage.office, now=moment)}
    version_id = offers[dice.choice([code for code in WANTED if code in offers])]
    procedure = procedure_version(session, version_id, now=moment)
    application = an_application(
        procedure,
        version_id,
        an_applicant(dice, today),
        channel="kiosk",
        how=dice.choice(WAYS),
        dice=dice,
        today=today,
    )
    policy = policy_for(session, stage.office, procedure, channel="kiosk", at=moment)
    application = on_the_day(application, policy, dice)
    session.rollback()
    attempt = lan.files(procedure, application)
    if application.collection.how == "counter_now":
        lan.takes_number_for_dossier()
    lan.leaves()
    dossier = session.scalars(select(Dossier).filter_by(attempt=attempt)).one()
    hoa = stage.people[dice.choice(("hoa", "yen"))]
    Life(stage, dossier.id, procedure.code, application.applicant, hoa).begins(dossier, moment, checked=False)


def _take_up_what_is_open(stage: Today) -> None:
    """Dossiers of the days before go on, too."""
    session = stage.session
    for dossier in session.scalars(select(Dossier).where(Dossier.status.in_(OPEN))):
        procedure = procedure_version(session, dossier.procedure_version_id, now=stage.now)
        applicant = content_of(dossier, stage.keys).applicant
        life = Life(stage, dossier.id, procedure.code, applicant, stage.people["hoa"])
        begins = stage.after(stage.now, 1, 180)
        match dossier.status:
            case Status.RECEIVED:
                stage.at(begins, life.is_checked)
            case Status.IN_PROGRESS if dossier.unit_id is not None:
                stage.at(begins, life.is_decided)
            case Status.RESULT_READY:
                stage.at(begins, life.is_collected)


def _since(session: Session, first: int) -> Counter[str]:
    rows = session.execute(select(Event.kind, func.count()).where(Event.id > first).group_by(Event.kind))
    found = Counter(dict(rows.all()))
    session.rollback()  # nothing is held while a kiosk works
    return found


def _words(happened: Counter[str], failed: Counter[str]) -> str:
    done = ", ".join(f"{words} {happened[kind]}" for kind, words in WORDS.items() if happened[kind])
    return f"{done or 'chưa có gì'}; không được: {dict(failed.most_common(3))}" if failed else done

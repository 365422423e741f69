"""A week of dossiers and numbers in all states, lived through the verbs as if it had happened."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from demo.accounts import ACCOUNTS, UNITS, make_units
from demo.filing import an_application
from demo.people import an_applicant
from intake import (
    apologising,
    checking,
    handing_over,
    memory,
    paying,
    queueing,
    refusing,
    returning,
    stopping,
)
from intake import supplementing as supplements
from intake.accepting import accept
from intake.at_hand import dossier_at_hand_by_id
from intake.drafts import Applicant, new_attempt
from intake.events import Actor, citizen
from intake.keys import Keys
from intake.offices import calendar_of, civil_day
from intake.queries import offered, procedure_version
from intake.records import AcceptancePoint, Dossier, Errand, Office, Person, ServiceGroup
from intake.rules.calendar import VIETNAM, WorkCalendar
from intake.rules.lifecycle import Delivery, Payment, Status
from intake.rules.queueing import Priority
from intake.rules.refusals import Refusal

DAYS = 6  # working days, today counted
DOSSIERS = 11  # of a full day
TICKETS = 14
_SEED = 20261121
# What people come for most, the first most often; only procedures whose questions are complete.
_WANTED = (
    "2.000815", "2.000815", "2.000815", "2.000635", "2.000635", "1.001193", "2.000884", "1.004873",
    "1.000656", "1.000894", "1.004194", "1.001612", "1.001776",
)  # fmt: skip
_TOWARDS = {"1.001612": UNITS[1], "1.001776": UNITS[1]}  # who decides; everything else UNITS[0]
_LAW = "Điều 9 Nghị định số 118/2025/NĐ-CP"


@dataclass
class Stage:
    """The office on which the week is played; ``later`` holds what is still to happen, by moment."""

    session: Session
    office: Office
    keys: Keys
    base_url: str
    dice: Random
    calendar: WorkCalendar
    now: datetime
    people: Mapping[str, Actor]
    units: Mapping[str, int]
    kiosks: list[AcceptancePoint]
    counters: list[AcceptancePoint]
    later: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    order: count[int] = field(default_factory=count)

    def at(self, moment: datetime, happens: Callable[[datetime], None]) -> None:
        """``happens`` at that moment, unless it lies ahead of now."""
        if moment <= self.now:
            heapq.heappush(self.later, (moment, next(self.order), happens))

    def after(self, moment: datetime, least: int, most: int) -> datetime:
        """Some working minutes later."""
        return self.calendar.add_working_time(moment, timedelta(minutes=self.dice.randint(least, most)))

    def dossier(self, dossier_id: int, by: Actor, moment: datetime) -> Dossier:
        return dossier_at_hand_by_id(self.session, self.office, dossier_id, by=by, now=moment)


def play(session: Session, office: Office, *, keys: Keys, base_url: str, now: datetime) -> int:
    """Fill an office that has accounts and no dossiers; how many dossiers there are then.

    The same day gives the same week. Papers count as printed: a printer that is
    attached later must not print a week's receipts.
    """
    stage = _stage(session, office, keys, base_url, now)
    for day in _days(stage):
        _plan_dossiers(stage, day)
        _plan_numbers(stage, day)
    with memory.ageless():
        while stage.later:
            moment, _, happens = heapq.heappop(stage.later)
            try:
                with session.begin_nested():
                    happens(moment)
            except Refusal:
                continue  # somebody came in the lunch hour, or the dossier went another way
    memory.forget_all()
    session.execute(
        update(Errand).values(state="printed", finished_at=Errand.created_at, confirmed_by="printer")
    )
    return len(session.scalars(select(Dossier.id).filter_by(office_id=office.id)).all())


def _stage(session: Session, office: Office, keys: Keys, base_url: str, now: datetime) -> Stage:
    ids = dict(session.execute(select(Person.username, Person.id)).all())
    points = list(session.scalars(select(AcceptancePoint).filter_by(office_id=office.id, active=True)))
    counters = [point for point in points if point.kind == "counter"]
    seats = dict(zip([account.username for account in ACCOUNTS], counters, strict=False))
    people = {
        account.username: Actor(
            account.name,
            seats[account.username].code if account.username in seats else "desk",
            ids[account.username],
        )
        for account in ACCOUNTS
    }
    return Stage(
        session,
        office,
        keys,
        base_url,
        Random(_SEED),
        calendar_of(session, office, now=now),
        now,
        people,
        make_units(session, office),
        [point for point in points if point.kind == "kiosk"],
        counters,
    )


def _days(stage: Stage) -> list[datetime]:
    """The opening of each of the last working days, the oldest first."""
    found: list[datetime] = []
    day = civil_day(stage.now)
    while len(found) < DAYS:
        if sessions := stage.calendar.sessions(day):
            found.append(datetime.combine(day, sessions[0].opens, VIETNAM))
        day -= timedelta(days=1)
    return found[::-1]


def _plan_dossiers(stage: Stage, opens: datetime) -> None:
    offers = {offer.code: offer.version_id for offer in offered(stage.session, stage.office, now=stage.now)}
    wanted = [code for code in _WANTED if code in offers]
    for _ in range(DOSSIERS):
        version_id = offers[stage.dice.choice(wanted)]
        moment = stage.after(opens, 5, 440)
        stage.at(moment, lambda at, version_id=version_id: _arrives(stage, version_id, at))  # type: ignore[misc]


def _arrives(stage: Stage, version_id: int, moment: datetime) -> None:
    """Somebody files a dossier, and what becomes of it is decided by the dice."""
    dice, today = stage.dice, civil_day(moment)
    procedure = procedure_version(stage.session, version_id, now=stage.now)
    applicant = an_applicant(dice, today)
    at_counter = dice.random() < 0.3
    hoa = stage.people[dice.choice(("hoa", "yen"))]
    ways = ("counter_now",) * 3 + ("counter_later",) * 5 + ("post", "electronic")
    application = an_application(
        procedure,
        version_id,
        applicant,
        channel="counter" if at_counter else "kiosk",
        how=dice.choice(ways),
        dice=dice,
        today=today,
    )
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
    _Life(stage, dossier.id, procedure.code, applicant, hoa).begins(dossier, moment, checked=at_counter)


@dataclass
class _Life:
    """What happens to one dossier after it was filed; each step plans the next."""

    stage: Stage
    dossier_id: int
    procedure_code: str
    applicant: Applicant
    hoa: Actor

    @property
    def unit(self) -> str:
        return _TOWARDS.get(self.procedure_code, UNITS[0])

    @property
    def dung(self) -> Actor:
        """Who decides it."""
        return self.stage.people["son" if self.unit == UNITS[1] else "dung"]

    def _mine(self, moment: datetime, by: Actor | None = None) -> Dossier:
        return self.stage.dossier(self.dossier_id, by or self.hoa, moment)

    def begins(self, dossier: Dossier, moment: datetime, *, checked: bool) -> None:
        stage, dice = self.stage, self.stage.dice.random()
        if checked:
            self.is_checked(moment)
        elif dice < 0.05:
            stage.at(stage.after(moment, 10, 60), self.is_refused)
        elif dice < 0.17:
            stage.at(stage.after(moment, 10, 90), self.lacks_something)
        elif dice < 0.95 or civil_day(moment) != civil_day(stage.now):
            stage.at(stage.after(moment, 4, 50), self.is_checked)

    def is_checked(self, moment: datetime) -> None:
        stage = self.stage
        dossier = self._mine(moment)
        checking.check_in(stage.session, dossier, by=self.hoa, now=moment)
        if dossier.payment_status == Payment.UNPAID and dossier.fee and stage.dice.random() < 0.8:
            number = f"BL{civil_day(moment):%m%d}-{dossier.number:04d}"
            paying.fee_paid(stage.session, dossier, dossier.fee, number, by=self.hoa, now=moment)
        dossier.held_by = dossier.held_until = None
        if stage.dice.random() < 0.04:
            stage.at(stage.after(moment, 30, 200), self.is_stopped)
            return
        if dossier.due_at and civil_day(dossier.due_at) != civil_day(moment):
            stage.at(stage.after(moment, 10, 60), self.goes_to_the_unit)
        else:
            stage.at(stage.after(moment, 10, 40), self.is_decided_here)

    def is_decided_here(self, moment: datetime) -> None:
        thu = self.stage.people["thu"]
        returning.result_ready(self.stage.session, self._mine(moment, thu), by=thu, now=moment)
        self.waits_for_its_owner(moment)

    def goes_to_the_unit(self, moment: datetime) -> None:
        stage = self.stage
        handing_over.give(stage.session, self._mine(moment), stage.units[self.unit], by=self.hoa, now=moment)
        stage.at(stage.after(moment, 10, 120), self.is_at_the_unit)

    def is_at_the_unit(self, moment: datetime) -> None:
        stage = self.stage
        dossier = self._mine(moment, self.dung)
        handing_over.confirm(stage.session, dossier, by=self.dung, now=moment)
        if dossier.expected_at is None or dossier.deadline_at is None:
            return
        left = stage.calendar.working_time(moment, dossier.expected_at)
        if stage.dice.random() < 0.3:  # forgotten on a table, half of them until somebody apologises
            if stage.dice.random() < 0.5:
                late = stage.calendar.add_working_time(moment, max(left, timedelta(hours=1)))
                stage.at(late, self.is_apologised)
            return
        share = stage.dice.uniform(0.2, 0.95)
        stage.at(
            stage.calendar.add_working_time(moment, max(left * share, timedelta(minutes=20))), self.is_decided
        )

    def is_apologised(self, moment: datetime) -> None:
        stage = self.stage
        asked = apologising.ApologyAsked(
            reason="verification",
            text="Phải gửi văn bản xác minh đến nơi đăng ký trước đây, chưa có trả lời.",
            until=stage.calendar.add_working_time(moment, timedelta(hours=16)),
            legal_basis=_LAW,
        )
        dossier = self._mine(moment, self.dung)
        notice = apologising.propose(stage.session, dossier, asked, keys=stage.keys, by=self.dung, now=moment)
        apologising.issue(
            stage.session, dossier, notice.id, keys=stage.keys, by=stage.people["thu"], now=moment
        )
        dossier.held_by = dossier.held_until = None

    def is_decided(self, moment: datetime) -> None:
        stage = self.stage
        returning.result_ready(stage.session, self._mine(moment, self.dung), by=self.dung, now=moment)
        self.waits_for_its_owner(moment)

    def waits_for_its_owner(self, moment: datetime) -> None:
        stage = self.stage
        if stage.dice.random() < 0.8:
            stage.at(stage.after(moment, 15, 400), self.is_collected)

    def is_collected(self, moment: datetime) -> None:
        stage = self.stage
        dossier = self._mine(moment)
        if dossier.delivery_status == Delivery.WAITING:
            lan = returning.Collector(receipt=dossier.dossier_code, citizen_id=self.applicant.citizen_id)
            returning.return_at_counter(stage.session, dossier, lan, keys=stage.keys, by=self.hoa, now=moment)
        elif dossier.collection == "electronic":
            returning.send_electronically(stage.session, dossier, keys=stage.keys, by=self.hoa, now=moment)
            returning.delivered(stage.session, dossier, by=self.hoa, now=moment)
        elif dossier.collection == "post":
            returning.send_by_post(stage.session, dossier, "RR473124829VN", by=self.hoa, now=moment)

    def lacks_something(self, moment: datetime) -> None:
        stage = self.stage
        dossier = self._mine(moment)
        procedure = procedure_version(stage.session, dossier.procedure_version_id, now=stage.now)
        key = procedure.requirements[0].key
        item = supplements.SupplementItem(key, "Bản nộp bị mờ, thiếu trang sau", originals=1)
        asked = supplements.SupplementRequest(
            (item,), "Giấy tờ chưa đọc được đầy đủ, chưa đủ căn cứ để giải quyết.", _LAW
        )
        supplements.request_supplement(
            stage.session, dossier, asked, keys=stage.keys, by=self.hoa, now=moment
        )
        dossier.held_by = dossier.held_until = None
        if stage.dice.random() < 0.6:
            stage.at(stage.after(moment, 200, 700), lambda at: self.is_complete(at, key))

    def is_complete(self, moment: datetime, key: str) -> None:
        stage = self.stage
        dossier = self._mine(moment)
        supplements.receive_supplement(
            stage.session, dossier, (key,), keys=stage.keys, by=self.hoa, now=moment
        )
        if dossier.status == Status.RECEIVED:
            stage.at(stage.after(moment, 2, 20), self.is_checked)

    def is_refused(self, moment: datetime) -> None:
        given = refusing.RefusalGiven(
            reason="not_competent",
            text="Việc này thuộc thẩm quyền của nơi đăng ký hộ tịch trước đây, đã hướng dẫn nơi nộp.",
            legal_basis=_LAW,
        )
        refusing.refuse(
            self.stage.session, self._mine(moment), given, keys=self.stage.keys, by=self.hoa, now=moment
        )

    def is_stopped(self, moment: datetime) -> None:
        dossier = self._mine(moment)
        paid = dossier.payment_status == Payment.PAID
        asked = stopping.StopAsked(
            ground="applicant_request",
            text="Người nộp không còn nhu cầu giải quyết.",
            fees="refund" if paid else "none_paid",
            asked_by=self.applicant.name,
            asked_at=moment,
            proof="in_person",
        )
        stopping.stop(self.stage.session, dossier, asked, keys=self.stage.keys, by=self.hoa, now=moment)


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
        stage.at(stage.after(opens, 5, 15), lambda at, c=counter, o=officer: _calls(stage, c, o, at))  # type: ignore[misc]


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


def _calls(stage: Stage, counter: AcceptancePoint, officer: Actor, moment: datetime) -> None:
    """Call, serve, and begin again; an empty room is looked at once more in a while."""
    session, office = stage.session, stage.office
    closes = stage.calendar.ends(civil_day(moment))
    again = stage.after(moment, 10, 22)
    if again < closes and civil_day(again) == civil_day(moment):
        stage.at(again, lambda at: _calls(stage, counter, officer, at))
    called = queueing.call_next(session, office, counter, by=officer, now=moment)
    came = moment + timedelta(seconds=stage.dice.randint(10, 60))
    if stage.dice.random() < 0.06:
        queueing.no_show(session, office, counter, called.id, by=officer, now=came)
        return
    queueing.start(session, office, counter, called.id, by=officer, now=came)
    done = min(again, came + timedelta(minutes=stage.dice.randint(3, 12))) - timedelta(seconds=1)
    if done <= stage.now:
        stage.at(done, lambda at: _finishes(stage, counter, officer, called.id, at))


def _finishes(
    stage: Stage, counter: AcceptancePoint, officer: Actor, ticket_id: int, moment: datetime
) -> None:
    queueing.finish(stage.session, stage.office, counter, ticket_id, by=officer, now=moment)

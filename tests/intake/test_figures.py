"""The days summed up: always the sum over their dossiers, whatever happens and whoever sums up when."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from build import vietnam
from conftest import Clock, House, offer
from dayway import a_rule, publish
from figureway import PAPER, Counter, catch_up, counts_of, seal, settle
from intake import (
    apologising,
    audit,
    checking,
    excepting,
    figures,
    refusing,
    returning,
    stopping,
    supplementing,
)
from intake.db import db
from intake.events import Actor
from intake.figures import Cell
from intake.keys import Keys
from intake.offices import calendar_of
from intake.records import AcceptancePoint, ChainHead, DayFigure, Dossier, Event, FigureHead, Office
from intake.rules.calendar import WorkCalendar
from intake.rules.clock import is_working_moment
from intake.rules.day_figures import Sum, total
from intake.rules.exceptions import PaperException, PaperReason
from intake.rules.procedures import Requirement
from intake.rules.refusals import Refusal
from lifeway import Life, a_refusal, a_request, a_stop, an_apology, lan_herself

NOVEMBER = date(2026, 11, 1), date(2026, 11, 30)


@pytest.fixture
def file(session: Session, kiosk: AcceptancePoint, offered: int, keys: Keys, clock: Clock) -> Counter:
    return Counter(session, kiosk, offered, keys, clock)


def told(session: Session, office: Office, clock: Clock) -> Sum:
    return figures.sum_of(figures.figures(session, office, *NOVEMBER, now=clock()))


def by_hand(session: Session, office: Office, clock: Clock) -> Sum:
    """One dossier after the other; the names of papers and the hours left aside."""
    calendar = calendar_of(session, office, now=clock())
    found = figures.facts_between(session, office.id, vietnam(1, 0), vietnam(30, 23))
    return essence(total(counts_of(replace(facts, papers=()), calendar) for _, facts in found))


def essence(found: Sum) -> Sum:
    aside = ("kept:", "hour_")
    return Sum({name: count for name, count in found.counts.items() if not name.startswith(aside)})


def test_a_thursday_is_told_before_any_worker_ran(session, office, clock, file):
    clock.now = vietnam(19, 9)
    publish(session, office, a_rule(), now=clock())
    file()
    file(PaperReason.ORIGINAL_REQUIRED)
    file(channel="post", documents=PAPER)
    clock.now = vietnam(20, 9)
    file(documents=PAPER)

    cells = figures.figures(session, office, *NOVEMBER, now=clock())
    assert {(cell.day.day, *cell.rules) for cell in cells} == {(19, "thursday"), (20,)}
    thursday = figures.sum_of(cell for cell in cells if cell.rules)
    assert (thursday["dossiers"], thursday["electronic"], thursday["paper"], thursday["digitised"]) == (
        3,
        1,
        1,
        1,
    )
    assert thursday.reasons == {"original_required": 1}
    assert thursday.kept_papers == [("original_required", "Tờ khai", 1)]
    assert thursday["promised"] == 2
    assert figures.sum_of(cell for cell in cells if not cell.rules).unreasoned == 1


def test_what_was_summed_up_is_read_and_what_happens_later_is_added(
    session, office, clock, keys, file, life: Life
):
    clock.now = vietnam(23, 9)
    file()
    settle(session, keys, clock)
    assert catch_up(session, clock) == 2  # Lan's day and this one
    session.commit()
    assert catch_up(session, clock) == 0
    kept = stored(session)
    assert essence(told(session, office, clock)) == by_hand(session, office, clock)

    life.check()
    life.decide()
    assert stored(session) == kept
    assert told(session, office, clock)["finished"] == 1
    settle(session, keys, clock)
    assert catch_up(session, clock) == 1  # the day of Lan's dossier
    session.commit()
    assert stored(session) != kept


def test_looking_at_a_dossier_touches_no_day(hoa, session, office, clock, keys, file):
    dossier = file()
    settle(session, keys, clock)
    catch_up(session, clock)
    session.commit()
    audit.viewed(session, dossier, by=hoa, now=clock())
    session.commit()
    session.execute(update(DayFigure).values(figures={"dossiers": 7}))
    assert told(session, office, clock)["dossiers"] == 7  # the row, as it stands
    settle(session, keys, clock)
    assert catch_up(session, clock) == 0


def stored(session: Session) -> list:
    columns = DayFigure.__table__.columns
    return sorted(map(str, session.execute(select(*columns)).all()))


class Walk:
    """Officers and citizens doing anything at random; what is refused changes nothing."""

    def __init__(
        self, house: House, session: Session, office: Office, cast: tuple[Actor, ...], file, seed: int
    ):
        self.house, self.session, self.office, self.cast, self.file = house, session, office, cast, file
        self.dice = random.Random(seed)
        self.dossiers: list[int] = []

    def step(self) -> None:
        clock = self.house.clock
        clock.now += timedelta(minutes=self.dice.choice((1, 7, 45, 200, 900)))
        if len(self.dossiers) < 2 or self.dice.random() < 0.3:
            self.arrive()
            return
        dossier = self.session.get_one(Dossier, self.dice.choice(self.dossiers))
        by, keys = self.dice.choice(self.cast), self.house.keys
        until = clock.now + timedelta(days=self.dice.randint(1, 9))
        while not is_working_moment(until, WorkCalendar()):
            until += timedelta(hours=1)
        act = self.dice.choice(
            (
                lambda **how: checking.check_in(self.session, dossier, **how),
                lambda **how: returning.result_ready(self.session, dossier, **how),
                lambda **how: returning.result_ready(self.session, dossier, **how),
                lambda **how: returning.return_at_counter(
                    self.session, dossier, lan_herself(dossier), keys=keys, **how
                ),
                lambda **how: returning.return_at_counter(
                    self.session, dossier, lan_herself(dossier), keys=keys, **how
                ),
                lambda **how: supplementing.request_supplement(
                    self.session, dossier, a_request(until=None), keys=keys, **how
                ),
                lambda **how: supplementing.receive_supplement(
                    self.session, dossier, ("form",), keys=keys, **how
                ),
                lambda **how: refusing.refuse(self.session, dossier, a_refusal(), keys=keys, **how),
                lambda **how: stopping.stop(self.session, dossier, a_stop(), keys=keys, **how),
                lambda **how: apologising.propose(
                    self.session, dossier, an_apology(until=until), keys=keys, **how
                ),
                lambda **how: self.issue(dossier, **how),
                lambda **how: audit.viewed(self.session, dossier, **how),
            )
        )
        try:
            act(by=by, now=clock())
        except Refusal:
            self.session.rollback()
        else:
            self.session.commit()

    def issue(self, dossier: Dossier, **how) -> None:
        proposal = apologising.open_proposal(self.session, dossier)
        apologising.issue(self.session, dossier, proposal.id if proposal else 0, keys=self.house.keys, **how)

    def arrive(self) -> None:
        paper = self.dice.choice((None, None, PaperReason.VERIFICATION, PaperReason.OTHER))
        channel = self.dice.choice(("kiosk", "kiosk", "post"))
        try:
            self.dossiers.append(self.file(paper, channel=channel).id)
        except Refusal:
            self.session.rollback()


@pytest.mark.parametrize("seed", range(2))
def test_whatever_happens_the_days_are_the_sum_over_their_dossiers(
    house, hoa, dung, thu, session, office, clock, keys, file, seed
):
    clock.now = vietnam(11, 8)
    publish(session, office, a_rule(weekdays=frozenset({1, 2, 3})), now=clock())
    walk = Walk(house, session, office, (hoa, dung, thu), file, seed)
    for _ in range(45):
        walk.step()
        if walk.dice.random() < 0.25:
            seal(session, keys, clock)
        if walk.dice.random() < 0.2:
            catch_up(session, clock, most=walk.dice.choice((1, 3, 50)))
            session.commit()
        if walk.dice.random() < 0.3:
            assert essence(told(session, office, clock)) == by_hand(session, office, clock)
            assert figures.differences(session, now=clock()) == []
    settle(session, keys, clock)
    while catch_up(session, clock, most=7):
        session.commit()
    kept = stored(session)
    assert essence(told(session, office, clock)) == by_hand(session, office, clock)
    figures.rebuild(session, figures.anew(session, now=clock()))
    session.commit()
    assert stored(session) == kept
    assert kept


def test_what_somebody_changed_is_found_and_a_rebuild_puts_it_right(session, office, clock, keys, file):
    clock.now = vietnam(23, 9)
    file()
    file()
    settle(session, keys, clock)
    catch_up(session, clock)
    session.commit()
    right = stored(session)
    session.execute(update(DayFigure).values(figures={"dossiers": 3}))
    session.commit()
    (line,) = figures.differences(session, now=clock())
    assert "dossiers 3 should be 2" in line
    assert "2026-11-23 1.000001" in line

    session.execute(delete(DayFigure))
    assert len(figures.differences(session, now=clock())) == 1
    figures.rebuild(session, figures.anew(session, office, now=clock()), office)
    session.commit()
    assert stored(session) == right
    assert figures.differences(session, now=clock()) == []


def test_a_slower_worker_sets_the_head_back_and_nothing_is_lost(
    session, office, clock, keys, file, life: Life
):
    """Two at once: the first has read, the second reads and writes more, then the first writes."""
    settle(session, keys, clock)
    first = figures.due(session, now=clock())
    session.commit()
    life.check()
    life.decide()
    settle(session, keys, clock)
    second = figures.due(session, now=clock())
    assert figures.write(session, second)
    session.commit()
    assert figures.write(session, first)
    session.commit()
    assert session.get_one(FigureHead, 1).rolled_id == first.until < second.until
    assert told(session, office, clock)["finished"] == 1
    assert catch_up(session, clock) == 1
    session.commit()
    assert figures.differences(session, now=clock()) == []

    # And one that began where the head has been set back from since looks once more.
    late = replace(first, since=second.until + 1)
    assert not figures.write(session, late)


def test_an_event_that_is_committed_later_under_a_lower_number_is_not_lost(
    house: House, hoa, dung, session, office, clock, keys, file
):
    """Only PostgreSQL gives numbers before it commits."""
    if house.app.extensions["motcham"].settings.is_sqlite:
        pytest.skip("SQLite gives numbers in the order of commits")
    slow, quick = file(), file()
    settle(session, keys, clock)
    catch_up(session, clock)
    session.commit()
    slow_id, quick_id = slow.id, quick.id
    with Session(db.engine) as other:
        checking.check_in(other, other.get_one(Dossier, slow_id), by=hoa, now=clock())
        returning.result_ready(other, other.get_one(Dossier, slow_id), by=dung, now=clock())
        checking.check_in(session, session.get_one(Dossier, quick_id), by=hoa, now=clock())
        session.commit()
        seal(session, keys, clock)
        catch_up(session, clock)
        session.commit()
        assert told(session, office, clock)["finished"] == 0
        other.commit()
    newest = select(Event.dossier_id).order_by(Event.id.desc()).limit(1)
    assert session.scalar(newest) == quick_id
    assert told(session, office, clock)["finished"] == 1
    settle(session, keys, clock)
    assert catch_up(session, clock) == 1
    session.commit()
    assert session.scalars(select(ChainHead.settled_id)).one() == session.get_one(FigureHead, 1).rolled_id
    assert told(session, office, clock)["finished"] == 1
    assert figures.differences(session, now=clock()) == []


def test_another_office_is_never_counted(session, office, clock, keys, file):
    elsewhere = Office(**{name: getattr(office, name) for name in COPIED}, code="H56.99.99")
    session.add(elsewhere)
    session.commit()
    file()
    assert told(session, elsewhere, clock) == Sum()
    assert told(session, office, clock)["dossiers"] == 1
    settle(session, keys, clock)
    catch_up(session, clock)
    assert told(session, elsewhere, clock) == Sum()


COPIED = [column.name for column in Office.__table__.columns if column.name not in ("id", "code")]


def test_only_some_days_are_read_when_asked(session, office, clock, file):
    file()
    clock.now = vietnam(23, 9)
    file()
    days = [
        cell.day
        for cell in figures.figures(session, office, *NOVEMBER, days=[date(2026, 11, 23)], now=clock())
    ]
    assert days == [date(2026, 11, 23)]
    assert all(isinstance(cell, Cell) for cell in figures.figures(session, office, *NOVEMBER, now=clock()))


def test_the_papers_that_stayed_are_told_with_the_reason_each_stayed_for(
    hoa, dung, session, office, kiosk, keys, clock
):
    clock.now = vietnam(19, 9)
    publish(session, office, a_rule(), now=clock())
    papers = (Requirement("form", "Tờ khai"), Requirement("book", "Giấy chứng nhận"))
    version = offer(session, kiosk, requirements=papers)
    scans = {one.key: {"how": "scan", "reason": ""} for one in papers}
    dossier = Counter(session, kiosk, version, keys, clock)(documents=scans)
    how = {"keys": keys, "by": hoa, "now": clock()}

    excepting.record_exception(session, dossier, PaperException(PaperReason.VERIFICATION), ["book"], **how)
    excepting.record_exception(session, dossier, PaperException(PaperReason.NEEDS_HELP), ["form"], **how)
    session.commit()
    assert told(session, office, clock).kept_papers == [
        ("needs_help", "Tờ khai", 1),
        ("verification", "Giấy chứng nhận", 1),
    ]
    excepting.withdraw_exception(session, dossier, reason="Ghi nhầm hồ sơ khác", **how)
    session.commit()
    assert told(session, office, clock).kept_papers == [("verification", "Giấy chứng nhận", 1)]


def test_papers_asked_for_in_the_lunch_break_excuse_a_promise_although_no_working_time_was_lost(
    hoa, dung, session, office, clock, keys, file
):
    clock.now = vietnam(19, 9)
    publish(session, office, a_rule(), now=clock())
    dossier = file()
    promised = dossier.expected_at
    clock.now = vietnam(19, 11, 45)
    supplementing.request_supplement(session, dossier, a_request(until=None), keys=keys, by=hoa, now=clock())
    session.commit()
    clock.now = vietnam(19, 12, 30)
    supplementing.receive_supplement(session, dossier, ("form",), keys=keys, by=hoa, now=clock())
    session.commit()
    assert dossier.expected_at == promised == dossier.promised_at
    assert told(session, office, clock)["excused"] == 1
    clock.now = vietnam(20, 9)
    file.finish(dossier, hoa, dung)
    counted = told(session, office, clock)
    assert (counted["excused"], counted["broken"]) == (1, 0)


@pytest.mark.parametrize("whole", [True, False])
def test_a_rebuild_that_was_slower_than_a_worker_sets_the_head_back(
    session, office, clock, keys, file, life: Life, whole
):
    settle(session, keys, clock)
    only = None if whole else office
    work = figures.anew(session, only, now=clock())
    session.commit()
    life.check()
    life.decide()
    settle(session, keys, clock)
    catch_up(session, clock)
    session.commit()
    figures.rebuild(session, work, only)
    session.commit()
    assert told(session, office, clock)["finished"] == 1
    assert catch_up(session, clock) == 1
    assert figures.differences(session, now=clock()) == []


def test_a_rebuild_of_one_office_leaves_the_head_where_the_others_are(session, office, clock, keys, file):
    file()
    settle(session, keys, clock)
    figures.rebuild(session, figures.anew(session, office, now=clock()), office)
    session.commit()
    assert session.get_one(FigureHead, 1).rolled_id == 0
    figures.rebuild(session, figures.anew(session, now=clock()))
    session.commit()
    assert session.get_one(FigureHead, 1).rolled_id == session.scalars(select(ChainHead.settled_id)).one() > 0

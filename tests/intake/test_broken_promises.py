"""A same-day promise that broke: its apology opens by itself, once, on both databases."""

from __future__ import annotations

import json
import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from build import an_application, vietnam
from conftest import offer
from dayway import a_rule, publish
from intake import broken_promises, lateness
from intake.accepting import accept
from intake.apologising import issue, open_proposal, propose, withdraw
from intake.broken_promises import apologise, broken
from intake.control_sheet import control_sheet
from intake.db import db
from intake.dossier_view import dossier_view
from intake.drawings.text import as_text
from intake.events import citizen
from intake.notice_facts import PROMISE, facts_of_notice
from intake.notice_papers import paper_of_notice
from intake.receipt import moment_in_full
from intake.records import Dossier, Event, EventSeal, Notice, Office
from intake.rules.lifecycle import Status
from intake.rules.procedures import Term, TermUnit
from intake.rules.refusals import NotAllowed, TooManyExtensions, UnfinishedNotice
from intake.rules.service_days import Mode
from intake.working_list import Looker, Show, inbox
from lifeway import Life, an_apology
from worker import Worker

THURSDAY = vietnam(26, 9, 0)
EVENING = vietnam(26, 17, 30)  # the office closes
NO_WAIT = a_rule(lineage="wait", modes=frozenset({Mode.NO_WAIT}), target_minutes=30)


@pytest.fixture
def today(hoa, dung, thu, session, kiosk, office, keys, clock):
    """Files at the kiosk on a Thursday under ``rule``, and leads the dossier from there."""

    def filed(rule=None, *, at: datetime = THURSDAY, **changes: object) -> Life:
        clock.now = at
        publish(session, office, rule or a_rule(), now=at)
        version = offer(session, kiosk, **changes)
        application = an_application(version, documents={"form": {"how": "scan", "reason": ""}})
        told = {"keys": keys, "base_url": "http://x", "by": citizen("K1"), "now": at}
        dossier = accept(session, application, kiosk, **told)
        session.commit()
        return Life(session, office, keys, clock, dossier.dossier_code, hoa, dung, thu)

    return filed


def look(life: Life) -> list[tuple[int, str]]:
    return list(broken(life.session, now=life.now()))


def opened(life: Life) -> Notice | None:
    notice = apologise(life.session, life.office, life.code, keys=life.keys, now=life.now())
    life.session.commit()
    return notice


def test_nothing_is_broken_until_the_promised_moment_has_passed(today, clock):
    life = today()
    clock.now = EVENING
    assert look(life) == []
    clock.now = EVENING + timedelta(seconds=1)
    assert look(life) == [(life.office.id, life.code)]


def test_the_apology_opens_by_itself_with_the_end_of_the_next_working_day(today, clock):
    life = today()
    clock.now = EVENING + timedelta(minutes=1)
    notice = opened(life)
    assert (notice.state, notice.proposed_by, notice.stage, notice.number) == (
        "proposed",
        None,
        PROMISE,
        None,
    )
    assert notice.until == vietnam(27, 17, 30)
    facts = facts_of_notice(notice, life.keys)
    assert (facts.reason, facts.reason_text) == ("our_fault", "Không trả được trong ngày như đã hẹn")
    assert facts.officer_name == ""
    event = life.last()
    assert (event.kind, event.actor, event.device, event.person_id) == (
        "apology_proposed",
        "worker",
        "worker",
        None,
    )
    assert life.dossier.expected_at == EVENING  # nothing moves before somebody decides


def test_it_opens_once(today, clock):
    life = today()
    clock.now = EVENING + timedelta(minutes=1)
    assert opened(life) is not None
    assert look(life) == [] and opened(life) is None


def test_what_was_withdrawn_does_not_come_back(today, clock):
    life = today()
    clock.now = EVENING + timedelta(minutes=1)
    life.do(withdraw, opened(life).id, by=life.dung)
    assert look(life) == []


def test_only_who_decides_withdraws_what_opened_by_itself(today, clock):
    life = today()
    clock.now = EVENING + timedelta(minutes=1)
    notice = opened(life)
    with pytest.raises(NotAllowed):
        life.do(withdraw, notice.id, by=life.hoa)


@pytest.mark.parametrize("status", [Status.AWAITING_SUPPLEMENT, Status.RESULT_READY, Status.REFUSED])
def test_only_a_running_clock_breaks_a_promise(today, clock, status):
    life = today()
    life.lead_to(status)
    clock.now = EVENING + timedelta(days=1)
    assert look(life) == [] and opened(life) is None


def test_an_ordinary_dossier_past_its_time_is_an_alarm_and_no_broken_promise(life, clock):
    clock.now = vietnam(30)
    assert list(broken(life.session, now=clock())) == []


def test_an_officers_own_proposal_is_enough(today, clock):
    life = today()
    clock.now = vietnam(26, 16, 30)
    life.do(propose, an_apology(until=vietnam(27, 9, 0)))
    clock.now = EVENING + timedelta(minutes=1)
    assert look(life) == []


def test_within_the_law_only_the_promise_moves_and_nothing_was_extended(today, clock):
    life = today()
    deadline = life.dossier.deadline_at
    clock.now = EVENING + timedelta(minutes=1)
    notice = life.do(issue, opened(life).id, by=life.dung)
    assert (life.dossier.expected_at, life.dossier.deadline_at) == (vietnam(27, 17, 30), deadline)
    assert life.dossier.promised_at == EVENING
    assert (notice.number, notice.stage) == (1, PROMISE)
    told = life.last().facts
    assert told["deadline_at"] == [deadline.isoformat()] * 2
    assert told["expected_at"] == [EVENING.isoformat(), vietnam(27, 17, 30).isoformat()]
    clock.now = vietnam(27, 16, 0)  # a first real extension is still a first one
    life.do(propose, an_apology(until=vietnam(30)))
    assert facts_of_notice(open_proposal(life.session, life.dossier), life.keys).extensions_before == 0


def test_no_promise_counts_where_extensions_are_at_their_end(today, clock):
    life = today()
    life.set_rule("extensions_most", 0)
    clock.now = EVENING + timedelta(minutes=1)
    assert life.do(issue, opened(life).id, by=life.dung).state == "issued"


def test_past_the_law_it_is_the_ordinary_form(today, clock):
    life = today(term=Term(TermUnit.WORKING_DAY, 1), at=vietnam(26, 8, 0))
    clock.now = vietnam(27, 16, 0)  # both the promise and the law have passed
    notice = opened(life)
    assert (notice.stage, notice.until) == ("", vietnam(30, 17, 30))
    life.set_rule("extensions_most", 0)
    with pytest.raises(TooManyExtensions):
        life.do(issue, notice.id, by=life.dung)
    life.session.rollback()
    life.do(issue, notice.id, by=life.thu, override_reason="Lỗi của cơ quan, người dân không phải chịu")
    assert life.dossier.deadline_at == life.dossier.expected_at == vietnam(30, 17, 30)


def test_the_new_time_is_never_later_than_a_deadline_that_is_still_to_come(today, clock):
    life = today(term=Term(TermUnit.WORKING_DAY, 1))
    assert life.dossier.deadline_at == vietnam(27, 9, 0)
    clock.now = EVENING + timedelta(minutes=1)
    notice = opened(life)
    assert (notice.until, notice.stage) == (vietnam(27, 9, 0), PROMISE)


def test_whoever_waits_gets_it_today_where_that_can_still_be(today, clock):
    life = today(NO_WAIT)
    assert (life.dossier.expected_at, life.dossier.visit_minutes) == (vietnam(26, 9, 30), 30)
    clock.now = vietnam(26, 9, 31)
    notice = opened(life)
    assert notice.until == EVENING
    assert facts_of_notice(notice, life.keys).reason_text == "Không trả được trong lúc chờ như đã hẹn"
    life.do(issue, notice.id, by=life.dung)
    clock.now = EVENING + timedelta(minutes=1)  # broken once more: the next apology
    again = opened(life)
    assert (again.until, again.stage) == (vietnam(27, 17, 30), PROMISE)


def test_a_promise_without_a_legal_term_is_apologised_for_as_well(today, clock):
    life = today(term=Term(TermUnit.OTHER, note="theo thỏa thuận"))
    assert life.dossier.deadline_at is None
    clock.now = EVENING + timedelta(minutes=1)
    life.do(issue, opened(life).id, by=life.dung)
    assert (life.dossier.expected_at, life.dossier.deadline_at) == (vietnam(27, 17, 30), None)


def test_a_new_time_that_has_passed_as_well_is_not_issued(today, clock):
    life = today()
    clock.now = EVENING + timedelta(minutes=1)
    notice = opened(life)
    clock.now = vietnam(30)
    with pytest.raises(UnfinishedNotice):
        life.do(issue, notice.id, by=life.dung)


def test_the_paper_begs_pardon_and_extends_nothing(today, clock):
    life = today()
    clock.now = EVENING + timedelta(minutes=1)
    notice = life.do(issue, opened(life).id, by=life.dung)
    said = as_text(paper_of_notice(facts_of_notice(notice, life.keys), notice.number))
    assert "xin lỗi Ông/Bà vì đã không trả kết quả đúng lời hẹn" in " ".join(said.split())
    assert "không phải là gia hạn" in " ".join(said.split())
    assert moment_in_full(EVENING) in " ".join(said.split())
    assert "Số lần đã gia hạn" not in said


def test_the_control_sheet_tells_a_new_time_and_no_extension(today, clock):
    life = today()
    clock.now = EVENING + timedelta(minutes=1)
    life.do(issue, opened(life).id, by=life.dung)
    sheet = control_sheet(life.session, life.office, life.code, keys=life.keys, now=clock())
    assert "Xin lỗi, hẹn lại trong hạn" in repr(sheet)


def test_the_lists_show_the_proposal(today, clock):
    life = today()
    clock.now = EVENING + timedelta(minutes=1)
    opened(life)
    (late,) = lateness.will_be_late(life.session, life.office, now=clock())
    assert late.apology_proposed
    looker = Looker(life.hoa.person_id)
    (row,) = inbox(life.session, life.office, looker, show=Show.TODAY, keys=life.keys, now=clock()).rows
    assert row.apology and row.is_for_today and not row.waits
    view = dossier_view(life.session, life.office, life.code, keys=life.keys, now=clock())
    (notice,) = view.notices
    assert (notice.by, notice.state, notice.stage) == ("", "proposed", PROMISE)


def test_of_many_workers_one_opens_it(today, clock, house):
    life = today()
    code, office_id = life.code, life.office.id
    life.session.rollback()
    clock.now = EVENING + timedelta(minutes=1)
    hands, done, gate = [], [], threading.Barrier(4)

    def work() -> None:
        with house.app.app_context():
            session = db.session()
            gate.wait(timeout=60)
            office = session.get_one(Office, office_id)
            done.append(apologise(session, office, code, keys=house.keys, now=clock()))
            session.commit()
            db.session.remove()

    hands = [threading.Thread(target=work) for _ in range(4)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(timeout=60)
    assert [notice is not None for notice in done].count(True) == 1
    session = db.session()
    assert len(session.scalars(select(Notice)).all()) == 1
    assert len(session.scalars(select(Event).filter_by(kind="apology_proposed")).all()) == 1


def test_a_round_of_the_worker_opens_it(today, clock, house):
    life = today()
    life.session.rollback()
    clock.now = EVENING + timedelta(minutes=1)
    worker = Worker(house.app)
    for _ in range(2):
        worker.housekeeping(db.session())
    assert len(db.session.scalars(select(Notice).filter_by(state="proposed")).all()) == 1


def test_the_look_of_a_round_uses_the_index(today, house, session):
    today()
    statement = broken_promises._broken(THURSDAY)
    sql = statement.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("a server chooses by how full its tables are")
    plan = " ".join(row[-1] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}"))
    assert "ix_dossier_office_id_status_expected_at" in plan and "SCAN dossier" not in plan


def test_an_apology_is_still_asked_for_by_hand(today, clock):
    """Ahead of a promise that will not be kept, and within the law."""
    life = today()
    clock.now = vietnam(26, 16, 0)
    notice = life.do(propose, an_apology(until=vietnam(27, 9, 0)))
    assert notice.stage == PROMISE
    life.do(withdraw, notice.id)
    with pytest.raises(UnfinishedNotice):
        life.do(propose, an_apology(until=vietnam(26, 16, 30)))  # sooner than promised


def test_what_is_awaited_is_no_broken_promise_until_it_came(today, clock):
    life = today()
    life.ask(until=vietnam(27, 17, 30))
    clock.now = EVENING + timedelta(minutes=1)
    assert look(life) == []


def test_one_that_cannot_be_read_keeps_nobody_else_waiting(today, clock, house, capsys):
    bad = today()
    good = today(a_rule(lineage="friday"))
    codes = bad.code, good.code
    bad.dossier.content_sealed = b"never sealed by anybody"
    bad.session.commit()
    clock.now = EVENING + timedelta(minutes=1)
    worker = Worker(house.app)

    def a_round() -> list[str]:
        worker.housekeeping(db.session())
        lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
        return [line["about"] for line in lines if line["event"] == "fault"]

    assert a_round() == [codes[0]]
    told = db.session.scalars(select(Event).filter_by(kind="apology_proposed")).all()
    assert [event.dossier_id for event in told] == [db.session.scalars(_by_code(codes[1])).one().id]
    assert a_round() == []  # it rests,
    clock.now += timedelta(hours=1, minutes=1)
    assert a_round() == [codes[0]]  # and has its turn again
    assert db.session.scalar(select(func.count()).select_from(EventSeal)) > 0


def _by_code(code: str):
    return select(Dossier).filter_by(dossier_code=code)

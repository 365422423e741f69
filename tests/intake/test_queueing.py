"""A number from taking it to being served: every verb, every refusal, many hands at once."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from build import vietnam
from intake import lines, memory, queueing
from intake.db import db
from intake.events import Actor
from intake.people import begin_sign_in
from intake.printing import paper_of
from intake.records import AcceptancePoint, Assignment, Errand, Event, Office, Person, ServiceGroup, Ticket
from intake.rules.queueing import Because, Priority, State
from intake.rules.refusals import (
    CounterBusy,
    NoCounter,
    NoNumbersNow,
    NoSuchGroup,
    NoSuchTicket,
    NothingWaiting,
    NotServedHere,
    NotYourTicket,
    TicketOver,
    WrongTicketState,
)
from intake.ticket_paper import token_key, token_of

MINUTE = timedelta(minutes=1)


@pytest.fixture
def office(kiosk) -> Office:
    return kiosk.office


@pytest.fixture
def groups(session) -> dict[str, int]:
    return {row.prefix: row.id for row in session.scalars(select(ServiceGroup))}


@pytest.fixture
def counters(session) -> dict[str, AcceptancePoint]:
    return {row.code: row for row in session.scalars(select(AcceptancePoint).filter_by(kind="counter"))}


@pytest.fixture
def hoa(session, office, clock) -> Actor:
    return officer(session, office, "hoa", "Lê Thu Hoa", clock())


@pytest.fixture
def dung(session, office, clock) -> Actor:
    return officer(session, office, "dung", "Trần Quốc Dũng", clock())


def officer(session, office, username, name, now) -> Actor:
    person = Person(username=username, name=name, created_at=now)
    person.assignments.append(Assignment(office_id=office.id, role="reception"))
    session.add(person)
    session.flush()
    return Actor(name, "desk", person.id)


@pytest.fixture
def take(session, kiosk, groups, keys, clock):
    count = iter(range(10_000))

    def take(prefix="A", priority=Priority.NONE, *, attempt=None, **how):
        clock.now += MINUTE
        return queueing.take(
            session, kiosk, groups[prefix], attempt=attempt or f"tap-{next(count)}", keys=keys,
            base_url="http://10.0.0.5:8080", now=clock(), priority=priority, **how,
        )  # fmt: skip

    return take


@pytest.fixture
def desk(session, office, counters, hoa, clock):
    """The verbs as an officer at Quầy 2 (A, B) uses them."""

    class Desk:
        counter, by = counters["Q2"], hoa

        def __call__(self, verb, *rest, counter=None, by=None, **how):
            clock.now += MINUTE
            return verb(session, office, counter or self.counter, *rest, by=by or self.by, now=clock(), **how)

        def next(self, **how):
            return self(queueing.call_next, **how)

    return Desk()


def kinds(session: Session, ticket_id: int) -> list[str]:
    return list(session.scalars(select(Event.kind).filter_by(ticket_id=ticket_id).order_by(Event.id)))


def facts(session: Session, kind: str) -> dict:
    return session.scalars(select(Event.facts).filter_by(kind=kind).order_by(Event.id.desc())).first()


# Taking


def test_numbers_of_a_group_follow_one_another_and_groups_do_not_share_them(take):
    assert [take(prefix).number for prefix in "AABAT"] == ["A 001", "A 002", "B 001", "A 003", "T 001"]


def test_every_day_begins_with_one(take, clock):
    assert [take().number, take().number] == ["A 001", "A 002"]
    clock.now = vietnam(23, 8)
    assert take().number == "A 001"


def test_the_same_tap_twice_is_one_number_and_one_paper(take, session):
    first, again = take(attempt="tap"), take(attempt="tap")
    assert first == again
    assert take().number == "A 002"
    assert session.scalar(select(func.count()).select_from(Ticket)) == 2
    assert session.scalar(select(func.count()).select_from(Errand)) == 2


def test_a_number_without_paper_promises_none(take, session):
    take(on_paper=False)
    assert session.scalar(select(func.count()).select_from(Errand)) == 0


def test_a_rolled_back_number_leaves_no_gap(take, session):
    take()
    session.commit()
    take()
    session.rollback()
    assert take().number == "A 002"


def test_the_row_holds_no_secret_and_nothing_about_the_person(take, session):
    taken = take(priority=Priority.MERIT)
    row = session.execute(select(Ticket.__table__)).mappings().one()
    assert taken.token not in repr(row) and row["token_key"] == token_key(taken.token.lower())
    assert (row["priority"], row["priority_by"]) == ("merit", None)


def test_there_is_no_number_for_what_the_office_does_not_do(take, groups):
    groups["Z"] = 999
    with pytest.raises(NoSuchGroup):
        take("Z")


def test_outside_the_hours_no_number_is_given(take, clock):
    clock.now = vietnam(21, 9)  # Saturday
    with pytest.raises(NoNumbersNow) as refused:
        take()
    assert refused.value.facts["opens_at"] == vietnam(23, 6, 30)


def test_the_paper_says_what_was_told(take, session, keys):
    take()
    taken = take(priority=Priority.ELDERLY)
    errand = session.scalars(select(Errand).filter_by(ticket_id=taken.id)).one()
    paper = paper_of(errand, keys)
    words = repr(paper)
    assert "A 002" in words and "SỐ ƯU TIÊN" in words and "cao tuổi" not in words
    assert f"HTTP://10.0.0.5:8080/T/{token_of('tap-1', keys)}" in words


# Calling


def test_the_longest_waiting_is_called_and_the_event_says_why(take, desk, session):
    first = take()
    take()
    called = desk.next()
    assert (called.id, called.state, called.calls) == (first.id, State.CALLED, 1)
    assert (called.counter_id, called.person_id) == (desk.counter.id, desk.by.person_id)
    told = facts(session, "ticket_called")
    assert (told["number"], told["counter"], told["because"]) == ("A 001", "Q2", Because.LONGEST)


def test_nobody_waiting_is_told(desk):
    with pytest.raises(NothingWaiting):
        desk.next()


def test_a_counter_calls_only_what_it_serves(take, desk, counters):
    take("C")
    with pytest.raises(NothingWaiting):
        desk.next()
    assert desk.next(counter=counters["Q3"]).prefix == "C"


def test_a_second_call_waits_until_the_first_person_came_or_did_not(take, desk):
    take()
    take()
    first = desk.next()
    with pytest.raises(CounterBusy) as refused:
        desk.next()
    assert refused.value.facts["number"] == "A 001"
    desk(queueing.no_show, first.id)
    assert desk.next().number == 2


def test_calling_the_next_finishes_whoever_is_served(take, desk, session):
    take()
    take()
    first = desk.next()
    desk(queueing.start, first.id)
    second = desk.next()
    session.refresh(first)
    assert (first.state, second.number) == (State.DONE, 2)
    assert kinds(session, first.id) == ["ticket_called", "ticket_serving", "ticket_done"]


def test_with_nobody_waiting_whoever_is_served_still_is(take, desk, session):
    take()
    first = desk.next()
    desk(queueing.start, first.id)
    told = kinds(session, first.id)
    with pytest.raises(NothingWaiting):
        desk.next()
    session.commit()
    session.refresh(first)
    assert (first.state, first.closed_at, kinds(session, first.id)) == ("serving", None, told)


def test_a_call_back_that_fails_finishes_nobody(take, desk, session):
    take()
    first = desk.next()
    desk(queueing.start, first.id)
    with pytest.raises(WrongTicketState):
        desk(queueing.call_back, take().id)
    session.commit()
    session.refresh(first)
    assert first.state == "serving"


def test_priority_is_called_first_and_never_more_than_twice_in_a_row(take, desk, session):
    take(), take()
    for _ in range(4):
        take(priority=Priority.ELDERLY)
    called = []
    for _ in range(6):
        ticket = desk.next()
        called.append((ticket.number, facts(session, "ticket_called")["because"]))
        desk(queueing.start, ticket.id)
    assert [number for number, _ in called] == [3, 4, 1, 5, 6, 2]
    assert [because for _, because in called][:3] == ["priority", "priority", "longest"]


def test_a_call_tells_how_many_it_passed_over(take, desk, session):
    take(), take(), take(priority=Priority.PREGNANT)
    desk.next()
    told = facts(session, "ticket_called")
    assert (told["because"], told["priority"], told["passed_over"]) == ("priority", "pregnant", 2)


@pytest.mark.parametrize("where", ["nowhere", "kiosk", "closed"])
def test_whoever_calls_sits_at_a_counter_of_the_office(
    where, take, session, office, counters, kiosk, hoa, clock
):
    take()
    counters["Q1"].active = False
    counter = {"nowhere": None, "kiosk": kiosk, "closed": counters["Q1"]}[where]
    with pytest.raises(NoCounter):
        queueing.call_next(session, office, counter, by=hoa, now=clock())


def test_yesterdays_numbers_are_no_longer_called(take, desk, clock):
    taken = take()
    clock.now = vietnam(23, 9)
    with pytest.raises(NothingWaiting):
        desk.next()
    with pytest.raises(TicketOver):
        desk(queueing.call_back, taken.id)
    with pytest.raises(TicketOver):
        desk(queueing.finish, taken.id)


def test_a_number_of_another_office_is_none(take, desk, session, office, hoa, clock):
    taken = take()
    other = Office(
        code="H00", name="Nơi khác", place="", agency_name="", collect_at="", hotline="", hours=office.hours
    )
    session.add(other)
    session.flush()
    with pytest.raises(NoSuchTicket):
        queueing.give_priority(session, other, taken.id, Priority.MERIT, by=hoa, now=clock())
    with pytest.raises(NoSuchTicket):
        desk(queueing.start, 999_999)


# What an officer does with somebody


def test_recalling_counts_and_sounds_again(take, desk, session, office, clock):
    take()
    ticket = desk.next()
    before = lines.board_of(session, office, now=clock())[0].key
    desk(queueing.recall, ticket.id)
    assert lines.board_of(session, office, now=clock())[0].key != before
    assert kinds(session, ticket.id)[-1] == "ticket_recalled"


def test_a_held_number_is_called_back_before_all_others(take, desk, session):
    take(), take()
    first = desk.next()
    desk(queueing.start, first.id)
    desk(queueing.hold, first.id)
    assert desk(queueing.call_back, first.id).id == first.id
    assert facts(session, "ticket_called")["because"] == Because.RETURNED


def test_whoever_missed_the_call_may_come_later(take, desk):
    take()
    ticket = desk.next()
    desk(queueing.no_show, ticket.id)
    assert desk(queueing.call_back, ticket.id).state == State.CALLED


def test_only_who_was_held_or_missed_the_call_is_called_back(take, desk):
    taken = take()
    with pytest.raises(WrongTicketState):
        desk(queueing.call_back, taken.id)


def test_a_counter_calls_back_only_what_it_serves(take, desk, counters):
    take("B")
    ticket = desk.next()
    desk(queueing.hold, ticket.id)
    with pytest.raises(NotServedHere):
        desk(queueing.call_back, ticket.id, counter=counters["Q3"])


@pytest.mark.parametrize(("at_end", "next_number"), [(False, 1), (True, 2)])
def test_back_in_line_at_the_old_place_or_at_the_end(at_end, next_number, take, desk):
    take(), take()
    ticket = desk.next()
    desk(queueing.back_in_line, ticket.id, at_end=at_end)
    assert desk.next().number == next_number


def test_a_transfer_keeps_the_time_waited(take, desk, counters, groups):
    moved, later = take("A"), take("C")
    desk(queueing.transfer, desk.next().id, group_id=groups["C"])
    assert desk.next(counter=counters["Q3"]).id == moved.id
    assert later.number == "C 001"


def test_a_transfer_to_a_counter_waits_for_that_one_alone(take, desk, counters):
    taken = take("A")
    desk(queueing.transfer, desk.next().id, to_counter_id=counters["Q3"].id)
    with pytest.raises(NothingWaiting):
        desk.next()
    called = desk.next(counter=counters["Q3"])
    assert (called.id, called.wanted_counter_id) == (taken.id, None)


@pytest.mark.parametrize("to", [{}, {"group_id": 999}, {"to_counter_id": 999}, {"to_counter_id": 1}])
def test_a_transfer_leads_somewhere_in_this_office(to, take, desk):
    take()
    ticket = desk.next()
    with pytest.raises(NoSuchGroup):
        desk(queueing.transfer, ticket.id, **to)


VERBS = {
    "recall": (queueing.recall, {}),
    "start": (queueing.start, {}),
    "hold": (queueing.hold, {}),
    "back": (queueing.back_in_line, {"at_end": True}),
    "no_show": (queueing.no_show, {}),
    "finish": (queueing.finish, {}),
}


@pytest.mark.parametrize("name", VERBS)
def test_what_was_not_called_cannot_be_worked_on(name, take, desk):
    verb, how = VERBS[name]
    taken = take()
    with pytest.raises(WrongTicketState) as refused:
        desk(verb, taken.id, **how)
    assert refused.value.facts == {"number": "A 001", "now": "waiting"}


@pytest.mark.parametrize("name", VERBS)
def test_nobody_takes_a_person_from_another_counter(name, take, desk, counters, dung):
    verb, how = VERBS[name]
    take()
    ticket = desk.next()
    with pytest.raises(NotYourTicket) as refused:
        desk(verb, ticket.id, counter=counters["Q3"], by=dung, **how)
    assert refused.value.facts["counter"] == "Quầy 2"


def test_whoever_relieves_somebody_at_a_counter_goes_on_with_the_person(take, desk, dung):
    take()
    ticket = desk.next()
    assert desk(queueing.start, ticket.id, by=dung).state == State.SERVING


def test_priority_given_by_an_officer_keeps_who_and_why(take, desk, session, office, hoa, clock):
    take()
    taken = take()
    ticket = queueing.give_priority(
        session, office, taken.id, Priority.DISABLED, reason="Ngồi xe lăn", by=hoa, now=clock()
    )
    assert (ticket.priority, ticket.priority_by) == ("disabled", hoa.person_id)
    event = session.scalars(select(Event).filter_by(kind="ticket_priority")).one()
    assert event.facts == {"number": "A 002", "priority": ["", "disabled"]}
    assert (event.reason, event.person_id, event.ticket_id) == ("Ngồi xe lăn", hoa.person_id, taken.id)
    assert desk.next().id == taken.id
    with pytest.raises(WrongTicketState):
        queueing.give_priority(session, office, taken.id, Priority.NONE, by=hoa, now=clock())


def test_a_paper_that_failed_is_not_printed_for_somebody_already_called(take, desk, session):
    taken = take()
    errand = session.scalars(select(Errand).filter_by(ticket_id=taken.id)).one()
    errand.reason = "paper_out"
    session.flush()
    desk.next()
    session.refresh(errand)
    assert errand.state == "given_up"


# What screens read


def test_the_board_shows_the_latest_calls_and_not_who_went_back(take, desk, session, office, clock, counters):
    for _ in range(8):
        take()
    for _ in range(6):
        desk(queueing.start, desk.next().id)
    gone = desk.next(counter=counters["Q1"])
    desk(queueing.back_in_line, gone.id, at_end=True, counter=counters["Q1"])
    board = lines.board_of(session, office, now=clock())
    assert [(call.number, call.counter) for call in board][:2] == [("A 006", "Quầy 2"), ("A 005", "Quầy 2")]
    assert len(board) == lines.SHOWN


def test_the_holder_of_the_token_sees_the_place_in_line(take, desk, session, office, clock):
    take(), take()
    taken = take()
    place = lines.place_of(session, token_key(taken.token), now=clock())
    assert (place.number, place.ahead, place.state, place.wait) == ("A 003", 2, State.WAITING, None)
    take(priority=Priority.MERIT)
    assert lines.place_of(session, token_key(taken.token), now=clock()).ahead == 3
    assert lines.place_of(session, token_key("somebody else's"), now=clock()) is None


def test_a_wait_is_told_once_a_counter_is_open_and_from_services_of_this_office(
    take, desk, session, office, clock, hoa, counters
):
    memory.forget_all()
    for _ in range(4):
        take()
    assert lines.lines_of(session, office, now=clock())[0].wait is None
    signed, _ = begin_sign_in(
        session, session.get_one(Person, hoa.person_id), office_id=office.id, now=clock()
    )
    signed.point_id = counters["Q2"].id
    session.flush()
    memory.forget_all()
    guess = lines.lines_of(session, office, now=clock())[0]
    assert (guess.waiting, guess.wait.sure) == (4, False)
    for _ in range(6):
        take()
        ticket = desk(queueing.start, desk.next().id)
        clock.now += 4 * MINUTE
        desk(queueing.finish, ticket.id)
    signed.touched_at = clock()
    session.flush()
    memory.forget_all()
    known = lines.lines_of(session, office, now=clock())[0].wait
    assert known.sure and known.high - known.low < guess.wait.high - guess.wait.low
    assert lines.open_counters(session, office, now=clock()) == (1, 4)


def test_people_with_priority_are_told_they_pass_others(take, session, office, groups, clock):
    for _ in range(5):
        take()
    plain, _ = lines.expected(session, office, groups["A"], Priority.NONE, now=clock())
    first, _ = lines.expected(session, office, groups["A"], Priority.MERIT, now=clock())
    assert (plain, first) == (5, 0)


def test_the_fairness_log_tells_every_call_with_its_reason(take, desk, session, office, clock):
    take(), take(priority=Priority.ELDERLY)
    desk.next()
    (told,) = lines.told_calls(session, office, now=clock())
    assert (told.number, told.counter, told.officer) == ("A 002", "Quầy 2", "Lê Thu Hoa")
    assert (told.because, told.priority, told.passed_over) == ("priority", "elderly", 1)


# Many hands at once


def test_eight_officers_empty_a_line_and_nobody_is_called_twice_or_lost(house, take, session, office, clock):
    """80 numbers, eight officers at eight counters, all calling as fast as they can."""
    for index in range(80):
        take("A", Priority.ELDERLY if index % 5 == 0 else Priority.NONE, on_paper=False)
    people = [officer(session, office, f"o{index}", f"Cán bộ {index}", clock()) for index in range(8)]
    seats = [
        AcceptancePoint(office_id=office.id, code=f"Z{i}", name=f"Quầy {i}", kind="counter") for i in range(8)
    ]
    for seat in seats:
        seat.service_groups.append(session.scalars(select(ServiceGroup).filter_by(prefix="A")).one())
    session.add_all(seats)
    session.commit()
    ids, now = [seat.id for seat in seats], clock()
    called: list[int] = []
    broken: list[BaseException] = []

    def work(seat_id: int, by: Actor) -> None:
        try:
            with house.app.app_context(), Session(db.engine) as own:
                while True:
                    own_office, counter = (
                        own.get_one(Office, office_id),
                        own.get_one(AcceptancePoint, seat_id),
                    )
                    try:
                        ticket = queueing.call_next(own, own_office, counter, by=by, now=now)
                    except NothingWaiting:
                        return
                    queueing.start(own, own_office, counter, ticket.id, by=by, now=now)
                    number = ticket.number
                    own.commit()
                    called.append(number)
        except BaseException as fault:
            broken.append(fault)
            raise

    office_id = office.id
    session.rollback()
    threads = [threading.Thread(target=work, args=pair) for pair in zip(ids, people, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not broken
    assert Counter(called) == Counter(range(1, 81))


def test_eight_taps_at_once_are_numbers_one_to_forty_and_a_double_tap_is_one(
    house, session, kiosk, groups, keys, clock
):
    now, point_id, taken = clock(), kiosk.id, []
    session.rollback()

    def tap(hand: int) -> None:
        with house.app.app_context():
            for turn in range(10):
                # Two hands share an attempt.
                with Session(db.engine) as own:
                    point, attempt = own.get_one(AcceptancePoint, point_id), f"{hand // 2}-{turn}"
                    got = queueing.take(
                        own, point, groups["A"], attempt=attempt, keys=keys, base_url="http://x", now=now
                    )
                    own.commit()
                    taken.append(got)

    hands = [threading.Thread(target=tap, args=(hand,)) for hand in range(8)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(timeout=60)
    assert len(taken) == 80 and Counter(Counter(taken).values()) == {2: 40}
    assert sorted({one.number for one in taken}) == [f"A {number:03}" for number in range(1, 41)]

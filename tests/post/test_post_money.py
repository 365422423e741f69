"""The post's money: never mixed, never edited, numbered without gaps, counted at the end of a shift."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from build import FRIDAY
from conftest import House
from intake.db import db
from intake.events import Actor
from intake.post.money import (
    close_shift,
    correct,
    last_shifts,
    line_at_hand,
    rows_of,
    shift_at_hand,
    shift_of,
    sums_of,
    take_money,
    taken,
    view_of,
)
from intake.post.tariffs import charge_for, exemptions, fee_for, price_table
from intake.queries import procedure_version
from intake.records import AcceptancePoint, Event, Person, PostalItem, PostalMoney
from intake.rules.post_money import Sum
from intake.rules.refusals import (
    BadCorrection,
    BadPayment,
    NoShift,
    NoSuchItem,
    NoTariff,
    UnknownExemption,
)
from moneyway import an_item, clerk_of, give_prices, give_reduction, post_office

LATER = FRIDAY + timedelta(hours=2)


@pytest.fixture
def post(session) -> AcceptancePoint:
    return post_office(session)


@pytest.fixture
def clerk(session) -> Actor:
    return clerk_of(session)


@pytest.fixture
def item(session, post, offered) -> PostalItem:
    return an_item(session, post, offered)


def test_the_charge_is_of_the_table_in_force_that_day(session, post):
    give_prices(session, post.office_id)
    give_prices(session, post.office_id, since=date(2026, 11, 20), more=1_000)
    asked = {"zone": "local", "grams": 300, "wants_home": False}
    told = [charge_for(session, post.office, **asked, day=date(2026, 11, day)) for day in (19, 20)]
    assert told == [26_500, 27_500]
    with pytest.raises(NoTariff):
        charge_for(session, post.office, **asked, day=date(2025, 12, 31))


def test_a_reduction_is_of_one_account_alone(session, post, offered):
    give_prices(session, post.office_id)
    give_reduction(session, post.office_id, account="fee", percent=100)
    procedure, day = procedure_version(session, offered, now=FRIDAY), date(2026, 11, 20)
    asked = {"zone": "local", "grams": 300, "wants_home": False, "exemption": "merit", "day": day}
    assert charge_for(session, post.office, **asked) == 26_500
    fees = [
        fee_for(session, post.office, procedure, answers={}, exemption=code, day=day)
        for code in ("", "merit")
    ]
    assert fees == [8_000, 0]
    with pytest.raises(UnknownExemption):
        fee_for(session, post.office, procedure, answers={}, exemption="poor", day=day)


def test_a_page_can_reckon_by_itself(session, post):
    give_prices(session, post.office_id)
    give_reduction(session, post.office_id)
    give_reduction(session, post.office_id, "poor", valid_to=date(2026, 11, 19))
    table = price_table(session, post.office, day=date(2026, 11, 20))
    (zone,), (reduction,) = table["zones"], table["exemptions"]
    assert (zone["zone"], zone["words"], zone["further"]) == (
        "local", "Nội tỉnh", {"grams": 500, "price": 4_000},
    )  # fmt: skip
    assert zone["steps"][2] == {"grams": 500, "price": 26_500}
    assert (reduction["code"], reduction["charge"], reduction["fee"]) == ("merit", 50, 0)
    assert len(exemptions(session, post.office, day=date(2026, 11, 19))) == 2


def test_charge_and_fee_are_two_lines_of_two_series(session, item, clerk):
    lines = take_money(session, item, by=clerk, now=FRIDAY)
    assert [(line.account, line.amount, line.receipt_no) for line in lines] == [
        ("charge", 26_500, "BD-07-C-261120-001"),
        ("fee", 8_000, "BD-07-P-261120-001"),
    ]
    session.commit()
    told = session.scalars(select(Event).filter_by(kind="post_money_taken", item_id=item.id)).one()
    assert (told.facts["charge"], told.facts["fee"]) == (26_500, 8_000)


def test_nothing_is_taken_twice(session, item, clerk):
    first = take_money(session, item, by=clerk, now=FRIDAY)
    assert take_money(session, item, by=clerk, now=LATER) == first
    assert session.query(PostalMoney).count() == 2


@pytest.mark.parametrize(
    ("changes", "accounts"),
    [
        ({"payer": "province"}, ["fee"]),
        ({"fee": None}, ["charge"]),
        ({"fee": 0, "charge": 0}, []),
    ],
)
def test_only_what_is_paid_here_is_a_line(session, post, offered, clerk, changes, accounts):
    item = an_item(session, post, offered, **changes)
    assert [line.account for line in take_money(session, item, by=clerk, now=FRIDAY)] == accounts


def test_receipts_have_no_gap_after_a_rollback_and_begin_anew_every_day(session, post, offered, clerk):
    take_money(session, an_item(session, post, offered), by=clerk, now=FRIDAY)
    session.commit()
    take_money(session, an_item(session, post, offered), by=clerk, now=FRIDAY)
    session.rollback()
    take_money(session, an_item(session, post, offered), by=clerk, now=FRIDAY)
    take_money(session, an_item(session, post, offered), by=clerk, now=FRIDAY + timedelta(days=1))
    numbers = session.scalars(
        select(PostalMoney.receipt_no).filter_by(account="fee").order_by(PostalMoney.id)
    ).all()
    assert numbers == ["BD-07-P-261120-001", "BD-07-P-261120-002", "BD-07-P-261121-001"]


def test_two_at_once_open_one_shift_and_share_no_number(house: House, session, post, offered, clerk):
    items = [an_item(session, post, offered).id for _ in range(4)]
    session.commit()
    start, failed = threading.Barrier(4), []

    def take(item_id: int) -> None:
        with house.app.app_context():
            start.wait()
            try:
                take_money(db.session(), db.session.get_one(PostalItem, item_id), by=clerk, now=FRIDAY)
                db.session.commit()
            except Exception as error:  # told below
                failed.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=take, args=(one,)) for one in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    lines = session.scalars(select(PostalMoney).filter_by(account="fee")).all()
    assert sorted(line.receipt_no[-3:] for line in lines) == ["001", "002", "003", "004"]
    assert len({line.shift_id for line in lines}) == 1


def test_a_correction_is_a_line_of_its_own(session, item, clerk):
    _, fee = take_money(session, item, by=clerk, now=FRIDAY)
    made = correct(session, fee, 5_000, "Thu nhầm mức cũ", by=clerk, now=LATER)
    assert (made.amount, made.corrects_id, made.receipt_no) == (-3_000, fee.id, "BD-07-P-261120-002")
    assert fee.amount == 8_000
    assert taken(session, [item.id], "fee") == {item.id: 5_000}
    again = correct(session, fee, 8_000, "Mức cũ là đúng", by=clerk, now=LATER)
    assert (again.amount, taken(session, [item.id], "fee")) == (3_000, {item.id: 8_000})
    assert sums_of(session, shift_of(session, item.point, clerk.person_id)) == {
        "charge": Sum(1, 26_500),
        "fee": Sum(1, 8_000),
    }
    told = session.scalars(select(Event).filter_by(kind="post_money_corrected").order_by(Event.id)).first()
    assert (told.facts["amount"], told.reason) == ([8_000, 5_000], "Thu nhầm mức cũ")


@pytest.mark.parametrize(
    ("amount", "reason", "why"),
    [
        (8_000, "Không đổi gì cả", "same_amount"),
        (-1, "Trả lại nhiều hơn", "too_large"),
        (5_000, "", "missing"),
        (5_000, "a", "too_short"),
    ],
)
def test_a_correction_says_another_amount_and_why(session, item, clerk, amount, reason, why):
    _, fee = take_money(session, item, by=clerk, now=FRIDAY)
    with pytest.raises(BadCorrection) as refused:
        correct(session, fee, amount, reason, by=clerk, now=LATER)
    assert refused.value.facts["why"] == why


def test_a_correction_is_not_corrected_itself(session, item, clerk):
    _, fee = take_money(session, item, by=clerk, now=FRIDAY)
    made = correct(session, fee, 5_000, "Thu nhầm mức cũ", by=clerk, now=LATER)
    with pytest.raises(BadCorrection):
        correct(session, made, 0, "Thu nhầm mức cũ", by=clerk, now=LATER)


def test_a_shift_closes_with_what_was_counted(session, item, clerk):
    take_money(session, item, by=clerk, now=FRIDAY)
    shift = shift_of(session, item.point, clerk.person_id)
    counted = {"charge": {20_000: 1, 5_000: 1, 500: 3}, "fee": {5_000: 1, 1_000: 3}}
    closed = close_shift(session, shift, counted, by=clerk, now=LATER)
    assert (closed.expected_charge, closed.counted_charge) == (26_500, 26_500)
    assert (closed.expected_fee, closed.counted_fee, closed.closed_at) == (8_000, 8_000, LATER)
    assert shift_of(session, item.point, clerk.person_id) is None
    (view,) = last_shifts(session, item.point, clerk.person_id)
    assert (view.differs("charge"), view.differs("fee")) == (0, 0)
    told = session.scalars(select(Event).filter_by(kind="post_shift_closed")).one()
    assert told.facts["notes"]["fee"] == {"5000": 1, "1000": 3}


def test_one_account_never_makes_up_for_the_other(session, item, clerk):
    """The sum is right, but State money lies in the post's drawer."""
    take_money(session, item, by=clerk, now=FRIDAY)
    shift = shift_of(session, item.point, clerk.person_id)
    mixed = {"charge": {20_000: 1, 10_000: 1, 500: 3}, "fee": {1_000: 3}}
    with pytest.raises(BadPayment) as refused:
        close_shift(session, shift, mixed, by=clerk, now=LATER)
    assert [fault.key for fault in refused.value.facts["faults"]] == ["reason"]
    close_shift(session, shift, mixed, reason="Để nhầm ngăn tiền", by=clerk, now=LATER)
    view = view_of(session, shift)
    assert (view.differs("charge"), view.differs("fee"), view.reason) == (5_000, -5_000, "Để nhầm ngăn tiền")


def test_closing_twice_keeps_the_first_count(session, item, clerk):
    take_money(session, item, by=clerk, now=FRIDAY)
    shift = shift_of(session, item.point, clerk.person_id)
    close_shift(session, shift, {}, reason="Chưa đếm được tiền", by=clerk, now=LATER)
    close_shift(session, shift, {"fee": {1_000: 8}}, by=clerk, now=LATER)
    assert shift.counted_fee == 0
    assert session.scalars(select(Event).filter_by(kind="post_shift_closed")).one()


def test_after_closing_money_goes_into_a_new_shift(session, post, offered, clerk):
    take_money(session, an_item(session, post, offered), by=clerk, now=FRIDAY)
    first = shift_of(session, post, clerk.person_id)
    close_shift(session, first, {}, reason="Chưa đếm được tiền", by=clerk, now=LATER)
    take_money(session, an_item(session, post, offered), by=clerk, now=LATER)
    second = shift_of(session, post, clerk.person_id)
    assert second.id != first.id
    assert sums_of(session, second)["fee"] == Sum(1, 8_000)


def test_a_shift_and_a_line_are_of_their_clerk_and_post_office(session, item, clerk):
    _, fee = take_money(session, item, by=clerk, now=FRIDAY)
    shift, other = shift_of(session, item.point, clerk.person_id), post_office(session, "BD-12")
    assert shift_at_hand(session, item.point, shift.id, clerk.person_id) is shift
    assert line_at_hand(session, item.point, fee.id) is fee
    stranger = session.scalars(select(Person.id).where(Person.id != clerk.person_id)).first() or 0
    for point, person_id in ((other, clerk.person_id), (item.point, stranger)):
        with pytest.raises(NoShift):
            shift_at_hand(session, point, shift.id, person_id)
    with pytest.raises(NoSuchItem):
        line_at_hand(session, other, fee.id)
    with pytest.raises(NoShift):
        close_shift(
            session, shift, {}, reason="Không phải ca này", by=Actor("Hoa", "Q1", stranger), now=LATER
        )


def test_the_lines_of_a_shift_say_what_stands(session, item, clerk):
    _, fee = take_money(session, item, by=clerk, now=FRIDAY)
    correct(session, fee, 5_000, "Thu nhầm mức cũ", by=clerk, now=LATER)
    correction, row, charge = rows_of(session, shift_of(session, item.point, clerk.person_id))
    assert (correction.corrects, correction.amount) == (row.receipt_no, -3_000)
    assert (row.amount, row.stands, charge.stands) == (8_000, 5_000, 26_500)

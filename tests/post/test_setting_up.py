"""What a manager sets up for the post: prices and reductions with their dates, numbers, keys of operators."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from build import FRIDAY
from intake.events import Actor
from intake.post.number_blocks import next_number
from intake.post.operators import add_operator, operator_of, operators, withdraw_operator
from intake.post.setting_up import (
    NewExemption,
    NewRange,
    NewTable,
    add_exemption,
    add_range,
    add_table,
    drop_table,
    end_exemption,
    exemption_views,
    post_offices,
    read_exemption,
    read_range,
    read_table,
    switch_range,
    tables,
)
from intake.post.tariffs import charge_for, exemptions
from intake.records import AcceptancePoint, Event, PostalOperator
from intake.rules.codes import s10_number
from intake.rules.refusals import NoNumbersLeft, NoSuchThing, NoTariff
from moneyway import clerk_of, give_prices, give_reduction, post_office

TODAY, SOON, LATE = date(2026, 11, 20), date(2026, 12, 1), date(2026, 12, 31)
PRICES = {"price.100": "20.000", "price.250": "24000", "price.500": "26.500 đ", "further": "4.000"}
TABLE = {"zone": "local", "valid_from": "20/11/2026", "instrument": "Quyết định 12/QĐ-BĐVN", **PRICES}
MERIT = {"code": "Merit", "words": "Người có công", "charge": "50%", "valid_from": "20/11/2026"} | {
    "instrument": "Quyết định 12/QĐ-BĐVN"
}


@pytest.fixture
def post(session) -> AcceptancePoint:
    return post_office(session)


@pytest.fixture
def thu(session) -> Actor:
    """Whoever sets up; the routes ask for the right."""
    return clerk_of(session)


def local(since: date = TODAY, price: int = 21_000, *, until: date | None = None) -> NewTable:
    return NewTable("local", (price, 24_000, 26_500), 4_000, since, until, "Quyết định 12")


def price(session, post, day: date) -> int:
    return charge_for(session, post.office, zone="local", grams=50, wants_home=False, day=day)


def test_a_form_of_prices_is_read_with_its_points():
    assert read_table(TABLE, now=FRIDAY) == NewTable(
        "local", (20_000, 24_000, 26_500), 4_000, TODAY, None, "Quyết định 12/QĐ-BĐVN"
    )


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"zone": "moon"}, ("zone", "bad_choice")),
        ({"price.250": ""}, ("price.250", "bad_number")),
        ({"price.250": "rẻ"}, ("price.250", "bad_number")),
        ({"price.250": "19.999"}, ("price.250", "falling_price")),
        ({"further": "-1"}, ("further", "bad_number")),
        ({"valid_from": "19/11/2026"}, ("valid_from", "past_date")),
        ({"valid_from": ""}, ("valid_from", "empty")),
        ({"valid_to": "19/11/2026"}, ("valid_to", "before_first_day")),
        ({"instrument": " "}, ("instrument", "empty")),
    ],
)
def test_what_is_wrong_with_a_table_stands_at_its_field(changes, fault):
    faults = read_table(TABLE | changes, now=FRIDAY)
    assert [(one.key, one.code) for one in faults] == [fault]


def test_a_new_table_follows_the_old_and_is_told(session, post, thu):
    give_prices(session, post.office_id)
    add_table(session, post.office, local(SOON, 22_000), by=thu, now=FRIDAY)
    assert [price(session, post, day) for day in (TODAY, SOON)] == [20_000, 22_000]
    states = [(one.valid_from, one.state) for one in tables(session, post.office, now=FRIDAY)]
    assert states == [(SOON, "coming"), (date(2026, 1, 1), "now")]
    told = session.scalars(select(Event).filter_by(kind="office_changed")).one()
    assert (told.facts["what"], told.facts["prices"][1][:20]) == ("Cước nội tỉnh", "đến 100 g 22.000 đồn")


def test_a_table_of_the_same_day_gives_way_as_a_whole(session, post, thu):
    for amount in (21_000, 22_000):
        add_table(session, post.office, local(price=amount), by=thu, now=FRIDAY)
    (only,) = tables(session, post.office, now=FRIDAY)
    assert (only.steps[0], only.state) == ((100, 22_000), "now")


def test_a_table_for_a_while_stands_above_the_one_before(session, post, thu):
    give_prices(session, post.office_id)
    add_table(session, post.office, local(until=TODAY), by=thu, now=FRIDAY)
    assert [one.state for one in tables(session, post.office, now=FRIDAY)] == ["now", "past"]
    assert price(session, post, SOON) == 20_000


def test_only_what_has_not_begun_is_taken_back(session, post, thu):
    give_prices(session, post.office_id)
    add_table(session, post.office, local(SOON), by=thu, now=FRIDAY)
    coming, current = tables(session, post.office, now=FRIDAY)
    drop_table(session, post.office, coming.id, by=thu, now=FRIDAY)
    assert price(session, post, SOON) == 20_000
    with pytest.raises(NoSuchThing):
        drop_table(session, post.office, current.id, by=thu, now=FRIDAY)


def test_a_zone_may_carry_nothing_heavier(session, post, thu):
    read = read_table(TABLE | {"further": ""}, now=FRIDAY)
    add_table(session, post.office, read, by=thu, now=FRIDAY)
    with pytest.raises(NoTariff):
        charge_for(session, post.office, zone="local", grams=501, wants_home=False, day=TODAY)


def test_a_reduction_is_read_for_each_account():
    read = read_exemption(MERIT | {"fee": "100"}, now=FRIDAY)
    assert (read.code, read.percents) == ("merit", {"charge": 50, "fee": 100})


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"code": "người có công"}, ("code", "bad_short_code")),
        ({"charge": ""}, ("charge", "no_percent")),
        ({"charge": "101"}, ("charge", "too_large")),
        ({"words": ""}, ("words", "empty")),
    ],
)
def test_what_is_wrong_with_a_reduction_stands_at_its_field(changes, fault):
    faults = read_exemption(MERIT | changes, now=FRIDAY)
    assert [(one.key, one.code) for one in faults] == [fault]


def test_a_reduction_ends_after_today(session, post, thu):
    give_reduction(session, post.office_id)
    (one,) = exemption_views(session, post.office, now=FRIDAY)
    end_exemption(session, post.office, one.id, by=thu, now=FRIDAY)
    assert [len(exemptions(session, post.office, day=day)) for day in (TODAY, SOON)] == [1, 0]
    with pytest.raises(NoSuchThing):
        end_exemption(session, post.office, one.id, by=thu, now=FRIDAY)


def test_a_reduction_that_never_began_is_gone(session, post, thu):
    new = NewExemption("poor", "Hộ nghèo", {"charge": 100}, SOON, None, "Quyết định 12")
    add_exemption(session, post.office, new, by=thu, now=FRIDAY)
    (one,) = exemption_views(session, post.office, now=FRIDAY)
    end_exemption(session, post.office, one.id, by=thu, now=FRIDAY)
    assert exemption_views(session, post.office, now=FRIDAY) == []


def test_the_labels_of_a_range_are_read_as_printed(session, post):
    read = read_range(session, post, {"first": "RR 4731 2482 9 VN", "last": "rr473124832vn"})
    assert read == NewRange("RR", "VN", 47_312_482, 47_312_483)


@pytest.mark.parametrize(
    ("first", "last", "fault"),
    [
        ("RR473124828VN", "RR473124832VN", ("first", "wrong_check_digit")),
        ("", "RR473124832VN", ("first", "bad_item_number")),
        ("BUUGUI-12", "RR473124832VN", ("first", "bad_item_number")),
        ("RR473124832VN", "RR473124829VN", ("last", "not_after_first")),
        ("RR473124829VN", "EH261121008VN", ("last", "not_after_first")),
        ("RR000000005VN", "RR473124829VN", ("last", "range_too_large")),
    ],
)
def test_labels_that_are_no_range_are_told(session, post, first, last, fault):
    faults = read_range(session, post, {"first": first, "last": last})
    assert [(one.key, one.code) for one in faults] == [fault]


def test_two_post_offices_never_hold_one_number(session, post, thu):
    add_range(session, post.office, post, NewRange("RR", "VN", 100, 199), by=thu, now=FRIDAY)
    other = post_office(session, "BD-12")
    labels = [s10_number("RR", serial) for serial in (199, 200)]
    faults = read_range(session, other, {"first": labels[0], "last": labels[1]})
    assert [one.code for one in faults] == ["range_taken"]
    assert read_range(session, other, {"first": labels[1], "last": labels[1]}) == NewRange(
        "RR", "VN", 200, 200
    )


def test_a_range_gives_numbers_until_it_is_stopped(session, post, thu):
    row = add_range(
        session, post.office, post, NewRange("RR", "VN", 47_312_482, 47_312_490), by=thu, now=FRIDAY
    )
    session.flush()
    assert next_number(session, post) == "RR473124829VN"
    session.refresh(row)
    found = next(one for one in post_offices(session, post.office) if one.id == post.id)
    assert (found.left, found.clerks) == (8, (thu.name,))
    switch_range(session, post.office, row.id, False, by=thu, now=FRIDAY)
    with pytest.raises(NoNumbersLeft):
        next_number(session, post)


def test_an_operators_key_is_kept_as_a_fingerprint_and_ends(session, post, thu):
    row, key = add_operator(session, post.office, "VNPost", by=thu, now=FRIDAY)
    assert operator_of(session, key).id == row.id
    assert key not in str([vars(one) for one in session.scalars(select(PostalOperator))])
    assert key not in str([one.facts for one in session.scalars(select(Event))])
    withdraw_operator(session, post.office, row.id, by=thu, now=FRIDAY)
    assert operator_of(session, key) is None
    assert [one.active for one in operators(session, post.office)] == [False]

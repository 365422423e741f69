"""The post's table of prices: its steps, its dates, who pays less."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.rules.refusals import NoTariff, UnknownExemption
from intake.rules.tariffs import (
    Exemption,
    ExemptionLine,
    TariffLine,
    charge_of,
    chosen,
    exemptions_on,
    price_of,
    prices_on,
    reduced,
)

DAY = date(2026, 11, 20)
LOCAL = (
    TariffLine("local", 250, 24_000),
    TariffLine("local", 100, 20_000),
    TariffLine("local", 500, 26_500),
    TariffLine("local", 500, 4_000, is_further=True),
)
TABLES = prices_on(LOCAL, DAY)


@pytest.mark.parametrize(
    ("grams", "price"),
    [
        (0, 20_000), (1, 20_000), (100, 20_000), (101, 24_000), (250, 24_000), (251, 26_500), (500, 26_500),
        (501, 30_500), (1000, 30_500), (1001, 34_500), (1500, 34_500),
    ],
)  # fmt: skip
def test_every_step_begins_behind_the_one_before(grams, price):
    assert price_of(TABLES, zone="local", grams=grams) == price


@given(st.integers(0, 30_000), st.integers(0, 30_000))
def test_what_is_heavier_never_costs_less(one, other):
    light, heavy = sorted((one, other))
    assert price_of(TABLES, zone="local", grams=light) <= price_of(TABLES, zone="local", grams=heavy)


@pytest.mark.parametrize(("zone", "grams"), [("national", 100), ("", 100), ("moon", 0), ("local", -1)])
def test_a_zone_without_a_table_has_no_price(zone, grams):
    with pytest.raises(NoTariff):
        price_of(TABLES, zone=zone, grams=grams)


def test_without_a_further_step_nothing_heavier_is_carried():
    tables = prices_on(LOCAL[:3], DAY)
    assert price_of(tables, zone="local", grams=500) == 26_500
    with pytest.raises(NoTariff):
        price_of(tables, zone="local", grams=501)


def test_a_table_that_lost_its_steps_is_none():
    assert prices_on(LOCAL[3:], DAY) == {}


def since(first: date, last: date | None, price: int) -> TariffLine:
    return TariffLine("local", 100, price, valid_from=first, valid_to=last)


def test_a_price_for_a_while_stands_above_the_one_before_which_comes_back():
    lines = (
        since(date(2026, 1, 1), None, 20_000),
        since(date(2026, 11, 10), date(2026, 11, 20), 15_000),
        since(date(2026, 12, 1), None, 22_000),
    )
    told = {
        date(2025, 12, 31): None, date(2026, 11, 9): 20_000, date(2026, 11, 10): 15_000,
        date(2026, 11, 20): 15_000, date(2026, 11, 21): 20_000, date(2026, 12, 1): 22_000,
    }  # fmt: skip
    for day, price in told.items():
        tables = prices_on(lines, day)
        assert (tables["local"].steps[0][1] if tables else None) == price


def test_a_new_table_replaces_all_steps_of_the_old():
    new = since(date(2026, 11, 1), None, 21_000)
    tables = prices_on((*LOCAL, new), DAY)
    assert (tables["local"].steps, tables["local"].further) == (((100, 21_000),), None)


def test_both_ways_are_paid_at_once_home_as_the_lightest():
    assert charge_of(TABLES, zone="local", grams=300, wants_home=True) == 26_500 + 20_000


def test_a_reduction_is_taken_off_the_whole():
    merit = Exemption("merit", "Người có công", charge=50)
    assert charge_of(TABLES, zone="local", grams=300, wants_home=True, exemption=merit) == 23_250


@given(st.integers(0, 10**9), st.integers(0, 100))
def test_what_is_left_is_never_more_than_its_share(amount, percent):
    left = reduced(amount, percent)
    assert 0 <= left <= amount
    assert left * 100 <= amount * (100 - percent) < (left + 1) * 100


def test_a_reduction_holds_on_its_days_and_of_two_the_later():
    lines = (
        ExemptionLine("poor", "Hộ nghèo", "charge", 100, valid_from=date(2026, 1, 1)),
        ExemptionLine("poor", "Hộ nghèo", "charge", 80, valid_from=date(2026, 11, 1)),
        ExemptionLine("poor", "Hộ nghèo", "fee", 50),
        ExemptionLine("merit", "Người có công", "charge", 30, valid_to=date(2026, 11, 19)),
    )
    assert exemptions_on(lines, DAY) == (Exemption("poor", "Hộ nghèo", charge=80, fee=50),)
    assert [one.code for one in exemptions_on(lines, date(2026, 11, 19))] == ["poor", "merit"]


def test_one_that_does_not_hold_is_refused_and_none_is_none():
    merit = Exemption("merit", "Người có công", charge=50)
    assert (chosen((merit,), ""), chosen((merit,), "merit")) == (None, merit)
    with pytest.raises(UnknownExemption):
        chosen((merit,), "poor")

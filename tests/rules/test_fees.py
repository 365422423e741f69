from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.rules.fees import Fee, certified_copy_fee, fee_of, is_never_owed
from intake.rules.procedures import (
    Condition,
    FeeAddition,
    FeeCondition,
    FeeReduction,
    FeeRule,
    Group,
    Procedure,
    Question,
    QuestionKind,
    Term,
    TermUnit,
)

TODAY = date(2026, 11, 21)
COPIES = FeeRule(None, "certified_copy", copies_question="copies", pages_question="pages")
EXTRACT = FeeRule(8000, "per_copy", copies_question="copies")


ASKED = Group(
    "what",
    "Cần gì?",
    (
        Question("pages", "Số trang", QuestionKind.NUMBER, min=1, max=500),
        Question("copies", "Số bản", QuestionKind.NUMBER, min=0, max=50, required=False),
        Question("born", "Ngày sinh", QuestionKind.DATE, bound="past"),
        Question("urgent", "Cần gấp", QuestionKind.YES_NO),
        Question("more", "Thêm", QuestionKind.NUMBER, show_if=(Condition("urgent", ("yes",)),)),
    ),
)


def charged(*rules: FeeRule, channel: str = "direct", on: date = TODAY, **answers: str) -> Fee:
    procedure = Procedure(
        "2.000815",
        "Chứng thực bản sao",
        "Chứng thực",
        "UBND xã",
        Term(TermUnit.SAME_DAY),
        fees=rules,
        groups=(ASKED,),
    )
    return fee_of(procedure, channel=channel, on=on, answers=answers)


@pytest.mark.parametrize(
    "pages, copies, fee",
    [
        (1, 1, 2000),
        (2, 1, 4000),
        (3, 1, 5000),
        (5, 3, 21_000),
        (198, 1, 200_000),
        (199, 1, 200_000),
        (500, 2, 400_000),
    ],
)
def test_certified_copies(pages, copies, fee):
    assert certified_copy_fee(pages, copies) == fee


@given(st.integers(1, 1000), st.integers(1, 50))
def test_more_pages_never_cost_less_and_a_copy_never_more_than_the_ceiling(pages, copies):
    fee = certified_copy_fee(pages, copies)
    assert fee <= certified_copy_fee(pages + 1, copies)
    assert fee <= 200_000 * copies


@pytest.mark.parametrize("pages, copies", [(0, 1), (1, 0), (-1, 1)])
def test_no_pages_or_copies_is_our_own_mistake(pages, copies):
    with pytest.raises(ValueError):
        certified_copy_fee(pages, copies)


def test_a_fee_by_pages_and_copies_comes_from_the_answers():
    assert charged(COPIES, pages="3", copies="2") == Fee(10_000, COPIES)
    assert charged(EXTRACT, copies="3") == Fee(24_000, EXTRACT)
    assert charged(FeeRule(10_000, "per_copy")).amount == 10_000


@pytest.mark.parametrize("answer", ["", "0", "-1", "hai", "２", "1.5", "999999999", "9" * 5000])
def test_copies_not_yet_told_leave_the_amount_to_the_counter(answer):
    assert charged(EXTRACT, copies=answer) == Fee(None, EXTRACT)
    assert charged(COPIES, pages=answer, copies="1") == Fee(None, COPIES)


def test_no_line_and_a_line_of_the_provincial_council_are_told_at_the_counter():
    council = FeeRule(None, note="Hội đồng nhân dân tỉnh quy định")
    assert charged() == Fee(None, None)
    assert charged(council) == Fee(None, council)


def test_a_line_for_the_channel_goes_before_one_for_every_channel():
    everyone, online = FeeRule(100_000), FeeRule(0, channel="online")
    assert charged(everyone, online, channel="online").amount == 0
    assert charged(everyone, online, channel="direct").amount == 100_000
    assert charged(online, channel="post") == Fee(None, None)


def test_half_price_ends_with_its_last_day():
    full = FeeRule(50_000)
    half = FeeRule(
        25_000, valid_from=date(2025, 7, 1), valid_to=date(2026, 12, 31), basis="Thông tư 64/2025/TT-BTC"
    )
    assert charged(full, half, on=date(2026, 12, 31)).amount == 25_000
    assert charged(full, half, on=date(2027, 1, 1)).amount == 50_000
    assert charged(full, half, on=date(2025, 6, 30)).amount == 50_000


def test_a_newer_line_replaces_an_older_one():
    old, new = FeeRule(8000, valid_from=date(2017, 1, 1)), FeeRule(9000, valid_from=date(2026, 1, 1))
    assert charged(new, old).amount == charged(old, new).amount == 9000


def test_lines_that_disagree_are_told_at_the_counter():
    assert charged(FeeRule(8000), FeeRule(5000)).amount is None
    assert charged(FeeRule(8000), FeeRule(8000)).amount == 8000


def test_an_unknown_formula_is_our_own_mistake():
    with pytest.raises(ValueError):
        charged(replace(EXTRACT, formula="per_kilogram"))


def test_copies_asked_for_on_the_way_are_added():
    free = FeeRule(0, plus=(FeeAddition(8000, "copies"),))
    assert charged(free, copies="2").amount == 16_000
    assert charged(free, copies="0").amount == charged(free).amount == 0
    assert charged(free, copies="hai").amount is None
    assert charged(FeeRule(None, plus=free.plus), copies="2").amount is None


def test_what_is_no_longer_shown_is_not_charged():
    rule = FeeRule(5000, plus=(FeeAddition(1000, "more"),))
    assert charged(rule, urgent="yes", more="3").amount == 8000
    assert charged(rule, urgent="no", more="3").amount == 5000


def test_a_line_under_a_condition_holds_only_where_it_is_met():
    usual, urgent = FeeRule(5000, channel="direct"), FeeRule(9000, when=(FeeCondition("urgent", ("yes",)),))
    assert charged(usual, urgent, urgent="yes").amount == 9000
    assert charged(usual, urgent, urgent="no").amount == charged(usual, urgent).amount == 5000


@pytest.mark.parametrize(
    "born, late", [("2026-09-22", False), ("2026-09-21", True), ("", False), ("x", False)]
)
def test_lateness_begins_on_the_day_after_the_last_day(born, late):
    """Source: Luật Hộ tịch 60/2014/QH13, art. 15: within 60 days of the birth."""
    in_time, too_late = FeeRule(0), FeeRule(None, when=(FeeCondition("born", late_after_days=60),))
    assert charged(in_time, too_late, born=born).rule is (too_late if late else in_time)


GROUPS = FeeRule(
    20_000,
    exempt=("Trẻ em",),
    reduced=(FeeReduction("Hộ cận nghèo", 10_000),),
    basis="Thông tư 75/2022/TT-BTC",
)


@pytest.mark.parametrize(
    ("exemption", "amount", "claimed"),
    [
        ("", 20_000, ""),
        ("Trẻ em", 0, "Trẻ em"),
        ("Hộ cận nghèo", 10_000, "Hộ cận nghèo"),
        ("Bạn của cán bộ", 20_000, ""),
    ],
)
def test_a_claimed_group_pays_what_the_line_says_and_no_other_group_anything_less(exemption, amount, claimed):
    procedure = Procedure("1.004222", "x", "x", "x", Term(TermUnit.SAME_DAY), fees=(GROUPS,))
    fee = fee_of(procedure, channel="direct", on=TODAY, answers={}, exemption=exemption)
    assert (fee.amount, fee.exemption, fee.full, fee.is_owed) == (amount, claimed, 20_000, True)
    assert GROUPS.groups == ("Trẻ em", "Hộ cận nghèo")


def test_who_is_exempt_pays_nothing_also_where_only_the_counter_knows_the_amount():
    unknown = FeeRule(None, exempt=("Trẻ em",))
    procedure = Procedure("1.004222", "x", "x", "x", Term(TermUnit.SAME_DAY), fees=(unknown,))
    assert fee_of(procedure, channel="direct", on=TODAY, answers={}, exemption="Trẻ em").amount == 0


def test_a_tariff_that_asks_for_nothing_is_never_owed():
    free = Procedure("1.004222", "x", "x", "x", Term(TermUnit.SAME_DAY), fees=(FeeRule(0),))
    assert is_never_owed(free) and not fee_of(free, channel="direct", on=TODAY, answers={}).is_owed
    for costs in (FeeRule(1), FeeRule(None), FeeRule(0, plus=(FeeAddition(8000, "copies"),)), COPIES):
        assert not is_never_owed(replace(free, fees=(costs,)))

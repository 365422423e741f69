"""What holds for many procedures at once, what kind of day it is, and which such days come."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import event

from build import a_procedure, vietnam
from dayway import a_rule, publish
from intake.coming_days import coming_days, coming_rules
from intake.db import db
from intake.policies import later_today, policies_for, policy_for, policy_of_day, take_place
from intake.rules.policy import ORDINARY, NotToday
from intake.rules.service_days import Part

NINE = vietnam(26, 9, 0)


@pytest.fixture
def order(session, office):
    def order(**changes):
        return publish(session, office, a_rule(**changes), now=vietnam(20))

    return order


def many() -> list:
    sectors = ("Hộ tịch", "Chứng thực", "Đất đai")
    return [a_procedure(code=f"1.{number:06}", sector=sectors[number % 3]) for number in range(30)]


def test_many_procedures_are_told_what_each_alone_is(session, office, order):
    order(procedures=frozenset({"1.000001"}), sectors=frozenset({"Đất đai"}), per_day=3)
    order(id=2, lineage="six", title="Sáu thủ tục", procedures=frozenset({"1.000001", "1.000003"}))
    procedures = many()
    found = policies_for(session, office, procedures, channel="kiosk", at=NINE)
    alone = [policy_for(session, office, one, channel="kiosk", at=NINE) for one in procedures]
    assert found == alone and {len(one.rules) for one in found} == {0, 1, 2}


def test_however_many_they_cost_one_question_and_none_without_limits(session, office, order):
    def questions() -> int:
        policies_for(session, office, many(), channel="kiosk", at=NINE)  # calendar and rules are known now
        asked: list[str] = []

        def asking(*told) -> None:
            asked.append(told[2])

        event.listen(db.engine, "before_cursor_execute", asking)
        policies_for(session, office, many(), channel="kiosk", at=NINE)
        event.remove(db.engine, "before_cursor_execute", asking)
        return len(asked)

    order()
    assert questions() == 0
    order(id=2, lineage="limited", per_hour=5)
    assert questions() == 1


def test_the_kind_of_day_is_told_whatever_the_procedure(session, office, order):
    order(procedures=frozenset({"1.000001"}), per_day=1)
    found = policy_of_day(session, office, at=NINE)
    assert [rule.title for rule in found.rules] == ["Thứ Năm không giấy, không hẹn"] and found.same_day
    assert take_place(session, office, found.promised_by, at=NINE)
    session.commit()
    assert policy_of_day(session, office, at=NINE).not_today is NotToday.DAY_FULL
    assert policy_of_day(session, office, at=NINE + timedelta(days=1)) == ORDINARY


def test_what_begins_later_today_is_known_until_it_begins(session, office, order):
    order(part=Part.AFTERNOON)
    (found,) = later_today(session, office, at=NINE)
    assert found[0] == vietnam(26, 13, 30)
    assert later_today(session, office, at=vietnam(26, 14, 0)) == ()
    assert later_today(session, office, at=vietnam(27, 9, 0)) == ()


def test_the_days_ahead_leave_out_today_and_days_off(session, office, order):
    order()
    order(id=2, lineage="dates", title="Ngày hội", weekdays=frozenset(), dates=frozenset({date(2026, 12, 3)}))
    found = coming_days(session, office, now=NINE, most=2)
    assert [day for day, _ in found] == [date(2026, 12, 3), date(2026, 12, 10)]
    assert [len(rules) for _, rules in found] == [2, 1]


def test_each_rule_tells_what_it_is_for_and_the_hours_of_its_next_day(session, office, order):
    order(procedures=frozenset({"1.001193"}), part=Part.MORNING)
    order(id=2, lineage="over", valid_to=date(2026, 11, 20))
    (found,) = coming_rules(session, office, now=NINE)
    assert (found.is_for_all, found.procedures, found.hours) == (False, ("Đăng ký khai sinh",), "07:30–11:30")

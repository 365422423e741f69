"""The four lines of a dossier as tables: every status has a row, and only the rows decide."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from build import vietnam
from intake.rules import lifecycle
from intake.rules.lifecycle import (
    NEXT,
    NEXT_DELIVERY,
    NEXT_PAYMENT,
    NEXT_SYNC,
    OPEN,
    RUNNING,
    Delivery,
    Due,
    Payment,
    Status,
    Sync,
    delivery_must_follow,
    must_follow,
    payment_must_follow,
    urgency,
    warning,
)
from intake.rules.office_rules import OFFICE_RULES
from intake.rules.reasons import (
    LATE_REASONS,
    REFUSAL_REASONS,
    STOP_GROUNDS,
    LateReason,
    RefusalReason,
    StopGround,
)
from intake.rules.refusals import WrongStatus

ALLOWED = {
    ("received", "in_progress"),
    ("received", "awaiting_supplement"),
    ("received", "refused"),
    ("received", "stopped"),
    ("in_progress", "awaiting_supplement"),
    ("in_progress", "result_ready"),
    ("in_progress", "stopped"),
    ("awaiting_supplement", "received"),
    ("awaiting_supplement", "in_progress"),
    ("awaiting_supplement", "refused"),
    ("awaiting_supplement", "stopped"),
    ("result_ready", "returned"),
}


@pytest.mark.parametrize(
    ("table", "line"),
    [(NEXT, Status), (NEXT_PAYMENT, Payment), (NEXT_DELIVERY, Delivery), (NEXT_SYNC, Sync)],
)
def test_every_state_of_every_line_has_a_row(table, line):
    assert set(table) == set(line)
    assert set().union(*table.values()) <= set(line)


@pytest.mark.parametrize(("now", "then"), list(product(Status, repeat=2)))
def test_what_may_follow_what(now, then):
    if (now, then) in ALLOWED:
        must_follow(now, then)
        return
    with pytest.raises(WrongStatus) as refusal:
        must_follow(now, then)
    assert refusal.value.facts == {"now": now, "then": then}


@pytest.mark.parametrize(("now", "then"), list(product(Delivery, repeat=2)))
def test_what_may_follow_on_the_line_of_delivery(now, then):
    if then in NEXT_DELIVERY[now]:
        delivery_must_follow(now, then)
        return
    with pytest.raises(WrongStatus):
        delivery_must_follow(now, then)


@pytest.mark.parametrize(("now", "then"), list(product(Payment, repeat=2)))
def test_what_may_follow_on_the_line_of_money(now, then):
    if then in NEXT_PAYMENT[now]:
        payment_must_follow(now, then)
        return
    with pytest.raises(WrongStatus):
        payment_must_follow(now, then)


def test_a_finished_dossier_is_closed_and_late_is_no_status():
    assert set(Status) - {Status.RETURNED, Status.REFUSED, Status.STOPPED} == OPEN
    assert {Status.RECEIVED, Status.IN_PROGRESS} == RUNNING
    assert not any("late" in status or "overdue" in status for status in Status)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (vietnam(26, 9), Due.IN_TIME),
        (vietnam(26, 10), Due.SOON),
        (vietnam(26, 14), Due.SOON),
        (vietnam(26, 14, 16), Due.BROKEN),
        (vietnam(27, 10), Due.BROKEN),
        (vietnam(27, 10, 16), Due.LATE),
    ],
)
def test_a_promise_nears_breaks_and_then_the_law_is_broken(now, due):
    warn = timedelta(hours=4)
    assert urgency(Status.RECEIVED, vietnam(26, 14), vietnam(27, 10), warn=warn, now=now) is due


@pytest.mark.parametrize(
    ("same_day", "expected", "minutes"),
    [
        (False, vietnam(26, 17, 0), 240),
        (True, vietnam(26, 17, 0), 160),  # a third of eight hours
        (True, vietnam(26, 9, 30), 10),  # of half an hour
        (True, vietnam(26, 9, 10), 5),  # never less
        (True, vietnam(27, 17, 0), 240),  # moved to another day: as any dossier
        (True, None, 240),
    ],
)
def test_what_is_promised_for_today_warns_in_its_last_third(same_day, expected, minutes):
    told = {"same_day": same_day, "received_at": vietnam(26, 9, 0), "expected_at": expected}
    assert warning(timedelta(hours=4), **told) == timedelta(minutes=minutes)


def test_without_a_legal_term_the_promise_alone_is_urgent():
    told = {"warn": timedelta(minutes=5)}
    assert urgency(Status.RECEIVED, vietnam(26, 14, 0), None, now=vietnam(26, 13), **told) is Due.IN_TIME
    assert urgency(Status.RECEIVED, vietnam(26, 14, 0), None, now=vietnam(26, 13, 56), **told) is Due.SOON
    assert urgency(Status.RECEIVED, vietnam(26, 14, 0), None, now=vietnam(26, 15), **told) is Due.BROKEN


@pytest.mark.parametrize("status", sorted(set(Status) - RUNNING))
def test_only_a_running_clock_is_urgent(status):
    late = urgency(status, vietnam(1), vietnam(2), warn=timedelta(), now=vietnam(20))
    assert late is (Due.SUSPENDED if status is Status.AWAITING_SUPPLEMENT else Due.NONE)


def test_a_dossier_without_a_term_is_never_urgent():
    assert urgency(Status.RECEIVED, None, None, warn=timedelta(), now=vietnam(20)) is Due.NONE


@pytest.mark.parametrize(
    ("words", "codes"),
    [(REFUSAL_REASONS, RefusalReason), (LATE_REASONS, LateReason), (STOP_GROUNDS, StopGround)],
)
def test_every_coded_reason_has_words_and_none_is_technical(words, codes):
    assert set(words) == set(codes)
    technical = ("lỗi hệ thống", "phần mềm", "kết nối", "máy in", "mạng")
    assert not [word for word in words.values() if any(sign in word.lower() for sign in technical)]


@pytest.mark.parametrize("name", list(OFFICE_RULES))
def test_the_default_of_an_offices_rule_is_one_of_its_values(name):
    kind = OFFICE_RULES[name]
    assert kind.label and (kind.default is None or kind.default in kind.values)


def test_every_table_of_the_lifecycle_is_walked_here():
    tables = {name for name in vars(lifecycle) if name.startswith("NEXT")}
    assert tables == {"NEXT", "NEXT_PAYMENT", "NEXT_DELIVERY", "NEXT_SYNC"}

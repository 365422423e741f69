"""The line of money, on both databases."""

from __future__ import annotations

import pytest

from intake import refusing
from intake.paying import amount_paid, fee_paid, refund
from intake.rules.lifecycle import WITHOUT_RESULT, Status
from intake.rules.refusals import BadPayment, WrongStatus
from lifeway import a_refusal


def pay(life, amount=8_000, number="BL-0001", **more):
    life.do(fee_paid, amount, number, **more)


def give_back(life, amount=8_000, number="PC-0001", reason="Hồ sơ bị từ chối tiếp nhận"):
    life.do(refund, amount, number, reason=reason)


def faults_of(refusal) -> list[tuple[str, str]]:
    return [(fault.key, fault.code) for fault in refusal.value.facts["faults"]]


def pay_and_refuse(life):
    pay(life)
    life.do(refusing.refuse, a_refusal())


@pytest.mark.parametrize("status", sorted(set(Status) - WITHOUT_RESULT))
def test_a_fee_is_paid_while_a_result_is_owed_or_given_and_changes_no_status(life, status):
    life.lead_to(status)
    pay(life)
    assert (life.dossier.status, life.dossier.payment_status) == (status, "paid")
    facts = life.last().facts
    assert (facts["amount"], facts["receipt_number"], facts["how"]) == (8_000, "BL-0001", "cash")


@pytest.mark.parametrize("status", sorted(WITHOUT_RESULT))
def test_nobody_pays_for_what_was_refused_or_stopped(life, status):
    life.lead_to(status)
    with pytest.raises(WrongStatus) as refusal:
        pay(life)
    assert refusal.value.facts == {"now": status, "then": "paid"}
    assert life.dossier.payment_status == "unpaid"


@pytest.mark.parametrize("status", sorted(set(Status) - WITHOUT_RESULT))
def test_nothing_is_given_back_of_what_was_neither_refused_nor_stopped(life, status):
    life.lead_to(status)
    pay(life)
    with pytest.raises(WrongStatus) as refusal:
        give_back(life)
    assert refusal.value.facts == {"now": status, "then": "refunded"}
    assert life.dossier.payment_status == "paid"


def test_a_fee_told_at_the_counter_becomes_the_fee(life):
    life.dossier.fee = None
    life.session.commit()
    pay(life, 15_000)
    assert life.dossier.fee == 15_000


def test_another_amount_needs_a_reason(life):
    with pytest.raises(BadPayment) as refusal:
        pay(life, 16_000)
    assert faults_of(refusal) == [("amount", "other_amount")]
    life.session.rollback()
    pay(life, 16_000, reason="Cấp hai bản")
    assert (life.dossier.fee, life.last().facts["fee"]) == (16_000, [8_000, 16_000])


@pytest.mark.parametrize(
    ("amount", "number", "how", "fault"),
    [
        (0, "1", "cash", ("amount", "too_small")),
        (-1, "1", "cash", ("amount", "too_small")),
        (10**12, "1", "cash", ("amount", "too_large")),
        (8_000, " ", "cash", ("receipt_number", "missing")),
        (8_000, "1", "shells", ("how", "bad_choice")),
    ],
)
def test_a_payment_that_is_not_told_rightly_is_none(life, amount, number, how, fault):
    with pytest.raises(BadPayment) as refusal:
        pay(life, amount, number, how=how, reason="Cấp nhiều bản")
    assert faults_of(refusal) == [fault]
    assert life.dossier.payment_status == "unpaid"


def test_nobody_pays_twice_or_where_nothing_is_owed(life):
    pay(life)
    with pytest.raises(WrongStatus):
        pay(life)
    life.session.rollback()
    life.dossier.payment_status = "nothing_to_pay"
    life.session.commit()
    with pytest.raises(WrongStatus):
        pay(life)


def test_what_was_paid_can_be_given_back_with_a_reason(life):
    pay_and_refuse(life)
    assert amount_paid(life.session, life.dossier) == 8_000
    give_back(life)
    assert life.dossier.payment_status == "refunded"
    assert (life.last().kind, life.last().reason) == ("fee_refunded", "Hồ sơ bị từ chối tiếp nhận")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"amount": 8_001}, ("amount", "too_large")),
        ({"amount": 0}, ("amount", "too_small")),
        ({"number": ""}, ("receipt_number", "missing")),
        ({"reason": ""}, ("reason", "missing")),
    ],
)
def test_never_more_is_given_back_than_was_paid_nor_without_a_reason(life, change, fault):
    pay_and_refuse(life)
    with pytest.raises(BadPayment) as refusal:
        give_back(life, **change)
    assert faults_of(refusal) == [fault]


def test_what_was_not_paid_is_not_given_back(life):
    life.lead_to(Status.REFUSED)
    with pytest.raises(WrongStatus):
        give_back(life)

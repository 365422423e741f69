"""Refusing and stopping: with a coded reason, words and a basis, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from build import vietnam
from intake import apologising, handing_over, paying, refusing, stopping
from intake.notices import facts_of_notice
from intake.records import Notice
from intake.rules.lifecycle import Status
from intake.rules.reasons import REFUSAL_REASONS, RefusalReason
from intake.rules.refusals import HandoverOpen, UnfinishedNotice, WrongStatus
from lifeway import a_refusal, a_stop, an_apology


def refuse(life, **changes):
    return life.do(refusing.refuse, a_refusal(**changes))


def stop(life, **changes):
    return life.do(stopping.stop, a_stop(**changes))


def faults_of(refusal) -> list[tuple[str, str]]:
    return [(fault.key, fault.code) for fault in refusal.value.facts["faults"]]


def test_a_refusal_ends_the_dossier_with_form_03(life):
    notice = refuse(life)
    dossier = life.dossier
    assert (dossier.status, dossier.finished_at, dossier.delivery_status) == ("refused", life.now(), "none")
    assert (notice.form, notice.state, notice.number) == ("refusal_notice", "issued", 1)
    facts = facts_of_notice(notice, life.keys)
    assert facts.reason_words == REFUSAL_REASONS[RefusalReason.NOT_COMPETENT]
    assert facts.reason_text == "Việc này do Ủy ban nhân dân xã khác giải quyết"
    assert (facts.legal_basis, facts.signer_name) == ("Điều 13 Luật Hộ tịch", "Lê Thu Hoa")


def test_the_event_of_a_refusal_tells_the_code_the_words_and_that_no_money_is_owed(life):
    refuse(life)
    event = life.last()
    assert (event.kind, event.facts["code"], event.facts["refund_due"]) == ("refused", "not_competent", False)
    assert event.facts["status"] == ["received", "refused"]


def test_a_fee_that_was_paid_is_due_back(life):
    life.do(paying.fee_paid, 8_000, "BL-1")
    refuse(life)
    assert life.last().facts["refund_due"] is True
    assert life.dossier.payment_status == "paid"


def test_refusing_a_dossier_frees_its_lock_and_ends_a_suspension(life):
    life.ask()
    refuse(life, reason="cannot_complete", text="Người nộp cho biết không có giấy tờ này")
    assert (life.dossier.held_by, life.dossier.suspended_at) == (None, None)


@pytest.mark.parametrize("reason", list(RefusalReason))
def test_every_coded_reason_can_be_given_where_it_applies(life, clock, reason):
    if reason in (RefusalReason.NOT_COMPLETED, RefusalReason.CANNOT_COMPLETE):
        life.ask()
    if reason is RefusalReason.NOT_COMPLETED:
        clock.now = vietnam(30)
    refuse(life, reason=reason)
    assert life.dossier.status == "refused"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"reason": ""}, ("reason", "missing")),
        ({"reason": "printer_error"}, ("reason", "bad_choice")),
        ({"reason": "not_completed"}, ("reason", "nothing_requested")),
        ({"reason": "cannot_complete"}, ("reason", "nothing_requested")),
        ({"text": ""}, ("text", "missing")),
        ({"text": "Lỗi 500"}, ("text", "too_short")),
        ({"text": "a" * 1001}, ("text", "too_long")),
        ({"legal_basis": ""}, ("legal_basis", "missing")),
        ({"legal_basis": "--"}, ("legal_basis", "too_short")),
    ],
)
def test_a_refusal_without_reason_words_or_basis_is_none(life, change, fault):
    with pytest.raises(UnfinishedNotice) as refusal:
        refuse(life, **change)
    assert faults_of(refusal) == [fault]
    assert life.session.scalar(select(Notice)) is None


def test_nobody_is_refused_for_missing_papers_while_there_is_time_to_bring_them(life, clock):
    notice = life.ask()
    with pytest.raises(UnfinishedNotice) as refusal:
        refuse(life, reason="not_completed")
    assert faults_of(refusal) == [("reason", "still_time")]
    assert refusal.value.facts["faults"][0].facts == {"until": notice.until}
    clock.now = notice.until + timedelta(seconds=1)
    refuse(life, reason="not_completed")


@pytest.mark.parametrize(
    "status",
    [Status.IN_PROGRESS, Status.RESULT_READY, Status.RETURNED, Status.REFUSED, Status.STOPPED],
)
def test_what_was_taken_in_is_not_refused_any_more(life, status):
    life.lead_to(status)
    with pytest.raises(WrongStatus):
        refuse(life)


@pytest.mark.parametrize("status", [Status.RECEIVED, Status.IN_PROGRESS, Status.AWAITING_SUPPLEMENT])
def test_before_there_is_a_result_the_applicant_may_stop(life, status):
    life.lead_to(status)
    notice = stop(life)
    dossier = life.dossier
    assert (dossier.status, dossier.finished_at, dossier.suspended_at) == ("stopped", life.now(), None)
    facts = facts_of_notice(notice, life.keys)
    assert (notice.form, notice.number, facts.status_before) == ("stop_notice", 1, status)
    assert (facts.requested_by, facts.requested_at) == ("Lê Thị Ngọc Lan", vietnam(20))
    assert facts.reason_words == "Theo đề nghị của người nộp hồ sơ"
    assert "trực tiếp" in facts.proof_words and facts.fees_words == "Chưa thu phí, lệ phí"


@pytest.mark.parametrize("status", [Status.RESULT_READY, Status.RETURNED, Status.REFUSED, Status.STOPPED])
def test_once_there_is_a_result_nothing_is_stopped(life, status):
    life.lead_to(status)
    with pytest.raises(WrongStatus):
        stop(life)


def test_a_decision_stops_a_dossier_by_its_number_and_basis(life):
    life.check()
    notice = stop(
        life, ground="decision", decision="Số 15/QĐ-UBND ngày 20/11/2026", legal_basis="Điều 20 Luật Hộ tịch"
    )
    facts = facts_of_notice(notice, life.keys)
    assert (facts.decision, facts.legal_basis) == ("Số 15/QĐ-UBND ngày 20/11/2026", "Điều 20 Luật Hộ tịch")
    assert life.last().facts["ground"] == "decision"


def test_the_papers_that_went_back_are_named(life):
    notice = stop(life, returned=("form", "unknown"))
    assert facts_of_notice(notice, life.keys).returned_papers == ("Tờ khai",)
    assert life.last().facts["returned"] == ["form"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"ground": ""}, ("ground", "missing")),
        ({"ground": "weather"}, ("ground", "bad_choice")),
        ({"text": "ok"}, ("text", "too_short")),
        ({"asked_by": ""}, ("asked_by", "missing")),
        ({"asked_at": None}, ("asked_at", "missing")),
        ({"asked_at": vietnam(21)}, ("asked_at", "future_date")),
        ({"asked_at": vietnam(19)}, ("asked_at", "before_received")),
        ({"proof": ""}, ("proof", "missing")),
        ({"proof": "rumour"}, ("proof", "bad_choice")),
        ({"fees": ""}, ("fees", "missing")),
        ({"fees": "gift"}, ("fees", "bad_choice")),
        ({"fees": "refund"}, ("fees", "other_than_paid")),
        ({"fees": "kept"}, ("fees", "other_than_paid")),
        ({"ground": "decision", "legal_basis": "Điều 20"}, ("decision", "missing")),
        ({"ground": "decision", "decision": "15/QĐ-UBND"}, ("legal_basis", "missing")),
    ],
)
def test_an_unfinished_stop_is_refused_at_its_field(life, change, fault):
    with pytest.raises(UnfinishedNotice) as refusal:
        stop(life, **change)
    assert faults_of(refusal) == [fault]


def test_what_becomes_of_a_fee_that_was_paid_must_be_told(life):
    life.do(paying.fee_paid, 8_000, "BL-1")
    for change, fault in (
        ({"fees": "none_paid"}, ("fees", "other_than_paid")),
        ({"fees": "kept"}, ("legal_basis", "missing")),
    ):
        with pytest.raises(UnfinishedNotice) as refusal:
            stop(life, **change)
        assert faults_of(refusal) == [fault]
        life.session.rollback()
    stop(life, fees="refund")
    assert life.last().facts["refund_due"] is True


def test_an_apology_nobody_has_issued_dies_with_the_dossier(life):
    notice = life.do(apologising.propose, an_apology())
    stop(life)
    life.session.refresh(notice)
    assert (notice.state, notice.number) == ("withdrawn", None)
    assert life.last().facts["withdrawn"] == [notice.id]


def test_nothing_is_stopped_while_it_is_on_its_way(life, civil):
    life.check()
    life.do(handing_over.give, civil.id)
    with pytest.raises(HandoverOpen):
        stop(life)


def test_every_form_has_numbers_of_its_own_without_gaps(life):
    first = life.ask()
    stopped = stop(life)
    assert (first.number, stopped.number) == (1, 1)


def test_a_notice_that_was_rolled_back_leaves_no_gap(life):
    refusing.refuse(life.session, life.hand(), a_refusal(), keys=life.keys, by=life.hoa, now=life.now())
    life.session.rollback()
    assert refuse(life).number == 1


def test_a_dossier_of_the_old_rules_keeps_the_forms_of_its_time(life):
    life.dossier.received_at = vietnam(14, month=9, year=2025)
    life.session.commit()
    assert life.ask().form_set == "tt01_2018"


def test_a_dossier_of_today_has_todays_forms(life):
    assert life.ask().form_set == "tt03_2025"

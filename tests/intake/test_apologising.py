"""Apology and extension, and who is late: on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from build import vietnam
from intake import handing_over, lateness
from intake.apologising import issue, open_proposal, propose, withdraw
from intake.notices import facts_of_notice
from intake.rules.lifecycle import RUNNING, Status
from intake.rules.reasons import LateReason
from intake.rules.refusals import (
    ApologyPending,
    HandoverOpen,
    NoSuchNotice,
    NotAllowed,
    NothingToExtend,
    TooManyExtensions,
    UnfinishedNotice,
    WrongStatus,
)
from lifeway import an_apology


def proposed(life, **changes):
    return life.do(propose, an_apology(**changes))


def issued(life, notice, *, by=None, **more):
    return life.do(issue, notice.id, by=by or life.dung, **more)


def faults_of(refusal) -> list[tuple[str, str]]:
    return [(fault.key, fault.code) for fault in refusal.value.facts["faults"]]


def test_a_proposal_moves_nothing_and_has_no_number(life):
    notice = proposed(life)
    assert (notice.form, notice.state, notice.number, notice.until) == (
        "apology",
        "proposed",
        None,
        vietnam(27),
    )
    assert life.dossier.deadline_at == vietnam(26)
    assert (life.last().kind, life.last().facts["late"]) == ("apology_proposed", False)


def test_once_issued_the_deadline_moves_and_what_was_given_first_stays(life):
    before = life.dossier.due_at, life.dossier.promised_at
    notice = issued(life, proposed(life))
    dossier = life.dossier
    assert (dossier.deadline_at, dossier.expected_at) == (vietnam(27), vietnam(27))
    assert (dossier.due_at, dossier.promised_at) == before
    assert (notice.state, notice.number, notice.proposed_by, notice.issued_by) == (
        "issued",
        1,
        life.hoa.person_id,
        life.dung.person_id,
    )
    assert life.last().facts["deadline_at"] == [vietnam(26).isoformat(), vietnam(27).isoformat()]


def test_form_04_says_the_old_time_the_new_one_why_and_who_signed(life):
    facts = facts_of_notice(issued(life, proposed(life)), life.keys)
    assert (facts.due_at, facts.deadline_at, facts.until) == (vietnam(26), vietnam(26), vietnam(27))
    assert (facts.reason_words, facts.reason_text) == (
        "Phải xác minh thêm",
        "Phải xác minh tại nơi cư trú cũ",
    )
    assert (facts.officer_name, facts.signer_name, facts.extensions_before) == (
        "Lê Thu Hoa",
        "Trần Quốc Dũng",
        0,
    )


def test_who_does_not_decide_issues_nothing(life):
    notice = proposed(life)
    with pytest.raises(NotAllowed):
        issued(life, notice, by=life.hoa)


def test_who_decides_may_propose_and_issue(life):
    notice = life.do(propose, an_apology(), by=life.dung)
    assert issued(life, notice).issued_by == life.dung.person_id


@pytest.mark.parametrize("reason", list(LateReason))
def test_every_coded_reason_can_be_given(life, reason):
    assert facts_of_notice(proposed(life, reason=reason), life.keys).reason_words


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"reason": ""}, ("reason", "missing")),
        ({"reason": "tired"}, ("reason", "bad_choice")),
        ({"text": ""}, ("text", "missing")),
        ({"text": "bận"}, ("text", "too_short")),
        ({"legal_basis": "."}, ("legal_basis", "too_short")),
        ({"until": None}, ("until", "missing")),
        ({"until": vietnam(20)}, ("until", "past_date")),
        ({"until": vietnam(26)}, ("until", "not_later")),
        ({"until": vietnam(28)}, ("until", "not_working_time")),
        ({"until": vietnam(27, 18)}, ("until", "not_working_time")),
    ],
)
def test_an_unfinished_apology_is_refused_at_its_field(life, change, fault):
    with pytest.raises(UnfinishedNotice) as refusal:
        proposed(life, **change)
    assert faults_of(refusal) == [fault]
    assert open_proposal(life.session, life.dossier) is None


def test_one_proposal_at_a_time(life):
    proposed(life)
    with pytest.raises(ApologyPending):
        proposed(life)


def test_after_the_due_time_an_apology_is_possible_and_says_it_was_late(life, clock):
    clock.now = vietnam(27)
    issued(life, proposed(life, until=vietnam(30)))
    assert life.last().facts["late"] is True


def test_a_second_extension_needs_a_manager_and_a_reason(life):
    issued(life, proposed(life))
    second = proposed(life, until=vietnam(30))
    for by, more in ((life.dung, {"override_reason": "Việc rất phức tạp"}), (life.thu, {})):
        with pytest.raises(TooManyExtensions) as refusal:
            issued(life, second, by=by, **more)
        assert refusal.value.facts == {"most": 1}
        life.session.rollback()
    notice = issued(life, second, by=life.thu, override_reason="Chờ kết quả giám định của tỉnh")
    assert facts_of_notice(notice, life.keys).extensions_before == 1
    assert (life.dossier.deadline_at, life.last().reason) == (vietnam(30), "Chờ kết quả giám định của tỉnh")


def test_the_office_says_how_often_it_extends(life):
    life.set_rule("extensions_most", 2)
    issued(life, proposed(life))
    issued(life, proposed(life, until=vietnam(30)))
    assert life.dossier.deadline_at == vietnam(30)


def test_an_office_that_never_extends_leaves_it_to_its_manager(life):
    life.set_rule("extensions_most", 0)
    notice = proposed(life)
    with pytest.raises(TooManyExtensions):
        issued(life, notice)


def test_a_proposal_is_withdrawn_by_who_made_it_or_who_decides(life):
    for by in (life.hoa, life.dung):
        notice = proposed(life)
        life.do(withdraw, notice.id, reason="Đã xong kịp", by=by)
        assert (notice.state, life.last().kind) == ("withdrawn", "apology_withdrawn")
    notice = life.do(propose, an_apology(), by=life.dung)
    with pytest.raises(NotAllowed):
        life.do(withdraw, notice.id, by=life.hoa)


def test_what_was_issued_or_withdrawn_is_no_proposal_any_more(life):
    notice = proposed(life)
    issued(life, notice)
    for verb in (issue, withdraw):
        with pytest.raises(NoSuchNotice):
            life.do(verb, notice.id, by=life.thu)
        life.session.rollback()


def test_a_new_time_that_has_gone_by_is_not_granted(life, clock):
    notice = proposed(life)
    clock.now = vietnam(30)
    with pytest.raises(UnfinishedNotice) as refusal:
        issued(life, notice)
    assert faults_of(refusal) == [("until", "past_date")]


@pytest.mark.parametrize("status", sorted(set(Status) - RUNNING))
def test_where_no_clock_runs_nothing_is_extended(life, status):
    life.lead_to(status)
    with pytest.raises(WrongStatus):
        proposed(life)


def test_a_dossier_without_a_deadline_has_nothing_to_extend(life):
    life.dossier.deadline_at = life.dossier.expected_at = None
    life.session.commit()
    with pytest.raises(NothingToExtend):
        proposed(life)


def test_nothing_is_granted_while_the_dossier_is_on_its_way(life, civil):
    life.check()
    notice = proposed(life)
    life.do(handing_over.give, civil.id)
    with pytest.raises(HandoverOpen):
        issued(life, notice)


# Lateness


def codes(rows) -> list[str]:
    return [row.dossier_code for row in rows]


def both(life) -> tuple[list[str], list[str]]:
    told = {"now": life.now()}
    warned = codes(lateness.will_be_late(life.session, life.office, **told))
    alarmed = codes(lateness.alarms(life.session, life.office, **told))
    counted = lateness.counts(life.session, life.office, **told)
    assert (counted["will_be_late"], counted["alarms"]) == (len(warned), len(alarmed))
    return warned, alarmed


def test_a_dossier_that_will_be_late_shows_up_ahead_and_then_is_an_alarm(life, clock):
    dossier = life.dossier
    clock.now = dossier.expected_at - timedelta(minutes=241)
    assert both(life) == ([], [])
    clock.now = dossier.expected_at - timedelta(minutes=240)
    assert both(life) == ([life.code], [])
    clock.now = dossier.deadline_at
    assert both(life) == ([life.code], [])
    clock.now += timedelta(seconds=1)
    assert both(life) == ([], [life.code])


def test_the_office_says_how_long_ahead(life, clock):
    life.set_rule("late_warning_minutes", 30)
    clock.now = life.dossier.expected_at - timedelta(minutes=31)
    assert both(life) == ([], [])


def test_an_issued_apology_ends_the_alarm_a_proposed_one_does_not(life, clock):
    clock.now = vietnam(27)
    notice = proposed(life, until=vietnam(30))
    (row,) = lateness.alarms(life.session, life.office, now=clock())
    assert row.apology_proposed
    issued(life, notice)
    assert both(life) == ([], [])
    clock.now = vietnam(30) + timedelta(minutes=1)
    assert both(life)[1] == [life.code]


@pytest.mark.parametrize("status", sorted(set(Status) - RUNNING))
def test_only_a_running_clock_raises_an_alarm(life, clock, status):
    life.lead_to(status)
    clock.now = vietnam(30, month=12)
    assert both(life) == ([], [])


def test_papers_that_never_came_are_listed_until_somebody_acts(life, clock):
    life.ask()
    assert lateness.prolonged(life.session, life.office, now=clock()) == ()
    clock.now = vietnam(30)
    (row,) = lateness.prolonged(life.session, life.office, now=clock())
    assert (row.dossier_code, row.until, row.applicant_name) == (
        life.code,
        vietnam(27, 17, 0),
        "Lê Thị Ngọc Lan",
    )


def test_another_office_sees_none_of_it(life, clock, session):
    clock.now = vietnam(30)
    elsewhere = replace(life).office.__class__(id=99, code="H56.17.97")
    assert lateness.alarms(session, elsewhere, now=clock()) == ()

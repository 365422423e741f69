"""Asking for more and taking it in, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from build import an_application, vietnam
from conftest import offer
from intake import handing_over, supplementing
from intake.accepting import accept
from intake.events import citizen
from intake.notices import facts_of_notice
from intake.records import Notice
from intake.rules.lifecycle import Status
from intake.rules.procedures import Term, TermUnit
from intake.rules.refusals import HandoverOpen, SecondApproval, UnfinishedNotice, WrongStatus
from intake.supplementing import SupplementItem, open_request, receive_supplement, request_supplement
from lifeway import a_request

SIGN = SupplementItem("form", "Tờ khai chưa ký", originals=1)
NAME = SupplementItem("who", "Tên khác với thẻ căn cước")


def bring(life, *received: str, **more) -> bool:
    return life.do(receive_supplement, received, **more)


def test_a_request_stops_the_clock_and_rewrites_nothing_that_was_promised(life):
    before = life.dossier.due_at, life.dossier.promised_at, life.dossier.deadline_at
    notice = life.ask()
    dossier = life.dossier
    assert (dossier.status, dossier.suspended_at) == ("awaiting_supplement", life.now())
    assert (dossier.due_at, dossier.promised_at, dossier.deadline_at) == before
    assert (notice.form, notice.state, notice.stage, notice.year, notice.number) == (
        "supplement_request",
        "issued",
        "intake",
        2026,
        1,
    )
    assert notice.until == vietnam(27, 17, 0)


def test_the_notice_says_exactly_what_is_wrong_and_how_many_are_asked_for(life):
    facts = facts_of_notice(life.ask(items=(SIGN, NAME)), life.keys)
    assert [(item.name, item.wrong, item.originals) for item in facts.items] == [
        ("Tờ khai", "Tờ khai chưa ký", 1),
        ("Họ, chữ đệm và tên", "Tên khác với thẻ căn cước", 0),
    ]
    assert (facts.legal_basis, facts.guide_name, facts.guide_phone) == (
        "Khoản 1 Điều 16 Luật Hộ tịch",
        "Lê Thu Hoa",
        "0237 385 0000",
    )
    assert (facts.applicant_name, facts.citizen_id, facts.phone) == (
        "Lê Thị Ngọc Lan",
        "038156***234",
        "0912***678",
    )
    assert (facts.signer_name, facts.issued_at, facts.until) == ("Lê Thu Hoa", life.now(), vietnam(27, 17, 0))


def test_the_event_tells_what_was_asked_and_nothing_personal(life):
    life.ask()
    event = life.last()
    assert (event.kind, event.reason) == ("supplement_requested", "Tờ khai chưa có chữ ký của người yêu cầu")
    assert event.facts["items"] == ["form"] and event.facts["stage"] == "intake"
    assert "038156001234" not in repr(event.facts)


def test_the_usual_term_ends_with_the_fifth_working_day(life):
    assert life.ask(until=None).until == vietnam(30, 17, 30)  # 24/11 is a holiday


def test_the_office_sets_its_usual_term(life):
    life.set_rule("supplement_days", 1)
    assert life.ask(until=None).until == vietnam(23, 17, 30)


def test_while_it_is_handled_a_request_is_of_the_appraisal(life):
    life.check()
    notice = life.do(request_supplement, a_request(), by=life.dung)
    assert notice.stage == "appraisal"
    bring(life, "form")
    assert life.dossier.status == "in_progress"


def test_when_all_is_there_the_dossier_goes_back_and_the_clock_goes_on(life, clock):
    life.ask()
    clock.now = vietnam(25)  # Friday to Wednesday, without the holiday: two working days
    assert bring(life, "form") is True
    dossier = life.dossier
    assert (dossier.status, dossier.suspended_at) == ("received", None)
    assert dossier.deadline_at == vietnam(30)
    assert dossier.due_at == vietnam(26)
    assert dossier.expected_at > dossier.promised_at
    facts = life.last().facts
    assert facts["deadline_at"] == [vietnam(26).isoformat(), dossier.deadline_at.isoformat()]
    assert facts["status"] == ["awaiting_supplement", "received"]


def test_some_of_several_are_recorded_and_the_rest_is_awaited(life):
    life.ask(items=(SIGN, NAME))
    assert bring(life, "who") is False
    assert life.dossier.status == "awaiting_supplement"
    asked = open_request(life.session, life.dossier, keys=life.keys, now=life.now())
    assert asked is not None and [item.key for item in asked.left] == ["form"]
    assert life.last().facts["left"] == ["form"]
    assert bring(life, "form") is True


def test_what_was_brought_twice_is_counted_once(life):
    life.ask(items=(SIGN, NAME))
    bring(life, "who")
    assert bring(life, "who", "form") is True
    assert life.last().facts["items"] == ["form"]


def test_the_rest_may_turn_out_not_to_be_needed_for_a_reason(life):
    life.ask(items=(SIGN, NAME))
    bring(life, "form", rest_not_needed="Tên đã đối chiếu với cơ sở dữ liệu dân cư")
    assert life.dossier.status == "received"
    assert life.last().facts["rest_not_needed"] == "Tên đã đối chiếu với cơ sở dữ liệu dân cư"


@pytest.mark.parametrize(
    ("received", "rest", "fault"),
    [
        ((), "", ("received", "missing")),
        (("passport",), "", ("received", "bad_choice")),
        ((), "vì", ("rest_not_needed", "too_short")),
    ],
)
def test_nothing_or_what_nobody_asked_for_is_not_taken_in(life, received, rest, fault):
    life.ask()
    with pytest.raises(UnfinishedNotice) as refusal:
        bring(life, *received, rest_not_needed=rest)
    assert [(one.key, one.code) for one in refusal.value.facts["faults"]] == [fault]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"items": ()}, ("items", "nothing_asked")),
        ({"guide_phone": "gọi chị Hoa"}, ("guide_phone", "bad_phone")),
        ({"guide_phone": "12"}, ("guide_phone", "bad_phone")),
        ({"guide_phone": "0912 345 678 901 234 5"}, ("guide_phone", "bad_phone")),
        ({"items": (replace(SIGN, key="nothing"),)}, ("items.nothing", "bad_choice")),
        ({"items": (replace(SIGN, wrong=""),)}, ("items.form.wrong", "missing")),
        ({"items": (replace(SIGN, originals=100),)}, ("items.form.count", "too_large")),
        ({"items": (replace(SIGN, copies=-1),)}, ("items.form.count", "too_large")),
        ({"reason": ""}, ("reason", "missing")),
        ({"reason": "Thiếu"}, ("reason", "too_short")),
        ({"reason": "a" * 1001}, ("reason", "too_long")),
        ({"legal_basis": " "}, ("legal_basis", "missing")),
        ({"until": vietnam(20)}, ("until", "past_date")),
    ],
)
def test_an_unfinished_request_is_refused_at_its_field(life, change, fault):
    with pytest.raises(UnfinishedNotice) as refusal:
        life.ask(**change)
    assert [(one.key, one.code) for one in refusal.value.facts["faults"]] == [fault]
    assert life.session.scalar(select(Notice)) is None


def test_one_paper_asked_for_twice_is_a_slip(life):
    with pytest.raises(UnfinishedNotice) as refusal:
        life.ask(items=(SIGN, SIGN))
    assert {one.key for one in refusal.value.facts["faults"]} == {"items.form"}


def test_all_faults_are_told_at_once(life):
    with pytest.raises(UnfinishedNotice) as refusal:
        life.ask(items=(), reason="", legal_basis="", until=vietnam(19))
    assert [one.key for one in refusal.value.facts["faults"]] == ["items", "reason", "legal_basis", "until"]


def test_a_second_request_in_one_stage_needs_somebody_who_decides(life):
    life.ask()
    bring(life, "form")
    with pytest.raises(SecondApproval) as refusal:
        life.ask()
    assert refusal.value.facts == {"stage": "intake", "earlier": 1}
    life.session.rollback()
    second = life.do(request_supplement, a_request(), by=life.dung)
    assert (second.number, second.issued_by) == (2, life.dung.person_id)
    assert life.last().facts["earlier"] == 1


def test_the_first_request_of_the_other_stage_needs_nobody(life):
    life.ask()
    bring(life, "form")
    life.check()
    assert life.ask().stage == "appraisal"


def test_what_came_for_an_earlier_request_does_not_count_for_the_next(life):
    life.ask()
    bring(life, "form")
    life.check()
    life.ask()
    asked = open_request(life.session, life.dossier, keys=life.keys, now=life.now())
    assert asked is not None and asked.received == ()


def test_two_suspensions_add_up(life, clock):
    life.ask()
    clock.now = vietnam(23)
    bring(life, "form")
    life.check()
    life.ask()
    clock.now = vietnam(25)
    bring(life, "form")
    assert (life.dossier.due_at, life.dossier.deadline_at) == (vietnam(26), vietnam(30))


def test_a_dossier_without_a_term_keeps_none(life, session, kiosk, clock):
    version = offer(session, kiosk, code="1.000009", term=Term(TermUnit.OTHER, note="Theo điều ước"))
    dossier = accept(
        session,
        an_application(version),
        kiosk,
        keys=life.keys,
        base_url="http://x",
        by=citizen("K1"),
        now=clock(),
    )
    session.commit()
    life.code = dossier.dossier_code
    life.ask()
    clock.now = vietnam(25)
    bring(life, "form")
    assert (dossier.deadline_at, dossier.expected_at, dossier.status) == (None, None, "received")


def test_papers_that_come_after_the_last_moment_are_taken_and_it_is_told(life, clock):
    life.ask()
    clock.now = vietnam(30)
    asked = open_request(life.session, life.dossier, keys=life.keys, now=clock())
    assert asked is not None and asked.is_prolonged
    assert bring(life, "form") is True
    assert life.last().facts["prolonged"] is True


@pytest.mark.parametrize(
    "status",
    [Status.AWAITING_SUPPLEMENT, Status.RESULT_READY, Status.RETURNED, Status.REFUSED, Status.STOPPED],
)
def test_nothing_is_asked_for_in_any_other_status(life, status):
    life.lead_to(status)
    with pytest.raises(WrongStatus):
        life.ask()


@pytest.mark.parametrize("status", [status for status in Status if status != Status.AWAITING_SUPPLEMENT])
def test_nothing_is_taken_in_that_is_not_awaited(life, status):
    life.lead_to(status)
    with pytest.raises(WrongStatus):
        bring(life, "form")


def test_nothing_is_asked_for_while_the_dossier_is_on_its_way(life, civil):
    life.check()
    life.do(handing_over.give, civil.id)
    with pytest.raises(HandoverOpen):
        life.ask()


def test_an_officer_may_ask_to_mend_any_paper_of_the_case_and_whatever_was_declared(life):
    names = supplementing.may_be_asked(life.session, life.dossier, keys=life.keys, now=life.now())
    assert list(names)[:2] == ["form", "who"]
    assert {"applicant.name", "collection"} <= set(names)


def test_what_was_brought_before_is_not_brought_again(life):
    life.ask(items=(SIGN, NAME))
    bring(life, SIGN.key)
    with pytest.raises(UnfinishedNotice) as refusal:
        bring(life, SIGN.key)
    assert [(f.key, f.code) for f in refusal.value.facts["faults"]] == [("received", "missing")]
    assert len(life.events("supplement_received")) == 1

"""Tiếp nhận, and the notices' core: on both databases."""

from __future__ import annotations

import ast
from dataclasses import fields
from pathlib import Path

import pytest

from build import vietnam
from intake import holding
from intake.checking import check_in
from intake.contents import content_of, seal_content
from intake.notices import facts_of_notice, seal_notice
from intake.rules.answers import Fault
from intake.rules.lifecycle import Status
from intake.rules.refusals import (
    HandoverOpen,
    HeldByAnother,
    NotOfThisUnit,
    TooManyExtensions,
    WrongReceipt,
    WrongStatus,
)

INTAKE = Path(__file__).resolve().parents[2] / "intake"
LIFE = (
    "supplementing", "refusing", "stopping", "handing_over", "returning", "apologising", "paying",
    "rules/notice_faults",
)  # fmt: skip
FACTS = {
    "too_short": {"min": 10},
    "too_long": {"max": 1000},
    "too_small": {"min": 1},
    "too_large": {"max": 8_000},
    "other_amount": {"fee": 8_000},
    "other_than_paid": {"paid": True},
}


def fault_codes() -> set[str]:
    """Every code a verb of the life gives a fault."""
    found = set()
    for name in LIFE:
        for node in ast.walk(ast.parse((INTAKE / f"{name}.py").read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Fault":
                found |= {leaf.value for leaf in ast.walk(node.args[1]) if isinstance(leaf, ast.Constant)}
    return {code for code in found if isinstance(code, str) and code}


@pytest.mark.parametrize("code", sorted(fault_codes()))
def test_every_fault_of_the_verbs_has_a_sentence_of_its_own(house, clock, code):
    moments = {"still_time": {"until": clock()}, "not_later": {"deadline": clock()}}
    fault = Fault("x", code, FACTS.get(code, {}) | moments.get(code, {}))
    with house.app.test_request_context("/"):
        sentence = " ".join(str(house.app.jinja_env.globals["say"](fault)).split())
    assert sentence.endswith((".", "».")) and "chưa dùng được" not in sentence and code not in sentence


def test_checked_is_in_progress_with_what_was_seen_and_what_does_not_agree(life):
    life.do(
        check_in,
        seen=("form", "unknown"),
        contradictions=["Ngày sinh trên tờ khai khác thẻ", " "],
        note="Đã đối chiếu bản chính",
    )
    event = life.last()
    assert life.dossier.status == "in_progress"
    assert (event.kind, event.device, event.reason) == ("checked", "Q2", "Đã đối chiếu bản chính")
    assert event.facts["seen"] == ["form"]
    assert event.facts["contradictions"] == ["Ngày sinh trên tờ khai khác thẻ"]


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.RECEIVED])
def test_only_what_was_just_received_is_checked(life, status):
    life.lead_to(status)
    with pytest.raises(WrongStatus):
        life.check()


def test_a_dossier_another_holds_is_not_checked(life):
    holding.take(life.session, life.office, life.code, by=life.dung, now=life.now())
    life.session.commit()
    with pytest.raises(HeldByAnother):
        life.check()


def test_the_facts_of_a_notice_come_back_as_they_were_sealed(life):
    notice = life.ask()
    facts = facts_of_notice(notice, life.keys)
    again = type(facts)(**{entry.name: getattr(facts, entry.name) for entry in fields(facts)})
    notice.facts_sealed = seal_notice(again, life.keys)
    assert facts_of_notice(notice, life.keys) == facts
    for secret in ("Lê Thị Ngọc Lan", "Tờ khai", "038156"):
        assert secret.encode() not in notice.facts_sealed


def test_the_sealed_content_comes_back_whole(life):
    content = content_of(life.dossier, life.keys)
    assert content.applicant.citizen_id == "038156001234" and content.collection.how == "counter_later"
    seal_content(life.dossier, content, life.keys)
    assert content_of(life.dossier, life.keys) == content


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (
            HeldByAnother(name="Lê Thu Hoa", until=vietnam(20)),
            "Lê Thu Hoa đang giữ hồ sơ này, lâu nhất đến 10:15",
        ),
        (HandoverOpen(to="Phòng Tư pháp"), "chờ Phòng Tư pháp xác nhận"),
        (HandoverOpen(to=""), "chờ bộ phận tiếp nhận xác nhận"),
        (NotOfThisUnit(unit=""), "thuộc bộ phận tiếp nhận"),
        (TooManyExtensions(most=1), "nhiều nhất 1 lần"),
        (WrongReceipt(dossier_code="H56.17.22-261120-0099"), "H56.17.22-261120-0099"),
    ],
)
def test_a_refusal_tells_the_fact_that_helps(house, refusal, told):
    with house.app.test_request_context("/"):
        assert told in str(house.app.jinja_env.globals["refusals"].advice(refusal))

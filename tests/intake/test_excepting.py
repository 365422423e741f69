"""Paper for a dossier that was filed already: two touches, a closed list, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from build import an_application, vietnam
from conftest import offer
from dayway import a_rule, publish
from intake.accepting import accept
from intake.contents import content_of
from intake.events import citizen
from intake.excepting import reasons_for, record_exception, standing_exceptions, withdraw_exception
from intake.handing_over import give
from intake.records import ServiceDayVersion, Unit
from intake.rules.exceptions import PaperException, PaperReason
from intake.rules.lifecycle import Status
from intake.rules.procedures import Requirement
from intake.rules.refusals import HandoverOpen, NoException, PaperIsTaken, UnfinishedNotice, WrongStatus
from lifeway import Life

THURSDAY = vietnam(26, 9, 0)
VERIFIED = PaperException(PaperReason.VERIFICATION)
HELPED = PaperException(PaperReason.NEEDS_HELP)
TWO = (Requirement("form", "Tờ khai", originals=1), Requirement("book", "Sổ hộ khẩu cũ", originals=2))


@pytest.fixture
def filed(hoa, dung, thu, session, kiosk, office, keys, clock):
    """At the kiosk, both papers scanned, under a rule that names ``exceptions``."""

    def dossier(at=THURSDAY, how="scan", **changes: object) -> Life:
        clock.now = at
        publish(session, office, a_rule(**changes), now=vietnam(20))
        version = offer(session, kiosk, requirements=TWO)
        documents = {one.key: {"how": how, "reason": ""} for one in TWO}
        told = {"keys": keys, "base_url": "http://x", "by": citizen("K1"), "now": at}
        one = accept(session, an_application(version, documents=documents), kiosk, **told)
        session.commit()
        return Life(session, office, keys, clock, one.dossier_code, hoa, dung, thu)

    return dossier


def counted(life: Life) -> tuple[str, int, int, bool]:
    one = life.dossier
    return one.paper_reason, one.sheets_taken, one.sheets_saved, one.without_paper


def hows(life: Life) -> dict[str, str]:
    return {key: told["how"] for key, told in content_of(life.dossier, life.keys).documents.items()}


def faults(refusal) -> list[tuple[str, str]]:
    return [(fault.key, fault.code) for fault in refusal.value.facts["faults"]]


def test_the_original_stays_and_the_sheets_move(filed):
    life = filed()
    assert counted(life) == ("", 0, 5, True)
    life.do(record_exception, VERIFIED, ["book"])
    assert counted(life) == ("verification", 2, 3, False)
    assert hows(life) == {"form": "scan", "book": "paper"}
    event = life.last()
    assert (event.kind, event.actor) == ("paper_exception", "Lê Thu Hoa")
    assert event.facts == {
        "code": "verification",
        "list": 1,
        "papers": ["book"],
        "had": {"book": "scan"},
    }


def test_the_first_reason_stays_and_further_ones_are_told(filed):
    life = filed()
    life.do(record_exception, VERIFIED, ["book"])
    life.do(record_exception, HELPED, ["form"], by=life.dung)
    assert counted(life) == ("verification", 3, 2, False)
    assert [one.facts["code"] for one in standing_exceptions(life.session, life.dossier)] == [
        "verification",
        "needs_help",
    ]


def test_a_mistake_is_taken_back_by_another_event(filed):
    life = filed()
    life.do(record_exception, VERIFIED, ["book"])
    life.do(record_exception, HELPED, ["form"])
    life.do(withdraw_exception, reason="Ghi nhầm hồ sơ khác")
    assert counted(life) == ("verification", 2, 3, False)
    life.do(withdraw_exception, reason="Ghi nhầm hồ sơ khác")
    assert counted(life) == ("", 0, 5, True)
    assert hows(life) == {"form": "scan", "book": "scan"}
    kinds = [one.kind for one in life.events("paper_exception", "paper_exception_withdrawn")]
    assert kinds == ["paper_exception"] * 2 + ["paper_exception_withdrawn"] * 2
    assert life.last().reason == "Ghi nhầm hồ sơ khác"
    with pytest.raises(NoException):
        life.do(withdraw_exception, reason="Ghi nhầm hồ sơ khác")


def test_taking_it_back_needs_a_reason(filed):
    life = filed()
    life.do(record_exception, VERIFIED, ["book"])
    with pytest.raises(UnfinishedNotice) as refusal:
        life.do(withdraw_exception, reason="")
    assert faults(refusal)[0][0] == "text"


@pytest.mark.parametrize(
    ("exception", "papers", "fault"),
    [
        (VERIFIED, [], ("papers", "missing")),
        (VERIFIED, ["unknown"], ("papers", "bad_choice")),
        (PaperException(PaperReason.OUTAGE), ["book"], ("reason", "bad_choice")),
        (PaperException(PaperReason.OTHER, "vì"), ["book"], ("text", "too_short")),
    ],
)
def test_what_cannot_be_recorded_is_told_at_its_place(filed, exception, papers, fault):
    life = filed(exceptions=frozenset({PaperReason.VERIFICATION}))
    with pytest.raises(UnfinishedNotice) as refusal:
        life.do(record_exception, exception, papers)
    assert faults(refusal) == [fault]


def test_what_is_on_paper_already_is_no_exception(filed):
    life = filed()
    life.do(record_exception, VERIFIED, ["book"])
    with pytest.raises(UnfinishedNotice) as refusal:
        life.do(record_exception, VERIFIED, ["book"])
    assert faults(refusal) == [("papers", "bad_choice")]


def test_where_paper_is_taken_anyway_there_is_nothing_to_except(filed):
    life = filed(at=vietnam(25, 9, 0))
    with pytest.raises(PaperIsTaken):
        life.do(record_exception, VERIFIED, ["book"])


def test_filed_the_day_before_and_brought_today(filed, clock):
    life = filed(at=vietnam(25, 9, 0))
    clock.now = THURSDAY
    life.do(record_exception, VERIFIED, ["book"])
    assert life.dossier.paper_reason == "verification"


def test_what_held_when_it_was_filed_still_does_the_day_after(filed, clock):
    life = filed()
    clock.now = vietnam(27, 9, 0)
    assert PaperReason.VERIFICATION in reasons_for(life.session, life.dossier, now=clock())
    assert life.session.scalars(select(ServiceDayVersion)).one().lineage == "thursday"


@pytest.mark.parametrize("status", [Status.RESULT_READY, Status.RETURNED])
def test_a_dossier_that_is_decided_takes_no_paper(filed, status):
    life = filed()
    life.lead_to(status)
    with pytest.raises(WrongStatus):
        life.do(record_exception, VERIFIED, ["book"])


def test_nobody_records_while_it_is_on_its_way(filed, session, office):
    life = filed()
    unit = Unit(office_id=office.id, name="Phòng Tư pháp")
    session.add(unit)
    session.commit()
    life.check()
    life.do(give, unit.id)
    with pytest.raises(HandoverOpen):
        life.do(record_exception, VERIFIED, ["book"])

"""Acceptance under the rules of service days, on both databases: promises, capacity, paper, who files."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import time

import pytest
from sqlalchemy import func, select

from build import an_applicant, an_application, vietnam
from dayway import a_rule, publish
from intake import memory
from intake.accepting import accept
from intake.applications import Told, told_from
from intake.db import db
from intake.events import citizen
from intake.records import (
    AcceptancePoint,
    Dossier,
    Event,
    Office,
    Person,
    ServiceDaySuspension,
)
from intake.rules.exceptions import PaperException, PaperReason
from intake.rules.policy import NotToday
from intake.rules.refusals import ForeignAttempt, PromiseChanged, UnfinishedDossier
from intake.rules.service_days import Mode

THURSDAY = vietnam(26, 9, 0)
TODAY = Told(THURSDAY.date())
EVENING = vietnam(26, 17, 30)
SCANNED = {"form": {"how": "scan", "reason": ""}}
PAPER = {"form": {"how": "paper", "reason": ""}}
NO_WAIT = {"lineage": "wait", "modes": frozenset({Mode.NO_WAIT}), "target_minutes": 30}
VERIFIED = PaperException(PaperReason.VERIFICATION)


@pytest.fixture
def hoa_first(hoa):
    """Whoever acts is known before anything else is read."""
    return hoa


@pytest.fixture
def take(hoa_first, session, kiosk, keys, clock, offered):
    """Accept at ``clock``, without paper unless told, and commit."""
    clock.now = THURSDAY
    session.commit()

    def accepted(by=None, **changes: object) -> Dossier:
        application = an_application(offered, **{"documents": SCANNED, **changes})
        told = {"keys": keys, "base_url": "http://x", "by": by or citizen("K1"), "now": clock()}
        dossier = accept(session, application, kiosk, **told)
        session.commit()
        return dossier

    return accepted


@pytest.fixture
def runs(session, office):
    def published(**changes: object) -> None:
        publish(session, office, a_rule(**changes), now=vietnam(20))

    return published


def facts(session, kind: str) -> list[dict]:
    return [one.facts for one in session.scalars(select(Event).filter_by(kind=kind).order_by(Event.id))]


def faults(refusal) -> list[tuple[str, str]]:
    return [(fault.key, fault.code) for fault in refusal.value.facts["faults"]]


def test_without_an_appointment_the_result_is_promised_for_the_end_of_the_day(take, runs, session):
    runs()
    dossier = take()
    assert (dossier.promised_at, dossier.expected_at) == (EVENING, EVENING)
    assert dossier.due_at == dossier.deadline_at == vietnam(1, 9, 0, month=12)
    assert (dossier.same_day, dossier.visit_minutes, dossier.service_days) == (True, None, ["thursday"])
    (submitted,) = facts(session, "submitted")
    assert submitted["rules"] == ["thursday"]


def test_without_waiting_the_target_is_promised(take, runs):
    runs(**NO_WAIT)
    dossier = take()
    assert (dossier.promised_at, dossier.visit_minutes) == (vietnam(26, 9, 30), 30)


def test_a_target_that_runs_into_noon_goes_on_in_the_afternoon(take, runs, clock):
    runs(**NO_WAIT)
    clock.now = vietnam(26, 11, 20)
    assert take().promised_at.astimezone(THURSDAY.tzinfo) > vietnam(26, 13, 0)


def test_from_the_cut_off_on_it_is_an_ordinary_promise(take, runs, clock):
    runs()
    clock.now = vietnam(26, 14, 59)
    assert take().same_day
    clock.now = vietnam(26, 15, 0)
    late = take()
    assert not late.same_day and late.promised_at > EVENING
    assert late.service_days == ["thursday"]  # such a day it was all the same


@pytest.mark.parametrize("day", [25, 27])
def test_the_day_before_and_the_day_after_are_ordinary(take, runs, clock, day):
    runs()
    clock.now = vietnam(day, 9, 0)
    dossier = take(documents=PAPER)
    assert (dossier.same_day, dossier.service_days, dossier.paper_reason) == (False, [], "")
    assert (dossier.without_paper, dossier.sheets_taken, dossier.sheets_saved) == (False, 1, 0)


def test_the_capacity_of_a_day_is_given_away_once(take, runs):
    runs(per_day=2)
    assert [take().same_day for _ in range(3)] == [True, True, False]
    with pytest.raises(PromiseChanged) as refusal:
        take(told=TODAY)
    assert refusal.value.facts["why"] is NotToday.DAY_FULL
    assert refusal.value.facts["again_at"] == vietnam(3, 7, 30, month=12)


def test_the_capacity_of_an_hour_is_there_again_in_the_next(take, runs, clock):
    runs(per_hour=1)
    assert [take().same_day for _ in range(2)] == [True, False]
    with pytest.raises(PromiseChanged) as refusal:
        take(told=TODAY)
    assert (refusal.value.facts["why"], refusal.value.facts["again_at"]) == (
        NotToday.HOUR_FULL,
        vietnam(26, 10, 0),
    )
    clock.now = vietnam(26, 10, 0)
    assert take().same_day


def test_a_promise_that_no_longer_holds_leaves_no_number_behind(take, runs, session):
    runs(per_day=1)
    take()
    with pytest.raises(PromiseChanged):
        take(told=TODAY)
    session.rollback()
    assert take().dossier_code.endswith("-0002")


def test_of_two_at_once_one_gets_the_last_place(house, take, runs, session, offered, clock):
    runs(per_day=1)
    session.rollback()
    codes: list[bool] = []
    refused: list[BaseException] = []
    gate = threading.Barrier(2)

    def file() -> None:
        with house.app.app_context():
            session = db.session()
            point = session.get_one(AcceptancePoint, 1)
            session.rollback()
            application = an_application(offered, documents=SCANNED, told=TODAY)
            gate.wait(timeout=60)
            told = {"keys": house.keys, "base_url": "http://x", "by": citizen("K1"), "now": clock()}
            try:
                dossier = accept(session, application, point, **told)
                session.commit()
                codes.append(dossier.same_day)
            except PromiseChanged as changed:
                session.rollback()
                refused.append(changed)

    threads = [threading.Thread(target=file) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert codes == [True] and len(refused) == 1
    assert db.session.scalar(select(func.count()).select_from(Dossier)) == 1


def test_paper_without_a_reason_is_not_taken(take, runs, session):
    runs()
    with pytest.raises(UnfinishedDossier) as refusal:
        take(documents=PAPER)
    assert faults(refusal) == [("form", "paper_free")]


def test_paper_with_a_reason_is_taken_and_counted(take, runs, session, hoa):
    runs()
    dossier = take(by=hoa, documents=PAPER, exception=VERIFIED, channel="counter")
    assert (dossier.paper_reason, dossier.without_paper) == ("verification", False)
    assert (dossier.sheets_taken, dossier.sheets_saved) == (1, 2)  # no form 01 in two copies
    (event,) = session.scalars(select(Event).filter_by(kind="paper_exception"))
    assert event.facts == {"code": "verification", "list": 1, "papers": ["form"]}
    assert (event.actor, event.person_id) == (hoa.name, hoa.person_id)


@pytest.mark.parametrize(
    ("exception", "fault"),
    [
        (PaperException(PaperReason.OTHER), ("paper_text", "missing")),
        (PaperException(PaperReason.OTHER, "vì"), ("paper_text", "missing")),
        (PaperException(PaperReason.STATE_AGENCY), ("paper_reason", "bad_choice")),
        (VERIFIED, ("paper_reason", "bad_choice")),
    ],
)
def test_a_reason_must_be_of_the_rule_and_told(take, runs, exception, fault):
    runs(exceptions=frozenset())
    with pytest.raises(UnfinishedDossier) as refusal:
        take(documents=PAPER, exception=exception)
    assert faults(refusal) == [fault]


@pytest.mark.parametrize(
    ("reason", "kept"), [(PaperReason.NEEDS_HELP, ""), (PaperReason.OTHER, "Cụ bà 90 tuổi đi một mình")]
)
def test_nobody_is_turned_away_by_a_rule_without_exceptions(take, runs, session, reason, kept):
    """Words about a person are kept only where the reason itself says nothing."""
    runs(exceptions=frozenset())
    dossier = take(documents=PAPER, exception=PaperException(reason, "Cụ bà 90 tuổi đi một mình"))
    assert dossier.paper_reason == reason
    (event,) = session.scalars(select(Event).filter_by(kind="paper_exception"))
    assert event.reason == kept


def test_a_reason_where_paper_is_taken_anyway_is_none(take, runs, session, clock):
    runs()
    clock.now = vietnam(25, 9, 0)
    assert take(documents=PAPER, exception=VERIFIED).paper_reason == ""
    assert not facts(session, "paper_exception")


def test_a_suspension_opens_paper_and_promises_nothing(take, runs, session, office, hoa, clock):
    runs()
    session.add(
        ServiceDaySuspension(
            office_id=office.id,
            lineage="",
            begins_at=vietnam(26, 8, 30),
            asked_until=vietnam(26, 10, 0),
            alone_until=vietnam(26, 10, 0),
            reason="outage",
            person_id=session.scalars(select(Person.id).order_by(Person.id)).first(),
        )
    )
    session.commit()
    memory.forget_all()
    dossier = take(documents=PAPER)
    assert (dossier.paper_reason, dossier.same_day, dossier.service_days) == ("", False, ["thursday"])
    clock.now = vietnam(26, 10, 0)
    with pytest.raises(UnfinishedDossier):
        take(documents=PAPER)


def test_what_was_received_during_an_outage_keeps_its_hour_and_the_ordinary_term(take, runs, session, clock):
    """Entered the day after: what would have been promised is over, and no place is taken for it."""
    runs(per_day=1)
    clock.now = vietnam(27, 9, 0)
    dossier = take(taken_at=THURSDAY)
    assert (dossier.received_at, dossier.same_day, dossier.visit_minutes) == (THURSDAY, False, None)
    assert dossier.promised_at > vietnam(27, 9, 0) and dossier.service_days == ["thursday"]
    assert facts(session, "submitted")[0]["taken_at"] == THURSDAY.isoformat()
    clock.now = THURSDAY
    assert take().same_day


def test_a_wait_that_was_told_and_is_lost_is_told(take, runs, clock):
    runs(modes=frozenset({Mode.NO_WAIT, Mode.NO_APPOINTMENT}), target_minutes=60, cutoff=time(17, 15))
    clock.now = vietnam(26, 17, 0)
    with pytest.raises(PromiseChanged) as refusal:
        take(told=replace(TODAY, waits=True))
    assert refusal.value.facts["lost"] == "wait"
    dossier = take(told=TODAY)
    assert (dossier.promised_at, dossier.visit_minutes) == (EVENING, None)


def test_today_told_by_law_and_lost_is_told(take, clock, session, offered):
    clock.now = vietnam(26, 15, 1)
    with pytest.raises(PromiseChanged) as refusal:
        take(told=TODAY)
    assert (refusal.value.facts["lost"], refusal.value.facts["why"]) == ("today", None)
    assert take(told=None).promised_at > EVENING


def test_a_place_that_is_gone_changes_nothing_where_the_day_is_kept(take, runs):
    runs(per_day=1)
    runs(lineage="second")
    assert [take(told=TODAY).same_day for _ in range(2)] == [True, True]


def test_a_wait_is_not_lost_where_nobody_was_told_of_one(take, runs):
    runs(**NO_WAIT)
    assert take(told=TODAY).visit_minutes == 30


@pytest.mark.parametrize("text", ["", "yes", "2026-11-26T17:30", "0000-01-01", " waits"])
def test_what_cannot_be_read_was_not_told(text):
    assert told_from(text) is None


@pytest.mark.parametrize("told", [TODAY, replace(TODAY, waits=True)])
def test_a_form_carries_what_was_told(told):
    assert told_from(str(told)) == told


def test_an_attempt_of_another_office_gives_nothing_away(take, session, office):
    """The dossier of the first time is theirs: it is neither shown nor linked."""
    first = take(attempt="the-same")
    first.office = Office(
        code="H17.99", name="Khác", place="", agency_name="", collect_at="", hotline="", hours={}
    )
    session.commit()
    with pytest.raises(ForeignAttempt):
        take(attempt="the-same")


@pytest.mark.parametrize("day", [25, 26])
def test_a_state_agency_files_electronically_on_any_day(take, runs, clock, day):
    runs()
    clock.now = vietnam(day, 9, 0)
    agency = an_applicant(kind="agency", name="Công an phường 2", citizen_id="", born="", sex="")
    with pytest.raises(UnfinishedDossier) as refusal:
        take(applicant=agency, documents=PAPER)
    assert faults(refusal) == [("form", "paper_free")]
    asked = PaperException(PaperReason.STATE_AGENCY, "Tòa án yêu cầu bản gốc")
    dossier = take(applicant=agency, documents=PAPER, exception=asked)
    assert (dossier.applicant_kind, dossier.paper_reason) == ("agency", "state_agency")
    assert take(applicant=agency).without_paper


def test_the_kind_of_an_applicant_is_of_a_closed_list(take):
    with pytest.raises(UnfinishedDossier) as refusal:
        take(applicant=an_applicant(kind="company"))
    assert faults(refusal) == [("applicant.kind", "bad_choice")]


@pytest.mark.parametrize("name", ["", "2", "…", "x" * 151])
def test_an_organisation_has_a_name(take, name):
    with pytest.raises(UnfinishedDossier) as refusal:
        take(applicant=an_applicant(kind="organisation", name=name, citizen_id=""))
    assert faults(refusal) == [("applicant.name", "bad_name")]


def test_whoever_is_helped_files_and_the_helper_is_known(take, runs, session, hoa):
    runs()
    dossier = take(by=hoa, helper=hoa, channel="counter")
    assert dossier.helper_id == hoa.person_id
    submitted, accepted = session.scalars(select(Event).order_by(Event.id)).all()
    assert (submitted.actor, submitted.person_id, submitted.facts["helped_by"]) == ("citizen", None, hoa.name)
    assert (accepted.actor, accepted.person_id) == (hoa.name, hoa.person_id)


def test_by_post_paper_is_scanned_on_reception_counted_and_not_promised(take, runs, session):
    runs()
    dossier = take(channel="post", documents=PAPER)
    assert (dossier.channel, dossier.without_paper, dossier.same_day) == ("post", True, False)
    assert (dossier.sheets_taken, dossier.sheets_saved, dossier.service_days) == (0, 1, ["thursday"])
    assert facts(session, "submitted")[0]["documents"] == {"form": "scan"}
    assert not facts(session, "paper_exception")


def test_by_post_on_an_ordinary_day_paper_stays_paper(take, runs, clock):
    runs()
    clock.now = vietnam(25, 9, 0)
    dossier = take(channel="post", documents=PAPER)
    assert (dossier.without_paper, dossier.sheets_taken) == (False, 1)


def test_a_rule_for_other_procedures_changes_nothing(take, runs):
    runs(procedures=frozenset({"2.000815"}))
    dossier = take(documents=PAPER)
    assert (dossier.same_day, dossier.service_days) == (False, [])


def test_the_same_attempt_again_takes_no_second_place(take, runs, session, kiosk, keys, clock, offered):
    runs(per_day=2)
    application = an_application(offered, documents=SCANNED, told=TODAY)
    told = {"keys": keys, "base_url": "http://x", "by": citizen("K1"), "now": clock()}
    first = accept(session, application, kiosk, **told)
    session.commit()
    assert accept(session, replace(application), kiosk, **told).id == first.id
    session.commit()
    assert take().same_day and not take().same_day

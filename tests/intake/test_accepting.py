"""Accepting a dossier, on both databases."""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from build import a_draft, a_procedure, an_applicant, an_application, vietnam
from conftest import Clock, House, offer
from intake import memory
from intake.accepting import CONTENT, accept
from intake.applications import Application, application_from
from intake.db import db
from intake.drafts import Collection, Draft, Representative
from intake.events import citizen
from intake.keys import Keys
from intake.numbers import next_of_day
from intake.printing import facts_of
from intake.promising import promise_for
from intake.records import (
    AcceptancePoint,
    CalendarDay,
    Counter,
    Dossier,
    Errand,
    Event,
    OfferedProcedure,
    OfficeRule,
    Receipt,
)
from intake.rules.calendar import VIETNAM
from intake.rules.people import LONGEST_NAME
from intake.rules.procedures import Case, Condition, FeeRule, Group, Question, QuestionKind, Term, TermUnit
from intake.rules.receipt_code import decode
from intake.rules.refusals import ProcedureNotOffered, UnfinishedDossier
from intake.rules.text import search_key

BINH = Representative("Lê Văn Bình", "038090005678", proof="Giấy ủy quyền số 12")


@pytest.fixture
def take(session: Session, kiosk: AcceptancePoint, keys: Keys, clock: Clock):
    """Accept an application at kiosk K1, now, and commit."""

    def accepted(application: Application) -> Dossier:
        dossier = accept(
            session,
            application,
            kiosk,
            keys=keys,
            base_url="http://10.0.0.5:8080",
            by=citizen("K1"),
            now=clock(),
        )
        session.commit()
        return dossier

    return accepted


def test_an_accepted_dossier_has_a_code_a_due_time_a_receipt_and_a_promised_paper(take, offered, session):
    dossier = take(an_application(offered))
    assert dossier.dossier_code == "H56.17.22-261120-0001"
    assert dossier.received_at == vietnam(20)
    assert dossier.due_at == vietnam(26)  # 24/11 is a holiday
    assert (dossier.fee, dossier.payment_status, dossier.status) == (8_000, "unpaid", "received")
    errand = session.scalars(select(Errand)).one()
    assert (errand.state, errand.copy_no, errand.receipt_id) == ("queued", 1, dossier.receipt.id)
    events = session.scalars(select(Event).order_by(Event.id)).all()
    assert [(event.kind, event.actor, event.device) for event in events] == [
        ("submitted", "citizen", "K1"),
        ("accepted", "citizen", "K1"),
    ]


def test_the_qr_of_the_receipt_is_signed_for_this_office_and_code(take, offered, keys):
    dossier = take(an_application(offered))
    code = decode(dossier.receipt.payload, keys.public_keys)
    assert (code.office, code.dossier_code, code.received_at) == (
        "H56.17.22",
        dossier.dossier_code,
        dossier.received_at,
    )


def test_codes_count_up_without_gaps_and_begin_anew_each_civil_day(take, offered, clock):
    clock.now = vietnam(20, 23, 30)  # still the 20th in Vietnam, whatever it is in UTC
    late = [take(an_application(offered)).dossier_code for _ in range(2)]
    clock.now = vietnam(21, 0, 10)
    assert [*late, take(an_application(offered)).dossier_code] == [
        "H56.17.22-261120-0001",
        "H56.17.22-261120-0002",
        "H56.17.22-261121-0001",
    ]


def test_a_rolled_back_acceptance_leaves_no_gap(take, offered, session, kiosk, keys, clock):
    accept(
        session, an_application(offered), kiosk, keys=keys, base_url="http://x", by=citizen("K1"), now=clock()
    )
    session.rollback()
    assert take(an_application(offered)).dossier_code.endswith("-0001")


def test_the_same_attempt_again_is_the_first_dossier(take, offered, session):
    application = an_application(offered)
    first = take(application)
    assert take(replace(application, answers={"who": "Người khác"})).id == first.id
    assert session.scalar(select(func.count()).select_from(Errand)) == 1


def test_a_missing_answer_is_refused_and_named(take, offered, session):
    with pytest.raises(UnfinishedDossier) as refusal:
        take(an_application(offered, answers={}))
    assert [fault.key for fault in refusal.value.facts["faults"]] == ["who"]
    assert session.scalar(select(func.count()).select_from(Dossier)) == 0


def test_a_paper_nobody_answered_for_is_refused_and_named(take, offered):
    with pytest.raises(UnfinishedDossier) as refusal:
        take(an_application(offered, documents={}))
    assert [fault.key for fault in refusal.value.facts["faults"]] == ["form"]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"applicant": an_applicant(name="")}, "applicant.name"),
        ({"applicant": an_applicant(citizen_id="12345")}, "applicant.citizen_id"),
        ({"applicant": an_applicant(phone="abc")}, "applicant.phone"),
        ({"representative": replace(BINH, name="B1nh")}, "representative.name"),
        ({"representative": replace(BINH, citizen_id="")}, "representative.citizen_id"),
        ({"representative": replace(BINH, citizen_id="12345")}, "representative.citizen_id"),
        ({"representative": replace(BINH, phone="abc")}, "representative.phone"),
        ({"representative": replace(BINH, proof=" ")}, "representative.proof"),
        ({"collection": Collection("by_pigeon")}, "collection"),
        ({"collection": Collection("post")}, "collection.address"),
        ({"collection": Collection("electronic", email="lan")}, "collection.email"),
    ],
)
def test_what_no_face_may_hand_in_is_refused_by_the_core(take, offered, change, key):
    with pytest.raises(UnfinishedDossier) as refusal:
        take(an_application(offered, **change))
    assert [fault.key for fault in refusal.value.facts["faults"]] == [key]


def test_a_draft_with_steps_undone_is_refused():
    with pytest.raises(UnfinishedDossier) as refusal:
        application_from(Draft(), channel="kiosk")
    assert [fault.key for fault in refusal.value.facts["faults"]] == ["applicant", "documents", "collection"]


def test_a_finished_draft_becomes_the_application(offered):
    draft = a_draft(offered)
    application = application_from(draft, channel="kiosk")
    assert (application.attempt, application.applicant) == (draft.attempt, draft.applicant)


def test_the_longest_name_can_be_searched(take, offered):
    dossier = take(an_application(offered, applicant=replace(an_applicant(), name=LONGEST_NAME * "ﬃ")))
    assert dossier.name_key == LONGEST_NAME * "ffi"


def test_no_letter_needs_more_room_than_its_column_has():
    letters = filter(str.isalpha, map(chr, range(sys.maxunicode + 1)))
    assert LONGEST_NAME * max(len(search_key(letter)) for letter in letters) <= Dossier.name_key.type.length


def test_a_procedure_this_office_does_not_receive_is_refused(take, offered, session):
    session.query(OfferedProcedure).filter_by(procedure_code="1.000001").delete()
    session.commit()
    with pytest.raises(ProcedureNotOffered):
        take(an_application(offered))


def test_answers_of_hidden_questions_are_dropped(take, session, kiosk, keys):
    married = Question("married", "Đã kết hôn?", QuestionKind.YES_NO)
    spouse = Question("spouse", "Họ tên vợ", QuestionKind.NAME, show_if=(Condition("married", ("yes",)),))
    version = offer(session, kiosk, groups=(Group("g", "Gia đình", (married, spouse)),))
    dossier = take(an_application(version, answers={"married": "no", "spouse": "Nguyễn Thị Tư"}))
    assert json.loads(keys.unseal(dossier.content_sealed, CONTENT))["answers"] == {"married": "no"}


def test_nothing_personal_but_the_name_stands_readable_in_the_row(take, offered, session):
    dossier = take(an_application(offered))
    row = session.execute(select(Dossier.__table__)).mappings().one()
    receipt = session.execute(select(Receipt.__table__)).mappings().one()
    visible = repr(dict(row)) + repr(dict(receipt))
    for secret in ("038156001234", "0912345678", "Tổ 3", "Lê Văn Bình"):
        assert secret not in visible
        assert secret.encode() not in row["content_sealed"] + receipt["facts_sealed"]
    assert dossier.citizen_id_key and dossier.phone_key and dossier.name_key == "le thi ngoc lan"


def test_a_dossier_keeps_the_version_it_began_with(take, offered, session, kiosk):
    began = an_application(offered)
    newer = offer(session, kiosk, fees=(FeeRule(20_000, basis="Nghị quyết mới"),))
    assert newer != offered
    assert take(began).fee == 8_000
    assert take(an_application(newer)).fee == 20_000


def test_the_promise_is_shorter_only_where_kiosk_dossiers_count_as_electronic(take, offered, session):
    assert take(an_application(offered)).promised_at < vietnam(26)
    session.execute(update(OfficeRule).where(OfficeRule.name == "kiosk_counts_as_online").values(value=0))
    session.commit()
    memory.forget_all()
    dossier = take(an_application(offered))
    assert (dossier.counts_as_online, dossier.promised_at) == (False, dossier.due_at)


def test_the_rule_of_electronic_filing_holds_on_its_dates(take, offered, session, clock):
    session.execute(
        update(OfficeRule)
        .where(OfficeRule.name == "kiosk_counts_as_online")
        .values(valid_to=date(2026, 11, 20))
    )
    session.commit()
    memory.forget_all()
    assert take(an_application(offered)).counts_as_online
    clock.now = vietnam(23, 8)
    assert not take(an_application(offered)).counts_as_online


def test_a_day_off_of_this_office_alone_moves_the_due_time(take, offered, session, kiosk):
    session.add(
        CalendarDay(office_id=kiosk.office_id, date=date(2026, 11, 25), kind="swap_off", name="Ngày hội xã")
    )
    session.commit()
    memory.forget_all()
    assert take(an_application(offered)).due_at == vietnam(27)


def test_a_same_day_procedure_after_the_cut_off_is_due_after_the_holiday(take, session, kiosk, clock):
    version = offer(session, kiosk, term=Term(TermUnit.SAME_DAY))
    clock.now = vietnam(23, 15, 20)
    dossier = take(an_application(version))
    assert dossier.due_at.astimezone(VIETNAM).date() == date(2026, 11, 25)


def test_the_case_that_the_answers_make_has_its_own_term(take, session, kiosk, keys):
    kind = Question("kind", "Việc gì?", QuestionKind.YES_NO)
    quick = Case(
        "1.000001.01", "Bổ sung", Term(TermUnit.WORKING_DAY, 1), show_if=(Condition("kind", ("yes",)),)
    )
    version = offer(session, kiosk, groups=(Group("g", "Việc gì?", (kind,)),), cases=(quick,))
    assert take(an_application(version, answers={"kind": "no"})).due_at == vietnam(26)
    dossier = take(an_application(version, answers={"kind": "yes"}))
    assert dossier.due_at == vietnam(23)
    assert facts_of(dossier.receipt, keys).term_words == "1 ngày làm việc"


def test_a_commune_that_does_not_exist_is_refused(take, session, kiosk):
    place = Question("place", "Nơi ở", QuestionKind.COMMUNE)
    version = offer(session, kiosk, groups=(Group("g", "Ở đâu?", (place,)),))
    with pytest.raises(UnfinishedDossier):
        take(an_application(version, answers={"place": "99999"}))


def test_a_term_the_law_does_not_count_leaves_the_due_time_open(take, session, kiosk, keys):
    version = offer(session, kiosk, term=Term(TermUnit.OTHER, note="Theo thời hạn của điều ước quốc tế"))
    dossier = take(an_application(version))
    assert dossier.due_at is None
    assert facts_of(dossier.receipt, keys).term_words == "Theo thời hạn của điều ước quốc tế"


def test_the_facts_of_the_receipt_come_back_as_they_were_sealed(take, offered, keys):
    facts = facts_of(take(an_application(offered)).receipt, keys)
    assert facts.received_at == vietnam(20)
    assert facts.papers == (("Tờ khai", "Bản chính", 1),)
    assert (facts.citizen_id, facts.fee_words) == ("038156***234", "8.000 đồng")


def test_a_point_without_a_printer_still_accepts(take, offered, session, kiosk):
    kiosk.printer_id = None
    session.commit()
    take(an_application(offered, applicant=an_applicant(phone="", email="")))
    assert session.scalar(select(func.count()).select_from(Errand)) == 0


def test_twenty_identical_attempts_at_once_are_one_dossier(house: House, offered, session):
    application = an_application(offered)
    session.rollback()
    codes, faults = _at_once(house, [application] * 20)
    assert (set(codes), faults) == ({"H56.17.22-261120-0001"}, [])
    assert session.scalar(select(func.count()).select_from(Errand)) == 1


def test_twenty_dossiers_at_once_have_twenty_codes_without_gaps(house: House, offered, session):
    applications = [an_application(offered) for _ in range(20)]
    session.rollback()
    codes, faults = _at_once(house, applications)
    assert faults == []
    assert sorted(codes) == [f"H56.17.22-261120-{number:04d}" for number in range(1, 21)]


def test_series_are_apart(session, kiosk):
    day = date(2026, 11, 20)
    numbers = [
        next_of_day(session, kiosk.office_id, series, day=day) for series in ("dossier", "other", "dossier")
    ]
    assert numbers == [1, 1, 2]
    assert session.scalar(select(func.count()).select_from(Counter)) == 2


def _at_once(house: House, applications: list[Application]) -> tuple[list[str], list[BaseException]]:
    """Accept each in a thread of its own, all released together; retried once where the attempt was known."""
    codes: list[str] = []
    faults: list[BaseException] = []
    gate = threading.Barrier(len(applications))

    def accept_one(application: Application) -> None:
        with house.app.app_context():
            session = db.session()
            point = session.get_one(AcceptancePoint, 1)
            session.rollback()
            gate.wait(timeout=60)
            try:
                dossier = accept(
                    session,
                    application,
                    point,
                    keys=house.keys,
                    base_url="http://x",
                    by=citizen("K1"),
                    now=house.clock(),
                )
                session.commit()
                codes.append(dossier.dossier_code)
            except BaseException as fault:
                session.rollback()
                faults.append(fault)

    threads = [threading.Thread(target=accept_one, args=(application,)) for application in applications]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return codes, faults


def test_a_promise_across_a_holiday_that_is_not_decreed_yet_says_so(session, kiosk):
    def filed(moment):
        return promise_for(session, kiosk.office, a_procedure(), channel="kiosk", answers={}, now=moment)

    assert filed(vietnam(3, month=2, year=2027)).provisional  # Tết 2027
    assert not filed(vietnam(20)).provisional

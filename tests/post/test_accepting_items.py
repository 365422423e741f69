"""An item that was handed over becomes a dossier, on both databases."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from build import FRIDAY, an_applicant, an_application, vietnam
from conftest import Clock, offer
from deskway import a_person
from intake import memory
from intake.accepting import CONTENT, accept
from intake.events import Actor
from intake.finding import find
from intake.keys import Keys
from intake.post import money
from intake.post.accepting_items import accept_item
from intake.post.contents import seal_sent, sent_of
from intake.post.steps import OFFICER, step_to
from intake.printing import facts_of
from intake.records import (
    AcceptancePoint,
    Dossier,
    Errand,
    Event,
    OfferedProcedure,
    PostalItem,
    PostalMoney,
    Printer,
)
from intake.rules.codes import spoken_item
from intake.rules.post import Step
from intake.rules.procedures import Condition, FeeRule, Group, Question, QuestionKind, Requirement
from intake.rules.receipt_code import ReceiptCode, encode
from intake.rules.refusals import ForeignAttempt, ProcedureNotOffered, UnfinishedDossier, WrongStep
from intake.rules.rights import Role
from postway import BASE_URL, a_post_office, an_intake, going_home, minh, taken

MONDAY = vietnam(23, 9, 0)
MARRIED = Question("married", "Đã kết hôn?", QuestionKind.YES_NO)
PAPERS = (
    Requirement("form", "Tờ khai", originals=1),
    Requirement("spouse", "Giấy kết hôn", copies=1, show_if=(Condition("married", ("yes",)),)),
)


@pytest.fixture
def point(session: Session) -> AcceptancePoint:
    return a_post_office(session)


@pytest.fixture
def hoa(house, session: Session) -> Actor:
    session.commit()  # she is written down in a session of her own
    return Actor("Lê Thu Hoa", "Q3", a_person(house.app, Role.RECEPTION))


@pytest.fixture
def handed(session: Session, point: AcceptancePoint, keys: Keys, hoa: Actor):
    """Taken at BD-07 on Friday, and handed over to the centre on Monday at nine."""

    def over(intake) -> PostalItem:
        item = taken(session, intake, point, keys=keys)
        step_to(session, item, Step.HANDED_OVER, source=OFFICER, by=hoa, now=MONDAY, holder="Trung tâm")
        session.commit()
        return item

    return over


@pytest.fixture
def accepted(session: Session, keys: Keys, hoa: Actor, clock: Clock):
    """Accepted by chị Hoa on Monday at half past nine."""

    def of(item: PostalItem) -> Dossier:
        clock.now = MONDAY + timedelta(minutes=30)
        dossier = accept_item(session, item, keys=keys, base_url=BASE_URL, by=hoa, now=clock())
        session.commit()
        return dossier

    return of


def test_its_clock_starts_when_it_is_accepted_and_not_at_the_post(handed, accepted, offered, session):
    item = handed(an_intake(offered))
    dossier = accepted(item)
    assert (dossier.channel, dossier.acceptance_point_id) == ("post", item.point_id)
    assert dossier.received_at == MONDAY + timedelta(minutes=30)
    assert dossier.due_at == vietnam(27, 9, 30)  # 24/11 is a holiday
    assert item.dossier_id == dossier.id
    assert not dossier.counts_as_online


def test_its_log_tells_of_the_item_and_of_the_dossier_alike(handed, accepted, offered, session):
    dossier = accepted(handed(an_intake(offered)))
    kinds = session.scalars(select(Event.kind).filter_by(dossier_id=dossier.id).order_by(Event.id)).all()
    assert kinds == ["submitted", "accepted", "post_item_accepted", "fee_paid"]


def test_it_is_found_by_what_the_citizen_holds(handed, accepted, offered, session, keys):
    """Its number, spaced or not, the address in the QR of the post's receipt, and that of «item-17»."""
    item = handed(an_intake(offered))
    code = accepted(item).dossier_code
    office = item.point.office
    told = ReceiptCode(office.code, item.item_number, item.taken_at, keys.receipt_key_id)
    by_id = ReceiptCode(office.code, f"item-{item.id}", item.taken_at, keys.receipt_key_id)
    scanned = [f"{BASE_URL}/r/{encode(one, keys.sign)}" for one in (told, by_id)]
    for text in (item.item_number, spoken_item(item.item_number), *scanned):
        found = find(session, office, text, keys=keys).dossier_ids
        assert [session.get_one(Dossier, one).dossier_code for one in found] == [code]


def test_a_second_time_gives_the_same_dossier(handed, accepted, offered, session):
    item = handed(an_intake(offered))
    assert accepted(item).id == accepted(item).id
    assert session.scalar(select(func.count()).select_from(Dossier)) == 1


def test_what_was_not_handed_over_cannot_be_accepted(session, point, accepted, offered, keys):
    with pytest.raises(WrongStep):
        accepted(taken(session, an_intake(offered), point, keys=keys))


def test_no_paper_comes_out_at_the_post_office(handed, accepted, offered, session, point):
    item = handed(an_intake(offered))
    point.printer_id = session.scalars(select(Printer.id)).first()
    session.commit()
    accepted(item)
    assert session.scalars(select(Errand).where(Errand.receipt_id.is_not(None))).all() == []


def test_the_declaration_is_among_the_papers_and_answers_may_be_missing(handed, accepted, offered):
    assert accepted(handed(an_intake(offered, answers={}))).fee == 8_000


def test_by_post_too_the_one_verb_takes_no_wrong_answer(session, kiosk, offered, keys, hoa):
    with pytest.raises(UnfinishedDossier) as refused:
        accept(
            session,
            an_application(offered, channel="post", answers={"who": "12345"}),
            kiosk,
            keys=keys,
            base_url=BASE_URL,
            by=hoa,
            now=FRIDAY,
        )
    assert [fault.key for fault in refused.value.facts["faults"]] == ["who"]


def test_an_answer_that_no_longer_holds_is_left_out_and_told(handed, accepted, session, kiosk, keys):
    day = Question("day", "Ngày cưới", QuestionKind.DATE, bound="future")
    version = offer(session, kiosk, groups=(Group("g", "Gia đình", (day,)),))
    item = handed(an_intake(version, answers={"day": "2026-11-20"}))
    assert sent_of(item, keys).answers == {"day": "2026-11-20"}  # on Friday that was today
    dossier = accepted(item)
    told = session.scalars(select(Event).filter_by(kind="post_item_accepted")).one()
    assert told.facts["left_out"] == ["day"]
    assert json.loads(keys.unseal(dossier.content_sealed, CONTENT))["answers"] == {}


def test_elsewhere_a_missing_answer_is_a_fault_as_ever(session, kiosk, offered, keys, hoa):
    for channel in ("kiosk", "counter"):
        with pytest.raises(UnfinishedDossier):
            accept(
                session,
                an_application(offered, channel=channel, answers={}),
                kiosk,
                keys=keys,
                base_url=BASE_URL,
                by=hoa,
                now=FRIDAY,
            )


def test_a_paper_for_a_case_nobody_told_of_is_on_the_receipt_when_it_came(
    handed, accepted, session, kiosk, keys
):
    version = offer(session, kiosk, groups=(Group("g", "Gia đình", (MARRIED,)),), requirements=PAPERS)
    documents = {"form": {"originals": "1"}, "spouse": {"copies": "2"}}
    dossier = accepted(handed(an_intake(version, documents=documents)))
    assert facts_of(dossier.receipt, keys).papers == (
        ("Tờ khai", "Bản chính", 1),
        ("Giấy kết hôn", "Bản sao", 2),
    )
    assert dossier.sheets_taken == 3


def test_and_not_when_an_answer_speaks_against_it(handed, accepted, session, kiosk, keys):
    version = offer(session, kiosk, groups=(Group("g", "Gia đình", (MARRIED,)),), requirements=PAPERS)
    documents = {"form": {"originals": "1"}, "spouse": {"copies": "2"}}
    dossier = accepted(handed(an_intake(version, documents=documents, answers={"married": "no"})))
    assert facts_of(dossier.receipt, keys).papers == (("Tờ khai", "Bản chính", 1),)


def test_a_result_that_shall_come_home_does(handed, accepted, offered):
    assert accepted(handed(an_intake(offered, **going_home()))).collection == "post"


def test_state_money_the_post_took_is_paid_under_its_receipt(handed, accepted, offered, session):
    item = handed(an_intake(offered))
    dossier = accepted(item)
    paid = session.scalars(select(Event).filter_by(dossier_id=dossier.id, kind="fee_paid")).one()
    number = session.scalars(select(PostalMoney.receipt_no).filter_by(account="fee")).one()
    assert (dossier.payment_status, dossier.fee) == ("paid", 8_000)
    assert (paid.facts["receipt_number"], paid.facts["how"], paid.facts["amount"]) == (number, "post", 8_000)


def test_a_fee_put_right_at_the_post_is_paid_as_it_was_put_right(handed, accepted, offered, session, point):
    item = handed(an_intake(offered))
    line = session.scalars(select(PostalMoney).filter_by(account="fee")).one()
    money.correct(session, line, 5_000, "Thu nhầm mức", by=minh(session, point), now=MONDAY)
    session.commit()
    dossier = accepted(item)
    paid = session.scalars(select(Event).filter_by(dossier_id=dossier.id, kind="fee_paid")).one()
    assert (dossier.fee, paid.reason) == (5_000, "Bưu điện đã thu 5.000 đồng")


def test_a_fee_only_the_counter_can_tell_stays_unpaid(handed, accepted, session, kiosk):
    version = offer(session, kiosk, fees=(FeeRule(None),))
    item = handed(an_intake(version))
    assert item.fee is None
    assert accepted(item).payment_status == "unpaid"


def test_an_applicant_nobody_may_be_is_refused_at_the_centre_too(handed, accepted, offered, session, keys):
    item = handed(an_intake(offered))
    sent = sent_of(item, keys)
    item.content_sealed = seal_sent(replace(sent, applicant=an_applicant(name="")), keys)
    with pytest.raises(UnfinishedDossier):
        accepted(item)


def test_a_procedure_withdrawn_on_the_way_is_told(handed, accepted, offered, session):
    item = handed(an_intake(offered))
    session.query(OfferedProcedure).filter_by(procedure_code="1.000001").delete()
    session.commit()
    memory.forget_all()
    with pytest.raises(ProcedureNotOffered):
        accepted(item)


def test_an_attempt_that_is_a_dossier_of_another_channel_already(
    handed, accepted, offered, session, lans_dossier
):
    item = handed(an_intake(offered))
    item.attempt = lans_dossier.attempt
    session.commit()
    with pytest.raises(ForeignAttempt):
        accepted(item)

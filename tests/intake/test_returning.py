"""The result comes to whoever may have it, on both databases."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from build import an_application, vietnam
from intake import handing_over, returning
from intake.accepting import accept
from intake.contents import content_of
from intake.drafts import Collection
from intake.events import citizen
from intake.records import Dossier
from intake.returning import (
    COLLECTOR,
    Representative,
    Result,
    choose_collection,
    delivered,
    delivery_failed,
    result_ready,
    return_at_counter,
    send_by_post,
    send_electronically,
)
from intake.rules.lifecycle import Status
from intake.rules.receipt_code import ReceiptCode, address, encode
from intake.rules.refusals import (
    ForgedReceipt,
    HandoverOpen,
    NotOfThisUnit,
    NotTheApplicant,
    UnfinishedDossier,
    UnprovenCollector,
    UnreadableItemNumber,
    WrongCheckDigit,
    WrongReceipt,
    WrongStatus,
)
from lifeway import lan_herself

LANS_CARD = "038156001234|171234567|Lê Thị Ngọc Lan|08031956|Nữ|Phường Hạc Thành, Thanh Hóa|01012024"
BINH = Representative("Lê Văn Bình", "038090005678", "written_authorisation", "Số 12/UQ", date(2026, 11, 19))


@pytest.fixture
def ready(life):
    life.lead_to(Status.RESULT_READY)
    return life


@pytest.fixture
def by_post(life, session, kiosk, offered, keys, clock):
    return _collected(life, session, kiosk, offered, Collection("post", address="Tổ 3, Phường Hạc Thành"))


@pytest.fixture
def by_mail(life, session, kiosk, offered, keys, clock):
    return _collected(life, session, kiosk, offered, Collection("electronic", email="lan@vidu.vn"))


def _collected(life, session, kiosk, version, collection):
    """Lan's second dossier, with a ready result and this way to get it."""
    dossier = accept(
        session,
        an_application(version, collection=collection),
        kiosk,
        keys=life.keys,
        base_url="http://x",
        by=citizen("K1"),
        now=life.now(),
    )
    session.commit()
    life.code = dossier.dossier_code
    life.lead_to(Status.RESULT_READY)
    return life


def collect(life, **changes):
    return life.do(return_at_counter, lan_herself(life.dossier, **changes))


def faults_of(refusal) -> list[tuple[str, str]]:
    return [(fault.key, fault.code) for fault in refusal.value.facts["faults"]]


def test_with_a_result_the_clock_ends_and_the_dossier_waits_at_the_counter(life, clock):
    life.check()
    clock.now = vietnam(25)
    life.do(
        result_ready,
        Result("Số 21/TLKS", date(2026, 11, 25), ("paper", "electronic")),
        by=life.dung,
    )
    dossier = life.dossier
    assert (dossier.status, dossier.finished_at, dossier.delivery_status) == (
        "result_ready",
        clock.now,
        "waiting",
    )
    facts = life.last().facts
    assert (facts["document_number"], facts["issued_on"], facts["kinds"], facts["on_time"]) == (
        "Số 21/TLKS",
        "2026-11-25",
        ["paper", "electronic"],
        "early",
    )


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.IN_PROGRESS])
def test_only_what_is_handled_can_have_a_result(life, status):
    life.lead_to(status)
    with pytest.raises(WrongStatus):
        life.decide()


def test_reception_does_not_decide(life):
    life.check()
    with pytest.raises(NotOfThisUnit):
        life.do(result_ready, by=life.hoa)


def test_the_applicant_with_receipt_and_number_has_the_result(ready, clock):
    known = collect(ready)
    dossier = ready.dossier
    assert (dossier.status, dossier.delivery_status, dossier.returned_at) == (
        "returned",
        "delivered",
        clock(),
    )
    assert (known.receipt, known.identity, known.authority) == ("qr", "citizen_id", "")
    facts = ready.last().facts
    assert (facts["citizen_id"], facts["how"]) == ("038156***234", "counter")
    assert "038156001234" not in repr(facts)


@pytest.mark.parametrize("number", ["038 156 001 234", LANS_CARD], ids=["typed", "card"])
def test_the_number_may_be_typed_or_scanned_from_the_card(ready, number):
    collect(ready, citizen_id=number)
    assert ready.dossier.status == "returned"


def test_the_receipt_may_be_a_whole_address_or_the_typed_code(ready):
    dossier = ready.dossier
    for shown in (
        address("http://10.0.0.5:8080", dossier.receipt.payload),
        dossier.receipt.payload.lower(),
        dossier.dossier_code.lower(),
        f"  {dossier.dossier_code} ",
    ):
        known = returning.identify(
            dossier, lan_herself(dossier, receipt=shown), keys=ready.keys, now=ready.now()
        )
        assert known.receipt == ("code" if "-" in shown else "qr")


def test_an_officer_may_look_at_a_paper_instead_of_reading_a_number(ready):
    collect(ready, citizen_id="", paper_seen="passport")
    assert ready.last().facts["identity"] == "passport"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"receipt": " "}, ("receipt", "missing")),
        ({"citizen_id": ""}, ("citizen_id", "missing")),
        ({"citizen_id": "12345"}, ("citizen_id", "bad_citizen_id")),
        ({"citizen_id": "", "paper_seen": "library_card"}, ("paper_seen", "bad_choice")),
        ({"representative": replace(BINH, name="")}, ("representative.name", "missing")),
        ({"representative": replace(BINH, name="B1nh")}, ("representative.name", "bad_name")),
        ({"representative": replace(BINH, citizen_id="")}, ("representative.citizen_id", "missing")),
        ({"representative": replace(BINH, citizen_id="1")}, ("representative.citizen_id", "bad_citizen_id")),
        ({"representative": replace(BINH, authority="")}, ("representative.authority", "missing")),
        ({"representative": replace(BINH, authority="friend")}, ("representative.authority", "bad_choice")),
        ({"representative": replace(BINH, proof_number="")}, ("representative.proof_number", "missing")),
        (
            {"representative": replace(BINH, proof_date=date(2026, 12, 1))},
            ("representative.proof_date", "future_date"),
        ),
    ],
)
def test_whoever_has_not_shown_enough_gets_nothing(ready, change, fault):
    with pytest.raises(UnprovenCollector) as refusal:
        collect(ready, **change)
    assert faults_of(refusal) == [fault]
    assert ready.dossier.status == "result_ready"


def test_another_person_is_not_the_applicant(ready):
    with pytest.raises(NotTheApplicant):
        collect(ready, citizen_id="038090005678")


def test_the_receipt_of_another_dossier_opens_nothing(ready, keys):
    code = ReceiptCode("H56.17.22", "H56.17.22-261120-0099", vietnam(20), keys.receipt_key_id)
    for shown in (encode(code, keys.sign), "H56.17.22-261120-0099", "xin chào"):
        with pytest.raises(WrongReceipt):
            collect(ready, receipt=shown)


def test_a_forged_receipt_opens_nothing(ready):
    payload = ready.dossier.receipt.payload
    with pytest.raises(ForgedReceipt):
        collect(ready, receipt=payload[:-20] + ("A" if payload[-20] != "A" else "B") + payload[-19:])


def test_a_representative_is_recorded_sealed_and_only_masked_in_the_event(ready):
    collect(ready, citizen_id="038090005678", representative=BINH)
    facts = ready.last().facts
    assert (facts["authority"], facts["citizen_id"]) == ("written_authorisation", "038090***678")
    sealed = ready.dossier.collector_sealed
    assert b"Binh" not in sealed and "038090005678" not in repr(facts) and "Bình" not in repr(facts)
    opened = json.loads(ready.keys.unseal(sealed, COLLECTOR))
    assert opened["representative"] == {
        "name": "Lê Văn Bình",
        "citizen_id": "038090005678",
        "authority": "written_authorisation",
        "proof_number": "Số 12/UQ",
        "proof_date": "2026-11-19",
    }


def test_a_representative_shows_their_own_number(ready):
    with pytest.raises(NotTheApplicant):
        collect(ready, citizen_id="038156001234", representative=BINH)


def test_late_never_prevents_returning(ready, clock):
    clock.now = vietnam(20, month=12, year=2027)
    collect(ready)
    assert ready.dossier.status == "returned"


def test_a_result_that_came_late_is_returned_and_told_as_late(life, clock):
    life.check()
    clock.now = vietnam(30)
    life.decide()
    life.give_back()
    assert life.last().facts["on_time"] == "late"


def test_collecting_late_is_not_the_offices_lateness(ready, clock):
    clock.now = vietnam(30, month=12)
    collect(ready)
    assert ready.last().facts["on_time"] == "early"


def test_an_unpaid_fee_is_another_line(ready):
    assert ready.dossier.payment_status == "unpaid"
    collect(ready)
    assert (ready.dossier.status, ready.dossier.payment_status) == ("returned", "unpaid")


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.RESULT_READY])
def test_without_a_result_nothing_is_returned(life, status):
    life.lead_to(status)
    with pytest.raises(WrongStatus):
        collect(life)


def test_nothing_is_returned_while_it_is_on_its_way_between_units(ready, civil):
    ready.do(handing_over.give, civil.id)
    with pytest.raises(HandoverOpen):
        collect(ready)


def test_by_post_it_is_sent_and_only_returned_when_delivered(by_post, clock):
    assert by_post.dossier.delivery_status == "to_send"
    by_post.do(send_by_post, "rr 4731 2482 9 vn")
    assert (by_post.dossier.status, by_post.dossier.delivery_status) == ("result_ready", "sent")
    assert by_post.last().facts["item_number"] == "RR473124829VN"
    clock.now = vietnam(23)
    by_post.do(delivered, proof="Bưu tá báo phát, người nhận ký")
    dossier = by_post.dossier
    assert (dossier.status, dossier.delivery_status, dossier.returned_at) == (
        "returned",
        "delivered",
        clock.now,
    )
    assert [event.kind for event in by_post.events()[-3:]] == ["sent", "delivered", "returned"]


def test_what_the_post_has_is_not_handed_over_between_units(by_post, civil):
    by_post.do(send_by_post, "RR473124829VN")
    with pytest.raises(WrongStatus):
        by_post.do(handing_over.give, civil.id)


def test_what_came_back_is_sent_again(by_post):
    by_post.do(send_by_post, "RR473124829VN")
    by_post.do(delivery_failed, reason="Không có người nhận")
    assert (by_post.dossier.status, by_post.dossier.delivery_status) == ("result_ready", "failed")
    by_post.do(send_by_post, "EH261121008VN")
    by_post.do(delivered)
    assert by_post.dossier.status == "returned"


def test_what_came_back_or_was_not_sent_yet_may_be_collected(by_post):
    by_post.do(send_by_post, "RR473124829VN")
    with pytest.raises(WrongStatus):
        collect(by_post)
    by_post.session.rollback()
    by_post.do(delivery_failed, reason="Không có người nhận")
    collect(by_post)
    assert (by_post.dossier.status, by_post.dossier.delivery_status) == ("returned", "delivered")


def test_a_failed_delivery_says_why(by_post):
    by_post.do(send_by_post, "RR473124829VN")
    with pytest.raises(UnprovenCollector) as refusal:
        by_post.do(delivery_failed, reason="")
    assert faults_of(refusal) == [("reason", "missing")]


@pytest.mark.parametrize(
    ("number", "refusal"), [("RR473124820VN", WrongCheckDigit), ("", UnreadableItemNumber)]
)
def test_an_item_number_is_checked_before_the_item_leaves(by_post, number, refusal):
    with pytest.raises(refusal):
        by_post.do(send_by_post, number)


def test_electronically_it_goes_to_the_address_given_which_the_event_masks(by_mail):
    by_mail.do(send_electronically)
    assert by_mail.last().facts["to"] == "l***@vidu.vn"
    by_mail.do(delivered, proof="Máy chủ thư đã nhận")
    assert by_mail.dossier.status == "returned"


def test_what_waits_at_the_counter_is_not_sent_and_what_goes_by_post_not_mailed(ready, by_post):
    with pytest.raises(WrongStatus):
        by_post.do(send_electronically)


def test_what_waits_at_the_counter_is_not_sent(ready):
    with pytest.raises(WrongStatus):
        ready.do(send_by_post, "RR473124829VN")


@pytest.mark.parametrize("verb", [delivered, delivery_failed])
def test_what_was_not_sent_is_neither_delivered_nor_lost(ready, verb):
    more = {"reason": "Không có người nhận"} if verb is delivery_failed else {}
    with pytest.raises(WrongStatus):
        ready.do(verb, **more)


def test_the_applicant_may_choose_another_way_before_it_is_ready(life):
    life.do(choose_collection, Collection("post", address="Số 5 phố Hàng Than"))
    life.check()
    life.decide()
    assert life.dossier.delivery_status == "to_send"
    assert content_of(life.dossier, life.keys).collection.address == "Số 5 phố Hàng Than"
    assert life.events("collection_changed")[0].facts["collection"] == ["counter_later", "post"]


def test_the_applicant_may_choose_another_way_while_it_has_not_left(ready):
    ready.do(choose_collection, Collection("electronic", email="lan@vidu.vn"))
    assert ready.dossier.delivery_status == "to_send"
    ready.do(choose_collection, Collection("counter_later"))
    assert ready.dossier.delivery_status == "waiting"
    collect(ready)


def test_a_way_without_its_address_is_refused(ready):
    with pytest.raises(UnfinishedDossier):
        ready.do(choose_collection, Collection("post"))


def test_what_has_left_or_will_never_come_has_no_other_way(by_post):
    by_post.do(send_by_post, "RR473124829VN")
    with pytest.raises(WrongStatus):
        by_post.do(choose_collection, Collection("counter_later"))


@pytest.mark.parametrize("status", [Status.RETURNED, Status.REFUSED, Status.STOPPED])
def test_of_a_finished_dossier_nothing_is_collected_another_way(life, status):
    life.lead_to(status)
    with pytest.raises(WrongStatus):
        life.do(choose_collection, Collection("electronic", email="lan@vidu.vn"))


def test_who_collected_stands_nowhere_readable(ready, session):
    collect(ready, citizen_id="038090005678", representative=BINH)
    row = session.execute(select(Dossier.__table__)).mappings().first()
    assert "038090005678" not in repr(dict(row)) and "Lê Văn Bình" not in repr(dict(row))

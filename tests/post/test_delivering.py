"""Results on their way home: packed, carried, proved, tried in vain, back again; the dossier with them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from homeway import HOME, NUMBERS, SIGNED, a_home, shown
from intake import handing_over, returning
from intake.drafts import Collection
from intake.events import Actor
from intake.post import delivering, manifests, sending
from intake.post.contents import addressed_of
from intake.post.steps import append_step, stand
from intake.records import Event, PostalMoney, PostalStep
from intake.rules.delivery_proof import LONGEST_SIGNATURE, is_signature, proof_faults
from intake.rules.post import Step
from intake.rules.refusals import (
    ItemElsewhere,
    ItemKnown,
    NoTariff,
    Packed,
    TriesUsedUp,
    UnfinishedNotice,
    UnprovenCollector,
    WrongCheckDigit,
    WrongDeliveryCode,
    WrongStatus,
    WrongStep,
)
from lifeway import lan_herself
from moneyway import an_item, give_prices


@pytest.fixture
def home(house, session):
    return a_home(house, session)


def delivery_of(item) -> tuple[str, str]:
    return item.dossier.status, item.dossier.delivery_status


def faults_of(refusal) -> list[tuple[str, str]]:
    return [(fault.key, fault.code) for fault in refusal.value.facts["faults"]]


def test_a_result_goes_home_and_the_dossier_with_it(home, clock, keys):
    item = home.pack()
    assert (item.status, item.masked_name, delivery_of(item)) == (
        "ready",
        "L. T. N. Lan",
        ("result_ready", "to_send"),
    )
    assert addressed_of(item, keys).address == HOME.address
    home.do(delivering.picked_up, item)
    assert delivery_of(item) == ("result_ready", "sent")
    home.do(delivering.go_out, item)
    clock.now += timedelta(hours=2)
    home.deliver(item)
    assert (item.status, delivery_of(item)) == ("delivered", ("returned", "delivered"))
    assert item.dossier.returned_at == clock.now
    assert home.kinds(item.dossier)[-7:] == [
        "post_ready",
        "post_picked_up",
        "sent",
        "post_out",
        "post_delivered",
        "delivered",
        "returned",
    ]
    assert [(step.step, step.holder) for step in item.steps] == [
        ("ready", home.point.office.name),
        ("picked_up", "Bưu điện Hạc Thành"),
        ("out", "Hoàng Văn Minh"),
        ("delivered", "người nhận"),
    ]


def test_what_is_packed_twice_is_one_item(home):
    dossier = home.ready()
    item = home.pack(dossier)
    assert home.pack(dossier).id == item.id
    assert home.pack(dossier, "").id == item.id
    with pytest.raises(Packed):
        home.pack(dossier, NUMBERS[1])


@pytest.mark.parametrize(("number", "refusal"), [("RR473124820VN", WrongCheckDigit), (NUMBERS[0], ItemKnown)])
def test_a_number_is_right_and_new(home, number, refusal):
    home.pack()
    with pytest.raises(refusal):
        home.pack(home.ready(), number)


def test_only_what_is_to_be_sent_by_post_is_packed(home):
    with pytest.raises(WrongStatus):
        home.pack(home.ready(Collection("counter_later")))
    home.session.rollback()
    item = home.out()
    with pytest.raises(WrongStatus):
        home.pack(item.dossier, NUMBERS[1])


def test_while_it_is_packed_nothing_else_is_done_with_the_result(home, keys):
    dossier = home.pack().dossier
    more = {"by": home.hoa, "now": home.now}
    acts = (
        lambda: returning.return_at_counter(home.session, dossier, lan_herself(dossier), keys=keys, **more),
        lambda: returning.choose_collection(home.session, dossier, HOME, keys=keys, **more),
        lambda: returning.send_by_post(home.session, dossier, NUMBERS[1], **more),
        lambda: handing_over.give(home.session, dossier, None, **more),
    )
    for act in acts:
        with pytest.raises(Packed) as refusal:
            act()
        assert refusal.value.facts["item_number"] == NUMBERS[0]


def test_taken_out_of_its_envelope_it_may_be_collected_or_packed_anew(home, keys):
    item = home.pack()
    home.do(sending.unpack, item, reason="Người nộp đến nhận", by=home.hoa)
    assert (item.status, delivery_of(item)) == ("returned", ("result_ready", "to_send"))
    again = home.pack(item.dossier, NUMBERS[1])
    assert again.id != item.id and again.status == "ready"
    home.do(sending.unpack, again, reason="Người nộp đến nhận", by=home.hoa)
    collector = lan_herself(item.dossier)
    more = {"keys": keys, "by": home.hoa, "now": home.now}
    returning.return_at_counter(home.session, item.dossier, collector, **more)
    assert item.dossier.status == "returned"


def test_unpacking_says_why_and_only_what_has_not_left(home):
    item = home.pack()
    with pytest.raises(UnfinishedNotice):
        home.do(sending.unpack, item, reason="", by=home.hoa)
    home.session.rollback()
    home.do(delivering.picked_up, item)
    with pytest.raises(WrongStep):
        home.do(sending.unpack, item, reason="Người nộp đến nhận", by=home.hoa)


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"identity": ""}, [("identity", "missing")]),
        ({"identity": "thẻ"}, [("identity", "bad_choice")]),
        ({"signature": ""}, [("signature", "unsigned")]),
        ({"signature": "M1 1"}, [("signature", "bad_signature")]),
        ({"signature": "<svg onload=x>"}, [("signature", "bad_signature")]),
        ({"signature": SIGNED + "L9 9" * (LONGEST_SIGNATURE // 4)}, [("signature", "bad_signature")]),
        (
            {"authority": "family"},
            [("name", "missing"), ("citizen_id", "missing"), ("proof_number", "missing")],
        ),
        (
            {"authority": "ai đó", "name": "12", "citizen_id": "123", "proof_number": "4"},
            [("authority", "bad_choice"), ("name", "bad_name"), ("citizen_id", "bad_citizen_id")],
        ),
    ],
)
def test_nothing_is_left_at_a_door_without_proof(changes, faults):
    assert [(fault.key, fault.code) for fault in proof_faults(shown(**changes))] == faults


def test_a_signature_or_a_code_is_proof(home, keys):
    assert is_signature(SIGNED) and proof_faults(shown()) == ()
    item = home.out()
    with pytest.raises(UnprovenCollector) as refusal:
        home.deliver(item, signature="")
    assert faults_of(refusal) == [("signature", "unsigned")]
    code = delivering.delivery_code(keys, item)
    assert len(code) == 6 and code.isdecimal()
    home.deliver(item, signature="", code=f" {code[:3]} {code[3:]} ")
    proof = delivering.proof_of(item, keys)
    assert proof is not None and (proof.name, proof.with_code) == ("Lê Thị Ngọc Lan", True)


def test_a_code_is_of_one_try_and_one_item(home, keys):
    item, other = home.out(), home.out(home.pack(home.ready(), NUMBERS[1]))
    code = delivering.delivery_code(keys, item)
    assert code != delivering.delivery_code(keys, other)
    home.do(delivering.fail, item, "not_home")
    assert not delivering.is_delivery_code(keys, item, delivering.delivery_code(keys, item))
    home.do(delivering.go_out, item)
    with pytest.raises(WrongDeliveryCode):
        home.deliver(item, code=code)
    home.session.rollback()
    assert (item.status, item.proof_sealed) == ("out", None)


def test_somebody_else_takes_it_with_their_papers_and_the_log_masks_them(home, keys):
    item = home.out()
    given = {"name": "Lê Văn Bình", "citizen_id": "038090012345", "proof_number": "12/UQ"}
    home.deliver(item, authority="written_authorisation", photo="/9j/", **given)
    proof = delivering.proof_of(item, keys)
    assert (proof.name, proof.citizen_id, proof.photo) == ("Lê Văn Bình", "038090012345", "/9j/")
    event = home.session.scalars(select(Event).filter_by(kind="post_delivered")).one()
    assert (event.facts["authority"], event.facts["citizen_id"], event.facts["photo"]) == (
        "written_authorisation",
        "038090***345",
        True,
    )
    assert "Bình" not in str(event.facts) and b"B\xc3\xacnh" not in item.proof_sealed


def test_it_is_tried_as_often_as_the_office_lets_it_be_and_comes_back(home, clock):
    item = home.out()
    for attempt in range(3):
        home.do(delivering.fail, item, "not_home")
        assert (item.failures, delivery_of(item)) == (attempt + 1, ("result_ready", "sent"))
        if attempt < 2:
            clock.now += timedelta(days=1)
            home.do(delivering.go_out, item)
    with pytest.raises(TriesUsedUp):
        home.do(delivering.go_out, item)
    home.session.rollback()
    home.do(delivering.came_back, item, by=home.hoa)
    assert (item.status, delivery_of(item)) == ("returned", ("result_ready", "failed"))
    event = home.session.scalars(select(Event).filter_by(kind="delivery_failed")).one()
    assert event.reason == "Không có người nhận (3 lần)"
    again = home.pack(item.dossier, NUMBERS[1])
    home.deliver(home.out(again))
    assert delivery_of(again) == ("returned", "delivered")


def test_what_the_post_has_for_too_long_goes_back(home, clock):
    item = home.out()
    home.do(delivering.fail, item, "postponed")
    clock.now += timedelta(days=10)
    assert not delivering.must_go_back(home.session, item, now=clock.now)
    clock.now += timedelta(minutes=1)
    with pytest.raises(TriesUsedUp):
        home.do(delivering.go_out, item)


def test_a_failure_has_a_reason_of_the_list(home):
    item = home.out()
    for reason, code in (("", "missing"), ("trời mưa", "bad_choice")):
        with pytest.raises(UnfinishedNotice) as refusal:
            home.do(delivering.fail, item, reason)
        assert faults_of(refusal) == [("reason", code)]
        home.session.rollback()


def test_at_the_counter_of_the_post_it_is_handed_out_after_a_try_in_vain(home):
    item = home.out()
    home.do(delivering.fail, item, "not_home")
    home.deliver(item)
    assert delivery_of(item) == ("returned", "delivered")


def test_what_an_officer_settled_meanwhile_stays_settled(home):
    item = home.out()
    returning.delivered(home.session, item.dossier, by=home.hoa, now=home.now)
    home.session.commit()
    home.deliver(item)
    assert (item.status, delivery_of(item)) == ("delivered", ("returned", "delivered"))


def test_an_operators_system_tells_and_the_dossier_follows(home):
    """Nobody scanned it out: the first word of it is that it was delivered."""
    item = home.pack()
    source, machine = "operator:1", Actor("Hệ thống bưu chính", "api")
    append_step(home.session, item, Step.DELIVERED, source=source, now=home.now, message_id="m1")
    stand(home.session, item)
    delivering.bring_along(home.session, item, by=machine, now=home.now)
    delivering.bring_along(home.session, item, by=machine, now=home.now)
    assert (item.status, delivery_of(item)) == ("delivered", ("returned", "delivered"))
    assert home.kinds(item.dossier)[-3:] == ["sent", "delivered", "returned"]


def test_the_way_home_is_paid_at_the_door_unless_it_was_paid_before(home, session):
    give_prices(session, home.point.office_id)
    item = home.out(home.pack(grams=200, zone="local"))
    assert item.charge == 24_000
    home.deliver(item)
    line = session.scalars(select(PostalMoney)).one()
    assert (line.account, line.amount, line.person_id) == ("charge", 24_000, home.minh.person_id)
    prepaid = home.ready()
    version = prepaid.procedure_version_id
    an_item(session, home.point, version, dossier_id=prepaid.id, wants_home=True, status="handed_over")
    session.commit()
    assert home.pack(prepaid, NUMBERS[1], grams=200, zone="local").charge == 0


def test_proof_and_money_of_the_door_are_kept_where_an_operators_system_was_faster(home, session):
    give_prices(session, home.point.office_id)
    item = home.out(home.pack(grams=200, zone="local"))
    append_step(session, item, Step.DELIVERED, source="operator:1", now=home.now, message_id="m1")
    stand(session, item)
    session.commit()
    for _ in range(2):  # and a telephone that did not hear our answer tells it again
        home.deliver(item)
    assert delivering.proof_of(item, home.keys).signature == SIGNED
    assert session.scalars(select(PostalMoney.amount)).all() == [24_000]
    assert [step.step for step in item.steps].count("delivered") == 1
    assert delivery_of(item) == ("returned", "delivered")


def test_what_lies_in_the_bag_that_goes_back_is_nobodys_to_bring(home, session):
    """It would arrive at the office and count as carried about for ever."""
    item = home.out()
    home.do(delivering.fail, item, "refused")
    back = manifests.open_manifest(session, home.point, "in", by=home.minh, now=home.now)
    line = manifests.add_item(session, back, item.item_number, by=home.minh, now=home.now)
    session.commit()
    with pytest.raises(ItemElsewhere):
        home.do(delivering.go_out, item)
    with pytest.raises(ItemElsewhere):
        home.deliver(item)
    session.rollback()
    manifests.drop(session, back, line.id, by=home.minh, now=home.now)
    home.do(delivering.go_out, item)
    assert item.status == "out"


def test_a_charge_nobody_knows_is_refused_before_anything_is_packed(home):
    with pytest.raises(NoTariff):
        home.pack(zone="national")


def test_steps_of_an_item_are_all_kept(home, session):
    item = home.out()
    home.do(delivering.fail, item, "no_answer")
    home.do(delivering.go_out, item)
    home.deliver(item)
    steps = session.scalars(select(PostalStep.step).filter_by(item_id=item.id).order_by(PostalStep.id)).all()
    assert steps == ["ready", "picked_up", "out", "failed", "out", "delivered"]

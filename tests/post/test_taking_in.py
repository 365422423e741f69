"""Taking a sealed dossier at the post, on both databases."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from build import FRIDAY, a_draft, an_applicant
from conftest import Clock, House, offer
from intake import saving
from intake.db import db
from intake.drafts import Collection
from intake.keys import Keys
from intake.post.contents import sent_of
from intake.post.number_blocks import next_number, take_block
from intake.post.taking_in import take_in, take_in_many
from intake.printing import paper_of
from intake.records import (
    AcceptancePoint,
    Errand,
    Event,
    ItemRange,
    NumberBlock,
    OfferedProcedure,
    PostalExemption,
    PostalItem,
    PostalMoney,
    PostalStep,
    PostalTariff,
    Printer,
    SavedDraft,
)
from intake.rules.codes import parse_item_number
from intake.rules.procedures import Condition, Group, Question, QuestionKind, Requirement
from intake.rules.receipt_code import decode
from intake.rules.refusals import (
    ForeignAttempt,
    ItemKnown,
    NoNumbersLeft,
    NoSuchSavedDraft,
    NoTariff,
    ProcedureNotOffered,
    Refusal,
    UnfinishedDossier,
)
from postway import BASE_URL, NUMBER, a_post_office, a_range, an_intake, going_home, minh, taken

OTHER = "RR473124815VN"


@pytest.fixture
def point(session: Session) -> AcceptancePoint:
    return a_post_office(session)


@pytest.fixture
def take(session: Session, point: AcceptancePoint, keys: Keys, clock: Clock):
    """Take an intake at BD-07, now, and commit."""
    return lambda intake, at=None: taken(session, intake, at or point, keys=keys, now=clock())


def count(session: Session, record: type) -> int:
    return session.scalar(select(func.count()).select_from(record)) or 0


def faults_of(refused) -> list[str]:
    return [fault.key for fault in refused.value.facts["faults"]]


def test_an_item_taken_is_in_the_books_with_its_first_step_and_its_event(take, offered, session):
    item = take(an_intake(offered))
    assert (item.item_number, item.is_s10, item.direction, item.status) == (NUMBER, True, "in", "accepted")
    assert (item.charge, item.fee, item.masked_name) == (15_000, 8_000, "L. T. N. Lan")
    assert (item.taken_at, item.arrived_at, item.dossier_id) == (FRIDAY, FRIDAY, None)
    step = session.scalars(select(PostalStep)).one()
    assert (step.step, step.source, step.holder) == (
        "accepted",
        "clerk",
        "Bưu điện Hạc Thành, Hoàng Văn Minh",
    )
    events = session.scalars(select(Event).filter_by(item_id=item.id).order_by(Event.id)).all()
    assert [event.kind for event in events] == ["post_accepted", "post_money_taken"]
    assert events[0].facts["documents"] == {"form": "paper"}


def test_its_receipt_is_signed_for_this_office_and_number(take, offered, keys):
    item = take(an_intake(offered))
    code = decode(item.receipt_payload, keys.public_keys)
    assert (code.office, code.dossier_code, code.received_at) == ("H56.17.22", NUMBER, FRIDAY)


def test_a_number_no_receipt_can_carry_stands_on_it_by_its_row(take, offered, keys):
    item = take(an_intake(offered, item_number="VNP+2026#123"))
    assert not item.is_s10
    assert decode(item.receipt_payload, keys.public_keys).dossier_code == f"item-{item.id}"


def test_nothing_personal_stands_readable_in_the_row_or_the_log(take, offered, session):
    take(an_intake(offered, **going_home()))
    row = session.execute(select(PostalItem.__table__)).mappings().one()
    events = repr([dict(one) for one in session.execute(select(Event.__table__)).mappings()])
    for secret in ("038156001234", "0912345678", "Tổ 3", "Lê Thị Ngọc Lan"):
        assert secret not in repr(dict(row)) + events
        assert secret.encode() not in row["content_sealed"]


def test_what_was_sent_comes_out_of_the_seal_as_it_went_in(take, offered, keys):
    intake = an_intake(offered, **going_home(answers={"who": "Lê Văn Bình", "unknown": "x"}))
    sent = sent_of(take(intake), keys)
    assert (sent.applicant, sent.collection) == (intake.applicant, intake.collection)
    assert sent.documents == intake.documents
    assert sent.answers == {"who": "Lê Văn Bình"}


def test_an_answer_nobody_can_read_stays_on_the_paper(take, offered, keys):
    assert sent_of(take(an_intake(offered, answers={"who": "12345"})), keys).answers == {}


def test_a_person_is_kept_in_the_form_by_which_they_are_found_again(take, offered, keys):
    typed = an_applicant(name=" Lê  Thị Ngọc Lan ", citizen_id="038 156 001 234", phone="+84 912 345 678")
    home = Collection("post", address=" Tổ 3,  Hạc Thành", phone="0912.345.678")
    item = take(an_intake(offered, **going_home(applicant=typed, collection=home)))
    sent = sent_of(item, keys)
    assert (sent.applicant.name, sent.applicant.citizen_id) == ("Lê Thị Ngọc Lan", "038156001234")
    assert (sent.applicant.phone, sent.collection.phone) == ("0912345678", "0912345678")
    assert (sent.collection.address, item.masked_name) == ("Tổ 3, Hạc Thành", "L. T. N. Lan")


def test_both_ways_are_paid_when_the_result_comes_home(take, offered):
    item = take(an_intake(offered, **going_home()))
    assert (item.wants_home, item.charge, item.consent) == (True, 30_000, "2026-1")


def test_consent_is_not_kept_where_nothing_is_passed_on(take, offered):
    assert take(an_intake(offered, consent="2026-1")).consent == ""


def test_money_is_taken_in_the_same_moment_each_on_its_own_line(take, offered, session):
    take(an_intake(offered))
    lines = session.execute(select(PostalMoney.account, PostalMoney.amount)).all()
    assert sorted(map(tuple, lines)) == [("charge", 15_000), ("fee", 8_000)]


def test_what_the_province_pays_is_not_taken_from_the_sender(take, offered, session):
    assert take(an_intake(offered, payer="province")).charge == 15_000
    assert session.scalars(select(PostalMoney.account)).all() == ["fee"]


def test_the_same_attempt_again_is_the_first_item(take, offered, session):
    intake = an_intake(offered)
    first = take(intake)
    again = take(replace(intake, item_number=OTHER, grams=0))
    assert again.id == first.id
    assert (count(session, PostalItem), count(session, PostalMoney), count(session, PostalStep)) == (1, 2, 1)


def test_an_attempt_of_another_post_office_is_refused(take, offered, session):
    intake = an_intake(offered)
    take(intake)
    with pytest.raises(ForeignAttempt):
        take(replace(intake, item_number=OTHER), a_post_office(session, "BD-12"))


@pytest.mark.parametrize("attempt", ["", "x" * 65])
def test_an_attempt_that_is_no_key_is_refused(take, offered, attempt):
    with pytest.raises(UnfinishedDossier) as refused:
        take(an_intake(offered, attempt=attempt))
    assert faults_of(refused) == ["attempt"]


def test_a_known_number_opens_the_item_it_is(take, offered):
    first = take(an_intake(offered))
    with pytest.raises(ItemKnown) as refused:
        take(an_intake(offered, item_number="rr 473 124 829 vn"))
    assert refused.value.facts == {"item_number": NUMBER, "item_id": first.id}


def test_a_number_known_elsewhere_says_only_that(take, offered, session):
    take(an_intake(offered))
    with pytest.raises(ItemKnown) as refused:
        take(an_intake(offered), a_post_office(session, "BD-12"))
    assert refused.value.facts["item_id"] is None


def test_what_may_not_be_taken_is_told_all_at_once_by_its_field(take, offered, session):
    for change, keys_of_faults in [
        ({"item_number": "RR473124828VN"}, ["item_number"]),
        ({"item_number": "Bưu gửi"}, ["item_number"]),
        ({"applicant": an_applicant(name="")}, ["applicant.name"]),
        ({"applicant": an_applicant(citizen_id="12345")}, ["applicant.citizen_id"]),
        ({"applicant": an_applicant(phone="abc")}, ["applicant.phone"]),
        ({"applicant": an_applicant(kind="ghost")}, ["applicant.kind"]),
        ({"documents": {}}, ["documents.form"]),
        ({"documents": {"form": {"how": "paper", "originals": "x"}}}, ["documents.form"]),
        ({"collection": Collection("counter_now")}, ["collection"]),
        ({"collection": Collection("post"), "consent": "2026-1"}, ["address"]),
        ({"collection": Collection("electronic", email="lan")}, ["email"]),
        ({"seal_number": "  "}, ["seal_number"]),
        ({"seal_number": "9" * 41}, ["seal_number"]),
        ({"witnessed": False}, ["witnessed"]),
        ({"grams": 0}, ["grams"]),
        ({"grams": -5}, ["grams"]),
        ({"grams": 30_001}, ["grams"]),
        ({"zone": "moon"}, ["zone"]),
        ({"payer": "nobody"}, ["payer"]),
        ({"exemption": "friends"}, ["exemption"]),
        (going_home(consent=""), ["consent"]),
        (going_home(consent="1999-1"), ["consent"]),
        ({"consent": "1999-1"}, ["consent"]),
        ({"grams": 0, "witnessed": False, "documents": {}}, ["documents.form", "witnessed", "grams"]),
    ]:
        with pytest.raises(UnfinishedDossier) as refused:
            take(an_intake(offered, **change))
        assert faults_of(refused) == keys_of_faults, change
        session.rollback()
    assert count(session, PostalItem) == 0


def test_a_procedure_the_office_does_not_receive_is_refused(take, offered, session):
    session.query(OfferedProcedure).filter_by(procedure_code="1.000001").delete()
    session.commit()
    with pytest.raises(ProcedureNotOffered):
        take(an_intake(offered))


def test_without_a_price_nothing_is_taken(take, offered, session):
    session.execute(update(PostalTariff).values(valid_to=FRIDAY.date() - timedelta(days=1)))
    session.commit()
    with pytest.raises(NoTariff):
        take(an_intake(offered))


def test_an_exemption_of_the_day_takes_its_share_off(take, offered, session, point):
    known = {"office_id": point.office_id, "code": "poor", "words": "Hộ nghèo", "valid_from": FRIDAY.date()}
    session.add(PostalExemption(account="charge", percent=50, **known))
    session.commit()
    item = take(an_intake(offered, exemption="poor"))
    assert (item.charge, item.fee, item.exemption) == (7_500, 8_000, "poor")


def test_a_number_of_our_own_is_the_next_one_and_none_is_lost_to_a_refusal(take, offered, session, point):
    a_range(session, point)
    with pytest.raises(UnfinishedDossier):
        take(an_intake(offered, item_number="", grams=0))
    session.rollback()
    numbers = [take(an_intake(offered, item_number="")).item_number for _ in range(2)]
    assert numbers == ["EH261121008VN", "EH261121011VN"]


def test_an_own_number_somebody_typed_before_is_passed_over(take, offered, session, point):
    a_range(session, point)
    take(an_intake(offered, item_number="EH261121008VN"))
    assert take(an_intake(offered, item_number="")).item_number == "EH261121011VN"


def test_without_numbers_of_our_own_a_label_of_the_operator_is_asked_for(take, offered, session):
    with pytest.raises(NoNumbersLeft):
        take(an_intake(offered, item_number=""))


def test_papers_are_promised_to_the_printer_of_the_post_office(take, offered, session, point, keys):
    point.printer_id = session.scalars(select(Printer.id)).first()
    a_range(session, point)
    take(an_intake(offered))
    take(an_intake(offered, item_number=""))
    errands = session.scalars(select(Errand).order_by(Errand.id)).all()
    assert [one.item_paper for one in errands] == [
        *("receipt", "slip", "slip_copy"),
        *("label", "receipt", "slip", "slip_copy"),
    ]
    titles = [paper_of(one, keys).title for one in errands]
    assert titles[0] == f"Biên nhận bưu gửi {NUMBER}"
    assert titles[3] == "Nhãn bưu gửi EH261121008VN"


def test_what_was_taken_without_a_network_keeps_its_hour_and_prints_nothing_now(
    take, offered, session, point, clock
):
    point.printer_id = session.scalars(select(Printer.id)).first()
    clock.now = FRIDAY + timedelta(hours=5)
    item = take(an_intake(offered, taken_at=FRIDAY))
    assert (item.taken_at, item.arrived_at, item.status_at) == (FRIDAY, clock.now, FRIDAY)
    assert session.scalars(select(PostalStep.at)).one() == FRIDAY
    assert count(session, Errand) == 0


def test_a_device_whose_clock_runs_ahead_is_not_believed(take, offered):
    assert take(an_intake(offered, taken_at=FRIDAY + timedelta(days=3))).taken_at == FRIDAY


def test_a_block_is_one_devices_own_and_its_receipts_are_signed_before(
    take, offered, session, point, keys, clock
):
    a_range(session, point)
    by = minh(session, point)
    block = take_block(session, point, size=3, keys=keys, by=by, now=FRIDAY)
    session.commit()
    number, payload = block.numbers[1]
    assert parse_item_number(number).is_s10
    clock.now = FRIDAY + timedelta(hours=3)
    item = take(an_intake(offered, item_number=number, taken_at=FRIDAY + timedelta(hours=1)))
    assert item.receipt_payload == payload
    assert decode(payload, keys.public_keys).dossier_code == number
    assert next_number(session, point) not in dict(block.numbers)


def test_two_blocks_never_share_a_number_and_the_last_is_what_is_left(session, point, keys):
    a_range(session, point, 26_112_100, 26_112_104)
    by = minh(session, point)
    first, second = (take_block(session, point, size=3, keys=keys, by=by, now=FRIDAY) for _ in range(2))
    assert (len(first.numbers), len(second.numbers)) == (3, 2)
    assert not set(dict(first.numbers)) & set(dict(second.numbers))
    with pytest.raises(NoNumbersLeft):
        take_block(session, point, size=1, keys=keys, by=by, now=FRIDAY)
    kinds = session.scalars(select(Event.kind)).all()
    assert kinds == ["post_block_taken"] * 2 and count(session, NumberBlock) == 2


@pytest.mark.parametrize("size", [0, -1, 501])
def test_a_block_of_no_size_is_a_fault_of_ours(session, point, keys, size):
    with pytest.raises(ValueError, match="no block"):
        take_block(session, point, size=size, keys=keys, by=minh(session, point), now=FRIDAY)


def test_numbers_go_on_in_the_next_range_and_not_in_one_out_of_use_or_elsewhere(session, point):
    a_range(session, point, 10, 10, service="AA")
    a_range(session, point, 20, 20, service="BB").active = False
    a_range(session, a_post_office(session, "BD-12"), 30, 39, service="CC")
    a_range(session, point, 40, 40, service="DD")
    assert [next_number(session, point)[:2] for _ in range(2)] == ["AA", "DD"]
    with pytest.raises(NoNumbersLeft):
        next_number(session, point)


def test_a_saved_draft_is_spent_with_the_item_it_became(take, offered, session, kiosk, point, keys, clock):
    code = saving.save_draft(session, kiosk, a_draft(offered), keys=keys, now=clock())
    session.commit()
    intake = an_intake(offered, saved_code=code, answers={"who": "Lê Văn Bình"})
    take(intake)
    assert session.scalars(select(SavedDraft.used_at)).one() == FRIDAY
    with pytest.raises(NoSuchSavedDraft):
        take(an_intake(offered, item_number=OTHER, saved_code=code))
    session.rollback()
    assert take(intake).item_number == NUMBER  # the second tap spends nothing


def test_papers_that_depend_on_answers_may_be_counted_without_any(take, session, kiosk, keys):
    married = Question("married", "Đã kết hôn?", QuestionKind.YES_NO)
    papers = (
        Requirement("form", "Tờ khai", originals=1),
        Requirement("spouse", "Giấy kết hôn", originals=1, show_if=(Condition("married", ("yes",)),)),
    )
    version = offer(session, kiosk, groups=(Group("g", "Gia đình", (married,)),), requirements=papers)
    documents = {"form": {"originals": "1"}, "spouse": {"originals": "1"}}
    sent = sent_of(take(an_intake(version, documents=documents)), keys)
    assert {key: told["how"] for key, told in sent.documents.items()} == {"form": "paper", "spouse": "paper"}


def together(house: House, *calls) -> list[object]:
    """What each of these gave or raised, all begun in the same moment, each in a session of its own."""
    barrier, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place: int, call) -> None:
        with house.app.app_context():
            try:
                barrier.wait(10)
                results[place] = call(db.session())
                db.session.commit()
            except Exception as error:  # given back to the test
                db.session.rollback()
                results[place] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_two_taps_at_once_are_one_item(house, session, offered, point, keys):
    intake, by = an_intake(offered), minh(session, point)
    point_id = point.id
    session.commit()

    def tap(own: Session) -> int:
        here = own.get_one(AcceptancePoint, point_id)
        return take_in(own, intake, here, keys=keys, base_url=BASE_URL, by=by, now=FRIDAY).id

    first, second = together(house, tap, tap)
    assert first == second
    assert count(session, PostalItem) == 1


def test_one_number_at_two_post_offices_at_once_is_taken_once(house, session, offered, keys):
    points = [a_post_office(session, code) for code in ("BD-07", "BD-12")]
    each = [(point.id, minh(session, point)) for point in points]
    session.commit()

    def at(point_id: int, by):
        def tap(own: Session) -> str:
            here = own.get_one(AcceptancePoint, point_id)
            intake = an_intake(offered)
            return take_in(own, intake, here, keys=keys, base_url=BASE_URL, by=by, now=FRIDAY).item_number

        return tap

    results = together(house, *(at(*one) for one in each))
    assert sorted(map(str, map(type, results))) == sorted(map(str, (str, ItemKnown)))
    assert count(session, PostalItem) == 1


@pytest.mark.parametrize("number", ["H56.17.22-261120-0001", "h56-261120-0001", "000.00.07.H56-261120-0001"])
def test_a_dossier_code_is_no_item_number(take, offered, session, number):
    """Its receipt would be signed for the dossier, and lead whoever typed it to that dossier's page."""
    with pytest.raises(UnfinishedDossier) as refusal:
        take(an_intake(offered, item_number=number))
    assert [(one.key, one.code) for one in refusal.value.facts["faults"]] == [
        ("item_number", "bad_item_number")
    ]
    assert count(session, PostalItem) == 0


def test_a_number_lost_to_another_post_office_costs_the_others_nothing(house, session, kiosk, offered, keys):
    """Handed over together: what one of them lost is refused, and the draft of the next is still there."""
    each = []
    for code, number in (("BD-07", OTHER), ("BD-12", "EH261121008VN")):
        point = a_post_office(session, code)
        draft = saving.save_draft(session, kiosk, a_draft(offered), keys=keys, now=FRIDAY)
        intakes = [an_intake(offered), an_intake(offered, item_number=number, saved_code=draft)]
        each.append((point.id, minh(session, point), intakes))
    session.commit()

    def at(point_id: int, by, intakes):
        def hand_over(own: Session) -> list[str]:
            here = own.get_one(AcceptancePoint, point_id)
            taken = take_in_many(own, intakes, here, keys=keys, base_url=BASE_URL, by=by, now=FRIDAY)
            return [one.code if isinstance(one, Refusal) else one.item_number for one in taken]

        return hand_over

    first, second = together(house, *(at(*one) for one in each))
    assert sorted([first[0], second[0]]) == [NUMBER, "item_known"]
    assert [first[1], second[1]] == [OTHER, "EH261121008VN"]


def test_numbers_of_our_own_at_once_are_never_the_same(house, session, point):
    found = a_range(session, point, 10, 14)
    point_id, range_id = point.id, found.id
    session.commit()

    def draw(own: Session) -> str:
        return next_number(own, own.get_one(AcceptancePoint, point_id))

    results = together(house, *[draw] * 6)
    drawn = [one for one in results if isinstance(one, str)]
    assert len(set(drawn)) == len(drawn) == 5
    assert [type(one) for one in results if not isinstance(one, str)] == [NoNumbersLeft]
    session.expire_all()
    assert session.get_one(ItemRange, range_id).next_serial == 15


def test_many_are_taken_in_at_once_and_what_is_refused_keeps_none_of_the_others(
    session, point, offered, keys
):
    by, first = minh(session, point), an_intake(offered, item_number="RR473124829VN")
    given = [
        first,
        an_intake(offered, item_number="EH261121008VN"),
        an_intake(offered, item_number="EH261121008VN"),  # the same number again, of another attempt
        an_intake(offered, item_number="CV261121060VN", seal_number=""),
        first,  # and the first of them handed over twice
    ]
    found = take_in_many(session, given[:4], point, keys=keys, base_url=BASE_URL, by=by, now=FRIDAY)
    session.commit()
    assert [one.code if isinstance(one, Refusal) else one.item_number for one in found] == [
        "RR473124829VN",
        "EH261121008VN",
        "item_known",
        "unfinished_dossier",
    ]
    new = an_intake(offered, item_number=OTHER)
    again, one, two = take_in_many(
        session, [given[4], new, new], point, keys=keys, base_url=BASE_URL, by=by, now=FRIDAY
    )
    assert one is two
    assert again is found[0]
    numbers = session.scalars(
        select(PostalMoney.receipt_no).filter_by(account="charge").order_by(PostalMoney.id)
    )
    assert [number.rpartition("-")[2] for number in numbers] == ["001", "002", "003"]

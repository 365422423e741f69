"""Asking, hearing and confirming, on both databases: nothing twice, nothing without a receipt number."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from build import FRIDAY, an_application
from conftest import offer
from intake import paying, refusing
from intake.accepting import accept
from intake.at_hand import dossier_even_if_held
from intake.db import db
from intake.events import citizen
from intake.payments.accounts import accounts, end_account, read_account, save_account
from intake.payments.claims import check_claim, open_claim
from intake.payments.confirming import Credit, Heard, hear
from intake.payments.settling import assign, settle
from intake.payments.views import payment_view
from intake.printing import facts_of, facts_today
from intake.records import BankAccount, BankEntry, Counter, Dossier, Event, Office, Payment
from intake.rules.procedures import FeeReduction, FeeRule
from intake.rules.refusals import BadPayment, EntrySettled, NoSuchDossier, NoSuchThing, WrongStatus
from intake.rules.vietqr import read_payload
from lifeway import a_refusal


def pay_at_the_counter(till, dossier):
    held = dossier_even_if_held(till.session, till.kiosk.office, dossier.dossier_code)
    paying.fee_paid(till.session, held, 8_000, "TAY-01", by=till.hoa, now=FRIDAY)
    till.session.commit()


def faults_of(refusal) -> list[tuple[str, str]]:
    return [(fault.key, fault.code) for fault in refusal.value.facts["faults"]]


def test_filing_asks_for_the_fee_once_and_the_receipt_has_the_qr(till):
    application = an_application(till.version)
    first, again = (till.files(attempt=application.attempt) for _ in range(2))
    assert first.id == again.id and till.session.query(Payment).count() == 1
    asked = till.asked(first)
    told = read_payload(asked.payload)
    assert (told.bin, told.account, told.amount) == ("970405", "3900201010101", 8_000)
    assert told.purpose.startswith(asked.reference) and len(told.purpose) <= 25
    facts = facts_of(first.receipt, till.house.keys)
    assert facts.pay_code == asked.payload and facts.fee_paid_words == "chưa xác nhận"
    assert asked.reference in facts.pay_purpose and "Agribank 3900201010101" in facts.pay_to


@pytest.mark.parametrize("why", ["exempt", "no amount", "no account", "post"])
def test_nothing_is_asked_where_nothing_is_to_be_paid_by_transfer(till, why):
    more = {}
    if why == "exempt":
        till.version = offer(till.session, till.kiosk, fees=(FeeRule(8_000, exempt=("Trẻ em",)),))
        more = {"exemption": "Trẻ em"}
    elif why == "no amount":
        till.version = offer(till.session, till.kiosk, fees=(FeeRule(None),))
    elif why == "no account":
        end_account(till.session, till.kiosk.office, till.account.id, by=till.hoa, now=FRIDAY)
    else:
        more = {"channel": "post"}
    dossier = till.files(**more)
    assert till.asked(dossier) is None and not facts_of(dossier.receipt, till.house.keys).pay_code
    assert dossier.payment_status == ("nothing_to_pay" if why == "exempt" else "unpaid")


def test_money_that_fits_is_confirmed_once_however_often_it_is_told(till):
    dossier = till.files()
    words = f"MBVCB.48.{till.asked(dossier).reference.lower()}LE PHI.CT tu 0011 toi 39"
    (first,), (again,) = till.hears(till.credit(words)), till.hears(till.credit(words))
    assert (first.heard, first.state, first.dossier_code) == (Heard.TAKEN, "matched", dossier.dossier_code)
    assert (again.heard, again.state) == (Heard.KNOWN, "matched")
    asked = till.asked(dossier)
    assert (asked.state, asked.how, asked.receipt_number) == ("confirmed", "callback", "BL2026-000001")
    (event,) = till.session.scalars(select(Event).filter_by(dossier_id=dossier.id, kind="fee_paid"))
    assert (event.facts["amount"], event.facts["how"], event.facts["source"]) == (
        8_000,
        "transfer",
        "callback",
    )
    assert dossier.payment_status == "paid"
    late = facts_today(dossier.receipt, till.house.keys)
    assert late.pay_code == "" and late.fee_paid_words == "đã nộp · BL2026-000001", (
        "nobody is asked to pay again"
    )


def test_everything_else_waits_for_a_person_and_uses_up_no_number(till):
    dossier, other = till.files(), till.files()
    mine, theirs = till.asked(dossier).reference, till.asked(other).reference
    told = till.hears(
        till.credit(mine, 7_999, "short"),
        till.credit("LE PHI HO SO", 8_000, "nameless"),
        till.credit(f"{mine} {theirs}", 8_000, "both"),
        till.credit(mine, 8_000, "good"),
        till.credit(mine, 8_000, "again"),
        till.credit(mine, 9_000, "good"),
    )
    assert [one.state for one in told] == ["other_amount", "unknown", "unknown", "matched", "again", ""]
    assert told[-1].heard is Heard.REFUSED, "its number was used for another amount"
    assert till.asked(other).state == "waiting"
    assert till.asked(dossier).receipt_number == "BL2026-000001"
    kinds = [
        event.facts["state"]
        for event in till.session.scalars(select(Event).filter_by(kind="transfer_arrived"))
    ]
    assert kinds == ["other_amount", "again"]


def test_a_cashier_withdraws_the_qr_and_money_that_still_comes_is_given_back(till):
    dossier = till.files()
    reference = till.asked(dossier).reference
    pay_at_the_counter(till, dossier)
    assert (till.asked(dossier).state, till.asked(dossier).how) == ("withdrawn", "cashier")
    assert payment_view(till.session, dossier).state == "paid"
    (told,) = till.hears(till.credit(reference))
    assert told.state == "again" and till.asked(dossier).receipt_number is None
    with pytest.raises(WrongStatus):
        pay_at_the_counter(till, dossier)


def test_whoever_paid_by_transfer_pays_nothing_at_the_counter(till):
    dossier = till.files()
    till.hears(till.credit(till.asked(dossier).reference))
    with pytest.raises(WrongStatus):
        pay_at_the_counter(till, dossier)


def test_money_for_a_refused_dossier_is_given_back_and_its_qr_is_gone(till):
    dossier = till.files()
    held = dossier_even_if_held(till.session, till.kiosk.office, dossier.dossier_code)
    told = {"keys": till.house.keys, "by": till.hoa, "now": FRIDAY}
    refusing.refuse(till.session, held, a_refusal(), **told)
    till.session.commit()
    assert payment_view(till.session, dossier).state == "none"
    assert till.hears(till.credit(till.asked(dossier).reference))[0].state == "again"


def test_the_same_money_told_by_callback_and_by_file_is_one(till):
    one, two = till.files(), till.files()
    mine = till.asked(one).reference
    till.hears(till.credit(f"{mine} LE PHI", external_id="FT1"))
    filed = till.credit(f"{mine} LE PHI - CT DI", external_id="0001", paid_at=FRIDAY + timedelta(hours=2))
    (told,) = till.hears(filed, source="file")
    assert (told.heard, told.state) == (Heard.KNOWN, "matched")
    (paid_twice,) = till.hears(till.credit(mine, external_id="0002"), source="file")
    assert (paid_twice.heard, paid_twice.state) == (Heard.TAKEN, "again"), "each is the other's once only"
    (other_day,) = till.hears(
        till.credit(till.asked(two).reference, external_id="0003", paid_at=FRIDAY), source="file"
    )
    assert other_day.state == "matched"
    (late,) = till.hears(till.credit(till.asked(two).reference, external_id="FT9"))
    assert late.heard is Heard.KNOWN, "the callback that came after the file"
    assert till.session.query(Payment).filter_by(state="confirmed").count() == 2


def test_a_second_transfer_is_not_taken_for_one_that_both_sources_told_under_the_same_number(till):
    words = till.asked(till.files()).reference
    first, second = till.credit(words), till.credit(words, external_id="FT2")
    till.hears(first)
    told = till.hears(first, second, source="file")
    assert [(one.heard, one.state) for one in told] == [(Heard.KNOWN, "matched"), (Heard.TAKEN, "again")]
    assert [entry.source for entry in till.entries()] == ["both", "file"]


def test_a_person_settles_what_fits_nothing(till):
    dossier = till.files()
    till.hears(till.credit("chi Lan nop phi", 7_000, "a"), till.credit("qua cap nham", 50_000, "b"))
    first, second = till.entries()
    office, session = till.kiosk.office, till.session
    told = {"by": till.hoa, "now": FRIDAY}
    with pytest.raises(BadPayment) as refusal:
        assign(session, office, first.id, dossier.dossier_code, reason="", **told)
    assert faults_of(refusal) == [("reason", "other_amount")]
    with pytest.raises(BadPayment) as refusal:
        settle(session, office, second.id, reason=" ", **told)
    assert faults_of(refusal) == [("reason", "missing")]
    for wrong, code in ((987_654, NoSuchThing), (first.id, NoSuchDossier)):
        with pytest.raises(code):
            assign(session, office, wrong, "H56-khong-co", reason="x", **told)
    session.rollback()
    assign(session, office, first.id, dossier.dossier_code, reason="Đã nộp thêm 1.000 đồng tại quầy", **told)
    settle(session, office, second.id, reason="Đã hoàn trả ngày 20/11", **told)
    session.commit()
    asked = till.asked(dossier)
    assert (asked.state, asked.receipt_number, dossier.fee) == ("confirmed", "BL2026-000001", 7_000)
    assert [entry.state for entry in till.entries()] == ["matched", "settled"]
    for entry in till.entries():
        with pytest.raises(EntrySettled):
            settle(session, office, entry.id, reason="Làm lại lần nữa", **told)
        session.rollback()
    assert [event.reason for event in session.scalars(select(Event).filter_by(kind="transfer_settled"))] == [
        "Đã nộp thêm 1.000 đồng tại quầy",
        "Đã hoàn trả ngày 20/11",
    ]


def test_money_without_a_payment_asked_may_be_a_dossiers_fee(till):
    till.version = offer(till.session, till.kiosk, fees=(FeeRule(None),))
    dossier = till.files()
    till.hears(till.credit("nop le phi", 12_000))
    (entry,) = till.entries()
    assign(
        till.session, till.kiosk.office, entry.id, dossier.dossier_code, reason="", by=till.hoa, now=FRIDAY
    )
    till.session.commit()
    assert (till.asked(dossier).receipt_number, dossier.fee) == ("BL2026-000001", 12_000)


def test_what_waits_at_another_account_is_still_confirmed_after_a_change(till):
    dossier = till.files()
    other = read_account({"bin": "970418", "number": "1241 0000 999 999", "holder": "UBND phường Hạc Thành"})
    save_account(till.session, till.kiosk.office, other, by=till.hoa, now=FRIDAY)
    till.session.commit()
    assert [one.active for one in accounts(till.session, till.kiosk.office)] == [True, False]
    assert till.hears(till.credit(till.asked(dossier).reference))[0].state == "matched"
    assert read_payload(till.asked(till.files()).payload).account == "12410000999999"


@pytest.mark.parametrize(
    ("typed", "faults"),
    [
        ({}, [("bin", "bad_choice"), ("number", "empty"), ("holder", "empty")]),
        ({"bin": "970405", "number": "12 34/5", "holder": "A"}, [("number", "bad_account")]),
        (
            {"bin": "970405", "number": "1" * 20, "holder": "!"},
            [("number", "bad_account"), ("holder", "empty")],
        ),
    ],
)
def test_an_account_is_read_with_all_its_faults(typed, faults):
    assert [(one.key, one.code) for one in read_account(typed)] == faults


def at_once(till, *acts) -> list[object]:
    """Every act in a thread and a transaction of its own, released together; what each said, or its fault."""
    said, gate = [], threading.Barrier(len(acts))

    def run(act) -> None:
        with till.house.app.app_context():
            session = db.session()
            gate.wait(timeout=60)
            try:
                found = act(session)
                session.commit()
                said.append(found)
            except BaseException as fault:
                session.rollback()
                said.append(fault)

    till.session.rollback()
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return said


def test_two_callbacks_at_once_confirm_once(till):
    dossier = till.files()
    reference, account_id, keys = till.asked(dossier).reference, till.account.id, till.house.keys

    def tells(external_id):
        def act(session):
            account = session.get_one(BankAccount, account_id)
            credit = Credit(external_id, 8_000, reference, FRIDAY)
            told = hear(
                session, account, (credit,), source="callback", keys=keys, by=citizen("x"), now=FRIDAY
            )
            return told[0].heard, told[0].state

        return act

    said = at_once(till, *(tells("same") for _ in range(3)), *(tells(f"other {one}") for one in range(2)))
    states = sorted(state for heard, state in said if heard is Heard.TAKEN)
    assert states == ["again", "again", "matched"], said
    assert till.session.query(Event).filter_by(kind="fee_paid").count() == 1
    assert till.session.query(BankEntry).count() == 3


def test_a_callback_and_a_cashier_at_once_take_the_money_once(till):
    dossiers = [till.files() for _ in range(4)]
    told = [(one.dossier_code, till.asked(one).reference) for one in dossiers]
    account_id, office_id, keys, hoa = till.account.id, till.kiosk.office_id, till.house.keys, till.hoa

    def callback(session):
        account = session.get_one(BankAccount, account_id)
        credits = [Credit(f"FT-{code}", 8_000, reference, FRIDAY) for code, reference in told]
        return hear(session, account, credits, source="callback", keys=keys, by=citizen("x"), now=FRIDAY)

    def cashier(code):
        def act(session):
            office = session.get_one(Office, office_id)
            held = dossier_even_if_held(session, office, code)
            return paying.fee_paid(session, held, 8_000, "TAY-01", by=hoa, now=FRIDAY)

        return act

    said = at_once(till, callback, *(cashier(code) for code, _ in told))
    lost = [one for one in said if isinstance(one, BaseException)]
    assert all(isinstance(one, WrongStatus) for one in lost), lost
    paid = till.session.scalars(select(Event.dossier_id).filter_by(kind="fee_paid")).all()
    assert sorted(paid) == sorted({one.id for one in till.session.query(Dossier)}), "each once"
    confirmed = till.session.query(Payment).filter_by(state="confirmed").all()
    again = [entry for entry in till.entries() if entry.state == "again"]
    assert len(confirmed) + len(again) == 4 and len(lost) == len(confirmed)
    last = till.session.scalar(select(Counter.last).filter_by(series="fee_receipt"))
    numbers = sorted(one.receipt_number for one in confirmed)
    assert numbers == [f"BL2026-{number:06}" for number in range(1, (last or 0) + 1)], "no gap"


def test_what_was_rolled_back_leaves_no_gap_and_may_be_told_again(till):
    """Killed before the commit, nothing happened; killed after it, before the answer, it is known."""
    dossier = till.files()
    credit = till.credit(till.asked(dossier).reference)
    hear(
        till.session,
        till.account,
        (credit,),
        source="callback",
        keys=till.house.keys,
        by=citizen("x"),
        now=FRIDAY,
    )
    till.session.rollback()
    assert till.entries() == [] and till.asked(dossier).state == "waiting"
    assert [till.hears(credit)[0].heard for _ in range(2)] == [Heard.TAKEN, Heard.KNOWN]
    assert till.asked(dossier).receipt_number == "BL2026-000001"


def test_numbers_begin_anew_every_year_and_in_every_office(till):
    first, second = till.files(), till.files()
    till.hears(till.credit(till.asked(first).reference))
    till.house.clock.now = FRIDAY + timedelta(days=60)
    till.hears(till.credit(till.asked(second).reference, external_id="FT2"))
    assert [till.asked(one).receipt_number for one in (first, second)] == ["BL2026-000001", "BL2027-000001"]


def test_filing_again_after_the_fee_was_paid_gives_the_same_receipt(till):
    application = an_application(till.version)
    dossier = till.files(attempt=application.attempt)
    till.hears(till.credit(till.asked(dossier).reference))
    again = accept(
        till.session,
        an_application(till.version, attempt=application.attempt),
        till.kiosk,
        keys=till.house.keys,
        base_url="http://a",
        by=citizen("K1"),
        now=FRIDAY,
    )
    assert again.id == dossier.id and till.asked(again).state == "confirmed"


@pytest.mark.parametrize(
    ("fees", "before", "asked"),
    [
        (FeeRule(8_000, exempt=("Trẻ em",)), (0, "nothing_to_pay"), None),
        (FeeRule(8_000, reduced=(FeeReduction("Trẻ em", 3_000),)), (3_000, "unpaid"), 3_000),
    ],
)
def test_a_claim_without_proof_is_turned_down_and_the_fee_is_asked_for(till, fees, before, asked):
    till.version = offer(till.session, till.kiosk, fees=(fees,))
    dossier = till.files(exemption="Trẻ em")
    waiting = till.asked(dossier)
    assert (dossier.fee, dossier.payment_status) == before
    assert (waiting.amount if waiting else None) == asked
    told = {"keys": till.house.keys, "by": till.hoa, "now": FRIDAY}
    with pytest.raises(BadPayment):
        check_claim(till.session, dossier, proved=False, **told)
    check_claim(till.session, dossier, proved=False, reason="Giấy khai sinh của người khác", **told)
    till.session.commit()
    assert (dossier.fee, dossier.payment_status) == (8_000, "unpaid")
    waiting = till.asked(dossier)
    assert (waiting.amount, read_payload(waiting.payload).amount) == (8_000, 8_000)
    with pytest.raises(WrongStatus):
        check_claim(till.session, dossier, proved=True, **told)


def test_a_claim_with_proof_stays_and_a_lower_fee_that_was_paid_is_settled(till):
    till.version = offer(
        till.session, till.kiosk, fees=(FeeRule(8_000, reduced=(FeeReduction("Trẻ em", 3_000),)),)
    )
    first, second = till.files(exemption="Trẻ em"), till.files(exemption="Trẻ em")
    told = {"keys": till.house.keys, "by": till.hoa, "now": FRIDAY}
    check_claim(till.session, first, proved=True, **told)
    till.session.commit()
    assert till.asked(first).amount == 3_000 and open_claim(till.session, first, "Trẻ em") == ""
    till.hears(till.credit(till.asked(second).reference, 3_000))
    with pytest.raises(WrongStatus):
        check_claim(till.session, second, proved=False, reason="Không phải trẻ em", **told)

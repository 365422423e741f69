"""A number at the kiosk: three touches, no name, one number a touch."""

from __future__ import annotations

import pytest

from build import vietnam
from intake import memory
from intake.db import db
from intake.records import Dossier, Errand, OfferedProcedure, Receipt, ServiceGroup, Ticket, Visit

A = "/kiosk/ticket/1"


def takes(lan, *, priority: str = "", go: str = "paper"):
    """From the first screen to the number."""
    lan.get("/kiosk/?point=K1")
    lan.post("/kiosk/ticket")
    page = lan.post("/kiosk/ticket", {"group": "1"})
    return lan.post(A, page.values() | {"priority": priority, "go": go})


def test_lan_takes_a_number_without_saying_who_she_is(lan):
    page = takes(lan)
    assert page.h1.text == "Số thứ tự A 001"
    assert "Sao y, chứng thực" in page.text and "Đang in số" in page.text and "không có ai" in page.text
    assert page.tree.all("svg", role="img") and "Hiện chưa có quầy nào gọi nhóm này" in page.text
    assert (lan.count(Ticket), lan.count(Errand), lan.count(Visit)) == (1, 1, 0)


def test_the_first_screen_offers_numbers_and_tells_how_many_wait(lan):
    assert "0 người đang chờ" in lan.get("/kiosk/?point=K1").text
    takes(lan)
    page = lan.get("/kiosk/")
    assert "1 người đang chờ" in page.text and "0/4 quầy đang mở" in page.text
    assert "Chỉ lấy số thứ tự" in page.buttons()


def test_every_group_tells_how_many_wait_for_it(lan):
    takes(lan)
    page = lan.get("/kiosk/ticket")
    assert page.h1.text == "Lấy số để làm gì?"
    assert "1 người đang chờ" in page.text and page.text.count("Chưa có ai chờ") == 4
    assert page.text.count("Hiện chưa có quầy nào gọi nhóm này") == 5


def test_a_number_only_for_the_phone_prints_nothing(lan):
    page = takes(lan, go="phone")
    assert lan.count(Errand) == 0 and "chụp lại mã này" in page.text


@pytest.mark.parametrize(("said", "kept"), [("pregnant", "pregnant"), ("king", ""), ("", "")])
def test_a_reason_of_the_list_is_kept_and_no_other(said, kept, plain_lan):
    takes(plain_lan, priority=said)
    with plain_lan.app.app_context():
        assert db.session.query(Ticket).one().priority == kept


def test_the_question_begins_with_no_reason_chosen(plain_lan):
    plain_lan.get("/kiosk/?point=K1")
    page = plain_lan.get(A)
    assert page.values()["priority"] == ""


def test_a_double_tap_is_one_number(lan):
    lan.get("/kiosk/?point=K1")
    form = lan.get(A).values() | {"go": "paper"}
    first, again = lan.post(A, form).h1.text, lan.post(A, form).h1.text
    assert first == again == "Số thứ tự A 001"
    assert (lan.count(Ticket), lan.count(Errand)) == (1, 1)


def test_other_letters_keep_the_reason_that_was_chosen(lan):
    lan.get("/kiosk/?point=K1")
    page = lan.post(A, lan.get(A).values() | {"priority": "merit", "go": "size"})
    assert page.values()["priority"] == "merit" and lan.count(Ticket) == 0
    assert lan.post("/kiosk/ticket", {"go": "contrast"}).h1.text == "Lấy số để làm gì?"
    takes(lan)
    assert lan.post("/kiosk/ticket/number", {"go": "size"}).h1.text == "Số thứ tự A 001"


def test_the_end_forgets_the_number(lan):
    takes(lan)
    assert "Cảm ơn" in lan.post("/kiosk/end", {"reason": "done"}).h1.text
    assert lan.get("/kiosk/ticket/number").h1.text == "Chạm để bắt đầu"


def test_the_number_on_screen_polls_until_its_paper_is_out(plain_lan):
    takes(plain_lan)
    answer = plain_lan.client.get(
        "/kiosk/ticket/number", headers={"HX-Request": "true", "HX-Target": "printing"}
    ).get_data(as_text=True)
    assert "Đang in số" in answer and "<html" not in answer
    with plain_lan.app.app_context():
        db.session.query(Errand).one().state = "printed"
        db.session.commit()
    assert "Mời nhận số" in plain_lan.get("/kiosk/ticket/number").text
    with plain_lan.app.app_context():
        errand = db.session.query(Errand).one()
        errand.state, errand.reason = "queued", "paper_out"
        db.session.commit()
    assert "Máy in chưa in được" in plain_lan.get("/kiosk/ticket/number").text


def test_on_a_day_off_no_number_is_offered_and_none_given(lan, clock):
    lan.get("/kiosk/?point=K1")
    form = lan.get(A).values()
    clock.now = vietnam(21, 9)
    memory.forget_all()
    assert "Chỉ lấy số" not in lan.get("/kiosk/").text
    page = lan.get("/kiosk/ticket", status=422)
    assert page.h1.text == "Chưa lấy số được lúc này" and "06:30, Thứ Hai, 23/11/2026" in page.text
    lan.post(A, form | {"go": "paper"}, status=422)
    assert lan.count(Ticket) == 0


def test_an_office_without_groups_offers_no_numbers(lan):
    with lan.app.app_context():
        for group in db.session.query(ServiceGroup):
            group.active = False
        db.session.commit()
        memory.forget_all()
    assert "Chỉ lấy số" not in lan.get("/kiosk/?point=K1").text
    lan.get("/kiosk/ticket", status=422)
    lan.get(A, status=422)


def test_a_group_that_is_none_leads_back_or_is_refused(lan):
    lan.get("/kiosk/?point=K1")
    assert lan.post("/kiosk/ticket", {"group": "many"}).h1.text == "Lấy số để làm gì?"
    lan.get("/kiosk/ticket/999", status=422)
    lan.post("/kiosk/ticket/999", {"attempt": "x"}, status=422)
    assert lan.post(A, {"go": "paper"}).h1.text == "Lấy số để làm gì?"  # a form without its key


def test_numbers_have_a_limit_like_visits(plain_lan):
    plain_lan.get("/kiosk/?point=K1")
    for _ in range(30):
        plain_lan.post(A, {"attempt": f"t{_}", "go": "phone"})
    plain_lan.post(A, {"attempt": "one more", "go": "phone"}, status=429)


def waits_for_the_result(lan):
    """At the receipt of a dossier whose result is handed out today."""
    page = lan.has_papers()
    page = lan.collects("counter_now")
    return lan.post("/kiosk/submit", {"attempt": page.values()["attempt"]})


def test_whoever_waits_for_the_result_takes_a_number_of_that_procedure_with_one_touch(lan):
    assert "Lấy số chờ" in waits_for_the_result(lan).buttons()
    page = lan.post("/kiosk/receipt/ticket")
    assert page.h1.text == "Số thứ tự B 001"
    assert lan.post("/kiosk/receipt/ticket").h1.text == "Số thứ tự B 001"
    with lan.app.app_context():
        assert db.session.query(Ticket).one().dossier_id == db.session.query(Dossier).one().id
    assert lan.count(Receipt) == 1 and lan.count(Errand) == 2


def test_whoever_comes_another_day_is_offered_no_number(plain_lan):
    assert "Lấy số chờ" not in plain_lan.submits().text


def test_a_procedure_of_no_group_leads_to_the_choice(plain_lan):
    waits_for_the_result(plain_lan)
    with plain_lan.app.app_context():
        db.session.query(OfferedProcedure).update({"service_group_id": None})
        db.session.commit()
    assert plain_lan.post("/kiosk/receipt/ticket").h1.text == "Lấy số để làm gì?"


def test_a_stranger_takes_no_number_for_somebody_elses_dossier(plain_lan, khach):
    waits_for_the_result(plain_lan)
    assert "Lượt này đã kết thúc" in khach.post("/kiosk/receipt/ticket").h1.text


def test_before_filing_there_is_no_number_of_a_dossier(plain_lan):
    plain_lan.starts()
    assert "Lượt này đã kết thúc" in plain_lan.post("/kiosk/receipt/ticket").h1.text

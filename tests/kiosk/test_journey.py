"""The whole way, with and without htmx, and every turn a citizen may take on it."""

from __future__ import annotations

import json
import re
import threading
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import select

from build import vietnam
from intake import visits
from intake.contents import content_of
from intake.db import db
from intake.records import Dossier, Errand, Event, Receipt, Visit
from intake.rules.rights import Role
from kioskway import ANSWERS, COPIES, LANS_CARD, Way
from lifeway import an_actor

MINHS_CARD = "038090004321||Trần Văn Minh|01021990|Nam|Tổ 5, Phường Hạc Thành, Thanh Hóa|22042022"


def test_lan_files_and_gets_a_receipt(lan):
    page = lan.submits()
    assert page.h1.text == "Đã nhận hồ sơ"
    assert "Lê T. N. L." in page.text and "038156" not in page.html
    assert page.tree.all("svg", role="img")
    assert (lan.count(Dossier), lan.count(Receipt), lan.count(Errand)) == (1, 1, 1)


def test_the_attract_screen_says_what_kind_of_day_it_is(plain_lan, clock):
    assert "Hôm nay: ngày làm việc" in plain_lan.get("/kiosk/").text
    clock.now = vietnam(24)
    page = plain_lan.get("/kiosk/")
    assert "Hôm nay nghỉ" in page.text and "25/11/2026" in page.text


def test_search_finds_without_diacritics_case_or_order(lan):
    lan.starts()
    for words in ("giay khai sinh", "SINH khai", "khai sinh"):
        page = lan.get(f"/kiosk/procedures?q={words}")
        assert "1.001193" in page.html, words


def test_search_works_with_the_enter_key(lan):
    lan.starts()
    page = lan.post("/kiosk/procedures", {"q": "khai tu", "go": "search"})
    assert "«khai tu»" in page.text


def test_a_search_without_result_says_what_to_do(lan):
    lan.starts()
    assert "Chưa tìm thấy" in lan.get("/kiosk/procedures?q=zzzzqqqq").text


def test_a_life_event_shows_its_procedures(lan):
    lan.starts()
    assert "Đăng ký khai sinh" in lan.post("/kiosk/procedures", {"event": "birth"}).text


def test_live_search_answers_with_the_list_alone(plain_lan):
    plain_lan.starts()
    whole = plain_lan.get("/kiosk/procedures?q=khai tu").html
    answer = plain_lan.client.get(
        "/kiosk/procedures?q=khai tu", headers={"HX-Request": "true", "HX-Target": "found"}
    )
    title, _, block = answer.get_data(as_text=True).partition("\n")
    assert title.startswith("<title>") and "<html" not in block and block.strip() in whole


def test_prepare_tells_papers_fee_term_and_a_concrete_day(lan):
    page = lan.chooses()
    assert page.h1.text.startswith("Cấp bản sao giấy khai sinh")
    for words in ("Nhận kết quả", "Hôm nay, trước 17:30", "Phí, lệ phí", "8.000 đồng", "Giấy tờ cần có"):
        assert words in page.text
    assert "Tôi đã sẵn sàng" in page.buttons()


def test_after_the_cut_off_prepare_names_the_next_working_day(lan, clock):
    clock.now = vietnam(20, 15, 30)  # Friday afternoon
    assert "Thứ Hai, 23/11/2026" in lan.chooses().text


def test_what_was_read_is_shown_masked(lan):
    page = lan.scans()
    assert page.h1.text == "Xem lại: đúng người này không?"
    assert "038156***234" in page.text and "038156001234" not in page.html
    assert "1956" in page.text and "08/03" not in page.text and "Tổ 3" not in page.text


def test_the_raw_scan_is_stored_nowhere(lan):
    lan.is_known()
    with lan.app.app_context():
        visit = db.session.query(Visit).one()
        draft = lan.app.extensions["motcham"].keys.unseal(visit.draft_sealed, "visit.draft")
    assert "172345678" not in draft and "22042022" not in draft and LANS_CARD not in draft


def test_a_scan_that_is_no_card_is_told_at_its_place(lan):
    lan.is_ready()
    page = lan.post("/kiosk/identity", {"scan": "https://vidu.vn/abc"}, status=422)
    assert page.h1.text == "Ai là người nộp hồ sơ?"
    assert "Chưa đọc được thẻ" in page.text and "vidu.vn" not in page.html


def test_a_contradiction_is_shown_and_not_refused(lan):
    page = lan.scans(LANS_CARD.replace("|Nữ|", "|Nam|").replace("08031956", "08031966"))
    assert "giới tính là Nữ" in page.text and "năm sinh là 1956" in page.text
    assert lan.post("/kiosk/identity", {"phone": ""}).status == 200
    assert lan.group() == "kind"


def test_a_name_lost_on_the_way_is_asked_for(lan):
    page = lan.scans(LANS_CARD.replace("Lê Thị Ngọc Lan", "L� Th� Ng�c Lan"))
    assert "gõ lại họ tên" in page.text
    lan.post("/kiosk/identity", {"name": "", "phone": ""}, status=422)
    lan.post("/kiosk/identity", {"name": "Lê Thị Ngọc Lan", "phone": ""})
    assert lan.group() == "kind"


def test_a_name_without_its_marks_is_asked_for(lan):
    page = lan.scans("038156001234||NGUYN TH HNG|08031956|N|T 3, Thanh Ha|22042022")
    assert "NGUYN" not in page.html and "name" in page.values() and "Nữ" in page.text


def test_a_name_that_was_read_wrongly_can_be_mended_at_once_and_from_the_check(lan):
    assert "Sửa tên" in lan.scans().buttons()
    page = lan.post("/kiosk/identity", {"phone": "0912 345", "go": "name"})
    assert (page.values()["name"], page.values()["phone"]) == ("Lê Thị Ngọc Lan", "0912 345")
    lan.post("/kiosk/identity", {"name": "Lê Thị Ngọc Lán", "phone": ""})
    assert lan.group() == "kind"
    lan.is_at_the_check()
    assert "Sửa tên" in lan.post("/kiosk/check", {"mend": "identity"}).buttons()
    lan.post("/kiosk/identity", {"phone": "", "go": "name", "then": "check"})
    page = lan.post("/kiosk/identity", {"name": "3", "phone": "", "then": "check"}, status=422)
    assert page.values()["name"] == "3" and page.faults
    page = lan.post("/kiosk/identity", {"name": "Lê Thị Ngọc Lán", "phone": "", "then": "check"})
    assert page.h1.text == "Kiểm tra lần cuối" and "Lê Thị Ngọc Lán" in page.text


def test_a_number_of_somebody_not_born_yet_names_the_wrong_digit(lan):
    page = lan.scans(LANS_CARD.replace("038156001234", "038356001234"))
    assert "xem lại số thứ tư" in page.text and "2056" not in page.text


def test_the_text_of_a_card_is_typed_only_where_javascript_is_off(lan):
    lan.is_ready()
    (typed,) = lan.page.tree.all("input", id="q-scan")
    assert typed.inside("noscript")
    assert "Lê Thị" in lan.post("/kiosk/identity?", {"scan": ["", LANS_CARD]}).text


def test_scan_again_forgets_the_first_card(lan):
    lan.scans()
    page = lan.post("/kiosk/identity", {"go": "again"})
    assert page.h1.text == "Ai là người nộp hồ sơ?" and "Lê Thị" not in page.html


TYPED = {
    "citizen_id": "038156001234",
    "name": "Lê Thị Ngọc Lan",
    "born": "8 3 1956",
    "address": "Tổ 3",
    "phone": "",
}


def test_the_manual_way_needs_no_card(lan):
    lan.is_ready()
    page = lan.post("/kiosk/identity", {"go": "type"})
    assert "Số định danh cá nhân" in page.text
    lan.post("/kiosk/identity", TYPED)
    assert lan.group() == "kind"


def test_the_manual_way_keeps_what_was_typed_when_one_field_is_wrong(lan):
    lan.is_ready()
    page = lan.post("/kiosk/identity", TYPED | {"citizen_id": "0381"}, status=422)
    assert page.values() | {"citizen_id": "0381", "name": TYPED["name"], "address": "Tổ 3"} == page.values()
    assert any("12 chữ số" in fault for fault in page.faults)


def test_typed_data_that_contradicts_the_number_is_shown(lan):
    lan.is_ready()
    assert "Có chỗ chưa khớp" in lan.post("/kiosk/identity", TYPED | {"born": "8/3/1966"}).text


def test_questions_are_prefilled_from_the_card(lan):
    lan.is_known()
    lan.post("/kiosk/questions/kind", ANSWERS["kind"])
    page = lan.post("/kiosk/questions/for_whom", ANSWERS["for_whom"])
    assert page.values()["self_name"] == "Lê Thị Ngọc Lan"
    assert page.values()["self_born"] == "08/03/1956"


def test_an_error_stands_at_its_field_and_values_are_kept(lan):
    lan.is_known()
    lan.post("/kiosk/questions/kind", ANSWERS["kind"])
    page = lan.post("/kiosk/questions/for_whom", ANSWERS["for_whom"])
    shown = page.values()
    page = lan.post("/kiosk/questions/self", shown | {"self_born": "31/11/1956"}, status=422)
    assert page.faults == ["Tháng 11 chỉ có 30 ngày. Hãy xem lại ngày, tháng."]
    assert page.values()["self_born"] == "31/11/1956" and page.values()["self_name"] == "Lê Thị Ngọc Lan"
    summary = page.tree.all(role="alert")[0]
    assert summary.all("a")[0].attributes["href"] == "#q-self_born"
    lan.post("/kiosk/questions/self", shown | {"self_born": "30/11/1956"})
    assert lan.group() == "registered"


def test_back_keeps_what_was_typed_even_unreadable(lan):
    lan.is_known()
    lan.post("/kiosk/questions/kind", ANSWERS["kind"])
    lan.post("/kiosk/questions/for_whom", ANSWERS["for_whom"])
    lan.post(
        "/kiosk/questions/self", {"self_name": "Lê Thị", "self_born": "31/11", "self_id": "", "go": "back"}
    )
    assert lan.group() == "for_whom"
    page = lan.post("/kiosk/questions/for_whom", ANSWERS["for_whom"])
    assert page.values()["self_name"] == "Lê Thị" and page.values()["self_born"] == "31/11"


def test_back_from_the_check_and_forward_again_loses_nothing(lan):
    before = lan.is_at_the_check().text
    for _ in range(3):
        lan.post("/kiosk/check", {"go": "back"})
    assert lan.get("/kiosk/check").text == before


def test_jumping_ahead_leads_to_the_first_undone_screen(lan):
    lan.is_ready()
    for ahead in ("documents", "collection", "check", "questions/kind", "questions/no_such_group"):
        assert lan.get(f"/kiosk/{ahead}").h1.text == "Ai là người nộp hồ sơ?", ahead


def test_every_paper_needs_an_answer(lan):
    lan.has_answered()
    page = lan.post("/kiosk/documents", {}, status=422)
    assert page.faults and all("chọn một ô" in fault for fault in page.faults)


def test_not_applicable_needs_a_reason(lan):
    page = lan.has_answered()
    keys = re.findall(r'name="(\w+)\.how"', page.html)
    answers = {f"{key}.how": "not_applicable" for key in keys}
    page = lan.post("/kiosk/documents", answers, status=422)
    assert page.faults
    lan.post("/kiosk/documents", answers | {f"{key}.words": "Không cần" for key in keys})
    assert lan.page.h1.text == "Nhận kết quả bằng cách nào?"


def test_post_needs_an_address_and_a_telephone(lan):
    lan.has_papers()
    page = lan.post("/kiosk/collection", {"how": "post", "address": "", "phone": "12"}, status=422)
    assert len(page.faults) == 2 and page.values()["phone"] == "12"
    page = lan.collects("post", address="Tổ 3", phone="0912345678")
    assert page.h1.text == "Kiểm tra lần cuối" and "Tổ 3" in page.text


def test_electronic_needs_an_email(lan):
    lan.has_papers()
    page = lan.post("/kiosk/collection", {"how": "electronic", "email": "lan@"}, status=422)
    assert page.faults == ["Địa chỉ thư điện tử chưa đúng. Hãy gõ theo mẫu ten@vidu.vn."]


def test_collection_without_a_choice_asks_for_one(lan):
    lan.has_papers()
    assert lan.post("/kiosk/collection", {}, status=422).faults == ["Hãy chạm chọn một cách nhận."]


def test_the_check_shows_everything_and_masks_the_number(lan):
    page = lan.is_at_the_check()
    for words in ("038156***234", "0912***678", "08/03/1956", "Giấy khai sinh", "16.000 đồng"):
        assert words in page.text, words
    assert "038156001234" not in page.html


def test_mending_one_row_returns_to_the_check(lan):
    lan.is_at_the_check()
    lan.post("/kiosk/check", {"mend": "questions.copies"})
    assert lan.group() == "copies"
    page = lan.post("/kiosk/questions/copies", {"copies": "3", "then": "check"})
    assert page.h1.text == "Phí, lệ phí phải nộp", "another fee is told before it is owed"
    page = lan.has_seen_the_fee()
    assert page.h1.text == "Kiểm tra lần cuối" and "24.000 đồng" in page.text


GROUP = "Người có tài khoản định danh điện tử mức độ 2"


def test_the_fee_says_how_it_comes_about_and_who_need_not_pay(lan):
    lan.has_papers()
    page = lan.post("/kiosk/collection", {"how": "counter_later"})
    assert page.h1.text == "Phí, lệ phí phải nộp" and "16.000 đồng" in page.text
    for words in ("8.000 đồng một bản", "Thông tư 117/2026/TT-BTC", GROUP, "Tôi thuộc diện này"):
        assert words in page.text, words
    page = lan.post("/kiosk/fee", {}, status=422)
    assert page.faults == ["Hãy chạm chọn một diện, hoặc «Không thuộc diện nào»."]
    page = lan.post("/kiosk/fee", {"exemption": "0"})
    assert "Không thu phí" in page.text and GROUP in page.text
    page = lan.post("/kiosk/check", {"mend": "fee"})
    assert page.values()["exemption"] == "0"
    assert lan.post("/kiosk/fee", {"exemption": "99"}, status=422).faults


def test_a_claimed_exemption_stays_with_the_dossier(lan, house):
    lan.has_papers()
    lan.post("/kiosk/collection", {"how": "counter_later"})
    page = lan.has_seen_the_fee("0")
    page = lan.post("/kiosk/submit", {"attempt": page.values()["attempt"]})
    assert GROUP in page.text and "mang giấy tờ chứng minh" in page.text
    with house.app.app_context():
        dossier = db.session.scalars(select(Dossier)).one()
        told = db.session.scalars(select(Event).filter_by(kind="submitted")).one()
        assert (dossier.fee, dossier.payment_status) == (0, "nothing_to_pay")
        assert content_of(dossier, house.keys).exemption == GROUP == told.facts["exemption"]


def test_restart_asks_once_and_then_forgets(lan):
    lan.is_at_the_check()
    page = lan.post("/kiosk/check", {"go": "restart"})
    assert page.h1.text == "Làm lại từ đầu?"
    assert "/kiosk/check" in page.html
    page = lan.post("/kiosk/end", {"reason": "restart"})
    assert page.h1.text == "Đã xóa, mời bắt đầu lại"
    assert drafts_left(lan) == 0


def test_help_tells_who_comes_and_remembers_since_when(lan):
    lan.is_known()
    page = lan.post("/kiosk/questions/kind", {"go": "help"})
    assert page.h1.text == "Gọi cán bộ" and "0237 385 0000" in page.text
    page = lan.post("/kiosk/help", {"at": "questions.kind"})
    assert "Đã ghi lời gọi lúc" in page.text and "/kiosk/questions/kind" in page.html
    assert "Gọi cán bộ đến" not in page.buttons()


def test_where_nobody_works_help_is_the_hotline_and_the_next_opening(lan, clock):
    clock.now = vietnam(24, 9)
    lan.is_known()
    page = lan.get("/kiosk/help?at=questions.kind")
    assert "từ 07:30, Thứ Tư, 25/11/2026" in page.text and "0237 385 0000" in page.text
    assert "Gọi cán bộ đến" not in page.buttons()
    lan.post("/kiosk/help", {"at": "questions.kind"})
    with lan.app.app_context():
        assert db.session.query(Visit).one().called_at is None


def test_nobody_is_wiped_while_waiting_for_an_officer(plain_lan, clock):
    lan = plain_lan
    lan.is_known()
    page = lan.post("/kiosk/help", {"at": "questions.kind"})
    assert 'data-spared="600"' in page.html and 'content="600;' in page.html
    clock.now += timedelta(seconds=599)
    with lan.app.app_context():
        idle, called = timedelta(seconds=90), timedelta(seconds=600)
        assert visits.sweep_idle(db.session(), now=clock.now, idle=idle, idle_called=called) == 0
    lan.get("/kiosk/questions/kind")
    assert lan.group() == "kind"
    clock.now += timedelta(seconds=2)
    assert lan.get("/kiosk/questions/kind").h1.text == "Lượt này đã kết thúc"


def test_another_dossier_begins_at_once_and_the_first_is_kept(lan):
    lan.submits()
    assert "Nộp hồ sơ khác" in lan.page.buttons()
    page = lan.post("/kiosk/start", {"go": "another"})
    assert page.h1.text == "Làm thủ tục gì hôm nay?" and "Hồ sơ vừa nộp vẫn được giữ" in page.text
    with lan.app.app_context():
        ended, begun = db.session.query(Visit).order_by(Visit.id)
        assert ended.end_reason == "done" and begun.dossier_id is None
    assert lan.count(Dossier) == 1


def test_somebody_else_in_the_same_visit_sees_nothing_of_what_the_first_told(lan):
    lan.submits()
    lan.post("/kiosk/start", {"go": "another"})
    lan.post("/kiosk/procedures", {"procedure": COPIES})
    lan.post("/kiosk/prepare")
    lan.post("/kiosk/identity", {"scan": MINHS_CARD})
    lan.post("/kiosk/identity", {"phone": "0987 654 321"})
    for group in ("kind", "for_whom"):
        page = lan.post(f"/kiosk/questions/{group}", ANSWERS[group])
    assert lan.group() == "self" and "Minh" in page.html
    assert "Lan" not in page.html and "038156001234" not in page.html


def test_the_fee_is_counted_from_answers_that_were_accepted(lan):
    lan.is_at_the_check()
    page = lan.post("/kiosk/questions/copies", {"copies": "999999999"}, status=422)
    assert page.faults and "999.999.992.000" not in page.text and "8.000.000.000" not in page.text
    assert "16.000 đồng" in lan.post("/kiosk/questions/copies", {"copies": "2"}).text


def test_on_a_day_off_papers_are_brought_when_officers_are_back(lan, clock):
    clock.now = vietnam(24, 9)
    page = lan.has_answered()
    assert "cán bộ nhận tại quầy từ 07:30, Thứ Tư, 25/11/2026" in page.text
    assert "từ 07:30, Thứ Tư, 25/11/2026, cho cán bộ xem" in lan.submits().text


def test_on_a_working_day_papers_are_brought_now(lan):
    assert "cán bộ nhận tại quầy." in lan.has_answered().text
    assert "từ 07:30" not in lan.submits().text


def test_paper_and_screens_say_alike_what_to_bring(lan):
    page = lan.submits()
    assert "Mang theo thẻ căn cước và biên nhận này, hoặc ảnh chụp mã QR khi đến quầy." in page.text
    page = lan.post("/kiosk/end", {"reason": "done"})
    assert "mang theo thẻ căn cước và biên nhận, hoặc ảnh chụp mã QR" in page.text


def test_the_receipt_waits_while_its_paper_is_in_trouble(lan):
    lan.submits()
    for facts in ({"state": "queued", "reason": "paper_out"}, {"state": "unknown", "reason": "no_answer"}):
        paper_is(lan, **facts)
        assert waits(lan)
    paper_is(lan, state="printed")
    assert not waits(lan)


def waits(lan: Way) -> bool:
    """Whether the receipt's screen still waits for its paper."""
    return re.search(r"data-open[ >]", lan.get("/kiosk/receipt").html) is not None


def test_printing_again_is_offered_once_and_acknowledged(lan):
    lan.submits()
    paper_is(lan, state="unknown", reason="no_answer")
    assert lan.get("/kiosk/receipt").buttons().count("In lại") == 1
    assert "Đã ghi yêu cầu" in lan.post("/kiosk/receipt", {"go": "reprint"}).text
    paper_is(lan, state="queued", reason="paper_out")
    assert "Đã ghi yêu cầu in lại, giấy sẽ ra khi máy in chạy lại." in lan.get("/kiosk/receipt").text


def test_without_javascript_the_receipt_looks_again_until_its_paper_is_settled(plain_lan):
    plain_lan.submits()
    again = [one for one in plain_lan.page.tree.all("meta", content="4") if one.inside("noscript")]
    assert len(again) == 1
    paper_is(plain_lan, state="printed")
    assert not plain_lan.get("/kiosk/receipt").tree.all("meta", content="4")


def paper_is(way: Way, **facts: object) -> None:
    """The state the worker would have left the latest paper in."""
    with way.app.app_context():
        errand = db.session.query(Errand).order_by(Errand.id.desc()).first()
        for name, value in facts.items():
            setattr(errand, name, value)
        db.session.commit()


def test_what_the_state_already_has_is_chosen_until_somebody_says_otherwise(lan):
    page = lan.has_answered()
    held = [name for name, how in page.values().items() if how == "state"]
    assert held, page.values()
    lan.post("/kiosk/documents", page.values() | {held[0]: "paper", "go": "back"})
    lan.post("/kiosk/questions/copies", ANSWERS["copies"])
    assert lan.page.values()[held[0]] == "paper"


def test_letters_and_contrast_change_without_losing_answers(lan):
    lan.is_known()
    page = lan.post("/kiosk/questions/kind", {"kind": "birth", "go": "size"})
    assert 'data-size="2"' in page.html and page.values()["kind"] == "birth"
    page = lan.post("/kiosk/questions/kind", {"kind": "birth", "go": "contrast"})
    assert 'data-contrast="high"' in page.html


def test_choosing_another_procedure_keeps_the_person_only(lan):
    lan.is_at_the_check()
    lan.post("/kiosk/procedures", {"procedure": "1.001193"})
    lan.post("/kiosk/prepare")
    assert "Lê Thị Ngọc Lan" in lan.get("/kiosk/identity").text
    assert lan.get("/kiosk/check").h1.text != "Kiểm tra lần cuối"


def test_a_procedure_not_offered_here_is_refused_in_words(lan):
    lan.starts()
    page = lan.post("/kiosk/procedures", {"procedure": "9.999999"}, status=422)
    assert page.h1.text == "Nơi đây không nhận thủ tục này" and "Chọn thủ tục khác" in page.buttons()


def test_a_commune_is_typed_and_touched(lan):
    at_the_home_screen(lan)
    found = lan.client.get("/kiosk/communes?key=home_commune&home_commune.words=hac thanh")
    code = re.search(r'value="(\d{5})"', found.get_data(as_text=True))[1]
    lan.post("/kiosk/questions/home", HOME | {"home_commune": code})
    assert lan.group() != "home"


def test_a_commune_named_without_touching_counts_when_it_is_the_only_one(lan):
    at_the_home_screen(lan)
    page = lan.post("/kiosk/questions/home", HOME | {"home_commune.words": "ba dinh"}, status=422)
    assert page.faults and "Phường Ba Đình" in page.text
    named = {"home_commune.words": "Ba Đình", "home_commune.province": "Thành phố Hà Nội"}
    lan.post("/kiosk/questions/home", HOME | named)
    assert lan.group() != "home"


HOME = {"home_street": "12 đường Lê Lợi"}


def at_the_home_screen(lan) -> None:
    lan.chooses("1.004194")
    lan.post("/kiosk/prepare")
    lan.post("/kiosk/identity", {"scan": LANS_CARD})
    page = lan.post("/kiosk/identity", {"phone": ""})
    for _ in range(20):
        group = lan.group()
        if group == "home":
            return
        first = {
            one.attributes["name"]: one.attributes["value"]
            for one in reversed(page.tree.all("input", type="radio"))
        }
        page = lan.post(f"/kiosk/questions/{group}", page.values() | first)
    raise AssertionError(page.text)


def test_an_unfinished_dossier_is_shown_at_its_rows(lan):
    page = lan.is_at_the_check()
    with lan.app.app_context():
        core, visit = lan.app.extensions["motcham"], db.session.query(Visit).one()
        from dataclasses import replace

        from intake import visits

        draft = visits.draft_of(visit, core.keys)
        visits.keep_draft(visit, replace(draft, answers=dict(draft.answers) | {"copies": "900"}), core.keys)
        db.session.commit()
    page = lan.post("/kiosk/submit", {"attempt": page.values()["attempt"]}, status=422)
    assert page.h1.text == "Kiểm tra lần cuối" and "Số lớn nhất là 50" in page.text
    assert lan.count(Dossier) == 0


def test_a_form_from_an_earlier_draft_files_nothing(lan):
    lan.is_at_the_check()
    page = lan.post("/kiosk/submit", {"attempt": "another"})
    assert page.h1.text == "Kiểm tra lần cuối" and lan.count(Dossier) == 0


def test_a_closed_office_takes_nothing_and_says_when(house, plain_lan, clock):
    from intake.records import Office

    with house.app.app_context():
        office = db.session.query(Office).one()
        office.hours = office.hours | {"intake": office.hours["working"], "intake_on_days_off": False}
        db.session.commit()
    from intake import memory

    memory.forget_all()
    clock.now = vietnam(20, 20, 0)  # Friday evening
    page = plain_lan.get("/kiosk/")
    assert "07:30, Thứ Hai, 23/11/2026" in page.text
    assert "Chạm để bắt đầu Nộp" not in page.text and not page.tree.all("button", class_="begin")
    page = plain_lan.post("/kiosk/start", status=422)
    assert page.h1.text == "Ngoài giờ tiếp nhận" and "07:30, Thứ Hai, 23/11/2026" in page.text


def test_the_same_submit_again_gives_the_same_receipt(lan):
    attempt = lan.is_at_the_check().values()["attempt"]
    first = lan.post("/kiosk/submit", {"attempt": attempt})
    again = lan.post("/kiosk/submit", {"attempt": attempt})
    assert code_of(first.text) == code_of(again.text)
    assert lan.get("/kiosk/check").h1.text == "Đã nhận hồ sơ"
    assert lan.count(Dossier) == 1


def test_twenty_identical_submits_at_once_are_one_dossier_and_one_receipt(plain_lan):
    page = plain_lan.is_at_the_check()
    attempt, cookie = page.values()["attempt"], plain_lan.client.get_cookie("visit", path="/kiosk")
    seen: list[tuple[int, str]] = []
    gate = threading.Barrier(20)

    def tap() -> None:
        client = plain_lan.app.test_client()
        client.set_cookie("visit", cookie.value, path="/kiosk")
        gate.wait()
        answer = client.post(
            "/kiosk/submit", data={"attempt": attempt}, headers={"Origin": "http://localhost"}
        )
        seen.append((answer.status_code, answer.headers.get("Location", "")))

    taps = [threading.Thread(target=tap) for _ in range(20)]
    for one in taps:
        one.start()
    for one in taps:
        one.join()
    assert seen == [(303, "/kiosk/receipt")] * 20
    counts = [plain_lan.count(record) for record in (Dossier, Receipt, Errand)]
    assert counts == [1, 1, 1]
    with plain_lan.app.app_context():
        assert db.session.query(Event).filter_by(kind="accepted").count() == 1


def test_filing_empties_the_draft_but_for_who_files_and_the_end_takes_that_too(lan):
    lan.submits()
    draft = draft_of(lan)
    assert draft["applicant"]["name"] and draft["known"]  # for one more dossier of this visit
    assert not draft["answers"] and not draft["documents"] and draft["collection"] is None
    page = lan.post("/kiosk/end", {"reason": "done"})
    assert "Lan" not in page.html and "038156" not in page.html
    assert drafts_left(lan) == 0


def draft_of(lan: Way) -> dict[str, Any]:
    with lan.app.app_context():
        visit = db.session.query(Visit).one()
        sealed = lan.app.extensions["motcham"].keys.unseal(visit.draft_sealed, "visit.draft")
    return cast("dict[str, Any]", json.loads(sealed))


def test_nobody_there_wipes_the_draft_on_the_server(lan, clock):
    lan.is_at_the_check()
    clock.now += timedelta(seconds=91)
    page = lan.get("/kiosk/check")
    assert page.h1.text == "Lượt này đã kết thúc" and "Lan" not in page.html
    lan.post("/kiosk/end", {"reason": "idle"})
    assert drafts_left(lan) == 0


def test_a_touch_keeps_the_visit_alive(lan, clock):
    lan.is_at_the_check()
    for _ in range(3):
        clock.now += timedelta(seconds=80)
        lan.client.post("/kiosk/touch", headers={"Origin": "http://localhost"})
    assert lan.get("/kiosk/check").h1.text == "Kiểm tra lần cuối"


STEPS = ("procedures", "prepare", "identity", "questions/kind", "documents", "collection", "fee", "check")
PAGES = (*STEPS, "receipt", "help", "restart", "resume")
FORMS = (*STEPS, "submit", "receipt", "help", "touch")


def test_after_the_end_every_page_says_goodbye(lan):
    lan.submits()
    assert lan.post("/kiosk/end", {"reason": "done"}).h1.text == "Cảm ơn và hẹn gặp lại"
    for name in PAGES:
        page = lan.get(f"/kiosk/{name}")
        assert page.h1.text == "Lượt này đã kết thúc" and "Lan" not in page.html, name


def test_after_the_end_every_form_says_goodbye(lan):
    lan.is_at_the_check()
    lan.post("/kiosk/end", {"reason": "done"})
    for name in FORMS:
        page = lan.post(f"/kiosk/{name}", {"scan": LANS_CARD, "go": "back"})
        assert page.h1.text == "Lượt này đã kết thúc", name
    assert lan.count(Dossier) == 0


def test_the_end_takes_the_cookies_with_it(lan):
    lan.is_known()
    lan.post("/kiosk/questions/kind", {"go": "size"})
    lan.post("/kiosk/end", {"reason": "done"})
    left = {cookie.key for cookie in lan.client._cookies.values()}
    assert left <= {"kiosk"}


def test_a_stranger_sees_nothing_of_lans_visit(plain_lan, khach):
    plain_lan.is_at_the_check()
    for name in PAGES:
        page = khach.get(f"/kiosk/{name}")
        assert page.h1.text == "Lượt này đã kết thúc" and "Lan" not in page.html


def code_of(text: str) -> str:
    found = re.search(r"H56\.17\.22\s+\d{6} · \d{4}", text)
    assert found, text[:300]
    return found[0]


def drafts_left(lan) -> int:
    with lan.app.app_context():
        return db.session.query(Visit).filter(Visit.draft_sealed.isnot(None)).count()


def test_an_officer_who_came_is_kept_as_the_one_who_helped(plain_lan, clock):
    page = plain_lan.is_at_the_check()
    plain_lan.post("/kiosk/help", {"at": "check"})
    hoa = an_actor(plain_lan.app, Role.RECEPTION)
    with plain_lan.app.app_context():
        visits.answer_call(
            db.session(),
            db.session.scalars(select(Visit)).one(),
            by=hoa,
            now=plain_lan.app.extensions["motcham"].clock(),
        )
        db.session.commit()
    plain_lan.post("/kiosk/submit", {"attempt": page.values()["attempt"]})
    with plain_lan.app.app_context():
        dossier = db.session.scalars(select(Dossier)).one()
        submitted = db.session.scalars(select(Event).filter_by(kind="submitted")).one()
        assert dossier.helper_id == hoa.person_id
        assert (submitted.actor, submitted.person_id) == ("citizen", None)
        assert submitted.facts["helped_by"] == hoa.name

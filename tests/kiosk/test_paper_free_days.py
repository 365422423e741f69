"""The kiosk on a day without paper and appointments: every screen says so, its neighbours are ordinary."""

from __future__ import annotations

import re
from datetime import time, timedelta

import pytest
from sqlalchemy import event, select

from build import vietnam
from dayway import a_rule, publish
from intake import memory
from intake.db import db
from intake.printing import facts_of
from intake.queries import offered
from intake.records import Dossier, Office, Person, ServiceDaySuspension
from intake.rules.service_days import Mode, Part
from kiosk import promises
from kiosk.promises import promises_of
from kioskway import COPIES, Way

WEDNESDAY, THE_DAY, FRIDAY = 25, 26, 27
NAME = "Thứ Năm không giấy, không hẹn"
BIRTH, FAMILY = "1.001193", "1.001022"  # of the same day, of three working days


@pytest.fixture
def order(house, clock):
    """Publish a rule; the clock then stands at 09:00 on the Thursday."""

    def order(**changes) -> None:
        with house.app.app_context():
            publish(
                db.session(), db.session.scalars(select(Office)).one(), a_rule(**changes), now=vietnam(20)
            )
        clock.now = vietnam(THE_DAY, 9, 0)

    return order


@pytest.fixture
def thursday(order) -> None:
    order()


def suspend(house, *, until) -> None:
    with house.app.app_context():
        session, now = db.session(), house.clock()
        office, person = session.scalars(select(Office)).one(), session.scalars(select(Person)).first()
        row = ServiceDaySuspension(
            office_id=office.id,
            lineage="",
            reason="power",
            text="",
            begins_at=now,
            asked_until=until,
            alone_until=until,
            person_id=person.id,
        )
        session.add(row)
        session.commit()
    memory.forget_all()


def strip(page) -> str:
    return " ".join(one.text for one in page.tree.all("p") if "kind" in one.attributes.get("class", ""))


def is_gold(page) -> bool:
    return bool(page.tree.all("p", class_="kind gold"))


def digital(page, how: str = "scan") -> dict[str, str]:
    names = {name.rpartition(".")[0] for name in re.findall(r'name="([^"]+\.how)"', page.html)}
    return {f"{name}.how": how for name in names}


def at_the_check(way: Way, how: str = "scan"):
    way.post("/kiosk/documents", digital(way.has_answered(), how))
    return way.collects("counter_now")


def submit(way: Way, page, *, status: int = 200):
    values = page.values()
    sent = {name: values[name] for name in ("attempt", "told") if name in values}
    return way.post("/kiosk/submit", sent, status=status)


def dossier(house) -> Dossier:
    return db.session.scalars(select(Dossier).order_by(Dossier.id.desc())).first()


def facts(house):
    with house.app.app_context():
        return facts_of(dossier(house).receipt, house.keys)


# --- the first screen ---


@pytest.mark.parametrize("day", [WEDNESDAY, FRIDAY])
def test_the_days_around_it_are_ordinary(plain_lan, clock, thursday, day):
    clock.now = vietnam(day, 9, 0)
    page = plain_lan.get("/kiosk/?point=K1")
    assert "Hôm nay: ngày làm việc" in page.text and NAME not in page.text and "gold" not in page.html
    assert strip(plain_lan.is_ready()) == "" and "gold" not in plain_lan.page.html


def test_the_first_screen_names_the_day_and_what_it_means(plain_lan, thursday):
    page = plain_lan.get("/kiosk/?point=K1")
    assert f"Hôm nay: {NAME}" in page.text and "kết quả trả trong ngày" in page.text
    assert page.tree.all("div", class_="day gold")


def test_without_a_notice_the_sentence_is_made_from_the_modes(plain_lan, order):
    order(notices={})
    assert (
        "Không phải nộp bản giấy, nộp trước 15:00 có kết quả ngay trong ngày."
        in plain_lan.get("/kiosk/").text
    )


def test_before_the_doors_open_it_says_from_when_officers_work(plain_lan, clock, thursday):
    clock.now = vietnam(THE_DAY, 6, 30)
    page = plain_lan.get("/kiosk/")
    assert NAME in page.text and "Cán bộ giải quyết từ 07:30." in page.text


def test_after_the_cut_off_it_says_so_and_names_the_next_such_day(plain_lan, clock, thursday):
    clock.now = vietnam(THE_DAY, 15, 0)
    told = "Từ 15:00 hồ sơ được hẹn trả theo thời hạn thường; ngày như hôm nay tiếp theo: Thứ Năm 03/12."
    assert told in plain_lan.get("/kiosk/").text
    clock.now = vietnam(THE_DAY, 14, 59)
    assert told not in plain_lan.get("/kiosk/").text


def test_an_hour_that_is_full_says_from_when_there_are_places(house, plain_lan, khach, order):
    order(per_hour=1)
    submit(khach, at_the_check(khach))
    told = "Giờ này đã hết lượt trả trong ngày, từ 10:00 còn nhận."
    assert told in plain_lan.get("/kiosk/").text
    assert told in plain_lan.chooses(FAMILY).text and told in strip(plain_lan.page)
    house.clock.now = vietnam(THE_DAY, 10, 0)
    assert told not in plain_lan.get("/kiosk/").text


def test_a_day_that_is_full_says_so_before_anyone_starts(plain_lan, khach, order):
    order(per_day=1)
    submit(khach, at_the_check(khach))
    page = plain_lan.get("/kiosk/")
    assert "Hôm nay đã hết lượt trả trong ngày" in page.text and "Thứ Năm 03/12" in page.text
    assert "Trả hôm nay" not in page.text


def test_suspended_it_says_that_paper_is_taken_again(house, plain_lan, thursday):
    suspend(house, until=vietnam(THE_DAY, 11, 0))
    page = plain_lan.get("/kiosk/")
    assert "Hôm nay tạm nhận giấy trở lại, dự kiến đến 11:00" in page.text and "gold" not in page.html
    page = plain_lan.has_answered()
    assert strip(page) == "Hôm nay tạm nhận giấy trở lại, dự kiến đến 11:00." and not is_gold(page)
    assert 'value="paper"' in page.html
    house.clock.now = vietnam(THE_DAY, 11, 0)
    assert f"Hôm nay: {NAME}" in plain_lan.get("/kiosk/").text


def test_an_evening_on_which_nobody_works_changes_nothing(plain_lan, order):
    order(title="Tối thứ Năm không chờ", part=Part.EVENING)
    page = plain_lan.get("/kiosk/")
    assert "Hôm nay: ngày làm việc" in page.text and "Tối thứ Năm" not in page.text


def test_an_afternoon_to_come_is_announced(plain_lan, order):
    order(title="Chiều thứ Năm không hẹn", part=Part.AFTERNOON)
    page = plain_lan.get("/kiosk/")
    assert "Hôm nay: ngày làm việc" in page.text
    assert "Từ 13:30 hôm nay: Chiều thứ Năm không hẹn." in page.text


# --- procedures and preparing ---


def test_the_procedures_of_the_day_come_first_with_their_mark(lan, order):
    order(procedures=frozenset({"2.001016"}))
    page = lan.starts()
    tiles = [one.attributes["value"] for one in page.tree.all("button", class_="tile")]
    assert tiles[0] == "2.001016" and BIRTH in tiles
    (mark,) = page.tree.all("button", class_="tile")[0].all("mark")
    assert mark.text == "Trả hôm nay, không giấy"
    assert not page.tree.all("button", class_="tile")[1].all("mark")
    assert is_gold(page)


def test_preparing_says_when_and_that_no_paper_is_needed(lan, thursday):
    page = lan.chooses()
    assert "Hôm nay, trước 17:30" in page.text and "Không phải nộp bản giấy" in page.text
    assert "không có giấy hẹn" in page.text and "không ai phải về" in page.text


def test_preparing_says_why_not_today_and_when_again(lan, clock, thursday):
    clock.now = vietnam(THE_DAY, 15, 30)
    page = lan.chooses(BIRTH)
    assert "Từ 15:00 hồ sơ được hẹn trả theo thời hạn thường" in page.text and "03/12" in page.text
    assert "Không phải nộp bản giấy" in page.text  # that still holds


def test_a_procedure_the_rule_is_not_for_is_told_to_be_ordinary(lan, order):
    order(procedures=frozenset({BIRTH}))
    page = lan.chooses(COPIES)
    assert f"Hôm nay là {NAME}, nhưng thủ tục này nhận như ngày thường." in page.text
    assert strip(page) == ""


def test_who_waits_is_told_for_how_long(lan, order):
    order(modes=frozenset({Mode.NO_WAIT}), target_minutes=40)
    page = lan.chooses()
    assert "Hôm nay, trước 09:40" in page.text and "khoảng 40 phút" in page.text


def test_every_step_says_the_kind_of_day(lan, thursday):
    for step in (lan.starts, lan.chooses, lan.is_ready, lan.is_known, lan.has_answered):
        assert strip(step()) == NAME and is_gold(lan.page), step
    page = lan.post("/kiosk/documents", digital(lan.page))
    assert is_gold(page)
    assert is_gold(lan.collects("counter_now"))
    assert is_gold(submit(lan, lan.page))
    assert is_gold(lan.post("/kiosk/end", {"reason": "done"}))


# --- papers ---


def test_only_electronic_ways_are_offered(lan, thursday):
    page = lan.has_answered()
    ways = {
        one.attributes["value"]
        for one in page.tree.all("input", type="radio")
        if "how" in one.attributes["name"]
    }
    assert ways == {"state", "electronic", "scan", "not_applicable"}
    assert "Không làm được? Chạm «Gọi cán bộ», không ai phải về." in page.text


def test_on_an_ordinary_day_the_ways_are_as_ever(lan, clock, thursday):
    clock.now = vietnam(WEDNESDAY, 9, 0)
    page = lan.has_answered()
    ways = {
        one.attributes["value"]
        for one in page.tree.all("input", type="radio")
        if "how" in one.attributes["name"]
    }
    assert ways == {"paper", "state", "not_applicable"}


def test_paper_posted_all_the_same_is_refused_at_its_place_and_nothing_else_is_lost(lan, thursday):
    first, *others = digital(lan.has_answered(), "electronic")
    page = lan.post("/kiosk/documents", dict.fromkeys(others, "electronic") | {first: "paper"}, status=422)
    assert page.faults == [
        "Hôm nay không nhận bản giấy. Có bản giấy thì chọn «Có bản giấy»: cán bộ quét rồi trả lại ngay."
    ]
    assert [page.values()[name] for name in others] == ["electronic"] * len(others)
    assert lan.get("/kiosk/check").h1.text == "Đang có những giấy nào?"


@pytest.mark.parametrize("until_midnight", [True, False], ids=["midnight", "publication"])
def test_a_draft_from_an_ordinary_day_is_mended_at_the_check(house, lan, clock, order, until_midnight):
    if until_midnight:
        order()
        clock.now = vietnam(WEDNESDAY, 23, 59)
    else:
        clock.now = vietnam(THE_DAY, 9, 0)
    page = lan.is_at_the_check()
    assert "Có giấy, nộp tại quầy" in page.text and page.faults == []
    if until_midnight:
        clock.now += timedelta(minutes=1)
    else:
        order()
    page = lan.get("/kiosk/check")
    assert set(page.faults) == {"Hôm nay không nhận bản giấy. Chạm «Sửa» để chọn cách khác."}
    assert "Hôm nay không nhận bản giấy" in page.tree.all("div", class_="summary")[0].text
    page = lan.post("/kiosk/submit", {"attempt": page.values()["attempt"]}, status=422)
    assert len(page.faults) == 2 and lan.count(Dossier) == 0
    page = lan.post("/kiosk/check", {"mend": "documents"})
    page = lan.post("/kiosk/documents", digital(page) | {"then": "check"})
    assert page.h1.text == "Kiểm tra lần cuối" and page.faults == []
    assert submit(lan, page).h1.text == "Đã nhận hồ sơ"


def test_a_draft_of_such_a_day_may_be_filed_on_the_next(house, lan, clock, thursday):
    clock.now = vietnam(THE_DAY, 23, 59)
    page = at_the_check(lan, "electronic")
    clock.now += timedelta(minutes=1)
    page = lan.get("/kiosk/check")
    assert "Bản điện tử" in page.text and page.faults == []
    lan.post("/kiosk/check", {"mend": "documents"})
    assert lan.get("/kiosk/documents").values().items() >= digital(lan.page, "electronic").items()
    assert submit(lan, page).h1.text == "Đã nhận hồ sơ"


# --- filing ---


def test_filed_it_is_a_dossier_of_the_day(house, lan, thursday):
    page = submit(lan, at_the_check(lan))
    assert "TRẢ NGAY HÔM NAY" in page.text and NAME in page.text
    assert "Mang 2 giấy cần quét đến" in page.text and "cán bộ quét rồi trả lại ngay" in page.text
    assert page.tree.all("p", class_="banner gold")
    with house.app.app_context():
        found = dossier(house)
        assert (found.same_day, found.service_days, found.without_paper) == (True, ["thursday"], True)
    told = facts(house)
    assert (told.no_appointment, told.waits, len(told.scans)) == (True, False, 2)


def test_who_waits_for_it_reads_until_when(house, lan, order):
    order(modes=frozenset({Mode.NO_WAIT}), target_minutes=40, title="Sáu thủ tục không chờ")
    lan.has_answered()
    lan.post("/kiosk/documents", digital(lan.page, "paper"))
    page = submit(lan, lan.collects("counter_now"))
    assert "Xin chờ tại chỗ, có kết quả trước 09:40" in page.text and "Sáu thủ tục không chờ" in page.text
    assert facts(house).waits


def test_an_ordinary_same_day_promise_is_not_in_gold(lan, clock, thursday):
    clock.now = vietnam(WEDNESDAY, 9, 0)
    page = lan.submits()
    assert page.tree.all("p", class_="banner") and "gold" not in page.html


def test_a_promise_that_changed_is_told_at_the_check_and_the_second_touch_files(
    house, lan, khach, clock, order
):
    order(per_day=1, cutoff=time(17))
    clock.now = vietnam(THE_DAY, 15, 30)
    page = at_the_check(lan)
    assert page.values()["told"] == "2026-11-26"
    submit(khach, at_the_check(khach))
    page = submit(lan, page, status=422)
    assert page.h1.text == "Kiểm tra lần cuối" and "Chưa có gì bị mất" in page.text
    assert "Không còn trả trong hôm nay được" in page.text
    assert "Hôm nay đã hết lượt trả trong ngày" in page.text and "Hẹn trả: Thứ Sáu, 27/11/2026" in page.text
    assert page.values()["told"] == "" and lan.count(Dossier) == 1
    page = submit(lan, page)
    assert page.h1.text == "Đã nhận hồ sơ" and lan.count(Dossier) == 2
    assert not facts(house).no_appointment


def test_nobody_is_stopped_where_the_ordinary_term_ends_today_as_well(house, lan, khach, order):
    order(per_day=1)
    page = at_the_check(lan)
    submit(khach, at_the_check(khach))
    assert "TRẢ NGAY HÔM NAY" in submit(lan, page).text
    assert not facts(house).no_appointment
    assert strip(khach.chooses()) == NAME  # and nobody is told that today is full


def test_the_cut_off_that_passes_at_the_check_is_told_too(house, lan, clock, order):
    order(procedures=frozenset({BIRTH, COPIES}))
    clock.now = vietnam(THE_DAY, 14, 59)
    page = at_the_check(lan)
    clock.now += timedelta(minutes=1)
    page = submit(lan, page, status=422)
    assert "Từ 15:00 hồ sơ được hẹn trả theo thời hạn thường" in page.text
    assert submit(lan, page).h1.text == "Đã nhận hồ sơ"


def test_today_promised_by_law_and_lost_at_the_check_is_told_too(lan, clock):
    clock.now = vietnam(WEDNESDAY, 14, 59)
    page = at_the_check(lan, "paper")
    clock.now += timedelta(minutes=1)
    page = submit(lan, page, status=422)
    assert "Không còn trả trong hôm nay được" in page.text and "Giờ trả vừa thay đổi" in page.text
    assert submit(lan, page).h1.text == "Đã nhận hồ sơ"


def test_a_wait_that_is_lost_at_the_check_is_told_and_the_second_touch_files(lan, clock, order):
    order(modes=frozenset({Mode.NO_WAIT, Mode.NO_APPOINTMENT}), target_minutes=40, cutoff=time(17))
    clock.now = vietnam(THE_DAY, 16, 50)
    page = at_the_check(lan)
    assert page.values()["told"] == "2026-11-26 waits"
    clock.now += timedelta(minutes=1)
    page = submit(lan, page, status=422)
    assert "Giờ trả kết quả vừa thay đổi" in page.text and page.values()["told"] == "2026-11-26"
    assert submit(lan, page).h1.text == "Đã nhận hồ sơ"


def test_whoever_was_never_promised_today_is_not_stopped(lan, clock, thursday):
    clock.now = vietnam(THE_DAY, 16, 0)
    page = at_the_check(lan)
    assert page.values()["told"] == ""
    assert submit(lan, page).h1.text == "Đã nhận hồ sơ"


# --- what it costs ---


def test_the_promises_of_all_offers_cost_one_query_whatever_their_number(house, order):
    order(per_hour=50, per_day=500)
    with house.app.app_context():
        session, now = db.session(), house.clock()
        office = session.scalars(select(Office)).one()
        offers = offered(session, office, now=now)
        promises_of(offers, office, now)  # rules, calendar and catalogue are known from here on
        asked: list[str] = []

        def asking(*told) -> None:
            asked.append(told[2])

        event.listen(db.engine, "before_cursor_execute", asking)
        promises_of(offers, office, now + timedelta(seconds=1))
        promises._listed.clear()
        promises_of(offers, office, now + timedelta(seconds=2))
        event.remove(db.engine, "before_cursor_execute", asking)
    assert len(offers) > 40 and len(asked) == 2


def test_a_suspension_shows_at_once_in_the_list(house, plain_lan, thursday):
    page = plain_lan.starts()
    assert page.tree.all("mark")
    house.clock.now += timedelta(seconds=20)
    suspend(house, until=vietnam(THE_DAY, 11, 0))
    assert not plain_lan.get("/kiosk/procedures").tree.all("mark")

"""The rules of paper-free days on the manager's pages, and the switch for an outage."""

from __future__ import annotations

import re

import pytest

from build import vietnam
from dayway import a_rule, publish
from deskway import signed_in
from intake import policies
from intake.db import db
from intake.records import Office, ServiceDaySuspension, ServiceDayVersion
from intake.rules.rights import Role
from intake.rules.service_presets import PRESETS
from intake.service_days import version_here
from visitor import Page, Visitor

RULES = "/desk/days/rules"
TYPED = {
    "title": "Thứ Năm không giấy",
    "modes": ["no_paper", "no_appointment"],
    "weekdays": ["3"],
    "part": "day",
    "valid_from": "26/11/2026",
    "scope": "some",
    "procedures": ["1.001193", "2.000635"],
    "cutoff": "15:00",
    "go": "save",
}


@pytest.fixture
def house(sqlite_house):
    sqlite_house.restore()
    return sqlite_house


@pytest.fixture
def thu(house) -> Visitor:
    """Bà Thu, who manages the office."""
    return signed_in(house.app, Role.MANAGER)


@pytest.fixture
def dung(house) -> Visitor:
    """Ông Dũng, who decides, and is the second person."""
    return signed_in(house.app, Role.DECIDING)


def drafted(thu: Visitor, **changes: object) -> str:
    """The address of a new rule."""
    thu.post(f"{RULES}/new", TYPED | changes)
    return lineage_of(thu)


def lineage_of(thu: Visitor) -> str:
    found = re.search(r"/desk/days/rules/([0-9a-f]{8})", thu.page.html)
    assert found
    return f"{RULES}/{found[1]}"


def button(page: Page, words: str) -> tuple[str, dict[str, str]]:
    """Where the form of that button goes, and what it sends."""
    for form in page.tree.all("form"):
        for one in form.all("button"):
            if one.name.startswith(words):
                sent = {
                    field.attributes["name"]: field.attributes.get("value", "")
                    for field in form.all("input")
                    if field.attributes.get("type") == "hidden"
                }
                if name := one.attributes.get("name"):
                    sent[name] = one.attributes["value"]
                return form.attributes["action"], sent
    raise AssertionError(f"no button «{words}»: {page.buttons()}")


def at(visitor: Visitor, address: str) -> Visitor:
    visitor.get(address)
    return visitor


def press(visitor: Visitor, words: str, **more: str) -> Page:
    address, sent = button(visitor.page, words)
    return visitor.post(address, sent | more)


def in_force(house) -> list[str]:
    with house.app.app_context():
        office = db.session.query(Office).first()
        return [rule.title for rule in policies.rules_of(db.session(), office, now=vietnam(26))]


def test_an_office_without_rules_is_shown_the_known_models(thu):
    page = thu.get(RULES)
    assert page.h1.text == "Quy định ngày không giấy"
    assert all(preset.title in page.text for preset in PRESETS)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda one: one.key)
def test_a_model_fills_the_form_and_says_what_it_means(thu, preset):
    page = thu.get(f"{RULES}/new?preset={preset.key}")
    assert page.values()["title"] == preset.title and preset.model in page.text
    assert "Quy định này nghĩa là" in page.text and "Những thủ tục" in page.text
    ticked = [one for one in page.tree.all("input", name="procedures") if "checked" in one.attributes]
    assert ticked and {one.attributes["value"] for one in ticked} <= set(preset.codes)


def test_an_empty_page_may_be_begun_with_too(thu):
    assert thu.get(f"{RULES}/new?preset=none").values()["title"] == ""
    assert thu.get(f"{RULES}/new?preset=khong-co").values()["title"] == ""


def test_two_people_bring_a_rule_into_force_and_the_office_switches(house, thu, dung):
    address = drafted(thu)
    assert "chờ người khác duyệt" in thu.page.text and in_force(house) == []
    dung.get(address)
    press(dung, "Duyệt bản này")
    assert "Đã duyệt." in dung.page.text
    thu.get(address)
    press(thu, "Công bố")
    assert "đang áp dụng" in thu.page.text and in_force(house) == ["Thứ Năm không giấy"]
    assert "Thứ Năm, 26/11/2026" in thu.get(RULES).text


def test_a_second_tap_makes_no_second_draft(house, thu):
    sent = TYPED | {"once": thu.get(f"{RULES}/new?preset=none").values()["once"]}
    thu.post(f"{RULES}/new", sent | {"go": "check"})
    for _ in range(2):
        page = thu.post(f"{RULES}/new", sent)
    assert page.text.count(TYPED["title"]) >= 1
    with house.app.app_context():
        assert db.session.query(ServiceDayVersion).count() == 1


def test_checking_keeps_nothing_and_shows_what_is_found(house, thu):
    page = thu.post(f"{RULES}/new", TYPED | {"go": "check", "weekdays": ["5"], "modes": ["no_wait"]})
    assert "Thứ Bảy văn phòng không có giờ làm việc" in page.text
    assert "«Không chờ» phải nói chờ bao nhiêu phút" in page.text
    assert page.values()["title"] == "Thứ Năm không giấy"
    with house.app.app_context():
        assert db.session.query(ServiceDayVersion).count() == 0


def test_the_meaning_follows_what_is_typed_without_a_new_page(house):
    thu = signed_in(house.app, Role.MANAGER, htmx="preview")
    thu.get(f"{RULES}/new?preset=none")
    page = thu.post(f"{RULES}/new", TYPED | {"go": "check"})
    assert "Thứ Năm hằng tuần, cả ngày" in page.html and "<form" not in page.html


def test_nothing_typed_is_lost_with_a_fault(thu):
    wrong = {"valid_to": "mai", "recurrence": "hằng tuần", "per_day": "nhiều", "signer": "Lê Văn Tám"}
    page = thu.post(f"{RULES}/new", TYPED | wrong | {"dates": "hôm kia"}, status=422)
    assert len(page.faults) == 4
    assert page.values() | wrong | {"dates": "hôm kia"} == page.values()
    ticked = [one for one in page.tree.all("input", name="procedures") if "checked" in one.attributes]
    assert len(ticked) == 2


def test_a_draft_with_faults_of_its_own_is_kept_and_cannot_be_approved(thu, dung):
    address = drafted(thu, weekdays=["6"])
    assert "Phải sửa 1 chỗ rồi mới duyệt được" in thu.page.text
    assert "Duyệt bản này" not in dung.get(address).buttons()


def test_a_forged_approval_is_refused_in_words(thu, dung):
    address = drafted(thu)
    version, _ = button(thu.get(address), "Bỏ bản soạn")
    page = thu.post(f"{version}/approve", {}, status=422)
    assert "Phải là người thứ hai" in page.text
    page = dung.post(f"{version}/approve", {"stamp": "x"}, status=422)
    assert "Có người vừa sửa trước" in page.text


def test_a_rule_with_a_contradiction_is_refused_in_words(house, thu, dung):
    drafted(thu, weekdays=["6"])
    version, _ = button(thu.page, "Bỏ bản soạn")
    with house.app.app_context():
        office, version_id = db.session.query(Office).first(), int(version.rpartition("/")[2])
        stamped = version_here(db.session(), office, version_id).stamp
    assert "còn mâu thuẫn" in dung.post(f"{version}/approve", {"stamp": stamped}, status=422).text


def test_of_two_managers_the_second_sees_the_first_and_keeps_what_they_typed(house, thu):
    address = drafted(thu)
    other = signed_in(house.app, Role.MANAGER)
    stamped = {"stamp": other.get(f"{address}/edit").values()["stamp"]}
    first = {"per_day": "60", "stamp": thu.get(f"{address}/edit").values()["stamp"]}
    thu.post(f"{address}/edit", TYPED | first)
    page = other.post(f"{address}/edit", TYPED | {"per_day": "99"} | stamped, status=422)
    assert "Có người vừa sửa trước" in page.text and page.values()["per_day"] == "99"
    other.post(f"{address}/edit", TYPED | {"per_day": "99", "stamp": page.values()["stamp"]})
    assert "99 hồ sơ mỗi ngày" in other.page.text


def test_a_new_version_shows_what_it_changes(house, thu, dung):
    with house.app.app_context():
        office = db.session.query(Office).first()
        publish(db.session(), office, a_rule(procedures=frozenset({"1.001193"})), now=vietnam(20))
    form = thu.get(f"{RULES}/thursday/edit")
    assert "Bản 1 vẫn áp dụng" in form.text
    changed = TYPED | {"title": a_rule().title, "per_day": "60", "stamp": form.values()["stamp"]}
    page = thu.post(f"{RULES}/thursday/edit", changed)
    assert "Khác bản đang áp dụng" in page.text and "60" in page.text
    assert in_force(house) == [a_rule().title]
    press(at(dung, f"{RULES}/thursday"), "Duyệt bản này")
    press(at(thu, f"{RULES}/thursday"), "Công bố")
    assert "Các bản" in thu.page.text
    press(at(thu, f"{RULES}/thursday"), "Khôi phục", go="restore")
    assert "bản soạn" in thu.page.text and "Bản 3" in thu.page.text


def test_a_rule_ends_by_one_button_and_the_list_says_so(house, thu):
    with house.app.app_context():
        publish(db.session(), db.session.query(Office).first(), a_rule(), now=vietnam(20))
    thu.get(f"{RULES}/thursday")
    press(thu, "Chấm dứt quy định này")
    assert in_force(house) == [] and "Không còn áp dụng (1)" in thu.get(RULES).text
    assert "Khôi phục thành bản soạn" in thu.get(f"{RULES}/thursday").buttons()


def test_a_rule_is_not_ended_on_its_day_before_it_closes(house, thu):
    with house.app.app_context():
        publish(db.session(), db.session.query(Office).first(), a_rule(), now=vietnam(20))
    address, sent = button(thu.get(f"{RULES}/thursday"), "Chấm dứt quy định này")
    house.clock.now = vietnam(26, 9, 0)
    thu = signed_in(house.app, Role.MANAGER)
    page = thu.get(f"{RULES}/thursday")
    assert "Hôm nay quy định chạy đến 17:30, chưa chấm dứt được" in page.text
    assert "Chấm dứt quy định này" not in page.buttons()
    assert "hãy tạm dừng" in thu.post(address, sent, status=422).text
    assert in_force(house) == [a_rule().title]
    house.clock.now = vietnam(26, 17, 30)
    thu = signed_in(house.app, Role.MANAGER)
    press(at(thu, f"{RULES}/thursday"), "Chấm dứt quy định này")
    assert "Khôi phục thành bản soạn" in thu.page.buttons()


def test_a_number_longer_than_any_id_is_no_page(house, thu):
    house.app.testing = False
    try:
        page = thu.post(f"/desk/days/versions/{10**20}", {"go": "end"}, status=404)
    finally:
        house.app.testing = True
    assert "trục trặc" not in page.text


def test_an_auditor_reads_and_changes_nothing(house, thu):
    address = drafted(thu)
    mai = signed_in(house.app, Role.AUDITOR)
    page = mai.get(address)
    assert page.h1.text == "Thứ Năm không giấy"
    assert not {"Sửa", "Bỏ bản soạn", "Duyệt bản này"} & set(page.buttons())
    mai.get(f"{RULES}/new", status=403)


def test_an_unknown_button_is_no_step(thu):
    drafted(thu)
    version, _ = button(thu.page, "Bỏ bản soạn")
    thu.post(version, {"go": "burn"}, status=400)


@pytest.fixture
def thursday(house):
    """Thursday 26/11 at 9:00 under a rule."""
    with house.app.app_context():
        publish(db.session(), db.session.query(Office).first(), a_rule(), now=vietnam(20))
    house.clock.now = vietnam(26, 9, 0)
    return house


def test_an_outage_is_one_form_and_a_second_person_one_button(thursday):
    thu, dung = signed_in(thursday.app, Role.MANAGER), signed_in(thursday.app, Role.DECIDING)
    assert "còn được tạm dừng 30 phút" in thu.get("/desk/days/suspend").text
    page = thu.post("/desk/days/suspend", {"lineage": "", "reason": "power", "minutes": "60"})
    assert "Đã tạm dừng" in page.text and "từ 09:00 đến 09:30" in page.text
    assert "Xác nhận đến 10:00" not in page.buttons()
    dung.get("/desk/days/suspend")
    press(dung, "Xác nhận đến 10:00")
    assert "Trần Quốc Dũng đã xác nhận" in dung.page.text
    thu.get(RULES)
    press(thu, "Gia hạn", longer="30")
    assert "Cần người thứ hai xác nhận để dừng đến 10:30" in thu.page.text
    press(thu, "Chạy lại ngay")
    assert "Đã chạy lại" in thu.page.text and "Đang tạm dừng" not in thu.page.text


def test_the_whole_office_follows_in_the_same_moment(thursday):
    thu = signed_in(thursday.app, Role.MANAGER)
    thu.post("/desk/days/suspend", {"lineage": "thursday", "reason": "network", "minutes": "20"})
    with thursday.app.app_context():
        office = db.session.query(Office).first()
        (rule,) = policies.rules_of(db.session(), office, now=vietnam(26, 9, 0))
        assert rule.is_suspended(vietnam(26, 9, 0))


def test_an_outage_needs_a_reason_and_minutes(thursday):
    thu = signed_in(thursday.app, Role.MANAGER)
    page = thu.post("/desk/days/suspend", {"reason": "", "minutes": "x", "text": "Mất điện"}, status=422)
    assert len(page.faults) == 2 and page.values()["text"] == "Mất điện"
    with thursday.app.app_context():
        assert db.session.query(ServiceDaySuspension).count() == 0


def test_what_rests_already_is_told_in_words(thursday):
    thu = signed_in(thursday.app, Role.MANAGER)
    asked = {"lineage": "", "reason": "power", "minutes": "60"}
    thu.post("/desk/days/suspend", asked)
    assert "đang tạm dừng rồi" in thu.post("/desk/days/suspend", asked, status=422).text


def test_after_the_minutes_alone_it_says_that_nothing_rests_yet(thursday):
    thu = signed_in(thursday.app, Role.MANAGER)
    thu.post("/desk/days/suspend", {"lineage": "", "reason": "power", "minutes": "30"})
    thursday.clock.now = vietnam(26, 10, 0)
    page = signed_in(thursday.app, Role.MANAGER).post(
        "/desk/days/suspend", {"lineage": "", "reason": "power", "minutes": "30"}
    )
    assert "chưa tạm dừng" in page.text and "Chờ xác nhận" in page.text


def test_whoever_only_confirms_is_told_when_nothing_waits(thursday):
    page = signed_in(thursday.app, Role.DECIDING).get("/desk/days/suspend")
    assert "Không có lần tạm dừng nào đang chờ" in page.text
    assert "Tạm dừng ngay" not in page.buttons()


def test_a_wrong_extension_is_told(thursday):
    thu = signed_in(thursday.app, Role.MANAGER)
    thu.post("/desk/days/suspend", {"lineage": "", "reason": "power", "minutes": "20"})
    address, _ = button(thu.page, "Gia hạn")
    assert "Chưa gia hạn được" in thu.post(address, {"longer": "lâu"}, status=422).text

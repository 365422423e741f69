"""Running the office: what is typed is kept, told at its place, or kept from overwriting."""

from __future__ import annotations

import io
import json
import re

import pytest

from build import FRIDAY, an_application, vietnam
from conftest import offer
from deskway import signed_in
from devices.escpos import paint
from devices.printers import printer_at
from intake.accepting import accept
from intake.db import db
from intake.drawings.thermal import draw_thermal
from intake.events import citizen
from intake.office_file import ENGLISH
from intake.records import AcceptancePoint, Dossier, Errand, Event, FailedSearch, Office, OfficeHours, Printer
from intake.rules.rights import Role
from intake.specimen import dots, picture, specimen
from settings import ROOT
from visitor import Visitor


@pytest.fixture
def house(sqlite_house):
    sqlite_house.restore()
    return sqlite_house


@pytest.fixture
def thu(house) -> Visitor:
    """Bà Thu, who manages the office."""
    return signed_in(house.app, Role.MANAGER)


@pytest.fixture
def lans(house) -> int:
    """The id of bà Lan's dossier."""
    with house.app.app_context():
        point = db.session.query(AcceptancePoint).filter_by(code="K1").one()
        version = offer(db.session(), point)
        dossier = accept(
            db.session(), an_application(version), point,
            keys=house.keys, base_url="http://x", by=citizen("K1"), now=FRIDAY,
        )  # fmt: skip
        db.session.commit()
        return dossier.id


def kept(house, record: type, **wanted: object):
    with house.app.app_context():
        found = db.session.query(record).filter_by(**wanted).one()
        db.session.expunge_all()
        return found


def filled(thu: Visitor, address: str, **changes: str) -> dict[str, str]:
    """The form of a page, as it is drawn, with some fields typed anew."""
    return thu.get(address).values() | changes


EDITS = {
    "/desk/office/data": ({"name": "Trung tâm mới"}, {"name": "Tên khác"}),
    "/desk/office/receipt": ({"hotline": "1900 1111"}, {"hotline": "1900 2222"}),
    "/desk/office/counters/3": ({"name": "Quầy một"}, {"name": "Quầy hai"}),
    "/desk/office/kiosks/1": ({"name": "Máy sảnh"}, {"name": "Máy cửa"}),
    "/desk/office/groups/1": ({"name": "Chứng thực"}, {"name": "Sao y"}),
    "/desk/office/printers/1": ({"name": "Máy in A"}, {"name": "Máy in B"}),
    "/desk/office/procedures/1.001193": ({"words": "giấy con"}, {"words": "con mới sinh"}),
    "/desk/office/rules/lock_minutes": (
        {"value": "20", "valid_from": "20/11/2026", "instrument": "QĐ 1"},
        {"value": "30", "valid_from": "20/11/2026", "instrument": "QĐ 2"},
    ),
}


@pytest.mark.parametrize("address", EDITS)
def test_of_two_who_edit_the_same_the_second_is_told_and_keeps_what_was_typed(house, thu, address):
    mine, theirs = EDITS[address]
    seen = filled(thu, address)
    assert "Đã lưu." in thu.post(address, seen | mine).text
    page = thu.post(address, seen | theirs, status=422)
    assert "Có người vừa sửa trước" in page.text
    again = page.values()
    assert all(again[name] == value for name, value in theirs.items())
    for value in mine.values():
        if value not in theirs.values():
            assert value in page.text
    assert "Đã lưu." in thu.post(address, again).text


@pytest.mark.parametrize(
    ("address", "changes", "words"),
    [
        ("/desk/office/data", {"name": " "}, "chưa điền"),
        ("/desk/office/data", {"code_template": "{agency}-{seq4}"}, "cùng một mã"),
        ("/desk/office/receipt", {"receipt_note": "x" * 301}, "Dài quá"),
        ("/desk/office/rules/lock_minutes", {"value": "900"}, "Số lớn nhất là 240"),
        ("/desk/office/units/new", {"name": ""}, "chưa điền"),
        ("/desk/office/groups/new", {"prefix": "A", "name": "Khác"}, "đang dùng ký hiệu này"),
        ("/desk/office/counters/new", {"code": "K1", "name": "Quầy"}, "đã có nơi dùng"),
        ("/desk/office/kiosks/new", {"code": "Kiốt", "name": "Máy"}, "chữ không dấu"),
        ("/desk/office/printers/new", {"name": "Máy", "place": "10.0.0.7:x"}, "Địa chỉ chưa đúng"),
        ("/desk/office/printers/new", {"name": "Máy", "kind": "usb", "place": "04b8:0202"}, "chưa điền"),
        ("/desk/office/procedures/1.001193", {"words": "x" * 41}, "Dài quá"),
        ("/desk/office/hours/new", {"working.0": "sáng"}, "Chưa đọc được giờ"),
        ("/desk/office/hours/new", {"valid_from": "1/1/2020"}, "Ngày này đã qua"),
        ("/desk/office/days/new", {"date": "hôm nào"}, "Chưa đọc được ngày"),
    ],
)
def test_what_is_wrong_is_told_at_its_place_and_nothing_typed_is_lost(thu, address, changes, words):
    page = thu.post(address, filled(thu, address, **changes), status=422)
    assert any(words in fault for fault in page.faults), page.faults
    assert all(page.values()[name] == value.strip() or name == "name" for name, value in changes.items())


def test_a_new_counter_is_there_for_whoever_sits_down(house, thu):
    page = thu.post(
        "/desk/office/counters/new",
        filled(thu, "/desk/office/counters/new", code="q5", name="Quầy 5", printer="1", groups="1"),
    )
    assert "Quầy 5" in page.text
    assert "Quầy 5" in signed_in(house.app, Role.RECEPTION).get("/desk/seat").text


def test_who_sits_where_now_is_shown(house, thu):
    signed_in(house.app, Role.RECEPTION, point="Q2")
    assert "Lê Thu Hoa" in thu.get("/desk/office/counters").text


def test_the_next_code_is_shown_while_the_template_is_typed(thu):
    page = thu.get("/desk/office/data?code_template={agency}/{yyyymmdd}/{seq5}")
    assert "H56.17.22/20261120/00001" in page.text
    assert "chưa dùng được" in thu.get("/desk/office/data?code_template={x}").text


def test_every_change_is_told_on_its_page_with_old_and_new(thu):
    thu.post("/desk/office/data", filled(thu, "/desk/office/data", place="Hạc Thành"))
    text = thu.get("/desk/office/data").text
    assert "Lịch sử thay đổi" in text
    assert "Nơi ghi trên giấy: Phường Hạc Thành, tỉnh Thanh Hóa → Hạc Thành" in text
    assert "Nguyễn Thị Thu" in text


# --- hours and days ---


def look(thu: Visitor, **changes: str):
    typed = {"date": "25/11/2026", "kind": "holiday", "name": "Nghỉ bão", "instrument": "CĐ 15"} | changes
    return thu.post("/desk/office/days/new", typed | {"go": "look"})


def test_who_is_affected_is_shown_and_nothing_saved(house, thu, lans):
    page = look(thu)
    assert page.h1.text == "Ai bị ảnh hưởng"
    assert "1 hồ sơ đang giải quyết" in page.text and "H56.17.22-261120-0001" in page.text
    assert "Lê T. N. L." in page.text and "Lê Thị Ngọc Lan" not in page.text
    with house.app.app_context():
        assert db.session.query(Event).filter_by(kind="day_changed").count() == 0


def test_saving_a_day_off_moves_no_date_unless_it_is_decided(house, thu, lans):
    before = kept(house, Dossier, id=lans).deadline_at
    thu.post("/desk/office/days/new", look(thu).values() | {"recompute": "", "go": "save"})
    assert kept(house, Dossier, id=lans).deadline_at == before
    page = look(thu, date="26/11/2026")
    undecided = page.values() | {"recompute": "1", "go": "save"}
    page = thu.post("/desk/office/days/new", undecided, status=422)
    assert "số văn bản quyết định" in page.faults[0]
    page = thu.post(
        "/desk/office/days/new", page.values() | {"recompute": "1", "decision": "QĐ 88", "go": "save"}
    )
    assert "Đã tính lại hẹn trả của 1 hồ sơ" in page.text
    moved = kept(house, Dossier, id=lans)
    assert moved.deadline_at > before == moved.due_at
    assert kept(house, Event, kind="recomputed").reason == "QĐ 88"


def test_a_date_that_would_come_sooner_is_marked_in_words(thu, lans):
    page = look(thu)
    assert "sớm hơn" not in page.text
    thu.post("/desk/office/days/new", page.values() | {"recompute": "1", "decision": "QĐ 88", "go": "save"})
    page = look(thu, kind="none")
    assert "trở lại như thường" in page.text and "sớm hơn" in page.text


def test_who_planned_on_another_calendar_sees_the_list_again(thu):
    seen = look(thu).values()
    other = look(thu, date="27/11/2026").values()
    thu.post("/desk/office/days/new", other | {"go": "save"})
    page = thu.post("/desk/office/days/new", seen | {"go": "save"}, status=422)
    assert "Có người vừa đổi giờ hoặc ngày nghỉ trước" in page.text


def test_a_plan_can_be_mended_without_typing_it_again(thu):
    page = thu.post("/desk/office/days/new", look(thu).values() | {"go": "mend"})
    assert page.values()["name"] == "Nghỉ bão"


def test_new_hours_hold_from_their_day(house, thu):
    typed = filled(thu, "/desk/office/hours/new", valid_from="1/12/2026", instrument="QĐ 12")
    page = thu.post("/desk/office/hours/new", typed | {"working.5": "8h-11h", "go": "look"})
    page = thu.post("/desk/office/hours/new", page.values() | {"go": "save"})
    assert "sắp tới" in page.text and "08:00–11:00" in page.text
    assert kept(house, OfficeHours).hours["working"]["5"] == [["08:00", "11:00"]]


# --- kiosks ---


def test_kiosks_are_closed_to_strangers_with_a_code_for_each_machine(house, thu):
    page = thu.get("/desk/office/kiosks")
    assert "Mọi trình duyệt đều vào được" in page.text
    thu.post("/desk/office/kiosks", page.values() | {"go": "close"})
    code = "".join(
        re.findall(r'big-code digits">(\w{4}) (\w{4})', thu.post("/desk/office/kiosks/1/code").html)[0]
    )
    machine = Visitor(house.app)
    assert machine.get("/kiosk/?point=K1").h1.text == "Máy này chưa được đăng ký"
    assert machine.post("/kiosk/register", {"code": code}).h1.text == "Chạm để bắt đầu"
    assert "đang chạy" in thu.get("/desk/office/kiosks").text
    thu.post("/desk/office/kiosks/1/revoke")
    assert machine.get("/kiosk/").h1.text == "Máy này chưa được đăng ký"
    assert code not in thu.get("/desk/office/kiosks/1").html


def test_who_closes_what_another_has_closed_is_told(thu):
    seen = thu.get("/desk/office/kiosks").values()
    thu.post("/desk/office/kiosks", seen | {"go": "close"})
    assert "Có người vừa đổi trước" in thu.post("/desk/office/kiosks", seen | {"go": "open"}, status=422).text


# --- printers ---


def test_a_printer_is_added_by_how_it_is_joined(house, thu):
    typed = filled(thu, "/desk/office/printers/new", name="Quầy 1", place="192.168.1.50:9100", width="384")
    thu.post("/desk/office/printers/new", typed | {"kind": "tcp", "ack": "gs_r"})
    assert kept(house, Printer, name="Quầy 1").url == "tcp://192.168.1.50:9100?width=384&ack=gs_r"


@pytest.mark.parametrize("htmx", [False, True])
def test_a_test_paper_is_asked_for_and_its_fate_polled(house, htmx):
    thu = signed_in(house.app, Role.MANAGER, htmx="test" if htmx else "")
    page = thu.post("/desk/office/printers/1/test")
    assert "Đang in thử" in page.text
    with house.app.app_context():
        db.session.query(Errand).filter_by(is_test=True).update({"state": "unknown", "reason": "no_answer"})
        db.session.commit()
    page = thu.get("/desk/office/printers/1/test")
    assert "gửi rồi, máy không báo lại" in page.text and "load delay" not in page.html


def test_trouble_is_told_in_words(house, thu):
    with house.app.app_context():
        db.session.query(Printer).update({"trouble": "paper_out", "checked_at": FRIDAY})
        db.session.commit()
    assert "hết giấy" in thu.get("/desk/office/printers").text
    assert "hết giấy" in thu.get("/desk/office").text


# --- procedures ---


def first(thu: Visitor) -> list[str]:
    return re.findall(r'id="p-([\d.]+)"', thu.get("/desk/office/procedures").html)[:3]


def test_tiles_are_put_in_order_without_a_mouse_or_a_script(thu):
    one, two, three = first(thu)
    seen = thu.get("/desk/office/procedures").values()
    page = thu.post("/desk/office/procedures", {"stamp": seen["stamp"], "go": f"down.{one}"})
    assert first(thu) == [two, one, three]
    assert re.search(rf'value="up\.{re.escape(one)}"[^>]*autofocus', page.html)
    late = thu.post("/desk/office/procedures", {"stamp": seen["stamp"], "go": f"down.{one}"}, status=422)
    assert "Có người vừa sửa danh sách trước" in late.text and first(thu) == [two, one, three]


def test_a_procedure_is_withdrawn_found_again_and_received(thu):
    thu.post("/desk/office/procedures", {"go": "withdraw.1.001193"})
    page = thu.get("/desk/office/procedures?q=khai sinh")
    assert 'value="add.1.001193"' in page.html
    thu.post("/desk/office/procedures", {"go": "add.1.001193"})
    assert 'id="p-1.001193"' in thu.get("/desk/office/procedures").html


def test_what_nobody_found_is_given_a_meaning(house, thu):
    with house.app.app_context():
        db.session.add(FailedSearch(office_id=1, words="zzkaraoke", times=3, last_at=FRIDAY))
        db.session.commit()
    assert "zzkaraoke" in thu.get("/desk/office/procedures").text
    assert "Hãy chọn thủ tục" in thu.post("/desk/office/searches/1", {"go": "map"}, status=422).text
    page = thu.post("/desk/office/searches/1", {"go": "map", "procedure": "1.001193"})
    assert "Không có lần tìm nào chờ xem" in page.text
    kiosk = Visitor(house.app)
    kiosk.get("/kiosk/?point=K1")
    kiosk.post("/kiosk/start")
    assert 'value="1.001193"' in kiosk.get("/kiosk/procedures?q=zzkaraoke").html


# --- receipts ---


@pytest.mark.parametrize("width", [576, 384])
def test_the_picture_is_the_very_dots_the_printer_gets(house, thu, tmp_path, width):
    texts = "hotline=1900 9999&collect_at=Quầy 9&receipt_note=Gửi xe ở cổng sau."
    shown = thu.client.get(f"/desk/office/receipt/{width}.png?{texts}")
    assert shown.mimetype == "image/png"
    with house.app.app_context():
        office = db.session.query(Office).one()
        values = dict(pair.split("=") for pair in texts.split("&"))
        paper = specimen(office, values, promised_at=vietnam(26, 17, 30), now=FRIDAY)
    raster = dots(shown.data)
    assert raster == draw_thermal(paper, width) == dots(picture(paper, width))
    file = tmp_path / "sent.bin"
    printer = printer_at(f"file://{file}?width={width}&band=64")
    printer.print(paper)
    assert paint(raster, band=64) in file.read_bytes()


def test_only_paper_widths_are_drawn(thu):
    thu.get("/desk/office/receipt/9999.png", status=404)


def test_texts_being_typed_are_in_the_picture_and_not_kept(house, thu):
    page = thu.get("/desk/office/receipt?receipt_note=Xin+chào&width=384")
    assert "receipt_note=Xin+ch" in page.html and "/384.png" in page.html
    assert kept(house, Office).receipt_note == ""


# --- the office as one file ---


def the_file(thu: Visitor) -> dict:
    response = thu.client.get("/desk/office/configuration/file")
    assert "H56.17.22-20261120.json" in response.headers["Content-Disposition"]
    return json.loads(response.data)


def uploads(thu: Visitor, text: str, status: int = 200):
    return thu.post(
        "/desk/office/configuration", {"file": (io.BytesIO(text.encode()), "office.json")}, status=status
    )


def test_a_file_of_a_whole_commune_is_taken_in(house, thu):
    """All other forms end at 64 KiB; this one comes twice, as a file and as text."""
    data = the_file(thu) | {"hotline": "1900 9999"}
    page = uploads(thu, json.dumps(data) + " " * 100_000)
    assert 'enctype="multipart/form-data"' in page.html
    text = page.values()["text"] + "\n" * 100_000
    response = thu.client.post(
        "/desk/office/configuration",
        data=page.values() | {"text": text, "go": "take"},
        headers={"Origin": "http://localhost"},
        content_type="multipart/form-data",
    )
    assert response.status_code == 303 and kept(house, Office).hotline == "1900 9999"


def test_a_file_is_reported_on_before_it_is_taken_in(house, thu):
    data = the_file(thu) | {"hotline": "1900 9999", "units": ["Phòng Kinh tế"]}
    page = uploads(thu, json.dumps(data))
    assert "2 thay đổi" in page.text and "0237 385 0000 → 1900 9999" in page.text
    assert kept(house, Office).hotline == "0237 385 0000"
    page = thu.post("/desk/office/configuration", page.values() | {"go": "take"})
    assert "Đã nhập cấu hình" in page.text
    assert kept(house, Office).hotline == "1900 9999"
    assert "giống hệt" in uploads(thu, json.dumps(data)).text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "không phải cấu hình"),
        ('{"code": 1,\n "name": }', "Dòng 2 của tệp không đọc được"),
        ("[]", "cả tệp"),
        ("{}", "name: chưa có chữ"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_by_its_place(thu, text, words):
    assert words in uploads(thu, text, status=422).text.replace(" :", ":")


def test_every_fault_of_a_file_has_a_sentence():
    template = (ROOT / "templates/desk/office/file_faults.html").read_text(encoding="utf-8")
    assert [code for code in ENGLISH if f'"{code}"' not in template] == []


def test_a_report_of_an_office_that_changed_is_made_anew(house, thu):
    report = uploads(thu, json.dumps(the_file(thu) | {"hotline": "1900 9999"})).values()
    thu.post("/desk/office/receipt", filled(thu, "/desk/office/receipt", hotline="1900 1111"))
    page = thu.post("/desk/office/configuration", report | {"go": "take"}, status=422)
    assert "Có người vừa sửa văn phòng" in page.text and "1900 1111 → 1900 9999" in page.text


def test_a_file_names_no_person_and_no_secret(house, thu, lans):
    text = json.dumps(the_file(thu), ensure_ascii=False)
    for secret in ("thu", "Nguyễn", "password", "device_key", "Ngọc Lan"):
        assert f'"{secret}"' not in text
    assert "Ngọc Lan" not in text


# --- another office ---


@pytest.mark.parametrize(
    "address", ["units/1", "groups/77", "counters/77", "kiosks/77", "printers/77", "procedures/9.999999"]
)
def test_what_is_not_of_this_office_is_not_there(thu, address):
    assert thu.get(f"/desk/office/{address}", status=422).h1.text == "Không có mục này"

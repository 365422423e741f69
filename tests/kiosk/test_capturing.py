"""Papers at the kiosk: photographed there or sent from a phone, and judged; and the draft taken along."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from PIL import Image

from intake import visits
from intake.captures import links, scan_jobs
from intake.db import db
from intake.records import AcceptancePoint, DocumentFile, Dossier, ScanJob
from kioskway import Way
from papersway import a_file, a_photo, darkened
from visitor import Visitor

SMALL = (1200, 1600)  # a form above half a megabyte leaves a file of the test client open
PAGE = a_file(a_photo(size=SMALL), quality=70)
DARK = a_file(darkened(a_photo(size=SMALL)), quality=70)


@pytest.fixture
def lan(house) -> Way:
    """Bà Lan at the papers of her procedure."""
    lan = Way(house.app)
    lan.has_answered()
    return lan


def sends(visitor: Visitor, path: str, *contents: bytes, status: int = 200, **more: str):
    pages = [(io.BytesIO(content), f"page{number}.jpg") for number, content in enumerate(contents)]
    return visitor.post(path, {"pages": pages, **more}, status=status)


def papers_on(page) -> list[str]:
    return re.findall(r'value="camera\.([^"]+)"', page.html)


def test_a_page_is_photographed_judged_and_is_the_answer(lan):
    key = papers_on(lan.page)[0]
    page = lan.post("/kiosk/documents", {"go": f"camera.{key}"})
    assert page.h1.text == "Chụp giấy tờ"
    page = sends(lan, f"/kiosk/papers/{key}/camera", PAGE)
    assert page.h1.text == "Trang này đọc rõ không?"
    assert lan.client.get(page.tree.all("img")[0].attributes["src"]).data[:3] == b"\xff\xd8\xff"
    page = lan.post(page.response.request.path, {"go": "keep"})
    assert page.h1.text == "Các trang của giấy này" and "Xong giấy này, 1 trang" in page.text
    page = lan.post(f"/kiosk/papers/{key}", {"go": "done"})
    assert page.h1.text == "Đang có những giấy nào?" and "Đã có 1 trang" in page.text
    assert page.values()[f"{key}.how"] == "attached"


def test_a_dark_page_is_told_with_its_picture_and_may_be_taken_again(lan):
    key = papers_on(lan.page)[0]
    page = sends(lan, f"/kiosk/papers/{key}/camera", DARK)
    assert page.h1.text == "Trang này có chỗ khó đọc" and "Tối quá" in page.text
    where = page.response.request.path
    page = lan.post(where, {"go": "again"})
    assert page.h1.text == "Chụp giấy tờ"
    assert lan.get(where).h1.text == "Đưa giấy vào bằng cách nào?"  # it is gone
    sends(lan, f"/kiosk/papers/{key}/camera", DARK)
    page = lan.post(lan.page.response.request.path, {"go": "keep"})
    assert "1 trang" in page.text and "Tối quá" not in page.text  # somebody looked at it and took it


def test_pages_are_turned_ordered_and_taken_away(lan):
    key = papers_on(lan.page)[0]
    page = sends(lan, f"/kiosk/papers/{key}/camera", PAGE, PAGE, b"%PDF-broken", status=422)
    assert "Có 1 tệp chưa nhận được" in page.text
    page = lan.get(f"/kiosk/papers/{key}")
    first, second = (one.all("a")[0].attributes["href"] for one in page.tree.all("li", class_="page"))
    lan.post(first, {"go": "later"})
    page = lan.get(f"/kiosk/papers/{key}")
    assert page.html.index(second) < page.html.index(first)
    page = lan.post(first, {"go": "turn"})
    turned = Image.open(io.BytesIO(lan.client.get(page.tree.all("img")[0].attributes["src"]).data))
    assert turned.width > turned.height
    lan.post(second, {"go": "remove"})
    page = lan.post(first, {"go": "remove"})
    assert page.h1.text == "Đưa giấy vào bằng cách nào?"
    page = lan.post(f"/kiosk/papers/{key}", {"go": "back"})
    assert page.values()[f"{key}.how"] == "state" and "attached" not in page.html


def test_an_answer_of_pages_needs_pages(lan):
    keys = papers_on(lan.page)
    page = lan.post("/kiosk/documents", {f"{key}.how": "attached" for key in keys}, status=422)
    assert len(page.faults) == len(keys)


def test_only_the_screen_that_photographs_may_open_the_camera(lan):
    key = papers_on(lan.page)[0]
    page = lan.post("/kiosk/documents", {"go": f"camera.{key}"})
    assert page.h1.text == "Chụp giấy tờ"
    for path, allowed in ((f"/kiosk/papers/{key}/camera", "(self)"), (f"/kiosk/papers/{key}", "()")):
        with lan.client.get(path) as answer:
            assert f"camera={allowed}," in answer.headers["Permissions-Policy"], path


def test_other_letters_do_not_forget_the_check(lan):
    key = papers_on(lan.page)[0]
    page = lan.post(f"/kiosk/papers/{key}", {"go": "size", "then": "check"})
    assert page.tree.all("input", name="then")


def test_nobody_sees_the_pages_of_another(lan, khach):
    key = papers_on(lan.page)[0]
    page = sends(lan, f"/kiosk/papers/{key}/camera", PAGE)
    picture = page.tree.all("img")[0].attributes["src"]
    khach.has_answered()
    assert khach.client.get(picture).status_code == 422
    assert sends(khach, page.response.request.path).h1.text == "Đưa giấy vào bằng cách nào?"


def address_on(page) -> str:
    found = re.search(r"/u/([A-Z2-9]{12})", page.text)
    assert found
    return found[0]


def test_a_phone_sends_pages_and_the_kiosk_shows_them(lan, khach, clock):
    key = papers_on(lan.page)[0]
    page = lan.post("/kiosk/documents", {"go": f"phone.{key}"})
    assert page.h1.text == "Gửi từ điện thoại" and "Chưa có trang nào" in page.text
    where = address_on(page)
    page = khach.get(where)
    assert page.h1.text == "Gửi giấy tờ từ điện thoại" and "Lan" not in page.text
    page = sends(khach, where, status=422)
    assert "Chưa chọn ảnh nào" in page.text
    page = sends(khach, where, PAGE, b"", b"<html><script>alert(1)</script>", status=422)
    refused = [one.text for item in page.tree.all("div", class_="refused") for one in item.all("li")]
    assert len(refused) == 2 and len(set(refused)) == 2, refused
    assert "Ki-ốt đã nhận 1 tệp" in page.text
    page = lan.get(f"/kiosk/papers/{key}/phone")
    assert "Đã nhận 1 trang" in page.text
    sends(khach, where, DARK)
    assert "Tối quá" in khach.page.text
    dark = khach.page.tree.all("button", name="remove")[1].attributes["value"]
    page = khach.post(where, {"remove": dark})
    assert "Ki-ốt đã nhận 1 tệp" in page.text
    page = lan.post(f"/kiosk/papers/{key}/phone", {"go": "done"})
    assert "Xong giấy này, 1 trang" in page.text
    assert lan.post(f"/kiosk/papers/{key}", {"go": "done"}).values()[f"{key}.how"] == "attached"
    clock.now += links.LASTS
    assert khach.get(where, status=404).h1.text == "Địa chỉ này không nhận thêm nữa"


def test_a_phone_takes_back_nothing_but_its_own(lan, khach):
    key = papers_on(lan.page)[0]
    sends(lan, f"/kiosk/papers/{key}/camera", PAGE)
    where = address_on(lan.post("/kiosk/documents", {"go": f"phone.{key}"}))
    assert "đã nhận" not in khach.get(where).text
    for file in ("1", "x", "0"):
        assert khach.post(where, {"remove": file}, status=422).h1.text
    assert lan.count(DocumentFile) == 1
    assert "1 trang" in lan.get(f"/kiosk/papers/{key}").text


def test_the_scanner_is_asked_where_there_is_one(lan):
    key = papers_on(lan.page)[0]
    assert "Quét ở đây" not in lan.page.text
    with lan.app.app_context():
        db.session.query(AcceptancePoint).filter_by(code="K1").one().scanner = "test"
        db.session.commit()
    assert "Quét ở đây" in lan.get("/kiosk/documents").text
    page = lan.post("/kiosk/documents", {"go": f"scan.{key}"})
    assert "Đang quét" in page.text and lan.count(ScanJob) == 1
    with lan.app.app_context():
        job = db.session.query(ScanJob).one()
        scan_jobs.finish(db.session(), job, reason="no_documents", now=lan.app.extensions["motcham"].clock())
        db.session.commit()
    assert "Chưa có giấy trong máy quét." in lan.get(f"/kiosk/papers/{key}/scan").text
    assert lan.post(f"/kiosk/papers/{key}/scan", {"go": "done"}).h1.text == "Đưa giấy vào bằng cách nào?"


def taken_along(lan) -> str:
    """The code on the screen of the kiosk."""
    page = lan.post("/kiosk/documents", {"go": "along"})
    assert page.h1.text == "Làm tiếp trên điện thoại"
    page = lan.post("/kiosk/save", page.values())
    found = re.search(r"/kiosk/m/([A-Z2-9]{8})", page.text)
    assert found and "038156001234" not in page.html
    lan.post("/kiosk/end", {"reason": "done"})
    return found[1]


def test_a_draft_goes_on_on_the_phone_and_is_filed_there(lan, khach):
    key = papers_on(lan.page)[0]
    sends(lan, f"/kiosk/papers/{key}/camera", PAGE)
    lan.post(lan.page.response.request.path, {"go": "keep"})
    code = taken_along(lan)
    page = khach.get(f"/kiosk/m/{code}")
    assert page.h1.text == "Làm tiếp trên điện thoại" and "Lan" not in page.text
    assert khach.post("/kiosk/m/", {"code": code, "number": ""}, status=422).faults
    assert khach.post("/kiosk/m/", {"code": code, "number": "9999"}, status=422).faults
    page = khach.post("/kiosk/m/", {"code": code, "number": "1234"})
    assert page.h1.text == "Đang có những giấy nào?" and "Đã có 1 trang" in page.text
    assert "Gửi từ điện thoại" not in page.text and "Làm tiếp trên điện thoại" not in page.text
    assert 'data-wipe="1800"' in page.html
    sends(khach, f"/kiosk/papers/{key}/camera", PAGE)
    said = {f"{one}.how": "paper" for one in papers_on(page)} | {f"{key}.how": "attached"}
    khach.post("/kiosk/documents", said)
    khach.post("/kiosk/collection", {"how": "counter_later"})
    page = khach.has_seen_the_fee()
    page = khach.post("/kiosk/submit", {"attempt": page.values()["attempt"]})
    assert page.h1.text == "Đã nhận hồ sơ" and "chụp màn hình lại" in page.text
    with lan.app.app_context():
        dossier = db.session.query(Dossier).one()
        assert db.session.get_one(AcceptancePoint, dossier.acceptance_point_id).kind == "phone"
        files = db.session.query(DocumentFile).order_by(DocumentFile.position).all()
        assert [file.dossier_id for file in files] == [dossier.id] * 2
    page = khach.post("/kiosk/end", {"reason": "done"})
    assert "Có thể đóng trang này" in page.text
    assert khach.get("/kiosk/").h1.text == "Làm tiếp trên điện thoại"
    assert lan.get(f"/kiosk/m/{code}").status == 200
    assert khach.post("/kiosk/m/", {"code": code, "number": "1234"}, status=422).faults


def test_what_was_said_on_the_phone_is_there_at_the_kiosk(lan, khach, clock):
    code = taken_along(lan)
    khach.post("/kiosk/m/", {"code": code, "number": "1234"})
    key = papers_on(khach.page)[0]
    sends(khach, f"/kiosk/papers/{key}/camera", PAGE)
    clock.now += visits.PHONE_IDLE * 2
    assert khach.get("/kiosk/documents").h1.text == "Lượt này đã kết thúc"
    with lan.app.app_context():
        visits.sweep_idle(db.session(), now=clock.now, idle=timedelta(seconds=90))
        db.session.commit()
    lan.starts()
    page = lan.post("/kiosk/open", {"code": code, "number": "1234"})
    assert page.h1.text == "Đang có những giấy nào?" and "Đã có 1 trang" in page.text


def test_the_digits_of_one_code_are_not_tried_out(lan, house):
    code = taken_along(lan)
    for number in range(8):
        Way(house.app).post("/kiosk/m/", {"code": code, "number": f"{number:04}"}, status=422)
    guest = Way(house.app)
    assert guest.post("/kiosk/m/", {"code": code.lower(), "number": "1234"}, status=429)

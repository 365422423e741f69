"""The working list and the dossier beside it: each act by page, with and without htmx."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from build import FRIDAY, an_applicant, an_application, vietnam
from conftest import House, offer
from desk.defaults import FIRST
from deskway import signed_in
from intake.accepting import accept
from intake.db import db
from intake.drafts import Collection
from intake.events import citizen
from intake.offices import point_of
from intake.records import Dossier, Errand, Event, Handover, Notice, Office, ProcedureVersion, Unit
from intake.rules.lifecycle import Delivery, Payment, Status
from intake.rules.offering import OFFERS, Act
from intake.rules.rights import Role
from kioskway import Way
from visitor import Page, Visitor

ROOT = Path(__file__).resolve().parents[2]
BASIS = "Nghị định 123/2015/NĐ-CP"
REASON = "Giấy tờ kèm theo đã hết giá trị sử dụng"


@dataclass
class Desk:
    """The demo office with one dossier of bà Lan's, and everything the tests ask of it."""

    house: House
    app: Flask
    code: str

    @property
    def path(self) -> str:
        return f"/desk/dossiers/{self.code}"

    def someone(self, role: Role = Role.RECEPTION, *, htmx: str = "", **more: object) -> Visitor:
        visitor = signed_in(self.app, role, htmx=htmx, **more)  # type: ignore[arg-type]
        visitor.at = self.path if htmx else visitor.at
        return visitor

    def file(self, name: str, **changes: object) -> str:
        with self.app.app_context():
            return _file(self.house, name, **changes)

    def change(self, **values: object) -> None:
        with self.app.app_context():
            dossier = db.session.scalars(select(Dossier).filter_by(dossier_code=self.code)).one()
            for name, value in values.items():
                setattr(dossier, name, value)
            db.session.commit()

    def of(self, name: str) -> object:
        with self.app.app_context():
            found = db.session.scalars(select(Dossier).filter_by(dossier_code=self.code)).one()
            return getattr(found, name)

    def events(self) -> list[str]:
        with self.app.app_context():
            mine = select(Event.kind).join(Dossier, Dossier.id == Event.dossier_id)
            return list(db.session.scalars(mine.where(Dossier.dossier_code == self.code).order_by(Event.id)))

    def count(self, record: type) -> int:
        with self.app.app_context():
            return int(db.session.query(record).count())

    def unit(self, name: str = "Công an phường") -> int:
        with self.app.app_context():
            unit = Unit(office_id=db.session.scalars(select(Office.id)).first(), name=name)
            db.session.add(unit)
            db.session.commit()
            return unit.id


@pytest.fixture
def desk(sqlite_house: House) -> Iterator[Desk]:
    sqlite_house.restore()
    with sqlite_house.app.app_context():
        point = point_of(db.session(), "K1")
        assert point is not None
        offer(db.session(), point, legal_bases=(BASIS,))
        code = _file(sqlite_house, "Lê Thị Ngọc Lan")
        db.session.remove()
    yield Desk(sqlite_house, sqlite_house.app, code)
    with sqlite_house.app.app_context():
        db.session.remove()


def _file(house: House, name: str, **changes: object) -> str:
    session = db.session()
    point = point_of(session, "K1")
    assert point is not None
    version = session.scalars(select(Dossier.procedure_version_id)).first() or _newest(session)
    application = an_application(version, applicant=an_applicant(name=name), **changes)
    filed = accept(
        session,
        application,
        point,
        keys=house.keys,
        base_url="http://x",
        by=citizen("K1"),
        now=house.clock(),
    )
    session.commit()
    return filed.dossier_code


def _newest(session: Session) -> int:
    return max(session.scalars(select(ProcedureVersion.id).filter_by(procedure_code="1.000001")))


@pytest.fixture(params=["plain", "htmx"])
def hoa(request: pytest.FixtureRequest, desk: Desk) -> Visitor:
    """Reception, with a browser that has no script and with one that replaces the pane."""
    return desk.someone(htmx="pane" if request.param == "htmx" else "", point="Q2")


@pytest.fixture(params=["plain", "htmx"])
def thu(request: pytest.FixtureRequest, desk: Desk) -> Visitor:
    """The manager, who also decides."""
    return desk.someone(Role.MANAGER, htmx="pane" if request.param == "htmx" else "")


def told(page: Page) -> list[str]:
    return [one.text for one in page.tree if "told" in one.attributes.get("class", "").split()]


def ticked(page: Page) -> list[str]:
    """Which boxes of «items» are ticked."""
    return [
        one.attributes["value"] for one in page.tree.all("input", name="items") if "checked" in one.attributes
    ]


def keys_on(page: Page) -> set[str]:
    return {one.attributes["data-key"] for one in page.tree if "data-key" in one.attributes}


# The list


def test_the_list_is_where_an_officer_starts(desk):
    page = desk.someone().get("/desk/")
    assert page.h1.text == "Hồ sơ cần làm"
    (row,) = [one for one in page.tree.all("a") if "data-row" in one.attributes]
    assert "Bản sao trích lục" in row.text and "Lê Thị Ngọc Lan · 038156***234" in row.text
    assert "còn 2 ngày làm việc" in row.text
    (due,) = [one for one in row.all("span") if "title" in one.attributes]
    assert due.attributes["title"].startswith("Hẹn trả")


def test_an_empty_office_says_so(desk):
    desk.change(status=Status.RETURNED)
    assert "Không còn hồ sơ nào phải làm" in desk.someone().get("/desk/").text


def test_a_part_without_dossiers_says_so(desk):
    assert "Không có hồ sơ nào ở mục này" in desk.someone().get("/desk/?show=mine").text


@pytest.mark.parametrize("strange", ["?show=nothing", "?page=-1", "?page=99999999", "?page=x"])
def test_strange_addresses_still_give_the_list(desk, strange):
    desk.someone().get(f"/desk/{strange}")


def test_a_poll_draws_the_list_alone_keeps_the_open_row_and_moves_no_address(desk):
    hoa = desk.someone(htmx="inbox")
    page = hoa.get(f"/desk/?show=all&live=1&open={desk.code}")
    assert not page.tree.all("article") and "HX-Push-Url" not in page.response.headers
    (row,) = [one for one in page.tree.all("a") if "data-row" in one.attributes]
    assert row.attributes["aria-current"] == "true" and row.attributes["id"] == f"row-{desk.code}"


def test_typing_narrows_what_is_open_and_enter_finds_what_is_done(desk):
    other = desk.file("Trần Văn Tú")
    page = desk.someone(htmx="inbox").post("/desk/search", {"q": "tu tran", "live": "1"})
    assert "Trần Văn Tú" in page.text and "Ngọc Lan" not in page.text
    desk.change(status=Status.RETURNED)
    hoa = desk.someone()
    live = hoa.post("/desk/search?live=1", {"q": "ngoc lan"})
    assert "Ngọc Lan" not in live.text.replace("«ngoc lan»", "")
    assert hoa.post("/desk/search", {"q": "ngoc lan"}, follow=False).location == desk.path
    assert "Tìm thấy 2 hồ sơ" in hoa.post("/desk/search", {"q": other.rpartition("-")[0]}).text


def test_nothing_typed_in_the_search_stands_in_an_address(desk):
    """Addresses are kept by browsers and by the logs of proxies."""
    hoa = desk.someone()
    (form,) = hoa.get("/desk/").tree.all("form", class_="find")
    assert (form.attributes["method"], form.attributes["action"]) == ("post", "/desk/search")
    for typed in ("038156001234", "Ngọc", "%"):
        for live in ({"live": "1"}, {}):
            page = hoa.post("/desk/search", {"q": typed} | live)
            assert "q=" not in page.html
    assert hoa.get("/desk/search", follow=False).location == "/desk/"


def test_what_nobody_has_is_not_found_in_words(desk):
    assert "Không tìm thấy hồ sơ nào" in desk.someone().post("/desk/search", {"q": "không ai cả"}).text


# The dossier


def test_a_dossier_opens_beside_the_list_and_alone_for_htmx(desk):
    whole = desk.someone().get(desk.path)
    alone = desk.someone(htmx="pane").get(desk.path)
    for page in (whole, alone):
        assert "Bản sao trích lục · Lê Thị Ngọc Lan" in page.text
        assert "Lê Văn Bình" in page.text and "Tờ khai" in page.text and "1 bản chính" in page.text
    assert whole.tree.all("ul", class_="rows") or "data-list" in whole.html
    assert "data-list" not in alone.html and alone.html.startswith("<title>Hồ sơ cần làm")
    assert alone.html.partition("</title>")[2].strip()[:200] in whole.html


def test_opening_is_an_event_and_locks_nothing(desk):
    hoa = desk.someone()
    hoa.get(desk.path)
    hoa.get(desk.path)
    assert desk.events().count("viewed") == 1 and desk.of("held_by") is None
    assert "Lê Thu Hoa mở hồ sơ" in hoa.get(desk.path).text


def test_numbers_are_masked_until_asked_for_and_asking_is_an_event(desk, hoa):
    masked = hoa.get(desk.path)
    assert "038156001234" not in masked.html and "038156***234" in masked.text
    shown = hoa.post(f"{desk.path}/reveal")
    assert "038156001234" in shown.text and "0912345678" in shown.text
    assert "038156001234" not in hoa.get(desk.path).html
    with desk.app.app_context():
        seen = [one.facts for one in db.session.scalars(select(Event).filter_by(kind="viewed"))]
    assert seen.count({"in_full": True}) == 1


def test_another_offices_dossier_does_not_exist(desk):
    with desk.app.app_context():
        office = db.session.scalars(select(Office)).first()
        columns = [column.name for column in Office.__table__.columns if column.name != "id"]
        other = Office(**{name: getattr(office, name) for name in columns} | {"code": "H56.99"})
        db.session.add(other)
        db.session.commit()
        other_id = other.id
    stranger = desk.someone(Role.MANAGER, office_id=other_id)
    known = stranger.get(desk.path, status=404)
    never = stranger.get("/desk/dossiers/H56.17.22-261120-9999", status=404)
    assert "Không có hồ sơ này" in known.text
    assert known.html.replace(desk.code, "") == never.html.replace("H56.17.22-261120-9999", "")
    for offered in OFFERS:
        stranger.post(f"{desk.path}/{offered.act.replace('_', '-')}", status=404)
    stranger.post(f"{desk.path}/reveal", status=404)
    assert desk.events() == ["submitted", "accepted"]


def test_what_is_missing_or_doubtful_is_a_notice_of_its_own(desk):
    with desk.app.app_context():
        from intake.contents import content_of, seal_content

        dossier = db.session.scalars(select(Dossier)).one()
        content = content_of(dossier, desk.house.keys)
        doubtful = replace(content.applicant, contradictions=("sex", "born"))
        seal_content(dossier, replace(content, documents={}, applicant=doubtful), desk.house.keys)
        db.session.commit()
    page = desk.someone().get(desk.path)
    assert ticked(desk.someone().get(f"{desk.path}?form=supplement")) == ["form"]
    (notice,) = [one for one in page.tree if one.attributes.get("role") == "note"]
    assert "Tờ khai: chưa có" in notice.text and "giới tính là Nữ" in notice.text
    assert "chưa có, hỏi người nộp" in page.text


def test_an_auditor_reads_and_is_offered_nothing(desk):
    page = desk.someone(Role.AUDITOR).get(desk.path)
    acts = [one for one in page.tree.all("form") if one.attributes.get("method") == "post"]
    harmless = {f"{desk.path}/reveal", "/desk/search", "/desk/sign-out"}
    assert {one.attributes["action"] for one in acts} <= harmless
    assert not keys_on(page) & {offer.key for offer in OFFERS}


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.CLERK])
def test_who_has_nothing_to_do_with_dossiers_sees_none(desk, role):
    for path in ("/desk/", desk.path):
        assert desk.someone(role).client.get(path).status_code == 403


def test_a_clerk_of_the_post_is_told_what_comes_and_offered_no_counter(desk):
    page = desk.someone(Role.CLERK).get("/desk/account")
    assert "Phần việc của bưu điện sẽ mở ở đây khi quầy bưu điện được bật." in page.text
    assert "Chọn quầy" not in page.text and "Đổi quầy" not in page.text
    assert "bưu điện sẽ mở" not in desk.someone().get("/desk/account").text


def test_the_keys_stand_on_the_buttons(desk):
    page = desk.someone().get(desk.path)
    assert {"T", "B", "X", "D", "N", "H", "/", "P"} <= keys_on(page)
    for one in page.tree:
        if one.tag in ("button", "a") and "data-key" in one.attributes and one.all("kbd"):
            assert one.all("kbd")[0].text.upper() == one.attributes["data-key"].upper()


# Acts


def test_accepting_is_one_press(desk, hoa):
    page = hoa.post(f"{desk.path}/check")
    assert told(page) == ["Đã tiếp nhận hồ sơ."]
    assert "Lê Thu Hoa tiếp nhận hồ sơ" in page.text and desk.of("status") == Status.IN_PROGRESS
    assert "Bạn đang giữ" in page.text
    assert page.response.headers.get("HX-Trigger-After-Settle") == "moved"


def test_taking_and_letting_go(desk, hoa):
    assert "Đã nhận việc" in told(hoa.post(f"{desk.path}/take"))[0]
    assert desk.of("held_by") is not None
    assert "Đã nhả hồ sơ" in told(hoa.post(f"{desk.path}/release"))[0]
    assert desk.of("held_by") is None


def test_two_officers_never_hold_one_dossier_and_the_second_reads_whose_it_is(desk, thu):
    desk.someone().post(f"{desk.path}/take")
    page = thu.post(f"{desk.path}/take", status=422)
    assert "Lê Thu Hoa" in told(page)[0]
    assert "Gỡ việc đang giữ" in thu.get(desk.path).text
    thu.post(f"{desk.path}/end-lock")
    assert "Đã nhận việc" in told(thu.post(f"{desk.path}/take"))[0]


def test_what_was_typed_survives_that_somebody_else_was_faster(desk, thu):
    desk.someone().post(f"{desk.path}/take")
    typed = {"reason": "not_eligible", "text": REASON, "legal_basis": BASIS}
    page = thu.post(f"{desk.path}/refuse", typed, status=422)
    assert "Lê Thu Hoa" in told(page)[0]
    assert page.values() | typed == page.values()
    assert desk.of("status") == Status.RECEIVED


def test_asking_for_more_is_ready_to_send_when_a_paper_is_missing(desk, hoa):
    form = hoa.get(f"{desk.path}?form=supplement")
    values = form.values()
    assert values["legal_basis"] == BASIS and values["guide_name"] == "Lê Thu Hoa"
    assert ticked(form) == []
    assert re.fullmatch(r"\d\d/\d\d/2026", values["until"])
    asked = values | {"items": "form", "items.form.wrong": "Chưa ký tên", "reason": REASON}
    asked = {name: value for name, value in asked.items() if not name.startswith("items.applicant")}
    page = hoa.post(f"{desk.path}/supplement", asked)
    assert "Đã yêu cầu bổ sung" in told(page)[0] and "Phiếu yêu cầu bổ sung số 1/HDHS" in page.text
    assert desk.of("status") == Status.AWAITING_SUPPLEMENT and desk.count(Notice) == 1
    again = hoa.post(f"{desk.path}/supplement", asked, status=422)
    assert "không còn ở bước này" in told(again)[0] and desk.count(Notice) == 1


def test_faults_stand_at_their_fields_with_everything_typed(desk, hoa):
    typed = {
        "items": "form", "items.form.wrong": "", "items.form.count": "2", "items.form.kind": "copies",
        "reason": "ngắn", "legal_basis": "", "until": "30/12/2026", "guide_name": "Hoa", "guide_phone": "113",
    }  # fmt: skip
    page = hoa.post(f"{desk.path}/supplement", typed, status=422)
    assert len(page.faults) == 3 and desk.count(Notice) == 0
    values = page.values()
    assert all(values[name] == said for name, said in typed.items() if name != "items")
    assert ticked(page) == ["form"]
    wrong = hoa.post(f"{desk.path}/supplement", typed | {"until": "hôm nào rảnh"}, status=422)
    assert wrong.values()["until"] == "hôm nào rảnh" and wrong.faults


def test_a_supplement_comes_in_part_by_part(desk, hoa):
    values = {
        "items": "form", "items.form.wrong": "Chưa ký tên", "reason": REASON, "legal_basis": BASIS,
    }  # fmt: skip
    hoa.post(f"{desk.path}/supplement", values)
    form = hoa.get(f"{desk.path}?form=receive_supplement")
    assert "Chưa ký tên" in form.text and "S" not in keys_on(form) and "1" in keys_on(form)
    assert hoa.post(f"{desk.path}/receive-supplement", {}, status=422).faults
    page = hoa.post(f"{desk.path}/receive-supplement", {"received": "form"})
    assert "Đã nhận đủ bổ sung" in told(page)[0] and desk.of("status") == Status.RECEIVED


def test_refusing_takes_a_reason_of_law_and_words(desk, hoa):
    form = hoa.get(f"{desk.path}?form=refuse")
    assert {"1", "2", "8", "ESC"} <= keys_on(form)
    empty = hoa.post(f"{desk.path}/refuse", {"legal_basis": BASIS}, status=422)
    assert len(empty.faults) == 2 and empty.values()["legal_basis"] == BASIS
    given = {"reason": "not_eligible", "text": REASON, "legal_basis": BASIS}
    page = hoa.post(f"{desk.path}/refuse", given)
    assert "Đã từ chối" in told(page)[0] and desk.of("status") == Status.REFUSED


def test_stopping_on_request(desk, hoa):
    values = hoa.get(f"{desk.path}?form=stop").values()
    assert values["asked_by"] == "Lê Thị Ngọc Lan" and values["asked_on"] == "20/11/2026"
    page = hoa.post(f"{desk.path}/stop", values | {"text": "Người nộp không còn nhu cầu"})
    assert "Đã dừng" in told(page)[0] and desk.of("status") == Status.STOPPED
    assert desk.count(Notice) == 1


def test_a_hand_over_needs_both_sides(desk, hoa):
    unit = desk.unit()
    desk.change(status=Status.IN_PROGRESS)
    form = hoa.get(f"{desk.path}?form=hand_over")
    assert "Công an phường" in form.text
    assert hoa.post(f"{desk.path}/hand-over", {"unit": ""}, status=422).faults
    page = hoa.post(f"{desk.path}/hand-over", {"unit": str(unit), "note": "Kèm ảnh"})
    assert "chưa ai xác nhận" in page.text and "Kèm ảnh" in page.text
    dung = desk.someone(Role.DECIDING, unit_id=unit)
    assert "chuyển đến, chờ xác nhận" in dung.get("/desk/?show=coming").text
    assert dung.post(f"{desk.path}/decline", {"reason": ""}, status=422).faults
    assert "Đã xác nhận" in told(dung.post(f"{desk.path}/confirm"))[0]
    assert desk.of("unit_id") == unit


def test_a_hand_over_is_taken_back_or_declined(desk, hoa):
    unit = desk.unit()
    desk.change(status=Status.IN_PROGRESS)
    hoa.post(f"{desk.path}/hand-over", {"unit": str(unit)})
    assert "Đã rút lại" in told(hoa.post(f"{desk.path}/withdraw"))[0]
    hoa.post(f"{desk.path}/hand-over", {"unit": str(unit)})
    dung = desk.someone(Role.DECIDING, unit_id=unit)
    assert "Đã trả lại" in told(dung.post(f"{desk.path}/decline", {"reason": "Nhầm đơn vị rồi"}))[0]
    assert desk.count(Handover) == 2 and desk.of("unit_id") is None


def test_a_result_is_made_by_who_decides_and_returned_to_who_proves_it(desk, thu):
    thu.post(f"{desk.path}/check")
    ready = {"document_number": "118/TLKS", "issued_on": "20/11/2026", "kind": "paper"}
    assert "Đã có kết quả" in told(thu.post(f"{desk.path}/ready", ready))[0]
    empty = thu.post(f"{desk.path}/return-result", {"receipt": "", "citizen_id": ""}, status=422)
    assert len(empty.faults) == 2
    stranger = {"receipt": desk.code, "citizen_id": "038190000345"}
    page = thu.post(f"{desk.path}/return-result", stranger, status=422)
    assert told(page) and page.values()["citizen_id"] == "038190000345"
    assert desk.of("status") == Status.RESULT_READY
    lan = {"receipt": desk.code, "citizen_id": "038156001234"}
    page = thu.post(f"{desk.path}/return-result", lan)
    assert "Đã trả kết quả" in told(page)[0] and desk.of("status") == Status.RETURNED


def test_somebody_else_collects_with_proof(desk, thu):
    desk.change(status=Status.RESULT_READY, delivery_status=Delivery.WAITING)
    binh = {
        "receipt": desk.code, "citizen_id": "038080001111", "representative.name": "Lê Văn Bình",
        "representative.authority": "", "representative.proof_number": "",
    }  # fmt: skip
    assert len(thu.post(f"{desk.path}/return-result", binh, status=422).faults) == 2
    proof = {"representative.authority": "written_authorisation", "representative.proof_number": "12/UQ"}
    page = thu.post(f"{desk.path}/return-result", binh | proof)
    assert "cho người đến nhận thay" in page.text and desk.of("status") == Status.RETURNED


def test_late_never_prevents_returning(desk, thu):
    desk.change(
        status=Status.RESULT_READY,
        delivery_status=Delivery.WAITING,
        deadline_at=FRIDAY - timedelta(days=30),
        expected_at=FRIDAY - timedelta(days=40),
    )
    lan = {"receipt": desk.code, "citizen_id": "038156001234"}
    assert "Đã trả kết quả" in told(thu.post(f"{desk.path}/return-result", lan))[0]


def test_a_result_goes_by_post_comes_back_and_goes_again(desk, hoa):
    desk.change(status=Status.RESULT_READY, delivery_status=Delivery.TO_SEND, collection="post")
    bad = hoa.post(f"{desk.path}/send-by-post", {"item_number": "EH473124820VN"}, status=422)
    assert told(bad) and bad.values()["item_number"] == "EH473124820VN"
    assert "Đã gửi" in told(hoa.post(f"{desk.path}/send-by-post", {"item_number": "EH473124829VN"}))[0]
    assert hoa.post(f"{desk.path}/failed", {"reason": ""}, status=422).faults
    hoa.post(f"{desk.path}/failed", {"reason": "Không có người nhận"})
    assert desk.of("delivery_status") == Delivery.FAILED
    hoa.post(f"{desk.path}/send-by-post", {"item_number": "EH473124829VN"})
    assert "phát thành công" in told(hoa.post(f"{desk.path}/delivered"))[0]
    assert desk.of("status") == Status.RETURNED


def test_a_result_goes_electronically(desk, hoa):
    hoa.post(f"{desk.path}/collection", {"how": "electronic", "email": ""}, status=422)
    hoa.post(f"{desk.path}/collection", {"how": "electronic", "email": "lan@vidu.vn"})
    assert desk.of("collection") == "electronic"
    desk.change(status=Status.RESULT_READY, delivery_status=Delivery.TO_SEND)
    page = hoa.post(f"{desk.path}/send-electronically")
    assert "Đã gửi" in told(page)[0] and "gửi kết quả điện tử" in page.text


def test_an_apology_is_proposed_granted_or_dropped(desk, hoa):
    values = hoa.get(f"{desk.path}?form=apology").values()
    assert values["until"] == "27/11/2026" and values["until_time"] == "17:30"
    typed = values | {"reason": "verification", "text": "Chưa có trả lời xác minh nơi cư trú cũ"}
    early = hoa.post(f"{desk.path}/apology", typed | {"until": "23/11/2026"}, status=422)
    assert len(early.faults) == 1 and early.values()["until"] == "23/11/2026"
    assert hoa.post(f"{desk.path}/apology", typed | {"until_time": "25:00"}, status=422).faults
    page = hoa.post(f"{desk.path}/apology", typed)
    assert "chờ người duyệt" in told(page)[0] and "chờ duyệt" in page.text
    assert "Đã bỏ đề nghị" in told(hoa.post(f"{desk.path}/withdraw-apology"))[0]
    hoa.post(f"{desk.path}/apology", typed)
    thu = desk.someone(Role.MANAGER)
    form = thu.get(f"{desk.path}?form=issue_apology")
    assert "Chưa có trả lời xác minh" in form.text
    page = thu.post(f"{desk.path}/issue-apology", form.values())
    assert "Đã ban hành" in told(page)[0] and desk.of("deadline_at") == vietnam(27, 17, 30)


def test_who_decides_may_issue_an_apology_in_one_step(desk, thu):
    values = thu.get(f"{desk.path}?form=apology").values()
    typed = values | {"reason": "our_fault", "text": "Hồ sơ bị để quên trên bàn", "go": "issue"}
    assert "Đã ban hành" in told(thu.post(f"{desk.path}/apology", typed))[0]


def test_one_extension_more_than_allowed_says_before_that_it_takes_a_managers_reason(desk, hoa):
    def asked(until: str) -> dict[str, str]:
        values = hoa.get(f"{desk.path}?form=apology").values()
        return values | {"reason": "verification", "text": "Chưa có trả lời xác minh", "until": until}

    assert "Đã gia hạn" not in hoa.get(f"{desk.path}?form=apology").text
    hoa.post(f"{desk.path}/apology", asked("27/11/2026"))
    thu = desk.someone(Role.MANAGER)
    form = thu.get(f"{desk.path}?form=issue_apology")
    assert "override_reason" not in form.values()
    thu.post(f"{desk.path}/issue-apology", form.values())
    warned = hoa.get(f"{desk.path}?form=apology")
    assert "Đã gia hạn 1 lần, đủ số lần cho phép: người phụ trách phải ghi lý do" in warned.text
    assert "Đề nghị và ban hành luôn" not in thu.get(f"{desk.path}?form=apology").text
    hoa.post(f"{desk.path}/apology", asked("30/11/2026"))
    form = thu.get(f"{desk.path}?form=issue_apology")
    assert "đủ số lần cho phép" in form.text and "Vì sao gia hạn thêm" in form.text
    assert "Vì sao gia hạn thêm (không bắt buộc)" not in form.text
    thu.post(f"{desk.path}/issue-apology", form.values(), status=422)
    page = thu.post(f"{desk.path}/issue-apology", form.values() | {"override_reason": "Chờ giám định tỉnh"})
    assert "Đã ban hành" in told(page)[0]


def test_a_supplement_without_anything_to_mend_says_what_to_choose(desk, hoa):
    typed = {"reason": REASON, "legal_basis": BASIS, "guide_phone": "gọi chị Hoa"}
    page = hoa.post(f"{desk.path}/supplement", typed, status=422)
    assert page.faults == [
        "Chưa chọn gì để bổ sung. Hãy chọn ít nhất một giấy tờ hoặc một nội dung khai.",
        "Số điện thoại chưa đúng. Hãy gõ đủ 10 số, ví dụ 0912 345 678.",
    ]


def test_a_fee_is_paid_and_given_back(desk, hoa):
    assert hoa.get(f"{desk.path}?form=pay").values()["amount"] == "8.000"
    assert len(hoa.post(f"{desk.path}/pay", {"amount": "9.000", "how": "cash"}, status=422).faults) == 2
    assert hoa.post(f"{desk.path}/pay", {"amount": "tám nghìn"}, status=422).values()["amount"] == "tám nghìn"
    page = hoa.post(f"{desk.path}/pay", {"amount": "8.000", "receipt_number": "BL 01", "how": "cash"})
    assert "8.000 đồng, đã thu" in page.text and desk.of("payment_status") == Payment.PAID
    desk.change(status=Status.STOPPED)
    assert hoa.get(f"{desk.path}?form=refund").values()["amount"] == "8.000"
    given = {"amount": "8.000", "receipt_number": "PC 01", "reason": "Người nộp rút hồ sơ"}
    assert "hoàn trả" in told(hoa.post(f"{desk.path}/refund", given))[0]


def test_a_paper_whose_fate_is_unknown_is_confirmed_or_printed_again(desk, hoa):
    with desk.app.app_context():
        errand = db.session.scalars(select(Errand)).one()
        errand.state, errand.reason = "unknown", "worker_died"
        db.session.commit()
    assert "không rõ đã in ra chưa" in hoa.get(desk.path).text
    page = hoa.post(f"{desk.path}/reprint")
    assert "ra máy in" in told(page)[0] and desk.count(Errand) == 2
    with desk.app.app_context():
        for errand in db.session.scalars(select(Errand)):
            errand.state = "unknown"
        db.session.commit()
    hoa.post(f"{desk.path}/came-out")
    assert "receipt_came_out" in desk.events()
    assert told(hoa.post(f"{desk.path}/move-paper", {"printer": "999"}, status=422))


def test_a_form_that_no_longer_fits_is_not_drawn(desk):
    desk.change(status=Status.RETURNED)
    page = desk.someone().get(f"{desk.path}?form=refuse")
    assert "data-act" not in page.html


@pytest.mark.parametrize("act", [offer.act for offer in OFFERS if not offer.at_once])
def test_every_act_that_needs_words_has_a_form(desk, act):
    assert act in FIRST and (ROOT / f"templates/desk/acts/{act}.html").is_file()


def test_every_act_and_everything_told_has_words():
    pane = (ROOT / "templates/desk/pane.html").read_text(encoding="utf-8")
    acts = (ROOT / "desk/acts.py").read_text(encoding="utf-8")
    assert not [act for act in Act if f'"{act}": "' not in pane]
    said = set(re.findall(r'(?:return|else|if [a-z_]+ else) "(\w+)"$', acts, re.MULTILINE))
    said |= set(re.findall(r'return "(\w+)" if', acts)) | set(re.findall(r'back_to\(code, "(\w+)"\)', acts))
    assert said and not [one for one in said if f'"{one}": "' not in pane]


def test_every_event_of_a_dossier_has_a_sentence():
    words = (ROOT / "templates/desk/events.html").read_text(encoding="utf-8")
    kinds = set()
    for path in sorted([*(ROOT / "intake").glob("*.py"), *(ROOT / "desk").glob("*.py")]):
        text = path.read_text(encoding="utf-8")
        kinds |= set(re.findall(r'record\(\s*session,\s*dossier(?:_id)?,\s*"(\w+)"', text))
        kinds |= set(re.findall(r'"kind": "(\w+)"', text))
        kinds |= {
            kind
            for kind, rest in re.findall(
                r'events\.append\(\s*session,\s*"(\w+)"(.*?)\n\s*\)', text, re.DOTALL
            )
            if "dossier_id=" in rest
        }
    assert {"submitted", "checked", "viewed", "returned"} <= kinds
    assert not [kind for kind in kinds if f'one.kind == "{kind}"' not in words]


def test_collection_is_told_in_full(desk):
    code = desk.file("Đỗ Thị Hạnh", collection=Collection("post", "Số 5 phố Cao Thắng", "0912345678"))
    assert "Bưu điện mang đến nhà: Số 5 phố Cao Thắng" in desk.someone().get(f"/desk/dossiers/{code}").text


def test_who_calls_at_a_kiosk_is_seen_on_the_working_list(desk):
    hoa, lan = signed_in(desk.app, Role.RECEPTION), Way(desk.app)
    lan.chooses()
    assert "Có người gọi cán bộ" not in hoa.get("/desk/").text
    lan.post("/kiosk/help", {"at": "prepare"})
    assert "Có người gọi cán bộ ở Máy tự phục vụ 1" in " ".join(hoa.get("/desk/").text.split())

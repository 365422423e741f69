"""The page of numbered forms, and a form entered at the counter."""

from __future__ import annotations

from collections.abc import Iterator

import pypdfium2
import pytest
from sqlalchemy import Select, func, select

from build import vietnam
from conftest import House, offer
from deskway import signed_in
from intake.db import db
from intake.offices import point_of
from intake.records import Dossier, FallbackForm
from intake.rules.rights import Role
from visitor import Visitor

FULL = {
    "applicant.name": "Lê Thị Ngọc Lan",
    "applicant.citizen_id": "038156001234",
    "applicant.phone": "0912345678",
    "procedure": "1.000001",
    "a.who": "Lê Văn Bình",
    "d.form.how": "paper",
    "collection": "counter_later",
    "go": "accept",
}
FORM_12 = {"number": "12", "taken_at": "08:40", "taken_on": "20/11/2026"}


@pytest.fixture
def here(sqlite_house: House) -> Iterator[House]:
    sqlite_house.restore()
    with sqlite_house.app.app_context():
        offer(db.session(), point_of(db.session(), "K1"))
        db.session.rollback()
        yield sqlite_house
        db.session.remove()


def found(statement: Select) -> list:
    """Read, and out of the way of whoever writes next."""
    rows = list(db.session.scalars(statement))
    db.session.rollback()
    return rows


@pytest.fixture
def hoa(here: House) -> Visitor:
    """At counter 2, with forty forms printed at half past seven."""
    here.clock.now = vietnam(20, 7, 30)
    signed_in(here.app, Role.RECEPTION, point="Q2").post("/desk/days/forms", {"count": "40"})
    db.session.rollback()
    here.clock.now = vietnam(20)
    return signed_in(here.app, Role.RECEPTION, point="Q2")


def test_new_forms_have_numbers_and_files_to_print(hoa: Visitor):
    page = hoa.get("/desk/days/forms?done=printed")
    assert "1–40/2026" in page.text and "Còn" in page.text
    files = [one for one in page.tree.all("a") if one.text.startswith("PDF")]
    assert [one.text for one in files] == ["PDF 1–25", "PDF 26–40"]
    sent = hoa.client.get(files[1].attributes["href"])
    with pypdfium2.PdfDocument(sent.get_data()) as paper:
        assert len(paper) == 30
        words = paper[0].get_textpage().get_text_bounded()
    assert "26/2026" in words and "Liên 1" in words


@pytest.mark.parametrize("count", ["", "0", "201", "nhiều"])
def test_a_count_that_cannot_be_is_told_in_its_place(hoa: Visitor, count):
    page = hoa.post("/desk/days/forms", {"count": count}, status=422)
    assert len(page.faults) == 1
    assert found(select(func.count()).select_from(FallbackForm)) == [40]


def test_no_file_of_forms_that_are_not_there(hoa: Visitor):
    for asked in ("", "?year=2026&first=41&last=60", "?year=x&first=&last=9"):
        hoa.get(f"/desk/days/forms/pdf{asked}", status=422)


def test_a_form_is_entered_at_the_counter_and_the_second_time_leads_to_its_dossier(hoa: Visitor):
    page = hoa.post("/desk/days/forms/enter", FORM_12)
    assert "Đang nhập phiếu giấy số 12/2026" in page.text and "08:40" in page.text
    first = hoa.post("/desk/new", page.values() | FULL)
    (code,) = found(select(Dossier.dossier_code))
    assert code.rpartition("-")[2] in first.text
    again = hoa.post("/desk/new", page.values() | FULL)
    assert again.h1.text == first.h1.text
    assert hoa.post("/desk/days/forms/enter", FORM_12).h1.text == first.h1.text
    assert found(select(Dossier.received_at)) == [vietnam(20, 8, 40)]
    assert "nhận trên phiếu giấy số 12/2026 lúc 08:40" in hoa.get(f"/desk/dossiers/{code}").text
    assert code in hoa.get("/desk/days/forms").text


def test_nobody_files_with_the_attempt_of_a_form(hoa: Visitor):
    """Else whoever enters the form would be shown what somebody put there."""
    page = hoa.get("/desk/new?procedure=1.000001")
    hoa.post("/desk/new", page.values() | FULL | {"attempt": "fallback-1-2026-12"})
    (attempt,) = found(select(Dossier.attempt))
    assert not attempt.startswith("fallback-")


@pytest.mark.parametrize(
    "taken", ["0001-01-01T00:00%2B14:00", "9999-12-31T23:59-14:00", "2026-11-20T08:40", "x"]
)
def test_an_hour_that_is_none_is_told(hoa: Visitor, taken):
    page = hoa.get(f"/desk/new?procedure=1.000001&fallback=1&taken={taken}", status=422)
    assert "Giờ nhận trên phiếu chưa đúng" in page.text


def test_a_second_tap_uses_no_second_run_of_numbers(hoa: Visitor):
    typed = {**hoa.get("/desk/days/forms").values(), "count": "5"}
    assert typed["once"]
    for _ in range(2):
        hoa.post("/desk/days/forms", typed)
    assert found(select(func.count()).select_from(FallbackForm)) == [45]
    again = {**hoa.get("/desk/days/forms").values(), "count": "5"}
    assert again["once"] != typed["once"]
    hoa.post("/desk/days/forms", again)
    assert found(select(func.count()).select_from(FallbackForm)) == [50]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"number": "41"}, "Chưa in phiếu số 41/2026"),
        ({"taken_at": "12:15"}, "Giờ này chưa đến"),
        ({"taken_at": "07:10"}, "chưa được in"),
        ({"taken_at": "sáng"}, "Chưa đọc được giờ"),
        ({"taken_on": "30/2/2026"}, "Tháng 2"),
        ({"number": ""}, "chưa điền"),
    ],
)
def test_what_cannot_be_entered_is_told_and_nothing_typed_is_lost(hoa: Visitor, typed, told):
    page = hoa.post("/desk/days/forms/enter", FORM_12 | typed, status=422)
    assert told in page.text
    assert page.values()["number"] == (FORM_12 | typed)["number"]


def test_an_address_with_a_time_that_is_none_enters_nothing(hoa: Visitor):
    for taken in ("", "hôm nay", "2026-11-20T08:40:00"):
        hoa.get(f"/desk/new?fallback=12/2026&taken={taken}", status=422)

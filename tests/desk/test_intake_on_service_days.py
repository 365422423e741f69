"""Counter intake on a paper-free day: the policy decides, nobody is turned away, nothing typed is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import time

import pytest
from sqlalchemy import func, select

from build import vietnam
from conftest import House, offer
from dayway import a_rule, publish
from deskway import signed_in
from intake import memory
from intake.accepting import CONTENT
from intake.db import db
from intake.offices import point_of
from intake.records import Dossier, Event, Office, Person, ServiceDaySuspension
from intake.rules.exceptions import PAPER_REASONS, PaperReason
from intake.rules.procedures import Requirement, Term, TermUnit
from intake.rules.rights import Role
from intake.rules.service_days import Mode
from visitor import Visitor

CODE = "1.000001"
THURSDAY = vietnam(26, 9, 0)
FULL = {
    "applicant.name": "Lê Thị Ngọc Lan",
    "applicant.citizen_id": "038156001234",
    "procedure": CODE,
    "a.who": "Lê Văn Bình",
    "collection": "counter_later",
}
AGENCY = {
    **FULL,
    "applicant.kind": "agency",
    "applicant.name": "Công an phường 2",
    "applicant.citizen_id": "",
}


@pytest.fixture
def here(sqlite_house: House) -> Iterator[House]:
    """The demo office on a Thursday."""
    sqlite_house.restore()
    sqlite_house.clock.now = THURSDAY
    with sqlite_house.app.app_context():
        point = point_of(db.session(), "K1")
        assert point is not None
        offer(db.session(), point)
        db.session.commit()
        yield sqlite_house
        db.session.remove()


@pytest.fixture
def hoa(here: House) -> Visitor:
    return at_the_counter(here)


def at_the_counter(here: House) -> Visitor:
    visitor = signed_in(here.app, Role.RECEPTION, point="Q2")
    visitor.get(f"/desk/new?procedure={CODE}")
    db.session.rollback()  # what a page read here is no longer read
    return visitor


def runs(**changes: object) -> None:
    office = db.session.scalars(select(Office).order_by(Office.id)).first()
    assert office is not None
    publish(db.session(), office, a_rule(**changes), now=vietnam(20))


@pytest.fixture
def paper_free(here: House) -> None:
    runs()


def suspended() -> None:
    office = db.session.scalars(select(Office).order_by(Office.id)).first()
    author = db.session.scalars(select(Person).order_by(Person.id)).first()
    db.session.add(
        ServiceDaySuspension(
            office_id=office.id,
            lineage="",
            begins_at=vietnam(26, 8, 30),
            asked_until=vietnam(26, 10, 0),
            alone_until=vietnam(26, 10, 0),
            reason="outage",
            person_id=author.id,
        )
    )
    db.session.commit()
    memory.forget_all()


def sent(visitor: Visitor, **changes: str) -> dict[str, str]:
    """What stands on the page, with Lan's answers."""
    assert visitor.page is not None
    return {**visitor.page.values(), **FULL, **changes}


def stored() -> list[Dossier]:
    db.session.rollback()
    return list(db.session.scalars(select(Dossier).order_by(Dossier.id)))


def only() -> Dossier:
    (dossier,) = stored()
    return dossier


def test_an_ordinary_day_says_and_offers_what_it_always_did(here, hoa):
    page = hoa.page
    assert "kind-of-day" not in page.html and "Nhận bản giấy" not in page.text
    assert "Có giấy" in page.text and "Quét, trả lại" not in page.text
    assert page.values()["told"] == ""


def test_the_page_says_what_kind_of_day_it_is_and_what_is_promised(here, paper_free):
    page = at_the_counter(here).page
    assert "Thứ Năm không giấy, không hẹn" in page.text
    assert "Trả ngay hôm nay, trước 17:30." in page.text
    assert page.values()["told"] == "2026-11-26"


def test_who_waits_is_promised_minutes(here):
    runs(modes=frozenset({Mode.NO_WAIT}), target_minutes=30)
    assert "Chờ khoảng 30 phút, có kết quả trước 09:30." in at_the_counter(here).page.text


def test_after_the_cut_off_it_says_why_not_and_when_again(here, paper_free):
    here.clock.now = vietnam(26, 15, 30)
    page = at_the_counter(here).page
    assert "Từ 15:00 hồ sơ được hẹn trả theo thời hạn thường" in page.text and "3/12" in page.text
    assert page.values()["told"] == ""


@pytest.mark.parametrize(
    ("at", "why"),
    [(vietnam(26, 15, 0), "Đã quá giờ chốt trả trong ngày"), (THURSDAY, "Ngày không hẹn đang tạm dừng")],
)
def test_a_promise_that_is_lost_says_why_and_the_second_press_files(here, paper_free, at, why):
    here.clock.now = min(at, vietnam(26, 14, 59))
    visitor = at_the_counter(here)
    typed = sent(visitor, go="accept")
    here.clock.now = at
    if at == THURSDAY:
        suspended()
    page = visitor.post("/desk/new", typed, status=422)
    assert "Không còn hẹn trả trong hôm nay được" in page.text and why in page.text
    assert "hết lượt" not in page.text and stored() == []
    visitor.post("/desk/new", {**page.values(), "go": "accept"})
    assert not only().same_day


def test_a_wait_that_is_lost_is_told(here):
    runs(modes=frozenset({Mode.NO_WAIT, Mode.NO_APPOINTMENT}), target_minutes=30, cutoff=time(17, 15))
    here.clock.now = vietnam(26, 16, 59)
    visitor = at_the_counter(here)
    typed = sent(visitor, go="accept", **{"d.form.how": "paper"})
    here.clock.now = vietnam(26, 17, 1)
    page = visitor.post("/desk/new", typed, status=422)
    assert "Không còn chờ lấy ngay được" in page.text
    visitor.post("/desk/new", {**page.values(), "go": "accept"})
    assert only().same_day and only().visit_minutes is None


def test_nobody_is_told_of_a_place_that_is_gone_where_the_law_promises_today(here):
    runs(per_day=1)
    point = point_of(db.session(), "K1")
    assert point is not None
    offer(db.session(), point, term=Term(TermUnit.SAME_DAY))
    db.session.commit()
    visitor = at_the_counter(here)
    typed = sent(visitor, go="accept")
    visitor.post("/desk/new", {**typed, "attempt": "somebody-faster"})
    assert visitor.post("/desk/new", typed).h1.text == "Đã tiếp nhận hồ sơ"


def test_what_people_bring_is_scanned_and_given_back(here, paper_free):
    visitor = at_the_counter(here)
    assert visitor.page.values()["d.form.how"] == "scan"
    page = visitor.post("/desk/new", sent(visitor, go="accept"))
    assert page.h1.text == "Đã tiếp nhận hồ sơ"
    assert "Trả trong ngày, không hẹn" in page.text and "hôm nay, trước 17:30" in page.text
    assert "Mẫu 01 khi được yêu cầu I" in page.text
    dossier = only()
    assert (dossier.without_paper, dossier.same_day, dossier.paper_reason) == (True, True, "")
    assert (dossier.service_days, dossier.sheets_taken, dossier.sheets_saved) == (["thursday"], 0, 3)
    seen = db.session.scalars(select(Event).filter_by(kind="checked")).one().facts["seen"]
    assert seen == ["form"]


def test_paper_without_a_reason_is_told_at_its_place(here, paper_free):
    visitor = at_the_counter(here)
    typed = sent(visitor, **{"d.form.how": "paper"})
    page = visitor.post("/desk/new", {**typed, "go": "accept"}, status=422)
    assert len(page.faults) == 1 and page.faults[0].startswith("Hôm nay không giữ bản giấy này."), page.faults
    assert stored() == []
    values = page.values()
    assert {name: values.get(name, "") for name in typed} == typed
    (link,) = [one for one in page.tree.all("a") if one.attributes["href"].startswith("#f-")]
    assert page.tree.all(id=link.attributes["href"][1:])


def test_an_exception_takes_two_touches(here, paper_free):
    visitor = at_the_counter(here)
    assert "Nhận bản giấy Alt G" in visitor.page.buttons()
    listed = visitor.post("/desk/new", sent(visitor, go="except"))
    reasons = [button for button in listed.buttons() if button[:1].isdigit()]
    of_people = [words for reason, words in PAPER_REASONS.items() if reason is not PaperReason.STATE_AGENCY]
    assert reasons == [f"{no} {words}" for no, words in enumerate(of_people, 1)]
    keys = [one.attributes["data-key"] for one in listed.tree.all("button") if "data-key" in one.attributes]
    assert {str(no) for no in range(1, 7)} <= set(keys)
    chosen = visitor.post("/desk/new", sent(visitor, go="reason.verification"))
    assert chosen.values()["d.form.how"] == "paper" and "Phải xác minh, cần giữ bản giấy" in chosen.text
    page = visitor.post("/desk/new", sent(visitor, go="accept"))
    assert "Phải xác minh, cần giữ bản giấy" in page.text
    dossier = only()
    assert (dossier.paper_reason, dossier.without_paper, dossier.sheets_taken) == ("verification", False, 1)
    event = db.session.scalars(select(Event).filter_by(kind="paper_exception")).one()
    assert (event.facts, event.actor) == (
        {"code": "verification", "list": 1, "papers": ["form"]},
        "Lê Thu Hoa",
    )


def test_an_exception_without_a_paper_that_stays_is_asked_about(here, paper_free):
    visitor = at_the_counter(here)
    visitor.post("/desk/new", sent(visitor, go="reason.needs_help"))
    page = visitor.post("/desk/new", sent(visitor, go="accept") | {"d.form.how": "scan"}, status=422)
    assert "Chưa chọn giấy nào giữ lại" in page.text
    assert db.session.scalar(select(func.count()).select_from(Dossier)) == 0


def test_an_exception_can_be_taken_back_before_it_is_filed(here, paper_free):
    visitor = at_the_counter(here)
    visitor.post("/desk/new", sent(visitor, go="reason.needs_help"))
    page = visitor.post("/desk/new", sent(visitor, go="unexcept"))
    assert page.values()["d.form.how"] == "scan" and "paper_reason" not in page.values()
    visitor.post("/desk/new", sent(visitor, go="accept"))
    assert only().paper_reason == ""


def test_another_reason_needs_words(here, paper_free):
    visitor = at_the_counter(here)
    visitor.post("/desk/new", sent(visitor, go="reason.other"))
    page = visitor.post("/desk/new", sent(visitor, go="accept", paper_text="vì"), status=422)
    assert page.faults == ["Hãy ghi rõ lý do, ít nhất năm chữ cái."]
    assert page.values()["paper_text"] == "vì"
    visitor.post("/desk/new", sent(visitor, go="accept", paper_text="Bản gốc quá khổ máy quét"))
    event = db.session.scalars(select(Event).filter_by(kind="paper_exception")).one()
    assert (only().paper_reason, event.reason) == ("other", "Bản gốc quá khổ máy quét")


def test_a_reason_the_rule_does_not_name_is_refused_with_words(here):
    runs(exceptions=frozenset())
    visitor = at_the_counter(here)
    listed = visitor.post("/desk/new", sent(visitor, go="except"))
    open_to_all = [PAPER_REASONS[PaperReason.NEEDS_HELP], PAPER_REASONS[PaperReason.OTHER]]
    assert [button[2:] for button in listed.buttons() if button[:1].isdigit()] == open_to_all
    typed = sent(visitor, paper_reason="verification", **{"d.form.how": "paper"})
    page = visitor.post("/desk/new", {**typed, "go": "accept"}, status=422)
    assert page.faults[0].startswith("Lý do này hôm nay không dùng được.")
    assert stored() == []


def test_whoever_is_helped_stays_the_one_who_files(here, paper_free):
    visitor = at_the_counter(here)
    page = visitor.post("/desk/new", sent(visitor, assisted="1", go="accept"))
    assert "Lê Thu Hoa, người dân vẫn là người nộp" in page.text
    dossier = only()
    assert dossier.helper.name == "Lê Thu Hoa"
    submitted = db.session.scalars(select(Event).filter_by(kind="submitted")).one()
    assert (submitted.actor, submitted.facts["helped_by"]) == ("citizen", "Lê Thu Hoa")
    code = dossier.dossier_code
    db.session.rollback()
    assert "có Lê Thu Hoa giúp" in visitor.get(f"/desk/dossiers/{code}").text


def test_a_promise_that_no_longer_holds_is_told_and_a_second_press_files(here):
    runs(per_day=1)
    visitor, other = at_the_counter(here), at_the_counter(here)
    other.post("/desk/new", sent(other, go="accept"))
    page = visitor.post("/desk/new", sent(visitor, go="accept"), status=422)
    assert "Không còn hẹn trả trong hôm nay được." in page.text
    assert "Hôm nay đã hết lượt trả trong ngày" in page.text
    assert page.values()["applicant.name"] == FULL["applicant.name"]
    visitor.post("/desk/new", sent(visitor, go="accept"))
    first, second = stored()
    assert (first.same_day, second.same_day) == (True, False)


def test_a_state_agency_files_electronically_on_every_day(here, hoa):
    """Without a rule at all; its name may have digits, and it has no number of a person."""
    page = hoa.post("/desk/new", {**sent(hoa), **AGENCY, "go": "update"})
    assert "Cơ quan nhà nước nộp điện tử" in page.text and "applicant.born" not in page.html
    assert page.values()["d.form.how"] == "scan"
    paper = {**AGENCY, "d.form.how": "paper", "go": "accept"}
    page = hoa.post("/desk/new", {**sent(hoa), **paper}, status=422)
    assert "Hôm nay không giữ bản giấy này" in page.faults[0] and stored() == []
    db.session.rollback()
    listed = hoa.post("/desk/new", {**sent(hoa), **AGENCY, "go": "except"})
    assert "Cơ quan nhà nước nộp giấy theo yêu cầu riêng" in listed.text
    hoa.post("/desk/new", {**sent(hoa), **AGENCY, "go": "reason.state_agency"})
    told = {"paper_text": "Tòa án yêu cầu bản gốc", "go": "accept"}
    hoa.post("/desk/new", {**sent(hoa), **AGENCY, **told})
    dossier = only()
    assert (dossier.applicant_kind, dossier.paper_reason) == ("agency", "state_agency")
    kept = json.loads(here.keys.unseal(dossier.content_sealed, CONTENT))["applicant"]
    assert (kept["kind"], kept["name"], kept["citizen_id"]) == ("agency", "Công an phường 2", "")


def test_an_organisation_is_no_agency(here, hoa):
    named = {"applicant.kind": "organisation", "applicant.name": "Công ty TNHH 2 thành viên An Phát"}
    page = hoa.post("/desk/new", {**sent(hoa), **named, "go": "update"})
    assert "Có giấy" in page.text
    hoa.post("/desk/new", {**sent(hoa), **named, "d.form.how": "paper", "go": "accept"})
    assert (only().applicant_kind, only().applicant_name) == ("organisation", named["applicant.name"])


def test_the_name_of_a_citizen_still_has_no_digits(here, hoa):
    typed = {"applicant.name": "Công ty 2", "d.form.how": "paper", "go": "accept"}
    page = hoa.post("/desk/new", {**sent(hoa), **typed}, status=422)
    assert "Tên chỉ gồm chữ cái" in page.faults[0]


def test_what_was_typed_about_a_person_is_there_again(here, hoa):
    page = hoa.post("/desk/new", sent(hoa, **{"applicant.kind": "agency", "go": "update"}))
    page = hoa.post("/desk/new", {**page.values(), "applicant.kind": "citizen", "go": "update"})
    assert page.values()["applicant.citizen_id"] == FULL["applicant.citizen_id"]


def test_a_card_at_the_counter_of_an_agency_is_of_whoever_came(here, hoa):
    card = "038156001234|172345678|Lê Thị Ngọc Lan|08031956|Nữ|Tổ 3|22042022"
    page = hoa.post("/desk/new", {**sent(hoa), **AGENCY, "scan": card})
    assert page.values()["applicant.name"] == "Công an phường 2"
    assert page.values()["representative.citizen_id"] == "038156001234"


def test_a_suspension_takes_paper_again(here, paper_free):
    suspended()
    page = at_the_counter(here).page
    assert "Hôm nay tạm nhận giấy trở lại, dự kiến đến 10:00." in page.text
    assert "Có giấy" in page.text and "Nhận bản giấy" not in page.text


def test_a_paper_that_is_only_shown_is_seen_and_a_held_one_stays_with_the_state(here):
    requirements = (
        Requirement("form", "Tờ khai", originals=1),
        Requirement("card", "Căn cước", show=True),
        Requirement("house", "Giấy tờ nhà đất", held_by_state=True),
    )
    point = point_of(db.session(), "K1")
    offer(db.session(), point, requirements=requirements)
    db.session.commit()
    runs()
    page = at_the_counter(here).page
    values = page.values()
    assert [values[f"d.{key}.how"] for key in ("form", "card", "house")] == ["scan", "scan", "state"]

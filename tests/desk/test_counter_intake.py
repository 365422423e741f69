"""A dossier taken at the counter: one page that loses nothing, one dossier however often it is pressed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from conftest import House, offer
from deskway import signed_in
from intake import memory
from intake.accepting import CONTENT
from intake.db import db
from intake.offices import point_of
from intake.records import AcceptancePoint, Dossier, Event, OfferedProcedure, Office, Receipt
from intake.rules.procedures import Choice, Condition, Group, Question, QuestionKind, Requirement
from intake.rules.rights import Role
from visitor import Visitor

CODE = "1.000001"
LANS_CARD = "038156001234|172345678|Lê Thị Ngọc Lan|08031956|Nữ|Tổ 3, Phường Hạc Thành, Thanh Hóa|22042022"
FULL = {
    "applicant.name": "Lê Thị Ngọc Lan",
    "applicant.citizen_id": "038156001234",
    "applicant.phone": "0912345678",
    "procedure": CODE,
    "a.who": "Lê Văn Bình",
    "d.form.how": "paper",
    "collection": "counter_later",
}


@pytest.fixture
def here(sqlite_house: House) -> Iterator[House]:
    """The demo office, which also receives a_procedure()."""
    sqlite_house.restore()
    with sqlite_house.app.app_context():
        offers()
        yield sqlite_house
        db.session.remove()


def offers(**changes: object) -> None:
    """The office receives a_procedure(**changes)."""
    point = point_of(db.session(), "K1")
    assert point is not None
    offer(db.session(), point, **changes)
    db.session.commit()


@pytest.fixture
def hoa_plain(here: House) -> Visitor:
    """At counter 2, where htmx changes nothing."""
    return signed_in(here.app, Role.RECEPTION, point="Q2")


@pytest.fixture(params=["plain", "htmx"])
def hoa(request: pytest.FixtureRequest, here: House) -> Visitor:
    """At counter 2, with and without htmx."""
    visitor = signed_in(here.app, Role.RECEPTION, point="Q2")
    visitor.get("/desk/new")
    if request.param == "htmx":
        visitor.htmx, visitor.target, visitor.at = True, "intake", "/desk/new"
    return visitor


def with_attempt(visitor: Visitor, **changes: str) -> dict[str, str]:
    assert visitor.page is not None
    attempts = visitor.page.tree.all("input", name="attempt")
    return {"attempt": attempts[0].attributes["value"], **FULL, **changes}


def stored() -> list[Dossier]:
    db.session.rollback()
    return list(db.session.scalars(select(Dossier).order_by(Dossier.id)))


def content(here: House, dossier: Dossier) -> dict:
    return json.loads(here.keys.unseal(dossier.content_sealed, CONTENT))


def test_the_list_leads_to_a_new_dossier(here):
    visitor = signed_in(here.app, Role.RECEPTION, point="Q2")
    assert "Hồ sơ mới M" in visitor.get("/desk/").buttons()
    assert visitor.get("/desk/new").h1.text == "Hồ sơ mới tại quầy"


@pytest.mark.parametrize("role", [Role.DECIDING, Role.AUDITOR, Role.CLERK])
def test_only_who_receives_dossiers_comes_here(here, role):
    visitor = signed_in(here.app, role)
    visitor.get("/desk/new", status=403)
    visitor.post("/desk/new", FULL, status=403)


def test_one_press_receives_checks_and_holds(here, hoa):
    page = hoa.post("/desk/new", with_attempt(hoa, go="accept"))
    assert page.h1.text == "Đã tiếp nhận hồ sơ"
    assert "H56.17.22" in page.text and "261120 · 0001" in page.text
    (dossier,) = stored()
    assert (dossier.channel, dossier.status, dossier.number) == ("counter", "in_progress", 1)
    assert db.session.get_one(AcceptancePoint, dossier.acceptance_point_id).code == "Q2"
    assert dossier.holder is not None and dossier.holder.name == "Lê Thu Hoa"
    events = db.session.scalars(select(Event).filter_by(dossier_id=dossier.id).order_by(Event.id)).all()
    assert [event.kind for event in events] == ["submitted", "accepted", "taken", "checked"]
    assert {(event.actor, event.device) for event in events} == {("Lê Thu Hoa", "Q2")}
    assert events[0].facts["channel"] == "counter" and "by_representative" not in events[0].facts
    assert events[3].facts["seen"] == ["form"]


def test_the_same_page_pressed_twice_is_one_dossier(here, hoa):
    sent = with_attempt(hoa, go="accept")
    first, again = hoa.post("/desk/new", sent), hoa.post("/desk/new", sent)
    assert first.text == again.text
    assert db.session.scalar(select(func.count()).select_from(Dossier)) == 1
    assert db.session.scalar(select(func.count()).select_from(Event).filter_by(kind="checked")) == 1


FAULTS = {
    "applicant.name": ("", "Chưa điền chỗ này."),
    "applicant.citizen_id": ("12345", "Số định danh cá nhân gồm 12 chữ số."),
    "applicant.born": ("31/02/1956", "Tháng 2 năm 1956 chỉ có 29 ngày."),
    "applicant.phone": ("12", "Số điện thoại chưa đúng."),
    "applicant.email": ("lan", "Địa chỉ thư điện tử chưa đúng."),
    "procedure": ("", "Chưa điền chỗ này."),
    "a.who": ("", "Chưa điền chỗ này."),
    "d.form.how": ("", "Chưa cho biết giấy này có hay không."),
    "d.form.originals": ("0", "Có giấy thì phải ghi ít nhất một bản."),
    "d.form.copies": ("x", "Ô này chỉ nhận số."),
    "collection": ("", "Chưa điền chỗ này."),
}


@pytest.mark.parametrize("field", FAULTS)
def test_each_fault_is_told_at_its_place_and_nothing_typed_is_lost(here, hoa, field):
    typed, words = FAULTS[field]
    sent = with_attempt(hoa, **{field: typed})
    page = hoa.post("/desk/new", {**sent, "go": "accept"}, status=422)
    assert len(page.faults) == 1 and page.faults[0].startswith(words), page.faults
    values = page.values()
    assert {name: values.get(name, "") for name in sent} == sent | {field: typed}
    (link,) = [one for one in page.tree.all("a") if one.attributes["href"].startswith("#f-")]
    assert page.tree.all(id=link.attributes["href"][1:]), link.attributes
    assert stored() == []


def test_all_faults_are_told_at_once(here, hoa):
    page = hoa.post("/desk/new", {"attempt": "x", "procedure": CODE, "go": "accept"}, status=422)
    assert len(page.faults) == 5
    assert "Còn 5 chỗ cần xem lại" in page.text


def test_without_a_procedure_its_questions_and_papers_are_said_to_follow(here, hoa):
    page = hoa.post("/desk/new", {"attempt": "x", "go": "accept"}, status=422)
    assert {"Họ, chữ đệm và tên", "Thủ tục"} <= {link.text for link in page.tree.all("a")}
    assert "giấy tờ còn thiếu của thủ tục hiện ra sau khi chọn" in page.text


@pytest.mark.parametrize(
    ("how", "fields", "faults"),
    [
        ("post", {"collection.address": "Tổ 3", "collection.phone": "0912345678"}, 0),
        ("post", {"collection.address": "", "collection.phone": "1"}, 2),
        ("electronic", {"collection.email": "lan@vidu.vn"}, 0),
        ("electronic", {"collection.email": "lan"}, 1),
        ("counter_now", {}, 0),
        ("pigeon", {}, 1),
    ],
)
def test_each_way_of_getting_the_result_asks_for_its_own(here, hoa, how, fields, faults):
    sent = with_attempt(hoa, collection=how, go="accept", **fields)
    page = hoa.post("/desk/new", sent, status=422 if faults else 200)
    assert len(page.faults) == faults, page.faults
    if not faults:
        (dossier,) = stored()
        told = content(here, dossier)["collection"]
        assert told == {"how": how, "address": "", "phone": "", "email": ""} | {
            name.partition(".")[2]: value for name, value in fields.items()
        }


def test_whoever_wants_it_by_post_gets_it_where_they_live(hoa):
    sent = with_attempt(hoa, **{"collection": "post", "applicant.address": "Tổ 3, Phường Hạc Thành"})
    values = hoa.post("/desk/new", {**sent, "go": "update"}).values()
    assert values["collection.address"] == "Tổ 3, Phường Hạc Thành"
    assert values["collection.phone"] == "0912345678"


def test_a_card_under_the_scanner_fills_in_the_applicant_and_what_follows_from_it(here, hoa):
    asked = Question("who", "Họ tên", QuestionKind.NAME, prefill="applicant.name")
    offers(groups=(Group("copy", "Cho ai?", (asked,)),))
    sent = {"attempt": "x", "procedure": CODE, "scan": LANS_CARD, "collection": "counter_later"}
    page = hoa.post("/desk/new", sent)
    values = page.values()
    assert values["applicant.name"] == values["a.who"] == "Lê Thị Ngọc Lan"
    assert values["applicant.citizen_id"] == "038156001234"
    assert values["applicant.born"] == "08/03/1956"
    assert values["applicant.address"] == "Tổ 3, Phường Hạc Thành, Thanh Hóa"
    assert values["scan"] == ""
    hoa.post("/desk/new", {**values, "d.form.how": "paper", "go": "accept"})
    (dossier,) = stored()
    assert content(here, dossier)["applicant"]["how"] == "card"
    assert "172345678" not in json.dumps(content(here, dossier))


def test_a_broken_name_of_a_card_is_asked_for(hoa):
    broken = LANS_CARD.replace("Lê Thị Ngọc Lan", "L? Th? Ng?c Lan")
    page = hoa.post("/desk/new", {**FULL, "attempt": "x", "applicant.name": "", "scan": broken})
    assert "Đầu đọc làm hỏng chữ có dấu" in page.text
    assert page.values()["applicant.citizen_id"] == "038156001234"


def test_what_was_typed_stays_beside_the_card_of_the_same_person_and_goes_with_that_of_another(hoa):
    sent = {**FULL, "attempt": "x", "applicant.email": "lan@vidu.vn", "scan": LANS_CARD}
    assert hoa.post("/desk/new", sent).values()["applicant.email"] == "lan@vidu.vn"
    sent["applicant.citizen_id"] = "038190002345"
    values = hoa.post("/desk/new", sent).values()
    assert (values["applicant.email"], values["applicant.phone"]) == ("", "")


@pytest.mark.parametrize("scan", ["a|b|c", "H56.17.22-261120-0001", "x" * 5000])
def test_a_scan_that_is_no_card_is_told_and_loses_nothing(hoa, scan):
    sent = with_attempt(hoa)
    page = hoa.post("/desk/new", {**sent, "scan": scan}, status=422)
    assert "Chưa đọc được thẻ" in page.text
    assert {name: page.values().get(name) for name in sent} == sent


def test_who_files_for_another_is_sealed_and_told_by_an_event(here, hoa):
    page = hoa.post("/desk/new", with_attempt(hoa, for_another="1", go="update"))
    page = hoa.post("/desk/new", {**page.values(), "scan": LANS_CARD.replace("038156001234", "038190002345")})
    values = page.values()
    assert values["applicant.citizen_id"] == "038156001234"
    assert values["representative.citizen_id"] == "038190002345"
    page = hoa.post("/desk/new", {**values, "go": "accept"}, status=422)
    assert page.faults == ["Chưa điền chỗ này."]
    hoa.post("/desk/new", {**values, "representative.proof": "Giấy ủy quyền số 12", "go": "accept"})
    (dossier,) = stored()
    told = content(here, dossier)["representative"]
    assert (told["citizen_id"], told["proof"]) == ("038190002345", "Giấy ủy quyền số 12")
    submitted = db.session.scalars(select(Event).filter_by(kind="submitted")).one()
    assert submitted.facts["by_representative"] is True
    assert "038190002345" not in json.dumps(submitted.facts)
    code = dossier.dossier_code
    db.session.rollback()
    hoa.htmx = False
    assert "Lê Thị Ngọc Lan · 038190***345 · Giấy ủy quyền số 12" in hoa.get(f"/desk/dossiers/{code}").text


def test_papers_are_counted_and_stand_so_on_the_receipt(here, hoa):
    page = hoa.post("/desk/new", with_attempt(hoa, **{"d.form.how": "", "go": "papers"}))
    assert page.values()["d.form.how"] == "paper"
    assert page.values()["d.form.originals"] == "1"
    hoa.post("/desk/new", {**page.values(), "d.form.copies": "2", "go": "accept"})
    facts = json.loads(
        here.keys.unseal(db.session.scalars(select(Receipt.facts_sealed)).one(), "receipt.facts")
    )
    assert facts["papers"] == [["Tờ khai", "Bản chính", 1], ["Tờ khai", "Bản sao", 2]]
    assert facts["officer_name"] == "Lê Thu Hoa"


def test_a_paper_that_is_not_needed_says_why_and_one_of_the_state_is_not_asked_for(here, hoa):
    papers = (
        Requirement("form", "Tờ khai", originals=1, not_applicable_reasons=("Đã nộp lần trước",)),
        Requirement("id", "Thẻ căn cước", show=True, held_by_state=True),
        Requirement("more", "Giấy khác", required=False),
    )
    offers(requirements=papers)
    sent = with_attempt(hoa, **{"d.form.how": "not_applicable", "go": "accept"})
    page = hoa.post("/desk/new", sent, status=422)
    assert page.faults == ["Hãy ghi vì sao không cần giấy này."]
    assert page.values()["d.id.how"] == "state"
    hoa.post("/desk/new", {**sent, "d.form.reason": "Đã nộp lần trước"})
    (dossier,) = stored()
    assert content(here, dossier)["documents"] == {
        "form": {"how": "not_applicable", "reason": "Đã nộp lần trước"},
        "id": {"how": "state", "reason": ""},
    }


def test_an_answer_brings_up_what_depends_on_it_and_takes_it_away_without_losing_it(here, hoa):
    questions = (
        Question(
            "for",
            "Cho ai",
            QuestionKind.CHOICE,
            choices=(Choice("self", "Mình"), Choice("other", "Người khác")),
        ),
        Question("name", "Tên người ấy", QuestionKind.NAME, show_if=(Condition("for", ("other",)),)),
        Question("town", "Nơi ấy", QuestionKind.COMMUNE, required=False),
    )
    offers(groups=(Group("g", "Cho ai?", questions),))
    sent = with_attempt(hoa, go="update")
    page = hoa.post("/desk/new", sent)
    assert "Tên người ấy" not in page.text
    page = hoa.post("/desk/new", {**sent, "a.for": "other"})
    assert "Tên người ấy" in page.text
    page = hoa.post("/desk/new", {**page.values(), "a.name": "Lê Văn Bình", "a.for": "self", "go": "update"})
    assert "Tên người ấy" not in page.text
    page = hoa.post("/desk/new", {**page.values(), "a.for": "other", "a.town": "hạc thành", "go": "update"})
    assert page.values()["a.name"] == "Lê Văn Bình"
    assert page.values()["a.town"] == "Phường Hạc Thành, Tỉnh Thanh Hóa"
    hoa.post("/desk/new", {**page.values(), "a.for": "self", "go": "accept"})
    (dossier,) = stored()
    assert set(content(here, dossier)["answers"]) == {"for", "town"}


def test_a_commune_of_a_name_that_many_bear_is_asked_again_with_those_that_may_be_meant(here, hoa):
    town = (Question("town", "Nơi ấy", QuestionKind.COMMUNE),)
    offers(groups=(Group("g", "Ở đâu?", town),))
    page = hoa.post("/desk/new", with_attempt(hoa, **{"a.town": "tân", "go": "accept"}), status=422)
    assert page.values()["a.town"] == "tân"
    assert len(page.tree.all("option")) == 8


def test_another_procedure_keeps_the_person_and_the_answers_that_fit(here, hoa):
    sent = with_attempt(hoa)
    page = hoa.post("/desk/new", {**sent, "go": "change"})
    assert "Gõ tên, mã hoặc việc cần làm" in page.text
    assert page.values()["applicant.name"] == FULL["applicant.name"]
    page = hoa.post("/desk/new", {**page.values(), "go": f"choose.{CODE}"})
    assert {name: page.values().get(name) for name in FULL} == FULL


def test_a_procedure_of_another_office_is_none(here, hoa):
    page = hoa.post("/desk/new", with_attempt(hoa, procedure="9.999999", go="accept"), status=422)
    assert page.faults == ["Chưa điền chỗ này."]
    assert stored() == []


def test_a_procedure_withdrawn_meanwhile_is_none(here, hoa):
    sent = with_attempt(hoa, go="accept")
    db.session.execute(delete(OfferedProcedure).where(OfferedProcedure.procedure_code == CODE))
    db.session.commit()
    memory.forget_all()
    page = hoa.post("/desk/new", sent, status=422)
    assert page.values()["applicant.name"] == FULL["applicant.name"]
    assert stored() == []


def test_whoever_sits_at_no_counter_is_told_to_choose_one_and_loses_nothing(here):
    hoa = signed_in(here.app, Role.RECEPTION)
    assert "Chưa chọn quầy." in hoa.get("/desk/new").text
    page = hoa.post("/desk/new", with_attempt(hoa, go="accept"), status=422)
    assert "chọn quầy đang ngồi" in page.text
    assert page.values()["a.who"] == "Lê Văn Bình"
    assert stored() == []


def test_the_promise_and_the_fee_are_told_before(hoa):
    page = hoa.post("/desk/new", with_attempt(hoa, go="update"))
    assert "Thứ Năm, 26/11/2026" in page.text
    assert "8.000 đồng" in page.text


def test_a_card_that_disagrees_with_itself_is_told_and_does_not_stop_anybody(here, hoa):
    page = hoa.post("/desk/new", with_attempt(hoa, **{"applicant.born": "8/3/1957", "go": "update"}))
    assert "Năm sinh không khớp với số định danh." in page.text
    hoa.post("/desk/new", {**page.values(), "go": "accept"})
    checked = db.session.scalars(select(Event).filter_by(kind="checked")).one()
    assert checked.facts["contradictions"] == ["Năm sinh không khớp với số định danh."]
    assert len(stored()) == 1


def test_procedures_and_communes_are_found_while_one_types(here):
    hoa = signed_in(here.app, Role.RECEPTION)
    hoa.htmx, hoa.target, hoa.at = True, "", "/desk/new"
    page = hoa.get("/desk/new/procedures?words=khai+sinh")
    assert "Đăng ký khai sinh" in page.html
    assert "Không có thủ tục nào khớp" in hoa.get("/desk/new/procedures?words=zzzz").html
    assert 'value="Phường Hạc Thành, Tỉnh Thanh Hóa"' in hoa.get("/desk/new/communes?a.town=hac+thanh").html


def test_the_receipt_of_a_dossier_of_another_office_does_not_exist(here, hoa):
    hoa.post("/desk/new", with_attempt(hoa, go="accept"))
    code = stored()[0].dossier_code
    names = ("name", "place", "agency_name", "collect_at", "hotline", "hours")
    office = db.session.scalars(select(Office)).first()
    other = Office(code="H56.17.99", **{name: getattr(office, name) for name in names})
    db.session.add(other)
    db.session.flush()
    other_id = other.id
    db.session.commit()
    stranger = signed_in(here.app, Role.RECEPTION, office_id=other_id)
    stranger.get(f"/desk/dossiers/{code}/received", status=404)
    hoa.get(f"/desk/dossiers/{code}/received")


def test_whoever_has_no_number_is_vouched_for_with_a_reason(hoa_plain):
    unknown = {**FULL, "applicant.citizen_id": "", "go": "accept"}
    page = hoa_plain.post("/desk/new", unknown, status=422)
    assert page.faults == ["Chưa có số định danh. Hãy điền số, hoặc ghi ai xác nhận người này."]
    page = hoa_plain.post(
        "/desk/new", {**unknown, "vouched": "1", "vouched.text": "Có bằng lái xe"}, status=422
    )
    assert page.values()["vouched.text"] == "Có bằng lái xe"
    told = {"vouched": "1", "vouched.why": "other_paper", "vouched.text": "Có bằng lái xe"}
    page = hoa_plain.post("/desk/new", unknown | told)
    dossier = db.session.scalars(select(Dossier)).one()
    assert page.h1.text and dossier.citizen_id_key is None and dossier.voucher_id is not None
    facts = db.session.scalars(select(Event).filter_by(kind="submitted")).one().facts
    assert (facts["identity"], facts["vouched_by"]) == ("vouched", "Lê Thu Hoa")
    assert "bằng lái" not in repr(facts)
    page = hoa_plain.get(f"/desk/dossiers/{dossier.dossier_code}")
    assert "Lê Thu Hoa xác nhận: Có giấy tờ khác có ảnh: Có bằng lái xe" in page.text


def test_an_earlier_dossier_of_the_same_person_and_procedure_is_told(hoa_plain, here):
    hoa_plain.post("/desk/new", {**FULL, "go": "accept"})
    dossier = db.session.scalars(select(Dossier)).one()
    asked = {key: FULL[key] for key in ("procedure", "applicant.name", "applicant.citizen_id")}
    for days, is_told in ((29, True), (31, False)):
        dossier.received_at = here.clock.now - timedelta(days=days)
        db.session.commit()
        page = hoa_plain.post("/desk/new", asked)
        assert (f"đang giải quyết: {dossier.dossier_code}" in page.text) == is_told
        db.session.rollback()

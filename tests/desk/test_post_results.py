"""Results that go home by post, at the desk: packed by scans, labelled, unpacked, undelivered, proved."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from deskway import signed_in
from homeway import NUMBERS, SIGNED, a_home
from intake.db import db
from intake.drafts import Collection
from intake.post import delivering
from intake.records import AcceptancePoint, Errand, Event, PostalItem
from intake.rules.rights import Role
from moneyway import give_prices
from postway import a_range

ALL = "/desk/post/results"


@pytest.fixture
def home(sqlite_house):
    sqlite_house.restore()
    with sqlite_house.app.app_context():
        yield a_home(sqlite_house, db.session())
        db.session.remove()


@pytest.fixture
def hoa(home):
    home.session.rollback()
    return signed_in(home.house.app, Role.RECEPTION, point="Q2")


def items_of(home) -> list[PostalItem]:
    home.session.rollback()
    home.session.expire_all()
    return list(home.session.scalars(select(PostalItem).order_by(PostalItem.id)))


def test_two_scans_pack_a_result_and_promise_its_label(home, hoa):
    give_prices(home.session, home.point.office_id)
    counter = home.session.scalars(select(AcceptancePoint).filter_by(code="Q2")).one()
    counter.printer_id = home.point.printer_id
    dossier = home.ready()
    code, payload, point = dossier.dossier_code, dossier.receipt.payload, str(home.point.id)
    home.session.rollback()
    page = hoa.post(ALL, {"scan": f"http://x/R/{payload}"})
    assert "Đóng gói cho Lê Thị Ngọc Lan" in page.text and "Số 12, Tổ 3" in page.text
    typed = page.values() | {"point": point, "grams": "200", "item_number": NUMBERS[0]}
    page = hoa.post(f"{ALL}/{code}/pack", typed)
    assert "Đã đóng gói RR 4731 2482 9 VN" in page.text and "Không còn kết quả nào chờ" in page.text
    (item,) = items_of(home)
    assert (item.status, item.charge, item.point.code) == ("ready", 24_000, "BD-07")
    assert home.session.scalars(select(Errand.item_paper).filter_by(item_id=item.id)).all() == ["label"]
    home.session.rollback()
    label = hoa.client.get(f"{ALL}/{item.id}/label")
    assert label.mimetype == "application/pdf" and label.data.startswith(b"%PDF")


def test_without_a_label_it_takes_the_next_own_number(home, hoa):
    a_range(home.session, home.point)
    code, point = home.ready().dossier_code, str(home.point.id)
    home.session.rollback()
    hoa.post(f"{ALL}/{code}/pack", {"point": point, "item_number": ""})
    assert [item.item_number for item in items_of(home)] == ["EH261121008VN"]


def test_the_scan_of_another_receipt_turns_to_the_other(home, hoa):
    first, second = home.ready(), home.ready()
    address, other = f"{ALL}/{first.dossier_code}/pack", second.dossier_code
    home.session.rollback()
    page = hoa.post(address, {"point": "", "item_number": other})
    assert page.values()["item_number"] == "" and f"{ALL}/{other}/pack" in page.html
    assert items_of(home) == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"item_number": NUMBERS[0], "point": ""}, "Chưa điền chỗ này"),
        ({"item_number": "RR473124820VN"}, "bị sai một chữ số"),
        ({"item_number": ""}, "Đã hết số hiệu tự cấp"),
        ({"item_number": NUMBERS[0], "grams": "900000"}, "Số lớn nhất là 30000"),
        ({"item_number": NUMBERS[0], "zone": "national"}, "Chưa có giá cước"),
    ],
)
def test_what_cannot_be_packed_says_why_with_all_that_was_typed(home, hoa, typed, words):
    code, point = home.ready().dossier_code, str(home.point.id)
    home.session.rollback()
    page = hoa.post(f"{ALL}/{code}/pack", {"point": point, "seal_number": "NP-7"} | typed, status=422)
    assert words in page.text and page.values()["seal_number"] == "NP-7"
    assert items_of(home) == []


@pytest.mark.parametrize("scan", ["H56.17.22-261120-0009", "RR473124829VN", "???"])
def test_what_is_not_to_be_sent_is_not_packed(home, hoa, scan):
    page = hoa.post(ALL, {"scan": scan}, status=422)
    assert "Không có hồ sơ này" in page.text or "Mã hồ sơ chưa đúng" in page.text
    at_the_counter = home.ready(Collection("counter_later")).dossier_code
    home.session.rollback()
    assert "Không có hồ sơ này" in hoa.post(ALL, {"scan": at_the_counter}, status=422).text


def test_what_a_colleague_packed_before_is_told_over_the_list(home, hoa):
    item = home.pack()
    address = f"{ALL}/{item.dossier.dossier_code}/pack"
    point = str(home.point.id)
    home.session.rollback()
    page = hoa.post(address, {"point": point, "item_number": NUMBERS[1]}, status=422)
    assert "Kết quả đã đóng gói chờ bưu điện" in page.text and page.h1.text == "Kết quả gửi bưu điện"
    assert [one.item_number for one in items_of(home)] == [NUMBERS[0]]


def test_what_is_promised_first_stands_first(home, hoa):
    later, sooner = home.ready(), home.ready()
    sooner.expected_at = later.expected_at - timedelta(days=1)
    codes = [sooner.dossier_code, later.dossier_code]
    home.session.commit()
    page = hoa.get(ALL)
    assert sorted(codes, key=page.text.index) == codes


def test_an_envelope_is_opened_again_with_a_reason(home, hoa):
    item = home.pack()
    address = f"{ALL}/{item.id}/unpack"
    home.session.rollback()
    assert "Chưa điền chỗ này" in hoa.post(address, {"reason": ""}, status=422).text
    page = hoa.post(address, {"reason": "Người nộp đến nhận"})
    assert "Đã mở gói RR473124829VN" in page.text and "Cần đóng gói 1" in page.text
    assert "Chưa làm được bước này" in hoa.post(address, {"reason": "lần nữa"}, status=422).text


def test_what_did_not_get_home_is_listed_before_anybody_calls(home, sqlite_house):
    failed, back = home.out(), home.out(home.pack(home.ready(), NUMBERS[1]))
    long, fine = home.out(home.pack(home.ready(), NUMBERS[2])), home.pack(home.ready(), NUMBERS[3])
    home.do(delivering.fail, failed, "wrong_address")
    home.do(delivering.fail, back, "moved")
    home.do(delivering.came_back, back, by=home.hoa)
    codes = {item.id: item.dossier.dossier_code for item in (failed, back, long, fine)}
    ids = [failed.id, back.id, long.id, fine.id]
    sqlite_house.clock.now += timedelta(days=2, minutes=1)
    home.session.rollback()
    hoa = signed_in(home.house.app, Role.RECEPTION)
    page = hoa.get(ALL)
    listed = page.text.split("Cần đóng gói")[0]
    assert [codes[one] in listed for one in ids] == [True, True, True, False]
    for words in ("Sai địa chỉ", "Người nhận đã chuyển đi", "Bưu điện giữ lâu", "Gửi lại", "0912 345 678"):
        assert words in listed
    again = home.pack(home.session.get_one(PostalItem, ids[1]).dossier, "RA473124829VN")
    assert again.status == "ready"
    home.session.rollback()
    assert codes[ids[1]] in hoa.get(ALL).text.split("Cần đóng gói")[0]  # it has not left yet
    home.do(delivering.picked_up, again)
    home.session.rollback()
    assert codes[ids[1]] not in hoa.get(ALL).text.split("Cần đóng gói")[0]


def test_a_signature_is_shown_on_purpose_and_every_look_is_kept(home, hoa):
    item = home.out()
    given = {"name": "Lê Văn Bình", "citizen_id": "038090012345", "proof_number": "12/UQ"}
    home.deliver(item, authority="family", photo="/9j/", **given)
    address = f"{ALL}/{item.id}"
    home.session.rollback()
    page = hoa.get(address)
    assert "Nhận thay: người thân thích" in page.text and "Chữ ký, có ảnh" in page.text
    assert "Văn Bình" not in page.html and SIGNED not in page.html
    page = hoa.post(f"{address}/proof")
    assert "Lê Văn Bình" in page.text and SIGNED in page.html and "038090012345" not in page.html
    assert hoa.client.post(f"{address}/photo", headers={"Origin": "http://localhost"}).data == b"\xff\xd8\xff"
    home.session.rollback()
    seen = home.session.scalars(select(Event).filter_by(kind="post_proof_seen").order_by(Event.id)).all()
    assert [(one.facts["what"], one.actor) for one in seen] == [
        ("chữ ký", "Lê Thu Hoa"),
        ("ảnh", "Lê Thu Hoa"),
    ]

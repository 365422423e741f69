"""A courier's round through its pages: taken along, proved, tried in vain, and what nobody else sees."""

from __future__ import annotations

import io
import re
from base64 import b64decode

import pytest
from PIL import Image
from sqlalchemy import select

from deskway import signed_in
from homeway import NUMBERS, SIGNED, a_home
from intake.db import db
from intake.post import delivering, manifests
from intake.records import PostalItem
from intake.rules.rights import Role
from moneyway import post_office
from web.limits import limiter

ADDRESS = "Số 12, Tổ 3, Phường Hạc Thành, Thanh Hóa"
PROOF = {"who": "self", "identity": "citizen_card", "signature": SIGNED}


@pytest.fixture
def home(sqlite_house):
    sqlite_house.restore()
    with sqlite_house.app.app_context():
        limiter.reset()
        yield a_home(sqlite_house, db.session())
        db.session.remove()


@pytest.fixture
def minh(home):
    home.session.rollback()
    return signed_in(home.house.app, Role.CLERK)


def at(home, item) -> str:
    number = item.id
    home.session.rollback()
    return f"/post/deliveries/{number}"


def status_of(home) -> list[str]:
    home.session.rollback()
    home.session.expire_all()
    return list(home.session.scalars(select(PostalItem.status).order_by(PostalItem.id)))


def a_picture() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (2000, 3000), "wheat").save(file, "JPEG", quality=80, comment=b"20.1,105.7")
    file.seek(0)
    return file


def test_a_scan_takes_an_item_along_and_a_second_one_opens_it(home, minh):
    item = home.pack()
    home.do(delivering.picked_up, item)
    home.session.rollback()
    page = minh.post("/post/deliveries/scan", {"scan": "rr 4731 2482 9 vn"})
    assert "L. T. N. Lan" in page.text and "Đã mang đi" in page.text
    assert status_of(home) == ["out"]
    assert "Giao kết quả" in minh.post("/post/deliveries/scan", {"scan": NUMBERS[0]}).text


@pytest.mark.parametrize(
    ("scan", "words"),
    [
        (NUMBERS[1], "Không có bưu gửi này"),
        ("RR473124820VN", "bị sai một chữ số"),
        ("", "Chưa đọc được số hiệu"),
        (NUMBERS[0], "Chưa làm được bước này"),  # not fetched from the office yet
    ],
)
def test_what_cannot_be_taken_along_says_why_over_the_same_list(home, minh, scan, words):
    home.pack()
    home.session.rollback()
    page = minh.post("/post/deliveries/scan", {"scan": scan}, status=422)
    assert words in page.text and page.h1.text == "Phát kết quả"
    assert status_of(home) == ["ready"]


def test_everything_at_the_post_office_is_taken_along_in_one_touch(home, minh):
    for number in NUMBERS[:2]:
        home.do(delivering.picked_up, home.pack(home.ready(), number))
    home.session.rollback()
    page = minh.post("/post/deliveries/all")
    assert "Đang mang đi giao 2" in page.text and status_of(home) == ["out", "out"]


def test_what_is_listed_to_go_back_keeps_nothing_else_at_the_post_office(home, minh):
    items = [home.pack(home.ready(), number) for number in NUMBERS[:2]]
    for item in items:
        home.do(delivering.picked_up, item)
    back = manifests.open_manifest(home.session, home.point, "in", by=home.minh, now=home.now)
    manifests.add_item(home.session, back, NUMBERS[0], by=home.minh, now=home.now)
    home.session.commit()
    minh.post("/post/deliveries/all")
    assert status_of(home) == ["picked_up", "out"]


def test_a_result_is_handed_over_with_a_signature_and_a_photograph_kept_sealed(home, minh):
    item = home.out()
    door = at(home, item)
    assert ADDRESS in minh.get(door).text and "0912 345 678" in minh.page.text
    page = minh.post(f"{door}/deliver", PROOF | {"photo": (a_picture(), "anh.jpg")})
    assert "Đã giao: L. T. N. Lan" in page.text and "1 / 1" in page.text
    assert ADDRESS not in page.html and "0912345678" not in page.html
    assert ADDRESS not in minh.get(door).html  # nor behind the list
    sealed = home.session.scalars(select(PostalItem)).one()
    proof = delivering.proof_of(sealed, home.keys)
    assert proof is not None and proof.signature == SIGNED
    assert max(picture_of(proof.photo).size) == 1280 and "comment" not in picture_of(proof.photo).info


def picture_of(photo: str) -> Image.Image:
    return Image.open(io.BytesIO(b64decode(photo)))


def test_what_is_missing_is_told_in_its_place_with_all_that_was_given(home, minh):
    door = at(home, home.out())
    typed = {"who": "behalf", "name": "Lê Văn Bình", "signature": SIGNED}
    page = minh.post(f"{door}/deliver", typed | {"photo": (io.BytesIO(b"?"), "a.jpg")}, status=422)
    assert page.faults == ["Chưa đọc được ảnh. Hãy chụp lại, hoặc bỏ ảnh."]
    page = minh.post(f"{door}/deliver", typed, status=422)
    assert "còn 4 chỗ" in page.text and len(page.faults) == 4
    assert page.values()["name"] == "Lê Văn Bình" and page.values()["signature"] == SIGNED
    assert f'd="{SIGNED}"' in page.html
    assert status_of(home) == ["out"]


def test_a_wrong_code_is_told_and_many_of_them_are_stopped(home, minh):
    item = home.out()
    code, door = delivering.delivery_code(home.keys, item), at(home, item)
    typed = PROOF | {"signature": "", "code": f"{(int(code) + 1) % 1_000_000:06d}"}
    assert "Mã nhận chưa đúng" in minh.post(f"{door}/deliver", typed, status=422).text
    for _ in range(29):
        minh.client.post(f"{door}/deliver", data=typed, headers={"Origin": "http://localhost"})
    minh.post(f"{door}/deliver", typed, status=429)
    assert status_of(home) == ["out"]


def test_told_twice_it_is_one_delivery_and_one_try(home, minh):
    item, other = home.out(), home.out(home.pack(home.ready(), NUMBERS[1]))
    door, second = at(home, item), at(home, other)
    for _ in range(2):
        minh.post(f"{door}/deliver", PROOF)
        page = minh.post(f"{second}/fail", {"reason": "not_home", "tries": "0"})
    assert "Đã ghi: L. T. N. Lan" in page.text and "Đã đến 1 lần: không có người nhận" in page.text
    assert status_of(home) == ["delivered", "failed"]
    assert "Mang đi giao" in minh.get(second).text
    assert "Đã giao" in minh.post(f"{second}/out").text and status_of(home)[1] == "out"


def test_what_was_tried_often_enough_is_not_offered_again(home, minh):
    item = home.out()
    for attempt in range(3):
        home.do(delivering.fail, item, "no_answer")
        if attempt < 2:
            home.do(delivering.go_out, item)
    door = at(home, item)
    assert "Phải chuyển hoàn về Trung tâm 1" in minh.get("/post/deliveries").text
    page = minh.get(door)
    assert "hãy chuyển hoàn" in page.text and "Mang đi giao" not in page.text
    page = minh.post("/post/deliveries/scan", {"scan": NUMBERS[0]}, status=422)
    assert "Không giao thêm được nữa" in page.text


def test_what_a_colleague_carries_is_seen_by_initials_alone(home, minh):
    item = home.pack()
    home.do(delivering.picked_up, item)
    home.do(delivering.go_out, item, by=home.hoa)
    door = at(home, item)
    for page in (minh.get("/post/deliveries"), minh.get(door)):
        assert "L. T. N. Lan" in page.text and "Lê Thu Hoa" in page.text
        assert not re.search(r"Ngọc|Tổ 3|0912", page.html)


def test_another_post_office_has_no_such_item(home, minh):
    item = home.out()
    item.point_id = post_office(home.session, "BD-12").id
    home.session.commit()
    door = at(home, item)
    for path in (door, f"{door}/fail"):
        assert "Không có bưu gửi này" in minh.get(path, status=422).text
    for path in (f"{door}/deliver", f"{door}/out", f"{door}/fail"):
        assert "Không có bưu gửi này" in minh.post(path, PROOF, status=422).text
    minh.post("/post/deliveries/scan", {"scan": NUMBERS[0]}, status=422)
    assert "L. T. N. Lan" not in minh.get("/post/deliveries").html and status_of(home) == ["out"]


def test_the_same_page_answers_htmx_with_its_block(home, minh):
    home.do(delivering.picked_up, home.pack())
    home.session.rollback()
    swift = signed_in(home.house.app, Role.CLERK, htmx="round")
    part = swift.post("/post/deliveries/scan", {"scan": NUMBERS[0]})
    assert 'data-said="good"' in part.html and "<html" not in part.html

"""The door of the desk: who comes in, who does not, and what either of them is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from conftest import House
from deskway import a_person, signed_in
from intake import passwords, people, second_factor, staffing, totp
from intake.db import db
from intake.records import AcceptancePoint, Event, Person, SignIn
from intake.rules.rights import Role
from visitor import Visitor
from web.limits import limiter
from web.staff import COOKIE

PASSWORD = "con mèo trèo cây cau"
HASHED = passwords.hashed(PASSWORD)  # once: it is slow on purpose


@pytest.fixture
def home(sqlite_house: House) -> Iterator[House]:
    sqlite_house.restore()
    limiter.reset()
    with sqlite_house.app.app_context():
        yield sqlite_house
        db.session.remove()


class Caller(Visitor):
    """The tests look into the same session as the pages: neither may keep the other waiting."""

    def _seen(self, *answer):
        db.session.rollback()
        return super()._seen(*answer)


def somebody(home: House, role: Role = Role.RECEPTION, **more: str) -> Visitor:
    db.session.rollback()
    return signed_in(home.app, role, **more)


@pytest.fixture
def hoa(home: House) -> Person:
    return with_password(home, Role.RECEPTION)


@pytest.fixture
def visitor(home: House) -> Visitor:
    return Caller(home.app)


def with_password(home: House, role: Role) -> Person:
    db.session.rollback()
    person = db.session.get_one(Person, a_person(home.app, role))
    people.set_password(person, HASHED, now=home.clock())
    db.session.commit()
    return person


def with_second_factor(home: House, role: Role = Role.MANAGER) -> tuple[Person, str]:
    person, secret = with_password(home, role), totp.new_secret()
    person.totp_sealed = home.keys.seal(secret, people.TOTP)
    db.session.commit()
    return person, secret


def enter(visitor: Visitor, username: str = "hoa", password: str = PASSWORD, **more: object):
    return visitor.post("/desk/sign-in", {"username": username, "password": password, **more}, follow=False)


def cookie(visitor: Visitor) -> str | None:
    found = visitor.client.get_cookie(COOKIE)
    return found.value if found else None


def kinds() -> list[str]:
    return list(db.session.scalars(select(Event.kind).order_by(Event.id)))


def test_a_right_password_leads_to_the_choice_of_a_counter(visitor, hoa):
    visitor.get("/desk/sign-in")
    page = visitor.post("/desk/sign-in", {"username": " HOA ", "password": PASSWORD})
    assert page.h1.text == "Hôm nay ngồi quầy nào?"
    assert kinds() == ["signed_in"]


def test_the_cookie_is_for_our_pages_only(visitor, hoa):
    told = enter(visitor).response.headers["Set-Cookie"]
    assert "HttpOnly" in told and "SameSite=Strict" in told and "Path=/" in told
    assert "Max-Age" not in told and "Expires" not in told


def test_who_sits_at_a_counter_is_remembered(visitor, hoa, home):
    enter(visitor)
    counter = db.session.scalars(select(AcceptancePoint).filter_by(kind="counter")).first()
    visitor.post("/desk/seat", {"office": counter.office_id, "point": counter.id}, follow=False)
    db.session.expire_all()
    assert db.session.scalars(select(SignIn)).one().point_id == counter.id
    assert kinds() == ["signed_in", "seated"]
    assert "Lê Thu Hoa đang ngồi" in somebody(home, Role.DECIDING).get("/desk/seat").text


def test_nobody_sits_at_a_counter_of_another_office_or_at_a_kiosk(visitor, hoa, home):
    enter(visitor)
    kiosk = db.session.scalars(select(AcceptancePoint).filter_by(kind="kiosk")).first()
    visitor.post("/desk/seat", {"office": kiosk.office_id, "point": kiosk.id}, status=422)
    visitor.post("/desk/seat", {"office": 99, "point": ""}, status=422)


def test_an_office_that_never_was_is_refused_to_an_administrator_too(home):
    tuan = somebody(home, Role.ADMINISTRATOR)
    tuan.post("/desk/seat", {"office": 99, "point": ""}, status=422)


def test_nobody_sits_on_at_a_counter_put_out_of_use(visitor, hoa, home):
    enter(visitor)
    counter = db.session.scalars(select(AcceptancePoint).filter_by(kind="counter")).first()
    visitor.post("/desk/seat", {"office": counter.office_id, "point": counter.id}, follow=False)
    assert "Đổi quầy" in visitor.get("/desk/account").text
    counter.active = False
    db.session.commit()
    assert "Chọn quầy" in visitor.get("/desk/account").text


def test_what_was_asked_for_is_opened_after_the_door(visitor, hoa):
    page = visitor.get("/desk/account", follow=False)
    assert page.location == "/desk/sign-in?next=/desk/account"
    assert 'name="next" value="/desk/account"' in visitor.get(page.location).html
    enter(visitor, next="/desk/account")
    office_id = db.session.scalars(select(SignIn.office_id)).one()
    sat = visitor.post("/desk/seat", {"office": office_id, "next": "/desk/account"}, follow=False)
    assert sat.location == "/desk/account"


@pytest.mark.parametrize(
    "address",
    [
        "https://xau.example/",
        "//xau.example",
        "/\\xau.example",
        "javascript:alert(1)",
        "desk",
        "//[xau",
        "/desk/\nxau",
        "/\t/xau.example",
    ],
)
def test_the_door_leads_to_no_strangers_page(visitor, hoa, address):
    assert "xau" not in enter(visitor, next=address).location
    assert "next" not in visitor.page.location


@pytest.mark.parametrize(
    "username, password",
    [("hoa", "sai mất rồi đấy"), ("khach", PASSWORD), ("", ""), ("hoa", "")],
    ids=["wrong password", "unknown name", "nothing", "no password"],
)
def test_who_may_not_come_in_hears_one_sentence(visitor, hoa, username, password):
    page = enter(visitor, username, password)
    assert page.status == 422 and cookie(visitor) is None
    assert "Tên đăng nhập hoặc mật khẩu chưa đúng, hoặc tài khoản đang tạm nghỉ" in page.text
    assert page.values()["username"] == username


def test_somebody_out_of_use_and_somebody_locked_hear_the_same_as_a_stranger(visitor, hoa, home):
    stranger = enter(visitor, "khach").html.replace("khach", "hoa")
    hoa.locked_until = home.clock.now + timedelta(minutes=5)
    db.session.commit()
    assert enter(visitor).html == stranger
    hoa.locked_until, hoa.active = None, False
    db.session.commit()
    assert enter(visitor).html == stranger


def test_a_locked_account_opens_when_the_time_is_over(visitor, hoa, home):
    for _ in range(5):
        enter(visitor, password="sai mất rồi đấy")
    assert enter(visitor).status == 422
    assert kinds() == ["sign_in_failed"] * 5 + ["locked_out"]
    home.clock.now += timedelta(minutes=1)
    assert enter(visitor).status == 303


def test_the_door_takes_only_so_many_tries_a_minute(visitor, home):
    answers = {enter(visitor, "khach", "").status for _ in range(31)}
    assert answers == {422, 429}


def test_idle_for_long_everybody_is_out(visitor, hoa, home):
    enter(visitor)
    home.clock.now += timedelta(minutes=29)
    assert visitor.get("/desk/account").h1.text == "Tài khoản"
    home.clock.now += timedelta(minutes=29)
    assert visitor.get("/desk/account").h1.text == "Tài khoản"
    home.clock.now += timedelta(minutes=31)
    assert "Phiên làm việc đã kết thúc" in visitor.get("/desk/account").text


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(visitor, hoa, home):
    enter(visitor)
    for _ in range(4):
        home.clock.now += timedelta(minutes=10)
        answer = visitor.get("/desk/account?live=1", follow=False)
    assert answer.status == 303


def test_after_the_longest_day_everybody_signs_in_anew(visitor, hoa, home):
    enter(visitor)
    for _ in range(36):
        home.clock.now += timedelta(minutes=20)
        assert visitor.get("/desk/account", follow=False).status == 200
    home.clock.now += timedelta(minutes=1)
    assert visitor.get("/desk/account").h1.text == "Đăng nhập"


def test_a_form_sent_by_htmx_after_the_end_leaves_the_page(home):
    visitor = somebody(home, htmx="main")
    home.clock.now += timedelta(hours=1)
    response = visitor.client.post(
        "/desk/account/sign-ins/end",
        headers={"HX-Request": "true", "Origin": "http://localhost"},
    )
    assert (response.status_code, response.headers["HX-Redirect"]) == (204, "/desk/sign-in")


def test_signing_out_ends_the_sign_in(visitor, hoa):
    enter(visitor)
    kept = cookie(visitor)
    visitor.post("/desk/sign-out", follow=False)
    assert cookie(visitor) is None
    visitor.client.set_cookie(COOKIE, kept)
    assert visitor.get("/desk/account").h1.text == "Đăng nhập"
    assert kinds()[-1] == "signed_out"


def test_signing_in_again_at_the_same_browser_gives_a_new_secret_and_ends_the_old(visitor, hoa):
    enter(visitor)
    first = cookie(visitor)
    enter(visitor)
    assert cookie(visitor) != first
    assert db.session.scalars(select(SignIn).filter_by(ended_at=None)).one() is not None


def test_who_keeps_a_second_factor_is_in_only_after_it(visitor, home):
    _, secret = with_second_factor(home)
    assert enter(visitor, "thu").location.startswith("/desk/second-factor")
    half = cookie(visitor)
    assert visitor.get("/desk/account").h1.text == "Đăng nhập"
    code = totp.code_at(secret, totp.step_at(home.clock.now))
    visitor.get("/desk/second-factor")
    visitor.post("/desk/second-factor", {"code": code}, follow=False)
    assert cookie(visitor) != half
    assert visitor.get("/desk/account").h1.text == "Tài khoản"


def test_a_wrong_code_stays_at_the_door_and_counts(visitor, home):
    person, _ = with_second_factor(home)
    enter(visitor, "thu")
    for _ in range(4):
        page = visitor.post("/desk/second-factor", {"code": "000000"}, status=422)
        assert "Mã chưa đúng hoặc đã dùng rồi" in page.faults[0]
    page = visitor.post("/desk/second-factor", {"code": "000000"}, status=422)
    assert "đợi đến 10:16" in page.faults[0]
    db.session.refresh(person)
    assert person.failures == 5


def test_a_right_password_alone_gives_no_more_guesses_at_the_code(visitor, home):
    with_second_factor(home)
    for _ in range(4):
        enter(visitor, "thu")
        visitor.post("/desk/second-factor", {"code": "000000"}, status=422)
    enter(visitor, "thu")
    page = visitor.post("/desk/second-factor", {"code": "000000"}, status=422)
    assert "Đã sai nhiều lần" in page.faults[0]


def test_the_second_factor_is_asked_for_a_few_minutes_only(visitor, home):
    with_second_factor(home)
    enter(visitor, "thu")
    home.clock.now += timedelta(minutes=6)
    assert visitor.get("/desk/second-factor").h1.text == "Đăng nhập"
    assert visitor.post("/desk/second-factor", {"code": "000000"}).h1.text == "Đăng nhập"


def link_for(home: House, role: Role = Role.RECEPTION) -> tuple[int, str]:
    person_id = a_person(home.app, role)
    by = staffing.Governor(staffing.FOUNDING, None, is_administrator=True)
    token = staffing.invite(db.session(), person_id, by, now=home.clock.now)
    db.session.commit()
    return person_id, f"/desk/enter/{token}"


NEW = {"password": "mùa thu lá bay", "again": "mùa thu lá bay"}


def test_a_link_opens_once_and_the_chosen_password_lets_in(visitor, home):
    _, link = link_for(home)
    assert "Chào Lê Thu Hoa" in visitor.get(link).text
    page = visitor.post(link, NEW)
    assert "Đã đặt mật khẩu" in page.text
    assert visitor.get(link, status=422).h1.text == "Liên kết này không dùng được nữa"
    visitor.post(link, NEW, status=422)
    assert enter(visitor, password=NEW["password"]).status == 303


def test_a_link_is_over_after_72_hours(visitor, home):
    _, link = link_for(home)
    home.clock.now += timedelta(hours=72)
    visitor.get(link, status=422)
    visitor.post(link, NEW, status=422)


def test_a_link_that_never_was_is_over_in_the_same_words(visitor, home):
    _, link = link_for(home)
    home.clock.now += timedelta(hours=73)
    assert visitor.get(link, status=422).html == visitor.get("/desk/enter/doan-mo", status=422).html


@pytest.mark.parametrize(
    "typed, key, said",
    [
        ({"password": "ngắn quá"}, "password", "ít nhất 10 ký tự"),
        ({"password": ""}, "password", "Hãy điền ô này"),
        ({"password": "Lê Thu Hoa"}, "password", "không được là tên"),
        ({"password": "mậtkhẩu123"}, "password", "rất nhiều người dùng"),
        ({"password": "121212121212"}, "password", "rất nhiều người dùng"),
        ({"password": "x" * 201}, "password", "nhiều nhất 200"),
        ({"again": "mùa thu lá rơi"}, "again", "chưa giống nhau"),
    ],
)
def test_a_password_that_cannot_be_one_is_told_at_its_field(visitor, home, typed, key, said):
    _, link = link_for(home)
    page = visitor.post(link, NEW | typed, status=422)
    assert said in page.faults[0] and f'id="fault-{key}"' in page.html
    visitor.post(link, NEW)


def test_the_first_administrator_comes_in_by_the_printed_link(visitor, home):
    token = staffing.first_link(db.session(), now=home.clock.now)
    db.session.commit()
    link = f"/desk/enter/{token}"
    assert visitor.get(link).h1.text == "Người quản trị đầu tiên"
    page = visitor.post(link, NEW | {"name": "Phạm 1", "username": "Tuấn"}, status=422)
    assert len(page.faults) == 2 and page.values()["name"] == "Phạm 1"
    visitor.post(link, NEW | {"name": "Phạm Anh Tuấn", "username": "Tuan.PA"})
    visitor.get(link, status=422)
    page = visitor.post("/desk/sign-in", {"username": "tuan.pa", "password": NEW["password"]})
    assert page.h1.text == "Nhật ký" or page.status == 200
    assert staffing.first_link(db.session(), now=home.clock.now) is None


def test_a_newer_first_link_closes_the_older(visitor, home):
    older = staffing.first_link(db.session(), now=home.clock.now)
    newer = staffing.first_link(db.session(), now=home.clock.now)
    db.session.commit()
    visitor.get(f"/desk/enter/{older}", status=422)
    visitor.get(f"/desk/enter/{newer}")


def test_no_first_link_opens_once_there_is_an_administrator(visitor, home):
    token = staffing.first_link(db.session(), now=home.clock.now)
    db.session.commit()
    with_password(home, Role.ADMINISTRATOR)
    visitor.get(f"/desk/enter/{token}", status=422)
    visitor.post(f"/desk/enter/{token}", NEW | {"name": "Ông Khách", "username": "khach"}, status=422)


def test_a_new_password_ends_the_other_sign_ins(visitor, hoa, home):
    enter(visitor)
    other = somebody(home)
    other.get("/desk/account")
    page = visitor.post("/desk/account/password", NEW | {"current": PASSWORD})
    assert "Đã đổi mật khẩu" in page.text
    assert other.get("/desk/account").h1.text == "Đăng nhập"
    assert enter(Caller(home.app), password=NEW["password"]).status == 303


def test_the_old_password_is_asked_for_and_counted(visitor, hoa, home):
    enter(visitor)
    for _ in range(4):
        page = visitor.post("/desk/account/password", NEW | {"current": "không phải đâu"}, status=422)
        assert "Mật khẩu hiện tại chưa đúng" in page.faults[0]
    visitor.post("/desk/account/password", NEW | {"current": "không phải đâu"}, status=422)
    page = visitor.post("/desk/account/password", NEW | {"current": PASSWORD}, status=422)
    assert "đợi đến 10:16" in page.faults[0]


def test_a_manager_turns_the_second_factor_on_and_off(visitor, home):
    person = with_password(home, Role.MANAGER)
    enter(visitor, "thu")
    page = visitor.get("/desk/account/second-factor")
    assert "<svg" in page.html
    pending = page.values()["pending"]
    secret = second_factor._pending(person, pending, home.keys)
    code = totp.code_at(secret, totp.step_at(home.clock.now))
    wrong = visitor.post(
        "/desk/account/second-factor", {"pending": pending, "code": "1", "current": PASSWORD}, status=422
    )
    assert second_factor._pending(person, wrong.values()["pending"], home.keys) == secret
    visitor.post(
        "/desk/account/second-factor", {"pending": pending, "code": code, "current": "sai rồi"}, status=422
    )
    page = visitor.post(
        "/desk/account/second-factor", {"pending": pending, "code": code, "current": PASSWORD}
    )
    codes = [one.text for one in page.tree.all("code")]
    assert len(set(codes)) == 10
    assert "Còn 10 mã khôi phục" in visitor.get("/desk/account").text

    other = Caller(home.app)
    enter(other, "thu")
    replayed = other.post("/desk/second-factor", {"code": code}, status=422)
    assert "đã dùng rồi" in replayed.faults[0]
    other.post("/desk/second-factor", {"code": codes[0].upper()}, follow=False)
    assert "Còn 9 mã khôi phục" in other.get("/desk/account").text

    renewed = visitor.post("/desk/account/recovery-codes", {"current": PASSWORD})
    assert not set(codes) & {one.text for one in renewed.tree.all("code")}
    visitor.post("/desk/account/recovery-codes", {"current": ""}, status=422)
    visitor.post("/desk/account/second-factor/off", {"current": "sai"}, status=422)
    assert "Đã tắt mã xác thực" in visitor.post("/desk/account/second-factor/off", {"current": PASSWORD}).text
    assert enter(Caller(home.app), "thu").location.startswith("/desk/seat")


def test_an_officer_keeps_no_second_factor(visitor, hoa):
    enter(visitor)
    assert "Mã xác thực" not in visitor.get("/desk/account").text
    visitor.get("/desk/account/second-factor", status=422)
    sent = {"pending": "", "code": "", "current": PASSWORD}
    page = visitor.post("/desk/account/second-factor", sent, status=422)
    assert page.h1.text == "Không có quyền làm việc này"
    visitor.post("/desk/account/recovery-codes", {"current": PASSWORD}, status=422)


def test_somebody_elses_sign_in_cannot_be_ended(visitor, hoa, home):
    enter(visitor)
    other = somebody(home, Role.MANAGER)
    theirs = db.session.scalars(select(SignIn.id).join(Person).where(Person.username == "thu")).one()
    visitor.post("/desk/account/sign-ins/end", {"which": theirs})
    assert other.get("/desk/account").h1.text == "Tài khoản"


def test_ones_own_sign_ins_are_listed_and_ended(visitor, hoa, home):
    enter(visitor)
    other = somebody(home)
    assert len(visitor.get("/desk/account").tree.all("button", name="which")) == 3
    visitor.post("/desk/account/sign-ins/end", {"which": "others"})
    assert other.get("/desk/account").h1.text == "Đăng nhập"
    mine = visitor.get("/desk/account").tree.all("button", name="which")[0].attributes["value"]
    visitor.post("/desk/account/sign-ins/end", {"which": mine})
    assert visitor.get("/desk/account").h1.text == "Đăng nhập"


def test_old_parameters_of_a_hash_are_renewed_at_the_door(visitor, hoa):
    from argon2 import PasswordHasher

    hoa.password_hash = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    db.session.commit()
    assert enter(visitor).status == 303
    db.session.refresh(hoa)
    assert "m=19456,t=2,p=1" in hoa.password_hash


def test_somebody_who_works_in_two_offices_chooses_first(visitor, hoa, home):
    from intake.records import Assignment, Office

    first = db.session.scalars(select(Office)).one()
    columns = {one.name: getattr(first, one.name) for one in Office.__table__.columns}
    second = Office(**columns | {"id": None, "code": "H56.99", "name": "Trung tâm phường Khác"})
    db.session.add(second)
    db.session.flush()
    hoa.assignments.append(Assignment(office_id=second.id, role=Role.AUDITOR))
    db.session.commit()
    page = visitor.post("/desk/sign-in", {"username": "hoa", "password": PASSWORD})
    assert page.h1.text == "Làm việc ở đâu?"
    assert visitor.get("/desk/staff").h1.text == "Làm việc ở đâu?"
    assert "Trung tâm phường Khác" in visitor.get(f"/desk/seat?office={second.id}").text
    visitor.post("/desk/seat", {"office": second.id, "next": "/desk/account"})
    db.session.expire_all()
    assert db.session.scalars(select(SignIn)).one().office_id == second.id

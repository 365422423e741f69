"""The manager's page of people, and the log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Executable, Select, insert, select, update

from conftest import House
from deskway import a_person, signed_in
from intake.db import db
from intake.records import Assignment, Event, Invitation, Office, Person, SignIn, Unit
from intake.rules.rights import Role
from visitor import Visitor


@pytest.fixture
def home(sqlite_house: House) -> Iterator[House]:
    sqlite_house.restore()
    yield sqlite_house
    sqlite_house.close()


@pytest.fixture
def thu(home: House) -> Visitor:
    return signed_in(home.app, Role.MANAGER)


@pytest.fixture
def tuan(home: House) -> Visitor:
    return signed_in(home.app, Role.ADMINISTRATOR)


def ask(home: House, statement: Executable) -> list:
    with home.app.app_context():
        try:
            found = db.session.execute(statement)
            rows = list(found) if isinstance(statement, Select) else []
            db.session.commit()
            return rows
        finally:
            db.session.remove()


def kinds(home: House) -> list[str]:
    return [kind for (kind,) in ask(home, select(Event.kind).order_by(Event.id))]


NEW = {"username": "hoa", "name": "Lê Thu Hoa", "roles": "reception", "version": "0"}


def test_a_manager_adds_somebody_and_is_shown_their_link_once(home, thu):
    thu.get("/desk/staff")
    thu.get("/desk/staff/new")
    page = thu.post("/desk/staff/new", NEW)
    assert page.h1.text == "Liên kết cho Lê Thu Hoa"
    link = page.tree.all("code")[0].text
    assert Visitor(home.app).get(link.removeprefix("http://127.0.0.1:8080")).h1.text == "Chọn mật khẩu"
    assert "chờ đặt mật khẩu" in thu.get("/desk/staff").text
    assert kinds(home) == ["person_added", "invited"]


@pytest.mark.parametrize(
    "typed, key, said",
    [
        ({"username": ""}, "username", "Hãy điền ô này"),
        ({"username": "Hoa Lê"}, "username", "chữ cái không dấu"),
        ({"username": "THU"}, "username", "đã có người dùng"),
        ({"name": "Hoa 2"}, "name", "Tên chỉ gồm chữ cái"),
        ({"name": ""}, "name", "Hãy điền ô này"),
        ({"roles": ""}, "roles", "ít nhất một vai trò"),
        ({"unit": "99"}, "unit", "có sẵn"),
    ],
)
def test_a_fault_is_told_at_its_field_and_nothing_typed_is_lost(home, thu, typed, key, said):
    page = thu.post("/desk/staff/new", NEW | typed, status=422)
    assert any(said in fault for fault in page.faults)
    kept = page.values()
    assert kept["name"] == (NEW | typed)["name"]
    assert kinds(home) == []


def test_roles_change_and_end_the_sign_ins_at_once(home, thu):
    hoa = signed_in(home.app, Role.RECEPTION)
    person_id = a_person(home.app, Role.RECEPTION)
    hoa.get("/desk/account")
    version = thu.get(f"/desk/staff/{person_id}").values()["version"]
    sent = {"name": "Lê Thị Thu Hoa", "roles": "auditor", "version": version}
    assert "Đã lưu" in thu.post(f"/desk/staff/{person_id}", sent).text
    assert hoa.get("/desk/account").h1.text == "Đăng nhập"
    assert kinds(home) == ["person_changed", "roles_changed"]
    (facts,) = ask(home, select(Event.facts).filter_by(kind="roles_changed"))[0]
    assert facts == {"whom": "hoa", "roles": [["reception"], ["auditor"]]}


def test_a_unit_is_given_to_whoever_decides(home, thu):
    person_id = a_person(home.app, Role.DECIDING)
    ask(home, insert(Unit).values(office_id=1, name="Phòng Kinh tế", active=True))
    ((unit_id,),) = ask(home, select(Unit.id))
    version = thu.get(f"/desk/staff/{person_id}").values()["version"]
    sent = {"name": "Trần Quốc Dũng", "roles": "deciding", "unit": unit_id, "version": version}
    thu.post(f"/desk/staff/{person_id}", sent)
    assert ask(home, select(Assignment.unit_id).filter_by(person_id=person_id)) == [(unit_id,)]
    assert thu.get(f"/desk/staff/{person_id}").values()["unit"] == str(unit_id)


def test_two_who_save_the_same_person_are_told(home, thu):
    person_id = a_person(home.app, Role.RECEPTION)
    sent = {"name": "Lê Thu Hoa", "roles": "reception", "version": "1"}
    thu.post(f"/desk/staff/{person_id}", sent)
    page = thu.post(f"/desk/staff/{person_id}", sent | {"name": "Lê Hoa"}, status=422)
    assert page.h1.text == "Có người vừa sửa trước"
    assert ask(home, select(Person.name).filter_by(id=person_id)) == [("Lê Thu Hoa",)]


def test_somebody_put_out_of_use_is_out_at_once_and_may_come_back(home, thu):
    hoa, person_id = signed_in(home.app), a_person(home.app, Role.RECEPTION)
    assert "Đã ngừng tài khoản" in thu.post(f"/desk/staff/{person_id}/active", {"active": "0"}).text
    assert hoa.get("/desk/account").h1.text == "Đăng nhập"
    thu.post(f"/desk/staff/{person_id}/link", status=422)  # no link for somebody out of use
    assert "Đã mở lại" in thu.post(f"/desk/staff/{person_id}/active", {"active": "1"}).text


def test_a_manager_unlocks_and_gives_a_new_link(home, thu):
    person_id = a_person(home.app, Role.RECEPTION)
    locked = {"failures": 6, "locked_until": home.clock.now + timedelta(minutes=2)}
    ask(home, update(Person).filter_by(id=person_id).values(**locked))
    assert "tạm khóa đến 10:17" in thu.get("/desk/staff").text
    thu.get(f"/desk/staff/{person_id}")
    assert "Đã mở khóa" in thu.post(f"/desk/staff/{person_id}/unlock").text
    first = thu.post(f"/desk/staff/{person_id}/link").tree.all("code")[0].text
    second = thu.post(f"/desk/staff/{person_id}/link").tree.all("code")[0].text
    assert first != second
    assert len(ask(home, select(Invitation.id).filter_by(used_at=None))) == 1


def test_a_manager_makes_no_administrator(home, thu):
    person_id = a_person(home.app, Role.RECEPTION)
    sent = {"name": "Lê Thu Hoa", "roles": "reception", "administrator": "1", "version": "1"}
    thu.post(f"/desk/staff/{person_id}", sent)
    thu.post("/desk/staff/new", NEW | {"username": "moi", "administrator": "1"}, status=422)
    thu.post("/desk/staff/new", NEW | {"username": "moi", "roles": "administrator"}, status=422)
    assert ask(home, select(Assignment.id).filter_by(role="administrator")) == []


def test_a_manager_sees_no_administrator_and_nobody_of_another_office(home, thu):
    other = another_office(home)
    stranger = a_person(home.app, Role.RECEPTION, office_id=other)
    admin = a_person(home.app, Role.ADMINISTRATOR)
    listed = thu.get("/desk/staff").text
    assert "Phạm Anh Tuấn" not in listed and "hoa2" not in listed
    for person_id in (stranger, admin, 999):
        assert thu.get(f"/desk/staff/{person_id}", status=422).h1.text == "Không có người này"
        for verb in ("active", "link", "unlock", "drop-second-factor"):
            thu.post(f"/desk/staff/{person_id}/{verb}", status=422)


def test_of_somebody_who_works_elsewhere_too_a_manager_changes_only_the_roles_here(home, thu):
    """A link to choose a password would open the other office as well."""
    other, person_id = another_office(home), a_person(home.app, Role.RECEPTION)
    ask(home, Assignment.__table__.insert().values(person_id=person_id, office_id=other, role="manager"))
    page = thu.get(f"/desk/staff/{person_id}")
    assert "Người này còn làm ở nơi khác" in page.text and "Ngừng tài khoản" not in page.text
    for verb in ("active", "link", "unlock", "drop-second-factor"):
        page = thu.post(f"/desk/staff/{person_id}/{verb}", status=422)
        assert page.h1.text == "Không có quyền làm việc này"
    thu.post(f"/desk/staff/{person_id}", {"name": "Tên Khác", "roles": "auditor", "version": "1"})
    held = (
        select(Assignment.office_id, Assignment.role)
        .filter_by(person_id=person_id)
        .order_by(Assignment.office_id)
    )
    assert [tuple(one) for one in ask(home, held)] == [(1, "auditor"), (other, "manager")]
    assert ask(home, select(Person.name).filter_by(id=person_id)) == [("Lê Thu Hoa",)]


@pytest.mark.parametrize("how", ["role", "active"])
def test_the_last_manager_stays(home, thu, how):
    person_id = a_person(home.app, Role.MANAGER)
    ask(home, update(Person).values(password_hash="x"))
    sent = {"name": "Nguyễn Thị Thu", "roles": "reception", "version": "1"}
    where, sent = ("", sent) if how == "role" else ("/active", {"active": "0"})
    page = thu.post(f"/desk/staff/{person_id}{where}", sent, status=422)
    assert page.h1.text == "Phải còn ít nhất một người phụ trách"
    second = a_person(home.app, Role.DECIDING)
    ask(home, update(Assignment).filter_by(person_id=second).values(role="manager"))
    ask(home, update(Person).filter_by(id=second).values(password_hash="x"))
    thu.post(f"/desk/staff/{person_id}{where}", sent)


def test_the_last_administrator_stays(home, tuan):
    person_id = a_person(home.app, Role.ADMINISTRATOR)
    ask(home, update(Person).values(password_hash="x"))
    tuan.post(f"/desk/staff/{person_id}/active", {"active": "0"}, status=422)
    tuan.post(f"/desk/staff/{person_id}", {"name": "Phạm Anh Tuấn", "version": "1"}, status=422)


def test_an_administrator_makes_another_and_a_manager(home, tuan):
    tuan.get("/desk/staff/new")
    tuan.post("/desk/staff/new", NEW | {"username": "moi", "roles": "manager", "administrator": "1"})
    found = ask(home, select(Assignment.role, Assignment.office_id).order_by(Assignment.id).offset(1))
    assert sorted(map(tuple, found), key=str) == [("administrator", None), ("manager", 1)]


def test_an_administrator_in_no_office_gives_no_role_of_one(home, tuan):
    ask(home, update(SignIn).values(office_id=None))
    assert "hãy chọn văn phòng đó trước" in tuan.get("/desk/staff/new").text
    tuan.post("/desk/staff/new", NEW, status=422)


def test_a_lost_second_factor_is_dropped_and_signs_out(home, thu):
    person_id = a_person(home.app, Role.RECEPTION)
    hoa = signed_in(home.app)
    ask(home, update(Person).filter_by(id=person_id).values(totp_sealed=b"x"))
    ask(home, update(SignIn).values(passed_totp=True))
    assert "có mã xác thực" in thu.get("/desk/staff").text
    thu.post(f"/desk/staff/{person_id}/drop-second-factor")
    assert hoa.get("/desk/account").h1.text == "Đăng nhập"
    assert kinds(home) == ["totp_off"]


def another_office(home: House) -> int:
    (first,) = ask(home, select(*Office.__table__.columns))
    values = first._asdict() | {"code": "H56.99.01", "name": "Trung tâm phường Khác"}
    values.pop("id")
    ask(home, Office.__table__.insert().values(**values))
    return ask(home, select(Office.id).filter_by(code="H56.99.01"))[0][0]


def test_the_log_is_read_by_period_person_and_kind(home, thu):
    thu.post("/desk/staff/new", NEW)
    page = thu.get("/desk/log")
    rows = [[cell.text for cell in row.all("td")] for row in page.tree.all("tr")[1:]]
    assert [row[3] for row in rows] == ["Tạo liên kết chọn mật khẩu", "Thêm người"]
    assert rows[1][1] == "Nguyễn Thị Thu" and "tài khoản hoa" in rows[1][5] and rows[1][6] == "chờ"
    me = a_person(home.app, Role.MANAGER)
    assert len(thu.get(f"/desk/log?person={me}&kind=invited").tree.all("tr")) == 2
    assert len(thu.get("/desk/log?kind=Nhân sự").tree.all("tr")) == 3
    assert "Không có việc nào" in thu.get("/desk/log?kind=Hồ sơ").text
    assert "Không có việc nào" in thu.get("/desk/log?from=2026-11-01&to=2026-11-19").text
    assert "Không có việc nào" in thu.get("/desk/log?dossier=h56.17.22-261120-0001").text


@pytest.mark.parametrize(
    "period", ["from=2026-11-20&to=2026-11-19", "from=2020-01-01", "from=9999-12-31&to=9999-12-31"]
)
def test_a_period_that_cannot_be_is_told(thu, period):
    page = thu.get(f"/desk/log?{period}", status=422)
    assert "Khoảng ngày chưa đúng" in page.faults[0]


def test_a_period_that_is_no_date_is_told(thu):
    assert "Chưa đọc được ngày này" in thu.get("/desk/log?from=hôm qua", status=422).faults[0]


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_the_log_is_taken_out_as_a_file_and_that_is_an_event(home, thu, form):
    thu.post("/desk/staff/new", NEW)
    page = thu.client.post("/desk/log/export", data={"form": form}, headers={"Origin": "http://localhost"})
    told = page.get_data().decode("utf-8-sig")
    assert f"nhat-ky_2026-11-14_2026-11-20.{form}" in page.headers["Content-Disposition"]
    page.close()
    if form == "csv":
        assert told.splitlines()[0].startswith("no,id,at,office,kind") and len(told.splitlines()) == 4
    else:
        read = [json.loads(line)["kind"] for line in told.splitlines()]
        assert read == ["person_added", "invited", "events_exported"]
    assert kinds(home)[-1] == "events_exported"


def test_whoever_only_runs_the_installation_reads_of_no_dossier(home, tuan, thu):
    with home.app.app_context():
        dossier_event = {
            "dossier_id": None,
            "office_id": 1,
            "at": home.clock.now,
            "actor": "citizen",
            "device": "K1",
        }
        db.session.execute(
            Event.__table__.insert().values(kind="accepted", facts={}, reason="", **dossier_event)
        )
        db.session.commit()
        db.session.remove()
    assert len(tuan.get("/desk/log").tree.all("tr")) == 2

"""Commands about people and about the chain of events."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import Result
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from build import FRIDAY
from conftest import House
from intake import events, people
from intake.events import Actor
from intake.records import ChainHead, Event, EventSeal, Invitation, Person


@pytest.fixture
def run(house: House, session: Session):
    """Run one ``flask`` command in the application under test."""

    def command(*arguments: str) -> Result:
        session.rollback()
        result = house.app.test_cli_runner().invoke(args=[*arguments])
        session.rollback()  # a process of its own would be gone now
        return result

    return command


@pytest.fixture
def told(session, clock):
    """Three events that wait to be sealed."""
    for number in range(3):
        events.append(
            session, "checked", by=Actor("Lê Thu Hoa", "Q2"), now=clock(), office_id=1, facts={"n": number}
        )
    session.commit()


def test_the_first_link_is_told_until_there_is_an_administrator(run, session):
    link = run("staff", "first-link").output.strip()
    assert link.startswith("http://127.0.0.1:8080/desk/enter/")
    run("staff", "add", "tuan", "Phạm Anh Tuấn", "--role", "administrator")
    assert "first-link" not in run("staff", "first-link").output  # no password yet: nobody can sign in
    session.execute(update(Person).values(password_hash="x"))
    session.commit()
    refused = run("staff", "first-link")
    assert (refused.exit_code, "there is an administrator already" in refused.output) == (1, True)


def test_somebody_is_added_with_a_role_and_a_link(run, session):
    result = run("staff", "add", "Hoa.LT", "Lê Thu Hoa", "--role", "reception", "--role", "auditor")
    assert result.output.startswith("http://127.0.0.1:8080/desk/enter/")
    person = session.scalars(select(Person)).one()
    assert (person.username, {held.role for held in person.assignments}) == (
        "hoa.lt",
        {"reception", "auditor"},
    )
    assert session.scalars(select(Event.actor)).all() == ["command line"] * 2
    listed = run("staff", "list").output
    assert "reception@H56.17.22" in listed and "no password" in listed


@pytest.mark.parametrize(
    "arguments, fault",
    [
        (("1x", "Lê Thu Hoa", "--role", "reception"), "username: bad_username"),
        (("hoa", "Hoa 2", "--role", "reception"), "name: bad_name"),
        (("hoa", "Lê Thu Hoa"), "roles: no_role"),
        (("hoa", "Lê Thu Hoa", "--role", "deciding", "--unit", "Phòng Không có"), "no such unit"),
        (("hoa", "Lê Thu Hoa", "--role", "reception", "--office", "H99"), "name an office"),
    ],
)
def test_somebody_who_cannot_be_added_is_told_why(run, session, arguments, fault):
    result = run("staff", "add", *arguments)
    assert (result.exit_code, fault in result.output) == (1, True), result.output
    assert session.scalars(select(Person)).all() == []


def test_a_new_link_closes_the_older_and_is_refused_for_nobody(run, session, clock):
    run("staff", "add", "hoa", "Lê Thu Hoa", "--role", "reception")
    token = run("staff", "invite", "HOA").output.strip().rpartition("/")[2]
    still_open = session.scalars(select(Invitation).filter_by(used_at=None)).all()
    assert [one.token_key for one in still_open] == [people.token_key(token)]
    assert "there is no khach" in run("staff", "invite", "khach").output
    run("staff", "deactivate", "hoa")
    assert "is out of use" in run("staff", "invite", "hoa").output


def test_the_last_administrator_stays(run, session):
    run("staff", "add", "tuan", "Phạm Anh Tuấn", "--role", "administrator")
    session.execute(update(Person).values(password_hash="x"))
    session.commit()
    result = run("staff", "deactivate", "tuan")
    assert (result.exit_code, "the last administrator" in result.output) == (1, True)


def test_somebody_locked_is_let_try_again(run, session):
    run("staff", "add", "hoa", "Lê Thu Hoa", "--role", "reception")
    session.execute(update(Person).values(failures=7, locked_until=FRIDAY + timedelta(hours=1)))
    session.commit()
    assert "locked" in run("staff", "list").output
    run("staff", "unlock", "hoa")
    assert session.execute(select(Person.failures, Person.locked_until)).one() == (0, None)


def test_a_lost_second_factor_is_dropped(run, session):
    run("staff", "add", "thu", "Nguyễn Thị Thu", "--role", "manager")
    session.execute(update(Person).values(totp_sealed=b"x"))
    session.commit()
    run("staff", "drop-second-factor", "thu")
    assert session.scalars(select(Person.totp_sealed)).one() is None


def test_preparing_tells_the_link_of_the_first_administrator(run, session, monkeypatch):
    monkeypatch.setattr("cli.schema", lambda app: type("Done", (), {"upgrade": staticmethod(lambda: None)}))
    first, second = (run("prepare").output for _ in range(2))
    assert "first administrator" in first and first != second
    assert len(session.scalars(select(Invitation).filter_by(used_at=None)).all()) == 1


@pytest.mark.usefixtures("told")
def test_a_whole_chain_is_told_with_its_last_number(run, session):
    waiting = run("audit", "verify")
    assert (waiting.exit_code, "0 sự kiện trong chuỗi, 3 chưa niêm phong" in waiting.output) == (0, True)
    assert "niêm phong 3 sự kiện" in run("audit", "seal").output
    verdict = run("audit", "verify")
    mac = session.scalars(select(EventSeal.mac).filter_by(no=3)).one()
    assert (verdict.exit_code, f"Số cuối: 3:{mac}" in verdict.output) == (0, True)
    assert run("audit", "verify", "--anchor", f"3:{mac}").exit_code == 0
    assert run("audit", "verify", "--anchor", f"3:{'0' * 64}").exit_code == 1
    assert run("audit", "verify", "--anchor", "ba").exit_code == 1


@pytest.mark.usefixtures("told")
def test_a_changed_event_ends_the_verification_with_1(run, session):
    run("audit", "seal")
    changed = session.scalars(select(Event.id)).all()[1]
    session.execute(update(Event).filter_by(id=changed).values(actor="Người khác"))
    session.execute(delete(ChainHead))
    session.commit()
    verdict = run("audit", "verify")
    assert verdict.exit_code == 1
    assert f"Sự kiện {changed} (số 2 trong chuỗi) đã bị sửa" in verdict.output
    assert "Đầu mục của chuỗi" in verdict.output and "2 chỗ sai" in verdict.output


@pytest.mark.usefixtures("told")
def test_an_export_by_period_is_a_file_and_an_event(run, session, tmp_path):
    file = tmp_path / "log.jsonl"
    period = ("--from", "2026-11-20", "--to", "2026-11-20")
    result = run("audit", "export", *period, "--out", str(file))
    assert (result.exit_code, result.output.startswith("4 sự kiện")) == (0, True)  # the export itself is one
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [line["kind"] for line in lines] == ["checked"] * 3 + ["events_exported"]
    run("audit", "export", *period, "--office", "H56.17.22", "--out", str(tmp_path / "log.csv"))
    assert (tmp_path / "log.csv").read_text(encoding="utf-8-sig").startswith("no,id,at,office,kind")
    assert run("audit", "export", *period, "--out", str(tmp_path / "log.txt")).exit_code == 1
    assert run("audit", "export", "--from", "hôm qua", "--to", "x", "--out", str(file)).exit_code == 2

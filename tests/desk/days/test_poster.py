"""The poster's address: who may print it, in which sizes, and that a draft says so."""

from __future__ import annotations

from io import BytesIO

import pypdfium2
import pytest
from sqlalchemy import select

from build import vietnam
from conftest import House
from dayway import a_rule, publish
from deskway import signed_in
from intake import memory
from intake.db import db
from intake.records import Office, ServiceDayVersion
from intake.rules.rights import Role
from web.limits import limiter


@pytest.fixture
def house(sqlite_house) -> House:
    sqlite_house.restore()
    memory.forget_all()
    with sqlite_house.app.app_context():
        limiter.reset()
    return sqlite_house


@pytest.fixture
def rule_id(house) -> int:
    with house.app.app_context():
        office = db.session.scalars(select(Office)).one()
        return publish(db.session(), office, a_rule(), now=vietnam(20)).id


def words(data: bytes) -> str:
    (page,) = pypdfium2.PdfDocument(BytesIO(data))
    return " ".join(page.get_textpage().get_text_range().split())


@pytest.mark.parametrize(
    ("asked", "width"), [("", 595), ("?size=a4", 595), ("?size=A3", 842), ("?size=a5", 420), ("?size=x", 595)]
)
def test_the_sizes(house, rule_id, asked, width):
    tam = signed_in(house.app, Role.MANAGER)
    answer = tam.client.get(f"/desk/days/rules/{rule_id}/poster.pdf{asked}")
    assert answer.mimetype == "application/pdf"
    (page,) = pypdfium2.PdfDocument(BytesIO(answer.data))
    assert round(page.get_width()) == width


def test_it_names_the_procedures_this_office_receives(house, rule_id):
    tam = signed_in(house.app, Role.MANAGER)
    told = words(tam.client.get(f"/desk/days/rules/{rule_id}/poster.pdf").data)
    assert "Thứ Năm không giấy, không hẹn" in told and "Đăng ký khai sinh" in told and "CHƯA" not in told


def test_a_draft_says_that_it_is_not_published(house, rule_id):
    with house.app.app_context():
        db.session.get_one(ServiceDayVersion, rule_id).state = "draft"
        db.session.commit()
    tam = signed_in(house.app, Role.MANAGER)
    assert "CHƯA CÔNG BỐ" in words(tam.client.get(f"/desk/days/rules/{rule_id}/poster.pdf").data)


def test_there_is_none_of_a_rule_that_does_not_exist(house):
    assert signed_in(house.app, Role.MANAGER).client.get("/desk/days/rules/9/poster.pdf").status_code == 404


def test_the_page_of_the_rule_leads_to_every_size(house, rule_id):
    tam = signed_in(house.app, Role.MANAGER)
    links = [one.attributes["href"] for one in tam.get("/desk/days/rules/thursday").tree.all("a")]
    assert {f"/desk/days/rules/{rule_id}/poster.pdf?size={size}" for size in ("a3", "a4", "a5")} <= set(links)

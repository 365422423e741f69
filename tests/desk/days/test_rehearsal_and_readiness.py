"""The pages of the evening before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select, update

from build import an_application, vietnam
from conftest import House, offer
from dayway import a_rule, publish
from deskway import signed_in
from intake.accepting import accept
from intake.db import db
from intake.events import citizen
from intake.offices import point_of
from intake.records import Dossier, Office, ReadinessCheck
from intake.rules.rights import Role


@pytest.fixture
def here(sqlite_house: House) -> Iterator[House]:
    """Ten dossiers of Thursday 19/11, of which six were done within the hour."""
    sqlite_house.restore()
    with sqlite_house.app.app_context():
        session, kiosk = db.session(), point_of(db.session(), "K1")
        version = offer(session, kiosk)
        for minute in range(10):
            accept(
                session, an_application(version), kiosk, keys=sqlite_house.keys,
                base_url="http://a", by=citizen("K1"), now=vietnam(19, 9, minute),
            )  # fmt: skip
        session.execute(update(Dossier).where(Dossier.number <= 6).values(finished_at=vietnam(19, 10, 0)))
        session.commit()
        yield sqlite_house
        db.session.remove()


def a_published_rule(**changes: object) -> int:
    office = db.session.scalars(select(Office)).one()
    row_id = publish(db.session(), office, a_rule(**changes), now=vietnam(20)).id
    db.session.rollback()
    return row_id


def test_without_a_rule_there_is_nothing_to_rehearse_or_to_check(here: House):
    thu = signed_in(here.app, Role.MANAGER)
    assert "Chưa có quy định nào" in thu.get("/desk/days/rehearsal").text
    assert "Chưa có ngày không giấy nào" in thu.get("/desk/days/readiness").text


def test_a_dry_run_says_plainly_how_many_promises_hold(here: House):
    a_published_rule(per_hour=8)
    page = signed_in(here.app, Role.MANAGER).get("/desk/days/rehearsal")
    assert "Với cách làm như 90 ngày qua, 75 % hẹn trong ngày sẽ giữ được." in page.text
    assert "6 trên 8 hồ sơ" in page.text and "2 vì hết 8 lượt của giờ" in page.text
    assert page.values()["day"] == "26/11/2026"
    (picture,) = [one for one in page.tree.all("svg") if one.attributes.get("class") == "hours"]
    assert len(picture.all("rect", class_="average")) == 11
    assert [cell.text for cell in page.tree.all("tbody")[0].all("td")[8:12]] == ["0,8", "10", "8", "1"]


def test_a_day_that_is_no_such_day_is_told(here: House):
    a_published_rule()
    thu = signed_in(here.app, Role.MANAGER)
    assert "không chạy ngày Thứ Sáu, 27/11/2026" in thu.get("/desk/days/rehearsal?day=27/11/2026").text
    assert len(thu.get("/desk/days/rehearsal?day=19/11/2026", status=422).faults) == 1
    thu.get("/desk/days/rehearsal?rule=987654", status=422)


@pytest.mark.parametrize("modes", [["no_paper"], ["no_wait"], ["no_paper", "no_appointment", "no_wait"]])
def test_every_kind_of_rule_can_be_rehearsed(here: House, modes):
    a_published_rule(modes=frozenset(modes), target_minutes=30, per_day=4)
    page = signed_in(here.app, Role.MANAGER).get("/desk/days/rehearsal")
    assert ("có bản giấy: 10 trên 10" in page.text) == (modes == ["no_paper"])


def test_a_check_on_demand_says_no_go_and_where_to_act(here: House):
    a_published_rule()
    thu = signed_in(here.app, Role.MANAGER)
    assert "Chưa kiểm tra" in thu.get("/desk/days/readiness").text
    page = thu.post("/desk/days/readiness")
    assert "Chưa sẵn sàng" in page.text and "Thứ Năm, 26/11/2026" in page.text
    assert "/desk/days/forms" in [one.attributes.get("href") for one in page.tree.all("a", class_="button")]
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(ReadinessCheck)) == 1


def test_an_officer_sees_it_and_cannot_ask_for_another(here: House):
    a_published_rule()
    signed_in(here.app, Role.MANAGER).post("/desk/days/readiness")
    db.session.rollback()
    page = signed_in(here.app, Role.RECEPTION).get("/desk/days/readiness")
    assert "Chưa sẵn sàng" in page.text and not [one for one in page.buttons() if "Kiểm tra ngay" in one]

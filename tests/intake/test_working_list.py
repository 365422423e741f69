"""The working list: what stands in it, in which order, and who sees what, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from build import FRIDAY, an_applicant, an_application
from conftest import Clock
from intake import holding, lateness
from intake.accepting import accept
from intake.db import db
from intake.events import Actor, citizen
from intake.keys import Keys
from intake.records import AcceptancePoint, Dossier, Handover, Office, Unit
from intake.rules.lifecycle import Due, Status
from intake.working_list import ON_A_PAGE, Inbox, Looker, Show, inbox

NAMES = ("Lê Thị Ngọc Lan", "Trần Văn Tú", "Đỗ Thị Hạnh", "Bùi Quốc Việt", "Lường Văn Thắng")


@pytest.fixture
def file(hoa: Actor, session: Session, kiosk: AcceptancePoint, offered: int, keys: Keys):
    def filed(name: str = NAMES[0], *, channel: str = "kiosk", **changes: object) -> Dossier:
        application = an_application(offered, applicant=an_applicant(name=name), channel=channel)
        dossier = accept(
            session, application, kiosk, keys=keys, base_url="http://x", by=citizen("K1"), now=FRIDAY
        )
        for field, value in changes.items():
            setattr(dossier, field, value)
        session.commit()
        return dossier

    return filed


@pytest.fixture
def look(hoa: Actor, session: Session, office: Office, keys: Keys, clock: Clock):
    def looked(**changes: object) -> Inbox:
        looker = changes.pop("looker", None) or Looker(hoa.person_id or 0)
        return inbox(session, office, looker, keys=keys, **{"now": clock(), **changes})

    return looked


def names(found: Inbox) -> list[str]:
    return [row.applicant for row in found.rows]


def due(moment: datetime) -> dict[str, datetime]:
    return {"expected_at": moment, "deadline_at": moment + timedelta(hours=2)}


def test_late_comes_first_then_broken_then_soon_then_by_the_moment(file, look):
    file("Sau", **due(FRIDAY + timedelta(days=5)))
    file("Không hạn", expected_at=None, deadline_at=None)
    file("Sắp", **due(FRIDAY + timedelta(minutes=30)))
    file("Quá hẹn", **due(FRIDAY - timedelta(minutes=30)))
    file("Trễ", **due(FRIDAY - timedelta(hours=4)))
    file("Trễ hơn", **due(FRIDAY - timedelta(days=4)))
    file("Kế", **due(FRIDAY + timedelta(days=2)))
    file("Chờ", status=Status.AWAITING_SUPPLEMENT, **due(FRIDAY - timedelta(days=9)))
    file("Xong", status=Status.RESULT_READY, **due(FRIDAY - timedelta(days=9)))
    found = look()
    assert names(found) == ["Trễ hơn", "Trễ", "Quá hẹn", "Sắp", "Kế", "Sau", "Không hạn", "Chờ", "Xong"]
    assert [row.due for row in found.rows[:5]] == [Due.LATE, Due.LATE, Due.BROKEN, Due.SOON, Due.IN_TIME]
    assert found.rows[2].due_words == "quá hẹn 30 phút, luật còn 1 giờ"


def test_a_finished_dossier_has_left_the_list(file, look):
    for status in (Status.RETURNED, Status.REFUSED, Status.STOPPED):
        file(status=status)
    assert not look().rows


def test_a_row_masks_the_number_and_says_where_it_came_from(file, look):
    file(channel="post", collection="counter_now")
    (row,) = look().rows
    assert (row.applicant, row.citizen_id) == (NAMES[0], "038156***234")
    assert (row.channel, row.point, row.collection) == ("post", "Máy tự phục vụ 1", "counter_now")
    assert row.code.endswith(row.tail) and row.tail == "0001"


def test_each_part_counts_what_it_lists(file, look, hoa, session, office, clock):
    file(status=Status.IN_PROGRESS, **due(FRIDAY + timedelta(minutes=5)))
    file(**due(FRIDAY - timedelta(minutes=5)))
    file(channel="post", status=Status.AWAITING_SUPPLEMENT)
    file(status=Status.RESULT_READY)
    mine = file(**due(FRIDAY + timedelta(days=5)))
    holding.take(session, office, mine.dossier_code, by=hoa, now=clock())
    session.commit()
    counts = look().counts
    assert counts == {
        Show.ALL: 5, Show.MINE: 1, Show.FREE: 1, Show.COMING: 0, Show.LATE: 1, Show.SOON: 1,
        Show.IN_PROGRESS: 1, Show.SUPPLEMENT: 1, Show.READY: 1, Show.POST: 1, Show.TODAY: 0,
    }  # fmt: skip
    assert {show: len(look(show=show).rows) for show in Show} == counts


def test_a_lock_that_has_ended_by_itself_holds_nothing(file, look, hoa, session, office, clock):
    code = file().dossier_code
    holding.take(session, office, code, by=hoa, now=clock())
    session.commit()
    assert look().rows[0].is_mine and look().rows[0].holder == hoa.name
    clock.now += timedelta(hours=1)
    assert not look().rows[0].is_mine and look().rows[0].holder == ""
    assert look().counts[Show.FREE] == 1


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("lan", [NAMES[0]]),
        ("NGOC le", [NAMES[0]]),
        ("đỗ hạnh", [NAMES[2]]),
        ("do hanh", [NAMES[2]]),
        ("trich luc tu", [NAMES[1]]),
        ("0002", [NAMES[1]]),
        ("ban sao", list(NAMES)),
        ("100%", []),
        ("_", []),
        ("nobody", []),
    ],
)
def test_typing_narrows_without_diacritics_in_any_order(file, look, typed, found):
    for place, name in enumerate(NAMES):
        file(name, **due(FRIDAY + timedelta(days=1, minutes=place)))
    assert names(look(typed=typed)) == found
    assert look(typed=typed).found == len(found)


def test_another_offices_dossiers_are_not_there(file, look, session, office):
    dossier = file()
    other = Office(
        **{
            column.name: getattr(office, column.name)
            for column in Office.__table__.columns
            if column.name != "id"
        }
        | {"code": "H56.99"}
    )
    session.add(other)
    session.flush()
    dossier.office_id = other.id
    session.commit()
    assert not look().rows and look().counts[Show.ALL] == 0


def test_who_decides_in_a_unit_sees_its_dossiers_and_those_on_the_way(file, look, hoa, session, office):
    unit = Unit(office_id=office.id, name="Công an phường")
    session.add(unit)
    session.flush()
    file("Ở quầy")
    file("Ở đơn vị", unit_id=unit.id)
    coming = file("Đang đến")
    session.add(Handover(dossier_id=coming.id, to_unit_id=unit.id, given_by=hoa.person_id, given_at=FRIDAY))
    session.commit()
    theirs = Looker(99, unit.id, receives=(unit.id,))
    assert set(names(look(looker=theirs))) == {"Ở đơn vị", "Đang đến"}
    assert names(look(looker=theirs, show=Show.COMING)) == ["Đang đến"]
    assert look(looker=theirs, show=Show.COMING).rows[0].is_coming
    assert len(look().rows) == 3 and look().counts[Show.COMING] == 0


def test_a_long_list_has_pages_and_one_too_far_is_the_last(file, look):
    first = file()
    columns = {
        column.name: getattr(first, column.name)
        for column in Dossier.__table__.columns
        if column.name not in ("id", "dossier_code", "attempt", "number", "applicant_name")
    }
    db.session.add_all(
        Dossier(**columns, dossier_code=f"H-{n:04}", attempt=f"a{n}", number=n, applicant_name=f"Người {n}")
        for n in range(2, ON_A_PAGE + 4)
    )
    db.session.commit()
    assert (look().pages, len(look().rows)) == (2, ON_A_PAGE)
    last = look(page=9)
    assert (last.page, len(last.rows)) == (2, 3)


def test_the_whole_list_takes_a_handful_of_queries(file, look, session):
    for name in NAMES:
        file(name)
    look()
    session.expire_all()
    asked: list[str] = []

    def heard(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", heard)
    try:
        look()
    finally:
        event.remove(engine, "before_cursor_execute", heard)
    assert len(asked) <= 4, asked


@pytest.mark.parametrize("minutes", [61, 59, 20, 19, 5, 1, -1])
def test_the_database_warns_of_a_same_day_promise_when_the_rules_do(file, look, session, office, minutes):
    """Promised 60 minutes after it came: the last twenty are «sắp đến hạn», not all of them."""
    dossier = file(same_day=True, expected_at=FRIDAY + timedelta(hours=1), deadline_at=FRIDAY + timedelta(9))
    at = dossier.expected_at - timedelta(minutes=minutes)
    found = look(now=at)
    due = found.rows[0].due
    assert due is (Due.BROKEN if minutes < 0 else Due.SOON if minutes <= 20 else Due.IN_TIME)
    assert found.counts[Show.SOON] == (due is Due.SOON) and found.counts[Show.TODAY] == 1
    near = lateness.counts(session, office, now=at)["will_be_late"]
    assert near == len(lateness.will_be_late(session, office, now=at)) == (due is not Due.IN_TIME)


def test_whoever_waits_stands_with_what_is_soon_and_is_told_the_minutes(file, look):
    law = {"deadline_at": FRIDAY + timedelta(days=5)}
    file("Sắp", expected_at=FRIDAY + timedelta(hours=2), **law)
    file("Chờ", same_day=True, visit_minutes=30, expected_at=FRIDAY + timedelta(minutes=30), **law)
    file("Quá", same_day=True, visit_minutes=30, expected_at=FRIDAY - timedelta(minutes=3), **law)
    file("Mai", same_day=True, visit_minutes=30, expected_at=FRIDAY + timedelta(days=3), **law)
    file("Trong ngày", same_day=True, expected_at=FRIDAY + timedelta(hours=7), **law)
    found = look(now=FRIDAY + timedelta(minutes=18))
    told = [(row.applicant, row.waits, row.due_words) for row in found.rows[:3]]
    assert told == [("Quá", True, "quá 21 phút"), ("Chờ", True, "còn 12 phút"), ("Sắp", False, "còn 1 giờ")]
    assert not found.rows[-1].waits
    assert {row.applicant for row in look(show=Show.TODAY).rows} == {"Chờ", "Quá", "Mai", "Trong ngày"}

"""The evening before: each line, the one check by itself, and who is told what."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from build import vietnam
from conftest import Clock, House
from dayway import THURSDAY, a_rule, publish
from deskway import a_person
from intake import backups, fallback, readiness
from intake.db import db
from intake.events import Actor
from intake.readiness import Check, Line
from intake.records import AcceptancePoint, Event, Office, Printer, ReadinessCheck, ServiceDaySuspension
from intake.rules.rights import Role
from intake.rules.service_days import Part
from worker import Worker

WEDNESDAY = vietnam(25, 16, 0)
DAY = date(2026, 11, 26)
ALL_RIGHT = {"rule", "hours", "suspensions", "procedures", "staff", "kiosks", "printers", "forms", "backup"}


@pytest.fixture
def thu(house: House, session: Session) -> Actor:
    session.rollback()
    for role in (Role.RECEPTION, Role.DECIDING):
        a_person(house.app, role)
    return Actor("Nguyễn Thị Thu", "desk", a_person(house.app, Role.MANAGER))


@pytest.fixture
def office(session: Session, thu: Actor) -> Office:
    """With everything there on Wednesday at four, and a rule for a procedure that has its questions."""
    found = session.scalars(select(Office)).one()
    session.execute(update(Printer).values(checked_at=WEDNESDAY, trouble=None, near_end=False))
    session.execute(update(AcceptancePoint).filter_by(kind="kiosk").values(seen_at=WEDNESDAY))
    fallback.print_forms(session, found, 20, by=thu, now=WEDNESDAY - timedelta(hours=1))
    backups.tell(session, now=WEDNESDAY - timedelta(hours=14))
    publish(session, found, a_rule(procedures=frozenset({"1.001193"})), now=WEDNESDAY)
    return found


def line(session: Session, office: Office, code: str, now: datetime = WEDNESDAY) -> Line:
    return next(one for one in readiness.find(session, office, DAY, now=now) if one.code == code)


def test_where_everything_is_there_it_goes(session, office, thu):
    found = readiness.check(session, office, DAY, by=thu, now=WEDNESDAY)
    assert {one.code: one.ok for one in found.lines} == dict.fromkeys(ALL_RIGHT, True)
    assert (found.go, found.person, found.missing) == (True, thu.name, ())
    assert readiness.latest(session, office, DAY) == found
    told = session.scalars(select(Event).filter_by(kind="readiness_checked")).one()
    assert told.facts == {"for_day": "2026-11-26", "go": True, "missing": []}


def test_one_thing_missing_is_no_go_and_named(session, office, thu):
    session.execute(update(Printer).values(trouble="paper_out"))
    found = readiness.check(session, office, DAY, by=thu, now=WEDNESDAY)
    assert (found.go, [one.code for one in found.missing]) == (False, ["printers"])
    assert found.missing[0].facts["bad"] == [{"name": "Máy in sảnh A", "trouble": "paper_out"}]


def test_what_is_not_known_stops_nothing(session, office, thu):
    session.execute(update(Printer).values(checked_at=WEDNESDAY - timedelta(hours=1)))
    found = readiness.check(session, office, DAY, by=thu, now=WEDNESDAY)
    assert found.go and {one.code for one in found.lines if one.ok is None} == {"printers"}


@pytest.mark.parametrize(
    ("values", "ok"),
    [({"near_end": True}, False), ({"trouble": "offline"}, False), ({"active": False}, None)],
)
def test_printers(session, office, values, ok):
    session.execute(update(Printer).values(**values))
    assert line(session, office, "printers").ok is ok


def test_a_kiosk_that_fell_silent_is_named(session, office):
    session.execute(update(AcceptancePoint).filter_by(code="K1").values(device_key="a secret", seen_at=None))
    found = line(session, office, "kiosks")
    assert found.ok is False and len(found.facts["silent"]) == 1


def test_a_kiosk_of_any_browser_that_nobody_looks_at_is_not_known(session, office):
    session.execute(update(AcceptancePoint).filter_by(kind="kiosk").values(seen_at=None))
    assert line(session, office, "kiosks").ok is None


def test_nineteen_forms_are_too_few(session, office, thu):
    still_open = fallback.forms_of(session, office, 2026, 1, 1)
    session.delete(still_open[0])
    found = line(session, office, "forms")
    assert (found.ok, found.facts["count"]) == (False, 19)


@pytest.mark.parametrize(("hours", "ok"), [(25, True), (27, False)])
def test_a_backup_of_yesterday_will_do(session, office, hours, ok):
    backups.tell(session, now=WEDNESDAY - timedelta(hours=hours))
    assert line(session, office, "backup").ok is ok


def test_nobody_at_the_counter_is_no_go(house, session, office):
    from intake.records import Person

    session.execute(update(Person).filter_by(username="hoa").values(active=False))
    assert line(session, office, "staff").ok is False


def test_a_rule_that_is_approved_and_not_published_is_told(session, office):
    row = publish(session, office, a_rule(lineage="second", title="Thứ Năm không chờ"), now=WEDNESDAY)
    row.state = "approved"
    session.commit()
    found = line(session, office, "rule")
    assert (found.ok, found.facts["waiting"]) == (False, ["Thứ Năm không chờ"])


def test_a_cut_off_before_the_doors_open_promises_nobody_anything(session, office):
    publish(
        session,
        office,
        a_rule(lineage="late", part=Part.AFTERNOON, cutoff=a_rule().cutoff.replace(hour=12)),
        now=WEDNESDAY,
    )
    assert line(session, office, "hours").ok is False


def test_a_suspension_that_lasts_into_the_day_is_told(session, office, thu):
    until = vietnam(26, 9, 0)
    begun = {"begins_at": WEDNESDAY, "asked_until": until, "alone_until": until, "reason": "power"}
    session.add(ServiceDaySuspension(office_id=office.id, person_id=thu.person_id, **begun))
    session.commit()
    from intake import memory

    memory.forget_all()
    found = line(session, office, "suspensions")
    assert (found.ok, len(found.facts["still"])) == (False, 1)


def test_a_procedure_that_is_not_received_here_is_no_go(session, office):
    publish(session, office, a_rule(lineage="b", procedures=frozenset({"9.999999"})), now=WEDNESDAY)
    found = line(session, office, "procedures")
    assert (found.ok, found.facts["absent"]) == (False, ["9.999999"])


def test_it_is_made_by_itself_at_four_and_once(session, office, clock):
    assert readiness.evening(session, office, now=WEDNESDAY - timedelta(minutes=1)) is None
    found = readiness.evening(session, office, now=WEDNESDAY)
    assert isinstance(found, Check) and (found.for_day, found.person, found.go) == (DAY, "", True)
    assert readiness.evening(session, office, now=WEDNESDAY + timedelta(minutes=1)) is None
    assert session.scalar(select(func.count()).select_from(ReadinessCheck)) == 1


def test_one_that_was_missed_is_made_up_for_until_the_doors_open(session, office):
    assert readiness.evening(session, office, now=vietnam(26, 7, 31)) is None
    found = readiness.evening(session, office, now=vietnam(26, 6, 0))
    assert found is not None and found.for_day == DAY


def test_the_evening_before_an_ordinary_day_nothing_is_checked(session, office):
    assert readiness.evening(session, office, now=vietnam(26, 16, 30)) is None


def test_the_evening_before_a_monday_is_friday(session, office):
    publish(session, office, a_rule(lineage="monday", weekdays=frozenset({0})), now=WEDNESDAY)
    assert readiness.evening_due(session, office, now=vietnam(27, 15, 59)) is None
    assert readiness.evening_due(session, office, now=vietnam(27, 16, 0)) == date(2026, 11, 30)
    assert readiness.evening_due(session, office, now=vietnam(29, 20, 0)) == date(2026, 11, 30)


def test_after_a_holiday_it_is_the_last_working_day_before_it(session, office):
    """New Year 2027 is a Friday; the Monday after is worked."""
    publish(session, office, a_rule(lineage="monday", weekdays=frozenset({0})), now=WEDNESDAY)
    thursday = vietnam(31, 16, 0, month=12)
    assert readiness.evening_due(session, office, now=thursday) == date(2027, 1, 4)
    assert readiness.next_such_day(session, office, now=thursday) == date(2027, 1, 4)


def test_the_next_such_day_is_today_until_the_doors_open(session, office):
    assert a_rule().weekdays == {THURSDAY}
    assert readiness.next_such_day(session, office, now=vietnam(26, 7, 0)) == DAY
    assert readiness.next_such_day(session, office, now=vietnam(26, 7, 30)) == DAY + timedelta(days=7)


def test_however_many_workers_make_it_there_is_one(house: House, session, office):
    office_id = office.id
    session.rollback()

    def one(number: int) -> bool:
        with house.app.app_context():
            mine = db.session()
            at = WEDNESDAY + timedelta(milliseconds=number)
            found = readiness.check(
                mine,
                mine.get_one(Office, office_id),
                DAY,
                by=readiness.ITSELF,
                now=at,
                slot=readiness.EVENING,
            )
            mine.commit()
            return found.at == at

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(one, range(4))) == 1
    assert session.scalar(select(func.count()).select_from(ReadinessCheck)) == 1
    assert session.scalar(select(func.count()).select_from(Event).filter_by(kind="readiness_checked")) == 1


def test_the_worker_looks_ahead_on_its_round(house: House, session, office, clock: Clock):
    session.commit()
    worker = Worker(house.app)
    for clock.now in (WEDNESDAY - timedelta(minutes=1), WEDNESDAY, WEDNESDAY + timedelta(minutes=1)):
        worker.housekeeping(session)
    assert session.scalars(select(ReadinessCheck.slot)).all() == [readiness.EVENING]

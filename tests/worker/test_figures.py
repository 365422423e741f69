"""The worker sums up the days, and the command line checks and rebuilds them."""

from __future__ import annotations

import json

from sqlalchemy import event, select, update

from build import vietnam
from conftest import House
from dayway import a_rule, publish
from figureway import settle
from intake import memory, queries
from intake.db import db
from intake.records import DayFigure, Dossier, Office, ProcedureVersion, ReadinessCheck, ServiceDayVersion
from worker import Worker


def test_the_worker_sums_up_what_is_settled(house: House, session, keys, clock, lans_dossier: Dossier):
    settle(session, keys, clock)
    db.session.remove()
    Worker(house.app).sum_up()
    assert [row["dossiers"] for row in db.session.scalars(select(DayFigure.figures))] == [1]


def test_the_command_line_finds_what_differs_and_rebuilds(house: House, session, keys, clock, lans_dossier):
    settle(session, keys, clock)
    db.session.remove()
    Worker(house.app).sum_up()
    runner = house.app.test_cli_runner()
    assert runner.invoke(args=["figures", "check"]).exit_code == 0
    db.session.execute(update(DayFigure).values(figures={"dossiers": 9}))
    db.session.commit()
    wrong = runner.invoke(args=["figures", "check"])
    assert wrong.exit_code == 1
    assert "dossiers 9 should be 1" in wrong.output
    assert runner.invoke(args=["figures", "rebuild"]).exit_code == 0
    assert runner.invoke(args=["figures", "check"]).exit_code == 0


def test_a_fault_while_summing_up_is_logged(house: House, session, keys, clock, lans_dossier, capsys):
    session.execute(update(ProcedureVersion).values(definition={"key": "nothing that is a procedure"}))
    queries._procedures._known.clear()  # tests never forget a version, which nobody changes but this one
    settle(session, keys, clock)
    db.session.remove()
    Worker(house.app).sum_up()
    (line,) = [json.loads(line) for line in capsys.readouterr().err.splitlines() if '"fault"' in line]
    assert line["task"] == "figures"


def test_an_evening_check_that_fails_leaves_the_other_offices_theirs(house: House, session, clock, capsys):
    office = session.scalars(select(Office)).one()
    columns = [column.name for column in Office.__table__.columns if column.name not in ("id", "code")]
    copy = Office(**{name: getattr(office, name) for name in columns}, code="H56.99.99")
    session.add(copy)
    session.commit()
    clock.now = vietnam(18, 16, 30)
    publish(session, copy, a_rule(), now=clock())
    publish(session, office, a_rule(), now=clock())
    row = session.scalars(select(ServiceDayVersion).filter_by(office_id=office.id)).one()
    row.definition = {"nothing": "that is a rule"}
    bad, good = office.code, copy.id
    session.commit()
    memory.forget_all()
    worker = Worker(house.app)
    worker.housekeeping(session)
    assert [one.office_id for one in session.scalars(select(ReadinessCheck))] == [good]
    (line,) = [json.loads(line) for line in capsys.readouterr().err.splitlines() if '"fault"' in line]
    assert (line["task"], line["about"]) == ("readiness", bad)


def test_a_rebuild_reads_before_its_turn_to_write(sqlite_house: House):
    """On SQLite nobody queues behind what takes long."""
    sqlite_house.restore()
    app, seen = sqlite_house.app, list[tuple[str, bool]]()
    with app.app_context():
        engine = db.engine

        @event.listens_for(engine, "before_cursor_execute")
        def _note(connection, cursor, statement, *_) -> None:
            seen.append((statement.split()[0], connection.connection.dbapi_connection.holds))

        try:
            assert app.test_cli_runner().invoke(args=["figures", "rebuild"]).exit_code == 0
        finally:
            event.remove(engine, "before_cursor_execute", _note)
    first = next(kind for kind, writes in seen if writes)
    assert first == "INSERT"  # the head, right before the rows
    assert ("SELECT", False) in seen

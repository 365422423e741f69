"""The worker sums up the days, and the command line checks and rebuilds them."""

from __future__ import annotations

from sqlalchemy import select, update

from conftest import House
from figureway import settle
from intake.db import db
from intake.records import DayFigure, Dossier
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

"""Which screens a visit stood at is remembered, and nothing that was typed there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from intake.db import db
from intake.records import Visit, VisitStep
from kioskway import COPIES


@pytest.fixture
def steps(house):
    def read() -> list[VisitStep]:
        with house.app.app_context():
            return list(db.session.scalars(select(VisitStep).order_by(VisitStep.id)))

    return read


@pytest.fixture
def place(house):
    def read() -> str | None:
        with house.app.app_context():
            return db.session.scalars(select(Visit.place)).one()

    return read


def told(step: VisitStep) -> tuple[str, str]:
    return step.place, step.left_by


def test_every_screen_is_stood_at_once_and_left(plain_lan, steps, place):
    plain_lan.submits()
    *before, last = steps()
    assert [step.place for step in before[:3]] == ["procedures", "prepare", "identity"]
    assert {step.left_by for step in before} == {"onward"} and told(last) == ("check", "filed")
    assert last.procedure_code == COPIES and last.ended_at is not None
    assert place() is None


def test_what_erred_is_remembered_by_its_key_and_where_they_are_now(plain_lan, steps, place):
    plain_lan.is_ready()
    for _ in range(2):
        plain_lan.post(
            "/kiosk/identity", {"citizen_id": "12", "name": "", "born": "", "address": ""}, status=422
        )
    *_, step = steps()
    assert told(step) == ("identity", "")
    assert "name:missing" in step.faults and len(step.faults) == len(set(step.faults))
    assert place() == "identity"
    plain_lan.post("/kiosk/identity", {"go": "back"})
    assert [told(step) for step in steps()[-2:]] == [("identity", "back"), ("prepare", "")]


def test_a_form_that_was_kept_is_answered_though_counting_fails(plain_lan, steps, monkeypatch):
    def full(*_args, **_known):
        raise OperationalError("insert", {}, Exception("disk full"))

    plain_lan.is_ready()
    before = len(steps())
    monkeypatch.setattr("kiosk.remembering.steps_taken.posted", full)
    assert plain_lan.post("/kiosk/identity", {"go": "back"}).response.request.path == "/kiosk/prepare"
    assert len(steps()) == before


@pytest.mark.parametrize(("reason", "left_by"), [("given_up", "ended"), ("restart", "restarted")])
def test_whoever_goes_leaves_their_last_screen(plain_lan, steps, clock, reason, left_by):
    plain_lan.is_ready()
    clock.now += timedelta(seconds=20)
    plain_lan.post("/kiosk/end", {"reason": reason})
    *_, step = steps()
    assert told(step) == ("identity", left_by)
    assert step.ended_at - step.began_at == timedelta(seconds=20)

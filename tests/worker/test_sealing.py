"""The worker chains events on its round, and keeps the last mac outside the database, too."""

from __future__ import annotations

import json

from sqlalchemy import func, select

from intake import audit, events
from intake.events import Actor
from intake.records import EventSeal
from worker import Worker


def test_a_round_seals_what_happened_and_logs_the_last_mac_now_and_then(house, session, clock, capsys):
    worker = Worker(house.app)

    def a_round() -> list[dict[str, object]]:
        events.append(session, "checked", by=Actor("Lê Thu Hoa", "Q2"), now=clock(), office_id=None)
        session.commit()
        worker.housekeeping(session)
        lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
        return [line for line in lines if line["event"] == "chain"]

    (told,) = a_round()
    assert (told["no"], told["mac"]) == audit.last_seal(session)
    session.rollback()
    assert a_round() == []  # a moment later
    clock.now += audit.SETTLED_AFTER
    assert [line["no"] for line in a_round()] == [3]
    assert session.scalar(select(func.count()).select_from(EventSeal)) == 3

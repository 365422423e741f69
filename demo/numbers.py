"""The two counters of reception at work: calling, serving, letting go."""

from __future__ import annotations

from datetime import datetime

from demo.stage import Stage
from intake import queueing
from intake.events import Actor
from intake.offices import civil_day
from intake.records import AcceptancePoint


def calls(stage: Stage, counter: AcceptancePoint, officer: Actor, moment: datetime) -> None:
    """Call whose turn it is; whoever was served here is done. An empty room is looked at again."""
    again = stage.after(moment, 10, 22)
    if civil_day(again) == civil_day(moment):
        stage.at(again, lambda at: calls(stage, counter, officer, at))
    called = queueing.call_next(stage.session, stage.office, counter, by=officer, now=moment)
    stage.at(stage.soon(moment, 10, 60), lambda at: _comes(stage, counter, officer, called.id, at))


def _comes(stage: Stage, counter: AcceptancePoint, officer: Actor, ticket_id: int, moment: datetime) -> None:
    where = stage.session, stage.office, counter, ticket_id
    if stage.dice.random() < 0.06:
        queueing.no_show(*where, by=officer, now=moment)
        return
    queueing.start(*where, by=officer, now=moment)
    stage.at(stage.after(moment, 3, 9), lambda at: queueing.finish(*where, by=officer, now=at))

"""Dossiers of service days for tests of their figures."""

from __future__ import annotations

import collections
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from build import an_application
from conftest import Clock
from intake import audit, checking, figures, returning
from intake.accepting import accept
from intake.events import Actor, citizen
from intake.keys import Keys
from intake.records import AcceptancePoint, Dossier
from intake.rules.calendar import WorkCalendar
from intake.rules.day_figures import Facts, count
from intake.rules.exceptions import PaperException, PaperReason
from lifeway import lan_herself

ELECTRONIC = {"form": {"how": "electronic", "reason": ""}}
PAPER = {"form": {"how": "paper", "reason": ""}}


def counts_of(facts: Facts, calendar: WorkCalendar) -> dict[str, int]:
    """The figures of one dossier; what is nought is left out."""
    counted: collections.Counter[str] = collections.Counter()
    count(counted, facts, calendar)
    return dict(counted)


@dataclass
class Counter:
    """Takes dossiers in at one point and leads them on; every step is committed."""

    session: Session
    point: AcceptancePoint
    version_id: int
    keys: Keys
    clock: Clock

    def __call__(self, paper: PaperReason | None = None, **changes: Any) -> Dossier:
        """Without paper unless for a reason, or as ``changes`` of the application say."""
        exception = PaperException(paper, "Bản chính phải giữ lại") if paper else None
        told = {"documents": PAPER if paper else ELECTRONIC, "exception": exception, **changes}
        dossier = accept(
            self.session,
            an_application(self.version_id, **told),
            self.point,
            keys=self.keys,
            base_url="http://x",
            by=citizen("K1"),
            now=self.clock(),
        )
        self.session.commit()
        return dossier

    def finish(self, dossier: Dossier, hoa: Actor, dung: Actor, *, give: bool = True) -> None:
        """The result is ready, and in the hands of whoever filed where ``give``."""
        checking.check_in(self.session, dossier, by=hoa, now=self.clock())
        returning.result_ready(self.session, dossier, by=dung, now=self.clock())
        if give:
            returning.return_at_counter(
                self.session, dossier, lan_herself(dossier), keys=self.keys, by=hoa, now=self.clock()
            )
        self.session.commit()


def seal(session: Session, keys: Keys, clock: Clock) -> None:
    while audit.seal(session, keys=keys, now=clock()) == audit.BATCH:
        session.commit()
    session.commit()


def settle(session: Session, keys: Keys, clock: Clock) -> None:
    """Until nothing that has happened can still be followed by a lower number."""
    seal(session, keys, clock)
    clock.now += 2 * audit.SETTLED_AFTER
    seal(session, keys, clock)
    clock.now += timedelta(minutes=1) + 2 * audit.SETTLED_AFTER
    seal(session, keys, clock)


def catch_up(session: Session, clock: Clock, *, most: int = figures.MOST_EVENTS) -> int:
    """Sum up the days of what happened since, as a worker does; how many days it were. Not committed."""
    work = figures.due(session, now=clock(), most=most)
    return len(work.days) if work is not None and figures.write(session, work) else 0

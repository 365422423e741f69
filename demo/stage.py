"""The office a play is acted on: who is there, what is still to happen, and how time passes."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.accounts import ACCOUNTS, make_units
from intake.at_hand import dossier_at_hand_by_id
from intake.events import Actor
from intake.keys import Keys
from intake.offices import calendar_of
from intake.records import AcceptancePoint, Dossier, Office, Person

Happening = Callable[[datetime], object]


@dataclass
class Stage:
    """An office with the accounts of the demo. ``later`` holds what is still to happen, by moment.

    Time is that of the past until ``now``: what lies ahead of it does not happen.
    """

    session: Session
    office: Office
    keys: Keys
    base_url: str
    dice: Random
    now: datetime
    later: list[tuple[datetime, int, Happening]] = field(default_factory=list)
    _order: count[int] = field(default_factory=count)
    _fates: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.calendar = calendar_of(self.session, self.office, now=self.now)
        self.units = make_units(self.session, self.office)
        points = self.session.scalars(
            select(AcceptancePoint)
            .filter_by(office_id=self.office.id, active=True)
            .order_by(AcceptancePoint.id)
        ).all()
        self.kiosks = [point for point in points if point.kind == "kiosk"]
        self.kiosk_codes = [point.code for point in self.kiosks]
        self.counters = [point for point in points if point.kind == "counter"]
        self.people = self._people()

    def at(self, moment: datetime, happens: Happening) -> None:
        """``happens`` at that moment, unless it lies ahead of now."""
        if moment <= self.now:
            self.plan(moment, happens)

    def plan(self, moment: datetime, happens: Happening) -> None:
        heapq.heappush(self.later, (moment, next(self._order), happens))

    def next(self) -> tuple[datetime, Happening]:
        moment, _, happens = heapq.heappop(self.later)
        return moment, happens

    def wait(self, moment: datetime, duration: timedelta) -> datetime:
        """So much working time later."""
        return self.calendar.add_working_time(moment, duration)

    def after(self, moment: datetime, least: int, most: int) -> datetime:
        """Some working minutes later."""
        return self.wait(moment, timedelta(minutes=self.dice.randint(least, most)))

    def soon(self, moment: datetime, least: int, most: int) -> datetime:
        """Some seconds later."""
        return moment + timedelta(seconds=self.dice.randint(least, most))

    def fate(self, of: Sequence[str]) -> str:
        """The next card of a shuffled deck."""
        if not self._fates:
            self._fates = self.dice.sample(of, len(of))
        return self._fates.pop()

    def dossier(self, dossier_id: int, by: Actor, moment: datetime) -> Dossier:
        return dossier_at_hand_by_id(self.session, self.office, dossier_id, by=by, now=moment)

    def _people(self) -> dict[str, Actor]:
        """By username; the first sit at the counters."""
        ids = dict(self.session.execute(select(Person.username, Person.id)).all())
        seats = [point.code for point in self.counters]
        return {
            account.username: Actor(
                account.name, seats[place] if place < len(seats) else "desk", ids[account.username]
            )
            for place, account in enumerate(ACCOUNTS)
        }

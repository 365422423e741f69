"""The demo office as people use it at the desk: its accounts, what is brought in, fingers on a keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

from flask import Flask
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from build import an_applicant
from demo import filing
from demo.accounts import make_accounts
from demo.paper_free import on_the_day
from intake import queueing
from intake.accepting import accept
from intake.db import db
from intake.drafts import new_attempt
from intake.events import citizen
from intake.offices import civil_day, point_of
from intake.policies import policy_for
from intake.queries import offered, procedure_version
from intake.records import Dossier, Office, ServiceGroup, Ticket
from kioskway import COPIES
from live import MORNING, RunningClock, demo, serving


@dataclass
class Desk:
    """The demo office with its accounts, served; ``passwords`` by username."""

    app: Flask
    clock: RunningClock
    base: str
    passwords: dict[str, str]

    @contextmanager
    def at_work(self) -> Iterator[tuple[Session, Office]]:
        with self.app.app_context():
            session = db.session()
            yield session, session.scalars(select(Office).order_by(Office.id)).first()
            session.commit()
            db.session.remove()

    def files(self, name: str, *, how: str = "counter_later", kind: str = "citizen") -> str:
        """The code of a dossier handed in at the first kiosk."""
        with self.at_work() as (session, office):
            now = self.clock()
            offer = next(one for one in offered(session, office, now=now) if one.code == COPIES)
            application = filing.an_application(
                procedure_version(session, offer.version_id, now=now),
                offer.version_id,
                an_applicant(name=name, kind=kind),
                channel="kiosk",
                how=how,
                dice=Random(1),
                today=civil_day(now),
            )
            procedure = procedure_version(session, offer.version_id, now=now)
            policy = policy_for(session, office, procedure, channel="kiosk", applicant_kind=kind, at=now)
            application = on_the_day(application, policy, Random(1))
            point = point_of(session, "K1")
            by, keys = citizen("K1"), self.app.extensions["motcham"].keys
            dossier = accept(session, application, point, keys=keys, base_url=self.base, by=by, now=now)
            return dossier.dossier_code

    def takes_number(self, prefix: str) -> str:
        """The secret of a number for the line of that letter."""
        with self.at_work() as (session, office):
            group = session.scalars(
                select(ServiceGroup.id).filter_by(office_id=office.id, prefix=prefix)
            ).one()
            taken = queueing.take(
                session,
                point_of(session, "K1"),
                group,
                attempt=new_attempt(),
                keys=self.app.extensions["motcham"].keys,
                base_url=self.base,
                now=self.clock(),
                on_paper=False,
            )
            return taken.token

    def newest(self) -> str:
        with self.at_work() as (session, _):
            return session.scalars(select(Dossier.dossier_code).order_by(Dossier.id.desc()).limit(1)).one()

    def status(self, code: str) -> str:
        with self.at_work() as (session, _):
            return session.scalars(select(Dossier.status).filter_by(dossier_code=code)).one()

    def numbers(self) -> list[str]:
        with self.at_work() as (session, _):
            return list(session.scalars(select(Ticket.state).order_by(Ticket.id)))


@contextmanager
def open_desk(folder: Path, *, start: datetime = MORNING) -> Iterator[Desk]:
    app, clock = demo(folder, start=start)
    with app.app_context():
        session = db.session()
        passwords = make_accounts(session, session.scalars(select(Office)).one(), now=clock())
        session.commit()
        db.session.remove()
    with serving(app) as base:
        yield Desk(app, clock, base, passwords)


@dataclass
class Hands:
    """Ten fingers on a keyboard, and no mouse. ``strokes`` are counted since the last ``rest``."""

    page: Page
    strokes: int = 0

    def rest(self) -> None:
        self.strokes = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.strokes += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def go_to(self, target: Locator, key: str = "Tab") -> None:
        """Press ``key`` until ``target`` has the focus."""
        for _ in range(60):
            if target.evaluate("one => one === document.activeElement"):
                return
            self.press(key)
        raise AssertionError(f"no {key} leads to {target}")

    def walk_to(self, code: str) -> None:
        """Along the list to that dossier, which opens; of the arrows only the last one counts."""
        expect(self.page.locator(f"[data-row][data-code='{code}']")).to_be_visible()
        while way := self.page.evaluate(WAY_TO, code):
            self.rest()
            self.press("ArrowDown" if way > 0 else "ArrowUp")
        expect(self.page.locator("#pane article")).to_have_attribute("data-code", code)

    def open_form(self, key: str) -> Locator:
        """The form that one key opens, at its first field."""
        self.press(key)
        form = self.page.locator("form[data-act]")
        expect(form.locator(FIELDS).first).to_be_focused()
        return form

    def told(self, words: str) -> None:
        expect(self.page.locator("#pane .told")).to_have_text(re.compile(words))


# Whether that row is below (1) or above (-1) the one that has the focus or is open; 0 where it has the focus.
WAY_TO = """code => {
    const rows = [...document.querySelectorAll("[data-row]")], here = document.activeElement.dataset.code;
    const open = rows.find(row => row.getAttribute("aria-current"))?.dataset.code;
    const place = code => rows.findIndex(row => row.dataset.code === code);
    return here === code ? 0 : place(code) < place(here ?? open) ? -1 : 1;
}"""
FIELDS = "input:not([type=hidden]):visible, select:visible, textarea:visible"


def enters(page: Page, desk: Desk, username: str, counter: str = "Không ngồi quầy") -> Hands:
    """Through the door and to a seat, by keyboard."""
    hands = Hands(page)
    page.goto("/desk/")
    expect(page.get_by_label("Tên đăng nhập")).to_be_focused()
    hands.type(username)
    hands.press("Tab")
    hands.type(desk.passwords[username])
    hands.press("Enter")
    is_at(page, "Hôm nay ngồi quầy nào?")
    hands.go_to(page.get_by_role("button", name=counter))
    hands.press("Enter")
    is_at(page, "Hồ sơ cần làm")
    return hands


def is_at(page: Page, heading: str) -> None:
    """The page with that heading is there, and its scripts with it."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    page.wait_for_load_state()

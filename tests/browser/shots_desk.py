"""Pictures of the desk, the board and the phone page of an office in the middle of a busy morning."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from browser.desk_pages import FORMS, desk_pages
from build import vietnam
from demo.founding import found_week
from deskway import signed_in
from intake import queueing
from intake.db import db
from intake.drafts import new_attempt
from intake.offices import point_of
from intake.people import begin_sign_in
from intake.records import AcceptancePoint, Dossier, Office, Person, ServiceGroup
from intake.rules.lifecycle import Status
from intake.rules.rights import Role
from live import demo, serving
from web.staff import COOKIE

SIZES = {"desk": (1366, 768), "board": (1920, 1080), "phone": (390, 844)}
BUSY = vietnam(26, 10, 20)
SEATS = {"hoa": "Q1", "yen": "Q2", "dung": "Q3"}
WAITING = "AABABCBDAB"  # who came last, by the letter of the line
Shot = Callable[[str], None]


@dataclass(frozen=True)
class Busy:
    """The served office: ``codes`` of dossiers by status, the secret of a number that waits."""

    app: Flask
    base: str
    codes: Mapping[Status, str]
    ticket: str

    def comes_in(self, page: Page, role: Role, counter: str) -> None:
        """Somebody who sits at that counter."""
        secret = signed_in(self.app, role, point=counter).client.get_cookie(COOKIE)
        assert secret is not None
        page.context.add_cookies([{"name": COOKIE, "value": secret.value, "url": self.base}])


@contextmanager
def busy_office(folder: Path) -> Iterator[Busy]:
    app, clock = demo(folder, start=BUSY)
    with serving(app) as base:
        with app.app_context():
            session = db.session()
            keys = app.extensions["motcham"].keys
            found_week(session, folder, keys=keys, base_url=base, now=clock())
            office = session.scalars(select(Office)).one()
            _sit(session, office, clock())
            groups = dict(session.execute(select(ServiceGroup.prefix, ServiceGroup.id)).all())
            point = point_of(session, "K1")
            assert point is not None
            for prefix in WAITING:
                attempt = new_attempt()
                taken = queueing.take(
                    session, point, groups[prefix], attempt=attempt, keys=keys, base_url=base, now=clock()
                )
            newest = select(Dossier.status, Dossier.dossier_code).order_by(Dossier.id)
            codes = {Status(status): code for status, code in session.execute(newest)}
            session.commit()
            db.session.remove()
        yield Busy(app, base, codes, taken.token)


def _sit(session: Session, office: Office, now: datetime) -> None:
    """Some counters are open."""
    for username, code in SEATS.items():
        person = session.scalars(select(Person).filter_by(username=username)).one()
        begun, _ = begin_sign_in(session, person, office_id=office.id, now=now)
        begun.point_id = session.scalars(select(AcceptancePoint.id).filter_by(code=code)).one()


def walk_desk(page: Page, shot: Shot, busy: Busy) -> None:
    """The door, every page of a manager's, every form of an open dossier."""
    page.goto(f"{busy.base}/desk/sign-in")
    shot("sign_in")
    busy.comes_in(page, Role.MANAGER, "Q4")
    for name, address in desk_pages(busy.app, busy.codes[Status.IN_PROGRESS]).items():
        page.goto(busy.base + address)
        shot(name)
    seen = set[str]()
    for status, code in busy.codes.items():
        page.goto(f"{busy.base}/desk/dossiers/{code}")
        shot(f"dossier-{status}")
        for act, _ in page.locator("#pane a[href*='form=']").evaluate_all(FORMS):
            if act not in seen:
                seen.add(act)
                page.goto(f"{busy.base}/desk/dossiers/{code}?form={act}")
                shot(f"form-{act}")
    page.goto(f"{busy.base}/desk/queue")
    calls(page)
    shot("queue-called")
    page.keyboard.press("c")
    page.get_by_role("heading", name="đi đâu?").wait_for()
    shot("queue-transfer")


def calls(page: Page) -> None:
    page.keyboard.press("g")
    page.locator("#now").get_by_text("đang gọi").wait_for()


def walk_board(page: Page, shot: Shot, busy: Busy) -> None:
    """Before and after a call."""
    office = f"{busy.base}/board/H56.17.22"
    page.goto(office)
    shot("waiting")
    assert page.context.browser is not None
    officer = page.context.browser.new_page(viewport={"width": 1366, "height": 768})
    busy.comes_in(officer, Role.RECEPTION, "Q2")
    officer.goto(f"{busy.base}/desk/queue")
    calls(officer)
    page.goto(office)
    shot("called")
    officer.context.close()


def walk_phone(page: Page, shot: Shot, busy: Busy) -> None:
    page.goto(f"{busy.base}/t/{busy.ticket}")
    shot("place")


WALKS = {"desk": walk_desk, "board": walk_board, "phone": walk_phone}

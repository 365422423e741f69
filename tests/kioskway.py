"""A citizen's way through the kiosk, one method a screen, for tests that begin in the middle."""

from __future__ import annotations

import re

from flask import Flask

from intake.db import db
from visitor import Page, Visitor

LANS_CARD = "038156001234|172345678|Lê Thị Ngọc Lan|08031956|Nữ|Tổ 3, Phường Hạc Thành, Thanh Hóa|22042022"
COPIES = "2.000635"  # bản sao trích lục
ANSWERS: dict[str, dict[str, str]] = {
    "kind": {"kind": "birth"},
    "for_whom": {"for_whom": "self"},
    "self": {"self_name": "Lê Thị Ngọc Lan", "self_born": "8/3/1956", "self_id": "038156001234"},
    "registered": {"registered_at": "Ủy ban nhân dân phường Hạc Thành"},
    "copies": {"copies": "2"},
}


class Way(Visitor):
    """A visitor who knows the way; every step may be opened by itself after the ones before it."""

    def __init__(self, app: Flask, *, htmx: bool = False) -> None:
        super().__init__(app, htmx=htmx)
        self.app = app

    def starts(self) -> Page:
        self.get("/kiosk/?point=K1")
        return self.post("/kiosk/start")

    def chooses(self, code: str = COPIES) -> Page:
        self.starts()
        return self.post("/kiosk/procedures", {"procedure": code})

    def is_ready(self) -> Page:
        self.chooses()
        return self.post("/kiosk/prepare")

    def scans(self, card: str = LANS_CARD) -> Page:
        self.is_ready()
        return self.post("/kiosk/identity", {"scan": card})

    def is_known(self) -> Page:
        self.scans()
        return self.post("/kiosk/identity", {"phone": "0912 345 678"})

    def has_answered(self) -> Page:
        page = self.is_known()
        for _ in range(20):
            group = self.group()
            if group is None:
                return page
            page = self.post(f"/kiosk/questions/{group}", ANSWERS[group])
        raise AssertionError("the questions have no end")

    def is_asked_where_she_stays(self) -> Page:
        """At the question for a commune of another procedure, đăng ký tạm trú."""
        self.chooses("1.004194")
        self.post("/kiosk/prepare")
        self.post("/kiosk/identity", {"scan": LANS_CARD})
        self.post("/kiosk/identity", {"phone": "0912 345 678"})
        own = {"self_name": "Lê Thị Ngọc Lan", "self_born": "8/3/1956", "self_id": "038156001234"}
        self.post("/kiosk/questions/self", own | {"self_address": "Tổ 3, Phường Hạc Thành"})
        self.post("/kiosk/questions/how_many", {"how_many": "self"})
        return self.post("/kiosk/questions/minor", {"minor": "no"})

    def has_papers(self) -> Page:
        page = self.has_answered()
        names = {name.rpartition(".")[0] for name in re.findall(r'name="([^"]+\.how)"', page.html)}
        return self.post("/kiosk/documents", {f"{name}.how": "paper" for name in names})

    def is_at_the_check(self) -> Page:
        self.has_papers()
        return self.collects("counter_later")

    def collects(self, how: str, **told: str) -> Page:
        """From the screen of the collection to the check, by way of the fee."""
        self.post("/kiosk/collection", {"how": how, **told})
        return self.has_seen_the_fee()

    def has_seen_the_fee(self, exemption: str = "none") -> Page:
        """From the screen of the fee to the check; where nothing is owed there is no such screen."""
        assert self.page is not None
        if 'action="/kiosk/fee' not in self.page.html:
            return self.page
        return self.post("/kiosk/fee", {"exemption": exemption})

    def submits(self) -> Page:
        page = self.is_at_the_check()
        return self.post("/kiosk/submit", {"attempt": page.values()["attempt"]})

    def group(self) -> str | None:
        """The group of questions on screen."""
        assert self.page is not None
        found = re.search(r'action="/kiosk/questions/(\w+)', self.page.html)
        return found[1] if found else None

    def count(self, record: type) -> int:
        """How many rows of ``record`` there are."""
        with self.app.app_context():
            return int(db.session.query(record).count())

"""What tests of the money of the post share: prices, reductions and items made straight from the records."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from build import FRIDAY
from deskway import a_person
from intake.db import db
from intake.drafts import new_attempt
from intake.events import Actor
from intake.records import AcceptancePoint, Assignment, Person, PostalExemption, PostalItem, PostalTariff
from intake.rules.rights import Role

STEPS = ((100, 20_000), (250, 24_000), (500, 26_500))
FURTHER = (500, 4_000)


def post_office(session: Session, code: str = "BD-07") -> AcceptancePoint:
    return session.scalars(select(AcceptancePoint).filter_by(code=code)).one()


def minh(app: Flask) -> Actor:
    """Anh Minh, the clerk of BD-07, before a transaction begins."""
    person = db.session.get_one(Person, a_person(app, Role.CLERK))
    return Actor(person.name, "BD-07", person.id)


def clerk_of(session: Session) -> Actor:
    """The same within a transaction."""
    point = post_office(session)
    person = Person(username="minh", name="Trần Văn Minh", created_at=FRIDAY)
    person.assignments.append(Assignment(office_id=point.office_id, role=Role.CLERK, point_id=point.id))
    session.add(person)
    session.commit()
    return Actor(person.name, point.code, person.id)


def give_prices(
    session: Session,
    office_id: int,
    zone: str = "local",
    *,
    since: date = date(2026, 1, 1),
    until: date | None = None,
    more: int = 0,
) -> None:
    """The table of one zone; ``more`` đồng are added to each step."""
    for grams, price in STEPS:
        session.add(
            PostalTariff(
                office_id=office_id, zone=zone, grams=grams, price=price + more, valid_from=since,
                valid_to=until, instrument="Ví dụ",
            )
        )  # fmt: skip
    grams, price = FURTHER
    session.add(
        PostalTariff(
            office_id=office_id, zone=zone, grams=grams, price=price, is_further=True, valid_from=since,
            valid_to=until,
        )
    )  # fmt: skip
    session.commit()


def give_reduction(session: Session, office_id: int, code: str = "merit", **changes: Any) -> None:
    """Half of the charge for people with merit, since the beginning of the year."""
    ordinary = {"account": "charge", "percent": 50, "valid_from": date(2026, 1, 1)}
    words = "Người có công với cách mạng"
    session.add(PostalExemption(office_id=office_id, code=code, words=words, **{**ordinary, **changes}))
    session.commit()


def an_item(
    session: Session, point: AcceptancePoint, version_id: int, *, now: datetime = FRIDAY, **changes: Any
) -> PostalItem:
    """A dossier that was just taken at ``point``: 26.500 đồng of the post, 8.000 of the State."""
    ordinary = {
        "office_id": point.office_id,
        "point_id": point.id,
        "direction": "in",
        "attempt": new_attempt(),
        "is_s10": True,
        "procedure_version_id": version_id,
        "masked_name": "L. T. N. Lan",
        "content_sealed": b"",
        "grams": 300,
        "zone": "local",
        "charge": 26_500,
        "fee": 8_000,
        "taken_at": now,
        "arrived_at": now,
        "status": "accepted",
        "status_at": now,
    }
    number = f"RR4731{session.query(PostalItem).count():05d}VN"
    item = PostalItem(**{**ordinary, "item_number": number, **changes})
    session.add(item)
    session.flush()
    return item

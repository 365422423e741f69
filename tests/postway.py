"""At the post office: a tariff, a range of numbers, and what a clerk takes from Bà Lan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from build import FRIDAY, an_applicant
from intake.drafts import Collection, new_attempt
from intake.events import Actor
from intake.keys import Keys
from intake.post.intakes import Intake
from intake.post.taking_in import take_in
from intake.records import AcceptancePoint, Assignment, ItemRange, Person, PostalItem, PostalTariff
from intake.rules.post_consent import LATEST
from intake.rules.rights import Role

NUMBER = "RR473124829VN"  # the worked example of S10
STEPS = ((100, 3, False), (250, 4, False), (500, 5, False), (500, 1, True))
BASE_URL = "http://10.0.0.5:8080"


def a_post_office(session: Session, code: str = "BD-07") -> AcceptancePoint:
    """The post office of this code with a tariff of two zones; founded by the demo."""
    point = session.scalars(select(AcceptancePoint).filter_by(code=code)).one()
    if session.scalar(select(PostalTariff.id).filter_by(office_id=point.office_id)) is None:
        for zone, price in (("local", 15_000), ("national", 30_000)):
            session.add_all(
                PostalTariff(
                    office_id=point.office_id,
                    zone=zone,
                    grams=grams,
                    is_further=further,
                    price=times * price // 3,
                    valid_from=date(2026, 1, 1),
                    instrument="thử nghiệm",
                )
                for grams, times, further in STEPS
            )
    session.commit()
    return point


def a_range(
    session: Session,
    point: AcceptancePoint,
    first: int = 26_112_100,
    last: int = 26_112_199,
    service: str = "EH",
) -> ItemRange:
    """Numbers of its own for this post office."""
    found = ItemRange(
        office_id=point.office_id,
        point_id=point.id,
        service=service,
        country="VN",
        first_serial=first,
        last_serial=last,
        next_serial=first,
    )
    session.add(found)
    session.commit()
    return found


def minh(session: Session, point: AcceptancePoint) -> Actor:
    """The clerk of that post office."""
    username = f"minh-{point.code.lower()}"
    person = session.scalar(select(Person).filter_by(username=username))
    if person is None:
        person = Person(username=username, name="Hoàng Văn Minh", created_at=FRIDAY)
        person.assignments.append(Assignment(office_id=point.office_id, role=Role.CLERK, point_id=point.id))
        session.add(person)
        session.commit()
    return Actor(person.name, point.code, person.id)


def an_intake(version_id: int, **changes: object) -> Intake:
    """What a_procedure() asks for, counted, sealed and weighed; the result is collected at the counter."""
    ordinary = Intake(
        attempt=new_attempt(),
        item_number=NUMBER,
        version_id=version_id,
        applicant=an_applicant(),
        documents={"form": {"how": "paper", "originals": "1"}},
        collection=Collection("counter_later"),
        seal_number="NP-0001",
        witnessed=True,
        grams=80,
        zone="local",
    )
    return replace(ordinary, **changes)  # type: ignore[arg-type]


def going_home(**changes: object) -> dict[str, object]:
    """Of an intake whose result comes home by post, agreed to."""
    return {
        "collection": Collection("post", address="Tổ 3, Phường Hạc Thành, Thanh Hóa", phone="0912345678"),
        "consent": LATEST,
        **changes,
    }


def taken(
    session: Session, intake: Intake, point: AcceptancePoint, *, keys: Keys, now: datetime = FRIDAY
) -> PostalItem:
    """The item in the books, committed."""
    item = take_in(session, intake, point, keys=keys, base_url=BASE_URL, by=minh(session, point), now=now)
    session.commit()
    return item

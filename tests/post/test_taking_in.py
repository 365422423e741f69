"""Taking a sealed dossier at the post, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from conftest import Clock
from intake.keys import Keys
from intake.records import (
    AcceptancePoint,
    Event,
    PostalStep,
)
from postway import NUMBER, a_post_office, an_intake, taken


@pytest.fixture
def point(session: Session) -> AcceptancePoint:
    return a_post_office(session)


@pytest.fixture
def take(session: Session, point: AcceptancePoint, keys: Keys, clock: Clock):
    """Take an intake at BD-07, now, and commit."""
    return lambda intake, at=None: taken(session, intake, at or point, keys=keys, now=clock())


def test_an_item_taken_is_in_the_books_with_its_first_step_and_its_event(take, offered, session):
    item = take(an_intake(offered))
    assert (item.item_number, item.is_s10, item.direction, item.status) == (NUMBER, True, "in", "accepted")
    assert (item.charge, item.fee, item.masked_name) == (15_000, 8_000, "L. T. N. Lan")
    step = session.scalars(select(PostalStep)).one()
    assert (step.step, step.source, step.holder) == (
        "accepted",
        "clerk",
        "Bưu điện Hạc Thành, Hoàng Văn Minh",
    )
    kinds = session.scalars(select(Event.kind).filter_by(item_id=item.id).order_by(Event.id)).all()
    assert kinds == ["post_accepted", "post_money_taken"]

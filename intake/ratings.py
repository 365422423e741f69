"""How content people were: one touch, after the officers' part, by whoever holds the receipt.

Nobody is shown who said what. Means are told only of enough answers that no
single one can be read from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from intake.queries import status_of
from intake.records import Dossier, Rating
from intake.rules.lifecycle import Status
from intake.rules.receipt_code import ReceiptCode
from intake.rules.refusals import NotYetToRate

SCORES = (3, 2, 1)  # content, so-so, not content
OVER = (Status.RETURNED, Status.REFUSED, Status.STOPPED)
FEWEST = 5  # answers of which anything is told


@dataclass(frozen=True)
class Contentment:
    """``answers`` in all; ``of`` each score how many, empty below FEWEST."""

    answers: int
    of: Mapping[int, int]

    @property
    def percent(self) -> int | None:
        """How many in a hundred are content; None while too few answered."""
        return round(100 * self.of.get(3, 0) / self.answers) if self.of else None


def to_rate(session: Session, code: ReceiptCode, *, now: datetime) -> Dossier | None:
    """The dossier of a receipt whose officers are done with it; None: already rated, or not ours.

    Raises NotYetToRate while it is being worked on.
    """
    if status_of(session, code, now=now) is None:
        return None
    dossier = session.scalars(select(Dossier).filter_by(dossier_code=code.dossier_code)).one()
    if dossier.status not in OVER:
        raise NotYetToRate
    return dossier if is_open(session, dossier) else None


def is_open(session: Session, dossier: Dossier) -> bool:
    """Whether an answer is still awaited."""
    rated = session.scalar(select(Rating.id).filter_by(dossier_id=dossier.id))
    return rated is None and dossier.status in OVER


def rate(session: Session, dossier: Dossier, score: int, *, place: str, now: datetime) -> None:
    """The first answer stands; a second touch changes nothing. ``place`` is "kiosk" or "phone"."""
    if score not in SCORES:
        raise ValueError(f"no such score: {score}")
    if dossier.status not in OVER:
        raise NotYetToRate
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else pg_insert
    row = {
        "office_id": dossier.office_id,
        "dossier_id": dossier.id,
        "score": score,
        "place": place,
        "at": now,
    }
    session.execute(insert(Rating).values(row).on_conflict_do_nothing(index_elements=["dossier_id"]))


def contentment(session: Session, office_id: int, since: datetime, until: datetime) -> Contentment:
    """Of all answers from ``since`` to before ``until``."""
    counted = session.execute(
        select(Rating.score, func.count().label("count"))
        .where(Rating.office_id == office_id, Rating.at >= since, Rating.at < until)
        .group_by(Rating.score)
    ).all()
    of = {score: answers for score, answers in counted}  # noqa: C416 - rows are no pairs to mypy
    together = sum(of.values())
    return Contentment(together, of if together >= FEWEST else {})

"""An item at hand, and moving it: every step is kept, told to the log, and says who has it from then on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from intake import events
from intake.events import Actor
from intake.records import AcceptancePoint, Office, PostalItem, PostalStep
from intake.rules.post import Step, Told, must_step, standing, travelled
from intake.rules.refusals import NoSuchItem

CLERK, OFFICER = "clerk", "officer"  # sources of steps; an operator's is "operator:<id>"
KINDS = {step: f"post_{step}" for step in Step}


def post_office(session: Session, point_id: int | None) -> AcceptancePoint | None:
    """The post office of this id that is in use, or None."""
    point = session.get(AcceptancePoint, point_id) if point_id else None
    return point if point is not None and point.kind == "post" and point.active else None


def item_at_hand(
    session: Session, office: Office, item_number: str, *, point: AcceptancePoint | None = None
) -> PostalItem:
    """The item of this number, locked until the end of the transaction; of ``point`` alone when one is given.

    Raises NoSuchItem, also for one of another office or post office.
    """
    statement = select(PostalItem).where(
        PostalItem.office_id == office.id, PostalItem.item_number == item_number
    )
    return _locked(session, statement, item_number, point)


def item_at_hand_by_id(
    session: Session, office: Office, item_id: int, *, point: AcceptancePoint | None = None
) -> PostalItem:
    """The same by the id of its row."""
    statement = select(PostalItem).where(PostalItem.office_id == office.id, PostalItem.id == item_id)
    return _locked(session, statement, "", point)


def step_to(
    session: Session,
    item: PostalItem,
    then: Step,
    *,
    source: str,
    by: Actor,
    now: datetime,
    holder: str,
    place: str = "",
    reason: str = "",
    facts: dict[str, object] | None = None,
) -> None:
    """One of our people moves it; ``holder`` has it from then on. Raises WrongStep."""
    must_step(Step(item.status), then)
    append_step(session, item, then, source=source, by=by, now=now, holder=holder, place=place, reason=reason)
    item.status, item.status_at = then, now
    if then is Step.FAILED:
        item.failures += 1
    tell(session, item, KINDS[then], by=by, now=now, reason=reason, facts={"holder": holder, **(facts or {})})


def append_step(
    session: Session,
    item: PostalItem,
    step: Step,
    *,
    source: str,
    by: Actor | None = None,
    now: datetime,
    at: datetime | None = None,
    holder: str = "",
    place: str = "",
    reason: str = "",
    message_id: str | None = None,
) -> PostalStep:
    """One row of the journey, which moves nothing by itself; ``at`` when it happened, now if not told."""
    step_row = PostalStep(
        item_id=item.id,
        step=step,
        at=at or now,
        told_at=now,
        source=source,
        person_id=by.person_id if by else None,
        message_id=message_id,
        holder=holder,
        place=place,
        reason=reason,
    )
    session.add(step_row)
    session.flush()
    return step_row


def stand(session: Session, item: PostalItem) -> None:
    """Put the item where all its steps together say it is, after somebody told of one late."""
    rows = session.scalars(select(PostalStep).filter_by(item_id=item.id)).all()
    told = (Told(Step(row.step), row.at, row.id, row.source.startswith("operator:")) for row in rows)
    found = standing(told)
    item.status, item.status_at, item.failures = found.step, found.at, found.failures


def moved_by(item: PostalItem) -> list[PostalStep]:
    """The rows that moved it: what was told twice, or too late to mean anything, is left out."""
    rows = {row.id: row for row in item.steps}
    told = (Told(Step(row.step), row.at, row.id, row.source.startswith("operator:")) for row in rows.values())
    return [rows[one.order] for one in travelled(told)]


def tell(
    session: Session,
    item: PostalItem,
    kind: str,
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
    facts: dict[str, object] | None = None,
) -> None:
    """One event of this item, and of its dossier once there is one."""
    events.append(
        session,
        kind,
        by=by,
        now=now,
        office_id=item.office_id,
        dossier_id=item.dossier_id,
        item_id=item.id,
        reason=reason,
        facts={"item_number": item.item_number, **(facts or {})},
    )
    session.flush()


def _locked(
    session: Session, statement: Select[PostalItem], number: str, point: AcceptancePoint | None
) -> PostalItem:
    chosen = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    item = session.scalar(chosen)
    if item is None or (point is not None and item.point_id != point.id):
        raise NoSuchItem(item_number=number)
    return item

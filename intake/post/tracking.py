"""What an operator's system tells of our items: late, twice, out of order, with gaps; all counts once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake import events
from intake.events import Actor
from intake.post.delivering import bring_along
from intake.post.steps import KINDS
from intake.records import Office, PostalItem, PostalOperator, PostalStep
from intake.rules.post import Standing, Step, Told, standing
from intake.rules.refusals import Refusal
from intake.rules.tracking import BEFORE, OF_DIRECTION, Message, Trouble, Unread

MOST = 1_000  # messages of one request
SLICE = 100  # of one transaction: a clerk waits for no more


class Heard(StrEnum):
    """What became of a message."""

    TAKEN = "taken"
    KNOWN = "known"  # told before; nothing happened again
    REFUSED = "refused"


@dataclass(frozen=True)
class Answer:
    """To one message. ``status`` is where all tellings together put the item, "" when it is refused."""

    message_id: str
    heard: Heard
    status: str = ""
    trouble: Trouble | None = None


def source_of(operator: PostalOperator) -> str:
    return f"operator:{operator.id}"


def hear(
    session: Session, operator: PostalOperator, messages: Sequence[Message | Unread], *, now: datetime
) -> tuple[Answer, ...]:
    """Keep what is new, move the items and their dossiers; one answer a message, in their order.

    Told again, by the same ``message_id``, it changes nothing. Items of other
    offices are unknown. Nothing is refused for its order: where an item is
    follows from all tellings by when they happened (intake.rules.post.standing).
    """
    # Two batches of one operator come one after the other: what is known is then known.
    mine = select(PostalOperator).filter_by(id=operator.id).with_for_update(key_share=True)
    session.scalars(mine.execution_options(populate_existing=True)).one()
    operator.seen_at = now
    read = [one for one in messages if isinstance(one, Message)]
    items, known = _items(session, operator, read), _known(session, operator, read)
    answers: dict[int, Answer] = {}
    new: list[Message] = []
    for place, one in enumerate(messages):
        answer = _judged(one, items, known)
        if answer is None:
            assert isinstance(one, Message)
            known[one.message_id] = _content(one)
            new.append(one)
            answer = Answer(one.message_id, Heard.TAKEN)
        answers[place] = answer
    _keep(session, operator, new, items, now=now)
    for place, one in enumerate(messages):
        if isinstance(one, Message) and answers[place].heard is not Heard.REFUSED:
            answers[place] = replace(answers[place], status=items[one.item_number].status)
    return tuple(answers.values())


def slices(messages: Sequence[Message | Unread]) -> Iterable[Sequence[Message | Unread]]:
    """Each for a transaction of its own; what was told twice is known, so a half may be sent again whole."""
    return (messages[start : start + SLICE] for start in range(0, len(messages), SLICE))


def _items(
    session: Session, operator: PostalOperator, messages: Sequence[Message]
) -> Mapping[str, PostalItem]:
    """By number, locked until the end of the transaction, always in the same order."""
    numbers = {one.item_number for one in messages}
    chosen = (
        select(PostalItem)
        .where(PostalItem.office_id == operator.office_id, PostalItem.item_number.in_(numbers))
        .order_by(PostalItem.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {item.item_number: item for item in session.scalars(chosen)}


Content = tuple[str, datetime, str]  # of a message: what it is known again by


def _known(session: Session, operator: PostalOperator, messages: Sequence[Message]) -> dict[str, Content]:
    rows = session.execute(
        select(PostalStep.message_id, PostalStep.step, PostalStep.at, PostalItem.item_number)
        .join(PostalItem, PostalItem.id == PostalStep.item_id)
        .where(
            PostalStep.source == source_of(operator),
            PostalStep.message_id.in_({one.message_id for one in messages}),
        )
    )
    return {message_id: (step, at, number) for message_id, step, at, number in rows if message_id}


def _content(message: Message) -> Content:
    return (message.step.value, message.at, message.item_number)


def _judged(
    one: Message | Unread, items: Mapping[str, PostalItem], known: Mapping[str, Content]
) -> Answer | None:
    """What is to be said of it without keeping it; None for one that is new and ours."""
    if isinstance(one, Unread):
        return Answer(one.message_id, Heard.REFUSED, trouble=one.trouble)
    trouble = None
    if one.message_id in known:
        if known[one.message_id] == _content(one):
            return Answer(one.message_id, Heard.KNOWN)
        trouble = Trouble.OTHER_CONTENT
    elif (item := items.get(one.item_number)) is None:
        trouble = Trouble.UNKNOWN_ITEM
    elif one.step not in OF_DIRECTION[item.direction]:
        trouble = Trouble.WRONG_DIRECTION
    elif one.at < item.taken_at - BEFORE:
        trouble = Trouble.TOO_EARLY
    return Answer(one.message_id, Heard.REFUSED, trouble=trouble) if trouble else None


def _keep(
    session: Session,
    operator: PostalOperator,
    messages: Sequence[Message],
    items: Mapping[str, PostalItem],
    *,
    now: datetime,
) -> None:
    session.add_all([_step(operator, items[one.item_number], one, now=now) for one in messages])
    session.flush()
    touched = {items[one.item_number].id: items[one.item_number] for one in messages}
    by = Actor(operator.name, source_of(operator))
    standings = _standings(session, touched)
    moved = [touched[item_id] for item_id, found in standings.items() if _moves(touched[item_id], found)]
    for item in moved:
        _tell(session, item, KINDS[Step(item.status)], {"at": item.status_at.isoformat()}, by=by, now=now)
    session.flush()
    for item in moved:
        if item.dossier_id is not None and item.direction == "home":
            _lead(session, item, by=by, now=now)


def _moves(item: PostalItem, found: Standing) -> bool:
    """Put it where it stands; False where it stood there already."""
    if (item.status, item.status_at, item.failures) == (found.step, found.at, found.failures):
        return False
    item.status, item.status_at, item.failures = found.step, found.at, found.failures
    return True


def _step(operator: PostalOperator, item: PostalItem, one: Message, *, now: datetime) -> PostalStep:
    return PostalStep(
        item_id=item.id,
        step=one.step,
        at=one.at,
        told_at=now,
        source=source_of(operator),
        message_id=one.message_id,
        holder="người nhận" if one.step is Step.DELIVERED else operator.name,
        place=one.place,
        reason=one.reason,
    )


def _standings(session: Session, items: Mapping[int, PostalItem]) -> dict[int, Standing]:
    told: dict[int, list[Told]] = {item_id: [] for item_id in sorted(items)}
    rows = session.execute(
        select(PostalStep.item_id, PostalStep.step, PostalStep.at, PostalStep.id, PostalStep.source).where(
            PostalStep.item_id.in_(told)
        )
    )
    for item_id, step, at, order, source in rows:
        told[item_id].append(Told(Step(step), at, order, source.startswith("operator:")))
    return {item_id: standing(all_of_it) for item_id, all_of_it in told.items()}


def _lead(session: Session, item: PostalItem, *, by: Actor, now: datetime) -> None:
    """Its dossier follows; where that cannot be, whoever looks after the dossier reads so in its history."""
    try:
        with session.begin_nested():
            bring_along(session, item, by=by, now=now)
    except Refusal as refusal:
        session.refresh(item)
        _tell(session, item, "post_not_followed", {"refusal": refusal.code}, by=by, now=now)


def _tell(
    session: Session, item: PostalItem, kind: str, facts: dict[str, object], *, by: Actor, now: datetime
) -> None:
    """As steps.tell, but hundreds are written at once."""
    events.append(
        session,
        kind,
        by=by,
        now=now,
        office_id=item.office_id,
        dossier_id=item.dossier_id,
        item_id=item.id,
        facts={"item_number": item.item_number, **facts},
    )


def operators_of(session: Session, office: Office) -> Sequence[PostalOperator]:
    """Systems that may tell this office of its items, by name."""
    mine = select(PostalOperator).filter_by(office_id=office.id, active=True)
    return session.scalars(mine.order_by(PostalOperator.name, PostalOperator.id)).all()


def file_heard(
    session: Session, operator: PostalOperator, answers: Sequence[Answer], *, by: Actor, now: datetime
) -> None:
    """Somebody brought the operator's words as a file: who, and how much of it was new."""
    taken = sum(answer.heard is Heard.TAKEN for answer in answers)
    facts: dict[str, object] = {"what": operator.name, "rows": len(answers), "taken": taken}
    events.append(session, "post_file_heard", by=by, now=now, office_id=operator.office_id, facts=facts)

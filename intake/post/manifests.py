"""A hand-over list as the giving side builds it: opened, filled scan by scan, closed.

"in" goes from a post office to the office, "home" from the office to a post
office. What is on a list is nobody else's to list until the list is confirmed.
Source: Quyết định 45/2016/QĐ-TTg.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from intake import events, numbers
from intake.events import Actor
from intake.keys import Keys
from intake.offices import civil_day
from intake.post.money import taken
from intake.post.steps import CLERK, item_at_hand, step_to, tell
from intake.records import AcceptancePoint, Dossier, Manifest, ManifestLine, Office, PostalItem
from intake.rules.codes import parse_item_number
from intake.rules.manifests import MAY_TRAVEL, TAKEN_IN, UNFINISHED, Side, State, manifest_number, may_resolve
from intake.rules.post import DISCREPANCIES, Outcome, Resolution, Step
from intake.rules.post_money import FEE
from intake.rules.receipt_code import decode
from intake.rules.refusals import (
    EmptyManifest,
    ItemElsewhere,
    NoSuchItem,
    NoSuchManifest,
    NotAReceipt,
    WrongManifestState,
)
from intake.rules.text import tidy

LONGEST_BAG = 40


def open_manifest(
    session: Session, point: AcceptancePoint, direction: str, *, by: Actor, now: datetime
) -> Manifest:
    """The list of this post office and direction that is being filled, else a new one."""
    _hold(session, point)
    known = session.scalar(
        select(Manifest)
        .filter_by(point_id=point.id, direction=direction, state=State.OPEN)
        .order_by(Manifest.id)
        .limit(1)
    )
    if known is not None:
        return known
    day = civil_day(now)
    seq = numbers.next_of_day(session, point.office_id, f"manifest-{point.id}", day=day)
    manifest = Manifest(
        office_id=point.office_id,
        point_id=point.id,
        direction=direction,
        number=manifest_number(point.code, day, seq),
        state=State.OPEN,
        opened_by=by.person_id,
        opened_at=now,
    )
    session.add(manifest)
    session.flush()
    told_of(session, manifest, "manifest_opened", by=by, now=now)
    return manifest


def manifest_at_hand(
    session: Session, office: Office, manifest_id: int, *, point: AcceptancePoint | None = None
) -> Manifest:
    """The list, locked until the end of the transaction; of ``point`` alone when one is given.

    Raises NoSuchManifest, also for one of another office or post office.
    """
    manifest = session.scalar(
        select(Manifest)
        .where(Manifest.office_id == office.id, Manifest.id == manifest_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if manifest is None or (point is not None and manifest.point_id != point.id):
        raise NoSuchManifest
    return manifest


def manifest_of_number(
    session: Session, office: Office, text: str, *, point: AcceptancePoint | None = None
) -> int:
    """The id of the list whose number was scanned or typed. Raises NoSuchManifest."""
    number = tidy(text).upper().replace(" ", "").replace("Đ", "D")
    found = select(Manifest.id).where(Manifest.office_id == office.id, Manifest.number == number)
    if point is not None:
        found = found.where(Manifest.point_id == point.id)
    manifest_id = session.scalar(found)
    if manifest_id is None:
        raise NoSuchManifest
    return manifest_id


def item_number_of(session: Session, office: Office, text: str, *, keys: Keys) -> str:
    """The item number a scan means: its label, the code of its receipt, or form 01 of its dossier.

    Raises UnreadableItemNumber, WrongCheckDigit, ForgedReceipt, ForeignReceipt.
    """
    try:
        code = decode(text, keys.public_keys).dossier_code
    except NotAReceipt:
        return parse_item_number(text).text
    if code.startswith("item-") and code[5:].isdecimal():
        item_is = PostalItem.id == int(code[5:])
    else:
        dossier = select(Dossier.id).where(Dossier.office_id == office.id, Dossier.dossier_code == code)
        item_is = or_(PostalItem.item_number == code, PostalItem.dossier_id.in_(dossier))
    # Of a dossier's items the last is the one on its way.
    number = session.scalar(
        select(PostalItem.item_number)
        .where(PostalItem.office_id == office.id, item_is)
        .order_by(PostalItem.id.desc())
        .limit(1)
    )
    if number is None:
        raise NoSuchItem(item_number=code)
    return number


def add_item(
    session: Session, manifest: Manifest, item_number: str, *, by: Actor, now: datetime
) -> ManifestLine:
    """One more line; the same number again is the line it has.

    Raises WrongManifestState, NoSuchItem, ItemElsewhere with where it is: on another list, or not
    in the hands of the giving side.
    """
    must_be(manifest, State.OPEN)
    if known := line_of(session, manifest, item_number):
        return known
    item = item_at_hand(session, manifest.office, item_number, point=manifest.point)
    _must_be_free(session, manifest, item)
    if item.status not in MAY_TRAVEL.get((manifest.direction, item.direction), ()):
        raise ItemElsewhere(where=item.status, item_id=item.id)
    return _append(session, manifest, item, by=by, now=now)


def add_form(
    session: Session, manifest: Manifest, item: PostalItem, *, by: Actor, now: datetime
) -> ManifestLine:
    """Form 01 of an accepted item goes back on paper with a list "home". Raises as add_item()."""
    must_be(manifest, State.OPEN)
    if known := line_of(session, manifest, item.item_number):
        return known
    if manifest.direction != "home" or item.direction != "in" or item.dossier_id is None:
        raise ItemElsewhere(where=item.status, item_id=item.id)
    return _append(session, manifest, item, with_form=True, by=by, now=now)


def forms_to_send(session: Session, point: AcceptancePoint) -> Sequence[PostalItem]:
    """Accepted items of this post office whose form 01 went back on no list, and is on none."""
    listed = (
        select(ManifestLine.item_id)
        .join(Manifest)
        .where(ManifestLine.with_form, Manifest.state.in_(UNFINISHED), ManifestLine.item_id == PostalItem.id)
    )
    return session.scalars(
        select(PostalItem)
        .join(Dossier, Dossier.id == PostalItem.dossier_id)
        .where(
            PostalItem.point_id == point.id,
            PostalItem.direction == "in",
            PostalItem.form_home.is_(False),
            Dossier.returned_at.is_(None),
            ~listed.exists(),
        )
        .order_by(PostalItem.id)
    ).all()


def drop(session: Session, manifest: Manifest, line_id: int, *, by: Actor, now: datetime) -> None:
    """Take a line off a list that is still being filled; one that is gone already is gone."""
    must_be(manifest, State.OPEN)
    line = session.scalar(select(ManifestLine).filter_by(id=line_id, manifest_id=manifest.id))
    if line is None:
        return
    if line.item is not None:
        tell(session, line.item, "post_unlisted", by=by, now=now, facts={"manifest": manifest.number})
    session.delete(line)
    session.flush()


def close(
    session: Session,
    manifest: Manifest,
    *,
    bag_number: str = "",
    bag_seal: str = "",
    by: Actor,
    now: datetime,
) -> None:
    """Listed and counted: what goes "in" is on its way from now on, with the State's money it brings.

    Raises WrongManifestState, EmptyManifest.
    """
    must_be(manifest, State.OPEN)
    items = items_of(session, manifest)
    if not items:
        raise EmptyManifest
    manifest.state, manifest.closed_by, manifest.closed_at = State.CLOSED, by.person_id, now
    manifest.bag_number, manifest.bag_seal = tidy(bag_number)[:LONGEST_BAG], tidy(bag_seal)[:LONGEST_BAG]
    manifest.fee_listed = sum(fees_of(session, manifest, items).values())
    manifest.version += 1
    facts: dict[str, object] = {"manifest": manifest.number}
    for item in items:
        if manifest.direction == "in" and item.status == Step.ACCEPTED:
            step_to(
                session,
                item,
                Step.IN_TRANSIT,
                source=CLERK,
                by=by,
                now=now,
                holder=manifest.point.name,
                facts=facts,
            )
    told_of(session, manifest, "manifest_closed", by=by, now=now, facts={"lines": len(items)})


def fees_of(session: Session, manifest: Manifest, items: Sequence[PostalItem]) -> dict[int, int]:
    """The State's money that comes along, by item; whole đồng."""
    if manifest.direction != "in":
        return {}
    return taken(session, [item.id for item in items if item.direction == "in"], FEE)


def items_of(session: Session, manifest: Manifest) -> Sequence[PostalItem]:
    """Everything on the list that is known, locked, in one order for all."""
    on_it = select(ManifestLine.item_id).filter_by(manifest_id=manifest.id)
    return session.scalars(
        select(PostalItem)
        .where(PostalItem.id.in_(on_it))
        .order_by(PostalItem.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def line_of(session: Session, manifest: Manifest, item_number: str) -> ManifestLine | None:
    return session.scalar(select(ManifestLine).filter_by(manifest_id=manifest.id, item_number=item_number))


def ends_of(line: ManifestLine, side: Side) -> tuple[Resolution, ...]:
    """How ``side`` may end it. A result for another post office is not taken along: that one brings it."""
    manifest, item = line.manifest, line.item
    ends = may_resolve(manifest.direction, side, Outcome(line.outcome))
    strays = manifest.direction == "home" and item is not None and item.point_id != manifest.point_id
    return tuple(end for end in ends if not (strays and end in TAKEN_IN))


def must_be(manifest: Manifest, *states: State) -> None:
    """Raises WrongManifestState with the one it is in."""
    if manifest.state not in states:
        raise WrongManifestState(state=manifest.state)


def told_of(
    session: Session,
    manifest: Manifest,
    kind: str,
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
    facts: dict[str, object] | None = None,
) -> None:
    """One event of the list."""
    told = {"manifest": manifest.number, "manifest_id": manifest.id, "direction": manifest.direction}
    events.append(
        session,
        kind,
        by=by,
        now=now,
        office_id=manifest.office_id,
        reason=reason,
        facts={**told, **(facts or {})},
    )
    session.flush()


def new_line(manifest: Manifest, item: PostalItem | None, item_number: str, position: int) -> ManifestLine:
    return ManifestLine(
        manifest_id=manifest.id,
        position=position,
        item_id=item.id if item else None,
        item_number=item_number,
    )


def next_position(session: Session, manifest: Manifest) -> int:
    last = session.scalar(
        select(func.max(ManifestLine.position)).where(ManifestLine.manifest_id == manifest.id)
    )
    return (last or 0) + 1


def live_list(session: Session, item: PostalItem) -> Manifest | None:
    """The list this item stands on that is not confirmed yet, or on which it is still searched for."""
    return session.scalar(
        select(Manifest)
        .join(ManifestLine)
        .where(
            ManifestLine.item_id == item.id,
            ManifestLine.with_form.is_(False),
            or_(
                Manifest.state.in_(UNFINISHED),
                ManifestLine.outcome.in_(DISCREPANCIES) & ManifestLine.resolved_at.is_(None),
            ),
        )
        .order_by(Manifest.id.desc())
        .limit(1)
    )


def _must_be_free(session: Session, manifest: Manifest, item: PostalItem) -> None:
    other = live_list(session, item)
    if other is not None and other.id != manifest.id:
        raise ItemElsewhere(where=other.number, item_id=item.id)


def _append(
    session: Session,
    manifest: Manifest,
    item: PostalItem,
    *,
    with_form: bool = False,
    by: Actor,
    now: datetime,
) -> ManifestLine:
    line = new_line(manifest, item, item.item_number, next_position(session, manifest))
    line.with_form = with_form
    session.add(line)
    session.flush()
    tell(session, item, "post_listed", by=by, now=now, facts={"manifest": manifest.number})
    return line


def _hold(session: Session, point: AcceptancePoint) -> None:
    """Two who open a list at once wait for each other. SQLite lets only one writer in to begin with."""
    if session.get_bind().dialect.name != "sqlite":
        session.execute(select(AcceptancePoint.id).filter_by(id=point.id).with_for_update(key_share=True))

"""A hand-over list as the receiving side scans it; confirmed by both, its discrepancies ended one by one.

Only what was scanned in and confirmed is the receiving side's; the agency's own
clock starts later still, when an officer accepts the item as a dossier.
Source: Quyết định 45/2016/QĐ-TTg.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from intake.events import Actor
from intake.post.delivering import came_back, picked_up
from intake.post.manifests import ends_of, items_of, line_of, must_be, new_line, next_position, told_of
from intake.post.steps import CLERK, OFFICER, append_step, item_at_hand, item_at_hand_by_id, step_to, tell
from intake.records import Manifest, ManifestLine, PostalItem
from intake.rules.answers import Fault
from intake.rules.manifests import (
    ARRIVES_AS,
    CONFIRMED,
    FIRST_EXTRA,
    ON_ITS_WAY,
    TAKEN_IN,
    TAKES,
    Side,
    State,
)
from intake.rules.notice_faults import text_faults
from intake.rules.post import DISCREPANCIES, NEXT, Outcome, Resolution, Step
from intake.rules.refusals import (
    NoSuchItem,
    NoSuchManifest,
    UnfinishedNotice,
    WrongManifestState,
)
from intake.rules.text import tidy

LONGEST_NOTE = 300
# What a scan, or a second look at what was scanned, may say of a listed line and of one that is not.
LOOKS = frozenset({Outcome.LISTED, Outcome.MATCHED, Outcome.BROKEN_SEAL, Outcome.WRONG_OFFICE})
LOOKS_AT_EXTRA = frozenset({Outcome.LISTED, Outcome.EXTRA, Outcome.WRONG_OFFICE})
# Ends that somebody has to answer for say how they came about.
TOLD_WHY = frozenset({Resolution.SENT_ON, Resolution.LOST})


def scan_in(
    session: Session,
    manifest: Manifest,
    item_number: str,
    *,
    outcome: Outcome = Outcome.MATCHED,
    note: str = "",
    by: Actor,
    now: datetime,
) -> ManifestLine:
    """It is here: a listed line matches, anything else is a line of its own, EXTRA.

    The same number again changes nothing, unless it says more than MATCHED. Raises WrongManifestState
    before the list was closed and after it was confirmed.
    """
    must_be(manifest, *ON_ITS_WAY)
    arrive(session, manifest, by=by, now=now)
    line = line_of(session, manifest, item_number)
    if line is None:
        line = _extra(session, manifest, item_number)
        outcome = outcome if outcome is Outcome.WRONG_OFFICE else Outcome.EXTRA
    elif line.scanned_at is not None and outcome is Outcome.MATCHED:
        return line
    _look(session, manifest, line, outcome, note, by=by, now=now)
    return line


def arrive(session: Session, manifest: Manifest, *, by: Actor, now: datetime) -> None:
    """closed → arrived: the bag is opened on the other side."""
    if manifest.state != State.CLOSED:
        return
    manifest.state, manifest.arrived_at = State.ARRIVED, now
    manifest.version += 1
    told_of(session, manifest, "manifest_arrived", by=by, now=now)


def mark(
    session: Session,
    manifest: Manifest,
    line_id: int,
    outcome: Outcome,
    *,
    note: str = "",
    by: Actor,
    now: datetime,
) -> ManifestLine | None:
    """A second look: a broken seal, another office's, or LISTED to take a scan back.

    A line beside the list whose scan is taken back is gone: None. Raises WrongManifestState,
    NoSuchManifest for a line of another list.
    """
    must_be(manifest, *ON_ITS_WAY)
    line = _line(session, manifest, line_id)
    if outcome not in (LOOKS_AT_EXTRA if is_extra(line) else LOOKS):
        raise UnfinishedNotice(faults=(Fault("outcome", "bad_choice"),))
    _look(session, manifest, line, outcome, note, by=by, now=now)
    if is_extra(line) and outcome is Outcome.LISTED:
        session.delete(line)
        session.flush()
        return None
    return line


def receive(
    session: Session,
    manifest: Manifest,
    *,
    fee_counted: int | None = None,
    note: str = "",
    by: Actor,
    now: datetime,
) -> None:
    """The receiving side confirms: what matched is theirs, what was not scanned is MISSING from now on.

    ``fee_counted`` is the State's money as counted, None where none came; another sum than the list
    tells needs a note. Raises WrongManifestState, UnfinishedNotice.
    """
    must_be(manifest, *ON_ITS_WAY)
    is_off = fee_counted is not None and fee_counted != manifest.fee_listed
    if is_off and text_faults("note", note, least=3, longest=LONGEST_NOTE):
        raise UnfinishedNotice(faults=(Fault("note", "count_differs"),))
    arrive(session, manifest, by=by, now=now)
    items = {item.id: item for item in items_of(session, manifest)}
    lines = session.scalars(select(ManifestLine).filter_by(manifest_id=manifest.id)).all()
    for line in lines:
        item = items.get(line.item_id or 0)
        if line.outcome == Outcome.LISTED:
            _never_scanned(manifest, line, item)
        if line.outcome == Outcome.MATCHED and item is not None:
            _take(session, manifest, item, with_form=line.with_form, by=by, now=now)
            _end_search(session, item, manifest, by=by, now=now)
    manifest.state, manifest.received_by, manifest.received_at = State.RECEIVED, by.person_id, now
    manifest.fee_counted = fee_counted
    manifest.version += 1
    session.flush()
    facts: dict[str, object] = {"outcomes": _counted(lines)}
    if manifest.fee_listed or fee_counted is not None:
        facts |= {"fee_listed": manifest.fee_listed, "fee_counted": fee_counted}
    told_of(session, manifest, "manifest_received", by=by, now=now, reason=tidy(note), facts=facts)


def agree(session: Session, manifest: Manifest, *, by: Actor, now: datetime) -> None:
    """The giving side confirms what the other found. Raises WrongManifestState."""
    must_be(manifest, State.RECEIVED)
    manifest.state, manifest.agreed_by, manifest.agreed_at = State.AGREED, by.person_id, now
    manifest.version += 1
    told_of(session, manifest, "manifest_agreed", by=by, now=now)


def resolve(
    session: Session,
    line: ManifestLine,
    resolution: Resolution,
    *,
    note: str = "",
    side: Side | None = None,
    by: Actor,
    now: datetime,
) -> None:
    """A discrepancy of a confirmed list ends, and the item goes where that end puts it.

    ``side`` None is the receiving one. What nobody knew when it was scanned may be taken once the
    post has entered it. Raises WrongManifestState before the list is confirmed or after this was
    ended, NoSuchItem, UnfinishedNotice for an end that is not theirs or does not say why.
    """
    manifest = line.manifest
    must_be(manifest, *CONFIRMED)
    item = _item_of(session, line, resolution)
    # Where the item is held now, a list that found it meanwhile has ended this one.
    session.refresh(line, ["resolved_at"])
    if line.resolved_at is not None:
        raise WrongManifestState(state="resolved")
    if resolution not in ends_of(line, side or TAKES[manifest.direction]):
        raise UnfinishedNotice(faults=(Fault("resolution", "bad_choice"),))
    if resolution in TOLD_WHY and (faults := text_faults("note", note, least=3, longest=LONGEST_NOTE)):
        raise UnfinishedNotice(faults=faults)
    _end(line, resolution, note, by=by, now=now)
    facts: dict[str, object] = {
        "manifest": manifest.number,
        "outcome": line.outcome,
        "resolution": resolution,
    }
    if item is None:
        told_of(session, manifest, "post_resolved", by=by, now=now, reason=line.note, facts=facts)
        return
    if resolution in TAKEN_IN:
        _take(session, manifest, item, with_form=line.with_form, by=by, now=now)
        _end_search(session, item, manifest, by=by, now=now)
    elif resolution is not Resolution.LOST:
        _leave(session, manifest, item, resolution, note, by=by, now=now)
    tell(session, item, "post_resolved", by=by, now=now, reason=line.note, facts=facts)


def line_at_hand(session: Session, manifest: Manifest, line_id: int) -> ManifestLine:
    """A line of this list. Raises NoSuchManifest."""
    return _line(session, manifest, line_id)


def is_extra(line: ManifestLine) -> bool:
    return line.position >= FIRST_EXTRA


def _extra(session: Session, manifest: Manifest, item_number: str) -> ManifestLine:
    """Beside the list; of an item of ours, or of nobody's we know."""
    try:
        item: PostalItem | None = item_at_hand(session, manifest.office, item_number)
    except NoSuchItem:
        item = None
    position = max(FIRST_EXTRA, next_position(session, manifest))
    line = new_line(manifest, item, item_number, position)
    session.add(line)
    return line


def _look(
    session: Session,
    manifest: Manifest,
    line: ManifestLine,
    outcome: Outcome,
    note: str,
    *,
    by: Actor,
    now: datetime,
) -> None:
    is_scanned = outcome is not Outcome.LISTED
    before, line.outcome = line.outcome, outcome
    line.note = tidy(note)[:LONGEST_NOTE]
    line.scanned_by, line.scanned_at = (by.person_id, now) if is_scanned else (None, None)
    session.flush()
    facts: dict[str, object] = {"manifest": manifest.number, "outcome": [before, outcome]}
    if line.item is not None:
        tell(session, line.item, "post_scanned", by=by, now=now, reason=line.note, facts=facts)
    else:
        facts |= {"number": line.item_number}
        told_of(session, manifest, "post_scanned", by=by, now=now, reason=line.note, facts=facts)


def _never_scanned(manifest: Manifest, line: ManifestLine, item: PostalItem | None) -> None:
    """Missing; unless the office has it already, because it lay in another bag."""
    arrives = ARRIVES_AS.get((manifest.direction, item.direction)) if item else None
    if item is not None and item.status == arrives == Step.HANDED_OVER:
        line.outcome, line.note = Outcome.MATCHED, "Đã nhận theo bảng kê khác"
    else:
        line.outcome = Outcome.MISSING


def _take(
    session: Session,
    manifest: Manifest,
    item: PostalItem,
    *,
    with_form: bool,
    by: Actor,
    now: datetime,
) -> None:
    """It is the receiving side's. What an operator's system told before is not told again."""
    if with_form:
        item.form_home = True
        return
    arrives = ARRIVES_AS.get((manifest.direction, item.direction))
    if arrives is None or arrives not in NEXT[Step(item.status)]:
        return
    if arrives is Step.PICKED_UP:
        picked_up(session, item, by=by, now=now)
    elif arrives is Step.RETURNED:
        came_back(session, item, by=by, now=now)
    else:
        facts: dict[str, object] = {"manifest": manifest.number}
        step_to(
            session, item, arrives, source=OFFICER, by=by, now=now, holder=manifest.office.name, facts=facts
        )


def _leave(
    session: Session,
    manifest: Manifest,
    item: PostalItem,
    resolution: Resolution,
    note: str,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Not taken in: who has it from now on is told, where the post carries it."""
    if item.direction != "in" or item.status not in (Step.ACCEPTED, Step.IN_TRANSIT):
        return
    sent_on = resolution is Resolution.SENT_ON
    holder = tidy(note)[:LONGEST_NOTE] if sent_on else manifest.point.name
    source = OFFICER if TAKES[manifest.direction] is Side.OFFICE else CLERK
    append_step(session, item, Step.IN_TRANSIT, source=source, by=by, now=now, holder=holder[:200])
    item.status, item.status_at = Step.IN_TRANSIT, now


def _end_search(session: Session, item: PostalItem, manifest: Manifest, *, by: Actor, now: datetime) -> None:
    """Wherever else it was still missed, it is found."""
    missed = session.scalars(
        select(ManifestLine)
        .where(
            ManifestLine.item_id == item.id,
            ManifestLine.manifest_id != manifest.id,
            ManifestLine.outcome == Outcome.MISSING,
            ManifestLine.resolved_at.is_(None),
            ManifestLine.with_form.is_(False),
        )
        .options(joinedload(ManifestLine.manifest))
    ).all()
    for line in missed:
        _end(line, Resolution.FOUND, f"Theo bảng kê {manifest.number}", by=by, now=now)
        facts: dict[str, object] = {
            "manifest": line.manifest.number,
            "outcome": line.outcome,
            "resolution": Resolution.FOUND,
        }
        tell(session, item, "post_resolved", by=by, now=now, reason=line.note, facts=facts)


def _end(line: ManifestLine, resolution: Resolution, note: str, *, by: Actor, now: datetime) -> None:
    line.resolution, line.resolved_by, line.resolved_at = resolution, by.person_id, now
    line.note = tidy(note)[:LONGEST_NOTE] or line.note


def _item_of(session: Session, line: ManifestLine, resolution: Resolution) -> PostalItem | None:
    """The item of a line, locked; of a line nobody's, the one that was entered since, to be taken."""
    office = line.manifest.office
    if line.item_id is not None:
        return item_at_hand_by_id(session, office, line.item_id)
    if resolution not in TAKEN_IN:
        return None
    item = item_at_hand(session, office, line.item_number)
    line.item = item
    return item


def _line(session: Session, manifest: Manifest, line_id: int) -> ManifestLine:
    line = session.scalar(select(ManifestLine).filter_by(id=line_id, manifest_id=manifest.id))
    if line is None:
        raise NoSuchManifest
    return line


def _counted(lines: Sequence[ManifestLine]) -> Mapping[str, int]:
    found = [line.outcome for line in lines]
    return {outcome: found.count(outcome) for outcome in (Outcome.MATCHED, *sorted(DISCREPANCIES))}

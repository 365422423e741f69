"""Whose dates a change of the calendar would move, and moving them by a recorded decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from intake import events
from intake.contents import content_of
from intake.events import Actor
from intake.keys import Keys
from intake.promising import promise_for
from intake.queries import procedure_version
from intake.records import Dossier, Office
from intake.rules.calendar import VIETNAM, WorkCalendar
from intake.rules.lifecycle import RUNNING
from intake.rules.people import masked_name


@dataclass(frozen=True)
class Affected:
    """A dossier whose dates would be others: the moments as they are and as they would be."""

    dossier_id: int
    dossier_code: str
    procedure_title: str
    applicant: str  # masked
    deadline_at: datetime
    new_deadline_at: datetime
    expected_at: datetime | None
    new_expected_at: datetime | None
    deadline_kept: bool = False  # the new calendar would put it into the past: it stays
    expected_kept: bool = False

    @property
    def moves(self) -> bool:
        """Whether a recomputation would change anything; not where all that is new is past."""
        return (self.deadline_at, self.expected_at) != (self.new_deadline_at, self.new_expected_at)


def affected(
    session: Session,
    office: Office,
    *,
    old: WorkCalendar,
    new: WorkCalendar,
    since: date,
    keys: Keys,
    now: datetime,
) -> list[Affected]:
    """Every dossier whose clock runs and whose deadline or promise ``new`` would move.

    ``since`` is the first day on which the calendars differ. A moment that still
    is what the term gave is worked out anew from reception; one that was moved
    (a supplement, an extension) keeps the working time it has left. A dossier
    that awaits a supplement is left out: its dates are set when its clock goes
    on, on the calendar of then. Moments already past stay, and none is moved to
    before ``now``: it stays as it is, and the dossier is listed with that.
    """
    rows = session.scalars(_running(office, since)).all()
    found = (_moved(session, office, row, old, new, keys, now) for row in rows)
    return [one for one in found if one is not None]


def recompute(
    session: Session,
    office: Office,
    found: Sequence[Affected],
    *,
    decision: str,
    by: Actor,
    now: datetime,
) -> int:
    """Move the dates of these dossiers; what was first promised is never rewritten.

    ``decision`` is the instrument by which it is done; one event a dossier.
    Returns how many moved: one that changed meanwhile is left as it is.
    """
    if not decision:
        raise ValueError("dates move by a recorded decision only")
    moved = 0
    for one in found:
        if not one.moves:
            continue
        dossier = session.get(
            Dossier, one.dossier_id, with_for_update={"key_share": True}, populate_existing=True
        )
        seen = one.deadline_at, one.expected_at
        if dossier is None or (dossier.deadline_at, dossier.expected_at) != seen:
            continue
        dossier.deadline_at, dossier.expected_at = one.new_deadline_at, one.new_expected_at
        events.append(
            session,
            "recomputed",
            by=by,
            now=now,
            office_id=office.id,
            dossier_id=dossier.id,
            reason=decision,
            facts={
                "deadline_at": [_iso(one.deadline_at), _iso(one.new_deadline_at)],
                "expected_at": [_iso(one.expected_at), _iso(one.new_expected_at)],
            },
        )
        moved += 1
    session.flush()
    return moved


def _running(office: Office, since: date) -> Select[Dossier]:
    return (
        select(Dossier)
        .where(
            Dossier.office_id == office.id,
            Dossier.status.in_(RUNNING),
            Dossier.deadline_at >= datetime.combine(since, time(), VIETNAM),
        )
        .order_by(Dossier.deadline_at, Dossier.id)
        .options(joinedload(Dossier.procedure_version))
    )


def _moved(
    session: Session,
    office: Office,
    row: Dossier,
    old: WorkCalendar,
    new: WorkCalendar,
    keys: Keys,
    now: datetime,
) -> Affected | None:
    assert row.deadline_at is not None
    procedure = procedure_version(session, row.procedure_version_id, now=now)
    answers = content_of(row, keys).answers

    def given(calendar: WorkCalendar) -> tuple[datetime | None, datetime | None]:
        promise = promise_for(
            session,
            office,
            procedure,
            channel=row.channel,
            answers=answers,
            now=row.received_at,
            calendar=calendar,
        )
        return promise.due_at, promise.promised_at

    (old_due, old_promised), (new_due, new_promised) = given(old), given(new)
    deadline = _anew(row.deadline_at, old_due, new_due, old, new, now)
    expected = _anew(row.expected_at, old_promised, new_promised, old, new, now) if row.expected_at else None
    if expected is not None:
        expected = min(expected, deadline)
    if (deadline, expected) == (row.deadline_at, row.expected_at):
        return None
    deadline_kept = deadline != row.deadline_at and deadline <= now
    expected_kept = expected is not None and expected != row.expected_at and expected <= now
    if deadline_kept:
        deadline = row.deadline_at
    if expected_kept:
        assert row.expected_at is not None
        expected = min(row.expected_at, deadline)
        expected_kept = expected == row.expected_at
    return Affected(
        row.id,
        row.dossier_code,
        procedure.title,
        masked_name(row.applicant_name),
        row.deadline_at,
        deadline,
        row.expected_at,
        expected,
        deadline_kept,
        expected_kept,
    )


def _anew(
    kept: datetime,
    was: datetime | None,
    would_be: datetime | None,
    old: WorkCalendar,
    new: WorkCalendar,
    now: datetime,
) -> datetime:
    if kept <= now:
        return kept
    if was == kept and would_be is not None:
        return would_be
    left = old.working_time(now, kept)
    if not left:
        return kept
    # Both calendars count the same way; only where they differ the moment moves.
    before, after = old.add_working_time(now, left), new.add_working_time(now, left)
    return kept if before == after else after


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None

"""A dossier on its way between the front desk and the units: complete once the other side confirmed.

The rows are the control sheet, form 06. A unit of None is the front desk.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from intake.at_hand import (
    let_go,
    must_be_here,
    must_belong,
    must_not_be_packed,
    officer,
    open_handover,
    record,
)
from intake.events import Actor
from intake.records import Dossier, Handover, Unit
from intake.rules.answers import Fault
from intake.rules.clock import EARLY, LATE, ON_TIME, promptness
from intake.rules.lifecycle import Delivery, Status
from intake.rules.notice_faults import text_faults
from intake.rules.refusals import NoHandover, UnfinishedNotice, UnknownUnit, WrongStatus
from intake.rules.text import tidy

# Checked, or decided and on its way back.
TRAVELS = frozenset({Status.IN_PROGRESS, Status.RESULT_READY})
LONGEST_NOTE = 500


def give(
    session: Session, dossier: Dossier, to_unit_id: int | None, *, note: str = "", by: Actor, now: datetime
) -> Handover:
    """Hand it to a unit, or None: back to the front desk. unit_id changes only when they confirm.

    The giver's lock ends. Raises WrongStatus, HandoverOpen, Packed, NotOfThisUnit when
    ``by`` is not of the side that has it, UnknownUnit for another office's, one
    out of use, or the one that has it.
    """
    person = officer(session, by)
    if dossier.status not in TRAVELS:
        raise WrongStatus(now=dossier.status, then="handed_over")
    if dossier.delivery_status == Delivery.SENT:  # the result has left the house
        raise WrongStatus(now=dossier.delivery_status, then="handed_over")
    must_be_here(session, dossier)
    must_not_be_packed(session, dossier)
    must_belong(session, by, dossier, dossier.unit_id, _name(dossier.unit))
    to_unit = _unit(session, dossier, to_unit_id)
    _note_fits(note)
    handover = Handover(
        dossier_id=dossier.id,
        from_unit_id=dossier.unit_id,
        to_unit_id=to_unit_id,
        given_by=person.id,
        given_at=now,
        note=tidy(note),
    )
    session.add(handover)
    let_go(dossier)
    session.flush()
    facts: dict[str, object] = {
        "handover": handover.id,
        "from": _name(dossier.unit),
        "to": _name(to_unit),
        "unit_ids": [dossier.unit_id, to_unit_id],
    }
    record(session, dossier, "handed_over", by=by, now=now, reason=handover.note, facts=facts)
    return handover


def confirm(
    session: Session, dossier: Dossier, *, on_time: str | None = None, by: Actor, now: datetime
) -> Handover:
    """The other side has it. ``on_time`` is "early", "on_time" or "late"; None takes suggested_on_time().

    Raises NoHandover, NotOfThisUnit, or UnfinishedNotice for another word.
    """
    handover = _open(session, dossier)
    must_belong(session, by, dossier, handover.to_unit_id, _name(handover.to_unit))
    if on_time not in (None, EARLY, ON_TIME, LATE):
        raise UnfinishedNotice(faults=(Fault("on_time", "bad_choice"),))
    handover.on_time = on_time or suggested_on_time(dossier, handover)
    old, dossier.unit_id = dossier.unit_id, handover.to_unit_id
    let_go(dossier)
    facts: dict[str, object] = {"on_time": handover.on_time, "unit_id": [old, handover.to_unit_id]}
    _close(session, dossier, handover, "received", facts, by=by, now=now)
    return handover


def decline(session: Session, dossier: Dossier, *, reason: str, by: Actor, now: datetime) -> Handover:
    """The other side does not take it: it stays with the giver. Raises as confirm(); a reason is needed."""
    handover = _open(session, dossier)
    must_belong(session, by, dossier, handover.to_unit_id, _name(handover.to_unit))
    if faults := text_faults("reason", reason, longest=LONGEST_NOTE):
        raise UnfinishedNotice(faults=faults)
    _close(session, dossier, handover, "declined", {}, reason=tidy(reason), by=by, now=now)
    return handover


def withdraw(session: Session, dossier: Dossier, *, reason: str = "", by: Actor, now: datetime) -> Handover:
    """The giving side takes it back before anybody confirmed. Raises NoHandover, NotOfThisUnit."""
    handover = _open(session, dossier)
    must_belong(session, by, dossier, handover.from_unit_id, _name(handover.from_unit))
    _note_fits(reason, key="reason")
    _close(session, dossier, handover, "withdrawn", {}, reason=tidy(reason), by=by, now=now)
    return handover


def suggested_on_time(dossier: Dossier, handover: Handover) -> str | None:
    """What form 06 says of this hand-over unless the receiver says otherwise; None without a deadline."""
    return promptness(handover.given_at, dossier.deadline_at)


def _open(session: Session, dossier: Dossier) -> Handover:
    handover = open_handover(session, dossier)
    if handover is None:
        raise NoHandover
    return handover


_KINDS = {
    "received": "hand_over_received",
    "declined": "hand_over_declined",
    "withdrawn": "hand_over_withdrawn",
}


def _close(
    session: Session,
    dossier: Dossier,
    handover: Handover,
    outcome: str,
    facts: dict[str, object],
    *,
    reason: str = "",
    by: Actor,
    now: datetime,
) -> None:
    handover.closed_by, handover.closed_at, handover.outcome = officer(session, by).id, now, outcome
    told = {"handover": handover.id, "from": _name(handover.from_unit), "to": _name(handover.to_unit)}
    record(session, dossier, _KINDS[outcome], by=by, now=now, reason=reason, facts={**told, **facts})


def _unit(session: Session, dossier: Dossier, unit_id: int | None) -> Unit | None:
    unit = session.get(Unit, unit_id) if unit_id is not None else None
    is_ours = unit is not None and unit.office_id == dossier.office_id and unit.active
    if unit_id == dossier.unit_id or (unit_id is not None and not is_ours):
        raise UnknownUnit
    return unit


def _name(unit: Unit | None) -> str:
    return unit.name if unit else ""


def _note_fits(note: str, *, key: str = "note") -> None:
    if len(tidy(note)) > LONGEST_NOTE:
        raise UnfinishedNotice(faults=(Fault(key, "too_long", {"max": LONGEST_NOTE}),))

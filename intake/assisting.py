"""Officers who help at a kiosk: beside it, or from the desk as far as the citizen allows.

Somebody is helped only after they called. At the desk an officer sees the step
with everything personal masked (intake.step_view), points at a field, and asks
whether they may fill this one screen in; nothing is filled before the citizen
agreed on the screen, and the consent is over with the screen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from intake import events
from intake.events import Actor, citizen
from intake.records import Assistance, Visit, VisitStep
from intake.rules.refusals import HelpedByAnother, HelpOver, NobodyCalled

BESIDE, REMOTE = "beside", "remote"
FIRST = "procedures"  # the screen of a visit that has not left one yet


@dataclass(frozen=True)
class Helped:
    """What one officer helped with, for the citizen to confirm; ``confirmed`` "" until they said."""

    person_id: int
    name: str
    steps: int
    confirmed: str


def helper_at(session: Session, visit: Visit) -> int | None:
    """Who helps with the screen at hand, as a row of Person; None while the citizen is alone.

    The officer beside; else one at the desk who pointed at something on it or filled it in.
    """
    if not was_called(visit):
        return None
    here = place_of(visit)
    helps = _open(session, visit)
    beside = next((one.person_id for one in helps if one.kind == BESIDE), None)
    return beside or next((one.person_id for one in helps if here in one.steps), None)


def was_called(visit: Visit) -> bool:
    """Somebody called an officer in this visit: before that nobody is looked at."""
    return visit.called_from is not None


def place_of(visit: Visit) -> str:
    return visit.place or FIRST


def at_desk(session: Session, visit: Visit, *, held: bool = False) -> Assistance | None:
    """The help that an officer gives from the desk right now."""
    return next((one for one in _open(session, visit, held=held) if one.kind == REMOTE), None)


def beside(session: Session, visit: Visit) -> Assistance | None:
    """The help of an officer who stands at the kiosk."""
    return next((one for one in _open(session, visit) if one.kind == BESIDE), None)


def may_fill(help: Assistance, visit: Visit) -> bool:
    """The citizen agreed, on the screen they are at now, and took nothing back."""
    return (
        help.ended_at is None
        and help.consented_at is not None
        and help.refused_at is None
        and help.asked_place == place_of(visit)
    )


def is_asking(help: Assistance, visit: Visit) -> bool:
    """The citizen was asked on the screen they are at, and has not answered."""
    answered = help.consented_at or help.refused_at
    return help.asked_at is not None and answered is None and help.asked_place == place_of(visit)


def come(session: Session, visit: Visit, *, by: Actor, now: datetime) -> Assistance:
    """An officer stands at the kiosk, until they say «Xong» or the visit ends."""
    for one in _open(session, visit):
        if one.person_id == by.person_id and one.kind == BESIDE:
            return one
        if one.person_id == by.person_id:
            _close(session, one, visit, by=by, now=now)
    return _begin(session, visit, BESIDE, by, now)


def look(session: Session, visit: Visit, *, by: Actor, now: datetime) -> Assistance:
    """An officer opens the step at the desk, masked; the same again changes nothing.

    Raises HelpOver when the visit has ended, NobodyCalled, or HelpedByAnother.
    """
    _hold(session, visit)  # of two officers at once the second finds the first
    _must_be_open(visit)
    help = at_desk(session, visit)
    if help is not None and help.person_id == by.person_id:
        return help
    if help is not None:
        raise HelpedByAnother(name=help.person.name)
    if not was_called(visit):
        raise NobodyCalled
    help = _begin(session, visit, REMOTE, by, now)
    _tell(session, "help_opened", visit, by=by, now=now, place=place_of(visit))
    return help


def point(session: Session, visit: Visit, key: str, *, by: Actor, now: datetime) -> None:
    """Show the citizen a field of their screen; ``key`` "" takes the finger away. Raises HelpOver."""
    help = mine(session, visit, by)
    help.pointed, help.pointed_at = key[:80], now
    if key:
        note_step(help, place_of(visit))
        _tell(session, "help_pointed", visit, by=by, now=now, place=place_of(visit), field=key[:80])


def ask(session: Session, visit: Visit, *, by: Actor, now: datetime) -> None:
    """Ask on the screen whether this step may be filled in from the desk. Raises HelpOver."""
    help = mine(session, visit, by)
    help.asked_at, help.asked_place = now, place_of(visit)
    help.consented_at = help.refused_at = None
    _tell(session, "help_asked", visit, by=by, now=now, place=help.asked_place)


def answer(session: Session, visit: Visit, *, agrees: bool, now: datetime) -> None:
    """«Đồng ý» or «Không» of the citizen; a question that is over is answered by nothing."""
    help = at_desk(session, visit, held=True)
    if help is None or not is_asking(help, visit):
        return
    if agrees:
        help.consented_at = now
    else:
        help.refused_at = now
    kind = "help_consented" if agrees else "help_refused"
    _tell(session, kind, visit, by=citizen(visit.point.code), now=now, place=help.asked_place)


def enough(session: Session, visit: Visit, *, now: datetime) -> None:
    """«Thôi»: the citizen goes on alone on this screen. What already stands in its fields stays."""
    help = at_desk(session, visit, held=True)
    if help is None or not may_fill(help, visit):
        return
    help.refused_at, help.filled_sealed = now, None
    _tell(session, "help_withdrawn", visit, by=citizen(visit.point.code), now=now, place=help.asked_place)


def leave(session: Session, visit: Visit, *, by: Actor, now: datetime) -> None:
    """«Xong»: this officer helps no longer; who has already left changes nothing.

    Help from the desk is the answer to the call: nobody has to come any more.
    """
    for one in _open(session, visit):
        if one.person_id == by.person_id:
            visit.called_at = visit.called_at if one.kind == BESIDE else None
            _close(session, one, visit, by=by, now=now)


def end_all(session: Session, visit: Visit, *, now: datetime) -> None:
    """The visit is over, and so is everybody's help."""
    if was_called(visit):
        for one in _open(session, visit):
            _close(session, one, visit, by=citizen(visit.point.code), now=now)


def mine(session: Session, visit: Visit, by: Actor) -> Assistance:
    """The help this officer gives from the desk, held until the transaction ends; HelpOver without one.

    The visit is held first, as the kiosk does it: the other way round each could wait for the other.
    """
    _hold(session, visit)
    _must_be_open(visit)
    help = at_desk(session, visit, held=True)
    if help is None or help.person_id != by.person_id:
        raise HelpOver
    return help


def note_step(help: Assistance, place: str) -> None:
    """They helped with this screen, whatever comes of it."""
    if place not in help.steps:
        help.steps = [*help.steps, place]


def helped(session: Session, visit: Visit) -> tuple[Helped, ...]:
    """Who helped with how many screens of this visit, in the order they came; empty for who did it alone."""
    if not was_called(visit):
        return ()
    helps = _all(session, visit)
    steps = _steps_by_person(session, visit, helps)
    return tuple(
        Helped(
            person_id, _of(helps, person_id)[0].person.name, len(places), _of(helps, person_id)[0].confirmed
        )
        for person_id, places in steps.items()
        if places
    )


def confirm(session: Session, visit: Visit, *, right: bool, now: datetime) -> None:
    """What the citizen says of it at the end, once: «Đúng vậy» or «Không đúng»."""
    helps = [one for one in _all(session, visit) if not one.confirmed]
    steps = _steps_by_person(session, visit, helps)
    for one in helps:
        one.steps = sorted(steps[one.person_id])
        one.confirmed, one.confirmed_at = "yes" if right else "no", now
    for person_id, places in steps.items():
        if not places:
            continue
        events.append(
            session,
            "help_confirmed",
            by=citizen(visit.point.code),
            now=now,
            office_id=visit.point.office_id,
            dossier_id=visit.dossier_id,
            facts={"officer": _of(helps, person_id)[0].person.name, "steps": len(places), "right": right},
        )


def _steps_by_person(session: Session, visit: Visit, helps: Iterable[Assistance]) -> dict[int, set[str]]:
    steps: dict[int, set[str]] = {}
    for one in helps:
        steps.setdefault(one.person_id, set()).update(one.steps)
    stood = select(VisitStep.helper_id, VisitStep.place).where(
        VisitStep.visit_id == visit.id, VisitStep.helper_id.is_not(None)
    )
    for person_id, place in session.execute(stood):
        if person_id in steps:
            steps[person_id].add(place)
    return steps


def _of(helps: Iterable[Assistance], person_id: int) -> list[Assistance]:
    return [one for one in helps if one.person_id == person_id]


def _all(session: Session, visit: Visit) -> list[Assistance]:
    rows = select(Assistance).where(Assistance.visit_id == visit.id).order_by(Assistance.id)
    return list(session.scalars(rows.options(joinedload(Assistance.person))))


def _open(session: Session, visit: Visit, *, held: bool = False) -> list[Assistance]:
    rows = (
        select(Assistance)
        .where(Assistance.visit_id == visit.id, Assistance.ended_at.is_(None))
        .order_by(Assistance.id)
        .options(joinedload(Assistance.person, innerjoin=True))
    )
    if held:  # consent may be taken back in the same moment
        rows = rows.with_for_update(of=Assistance).execution_options(populate_existing=True)
    return list(session.scalars(rows))


def _begin(session: Session, visit: Visit, kind: str, by: Actor, now: datetime) -> Assistance:
    help = Assistance(visit_id=visit.id, person_id=by.person_id, kind=kind, began_at=now, steps=[])
    session.add(help)
    session.flush()
    return help


def _close(session: Session, help: Assistance, visit: Visit, *, by: Actor, now: datetime) -> None:
    help.ended_at, help.filled_sealed, help.pointed = now, None, ""
    facts = {"officer": help.person.name, "beside": help.kind == BESIDE}
    _tell(session, "help_ended", visit, by=by, now=now, **facts)


def _hold(session: Session, visit: Visit) -> None:
    """Until the transaction ends the visit is ours, as it stands now."""
    session.flush()
    session.refresh(visit, with_for_update={"of": Visit})


def _must_be_open(visit: Visit) -> None:
    if visit.ended_at is not None:
        raise HelpOver


def _tell(session: Session, kind: str, visit: Visit, *, by: Actor, now: datetime, **facts: object) -> None:
    told = {"point": visit.point.code, **facts}
    events.append(session, kind, by=by, now=now, office_id=visit.point.office_id, facts=told)

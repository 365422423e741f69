"""How the week's visits at the kiosks went: the screens, what erred, who helped, how content people were."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake import ratings, steps_taken, visits
from intake.keys import Keys
from intake.queries import procedure_version
from intake.records import Dossier, Office, Person, Visit
from intake.rules.procedures import Procedure, Question, Requirement

_SEED = 20261122
_DAYS = timedelta(days=8)
SECONDS = {"procedures": 25, "prepare": 20, "identity": 35, "documents": 70, "collection": 15, "check": 30}
QUESTIONS_S = 45
HARD = ("documents", "questions")  # screens that err, need help and lose people


def live(session: Session, office: Office, *, keys: Keys, now: datetime) -> None:
    """One visit for each dossier filed at a kiosk this week, and a few that led to none."""
    dice = Random(_SEED)
    helpers = session.scalars(select(Person.id).order_by(Person.id).limit(2)).all()
    filed = session.scalars(
        select(Dossier)
        .where(Dossier.office_id == office.id, Dossier.channel == "kiosk", Dossier.received_at > now - _DAYS)
        .order_by(Dossier.id)
    ).all()
    for dossier in filed:
        procedure = procedure_version(session, dossier.procedure_version_id, now=now)
        _visit(session, dossier, procedure, keys, dice, helpers, files=True)
        if dice.random() < 0.2:
            _visit(session, dossier, procedure, keys, dice, helpers, files=False)
        if dossier.status in ratings.OVER and dice.random() < 0.6:
            score, place = dice.choices(ratings.SCORES, (8, 2, 1))[0], dice.choice(("kiosk", "phone"))
            ratings.rate(session, dossier, score, place=place, now=dossier.received_at)


def _visit(
    session: Session,
    dossier: Dossier,
    procedure: Procedure,
    keys: Keys,
    dice: Random,
    helpers: Sequence[int],
    *,
    files: bool,
) -> None:
    """The screens one after the other; the last ends where the dossier was received, or in nothing."""
    places = _places(procedure)
    stops_at = len(places) if files else dice.choice([1, 3, 4, places.index("documents")])
    stays = [round(_usual(place) * dice.uniform(0.5, 2.2)) for place in places]
    begins = dossier.received_at - timedelta(seconds=sum(stays), minutes=0 if files else 20)
    visit, _ = visits.begin(session, dossier.point, now=begins, keys=keys)
    moment = begins
    for number, (place, seconds) in enumerate(zip(places, stays, strict=True)):
        moment += timedelta(seconds=seconds)
        is_last = number + 1 in (stops_at, len(places))
        _post(session, visit, place, "" if is_last else places[number + 1], procedure, moment, dice, helpers)
        if is_last:
            break
    steps_taken.ended(session, visit, left_by="filed" if files else "ended", now=moment)
    visits.end(session, visit, reason="done" if files else "idle", now=moment)


def _post(
    session: Session,
    visit: Visit,
    place: str,
    to: str,
    procedure: Procedure,
    moment: datetime,
    dice: Random,
    helpers: Sequence[int],
) -> None:
    hard = place.startswith(HARD) and dice.random() < 0.25
    steps_taken.posted(
        session,
        visit,
        place,
        to=to,
        left_by="onward",
        faults=[_fault(place, procedure, dice)] if hard else [],
        procedure_code=procedure.code,
        helper_id=dice.choice(helpers) if hard and dice.random() < 0.4 else None,
        now=moment,
    )


def _fault(place: str, procedure: Procedure, dice: Random) -> str:
    key = place.partition(".")[2]
    group = next((one for one in procedure.groups if one.key == key), None)
    asked: Sequence[Question | Requirement] = group.questions if group else procedure.requirements
    return f"{dice.choice(asked).key}:missing" if asked else "how:missing"


def _places(procedure: Procedure) -> list[str]:
    groups = [f"questions.{one.key}" for one in procedure.groups if not one.show_if]
    return ["procedures", "prepare", "identity", *groups, "documents", "collection", "check"]


def _usual(place: str) -> int:
    return SECONDS.get(place, QUESTIONS_S)

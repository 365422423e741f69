"""What the kiosks teach the office: where people stop, what errs, who did it alone. Nothing of anybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.queries import procedure_version
from intake.ratings import Contentment, contentment
from intake.records import Office, ProcedureVersion, VisitStep
from intake.rules.asked import COLLECTED, TYPED
from intake.rules.calendar import VIETNAM
from intake.rules.funnel import Funnel, Stage, Stay, funnels, losing_most
from intake.rules.procedures import Procedure
from intake.rules.screens import SCREENS

AT_ONCE = 1000
UNCHOSEN = "Chưa chọn thủ tục"


@dataclass(frozen=True)
class Asked:
    """Words for a screen and the fields on it, as the kiosk says them."""

    screen: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Learned:
    """From the day ``first`` to ``last``: a funnel per procedure, and what loses most people."""

    first: date
    last: date
    funnels: tuple[Funnel, ...]
    losing: tuple[tuple[str, Stage], ...]
    titles: Mapping[str, str]  # of procedures by code; "" for visits that chose none
    asked: Mapping[tuple[str, str], Asked]  # by code and place
    contentment: Contentment

    @property
    def alone_percent(self) -> int | None:
        """Of all steps that were done; None where none was."""
        steps = sum(one.steps for one in self.funnels)
        return round(100 * sum(one.steps_alone for one in self.funnels) / steps) if steps else None


def learned(session: Session, office: Office, first: date, last: date, *, now: datetime) -> Learned:
    """Civil days, both included. Visits that are still going on are counted, but nobody is lost there."""
    since, until = _midnight(first), _midnight(last + timedelta(days=1))
    found = funnels(_stays(session, office, since, until))
    known = _procedures(session, [one.procedure for one in found], now)
    return Learned(
        first=first,
        last=last,
        funnels=found,
        losing=losing_most(found),
        titles={"": UNCHOSEN} | {code: procedure.title for code, procedure in known.items()},
        asked={
            (one.procedure, stage.place): _asked(stage.place, known.get(one.procedure))
            for one in found
            for stage in one.stages
        },
        contentment=contentment(session, office.id, since, until),
    )


def _stays(session: Session, office: Office, since: datetime, until: datetime) -> Iterator[Stay]:
    rows = session.execute(
        select(
            VisitStep.visit_id,
            VisitStep.procedure_code,
            VisitStep.place,
            VisitStep.began_at,
            VisitStep.ended_at,
            VisitStep.left_by,
            VisitStep.faults,
            VisitStep.helper_id,
        )
        .where(VisitStep.office_id == office.id, VisitStep.began_at >= since, VisitStep.began_at < until)
        .order_by(VisitStep.visit_id, VisitStep.id)
        .execution_options(yield_per=AT_ONCE)
    )
    for row in rows:
        yield Stay(
            visit=row.visit_id,
            procedure=row.procedure_code,
            place=row.place,
            seconds=(row.ended_at - row.began_at).total_seconds() if row.ended_at else None,
            left_by=row.left_by,
            faults=tuple(row.faults),
            helped=row.helper_id is not None,
        )


def _procedures(session: Session, codes: list[str], now: datetime) -> dict[str, Procedure]:
    """The newest version of each."""
    newest: dict[str, int] = {}
    for code, version_id in session.execute(
        select(ProcedureVersion.procedure_code, ProcedureVersion.id)
        .where(ProcedureVersion.procedure_code.in_(codes))
        .order_by(ProcedureVersion.version)
    ):
        newest[code] = version_id
    return {code: procedure_version(session, version_id, now=now) for code, version_id in newest.items()}


def _asked(place: str, procedure: Procedure | None) -> Asked:
    step, _, key = place.partition(".")
    groups = {one.key: one.title for one in procedure.groups} if procedure else {}
    questions = [*TYPED, *(one for asked in COLLECTED.values() for one in asked)]
    questions += procedure.questions if procedure else ()
    papers = procedure.requirements if procedure else ()
    labels = {one.key: one.label for one in questions} | {one.key: one.name for one in papers}
    return Asked(groups.get(key) or SCREENS.get(step, step), labels)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)

"""Which screens somebody stood at, how long, and what erred there; never what was typed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from intake.records import Visit, VisitStep


def posted(
    session: Session,
    visit: Visit,
    place: str,
    *,
    to: str,
    left_by: str,
    faults: Iterable[str],
    procedure_code: str,
    helper_id: int | None,
    now: datetime,
) -> None:
    """A form of the screen ``place`` was sent: it erred, «born:empty», or led to the screen ``to``.

    ``to`` "" or ``place`` itself: they are still there. ``left_by`` is "onward", "back" or "aside".
    """
    step = _open(session, visit)
    if step is None or step.place != place:
        if step is not None:  # they got here by a link
            step.ended_at, step.left_by = now, "aside"
        step = _stand(session, visit, place, procedure_code, now if step else visit.started_at)
    step.faults = sorted({*step.faults, *faults})
    step.helper_id = step.helper_id or helper_id
    step.procedure_code = procedure_code or step.procedure_code
    if to and to != place:
        step.ended_at, step.left_by = now, left_by
        _stand(session, visit, to, procedure_code, now)
        visit.place = to
    session.flush()


def ended(session: Session, visit: Visit, *, left_by: str, now: datetime) -> None:
    """The last screen of the visit was left: "filed", "saved", "restarted", or "ended" with it."""
    session.execute(
        update(VisitStep)
        .where(VisitStep.visit_id == visit.id, VisitStep.ended_at.is_(None))
        .values(ended_at=now, left_by=left_by)
    )
    visit.place = None


def _open(session: Session, visit: Visit) -> VisitStep | None:
    return session.scalar(
        select(VisitStep)
        .where(VisitStep.visit_id == visit.id, VisitStep.ended_at.is_(None))
        .order_by(VisitStep.id.desc())
        .limit(1)
    )


def _stand(session: Session, visit: Visit, place: str, procedure_code: str, began_at: datetime) -> VisitStep:
    step = VisitStep(
        visit_id=visit.id,
        office_id=visit.point.office_id,
        procedure_code=procedure_code,
        place=place,
        device="phone" if visit.point.kind == "phone" else "kiosk",
        began_at=began_at,
        faults=[],
    )
    session.add(step)
    return step

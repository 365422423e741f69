"""Which dossiers will be late, which are, and which wait for papers that did not come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from intake.due_soon import warns
from intake.offices import setting_of
from intake.queries import procedure_version
from intake.records import Dossier, Notice, Office
from intake.rules.form_sets import Form
from intake.rules.lifecycle import RUNNING, Status


@dataclass(frozen=True)
class LateRow:
    """One dossier a manager must look at. ``apology_proposed``: one awaits its approver."""

    dossier_id: int
    dossier_code: str
    procedure_title: str
    applicant_name: str
    status: str
    expected_at: datetime | None
    deadline_at: datetime | None
    unit_name: str  # "" for the front desk
    holder_name: str
    apology_proposed: bool
    until: datetime | None = None  # of a supplement


def warning_time(session: Session, office: Office, *, now: datetime) -> timedelta:
    """How long ahead a dossier is shown that will be late: OfficeRule "late_warning_minutes", clock time."""
    return timedelta(minutes=setting_of(session, office, "late_warning_minutes", now=now))


def will_be_late(session: Session, office: Office, *, now: datetime) -> tuple[LateRow, ...]:
    """Still within the law, but what was promised is near or broken; the most urgent first."""
    return _rows(session, office, (_is_near(session, office, now), _is_within_the_law(now)), now=now)


def alarms(session: Session, office: Office, *, now: datetime) -> tuple[LateRow, ...]:
    """Past the deadline without an apology. An issued one moves the deadline, and so ends the alarm."""
    return _rows(session, office, (Dossier.deadline_at < now,), now=now)


def prolonged(session: Session, office: Office, *, now: datetime) -> tuple[LateRow, ...]:
    """Awaiting papers whose last moment has passed: remind, or refuse for that reason."""
    last = _last_until()
    chosen = (
        select(Dossier, _proposed(), last)
        .where(Dossier.office_id == office.id, Dossier.status == Status.AWAITING_SUPPLEMENT, last < now)
        .order_by(last, Dossier.id)
    )
    return _read(session, chosen, now=now)


def counts(session: Session, office: Office, *, now: datetime) -> dict[str, int]:
    """How many "alarms" and "will_be_late" there are, for the rail."""
    running = (Dossier.office_id == office.id, Dossier.status.in_(RUNNING))
    is_late = select(func.count()).where(*running, Dossier.deadline_at < now)
    near = _is_near(session, office, now)
    is_near = select(func.count()).where(*running, _is_within_the_law(now), near)
    return {"alarms": session.scalar(is_late) or 0, "will_be_late": session.scalar(is_near) or 0}


def _is_near(session: Session, office: Office, now: datetime) -> ColumnElement[bool]:
    return warns(warning_time(session, office, now=now), now=now)


def _is_within_the_law(now: datetime) -> ColumnElement[bool]:
    return or_(Dossier.deadline_at >= now, Dossier.deadline_at.is_(None))


def _rows(
    session: Session, office: Office, when: tuple[ColumnElement[bool], ...], *, now: datetime
) -> tuple[LateRow, ...]:
    chosen = (
        select(Dossier, _proposed(), _last_until())
        .where(Dossier.office_id == office.id, Dossier.status.in_(RUNNING), *when)
        .order_by(func.coalesce(Dossier.deadline_at, Dossier.expected_at), Dossier.id)
    )
    return _read(session, chosen, now=now)


def _proposed() -> ColumnElement[bool]:
    return exists().where(
        Notice.dossier_id == Dossier.id, Notice.form == Form.APOLOGY, Notice.state == "proposed"
    )


def _last_until() -> ColumnElement[datetime | None]:
    """Of the latest supplement request."""
    return (
        select(Notice.until)
        .where(
            Notice.dossier_id == Dossier.id,
            Notice.form == Form.SUPPLEMENT_REQUEST,
            Notice.state == "issued",
        )
        .order_by(Notice.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _read(
    session: Session, chosen: Select[Dossier, bool, datetime | None], *, now: datetime
) -> tuple[LateRow, ...]:
    found = session.execute(chosen.options(joinedload(Dossier.unit), joinedload(Dossier.holder)))
    return tuple(_row(session, dossier, bool(proposed), until, now) for dossier, proposed, until in found)


def _row(
    session: Session, dossier: Dossier, proposed: bool, until: datetime | None, now: datetime
) -> LateRow:
    held = dossier.held_until is not None and now < dossier.held_until
    return LateRow(
        dossier_id=dossier.id,
        dossier_code=dossier.dossier_code,
        procedure_title=procedure_version(session, dossier.procedure_version_id, now=now).title,
        applicant_name=dossier.applicant_name,
        status=dossier.status,
        expected_at=dossier.expected_at,
        deadline_at=dossier.deadline_at,
        unit_name=dossier.unit.name if dossier.unit else "",
        holder_name=dossier.holder.name if held and dossier.holder else "",
        apology_proposed=proposed,
        until=until,
    )

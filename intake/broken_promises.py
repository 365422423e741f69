"""A result promised for the day of filing that did not come: the apology opens by itself."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from intake.apologising import ApologyAsked, propose_checked
from intake.at_hand import dossier_even_if_held
from intake.events import Actor
from intake.keys import Keys
from intake.offices import calendar_of, civil_day
from intake.records import Dossier, Notice, Office
from intake.rules.calendar import WorkCalendar
from intake.rules.form_sets import Form
from intake.rules.lifecycle import RUNNING
from intake.rules.reasons import LateReason

WORKER = Actor("worker", "worker")
AT_ONCE = 20  # in one round: papers do not wait for a morning full of apologies


def broken(session: Session, *, but: Collection[str] = (), now: datetime) -> Sequence[tuple[int, str]]:
    """Office and code of the open dossiers whose same-day promise broke and that nobody apologised for.

    ``but`` are codes that are passed over.
    """
    wanted = _broken(now).where(Dossier.dossier_code.not_in(but)) if but else _broken(now)
    return [(office_id, code) for office_id, code in session.execute(wanted.limit(AT_ONCE))]


def apologise(session: Session, office: Office, code: str, *, keys: Keys, now: datetime) -> Notice | None:
    """Propose the apology for one of them; None when another worker or an officer was faster.

    Whoever decides issues it or withdraws it; once withdrawn it does not come back.
    """
    dossier = dossier_even_if_held(session, office, code)
    if session.execute(_broken(now).where(Dossier.id == dossier.id)).first() is None:
        return None
    asked = ApologyAsked(
        LateReason.OUR_FAULT, _words(dossier), new_time(dossier, calendar_of(session, office, now=now), now)
    )
    return propose_checked(session, dossier, asked, keys=keys, by=WORKER, now=now)


def new_time(dossier: Dossier, calendar: WorkCalendar, now: datetime) -> datetime:
    """When it comes instead: who waits gets it today where that can be, else the next working day.

    Never later than the law allows, unless that moment has passed as well.
    """
    today = civil_day(now)
    if dossier.visit_minutes is not None and calendar.is_working_day(today) and now < calendar.ends(today):
        until = calendar.ends(today)
    else:
        until = calendar.ends(calendar.next_working_day(today))
    deadline = dossier.deadline_at
    return min(until, deadline) if deadline is not None and deadline > now else until


def _words(dossier: Dossier) -> str:
    assert dossier.expected_at is not None
    if civil_day(dossier.expected_at) != civil_day(dossier.received_at):
        return "Không trả được đúng thời gian đã hẹn lại"
    if dossier.visit_minutes is not None:
        return "Không trả được trong lúc chờ như đã hẹn"
    return "Không trả được trong ngày như đã hẹn"


def _broken(now: datetime) -> Select[int, str]:
    said = exists().where(
        Notice.dossier_id == Dossier.id,
        Notice.form == Form.APOLOGY,
        or_(Notice.state == "proposed", Notice.proposed_at >= Dossier.expected_at),
    )
    is_broken = and_(
        Dossier.office_id.in_(select(Office.id)),  # the index begins with it
        Dossier.status.in_(RUNNING),
        Dossier.expected_at < now,
        Dossier.same_day.is_(True),
    )
    return select(Dossier.office_id, Dossier.dossier_code).where(is_broken, ~said).order_by(Dossier.id)

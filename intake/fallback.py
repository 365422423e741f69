"""Numbered forms for an outage: printed beforehand, filled in by hand, each entered once afterwards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake import events
from intake.events import Actor
from intake.numbers import next_of_year
from intake.offices import calendar_of, civil_day
from intake.records import Dossier, FallbackForm, Office, Person
from intake.rules.clock import is_working_moment
from intake.rules.refusals import BadTakenAt, FallbackEntered, NoSuchFallbackForm

SERIES = "fallback"
ATTEMPTS = f"{SERIES}-"  # how the attempts of forms begin; nobody else may use such a one
MOST = 200  # in one go
ENOUGH = 20  # open ones that should lie ready
OLDEST = timedelta(days=10)  # after which a dossier taken on paper can no longer be entered
LISTED = 50
_NUMBER = re.compile(r"(?P<number>[0-9]{1,6})(?:\s*[/-]\s*(?P<year>[0-9]{4}))?")


@dataclass(frozen=True)
class Batch:
    """Forms printed at one time, numbered one after the other; ``open`` of them are not entered yet."""

    year: int
    first: int
    last: int
    open: int
    printed_at: datetime
    printed_by: str


@dataclass(frozen=True)
class Entered:
    """A form and the dossier it became."""

    number: str
    taken_at: datetime
    dossier_code: str
    applicant: str


def number_of(form: FallbackForm) -> str:
    """As it stands on the paper: «12/2026»."""
    return f"{form.number}/{form.year}"


def attempt_of(form: FallbackForm) -> str:
    """The attempt with which its dossier is accepted: whoever enters it, there is one."""
    return f"{ATTEMPTS}{form.office_id}-{form.year}-{form.number}"


def print_forms(session: Session, office: Office, count: int, *, by: Actor, now: datetime) -> Batch:
    """Give ``count`` forms their numbers, without gaps in the office and year; from 1 to MOST of them.

    Nothing is drawn here: intake.fallback_paper does.
    """
    if not 1 <= count <= MOST:
        raise ValueError(f"cannot print {count} forms")
    if by.person_id is None:
        raise ValueError("forms are printed by a person")
    today = civil_day(now)
    numbers = [next_of_year(session, office.id, SERIES, day=today) for _ in range(count)]
    known = {"office_id": office.id, "year": today.year, "printed_at": now, "printed_by": by.person_id}
    session.add_all(FallbackForm(number=number, **known) for number in numbers)
    session.flush()
    events.append(
        session,
        "fallback_printed",
        by=by,
        now=now,
        office_id=office.id,
        facts={"number": f"{numbers[0]}–{numbers[-1]}/{today.year}", "count": count},
    )
    return Batch(today.year, numbers[0], numbers[-1], count, now, by.name)


def form_to_enter(
    session: Session, office: Office, number: str, taken_at: datetime, *, now: datetime, hold: bool = False
) -> FallbackForm:
    """The form of that number, on which a dossier was received at ``taken_at`` (aware).

    ``number`` is what stands on the paper, «12/2026»; a bare «12» is of the year
    of reception. With ``hold`` whoever enters the same form waits until this
    transaction ends. Raises NoSuchFallbackForm, FallbackEntered with the code of
    its dossier, or BadTakenAt.
    """
    found = _NUMBER.fullmatch(number.strip())
    if found is None:
        raise NoSuchFallbackForm(number=number.strip()[:20])
    year = int(found["year"] or civil_day(taken_at).year)
    named = select(FallbackForm).filter_by(office_id=office.id, year=year, number=int(found["number"]))
    if hold:
        named = named.with_for_update().execution_options(populate_existing=True)
    form = session.scalar(named)
    if form is None:
        raise NoSuchFallbackForm(number=f"{found['number']}/{year}")
    if form.dossier_id is not None:
        raise FallbackEntered(
            number=number_of(form), dossier_code=session.get_one(Dossier, form.dossier_id).dossier_code
        )
    if why := _time_fault(session, office, form, taken_at, now):
        raise BadTakenAt(why=why, number=number_of(form))
    return form


def entered(
    session: Session, form: FallbackForm, dossier: Dossier, *, taken_at: datetime, by: Actor, now: datetime
) -> FallbackForm:
    """Join the form, held by form_to_enter, to the dossier it became; a second time changes nothing."""
    if form.dossier_id is None:
        form.dossier_id, form.taken_at = dossier.id, taken_at
        session.flush()
        events.append(
            session,
            "fallback_entered",
            by=by,
            now=now,
            office_id=dossier.office_id,
            dossier_id=dossier.id,
            facts={"number": number_of(form), "taken_at": taken_at.isoformat()},
        )
    return form


def count_open(session: Session, office: Office) -> int:
    """Forms that may still be filled in, or are filled in and wait to be entered."""
    still_open = select(func.count()).select_from(FallbackForm).filter_by(office_id=office.id)
    return int(session.scalar(still_open.where(FallbackForm.dossier_id.is_(None))) or 0)


def batches(session: Session, office: Office) -> list[Batch]:
    """What was printed and is not all entered, the latest first."""
    open_ones = func.count().filter(FallbackForm.dossier_id.is_(None))
    rows = session.execute(
        select(
            FallbackForm.year,
            func.min(FallbackForm.number),
            func.max(FallbackForm.number),
            open_ones,
            FallbackForm.printed_at,
            Person.name,
        )
        .join(Person, Person.id == FallbackForm.printed_by)
        .where(FallbackForm.office_id == office.id)
        .group_by(FallbackForm.year, FallbackForm.printed_at, FallbackForm.printed_by, Person.name)
        .having(open_ones > 0)
        .order_by(FallbackForm.printed_at.desc())
    )
    return [Batch(*row) for row in rows]


def forms_of(session: Session, office: Office, year: int, first: int, last: int) -> Sequence[FallbackForm]:
    """Those of these numbers that are still open, at most MOST of them."""
    return session.scalars(
        select(FallbackForm)
        .filter_by(office_id=office.id, year=year, dossier_id=None)
        .where(FallbackForm.number.between(first, last))
        .order_by(FallbackForm.number)
        .limit(MOST)
    ).all()


def entered_lately(session: Session, office: Office) -> list[Entered]:
    """The last ones that became dossiers, the latest received first."""
    rows = session.execute(
        select(FallbackForm, Dossier.dossier_code, Dossier.applicant_name)
        .join(Dossier, Dossier.id == FallbackForm.dossier_id)
        .where(FallbackForm.office_id == office.id)
        .order_by(FallbackForm.taken_at.desc(), FallbackForm.number.desc())
        .limit(LISTED)
    )
    return [Entered(number_of(form), form.taken_at or form.printed_at, *rest) for form, *rest in rows]


def _time_fault(
    session: Session, office: Office, form: FallbackForm, taken_at: datetime, now: datetime
) -> str:
    """Why nothing can have been received on it then, "" when it can; the clock on the wall shows minutes."""
    if taken_at > now:
        return "future"
    if taken_at < now - OLDEST:
        return "too_old"
    if taken_at + timedelta(minutes=1) <= form.printed_at:
        return "before_printed"
    working = is_working_moment(taken_at, calendar_of(session, office, now=now))
    return "" if working else "not_working_time"

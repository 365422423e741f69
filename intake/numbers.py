"""Numbers without gaps or doubles: a counter row, incremented inside the caller's transaction."""

from __future__ import annotations

import secrets
from datetime import date

from sqlalchemy import Date, bindparam, text
from sqlalchemy.orm import Session

from intake.records import Office

_GIVE = "INSERT INTO counter (office_id, series, day, last) VALUES {rows}"
_TAKE = " ON CONFLICT (office_id, series, day) DO UPDATE SET last = counter.last + 1 RETURNING series, last"
_SOME = text(
    _GIVE.format(rows="(:office_id, :series, :day, :count)")
    + " ON CONFLICT (office_id, series, day) DO UPDATE SET last = counter.last + :count RETURNING last"
).bindparams(bindparam("day", type_=Date()))
_ONCE = text(
    _GIVE.format(rows="(:office_id, :series, :day, 1)")
    + " ON CONFLICT (office_id, series, day) DO NOTHING RETURNING last"
).bindparams(bindparam("day", type_=Date()))
# One statement for both, always in this order: two transactions that meet wait, they never deadlock.
_DOSSIER = text(
    _GIVE.format(rows="(:office_id, 'dossier', :day, 1), (:office_id, 'form_01', :year, 1)") + _TAKE
).bindparams(bindparam("day", type_=Date()), bindparam("year", type_=Date()))


def next_of_day(session: Session, office_id: int, series: str, *, day: date) -> int:
    """The next number of a series of this office on this civil day, from 1; no gap when rolled back."""
    return next_some_of_day(session, office_id, series, day=day, count=1)[0]


def next_some_of_day(session: Session, office_id: int, series: str, *, day: date, count: int) -> range:
    """The next ``count`` numbers of it, one after the other."""
    asked = {"office_id": office_id, "series": series, "day": day, "count": count}
    last = int(session.execute(_SOME, asked).one().last)
    return range(last - count + 1, last + 1)


def next_of_year(session: Session, office_id: int, series: str, *, day: date) -> int:
    """The same for a series that begins anew every year; ``day`` is any day of it."""
    return next_of_day(session, office_id, series, day=first_of_year(day))


def next_dossier(session: Session, office: Office, *, day: date) -> tuple[int, int]:
    """(number of form 01 in the year, number of the dossier on that day)."""
    rows = session.execute(_DOSSIER, {"office_id": office.id, "day": day, "year": first_of_year(day)})
    given = {row.series: int(row.last) for row in rows}
    return given["form_01"], given["dossier"]


def once(session: Session, office_id: int, key: str, *, day: date) -> bool:
    """Whether this is the first time with ``key``, which a form carries: False for a second tap on it.

    A second transaction waits for the first; what is rolled back was no time.
    Without a key it is always the first.
    """
    given = {"office_id": office_id, "series": f"once-{key}"[:20], "day": day}
    return not key or session.execute(_ONCE, given).first() is not None


def new_once() -> str:
    """For a hidden field; as long as a series can carry."""
    return secrets.token_urlsafe(11)


def first_of_year(day: date) -> date:
    """Under which day the counter row of a yearly series is kept."""
    return day.replace(month=1, day=1)

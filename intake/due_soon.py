"""Which dossiers are due soon, asked of the database: intake.rules.lifecycle.warning and urgency as SQL."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Float, and_, literal, not_, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from intake.records import Dossier
from intake.records.base import UtcDateTime
from intake.rules.lifecycle import LEAST_WARNING


class seconds_between(FunctionElement[float]):
    """From the first moment to the second; both as UtcDateTime keeps them."""

    type = Float()
    inherit_cache = True
    name = "seconds_between"


@compiles(seconds_between, "sqlite")
def _of_sqlite(element: seconds_between, compiler: SQLCompiler, **more: Any) -> str:
    first, second = (compiler.process(one, **more) for one in element.clauses)
    return f"((julianday({second}) - julianday({first})) * 86400.0)"


@compiles(seconds_between, "postgresql")
def _of_postgresql(element: seconds_between, compiler: SQLCompiler, **more: Any) -> str:
    first, second = (compiler.process(one, **more) for one in element.clauses)
    return f"extract(epoch from ({second} - {first}))"


def warns(usual: timedelta, *, now: datetime) -> ColumnElement[bool]:
    """``expected_at`` is near or past: within ``usual``, or for a same-day promise in its last third."""
    moment = literal(now, UtcDateTime())
    left = seconds_between(moment, Dossier.expected_at)
    promised = seconds_between(Dossier.received_at, Dossier.expected_at)
    near_today = or_(Dossier.expected_at <= now + LEAST_WARNING, left * 3 <= promised)
    return and_(Dossier.expected_at <= now + usual, or_(not_(Dossier.same_day), near_today))

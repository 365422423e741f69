"""Service days for tests: a rule as a value, and the same published in an office."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake import memory
from intake.records import Office, Person, ServiceDayVersion
from intake.rules.exceptions import PaperReason
from intake.rules.service_day_file import definition_of
from intake.rules.service_days import Mode, ServiceDay

THURSDAY = 3


def a_rule(**changes: Any) -> ServiceDay:
    """Every Thursday of November 2026 and later, for all procedures: no paper, no appointment until 15:00."""
    ordinary = ServiceDay(
        id=1,
        lineage="thursday",
        title="Thứ Năm không giấy, không hẹn",
        modes=frozenset({Mode.NO_PAPER, Mode.NO_APPOINTMENT}),
        valid_from=date(2026, 11, 1),
        weekdays=frozenset({THURSDAY}),
        exceptions=frozenset(PaperReason),
        decision="Quyết định số 45/QĐ-UBND",
        decided_on=date(2026, 10, 26),
        signer="Lê Văn Tám",
        notices={"vi": "Hôm nay nộp hồ sơ không cần bản giấy, kết quả trả trong ngày."},
    )
    return replace(ordinary, **changes)


def publish(session: Session, office: Office, rule: ServiceDay, *, now: datetime) -> ServiceDayVersion:
    """The rule in force here from ``now`` on; committed."""
    author = session.scalars(select(Person).order_by(Person.id).limit(1)).first()
    if author is None:
        author = Person(username="tam", name="Lê Văn Tám", created_at=now)
        session.add(author)
        session.flush()
    row = ServiceDayVersion(
        office_id=office.id,
        lineage=rule.lineage,
        version=rule.version,
        state="published",
        title=rule.title,
        definition=definition_of(rule),
        author_id=author.id,
        created_at=now,
        approved_by=author.id,
        approved_at=now,
        published_at=now,
    )
    session.add(row)
    session.commit()
    memory.forget_all()
    return row

"""The dossiers behind a figure of a service day: every number leads down to what was counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select, tuple_
from sqlalchemy.orm import Session

from intake.day_report import Scope, under
from intake.figures import bounds, facts_between
from intake.offices import civil_day
from intake.queries import procedure_version
from intake.records import Dossier, Office, ProcedureVersion
from intake.rules.day_figures import (
    HERE,
    POST,
    Facts,
    is_digitised,
    is_electronic,
    is_late,
    is_same_day,
    is_same_visit,
    promise_of,
)

AT_ONCE = 200
REASON = "reason."

Test = Callable[[Facts, date], bool]


@dataclass(frozen=True)
class Figure:
    """``where`` narrows what is read, ``test`` decides."""

    words: str
    test: Test
    where: ColumnElement[bool] | None = None


FIGURES: Mapping[str, Figure] = {
    "all": Figure("Tất cả hồ sơ", lambda facts, today: True),
    "electronic": Figure(
        "Không có tờ giấy nào",
        lambda facts, today: is_electronic(facts),
        and_(Dossier.without_paper.is_(True), Dossier.channel != POST),
    ),
    "fully_electronic": Figure(
        "Nộp trực tuyến, không có tờ giấy nào",
        lambda facts, today: is_electronic(facts) and facts.online,
        and_(Dossier.without_paper.is_(True), Dossier.counts_as_online.is_(True)),
    ),
    "digitised": Figure(
        "Bưu điện, số hóa khi nhận",
        lambda facts, today: is_digitised(facts),
        and_(Dossier.without_paper.is_(True), Dossier.channel == POST),
    ),
    "paper": Figure(
        "Còn bản giấy", lambda facts, today: not facts.without_paper, Dossier.without_paper.is_(False)
    ),
    "assisted": Figure(
        "Có cán bộ đến giúp", lambda facts, today: facts.assisted, Dossier.helper_id.is_not(None)
    ),
    "vouched": Figure(
        "Không có thẻ, số, cán bộ xác nhận",
        lambda facts, today: facts.vouched,
        Dossier.voucher_id.is_not(None),
    ),
    "same_day": Figure(
        "Có kết quả trong ngày", lambda facts, today: is_same_day(facts), Dossier.finished_at.is_not(None)
    ),
    "here": Figure("Nộp tại chỗ", lambda facts, today: facts.channel in HERE, Dossier.channel.in_(HERE)),
    "same_visit": Figure(
        "Nhận kết quả ngay trong lượt đến",
        lambda facts, today: is_same_visit(facts),
        Dossier.returned_at.is_not(None),
    ),
    "promised": Figure(
        "Hẹn trả trong ngày", lambda facts, today: bool(promise_of(facts)), Dossier.same_day.is_(True)
    ),
    "kept": Figure(
        "Giữ lời hẹn trong ngày",
        lambda facts, today: promise_of(facts) == "kept",
        Dossier.same_day.is_(True),
    ),
    "broken": Figure(
        "Lỡ lời hẹn trong ngày",
        lambda facts, today: is_broken(facts, today=today),
        Dossier.same_day.is_(True),
    ),
    "excused": Figure(
        "Hẹn trong ngày nhưng chờ bổ sung, từ chối hoặc dừng",
        lambda facts, today: promise_of(facts) == "excused",
        Dossier.same_day.is_(True),
    ),
    "pending": Figure(
        "Hẹn trong ngày, chưa xong",
        lambda facts, today: promise_of(facts) == "open" and not is_broken(facts, today=today),
        Dossier.same_day.is_(True),
    ),
    "late": Figure(
        "Xong sau hạn của luật", lambda facts, today: is_late(facts), Dossier.finished_at.is_not(None)
    ),
    "saved": Figure(
        "Có giấy tiết kiệm được", lambda facts, today: facts.sheets_saved > 0, Dossier.sheets_saved > 0
    ),
}


@dataclass(frozen=True)
class Listed:
    """One dossier. ``name`` is the whole name: whoever shows it masks it."""

    code: str
    procedure: str
    name: str
    channel: str
    received_at: datetime
    finished_at: datetime | None
    returned_at: datetime | None
    reason: str
    without_paper: bool
    sheets_saved: int
    promise: str


@dataclass(frozen=True)
class Page:
    """``after`` continues the list; None at its end."""

    rows: tuple[Listed, ...]
    after: int | None


def is_broken(facts: Facts, *, today: date) -> bool:
    """Broken by what happened, or by the end of its day."""
    promise = promise_of(facts)
    return promise == "broken" or (promise == "open" and civil_day(facts.received_at) < today)


def dossiers_of(
    session: Session,
    office: Office,
    scope: Scope,
    figure: str = "all",
    *,
    procedure_code: str = "",
    after: int = 0,
    most: int = 50,
    now: datetime,
) -> Page:
    """Those counted in ``figure`` under the rules of ``scope``, in the order of reception.

    ``figure`` is a key of FIGURES, or "reason." and the code of a reason;
    ``after`` the id of the last one seen. KeyError for another figure.
    """
    wanted, today, rows = _figure(figure), civil_day(now), list[tuple[int, Listed]]()
    for row, facts in _read(session, office, scope, wanted, procedure_code, after):
        if not wanted.test(facts, today):
            continue
        promise = promise_of(facts)
        listed = Listed(
            code=row.dossier_code,
            procedure=procedure_version(session, row.procedure_version_id, now=now).title,
            name=row.applicant_name,
            channel=row.channel,
            received_at=row.received_at,
            finished_at=row.finished_at,
            returned_at=row.returned_at,
            reason=row.paper_reason,
            without_paper=row.without_paper,
            sheets_saved=row.sheets_saved,
            promise="broken" if is_broken(facts, today=today) else promise,
        )
        rows.append((row.id, listed))
        if len(rows) > most:
            return Page(tuple(one for _, one in rows[:most]), rows[most - 1][0])
    return Page(tuple(one for _, one in rows), None)


def figure_words(figure: str, reasons: Mapping[str, str]) -> str:
    if figure.startswith(REASON):
        return f"Còn bản giấy: {reasons.get(figure.removeprefix(REASON), '')}".rstrip(": ")
    return FIGURES[figure].words


def _figure(name: str) -> Figure:
    if name.startswith(REASON):
        code = name.removeprefix(REASON)
        return Figure(
            name,
            lambda facts, today: not facts.without_paper and facts.reason == code,
            and_(Dossier.without_paper.is_(False), Dossier.paper_reason == code),
        )
    return FIGURES[name]


def _read(
    session: Session, office: Office, scope: Scope, figure: Figure, procedure_code: str, after: int
) -> Iterator[tuple[Row[Any], Facts]]:
    """Batch by batch, so that a page of a busy month reads no more than it shows."""
    begins, ends = bounds(scope.first, scope.last)
    wanted = [under(scope.lineage)]
    if figure.where is not None:
        wanted.append(figure.where)
    if procedure_code:
        versions = select(ProcedureVersion.id).where(ProcedureVersion.procedure_code == procedure_code)
        wanted.append(Dossier.procedure_version_id.in_(versions))
    last = session.get(Dossier, after) if after else None
    place = (last.received_at, last.id) if last is not None else None
    while True:
        further = [tuple_(Dossier.received_at, Dossier.id) > place] if place else []
        batch = list(facts_between(session, office.id, begins, ends, *wanted, *further, most=AT_ONCE))
        yield from batch
        if len(batch) < AT_ONCE:
            return
        place = batch[-1][0].received_at, batch[-1][0].id

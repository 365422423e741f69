"""Form 07, the register of a period: a view of dossiers, notices and hand-overs, nothing is kept for it.

Read in batches, so that a year of a busy office needs no more memory than a day.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, tuple_
from sqlalchemy.orm import Session

from intake.accepting import CONTENT
from intake.keys import Keys
from intake.offices import civil_day
from intake.paper import Heading, Paper, Rows, Text
from intake.queries import procedure_version
from intake.receipt import letterhead
from intake.records import Dossier, Handover, Notice, Office, Unit
from intake.rules.calendar import VIETNAM, local
from intake.rules.form_sets import Form, form_set_of, title_of
from intake.rules.lifecycle import Status
from intake.rules.people import masked_phone
from intake.rules.text import short_date

BATCH = 500
LONGEST = timedelta(days=366)

# The columns of the form in its order, the width each needs on a page, and the channel, which the
# indicators ask for.
COLUMNS: Mapping[str, float] = {
    "STT": 3,
    "Mã hồ sơ": 7.6,
    "Tên thủ tục hành chính": 9,
    "Số bộ": 2.6,
    "Tên cá nhân, tổ chức": 7.4,
    "Địa chỉ, số điện thoại": 12,
    "Cơ quan chủ trì giải quyết": 7.4,
    "Ngày nhận": 6.9,
    "Ngày hẹn trả": 6.9,
    "Ngày chuyển đến cơ quan giải quyết": 6.9,
    "Ngày nhận kết quả từ cơ quan giải quyết": 6.9,
    "Ngày trả kết quả": 6.9,
    "Phương thức nhận kết quả": 6,
    "Ký nhận": 4.6,
    "Ghi chú": 7.5,
    "Cách nộp": 5.2,
}
CHANNELS: Mapping[str, str] = {
    "kiosk": "Máy tự phục vụ",
    "counter": "Tại quầy",
    "post": "Bưu chính công ích",
    "portal": "Trực tuyến",
}
COLLECTIONS: Mapping[str, str] = {
    "counter_now": "Nhận tại quầy",
    "counter_later": "Nhận tại quầy",
    "post": "Qua bưu chính",
    "electronic": "Bản điện tử",
}


@dataclass(frozen=True)
class Period:
    """Civil days in Vietnam, both included."""

    first: date
    last: date

    @property
    def words(self) -> str:
        if self.first == self.last:
            return f"Ngày {short_date(self.first)}"
        return f"Từ ngày {short_date(self.first)} đến ngày {short_date(self.last)}"


@dataclass(frozen=True)
class Entry:
    """One line of the register. Moments are aware; ``phone`` is in full, because its column asks for it."""

    number: int  # of form 01 in the year: «Số thứ tự»
    code: str
    procedure: str
    sets: int
    name: str
    address: str
    phone: str
    unit: str
    received_at: datetime
    promised_at: datetime | None
    passed_on_at: datetime | None
    result_at: datetime | None
    returned_at: datetime | None
    collection: str
    note: str
    channel: str

    @property
    def masked_phone(self) -> str:
        """For a screen."""
        return masked_phone(self.phone) if self.phone else ""

    def cells(self) -> tuple[str | int | datetime | None, ...]:
        """In the order of COLUMNS; «Ký nhận» is empty, for a hand."""
        return (
            self.number,
            self.code,
            self.procedure,
            self.sets,
            self.name,
            "\n".join(filter(None, (self.address, self.phone))),
            self.unit,
            self.received_at,
            self.promised_at,
            self.passed_on_at,
            self.result_at,
            self.returned_at,
            COLLECTIONS[self.collection],
            "",
            self.note,
            CHANNELS[self.channel],
        )


def count(session: Session, office: Office, period: Period) -> int:
    """How many lines the register of ``period`` has."""
    lines = select(func.count()).select_from(Dossier).where(*_within(office, period))
    return session.scalar(lines) or 0


def entries(
    session: Session, office: Office, period: Period, *, skip: int = 0, keys: Keys, now: datetime
) -> Iterator[Entry]:
    """The lines in the order of reception, batch by batch; take as many as you need. Reads only."""
    last: tuple[datetime, int] | None = None
    while True:
        lines = _LINES.where(*_within(office, period)).limit(BATCH)
        if last is not None:
            lines = lines.where(tuple_(Dossier.received_at, Dossier.id) > last)
        elif skip:
            lines = lines.offset(skip)
        batch = session.execute(lines).all()
        if not batch:
            return
        yield from _entries(session, office, batch, keys, now)
        last = batch[-1].received_at, batch[-1].id


def form_07(office: Office, period: Period, lines: Sequence[Entry], *, on: datetime) -> Paper:
    """«Sổ theo dõi hồ sơ» of a period, for sheets that lie.

    Source: Thông tư 03/2025/TT-VPCP, Phụ lục I, Mẫu số 07; Thông tư 01/2018/TT-VPCP, Mẫu số 06.
    """
    title = title_of(Form.REGISTER, form_set_of(period.last, Form.REGISTER))
    return Paper(
        f"{title.words} {office.name}, {period.words.lower()}",
        (
            letterhead(_Issuer(office.name, office.place, office.agency_name), "", on=on),
            Heading(title.words.upper()),
            Text(period.words, centred=True),
            Rows(
                tuple(COLUMNS),
                tuple(_row(line) for line in lines),
                shares=tuple(COLUMNS.values()),
                small=True,
            ),
            Text(f"Tổng số: {len(lines)} hồ sơ.", small=True),
        ),
    )


@dataclass(frozen=True)
class _Issuer:
    office_name: str
    office_place: str
    agency_name: str


_LINES = select(
    Dossier.id,
    Dossier.number,
    Dossier.dossier_code,
    Dossier.procedure_version_id,
    Dossier.applicant_name,
    Dossier.content_sealed,
    Dossier.received_at,
    Dossier.promised_at,
    Dossier.expected_at,
    Dossier.deadline_at,
    Dossier.suspended_at,
    Dossier.finished_at,
    Dossier.returned_at,
    Dossier.collection,
    Dossier.channel,
    Dossier.status,
).order_by(Dossier.received_at, Dossier.id)


def _within(office: Office, period: Period) -> tuple[ColumnElement[bool], ...]:
    begins = datetime.combine(period.first, time(), VIETNAM)
    ends = datetime.combine(period.last + timedelta(days=1), time(), VIETNAM)
    return Dossier.office_id == office.id, Dossier.received_at >= begins, Dossier.received_at < ends


def _entries(
    session: Session, office: Office, batch: Sequence[Any], keys: Keys, now: datetime
) -> Iterator[Entry]:
    ids = [line.id for line in batch]
    moves, notices = _moves(session, ids), _notices(session, ids)
    for line in batch:
        applicant = json.loads(keys.unseal(line.content_sealed, CONTENT))["applicant"]
        procedure = procedure_version(session, line.procedure_version_id, now=now)
        passed_on = next((move for move in moves[line.id] if move.to_unit is not None), None)
        came_back = [move for move in moves[line.id] if move.to_unit is None]
        yield Entry(
            number=line.number,
            code=line.dossier_code,
            procedure=procedure.name,
            sets=1,
            name=line.applicant_name,
            address=applicant["address"],
            phone=applicant["phone"],
            unit=passed_on.to_unit if passed_on else office.agency_name,
            received_at=line.received_at,
            promised_at=line.promised_at,
            passed_on_at=passed_on.given_at if passed_on else None,
            result_at=came_back[-1].closed_at if came_back else _decided_at(line),
            returned_at=line.returned_at,
            collection=line.collection,
            note=_note(line, notices[line.id], now),
            channel=line.channel,
        )


def _decided_at(line: Row[Any]) -> datetime | None:
    """When the front desk itself had the result."""
    decided = line.status in (Status.RESULT_READY, Status.RETURNED)
    return line.finished_at if decided else None


def _moves(session: Session, ids: Sequence[int]) -> Mapping[int, list[Row[Any]]]:
    """The confirmed hand-overs of these dossiers, in their order."""
    found = session.execute(
        select(Handover.dossier_id, Unit.name.label("to_unit"), Handover.given_at, Handover.closed_at)
        .outerjoin(Unit, Unit.id == Handover.to_unit_id)
        .where(Handover.dossier_id.in_(ids), Handover.outcome == "received")
        .order_by(Handover.given_at, Handover.id)
    )
    return _by_dossier(found)


def _notices(session: Session, ids: Sequence[int]) -> Mapping[int, list[Row[Any]]]:
    found = session.execute(
        select(Notice.dossier_id, Notice.form, Notice.form_set, Notice.number, Notice.until)
        .where(Notice.dossier_id.in_(ids), Notice.state == "issued")
        .order_by(Notice.issued_at, Notice.id)
    )
    return _by_dossier(found)


def _by_dossier(rows: Iterable[Any]) -> Mapping[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.dossier_id].append(row)
    return found


_TOLD = {
    Form.SUPPLEMENT_REQUEST: "Yêu cầu bổ sung số {number}",
    Form.REFUSAL_NOTICE: "Từ chối tiếp nhận số {number}",
    Form.APOLOGY: "Xin lỗi, gia hạn số {number} đến {until}",
    Form.STOP_NOTICE: "Dừng giải quyết số {number}",
}


def _note(line: Row[Any], notices: Sequence[Row[Any]], now: datetime) -> str:
    """The notices issued, that the clock stands still, and that it was or is late."""
    told = [
        _TOLD[Form(one.form)].format(
            number=f"{one.number}/{title_of(one.form, one.form_set).suffix}",
            until=short_date(civil_day(one.until)) if one.until else "",
        )
        for one in notices
    ]
    if line.suspended_at is not None:
        told.append(f"Tạm dừng từ {short_date(civil_day(line.suspended_at))}")
    elif line.deadline_at is not None and (line.finished_at or now) > line.deadline_at:
        told.append("Quá hạn")
    return "; ".join(told)


def _row(line: Entry) -> tuple[str, ...]:
    number, code, *others = map(_written, line.cells())
    return number, code.replace("-", "-\n", 1), *others


def _written(cell: str | int | datetime | None) -> str:
    if cell is None:
        return ""
    return f"{local(cell):%H:%M}\n{local(cell):%d/%m/%Y}" if isinstance(cell, datetime) else str(cell)

"""Form 06, the way of a dossier: a view of its hand-overs and events, nothing is kept for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from intake.contents import content_of
from intake.keys import Keys
from intake.offices import civil_day
from intake.paper import Block, Field, Heading, Paper, Rows, Text
from intake.post.custody import PostalLeg, legs_of
from intake.queries import procedure_version
from intake.receipt import letterhead, moment_in_full, moment_short, told
from intake.records import AcceptancePoint, Dossier, Event, Handover, Notice, Office, Unit
from intake.rules.clock import EARLY, LATE, ON_TIME
from intake.rules.form_sets import Form, form_set_of, title_of
from intake.rules.post import Step
from intake.rules.refusals import NoSuchDossier

RESULTS: Mapping[str | None, str] = {EARLY: "Trước hạn", ON_TIME: "Đúng hạn", LATE: "Quá hạn", None: ""}
POST = "Bưu chính công ích"
_OUTCOMES = {"declined": "Không nhận", "withdrawn": "Bên giao lấy lại"}
_NOTES = (
    "Hồ sơ chuyển qua dịch vụ bưu chính công ích: thời gian và chữ ký giao, nhận là của chứng từ bưu chính.",
    "Cột kết quả do bên nhận ghi.",
    "Phiếu lập từ nhật ký điện tử của hệ thống; chỉ ký tay ở nơi không có hệ thống một cửa điện tử.",
)


@dataclass(frozen=True)
class Passing:
    """One hand-over: who gave, who took, when; ``taken_at`` None while nobody has confirmed."""

    giver: str
    taker: str
    given_at: datetime
    given_by: str
    taken_at: datetime | None
    taken_by: str
    result: str
    note: str


@dataclass(frozen=True)
class Happening:
    """What else moved the clock or the outcome."""

    at: datetime
    words: str
    who: str


@dataclass(frozen=True)
class ControlSheet:
    """All that form 06 says. ``unit`` is who decides, ``others`` who else had the dossier."""

    office_name: str
    office_place: str
    agency_name: str
    dossier_code: str
    applicant_name: str
    procedure_name: str
    address: str
    received_at: datetime
    due_at: datetime | None  # as first given
    expected_at: datetime | None  # as moved since
    unit: str
    others: tuple[str, ...]
    passings: tuple[Passing, ...]
    happenings: tuple[Happening, ...]


def control_sheet(
    session: Session, office: Office, dossier_code: str, *, keys: Keys, now: datetime
) -> ControlSheet:
    """The way of this dossier of ``office`` until now; NoSuchDossier otherwise. Reads only."""
    dossier = session.scalar(select(Dossier).filter_by(office_id=office.id, dossier_code=dossier_code))
    if dossier is None:
        raise NoSuchDossier
    applicant = content_of(dossier, keys).applicant
    events = session.scalars(
        select(Event).filter_by(dossier_id=dossier.id).order_by(Event.at, Event.id)
    ).all()
    handovers = session.scalars(
        select(Handover)
        .filter_by(dossier_id=dossier.id)
        .options(
            joinedload(Handover.from_unit),
            joinedload(Handover.to_unit),
            joinedload(Handover.giver),
            joinedload(Handover.closer),
        )
        .order_by(Handover.given_at, Handover.id)
    ).all()
    units = list(dict.fromkeys(unit.name for one in handovers if (unit := _taken(one))))
    numbers: Mapping[int, str] = {
        notice.id: f"{notice.number}/{title_of(notice.form, notice.form_set).suffix}"
        for notice in session.scalars(select(Notice).filter_by(dossier_id=dossier.id, state="issued"))
    }
    named = select(AcceptancePoint.code, AcceptancePoint.name).filter_by(office_id=office.id)
    points = {row.code: row.name for row in session.execute(named)}
    return ControlSheet(
        office_name=office.name,
        office_place=office.place,
        agency_name=office.agency_name,
        dossier_code=dossier.dossier_code,
        applicant_name=applicant.name,
        procedure_name=procedure_version(session, dossier.procedure_version_id, now=now).name,
        address=applicant.address,
        received_at=dossier.received_at,
        due_at=dossier.promised_at,
        expected_at=dossier.expected_at,
        unit=units[0] if units else office.name,
        others=tuple(units[1:]),
        passings=tuple(
            _passings(dossier, office, applicant.name, handovers, events, points, _leg(session, dossier, now))
        ),
        happenings=tuple(
            Happening(event.at, words, _who(event, points))
            for event in events
            if (words := _happening(event, numbers))
        ),
    )


def form_06(sheet: ControlSheet, *, on: datetime) -> Paper:
    """«Phiếu kiểm soát quá trình giải quyết hồ sơ», as the log of events stood at ``on``.

    Source: Thông tư 03/2025/TT-VPCP, Phụ lục I, Mẫu số 06; Thông tư 01/2018/TT-VPCP, Mẫu số 05.
    """
    title = title_of(Form.CONTROL_SHEET, form_set_of(civil_day(sheet.received_at), Form.CONTROL_SHEET))
    moved = sheet.expected_at != sheet.due_at
    return Paper(
        f"{title.words} {sheet.dossier_code}",
        (
            letterhead(sheet, "", on=on),
            Heading(title.words.upper()),
            *told(
                Field("Chủ hồ sơ", sheet.applicant_name, strong=True),
                Field("Loại thủ tục", sheet.procedure_name),
                Field("Địa chỉ", sheet.address),
                Field("Mã hồ sơ", sheet.dossier_code, strong=True),
                Field("Thời gian nhận", moment_in_full(sheet.received_at)),
                Field("Thời gian trả", moment_in_full(sheet.due_at)),
                Field("Thời gian trả đã dời đến", moment_in_full(sheet.expected_at) if moved else ""),
                Field("Cơ quan (bộ phận) giải quyết", sheet.unit),
                Field("Cơ quan phối hợp giải quyết", "; ".join(sheet.others)),
            ),
            Rows(
                ("Tên cơ quan", "Thời gian giao, nhận hồ sơ", "Kết quả", "Ghi chú"),
                tuple(_passing_row(passing) for passing in sheet.passings),
                shares=(27, 36, 13, 24),
            ),
            *_happenings(sheet),
            Text("Ghi chú: " + " ".join(f"({i}) {note}" for i, note in enumerate(_NOTES, 1)), small=True),
        ),
    )


# --- what the records say ---


def _passings(
    dossier: Dossier,
    office: Office,
    applicant: str,
    handovers: Sequence[Handover],
    events: Sequence[Event],
    points: Mapping[str, str],
    leg: PostalLeg | None,
) -> Iterator[Passing]:
    """Into the office, between its units, and out of it again."""
    reasons = {
        event.facts["handover"]: event.reason
        for event in events
        if event.kind in ("hand_over_declined", "hand_over_withdrawn")
    }
    for event in events:
        if event.kind == "accepted":
            yield (
                _by_post(leg, office, event) if leg else _reception(dossier, office, applicant, event, points)
            )
    for one in handovers:
        yield _between(one, office, reasons.get(one.id, ""))
    for event in events:
        if event.kind == "sent" and event.facts.get("how") == "post":
            note = f"Số hiệu bưu gửi {event.facts.get('item_number', '')}"
            yield Passing(office.name, POST, event.at, event.actor, event.at, "", "", note)
        elif event.kind == "returned":
            yield _return(dossier, office, applicant, event)


def _leg(session: Session, dossier: Dossier, now: datetime) -> PostalLeg | None:
    """How it came by post; None for what did not."""
    came = (leg for leg in legs_of(session, dossier.id, now=now) if leg.direction == "in" and leg.journey)
    return next(came, None)


def _by_post(leg: PostalLeg, office: Office, accepted: Event) -> Passing:
    """The post gave it, the office accepted it: only then did the term begin."""
    given = next((had for had in leg.journey if had.step is Step.HANDED_OVER), None)
    taken = leg.journey[0]
    parts = (
        f"Bưu gửi {leg.item_number}, {leg.point} nhận {moment_short(taken.at)}",
        f"bưu điện giữ {leg.had_words}, không tính vào thời hạn",
        f"bảng kê {leg.manifest}" if leg.manifest else "",
    )
    return Passing(
        giver=f"{POST}, {leg.point}",
        taker=office.name,
        given_at=given.at if given else accepted.at,
        given_by=taken.who,
        taken_at=accepted.at,
        taken_by=accepted.actor,
        result="",
        note="; ".join(filter(None, parts)),
    )


def _reception(
    dossier: Dossier, office: Office, applicant: str, event: Event, points: Mapping[str, str]
) -> Passing:
    by_post = dossier.channel == "post"
    return Passing(
        giver=POST if by_post else "Người nộp hồ sơ",
        taker=office.name,
        given_at=event.at,
        given_by="" if by_post else applicant,
        taken_at=event.at,
        taken_by=_who(event, points),
        result="",
        note={"portal": "Nộp trực tuyến", "post": "Nộp qua bưu chính"}.get(dossier.channel, ""),
    )


def _between(one: Handover, office: Office, reason: str) -> Passing:
    outcome = _OUTCOMES.get(one.outcome or "", "")
    return Passing(
        giver=_name(one.from_unit, office),
        taker=_name(one.to_unit, office),
        given_at=one.given_at,
        given_by=one.giver.name,
        taken_at=one.closed_at if one.outcome == "received" else None,
        taken_by=one.closer.name if one.outcome == "received" and one.closer else "",
        result=RESULTS[one.on_time],
        note=". ".join(filter(None, (one.note, ": ".join(filter(None, (outcome, reason)))))),
    )


def _return(dossier: Dossier, office: Office, applicant: str, event: Event) -> Passing:
    how = event.facts.get("how")
    behalf = bool(event.facts.get("authority"))
    return Passing(
        giver=POST if how == "post" else office.name,
        taker="Người được ủy quyền nhận" if behalf else "Người nộp hồ sơ",
        given_at=event.at,
        given_by="" if how == "post" else event.actor,
        taken_at=event.at,
        taken_by="" if behalf else applicant,
        result=RESULTS[event.facts.get("on_time")],
        note={"electronic": "Trả bản điện tử", "post": "Theo chứng từ bưu chính"}.get(how or "", ""),
    )


def _happening(event: Event, numbers: Mapping[int, str]) -> str:
    """In words; "" for what form 06 does not tell."""
    facts = event.facts
    number = numbers.get(facts.get("notice", 0), "")
    match event.kind:
        case "supplement_requested":
            return f"Yêu cầu bổ sung hồ sơ, phiếu số {number}; tạm dừng thời gian giải quyết"
        case "supplement_received":
            return "Nhận bổ sung còn thiếu" if facts.get("left") else "Nhận đủ bổ sung; tiếp tục giải quyết"
        case "apology_issued":
            until = datetime.fromisoformat(facts["expected_at"][1])
            what = "Xin lỗi, hẹn lại trong hạn" if facts.get("stage") else "Xin lỗi và gia hạn"
            return f"{what}, văn bản số {number}; thời gian trả mới {moment_in_full(until)}"
        case "refused":
            return f"Từ chối tiếp nhận giải quyết, phiếu số {number}"
        case "stopped":
            return f"Dừng giải quyết, thông báo số {number}"
        case "result_ready":
            document = f", văn bản số {facts['document_number']}" if facts.get("document_number") else ""
            return f"Có kết quả giải quyết{document}"
        case "delivery_failed":
            return "Bưu chính không giao được, kết quả trở về cơ quan"
    return ""


def _taken(one: Handover) -> Unit | None:
    return one.to_unit if one.outcome in (None, "received") else None


def _name(unit: Unit | None, office: Office) -> str:
    return unit.name if unit else office.name


def _who(event: Event, points: Mapping[str, str]) -> str:
    """The officer, or the machine that received what a citizen handed in."""
    return event.actor if event.person_id is not None else points.get(event.device, event.device)


# --- as rows of the paper ---


def _passing_row(passing: Passing) -> tuple[str, ...]:
    given = _signed(moment_in_full(passing.given_at), "Người giao", passing.given_by)
    taken = (
        _signed(moment_in_full(passing.taken_at), "Người nhận", passing.taken_by)
        if passing.taken_at
        else "Chưa nhận"
    )
    return (
        f"1. Giao: {passing.giver}\n2. Nhận: {passing.taker}",
        f"1. {given}\n2. {taken}",
        passing.result,
        passing.note,
    )


def _signed(moment: str, role: str, name: str) -> str:
    return f"{moment}\n{role}: {name}" if name else moment


def _happenings(sheet: ControlSheet) -> tuple[Block, ...]:
    if not sheet.happenings:
        return ()
    rows = tuple((moment_in_full(one.at), one.words, one.who) for one in sheet.happenings)
    return (
        Text("Việc khác trong quá trình giải quyết", strong=True),
        Rows(("Thời gian", "Nội dung", "Người thực hiện"), rows, shares=(27, 50, 23)),
    )

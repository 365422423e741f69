"""«Bảng kê giao nhận» on paper: A4 in two copies for both sides to sign, and a short one for a till roll.

Before the list is confirmed it says what was handed over; afterwards also what
was found, and is the record that both sides sign for what was not.
Source: Quyết định 45/2016/QĐ-TTg; the layout is our own, after lists in use.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from intake import outbox
from intake.keys import Keys
from intake.paper import Block, Code, Divider, Field, Heading, Paper, Qr, Rows, Signatures, Text
from intake.post.contents import sent_of
from intake.post.manifest_lists import LineView, ManifestView, manifest_view
from intake.queries import procedure_version
from intake.receipt import letterhead, moment_in_full, moment_short, told
from intake.records import Manifest, ManifestLine, Office, PostalItem
from intake.rules.codes import grouped
from intake.rules.manifest_words import OUTCOMES, RESOLUTIONS
from intake.rules.manifests import CONFIRMED, State
from intake.rules.post import Outcome
from intake.rules.sheets import sheets
from intake.rules.text import money

COPY_MARKS = {1: "Liên 1: Bên giao giữ", 2: "Liên 2: Bên nhận giữ"}
TITLES = {"in": "BẢNG KÊ GIAO NHẬN HỒ SƠ", "home": "BẢNG KÊ GIAO NHẬN KẾT QUẢ"}
COLUMNS = (
    "TT", "Mã hồ sơ", "Số hiệu bưu gửi", "Tên thủ tục hành chính", "Người gửi/nhận", "Số tờ", "Thu hộ (đồng)",
    "Niêm phong", "Ghi chú",
)  # fmt: skip
SHARES = (4, 14, 17, 22, 11, 5, 8, 10, 13)


class _Issuer:
    """Who hands over: the post office, or the centre."""

    def __init__(self, view: ManifestView, office: Office) -> None:
        self.office_name = view.point if view.direction == "in" else office.name
        self.office_place = office.place
        self.agency_name = "Bưu chính công ích" if view.direction == "in" else office.agency_name


def sheets_of(session: Session, manifest_id: int, *, keys: Keys, now: datetime) -> Mapping[int, int]:
    """How many sheets are in each item of the list that goes "in", as counted at the post; by item."""
    on_it = select(ManifestLine.item_id).where(
        ManifestLine.manifest_id == manifest_id, ManifestLine.with_form.is_(False)
    )
    items = session.scalars(select(PostalItem).where(PostalItem.id.in_(on_it), PostalItem.direction == "in"))
    found = {}
    for item in items:
        procedure = procedure_version(session, item.procedure_version_id, now=now)
        documents = sent_of(item, keys).documents
        found[item.id] = sheets(procedure.requirements, documents, same_day=False)[0]
    return found


def manifest_paper(
    view: ManifestView, office: Office, counted: Mapping[int, int], *, copy: int, on: datetime
) -> Paper:
    """One of the two copies, for a sheet; ``counted`` are sheets by item."""
    lying, beside = _parts(view)
    return Paper(
        f"Bảng kê {view.number}",
        (
            letterhead(_Issuer(view, office), view.number, on=view.closed_at or on),
            Heading(TITLES[view.direction]),
            Text(COPY_MARKS[copy], centred=True),
            Code("Số bảng kê", (view.number,)),
            Qr(view.number, "Quét để mở bảng kê"),
            *told(
                Field("Bên giao", _side(view, office, gives=True), strong=True),
                Field("Giao lúc", moment_in_full(view.closed_at) if view.closed_at else "đang lập"),
                Field("Bên nhận", _side(view, office, gives=False), strong=True),
                Field("Nhận lúc", moment_in_full(view.received_at) if view.received_at else ""),
                Field("Túi", ", niêm phong ".join(filter(None, (view.bag_number, view.bag_seal)))),
            ),
            Text("Bưu gửi trong bảng kê", strong=True),
            _table(lying, counted, view),
            *_beside(beside, view),
            *_totals(view, lying, counted),
            Signatures((("BÊN GIAO", view.closed_by), ("BÊN NHẬN", view.received_by))),
            Text("Bảng kê lập thành hai liên, mỗi bên giữ một liên.", small=True),
        ),
    )


def manifest_slip(view: ManifestView, office: Office) -> Paper:
    """The same for a till roll: numbers and seals, what was found, both signatures."""
    lying, beside = _parts(view)
    return Paper(
        f"Bảng kê {view.number}",
        (
            Heading("BẢNG KÊ GIAO NHẬN"),
            Text(f"{_side(view, office, gives=True)} giao {_side(view, office, gives=False)}", centred=True),
            Code("Số bảng kê", grouped(view.number)),
            Qr(view.number, "Quét để mở bảng kê"),
            Divider(),
            *told(
                Field("Giao lúc", moment_short(view.closed_at) if view.closed_at else "đang lập"),
                Field("Nhận lúc", moment_short(view.received_at) if view.received_at else ""),
                Field("Túi", ", niêm phong ".join(filter(None, (view.bag_number, view.bag_seal)))),
            ),
            Rows(
                ("TT", "Số hiệu", "Ghi chú"),
                tuple((str(i), line.number, _note(line, view)) for i, line in lying),
            ),
            *(Text(f"Thừa: {line.number}. {_note(line, view)}".rstrip(". ") + ".") for line in beside),
            *_totals(view, lying, {}),
            Signatures((("Bên giao", view.closed_by), ("Bên nhận", view.received_by)), hint=""),
        ),
    )


def slip_of_manifest(manifest: Manifest, *, at: datetime) -> Paper:
    """As the list stands when the printer draws it."""
    session = object_session(manifest)
    assert session is not None
    return manifest_slip(manifest_view(session, manifest.office, manifest.id, now=at), manifest.office)


def print_slips(session: Session, manifest: Manifest, *, now: datetime) -> bool:
    """Both copies on the printer of the post office; False where it has none."""
    printer_id = manifest.point.printer_id
    if printer_id is None:
        return False
    for copy in COPY_MARKS:
        outbox.promise(session, manifest_id=manifest.id, printer_id=printer_id, now=now, copy_no=copy)
    return True


def _parts(view: ManifestView) -> tuple[list[tuple[int, LineView]], list[LineView]]:
    """What was listed, numbered, and what was found beside it."""
    lying = [line for line in view.lines if not line.is_extra]
    return list(enumerate(lying, start=1)), [line for line in view.lines if line.is_extra]


def _side(view: ManifestView, office: Office, *, gives: bool) -> str:
    return view.point if (view.direction == "in") is gives else office.name


def _table(lying: list[tuple[int, LineView]], counted: Mapping[int, int], view: ManifestView) -> Rows:
    rows = tuple(
        (
            str(number),
            line.dossier_code or "–",
            line.number,
            line.title,
            line.name,
            str(counted.get(line.item_id or 0, "")) if line.direction == "in" else "1 bộ",
            money(line.fee).removesuffix(" đồng") if line.fee else "–",
            _seal(line),
            _note(line, view),
        )
        for number, line in lying
    )
    return Rows(COLUMNS, rows, shares=SHARES, small=True)


def _beside(beside: list[LineView], view: ManifestView) -> tuple[Block, ...]:
    if not beside:
        return ()
    rows = tuple(
        (line.number, line.title or "không rõ", line.name or "không rõ", _note(line, view)) for line in beside
    )
    return (
        Text("Có trong túi mà không có trong bảng kê", strong=True),
        Rows(
            ("Số hiệu bưu gửi", "Tên thủ tục hành chính", "Người gửi/nhận", "Ghi chú"),
            rows,
            shares=(3, 4, 2, 3),
        ),
    )


def _seal(line: LineView) -> str:
    if line.outcome is Outcome.BROKEN_SEAL:
        return "rách"
    return f"{line.seal_number}\nnguyên".strip() if line.scanned_at else line.seal_number or "–"


def _note(line: LineView, view: ManifestView) -> str:
    """What was found of it, how that ended, and what was written beside it."""
    parts = ["Mẫu 01" if line.with_form else ""]
    if view.state in CONFIRMED or line.scanned_at:
        parts.append(OUTCOMES[line.outcome])
    if line.resolution is not None:
        parts.append(RESOLUTIONS[line.outcome, line.resolution])
    return "; ".join(filter(None, (*parts, line.note)))


def _totals(
    view: ManifestView, lying: list[tuple[int, LineView]], counted: Mapping[int, int]
) -> tuple[Block, ...]:
    """«Tổng số: 14 bưu gửi, 42 tờ; tiền thu hộ 112.000 đồng.»"""
    listed = [f"{len(lying)} bưu gửi", f"{sum(counted.values())} tờ" if counted else ""]
    fees = view.fee_listed if view.state is not State.OPEN else view.tally.fees
    total = f"Tổng số: {', '.join(filter(None, listed))}"
    lines = [f"{total}; tiền thu hộ Nhà nước {money(fees)}." if fees else f"{total}."]
    if view.state in CONFIRMED:
        found = [(view.count(outcome), words) for outcome, words in OUTCOMES.items()]
        lines.append(
            "Đối chiếu: " + ", ".join(f"{words.lower()} {count}" for count, words in found if count) + "."
        )
    if view.fee_counted is not None and fees:
        off = view.fee_counted - view.fee_listed
        said = "đủ" if not off else f"{'thừa' if off > 0 else 'thiếu'} {money(abs(off))}"
        lines.append(f"Tiền thu hộ đếm được {money(view.fee_counted)}, {said}.")
    return tuple(Text(line, strong=not number) for number, line in enumerate(lines))

"""The receipt: the small one the kiosk prints, and form 01 of the law, from the same frozen facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ReceiptFacts:
    """All that a receipt says, fixed at the moment of acceptance; plain values, nothing is looked up later.

    Moments are aware. ``due_at`` and ``promised_at`` are None when the law sets
    no term that can be counted. Words are Vietnamese, ready to print; "" leaves
    the line out.
    """

    office_name: str  # "Trung tâm Phục vụ hành chính công phường Hạc Thành"
    office_place: str  # where the paper is dated: "Hạc Thành"
    agency_name: str  # the body above the office: "Ủy ban nhân dân phường Hạc Thành"
    receipt_no: str  # what stands before "/TNHS": "18"
    dossier_code: str  # "H56.17.22-261121-0018"
    procedure_name: str  # the legal name, for form 01
    procedure_title: str  # the name people say, for the kiosk receipt
    applicant_name: str  # in full; the kiosk receipt masks it
    citizen_id: str  # masked already: "038190***345"; only form 01 shows it
    address: str
    phone: str  # masked already
    email: str
    papers: tuple[
        tuple[str, str, int], ...
    ]  # (name, kind «Bản chính», count); count 0 when no paper is handed in
    sets: int
    term_words: str  # "05 ngày làm việc"
    received_at: datetime
    due_at: datetime | None  # what the law allows
    promised_at: datetime | None  # what the office promises, never after due_at
    same_day: bool
    collect_words: str  # how the result is taken: "Nhận tại quầy"
    collect_at: str  # where: "Quầy 3, Trung tâm …, số 5 phố …"
    fee_words: str  # "8.000 đồng", "Không thu phí", "Báo tại quầy"
    fee_paid_words: str  # "Chưa nộp", "Đã nộp"; "" when there is nothing to pay
    hotline: str
    qr_address: str  # what the QR holds
    officer_name: str = ""  # "" when the kiosk accepted
    bring_words: str = ""  # what to bring when collecting
    register_book: str = ""  # «Quyển số» of the register, form 07
    register_no: str = ""  # «Số thứ tự» in it

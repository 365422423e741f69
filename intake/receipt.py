"""The receipt: the small one the kiosk prints, and form 01 of the law, from the same frozen facts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from intake.language import marked, say
from intake.paper import (
    Banner,
    Block,
    Code,
    Divider,
    Field,
    Heading,
    Letterhead,
    Paper,
    Qr,
    Rows,
    Signatures,
    Text,
)
from intake.rules.calendar import VIETNAM
from intake.rules.codes import grouped
from intake.rules.form_sets import Form, FormSet, form_set_of, title_of
from intake.rules.papers_proof import grouped_hash
from intake.rules.people import masked_name
from intake.rules.text import clock, long_date, money

NO_DATE = marked("Cơ quan sẽ báo khi có kết quả")
MOST_PAGES_TOLD = 24
COPY_MARKS = {1: "Liên 1: Lưu", 2: "Liên 2: Giao khách hàng"}


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
    papers: tuple[tuple[str, str, int], ...]  # (name, kind «Bản chính», count); count 0 when only shown
    sets: int
    term_words: str  # "05 ngày làm việc"
    received_at: datetime
    due_at: datetime | None  # what the law allows
    promised_at: datetime | None  # what the office promises, never after due_at
    same_day: bool  # promised for the very day of receipt
    collect_words: str  # how the result is taken: "Nhận tại quầy"
    collect_at: str  # where: "Quầy 3, Trung tâm …, số 5 phố …"
    fee_words: str  # "8.000 đồng", "Không thu phí", "Báo tại quầy"
    fee_paid_words: str  # "chưa nộp", "đã nộp"; "" when there is nothing to pay
    hotline: str
    qr_address: str  # what the QR holds
    officer_name: str = ""  # "" when the kiosk accepted
    bring_words: str = ""  # a sentence without its stop: "Mang theo biên nhận này và thẻ căn cước"
    register_book: str = ""  # «Quyển số» of the register, form 07
    register_no: str = ""  # «Số thứ tự» in it
    note: str = ""  # the office's own line
    day_words: str = ""  # what kind of day it was: «Thứ Năm không giấy, không hẹn»
    no_appointment: bool = False  # such a day promised the result for today: form 01 makes no appointment
    waits: bool = False  # and the person waits for it
    scans: tuple[str, ...] = ()  # names of papers the counter scans and gives back
    files: tuple[tuple[str, tuple[str, ...]], ...] = ()  # attached: name of the paper, hash of each page
    papers_hash: str = ""  # over all of them; "" when none was attached
    pay_code: str = ""  # what the QR of the fee holds; "" when there is none to pay by
    pay_to: str = ""  # bank, account and holder
    pay_purpose: str = ""  # what the transfer must say
    exemption: str = ""  # the group of the tariff that was claimed


def kiosk_receipt(facts: ReceiptFacts, *, paying: bool = True) -> Paper:
    """What the kiosk prints and shows: code and QR first, the name masked, never a citizen number.

    ``paying`` False leaves the QR of the fee out, where the screen has it beside.
    """
    return Paper(
        say("Biên nhận hồ sơ {code}", code=facts.dossier_code),
        (
            Heading(say("BIÊN NHẬN HỒ SƠ")),
            Text(facts.office_name, small=True, centred=True),
            Code(say("Mã hồ sơ"), grouped(facts.dossier_code)),
            Qr(facts.qr_address, say("Quét mã để xem tình trạng hồ sơ")),
            Divider(),
            Field(say("Thủ tục"), facts.procedure_title),
            Field(say("Người nộp"), masked_name(facts.applicant_name)),
            Field(say("Tiếp nhận"), moment_short(facts.received_at)),
            *_promise(facts),
            *told(
                Field(say("Kết quả"), _joined(", ", say(facts.collect_words), facts.collect_at)),
                Field(say("Giấy đã gửi"), _attached(facts)),
                Field(say("Giấy cần quét"), _to_scan(facts)),
                Field(say("Phí, lệ phí"), _joined(" · ", _money(facts.fee_words), say(facts.fee_paid_words))),
                Field(say("Miễn, giảm"), _to_prove(facts)),
                Field(say("Hỏi thêm"), facts.hotline),
            ),
            *(_pay(facts) if paying else ()),
            *_proof(facts),
            Divider(),
            *([Text(f"{say(facts.bring_words)}.", centred=True)] if facts.bring_words else []),
            *([Text(facts.note, centred=True)] if facts.note else []),
            Text(say("Mã QR không chứa thông tin cá nhân."), small=True, centred=True),
        ),
    )


def form_01(facts: ReceiptFacts, *, copy: int = 2) -> Paper:
    """«Giấy tiếp nhận hồ sơ và hẹn trả kết quả»: copy 1 stays with the dossier, copy 2 goes to the applicant.

    The form of 2018, for dossiers of its time, asked neither for a citizen
    number nor for fees.

    Source: Thông tư 03/2025/TT-VPCP, Phụ lục I, Mẫu số 01; Thông tư 01/2018/TT-VPCP, Mẫu số 01.
    """
    received = facts.received_at.astimezone(VIETNAM)
    form_set = form_set_of(received.date(), Form.RECEIPT)
    title = title_of(Form.RECEIPT, form_set)
    newer = form_set is not FormSet.TT01_2018
    return Paper(
        f"{title.words} {facts.dossier_code}",
        (
            letterhead(facts, f"{facts.receipt_no}/{title.suffix}", on=facts.received_at),
            Heading(title.words.upper()),
            Text(COPY_MARKS[copy], centred=True),
            Code("Mã hồ sơ", grouped(facts.dossier_code)),
            Qr(facts.qr_address, "Quét mã để xem tình trạng hồ sơ"),
            *told(
                Field("Bộ phận tiếp nhận và trả kết quả", facts.office_name),
                Field("Tiếp nhận hồ sơ của", facts.applicant_name, strong=True),
                Field("Số định danh cá nhân", facts.citizen_id if newer else ""),
                Field("Địa chỉ", facts.address),
                Field("Số điện thoại", facts.phone),
                Field("Email", facts.email),
                Field("Nội dung yêu cầu giải quyết", facts.procedure_name),
            ),
            *_papers(facts),
            *told(
                Field("Mã kiểm chứng bản điện tử (SHA-256)", grouped_hash(facts.papers_hash)),
                Field("Số lượng hồ sơ", f"{facts.sets:02} bộ"),
                Field("Thời gian giải quyết theo quy định", facts.term_words),
                Field("Thời gian nhận hồ sơ", moment_in_full(facts.received_at)),
                Field("Thời gian trả kết quả", _returned(facts), strong=True),
                Field("Đăng ký nhận kết quả", _joined(", ", facts.collect_words, facts.collect_at)),
                Field("Phí, lệ phí", _joined(" · ", facts.fee_words, facts.fee_paid_words) if newer else ""),
                Field("Miễn, giảm", _to_prove(facts)),
                Field("Vào Sổ theo dõi hồ sơ", _register(facts)),
            ),
            Signatures(
                (("Người nộp hồ sơ", facts.applicant_name), ("Người tiếp nhận hồ sơ", facts.officer_name))
            ),
            *_notes(facts),
            *(_pay(facts) if copy == 2 else ()),
        ),
    )


class Issuer(Protocol):
    """The office an official paper comes from."""

    @property
    def office_name(self) -> str: ...
    @property
    def office_place(self) -> str: ...
    @property
    def agency_name(self) -> str: ...


def letterhead(issuer: Issuer, number: str, *, on: datetime | None) -> Letterhead:
    """The head of every form; ``number`` is «18/TNHS», "" where it has none; ``on`` None leaves room."""
    day = on.astimezone(VIETNAM) if on else None
    dated = f"ngày {day:%d} tháng {day:%m} năm {day:%Y}" if day else "ngày …… tháng …… năm ………"
    return Letterhead(
        agency=issuer.agency_name.upper(),
        office=issuer.office_name,
        number=f"Số: {number}" if number else "",
        dated=f"{_short_place(issuer.office_place)}, {dated}",
    )


def _short_place(place: str) -> str:
    """«Hạc Thành» of «Phường Hạc Thành, tỉnh Thanh Hóa», as a date line says it."""
    name = place.partition(",")[0].strip()
    return re.sub(r"^(phường|xã|đặc khu)\s+", "", name, flags=re.IGNORECASE)


def _promise(facts: ReceiptFacts) -> tuple[Block, ...]:
    if facts.promised_at is None:
        return (Field(say("Hẹn trả"), say(NO_DATE), strong=True),)
    if facts.same_day:
        return (
            Banner(say("TRẢ NGAY HÔM NAY")),
            *([Text(facts.day_words, strong=True, centred=True)] if facts.no_appointment else []),
            _today(facts, facts.promised_at),
        )
    return (Field(say("Hẹn trả"), moment_short(facts.promised_at), strong=True),)


def _today(facts: ReceiptFacts, promised_at: datetime) -> Field:
    label, at = say("Trả kết quả") if facts.no_appointment else say("Hẹn trả"), clock(promised_at)
    if facts.waits:
        return Field(label, say("Xin chờ tại chỗ, có kết quả trước {time}", time=at), strong=True)
    return Field(label, say("trước {time} hôm nay", time=at), strong=True)


def _pay(facts: ReceiptFacts) -> tuple[Block, ...]:
    """What a phone with the app of any bank needs; the words are for whoever types them."""
    if not facts.pay_code:
        return ()
    return (
        Divider(),
        Text(f"Nộp {facts.fee_words} bằng ứng dụng ngân hàng", strong=True, centred=True),
        Qr(facts.pay_code, "Quét để nộp phí, lệ phí"),
        *told(Field("Đến", facts.pay_to), Field("Nội dung", facts.pay_purpose)),
        Text("Không đổi số tiền và nội dung. Quét mã xem tình trạng hồ sơ để biết tiền đã đến.", small=True),
    )


def _money(words: str) -> str:
    """What was written of a fee, in the language at hand."""
    digits = words.removesuffix(" đồng").replace(".", "")
    return money(int(digits)) if digits.isdecimal() else say(words)


def _to_prove(facts: ReceiptFacts) -> str:
    if not facts.exemption:
        return ""
    return say("{exemption}; mang giấy tờ chứng minh", exemption=say(facts.exemption))


def _attached(facts: ReceiptFacts) -> str:
    pages = sum(len(pages) for _, pages in facts.files)
    return say("{papers} giấy, {pages} trang", papers=len(facts.files), pages=pages) if facts.files else ""


def _proof(facts: ReceiptFacts) -> tuple[Block, ...]:
    """What proves later which pages were handed in; of many pages the hash of the set stands for all."""
    if not facts.papers_hash:
        return ()
    pages = [
        say("{paper}, trang {page}: {hash}", paper=name, page=number, hash=grouped_hash(told, upto=16))
        for name, hashes in facts.files
        for number, told in enumerate(hashes, start=1)
    ]
    left = len(pages) - MOST_PAGES_TOLD
    return (
        Divider(),
        Text(say("Mã kiểm chứng giấy đã gửi (SHA-256)"), strong=True),
        *(Text(words, small=True) for words in pages[:MOST_PAGES_TOLD]),
        *([Text(say("… và {left} trang nữa", left=left), small=True)] if left > 0 else []),
        Text(say("Cả bộ: {hash}", hash=grouped_hash(facts.papers_hash)), small=True),
    )


def _to_scan(facts: ReceiptFacts) -> str:
    if not facts.scans:
        return ""
    return say("{count} giấy, cán bộ quét tại quầy rồi trả lại ngay", count=len(facts.scans))


def _returned(facts: ReceiptFacts) -> str:
    when = moment_in_full(facts.promised_at)
    return f"Trả trong ngày, không hẹn: trước {when}" if facts.no_appointment else when


def _papers(facts: ReceiptFacts) -> tuple[Block, ...]:
    if not facts.papers and not facts.files:
        return (Field("Thành phần hồ sơ", "Không phải nộp giấy tờ"),)
    brought = [(name, kind, str(count) if count else "–") for name, kind, count in facts.papers]
    brought += [(name, "Bản điện tử", f"{len(pages)} trang") for name, pages in facts.files]
    rows = tuple((str(number), *paper) for number, paper in enumerate(brought, start=1))
    return (
        Text("Thành phần hồ sơ, yêu cầu và số lượng mỗi loại giấy tờ", strong=True),
        Rows(("STT", "Tên giấy tờ", "Loại", "Số lượng"), rows),
    )


def _notes(facts: ReceiptFacts) -> tuple[Text, ...]:
    notes = (
        "Giấy này lập thành hai liên: một liên lưu cùng hồ sơ, một liên giao người nộp hồ sơ.",
        "Kết quả có thể nhận tại nơi tiếp nhận hoặc qua dịch vụ bưu chính công ích.",
        f"{facts.bring_words} khi nhận kết quả." if facts.bring_words else "",
        f"Cần hỏi thêm, gọi {facts.hotline}." if facts.hotline else "",
        facts.note,
    )
    return (Text("Ghi chú: " + " ".join(filter(None, notes)), small=True),)


def _register(facts: ReceiptFacts) -> str:
    if not facts.register_no:
        return ""
    return f"Quyển số {facts.register_book or '……'}, số thứ tự {facts.register_no}"


def told(*fields: Field) -> tuple[Field, ...]:
    """The fields that say something."""
    return tuple(field for field in fields if field.value)


def _joined(between: str, *words: str) -> str:
    return between.join(filter(None, words))


def moment_short(moment: datetime) -> str:
    """«08:51 · Thứ Năm, 26/11/2026»."""
    return f"{clock(moment)} · {long_date(moment.astimezone(VIETNAM).date())}"


def moment_in_full(moment: datetime | None) -> str:
    """«08 giờ 51 phút, ngày 26 tháng 11 năm 2026», as the form asks."""
    if moment is None:
        return NO_DATE
    return f"{moment.astimezone(VIETNAM):%H giờ %M phút, ngày %d tháng %m năm %Y}"

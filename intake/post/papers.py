"""The papers of a postal item: the sender's receipt, the slip inside with the dossier, the label outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.keys import Keys
from intake.paper import Barcode, Block, Code, Divider, Field, Heading, Paper, Qr, Rows, Signatures, Text
from intake.post.contents import Addressed, Sent, addressed_of, sent_of
from intake.receipt import moment_short, told
from intake.records import Office, PostalItem, PostalMoney
from intake.rules.codes import spoken_item
from intake.rules.definitions import procedure_from
from intake.rules.people import masked_citizen_id, masked_phone
from intake.rules.post_checklist import KINDS, asked, counted
from intake.rules.post_intake import PAYERS
from intake.rules.post_money import CHARGE, FEE
from intake.rules.procedures import Procedure, Requirement
from intake.rules.receipt_code import address
from intake.rules.tariffs import ZONES
from intake.rules.text import money
from intake.rules.wording import COLLECTION

RECEIPT, SLIP, SENDERS_SLIP, LABEL = "receipt", "slip", "slip_copy", "label"  # as errands call them
COPY_MARKS = {1: "Liên 1: Đi cùng hồ sơ", 2: "Liên 2: Người gửi giữ"}
LONGEST_BARS = 24  # signs; the bars of a longer number are too fine to be scanned from a label


@dataclass(frozen=True)
class ItemFacts:
    """All that the papers of an item on its way in say; plain values, "" leaves a line out."""

    item_number: str
    office_name: str
    office_place: str
    hotline: str
    post_office: str
    clerk: str
    procedure_title: str
    procedure_name: str
    procedure_code: str
    sender: str  # in full, for the slip
    masked_sender: str
    citizen_id: str  # masked already
    phone: str  # masked already
    sender_address: str
    papers: tuple[tuple[str, str, int], ...]  # (name, kind «Bản chính», count); 0 where it is not paper
    collect_words: str
    collect_address: str
    seal_number: str
    witnessed: bool
    weight_words: str
    charge_words: str
    charge_receipt: str
    fee_words: str
    fee_receipt: str
    taken_at: datetime
    qr_address: str


def item_receipt(session: Session, item: PostalItem, *, keys: Keys) -> Paper:
    """«Biên nhận bưu gửi», for whoever sent it; of them it tells initials and a first name, no more."""
    return receipt_paper(facts_of_item(session, item, keys))


def sending_slip(session: Session, item: PostalItem, *, keys: Keys, copy: int = 1) -> Paper:
    """«Phiếu gửi hồ sơ»: copy 1 goes with the dossier, copy 2 stays with the sender."""
    return slip_paper(facts_of_item(session, item, keys), copy=copy)


def item_label(session: Session, item: PostalItem, *, keys: Keys) -> Paper:
    """What is stuck on the envelope, on its way in or home."""
    if item.direction == "home":
        return label_home(
            item.item_number,
            addressed_of(item, keys),
            office_name=item.office.name,
            post_office=item.point.name,
            seal_number=item.seal_number,
            taken_at=item.taken_at,
        )
    return label_in(facts_of_item(session, item, keys))


def paper_of_item(session: Session, item: PostalItem, which: str, *, keys: Keys) -> Paper:
    """By the name that an errand has for it: RECEIPT, SLIP, SENDERS_SLIP or LABEL."""
    match which:
        case "receipt":
            return item_receipt(session, item, keys=keys)
        case "slip":
            return sending_slip(session, item, keys=keys)
        case "slip_copy":
            return sending_slip(session, item, keys=keys, copy=2)
        case "label":
            return item_label(session, item, keys=keys)
        case _:
            raise ValueError(f"no paper of an item: {which}")


def facts_of_item(session: Session, item: PostalItem, keys: Keys) -> ItemFacts:
    """Of an item on its way in."""
    sent, office = sent_of(item, keys), item.office
    procedure = procedure_from(item.procedure_version.definition)
    receipts = _receipt_numbers(session, item)
    applicant = sent.applicant
    return ItemFacts(
        item_number=item.item_number,
        office_name=office.name,
        office_place=_place(office),
        hotline=office.hotline,
        post_office=item.point.name,
        clerk=item.clerk.name if item.clerk else "",
        procedure_title=procedure.title,
        procedure_name=procedure.name,
        procedure_code=procedure.code,
        sender=applicant.name,
        masked_sender=item.masked_name,
        citizen_id=masked_citizen_id(applicant.citizen_id) if applicant.citizen_id else "",
        phone=masked_phone(applicant.phone) if applicant.phone else "",
        sender_address=applicant.address,
        papers=_papers(procedure, sent),
        collect_words=COLLECTION[sent.collection.how],
        collect_address=sent.collection.address,
        seal_number=item.seal_number,
        witnessed=item.witnessed,
        weight_words=f"{item.grams} g · {ZONES.get(item.zone, item.zone)}",
        charge_words=f"{money(item.charge)}, {PAYERS[item.payer].lower()}",
        charge_receipt=receipts.get(CHARGE, ""),
        fee_words=_fee_words(item.fee),
        fee_receipt=receipts.get(FEE, ""),
        taken_at=item.taken_at,
        qr_address=address(sent.base_url, item.receipt_payload),
    )


def receipt_paper(facts: ItemFacts) -> Paper:
    return Paper(
        f"Biên nhận bưu gửi {facts.item_number}",
        (
            Heading("BIÊN NHẬN BƯU GỬI"),
            Text(facts.post_office, small=True, centred=True),
            Code("Số hiệu bưu gửi", (spoken_item(facts.item_number),)),
            Qr(facts.qr_address, "Quét mã để xem hồ sơ đi đến đâu"),
            Divider(),
            Field("Thủ tục", facts.procedure_title),
            Field("Người gửi", facts.masked_sender),
            Field("Gửi đến", facts.office_name),
            Field("Nhận lúc", moment_short(facts.taken_at)),
            *told(
                Field("Giấy tờ", _papers_words(facts)),
                Field("Niêm phong", facts.seal_number),
                Field("Kết quả", facts.collect_words),
                Field("Cước bưu chính", facts.charge_words, strong=True),
                Field("Phí, lệ phí", facts.fee_words, strong=True),
                Field("Hỏi thêm", facts.hotline),
            ),
            *_receipts(facts),
            Divider(),
            Text("Thời hạn giải quyết tính từ khi Trung tâm nhận đủ hồ sơ.", centred=True),
            Text("Mã QR không chứa thông tin cá nhân.", small=True, centred=True),
        ),
    )


def slip_paper(facts: ItemFacts, *, copy: int = 1) -> Paper:
    """What both sides sign; its layout is the operator's to set, this one is ours.

    Source: Quyết định 45/2016/QĐ-TTg.
    """
    witnessed = "trước mặt người gửi" if facts.witnessed else ""
    return Paper(
        f"Phiếu gửi hồ sơ {facts.item_number}",
        (
            Heading("PHIẾU GỬI HỒ SƠ"),
            Text(COPY_MARKS[copy], centred=True),
            *_bars(facts.item_number),
            *told(
                Field("Bưu cục nhận gửi", facts.post_office),
                Field("Nhận lúc", moment_short(facts.taken_at)),
                Field("Người gửi", facts.sender, strong=True),
                Field("Số định danh", facts.citizen_id),
                Field("Điện thoại", facts.phone),
                Field("Địa chỉ", facts.sender_address),
                Field("Cơ quan nhận", f"{facts.office_name}, {facts.office_place}"),
                Field("Thủ tục", f"{facts.procedure_name} ({facts.procedure_code})"),
            ),
            *_list(facts),
            *told(
                Field("Niêm phong", _joined(facts.seal_number, witnessed)),
                Field("Khối lượng, vùng", facts.weight_words),
                Field("Cước bưu chính", facts.charge_words),
                Field("Phí, lệ phí", facts.fee_words),
                Field("Nhận kết quả", _joined(facts.collect_words, facts.collect_address)),
            ),
            *_receipts(facts),
            Signatures((("Người gửi", facts.sender), ("Nhân viên bưu điện", facts.clerk))),
            Text(
                "Nhân viên bưu điện đếm giấy tờ theo danh mục đã công bố, không thẩm định nội dung.",
                small=True,
            ),
        ),
    )


def label_in(facts: ItemFacts) -> Paper:
    return Paper(
        f"Nhãn bưu gửi {facts.item_number}",
        (
            Heading("HỒ SƠ HÀNH CHÍNH"),
            *_bars(facts.item_number),
            Field("Nơi nhận", facts.office_name, strong=True),
            *told(Field("Địa chỉ", facts.office_place, strong=True)),
            Divider(),
            Field("Nơi gửi", f"{facts.post_office} · {facts.masked_sender}"),
            Field("Thủ tục", facts.procedure_code),
            *told(
                Field("Khối lượng", facts.weight_words),
                Field("Niêm phong", facts.seal_number),
                Field("Ngày gửi", moment_short(facts.taken_at)),
            ),
            Qr(facts.item_number),
        ),
    )


def label_home(
    item_number: str,
    to: Addressed,
    *,
    office_name: str,
    post_office: str,
    seal_number: str,
    taken_at: datetime,
) -> Paper:
    """Outside on a result: whoever brings it needs name, address and telephone in full."""
    return Paper(
        f"Nhãn bưu gửi {item_number}",
        (
            Heading("KẾT QUẢ HÀNH CHÍNH"),
            *_bars(item_number),
            Field("Người nhận", to.name, strong=True),
            Field("Địa chỉ", to.address, strong=True),
            *told(Field("Điện thoại", to.phone, strong=True)),
            Divider(),
            Field("Nơi gửi", office_name),
            *told(Field("Bưu cục phát", post_office), Field("Niêm phong", seal_number)),
            Field("Ngày gửi", moment_short(taken_at)),
            Qr(item_number),
            Text("Chỉ giao cho người nhận đã chứng minh được mình.", small=True, centred=True),
        ),
    )


def _bars(item_number: str) -> tuple[Block, ...]:
    if len(item_number) > LONGEST_BARS:
        return (Code("Số hiệu bưu gửi", (item_number,)),)
    return (Barcode(item_number, spoken_item(item_number)),)


def _papers(procedure: Procedure, sent: Sent) -> tuple[tuple[str, str, int], ...]:
    rows: list[tuple[str, str, int]] = []
    for paper in asked(procedure, sent.answers):
        rows += _lines(paper, sent)
    return tuple(rows)


def _lines(paper: Requirement, sent: Sent) -> list[tuple[str, str, int]]:
    document = sent.documents.get(paper.key) or {}
    match document.get("how", ""):
        case "paper":
            numbers = counted(document).items()
            return [(paper.name, KINDS[kind].capitalize(), number) for kind, number in numbers]
        case "state":
            return [(paper.name, "Nhà nước đã có", 0)]
        case "electronic":
            return [(paper.name, "Bản điện tử", 0)]
        case "not_applicable":
            return [(paper.name, "Không thuộc trường hợp", 0)]
        case _:
            return []


def _list(facts: ItemFacts) -> tuple[Block, ...]:
    if not facts.papers:
        return (Field("Giấy tờ", "Không có"),)
    rows = tuple(
        (str(number), name, kind, str(count) if count else "–")
        for number, (name, kind, count) in enumerate(facts.papers, start=1)
    )
    return (Text("Giấy tờ đã đếm", strong=True), Rows(("STT", "Tên giấy tờ", "Loại", "Số bản"), rows))


def _receipts(facts: ItemFacts) -> tuple[Text, ...]:
    """A line of their own each: numbers are long, and nobody reads half of one."""
    lines = (("Biên lai cước", facts.charge_receipt), ("Biên lai phí, lệ phí", facts.fee_receipt))
    return tuple(Text(f"{words} {number}", small=True) for words, number in lines if number)


def _papers_words(facts: ItemFacts) -> str:
    counts = [count for _, _, count in facts.papers if count]
    return f"{sum(counts)} bản, xem phiếu gửi" if counts else ""


def _receipt_numbers(session: Session, item: PostalItem) -> dict[str, str]:
    """The numbers of what was taken for it, by account."""
    lines = session.scalars(select(PostalMoney).filter_by(item_id=item.id, corrects_id=None))
    return {line.account: line.receipt_no for line in lines}


def _fee_words(fee: int | None) -> str:
    if fee is None:
        return "nộp tại Trung tâm"
    return money(fee) if fee else "Không thu"


def _place(office: Office) -> str:
    """«Quầy số 2, tầng 1, Hạc Thành»: a counter alone is nowhere."""
    return (
        office.collect_at if office.place in office.collect_at else _joined(office.collect_at, office.place)
    )


def _joined(*words: str) -> str:
    return ", ".join(filter(None, words))

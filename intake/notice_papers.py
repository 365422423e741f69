"""Forms 02 to 05 as papers: the official one for a sheet, a summary to carry away for a roll.

The authentic layouts of the annex were not available to us; the fields are
those of forms in use. See docs/sources.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from intake.notice_facts import PROMISE, NoticeFacts, NoticeItem
from intake.paper import (
    Banner,
    Block,
    Code,
    Divider,
    Field,
    Heading,
    Paper,
    Qr,
    Rows,
    Signatures,
    Text,
)
from intake.receipt import letterhead, moment_in_full, moment_short, told
from intake.rules.codes import grouped
from intake.rules.form_sets import Form, FormSet, Title, title_of
from intake.rules.lifecycle import Status
from intake.rules.people import masked_name

DRAFT = "BẢN DỰ THẢO, CHƯA BAN HÀNH"
HEAD = "(Ký, ghi rõ họ tên, đóng dấu)"
STAGES: Mapping[str, str] = {"intake": "Tiếp nhận hồ sơ", "appraisal": "Thẩm định hồ sơ"}
STATUSES: Mapping[str, str] = {
    Status.RECEIVED: "Đã nộp, chưa kiểm tra",
    Status.IN_PROGRESS: "Đang giải quyết",
    Status.AWAITING_SUPPLEMENT: "Đang chờ bổ sung",
}


def paper_of_notice(facts: NoticeFacts, number: int | None) -> Paper:
    """The form these facts belong to, in the words of its set; without a number it is marked as a draft.

    Source: Thông tư 03/2025/TT-VPCP, Phụ lục I, Mẫu số 02 to 05; Thông tư 01/2018/TT-VPCP.
    """
    title = _title(facts)
    shown = f"{number}/{title.suffix}" if number else f"……/{title.suffix}"
    return Paper(
        _job(title, facts),
        (
            *([] if number else [Banner(DRAFT)]),
            letterhead(facts, shown, on=facts.issued_at),
            Heading(title.words.upper()),
            *_BODIES[Form(facts.form)](facts),
        ),
    )


def slip_of_notice(facts: NoticeFacts, number: int | None, qr_address: str) -> Paper:
    """What somebody takes home from a till roll: the name masked, never a citizen number."""
    title = _title(facts)
    return Paper(
        _job(title, facts),
        (
            *([] if number else [Banner(DRAFT)]),
            Heading(title.words.upper()),
            Text(facts.office_name, small=True, centred=True),
            Text(f"Số: {number or '……'}/{title.suffix}", centred=True),
            Code("Mã hồ sơ", grouped(facts.dossier_code)),
            Qr(qr_address, "Quét mã để xem tình trạng hồ sơ"),
            Divider(),
            Field("Thủ tục", facts.procedure_name),
            Field("Người nộp", masked_name(facts.applicant_name)),
            *_SLIPS[Form(facts.form)](facts),
            Divider(),
            Text("Bản in đầy đủ theo mẫu: hỏi tại quầy.", small=True, centred=True),
            Text("Mã QR không chứa thông tin cá nhân.", small=True, centred=True),
        ),
    )


def _title(facts: NoticeFacts) -> Title:
    """Of the form; an apology within the law asks for no extension."""
    title = title_of(facts.form, facts.form_set)
    if facts.stage != PROMISE:
        return title
    return replace(title, words="Văn bản xin lỗi và hẹn lại thời gian trả kết quả")


def _job(title: Title, facts: NoticeFacts) -> str:
    return f"{title.words} {facts.dossier_code}"


# --- on a sheet ---


def _supplement_request(facts: NoticeFacts) -> tuple[Block, ...]:
    return (
        *_whose(facts, "Tiếp nhận hồ sơ của"),
        *told(Field("Giai đoạn", STAGES.get(facts.stage, ""))),
        Text("Nội dung cần hoàn thiện", strong=True),
        *_items(facts.items),
        *told(
            Field("Lý do", _reason(facts)),
            Field("Căn cứ", facts.legal_basis),
            Field("Hạn bổ sung, hoàn thiện", moment_in_full(facts.until) if facts.until else "", strong=True),
            Field("Nơi nộp bổ sung", facts.collect_at),
        ),
        Text(_guidance(facts)),
        Text(
            "Thời gian giải quyết tạm dừng từ khi có phiếu này đến khi hồ sơ được bổ sung đầy đủ.", small=True
        ),
        Signatures((("Người duyệt", _other(facts)), ("Người hướng dẫn", facts.officer_name)))
        if _other(facts)
        else Signatures((("Người hướng dẫn", facts.officer_name),)),
    )


def _refusal_notice(facts: NoticeFacts) -> tuple[Block, ...]:
    return (
        *_whose(facts, "Tiếp nhận hồ sơ của"),
        Text(
            f"Qua xem xét, {facts.office_name} thông báo không tiếp nhận, giải quyết hồ sơ này"
            " với lý do cụ thể như sau:"
        ),
        *told(
            Field("Lý do không tiếp nhận", _reason(facts), strong=True),
            Field("Căn cứ", facts.legal_basis),
        ),
        *_returned(facts),
        Text(_guidance(facts)),
        Signatures(
            (
                ("Người nộp hồ sơ", facts.applicant_name),
                ("Cán bộ tiếp nhận", facts.signer_name or facts.officer_name),
            )
        ),
    )


def _apology(facts: NoticeFacts) -> tuple[Block, ...]:
    if facts.stage == PROMISE:
        return _broken_promise(facts)
    old = facts.form_set == FormSet.TT01_2018
    wish = "hẹn lại thời gian trả kết quả" if old else "đề nghị gia hạn thời gian giải quyết"
    return (
        *_addressee(facts),
        Text(
            f"Lúc {moment_in_full(facts.received_at)}, {facts.office_name} tiếp nhận hồ sơ"
            f" của Ông/Bà về việc: {facts.procedure_name}."
        ),
        *told(
            Field("Mã hồ sơ", facts.dossier_code, strong=True),
            Field("Thời gian hẹn trả kết quả", moment_in_full(facts.due_at)),
            Field(
                "Đã được dời đến",
                moment_in_full(facts.deadline_at) if facts.deadline_at != facts.due_at else "",
            ),
        ),
        Text("Hồ sơ đã được chuyển đến cơ quan giải quyết nhưng chưa thể trả kết quả đúng thời gian đã hẹn."),
        *told(Field("Lý do", _reason(facts)), Field("Căn cứ", facts.legal_basis)),
        Text(f"{facts.agency_name} xin lỗi Ông/Bà vì sự chậm trễ này và {wish}."),
        Field("Thời gian trả kết quả mới", moment_in_full(facts.until), strong=True),
        Field("Số lần đã gia hạn trước đây", str(facts.extensions_before or "chưa có")),
        Text("Rất mong nhận được sự thông cảm của Ông/Bà. " + _guidance(facts)),
        _by_the_head(facts),
    )


def _broken_promise(facts: NoticeFacts) -> tuple[Block, ...]:
    """No extension: the law's moment has not come."""
    return (
        *_addressee(facts),
        Text(
            f"Lúc {moment_in_full(facts.received_at)}, {facts.office_name} tiếp nhận hồ sơ"
            f" của Ông/Bà về việc: {facts.procedure_name}."
        ),
        *told(
            Field("Mã hồ sơ", facts.dossier_code, strong=True),
            Field("Đã hẹn trả kết quả", moment_in_full(facts.expected_at)),
            Field(
                "Thời hạn giải quyết theo quy định",
                moment_in_full(facts.deadline_at) if facts.deadline_at else "",
            ),
            Field("Lý do", _reason(facts)),
            Field("Căn cứ", facts.legal_basis),
        ),
        Text(f"{facts.agency_name} xin lỗi Ông/Bà vì đã không trả kết quả đúng lời hẹn."),
        Field("Thời gian trả kết quả mới", moment_in_full(facts.until), strong=True),
        Text("Hồ sơ vẫn trong thời hạn giải quyết theo quy định; đây không phải là gia hạn."),
        Text("Rất mong nhận được sự thông cảm của Ông/Bà. " + _guidance(facts)),
        _by_the_head(facts),
    )


def _stop_notice(facts: NoticeFacts) -> tuple[Block, ...]:
    asked = moment_in_full(facts.requested_at) if facts.requested_at else ""
    return (
        *_addressee(facts),
        *told(
            Field("Mã hồ sơ", facts.dossier_code, strong=True),
            Field("Nội dung yêu cầu giải quyết", facts.procedure_name),
            Field("Thời gian nhận hồ sơ", moment_in_full(facts.received_at)),
            Field("Người đề nghị dừng", facts.requested_by),
            Field("Thời gian đề nghị", asked),
            Field("Xác nhận người đề nghị", facts.proof_words),
            Field("Quyết định", facts.decision),
            Field("Giai đoạn giải quyết khi dừng", STATUSES.get(facts.status_before, facts.status_before)),
        ),
        Text(
            f"{facts.office_name} thông báo dừng giải quyết hồ sơ này."
            " Đến thời điểm dừng, hồ sơ chưa có quyết định về kết quả giải quyết."
        ),
        *told(
            Field("Lý do", _reason(facts), strong=True),
            Field("Căn cứ", facts.legal_basis),
            Field("Phí, lệ phí", facts.fees_words),
        ),
        *_returned(facts),
        Text(_guidance(facts)),
        _by_the_head(facts),
    )


def _whose(facts: NoticeFacts, label: str) -> tuple[Field, ...]:
    return told(
        Field("Mã hồ sơ", facts.dossier_code, strong=True),
        Field(label, facts.applicant_name, strong=True),
        Field("Số định danh cá nhân", facts.citizen_id),
        Field("Địa chỉ", facts.address),
        Field("Số điện thoại", facts.phone),
        Field("Email", facts.email),
        Field("Nội dung yêu cầu giải quyết", facts.procedure_name),
        Field("Thời gian nhận hồ sơ", moment_in_full(facts.received_at)),
    )


def _addressee(facts: NoticeFacts) -> tuple[Block, ...]:
    return (
        Text(f"Kính gửi: {facts.applicant_name}", strong=True, centred=True),
        *told(
            Field("Địa chỉ", facts.address),
            Field("Số điện thoại", facts.phone),
            Field("Email", facts.email),
        ),
    )


def _items(items: tuple[NoticeItem, ...]) -> tuple[Block, ...]:
    if not items:
        return ()
    rows = tuple(
        (
            str(number),
            item.name,
            item.wrong,
            *(f"{count:02}" if count else "–" for count in _counts(item)),
        )
        for number, item in enumerate(items, start=1)
    )
    columns = (
        "TT",
        "Thành phần hồ sơ",
        "Nội dung cần hoàn thiện",
        "Bản chính",
        "Bản chứng thực",
        "Bản photo",
    )
    return (Rows(columns, rows, shares=(6, 30, 30, 11, 12, 11)),)


def _counts(item: NoticeItem) -> tuple[int, int, int]:
    return item.originals, item.certified_copies, item.copies


def _returned(facts: NoticeFacts) -> tuple[Block, ...]:
    """The papers given back with the notice."""
    if not facts.returned_papers:
        return ()
    return (Field("Giấy tờ trả lại", "; ".join(facts.returned_papers)),)


def _by_the_head(facts: NoticeFacts) -> Signatures:
    copies = ("- Như trên;", f"- {facts.office_name};", "- Lưu: VT, hồ sơ.")
    return Signatures((("THỦ TRƯỞNG CƠ QUAN", facts.signer_name),), hint=HEAD, copies_to=copies)


def _other(facts: NoticeFacts) -> str:
    """Who approved it, when that is not who wrote it."""
    return facts.signer_name if facts.signer_name != facts.officer_name else ""


def _reason(facts: NoticeFacts) -> str:
    """The listed reason, then the officer's own words."""
    return ". ".join(words.rstrip(".") for words in (facts.reason_words, facts.reason_text) if words)


def _guidance(facts: NoticeFacts) -> str:
    """Whom to ask, in a sentence; "" when nobody is named."""
    asked = ", điện thoại ".join(filter(None, (facts.guide_name, facts.guide_phone or facts.hotline)))
    if not asked:
        return "Cần hỏi thêm, Ông/Bà liên hệ nơi đã nộp hồ sơ."
    return f"Cần tra cứu quy định hoặc hỏi thêm, Ông/Bà liên hệ {asked}."


# --- on a roll ---


def _supplement_slip(facts: NoticeFacts) -> tuple[Block, ...]:
    return (
        Text("Cần bổ sung, hoàn thiện", strong=True),
        *(
            Text(f"{number}. {item.name}: {_wanted(item)}")
            for number, item in enumerate(facts.items, start=1)
        ),
        *told(
            Field("Lý do", _reason(facts)),
            Field("Trước", moment_short(facts.until) if facts.until else "", strong=True),
            Field("Nộp tại", facts.collect_at),
            Field("Hỏi thêm", _asked(facts)),
        ),
    )


def _refusal_slip(facts: NoticeFacts) -> tuple[Block, ...]:
    return told(
        Field("Không nhận vì", _reason(facts)),
        Field("Căn cứ", facts.legal_basis),
        Field("Trả lại", "; ".join(facts.returned_papers)),
        Field("Hỏi thêm", _asked(facts)),
    )


def _apology_slip(facts: NoticeFacts) -> tuple[Block, ...]:
    ours = facts.stage == PROMISE
    promised = facts.expected_at if ours else facts.due_at
    wrong = "không trả kết quả đúng lời hẹn" if ours else "trả kết quả chậm"
    return (
        Text(f"{facts.agency_name} xin lỗi Ông/Bà vì {wrong}.", strong=True),
        *told(
            Field("Đã hẹn", moment_short(promised) if promised else ""),
            Field("Lý do", _reason(facts)),
            Field("Hẹn lại", moment_short(facts.until) if facts.until else "", strong=True),
            Field("Hỏi thêm", _asked(facts)),
        ),
    )


def _stop_slip(facts: NoticeFacts) -> tuple[Block, ...]:
    return told(
        Field("Dừng từ", moment_short(facts.issued_at) if facts.issued_at else "", strong=True),
        Field("Lý do", _reason(facts)),
        Field("Quyết định", facts.decision),
        Field("Phí, lệ phí", facts.fees_words),
        Field("Trả lại", "; ".join(facts.returned_papers)),
        Field("Hỏi thêm", _asked(facts)),
    )


def _wanted(item: NoticeItem) -> str:
    kinds = zip(_counts(item), ("bản chính", "bản chứng thực", "bản photo"), strict=True)
    counted = ", ".join(f"{count} {kind}" for count, kind in kinds if count)
    return f"{item.wrong} ({counted})" if counted else item.wrong


def _asked(facts: NoticeFacts) -> str:
    return facts.guide_phone or facts.hotline


_BODIES: Mapping[Form, Callable[[NoticeFacts], tuple[Block, ...]]] = {
    Form.SUPPLEMENT_REQUEST: _supplement_request,
    Form.REFUSAL_NOTICE: _refusal_notice,
    Form.APOLOGY: _apology,
    Form.STOP_NOTICE: _stop_notice,
}
_SLIPS: Mapping[Form, Callable[[NoticeFacts], tuple[Block, ...]]] = {
    Form.SUPPLEMENT_REQUEST: _supplement_slip,
    Form.REFUSAL_NOTICE: _refusal_slip,
    Form.APOLOGY: _apology_slip,
    Form.STOP_NOTICE: _stop_slip,
}

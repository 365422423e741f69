"""The few Vietnamese phrases that stand on paper and on screen alike."""

from __future__ import annotations

from intake.rules.answers import Fault
from intake.rules.fees import Fee
from intake.rules.procedures import Term, TermUnit
from intake.rules.text import money
from intake.rules.waits import Wait, told

_UNITS = {
    TermUnit.WORKING_DAY: "ngày làm việc",
    TermUnit.WORKING_HOUR: "giờ làm việc",
    TermUnit.DAY: "ngày",
    TermUnit.HOUR: "giờ",
    TermUnit.MONTH: "tháng",
}
COLLECTION = {
    "counter_now": "Nhận tại quầy, chờ lấy trong ngày",
    "counter_later": "Nhận tại quầy, đến lấy theo ngày hẹn",
    "post": "Bưu điện mang đến địa chỉ đã đăng ký",
    "electronic": "Bản điện tử, gửi đến thư điện tử đã đăng ký",
}
LATER_TODAY = "Nhận tại quầy, quay lại lấy trong hôm nay"  # "counter_later" of a same-day result
# What everybody declares, whatever the procedure: a supplement may ask to mend it.
DECLARED = {
    "applicant.name": "Họ, chữ đệm và tên người nộp",
    "applicant.citizen_id": "Số định danh cá nhân người nộp",
    "applicant.address": "Địa chỉ người nộp",
    "applicant.phone": "Số điện thoại người nộp",
    "collection": "Cách nhận kết quả",
}

PRIORITY = {
    "elderly": "Người cao tuổi",
    "disabled": "Người khuyết tật",
    "pregnant": "Phụ nữ mang thai",
    "merit": "Người có công",
    "with_child": "Đi cùng trẻ dưới 36 tháng",
}

_WHO = {"mother": "mẹ", "father": "cha", "child": "cháu"}
_DOUBTS = {
    "other_sex": "Số định danh của {person} cho biết giới tính khác. Hãy xem lại số này.",
    "other_year": "Số định danh của {person} cho biết sinh năm {year}. Hãy xem lại số hoặc ngày sinh.",
    "parent_too_young": "Ngày sinh của {person} quá gần ngày sinh của cháu. Hãy xem lại ngày sinh.",
    "same_name": "Tên của {person} giống hệt tên của {other}. Hãy xem lại họ tên.",
}

CARD_DOUBTS = {
    "sex": "Giới tính đọc được trên thẻ không khớp với số định danh.",
    "born": "Năm sinh không khớp với số định danh.",
    "province": "Ba số đầu của số định danh không phải mã tỉnh nào đã biết.",
}


def term_words(term: Term) -> str:
    """«3 ngày làm việc»; a same-day term says its cut-off, an uncounted one its own text."""
    if term.unit is TermUnit.SAME_DAY:
        return f"Trong ngày; nhận từ {term.cutoff} thì trả vào ngày làm việc tiếp theo"
    if term.unit is TermUnit.OTHER:
        return term.note or "Cán bộ báo tại quầy"
    return f"{term.amount} {_UNITS[term.unit]}"


def fee_words(fee: Fee) -> str:
    """«8.000 đồng», «Không thu phí», or that the counter tells it."""
    if fee.amount is None:
        return "Cán bộ báo tại quầy"
    return money(fee.amount) if fee.amount else "Không thu phí"


def doubt_words(doubt: Fault) -> str:
    """A contradiction of intake.rules.relations in a sentence; it asks to look again and blames nobody."""
    people = {name: _WHO.get(str(fact), str(fact)) for name, fact in doubt.facts.items()}
    return _DOUBTS[doubt.code].format(**people)


def wait_words(estimate: Wait) -> str:
    """«khoảng 10 đến 20 phút», «dưới 5 phút»."""
    low, high = told(estimate)
    return f"dưới {high} phút" if low == 0 else f"khoảng {low} đến {high} phút"

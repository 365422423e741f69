"""The few Vietnamese phrases that stand on paper and on screen alike."""

from __future__ import annotations

from intake.language import marked, say
from intake.rules.answers import Fault
from intake.rules.fees import Fee
from intake.rules.procedures import Term, TermUnit
from intake.rules.text import money
from intake.rules.waits import Wait, told

_UNITS = {
    TermUnit.WORKING_DAY: marked("{count} ngày làm việc"),
    TermUnit.WORKING_HOUR: marked("{count} giờ làm việc"),
    TermUnit.DAY: marked("{count} ngày"),
    TermUnit.HOUR: marked("{count} giờ"),
    TermUnit.MONTH: marked("{count} tháng"),
}
COLLECTION = {
    "counter_now": marked("Nhận tại quầy, chờ lấy trong ngày"),
    "counter_later": marked("Nhận tại quầy, đến lấy theo ngày hẹn"),
    "post": marked("Bưu điện mang đến địa chỉ đã đăng ký"),
    "electronic": marked("Bản điện tử, gửi đến thư điện tử đã đăng ký"),
}
LATER_TODAY = marked("Nhận tại quầy, quay lại lấy trong hôm nay")  # "counter_later" of a same-day result
# What everybody declares, whatever the procedure: a supplement may ask to mend it.
DECLARED = {
    "applicant.name": "Họ, chữ đệm và tên người nộp",
    "applicant.citizen_id": "Số định danh cá nhân người nộp",
    "applicant.address": "Địa chỉ người nộp",
    "applicant.phone": "Số điện thoại người nộp",
    "collection": "Cách nhận kết quả",
}

PRIORITY = {
    "elderly": marked("Người cao tuổi"),
    "disabled": marked("Người khuyết tật"),
    "pregnant": marked("Phụ nữ mang thai"),
    "merit": marked("Người có công"),
    "with_child": marked("Đi cùng trẻ dưới 36 tháng"),
}

_WHO = {"mother": marked("mẹ"), "father": marked("cha"), "child": marked("cháu")}
_DOUBTS = {
    "other_sex": marked("Số định danh của {person} cho biết giới tính khác. Hãy xem lại số này."),
    "other_year": marked(
        "Số định danh của {person} cho biết sinh năm {year}. Hãy xem lại số hoặc ngày sinh."
    ),
    "parent_too_young": marked("Ngày sinh của {person} quá gần ngày sinh của cháu. Hãy xem lại ngày sinh."),
    "same_name": marked("Tên của {person} giống hệt tên của {other}. Hãy xem lại họ tên."),
}

CARD_DOUBTS = {
    "sex": "Giới tính đọc được trên thẻ không khớp với số định danh.",
    "born": "Năm sinh không khớp với số định danh.",
    "province": "Ba số đầu của số định danh không phải mã tỉnh nào đã biết.",
}


def term_words(term: Term) -> str:
    """«3 ngày làm việc»; a same-day term says its cut-off, an uncounted one its own text."""
    if term.unit is TermUnit.SAME_DAY:
        words = marked("Trong ngày; nhận từ {cutoff} thì trả vào ngày làm việc tiếp theo")
        return say(words, cutoff=term.cutoff)
    if term.unit is TermUnit.OTHER:
        return say(term.note) if term.note else say("Cán bộ báo tại quầy")
    return say(_UNITS[term.unit], count=term.amount)


def fee_words(fee: Fee) -> str:
    """«8.000 đồng», «Không thu phí», or that the counter tells it."""
    if fee.amount is None:
        return say("Cán bộ báo tại quầy")
    return money(fee.amount) if fee.amount else say("Không thu phí")


def doubt_words(doubt: Fault) -> str:
    """A contradiction of intake.rules.relations in a sentence; it asks to look again and blames nobody."""
    people = {name: say(_WHO.get(str(fact), str(fact))) for name, fact in doubt.facts.items()}
    return say(_DOUBTS[doubt.code], **people)


def wait_words(estimate: Wait) -> str:
    """«khoảng 10 đến 20 phút», «dưới 5 phút»."""
    low, high = told(estimate)
    if low == 0:
        return say("dưới {minutes} phút", minutes=high)
    return say("khoảng {low} đến {high} phút", low=low, high=high)

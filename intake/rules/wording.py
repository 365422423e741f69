"""The few Vietnamese phrases that stand on paper and on screen alike."""

from __future__ import annotations

from intake.rules.fees import Fee
from intake.rules.procedures import Term, TermUnit
from intake.rules.text import money

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

"""Which set of official forms a dossier is under: it keeps the one it began with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class FormSet(StrEnum):
    """The instruments that prescribed the forms of a one-stop office."""

    TT01_2018 = "tt01_2018"
    TT03_2025 = "tt03_2025"


class Form(StrEnum):
    """The forms, whatever number they have in a set."""

    RECEIPT = "receipt"
    SUPPLEMENT_REQUEST = "supplement_request"
    REFUSAL_NOTICE = "refusal_notice"
    APOLOGY = "apology"
    STOP_NOTICE = "stop_notice"
    CONTROL_SHEET = "control_sheet"
    REGISTER = "register"


@dataclass(frozen=True)
class Title:
    """What a form is called in its set; ``number`` is of the Mẫu."""

    number: int
    words: str
    suffix: str  # of its own numbers: «Số: 18/TNHS»; "" for the views, which have none


FIRST_DAY_OF_2025 = date(2025, 9, 15)

_BOTH: Mapping[Form, Title] = {
    Form.RECEIPT: Title(1, "Giấy tiếp nhận hồ sơ và hẹn trả kết quả", "TNHS"),
    Form.SUPPLEMENT_REQUEST: Title(2, "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ", "HDHS"),
    Form.REFUSAL_NOTICE: Title(3, "Phiếu từ chối tiếp nhận giải quyết hồ sơ", "TCHS"),
}
TITLES: Mapping[FormSet, Mapping[Form, Title]] = {
    FormSet.TT03_2025: {
        **_BOTH,
        Form.APOLOGY: Title(4, "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết", "PXL"),
        Form.STOP_NOTICE: Title(5, "Thông báo dừng giải quyết hồ sơ", "TBD"),
        Form.CONTROL_SHEET: Title(6, "Phiếu kiểm soát quá trình giải quyết hồ sơ", ""),
        Form.REGISTER: Title(7, "Sổ theo dõi hồ sơ", ""),
    },
    FormSet.TT01_2018: {
        **_BOTH,
        Form.APOLOGY: Title(4, "Phiếu xin lỗi và hẹn lại ngày trả kết quả", "PXL"),
        Form.CONTROL_SHEET: Title(5, "Phiếu kiểm soát quá trình giải quyết hồ sơ", ""),
        Form.REGISTER: Title(6, "Sổ theo dõi hồ sơ", ""),
    },
}


def form_set_of(received: date, form: Form) -> FormSet:
    """The set of a dossier received on that civil day; a form the old set lacks is always of the new.

    Source: Thông tư 03/2025/TT-VPCP, in force since 15/9/2025; Thông tư 01/2018/TT-VPCP before.
    """
    is_old = received < FIRST_DAY_OF_2025 and form in TITLES[FormSet.TT01_2018]
    return FormSet.TT01_2018 if is_old else FormSet.TT03_2025


def title_of(form: str, form_set: str) -> Title:
    """What that form is called there."""
    return TITLES[FormSet(form_set)][Form(form)]

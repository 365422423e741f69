"""The screens of the kiosk as somebody records them: a name for the file, and what the recording is for."""

from __future__ import annotations

import re

from intake.rules.procedures import Procedure

# The name of a screen is that of its template.
SCREENS: dict[str, str] = {
    "attract": "Màn hình đầu",
    "using": "Cách dùng máy",
    "procedures": "Chọn thủ tục",
    "prepare": "Chuẩn bị",
    "identity": "Định danh",
    "questions": "Thông tin (nhóm câu hỏi không có bản ghi riêng)",
    "documents": "Giấy tờ",
    "capture": "Chụp, quét giấy tờ",
    "collection": "Nhận kết quả",
    "fee": "Phí, lệ phí",
    "check": "Kiểm tra",
    "receipt": "Biên nhận",
    "help": "Gọi cán bộ",
    "restart": "Làm lại từ đầu",
    "save": "Lưu lại, nộp sau",
    "saved": "Đã lưu",
    "open_saved": "Mở hồ sơ đã lưu",
    "ticket": "Lấy số: để làm gì",
    "ticket_priority": "Lấy số: diện được gọi trước",
    "ticket_number": "Số thứ tự",
    "goodbye": "Kết thúc",
}
# By ISO 639 code, as Vietnamese calls them; in their own writing they are for their people to name. Somebody
# of the place may record in each: a recording needs no translation.
LANGUAGES: dict[str, str] = {
    "vi": "Tiếng Việt",
    "en": "English",
    "mtq": "Mường",
    "tyz": "Tày",
    "nut": "Nùng",
    "blt": "Thái Đen",
    "twh": "Thái Trắng",
    "mww": "Hmông Trắng",
    "bru": "Bru-Vân Kiều",
    "khm": "Khmer",
    "jra": "Gia Rai",
    "rad": "Ê-đê",
    "bdq": "Ba Na",
}
_QUESTIONS = re.compile(r"questions-[0-9A-Za-z.]{1,20}-[a-z0-9_]{1,60}")


def question_screen(procedure_code: str, group: str) -> str:
    """The screen of one group of a procedure's questions."""
    return f"questions-{procedure_code}-{group}"


def question_screens(procedure: Procedure) -> dict[str, str]:
    """The screens of a procedure's own questions, by name, with their headings."""
    return {question_screen(procedure.code, group.key): group.title for group in procedure.groups}


def is_clip_name(name: str) -> bool:
    """Whether a file of that name can be a screen's recording; nothing else reaches a folder."""
    return name in SCREENS or _QUESTIONS.fullmatch(name) is not None

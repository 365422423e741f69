"""Names of what changes in an office, as its history tells them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from intake.configuring import Difference
from intake.rules.office_fields import sessions_words
from intake.rules.office_rules import OFFICE_RULES
from intake.rules.text import WEEKDAYS, moment_words, short_date

FIELDS = {
    "name": "Tên",
    "place": "Nơi ghi trên giấy",
    "agency_name": "Cơ quan chủ quản",
    "code_template": "Mẫu mã hồ sơ",
    "hotline": "Số hỏi thêm",
    "collect_at": "Nơi nhận kết quả",
    "receipt_note": "Dòng ghi chú",
    "kiosks_open": "Mọi trình duyệt là ki-ốt",
    "value": "Giá trị",
    "valid_from": "Từ ngày",
    "active": "Đang dùng",
    "prefix": "Ký hiệu",
    "usual_minutes": "Phút mỗi lượt",
    "procedures": "Thủ tục",
    "code": "Mã",
    "printer": "Máy in",
    "groups": "Nhóm phục vụ",
    "size": "Cỡ chữ",
    "profile": "Màu",
    "url": "Địa chỉ",
    "host": "Nối vào máy",
    "kind": "Loại",
    "instrument": "Văn bản",
    "received": "Nhận ở đây",
    "place_of_tile": "Vị trí ô",
    "words": "Từ tìm kiếm",
    "group": "Nhóm lấy số",
    "search": "Tìm không ra",
    "working_on_days_off": "Cán bộ làm cả ngày nghỉ",
    "intake_on_days_off": "Nhận hồ sơ cả ngày nghỉ",
    "hours": "Giờ",
    "working": "cán bộ làm",
    "intake": "nhận hồ sơ",
    "minutes": "Phút mỗi lượt",
    "valid_to": "Đến ngày",
    "date": "Ngày",
    "deadline_at": "Hạn theo luật",
    "expected_at": "Hẹn trả",
    "prices": "Giá cước",
    "percent_charge": "Giảm cước (%)",
    "percent_fee": "Giảm phí, lệ phí (%)",
    "range": "Dải số hiệu",
    "operator": "Hệ thống",
    "recording": "Bản ghi",
    "earphones": "Có ổ tai nghe",
    "scanner": "Máy quét giấy",
    "scanner_host": "Máy chủ nối máy quét",
}
KINDS = {
    "office_changed": "Sửa văn phòng",
    "hours_changed": "Đổi giờ từ",
    "day_changed": "Đổi ngày",
    "point_changed": "Sửa điểm",
    "kiosk_code_made": "Tạo mã đăng ký",
    "kiosk_registered": "Đăng ký máy",
    "kiosk_revoked": "Thu hồi máy",
    "printer_changed": "Sửa máy in",
    "printer_tested": "In thử",
    "procedures_changed": "Sửa thủ tục",
    "config_imported": "Nhập cấu hình",
    "voice_changed": "Đổi bản ghi âm",
}
VALUES: Mapping[str, Mapping[object, str]] = {
    "kind": {
        "holiday": "ngày nghỉ",
        "substitute": "nghỉ bù",
        "swap_off": "nghỉ hoán đổi",
        "makeup": "ngày làm bù",
        "counter": "quầy",
        "kiosk": "máy tự phục vụ",
        "post": "quầy bưu chính",
    },
    "profile": {"standard": "thường", "high_contrast": "tương phản cao"},
    "size": {1: "A", 2: "A+", 3: "A++"},
    "search": {"open": "chờ xem", "dismissed": "bỏ qua"},
}


def field(name: str) -> str:
    calendar, _, weekday = name.partition(".")
    if calendar in ("working", "intake") and weekday.isdecimal():
        return f"{WEEKDAYS[int(weekday)]}, {'cán bộ làm' if calendar == 'working' else 'nhận hồ sơ'}"
    return FIELDS.get(name, name)


def shown(name: str, value: object) -> str:
    """A value of an event for people; an absent one is a dash."""
    if name.partition(".")[0] in ("working", "intake") and isinstance(value, list):
        return sessions_words(value) or "nghỉ"
    if name in VALUES and not isinstance(value, list) and value in VALUES[name]:
        return VALUES[name][value]
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, dict):
        return (
            week(value)
            if "0" in value or not value
            else "; ".join(f"{field(key).lower()}: {shown(key, inner)}" for key, inner in value.items())
        )
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value) or "–"
    return "–" if value in (None, "") else _moment(value)


def week(days: Mapping[str, object]) -> str:
    """The hours of a week: «Thứ Hai 07:30–11:30, …»."""
    return "; ".join(
        f"{WEEKDAYS[int(weekday)]} {sessions_words(sessions) or 'nghỉ'}"  # type: ignore[arg-type]
        for weekday, sessions in days.items()
    )


def what(name: str) -> str:
    """What a change was about: a rule by its label, a day by its date, anything else by its name."""
    rule, _, since = name.partition(" ")
    if rule in OFFICE_RULES:
        return f"{OFFICE_RULES[rule].label}, từ {what(since)}" if since else OFFICE_RULES[rule].label
    try:
        return short_date(date.fromisoformat(name))
    except ValueError:
        return name


def who(name: str) -> str:
    return {"kiosk": "tại máy", "cli": "dòng lệnh", "worker": "hệ thống"}.get(name, name)


def changed(one: Difference) -> list[str]:
    """A difference of two configurations, field by field."""
    if isinstance(one.old, dict) and isinstance(one.new, dict):
        return [
            f"{field(name)}: {shown(name, one.old.get(name))} → {shown(name, one.new.get(name))}"
            for name in dict.fromkeys((*one.old, *one.new))
            if one.old.get(name) != one.new.get(name)
        ]
    if one.kind == "changed":
        return [f"{shown(one.what, one.old)} → {shown(one.what, one.new)}"]
    told = one.new if one.kind == "added" else one.old
    if isinstance(told, dict):
        return [
            ", ".join(f"{field(name).lower()}: {shown(name, value)}" for name, value in told.items() if value)
        ]
    return [shown("", told)] if told != one.what else []


WORDS: dict[str, Callable[..., object]] = {
    "FIELDS": field,
    "SHOWN": shown,
    "WHAT": what,
    "PEOPLE": who,
    "CHANGED": changed,
    "KINDS": lambda kind: KINDS.get(str(kind), str(kind)),
}


def _moment(value: object) -> str:
    text = str(value)
    if len(text) < 10 or text[4:5] != "-":
        return text
    try:
        return (
            short_date(date.fromisoformat(text))
            if len(text) == 10
            else moment_words(datetime.fromisoformat(text))
        )
    except ValueError:
        return text

"""A rule of service days in one sentence, for the manager who writes and the one who approves it."""

from __future__ import annotations

from collections.abc import Mapping

from intake.rules.service_days import Mode, ServiceDay
from intake.rules.service_words import PARTS, since_words
from intake.rules.text import WEEKDAYS, short_date

EXPLAINED: Mapping[Mode, str] = {
    Mode.NO_PAPER: "Không nhận hồ sơ giấy; cán bộ giúp nộp điện tử. Ngoại lệ vẫn nhận và ghi lý do.",
    Mode.NO_APPOINTMENT: "Nộp trước giờ chốt thì có kết quả ngay trong ngày, không giấy hẹn.",
    Mode.NO_WAIT: "Kết quả trả trong lúc người dân chờ, trong số phút đã định.",
}
_NAMED = 3  # procedures and days told by name; of more only their number
_BYDAY = dict(zip(("MO", "TU", "WE", "TH", "FR", "SA", "SU"), WEEKDAYS, strict=True))
_PLACES = {"1": "đầu tiên", "2": "thứ hai", "3": "thứ ba", "4": "thứ tư", "-1": "cuối cùng"}
_SPOKEN = {"FREQ", "BYDAY", "INTERVAL", "BYSETPOS", "BYMONTHDAY"}


def sentence(rule: ServiceDay, titles: Mapping[str, str]) -> str:
    """«Thứ Năm hằng tuần, cả ngày, từ 26/11/2026, với 5 thủ tục: không nhận hồ sơ giấy …».

    ``titles`` are the procedures' names by code; a code that is not in it stands for itself.
    """
    when = ", ".join((days_words(rule), PARTS[rule.part], since_words(rule)))
    what = "; ".join(_promises(rule)) or "chưa chọn điều gì khác ngày thường"
    return f"{when}, {scope_words(rule, titles)}: {what}."


def days_words(rule: ServiceDay) -> str:
    """«Thứ Ba, Thứ Năm hằng tuần», «Các ngày 26/11/2026, 03/12/2026»."""
    told = []
    if rule.weekdays == frozenset(range(5)):
        told.append("Thứ Hai đến Thứ Sáu hằng tuần")
    elif rule.weekdays:
        told.append(f"{', '.join(WEEKDAYS[day] for day in sorted(rule.weekdays))} hằng tuần")
    if rule.dates:
        days = [short_date(day) for day in sorted(rule.dates)]
        more = len(days) - _NAMED if len(days) > _NAMED + 1 else 0
        shown = ", ".join(days[:_NAMED] if more else days)
        told.append(
            f"{'các ngày' if len(days) > 1 else 'ngày'} {shown}{f' và {more} ngày nữa' if more else ''}"
        )
    if rule.recurrence:
        told.append(recurrence_words(rule.recurrence))
    words = " và ".join(told) or "chưa chọn ngày nào"
    return words[:1].upper() + words[1:]


def recurrence_words(text: str) -> str:
    """The recurrences people use, spoken; any other as it is written."""
    bare = text.removeprefix("RRULE:").upper()
    parts = dict(part.partition("=")[::2] for part in bare.split(";"))
    spoken = ""
    if parts.keys() <= _SPOKEN:
        spoken = _of_week(parts) if parts.get("FREQ") == "WEEKLY" else _of_month(parts)
    return spoken or f"theo lịch lặp {bare}"


def scope_words(rule: ServiceDay, titles: Mapping[str, str]) -> str:
    """«với mọi thủ tục», «với lĩnh vực Hộ tịch và 5 thủ tục»."""
    if not rule.procedures and not rule.sectors:
        return "với mọi thủ tục"
    told = []
    if rule.sectors:
        told.append(f"lĩnh vực {', '.join(sorted(rule.sectors))}")
    if 0 < len(rule.procedures) <= _NAMED:
        told.append(", ".join(f"«{titles.get(code, code)}»" for code in sorted(rule.procedures)))
    elif rule.procedures:
        told.append(f"{len(rule.procedures)} thủ tục")
    return f"với {' và '.join(told)}"


def _promises(rule: ServiceDay) -> list[str]:
    told = []
    if Mode.NO_PAPER in rule.modes:
        told.append("không nhận hồ sơ giấy, trừ ngoại lệ có ghi lý do")
    before = f"nộp trước {rule.cutoff:%H:%M} thì"
    if Mode.NO_WAIT in rule.modes:
        target = f"{rule.target_minutes} phút" if rule.target_minutes else "số phút chưa định"
        told.append(f"{before} chờ lấy kết quả trong {target}")
        before = "không kịp chờ thì"
    if Mode.NO_APPOINTMENT in rule.modes:
        told.append(f"{before} trả ngay trong ngày, không giấy hẹn")
    limits = [
        f"{most} hồ sơ mỗi {unit}"
        for most, unit in ((rule.per_hour, "giờ"), (rule.per_day, "ngày"))
        if most is not None
    ]
    if rule.promises_today and limits:
        told.append(f"nhiều nhất {', '.join(limits)}")
    return told


def _of_week(parts: Mapping[str, str]) -> str:
    days = [_BYDAY.get(code, "") for code in parts.get("BYDAY", "").split(",")]
    every = {"1": "hằng tuần", "2": "cách tuần"}.get(parts.get("INTERVAL", "1"))
    return f"{', '.join(days)} {every}" if all(days) and every and not parts.keys() & {"BYSETPOS"} else ""


def _of_month(parts: Mapping[str, str]) -> str:
    """«Thứ Năm đầu tiên của tháng», «ngày 15 hằng tháng»; "" for others."""
    if parts.get("FREQ") != "MONTHLY" or "INTERVAL" in parts:
        return ""
    if set(parts) == {"FREQ", "BYMONTHDAY"} and parts["BYMONTHDAY"].replace(",", "").isdecimal():
        return f"ngày {parts['BYMONTHDAY'].replace(',', ', ')} hằng tháng"
    code = parts.get("BYDAY", "")
    day, place = _BYDAY.get(code[-2:]), code[:-2].lstrip("+") or parts.get("BYSETPOS", "")
    if "BYMONTHDAY" in parts or day is None or place not in _PLACES:
        return ""
    return f"{day} {_PLACES[place]} của tháng"

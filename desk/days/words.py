"""Names of what a rule of service days says, as its pages and its history tell them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from intake.rules import service_words
from intake.rules.event_words import kind_words
from intake.rules.exceptions import ALWAYS, PAPER_REASONS, PaperReason
from intake.rules.rule_sentence import EXPLAINED
from intake.rules.service_days import Mode, Part
from intake.rules.service_words import PARTS
from intake.rules.suspension_reasons import SUSPENSION_REASONS
from intake.rules.text import WEEKDAYS, moment_words, short_date

MODES = {mode: words.capitalize() for mode, words in service_words.MODES.items()}
FIELDS = {
    "version": "Bản",
    "state": "Tình trạng",
    "title": "Tên",
    "modes": "Khác ngày thường",
    "weekdays": "Thứ",
    "dates": "Ngày riêng",
    "recurrence": "Lịch lặp",
    "part": "Buổi",
    "valid_from": "Từ ngày",
    "valid_to": "Đến hết ngày",
    "procedures": "Thủ tục",
    "sectors": "Cả lĩnh vực",
    "cutoff": "Giờ chốt",
    "target_minutes": "Chờ nhiều nhất (phút)",
    "per_hour": "Hồ sơ mỗi giờ",
    "per_day": "Hồ sơ mỗi ngày",
    "exceptions": "Ngoại lệ được nhận giấy",
    "decision": "Quyết định",
    "decided_on": "Ngày quyết định",
    "signer": "Người ký",
    "notice_vi": "Lời báo tiếng Việt",
    "notice_en": "Lời báo tiếng Anh",
    "notices": "Lời báo",
    "asked_until": "Đến",
}
STATES = {
    "draft": ("bản soạn", "warn"),
    "approved": ("đã duyệt, chưa công bố", "warn"),
    "published": ("đang áp dụng", ""),
    "ended": ("đã chấm dứt", "off"),
    "discarded": ("đã bỏ", "off"),
}


def shown(name: str, value: object, titles: Mapping[str, str]) -> str:
    """A value of a definition as people read it; «không có» for nothing."""
    if value in (None, "", [], {}):
        return "không có"
    if isinstance(value, dict):
        return "; ".join(str(one) for one in value.values())
    if isinstance(value, list):
        return ", ".join(_one(name, one, titles) for one in value)
    return _one(name, value, titles)


def _one(name: str, value: object, titles: Mapping[str, str]) -> str:
    text = str(value)
    match name:
        case "weekdays":
            return WEEKDAYS[int(text)]
        case "modes":
            return MODES[Mode(text)]
        case "part":
            return PARTS[Part(text)]
        case "procedures":
            return titles.get(text, text)
        case "exceptions":
            return PAPER_REASONS[PaperReason(text)]
        case "state":
            return STATES[text][0]
        case "asked_until":
            return moment_words(datetime.fromisoformat(text))
        case "dates" | "valid_from" | "valid_to" | "decided_on":
            return short_date(datetime.fromisoformat(text).date())
    return text


def differences(
    old: Mapping[str, object], new: Mapping[str, object], titles: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """What a version changes in the one in force: (name, old, new) in words."""
    return [
        (FIELDS[name], shown(name, old.get(name), titles), shown(name, value, titles))
        for name, value in new.items()
        if old.get(name) != value
    ]


def _listed(weekdays: Iterable[int]) -> str:
    return ", ".join(WEEKDAYS[day] for day in weekdays)


WORDS: dict[str, Any] = {
    "FIELDS": lambda name: FIELDS.get(name, name),
    "STATES": STATES,
    "MODES": MODES,
    "EXPLAINED": EXPLAINED,
    "PARTS": PARTS,
    "WEEKDAYS": WEEKDAYS,
    "KINDS": kind_words,
    "REASONS": SUSPENSION_REASONS,
    "ASKED_EXCEPTIONS": [(one, words) for one, words in PAPER_REASONS.items() if one not in ALWAYS],
    "PAPER_REASONS": PAPER_REASONS,
    "ALWAYS": ALWAYS,
    "ALWAYS_WORDS": [words for one, words in PAPER_REASONS.items() if one in ALWAYS],
    "listed": _listed,
}

"""What an operator's system tells of an item, read at the border: by its endpoint and from files alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from intake.rules.calendar import VIETNAM
from intake.rules.codes import parse_item_number
from intake.rules.post import FAILURES, TOLD_BY_OPERATOR, Step
from intake.rules.refusals import Refusal, WrongCheckDigit
from intake.rules.text import tidy

FIELDS = ("message_id", "item_number", "step", "at", "place", "reason")
MESSAGE_ID = re.compile(r"[!-~]{1,80}")
SKEW = timedelta(minutes=5)  # how far the operator's clock may be ahead of ours
BEFORE = timedelta(days=1)  # how long before our own first word of an item theirs may be
LONGEST_PLACE = 200
# A dossier on its way in is the post's to carry and nobody's to deliver.
OF_DIRECTION: Mapping[str, frozenset[Step]] = {"in": frozenset({Step.IN_TRANSIT}), "home": TOLD_BY_OPERATOR}


class Trouble(StrEnum):
    """Why a telling is not kept."""

    NOT_AN_EVENT = "not_an_event"
    BAD_MESSAGE_ID = "bad_message_id"
    BAD_ITEM_NUMBER = "bad_item_number"
    WRONG_CHECK_DIGIT = "wrong_check_digit"
    BAD_STEP = "bad_step"
    BAD_TIME = "bad_time"
    IN_FUTURE = "in_future"
    BAD_PLACE = "bad_place"
    BAD_REASON = "bad_reason"
    UNKNOWN_ITEM = "unknown_item"
    TOO_EARLY = "too_early"
    WRONG_DIRECTION = "wrong_direction"
    OTHER_CONTENT = "other_content"


WORDS: Mapping[Trouble, str] = {
    Trouble.NOT_AN_EVENT: "Không phải một sự kiện: cần một nhóm tên và giá trị, mỗi giá trị là một chuỗi.",
    Trouble.BAD_MESSAGE_ID: "Mã tin cần từ 1 đến 80 ký tự không dấu, không khoảng trắng.",
    Trouble.BAD_ITEM_NUMBER: "Số hiệu bưu gửi không đọc được.",
    Trouble.WRONG_CHECK_DIGIT: "Số hiệu bưu gửi sai số kiểm tra: có một chữ số bị nhầm.",
    Trouble.BAD_STEP: "Bước không có trong danh sách.",
    Trouble.BAD_TIME: "Thời điểm không đọc được, hoặc thiếu múi giờ.",
    Trouble.IN_FUTURE: "Thời điểm ở tương lai: đồng hồ bên gửi chạy nhanh.",
    Trouble.BAD_PLACE: "Tên nơi dài quá 200 ký tự.",
    Trouble.BAD_REASON: "Giao không được thì cần lý do trong danh sách; bước khác thì không có lý do.",
    Trouble.UNKNOWN_ITEM: "Chưa có bưu gửi này ở đây. Hãy gửi lại sau.",
    Trouble.TOO_EARLY: "Thời điểm trước khi bưu gửi được nhận hơn một ngày.",
    Trouble.WRONG_DIRECTION: "Bước này không thuộc chiều đi của bưu gửi.",
    Trouble.OTHER_CONTENT: "Mã tin này đã dùng cho một sự kiện khác.",
}
LATER = frozenset({Trouble.UNKNOWN_ITEM})  # the same message may be right tomorrow; all others never


@dataclass(frozen=True)
class Message:
    """One telling. ``at`` is when it happened (UTC); ``reason`` of FAILURES, only with FAILED."""

    message_id: str
    item_number: str
    step: Step
    at: datetime
    place: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Unread:
    """What came in its stead, and why it is not kept; ``message_id`` as far as it can be told."""

    message_id: str
    trouble: Trouble


def read_message(given: object, *, now: datetime) -> Message | Unread:
    """An event of the endpoint: an object of strings. Times are ISO 8601 with their zone."""
    if not isinstance(given, Mapping) or not all(isinstance(value, str) for value in given.values()):
        return Unread("", Trouble.NOT_AN_EVENT)
    told = {name: str(given.get(name, "")) for name in FIELDS}
    if not MESSAGE_ID.fullmatch(told["message_id"]):
        return Unread("", Trouble.BAD_MESSAGE_ID)
    try:
        return _read(told, _moment(told["at"]), now=now)
    except _Bad as bad:
        return Unread(told["message_id"], bad.trouble)


def read_row(told: Mapping[str, str], *, now: datetime) -> Message | Unread:
    """A row of a file: words as people write them, times on the clock of Vietnam unless they name a zone.

    A row without a message_id of its own is known again by all it tells.
    """
    given = {name: tidy(told.get(name, "")) for name in FIELDS}
    given["step"] = STEP_WORDS.get(given["step"].lower(), given["step"])
    given["reason"] = REASON_WORDS.get(given["reason"].lower(), given["reason"])
    own = given["message_id"]
    try:
        if own and not MESSAGE_ID.fullmatch(own):
            raise _Bad(Trouble.BAD_MESSAGE_ID)
        read = _read(given, _moment(given["at"], civil=True), now=now)
    except _Bad as bad:
        return Unread(own, bad.trouble)
    return replace(read, message_id=own or f"{read.item_number}/{read.step}/{read.at:%y%m%d%H%M%S}")


def _read(told: Mapping[str, str], at: datetime, *, now: datetime) -> Message:
    step, place, reason = told["step"], tidy(told["place"]), told["reason"]
    number = _item_number(told["item_number"])
    if step not in TOLD_BY_OPERATOR:
        raise _Bad(Trouble.BAD_STEP)
    if at > now + SKEW:
        raise _Bad(Trouble.IN_FUTURE)
    if len(place) > LONGEST_PLACE or not place.isprintable():
        raise _Bad(Trouble.BAD_PLACE)
    if (reason in FAILURES) != (step == Step.FAILED) or (reason and reason not in FAILURES):
        raise _Bad(Trouble.BAD_REASON)
    return Message(told["message_id"], number, Step(step), at, place, reason)


def _item_number(text: str) -> str:
    try:
        return parse_item_number(text).text
    except WrongCheckDigit:
        raise _Bad(Trouble.WRONG_CHECK_DIGIT) from None
    except Refusal:
        raise _Bad(Trouble.BAD_ITEM_NUMBER) from None


def _moment(text: str, *, civil: bool = False) -> datetime:
    """In UTC. ``civil``: also «22/11/2026 14:05», and without a zone it is Vietnam's."""
    try:
        if civil and (found := _CIVIL.fullmatch(text)):
            day, month, year, hour, minute, second = (int(part or 0) for part in found.groups())
            at = datetime(year, month, day, hour, minute, second, tzinfo=VIETNAM)
        else:
            at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            if not civil or len(text) < len("2026-11-22T14"):  # a day alone is no moment
                raise _Bad(Trouble.BAD_TIME)
            at = at.replace(tzinfo=VIETNAM)
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _Bad(Trouble.BAD_TIME) from None


class _Bad(Exception):
    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


_CIVIL = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}),?[ T](\d{1,2})[:h](\d{2})(?::(\d{2}))?")
STEP_WORDS: Mapping[str, str] = {
    "đang chuyển": "in_transit",
    "đang chuyển tiếp": "in_transit",
    "đang vận chuyển": "in_transit",
    "đã lấy": "picked_up",
    "đã lấy kết quả": "picked_up",
    "đã lấy hàng": "picked_up",
    "đang giao": "out",
    "đang phát": "out",
    "đang đi phát": "out",
    "giao bưu tá": "out",
    "đã giao": "delivered",
    "đã phát": "delivered",
    "đã phát thành công": "delivered",
    "giao thành công": "delivered",
    "đã giao thành công": "delivered",
    "phát thành công": "delivered",
    "giao không được": "failed",
    "giao không thành công": "failed",
    "chưa giao được": "failed",
    "phát không được": "failed",
    "phát không thành công": "failed",
    "chưa phát được": "failed",
}
REASON_WORDS: Mapping[str, str] = {words.lower(): code for code, words in FAILURES.items()}

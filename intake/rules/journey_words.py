"""The journey of an item in the words of whoever waits for it: what happened, and nobody's name."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from intake.rules.post import FAILURES, Step


class Tone(StrEnum):
    """How a line of the journey looks; the words say the same."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"


TOLD: Mapping[Step, str] = {
    Step.ACCEPTED: "Bưu điện đã nhận hồ sơ",
    Step.IN_TRANSIT: "Hồ sơ đang được chuyển đi",
    Step.HANDED_OVER: "Nơi giải quyết đã nhận phong bì, đang kiểm tra",
    Step.READY: "Kết quả đã đóng gói, chờ bưu điện đến lấy",
    Step.PICKED_UP: "Bưu điện đã lấy kết quả",
    Step.OUT: "Bưu tá đang mang kết quả đến địa chỉ đã đăng ký",
    Step.DELIVERED: "Kết quả đã được giao, có xác nhận của người nhận",
    Step.FAILED: "Chưa giao được",
    Step.RETURNED: "Kết quả đã được đưa về nơi giải quyết",
}
TONES: Mapping[Step, Tone] = {Step.DELIVERED: Tone.GOOD, Step.FAILED: Tone.BAD, Step.RETURNED: Tone.BAD}
RECEIVED = "Đã tiếp nhận hồ sơ; thời hạn giải quyết tính từ lúc này"
FINISHED = "Đã có kết quả"


def told_words(step: Step, reason: str = "") -> str:
    """«Chưa giao được: không có người nhận»."""
    why = FAILURES.get(reason, "")
    return f"{TOLD[step]}: {why[0].lower()}{why[1:]}" if why else TOLD[step]


def told_tone(step: Step) -> Tone:
    return TONES.get(step, Tone.PLAIN)

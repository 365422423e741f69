"""Why paper is taken on a paper-free day: a closed list with a version, so that figures stay comparable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

VERSION = 1


class PaperReason(StrEnum):
    """Nobody is turned away: the last three are open under every rule."""

    ORIGINAL_REQUIRED = "original_required"
    VERIFICATION = "verification"
    NO_IDENTIFICATION = "no_identification"
    OUTAGE = "outage"
    NEEDS_HELP = "needs_help"
    STATE_AGENCY = "state_agency"
    OTHER = "other"


ALWAYS = frozenset({PaperReason.NEEDS_HELP, PaperReason.STATE_AGENCY, PaperReason.OTHER})
TOLD_IN_WORDS = frozenset({PaperReason.STATE_AGENCY, PaperReason.OTHER})
PAPER_REASONS: Mapping[PaperReason, str] = {
    PaperReason.ORIGINAL_REQUIRED: "Pháp luật yêu cầu nộp bản giấy",
    PaperReason.VERIFICATION: "Phải xác minh, cần giữ bản giấy",
    PaperReason.NO_IDENTIFICATION: "Hôm nay chưa có cách định danh điện tử",
    PaperReason.OUTAGE: "Mất mạng, mất điện hoặc hệ thống lỗi",
    PaperReason.NEEDS_HELP: "Người cao tuổi, khuyết tật hoặc không đọc được",
    PaperReason.STATE_AGENCY: "Cơ quan nhà nước nộp giấy theo yêu cầu riêng",
    PaperReason.OTHER: "Lý do khác",
}


@dataclass(frozen=True)
class PaperException:
    """Paper taken all the same; ``text`` is needed, and kept, with those of TOLD_IN_WORDS."""

    reason: PaperReason
    text: str = ""

    @property
    def kept_text(self) -> str:
        """What of the text is needed, and so kept: none where the reason says it all."""
        return self.text.strip() if self.reason in TOLD_IN_WORDS else ""

    @property
    def is_told(self) -> bool:
        """Whether the reason says enough."""
        return self.reason not in TOLD_IN_WORDS or len(self.kept_text) >= 5

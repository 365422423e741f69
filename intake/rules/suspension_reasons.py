"""Why a service day is suspended: a closed list, so that outages can be counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from intake.rules.answers import Fault
from intake.rules.office_fields import number_of, text_of
from intake.rules.text import tidy

MINUTES = range(5, 601)
SHORTEST_TEXT = 5


class SuspensionReason(StrEnum):
    POWER = "power"
    NETWORK = "network"
    PORTAL = "portal"
    MACHINES = "machines"
    STAFF = "staff"
    EMERGENCY = "emergency"
    OTHER = "other"


SUSPENSION_REASONS: Mapping[SuspensionReason, str] = {
    SuspensionReason.POWER: "Mất điện",
    SuspensionReason.NETWORK: "Mất mạng, đường truyền chập chờn",
    SuspensionReason.PORTAL: "Cổng Dịch vụ công hoặc phần mềm của tỉnh lỗi",
    SuspensionReason.MACHINES: "Máy quét, máy in hoặc Một Chạm hỏng",
    SuspensionReason.STAFF: "Không đủ cán bộ",
    SuspensionReason.EMERGENCY: "Thiên tai, việc khẩn cấp",
    SuspensionReason.OTHER: "Lý do khác",
}


@dataclass(frozen=True)
class SuspensionAsked:
    """Rest for ``minutes``; ``text`` is needed with OTHER."""

    reason: SuspensionReason
    minutes: int
    text: str = ""


def read_suspension(typed: Mapping[str, str]) -> tuple[SuspensionAsked | None, tuple[Fault, ...]]:
    """What was typed, or every fault of it."""
    faults = []
    reason, text = typed.get("reason", ""), text_of("text", typed.get("text", ""), required=False)
    if reason not in set(SuspensionReason):
        faults.append(Fault("reason", "no_reason"))
    if isinstance(text, Fault):
        faults.append(text)
    elif reason == SuspensionReason.OTHER and len(tidy(text)) < SHORTEST_TEXT:
        faults.append(Fault("text", "too_short", {"min": SHORTEST_TEXT}))
    minutes = number_of("minutes", typed.get("minutes", ""), MINUTES)
    if isinstance(minutes, Fault):
        faults.append(minutes)
    if faults or isinstance(text, Fault) or isinstance(minutes, Fault):
        return None, tuple(faults)
    return SuspensionAsked(SuspensionReason(reason), minutes, text), ()

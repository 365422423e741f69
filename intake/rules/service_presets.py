"""The known models of service days, to begin a rule with: who has them, when, for what."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from intake.rules.exceptions import PaperReason
from intake.rules.service_days import Mode, Part

BIRTH, DEATH, MARRIAGE, SINGLE, EXTRACTS = "1.001193", "1.000656", "1.000894", "1.004873", "2.000635"
COPIES, SIGNATURES, FROM_REGISTERS, COPIED_DEALS = "2.000815", "2.000884", "2.000908", "2.000942"
TRANSLATORS, RENOUNCED, SCHOOL, GRAVES = "2.000992", "2.001016", "2.002854", "1.013750"
NEW_SHOP, CHANGED_SHOP = "1.001612", "2.000720"
STAY, TEMPORARY, ABSENCE, RESIDENCE = "1.004222", "1.004194", "1.003677", "1.010041"


@dataclass(frozen=True)
class Preset:
    """One model. ``model`` names who runs it so, ``note`` what its source does not tell.

    ``codes`` are the procedures of the national catalogue it is for, the most
    wanted first.
    """

    key: str
    title: str
    model: str
    modes: frozenset[Mode]
    weekdays: frozenset[int]
    codes: tuple[str, ...]
    note: str = ""
    part: Part = Part.DAY
    cutoff: str = "15:00"
    target_minutes: int | None = None

    def definition(self, offered: Collection[str], *, valid_from: date) -> dict[str, Any]:
        """What a form begins with, for an office that receives ``offered``; without any of them for none."""
        return {
            "title": self.title,
            "modes": sorted(self.modes),
            "valid_from": valid_from.isoformat(),
            "weekdays": sorted(self.weekdays),
            "part": str(self.part),
            "procedures": [code for code in self.codes if code in offered],
            "cutoff": self.cutoff,
            "target_minutes": self.target_minutes,
            "exceptions": sorted(PaperReason) if Mode.NO_PAPER in self.modes else [],
            "notices": {"vi": NOTICES[self.modes]} if self.modes in NOTICES else {},
        }


NOTICES: Mapping[frozenset[Mode], str] = {
    frozenset({Mode.NO_PAPER}): "Hôm nay nộp hồ sơ không cần bản giấy. Cán bộ giúp nộp điện tử tại chỗ.",
    frozenset({Mode.NO_APPOINTMENT}): "Hôm nay hồ sơ đủ, hợp lệ được trả ngay trong ngày, không giấy hẹn.",
    frozenset({Mode.NO_WAIT}): "Hôm nay kết quả được trả ngay trong lúc chờ.",
    frozenset({Mode.NO_WAIT, Mode.NO_APPOINTMENT}): "Kết quả trả ngay trong lúc chờ, không giấy hẹn.",
    frozenset({Mode.NO_PAPER, Mode.NO_APPOINTMENT}): (
        "Hôm nay không phải viết giấy, không phải hẹn: cán bộ giúp nộp điện tử, kết quả trả trong ngày."
    ),
}
_LISTED = "Nơi làm mẫu không công bố danh sách thủ tục: đây là gợi ý."
PRESETS = (
    Preset(
        "thursday",
        "Thứ Năm không viết, không hẹn",
        "xã Phố Châu, Hương Sơn, Hà Tĩnh (2023)",
        frozenset({Mode.NO_PAPER, Mode.NO_APPOINTMENT}),
        frozenset({3}),
        (BIRTH, DEATH, EXTRACTS, COPIES, SINGLE),
        note=_LISTED,
    ),
    Preset(
        "six",
        "6 thủ tục không chờ, không giấy hẹn",
        "phường Đức Thuận, Hồng Lĩnh, Hà Tĩnh (2023)",
        frozenset({Mode.NO_WAIT, Mode.NO_APPOINTMENT}),
        frozenset(range(5)),
        (COPIES, SIGNATURES, EXTRACTS, BIRTH, DEATH, FROM_REGISTERS),
        note=_LISTED,
        target_minutes=30,
    ),
    Preset(
        "friday",
        "Thứ Sáu không hẹn",
        "phường Thành Sen, Hà Tĩnh (từ 03/10/2025)",
        frozenset({Mode.NO_APPOINTMENT}),
        frozenset({4}),
        (COPIES, SIGNATURES, EXTRACTS, TRANSLATORS, RENOUNCED, SCHOOL, GRAVES),
    ),
    Preset(
        "wednesday",
        "Sáng thứ Tư không hẹn",
        "phường An Hải Nam, Đà Nẵng (2024)",
        frozenset({Mode.NO_APPOINTMENT}),
        frozenset({2}),
        (EXTRACTS, SINGLE, DEATH, MARRIAGE, BIRTH, SIGNATURES, COPIES),
        note="Tình trạng hôn nhân: trừ khi phải xác minh.",
        part=Part.MORNING,
        cutoff="10:30",
    ),
    Preset(
        "saturday",
        "Thứ Bảy không chờ",
        "phường Ngọc Hà, Hà Nội (thí điểm 9–12/2025)",
        frozenset({Mode.NO_WAIT}),
        frozenset({5}),
        (COPIES, SIGNATURES, FROM_REGISTERS, COPIED_DEALS, TRANSLATORS),
        note="Cần mở giờ làm việc ngày thứ Bảy trước.",
        cutoff="11:00",
        target_minutes=30,
    ),
    Preset(
        "paperless",
        "Ngày không giấy",
        "công văn của tỉnh: một số thủ tục, một số ngày không nộp bản giấy",
        frozenset({Mode.NO_PAPER}),
        frozenset({1}),
        (
            BIRTH,
            DEATH,
            MARRIAGE,
            SINGLE,
            EXTRACTS,
            TEMPORARY,
            STAY,
            ABSENCE,
            RESIDENCE,
            NEW_SHOP,
            CHANGED_SHOP,
        ),
        note="Gợi ý các thủ tục có dịch vụ công trực tuyến.",
    ),
)
BY_KEY: Mapping[str, Preset] = {preset.key: preset for preset in PRESETS}

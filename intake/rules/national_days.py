"""The days that differ from the plain week all over the country, 2026 and 2027, as a table.

Only days that change something are listed: a day of Tết that is a Sunday is
named, the plain Sunday beside it is not. ``provisional`` rows follow the law
and the lunar calendar, but no notice has fixed them yet; the office replaces
them when the notice comes. Extend the table each year, when the notice of the
following year is out.

Source: Bộ luật Lao động 2019 (45/2019/QH14), art. 111(3) and 112; the notices
named in each row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class DayKind(StrEnum):
    HOLIDAY = "holiday"
    SUBSTITUTE = "substitute"  # for a holiday that fell on the weekly day off
    SWAP_OFF = "swap_off"  # a working day given away for a make-up day
    MAKEUP = "makeup"  # worked, although the week says off


@dataclass(frozen=True)
class SpecialDay:
    """One civil date that is not what its weekday says; ``instrument`` is the text that fixes it."""

    date: date
    kind: DayKind
    name: str = ""
    instrument: str = ""
    provisional: bool = False


_LABOUR_CODE = "Bộ luật Lao động 45/2019/QH14, điều 112"
_SUBSTITUTE = "Bộ luật Lao động 45/2019/QH14, điều 111 khoản 3"
_NEW_YEAR_2026 = "Công văn 12729/VPCP-KGVX"
_BREAKS_2026 = "Thông báo 9441/TB-BNV"
_MAY_2026 = "Công văn 3383/BNV-CVL"
_CULTURE_DAY = "Nghị quyết 28/2026/QH16"

_OFF, _SUBST, _SWAP, _MAKEUP = DayKind.HOLIDAY, DayKind.SUBSTITUTE, DayKind.SWAP_OFF, DayKind.MAKEUP

NATIONAL_DAYS: tuple[SpecialDay, ...] = (
    SpecialDay(date(2026, 1, 1), _OFF, "Tết Dương lịch", _LABOUR_CODE),
    SpecialDay(date(2026, 1, 2), _SWAP, "Nghỉ hoán đổi Tết Dương lịch", _NEW_YEAR_2026),
    SpecialDay(date(2026, 1, 10), _MAKEUP, "Làm bù ngày 02/01/2026", _NEW_YEAR_2026),
    SpecialDay(date(2026, 2, 16), _OFF, "Tết Nguyên đán", _BREAKS_2026),
    SpecialDay(date(2026, 2, 17), _OFF, "Tết Nguyên đán", _BREAKS_2026),
    SpecialDay(date(2026, 2, 18), _OFF, "Tết Nguyên đán", _BREAKS_2026),
    SpecialDay(date(2026, 2, 19), _OFF, "Tết Nguyên đán", _BREAKS_2026),
    SpecialDay(date(2026, 2, 20), _OFF, "Tết Nguyên đán", _BREAKS_2026),
    SpecialDay(date(2026, 4, 26), _OFF, "Giỗ Tổ Hùng Vương", _LABOUR_CODE),
    SpecialDay(date(2026, 4, 27), _SUBST, "Nghỉ bù Giỗ Tổ Hùng Vương", _SUBSTITUTE),
    SpecialDay(date(2026, 4, 30), _OFF, "Ngày Chiến thắng", _MAY_2026),
    SpecialDay(date(2026, 5, 1), _OFF, "Ngày Quốc tế lao động", _MAY_2026),
    SpecialDay(date(2026, 8, 22), _MAKEUP, "Làm bù ngày 31/8/2026", _BREAKS_2026),
    SpecialDay(date(2026, 8, 31), _SWAP, "Nghỉ hoán đổi Quốc khánh", _BREAKS_2026),
    SpecialDay(date(2026, 9, 1), _OFF, "Quốc khánh", _BREAKS_2026),
    SpecialDay(date(2026, 9, 2), _OFF, "Quốc khánh", _BREAKS_2026),
    SpecialDay(date(2026, 11, 24), _OFF, "Ngày Văn hóa Việt Nam", _CULTURE_DAY),
    SpecialDay(date(2027, 1, 1), _OFF, "Tết Dương lịch", _LABOUR_CODE),
    # The first day of the lunar year is Saturday 6 February 2027 (at UTC+7).
    # One day before it and four from it, as in 2026, is the likely choice.
    SpecialDay(date(2027, 2, 5), _OFF, "Tết Nguyên đán", _LABOUR_CODE, provisional=True),
    SpecialDay(date(2027, 2, 6), _OFF, "Tết Nguyên đán", _LABOUR_CODE, provisional=True),
    SpecialDay(date(2027, 2, 7), _OFF, "Tết Nguyên đán", _LABOUR_CODE, provisional=True),
    SpecialDay(date(2027, 2, 8), _OFF, "Tết Nguyên đán", _LABOUR_CODE, provisional=True),
    SpecialDay(date(2027, 2, 9), _OFF, "Tết Nguyên đán", _LABOUR_CODE, provisional=True),
    SpecialDay(date(2027, 2, 10), _SUBST, "Nghỉ bù Tết Nguyên đán", _SUBSTITUTE, provisional=True),
    SpecialDay(date(2027, 2, 11), _SUBST, "Nghỉ bù Tết Nguyên đán", _SUBSTITUTE, provisional=True),
    SpecialDay(date(2027, 4, 16), _OFF, "Giỗ Tổ Hùng Vương", _LABOUR_CODE),
    SpecialDay(date(2027, 4, 30), _OFF, "Ngày Chiến thắng", _LABOUR_CODE),
    SpecialDay(date(2027, 5, 1), _OFF, "Ngày Quốc tế lao động", _LABOUR_CODE),
    SpecialDay(date(2027, 5, 3), _SUBST, "Nghỉ bù Ngày Quốc tế lao động", _SUBSTITUTE),
    SpecialDay(date(2027, 9, 2), _OFF, "Quốc khánh", _LABOUR_CODE),
    # The second day is the one before or after, by notice; Friday joins the weekend.
    SpecialDay(date(2027, 9, 3), _OFF, "Quốc khánh", _LABOUR_CODE, provisional=True),
    SpecialDay(date(2027, 11, 24), _OFF, "Ngày Văn hóa Việt Nam", _CULTURE_DAY),
)

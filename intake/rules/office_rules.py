"""The dated settings of an office: one table of their names, values and defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class OfficeRuleKind:
    """``values`` are all that may be set; ``default`` holds where no rule does, None for nothing at all.

    ``label`` and ``unit`` are what a manager reads: «Giữ hồ sơ tối đa», «phút».
    """

    values: range
    default: int | None
    label: str
    unit: str = ""


OFFICE_RULES: Mapping[str, OfficeRuleKind] = {
    "kiosk_counts_as_online": OfficeRuleKind(range(2), None, "Hồ sơ nộp tại ki-ốt là hồ sơ trực tuyến"),
    "promised_share": OfficeRuleKind(
        range(1, 101), None, "Hẹn trả hồ sơ trực tuyến sau bao nhiêu phần thời hạn", "%"
    ),
    "priority_run": OfficeRuleKind(
        range(1, 11), 2, "Gọi liền nhiều nhất bao nhiêu số ưu tiên khi có số thường đang chờ", "số"
    ),
    "lock_minutes": OfficeRuleKind(range(1, 241), 15, "Cán bộ giữ một hồ sơ lâu nhất", "phút"),
    # No text we saw sets a general term for completing a dossier: each office decides.
    "supplement_days": OfficeRuleKind(range(1, 181), 5, "Hạn bổ sung hồ sơ", "ngày làm việc"),
    # Nghị định 61/2018/NĐ-CP, replaced, allowed one; the decree in force was not seen on it.
    "extensions_most": OfficeRuleKind(range(11), 1, "Gia hạn mỗi hồ sơ nhiều nhất", "lần"),
    "late_warning_minutes": OfficeRuleKind(range(10_081), 240, "Báo sắp trễ trước", "phút"),
    "suspend_alone_minutes": OfficeRuleKind(
        range(5, 481), 30, "Một người được tự tạm dừng ngày không giấy lâu nhất", "phút"
    ),
    "same_day_longest_term": OfficeRuleKind(
        range(1, 31), 5, "Chỉ hẹn trả ngay với thủ tục có thời hạn không quá", "ngày làm việc"
    ),
    # No text we saw sets either: the post office and the office agree on them.
    "post_tries": OfficeRuleKind(range(1, 11), 3, "Bưu điện giao kết quả nhiều nhất", "lần"),
    "post_days": OfficeRuleKind(range(1, 61), 10, "Bưu điện giữ kết quả chưa giao được lâu nhất", "ngày"),
    "draft_hours": OfficeRuleKind(range(1, 337), 72, "Giữ hồ sơ người dân lưu lại, chưa nộp", "giờ"),
    # How long an earlier dossier of the same person and procedure is told before another is filed; 0 never.
    "duplicate_days": OfficeRuleKind(
        range(366), 30, "Nhắc đã có hồ sơ cùng người, cùng thủ tục trong", "ngày"
    ),
    # What dispatches of the provinces aim at; each office sets its own and its date.
    "target_electronic": OfficeRuleKind(range(1, 101), 60, "Mục tiêu: hồ sơ điện tử", "%"),
    "target_fully_electronic": OfficeRuleKind(
        range(1, 101), 80, "Mục tiêu: hồ sơ xử lý hoàn toàn điện tử", "%"
    ),
    "target_shorter": OfficeRuleKind(
        range(1, 100), 30, "Mục tiêu: rút ngắn thời hạn của hồ sơ điện tử ít nhất", "%"
    ),
}

"""Names as Vietnam has them: a few family names for most people, Văn and Thị in the middle."""

from __future__ import annotations

import random

FAMILY = {
    "Nguyễn": 380, "Trần": 110, "Lê": 95, "Phạm": 70, "Hoàng": 35, "Huỳnh": 20, "Phan": 45, "Vũ": 24,
    "Võ": 15, "Đặng": 21, "Bùi": 20, "Đỗ": 14, "Hồ": 13, "Ngô": 13, "Dương": 10, "Lý": 5, "Trịnh": 9,
    "Đinh": 9, "Mai": 8, "Đào": 8, "Cao": 7, "Lương": 7, "Hà": 7, "Tạ": 5, "Trương": 9, "Lưu": 4,
    "Quách": 4, "Tống": 4, "Thái": 3, "Châu": 3, "Tô": 3, "Kiều": 2, "Giàng": 2, "Lò": 2, "H'Bia": 1,
    "Đàm": 2, "Nghiêm": 2, "Triệu": 2, "Vi": 1,
}  # fmt: skip
MIDDLE_MAN = {
    "Văn": 40, "Đức": 8, "Minh": 8, "Hữu": 7, "Quang": 7, "Xuân": 6, "Đình": 6, "Công": 4, "Ngọc": 4,
    "Thành": 4, "Quốc": 4, "Trọng": 3, "Tiến": 3, "Bá": 2, "Anh": 3, "Hoàng": 3, "Gia": 3, "Viết": 2,
    "Duy": 3, "Thế": 3,
}  # fmt: skip
MIDDLE_WOMAN = {
    "Thị": 55, "Thị Ngọc": 7, "Thị Thu": 8, "Thị Thanh": 7, "Thị Kim": 4, "Ngọc": 5, "Thu": 4,
    "Thanh": 4, "Thị Minh": 3, "Thị Hồng": 5, "Khánh": 2, "Bảo": 2, "Phương": 3, "Thùy": 3,
    "Thị Bích": 2, "Diệu": 1,
}  # fmt: skip
MAN = (
    "Hùng", "Dũng", "Tuấn", "Nam", "Sơn", "Hải", "Long", "Minh", "Đức", "Thắng", "Quân", "Cường",
    "Trung", "Kiên", "Tùng", "Tú", "Huy", "Khánh", "Phúc", "An", "Bình", "Bảo", "Chiến", "Chung",
    "Công", "Cảnh", "Dương", "Duy", "Đạt", "Điệp", "Giang", "Hà", "Hào", "Hậu", "Hiếu", "Hiệp", "Hoà",
    "Hoan", "Hoàng", "Huân", "Hưng", "Khang", "Khoa", "Khôi", "Kỳ", "Lâm", "Lộc", "Lợi", "Luân", "Lực",
    "Mạnh", "Nghĩa", "Nguyên", "Nhân", "Nhật", "Phong", "Phú", "Phương", "Quang", "Quý", "Quyết",
    "Sáng", "Tài", "Tâm", "Tân", "Thái", "Thành", "Thiện", "Thịnh", "Thọ", "Thuận", "Tiến", "Tín",
    "Toàn", "Trí", "Triệu", "Trường", "Tuyên", "Tường", "Văn", "Vinh", "Vũ", "Vượng", "Xuân", "Ý",
)  # fmt: skip
WOMAN = (
    "Lan", "Hương", "Hoa", "Mai", "Hằng", "Hạnh", "Hà", "Linh", "Trang", "Thảo", "Phương", "Nga",
    "Oanh", "Thu", "Thủy", "Yến", "Vân", "Anh", "Bích", "Chi", "Cúc", "Dung", "Duyên", "Đào", "Điệp",
    "Gấm", "Giang", "Hậu", "Hiền", "Hiếu", "Hoài", "Hồng", "Huệ", "Huyền", "Hường", "Khánh", "Kim",
    "Lài", "Lê", "Liên", "Liễu", "Loan", "Lý", "Lụa", "Mận", "Minh", "Mỹ", "My", "Ngà", "Ngân", "Ngọc",
    "Nguyệt", "Nhàn", "Nhi", "Nhung", "Nụ", "Quế", "Quyên", "Quỳnh", "Sen", "Tâm", "Thanh", "Thắm",
    "Thơm", "Thúy", "Thương", "Tình", "Trâm", "Trinh", "Tuyết", "Tú", "Uyên", "Vi", "Xuân", "Ý", "Yên",
)  # fmt: skip


def a_name(dice: random.Random) -> str:
    """One full name; the earlier of the given names are the more common."""
    man = dice.random() < 0.5
    family, middle = dice.choice(_FAMILIES), dice.choice(_MIDDLES[man])
    given = MAN if man else WOMAN
    return f"{family} {middle} {given[int(len(given) * dice.random() ** 2)]}"


def _urn(weights: dict[str, int]) -> list[str]:
    return [name for name, weight in weights.items() for _ in range(weight)]


_FAMILIES = _urn(FAMILY)
_MIDDLES = {True: _urn(MIDDLE_MAN), False: _urn(MIDDLE_WOMAN)}

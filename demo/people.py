"""Invented people with names and numbers as they are in Vietnam; nobody of them lives."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from intake.drafts import Applicant

_FAMILY = (
    *["Nguyễn"] * 38, *["Trần"] * 11, *["Lê"] * 10, *["Phạm"] * 7, *["Hoàng"] * 5, *["Phan"] * 4,
    *["Vũ"] * 4, *["Đặng"] * 3, *["Bùi"] * 3, *["Đỗ"] * 2, *["Hồ"] * 2, *["Ngô"] * 2, "Dương", "Lý", "Lò",
    "Quách", "Trịnh", "Mai", "Lường",
)  # fmt: skip
_MIDDLE = {
    "Nữ": ("Thị", "Thị", "Thu", "Ngọc", "Thanh", "Minh"),
    "Nam": ("Văn", "Văn", "Đức", "Hữu", "Quốc", "Minh"),
}
_GIVEN = {
    "Nữ": (
        "Lan",
        "Hoa",
        "Hương",
        "Mai",
        "Hạnh",
        "Thảo",
        "Trang",
        "Yến",
        "Nhung",
        "Hằng",
        "Ngọc",
        "Phượng",
        "Diệp",
    ),
    "Nam": (
        "Tú",
        "Phước",
        "Bình",
        "Thắng",
        "Quân",
        "Hùng",
        "Dũng",
        "Sơn",
        "Việt",
        "Khánh",
        "Toàn",
        "Nghĩa",
        "Trường",
    ),
}
_STREETS = ("Tổ 3", "Tổ 7", "Phố Đông Lân", "Phố Tân Sơn", "Khu phố 2", "Ngõ 14 Lê Lai", "Số 25 Trường Thi")
PLACE = "Phường Hạc Thành, Thanh Hóa"


def a_name(dice: Random, sex: str) -> str:
    return " ".join((dice.choice(_FAMILY), dice.choice(_MIDDLE[sex]), dice.choice(_GIVEN[sex])))


def a_citizen_id(dice: Random, sex: str, born: date) -> str:
    """Twelve digits that agree with sex and year of birth; Thanh Hóa registered the birth."""
    century = 2 * (born.year // 100 - 19) + (sex == "Nữ")
    return f"038{century}{born.year % 100:02d}{dice.randrange(10**6):06d}"


def a_phone(dice: Random) -> str:
    return f"09{dice.randrange(10**8):08d}"


def an_applicant(dice: Random, today: date) -> Applicant:
    """A grown-up who scanned their card."""
    sex = dice.choice(("Nam", "Nữ"))
    born = today - timedelta(days=dice.randrange(20 * 366, 78 * 365))
    return Applicant(
        name=a_name(dice, sex),
        citizen_id=a_citizen_id(dice, sex, born),
        born=born.isoformat(),
        sex=sex,
        address=f"{dice.choice(_STREETS)}, {PLACE}",
        phone=a_phone(dice),
        how="card",
    )

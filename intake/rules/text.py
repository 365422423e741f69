"""Vietnamese text: one form to store, one key to search by, and the words for days, hours and money."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

from intake.language import marked, say
from intake.rules.calendar import local

WEEKDAYS = (
    marked("Thứ Hai"),
    marked("Thứ Ba"),
    marked("Thứ Tư"),
    marked("Thứ Năm"),
    marked("Thứ Sáu"),
    marked("Thứ Bảy"),
    marked("Chủ Nhật"),
)
# Only for languages that name their months: Vietnamese dates are numbers.
MONTHS = (
    marked("tháng 1"),
    marked("tháng 2"),
    marked("tháng 3"),
    marked("tháng 4"),
    marked("tháng 5"),
    marked("tháng 6"),
    marked("tháng 7"),
    marked("tháng 8"),
    marked("tháng 9"),
    marked("tháng 10"),
    marked("tháng 11"),
    marked("tháng 12"),
)
WEEKDAYS_WITHIN = tuple(name.replace("Thứ", "thứ") for name in WEEKDAYS)  # within a sentence
_SPACES = re.compile(r"\s+")


def nfc(text: str) -> str:
    """Composed form: the only one we store, compare and draw (fonts misplace loose marks)."""
    return unicodedata.normalize("NFC", text)


def tidy(text: str) -> str:
    """NFC on one line: spaces collapsed, invisible signs (BOM, zero width, direction) dropped."""
    if not text.isprintable():
        text = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    return nfc(_SPACES.sub(" ", text).strip())


def one_line(text: str) -> str:
    """What a scanner or a keyboard sent, without BOM, surrounding blanks and line ends.

    Control characters inside stay, for the reader of a code to refuse.
    """
    return text.replace("\ufeff", "").replace("\xa0", " ").strip()


def search_key(text: str) -> str:
    """What people type when they do not type diacritics: «Giấy  KHAI sinh» and "giay khai sinh" are one."""
    letters = unicodedata.normalize("NFD", text.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(plain.replace("đ", "d").split())


def long_date(day: date) -> str:
    """«Thứ Năm, 26/11/2026», "Thursday, 26 November 2026"."""
    return say("{weekday}, {date}", weekday=say(WEEKDAYS[day.weekday()]), **_dated(day, short_date(day)))


def near_date(day: date) -> str:
    """«Thứ Năm 03/12», where nobody doubts the year."""
    return say("{weekday} {date}", weekday=say(WEEKDAYS[day.weekday()]), **_dated(day, f"{day:%d/%m}"))


def short_date(day: date) -> str:
    return f"{day:%d/%m}/{day.year:04d}"


def _dated(day: date, written: str) -> dict[str, object]:
    """What a language may say of a day: ``date`` in numbers, or day, month by name and year."""
    month = say(MONTHS[day.month - 1])
    return {"date": written, "day": str(day.day), "month": month, "year": f"{day.year:04d}"}


def clock(moment: datetime) -> str:
    return f"{local(moment):%H:%M}"


def moment_words(moment: datetime) -> str:
    return say("{time} ngày {date}", time=clock(moment), date=short_date(local(moment).date()))


def money(amount: int) -> str:
    """Whole đồng with the points people expect: «8.000 đồng»."""
    grouped = f"{amount:,}"
    return say("{amount} đồng", amount=grouped.replace(",", "."), with_commas=grouped)

"""What a typed answer means, how it is kept, and how it is shown again."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from datetime import date

from intake.rules import people
from intake.rules.procedures import Question, QuestionKind
from intake.rules.refusals import Refusal
from intake.rules.text import money, nfc, search_key, tidy

EARLIEST_YEAR = 1850
LATEST_YEAR = 2150
YES_WORDS = frozenset({"yes", "y", "co", "dung", "phai"})
NO_WORDS = frozenset({"no", "n", "khong", "ko", "chua"})

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_MONEY = re.compile(r"([0-9][0-9.,]*)(nghin|ngan|k|trieu|tr|ty|ti)?(dong|d|vnd)?")
_TIMES = {"nghin": 10**3, "ngan": 10**3, "k": 10**3, "trieu": 10**6, "tr": 10**6, "ty": 10**9, "ti": 10**9}
_DATE_WORDS = re.compile(r"\b(ngay|mung|mong|thang|nam)\b")


@dataclass(frozen=True)
class Fault:
    """Why the answer under ``key`` cannot be taken; ``facts`` tell how to repair it."""

    key: str
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


def read_answer(
    question: Question, text: str, *, today: date, communes: Container[str] | None = None
) -> str | Fault:
    """The answer to keep, or the fault of what was typed; "" for nothing on an optional question.

    A kept answer read again gives itself. ``today`` is the civil date in Vietnam
    that ``bound`` speaks of. Without ``communes`` a commune code is only checked
    for its shape.
    """
    lines = nfc(text).splitlines()
    text = ("\n" if question.kind is QuestionKind.LONG_TEXT else " ").join(filter(None, map(tidy, lines)))
    if not text:
        return Fault(question.key, "missing") if question.required else ""
    if len(text) > question.max_length:
        return Fault(question.key, "too_long", {"max": question.max_length})
    if question.kind is QuestionKind.DATE:
        return _read_date(question, text, today)
    if question.kind is QuestionKind.COMMUNE:
        known = communes is None or text in communes
        return text if re.fullmatch(r"[0-9]{5}", text) and known else Fault(question.key, "bad_commune")
    return _READERS[question.kind](question, text)


def _read_text(question: Question, text: str) -> str | Fault:
    return text


def _read_by(rule: Callable[[str], str], code: str) -> Callable[[Question, str], str | Fault]:
    def read(question: Question, text: str) -> str | Fault:
        try:
            return rule(text)
        except Refusal:
            return Fault(question.key, code)

    return read


def _read_email(question: Question, text: str) -> str | Fault:
    return text if _EMAIL.fullmatch(text) else Fault(question.key, "bad_email")


def _read_number(question: Question, text: str) -> str | Fault:
    digits = re.sub(r"(?<=[0-9])[ .,](?=[0-9]{3}(?![0-9]))", "", text)
    if not re.fullmatch(r"[0-9]{1,18}", digits):
        return Fault(question.key, "bad_number")
    return _within(question, int(digits))


def _read_money(question: Question, text: str) -> str | Fault:
    """ "50.000.000", "50 triệu", "1,5 triệu đồng" and the like, as whole đồng."""
    said = _MONEY.fullmatch(search_key(text).replace(" ", ""))
    if not said:
        return Fault(question.key, "bad_number")
    times = _TIMES.get(said[2] or "", 1)
    digits = re.sub(r"[.,](?=[0-9]{3}(?![0-9]))", "", said[1])
    whole, _, part = digits.replace(",", ".").partition(".")
    if not whole.isdecimal() or (part and not part.isdecimal()) or len(whole) + len(part) > 15:
        return Fault(question.key, "bad_number")
    amount, rest = divmod(int(whole + part) * times, 10 ** len(part))
    return Fault(question.key, "bad_number") if rest else _within(question, amount)


def _within(question: Question, number: int) -> str | Fault:
    if question.min is not None and number < question.min:
        return Fault(question.key, "too_small", {"min": question.min})
    if question.max is not None and number > question.max:
        return Fault(question.key, "too_large", {"max": question.max})
    return str(number)


def _read_choice(question: Question, text: str) -> str | Fault:
    """By key, or by label as somebody would type it."""
    for choice in question.choices:
        if text == choice.key or search_key(text) == search_key(choice.label):
            return choice.key
    return Fault(question.key, "bad_choice")


def _read_yes_no(question: Question, text: str) -> str | Fault:
    word = search_key(text)
    if word in YES_WORDS:
        return "yes"
    return "no" if word in NO_WORDS else Fault(question.key, "bad_choice")


_READERS: dict[QuestionKind, Callable[[Question, str], str | Fault]] = {
    QuestionKind.NAME: _read_by(people.person_name, "bad_name"),
    QuestionKind.TEXT: _read_text,
    QuestionKind.LONG_TEXT: _read_text,
    QuestionKind.CITIZEN_ID: _read_by(people.citizen_id, "bad_citizen_id"),
    QuestionKind.PHONE: _read_by(people.phone, "bad_phone"),
    QuestionKind.EMAIL: _read_email,
    QuestionKind.NUMBER: _read_number,
    QuestionKind.MONEY: _read_money,
    QuestionKind.CHOICE: _read_choice,
    QuestionKind.YES_NO: _read_yes_no,
}


def _read_date(question: Question, text: str, today: date) -> str | Fault:
    """A civil date, day first, as people write and say it; stored as ISO.

    "31/11/2026", "31 11 2026", "31.11.26", "31112026", "ngày 3 tháng 2 năm 1950",
    "mùng 3 tháng 2 năm 1950" and ISO. Two digits of a year are taken only where
    one century is possible; otherwise facts["years"] names the two.
    """
    parts = _date_parts(text)
    if parts is None:
        return Fault(question.key, "bad_date")
    day, month, year, short = parts
    if short:
        years = _centuries(question.bound, year, today)
        if len(years) != 1:
            return Fault(question.key, "bad_date", {"years": years})
        year = years[0]
    if not (EARLIEST_YEAR <= year <= LATEST_YEAR and 1 <= month <= 12 and 1 <= day <= 31):
        return Fault(question.key, "bad_date")
    days = monthrange(year, month)[1]
    if day > days:
        return Fault(question.key, "no_such_day", {"day": day, "month": month, "year": year, "days": days})
    found = date(year, month, day)
    if question.bound == "past" and found > today:
        return Fault(question.key, "future_date", {"today": today})
    if question.bound == "future" and found < today:
        return Fault(question.key, "past_date", {"today": today})
    return found.isoformat()


def _date_parts(text: str) -> tuple[int, int, int, bool] | None:
    """Day, month, year, and whether the year has only two digits."""
    plain = _DATE_WORDS.sub(" ", search_key(text))
    if re.search(r"[^0-9\s./,\-]", plain):
        return None
    numbers = re.findall(r"[0-9]+", plain)
    if len(numbers) == 1 and len(numbers[0]) == 8:
        numbers = [numbers[0][:2], numbers[0][2:4], numbers[0][4:]]
    if len(numbers) != 3:
        return None
    if len(numbers[0]) == 4:
        numbers.reverse()
    if len(numbers[0]) > 2 or len(numbers[1]) > 2 or len(numbers[2]) not in (2, 4):
        return None
    day, month, year = (int(number) for number in numbers)
    return day, month, year, len(numbers[2]) == 2


def _centuries(bound: str, year: int, today: date) -> tuple[int, ...]:
    """The years ``year`` may stand for: nobody living was born before 1900, nothing asked lies past 2099."""
    if bound == "past":
        return tuple(full for full in (1900 + year, 2000 + year) if full <= today.year)
    if bound == "future":
        return tuple(full for full in (1900 + year, 2000 + year) if full >= today.year)
    return (1900 + year, 2000 + year)


def shown_answer(question: Question, answer: str, communes: Callable[[str], str] = str) -> str:
    """The answer as a person reads it; ``communes`` turns a code into a name.

    What is not a stored answer of this kind (typed, but unreadable) is shown as it stands.
    """
    if question.kind is QuestionKind.YES_NO:
        return {"yes": "Có", "no": "Không"}.get(answer, answer)
    if question.kind is QuestionKind.CHOICE:
        return next((choice.label for choice in question.choices if choice.key == answer), answer)
    if question.kind is QuestionKind.COMMUNE and answer:
        return communes(answer)
    if question.kind is QuestionKind.DATE and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", answer):
        return "/".join(reversed(answer.split("-")))
    if question.kind is QuestionKind.MONEY and answer.isdecimal():
        return money(int(answer))
    return answer

"""People as they write themselves: personal number, card, name, telephone; and how we show them masked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from intake.rules.birth_provinces import BIRTH_PROVINCES, FIRST_COUNTRY
from intake.rules.refusals import UnreadableCard, UnreadableCitizenId, UnreadableName, UnreadablePhone
from intake.rules.scans import from_hex, is_humped, is_sound, repaired
from intake.rules.text import one_line, search_key, tidy

LONGEST_NAME = 100
LONGEST_SCAN = 3000  # a QR holds no more
FIRST_CARDS = 2016  # no card with a twelve-digit number is older

_CITIZEN_ID = re.compile(r"[0-9]{12}")
_OLD_ID = re.compile(r"[0-9]{9}")
_DATE = re.compile(r"[0-9]{8}|[0-9]{2}/[0-9]{2}/[0-9]{4}")
_SEXES = {"nam": "Nam", "nu": "Nữ"}
_NAME_SIGNS = " '’ʼ.-"
_ADDRESS_SIGNS = _NAME_SIGNS + ",;:/()&+–0123456789"
_PHONE = re.compile(r"(?:(?:\+|00)?84|0)([35789][0-9]{8}|2[0-9]{9})")


def citizen_id(text: str) -> str:
    """The twelve digits of a personal number; spaces between groups are taken out.

    Only ASCII digits count, a letter O is never a zero. No digit of it can be
    checked, and an unknown province is no reason to refuse.

    Source: Nghị định 137/2015/NĐ-CP, art. 13.
    """
    number = one_line(text).replace(" ", "")
    if not _CITIZEN_ID.fullmatch(number):
        raise UnreadableCitizenId()
    return number


def born_and_sex(citizen_id: str) -> tuple[str, int]:
    """What a personal number says of its holder: «Nam» or «Nữ», and the year of birth.

    The fourth digit tells both: 0 and 1 are men and women of 19xx, 2 and 3 of
    20xx, and so on.

    Source: Nghị định 137/2015/NĐ-CP, art. 13; Thông tư 07/2016/TT-BCA, art. 7.
    """
    century, is_woman = divmod(int(citizen_id[3]), 2)
    return "Nữ" if is_woman else "Nam", 1900 + 100 * century + int(citizen_id[4:6])


@dataclass(frozen=True)
class CitizenCard:
    """What a scan told; None for what it did not tell or told unreadably."""

    citizen_id: str
    old_id: str | None = None
    name: str | None = None
    born: date | None = None
    sex: str | None = None
    address: str | None = None
    issued: date | None = None


def read_citizen_card(text: str) -> CitizenCard:
    """The card behind the text of its QR; anything else is refused as UnreadableCard.

    Fields are told apart by what they look like, not by their place: both
    generations of cards are read, with empty, missing and further fields. Words
    in hex or in a wrong code page are repaired; where that fails, name or
    address is None and the person is asked, while numbers and dates are used.
    The QR is not signed: it saves typing and proves nothing.

    Source: Thông tư 16/2024/TT-BCA; layouts as seen in use, none is published.
    """
    fields = _fields(text) if len(text) <= LONGEST_SCAN else []
    numbers = [field for field in fields if _CITIZEN_ID.fullmatch(field)]
    sexes = [_SEXES[search_key(field)] for field in fields if search_key(field) in _SEXES]
    dates = [day for field in fields if (day := _date(field))]
    words = [field for field in fields if any(map(str.isalpha, field)) and search_key(field) not in _SEXES]
    told = [fact for fact in (sexes, dates, words) if fact]
    # The number comes first. Elsewhere it is believed only on what is surely a card.
    is_card = bool(told) if numbers[:1] == fields[:1] else len(numbers) == 1 and len(told) == 3
    if not numbers or not is_card or len(fields) < 3:
        raise UnreadableCard()

    # The first words without a digit are the name, even when broken: never take the next ones instead.
    name = next((field for field in words if not _is_place(field)), "")
    address = max((f for f in words if f != name), key=lambda f: (_is_place(f), len(f)), default="")
    # Every card tells «Nam» or «Nữ»: where neither came through, other letters were dropped as well.
    is_whole = bool(sexes)
    born, issued = _born_and_issued(dates, born_and_sex(numbers[0])[1])
    return CitizenCard(
        citizen_id=numbers[0],
        old_id=next(filter(_OLD_ID.fullmatch, fields), None),
        name=name if is_whole and _is_sound_name(name) else None,
        born=born,
        sex=next(iter(sexes), None),
        address=address if is_whole and address and is_sound(address, _ADDRESS_SIGNS) else None,
        issued=issued,
    )


def contradictions(card: CitizenCard) -> tuple[str, ...]:
    """Where a card disagrees with its own number, to show and never to refuse.

    "sex", "born" (the year), or "province" when its code is of no province.
    """
    sex, year = born_and_sex(card.citizen_id)
    province = card.citizen_id[:3]
    found = {
        "sex": card.sex is not None and card.sex != sex,
        "born": card.born is not None and card.born.year != year,
        "province": province not in BIRTH_PROVINCES and province < FIRST_COUNTRY,
    }
    return tuple(code for code, is_so in found.items() if is_so)


def person_name(text: str) -> str:
    """A person's name, composed (NFC) and with single spaces, otherwise exactly as given.

    Refused as UnreadableName: no letter at all, more than 100 characters, or
    with digits, control characters or signs. Names of every people and script
    pass: nothing is corrected.
    """
    name = tidy(text) if len(text) <= LONGEST_SCAN else ""
    kinds = {unicodedata.category(sign)[0] for sign in name}
    if len(name) > LONGEST_NAME or "L" not in kinds or kinds & {"N", "C", "S"}:
        raise UnreadableName()
    return name


def phone(text: str) -> str:
    """A Vietnamese number as dialled at home: "0912345678", "02373852222".

    Takes +84, 84 and 0084, and spaces, dots and dashes between the digits.
    Short and charged numbers (113, 1900…) are nobody's own and are refused.
    """
    found = _PHONE.fullmatch(re.sub(r"[ .-]", "", one_line(text)))
    if found is None:
        raise UnreadablePhone()
    return "0" + found[1]


def is_hotline(text: str) -> bool:
    """A number somebody can dial: short (113), charged (1900…), or up to 15 digits, spaced as liked."""
    return re.fullmatch(r"\+?[0-9]{3,15}", re.sub(r"[ .()-]", "", one_line(text))) is not None


def masked_citizen_id(number: str) -> str:
    return f"{number[:6]}***{number[-3:]}"


def masked_phone(number: str) -> str:
    return f"{number[:4]}***{number[-3:]}"


def masked_name(name: str) -> str:
    """The family name and initials: «Trần Đ. B. N.»; a name of one word is an initial."""
    first, *others = name.split() or [""]
    if not others:
        return f"{first[0]}." if first else ""
    return " ".join([first, *(f"{word[0]}." for word in others)])


def _fields(text: str) -> list[str]:
    separator = "|" if "|" in text else "$"
    # Plain blanks only: strip() without them would eat the second half of a broken «à».
    raw = [field.strip(" \t\r\n") for field in text.split(separator)]
    # Of all numbers on a card only the longest could be letters in hex.
    words = [field if _CITIZEN_ID.fullmatch(field) else from_hex(field) for field in raw]
    return [tidy(repaired(field)) for field in words]


def _is_sound_name(name: str) -> bool:
    if not 0 < len(name) <= LONGEST_NAME or is_humped(name):
        return False
    return is_sound(name, _NAME_SIGNS) and all(map(_has_vowel, name.split()))


def _has_vowel(word: str) -> bool:
    """False for «VN» and «THNG», left of «VĂN» and «THẮNG»; «H» and «Y» are whole words in the Highlands."""
    return not word.isascii() or sum(map(str.isalpha, word)) < 2 or not set(word.lower()).isdisjoint("aeiouy")


def _is_place(words: str) -> bool:
    return re.search(r"[0-9,]", words) is not None


def _date(field: str) -> date | None:
    if not _DATE.fullmatch(field):
        return None
    try:
        day = datetime.strptime(field.replace("/", ""), "%d%m%Y").date()  # noqa: DTZ007  # a civil date
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2100 else None


def _born_and_issued(dates: Sequence[date], year: int) -> tuple[date | None, date | None]:
    """Birth and issue among ``dates``, given the birth year in the number.

    Birth is the earliest of that year, else the earliest at all; issue the
    latest other. A single date of another year is an issue when cards existed.
    """
    if not dates:
        return None, None
    if len(dates) == 1 and dates[0].year != year and dates[0].year >= FIRST_CARDS:
        return None, dates[0]
    born = min([day for day in dates if day.year == year] or dates)
    others = sorted(dates)
    others.remove(born)
    return born, others[-1] if others else None

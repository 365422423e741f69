"""What somebody is looking for: one field for codes, scans, numbers and names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from intake.rules.codes import parse_dossier_code, parse_item_number
from intake.rules.people import citizen_id, phone, read_citizen_card
from intake.rules.receipt_code import PublicKey, decode
from intake.rules.refusals import NotAReceipt, Refusal
from intake.rules.text import one_line, search_key

LONGEST_WORD = 40
MOST_WORDS = 8  # of a question; more tell nothing new
SHORTEST_PAYLOAD = 100  # a shorter text of capitals and digits is a name, not a receipt
_APOSTROPHES = str.maketrans("", "", "'’ʼ‘`")
_WORD = re.compile(r"[^\W_]+")
_ITEM = re.compile(r"[A-Za-z]{2} ?(?:[0-9] ?){9}[A-Za-z]{2}")  # however its digits are grouped
_DIGITS = re.compile(r"\+?[0-9][0-9 .-]*")
_DAY_AND_NUMBER = re.compile(r"([0-9]{6})([0-9]{4,5})")


class Sought(StrEnum):
    """What a text was taken for."""

    NOTHING = "nothing"
    RECEIPT = "receipt"  # the scanned QR of a receipt; value is the dossier code
    CARD = "card"  # a scanned citizen card; value is the number on it
    CITIZEN_ID = "citizen_id"
    PHONE = "phone"
    ITEM = "item"  # a postal item number
    CODE = "code"  # a whole dossier code
    CODE_PART = "code_part"  # the end of one, or another piece; words
    NAME = "name"  # words


@dataclass(frozen=True)
class Question:
    """``value`` is normalised as it is stored; ``words`` are as ``words_of`` gives them."""

    sought: Sought
    value: str = ""
    office: str = ""  # the code of the office a receipt was issued by
    words: tuple[str, ...] = ()


def words_of(text: str) -> list[str]:
    """The words a name is found by: no diacritics, apostrophes or hyphens; numbers without leading zeros."""
    found = _WORD.findall(search_key(text.translate(_APOSTROPHES)))
    return [(_without_zeros(word) if word.isdecimal() else word)[:LONGEST_WORD] for word in found]


def code_words(code: str, *, agency: str) -> list[str]:
    """The words a dossier code is found by: «H56.17.22-261126-0018» is 261126 and 18 in its own office."""
    own = code.strip().upper().removeprefix(agency.upper())
    return words_of(own)


def word_rows(office_id: int, dossier_id: int, said: Iterable[str]) -> list[dict[str, object]]:
    """The rows of DossierWord for a dossier that is found by the words ``said``."""
    said = tuple(said)
    words = f" {' '.join(said)} "
    return [
        {"office_id": office_id, "word": word, "dossier_id": dossier_id, "words": words}
        for word in ("", *dict.fromkeys(said))
    ]


def question_of(text: str, *, agency: str, public_keys: Mapping[bytes, PublicKey]) -> Question:
    """What ``text``, typed or scanned in the office ``agency``, asks for.

    Raises ForgedReceipt and ForeignReceipt for the QR of a receipt that is not
    ours, UnreadableCard for fields that are no card's, and WrongCheckDigit for a
    postal item number mistyped. Everything else can be looked for.
    """
    said = one_line(text)
    if (receipt := _receipt(said, public_keys)) is not None:
        return receipt
    if said.count("|") > 1 or said.count("$") > 1:
        return Question(Sought.CARD, read_citizen_card(said).citizen_id)
    if _ITEM.fullmatch(said):
        return Question(Sought.ITEM, parse_item_number(said).text)
    if _DIGITS.fullmatch(said) and (number := _number(said)) is not None:
        return number
    try:
        return Question(Sought.CODE, parse_dossier_code(said))
    except Refusal:
        pass
    has_digit = any(map(str.isdigit, said))
    words = code_words(said, agency=agency) if has_digit else words_of(said)
    if not words:
        return Question(Sought.NOTHING)
    return Question(Sought.CODE_PART if has_digit else Sought.NAME, words=tuple(words[:MOST_WORDS]))


def _receipt(said: str, public_keys: Mapping[bytes, PublicKey]) -> Question | None:
    if "/R/" not in said.upper() and (len(said) < SHORTEST_PAYLOAD or " " in said):
        return None
    try:
        code = decode(said, public_keys)
    except NotAReceipt:
        return None
    return Question(Sought.RECEIPT, code.dossier_code, code.office)


def _number(said: str) -> Question | None:
    """A personal number or a telephone; None for the digits of a code («261126-000018» has twelve, too)."""
    for sought, read in ((Sought.CITIZEN_ID, citizen_id), (Sought.PHONE, phone)):
        try:
            return Question(sought, read(said.replace(".", "")))
        except Refusal:
            continue
    if typed_as_one := _DAY_AND_NUMBER.fullmatch(said):
        return Question(Sought.CODE_PART, words=tuple(map(_without_zeros, typed_as_one.groups())))
    return None


def _without_zeros(digits: str) -> str:
    return digits.lstrip("0") or "0"

"""Codes people read, type and scan: postal item numbers and dossier codes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from intake.rules.refusals import UnreadableDossierCode, UnreadableItemNumber, WrongCheckDigit
from intake.rules.text import one_line

LONGEST_ITEM_NUMBER = 40
LONGEST_DOSSIER_CODE = 64

_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_S10 = re.compile(r"([A-Z]{2})([0-9]{8})([0-9])([A-Z]{2})")
_ANY_ITEM = re.compile(rf"(?=.*[0-9A-Z])[!-~]{{1,{LONGEST_ITEM_NUMBER}}}")
_OLD_DOSSIER = re.compile(r"[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}-[0-9]{6}-[0-9]{4}")
_NEW_DOSSIER = re.compile(r"[A-Z][0-9]{2}(\.[0-9]{1,3}){0,4}-[0-9]{6}-[0-9]{4,6}")
_TOKEN = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class ItemNumber:
    """The number of a postal item; only ``text`` is filled when it is an operator's own string."""

    text: str
    service: str = ""
    serial: str = ""
    check: int | None = None
    country: str = ""
    is_s10: bool = False


def item_check_digit(serial: str) -> int:
    """The ninth digit of a postal item number, from its first eight.

    ``serial`` is exactly eight ASCII digits ("47312482" gives 9); anything else
    raises ValueError: the scanner was cut short, ask for another scan. Service
    indicator and country letters take no part.

    Source: UPU S10, check digit with weights 8 6 4 2 3 5 9 7, modulo 11.
    """
    if not re.fullmatch(r"[0-9]{8}", serial):
        raise ValueError("a serial has eight digits")
    rest = sum(int(digit) * weight for digit, weight in zip(serial, _WEIGHTS, strict=True)) % 11
    return {0: 5, 1: 0}.get(rest, 11 - rest)


def parse_item_number(text: str) -> ItemNumber:
    """A scanned or typed item number, in capitals and without spaces.

    A number shaped like S10 loses its hyphens and must have the right check
    digit, else it is refused as WrongCheckDigit. Any other printable ASCII string is kept as the
    operator's own; letters are never taken for digits, nor digits of other
    scripts for ASCII ones. Empty, longer than 40 or with a line break inside (two
    scans in one) is refused as UnreadableItemNumber.

    Source: UPU S10.
    """
    number = _ascii_capitals(one_line(text).replace(" ", ""))
    if number is None or not _ANY_ITEM.fullmatch(number):
        raise UnreadableItemNumber()
    parts = _S10.fullmatch(number.replace("-", ""))
    if parts is None:
        return ItemNumber(number)
    service, serial, check, country = parts.groups()
    if item_check_digit(serial) != int(check):
        raise WrongCheckDigit(text=parts[0])
    return ItemNumber(parts[0], service, serial, int(check), country, is_s10=True)


def s10_number(service: str, serial: int, country: str = "VN") -> str:
    """The whole number of a label of our own; ValueError beyond eight digits."""
    digits = f"{serial:08}"
    return f"{service}{digits}{item_check_digit(digits)}{country}"


def spoken_item(item_number: str) -> str:
    """As people read it aloud: «RR 4731 2482 9 VN»; an operator's own as it is."""
    parts = _S10.fullmatch(item_number)
    if parts is None:
        return item_number
    service, serial, check, country = parts.groups()
    return f"{service} {serial[:4]} {serial[4:]} {check} {country}"


def dossier_code(template: str, *, agency: str, day: date, seq: int) -> str:
    """The code of the ``seq``-th dossier of ``day``, e.g. from "{agency}-{yymmdd}-{seq4}".

    Tokens: agency, yymmdd, yyyymmdd, yy, seq, and seq4, seq5, seq6 with leading
    zeros. An unknown token, a stray brace or a code longer than 64 characters
    raises ValueError: the office's template is wrong.

    Source: Thông tư 01/2018/TT-VPCP, art. 19; Quyết định 20/2020/QĐ-TTg.
    """
    values = {
        "agency": agency,
        "yymmdd": f"{day:%y%m%d}",
        "yyyymmdd": f"{day:%Y%m%d}",
        "yy": f"{day:%y}",
        "seq": str(seq),
        **{f"seq{width}": f"{seq:0{width}d}" for width in (4, 5, 6)},
    }
    if unknown := set(_TOKEN.findall(template)) - set(values):
        raise ValueError(f"unknown in the template of dossier codes: {', '.join(sorted(unknown))}")
    code = _TOKEN.sub(lambda token: values[token[1]], template)
    if "{" in code or "}" in code or len(code) > LONGEST_DOSSIER_CODE:
        raise ValueError(f"bad template of dossier codes: {template}")
    return code


def parse_dossier_code(text: str) -> str:
    """A dossier code as typed or scanned, of the old shape or the new.

    Takes lower case, and the grouped form we print («H56.17.22», «261126 ·
    0018»). Otherwise opaque: neither the agency nor the date is checked.

    Source: Thông tư 01/2018/TT-VPCP, art. 19; Quyết định 20/2020/QĐ-TTg.
    """
    code = _ascii_capitals(re.sub(r"[ ·–—-]+", "-", one_line(text)))
    if code is None or len(code) > LONGEST_DOSSIER_CODE:
        raise UnreadableDossierCode()
    if not _OLD_DOSSIER.fullmatch(code) and not _NEW_DOSSIER.fullmatch(code):
        raise UnreadableDossierCode()
    return code


def is_dossier_code(text: str) -> bool:
    """Whether it has the shape of one, old or new, however it is written."""
    try:
        parse_dossier_code(text)
    except UnreadableDossierCode:
        return False
    return True


def grouped(dossier_code: str) -> tuple[str, ...]:
    """The lines in which people read a code aloud: the agency, then day and number."""
    agency, *numbers = dossier_code.split("-")
    return (agency, " · ".join(numbers)) if numbers else (agency,)


def _ascii_capitals(text: str) -> str | None:
    """None for anything beyond ASCII: upper() would turn «ı» into a plain I."""
    return text.upper() if text.isascii() else None

"""The QR of a bank transfer, built and read: VietQR, which is EMVCo's QR as NAPAS fills it.

Every object is two digits of its name, two of its length and the value. All is
ASCII, so that bytes and characters are one.

Source: EMV QRCPS Merchant-Presented Mode 1.1; NAPAS, VietQR specification 1.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from intake.rules.text import search_key

AID = "A000000727"  # of NAPAS
TO_ACCOUNT, TO_CARD = "QRIBFTTA", "QRIBFTTC"
SERVICES = (TO_ACCOUNT, TO_CARD)
CURRENCY = "704"  # Vietnamese đồng
LONGEST_PURPOSE = 25  # what every bank carries unharmed
LONGEST_AMOUNT = 13  # digits
ACCOUNT = re.compile(r"[0-9A-Z]{1,19}")
BIN = re.compile(r"[0-9]{6}")
_PURPOSE = re.compile(r"[0-9A-Za-z][0-9A-Za-z .,/-]*")

# By the first six digits of their cards, as NAPAS routes transfers.
BANKS: Mapping[str, str] = {
    "970436": "Vietcombank",
    "970415": "VietinBank",
    "970418": "BIDV",
    "970405": "Agribank",
    "970422": "MB",
    "970407": "Techcombank",
    "970416": "ACB",
    "970432": "VPBank",
    "970423": "TPBank",
    "970403": "Sacombank",
    "970437": "HDBank",
    "970441": "VIB",
    "970443": "SHB",
    "970431": "Eximbank",
    "970426": "MSB",
    "970448": "OCB",
    "970449": "LPBank",
    "970440": "SeABank",
    "970425": "ABBank",
    "970409": "Bac A Bank",
    "970438": "BaoViet Bank",
    "970452": "KienlongBank",
    "970428": "Nam A Bank",
    "970419": "NCB",
    "970430": "PGBank",
    "970412": "PVcomBank",
    "970400": "Saigonbank",
    "970429": "SCB",
    "970424": "Shinhan Bank",
    "970427": "VietABank",
    "970433": "VietBank",
    "970454": "Viet Capital Bank",
}


@dataclass(frozen=True)
class Transfer:
    """What such a QR asks for. ``amount`` is whole đồng, None where the payer types it."""

    bin: str
    account: str  # or the number of a card, by ``service``
    service: str = TO_ACCOUNT
    amount: int | None = None
    bill: str = ""
    purpose: str = ""


def payload(transfer: Transfer) -> str:
    """The text of the QR. ValueError where a part does not fit: it was not checked before."""
    if not BIN.fullmatch(transfer.bin) or not ACCOUNT.fullmatch(transfer.account):
        raise ValueError("no such bank or account")
    if transfer.amount is not None and not 0 <= transfer.amount < 10**LONGEST_AMOUNT:
        raise ValueError(f"no such amount: {transfer.amount}")
    if transfer.purpose and not _PURPOSE.fullmatch(transfer.purpose):
        raise ValueError("the purpose is not plain ASCII")
    to = _object("00", transfer.bin) + _object("01", transfer.account)
    napas = _object("00", AID) + _object("01", to) + _object("02", transfer.service)
    more = _if("01", transfer.bill) + _if("08", transfer.purpose)
    is_dynamic = transfer.amount is not None
    text = (
        _object("00", "01")
        + _object("01", "12" if is_dynamic else "11")
        + _object("38", napas)
        + _object("53", CURRENCY)
        + (_object("54", str(transfer.amount)) if is_dynamic else "")
        + _object("58", "VN")
        + _if("62", more)
        + "6304"
    )
    return text + f"{crc(text):04X}"


def read_payload(text: str) -> Transfer:
    """What a QR asks for; ValueError when it is cut, altered, or none of NAPAS."""
    if not text.isascii() or len(text) < 8 or text[-8:-4] != "6304" or f"{crc(text[:-4]):04X}" != text[-4:]:
        raise ValueError("cut or altered: the checksum is another")
    parts = dict(_objects(text[:-8]))
    napas = dict(_objects(parts.get("38", "")))
    to = dict(_objects(napas.get("01", "")))
    if parts.get("00") != "01" or napas.get("00") != AID or napas.get("02") not in SERVICES:
        raise ValueError("not of NAPAS")
    more = dict(_objects(parts.get("62", "")))
    amount = parts.get("54", "")
    if amount and not amount.isdecimal():
        raise ValueError("the amount is no number")
    return Transfer(
        bin=to.get("00", ""),
        account=to.get("01", ""),
        service=napas["02"],
        amount=int(amount) if amount else None,
        bill=more.get("01", ""),
        purpose=more.get("08", ""),
    )


def crc(text: str) -> int:
    """CRC-16/CCITT-FALSE: polynomial 1021, begun with FFFF, nothing reflected. Of "123456789" it is 29B1."""
    value = 0xFFFF
    for byte in text.encode("ascii"):
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1) ^ 0x1021 if value & 0x8000 else value << 1
        value &= 0xFFFF
    return value


def purpose_of(reference: str, words: str) -> str:
    """What the transfer says: the reference first, then as many of ``words`` as fit, in plain letters.

    Banks put their own text before it or after, cut it, and drop what is no
    letter or digit; the reference has only those.
    """
    plain = re.sub(r"[^0-9a-z ]", " ", search_key(words)).upper().split()
    said = reference
    for word in plain:
        if len(said) + 1 + len(word) > LONGEST_PURPOSE:
            break
        said += f" {word}"
    return said


def plain_holder(name: str) -> str:
    """As banks write the holder of an account: capitals without marks, up to 25."""
    words = re.sub(r"[^0-9A-Z]+", " ", search_key(name).upper()).split()
    return " ".join(words)[:25].strip()


def _object(name: str, value: str) -> str:
    if not value.isascii() or not 0 < len(value) < 100:
        raise ValueError(f"object {name} does not fit")
    return f"{name}{len(value):02}{value}"


def _if(name: str, value: str) -> str:
    return _object(name, value) if value else ""


def _objects(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        name, length = text[at : at + 2], text[at + 2 : at + 4]
        if len(length) < 2 or not length.isdecimal() or at + 4 + int(length) > len(text):
            raise ValueError("an object is cut")
        at += 4 + int(length)
        yield name, text[at - int(length) : at]

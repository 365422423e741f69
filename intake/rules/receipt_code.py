"""What the QR of a receipt says, signed by the office that issued it. No personal data.

The payload is binary, written in base32: capitals and digits only, so that the
QR stays in its dense alphanumeric mode and a person may type it in any case.

    1  version        4  key id        4  seconds since 1970, UTC
    1  length of the office code, the office code, the dossier code
    64 Ed25519 signature of everything before it
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from struct import Struct
from typing import Protocol
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature

from intake.rules.codes import LONGEST_DOSSIER_CODE
from intake.rules.refusals import ForeignReceipt, ForgedReceipt, NotAReceipt

VERSION = 1
LONGEST_OFFICE = 24
LONGEST_TEXT = 1000  # of a scanned address

_HEAD = Struct(">B4sIB")  # version, key id, seconds, length of the office code
_SIGNATURE = 64
_NAME = re.compile(r"[0-9A-Za-z._/-]+")
_PAYLOAD = re.compile(r"(?:.*/R/)?(A[E-H][2-7A-Z]*)")  # VERSION 1 always spells A, then one of E to H


class PublicKey(Protocol):
    """An Ed25519 public key; raises InvalidSignature."""

    def verify(self, signature: bytes, data: bytes) -> None: ...


@dataclass(frozen=True)
class ReceiptCode:
    """``received_at`` is aware and counted in whole seconds; ``key_id`` names the signing key."""

    office: str
    dossier_code: str
    received_at: datetime
    key_id: bytes
    version: int = VERSION


def key_id(public_key: bytes) -> bytes:
    """Four bytes that tell the keys of offices apart."""
    return hashlib.sha256(public_key).digest()[:4]


def encode(code: ReceiptCode, sign: Callable[[bytes], bytes]) -> str:
    """The signed payload; a code that no receipt can have raises ValueError.

    The office code has at most 24 characters, the dossier code at most 64, both
    of letters, digits and ``. _ / -``: the QR then stays within version 10.
    """
    office, dossier = code.office, code.dossier_code
    if not _is_name(office, LONGEST_OFFICE) or not _is_name(dossier, LONGEST_DOSSIER_CODE):
        raise ValueError(f"not codes a receipt can carry: {office!r}, {dossier!r}")
    if code.received_at.tzinfo is None or code.version != VERSION or len(code.key_id) != 4:
        raise ValueError("a receipt has an aware moment, our version and a key id of four bytes")
    head = _HEAD.pack(code.version, code.key_id, int(code.received_at.timestamp()), len(office))
    body = head + office.encode() + dossier.encode()
    return base64.b32encode(body + sign(body)).decode().rstrip("=")


def decode(text: str, public_keys: Mapping[bytes, PublicKey]) -> ReceiptCode:
    """The receipt behind a scanned text: a bare payload or a whole address, in any case.

    ``public_keys`` are ours, by key id. A text that does not begin like one of
    ours is refused as NotAReceipt; one that was altered, cut short or never
    signed as ForgedReceipt; one that names a key we do not hold as
    ForeignReceipt, with the office it claims to come from (unproven).
    """
    body, signature = _opened(text)
    code = _read(body)
    key = public_keys.get(code.key_id)
    if key is None:
        raise ForeignReceipt(office=code.office, dossier_code=code.dossier_code)
    try:
        key.verify(signature, body)
    except InvalidSignature:
        raise ForgedReceipt() from None
    return code


def address(base_url: str, payload: str) -> str:
    """Where the QR leads; in capitals when only scheme and host are before ``/R/``.

    Scheme and host know no case, and capitals keep the QR small. A path does
    know case and stays as it is.
    """
    base = base_url.rstrip("/")
    return f"{base if urlsplit(base).path else base.upper()}/R/{payload}"


def _opened(text: str) -> tuple[bytes, bytes]:
    """What was signed, and the signature."""
    readable = text.isascii() and len(text) <= LONGEST_TEXT
    found = _PAYLOAD.fullmatch(text.strip().upper()) if readable else None
    if found is None:
        raise NotAReceipt()
    payload = found[1]
    try:
        data = base64.b32decode(payload + "=" * (-len(payload) % 8))
    except binascii.Error:
        raise ForgedReceipt() from None
    # The last letter has bits to spare: only one spelling of it is ours.
    if base64.b32encode(data).decode().rstrip("=") != payload:
        raise ForgedReceipt()
    return data[:-_SIGNATURE], data[-_SIGNATURE:]


def _read(body: bytes) -> ReceiptCode:
    if len(body) < _HEAD.size:
        raise ForgedReceipt()
    version, key, seconds, length = _HEAD.unpack_from(body)
    names = body[_HEAD.size :].decode("latin-1")
    office, dossier = names[:length], names[length:]
    if version != VERSION or not _is_name(office, LONGEST_OFFICE):
        raise ForgedReceipt()
    if not _is_name(dossier, LONGEST_DOSSIER_CODE):
        raise ForgedReceipt()
    return ReceiptCode(office, dossier, datetime.fromtimestamp(seconds, UTC), key)


def _is_name(text: str, longest: int) -> bool:
    return len(text) <= longest and _NAME.fullmatch(text) is not None

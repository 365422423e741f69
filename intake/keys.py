"""Sealing personal data and signing receipts with the keys of this installation."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from intake.rules.receipt_code import key_id

_NONCE = 12
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Unsealable(Exception):
    """Sealed bytes that this installation's key does not open: altered, or another key's."""


class Keys:
    """AES-256-GCM for what is stored, HMAC-SHA-256 to find it and to chain events, Ed25519 for receipts.

    ``purpose`` names the column; a value sealed for one column does not open
    in another. Independent keys are derived from ``data_key`` for sealing,
    for fingerprints and for the chain, so that none says anything about another.
    """

    def __init__(self, *, data_key: bytes, receipt_key: bytes) -> None:
        self._aead = AESGCM(_derive(data_key, b"seal"))
        self._finger = _derive(data_key, b"fingerprint")
        self._chain = _derive(data_key, b"chain of events")
        self._envelope = _derive(data_key, b"envelope") + _derive(data_key, b"envelope, second half")
        self._signer = Ed25519PrivateKey.from_private_bytes(receipt_key)
        public = self._signer.public_key()
        self.receipt_key_id = key_id(public.public_bytes_raw())
        self.public_keys: Mapping[bytes, Ed25519PublicKey] = {self.receipt_key_id: public}

    def seal(self, text: str, purpose: str) -> bytes:
        """Nonce (12 bytes), ciphertext and tag of the UTF-8 of ``text``."""
        return self.seal_bytes(text.encode(), purpose)

    def unseal(self, sealed: bytes, purpose: str) -> str:
        """What was sealed for the same purpose; raises Unsealable otherwise."""
        try:
            return self.unseal_bytes(sealed, purpose).decode()
        except UnicodeDecodeError as cause:
            raise Unsealable(purpose) from cause

    def seal_bytes(self, content: bytes, purpose: str) -> bytes:
        """The same for what is no text: a file."""
        nonce = os.urandom(_NONCE)
        return nonce + self._aead.encrypt(nonce, content, purpose.encode())

    def unseal_bytes(self, sealed: bytes, purpose: str) -> bytes:
        """What was sealed for the same purpose; raises Unsealable otherwise."""
        try:
            return self._aead.decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
        except (InvalidTag, ValueError) as cause:
            raise Unsealable(purpose) from cause

    def fingerprint(self, text: str, purpose: str) -> str:
        """64 hexadecimal digits, equal for equal text and purpose, useless without the key."""
        return hmac.new(self._finger, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()

    def chain(self, message: bytes) -> str:
        """64 hexadecimal digits that bind an event to the one before it; see intake/audit.py."""
        return hmac.new(self._chain, message, hashlib.sha256).hexdigest()

    @cached_property
    def envelope_key(self) -> ec.EllipticCurvePrivateKey:
        """P-256: devices seal to its public half what they could not open again themselves.

        Derived like the others, so that every host of a province opens what any
        of its devices sealed, and no further file has to be kept.
        """
        scalar = int.from_bytes(self._envelope) % (_P256_ORDER - 1) + 1
        return ec.derive_private_key(scalar, ec.SECP256R1())

    def sign(self, message: bytes) -> bytes:
        """64 bytes of Ed25519 over ``message``."""
        return self._signer.sign(message)


def _derive(key: bytes, use: bytes) -> bytes:
    return hmac.new(key, use, hashlib.sha256).digest()

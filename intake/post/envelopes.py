"""What a device of the post keeps while the line is cut: sealed to the server's key, opened by it alone.

A stolen tablet cannot open its own queue. Whose page an item was taken on is
told by the page's pass, which the server sealed when it drew the page.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from intake.keys import Keys, Unsealable
from intake.records import AcceptancePoint
from intake.rules.refusals import PassOver, UnreadableEnvelope

VERSION = 1
INFO = b"motcham envelope 1"
PASS = "post.pass"
PASS_LASTS = timedelta(days=3)  # how long a page may take items: a village may be without a line for two days
KEPT_FOR = timedelta(days=30)  # how late they are still believed
LONGEST = 48 * 1024
AT_ONCE = timedelta(minutes=2)  # sent so soon after it was taken, there was a network


@dataclass(frozen=True)
class Pass:
    """Who works at which post office on a page, and when it was drawn."""

    person_id: int
    point_id: int
    given_at: datetime


@dataclass(frozen=True)
class Envelope:
    """``attempt`` is bound to ``body``, the JSON that the device's script wrote."""

    attempt: str
    body: Mapping[str, Any]


def public_key(keys: Keys) -> str:
    """65 bytes of an uncompressed P-256 point in base64, as WebCrypto imports it raw."""
    return base64.b64encode(_point(keys.envelope_key.public_key())).decode()


def open_envelope(text: str, keys: Keys) -> Envelope:
    """What a device sealed; raises UnreadableEnvelope for anything else.

    The text is JSON: ``v`` 1, ``attempt``, and in base64 ``key`` (the ephemeral
    point), ``iv`` (12 bytes) and ``body`` (AES-256-GCM, with ``attempt`` as
    associated data, under HKDF-SHA-256 of the ECDH secret).
    """
    try:
        told = json.loads(text) if len(text) <= LONGEST else {}
        if told["v"] != VERSION:
            raise UnreadableEnvelope
        theirs, iv, sealed = (base64.b64decode(told[name], validate=True) for name in ("key", "iv", "body"))
        attempt = str(told["attempt"])
        opened = AESGCM(_shared(theirs, keys)).decrypt(iv, sealed, attempt.encode())
        body = json.loads(opened)
    except (KeyError, TypeError, ValueError, RecursionError, InvalidTag, binascii.Error) as cause:
        raise UnreadableEnvelope from cause
    if not isinstance(body, dict) or not attempt:
        raise UnreadableEnvelope
    return Envelope(attempt, body)


def seal_envelope(attempt: str, body: Mapping[str, Any], keys: Keys) -> str:
    """As a device does it: for tests, and for what is put back into a queue."""
    own = ec.generate_private_key(ec.SECP256R1())
    theirs = _point(own.public_key())
    key = _derived(own.exchange(ec.ECDH(), keys.envelope_key.public_key()), theirs)
    iv = b"\0" * 12  # the key is used once
    sealed = AESGCM(key).encrypt(iv, json.dumps(body, ensure_ascii=False).encode(), attempt.encode())
    parts = {"key": theirs, "iv": iv, "body": sealed}
    told = {name: base64.b64encode(part).decode() for name, part in parts.items()}
    return json.dumps({"v": VERSION, "attempt": attempt, **told})


def give_pass(person_id: int, point: AcceptancePoint, keys: Keys, *, now: datetime) -> str:
    told = json.dumps([person_id, point.id, now.isoformat()])
    return base64.b64encode(keys.seal(told, PASS)).decode()


def read_pass(text: object, point: AcceptancePoint, keys: Keys, *, now: datetime) -> Pass:
    """The pass of a page of this post office; raises PassOver for an old one, or another's."""
    try:
        told = json.loads(keys.unseal(base64.b64decode(str(text), validate=True), PASS))
    except (Unsealable, ValueError) as cause:
        raise PassOver(why="elsewhere") from cause
    found = Pass(told[0], told[1], datetime.fromisoformat(told[2]))
    if found.point_id != point.id:
        raise PassOver(why="elsewhere")
    if now - found.given_at > KEPT_FOR:
        raise PassOver(why="old")
    return found


def taken_at(age_s: float, given: Pass, *, now: datetime) -> datetime | None:
    """When an item was taken that a device has held for ``age_s`` seconds by its own clock.

    None when that is just now. A device whose clock was moved meanwhile cannot
    make it earlier than its page, nor later than now.
    """
    age_s = 0.0 if math.isnan(age_s) else min(max(age_s, 0.0), KEPT_FOR.total_seconds())
    at = max(now - timedelta(seconds=age_s), given.given_at)
    return None if now - at < AT_ONCE else at


def _shared(theirs: bytes, keys: Keys) -> bytes:
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
    return _derived(keys.envelope_key.exchange(ec.ECDH(), point), theirs)


def _derived(secret: bytes, theirs: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=theirs, info=INFO).derive(secret)


def _point(public: ec.EllipticCurvePublicKey) -> bytes:
    return public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)

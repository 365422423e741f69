"""What keeps an item from being taken at the post: everything at once, each by the field it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from intake.rules.answers import Fault
from intake.rules.applicants import applicant_faults, collection_faults
from intake.rules.post_consent import CONSENT
from intake.rules.tariffs import ZONES

LONGEST_SEAL = 40
HEAVIEST = 30_000  # grams; nothing heavier goes as a dossier
PAYERS: Mapping[str, str] = {"sender": "Người gửi trả", "province": "Tỉnh chi trả"}
COLLECTED = frozenset({"post", "counter_later", "electronic"})  # nobody waits at the centre
# How the post's own screen calls the fields that other faces call so.
_KEYS = {"collection.address": "address", "collection.email": "email"}


def sender_faults(
    name: str, citizen_id: str, phone: str, kind: str, *, how: str, address: str, email: str
) -> list[Fault]:
    """Of who sends and how the result comes back."""
    if how not in COLLECTED:
        return [*applicant_faults(name, citizen_id, phone, kind), Fault("collection", "bad_choice")]
    faults = (*applicant_faults(name, citizen_id, phone, kind), *collection_faults(how, address, email))
    return [Fault(_KEYS.get(fault.key, fault.key), fault.code, fault.facts) for fault in faults]


def parcel_faults(
    *,
    seal_number: str,
    witnessed: bool,
    grams: int,
    zone: str,
    payer: str,
    exemption: str,
    exemptions: Iterable[str],
    consent: str,
    wants_home: bool,
) -> list[Fault]:
    """Of the sealed item: sealed before the sender's eyes, weighed, priced, agreed to.

    Source: Quyết định 45/2016/QĐ-TTg: sealed in the sender's presence.
    """
    return [
        *_seal_faults(seal_number.strip(), witnessed),
        *_weight_faults(grams),
        *([] if zone in ZONES else [Fault("zone", "bad_choice")]),
        *([] if payer in PAYERS else [Fault("payer", "bad_choice")]),
        *([] if not exemption or exemption in exemptions else [Fault("exemption", "bad_choice")]),
        *_consent_faults(consent, wants_home),
    ]


def _seal_faults(number: str, witnessed: bool) -> Iterator[Fault]:
    if not number:
        yield Fault("seal_number", "missing")
    elif len(number) > LONGEST_SEAL:
        yield Fault("seal_number", "too_long", {"max": LONGEST_SEAL})
    if not witnessed:
        yield Fault("witnessed", "not_witnessed")


def _weight_faults(grams: int) -> Iterator[Fault]:
    if grams <= 0:
        yield Fault("grams", "not_weighed")
    elif grams > HEAVIEST:
        yield Fault("grams", "too_large", {"max": HEAVIEST})


def _consent_faults(version: str, wants_home: bool) -> Iterator[Fault]:
    """Without consent nothing may be passed on: the result is collected, or sent electronically."""
    if wants_home and not version:
        yield Fault("consent", "no_consent")
    elif version and version not in CONSENT:
        yield Fault("consent", "bad_choice")

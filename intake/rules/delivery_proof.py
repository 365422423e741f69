"""How whoever takes a result home is known, and what they leave: a signature, or their one-time code.

A signature is what a finger drew, as strokes and not as a picture: "M12 30L14 31M…"
on a sheet of 600 by 240.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from intake.rules.answers import Fault
from intake.rules.people import citizen_id, person_name
from intake.rules.reasons import AUTHORITIES, IDENTITY_PAPERS
from intake.rules.refusals import Refusal
from intake.rules.text import tidy

SHEET = (600, 240)
LONGEST_SIGNATURE = 20_000
LEAST_POINTS = 8  # a dot is no signature

_SIGNATURE = re.compile(r"(?:M[0-9]{1,3} [0-9]{1,3}(?:L[0-9]{1,3} [0-9]{1,3})*)+")


@dataclass(frozen=True)
class Shown:
    """What a courier saw and was given at the door.

    ``identity`` is of IDENTITY_PAPERS. ``authority`` of AUTHORITIES is of
    somebody who takes it for the recipient, who then tells ``name``,
    ``citizen_id`` and ``proof_number``. ``code`` is what the recipient read
    out; ``photo`` a JPEG in base64, or "".
    """

    identity: str
    authority: str = ""
    name: str = ""
    citizen_id: str = ""
    proof_number: str = ""
    signature: str = ""
    code: str = ""
    photo: str = ""


def proof_faults(shown: Shown) -> tuple[Fault, ...]:
    """All that is missing before anything may be left at a door."""
    faults = []
    if shown.identity not in IDENTITY_PAPERS:
        faults.append(Fault("identity", "bad_choice" if shown.identity else "missing"))
    if shown.authority:
        faults += _behalf_faults(shown)
    if shown.signature and not is_signature(shown.signature):
        faults.append(Fault("signature", "bad_signature"))
    if not shown.signature and not shown.code.strip():
        faults.append(Fault("signature", "unsigned"))
    return tuple(faults)


def is_signature(text: str) -> bool:
    """Strokes, and enough of them to be somebody's."""
    fits = len(text) <= LONGEST_SIGNATURE and _SIGNATURE.fullmatch(text) is not None
    return fits and text.count("M") + text.count("L") >= LEAST_POINTS


def _behalf_faults(shown: Shown) -> list[Fault]:
    faults = []
    if shown.authority not in AUTHORITIES:
        faults.append(Fault("authority", "bad_choice"))
    if not _reads(person_name, shown.name):
        faults.append(Fault("name", "bad_name" if shown.name.strip() else "missing"))
    if not _reads(citizen_id, shown.citizen_id):
        faults.append(Fault("citizen_id", "bad_citizen_id" if shown.citizen_id.strip() else "missing"))
    if not tidy(shown.proof_number):
        faults.append(Fault("proof_number", "missing"))
    return faults


def _reads(reader: Callable[[str], str], text: str) -> bool:
    try:
        reader(text)
    except Refusal:
        return False
    return True

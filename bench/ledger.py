"""What citizens were told, what the ledger says and what lies in the paper tray: do they agree?"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from devices.virtual_printer import Sheet
from intake.records import Dossier, Errand, Receipt
from intake.rules.receipt_code import decode

SETTLE_S = 120.0


@dataclass(frozen=True)
class Entry:
    """A dossier with its paper as the ledger has it."""

    attempt: str
    dossier_code: str
    copy_no: int | None
    state: str | None
    reason: str | None


def settled(session: Session) -> bool:
    """Wait until no paper is on its way to the printer; False when that takes too long."""
    deadline = time.monotonic() + SETTLE_S
    on_the_way = Errand.state.in_(("queued", "claimed", "sending"))
    while time.monotonic() < deadline:
        left = session.scalar(select(func.count(Errand.id)).where(on_the_way))
        session.rollback()
        if left == 0:
            return True
        time.sleep(0.2)
    return False


def ledger(session: Session) -> list[Entry]:
    """Every dossier with each of its papers; one without a receipt or a paper has an empty entry."""
    rows = session.execute(
        select(Dossier.attempt, Dossier.dossier_code, Errand.copy_no, Errand.state, Errand.reason)
        .join(Receipt, Receipt.dossier_id == Dossier.id, isouter=True)
        .join(Errand, Errand.receipt_id == Receipt.id, isouter=True)
    )
    return [Entry(*row) for row in rows]


def judge(told: Mapping[str, str], found: Sequence[Entry], papers: Mapping[str, int]) -> list[str]:
    """Every way in which what citizens were told, the ledger and the paper tray disagree."""
    stored = {entry.attempt: entry.dossier_code for entry in found}
    return [
        *(
            f"a citizen was told {code}, stored is {stored.get(attempt)}"
            for attempt, code in told.items()
            if stored.get(attempt) != code
        ),
        *_faults_of_numbers([entry.dossier_code for entry in found]),
        *(f"{code} came out of nowhere" for code in papers if code not in stored.values()),
        *(fault for entry in found if (fault := _fault_of_paper(entry, papers.get(entry.dossier_code, 0)))),
    ]


def _faults_of_numbers(codes: Sequence[str]) -> list[str]:
    """Codes of one day must end in 1, 2, 3 … without gap or repeat."""
    days: dict[str, list[int]] = {}
    for code in codes:
        day, _, number = code.rpartition("-")
        days.setdefault(day, []).append(int(number))
    return [
        f"the numbers of {day} have gaps or repeats"
        for day, numbers in days.items()
        if sorted(numbers) != list(range(1, len(numbers) + 1))
    ]


def _fault_of_paper(entry: Entry, papers: int) -> str | None:
    if papers > 1:
        return f"{entry.dossier_code} came out twice ({papers} papers)"
    if entry.state == "printed" and papers == 0:
        return f"{entry.dossier_code} is called printed and never came out"
    if entry.state != "printed" and not entry.reason:
        return f"{entry.dossier_code} is {entry.state} without a reason"
    return None


def papers_by_code(sheets: Iterable[Sheet], public_keys: Mapping[bytes, Ed25519PublicKey]) -> Counter[str]:
    """How often the receipt of each dossier came out, read from the QR of every paper."""
    codes: Counter[str] = Counter()
    for sheet in sheets:
        for found in zxingcpp.read_barcodes(sheet.image.convert("L")):
            codes[decode(found.text, public_keys).dossier_code] += 1
    return codes

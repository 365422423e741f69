"""Money over the counter of the post: whose it is, what its receipts are called, how cash is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from intake.rules.answers import Fault
from intake.rules.notice_faults import text_faults

CHARGE, FEE = "charge", "fee"  # the post's own, and the State's: never mixed
ACCOUNTS = (CHARGE, FEE)
_LETTERS = {CHARGE: "C", FEE: "P"}  # cước; phí, lệ phí
# Notes of the State Bank that are still given out as change.
NOTES = (500_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500)
MOST_NOTES = 9_999
LARGEST = 1_000_000_000


@dataclass(frozen=True)
class Sum:
    """How often and how much, whole đồng; a correction counts in the amount alone."""

    count: int = 0
    amount: int = 0

    def __add__(self, other: Sum) -> Sum:
        return Sum(self.count + other.count, self.amount + other.amount)


def receipt_number(point_code: str, account: str, day: date, number: int) -> str:
    """«BD-07-P-261126-003»: each account has a series of its own at each post office on each day."""
    return f"{point_code}-{_LETTERS[account]}-{day:%y%m%d}-{number:03d}"


def series_of(point_id: int, account: str) -> str:
    """The name of its counter."""
    return f"post-{_LETTERS[account]}-{point_id}"


def counted(notes: Mapping[int, int]) -> int:
    """Whole đồng of so many notes of each kind."""
    return sum(note * pieces for note, pieces in notes.items())


def notes_of(typed: Mapping[str, str], account: str) -> dict[int, int] | Fault:
    """How many of each note a form tells under «charge.500000»; an empty field is none."""
    notes = {}
    for note in NOTES:
        said = typed.get(f"{account}.{note}", "").strip()
        if said and not (said.isascii() and said.isdecimal() and int(said[:9]) <= MOST_NOTES):
            return Fault(f"{account}.{note}", "bad_number")
        notes[note] = int(said or 0)
    return {note: pieces for note, pieces in notes.items() if pieces}


def closing_faults(expected: Mapping[str, int], counted: Mapping[str, int], reason: str) -> tuple[Fault, ...]:
    """A difference in either account, also where the other makes up for it, needs its reason."""
    is_other = any(expected[account] != counted[account] for account in ACCOUNTS)
    return text_faults("reason", reason) if is_other else ()


def correction_faults(now: int, amount: int | Fault, reason: str) -> tuple[Fault, ...]:
    """``now`` is what stands for the line so far, ``amount`` what should have been taken."""
    wrong: tuple[Fault, ...] = ()
    if isinstance(amount, Fault):
        wrong = (amount,)
    elif not 0 <= amount <= LARGEST:
        wrong = (Fault("amount", "too_large", {"max": LARGEST}),)
    elif amount == now:
        wrong = (Fault("amount", "same_amount", {"amount": now}),)
    return (*wrong, *text_faults("reason", reason))

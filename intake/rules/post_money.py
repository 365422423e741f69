"""Money over the counter of the post: whose it is, what its receipts are called, how cash is counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

CHARGE, FEE = "charge", "fee"  # the post's own, and the State's: never mixed
ACCOUNTS = (CHARGE, FEE)
_LETTERS = {CHARGE: "C", FEE: "P"}  # cước; phí, lệ phí
# Notes of the State Bank that are still given out as change.
NOTES = (500_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500)
MOST_NOTES = 9_999


def receipt_number(point_code: str, account: str, day: date, number: int) -> str:
    """«BD-07-P-261126-003»: each account has a series of its own at each post office on each day."""
    return f"{point_code}-{_LETTERS[account]}-{day:%y%m%d}-{number:03d}"


def series_of(point_id: int, account: str) -> str:
    """The name of its counter."""
    return f"post-{_LETTERS[account]}-{point_id}"


def counted(notes: Mapping[int, int]) -> int:
    """Whole đồng of so many notes of each kind."""
    return sum(note * pieces for note, pieces in notes.items())

"""What may be wrong with the words of a notice, as faults that stand at their fields."""

from __future__ import annotations

from intake.rules.answers import Fault
from intake.rules.reasons import LEAST_LETTERS, LONGEST_TEXT
from intake.rules.text import tidy


def text_faults(
    key: str, text: str, *, least: int = LEAST_LETTERS, longest: int = LONGEST_TEXT
) -> tuple[Fault, ...]:
    """Nothing written, fewer than ``least`` letters and digits, or longer than ``longest`` signs."""
    text = tidy(text)
    if not text:
        return (Fault(key, "missing"),)
    if sum(map(str.isalnum, text)) < least:
        return (Fault(key, "too_short", {"min": least}),)
    return (Fault(key, "too_long", {"max": longest}),) if len(text) > longest else ()


def basis_faults(text: str) -> tuple[Fault, ...]:
    """The legal basis is a citation: short, but never nothing."""
    return text_faults("legal_basis", text, least=3, longest=500)

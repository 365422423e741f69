"""How many sheets a dossier took, and how many nobody had to bring or print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from intake.rules.procedures import Requirement

COUNTED = ("originals", "copies", "certified_copies")
APPOINTMENT_FORM = 2  # form 01 in its two copies, which a same-day result does without


def sheets_of(paper: Requirement, told: Mapping[str, str]) -> int:
    """What was counted, else what the law asks for; one at least, none for a paper that is only shown."""
    counted = [int(told[name]) for name in COUNTED if told.get(name)]
    if counted:
        return sum(counted)
    asked = sum(getattr(paper, name) for name in COUNTED)
    return asked or (0 if paper.show else 1)


def sheets(
    papers: Iterable[Requirement], told: Mapping[str, Mapping[str, str]], *, same_day: bool
) -> tuple[int, int]:
    """(taken, saved): handed in on paper, and held electronically instead or not printed at all."""
    taken, saved = 0, APPOINTMENT_FORM if same_day else 0
    for paper in papers:
        answer = told.get(paper.key, {})
        match answer.get("how"):
            case "paper":
                taken += sheets_of(paper, answer)
            case "state" | "scan" | "electronic" | "attached":
                saved += sheets_of(paper, answer)
    return taken, saved

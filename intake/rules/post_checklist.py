"""The list the agency has published, counted line by line at the post: how many, never whether they are good.

Source: Quyết định 45/2016/QĐ-TTg: the post compares the papers with the published list and
tells the sender what is still to be added; the substance is the agency's to judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from intake.rules.answers import Fault
from intake.rules.forms import HOWS, visible_requirements
from intake.rules.procedures import Procedure, Requirement

KINDS: Mapping[str, str] = {
    "originals": "bản chính",
    "copies": "bản sao",
    "certified_copies": "bản sao chứng thực",
}
COUNTED = tuple(KINDS)
MOST = 99  # of one kind of one paper
# (lesser, better): a certified copy will do for a plain one, an original for either.
STANDS_FOR = (("copies", "certified_copies"), ("certified_copies", "originals"), ("copies", "originals"))


@dataclass(frozen=True)
class CheckLine:
    """One paper. ``wanted`` and ``counted`` are (kind, number) by the words of KINDS, wanted ones only.

    ``short`` says what is missing, «thiếu 1 bản sao», "" when nothing is.
    ``condition`` says when the paper is needed; "" is always. ``alternatives``
    are what the list takes in its place, in words.
    """

    key: str
    name: str
    required: bool
    condition: str
    wanted: tuple[tuple[str, int], ...]
    counted: tuple[tuple[str, int], ...]
    how: str  # one of forms.HOWS, "" when nothing was said of it
    held_by_state: bool
    short: str
    alternatives: tuple[str, ...] = ()

    @property
    def is_blocking(self) -> bool:
        """Nothing at all was said of a paper the law asks for."""
        return self.required and not self.condition and bool(self.short) and not self.how


def checklist(
    procedure: Procedure,
    answers: Mapping[str, str],
    documents: Mapping[str, Mapping[str, str]],
) -> tuple[CheckLine, ...]:
    """Every paper that is or may be needed, in the order of the list.

    Without answers nobody knows which of the conditional ones apply: they are
    all there, with their condition, and none of them is missing.
    """
    return tuple(_line(paper, documents.get(paper.key) or {}) for paper in asked(procedure, answers))


def asked(procedure: Procedure, answers: Mapping[str, str]) -> tuple[Requirement, ...]:
    """The papers of the list: those the answers ask for or, without answers, all of them."""
    return visible_requirements(procedure, answers) if answers else procedure.requirements


def wanted(paper: Requirement) -> dict[str, int]:
    """How many of each kind; a paper that is only shown comes by post as a certified copy.

    Source: the published texts of civil-status procedures: by post, papers to be shown are
    sent as certified copies.
    """
    numbers = {kind: getattr(paper, kind) for kind in COUNTED if getattr(paper, kind)}
    if paper.show:
        return {"certified_copies": max(numbers.values(), default=1)}
    return numbers or {"originals": 1}


def counted(told: Mapping[str, str]) -> dict[str, int]:
    """What was counted of a paper, kinds that are there only; what is no number counts as none."""
    numbers = {kind: _number(told.get(kind, "")) for kind in COUNTED}
    return {kind: number for kind, number in numbers.items() if number}


def document_faults(lines: Iterable[CheckLine], documents: Mapping[str, Mapping[str, str]]) -> list[Fault]:
    """What keeps an item from being taken: a needed paper of which nothing was said, counts that are none."""
    faults = []
    for line in lines:
        told, key = documents.get(line.key) or {}, f"documents.{line.key}"
        if line.is_blocking:
            faults.append(Fault(key, "not_counted", {"name": line.name}))
        elif line.how and (line.how not in HOWS or (line.how == "state" and not line.held_by_state)):
            faults.append(Fault(key, "bad_choice"))
        elif line.how == "not_applicable" and not told.get("reason", "").strip():
            faults.append(Fault(key, "no_reason"))
        elif any(not _is_number(told.get(kind, "")) for kind in COUNTED):
            faults.append(Fault(key, "bad_number"))
        elif line.how == "paper" and not line.counted and line.required and not line.condition:
            faults.append(Fault(key, "not_counted", {"name": line.name}))
    return faults


def _line(paper: Requirement, told: Mapping[str, str]) -> CheckLine:
    asked_for, found = wanted(paper), counted(told)
    how = told.get("how", "") or ("paper" if found else "")
    condition = _condition(paper)
    return CheckLine(
        key=paper.key,
        name=paper.name,
        required=paper.required,
        condition=condition,
        wanted=_in_words(asked_for),
        counted=_in_words(found),
        how=how,
        held_by_state=paper.held_by_state,
        short=_short(asked_for, found) if _counts(paper, how, condition) else "",
        alternatives=paper.alternatives,
    )


def _condition(paper: Requirement) -> str:
    if paper.condition:
        return paper.condition
    if paper.show_if:
        return "Tùy trường hợp"
    return "" if paper.required else "Nếu có"


def _counts(paper: Requirement, how: str, condition: str) -> bool:
    """Whether a number is to be compared: a paper that may not be needed only once some of it is there."""
    return how == "paper" or (not how and not condition)


def _short(asked_for: Mapping[str, int], found: Mapping[str, int]) -> str:
    """«thiếu 1 bản chính, 2 bản sao»; a better kind that is to spare stands for a lesser."""
    missing = {kind: max(number - found.get(kind, 0), 0) for kind, number in asked_for.items()}
    spare = {kind: max(found.get(kind, 0) - asked_for.get(kind, 0), 0) for kind in COUNTED}
    for lesser, better in STANDS_FOR:
        given = min(missing.get(lesser, 0), spare[better])
        if given:
            missing[lesser] -= given
            spare[better] -= given
    words = [f"{number} {KINDS[kind]}" for kind, number in missing.items() if number]
    return f"thiếu {', '.join(words)}" if words else ""


def _in_words(numbers: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((KINDS[kind], number) for kind, number in numbers.items())


def _number(text: str) -> int:
    return int(text) if text and _is_number(text) else 0


def _is_number(text: str) -> bool:
    """Also an empty one, which counts none."""
    return not text or (text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= MOST)

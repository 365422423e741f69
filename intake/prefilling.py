"""First answers, from what the citizen card already said, else what most people answer."""

from __future__ import annotations

from collections.abc import Mapping

from intake.drafts import Applicant
from intake.rules.procedures import Question, QuestionKind
from intake.rules.text import search_key


def first_answers(questions: tuple[Question, ...], applicant: Applicant | None) -> dict[str, str]:
    """An answer for each question the card can answer or that has a default; the citizen may change it."""
    known = _facts(applicant)
    found = {one.key: _fitting(one, known.get(one.prefill, "")) or one.default for one in questions}
    return {key: answer for key, answer in found.items() if answer}


def _facts(applicant: Applicant | None) -> Mapping[str, str]:
    if applicant is None:
        return {}
    names = ("name", "citizen_id", "born", "sex", "address", "phone", "email")
    return {f"applicant.{name}": getattr(applicant, name) for name in names}


def _fitting(question: Question, fact: str) -> str:
    """The fact as this question stores it: for a choice, the key whose label says the same."""
    if question.kind is not QuestionKind.CHOICE:
        return fact
    said = search_key(fact)
    return next((one.key for one in question.choices if said in (one.key, search_key(one.label))), "")

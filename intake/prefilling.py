"""First answers: what was said for the dossier before, what the card said, what most people answer."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from intake.drafts import Applicant, Draft
from intake.rules.forms import kept_answers
from intake.rules.procedures import Procedure, Question, QuestionKind
from intake.rules.text import search_key

# What stays true from one dossier to the next of the same person; how many copies they want does not.
LASTING = frozenset(
    {
        QuestionKind.NAME,
        QuestionKind.TEXT,
        QuestionKind.DATE,
        QuestionKind.CITIZEN_ID,
        QuestionKind.PHONE,
        QuestionKind.EMAIL,
        QuestionKind.COMMUNE,
    }
)
NOTHING: Mapping[str, str] = MappingProxyType({})


def first_answers(
    questions: tuple[Question, ...], applicant: Applicant | None, known: Mapping[str, str] = NOTHING
) -> dict[str, str]:
    """An answer for each question that can be answered or has a default; the citizen may change it.

    ``known`` is Draft.known, and goes before the card: it is what they wrote themselves.
    """
    on_card = _facts(applicant)
    found = {
        one.key: known.get(fact_of(one), "") or _fitting(one, on_card.get(one.prefill, "")) or one.default
        for one in questions
    }
    return {key: answer for key, answer in found.items() if answer}


def fact_of(question: Question) -> str:
    """What two procedures must share to mean the same: whose fact it is, else the very question."""
    return question.about or f"{question.key}: {question.label}"


def facts_told(procedure: Procedure, answers: Mapping[str, str]) -> dict[str, str]:
    """The lasting answers by fact_of(), for Draft.known of the next dossier in the same visit."""
    kept = kept_answers(procedure, answers)
    return {
        fact_of(one): kept[one.key] for one in procedure.questions if one.kind in LASTING and one.key in kept
    }


def reused(procedure: Procedure, draft: Draft) -> int:
    """How many answers are those of an earlier dossier of the visit, kept as they were."""
    told = facts_told(procedure, draft.answers)
    return sum(draft.known.get(fact) == answer for fact, answer in told.items())


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

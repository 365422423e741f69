"""The form of a procedure: what is asked now, and what an answer means.

Answers are kept as text by key, normalised. A question that is not shown
answers nothing; what was typed there before stays until the dossier is
submitted, so that going back and forth loses nothing.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import date
from typing import Any

from intake.rules.answers import Fault, read_answer, shown_answer
from intake.rules.procedures import Condition, Group, Procedure, Question, Requirement, Term

__all__ = [
    "HOWS",
    "Fault",
    "all_faults",
    "kept_answers",
    "read_answer",
    "read_group",
    "shown_answer",
    "sound_answers",
    "term_of",
    "visible_groups",
    "visible_questions",
    "visible_requirements",
]

# "scan": brought on paper, digitised here and given back. "electronic": a copy that is electronic already.
# "attached": its pages are with the dossier, as files of intake.captures.
HOWS = ("paper", "state", "scan", "electronic", "attached", "not_applicable")


def kept_answers(procedure: Procedure, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers of questions that are shown; all others, also unknown keys, are dropped."""
    kept: dict[str, str] = {}
    for group in procedure.groups:
        if _holds(group.show_if, kept):
            _keep_shown(group, answers, kept)
    return kept


def sound_answers(
    procedure: Procedure,
    answers: Mapping[str, str],
    *,
    today: date,
    communes: Container[str] | None = None,
) -> dict[str, str]:
    """The kept answers that can be taken today; what hung on one that cannot goes with it."""
    questions = {question.key: question for question in procedure.questions}
    sound = {
        key: answer
        for key, answer in kept_answers(procedure, answers).items()
        if not isinstance(read_answer(questions[key], answer, today=today, communes=communes), Fault)
    }
    return kept_answers(procedure, sound)


def visible_groups(procedure: Procedure, answers: Mapping[str, str]) -> tuple[Group, ...]:
    """The screens to walk through, in order; one whose every question is hidden is left out."""
    kept = kept_answers(procedure, answers)
    return tuple(
        group for group in procedure.groups if _holds(group.show_if, kept) and visible_questions(group, kept)
    )


def visible_questions(group: Group, answers: Mapping[str, str]) -> tuple[Question, ...]:
    """The questions of a shown ``group``; ``answers`` best come from kept_answers."""
    here = {question.key for question in group.questions}
    told = {key: answer for key, answer in answers.items() if key not in here}
    return _keep_shown(group, answers, told)


def visible_requirements(
    procedure: Procedure, answers: Mapping[str, str], brought: Container[str] = ()
) -> tuple[Requirement, ...]:
    """The papers that are asked for, and those in ``brought`` of which the answers say nothing."""
    if not any(paper.show_if for paper in procedure.requirements):  # nearly always
        return procedure.requirements
    kept = kept_answers(procedure, answers)
    return tuple(
        paper
        for paper in procedure.requirements
        if _holds(paper.show_if, kept) or (paper.key in brought and not _denied(paper.show_if, kept))
    )


def _denied(conditions: Iterable[Condition], told: Mapping[str, str]) -> bool:
    """Whether an answer speaks against them; one that is missing does not."""
    return any(
        condition.question in told and told[condition.question] not in condition.values
        for condition in conditions
    )


def term_of(procedure: Procedure, answers: Mapping[str, str]) -> Term:
    """The term of the first case whose conditions the answers meet; else that of the procedure."""
    if not any(case.show_if for case in procedure.cases):
        return procedure.term
    kept = kept_answers(procedure, answers)
    for case in procedure.cases:
        if case.show_if and _holds(case.show_if, kept):
            return case.term
    return procedure.term


def _keep_shown(group: Group, answers: Mapping[str, str], told: dict[str, str]) -> tuple[Question, ...]:
    """The shown questions of ``group``; their answers are added to ``told`` on the way."""
    shown = []
    for question in group.questions:
        if _holds(question.show_if, told):
            shown.append(question)
            if answers.get(question.key):
                told[question.key] = answers[question.key]
    return tuple(shown)


def _holds(conditions: Iterable[Condition], told: Mapping[str, str]) -> bool:
    if not conditions:  # nearly always, and asked hundreds of times for one dossier
        return True
    return all(told.get(condition.question) in condition.values for condition in conditions)


def read_group(
    procedure: Procedure,
    group: Group,
    raw: Mapping[str, str],
    answers: Mapping[str, str],
    *,
    today: date,
    communes: Container[str] | None = None,
) -> tuple[dict[str, str], tuple[Fault, ...]]:
    """All answers with those of one posted screen merged in, and what is wrong on that screen.

    What cannot be read stays under its key as it was typed. A shown question
    missing from ``raw`` counts as left empty (a browser sends no unticked
    choice); one that is hidden keeps what it had.
    """
    merged = dict(answers)
    faults = []
    for question in group.questions:
        typed = raw.get(question.key, "")
        if question not in visible_questions(group, kept_answers(procedure, merged) | _of(group, merged)):
            if typed:
                merged[question.key] = typed
            continue
        answer = read_answer(question, typed, today=today, communes=communes)
        if isinstance(answer, Fault):
            faults.append(answer)
            answer = typed
        merged[question.key] = answer
        if not answer:
            del merged[question.key]
    return merged, tuple(faults)


def _of(group: Group, answers: Mapping[str, str]) -> dict[str, str]:
    return {question.key: answers[question.key] for question in group.questions if question.key in answers}


def all_faults(
    procedure: Procedure,
    answers: Mapping[str, str],
    documents: Mapping[str, Mapping[str, Any]],
    *,
    today: date,
    communes: Container[str] | None = None,
    declared_on_paper: bool = False,
) -> tuple[Fault, ...]:
    """Everything that still keeps the dossier from being filed, questions first, papers after.

    ``documents`` says for a paper's key {"how": one of HOWS, "reason": text}.
    ``declared_on_paper``: what nobody answered here stands on a form among the papers.
    """
    kept = kept_answers(procedure, answers)
    faults = []
    for group in visible_groups(procedure, answers):
        for question in visible_questions(group, kept):
            answer = read_answer(question, answers.get(question.key, ""), today=today, communes=communes)
            if isinstance(answer, Fault) and not (declared_on_paper and answer.code == "missing"):
                faults.append(answer)
    for paper in visible_requirements(procedure, answers):
        faults.extend(_document_faults(paper, documents.get(paper.key) or {}))
    return tuple(faults)


def _document_faults(paper: Requirement, document: Mapping[str, Any]) -> tuple[Fault, ...]:
    how = document.get("how", "")
    if not how:
        return (Fault(paper.key, "missing"),) if paper.required else ()
    if how not in HOWS or (how == "state" and not paper.held_by_state):
        return (Fault(paper.key, "bad_choice"),)
    if how == "not_applicable" and not str(document.get("reason", "")).strip():
        return (Fault(paper.key, "missing"),)
    return ()

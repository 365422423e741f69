"""What invented people answer and bring: enough for any procedure to be filed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

from demo.people import a_citizen_id, a_name, a_phone
from intake.applications import Application
from intake.drafts import Applicant, Collection, new_attempt
from intake.rules.forms import kept_answers, visible_groups, visible_questions, visible_requirements
from intake.rules.procedures import Procedure, Question, QuestionKind, Requirement

COMMUNE = "14797"  # Phường Hạc Thành
_PLAIN = "Theo giấy tờ kèm theo"


def an_application(
    procedure: Procedure,
    version_id: int,
    applicant: Applicant,
    *,
    channel: str,
    how: str,
    dice: Random,
    today: date,
) -> Application:
    """A dossier without a fault; ``how`` is the way of collection."""
    answers = answers_for(procedure, applicant, dice=dice, today=today)
    address = applicant.address if how == "post" else ""
    email = "nguoi.dan@vidu.vn" if how == "electronic" else ""
    return Application(
        attempt=new_attempt(),
        channel=channel,
        version_id=version_id,
        applicant=applicant,
        answers=answers,
        documents=documents_for(procedure, answers),
        collection=Collection(
            how, address=address, phone=applicant.phone if how == "post" else "", email=email
        ),
    )


def answers_for(procedure: Procedure, applicant: Applicant, *, dice: Random, today: date) -> dict[str, str]:
    """An answer to every question that is shown, in the order in which they come up."""
    answers: dict[str, str] = {}
    done: set[str] = set()
    while asked := _next_group(procedure, answers, done):
        done.add(asked)
        group = next(one for one in procedure.groups if one.key == asked)
        for question in group.questions:
            if question in visible_questions(group, kept_answers(procedure, answers)):
                answers[question.key] = _answer(question, applicant, dice, today)
    return answers


def documents_for(procedure: Procedure, answers: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Everything required is brought on paper, but what the State holds already; the rest is not needed."""
    return {paper.key: _brought(paper) for paper in visible_requirements(procedure, answers)}


def _brought(paper: Requirement) -> dict[str, str]:
    if paper.required:
        return {"how": "state" if paper.held_by_state else "paper", "reason": ""}
    return {"how": "not_applicable", "reason": "Không thuộc trường hợp này"}


def _next_group(procedure: Procedure, answers: Mapping[str, str], done: set[str]) -> str | None:
    return next((one.key for one in visible_groups(procedure, answers) if one.key not in done), None)


def _answer(question: Question, applicant: Applicant, dice: Random, today: date) -> str:
    if question.prefill and (known := getattr(applicant, question.prefill.partition(".")[2], "")):
        return str(known)
    if question.default:
        return question.default
    match question.kind:
        case QuestionKind.NAME:
            return a_name(dice, dice.choice(("Nam", "Nữ")))
        case QuestionKind.DATE:
            ahead = 30 if question.bound == "future" else -dice.randrange(1, 40)
            return (today + timedelta(days=ahead)).isoformat()
        case QuestionKind.CITIZEN_ID:
            return a_citizen_id(dice, dice.choice(("Nam", "Nữ")), date(dice.randrange(1960, 2000), 5, 20))
        case QuestionKind.PHONE:
            return a_phone(dice)
        case QuestionKind.EMAIL:
            return "nguoi.dan@vidu.vn"
        case QuestionKind.NUMBER | QuestionKind.MONEY:
            least = question.min if question.min is not None else 1
            return str(min(least + dice.randrange(3), question.max if question.max is not None else 10**9))
        case QuestionKind.CHOICE:
            return dice.choice(question.choices).key
        case QuestionKind.YES_NO:
            return dice.choice(("yes", "no"))
        case QuestionKind.COMMUNE:
            return COMMUNE
        case _:
            return question.example or _PLAIN

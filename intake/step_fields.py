"""The fields of one screen of a kiosk, for somebody who helps with it from the desk.

A place is written as in an address: «identity», «questions.child», «documents».
What stands in a field is kept in the draft as the screens keep it; a few screens
put by what cannot be used yet under «applicant:…» and «collection:…».
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from intake.drafts import Draft
from intake.prefilling import first_answers
from intake.rules.asked import COLLECTED, NAME, PHONE, TYPED
from intake.rules.forms import kept_answers, visible_questions, visible_requirements
from intake.rules.procedures import Choice, Group, Procedure, Question, QuestionKind
from intake.rules.wording import COLLECTION

PAPER_WAYS = {
    "paper": "Có bản giấy, nộp tại quầy",
    "state": "Nhà nước đã có dữ liệu",
    "electronic": "Có bản điện tử",
    "scan": "Có bản giấy, cán bộ quét rồi trả lại",
    "attached": "Đã chụp, quét vào hồ sơ",
    "not_applicable": "Không cần, có lý do",
}
_APPLICANT, _COLLECTION = "applicant:", "collection:"


@dataclass(frozen=True)
class Field:
    """One thing that is asked, and what stands there now: as typed where it could not be read."""

    question: Question
    value: str

    @property
    def key(self) -> str:
        return self.question.key

    @property
    def is_choice(self) -> bool:
        """One of a few that tells nothing of who chose it."""
        return self.question.kind in (QuestionKind.CHOICE, QuestionKind.YES_NO)


def fields_at(
    place: str, draft: Draft, procedure: Procedure | None, *, takes_paper: bool
) -> tuple[Field, ...]:
    """What the screen asks; nothing for one that asks no questions, or of another procedure's."""
    step, _, group = place.partition(".")
    if procedure is None:
        return ()
    if step == "questions":
        return _answers(draft, procedure, group)
    if step == "documents":
        return tuple(_papers(draft, procedure, takes_paper))
    asked = {"identity": _identity, "collection": _collection}.get(step)
    return asked(draft) if asked else ()


def with_value(draft: Draft, place: str, key: str, value: str) -> Draft:
    """``draft`` where ``value`` stands in that field, as if it had been typed there."""
    step = place.partition(".")[0]
    if step == "documents":
        return replace(draft, documents={**draft.documents, key: {"how": value, "reason": ""}})
    before = {"identity": _APPLICANT, "collection": _COLLECTION}.get(step, "")
    return replace(draft, answers={**draft.answers, before + key: value})


def _answers(draft: Draft, procedure: Procedure, key: str) -> tuple[Field, ...]:
    group = next((one for one in procedure.groups if one.key == key), None)
    if group is None:
        return ()
    answers = _as_shown(draft, group)
    asked = visible_questions(group, kept_answers(procedure, answers) | _of(group, answers))
    return tuple(Field(question, answers.get(question.key, "")) for question in asked)


def _as_shown(draft: Draft, group: Group) -> Mapping[str, str]:
    """The answers so far; on a screen never answered, first those the card knows, as the screen has them."""
    if group.key in draft.groups_done or _of(group, draft.answers):
        return draft.answers
    return first_answers(group.questions, draft.applicant, draft.known) | dict(draft.answers)


def _of(group: Group, answers: Mapping[str, str]) -> dict[str, str]:
    return {one.key: answers[one.key] for one in group.questions if one.key in answers}


def _identity(draft: Draft) -> tuple[Field, ...]:
    """All of somebody who types; of somebody the machine knows, what a card cannot tell."""
    asked = TYPED if draft.applicant is None else (PHONE,) if draft.applicant.name else (NAME, PHONE)
    known = {one.key: getattr(draft.applicant, one.key, "") for one in asked}
    return tuple(_put_aside(draft, _APPLICANT, asked, known))


def _collection(draft: Draft) -> tuple[Field, ...]:
    ways = tuple(Choice(key, words) for key, words in COLLECTION.items())
    how = Question("how", "Cách nhận kết quả", QuestionKind.CHOICE, choices=ways)
    chosen = draft.answers.get(f"{_COLLECTION}how", "")
    asked = (how, *COLLECTED.get(chosen, ()))
    known = {one.key: getattr(draft.applicant, one.key, "") for one in asked}
    return tuple(_put_aside(draft, _COLLECTION, asked, known))


def _put_aside(
    draft: Draft, before: str, asked: Iterable[Question], known: Mapping[str, str]
) -> Iterable[Field]:
    for question in asked:
        yield Field(question, draft.answers.get(before + question.key, known[question.key]))


def _papers(draft: Draft, procedure: Procedure, takes_paper: bool) -> Iterable[Field]:
    for paper in visible_requirements(procedure, draft.answers):
        how = draft.documents.get(paper.key, {}).get("how", "state" if paper.held_by_state else "")
        ways = [
            *(["state"] if paper.held_by_state else []),
            *(["paper"] if takes_paper else ["electronic", "scan"]),
        ]
        choices = tuple(
            Choice(way, PAPER_WAYS[way]) for way in dict.fromkeys([*ways, *([how] if how else [])])
        )
        yield Field(Question(paper.key, paper.name, QuestionKind.CHOICE, choices=choices), how)

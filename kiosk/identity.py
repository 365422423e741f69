"""Who files: a card under the scanner, or twelve digits typed. The raw scan is never kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from flask import Response, request

from intake.db import db
from intake.drafts import Applicant, Draft
from intake.rules.forms import Fault, read_answer, shown_answer
from intake.rules.people import CitizenCard, born_and_sex, contradictions, read_citizen_card
from intake.rules.procedures import Question, QuestionKind
from intake.rules.refusals import UnreadableCard
from kiosk.bp import bp
from kiosk.here import Here, address, aside, elsewhere, here, is_aside, onward, redirect_to, screen
from kiosk.steps import Place, Step

IDENTITY = Place(Step.IDENTITY)
NAME = Question(
    "name", "Họ, chữ đệm và tên", QuestionKind.NAME, hint="Viết đúng như trên thẻ căn cước.", max_length=100
)
PHONE = Question(
    "phone", "Số điện thoại", QuestionKind.PHONE, required=False, hint="Để báo khi có kết quả.", max_length=20
)
TYPED = (
    Question(
        "citizen_id",
        "Số định danh cá nhân",
        QuestionKind.CITIZEN_ID,
        hint="12 chữ số trên thẻ căn cước.",
        max_length=20,
    ),
    NAME,
    Question("born", "Ngày sinh", QuestionKind.DATE, bound="past", hint="Gõ liền cũng được: 14031990."),
    Question("address", "Nơi cư trú", QuestionKind.TEXT, hint="Số nhà, đường hoặc thôn; phường, xã; tỉnh."),
    PHONE,
)
# What was typed here and cannot be an applicant yet waits among the answers, under a key no question has.
WAITING = "applicant:"


@bp.get("/identity")
def identity() -> Response:
    at = here()
    if (place := elsewhere(IDENTITY, at)) is not None:
        return place
    return _drawn(at, way=request.args.get("way", ""))


@bp.post("/identity")
def identify() -> Response:
    at = here()
    if (place := elsewhere(IDENTITY, at)) is not None:
        return place
    if not is_aside() and (scan := request.form.get("scan", "").strip()):
        return _scanned(at, scan)
    if request.form.get("go") == "again":
        at.keep(replace(at.draft, applicant=None))
        db.session.commit()
        return redirect_to(address(IDENTITY, then=request.form.get("then", "")))
    if request.form.get("go") == "type":
        at.keep(at.draft)
        db.session.commit()
        return _to_typing()
    if "citizen_id" in request.form:
        return _typed(at)
    if at.draft.applicant is not None:
        return _confirmed(at, at.draft.applicant)
    at.keep(at.draft)
    db.session.commit()
    if is_aside():
        return aside(IDENTITY, at)
    return _drawn(at, status=422, refusal=UnreadableCard())


@bp.errorhandler(UnreadableCard)
def not_a_card(refusal: UnreadableCard) -> Response:
    """The same screen with the sentence at the scanner."""
    db.session.rollback()
    return _drawn(here(), status=422, refusal=refusal)


def _scanned(at: Here, scan: str) -> Response:
    card = read_citizen_card(scan)
    applicant = Applicant(
        name=card.name or "",
        citizen_id=card.citizen_id,
        born=card.born.isoformat() if card.born else "",
        sex=card.sex or born_and_sex(card.citizen_id)[0],
        address=card.address or "",
        phone=at.draft.applicant.phone if at.draft.applicant else "",
        how="card",
        contradictions=contradictions(card),
    )
    at.keep(_without_waiting(replace(at.draft, applicant=applicant)))
    db.session.commit()
    return redirect_to(address(IDENTITY, then=request.form.get("then", "")))


def _confirmed(at: Here, applicant: Applicant) -> Response:
    """«Đúng, tiếp tục», with the telephone number and, when the scan lost it, the name."""
    asked = _asked(applicant)
    answers, faults = _read(asked, at.today)
    faulty = {fault.key for fault in faults}
    told: dict[str, Any] = {key: answer for key, answer in answers.items() if key not in faulty}
    at.keep(
        replace(at.draft, applicant=replace(applicant, **told), answers=_waiting(at.draft, answers, faults))
    )
    db.session.commit()
    if is_aside():
        return aside(IDENTITY, at)
    return _drawn(at, status=422, faults=faults) if faults else onward(IDENTITY, at)


def _typed(at: Here) -> Response:
    answers, faults = _read(TYPED, at.today)
    if faults:
        at.keep(replace(at.draft, answers=_waiting(at.draft, answers, (*map(_as_fault, answers), *faults))))
        db.session.commit()
        return aside(IDENTITY, at) if is_aside() else _drawn(at, status=422, way="typed", faults=faults)
    applicant = _applicant(answers)
    at.keep(_without_waiting(replace(at.draft, applicant=applicant)))
    db.session.commit()
    if is_aside():
        return aside(IDENTITY, at)
    if applicant.contradictions:
        return redirect_to(address(IDENTITY, then=request.form.get("then", "")))
    return onward(IDENTITY, at)


def _applicant(answers: dict[str, str]) -> Applicant:
    sex, _ = born_and_sex(answers["citizen_id"])
    card = CitizenCard(citizen_id=answers["citizen_id"], born=date.fromisoformat(answers["born"]))
    return Applicant(sex=sex, how="typed", contradictions=contradictions(card), **answers)


def _drawn(
    at: Here,
    *,
    status: int = 200,
    way: str = "",
    refusal: UnreadableCard | None = None,
    faults: tuple[Fault, ...] = (),
) -> Response:
    applicant = at.draft.applicant
    typing = way == "typed"
    questions = TYPED if typing else _asked(applicant)
    return screen(
        "kiosk/identity.html",
        IDENTITY,
        at,
        status,
        typing=typing,
        applicant=None if typing else applicant,
        number_says=born_and_sex(applicant.citizen_id) if applicant else None,
        refusal=refusal,
        questions=questions,
        values={question.key: _value(question, at.draft) for question in questions},
        faults={fault.key: fault for fault in faults},
    )


def _asked(applicant: Applicant | None) -> tuple[Question, ...]:
    """What the card could not tell."""
    if applicant is None:
        return ()
    lost_name = (NAME,) if applicant.how == "card" and not applicant.name else ()
    return (*lost_name, PHONE)


def _value(question: Question, draft: Draft) -> str:
    waiting = draft.answers.get(WAITING + question.key)
    known = getattr(draft.applicant, question.key) if draft.applicant else ""
    return shown_answer(question, known if waiting is None else waiting)


def _read(questions: tuple[Question, ...], today: date) -> tuple[dict[str, str], tuple[Fault, ...]]:
    answers, faults = {}, []
    for question in questions:
        typed = request.form.get(question.key, "")
        answer = read_answer(question, typed, today=today)
        if isinstance(answer, Fault):
            faults.append(answer)
            answer = typed
        answers[question.key] = answer
    return answers, tuple(faults)


def _waiting(draft: Draft, answers: dict[str, str], faults: tuple[Fault, ...]) -> dict[str, str]:
    """The answers of the draft, with what is faulty here put aside as it was typed."""
    kept = {key: answer for key, answer in draft.answers.items() if not key.startswith(WAITING)}
    return kept | {WAITING + fault.key: answers[fault.key] for fault in faults}


def _as_fault(key: str) -> Fault:
    return Fault(key, "waiting")


def _without_waiting(draft: Draft) -> Draft:
    return replace(draft, answers=_waiting(draft, {}, ()))


def _to_typing() -> Response:
    response = address(IDENTITY, then=request.form.get("then", ""))
    return redirect_to(response + ("&" if "?" in response else "?") + "way=typed")

"""Who files: a card under the scanner, or twelve digits typed. The raw scan is never kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from flask import Response, request, url_for

from intake import visits, vouching
from intake.db import db
from intake.drafts import Applicant, Draft
from intake.rules.asked import NAME, PHONE, TYPED
from intake.rules.forms import Fault, read_answer, shown_answer
from intake.rules.people import CitizenCard, born_and_sex, contradictions, read_citizen_card
from intake.rules.procedures import Question
from intake.rules.refusals import UnreadableCard
from kiosk.bp import bp
from kiosk.here import Here, aside, elsewhere, here, is_aside, onward, redirect_to, screen, staff_returns
from kiosk.steps import Place, Step
from kiosk.waiting import put_aside, waiting

IDENTITY = Place(Step.IDENTITY)
WAITING = "applicant"


@bp.get("/identity")
def identity() -> Response:
    at = here()
    if (place := elsewhere(IDENTITY, at)) is not None:
        return place
    way = request.args.get("way")
    return _drawn(at, typing=way == "typed", naming=way == "name", asking=way == "vouch")


@bp.post("/identity")
def identify() -> Response:
    at = here()
    if (place := elsewhere(IDENTITY, at)) is not None:
        return place
    go = request.form.get("go", "")
    # One field is the scanner's, the other is shown where JavaScript is off.
    if not is_aside() and (scan := "".join(request.form.getlist("scan")).strip()):
        return _scanned(at, scan)
    if go == "again":
        return _shown_again(
            at,
            replace(at.draft, applicant=None, known={}, answers=put_aside(at.draft.answers, WAITING, {})),
        )
    if go == "vouch":
        return _asks_for_a_voucher(at)
    if go == "type":
        return _shown_again(at, at.draft, way="typed")
    if "citizen_id" in request.form:
        return _typed(at)
    if go == "name" and at.draft.applicant is not None:
        typed = {"phone": request.form.get("phone", "")}
        return _shown_again(
            at, replace(at.draft, answers=put_aside(at.draft.answers, WAITING, typed)), way="name"
        )
    if at.draft.applicant is not None:
        return _confirmed(at, at.draft.applicant)
    at.keep(at.draft)
    db.session.commit()
    return aside(IDENTITY, at) if is_aside() else _drawn(at, status=422, refusal=UnreadableCard())


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
    return _shown_again(at, _with(at.draft, applicant))


def _asks_for_a_voucher(at: Here) -> Response:
    """«Không có thẻ, không nhớ số»: an officer comes, or looks from the desk, and says who this is."""
    draft = at.draft
    if "citizen_id" in request.form:  # what was typed so far waits
        draft = replace(draft, answers=put_aside(draft.answers, WAITING, _read(TYPED, at.today)[0]))
    if staff_returns(at.office, at.now) is None:
        visits.call_officer(at.visit, step=vouching.CALL, now=at.now)
    return _shown_again(at, draft, way="vouch")


def _confirmed(at: Here, applicant: Applicant) -> Response:
    """«Đúng, tiếp tục», with the telephone number and, when it was asked, the name."""
    answers, faults = _read(_asked(applicant, naming="name" in request.form), at.today)
    wrong = {fault.key: answers.pop(fault.key) for fault in faults}
    told: dict[str, Any] = answers
    at.keep(
        replace(
            at.draft,
            applicant=replace(applicant, **told),
            answers=put_aside(at.draft.answers, WAITING, wrong),
        )
    )
    db.session.commit()
    if is_aside():
        return aside(IDENTITY, at)
    return _drawn(at, status=422, faults=faults) if faults else onward(IDENTITY, at)


def _typed(at: Here) -> Response:
    """Twelve digits and the rest by hand; it becomes an applicant only when all of it can be read."""
    answers, faults = _read(TYPED, at.today)
    if faults or is_aside():
        at.keep(replace(at.draft, answers=put_aside(at.draft.answers, WAITING, answers)))
        db.session.commit()
        return aside(IDENTITY, at) if is_aside() else _drawn(at, status=422, typing=True, faults=faults)
    applicant = _applicant(answers)
    if applicant.contradictions:
        return _shown_again(at, _with(at.draft, applicant))
    at.keep(_with(at.draft, applicant))
    db.session.commit()
    return onward(IDENTITY, at)


def _applicant(answers: dict[str, str]) -> Applicant:
    sex, _ = born_and_sex(answers["citizen_id"])
    card = CitizenCard(citizen_id=answers["citizen_id"], born=date.fromisoformat(answers["born"]))
    return Applicant(sex=sex, how="typed", contradictions=contradictions(card), **answers)


def _with(draft: Draft, applicant: Applicant) -> Draft:
    """Who files now; what somebody else told for the dossier before is not theirs to see."""
    before = draft.applicant
    is_same = before is not None and before.citizen_id == applicant.citizen_id
    known = draft.known if is_same else {}
    return replace(draft, applicant=applicant, known=known, answers=put_aside(draft.answers, WAITING, {}))


def _shown_again(at: Here, draft: Draft, *, way: str = "") -> Response:
    at.keep(draft)
    db.session.commit()
    return redirect_to(url_for(".identity", then=request.form.get("then") or None, way=way or None))


def _drawn(
    at: Here,
    *,
    status: int = 200,
    typing: bool = False,
    naming: bool = False,
    asking: bool = False,
    refusal: UnreadableCard | None = None,
    faults: tuple[Fault, ...] = (),
) -> Response:
    applicant, unfinished = at.draft.applicant, waiting(at.draft.answers, WAITING)
    asking = asking and applicant is None
    typing = not asking and (typing or (applicant is None and bool(unfinished) and refusal is None))
    questions = TYPED if typing else _asked(applicant, naming=naming or "name" in unfinished)
    known = {question.key: getattr(applicant, question.key, "") for question in questions} | unfinished
    return screen(
        "kiosk/identity.html",
        IDENTITY,
        at,
        status,
        typing=typing,
        applicant=None if typing else applicant,
        asking=asking,
        returns=staff_returns(at.office, at.now) if asking else None,
        number_says=born_and_sex(applicant.citizen_id) if applicant and applicant.citizen_id else None,
        this_year=at.today.year,
        refusal=refusal,
        questions=questions,
        values={question.key: shown_answer(question, known[question.key]) for question in questions},
        faults={fault.key: fault for fault in faults},
    )


def _asked(applicant: Applicant | None, *, naming: bool) -> tuple[Question, ...]:
    """What the card could not tell, and the name once more for whoever mends it."""
    if applicant is None:
        return ()
    return (NAME, PHONE) if naming or not applicant.name else (PHONE,)


def _read(questions: tuple[Question, ...], today: date) -> tuple[dict[str, str], tuple[Fault, ...]]:
    """The posted answers, as typed where they cannot be read, and what is wrong with those."""
    answers, faults = {}, []
    for question in questions:
        typed = request.form.get(question.key, "")
        answer = read_answer(question, typed, today=today)
        if isinstance(answer, Fault):
            faults.append(answer)
            answer = typed
        answers[question.key] = answer
    return answers, tuple(faults)

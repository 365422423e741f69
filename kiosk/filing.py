"""Everything on one page, the one touch that files it, and the receipt: screens 7 to 9."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from flask import Response, request, url_for

from intake import assisting, reprinting, saving, steps_taken, visits
from intake.accepting import accept
from intake.applications import application_from, told_from
from intake.db import db
from intake.drafts import Draft
from intake.duplicates import Earlier, earlier_dossier
from intake.events import Actor, citizen
from intake.prefilling import facts_told, reused
from intake.queries import communes, receipt_view
from intake.rules.forms import (
    Fault,
    kept_answers,
    shown_answer,
    visible_groups,
    visible_questions,
    visible_requirements,
)
from intake.rules.people import masked_citizen_id, masked_phone
from intake.rules.places import Commune, in_full
from intake.rules.policy import Policy
from intake.rules.procedures import Question, QuestionKind, Requirement
from intake.rules.refusals import PromiseChanged, UnfinishedDossier, VisitOver
from intake.rules.relations import contradictions
from intake.rules.service_words import why_words
from intake.rules.wording import COLLECTION, doubt_words
from intake.saved_slip import post_offices
from kiosk import steps
from kiosk.bp import bp
from kiosk.day import Strip
from kiosk.display import DISPLAYS
from kiosk.here import (
    Here,
    address,
    aside,
    elsewhere,
    here,
    is_aside,
    open_visit,
    place_from,
    redirect_to,
    redrawn,
    screen,
    staff_returns,
)
from kiosk.steps import CHECK, Place, Step
from kiosk.tickets import gives_numbers
from web import core, metrics, now, page

MASKED = {QuestionKind.CITIZEN_ID: masked_citizen_id, QuestionKind.PHONE: masked_phone}


@dataclass(frozen=True)
class Part:
    """One block of the check: its rows, and the place where «Sửa» leads."""

    title: str
    place: Place
    rows: tuple[tuple[str, str], ...]
    faults: tuple[Fault, ...] = ()


@bp.get("/check")
def check() -> Response:
    at = here()
    if (place := elsewhere(CHECK, at)) is not None:
        return place
    return _check(at)


@bp.post("/check")
def mend() -> Response:
    """«Sửa», «Quay lại» and the corner; «Nộp hồ sơ» goes to submit."""
    at = here()
    if (place := elsewhere(CHECK, at)) is not None:
        return place
    at.keep(at.draft)
    db.session.commit()
    wanted = place_from(request.form.get("mend", ""))
    if wanted is not None:
        return redirect_to(address(wanted, then="check"))
    if request.form.get("go") == "earlier":
        return redirect_to(url_for(".earlier"))
    return aside(CHECK, at) if is_aside() else redirect_to(address(CHECK))


@bp.post("/submit")
def submit() -> Response:
    at = here(held=True)
    if at.visit.dossier_id is None:
        if request.form.get("attempt") != at.draft.attempt:
            return redirect_to(address(CHECK))  # a page from before the draft began anew
        _file(at)  # whoever began while it was open may finish
    db.session.commit()
    return redirect_to(url_for(".receipt"))


def _file(at: Here) -> None:
    """One dossier for one attempt, and the draft is gone but for who files and what stays true."""
    application, helper = application_from(at.draft, channel="kiosk"), at.visit.helper
    dossier = accept(
        db.session(),
        replace(
            application,
            told=told_from(request.form.get("told", "")),
            reused=reused(at.chosen, at.draft),
            helper=Actor(helper.name, at.visit.point.code, helper.id) if helper else None,
        ),
        at.visit.point,
        keys=core().keys,
        base_url=core().settings.public_url,
        by=citizen(at.visit.point.code),
        now=at.now,
    )
    if at.draft.saved_code:
        saving.spend(db.session(), at.office, at.draft.saved_code, keys=core().keys, now=at.now)
    at.visit.dossier_id = dossier.id
    steps_taken.ended(db.session(), at.visit, left_by="filed", now=at.now)
    known = {**at.draft.known, **facts_told(at.chosen, at.draft.answers)}
    at.keep(Draft(applicant=at.draft.applicant, known=known))  # for one more dossier of this visit


@bp.errorhandler(UnfinishedDossier)
def unfinished(refusal: UnfinishedDossier) -> Response:
    """The check once more, every gap at its row."""
    db.session.rollback()
    at = here()
    if at.procedure is None:
        return redirect_to(address(steps.FIRST))
    return _check(at, tuple(refusal.facts["faults"]), status=422)  # type: ignore[arg-type]


@bp.errorhandler(PromiseChanged)
def promise_changed(refusal: PromiseChanged) -> Response:
    """The check once more with the new promise: nothing is lost, and a second touch files."""
    db.session.rollback()
    metrics.REFUSALS.labels(refusal.code).inc()
    return _check(here(), status=422, changed=refusal)


def _check(
    at: Here, faults: tuple[Fault, ...] = (), status: int = 200, *, changed: PromiseChanged | None = None
) -> Response:
    answers = kept_answers(at.chosen, at.draft.answers)
    policy = at.policy
    papers = visible_requirements(at.chosen, answers)
    paper_free = _paper_free(at.draft, papers, policy)
    faults = (*(one for one in faults if one not in paper_free), *paper_free)
    return screen(
        "kiosk/check.html",
        CHECK,
        at,
        status,
        parts=_parts(at, faults),
        faults=faults,
        paper_free={fault.key for fault in paper_free},
        changed=changed,
        why=why_words(policy, at.now),
        posts=bool(post_offices(db.session(), at.office)),
        doubts=[doubt_words(doubt) for doubt in contradictions(at.chosen, answers)],
        applicant=at.draft.applicant,
        collection=at.draft.collection,
        papers=papers,
        documents=at.draft.documents,
        earlier=_earlier(at),
    )


def _earlier(at: Here) -> Earlier | None:
    """Where this person's last dossier of the same procedure is; told before another one is filed."""
    applicant, code = at.draft.applicant, at.chosen.code
    return earlier_dossier(db.session(), at.office, code, applicant, keys=core().keys, now=at.now)


@bp.get("/earlier", endpoint="earlier")
def see_earlier() -> Response:
    """«Xem hồ sơ cũ ở đâu»; from there back to the check, whatever was decided."""
    at = here()
    if (place := elsewhere(CHECK, at)) is not None:
        return place
    if (earlier := _earlier(at)) is None:
        return redirect_to(address(CHECK))
    return screen("kiosk/earlier.html", CHECK, at, earlier=earlier, back=address(CHECK))


def _paper_free(draft: Draft, papers: Iterable[Requirement], policy: Policy) -> tuple[Fault, ...]:
    """What was to come on paper, as was said on a day that took it, and is not taken today."""
    if policy.paper:
        return ()
    brought = (paper for paper in papers if draft.documents.get(paper.key, {}).get("how") == "paper")
    return tuple(Fault(paper.key, "paper_free") for paper in brought)


def _parts(at: Here, faults: tuple[Fault, ...]) -> list[Part]:
    listed = communes(db.session(), now=at.now)
    kept = kept_answers(at.chosen, at.draft.answers)
    parts = []
    for group in visible_groups(at.chosen, at.draft.answers):
        shown = visible_questions(group, kept)
        rows = tuple(
            (question.label, _row(question, kept.get(question.key, ""), listed)) for question in shown
        )
        keys = {question.key for question in shown}
        parts.append(
            Part(
                group.title,
                Place(Step.QUESTIONS, group.key),
                rows,
                tuple(fault for fault in faults if fault.key in keys),
            )
        )
    return parts


def _row(question: Question, answer: str, listed: tuple[Commune, ...]) -> str:
    """The answer for people who look over a shoulder: numbers of persons are masked."""
    mask = MASKED.get(question.kind)
    if mask and answer:
        return mask(answer)
    return shown_answer(question, answer, lambda code: in_full(listed, code))


@bp.get("/receipt")
def receipt() -> Response:
    visit = open_visit()
    if visit.dossier_id is None:
        raise VisitOver
    view = receipt_view(db.session(), visit.dossier_id, point=visit.point, keys=core().keys)
    return page(
        "kiosk/receipt.html",
        view=view,
        facts=view.facts,
        strip=Strip(view.facts.day_words, "", gold=True) if view.facts.day_words else None,
        printing=view.printing,
        office=visit.point.office,
        moment=now(),
        returns=staff_returns(visit.point.office, now()),
        helped=assisting.helped(db.session(), visit),
        gives_number=view.facts.collect_words == COLLECTION["counter_now"]
        and gives_numbers(visit.point.office, now()),
    )


@bp.post("/receipt")
def ask_for_paper() -> Response:
    """«In lại», another printer, «Đã có giấy», or other letters; the receipt tells what became of it."""
    visit = open_visit()
    if visit.dossier_id is None:
        raise VisitOver
    go, moment, session = request.form.get("go", ""), now(), db.session()
    by = citizen(visit.point.code)
    if go == "reprint":
        reprinting.reprint(session, visit.dossier_id, by=by, now=moment)
    elif go == "came_out":
        reprinting.came_out(session, visit.dossier_id, by=by, now=moment)
    elif go.startswith("move."):
        reprinting.move_to(session, visit.dossier_id, _number(go), by=by, now=moment)
    visits.touch(visit, now=moment)
    db.session.commit()
    response = redirect_to(url_for(".help" if go == "help" else ".receipt"))
    return redrawn(response, go) if go in DISPLAYS else response


def _number(go: str) -> int:
    text = go.removeprefix("move.")
    return int(text) if text.isdecimal() and len(text) < 10 else 0

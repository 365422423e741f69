"""A dossier taken at the counter, of somebody who did not use the kiosk: one page and one key to accept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from flask import Response, current_app, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as BaseResponse

from desk import saved_drafts
from desk.bp import bp
from desk.intake_form import APPLICANT, COLLECTION, ON_PAPER, REPRESENTATIVE, Form
from intake import checking, fallback, holding
from intake.accepting import accept
from intake.applications import after_the_fact, told_of
from intake.db import db
from intake.drafts import new_attempt
from intake.duplicates import Earlier, earlier_dossier
from intake.issuing import COUNTED
from intake.offices import civil_day
from intake.policies import policy_for
from intake.promising import Promise, promise_for
from intake.queries import Offer, communes, find_procedures, offered, procedure_version, receipt_view
from intake.records import AcceptancePoint, Dossier, FallbackForm
from intake.rules.applicants import KINDS
from intake.rules.exceptions import PAPER_REASONS, PaperReason
from intake.rules.forms import kept_answers
from intake.rules.lifecycle import Status
from intake.rules.places import found
from intake.rules.refusals import (
    BadTakenAt,
    FallbackEntered,
    ForeignAttempt,
    NoSuchDossier,
    NoSuchSavedDraft,
    Refusal,
    UnreadableCard,
)
from intake.rules.relations import contradictions
from intake.rules.rights import Right
from intake.rules.saved_codes import is_marked
from intake.rules.service_words import day_name, suspension_words, why_words
from intake.rules.vouching import WHY
from intake.rules.wording import CARD_DOUBTS, doubt_words, fee_words, term_words
from web import core, now, page, part
from web.staff import needs, staff, staff_office

LISTED = 8  # procedures under the field


class OnPaper(NamedTuple):
    """What is entered was received on a form during an outage, and then."""

    form: FallbackForm
    number: str
    taken_at: datetime


@bp.get("/new")
@needs(Right.RECEIVE)
def new() -> Response:
    """An empty form, or one for a procedure already chosen, or for what was received on paper."""
    on_paper = {name: request.args.get(name, "") for name in ("fallback", "taken")}
    offer = _offer(request.args.get("procedure", ""))
    form = _form({"collection": "counter_later", **on_paper}, offer).prefilled(anew=True)
    return _drawn(form, offer, attempt=new_attempt())


@bp.post("/new")
@needs(Right.RECEIVE)
def receive() -> BaseResponse:
    """A scan, another choice, or «Tiếp nhận»; whatever it is, nothing typed is lost."""
    go, typed = request.form.get("go", ""), request.form.to_dict()
    _on_paper(typed, hold=go == "accept")
    chosen = go.removeprefix("choose.") if go.startswith("choose.") else typed.get("procedure", "")
    offer = None if go == "change" else _offer(chosen)
    form = _form(typed, offer)
    if scan := request.form.get("scan", "").strip():
        return _scanned(form, offer, scan)
    if go == "open":
        return _opened(form, offer, request.form.get("open", "").strip())
    if go != "accept":
        return _drawn(_changed(form, go).prefilled(anew=go.startswith("choose.")), offer)
    if form.faults or offer is None or staff().point_id is None:
        return _drawn(form, offer, status=422, tried=True)
    try:
        dossier = _accepted(form, offer)
    except Refusal as refusal:  # told above the form: its page would lose what was typed
        db.session.rollback()
        anew = new_attempt() if isinstance(refusal, ForeignAttempt) else ""
        return _drawn(form, offer, attempt=anew, status=422, refusal=refusal)
    db.session.commit()
    return redirect(url_for(".received", code=dossier.dossier_code), 303)


@bp.errorhandler(FallbackEntered)
def to_the_first(refusal: FallbackEntered) -> BaseResponse:
    """Whoever enters a form again is shown what it became."""
    db.session.rollback()
    return redirect(url_for(".received", code=refusal.facts["dossier_code"]), 303)


@bp.get("/new/procedures", endpoint="new_procedures")
@needs(Right.RECEIVE)
def procedures() -> Response:
    """What may be meant by the words typed so far."""
    words = request.args.get("words", "")[:80]
    return part("desk/intake/procedures.html", offers=_meant(words), words=words)


@bp.get("/new/communes", endpoint="new_communes")
@needs(Right.RECEIVE)
def places() -> Response:
    """Communes for what was typed so far, to choose from under the field."""
    typed = next(iter(request.args.values()), "")[:80]
    return part("desk/intake/communes.html", places=found(communes(db.session(), now=now()), typed))


@bp.get("/dossiers/<code>/received")
@needs(Right.RECEIVE)
def received(code: str) -> Response:
    """The receipt: code and QR to show, and how its paper fares."""
    dossier = db.session.scalar(
        select(Dossier)
        .filter_by(dossier_code=code, office_id=staff_office().id)
        .options(joinedload(Dossier.point), joinedload(Dossier.helper))
    )
    if dossier is None:
        raise NoSuchDossier
    view = receipt_view(db.session(), dossier.id, point=dossier.point, keys=core().keys)
    pdf = "desk.receipt_pdf"
    return page(
        "desk/intake/received.html",
        view=view,
        facts=view.facts,
        printing=view.printing,
        same_day=dossier.same_day,
        helper=dossier.helper.name if dossier.helper else "",
        paper_reason=PAPER_REASONS.get(PaperReason(dossier.paper_reason)) if dossier.paper_reason else "",
        form_01_at=url_for(pdf, code=code) if pdf in current_app.view_functions else "",
    )


def _changed(form: Form, go: str) -> Form:
    """After a button that is not «Tiếp nhận»."""
    if go.startswith("reason."):
        return form.with_exception(go.removeprefix("reason."))
    match go:
        case "papers":
            return form.with_all_papers()
        case "except":
            return form.with_typed(excepting="1")
        case "unexcept":
            return form.without_exception()
        case _:
            return form.as_the_day_asks()


def _accepted(form: Form, offer: Offer) -> Dossier:
    """Received and, because an officer has seen everything, checked and held in the same moment."""
    session, by, moment, office = db.session(), staff().actor, now(), staff_office()
    on_paper = _on_paper(form.typed)
    attempt = request.form.get("attempt", "")[:64]
    if not attempt or attempt.startswith(fallback.ATTEMPTS):  # those belong to the forms themselves
        attempt = new_attempt()
    application = form.application(attempt, offer.version_id, by=by, helper=by if form.is_assisted else None)
    if on_paper:
        once = fallback.attempt_of(on_paper.form)
        application = replace(application, attempt=once, taken_at=on_paper.taken_at)
    dossier = accept(
        session,
        application,
        session.get_one(AcceptancePoint, staff().point_id),
        keys=core().keys,
        base_url=core().settings.public_url,
        by=by,
        now=moment,
    )
    if on_paper:
        fallback.entered(session, on_paper.form, dossier, taken_at=on_paper.taken_at, by=by, now=moment)
    if dossier.status != Status.RECEIVED or dossier.held_by is not None:
        return dossier  # the second press of the same form
    saved_drafts.spend(form.value(saved_drafts.CODE))
    dossier = holding.take(session, office, dossier.dossier_code, by=by, now=moment)
    seen = [key for key, told in form.documents.items() if told["how"] in ON_PAPER]
    checking.check_in(session, dossier, seen=seen, contradictions=_doubts(form), by=by, now=moment)
    return dossier


def _on_paper(typed: Mapping[str, str], *, hold: bool = False) -> OnPaper | None:
    """The form of an outage that is being entered; None for a dossier of this moment."""
    if not typed.get("fallback"):
        return None
    try:
        taken_at = datetime.fromisoformat(typed.get("taken", ""))
        civil_day(taken_at)
    except (ValueError, OverflowError):  # no such moment, or none on the clock of Vietnam
        raise BadTakenAt(why="unreadable") from None
    if taken_at.tzinfo is None:
        raise BadTakenAt(why="unreadable")
    form = fallback.form_to_enter(
        db.session(), staff_office(), typed["fallback"], taken_at, now=now(), hold=hold
    )
    return OnPaper(form, fallback.number_of(form), taken_at)


def _scanned(form: Form, offer: Offer | None, scan: str) -> Response:
    if is_marked(scan):
        return _opened(form, offer, scan)
    try:
        return _drawn(form.with_card(scan).prefilled(anew=True), offer)
    except UnreadableCard as refusal:
        return _drawn(form, offer, status=422, refusal=refusal)


def _opened(form: Form, offer: Offer | None, code: str) -> Response:
    """What was put by under this code stands in the form; what was typed before stays if there is none."""
    try:
        draft = saved_drafts.opened(code)
    except NoSuchSavedDraft as refusal:
        return _drawn(form, offer, status=422, refusal=refusal)
    chosen = _offer(draft.procedure_code)
    opened = _form(saved_drafts.typed_from(draft), chosen)
    return _drawn(_changed(opened, "").prefilled(anew=False), chosen, attempt=draft.attempt)


def _drawn(
    form: Form,
    offer: Offer | None,
    *,
    attempt: str = "",
    status: int = 200,
    tried: bool = False,
    refusal: Refusal | None = None,
) -> Response:
    faults = form.faults if tried else ()
    words = "" if offer else form.value("words")
    on_paper = _on_paper(form.typed)
    moment = on_paper.taken_at if on_paper else now()
    policy, promise = form.policy, _promise(form, moment)
    attempt = attempt or form.value("attempt")
    return page(
        "desk/intake/new.html",
        status,
        form=form,
        offer=offer,
        attempt=attempt,
        pages=saved_drafts.pages_of(attempt),
        faults={fault.key: fault for fault in faults},
        labels=_labels(form),
        refusal=refusal,
        words=words,
        offers=() if offer else _meant(words),
        promise=promise,
        policy=policy,
        day=day_name(policy),
        why_not=why_words(policy, moment),
        suspended=suspension_words(policy, moment),
        told=told_of(promise.promised_at, policy, now=moment) if promise and not on_paper else None,
        KINDS=KINDS,
        on_paper=on_paper,
        term_words=term_words,
        fee_words=fee_words,
        doubts=_doubts(form),
        earlier=_earlier(form),
        WHY=WHY,
        REPRESENTATIVE=REPRESENTATIVE,
        COLLECTION=COLLECTION,
        COUNTED=COUNTED,
        today=civil_day(now()),
    )


def _earlier(form: Form) -> Earlier | None:
    """The last dossier of this person and procedure, told before another one is received."""
    if form.procedure is None or form.value("fallback"):
        return None
    code, applicant = form.procedure.code, form.applicant
    return earlier_dossier(
        db.session(), staff_office(), code, applicant, by_staff=True, keys=core().keys, now=now()
    )


def _labels(form: Form) -> dict[str, str]:
    people = {one.key: one.label for one in (*APPLICANT, *form.about_applicant, *REPRESENTATIVE)}
    ways = {one.key: one.label for asked in COLLECTION.values() for one in asked}
    asked = {f"a.{one.key}": one.label for one in form.questions}
    papers = {
        f"d.{paper.key}{field}": paper.name
        for paper in form.papers
        for field in ("", ".reason", ".originals")
    }
    rest = {
        "procedure": "Thủ tục",
        "collection": "Cách nhận kết quả",
        "paper_reason": "Lý do nhận bản giấy",
        "paper_text": "Nói rõ lý do nhận bản giấy",
        "vouched.why": "Vì sao không có thẻ và số",
        "vouched.text": "Căn cứ vào đâu",
    }
    return {**rest, **people, **ways, **asked, **papers}


def _form(typed: dict[str, str], offer: Offer | None) -> Form:
    procedure = procedure_version(db.session(), offer.version_id, now=now()) if offer else None
    form = Form(typed, procedure, communes(db.session(), now=now()), civil_day(now()))
    if procedure is None:
        return form
    on_paper = _on_paper(typed)
    policy = policy_for(
        db.session(),
        staff_office(),
        procedure,
        channel="counter",
        applicant_kind=form.kind,
        at=on_paper.taken_at if on_paper else now(),
    )
    return replace(form, policy=after_the_fact(policy) if on_paper else policy)


def _offer(code: str) -> Offer | None:
    """What this office receives under that code today; None for anything else."""
    offers = offered(db.session(), staff_office(), now=now())
    return next((offer for offer in offers if offer.code == code), None)


def _meant(words: str) -> list[Offer]:
    """The most wanted procedures while nothing is typed."""
    if not words.strip():
        return list(offered(db.session(), staff_office(), now=now())[:LISTED])
    return find_procedures(db.session(), staff_office(), words, now=now())[:LISTED]


def _promise(form: Form, moment: datetime) -> Promise | None:
    if form.procedure is None:
        return None
    return promise_for(
        db.session(),
        staff_office(),
        form.procedure,
        channel="counter",
        answers=form.answers,
        policy=form.policy,
        now=moment,
        exemption=form.value("exemption"),
    )


def _doubts(form: Form) -> list[str]:
    """What does not agree: the card with its number, the answers with each other."""
    said = []
    if form.procedure is not None:
        kept = kept_answers(form.procedure, form.answers)
        said = [doubt_words(doubt) for doubt in contradictions(form.procedure, kept)]
    return [*(CARD_DOUBTS[code] for code in form.applicant.contradictions), *said]

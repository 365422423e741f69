"""«Lưu lại, nộp sau»: what was said is put by under a code, and brought back at any kiosk of the office."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from flask import Response, request, url_for

from intake import saving, steps_taken
from intake.db import db
from intake.drafts import Draft
from intake.language import say
from intake.offices import setting_of
from intake.rules.answers import Fault
from intake.rules.refusals import NoSuchSavedDraft, VisitOver
from intake.rules.saved_codes import saved_code, shown
from intake.saved_slip import post_offices
from intake.saving import DIGITS
from kiosk.along import taken_along, wrong_digits
from kiosk.bp import bp
from kiosk.display import DISPLAYS
from kiosk.here import (
    ASIDE,
    Here,
    address,
    aside,
    elsewhere,
    here,
    is_aside,
    place_from,
    redirect_to,
    redrawn,
    screen,
)
from kiosk.steps import CHECK, FIRST, first_open
from kiosk.waiting import put_aside, waiting
from web import core, metrics, page
from web.errors import refused
from web.limits import limiter

TRIES = "10 per minute"
DAY = 24  # hours
OPENING = "opening"  # what waits for the screen that opens what was saved


@bp.get("/save")
def save() -> Response:
    """What will be kept and for how long; nothing is kept before the touch that says so."""
    at = here()
    if (other := _not_to_be_saved(at)) is not None:
        return other
    hours = setting_of(db.session(), at.office, "draft_hours", now=at.now)
    back = request.args.get("at", "")
    place = place_from(back) or CHECK
    return screen(
        "kiosk/save.html",
        place,
        at,
        how=(how := request.args.get("how", "")),
        by_post=how == "post",
        posts=post_offices(db.session(), at.office),
        kept=say("{count} ngày", count=hours // DAY) if hours % DAY == 0 else say("{count} giờ", count=hours),
        until=at.now + timedelta(hours=hours),
        back=back,
        back_to=address(place),
    )


@bp.post("/save")
def put_by() -> Response:
    at = here(held=True)
    if (go := request.form.get("go")) in DISPLAYS:
        again = url_for(".save", at=request.form.get("at"), how=request.form.get("how"))
        return redrawn(redirect_to(again), go)
    if (other := _not_to_be_saved(at)) is not None:
        return other
    along = request.form.get("how") == "along"
    code = saving.save_draft(
        db.session(), at.visit.point, at.draft, keys=core().keys, now=at.now, prints=not along
    )
    steps_taken.ended(db.session(), at.visit, left_by="saved", now=at.now)
    at.keep(Draft(saved_code=code))
    db.session.commit()
    return redirect_to(url_for(".saved", how="along" if along else None))


@bp.get("/saved")
def saved() -> Response:
    """The code, large, and how its slip fares."""
    at = here()
    if not at.draft.is_put_by:
        raise VisitOver
    session, keys = db.session(), core().keys
    if request.args.get("how") == "along":
        return taken_along(at)
    return page(
        "kiosk/saved.html",
        office=at.office,
        moment=at.now,
        paper=saving.slip_of(session, at.office, at.draft.saved_code, keys=keys, now=at.now),
        printing=saving.slip_state(session, at.office, at.draft.saved_code, keys=keys),
        posts=post_offices(session, at.office),
        phone_at=f"{core().settings.public_url.partition('://')[2]}{url_for('.on_phone')}",
    )


@bp.post("/saved")
def redraw_saved() -> Response:
    go, again = request.form.get("go", ""), redirect_to(url_for(".saved", how=request.form.get("how")))
    return redrawn(again, go) if go in DISPLAYS else again


@bp.get("/open")
def open_saved() -> Response:
    at = here()
    return elsewhere(FIRST, at) or drawn(at, waiting(at.draft.answers, OPENING).get("code", ""))


def only_aside() -> bool:
    """A button that tries no code."""
    return "number" not in request.form or request.form.get("go") in ASIDE


@bp.post("/open")
@limiter.limit(TRIES, exempt_when=only_aside)
def bring_back() -> Response:
    """The draft of this code, for whoever knows the last digits of its applicant's number, too."""
    at = here()
    if (other := elsewhere(FIRST, at)) is not None:
        return other
    if is_aside():
        typed = {"code": request.form.get("code", "")[:40]}
        at.keep(replace(at.draft, answers=put_aside(at.draft.answers, OPENING, typed)))
        db.session.commit()
        return _aside(at)
    code = request.form.get("scan", "").strip() or request.form.get("code", "")
    number = request.form.get("number", "").strip()
    if not saved_code(code):
        return drawn(at, code, Fault("code", "wrong_saved_code" if code else "empty"), status=422)
    if not number:
        fault = None if request.form.get("scan") else Fault("number", "empty")
        return drawn(at, code, fault, status=422 if fault else 200)
    at.keep(saving.brought_back(db.session(), at.office, code, number, keys=core().keys, now=at.now))
    db.session.commit()
    return redirect_to(url_for(".resume"))


@bp.errorhandler(NoSuchSavedDraft)
def not_there(refusal: NoSuchSavedDraft) -> Response:
    """The same screen with the sentence at the code; who files what was filed elsewhere is told on a page."""
    if request.endpoint == "kiosk.go_on":
        return wrong_digits(refusal)
    if request.endpoint != "kiosk.bring_back":
        return refused(refusal)
    db.session.rollback()
    metrics.REFUSALS.labels(refusal.code).inc()
    return drawn(here(), request.form.get("code", ""), Fault("code", "wrong_saved_code"), status=422)


def drawn(at: Here, code: str = "", fault: Fault | None = None, *, status: int = 200) -> Response:
    """The screen that asks for code and digits; a code that can be read stands there as on its slip."""
    readable = saved_code(code)
    return screen(
        "kiosk/open_saved.html",
        FIRST,
        at,
        status,
        code=shown(readable) if readable else code[:40],
        fault=fault,
        digits=DIGITS,
    )


def _aside(at: Here) -> Response:
    go = request.form["go"]
    if go in DISPLAYS:
        return redrawn(redirect_to(url_for(".open_saved")), go)
    return redirect_to(address(FIRST)) if go == "back" else aside(FIRST, at)


def _not_to_be_saved(at: Here) -> Response | None:
    """Where this browser belongs, unless it holds a draft of somebody whose name is known."""
    if at.visit.dossier_id is not None or at.draft.is_put_by:
        return elsewhere(FIRST, at)
    if at.procedure is None or at.draft.applicant is None:
        return redirect_to(address(first_open(at.procedure, at.draft)))
    return None

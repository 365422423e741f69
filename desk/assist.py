"""Who called an officer from a kiosk, and helping them from here: their step, masked, and what they allow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Response, abort, g, make_response, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from desk.bp import bp
from intake import assisting, filling, vouching
from intake.db import db, reading
from intake.lines import HelpCall, help_calls
from intake.offices import civil_day
from intake.records import Office, Visit
from intake.rules.answers import Fault
from intake.rules.procedures import Choice
from intake.rules.refusals import (
    HelpedByAnother,
    HelpOver,
    NobodyCalled,
    NoConsent,
    NotAskedToVouch,
    Refusal,
    VisitOver,
)
from intake.rules.rights import Right
from intake.rules.vouching import ASKED, read_vouched
from web import core, now, page, part
from web.staff import for_anyone, go, needs, staff, staff_office

STEPS = {
    "procedures": "chọn thủ tục",
    "prepare": "chuẩn bị",
    "identity": "định danh",
    "questions": "thông tin",
    "documents": "giấy tờ",
    "collection": "cách nhận kết quả",
    "fee": "phí, lệ phí",
    "check": "kiểm tra lần cuối",
    vouching.CALL: "định danh",
}
BUTTONS = {"go": "Nút «Tiếp tục»", "back": "Nút «Quay lại»"}  # what every screen has to be pointed at


@bp.app_template_global("help_waiting")
def help_waiting() -> tuple[HelpCall, ...]:
    """Who called from a kiosk, for the badge of every page of the desk.

    Read apart: a page that is drawn after its commit must not begin to write once more.
    """
    office_id = staff().office_id
    if not office_id:
        return ()
    with reading(), Session(db.engine) as session:
        return help_calls(session, session.get_one(Office, office_id))


@bp.app_template_filter("step_words")
def step_words(place: str) -> str:
    """«thông tin» for «questions.child»."""
    return STEPS.get(place.partition(".")[0], "đang mở")


@bp.get("/calls")
@needs(Right.CALL)
def calls() -> Response:
    return _list()


@bp.app_template_filter("pairs")
def pairs(choices: Iterable[Choice]) -> list[tuple[str, str]]:
    """Choices as the fields of the desk want them."""
    return [(choice.key, choice.label) for choice in choices]


@bp.get("/calls/badge", endpoint="calls_badge")
@for_anyone
def badge() -> Response:
    """The badge once more, for the page it stands on; nothing for whoever may not answer, or is signed out.

    Signed out, a page with something half typed must not be sent to the door.
    """
    may_see = g.staff is not None and g.staff.may(Right.CALL)
    return part("desk/assist/badge.html") if may_see else make_response("", 204)


@bp.post("/calls/<int:visit_id>/look", endpoint="look_at_step")
@needs(Right.CALL)
def look(visit_id: int) -> BaseResponse:
    """«Xem màn hình»: the step is opened here, masked, and the citizen is told so."""
    assisting.look(db.session(), _visit(visit_id), by=staff().actor, now=now())
    return _done(visit_id)


@bp.get("/calls/<int:visit_id>", endpoint="step_of_call")
@needs(Right.CALL)
def step(visit_id: int) -> BaseResponse:
    visit = _visit(visit_id)
    help = assisting.at_desk(db.session(), visit)
    if visit.ended_at is not None or help is None or help.person_id != staff().person_id:
        return _gone()
    return _drawn(visit, filling_in=request.args.get("fill") == "1")


@bp.post("/calls/<int:visit_id>/point", endpoint="point_at")
@needs(Right.CALL)
def point(visit_id: int) -> BaseResponse:
    key = request.form.get("key", "")
    assisting.point(db.session(), _visit(visit_id), key, by=staff().actor, now=now())
    return _done(visit_id, fill=1 if "fill" in request.form else None)


@bp.post("/calls/<int:visit_id>/ask", endpoint="ask_consent")
@needs(Right.CALL)
def ask(visit_id: int) -> BaseResponse:
    """«Xin được điền giúp»: the question stands on the citizen's screen."""
    assisting.ask(db.session(), _visit(visit_id), by=staff().actor, now=now())
    return _done(visit_id)


@bp.post("/calls/<int:visit_id>/fill", endpoint="fill_step")
@needs(Right.CALL)
def fill(visit_id: int) -> BaseResponse:
    visit, typed = _visit(visit_id), request.form.to_dict()
    try:
        faults = filling.fill(
            db.session(),
            visit,
            {key.removeprefix("v."): text for key, text in typed.items() if key.startswith("v.")},
            place=typed.get("place", ""),
            by=staff().actor,
            keys=core().keys,
            now=now(),
        )
    except NoConsent as refusal:  # nothing that was typed is lost by it
        db.session.rollback()
        return _drawn(_visit(visit_id), filling_in=True, typed=typed, refusal=refusal, status=422)
    if faults:
        db.session.rollback()
        return _drawn(_visit(visit_id), filling_in=True, typed=typed, faults=faults, status=422)
    return _done(visit_id, fill=1, sent=1)


@bp.post("/calls/<int:visit_id>/vouch", endpoint="vouch_for")
@needs(Right.CALL)
def vouch(visit_id: int) -> BaseResponse:
    """«Xác nhận người này»: the kiosk goes on with whom the officer named."""
    visit, typed = _visit(visit_id), request.form.to_dict()
    read = read_vouched(typed, today=civil_day(now()))
    if isinstance(read, tuple):
        return _drawn(visit, typed=typed, faults=read, status=422)
    vouching.vouch(db.session(), visit, read, by=staff().actor, keys=core().keys, now=now())
    return _done(visit_id)


@bp.post("/calls/<int:visit_id>/leave", endpoint="leave_call")
@needs(Right.CALL)
def leave(visit_id: int) -> BaseResponse:
    """«Xong»: this officer helps no longer, here or beside the kiosk."""
    assisting.leave(db.session(), _visit(visit_id), by=staff().actor, now=now())
    db.session.commit()
    return go(url_for(".calls"))


def _drawn(
    visit: Visit,
    *,
    filling_in: bool = False,
    typed: dict[str, str] | None = None,
    faults: tuple[Fault, ...] = (),
    refusal: Refusal | None = None,
    status: int = 200,
) -> BaseResponse:
    session, moment, keys = db.session(), now(), core().keys
    help = assisting.at_desk(session, visit)
    if help is None or help.person_id != staff().person_id:
        raise HelpOver
    seen = filling.step_seen(session, visit, keys=keys, now=moment)
    context: dict[str, Any] = {
        "visit": visit,
        "seen": seen,
        "help": help,
        "may_fill": assisting.may_fill(help, visit),
        "is_asking": assisting.is_asking(help, visit),
        "filled": filling.filled_of(help, seen.place, keys),
        "may_vouch": vouching.may_vouch(visit, is_known=seen.is_known),
        "filling_in": filling_in,
        "typed": typed or {},
        "faults": {fault.key: fault for fault in faults},
        "ASKED": ASKED,
        "BUTTONS": BUTTONS,
    }
    return page("desk/assist/step.html", status, refusal=refusal, **context)


def _list(refusal: Refusal | None = None, status: int = 200) -> Response:
    return page("desk/assist/calls.html", status, refusal=refusal, found=help_waiting())


def _gone() -> BaseResponse:
    """Nothing to see any more: the list, which a page that only follows leaves to the officer."""
    if "HX-Request" in request.headers:
        return page("desk/assist/step.html", over=True)
    return go(url_for(".calls"))


def refused(refusal: Refusal) -> Response:
    """The list once more with why not."""
    db.session.rollback()
    return _list(refusal if not isinstance(refusal, VisitOver) else HelpOver(), 422)


for kind in (HelpedByAnother, HelpOver, NobodyCalled, NotAskedToVouch, VisitOver):
    bp.register_error_handler(kind, refused)


def _visit(visit_id: int) -> Visit:
    visit = db.session.get(Visit, visit_id)
    if visit is None or visit.point.office_id != staff_office().id:
        abort(404)
    return visit


def _done(visit_id: int, **where: Any) -> BaseResponse:
    db.session.commit()
    return go(url_for(".step_of_call", visit_id=visit_id, **where))

"""The line as an officer works it: whom my counter has, who waits for it, who called whom and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, abort, make_response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from desk.bp import bp
from desk.voices import folder_of, voice_of
from intake import lines, queueing, visits
from intake.db import db
from intake.lines import Someone
from intake.people import counters_of
from intake.records import AcceptancePoint, Ticket, Visit
from intake.rules.queueing import Because, Priority, State, spoken
from intake.rules.refusals import (
    CounterBusy,
    NoCounter,
    NoSuchGroup,
    NoSuchTicket,
    NothingWaiting,
    NotServedHere,
    NotYourTicket,
    Refusal,
    TicketOver,
    WrongTicketState,
)
from intake.rules.rights import Right
from intake.rules.wording import PRIORITY
from web import core, now, page
from web.staff import needs, staff, staff_office

PAGE = "desk/queue.html"
FORMS = ("transfer", "priority")
BECAUSE = {
    Because.LONGEST: "chờ lâu nhất",
    Because.PRIORITY: "ưu tiên",
    Because.TURN: "đến lượt người không ưu tiên",
    Because.RETURNED: "quay lại",
}
PLAIN: dict[str, Callable[..., Ticket]] = {
    "recall": queueing.recall,
    "start": queueing.start,
    "hold": queueing.hold,
    "no-show": queueing.no_show,
    "finish": queueing.finish,
    "call": queueing.call_back,
}


@bp.get("/queue")
@needs(Right.CALL)
def queue() -> BaseResponse:
    form = request.args.get("form", "")
    return _page(form=form if form in FORMS else "", ticket_id=_number(request.args.get("ticket")))


@bp.post("/queue/next")
@needs(Right.CALL)
def call_next() -> BaseResponse:
    """«Gọi số tiếp», from this page and from the bar of every other."""
    queueing.call_next(db.session(), staff_office(), _counter(), by=staff().actor, now=now())
    return _done()


@bp.post("/queue/<int:ticket_id>/<any('recall', 'start', 'hold', 'no-show', 'finish', 'call'):verb>")
@needs(Right.CALL)
def work_on(ticket_id: int, verb: str) -> BaseResponse:
    PLAIN[verb](db.session(), staff_office(), _counter(), ticket_id, by=staff().actor, now=now())
    return _done()


@bp.post("/queue/<int:ticket_id>/back")
@needs(Right.CALL)
def put_back(ticket_id: int) -> BaseResponse:
    at_end = request.form.get("place") == "end"
    queueing.back_in_line(
        db.session(), staff_office(), _counter(), ticket_id, at_end=at_end, by=staff().actor, now=now()
    )
    return _done()


@bp.post("/queue/<int:ticket_id>/transfer")
@needs(Right.CALL)
def transfer(ticket_id: int) -> BaseResponse:
    """``to`` is "group.ID" or "counter.ID"."""
    kind, _, text = request.form.get("to", "").partition(".")
    to = _number(text)
    queueing.transfer(
        db.session(),
        staff_office(),
        _counter(),
        ticket_id,
        group_id=to if kind == "group" else None,
        to_counter_id=to if kind == "counter" else None,
        by=staff().actor,
        now=now(),
    )
    return _done()


@bp.post("/queue/<int:ticket_id>/priority")
@needs(Right.CALL)
def set_priority(ticket_id: int) -> BaseResponse:
    given = request.form.get("priority", "")
    priority = Priority(given) if given in PRIORITY else Priority.NONE
    reason = request.form.get("reason", "").strip()[:200]
    queueing.give_priority(
        db.session(), staff_office(), ticket_id, priority, reason=reason, by=staff().actor, now=now()
    )
    return _done()


@bp.post("/queue/help/<int:visit_id>")
@needs(Right.CALL)
def answer_help(visit_id: int) -> BaseResponse:
    """«Đã đến»: an officer stands with whoever called from a kiosk."""
    visit = db.session.get(Visit, visit_id)
    if visit is None or visit.point.office_id != staff_office().id:
        abort(404)
    visits.answer_call(db.session(), visit, by=staff().actor, now=now())
    return _done()


def refused(refusal: Refusal) -> BaseResponse:
    """The line once more with why not: nothing else was lost."""
    db.session.rollback()
    return _page(refusal=refusal, status=422)


for kind in (
    CounterBusy,
    NoCounter,
    NoSuchGroup,
    NoSuchTicket,
    NothingWaiting,
    NotServedHere,
    NotYourTicket,
    TicketOver,
    WrongTicketState,
):
    bp.register_error_handler(kind, refused)


def _done() -> BaseResponse:
    db.session.commit()
    return make_response("", 303, {"Location": url_for("desk.queue", told=1)})


def _page(
    *, form: str = "", ticket_id: int = 0, refusal: Refusal | None = None, status: int = 200
) -> BaseResponse:
    session, office, moment = db.session(), staff_office(), now()
    counter = _counter()
    mine = queueing.at_counter(session, counter, now=moment) if counter else None
    people = lines.people_in_line(session, office, now=moment)
    groups = lines.groups_of(session, office, now=moment)
    subject = next((one for one in people if one.id == ticket_id), None)
    response: Response = page(
        PAGE,
        status,
        counter=counter,
        served=[group.id for group in counter.service_groups] if counter else [],
        mine=mine,
        number=spoken(mine.prefix, mine.number) if mine else "",
        sections=_sections(people),
        lines=lines.lines_of(session, office, now=moment),
        aside=[one for one in people if one.state in (State.HELD, State.NO_SHOW)],
        calls=lines.told_calls(session, office, now=moment),
        helps=lines.help_calls(session, office),
        groups=groups,
        counters=[one for one in counters_of(session, office.id) if counter is None or one.id != counter.id],
        form=form if subject or (form == "transfer" and mine) else "",
        subject=subject,
        refusal=refusal,
        reasons=PRIORITY,
        because=BECAUSE,
        voice=voice_of(folder_of(core().settings.data), tuple(group.prefix for group in groups)),
        office=office,
    )
    if "told" in request.args:
        response.headers["HX-Trigger-After-Settle"] = "moved"
    return response


def _sections(people: tuple[Someone, ...]) -> dict[int, list[Someone]]:
    """Who waits, by group."""
    waiting: dict[int, list[Someone]] = {}
    for one in people:
        if one.state is State.WAITING:
            waiting.setdefault(one.group.id, []).append(one)
    return waiting


def _counter() -> AcceptancePoint | None:
    """Where whoever is signed in sits."""
    point_id = staff().point_id
    return db.session.get(AcceptancePoint, point_id) if point_id else None


def _number(text: Any) -> int:
    text = str(text or "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0

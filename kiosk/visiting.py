"""Beginning and ending a visit: attract, start, help, restart, idle, goodbye."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from flask import Response, request, url_for

from intake import offices, registering, visits
from intake.db import db
from intake.drafts import Draft, new_attempt
from intake.queries import offered, printer_trouble
from intake.records import Office
from intake.rules.calendar import SpecialDay
from intake.rules.refusals import VisitOver
from kiosk.bp import DEVICE, bp, leave_to, on_phone
from kiosk.day import day_at, strip_of_day
from kiosk.display import COOKIE as DISPLAY
from kiosk.display import DISPLAYS
from kiosk.here import (
    VISIT,
    YEAR,
    address,
    display_now,
    displayed,
    here,
    open_visit,
    place_from,
    redirect_to,
    redrawn,
    staff_returns,
    this_point,
)
from kiosk.promises import promises_of
from kiosk.registering import not_registered, seen
from kiosk.steps import FIRST, first_open
from kiosk.tickets import TICKET, queue_now
from kiosk.using import languages_at
from web import core, metrics, now, page
from web.limits import limiter, starts

SHOWN = 6  # procedures on the attract screen
REASONS = ("done", "saved", "restart", "idle", "given_up")


class Today(NamedTuple):
    """What kind of day it is at this office, for people who walk by."""

    is_open: bool  # the kiosk
    opens_at: datetime | None
    hours: tuple[tuple[str, str], ...]
    all_day: bool
    is_working: bool  # the officers
    works_again: date | None
    special: SpecialDay | None


@bp.get("/")
def attract() -> Response:
    point = this_point()
    session, moment = db.session(), now()
    if on_phone():
        return redirect_to(url_for(".on_phone"))
    if point is None:
        return not_registered() if registering.any_kiosk(session) else page("kiosk/unready.html", 503)
    seen(point)
    today = today_at(point.office, moment)
    offers = offered(session, point.office, now=moment)
    promises = list(promises_of(offers, point.office, moment).values())
    response = page(
        "kiosk/attract.html",
        office=point.office,
        moment=moment,
        today=today,
        day=day_at(point.office, moment),
        promises=sorted(promises, key=lambda one: (not one.is_of_the_day, not one.is_today))[:SHOWN],
        more=max(0, len(promises) - SHOWN),
        same_day=sum(promise.is_today for promise in promises),
        trouble=printer_trouble(session, point),
        queue=queue_now(point.office, moment),
        languages=languages_at(point),
    )
    if "point" in request.args and registering.point_of_device(session, request.cookies.get(DEVICE)) is None:
        response.set_cookie(DEVICE, point.code, max_age=YEAR, httponly=True, samesite="Strict", path="/kiosk")
    return response


@bp.post("/start")
@limiter.limit(starts)
def start() -> Response:
    point = this_point()
    if (go := request.form.get("go", "")) in DISPLAYS:
        return redrawn(redirect_to(url_for(".attract")), go)
    if go.startswith("language."):
        return displayed(redirect_to(url_for(".attract")), display_now().chosen(go, languages_at(point)))
    if point is None:
        return redirect_to(url_for(".attract"))
    offices.must_be_open(db.session(), point.office, now=now())
    another = request.form.get("go") == "another"  # dossier, of the same person
    carried = _carried() if another else None
    end_open_visit("done" if another else "given_up")  # of somebody who left without a word
    visit, token = visits.begin(db.session(), point, now=now(), keys=core().keys)
    if carried is not None:
        visits.keep_draft(visit, carried, core().keys)
    db.session.commit()
    response = redirect_to(url_for(".procedures", kept=1 if another else None))
    if DISPLAY in request.cookies:
        displayed(response, display_now(), begins=True)
    response.set_cookie(
        VISIT, token, httponly=True, samesite="Strict", secure=core().settings.secure_cookies, path="/kiosk"
    )
    return response


def _carried() -> Draft | None:
    """Who files and what stays true, of the dossier that was just filed here."""
    with suppress(VisitOver):
        visit = open_visit()
        if visit.dossier_id is not None:
            return replace(visits.draft_of(visit, core().keys), attempt=new_attempt())
    return None


@bp.get("/help", endpoint="help")
def ask_for_help() -> Response:
    returns = staff_returns(open_visit().point.office, now())
    return _aside("kiosk/help.html", returns=returns, may_save=_may_save())


def _may_save() -> bool:
    """Whether there is a draft of somebody known that can be put by; a phone keeps its own all along."""
    visit = open_visit()
    if visit.dossier_id is not None or on_phone():
        return False
    return visits.draft_of(visit, core().keys).applicant is not None


@bp.post("/help")
def call() -> Response:
    visit, at = open_visit(), request.form.get("at", "")[:40]
    again = redirect_to(url_for(".help", at=at))
    if (go := request.form.get("go")) in DISPLAYS:
        return redrawn(again, go)
    if staff_returns(visit.point.office, now()) is None:
        visits.call_officer(visit, step=at, now=now())
    visits.touch(visit, now=now())
    db.session.commit()
    return again


@bp.get("/resume")
def resume() -> Response:
    """After a page that stopped somebody: the step they were at, or the receipt."""
    at = here()
    if at.visit.dossier_id is not None:
        return redirect_to(url_for(".receipt"))
    return redirect_to(address(first_open(at.procedure, at.draft)))


@bp.get("/restart")
def restart() -> Response:
    return _aside("kiosk/restart.html", may_save=_may_save())


@bp.post("/touch")
def touch() -> Response:
    """Somebody touched the screen; 204, or VisitOver."""
    visits.touch(open_visit(), now=now())
    db.session.commit()
    return Response(status=204)


@bp.post("/end")
def end() -> Response:
    """The visit is over, for the reason named; ending it twice is the same end."""
    reason = request.form.get("reason", "")
    reason = reason if reason in REASONS else "given_up"
    end_open_visit(reason)
    db.session.commit()
    return forgotten(leave_to(url_for(".goodbye", why=reason)))


def end_open_visit(reason: str) -> None:
    """End the visit of this browser, if one is open, and every deserted one: nothing waits for the worker."""
    moment, settings = now(), core().settings
    idle, called = timedelta(seconds=settings.idle_wipe_s), timedelta(seconds=settings.idle_called_s)
    with suppress(VisitOver):
        visits.end(db.session(), open_visit(), reason=reason, now=moment)
        metrics.VISITS_ENDED.labels(reason).inc()
    visits.sweep_idle(db.session(), now=moment, idle=idle, idle_called=called)


@bp.get("/goodbye")
def goodbye() -> Response:
    """One page for every end; it says why, forgets, and returns to the attract screen by itself."""
    point = this_point()
    why = request.args.get("why", "")
    response = page(
        "kiosk/goodbye.html",
        office=point.office if point else None,
        strip=strip_of_day(point.office, now()) if point else None,
        why=why if why in (*REASONS, "over") else "",
    )
    return forgotten(response)


def forgotten(response: Response) -> Response:
    """Without the cookies of the visit; the browser's page cache goes with them."""
    response.delete_cookie(VISIT, path="/kiosk")
    response.delete_cookie(TICKET, path="/kiosk")
    response.delete_cookie(DISPLAY)
    return response


def today_at(office: Office, moment: datetime) -> Today:
    hours = offices.intake_calendar_of(db.session(), office, now=moment)
    working = offices.calendar_of(db.session(), office, now=moment)
    day = offices.civil_day(moment)
    is_open, is_working = hours.is_open(moment), working.is_working_day(day)
    sessions = tuple((f"{one.opens:%H:%M}", f"{one.closes:%H:%M}") for one in hours.sessions(day))
    return Today(
        is_open=is_open,
        opens_at=None if is_open else hours.opens_next(moment),
        hours=sessions,
        all_day=sessions == (("00:00", "23:59"),),
        is_working=is_working,
        works_again=None if is_working else working.next_working_day(day),
        special=working.special_day(day),
    )


def _aside(template: str, **context: Any) -> Response:
    """A page beside the journey; «Quay lại» leads to the step it was opened from, or to the receipt."""
    visit, at = open_visit(), request.args.get("at", "")
    back = url_for(".receipt") if visit.dossier_id is not None else address(place_from(at) or FIRST)
    return page(template, office=visit.point.office, visit=visit, back=back, at=at, **context)

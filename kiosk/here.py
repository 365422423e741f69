"""The visit at hand: whose turn it is at this screen, what was said, and where to go from here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, cast

from flask import Response, g, make_response, redirect, request, url_for

from intake import phones, registering, saving, visits
from intake.db import db
from intake.drafts import Draft
from intake.offices import calendar_of, civil_day
from intake.policies import policy_for
from intake.queries import offer_of, procedure_of, procedure_version
from intake.records import AcceptancePoint, Office, Visit
from intake.rules.policy import Policy
from intake.rules.procedures import Procedure
from intake.rules.refusals import VisitOver
from intake.rules.screens import question_screen
from kiosk import assisted, steps
from kiosk.bp import DEVICE, PHONE
from kiosk.day import strip, strip_of_day
from kiosk.display import COOKIE as DISPLAY
from kiosk.display import DISPLAYS, Display
from kiosk.promises import Promise, fee_by, promise_of
from kiosk.steps import Place, Step
from web import core, now, page

VISIT = "visit"  # cookie of one visit: an opaque secret
YEAR = 365 * 24 * 3600
ASIDE = (
    "back",
    "help",
    "restart",
    "save",
    "post",
    "along",
    *assisted.BUTTONS,
    *DISPLAYS,
)  # buttons that leave a form without judging it


@dataclass
class Here:
    """One open visit as this request found it; ``keep`` replaces the draft."""

    visit: Visit
    draft: Draft
    procedure: Procedure | None
    now: datetime

    @property
    def office(self) -> Office:
        return self.visit.point.office

    @property
    def today(self) -> date:
        return civil_day(self.now)

    @property
    def chosen(self) -> Procedure:
        """The procedure, on screens that can only be reached after choosing one."""
        assert self.procedure is not None
        return self.procedure

    @property
    def policy(self) -> Policy:
        """What kind of day it is for the chosen procedure."""
        return policy_for(db.session(), self.office, self.chosen, channel="kiosk", at=self.now)

    def keep(self, draft: Draft) -> None:
        """Remember ``draft``; somebody is evidently there.

        A fee that becomes another one by what was just said has to be seen again.
        """
        draft = self._with_fee(draft)
        self.draft = draft
        g.procedure_code = draft.procedure_code
        visits.keep_draft(self.visit, draft, core().keys)
        visits.touch(self.visit, now=self.now)
        if phones.is_phone(self.visit) and draft.version_id:
            saving.keep_up(db.session(), self.office, draft, keys=core().keys, now=self.now)

    def _with_fee(self, draft: Draft) -> Draft:
        if not draft.version_id:
            return draft
        procedure = procedure_version(db.session(), draft.version_id, now=self.now)
        fee = fee_by(procedure, self.office, self.now, draft)
        if draft.fee_done and self.draft.version_id == draft.version_id:
            before = fee_by(procedure, self.office, self.now, self.draft)
            draft = replace(draft, fee_done=before.full == fee.full)
        return replace(draft, nothing_owed=not fee.is_owed)


def here(*, held: bool = False) -> Here:
    """The open visit of this browser, ``held`` for itself if wanted; VisitOver when there is none."""
    visit = open_visit(held=held)
    draft = visits.draft_of(visit, core().keys)
    procedure = procedure_of(db.session(), draft, now=now()) if draft.version_id else None
    return Here(visit, draft, procedure, now())


def open_visit(*, held: bool = False) -> Visit:
    g.visit = visits.visit_of(
        db.session(),
        request.cookies.get(VISIT),
        now=now(),
        idle=timedelta(seconds=core().settings.idle_wipe_s),
        idle_called=timedelta(seconds=core().settings.idle_called_s),
        held=held,
    )
    visit = cast(Visit, g.visit)
    g.point = visit.point
    if not registering.is_known(visit.point, request.cookies.get(DEVICE)):
        raise VisitOver  # revoked, or another machine's visit
    return visit


def this_point() -> AcceptancePoint | None:
    """The acceptance point of this machine; None when it is none, or not any more."""
    device = request.cookies.get(DEVICE)
    if device == PHONE and "point" not in request.args:
        return _point_of_phone()
    g.point = registering.point_of_device(db.session(), device) or registering.open_point(
        db.session(), request.args.get("point") or device
    )
    return cast("AcceptancePoint | None", g.point)


def _point_of_phone() -> AcceptancePoint | None:
    """Where the phones of that office are received, as long as this one is in a visit."""
    try:
        return open_visit().point
    except VisitOver:
        g.point = None
        return None


def screen(template: str, place: Place, at: Here, status: int = 200, **context: Any) -> Response:
    """Draw one step of the journey."""
    faults = context.get("faults") or ()
    g.faults = [f"{one.key}:{one.code}" for one in (faults.values() if isinstance(faults, dict) else faults)]
    promise = promised(at) if place != steps.FIRST else None
    if place.step is Step.QUESTIONS:
        g.screen = question_screen(at.chosen.code, place.group)
    return page(
        template,
        status,
        place=place,
        action=address(place),
        office=at.office,
        promise=promise,
        strip=strip(promise.policy, at.now, is_today=promise.is_today)
        if promise
        else strip_of_day(at.office, at.now),
        way=steps.progress(place, at.procedure, at.draft),
        procedure=at.procedure,
        draft=at.draft,
        then=_then(),
        **context,
    )


def promised(at: Here) -> Promise:
    """What filing the chosen procedure now leads to; ProcedureNotOffered when it was withdrawn."""
    offer = offer_of(db.session(), at.office, at.draft.procedure_code, now=at.now)
    return promise_of(offer, at.office, at.now, at.draft.answers, at.draft.exemption)


def staff_returns(office: Office, moment: datetime) -> datetime | None:
    """When officers work again; None while they do."""
    working = calendar_of(db.session(), office, now=moment)
    return None if working.is_open(moment) else working.opens_next(moment)


def elsewhere(place: Place, at: Here) -> Response | None:
    """Where this browser belongs instead of ``place``: the receipt once filed, else the first open step."""
    if at.visit.dossier_id is not None:
        return redirect_to(url_for("kiosk.receipt"))
    if at.draft.is_put_by:
        return redirect_to(url_for("kiosk.saved"))
    if not steps.may_open(place, at.procedure, at.draft):
        return redirect_to(address(steps.first_open(at.procedure, at.draft)))
    return None


def onward(place: Place, at: Here) -> Response:
    """The screen after ``place``, or back to the check for whoever came from there."""
    return redirect_to(address(steps.after(place, at.chosen, at.draft, to_check=_then() == "check")))


def aside(place: Place, at: Here) -> Response:
    """Leave ``place`` by another button than «Tiếp tục», or stay on it with other letters."""
    go = request.form["go"]
    if go == "back":
        came_from_check = _then() == "check"
        return redirect_to(
            address(steps.CHECK if came_from_check else steps.before(place, at.procedure, at.draft))
        )
    if go in ("help", "restart"):
        return redirect_to(url_for(f"kiosk.{go}", at=path(place)))
    if go in ("save", "post", "along"):
        return redirect_to(url_for("kiosk.save", at=path(place), how=go if go != "save" else None))
    if go in assisted.BUTTONS:
        at.keep(assisted.pressed(at.visit, at.draft, go))
        db.session.commit()
        return redirect_to(address(place, then=_then()))
    return redrawn(redirect_to(address(place, then=_then())), go)


def redrawn(response: Response, what: str) -> Response:
    """``response`` with the display cookie changed; for "using" the screen of all choices instead.

    ``response`` leads to the screen at hand; ``what`` is one of DISPLAYS.
    """
    if what == "using":
        return redirect_to(url_for("kiosk.using", back=response.location))
    return displayed(response, display_now().changed(what))


def display_now() -> Display:
    """What was chosen in this visit, or this kiosk begins with."""
    return Display.of(request.cookies, g.get("point") or this_point())


def displayed(response: Response, display: Display, *, begins: bool = False) -> Response:
    """``response`` that keeps this display: with the visit, or before one for as long as one idles."""
    in_visit = begins or VISIT in request.cookies
    response.set_cookie(
        DISPLAY,
        str(display),
        max_age=None if in_visit else core().settings.idle_wipe_s,
        httponly=True,
        samesite="Strict",
        secure=core().settings.secure_cookies,
    )
    return response


def is_aside() -> bool:
    return request.form.get("go") in ASIDE


def address(place: Place, *, then: str = "") -> str:
    parts: dict[str, Any] = {"group": place.group} if place.step is Step.QUESTIONS else {}
    if then:
        parts["then"] = then
    return url_for(f"kiosk.{place.step.value}", **parts)


def path(place: Place) -> str:
    """The place as one word of an address; place_from reads it back."""
    return f"{place.step.value}.{place.group}" if place.group else place.step.value


def place_from(text: str) -> Place | None:
    name, _, group = text.partition(".")
    return Place(Step(name), group) if name in set(Step) else None


def redirect_to(where: str) -> Response:
    return make_response(redirect(where, 303))


def _then() -> str:
    """ "check" when this screen was opened to mend one row of the check."""
    return "check" if request.values.get("then") == "check" else ""

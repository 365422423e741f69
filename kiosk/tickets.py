"""A number for the line: what for, whether somebody is called first, and the number itself.

Nothing personal is asked, so there is no visit: a screen that is left alone
goes back to the first one by itself.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from flask import Response, request, url_for
from sqlalchemy import select

from intake import lines, queueing
from intake.db import db
from intake.drafts import new_attempt
from intake.lines import GroupLine
from intake.offices import calendar_of
from intake.queueing import Taken
from intake.records import Dossier, Office
from intake.rules.queueing import Priority, numbers_from
from intake.rules.refusals import NoSuchGroup, VisitOver
from intake.rules.waits import Wait, told
from intake.rules.wording import PRIORITY
from intake.ticket_paper import place_address, token_key
from kiosk.bp import bp
from kiosk.display import DISPLAYS
from kiosk.here import open_visit, redirect_to, redrawn, this_point
from web import core, now, page
from web.limits import limiter, starts

TICKET = "ticket"  # cookie: the secret of the number on screen, gone with it


class QueueNow(NamedTuple):
    """How long people wait now, for those who walk by; ``wait`` None while nobody could tell."""

    waiting: int
    wait: tuple[int, int] | None
    open_counters: int
    counters: int


@bp.get("/ticket")
def ticket() -> Response:
    """What for."""
    point = this_point()
    if point is None:
        return redirect_to(url_for(".attract"))
    queueing.may_take(db.session(), point.office, now=now())
    offered = lines.lines_of(db.session(), point.office, now=now())
    if not offered:
        raise NoSuchGroup
    return page("kiosk/ticket.html", office=point.office, lines=offered)


@bp.post("/ticket")
def choose_group() -> Response:
    """«Lấy số» of the first screen, or one of the tiles."""
    if (go := request.form.get("go", "")) in DISPLAYS:
        return redrawn(redirect_to(url_for(".ticket")), go)
    group = request.form.get("group", "")
    if not group.isdecimal():
        return redirect_to(url_for(".ticket"))
    return redirect_to(url_for(".ticket_priority", group_id=int(group[:9])))


@bp.get("/ticket/<int:group_id>")
def ticket_priority(group_id: int) -> Response:
    """Whether one of the reasons to be called first holds."""
    point = this_point()
    group = lines.group_of(db.session(), point.office, group_id, now=now()) if point else None
    if point is None or group is None:
        raise NoSuchGroup
    return page(
        "kiosk/ticket_priority.html",
        office=point.office,
        group=group,
        reasons=PRIORITY,
        chosen=request.args.get("priority", ""),
        attempt=new_attempt(),
        prints=point.printer_id is not None,
    )


@bp.post("/ticket/<int:group_id>")
@limiter.limit(starts)
def take_ticket(group_id: int) -> Response:
    go, given = request.form.get("go", ""), request.form.get("priority", "")
    priority = given if given in PRIORITY else ""
    if go in DISPLAYS:
        again = url_for(".ticket_priority", group_id=group_id, priority=priority or None)
        return redrawn(redirect_to(again), go)
    point = this_point()
    if point is None or not (attempt := request.form.get("attempt", "")[:40]):
        return redirect_to(url_for(".ticket"))
    taken = queueing.take(
        db.session(),
        point,
        group_id,
        attempt=attempt,
        keys=core().keys,
        base_url=core().settings.public_url,
        now=now(),
        priority=Priority(priority),
        on_paper=go != "phone",
    )
    db.session.commit()
    return _shown(taken)


@bp.post("/receipt/ticket")
@limiter.limit(starts)
def take_for_dossier() -> Response:
    """«Lấy số chờ» of the receipt: one number a dossier, of the group its procedure belongs to."""
    visit = open_visit(held=True)
    if visit.dossier_id is None:
        raise VisitOver
    session = db.session()
    group_id = queueing.group_of_dossier(session, visit.dossier_id)
    if group_id is None:
        return redirect_to(url_for(".ticket"))
    attempt = session.scalars(select(Dossier.attempt).filter_by(id=visit.dossier_id)).one()
    taken = queueing.take(
        session,
        visit.point,
        group_id,
        attempt=f"{attempt}.ticket",
        keys=core().keys,
        base_url=core().settings.public_url,
        now=now(),
        dossier_id=visit.dossier_id,
    )
    db.session.commit()
    return _shown(taken)


@bp.get("/ticket/number")
def ticket_number() -> Response:
    """The number, as large as the screen allows, and how its paper fares."""
    session, token = db.session(), request.cookies.get(TICKET, "")
    place = lines.place_of(session, token_key(token), now=now()) if token else None
    if place is None:
        return redirect_to(url_for(".attract"))
    point = this_point()
    return page(
        "kiosk/ticket_number.html",
        office=point.office if point else None,
        place=place,
        wait=told(place.wait) if place.wait else None,
        address=place_address(core().settings.public_url, token),
        printing=lines.paper_state(session, token_key(token)),
    )


@bp.post("/ticket/number")
def redraw_number() -> Response:
    go, again = request.form.get("go", ""), redirect_to(url_for(".ticket_number"))
    return redrawn(again, go) if go in DISPLAYS else again


def gives_numbers(office: Office, moment: datetime) -> bool:
    """Whether somebody can take a number here now."""
    session = db.session()
    is_time = numbers_from(calendar_of(session, office, now=moment), moment) is None
    return is_time and bool(lines.groups_of(session, office, now=moment))


def queue_now(office: Office, moment: datetime) -> QueueNow | None:
    """What the first screen tells of the lines; None where no numbers are given now."""
    if not gives_numbers(office, moment):
        return None
    session = db.session()
    found = lines.lines_of(session, office, now=moment)
    at_work, all_counters = lines.open_counters(session, office, now=moment)
    return QueueNow(sum(line.waiting for line in found), _usual(found), at_work, all_counters)


def _usual(found: tuple[GroupLine, ...]) -> tuple[int, int] | None:
    """The range somebody who comes now may expect, each line counting as many as join it."""
    known = [(line.wait, line.waiting + 1) for line in found if line.wait]
    if not known:
        return None
    all_of_them = sum(weight for _, weight in known)
    low = sum(wait.low * weight for wait, weight in known) // all_of_them
    high = -(-sum(wait.high * weight for wait, weight in known) // all_of_them)
    return told(Wait(low, high, sure=all(wait.sure for wait, _ in known)))


def _shown(taken: Taken) -> Response:
    response = redirect_to(url_for(".ticket_number"))
    response.set_cookie(
        TICKET,
        taken.token,
        httponly=True,
        samesite="Strict",
        secure=core().settings.secure_cookies,
        path="/kiosk",
    )
    return response

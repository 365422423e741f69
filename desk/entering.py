"""The door: signing in, the second factor, one-time links, choosing where to sit, and going."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, g, request, url_for

from desk.bp import PLACES, bp
from intake import passwords, people, staffing
from intake.db import db
from intake.records import Invitation, Person
from intake.rules.forms import Fault
from intake.rules.rights import Right, may
from web import core, now, page
from web.limits import limiter
from web.staff import COOKIE, Staff, for_anyone, forget, go, needs, remember, staff, this_sign_in

DEVICE = "desk"
DOOR = "30 per minute"  # tries from one address: a whole office may stand behind the same one


@bp.get("/sign-in", endpoint="sign_in")
@for_anyone
def show_door() -> Response:
    if g.staff is not None:
        return go(_start(g.staff))
    return page("desk/sign_in.html", **_door(request.args.get("next", "")))


@bp.post("/sign-in")
@for_anyone
@limiter.limit(DOOR)
def enter() -> Response:
    username, wanted = request.form.get("username", ""), request.form.get("next", "")
    session = db.session()
    proof = people.prove(session, username, request.form.get("password", ""))
    came_in = people.sign_in(session, proof, device=DEVICE, now=now(), address=_address())
    if came_in is None:
        db.session.commit()
        return page("desk/sign_in.html", 422, **_door(wanted, username=username, wrong=True))
    begun, token = came_in
    people.leave(session, request.cookies.get(COOKIE), now=now())
    owes = people.owes_second_factor(begun)
    db.session.commit()
    to = url_for(".second_factor" if owes else ".seat", next=_ours(wanted), first=1)
    return remember(go(to), token)


@bp.get("/second-factor", endpoint="second_factor")
@for_anyone
def ask_second_factor() -> Response:
    if people.half_of(db.session(), request.cookies.get(COOKIE), now=now()) is None:
        return go(url_for(".sign_in"))
    return page("desk/second_factor.html", fault=None, wanted=_ours(request.args.get("next", "")))


@bp.post("/second-factor")
@for_anyone
@limiter.limit(DOOR)
def pass_second_factor() -> Response:
    session, wanted = db.session(), _ours(request.form.get("next", ""))
    half = people.half_of(session, request.cookies.get(COOKIE), now=now())
    if half is None:
        return go(url_for(".sign_in"))
    came = people.second_factor(
        session,
        half,
        request.form.get("code", ""),
        keys=core().keys,
        device=DEVICE,
        now=now(),
        address=_address(),
    )
    db.session.commit()
    if isinstance(came, Fault):
        return page("desk/second_factor.html", 422, fault=came, wanted=wanted)
    return remember(go(url_for(".seat", next=wanted, first=1)), came)


@bp.get("/seat", endpoint="seat")
@needs(Right.OWN_ACCOUNT)
def choose_seat() -> Response:
    """Where to work today. On the way in, whoever has nothing to choose goes on at once."""
    session, wanted = db.session(), _ours(request.args.get("next", ""))
    offices = people.offices_of(session, this_sign_in().person)
    known = {office.id: office for office in offices}
    office = known.get(request.args.get("office", staff().office_id or 0, type=int))
    counters = people.counters_of(session, office.id) if office else ()
    sits = office and Right.CALL in _rights_in(office.id) and counters
    if "first" in request.args and staff().office_id is not None and not sits:
        return go(wanted or _start(staff()))
    since = now() - timedelta(seconds=core().settings.staff_idle_s)
    return page(
        "desk/seat.html",
        offices=offices,
        office=office,
        counters=counters,
        sitting=people.sitting(session, office.id, since=since) if office else {},
        nowhere=None in {held.office_id for held in this_sign_in().person.assignments},
        wanted=wanted,
    )


@bp.post("/seat")
@needs(Right.OWN_ACCOUNT)
def sit_down() -> Response:
    people.sit_down(
        db.session(),
        this_sign_in(),
        office_id=request.form.get("office", type=int),
        point_id=request.form.get("point", type=int),
        by=staff().actor,
        now=now(),
    )
    db.session.commit()
    # Which pages are theirs is known once the new roles are: the next request sees them.
    return go(_ours(request.form.get("next", "")) or url_for(".sign_in"))


@bp.post("/sign-out")
@needs(Right.OWN_ACCOUNT)
def sign_out() -> Response:
    people.sign_out(db.session(), this_sign_in(), by=staff().actor, now=now())
    db.session.commit()
    return forget(go(url_for(".sign_in")))


@bp.get("/enter/<token>", endpoint="link")
@for_anyone
@limiter.limit(DOOR)
def open_link(token: str) -> Response:
    invitation = staffing.invitation_of(db.session(), token, now=now())
    return page("desk/link.html", **_link(token, invitation))


@bp.post("/enter/<token>")
@for_anyone
@limiter.limit(DOOR)
def use_link(token: str) -> Response:
    """Choose the password, and the name of the first administrator; then sign in with it."""
    session, form = db.session(), request.form
    invitation = staffing.invitation_of(session, token, now=now())
    wanted = _wanted(invitation.person)
    faults = [] if invitation.person else list(_first_faults(wanted))
    faults += password_faults(wanted.username, wanted.name)
    if faults:
        return page("desk/link.html", 422, **_link(token, invitation, faults))
    db.session.rollback()  # hashing takes its time
    kept = passwords.hashed(form.get("password", ""))
    invitation = staffing.invitation_of(session, token, now=now())
    if invitation.person_id is None:
        staffing.found_administrator(session, invitation, wanted, kept, device=DEVICE, now=now())
    else:
        staffing.take_up(session, invitation, kept, device=DEVICE, now=now())
    db.session.commit()
    return forget(go(url_for(".sign_in", chosen=1)))


def password_faults(username: str, name: str) -> list[Fault]:
    """Of the two fields with a new password."""
    typed, again = request.form.get("password", ""), request.form.get("again", "")
    if fault := passwords.fault_of(typed, username=username, name=name):
        return [fault]
    return [] if typed == again else [Fault("again", "passwords_differ")]


def _wanted(person: Person | None) -> staffing.Wanted:
    if person is not None:
        return staffing.Wanted(person.name, username=person.username)
    form = request.form
    return staffing.Wanted(
        form.get("name", "").strip(), administrator=True, username=form.get("username", "").strip().casefold()
    )


def _first_faults(wanted: staffing.Wanted) -> tuple[Fault, ...]:
    nobody = staffing.Governor(staffing.FOUNDING, None, is_administrator=True)
    return staffing.faults_of(db.session(), wanted, nobody, is_new=True)


def _link(token: str, invitation: Invitation, faults: list[Fault] | None = None) -> dict[str, Any]:
    return {
        "token": token,
        "person": invitation.person,
        "faults": faults or [],
        "said": {fault.key: fault for fault in faults or []},
        "typed": request.form,
    }


def _door(wanted: str, *, username: str = "", wrong: bool = False) -> dict[str, Any]:
    return {
        "wanted": _ours(wanted),
        "username": username,
        "wrong": wrong,
        "chosen": "chosen" in request.args,
        "over": COOKIE in request.cookies and not wrong and request.method == "GET",
    }


def _rights_in(office_id: int) -> set[Right]:
    roles = people.roles_in(this_sign_in().person, office_id)
    return {right for right in Right if may(roles, right)}


def _start(who: Staff) -> str:
    """The first place of the rail that is theirs."""
    for endpoint, _, right in PLACES:
        if endpoint in current_app.view_functions and who.may(right):
            return url_for(endpoint)
    return url_for("desk.account")


def _ours(address: str) -> str | None:
    """The address of a page of this house to go on to; None for anything else."""
    if not address.isprintable():  # a line break would end the header
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or not address.startswith("/") or address.startswith(("//", "/\\")):
        return None
    return address


def _address() -> str:
    return request.remote_addr or ""

"""Who is at the desk, and whether they may: every route of a staff face states the right it needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar, cast

from flask import Blueprint, Response, abort, current_app, g, make_response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from intake.db import apart, db
from intake.events import Actor
from intake.people import is_counter_of, roles_in, sign_in_of
from intake.post.steps import post_office
from intake.records import AcceptancePoint, Assignment, Office, SignIn
from intake.rules.refusals import NoPostOffice
from intake.rules.rights import MAY, Right, Role
from web.core import core, now

COOKIE = "staff"
# What a page asks for by itself carries this: no sign that somebody is at work.
LIVE = "live"
TOUCH = timedelta(minutes=1)  # how old the last touch may grow before it is written again

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Staff:
    """Who is signed in at this browser, in which office, at which counter."""

    sign_in_id: int
    person_id: int
    name: str
    username: str
    office_id: int | None
    roles: frozenset[Role]
    unit_id: int | None
    point_id: int | None
    point_code: str
    point_name: str

    def may(self, right: Right) -> bool:
        """One's own account is everybody's, also of somebody who has not chosen an office yet."""
        return right is Right.OWN_ACCOUNT or not MAY[right].isdisjoint(self.roles)

    @property
    def actor(self) -> Actor:
        return Actor(self.name, self.point_code or "desk", self.person_id)


def needs(*rights: Right) -> Callable[[View], View]:
    """The view is for whoever holds one of ``rights`` in the office at hand."""

    def mark(view: View) -> View:
        view.needs = frozenset(rights)  # type: ignore[attr-defined]
        return view

    return mark


def for_anyone(view: View) -> View:
    """The view is for people who have not signed in: the door itself."""
    view.needs = frozenset()  # type: ignore[attr-defined]
    return view


def needed(endpoint: str) -> frozenset[Right] | None:
    """The rights a route asks for; empty for anyone, None where somebody forgot to say (nobody may)."""
    return cast("frozenset[Right] | None", getattr(current_app.view_functions[endpoint], "needs", None))


def guard(bp: Blueprint) -> None:
    """No route of ``bp`` is reached without the right it states."""

    @bp.before_request
    def check() -> BaseResponse | None:
        g.staff = _staff()
        asked = needed(request.endpoint or "")
        if asked is None:
            return abort(403)
        if not asked:
            return None
        if g.staff is None:
            return to_the_door()
        if any(g.staff.may(right) for right in asked):
            return None
        if not g.staff.roles:  # of several offices none is chosen yet
            return go(url_for("desk.seat"))
        return abort(403)


def staff() -> Staff:
    """Who is at work; only in views that need a right."""
    assert g.staff is not None
    return cast(Staff, g.staff)


def staff_office() -> Office:
    """The office they work in; 404 for an administrator who has chosen none."""
    found = db.session.get(Office, staff().office_id) if staff().office_id else None
    if found is None:
        abort(404)
    return found


def staff_post_office() -> AcceptancePoint:
    """The post office they work at; raises NoPostOffice until a manager has chosen one for them."""
    found = post_office(db.session(), staff().point_id)
    if found is None or found.office_id != staff().office_id:
        raise NoPostOffice()
    return found


def go(address: str) -> Response:
    """Another page, asked for anew; nothing to read on the way."""
    response = make_response("", 303)
    response.headers["Location"] = address
    return response


def this_sign_in() -> SignIn:
    """The row of the sign-in at hand, for verbs that change it."""
    return db.session.get_one(SignIn, staff().sign_in_id)


def remember(response: Response, token: str) -> Response:
    """Give the browser the secret of a sign-in; it forgets when it is closed."""
    response.set_cookie(
        COOKIE,
        token,
        httponly=True,
        samesite="Strict",
        secure=core().settings.secure_cookies,
        path="/",
    )
    return response


def forget(response: Response) -> Response:
    response.delete_cookie(
        COOKIE, path="/", httponly=True, samesite="Strict", secure=core().settings.secure_cookies
    )
    return response


def to_the_door() -> Response:
    """Sign in first; a page that was asked for is opened afterwards."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    door = url_for("desk.sign_in", next=wanted)
    if "HX-Request" in request.headers:
        response = make_response("", 204)
        response.headers["HX-Redirect"] = url_for("desk.sign_in")
        return response
    return go(door)


def _staff() -> Staff | None:
    settings = core().settings
    found = sign_in_of(
        db.session(),
        request.cookies.get(COOKIE),
        now=now(),
        idle=timedelta(seconds=settings.staff_idle_s),
        longest=timedelta(seconds=settings.staff_longest_s),
    )
    if found is None:
        return None
    _touch(found)
    here = [held for held in found.person.assignments if held.office_id == found.office_id]
    point = found.point if is_counter_of(found.point, found.office_id) else _post_office(here)
    return Staff(
        sign_in_id=found.id,
        person_id=found.person_id,
        name=found.person.name,
        username=found.person.username,
        office_id=found.office_id,
        roles=roles_in(found.person, found.office_id),
        unit_id=next((held.unit_id for held in here if held.unit_id), None),
        point_id=point.id if point else None,
        point_code=point.code if point else "",
        point_name=point.name if point else "",
    )


def _post_office(held: Sequence[Assignment]) -> AcceptancePoint | None:
    """Where somebody of the post works: they do not choose it, a manager did."""
    posts = (post_office(db.session(), one.point_id) for one in held if one.role == Role.CLERK)
    return next(filter(None, posts), None)


def _touch(found: SignIn) -> None:
    """Somebody is at work. Written apart, before the transaction of the view begins."""
    if now() - found.touched_at < TOUCH or LIVE in request.args:
        return
    # Read before: what was rolled back is read anew, and inside it would be by a second writer.
    sign_in_id = found.id
    db.session.rollback()
    with apart() as session:
        session.get_one(SignIn, sign_in_id).touched_at = now()

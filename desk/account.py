"""One's own account: the password, the second factor, and where one is signed in."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, request, url_for

from desk.bp import bp
from desk.entering import password_faults
from intake import passwords, people, second_factor
from intake.db import db
from intake.rules.forms import Fault
from intake.rules.refusals import NotAllowed
from intake.rules.rights import Right
from web import core, now, page
from web.limits import limiter
from web.staff import forget, go, needs, staff, this_sign_in

TRIES = "30 per minute"


@bp.get("/account", endpoint="account")
@needs(Right.OWN_ACCOUNT)
def show_account() -> Response:
    return _account()


@bp.post("/account/password")
@needs(Right.OWN_ACCOUNT)
@limiter.limit(TRIES)
def change_password() -> Response:
    faults = password_faults(staff().username, staff().name)
    if faults:
        return _account("password", faults)
    session, new = db.session(), request.form.get("password", "")
    proof = people.prove(session, staff().username, request.form.get("current", ""))
    kept = passwords.hashed(new) if proof.right else ""
    fault = people.change_password(session, this_sign_in(), proof, kept, by=staff().actor, now=now())
    db.session.commit()
    return _account("password", [fault]) if fault else _back("password")


@bp.get("/account/second-factor", endpoint="enrol")
@needs(Right.OWN_ACCOUNT)
def show_enrolment() -> Response:
    person = this_sign_in().person
    if not second_factor.may_keep(person):
        raise NotAllowed()
    return page(
        "desk/enrol.html", enrolment=second_factor.enrolment(person, keys=core().keys), said={}, faults=[]
    )


@bp.post("/account/second-factor")
@needs(Right.OWN_ACCOUNT)
@limiter.limit(TRIES)
def turn_on() -> Response:
    session, pending = db.session(), request.form.get("pending", "")
    proof = people.prove(session, staff().username, request.form.get("current", ""))
    codes = second_factor.turn_on(
        session,
        this_sign_in(),
        proof,
        pending=pending,
        code=request.form.get("code", ""),
        keys=core().keys,
        by=staff().actor,
        now=now(),
    )
    db.session.commit()
    if isinstance(codes, Fault):
        again = second_factor.enrolment(this_sign_in().person, keys=core().keys, pending=pending)
        return page("desk/enrol.html", 422, enrolment=again, said={codes.key: codes}, faults=[codes])
    return page("desk/recovery_codes.html", codes=codes)


@bp.post("/account/second-factor/off")
@needs(Right.OWN_ACCOUNT)
@limiter.limit(TRIES)
def turn_off() -> Response:
    session = db.session()
    proof = people.prove(session, staff().username, request.form.get("current", ""))
    fault = second_factor.turn_off(session, this_sign_in(), proof, by=staff().actor, now=now())
    db.session.commit()
    return _account("factor", [fault]) if fault else _back("off")


@bp.post("/account/recovery-codes")
@needs(Right.OWN_ACCOUNT)
@limiter.limit(TRIES)
def renew_codes() -> Response:
    session = db.session()
    proof = people.prove(session, staff().username, request.form.get("current", ""))
    codes = second_factor.renew_codes(
        session, this_sign_in(), proof, keys=core().keys, by=staff().actor, now=now()
    )
    db.session.commit()
    if isinstance(codes, Fault):
        return _account("factor", [codes])
    return page("desk/recovery_codes.html", codes=codes)


@bp.post("/account/sign-ins/end")
@needs(Right.OWN_ACCOUNT)
def end_sign_ins() -> Response:
    """One of them, or all but this; ending this one is signing out."""
    session, mine = db.session(), this_sign_in()
    if request.form.get("which") == "others":
        people.end_sign_ins(session, mine.person_id, now=now(), but=mine.id)
        db.session.commit()
        return _back("others")
    people.end_one(
        session,
        request.form.get("which", 0, type=int),
        person_id=mine.person_id,
        by=staff().actor,
        now=now(),
    )
    over = mine.ended_at is not None
    db.session.commit()
    return forget(go(url_for(".sign_in"))) if over else _back("one")


def _account(form: str = "", faults: list[Fault] | None = None) -> Response:
    """``form`` names which of the two forms on the page the faults belong to."""
    session, mine = db.session(), this_sign_in()
    since = now() - timedelta(seconds=core().settings.staff_idle_s)
    return page(
        "desk/account.html",
        422 if faults else 200,
        person=mine.person,
        this_id=mine.id,
        sign_ins=people.open_sign_ins(session, mine.person_id, since=since),
        may_keep=second_factor.may_keep(mine.person),
        keeps=mine.person.totp_sealed is not None,
        codes_left=second_factor.codes_left(session, mine.person_id),
        form=form,
        faults=faults or [],
        said={fault.key: fault for fault in faults or []},
        done=request.args.get("done", ""),
    )


def _back(done: str) -> Response:
    return go(url_for(".account", done=done))

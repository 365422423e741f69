"""People at the desk, signed in without a password: the door has tests of its own."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from intake.db import db
from intake.people import begin_sign_in
from intake.records import AcceptancePoint, Assignment, Office, Person
from intake.rules.rights import Role
from visitor import Visitor
from web.staff import COOKIE

CAST = {
    Role.RECEPTION: ("hoa", "Lê Thu Hoa"),
    Role.DECIDING: ("dung", "Trần Quốc Dũng"),
    Role.MANAGER: ("thu", "Nguyễn Thị Thu"),
    Role.ADMINISTRATOR: ("tuan", "Phạm Anh Tuấn"),
    Role.AUDITOR: ("mai", "Vũ Thị Mai"),
    Role.CLERK: ("minh", "Hoàng Văn Minh"),
}


def a_person(app: Flask, role: Role, *, office_id: int | None = None, unit_id: int | None = None) -> int:
    """The id of the member of the cast with this role in the office (the demo office unless told)."""
    username, name = CAST[role]
    with app.app_context():
        session, now = db.session(), app.extensions["motcham"].clock()
        office = office_id or session.scalars(select(Office.id).order_by(Office.id)).first()
        if office_id is not None:
            username = f"{username}{office_id}"
        person = session.scalar(select(Person).filter_by(username=username))
        if person is None:
            person = Person(username=username, name=name, created_at=now)
            held = None if role is Role.ADMINISTRATOR else office
            post = session.scalar(select(AcceptancePoint.id).filter_by(code="BD-07", office_id=held))
            post_id = post if role is Role.CLERK else None
            person.assignments.append(
                Assignment(office_id=held, role=role, unit_id=unit_id, point_id=post_id)
            )
            session.add(person)
            session.commit()
        return person.id


def signed_in(
    app: Flask,
    role: Role = Role.RECEPTION,
    *,
    office_id: int | None = None,
    point: str | None = None,
    unit_id: int | None = None,
    htmx: str = "",
) -> Visitor:
    """Somebody of the cast at a browser of their own; ``point`` is the code of the counter they sit at.

    ``htmx`` is the id of what their browser replaces.
    """
    person_id = a_person(app, role, office_id=office_id, unit_id=unit_id)
    visitor = Visitor(app, htmx=bool(htmx))
    visitor.target, visitor.at = htmx, "/desk/"
    with app.app_context():
        session, now = db.session(), app.extensions["motcham"].clock()
        office = office_id or session.scalars(select(Office.id).order_by(Office.id)).first()
        person = session.get_one(Person, person_id)
        sign_in, token = begin_sign_in(session, person, office_id=office, now=now)
        if point:
            sign_in.point_id = session.scalars(select(AcceptancePoint.id).filter_by(code=point)).one()
        session.commit()
        db.session.remove()
    visitor.client.set_cookie(COOKIE, token)
    return visitor

"""People at the desk, signed in without a password: the door has tests of its own."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import insert, select

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
    # Without a session: most tests ask for two or three of the cast, and one costs as much as a page.
    with app.app_context(), db.engine.begin() as connection:
        office = office_id or connection.scalar(select(Office.id).order_by(Office.id).limit(1))
        if office_id is not None:
            username = f"{username}{office_id}"
        known = connection.scalar(select(Person.id).where(Person.username == username))
        if known is not None:
            return known
        now = app.extensions["motcham"].clock()
        person = connection.execute(insert(Person).values(username=username, name=name, created_at=now))
        (person_id,) = person.inserted_primary_key
        held = None if role is Role.ADMINISTRATOR else office
        post_id = None
        if role is Role.CLERK:
            posts = select(AcceptancePoint.id).where(AcceptancePoint.code == "BD-07")
            post_id = connection.scalar(posts.where(AcceptancePoint.office_id == held))
        assigned = {"office_id": held, "role": role, "unit_id": unit_id, "point_id": post_id}
        connection.execute(insert(Assignment).values(person_id=person_id, **assigned))
        return person_id


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

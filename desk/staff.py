"""The manager's page of people: who works here, in which roles, and their links."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, request, url_for

from desk.bp import bp
from intake import staffing
from intake.db import db
from intake.rules.forms import Fault
from intake.rules.rights import Right, Role
from intake.staffing import Colleague, Governor, Wanted
from web import core, now, page
from web.staff import go, needs, staff

# Words of roles, in the order of the form.
ROLES = (
    (Role.RECEPTION, "Tiếp nhận và trả kết quả", "Nhận hồ sơ, hướng dẫn, gọi số, trả kết quả"),
    (Role.DECIDING, "Giải quyết hồ sơ", "Xử lý hồ sơ của phòng mình, báo kết quả, đề nghị gia hạn"),
    (Role.MANAGER, "Phụ trách", "Mọi việc của quầy, và quản lý văn phòng, nhân sự"),
    (Role.CLERK, "Nhân viên bưu điện", "Chỉ phần bưu chính"),
    (Role.AUDITOR, "Kiểm tra", "Chỉ xem và xuất nhật ký, sổ theo dõi; không sửa gì"),
)
WORDS = {role: words for role, words, _ in ROLES} | {Role.ADMINISTRATOR: "Quản trị hệ thống"}


@bp.get("/staff", endpoint="staff")
@needs(Right.RUN_PEOPLE)
def show_staff() -> Response:
    return page(
        "desk/staff.html",
        found=[(one, _role_words(one)) for one in staffing.colleagues(db.session(), governor(), now=now())],
        done=request.args.get("done", ""),
    )


@bp.get("/staff/new", endpoint="new_person")
@needs(Right.RUN_PEOPLE)
def show_new() -> Response:
    return _form(None, Wanted("", frozenset()))


@bp.post("/staff/new")
@needs(Right.RUN_PEOPLE)
def add() -> Response:
    session, wanted = db.session(), _wanted()
    if faults := staffing.faults_of(session, wanted, governor(), is_new=True):
        return _form(None, wanted, faults)
    person, token = staffing.add_person(session, wanted, governor(), now=now())
    db.session.commit()
    return _link_page(person.id, token)


@bp.get("/staff/<int:person_id>", endpoint="person")
@needs(Right.RUN_PEOPLE)
def show_person(person_id: int) -> Response:
    one = staffing.colleague(db.session(), person_id, governor(), now=now())
    wanted = Wanted(one.name, one.roles, one.unit_id, one.is_administrator, one.username, one.point_id)
    return _form(one, wanted, version=one.version)


@bp.post("/staff/<int:person_id>")
@needs(Right.RUN_PEOPLE)
def change(person_id: int) -> Response:
    session, wanted = db.session(), _wanted()
    version = request.form.get("version", 0, type=int)
    one = staffing.colleague(session, person_id, governor(), now=now())
    if not governor().is_administrator:
        wanted = replace(wanted, administrator=one.is_administrator)
    if not one.is_ours and not governor().is_administrator:
        wanted = replace(wanted, name=one.name)
    if faults := staffing.faults_of(session, wanted, governor(), is_new=False):
        return _form(one, wanted, faults, version=version)
    staffing.change_person(session, person_id, wanted, governor(), version=version, now=now())
    db.session.commit()
    return _back("changed")


@bp.post("/staff/<int:person_id>/active")
@needs(Right.RUN_PEOPLE)
def set_active(person_id: int) -> Response:
    active = request.form.get("active") == "1"
    staffing.set_active(db.session(), person_id, active, governor(), now=now())
    db.session.commit()
    return _back("on" if active else "off")


@bp.post("/staff/<int:person_id>/link")
@needs(Right.RUN_PEOPLE)
def new_link(person_id: int) -> Response:
    token = staffing.invite(db.session(), person_id, governor(), now=now())
    db.session.commit()
    return _link_page(person_id, token)


@bp.post("/staff/<int:person_id>/unlock")
@needs(Right.RUN_PEOPLE)
def unlock(person_id: int) -> Response:
    staffing.unlock(db.session(), person_id, governor(), now=now())
    db.session.commit()
    return _back("unlocked")


@bp.post("/staff/<int:person_id>/drop-second-factor")
@needs(Right.RUN_PEOPLE)
def drop_second_factor(person_id: int) -> Response:
    staffing.drop_second_factor(db.session(), person_id, governor(), now=now())
    db.session.commit()
    return _back("dropped")


def _role_words(one: Colleague) -> str:
    """Their roles here, in the order of the form."""
    told = [words for role, words in WORDS.items() if role in one.roles]
    if one.is_administrator:
        told.insert(0, WORDS[Role.ADMINISTRATOR])
    return ", ".join(told)


def governor() -> Governor:
    who = staff()
    return Governor(who.actor, who.office_id, is_administrator=Role.ADMINISTRATOR in who.roles)


def _wanted() -> Wanted:
    form = request.form
    return Wanted(
        name=form.get("name", "").strip(),
        roles=frozenset(role for role in staffing.IN_OFFICE if role in form.getlist("roles")),
        unit_id=form.get("unit", type=int),
        administrator="administrator" in form,
        username=form.get("username", "").strip().casefold(),
        point_id=form.get("point", type=int),
    )


def _form(
    one: Colleague | None, wanted: Wanted, faults: tuple[Fault, ...] = (), *, version: int = 0
) -> Response:
    """Of somebody new, or of ``one``; ``version`` is that of the page that was opened first."""
    return page(
        "desk/person.html",
        422 if faults else 200,
        one=one,
        wanted=wanted,
        version=version,
        roles=ROLES,
        units=[(unit.id, unit.name) for unit in staffing.units_of(db.session(), staff().office_id)],
        posts=[(post.id, post.name) for post in staffing.post_offices_of(db.session(), staff().office_id)],
        is_administrator=governor().is_administrator,
        here=staff().office_id is not None,
        faults=faults,
        said={fault.key: fault for fault in faults},
    )


def _link_page(person_id: int, token: str) -> Response:
    """The link is shown this once: only its fingerprint is kept."""
    one = staffing.colleague(db.session(), person_id, governor(), now=now())
    address = core().settings.public_url + url_for(".link", token=token)
    return page("desk/invited.html", one=one, address=address)


def _back(done: str) -> Response:
    return go(url_for(".staff", done=done))

"""What the office receives: order of the tiles, words, groups, and what people searched in vain."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, request

from desk.bp import bp
from desk.office.frame import by_key, draw, keep, saved
from intake.changing import stamp
from intake.db import db
from intake.offering import (
    OfferedView,
    add,
    failed_searches,
    in_catalogue,
    move,
    offer_stamp,
    offered_here,
    offered_one,
    order_stamp,
    read_words,
    save_offer,
    settle_search,
    withdraw,
)
from intake.rules.answers import Fault
from intake.rules.rights import Right
from intake.running import groups
from web import now
from web.staff import needs, staff, staff_office

HERE = "desk.office_procedures"
KINDS = ("procedures_changed",)


@bp.get("/office/procedures", endpoint="office_procedures")
@needs(Right.RUN_OFFICE)
def show_procedures() -> Response:
    return _list()


@bp.post("/office/procedures")
@needs(Right.RUN_OFFICE)
def change_list() -> Response:
    """One button says it all: «up.CODE», «down.CODE», «first.CODE», «add.CODE» or «withdraw.CODE»."""
    go, _, code = request.form.get("go", "").partition(".")
    office, stamped = staff_office(), request.form.get("stamp", "")
    steps = {"up": -1, "down": 1, "first": -10_000}

    def act() -> None:
        session, by, moment = db.session(), staff().actor, now()
        if go in steps:
            move(session, office, code, steps[go], stamped=stamped, by=by, now=moment)
        elif go == "add":
            add(session, office, code, by=by, now=moment)
        elif go == "withdraw":
            withdraw(session, office, code, by=by, now=moment)

    if keep(act) is not None:
        return _list(late=True)
    if go in ("add", "withdraw"):
        return saved(HERE, go)
    return saved(HERE, "", moved=code, _anchor=f"p-{code}")


@bp.get("/office/procedures/<code>", endpoint="office_procedure")
@needs(Right.RUN_OFFICE)
def show_procedure(code: str) -> Response:
    view = offered_one(db.session(), staff_office(), code, now=now())
    return _form(view, {"words": "\n".join(view.words), "group": str(view.group_id or "")})


@bp.post("/office/procedures/<code>")
@needs(Right.RUN_OFFICE)
def keep_procedure(code: str) -> Response:
    office, typed = staff_office(), request.form.to_dict()
    view = offered_one(db.session(), office, code, now=now())
    words, faults = read_words(typed.get("words", ""))
    if faults:
        return _form(view, typed, faults)
    late = keep(
        lambda: save_offer(
            db.session(),
            office,
            code,
            words=words,
            group=typed.get("group", ""),
            stamped=typed.get("stamp", ""),
            by=staff().actor,
            now=now(),
        )
    )
    if late is not None:
        return _form(offered_one(db.session(), office, code, now=now()), typed, late=True)
    return saved(HERE)


@bp.post("/office/searches/<int:search_id>", endpoint="office_search")
@needs(Right.RUN_OFFICE)
def settle(search_id: int) -> Response:
    """From now on these words find a procedure, or mean nothing here."""
    code = request.form.get("procedure", "") if request.form.get("go") == "map" else ""
    if request.form.get("go") == "map" and not code:
        return _list(unmapped=search_id)
    office = staff_office()
    keep(lambda: settle_search(db.session(), office, search_id, code, by=staff().actor, now=now()))
    return saved(HERE, "mapped" if code else "dismissed", _anchor="searches")


def _list(*, late: bool = False, unmapped: int | None = None) -> Response:
    session, office = db.session(), staff_office()
    offered = offered_here(session, office, now=now())
    words = request.args.get("q", "").strip()[:80]
    return draw(
        "procedures",
        422 if late or unmapped else 200,
        here=HERE,
        kinds=KINDS,
        offered=offered,
        stamped=stamp(order_stamp(offered)),
        words=words,
        found=in_catalogue(session, office, words, now=now()) if words else None,
        searches=failed_searches(session, office),
        moved=request.args.get("moved", ""),
        late=late,
        unmapped=unmapped,
    )


def _form(
    view: OfferedView, typed: Mapping[str, str], faults: tuple[Fault, ...] = (), late: bool = False
) -> Response:
    session, office = db.session(), staff_office()
    return draw(
        "procedure",
        422 if faults or late else 200,
        here=HERE,
        kinds=KINDS,
        what=view.code,
        procedure=view,
        groups=[(one.id, f"{one.prefix} · {one.name}") for one in groups(session, office) if one.active],
        typed=typed,
        stamped=typed.get("stamp", "") if faults else stamp(offer_stamp(view)),
        faults=by_key(faults),
        conflict={"words": ", ".join(view.words), "group": view.group_prefix} if late else None,
    )

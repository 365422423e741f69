"""What the post handed over becomes a dossier: one by Enter, or all, each in a transaction of its own."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response

from desk.bp import bp
from intake.db import db
from intake.post.accepting_items import accept_item
from intake.post.manifest_lists import items_to_accept
from intake.post.steps import item_at_hand_by_id
from intake.rules.refusals import Refusal
from intake.rules.rights import Right
from web import core, now, page
from web.staff import needs, staff, staff_office

PAGE = "desk/post/accept.html"
AT_ONCE = 200  # of one press; the rest wait for the next


@dataclass(frozen=True)
class Accepted:
    """What came of one item: the code of its dossier, or why not."""

    number: str
    code: str = ""
    refusal: Refusal | None = None


@bp.get("/post/accept", endpoint="post_accept")
@needs(Right.RECEIVE)
def show_waiting_items() -> Response:
    return _page()


@bp.post("/post/accept/<int:item_id>")
@needs(Right.RECEIVE)
def accept_post_item(item_id: int) -> Response:
    return _page(_accept(item_id))


@bp.post("/post/accept")
@needs(Right.RECEIVE)
def accept_post_items() -> Response:
    """All that wait; one that is refused keeps none of the others."""
    waiting = items_to_accept(db.session(), staff_office(), now=now())
    db.session.rollback()
    return _page(*(_accept(one.id) for one in waiting[:AT_ONCE]))


def _accept(item_id: int) -> Accepted:
    """One item, committed or rolled back before the next."""
    item = item_at_hand_by_id(db.session(), staff_office(), item_id)
    number = item.item_number
    try:
        dossier = accept_item(
            db.session(),
            item,
            keys=core().keys,
            base_url=core().settings.public_url,
            by=staff().actor,
            now=now(),
        )
    except Refusal as refusal:
        db.session.rollback()
        return Accepted(number, refusal=refusal)
    code = dossier.dossier_code
    db.session.commit()
    return Accepted(number, code)


def _page(*done: Accepted) -> Response:
    refused = [one for one in done if one.refusal]
    return page(
        PAGE,
        waiting=items_to_accept(db.session(), staff_office(), now=now()),
        accepted=[one for one in done if one.code],
        refused=refused,
        at_once=AT_ONCE,
    )

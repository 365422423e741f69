"""A paper of an item once more, out of the printer of the post office."""

from __future__ import annotations

from flask import request, url_for
from werkzeug.wrappers import Response as BaseResponse

from intake.db import db
from intake.post.reprinting_items import print_again
from intake.post.steps import item_at_hand_by_id
from intake.rules.rights import Right
from postal.bp import bp
from web import now
from web.staff import go, needs, staff, staff_post_office


@bp.post("/items/<int:item_id>/print")
@needs(Right.POST)
def print_paper(item_id: int) -> BaseResponse:
    """Of an item of this post office; further copies are marked."""
    session, point = db.session(), staff_post_office()
    item = item_at_hand_by_id(session, point.office, item_id, point=point)
    which = request.form.get("which", "")
    print_again(session, item, which, point.printer_id, by=staff().actor, now=now())
    session.commit()
    return go(url_for(".item", item_id=item_id))

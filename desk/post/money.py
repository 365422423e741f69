"""The day's money between centre and post: both books side by side, to sign, to confirm."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from typing import cast

from flask import Response, request, send_file, url_for

from desk.bp import bp
from desk.papers import answer
from desk.register import XLSX
from intake.db import db
from intake.drawings.pdf import draw_pdf
from intake.offices import civil_day
from intake.points import point_at_hand
from intake.post.reconciliation import confirm_day, reconcile
from intake.rules.answers import Fault
from intake.rules.refusals import BadPayment
from intake.rules.rights import Right
from web import now, page
from web.staff import go, needs, staff, staff_office

FIRST = date(2000, 1, 1)


@bp.get("/post/money", endpoint="post_money")
@needs(Right.SEE_REGISTER)
def show() -> Response:
    return _page(_day())


@bp.post("/post/money/confirm", endpoint="confirm_post_day")
@needs(Right.RECEIVE)
def confirm() -> Response:
    """The centre's word on a day of one post office; what differs needs its reason."""
    session, office, day = db.session(), staff_office(), _day()
    point = point_at_hand(session, office, request.form.get("point", 0, type=int), "post")
    reason = request.form.get("reason", "")
    try:
        confirm_day(session, office, point, day, reason=reason, by=staff().actor, now=now())
    except BadPayment as refusal:
        session.rollback()
        faults = cast("tuple[Fault, ...]", refusal.facts["faults"])
        return _page(day, {"point": str(point.id), "reason": reason}, faults[0])
    session.commit()
    return go(url_for("desk.post_money", day=day.isoformat(), done="confirmed"))


@bp.get("/post/money.pdf", endpoint="post_money_pdf")
@needs(Right.SEE_REGISTER)
def as_pdf() -> Response:
    from intake.post.reconciliation_paper import reconciliation_paper

    office, day = staff_office(), _day()
    paper = reconciliation_paper(office, reconcile(db.session(), office, day), on=now())
    return answer(draw_pdf(paper, "A4 landscape"), f"doi-soat-buu-chinh_{day}.pdf")


@bp.get("/post/money.xlsx", endpoint="post_money_xlsx")
@needs(Right.SEE_REGISTER)
def as_xlsx() -> Response:
    from intake.post.reconciliation_paper import write_reconciliation

    office, day, out = staff_office(), _day(), io.BytesIO()
    write_reconciliation(out, office, reconcile(db.session(), office, day), now=now())
    out.seek(0)
    name = f"doi-soat-buu-chinh_{day}.xlsx"
    response = send_file(out, mimetype=XLSX, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(day: date, typed: Mapping[str, str] | None = None, fault: Fault | None = None) -> Response:
    return page(
        "desk/post/money.html",
        422 if fault else 200,
        told=reconcile(db.session(), staff_office(), day),
        today=civil_day(now()),
        typed=typed or {},
        fault=fault,
        done=request.args.get("done", ""),
    )


def _day() -> date:
    """The day that was asked for; today when it cannot be read, or has not come."""
    today = civil_day(now())
    try:
        day = date.fromisoformat(request.values.get("day", ""))
    except ValueError:
        return today
    return day if FIRST <= day <= today else today

"""The desk's blueprint: what all its screens share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, g, url_for

from intake.rules.rights import Right
from web import now
from web.staff import guard

bp = Blueprint("desk", __name__, url_prefix="/desk")
guard(bp)

# The places of the rail: endpoint, words, and who sees it.
PLACES = (
    ("desk.dossiers", "Hồ sơ", Right.SEE_DOSSIERS),
    ("desk.queue", "Hàng chờ", Right.CALL),
    ("desk.days", "Ngày không giấy", Right.SEE_DAYS),
    ("desk.register", "Báo cáo", Right.SEE_REGISTER),
    ("desk.office", "Văn phòng", Right.RUN_OFFICE),
    ("postal.reception", "Bưu điện", Right.POST),  # who has this right has none of the others
)


@bp.context_processor
def shared() -> dict[str, Any]:
    who = g.get("staff")
    places = [
        (endpoint, words, url_for(endpoint))
        for endpoint, words, right in PLACES
        if who and who.may(right) and endpoint in current_app.view_functions
    ]
    return {"staff": who, "places": places, "moment": now()}

"""What all pages of paper-free days share: their tabs, and what was just done."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, request, url_for

from intake.rules.rights import Right
from web import page
from web.staff import staff, staff_office

TABS = (
    ("desk.days", "Hôm nay", Right.SEE_DAYS),
    ("desk.day_rules", "Quy định", Right.SEE_DAYS),
    ("desk.day_rehearsal", "Diễn tập", Right.RUN_DAYS),
    ("desk.day_readiness", "Sẵn sàng", Right.SEE_DAYS),
    ("desk.day_forms", "Phiếu giấy dự phòng", Right.RECEIVE),
    ("desk.day_report", "Kết quả", Right.SEE_DAYS),
)


def draw(template: str, status: int = 200, *, here: str, **context: Any) -> Response:
    """A page of paper-free days, ``here`` the endpoint of its tab."""
    tabs = [
        (endpoint, words, url_for(endpoint))
        for endpoint, words, right in TABS
        if staff().may(right) and endpoint in current_app.view_functions
    ]
    context = {"faults": {}, **context}
    return page(
        f"desk/days/{template}.html",
        status,
        office=staff_office(),
        tabs=tabs,
        here=here,
        done=request.args.get("done", ""),
        **context,
    )

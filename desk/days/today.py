"""The day as it runs, followed by itself: without paper, in one visit, at risk."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, url_for

from desk.bp import bp
from desk.days.frame import draw
from intake import readiness
from intake.day_board import Board, board
from intake.day_report_words import day_words
from intake.db import db
from intake.rules.day_chart import Chart, Column, chart
from intake.rules.day_figures import MEDIAN, NINETIETH
from intake.rules.day_words import count_words, minutes_words, percent, reason_words, weekday_words
from intake.rules.rights import Right
from intake.rules.service_words import mode_words
from intake.service_days import awaiting_approval
from intake.suspending import open_suspensions
from web import now
from web.staff import needs, staff, staff_office

HERE = "desk.days"


@bp.get("/days", endpoint=HERE.removeprefix("desk."))
@needs(Right.SEE_DAYS)
def show_today() -> Response:
    session, office, moment = db.session(), staff_office(), now()
    told = board(session, office, now=moment)
    return draw(
        "today",
        here=HERE,
        board=told,
        chart=_chart(told),
        moment=moment,
        suspensions=open_suspensions(session, office, now=moment),
        to_approve=awaiting_approval(session, office, staff().person_id)
        if staff().may(Right.APPROVE_DAYS)
        else [],
        readiness=readiness.latest(session, office, told.next[0]) if told.next else None,
        ready_for=day_words(told.next[0]) if told.next else "",
        poster=_link("desk.day_poster", rule_id=told.rules[0].id) if told.running else "",
        rehearsal=_link("desk.day_rehearsal") if staff().may(Right.RUN_DAYS) else "",
        change=change,
        **WORDS,
    )


def change(then: float | None, here: float | None) -> tuple[str, str]:
    """("up", «▲ tăng 61 điểm»): how a share moved, in points; ("", "") where one of them is unknown."""
    if then is None or here is None:
        return "", ""
    points = round((here - then) * 100)
    if points == 0:
        return "same", "bằng trước"
    return ("up", f"▲ tăng {points} điểm") if points > 0 else ("down", f"▼ giảm {-points} điểm")


WORDS: dict[str, Any] = {
    "percent": percent,
    "minutes_words": minutes_words,
    "count_words": count_words,
    "reason_words": reason_words,
    "weekday_words": weekday_words,
    "mode_words": mode_words,
    "MEDIAN": MEDIAN,
    "NINETIETH": NINETIETH,
}


def _chart(told: Board) -> Chart | None:
    """The dossiers of today by the hour of the clock, and what the rules promise in one."""
    if not told.rules:
        return None
    return chart(
        [
            Column(f"{one.hour}–{one.hour + 1}", one.electronic, one.digitised, one.paper, one.most)
            for one in told.hours
        ]
    )


def _link(endpoint: str, **values: Any) -> str:
    """The address of a page, "" where this installation has none."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""

"""A dry run of a rule, also of a draft: a picture, the same figures beside it, and a plain conclusion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Response, request

from desk.bp import bp
from desk.days.frame import draw
from intake.db import db
from intake.offices import civil_day
from intake.rehearsing import dry_run, rehearsables
from intake.rules.answers import Fault, read_answer
from intake.rules.procedures import Question, QuestionKind
from intake.rules.rehearsal import LOOK_BACK, Hour
from intake.rules.rights import Right
from intake.rules.text import short_date
from web import now
from web.staff import needs, staff_office

HERE = "desk.day_rehearsal"
WIDTH, HEIGHT, FOOT, LEFT = 720, 260, 34, 34  # of the picture, its hours and its scale
STATES = {"draft": "bản soạn", "approved": "đã duyệt", "published": "đang áp dụng"}


@dataclass(frozen=True)
class Bar:
    """One hour in the picture: two bars that stand on the same foot, and its line of capacity."""

    hour: Hour
    x: float
    width: float
    average: float  # heights
    busiest: float
    most: float | None


@dataclass(frozen=True)
class Chart:
    """``lines`` are (height, value) of the scale."""

    bars: tuple[Bar, ...]
    lines: tuple[tuple[float, int], ...]
    width: int = WIDTH
    height: int = HEIGHT
    foot: int = FOOT
    left: int = LEFT


@bp.get("/days/rehearsal", endpoint="day_rehearsal")
@needs(Right.RUN_DAYS)
def show_rehearsal() -> Response:
    session, office, today = db.session(), staff_office(), civil_day(now())
    rules = rehearsables(session, office)
    asked = request.args.get("rule", "")
    rule_id = int(asked) if asked.isdecimal() and len(asked) < 10 else 0
    rule_id = rule_id or (rules[0].id if rules else 0)
    typed = request.args.get("day", "")
    question = Question("day", "", QuestionKind.DATE, required=False, bound="future")
    day = read_answer(question, typed, today=today)
    chosen = date.fromisoformat(day) if isinstance(day, str) and day else None
    run = dry_run(session, office, rule_id, chosen, now=now()) if rule_id else None
    shown = typed or (short_date(run.for_day) if run and run.for_day else "")
    return draw(
        "rehearsal",
        422 if isinstance(day, Fault) else 200,
        here=HERE,
        rules=[(one.id, f"{one.title} · bản {one.version}, {STATES[one.state]}") for one in rules],
        rule_id=rule_id,
        day=shown,
        faults={"day": day} if isinstance(day, Fault) else {},
        run=run,
        chart=chart(run.found.hours) if run else None,
        number=number,
        look_back=LOOK_BACK,
    )


def chart(hours: Sequence[Hour]) -> Chart:
    """The hours as bars, as high as the picture allows."""
    top = max((max(one.busiest, one.most or 0) for one in hours), default=0) or 1
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000) if top / step <= 5)
    tallest = -(-top // step) * step
    scale = (HEIGHT - FOOT - 12) / tallest
    slot = (WIDTH - LEFT) / max(len(hours), 1)
    bars = tuple(
        Bar(
            one,
            x=round(LEFT + place * slot, 1),
            width=round(slot, 1),
            average=round(one.average * scale, 1),
            busiest=round(one.busiest * scale, 1),
            most=round(one.most * scale, 1) if one.most is not None else None,
        )
        for place, one in enumerate(hours)
    )
    lines = tuple((round(value * scale, 1), value) for value in range(0, tallest + 1, step))
    return Chart(bars, lines)


def number(value: float) -> str:
    """«3,5», «12»."""
    return f"{value:.1f}".removesuffix(".0").replace(".", ",")

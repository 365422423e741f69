"""Numbered forms for an outage: how many lie ready, more of them, and entering what was received on one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from desk.bp import bp
from desk.days.frame import draw
from desk.papers import answer
from intake import fallback
from intake.db import db
from intake.drawings.pdf import draw_pdfs
from intake.fallback import Batch
from intake.fallback_paper import fallback_papers
from intake.numbers import new_once, once
from intake.offices import civil_day
from intake.rules.answers import Fault, read_answer
from intake.rules.calendar import VIETNAM
from intake.rules.procedures import Question, QuestionKind
from intake.rules.refusals import BadTakenAt, NoSuchFallbackForm, NoSuchThing, Refusal
from intake.rules.rights import Right
from intake.rules.text import short_date
from web import now
from web.staff import needs, staff, staff_office

HERE = "desk.day_forms"
IN_A_FILE = 25  # drawn in a second or two; more would keep others waiting
USUAL = 40


@bp.get("/days/forms", endpoint="day_forms")
@needs(Right.RECEIVE)
def show_forms() -> Response:
    return _page({"taken_on": short_date(civil_day(now()))})


@bp.post("/days/forms", endpoint="print_day_forms")
@needs(Right.RECEIVE)
def print_more() -> BaseResponse:
    """Numbers for more forms; the files to print stand on the page then."""
    typed = request.form.to_dict()
    asked = Question("count", "", QuestionKind.NUMBER, min=1, max=fallback.MOST)
    count = read_answer(asked, typed.get("count", ""), today=civil_day(now()))
    if isinstance(count, Fault):
        return _page(typed, faults=[count])
    session, office = db.session(), staff_office()
    if once(session, office.id, typed.get("once", ""), day=civil_day(now())):
        fallback.print_forms(session, office, int(count), by=staff().actor, now=now())
    session.commit()
    return redirect(url_for(HERE, done="printed"), 303)


@bp.get("/days/forms/pdf", endpoint="day_forms_pdf")
@needs(Right.RECEIVE)
def forms_pdf() -> Response:
    """Both copies of the open forms of these numbers; NoSuchThing where there are none."""
    asked = [request.args.get(name, "0") for name in ("year", "first", "last")]
    year, first, last = (int(text) if text.isdecimal() and len(text) < 8 else 0 for text in asked)
    office = staff_office()
    forms = fallback.forms_of(db.session(), office, year, first, min(last, first + IN_A_FILE - 1))
    if not forms:
        raise NoSuchThing
    papers = fallback_papers(office, forms)
    return answer(draw_pdfs(papers, "A5", alike=True), f"phieu-giay_{year}_{first}-{last}.pdf")


@bp.post("/days/forms/enter", endpoint="enter_day_form")
@needs(Right.RECEIVE)
def enter() -> BaseResponse:
    """On to the counter's own page, which says all the while which form is entered."""
    typed = request.form.to_dict()
    taken_at, faults = _taken_at(typed)
    number = typed.get("number", "").strip()
    if not number:
        faults.append(Fault("number", "empty"))
    if faults or taken_at is None:
        return _page(typed, faults=faults)
    try:
        form = fallback.form_to_enter(db.session(), staff_office(), number, taken_at, now=now())
    except (NoSuchFallbackForm, BadTakenAt) as refusal:  # told above what was typed
        db.session.rollback()
        return _page(typed, refusal=refusal)
    return redirect(url_for("desk.new", fallback=fallback.number_of(form), taken=taken_at.isoformat()), 303)


def _taken_at(typed: dict[str, str]) -> tuple[datetime | None, list[Fault]]:
    """What stands on the form, on the clock of Vietnam."""
    on = read_answer(
        Question("taken_on", "", QuestionKind.DATE), typed.get("taken_on", ""), today=civil_day(now())
    )
    faults = [on] if isinstance(on, Fault) else []
    try:
        at = time.fromisoformat(typed.get("taken_at", "").strip().replace("g", ":").replace("h", ":"))
    except ValueError:
        return None, [*faults, Fault("taken_at", "bad_clock")]
    if isinstance(on, Fault) or at.tzinfo is not None:
        return None, faults
    return datetime.combine(date.fromisoformat(on), at, VIETNAM), faults


def _files(batches: list[Batch]) -> Iterator[tuple[Batch, list[tuple[int, int]]]]:
    """What there is to print of each batch, a file for every IN_A_FILE numbers."""
    for batch in batches:
        firsts = range(batch.first, batch.last + 1, IN_A_FILE)
        yield batch, [(first, min(first + IN_A_FILE - 1, batch.last)) for first in firsts]


def _page(
    typed: dict[str, str], faults: list[Fault] | None = None, refusal: Refusal | None = None
) -> Response:
    session, office = db.session(), staff_office()
    open_count = fallback.count_open(session, office)
    return draw(
        "forms",
        422 if faults or refusal else 200,
        here=HERE,
        typed={"count": str(USUAL), **typed},
        faults={fault.key: fault for fault in faults or ()},
        refusal=refusal,
        open_count=open_count,
        enough=fallback.ENOUGH,
        most=fallback.MOST,
        batches=list(_files(fallback.batches(session, office))),
        once=new_once(),
        entered=fallback.entered_lately(session, office),
    )

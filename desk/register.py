"""The register of a period on the screen, on paper and as a workbook."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import IO

from flask import Response, request, send_file

from desk.bp import bp
from desk.papers import answer
from intake import events, register
from intake.db import db, reading
from intake.drawings.pdf import draw_pdf
from intake.offices import civil_day
from intake.records import Office
from intake.register import CHANNELS, COLLECTIONS, Entry, Period, form_07
from intake.register_xlsx import write_register
from intake.rules.answers import Fault
from intake.rules.form_sets import Form
from intake.rules.rights import Right
from web import core, now, page
from web.staff import needs, staff, staff_office

ON_A_PAGE = 50
MOST_ON_PAPER = 1000  # lines of a PDF: more would keep the house busy for too long, and nobody prints them
IN_MEMORY = 1 << 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Asked:
    """The days as typed; both are civil days and included."""

    first: str
    last: str


@bp.get("/register", endpoint="register")
@needs(Right.SEE_REGISTER)
def show_register() -> Response:
    asked = _asked()
    period = _period(asked)
    if isinstance(period, Fault):
        return _page(asked, fault=period)
    return _page(asked, period)


@bp.post("/register/pdf")
@needs(Right.SEE_REGISTER)
def register_pdf() -> Response:
    """Form 07 of the whole period; too long a one is refused in its place."""
    asked, office = _asked(), staff_office()
    period = _period(asked)
    if isinstance(period, Fault):
        return _page(asked, fault=period)
    count = register.count(db.session(), office, period)
    if count > MOST_ON_PAPER:
        fault = Fault("from", "too_much_to_print", {"count": count, "most": MOST_ON_PAPER})
        return _page(asked, period, fault=fault)
    _taken_out(period, "pdf", count)
    with reading():
        paper = form_07(office, period, tuple(_lines(office, period)), on=now())
        db.session.rollback()
    return answer(draw_pdf(paper, "A4 landscape"), f"so-theo-doi_{asked.first}_{asked.last}.pdf")


@bp.post("/register/xlsx")
@needs(Right.SEE_REGISTER)
def register_xlsx() -> Response:
    """The whole period as a workbook. That it was taken is committed before anything is read."""
    asked, office = _asked(), staff_office()
    period = _period(asked)
    if isinstance(period, Fault):
        return _page(asked, fault=period)
    _taken_out(period, "xlsx", register.count(db.session(), office, period))
    # Not closed here: it is sent when this view is over.
    out: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    with reading():
        write_register(out, office, period, _lines(office, period), now=now())
        db.session.rollback()
    out.seek(0)
    name = f"so-theo-doi_{asked.first}_{asked.last}.xlsx"
    response = send_file(out, mimetype=XLSX, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"
    return response


def _lines(office: Office, period: Period, *, skip: int = 0) -> Iterator[Entry]:
    return register.entries(db.session(), office, period, skip=skip, keys=core().keys, now=now())


def _page(asked: Asked, period: Period | None = None, *, fault: Fault | None = None) -> Response:
    number = _number(request.values.get("page", ""))
    count, lines = 0, list[Entry]()
    if period is not None:
        office = staff_office()
        count = register.count(db.session(), office, period)
        number = min(number, max(1, -(-count // ON_A_PAGE)))
        lines = list(islice(_lines(office, period, skip=(number - 1) * ON_A_PAGE), ON_A_PAGE))
    return page(
        "desk/register.html",
        422 if fault else 200,
        asked=asked,
        fault=fault,
        lines=lines,
        channels=CHANNELS,
        collections=COLLECTIONS,
        count=count,
        number=number,
        pages=max(1, -(-count // ON_A_PAGE)),
    )


def _asked() -> Asked:
    """This month until today, unless told."""
    today = civil_day(now())
    sent = request.values
    return Asked(sent.get("from") or today.replace(day=1).isoformat(), sent.get("to") or today.isoformat())


def _period(asked: Asked) -> Period | Fault:
    try:
        period = Period(date.fromisoformat(asked.first), date.fromisoformat(asked.last))
    except ValueError:
        return Fault("from", "bad_date")
    is_sound = timedelta() <= period.last - period.first <= register.LONGEST
    if not is_sound or not 1900 < period.first.year <= period.last.year < 9000:
        return Fault("from", "bad_period")
    return period


def _taken_out(period: Period, how: str, count: int) -> None:
    """Personal data leave the house: an event of its own."""
    facts: dict[str, object] = {
        "form": Form.REGISTER.value,
        "as": how,
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "count": count,
    }
    events.append(
        db.session(), "paper_opened", by=staff().actor, now=now(), office_id=staff().office_id, facts=facts
    )
    db.session.commit()


def _number(text: str) -> int:
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1

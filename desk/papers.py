"""The official papers of a dossier as PDF, and its notices on the counter's own printer."""

from __future__ import annotations

from flask import Response, abort, make_response, request
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from desk.bp import bp
from desk.dossiers import back_to
from intake import events
from intake.control_sheet import control_sheet, form_06
from intake.db import apart, db
from intake.drawings.pdf import Size, draw_pdf, draw_pdfs
from intake.notice_facts import facts_of_notice
from intake.notice_papers import paper_of_notice
from intake.notice_printing import notice_of, print_notice
from intake.printing import facts_today
from intake.receipt import form_01
from intake.records import AcceptancePoint, Dossier
from intake.rules.form_sets import Form
from intake.rules.refusals import NoSuchDossier, NoSuchNotice
from intake.rules.rights import Right
from web import core, now
from web.staff import needs, staff, staff_office

# The browser's own viewer sets styles; nothing else may be loaded or run.
POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
LETTERS = frozenset({Form.APOLOGY, Form.STOP_NOTICE})  # on A4, as letters are


@bp.get("/dossiers/<code>/papers/mau-01")
@needs(Right.SEE_DOSSIERS)
def receipt_pdf(code: str) -> Response:
    """Form 01 in both its copies."""
    dossier = dossier_of(code)
    facts = facts_today(dossier.receipt, core().keys)
    _opened(dossier.id, Form.RECEIPT)
    copies = (form_01(facts, copy=1), form_01(facts, copy=2))
    return answer(draw_pdfs(copies, _size("A5")), f"giay-tiep-nhan_{code}.pdf")


@bp.get("/dossiers/<code>/papers/mau-06")
@needs(Right.SEE_DOSSIERS)
def control_sheet_pdf(code: str) -> Response:
    sheet = control_sheet(db.session(), staff_office(), code, keys=core().keys, now=now())
    _opened(dossier_of(code).id, Form.CONTROL_SHEET)
    return answer(draw_pdf(form_06(sheet, on=now()), "A4"), f"phieu-kiem-soat_{code}.pdf")


@bp.get("/dossiers/<code>/papers/<int:notice_id>")
@needs(Right.SEE_DOSSIERS)
def notice_pdf(code: str, notice_id: int) -> Response:
    """Forms 02 to 05; a proposed one is marked as a draft."""
    try:
        notice = notice_of(db.session(), staff_office(), code, notice_id)
    except NoSuchNotice:
        abort(404)
    facts, number, form = facts_of_notice(notice, core().keys), notice.number, Form(notice.form)
    _opened(notice.dossier_id, form)
    size = _size("A4" if form in LETTERS else "A5")
    return answer(draw_pdf(paper_of_notice(facts, number), size), f"{form.replace('_', '-')}_{code}.pdf")


@bp.post("/dossiers/<code>/papers/<int:notice_id>/print", endpoint="print_notice")
@needs(Right.RECEIVE, Right.DECIDE, Right.RETURN)
def print_at_counter(code: str, notice_id: int) -> BaseResponse:
    """What the citizen takes home, from the printer of the counter one sits at."""
    notice = notice_of(db.session(), staff_office(), code, notice_id)
    point_id = staff().point_id
    point = db.session.get(AcceptancePoint, point_id) if point_id is not None else None
    print_notice(db.session(), notice, point, by=staff().actor, now=now())
    db.session.commit()
    return back_to(code, "notice_printed")


def answer(data: bytes, name: str) -> Response:
    """A PDF for the browser's viewer, kept nowhere."""
    response = make_response(data)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


def dossier_of(code: str) -> Dossier:
    """Of this office, to be read. Raises NoSuchDossier."""
    found = db.session.scalar(select(Dossier).filter_by(office_id=staff_office().id, dossier_code=code))
    if found is None:
        raise NoSuchDossier
    return found


def _size(usual: Size) -> Size:
    """The other size on request."""
    asked = request.args.get("size", "").upper()
    return "A4" if asked == "A4" else "A5" if asked == "A5" else usual


def _opened(dossier_id: int, form: Form) -> None:
    """Written apart: a GET only reads, and on SQLite its transaction must be over first."""
    by, moment, office_id = staff().actor, now(), staff().office_id
    db.session.rollback()
    with apart() as session:
        facts: dict[str, object] = {"form": form.value}
        events.append(
            session,
            "paper_opened",
            by=by,
            now=moment,
            office_id=office_id,
            dossier_id=dossier_id,
            facts=facts,
        )

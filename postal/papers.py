"""Papers of the post as PDF, for a printer that is not ours: of an item, and the sheet of procedure codes."""

from __future__ import annotations

from typing import cast

from flask import Response, abort, make_response

from intake.db import db
from intake.drawings.code_sheet import Coded, draw_code_sheets
from intake.drawings.pdf import Size, draw_pdf, draw_pdfs
from intake.post.papers import LABEL, RECEIPT, SLIP, paper_of_item, sending_slip
from intake.queries import offered
from intake.rules.post_scans import PROCEDURE_MARK
from intake.rules.rights import Right
from postal.bp import bp
from postal.reception import own_item
from web import core, now
from web.staff import needs, staff_post_office

# The browser's own viewer sets styles; nothing else may be loaded or run.
POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
SIZES = {RECEIPT: "A6", SLIP: "A5", LABEL: "A6"}


@bp.get("/items/<int:item_id>/<which>.pdf")
@needs(Right.POST)
def item_paper(item_id: int, which: str) -> Response:
    """The slip comes in both its copies."""
    item = own_item(item_id)
    if which not in SIZES or (item.direction == "home" and which != LABEL):
        abort(404)
    session, keys, size = db.session(), core().keys, cast(Size, SIZES[which])
    if which == SLIP:
        copies = [sending_slip(session, item, keys=keys, copy=copy) for copy in (1, 2)]
        return pdf(draw_pdfs(copies, size), f"phieu-gui_{item.id}.pdf")
    return pdf(draw_pdf(paper_of_item(session, item, which, keys=keys), size), f"{which}_{item.id}.pdf")


@bp.get("/procedures.pdf")
@needs(Right.POST)
def procedures_pdf() -> Response:
    """What the office receives, as codes to scan; for the counter, so that nobody has to search."""
    office = staff_post_office().office
    found = offered(db.session(), office, now=now())
    coded = [Coded(f"{PROCEDURE_MARK}{one.code}", one.title, one.code) for one in found]
    heading = f"Mã thủ tục · {office.name}"
    return pdf(draw_code_sheets(heading, "Quét mã để chọn thủ tục khi nhận hồ sơ.", coded), "ma-thu-tuc.pdf")


def pdf(data: bytes, name: str) -> Response:
    """For the browser's viewer, kept nowhere."""
    response = make_response(data)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-store"
    return response

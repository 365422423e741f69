"""Hand-over lists at the post: dossiers are listed for the office, results scanned in; both confirm."""

from __future__ import annotations

from datetime import datetime

from flask import Response, abort, request, url_for

from intake import events
from intake.db import apart, db
from intake.drawings.pdf import draw_pdfs
from intake.post.manifest_lists import discrepancies, items_to_list, manifest_view, manifests
from intake.post.manifest_paper import manifest_paper, print_slips, sheets_of
from intake.post.manifests import (
    manifest_at_hand,
    manifest_of_number,
    open_manifest,
)
from intake.post.reconciling import receive
from intake.post.steps import item_at_hand_by_id
from intake.printing import facts_today
from intake.receipt import form_01
from intake.records import Manifest
from intake.rules.form_sets import Form
from intake.rules.manifests import ON_ITS_WAY, Side, State
from intake.rules.refusals import NoSuchManifest, Refusal
from intake.rules.rights import Right
from postal.bp import bp
from postal.papers import pdf
from web import core, now, page
from web.manifests import WORDS, Lists, Scanned, line_told
from web.pages import draws
from web.staff import go, needs, staff, staff_post_office

PAGE = "postal/manifest.html"
FINISHED_SHOWN = 20
TOLD = {
    "closed": "Đã chốt. In hai liên, ký rồi giao cùng túi.",
    "received": "Đã xác nhận. Kết quả đã lấy nằm ở mục Phát.",
    "printing": "Đã gửi hai liên ra máy in của bưu cục.",
    "agreed": "Hai bên đã xác nhận bảng kê.",
    "resolved": "Đã ghi cách giải quyết.",
}


def _at_hand(manifest_id: int) -> Manifest:
    point = staff_post_office()
    return manifest_at_hand(db.session(), point.office, manifest_id, point=point)


def _page(
    manifest_id: int, scanned: Scanned | None = None, *, told: str = "", refusal: Refusal | None = None
) -> Response:
    """The list; to a scan only what it changed, however long the list is."""
    point, whole = staff_post_office(), draws(PAGE, "manifest")
    line_id = scanned.line_id if scanned else 0
    view = manifest_view(
        db.session(), point.office, manifest_id, point=point, line_id=None if whole else line_id, now=now()
    )
    shown = LISTS.shown(view, scanned, whole=whole)
    return page(
        PAGE,
        422 if refusal else 200,
        told=TOLD.get(told, ""),
        refusal=refusal,
        has_printer=point.printer_id is not None,
        to_list=items_to_list(db.session(), point, "in") if shown["fills"] else 0,
        **shown,
    )


LISTS = Lists(Side.POST, "in", _at_hand, _page)


@bp.get("/manifests", endpoint="manifests")
@needs(Right.POST)
def show_manifests() -> Response:
    return _all()


@bp.post("/manifests", endpoint="find_manifest")
@needs(Right.POST)
def find() -> Response:
    """The number of a list, scanned from its paper."""
    point = staff_post_office()
    found = manifest_of_number(db.session(), point.office, request.form.get("number", ""), point=point)
    db.session.rollback()
    return go(url_for(".manifest", manifest_id=found))


@bp.post("/manifests/new")
@needs(Right.POST)
def open_list() -> Response:
    """The list of dossiers for the office that is being filled, else a new one."""
    manifest = open_manifest(db.session(), staff_post_office(), "in", by=staff().actor, now=now())
    db.session.commit()
    return _back(manifest.id)


@bp.get("/manifests/<int:manifest_id>")
@needs(Right.POST)
def manifest(manifest_id: int) -> Response:
    return _page(manifest_id, told=request.args.get("told", ""))


@bp.post("/manifests/<int:manifest_id>/scan")
@needs(Right.POST)
@LISTS.refusing
def scan_item(manifest_id: int) -> Response:
    return LISTS.scan(manifest_id)


@bp.post("/manifests/<int:manifest_id>/mark")
@needs(Right.POST)
@LISTS.refusing
def mark_item(manifest_id: int) -> Response:
    return LISTS.look_twice(manifest_id)


@bp.post("/manifests/<int:manifest_id>/drop")
@needs(Right.POST)
@LISTS.refusing
def drop_item(manifest_id: int) -> Response:
    return LISTS.take_out(manifest_id)


@bp.post("/manifests/<int:manifest_id>/close")
@needs(Right.POST)
@LISTS.refusing
def close_list(manifest_id: int) -> Response:
    LISTS.close(manifest_id)
    return _back(manifest_id, "closed")


@bp.post("/manifests/<int:manifest_id>/receive")
@needs(Right.POST)
@LISTS.refusing
def receive_list(manifest_id: int) -> Response:
    note = request.form.get("note", "")
    receive(db.session(), LISTS.own(manifest_id, gives=False), note=note, by=staff().actor, now=now())
    db.session.commit()
    return _back(manifest_id, "received")


@bp.post("/manifests/<int:manifest_id>/agree")
@needs(Right.POST)
@LISTS.refusing
def agree_list(manifest_id: int) -> Response:
    LISTS.agree(manifest_id)
    return _back(manifest_id, "agreed")


@bp.post("/manifests/<int:manifest_id>/resolve")
@needs(Right.POST)
def resolve_item(manifest_id: int) -> Response:
    """A discrepancy ends as far as the post may end it; refused in its place."""
    try:
        LISTS.resolve(manifest_id)
    except NoSuchManifest:
        raise
    except Refusal as refusal:
        db.session.rollback()
        return _all(refusal=refusal)
    return go(url_for(".manifests", told="resolved"))


@bp.get("/manifests/<int:manifest_id>/bang-ke.pdf")
@needs(Right.POST)
def manifest_pdf(manifest_id: int) -> Response:
    """Both copies on A4."""
    point, moment = staff_post_office(), now()
    view = manifest_view(db.session(), point.office, manifest_id, point=point, now=moment)
    counted = sheets_of(db.session(), manifest_id, keys=core().keys, now=moment)
    papers = [manifest_paper(view, point.office, counted, copy=copy, on=moment) for copy in (1, 2)]
    _kept("manifest_printed", {"manifest": view.number, "manifest_id": manifest_id}, moment)
    return pdf(draw_pdfs(papers, "A4"), f"bang-ke_{view.number}.pdf")


@bp.post("/manifests/<int:manifest_id>/print")
@needs(Right.POST)
@LISTS.refusing
def print_list(manifest_id: int) -> Response:
    """Both copies on the roll of the post office's own printer; its paper where it has none."""
    if not print_slips(db.session(), _at_hand(manifest_id), now=now()):
        return go(url_for(".manifest_pdf", manifest_id=manifest_id))
    db.session.commit()
    return _back(manifest_id, "printing")


@bp.get("/items/<int:item_id>/mau-01.pdf")
@needs(Right.POST)
def item_form_pdf(item_id: int) -> Response:
    """Form 01 of an item that the office accepted, for whoever sent it; 404 until then."""
    point, moment = staff_post_office(), now()
    item = item_at_hand_by_id(db.session(), point.office, item_id, point=point)
    if item.direction != "in" or item.dossier is None:
        abort(404)
    code, dossier_id = item.dossier.dossier_code, item.dossier.id
    paper = form_01(facts_today(item.dossier.receipt, core().keys), copy=2)
    _kept("paper_opened", {"form": Form.RECEIPT.value}, moment, item_id=item_id, dossier_id=dossier_id)
    return pdf(draw_pdfs((paper,), "A5"), f"giay-tiep-nhan_{code}.pdf")


def _all(*, refusal: Refusal | None = None) -> Response:
    session, point, moment = db.session(), staff_post_office(), now()
    unfinished = manifests(
        session, point.office, point=point, states=(State.OPEN, *sorted(ON_ITS_WAY), State.RECEIVED), most=100
    )
    ours = [one for one in unfinished if one.direction == "in"]
    return page(
        "postal/manifests.html",
        422 if refusal else 200,
        filling=next((one for one in ours if one.state is State.OPEN), None),
        ours=[one for one in ours if one.state is not State.OPEN],
        theirs=[one for one in unfinished if one.direction == "home" and one.state is not State.OPEN],
        done=manifests(session, point.office, point=point, states=(State.AGREED,), most=FINISHED_SHOWN),
        odd=discrepancies(session, point.office, Side.POST, point=point, now=moment),
        to_list=items_to_list(session, point, "in"),
        told=TOLD.get(request.args.get("told", ""), ""),
        refusal=refusal,
        refused_line=line_told() if refusal else 0,
        **WORDS,
    )


def _kept(
    kind: str,
    facts: dict[str, object],
    moment: datetime,
    *,
    item_id: int | None = None,
    dossier_id: int | None = None,
) -> None:
    """Written apart: a GET only reads."""
    by, office_id = staff().actor, staff().office_id
    db.session.rollback()
    with apart() as session:
        events.append(
            session,
            kind,
            by=by,
            now=moment,
            office_id=office_id,
            item_id=item_id,
            dossier_id=dossier_id,
            facts=facts,
        )


def _back(manifest_id: int, told: str | None = None) -> Response:
    return go(url_for(".manifest", manifest_id=manifest_id, told=told))

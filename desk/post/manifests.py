"""Hand-over lists at the desk: the post's are scanned in, those of results are filled; both sides confirm."""

from __future__ import annotations

from datetime import datetime

from flask import Response, request, url_for

from desk.bp import bp
from desk.papers import answer
from intake import events
from intake.db import apart, db
from intake.drawings.pdf import draw_pdfs
from intake.post.manifest_lists import (
    FINISHED_SHOWN,
    ManifestView,
    discrepancies,
    items_to_list,
    manifest_view,
    manifests,
    post_offices,
    waiting,
)
from intake.post.manifest_paper import manifest_paper, sheets_of
from intake.post.manifests import (
    add_form,
    forms_to_send,
    manifest_at_hand,
    manifest_of_number,
    open_manifest,
)
from intake.post.reconciling import receive
from intake.post.steps import post_office
from intake.records import Manifest
from intake.rules.answers import Fault
from intake.rules.manifests import ON_ITS_WAY, Side, State
from intake.rules.refusals import NoPostOffice, NoSuchManifest, Refusal, UnfinishedNotice
from intake.rules.rights import Right
from web import core, now, page
from web.manifests import WORDS, Lists, Scanned, id_told, line_told
from web.pages import draws
from web.staff import go, needs, staff, staff_office

PAGE = "desk/post/manifest.html"
TOLD = {
    "opened": "Đã mở bảng kê, quét bưu gửi vào.",
    "closed": "Đã chốt bảng kê. In hai liên giao cho bưu điện.",
    "received": "Đã xác nhận nhận bảng kê.",
    "agreed": "Hai bên đã xác nhận bảng kê.",
    "resolved": "Đã ghi cách giải quyết.",
}


def _at_hand(manifest_id: int) -> Manifest:
    return manifest_at_hand(db.session(), staff_office(), manifest_id)


def _page(
    manifest_id: int, scanned: Scanned | None = None, *, told: str = "", refusal: Refusal | None = None
) -> Response:
    """The list; to a scan only what it changed, however long the list is."""
    whole = draws(PAGE, "manifest")
    line_id = scanned.line_id if scanned else 0
    view = manifest_view(
        db.session(), staff_office(), manifest_id, line_id=None if whole else line_id, now=now()
    )
    return page(
        PAGE,
        422 if refusal else 200,
        forms=_forms(view) if whole else 0,
        to_list=0,
        told=TOLD.get(told, ""),
        refusal=refusal,
        faults=_faults(refusal),
        typed=request.form,
        **LISTS.shown(view, scanned, whole=whole),
    )


LISTS = Lists(Side.OFFICE, "home", _at_hand, _page)


@bp.get("/post/manifests", endpoint="post_manifests")
@needs(Right.RECEIVE, Right.RETURN)
def show_manifests() -> Response:
    return _all()


@bp.post("/post/manifests", endpoint="find_post_manifest")
@needs(Right.RECEIVE, Right.RETURN)
def find_manifest() -> Response:
    """The number of a list, scanned from its paper."""
    found = manifest_of_number(db.session(), staff_office(), request.form.get("number", ""))
    db.session.rollback()
    return go(url_for(".post_manifest", manifest_id=found))


@bp.post("/post/manifests/new")
@needs(Right.RETURN)
def open_post_manifest() -> Response:
    """A list of results for one post office."""
    point = post_office(db.session(), id_told("point"))
    if point is None or point.office_id != staff_office().id:
        raise NoPostOffice
    manifest = open_manifest(db.session(), point, "home", by=staff().actor, now=now())
    db.session.commit()
    return _back(manifest.id, "opened")


@bp.get("/post/manifests/<int:manifest_id>")
@needs(Right.RECEIVE, Right.RETURN)
def post_manifest(manifest_id: int) -> Response:
    return _page(manifest_id, told=request.args.get("told", ""))


@bp.post("/post/manifests/<int:manifest_id>/scan")
@needs(Right.RECEIVE, Right.RETURN)
@LISTS.refusing
def scan_post_item(manifest_id: int) -> Response:
    return LISTS.scan(manifest_id)


@bp.post("/post/manifests/<int:manifest_id>/mark")
@needs(Right.RECEIVE)
@LISTS.refusing
def mark_post_item(manifest_id: int) -> Response:
    return LISTS.look_twice(manifest_id)


@bp.post("/post/manifests/<int:manifest_id>/forms")
@needs(Right.RETURN)
@LISTS.refusing
def add_post_forms(manifest_id: int) -> Response:
    """Form 01 of everything accepted from this post office goes back with this list."""
    manifest, by, moment = LISTS.own(manifest_id, gives=True), staff().actor, now()
    for item in forms_to_send(db.session(), manifest.point):
        add_form(db.session(), manifest, item, by=by, now=moment)
    db.session.commit()
    return _page(manifest_id)


@bp.post("/post/manifests/<int:manifest_id>/drop")
@needs(Right.RETURN)
@LISTS.refusing
def drop_post_item(manifest_id: int) -> Response:
    return LISTS.take_out(manifest_id)


@bp.post("/post/manifests/<int:manifest_id>/close")
@needs(Right.RETURN)
@LISTS.refusing
def close_post_manifest(manifest_id: int) -> Response:
    LISTS.close(manifest_id)
    return _back(manifest_id, "closed")


@bp.post("/post/manifests/<int:manifest_id>/receive")
@needs(Right.RECEIVE)
@LISTS.refusing
def receive_post_manifest(manifest_id: int) -> Response:
    """The office confirms; the State's money that came along was counted first."""
    manifest = LISTS.own(manifest_id, gives=False)
    counted = _money(request.form.get("fee_counted", ""))
    if manifest.fee_listed and counted is None:
        raise UnfinishedNotice(faults=(Fault("fee_counted", "missing"),))
    note = request.form.get("note", "")
    receive(db.session(), manifest, fee_counted=counted, note=note, by=staff().actor, now=now())
    db.session.commit()
    return _back(manifest_id, "received")


@bp.post("/post/manifests/<int:manifest_id>/agree")
@needs(Right.RETURN)
@LISTS.refusing
def agree_post_manifest(manifest_id: int) -> Response:
    LISTS.agree(manifest_id)
    return _back(manifest_id, "agreed")


@bp.post("/post/manifests/<int:manifest_id>/resolve")
@needs(Right.RECEIVE)
def resolve_post_item(manifest_id: int) -> Response:
    """A discrepancy ends; refused in its place, beside the others."""
    try:
        LISTS.resolve(manifest_id)
    except NoSuchManifest:
        raise
    except Refusal as refusal:
        db.session.rollback()
        return _all(refusal=refusal, line_id=line_told())
    return go(url_for(".post_manifests", told="resolved"))


@bp.get("/post/manifests/<int:manifest_id>/bang-ke.pdf")
@needs(Right.RECEIVE, Right.RETURN)
def post_manifest_pdf(manifest_id: int) -> Response:
    """Both copies on A4."""
    office, moment = staff_office(), now()
    view = manifest_view(db.session(), office, manifest_id, now=moment)
    counted = sheets_of(db.session(), manifest_id, keys=core().keys, now=moment)
    papers = [manifest_paper(view, office, counted, copy=copy, on=moment) for copy in (1, 2)]
    _printed(view.number, manifest_id, moment)
    return answer(draw_pdfs(papers, "A4"), f"bang-ke_{view.number}.pdf")


def _all(*, refusal: Refusal | None = None, line_id: int = 0) -> Response:
    session, office, moment = db.session(), staff_office(), now()
    unfinished = manifests(
        session, office, states=(*sorted(ON_ITS_WAY), State.OPEN, State.RECEIVED), most=500
    )
    to_send = [
        (point_id, name, items_to_list(session, point, "home"))
        for point_id, name in post_offices(session, office)
        if (point := post_office(session, point_id)) is not None
    ]
    return page(
        "desk/post/manifests.html",
        422 if refusal else 200,
        coming=[one for one in unfinished if one.direction == "in" and one.state is not State.OPEN],
        going=[one for one in unfinished if one.direction == "home"],
        done=manifests(session, office, states=(State.AGREED,), most=FINISHED_SHOWN),
        odd=discrepancies(session, office, Side.OFFICE, now=moment),
        waiting=waiting(session, office),
        to_send=to_send,
        told=TOLD.get(request.args.get("told", ""), ""),
        refusal=refusal,
        refused_line=line_id,
        typed_note=request.form.get("note", "") if refusal else "",
        **WORDS,
    )


def _forms(view: ManifestView) -> int:
    """How many of form 01 wait to go back with this list."""
    if view.direction != "home" or view.state is not State.OPEN:
        return 0
    point = post_office(db.session(), view.point_id)
    return len(forms_to_send(db.session(), point)) if point is not None else 0


def _printed(number: str, manifest_id: int, moment: datetime) -> None:
    """Written apart: a GET only reads."""
    by, office_id = staff().actor, staff().office_id
    db.session.rollback()
    with apart() as session:
        facts: dict[str, object] = {"manifest": number, "manifest_id": manifest_id}
        events.append(session, "manifest_printed", by=by, now=moment, office_id=office_id, facts=facts)


def _back(manifest_id: int, told: str) -> Response:
    return go(url_for(".post_manifest", manifest_id=manifest_id, told=told))


def _faults(refusal: Refusal | None) -> dict[str, Fault]:
    found = refusal.facts.get("faults", ()) if refusal is not None else ()
    assert isinstance(found, tuple)
    return {fault.key: fault for fault in found}


def _money(text: str) -> int | None:
    """Whole đồng as people type them, «112.000»; None for nothing that is an amount."""
    digits = text.replace(".", "").replace(" ", "").replace(",", "")
    return int(digits) if digits.isdecimal() and len(digits) < 12 else None

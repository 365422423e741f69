"""Hand-over lists at the post: dossiers are listed for the office, results scanned in; both confirm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps

from flask import Response, abort, request, url_for

from intake import events
from intake.db import apart, db
from intake.drawings.pdf import draw_pdfs
from intake.post.manifest_lists import discrepancies, items_to_list, manifest_view, manifests, part_of
from intake.post.manifest_paper import manifest_paper, print_slips, sheets_of
from intake.post.manifests import (
    add_item,
    close,
    drop,
    item_number_of,
    line_of,
    manifest_at_hand,
    manifest_of_number,
    open_manifest,
)
from intake.post.reconciling import agree, line_at_hand, mark, receive, resolve, scan_in
from intake.post.steps import item_at_hand_by_id
from intake.printing import facts_today
from intake.receipt import form_01
from intake.records import Manifest
from intake.rules.answers import Fault
from intake.rules.form_sets import Form
from intake.rules.manifest_words import DIRECTIONS, OUTCOMES, RESOLUTIONS, STATES
from intake.rules.manifests import CONFIRMED, ON_ITS_WAY, Side, State
from intake.rules.post import Outcome, Resolution
from intake.rules.refusals import NoSuchManifest, Refusal, UnfinishedNotice
from intake.rules.rights import Right
from postal.bp import bp
from postal.papers import pdf
from web import core, now, page
from web.pages import draws
from web.staff import go, needs, staff, staff_post_office

PAGE = "postal/manifest.html"
FINISHED_SHOWN = 20
WORDS = {"DIRECTIONS": DIRECTIONS, "OUTCOMES": OUTCOMES, "RESOLUTIONS": RESOLUTIONS, "STATES": STATES}
TOLD = {
    "closed": "Đã chốt. In hai liên, ký rồi giao cùng túi.",
    "received": "Đã xác nhận. Kết quả đã lấy nằm ở mục Phát.",
    "printing": "Đã gửi hai liên ra máy in của bưu cục.",
    "agreed": "Hai bên đã xác nhận bảng kê.",
    "resolved": "Đã ghi cách giải quyết.",
}


@dataclass(frozen=True)
class Scanned:
    """The line a scan was about. ``again``: nothing changed; ``gone``: it leaves its place on the screen."""

    line_id: int
    again: bool = False
    gone: int = 0


def told_on_its_list(view: Callable[[int], Response]) -> Callable[[int], Response]:
    """A refusal is told in the red bar of the list, which stands as it was."""

    @wraps(view)
    def answered(manifest_id: int) -> Response:
        try:
            return view(manifest_id)
        except NoSuchManifest:
            raise
        except Refusal as refusal:
            db.session.rollback()
            return _page(manifest_id, refusal=refusal)

    return answered


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
@told_on_its_list
def scan_item(manifest_id: int) -> Response:
    """One scan: into a list that is filled here, or of one that is scanned in."""
    at_hand = _at_hand(manifest_id)
    text = request.form.get("scan") or request.form.get("typed", "")
    number = item_number_of(db.session(), at_hand.office, text.strip(), keys=core().keys)
    verb = add_item if at_hand.direction == "in" else scan_in
    known = line_of(db.session(), at_hand, number)
    again = known is not None and (known.scanned_at is not None or at_hand.direction == "in")
    line = verb(db.session(), at_hand, number, by=staff().actor, now=now())
    said = Scanned(line.id, again=again, gone=line.id if known is not None else 0)
    db.session.commit()
    return _page(manifest_id, said)


@bp.post("/manifests/<int:manifest_id>/mark")
@needs(Right.POST)
@told_on_its_list
def mark_item(manifest_id: int) -> Response:
    """A second look at a line: a broken seal, another's, or the scan taken back."""
    chosen = request.form.get("outcome", "")
    if chosen not in set(Outcome):
        raise UnfinishedNotice(faults=(Fault("outcome", "bad_choice"),))
    ours, line_id = _ours(manifest_id, gives=False), _number(request.form.get("line", ""))
    mark(db.session(), ours, line_id, Outcome(chosen), by=staff().actor, now=now())
    db.session.commit()
    return _page(manifest_id, Scanned(line_id, gone=line_id))


@bp.post("/manifests/<int:manifest_id>/drop")
@needs(Right.POST)
@told_on_its_list
def drop_item(manifest_id: int) -> Response:
    ours, line_id = _ours(manifest_id, gives=True), _number(request.form.get("line", ""))
    drop(db.session(), ours, line_id, by=staff().actor, now=now())
    db.session.commit()
    return _page(manifest_id, Scanned(line_id, gone=line_id))


@bp.post("/manifests/<int:manifest_id>/close")
@needs(Right.POST)
@told_on_its_list
def close_list(manifest_id: int) -> Response:
    bag, seal = request.form.get("bag_number", ""), request.form.get("bag_seal", "")
    ours = _ours(manifest_id, gives=True)
    close(db.session(), ours, bag_number=bag, bag_seal=seal, by=staff().actor, now=now())
    db.session.commit()
    return _back(manifest_id, "closed")


@bp.post("/manifests/<int:manifest_id>/receive")
@needs(Right.POST)
@told_on_its_list
def receive_list(manifest_id: int) -> Response:
    note = request.form.get("note", "")
    receive(db.session(), _ours(manifest_id, gives=False), note=note, by=staff().actor, now=now())
    db.session.commit()
    return _back(manifest_id, "received")


@bp.post("/manifests/<int:manifest_id>/agree")
@needs(Right.POST)
@told_on_its_list
def agree_list(manifest_id: int) -> Response:
    agree(db.session(), _ours(manifest_id, gives=True), by=staff().actor, now=now())
    db.session.commit()
    return _back(manifest_id, "agreed")


@bp.post("/manifests/<int:manifest_id>/resolve")
@needs(Right.POST)
def resolve_item(manifest_id: int) -> Response:
    """A discrepancy ends as far as the post may end it; refused in its place."""
    try:
        _resolve(manifest_id)
    except NoSuchManifest:
        raise
    except Refusal as refusal:
        db.session.rollback()
        return _all(refusal=refusal)
    db.session.commit()
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
@told_on_its_list
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


def _resolve(manifest_id: int) -> None:
    sent = request.form
    at_hand, chosen = _at_hand(manifest_id), sent.get("resolution", "")
    if chosen not in set(Resolution):
        raise UnfinishedNotice(faults=(Fault("resolution", "bad_choice"),))
    resolve(
        db.session(),
        line_at_hand(db.session(), at_hand, _number(sent.get("line", ""))),
        Resolution(chosen),
        note=sent.get("note", ""),
        side=Side.POST,
        by=staff().actor,
        now=now(),
    )


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
        refused_line=_number(request.form.get("line", "")) if refusal else 0,
        **WORDS,
    )


def _page(
    manifest_id: int, scanned: Scanned | None = None, *, told: str = "", refusal: Refusal | None = None
) -> Response:
    """The list; to a scan only what it changed, however long the list is."""
    point, whole = staff_post_office(), draws(PAGE, "manifest")
    line_id = scanned.line_id if scanned else 0
    view = manifest_view(
        db.session(), point.office, manifest_id, point=point, line_id=None if whole else line_id, now=now()
    )
    line = next((one for one in view.lines if one.id == line_id), None)
    fills = view.gives(Side.POST) and view.state is State.OPEN
    return page(
        PAGE,
        422 if refusal else 200,
        shown=view,
        scanned={"line": line, "again": scanned.again} if scanned and line else None,
        moved=None if whole or scanned is None else scanned,
        part_of=part_of,
        told=TOLD.get(told, ""),
        refusal=refusal,
        has_printer=point.printer_id is not None,
        fills=fills,
        reconciles=view.takes(Side.POST) and view.state in ON_ITS_WAY,
        agrees=view.gives(Side.POST) and view.state is State.RECEIVED,
        confirmed=view.state in CONFIRMED,
        to_list=items_to_list(db.session(), point, "in") if fills else 0,
        **WORDS,
    )


def _at_hand(manifest_id: int) -> Manifest:
    point = staff_post_office()
    return manifest_at_hand(db.session(), point.office, manifest_id, point=point)


def _ours(manifest_id: int, *, gives: bool) -> Manifest:
    """Each side acts on its own part: the post gives lists in and takes lists home."""
    at_hand = _at_hand(manifest_id)
    if (at_hand.direction == "in") is not gives:
        raise NoSuchManifest
    return at_hand


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


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 16 else 0

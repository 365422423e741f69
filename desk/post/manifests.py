"""Hand-over lists at the desk: the post's are scanned in, those of results are filled; both sides confirm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps

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
    part_of,
    post_offices,
    waiting,
)
from intake.post.manifest_paper import manifest_paper, sheets_of
from intake.post.manifests import (
    add_form,
    add_item,
    close,
    drop,
    forms_to_send,
    item_number_of,
    line_of,
    manifest_at_hand,
    manifest_of_number,
    open_manifest,
)
from intake.post.reconciling import agree, line_at_hand, mark, receive, resolve, scan_in
from intake.post.steps import post_office
from intake.records import Manifest
from intake.rules.answers import Fault
from intake.rules.manifest_words import DIRECTIONS, OUTCOMES, RESOLUTIONS, STATES
from intake.rules.manifests import CONFIRMED, ON_ITS_WAY, Side, State
from intake.rules.post import Outcome, Resolution
from intake.rules.refusals import NoPostOffice, NoSuchManifest, Refusal, UnfinishedNotice
from intake.rules.rights import Right
from web import core, now, page
from web.pages import draws
from web.staff import go, needs, staff, staff_office

PAGE = "desk/post/manifest.html"
WORDS = {"DIRECTIONS": DIRECTIONS, "OUTCOMES": OUTCOMES, "RESOLUTIONS": RESOLUTIONS, "STATES": STATES}
TOLD = {
    "opened": "Đã mở bảng kê, quét bưu gửi vào.",
    "closed": "Đã chốt bảng kê. In hai liên giao cho bưu điện.",
    "received": "Đã xác nhận nhận bảng kê.",
    "agreed": "Hai bên đã xác nhận bảng kê.",
    "resolved": "Đã ghi cách giải quyết.",
}
Answer = Callable[[int], Response]


@dataclass(frozen=True)
class Scanned:
    """The line a scan was about. ``again``: nothing changed; ``gone``: it leaves its place on the screen."""

    line_id: int
    again: bool = False
    gone: int = 0


def told_on_its_list(view: Answer) -> Answer:
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
    point = post_office(db.session(), _number(request.form.get("point", "")))
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
@told_on_its_list
def scan_post_item(manifest_id: int) -> Response:
    """One scan: into a list that is filled here, or of one that is scanned in."""
    manifest = _at_hand(manifest_id)
    text = request.form.get("scan") or request.form.get("typed", "")
    number = item_number_of(db.session(), staff_office(), text.strip(), keys=core().keys)
    known = line_of(db.session(), manifest, number)
    again = known is not None and (known.scanned_at is not None or manifest.direction == "home")
    verb = add_item if manifest.direction == "home" else scan_in
    line = verb(db.session(), manifest, number, by=staff().actor, now=now())
    said = Scanned(line.id, again=again, gone=line.id if known is not None else 0)
    db.session.commit()
    return _page(manifest_id, said)


@bp.post("/post/manifests/<int:manifest_id>/mark")
@needs(Right.RECEIVE)
@told_on_its_list
def mark_post_item(manifest_id: int) -> Response:
    """A second look at a line: a broken seal, another office's, or the scan taken back."""
    outcome = _outcome(request.form.get("outcome", ""))
    line_id = _number(request.form.get("line", ""))
    mark(
        db.session(),
        _ours(manifest_id, gives=False),
        line_id,
        outcome,
        note=request.form.get("note", ""),
        by=staff().actor,
        now=now(),
    )
    db.session.commit()
    return _page(manifest_id, Scanned(line_id, gone=line_id))


@bp.post("/post/manifests/<int:manifest_id>/forms")
@needs(Right.RETURN)
@told_on_its_list
def add_post_forms(manifest_id: int) -> Response:
    """Form 01 of everything accepted from this post office goes back with this list."""
    manifest, by, moment = _ours(manifest_id, gives=True), staff().actor, now()
    for item in forms_to_send(db.session(), manifest.point):
        add_form(db.session(), manifest, item, by=by, now=moment)
    db.session.commit()
    return _page(manifest_id)


@bp.post("/post/manifests/<int:manifest_id>/drop")
@needs(Right.RETURN)
@told_on_its_list
def drop_post_item(manifest_id: int) -> Response:
    line_id = _number(request.form.get("line", ""))
    drop(db.session(), _ours(manifest_id, gives=True), line_id, by=staff().actor, now=now())
    db.session.commit()
    return _page(manifest_id, Scanned(line_id, gone=line_id))


@bp.post("/post/manifests/<int:manifest_id>/close")
@needs(Right.RETURN)
@told_on_its_list
def close_post_manifest(manifest_id: int) -> Response:
    manifest = _ours(manifest_id, gives=True)
    bag, seal = request.form.get("bag_number", ""), request.form.get("bag_seal", "")
    close(db.session(), manifest, bag_number=bag, bag_seal=seal, by=staff().actor, now=now())
    db.session.commit()
    return _back(manifest_id, "closed")


@bp.post("/post/manifests/<int:manifest_id>/receive")
@needs(Right.RECEIVE)
@told_on_its_list
def receive_post_manifest(manifest_id: int) -> Response:
    """The office confirms; the State's money that came along was counted first."""
    manifest = _ours(manifest_id, gives=False)
    counted = _money(request.form.get("fee_counted", ""))
    if manifest.fee_listed and counted is None:
        raise UnfinishedNotice(faults=(Fault("fee_counted", "missing"),))
    note = request.form.get("note", "")
    receive(db.session(), manifest, fee_counted=counted, note=note, by=staff().actor, now=now())
    db.session.commit()
    return _back(manifest_id, "received")


@bp.post("/post/manifests/<int:manifest_id>/agree")
@needs(Right.RETURN)
@told_on_its_list
def agree_post_manifest(manifest_id: int) -> Response:
    manifest = _ours(manifest_id, gives=True)
    agree(db.session(), manifest, by=staff().actor, now=now())
    db.session.commit()
    return _back(manifest_id, "agreed")


@bp.post("/post/manifests/<int:manifest_id>/resolve")
@needs(Right.RECEIVE)
def resolve_post_item(manifest_id: int) -> Response:
    """A discrepancy ends; refused in its place, beside the others."""
    try:
        _resolve(manifest_id)
    except NoSuchManifest:
        raise
    except Refusal as refusal:
        db.session.rollback()
        return _all(refusal=refusal, line_id=_number(request.form.get("line", "")))
    db.session.commit()
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


def _resolve(manifest_id: int) -> None:
    sent = request.form
    manifest = _at_hand(manifest_id)
    chosen = sent.get("resolution", "")
    if chosen not in set(Resolution):
        raise UnfinishedNotice(faults=(Fault("resolution", "bad_choice"),))
    resolve(
        db.session(),
        line_at_hand(db.session(), manifest, _number(sent.get("line", ""))),
        Resolution(chosen),
        note=sent.get("note", ""),
        side=Side.OFFICE,
        by=staff().actor,
        now=now(),
    )


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


def _page(
    manifest_id: int, scanned: Scanned | None = None, *, told: str = "", refusal: Refusal | None = None
) -> Response:
    """The list; to a scan only what it changed, however long the list is."""
    whole = draws(PAGE, "manifest")
    line_id = scanned.line_id if scanned else 0
    view = manifest_view(
        db.session(), staff_office(), manifest_id, line_id=None if whole else line_id, now=now()
    )
    line = next((one for one in view.lines if one.id == line_id), None)
    return page(
        PAGE,
        422 if refusal else 200,
        shown=view,
        scanned={"line": line, "again": scanned.again} if scanned and line else None,
        moved=None if whole or scanned is None else scanned,
        part_of=part_of,
        forms=_forms(view) if whole else 0,
        to_list=0,
        told=TOLD.get(told, ""),
        refusal=refusal,
        faults=_faults(refusal),
        typed=request.form,
        fills=view.gives(Side.OFFICE) and view.state is State.OPEN,
        reconciles=view.takes(Side.OFFICE) and view.state in ON_ITS_WAY,
        agrees=view.gives(Side.OFFICE) and view.state is State.RECEIVED,
        confirmed=view.state in CONFIRMED,
        **WORDS,
    )


def _forms(view: ManifestView) -> int:
    """How many of form 01 wait to go back with this list."""
    if view.direction != "home" or view.state is not State.OPEN:
        return 0
    point = post_office(db.session(), view.point_id)
    return len(forms_to_send(db.session(), point)) if point is not None else 0


def _at_hand(manifest_id: int) -> Manifest:
    return manifest_at_hand(db.session(), staff_office(), manifest_id)


def _ours(manifest_id: int, *, gives: bool) -> Manifest:
    """Each side acts on its own part: the office gives lists home and takes lists in."""
    manifest = _at_hand(manifest_id)
    if (manifest.direction == "home") is not gives:
        raise NoSuchManifest
    return manifest


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


def _outcome(text: str) -> Outcome:
    if text not in set(Outcome):
        raise UnfinishedNotice(faults=(Fault("outcome", "bad_choice"),))
    return Outcome(text)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 16 else 0


def _money(text: str) -> int | None:
    """Whole đồng as people type them, «112.000»; None for nothing that is an amount."""
    digits = text.replace(".", "").replace(" ", "").replace(",", "")
    return int(digits) if digits.isdecimal() and len(digits) < 12 else None

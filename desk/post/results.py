"""Results that go home by post: packed by scans, labelled, fetched; and those that did not get there."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

from flask import Response, make_response, request, url_for

from desk.bp import bp
from desk.papers import answer
from intake.at_hand import dossier_at_hand
from intake.db import db
from intake.drawings.pdf import draw_pdf
from intake.post import results, sending
from intake.post.custody import custody_of
from intake.post.delivering import Proof, proof_of
from intake.post.papers import item_label
from intake.post.rounds import undelivered
from intake.post.steps import item_at_hand_by_id, post_office, tell
from intake.records import AcceptancePoint, PostalItem
from intake.rules.answers import Fault
from intake.rules.codes import parse_dossier_code
from intake.rules.delivery_proof import SHEET
from intake.rules.journey_words import TOLD
from intake.rules.people import masked_citizen_id
from intake.rules.reasons import AUTHORITIES, IDENTITY_PAPERS
from intake.rules.receipt_code import decode
from intake.rules.refusals import (
    NoSuchDossier,
    NoSuchItem,
    NotAReceipt,
    Refusal,
    UnfinishedNotice,
    UnreadableDossierCode,
)
from intake.rules.rights import Right
from intake.rules.text import tidy
from web import core, now, page
from web.staff import go, needs, staff, staff_office

LONGEST_SCAN = 1000


@bp.get("/post/results", endpoint="post_results")
@needs(Right.RETURN)
def show_results() -> Response:
    return _all(request.args.get("dossier", ""))


@bp.post("/post/results", endpoint="find_result")
@needs(Right.RETURN)
def find_result() -> Response:
    """The receipt inside, scanned, or a typed code: its envelope is written next."""
    text = request.form.get("scan", "")[:LONGEST_SCAN]
    try:
        code = _dossier_of(text) or parse_dossier_code(text)
        results.to_pack(db.session(), staff_office(), code, keys=core().keys, now=now())
    except Refusal as refusal:
        return _all("", refusal=refusal)
    return go(url_for(".post_results", dossier=code))


@bp.post("/post/results/<code>/pack", endpoint="pack_result")
@needs(Right.RETURN)
def pack_result(code: str) -> Response:
    """The scan of a label packs it; that of another receipt turns to the other."""
    scan = request.form.get("item_number", "")[:LONGEST_SCAN]
    try:
        if other := _dossier_of(scan):
            return go(url_for(".post_results", dossier=other))
        item = _pack(code, scan)
    except Refusal as refusal:
        return _all(code, refusal=refusal)
    db.session.commit()
    return go(url_for(".post_results", packed=item.id))


@bp.get("/post/results/<int:item_id>", endpoint="post_result")
@needs(Right.RETURN)
def show_result(item_id: int) -> Response:
    return _one(item_id)


@bp.get("/post/results/<int:item_id>/label", endpoint="post_label")
@needs(Right.RETURN)
def label(item_id: int) -> Response:
    """What is stuck on the envelope, for a printer of labels or a sheet of A6."""
    item = results.item_home(db.session(), staff_office(), item_id)
    paper = item_label(db.session(), item, keys=core().keys)
    return answer(draw_pdf(paper, "A6"), f"nhan_{item.item_number}.pdf")


@bp.post("/post/results/<int:item_id>/unpack", endpoint="unpack_result")
@needs(Right.RETURN)
def unpack_result(item_id: int) -> Response:
    """Out of its envelope: the recipient came, the address was wrong."""
    item = _at_hand(item_id)
    try:
        reason = request.form.get("reason", "")
        sending.unpack(db.session(), item, reason=reason, by=staff().actor, now=now())
    except Refusal as refusal:
        return _one(item_id, refusal=refusal)
    db.session.commit()
    return go(url_for(".post_results", unpacked=item_id))


@bp.post("/post/results/<int:item_id>/proof", endpoint="post_proof")
@needs(Right.RETURN)
def show_proof(item_id: int) -> Response:
    """Who took it, and their signature, once: the answer to this form is the only page that has them."""
    item = _at_hand(item_id)
    _seen(item, "chữ ký")
    db.session.commit()
    return _one(item_id, reveal=True)


@bp.post("/post/results/<int:item_id>/photo", endpoint="post_photo")
@needs(Right.RETURN)
def show_photo(item_id: int) -> Response:
    """The picture alone, by itself in a page of the browser's."""
    item = _at_hand(item_id)
    proof = proof_of(item, core().keys)
    if proof is None or not proof.photo:
        raise NoSuchItem(item_number=item.item_number)
    _seen(item, "ảnh")
    db.session.commit()
    response = make_response(b64decode(proof.photo))
    response.headers["Content-Type"] = "image/jpeg"
    return response


def _all(code: str, *, refusal: Refusal | None = None) -> Response:
    session, office, moment = db.session(), staff_office(), now()
    faults = _take_back(refusal)
    chosen = _chosen(code, is_asked=refusal is None)
    return page(
        "desk/post/results.html",
        422 if refusal else 200,
        chosen=chosen,
        form=request.form,
        faults=faults,
        refusal=None if faults else refusal,
        packed=_told("packed"),
        unpacked=_told("unpacked"),
        odd=undelivered(session, office, keys=core().keys, now=moment),
        to_send=results.to_send(session, office, now=moment),
        ready=results.packed(session, office),
        on_the_way=results.on_the_way(session, office),
        words=TOLD,
    )


def _chosen(code: str, *, is_asked: bool) -> results.ToPack | None:
    """What is packed next; a colleague may have packed it before whoever was just refused."""
    try:
        return (
            results.to_pack(db.session(), staff_office(), code, keys=core().keys, now=now()) if code else None
        )
    except NoSuchDossier:
        if is_asked:
            raise
        return None


def _one(item_id: int, *, reveal: bool = False, refusal: Refusal | None = None) -> Response:
    faults = _take_back(refusal)
    item = results.item_home(db.session(), staff_office(), item_id)
    proof = proof_of(item, core().keys)
    return page(
        "desk/post/result.html",
        422 if refusal else 200,
        item=item,
        words=TOLD[item.status],  # type: ignore[index]
        custody=custody_of(db.session(), item),
        proof=_masked(proof, reveal=reveal) if proof else None,
        sheet=SHEET,
        form=request.form,
        faults=faults,
        refusal=None if faults else refusal,
    )


def _masked(proof: Proof, *, reveal: bool) -> dict[str, Any]:
    """What a screen tells of it; who took it by name, and their signature, only on purpose."""
    return {
        "behalf": AUTHORITIES.get(proof.authority, ""),
        "identity": IDENTITY_PAPERS.get(proof.identity, ""),
        "with_code": proof.with_code,
        "photo": bool(proof.photo),
        "revealed": reveal,
        "name": proof.name if reveal else "",
        "citizen_id": masked_citizen_id(proof.citizen_id) if reveal and proof.citizen_id else "",
        "proof_number": proof.proof_number if reveal else "",
        "signature": proof.signature if reveal else "",
    }


def _take_back(refusal: Refusal | None) -> dict[str, Fault]:
    """Nothing half-done is kept; the faults by their fields."""
    if refusal is None:
        return {}
    db.session.rollback()
    faults = refusal.facts.get("faults")
    return {fault.key: fault for fault in faults} if isinstance(faults, tuple) else {}


def _pack(code: str, item_number: str) -> PostalItem:
    form = request.form
    point = post_office(db.session(), _whole(form.get("point", "")))
    if point is None or point.office_id != staff_office().id:
        raise UnfinishedNotice(faults=(Fault("point", "missing"),))
    dossier = dossier_at_hand(db.session(), staff_office(), code, by=staff().actor, now=now())
    return sending.pack(
        db.session(),
        dossier,
        point,
        item_number=tidy(item_number),
        grams=_whole(form.get("grams", "")) or 0,
        zone=form.get("zone", "")[:20],
        seal_number=form.get("seal_number", "")[:100],
        printer_id=_printer(),
        keys=core().keys,
        by=staff().actor,
        now=now(),
    )


def _printer() -> int | None:
    """Of the counter one sits at, if it has one in use."""
    point_id = staff().point_id
    point = db.session.get(AcceptancePoint, point_id) if point_id is not None else None
    printer = point.printer if point is not None else None
    return printer.id if printer is not None and printer.active else None


def _dossier_of(text: str) -> str:
    """The code in the QR of a receipt of this office, or ""; raises ForgedReceipt, ForeignReceipt."""
    try:
        return decode(text, core().keys.public_keys).dossier_code
    except NotAReceipt:
        pass
    try:
        return parse_dossier_code(text)
    except UnreadableDossierCode:
        return ""


def _at_hand(item_id: int) -> PostalItem:
    item = item_at_hand_by_id(db.session(), staff_office(), item_id)
    if item.direction != "home":
        raise NoSuchItem(item_number=item.item_number)
    return item


def _seen(item: PostalItem, what: str) -> None:
    facts: dict[str, object] = {"what": what}
    tell(db.session(), item, "post_proof_seen", by=staff().actor, now=now(), facts=facts)


def _told(name: str) -> PostalItem | None:
    """The item that was just packed or unpacked."""
    item_id = _whole(request.args.get(name, ""))
    return results.item_home(db.session(), staff_office(), item_id) if item_id else None


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else None

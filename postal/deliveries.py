"""A courier's round on a phone: what to bring, taking it along, and what became of it at each door."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Response, request, url_for

from intake.db import db
from intake.post import delivering
from intake.post.photographs import LARGEST, NoPhotograph, cleaned
from intake.post.rounds import Round, Stop, round_of, stop_of
from intake.post.steps import item_at_hand, item_at_hand_by_id
from intake.records import PostalItem
from intake.rules.answers import Fault
from intake.rules.codes import parse_item_number
from intake.rules.delivery_proof import SHEET, Shown, is_signature
from intake.rules.post import FAILURES, Step
from intake.rules.reasons import AUTHORITIES
from intake.rules.refusals import ItemElsewhere, NoSuchItem, Refusal, UnprovenCollector
from intake.rules.rights import Right
from postal.bp import bp
from web import core, metrics, now, page
from web.limits import limiter, take_a_file
from web.staff import go, needs, staff, staff_post_office

LONGEST_SCAN = 200
LONGEST_FIELD = 200
GUESSES = "30 per hour"  # of one item: six digits are not found by trying
# As few words as fit under a thumb; in full they stand in intake.rules.reasons.IDENTITY_PAPERS.
PAPERS = {
    "citizen_card": "Thẻ căn cước",
    "e_identity": "VNeID",
    "passport": "Hộ chiếu",
    "birth_certificate": "Giấy khai sinh",
    "other_photo_paper": "Giấy khác có ảnh",
}


def _item_asked_for() -> str:
    """Asked before anybody knows who asks."""
    return f"deliver {(request.view_args or {}).get('item_id')}"


@bp.get("/deliveries")
@needs(Right.POST)
def deliveries() -> Response:
    """Everything to bring today, nearest houses beside one another."""
    told = request.args.get("told", "")
    done = _own(request.args.get("item", "", str))
    return _round(told=told if done else "", item=done)


@bp.post("/deliveries/scan")
@needs(Right.POST)
def take_out() -> Response:
    """A scan takes an item along; one that is on the way already is opened."""
    try:
        item = _scanned(request.form.get("scan", "")[:LONGEST_SCAN])
        if item.status in (Step.OUT, Step.DELIVERED):
            return go(url_for("postal.delivery", item_id=item.id))
        delivering.go_out(db.session(), item, by=staff().actor, now=now())
    except Refusal as refusal:
        return _refused_in(_round, refusal)
    db.session.commit()
    return _round(told="out", item=item)


@bp.post("/deliveries/all")
@needs(Right.POST)
def take_all_out() -> Response:
    """Whatever waits at the post office and may still be tried, in one touch; what goes back stays."""
    for stop in _read_round().here:
        item = item_at_hand_by_id(db.session(), _office(), stop.id, point=staff_post_office())
        if item.status in (Step.PICKED_UP, Step.FAILED):
            with suppress(ItemElsewhere):
                delivering.go_out(db.session(), item, by=staff().actor, now=now())
    db.session.commit()
    return go(url_for("postal.deliveries"))


@bp.get("/deliveries/<int:item_id>")
@needs(Right.POST)
def delivery(item_id: int) -> Response:
    """One door: who, where, what to pay, and what they leave as proof."""
    return _door(_looked_at(item_id))


@bp.post("/deliveries/<int:item_id>/out", endpoint="go_out")
@needs(Right.POST)
def go_out(item_id: int) -> Response:
    """On the way, again after a try in vain."""
    item = _at_hand(item_id)
    if item.status != Step.OUT:
        delivering.go_out(db.session(), item, by=staff().actor, now=now())
    db.session.commit()
    return go(url_for("postal.delivery", item_id=item_id))


@bp.post("/deliveries/<int:item_id>/deliver")
@needs(Right.POST)
@limiter.limit(GUESSES, key_func=_item_asked_for, deduct_when=lambda answer: answer.status_code == 422)
def deliver(item_id: int) -> Response:
    """In the hands of who was identified, or back to the same page with all that is missing."""
    take_a_file(LARGEST)
    item = _at_hand(item_id)
    try:
        delivering.deliver(db.session(), item, _shown(), keys=core().keys, by=staff().actor, now=now())
    except Refusal as refusal:
        db.session.rollback()
        return _refused_in(lambda **told: _door(_looked_at(item_id), **told), refusal)
    db.session.commit()
    return go(url_for("postal.deliveries", told="delivered", item=item_id))


@bp.get("/deliveries/<int:item_id>/fail")
@needs(Right.POST)
def not_delivered(item_id: int) -> Response:
    """Why it stays: one touch on the reason tells it."""
    item = _looked_at(item_id)
    if item.status != Step.OUT:
        return go(url_for("postal.delivery", item_id=item_id))
    return page("postal/not_delivered.html", stop=_stop(item), reasons=FAILURES)


@bp.post("/deliveries/<int:item_id>/fail", endpoint="fail")
@needs(Right.POST)
def fail(item_id: int) -> Response:
    """Told twice by an impatient thumb, it is one try: ``tries`` says which."""
    item = _at_hand(item_id)
    if request.form.get("tries", "") == str(item.failures):
        delivering.fail(db.session(), item, request.form.get("reason", ""), by=staff().actor, now=now())
    db.session.commit()
    return go(url_for("postal.deliveries", told="failed", item=item_id))


def _round(*, told: str = "", item: PostalItem | None = None, refusal: Refusal | None = None) -> Response:
    status = 422 if refusal else 200
    found = _read_round()
    return page("postal/deliveries.html", status, round=found, told=told, item=item, refusal=refusal)


def _door(item: PostalItem, *, refusal: Refusal | None = None, faults: tuple[Fault, ...] = ()) -> Response:
    typed = request.form.get("signature", "")
    return page(
        "postal/delivery.html",
        422 if refusal else 200,
        stop=_stop(item),
        form=request.form,
        faults={fault.key: fault for fault in faults},
        refusal=None if faults else refusal,
        signature=typed if is_signature(typed) else "",
        sheet=SHEET,
        papers=PAPERS,
        authorities=AUTHORITIES,
    )


def _refused_in(draw: Callable[..., Response], refusal: Refusal) -> Response:
    """The page it was asked on, with the sentence and with everything typed."""
    db.session.rollback()
    metrics.REFUSALS.labels(refusal.code).inc()
    faults = refusal.facts.get("faults")
    return draw(refusal=refusal, faults=faults) if isinstance(faults, tuple) else draw(refusal=refusal)


def _read_round() -> Round:
    point = staff_post_office()
    return round_of(db.session(), point, keys=core().keys, by=staff().actor, now=now())


def _stop(item: PostalItem) -> Stop:
    return stop_of(db.session(), item, keys=core().keys, by=staff().actor, now=now())


def _office() -> Any:
    return staff_post_office().office


def _at_hand(item_id: int) -> PostalItem:
    """Locked; on its way home, of this post office."""
    item = item_at_hand_by_id(db.session(), _office(), item_id, point=staff_post_office())
    if item.direction != "home":
        raise NoSuchItem(item_number=item.item_number)
    return item


def _looked_at(item_id: int) -> PostalItem:
    """The same, only to be shown."""
    item = db.session.get(PostalItem, item_id)
    if item is None or item.point_id != staff_post_office().id or item.direction != "home":
        raise NoSuchItem
    return item


def _own(item_id: str) -> PostalItem | None:
    return _looked_at(int(item_id)) if item_id.isdecimal() else None


def _scanned(text: str) -> PostalItem:
    number = parse_item_number(text).text
    item = item_at_hand(db.session(), _office(), number, point=staff_post_office())
    if item.direction != "home":
        raise NoSuchItem(item_number=number)
    return item


def _shown() -> Shown:
    typed = {key: request.form.get(key, "")[:LONGEST_FIELD] for key in ("identity", "code")}
    if request.form.get("who") == "behalf":
        keys = ("name", "citizen_id", "authority", "proof_number")
        typed |= {key: request.form.get(key, "")[:LONGEST_FIELD] for key in keys}
        typed["authority"] = typed["authority"] or "?"  # somebody else, by a right nobody told yet
    return Shown(signature=request.form.get("signature", ""), photo=_photo(), **typed)


def _photo() -> str:
    file = request.files.get("photo")
    try:
        return cleaned(file.read() if file else b"")
    except NoPhotograph:
        raise UnprovenCollector(faults=(Fault("photo", "bad_photo"),)) from None

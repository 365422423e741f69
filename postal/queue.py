"""What a device hands over, at once or when the line is back: each item exactly once, whoever sends it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from flask import Response, current_app, make_response, request, url_for
from sqlalchemy import select

from intake.db import db
from intake.drafts import Applicant, Collection
from intake.drawings.qr import qr_modules
from intake.events import Actor
from intake.post.envelopes import LONGEST, Envelope, open_envelope, read_pass, taken_at
from intake.post.intakes import LONGEST_ATTEMPT, Intake
from intake.post.number_blocks import take_block
from intake.post.scanning import applicant_of
from intake.post.taking_in import take_in_many
from intake.records import AcceptancePoint, Person, PostalItem
from intake.rules.people import read_citizen_card
from intake.rules.receipt_code import address
from intake.rules.refusals import Refusal, UnreadableCard, UnreadableEnvelope
from intake.rules.rights import Right
from intake.rules.sheets import COUNTED
from intake.saving import draft_of
from postal.bp import bp
from postal.json_answers import in_json, refused
from web import core, now
from web.staff import for_anyone, needs, staff, staff_office, staff_post_office
from web.transactions import only_reads

BLOCK = 40  # numbers a device holds for a shift without a line
MOST_PAPERS = 60
MOST_AT_ONCE = 10  # envelopes in one request


@bp.post("/take")
@needs(Right.POST)
@in_json
def take() -> Mapping[str, Any]:
    """One item as the screen had it, in its envelope; the same attempt again is the same item."""
    [answer] = _taken([(_envelope(), request.form.get("age", "0"))])
    if isinstance(answer, Refusal):
        raise answer
    db.session.commit()
    return answer


@bp.post("/take-many")
@needs(Right.POST)
@in_json
def take_many() -> Mapping[str, Any]:
    """What a device held while the line was cut, some at a time; an answer for each, in their order."""
    request.max_content_length = request.max_form_memory_size = MOST_AT_ONCE * 2 * LONGEST
    sealed, ages = request.form.getlist("envelope"), request.form.getlist("age")
    given = zip(sealed[:MOST_AT_ONCE], ages, strict=False)
    answers = _taken([(_opened(text), age) for text, age in given])
    db.session.commit()
    return {
        "state": "answered",
        "answers": [refused(one) if isinstance(one, Refusal) else one for one in answers],
    }


def _taken(given: Sequence[tuple[Envelope | Refusal, str]]) -> list[Mapping[str, Any] | Refusal]:
    """What became of each; those of one clerk are taken in together."""
    point, moment = staff_post_office(), now()
    answers: dict[int, Mapping[str, Any] | Refusal] = {}
    of_clerk: dict[int, list[tuple[int, Intake]]] = {}
    for place, (envelope, age) in enumerate(given):
        try:
            if isinstance(envelope, Refusal):
                raise envelope
            if known := _known(envelope.attempt, point):
                answers[place] = {"state": "taken", **_receipt(known)}
                continue
            its_pass = read_pass(envelope.body.get("pass"), point, core().keys, now=moment)
            intake = _intake(envelope, point, taken_at=taken_at(_number(age), its_pass, now=moment))
            of_clerk.setdefault(its_pass.person_id, []).append((place, intake))
        except Refusal as refusal:
            answers[place] = refusal
    for person_id, theirs in of_clerk.items():
        taken = take_in_many(
            db.session(),
            [intake for _, intake in theirs],
            point,
            keys=core().keys,
            base_url=core().settings.public_url,
            by=_taker(person_id, point),
            now=moment,
        )
        for (place, _), one in zip(theirs, taken, strict=True):
            answers[place] = one if isinstance(one, Refusal) else {"state": "taken", **_receipt(one)}
    return [answers[place] for place in range(len(given))]


def _known(attempt: str, point: AcceptancePoint) -> PostalItem | None:
    """First of all: what came of a draft that was saved is there, the draft is not any more."""
    return db.session.scalar(select(PostalItem).filter_by(attempt=attempt, point_id=point.id))


@bp.post("/mend")
@needs(Right.POST)
@only_reads
@in_json
def mend() -> Mapping[str, Any]:
    """What a device holds and was refused, opened for somebody of the post office that took it.

    With its pass: whoever mends it, it was taken by whom and when it was taken.
    """
    envelope = _envelope()
    read_pass(envelope.body.get("pass"), staff_post_office(), core().keys, now=now())
    return {"state": "opened", "attempt": envelope.attempt, "body": dict(envelope.body)}


@bp.post("/numbers")
@needs(Right.POST)
@in_json
def numbers() -> Mapping[str, Any]:
    """A block of own numbers for this device, each with the codes it will print by itself."""
    block = take_block(
        db.session(), staff_post_office(), size=BLOCK, keys=core().keys, by=staff().actor, now=now()
    )
    given = [
        {"number": number, "receipt": _drawn_receipt(payload), "label": drawn(number)}
        for number, payload in block.numbers
    ]
    db.session.commit()
    return {"state": "given", "numbers": given}


@bp.get("/worker.js")
@for_anyone
def worker() -> Response:
    """The script that answers for the server while the line is cut; below /post/, which it looks after."""
    script = Path(current_app.static_folder or "static") / "post-worker.js"
    response = make_response(script.read_text(encoding="utf-8"))
    response.headers["Content-Type"] = "text/javascript; charset=utf-8"
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/app.webmanifest")
@for_anyone
def webmanifest() -> Response:
    """What makes the screen an application on a telephone."""
    told = {
        "name": "Một Chạm · Bưu điện",
        "short_name": "Một Chạm",
        "lang": "vi",
        "start_url": url_for("postal.reception"),
        "scope": url_for("postal.reception"),
        "display": "standalone",
        "background_color": "#FAF7F2",
        "theme_color": "#063D33",
        "icons": [
            {"src": url_for("static", filename="icon.svg"), "sizes": "any", "type": "image/svg+xml"},
        ],
    }
    response = make_response(json.dumps(told, ensure_ascii=False))
    response.headers["Content-Type"] = "application/manifest+json"
    response.headers["Cache-Control"] = "no-cache"
    return response


def drawn(text: str) -> dict[str, Any]:
    """A QR as its side and its modules, row by row, a bit each, in base64."""
    modules = qr_modules(text)
    bits = "".join("1" if dark else "0" for dark in chain.from_iterable(modules))
    bits += "0" * (-len(bits) % 8)
    packed = int(bits, 2).to_bytes(len(bits) // 8)
    return {"side": len(modules), "bits": base64.b64encode(packed).decode()}


def _drawn_receipt(payload: str) -> dict[str, Any]:
    return drawn(address(core().settings.public_url, payload))


def _receipt(item: PostalItem) -> dict[str, Any]:
    return {
        "number": item.item_number,
        "address": url_for("postal.item", item_id=item.id),
        "charge": item.charge,
        "fee": item.fee,
        "receipt": _drawn_receipt(item.receipt_payload),
        "label": drawn(item.item_number),
    }


def _opened(sealed: str) -> Envelope | Refusal:
    try:
        return open_envelope(sealed, core().keys)
    except Refusal as refusal:
        return refusal


def _envelope() -> Envelope:
    """Sealed, or open from a browser that cannot seal on a bare line and keeps nothing either."""
    if sealed := request.form.get("envelope", ""):
        return open_envelope(sealed, core().keys)
    try:
        body = json.loads(request.form.get("open", "")[:LONGEST])
    except ValueError as cause:
        raise UnreadableEnvelope from cause
    if not isinstance(body, dict):
        raise UnreadableEnvelope
    return Envelope(request.form.get("attempt", "")[:LONGEST_ATTEMPT], body)


def _taker(person_id: int, point: AcceptancePoint) -> Actor:
    """Who took it: they may have gone home before the line came back."""
    if person_id == staff().person_id:
        return staff().actor
    return Actor(db.session.get_one(Person, person_id).name, point.code, person_id)


def _intake(envelope: Envelope, point: AcceptancePoint, **more: Any) -> Intake:
    body = envelope.body
    applicant, answers = _applicant(_part(body, "applicant"), _text(body, "card", 3000)), {}
    saved_code = _text(body, "saved")
    if saved_code:
        draft = draft_of(db.session(), staff_office(), saved_code, keys=core().keys, now=now())
        answers = dict(draft.answers)
        if draft.applicant and draft.applicant.citizen_id == applicant.citizen_id:
            told = (draft.applicant.born, draft.applicant.sex, draft.applicant.contradictions)
            applicant = replace(applicant, born=told[0], sex=told[1], contradictions=told[2])
    how = _part(body, "collection")
    return Intake(
        attempt=envelope.attempt,
        item_number=_text(body, "number"),
        version_id=_whole(body.get("version")),
        applicant=applicant,
        documents=_documents(_part(body, "documents")),
        collection=Collection(
            _text(how, "how"), _text(how, "address", 300), _text(how, "phone"), _text(how, "email")
        ),
        seal_number=_text(body, "seal"),
        witnessed=body.get("witnessed") is True,
        grams=_whole(body.get("grams")),
        zone=_text(body, "zone"),
        payer=_text(body, "payer"),
        exemption=_text(body, "exemption"),
        consent=_text(body, "consent"),
        answers=answers,
        saved_code=saved_code,
        **more,
    )


def _applicant(told: Mapping[str, Any], card: str) -> Applicant:
    """As the clerk left it; what only a card tells is read from the scan itself."""
    kind, number = _text(told, "kind") or "citizen", _text(told, "citizenId")
    typed = Applicant(
        name=_text(told, "name", 300),
        citizen_id=number if kind == "citizen" else "",
        address=_text(told, "address", 300),
        phone=_text(told, "phone"),
        email=_text(told, "email"),
        kind=kind,
    )
    if kind != "citizen" or not card:
        return typed
    try:
        read = applicant_of(read_citizen_card(card))
    except UnreadableCard:
        return typed
    if read.citizen_id != number:
        return typed
    return replace(typed, born=read.born, sex=read.sex, contradictions=read.contradictions, how="card")


def _documents(told: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    return {
        key[:80]: {"reason": "", **{name: _text(document, name) for name in ("how", *COUNTED)}}
        for key, document in list(told.items())[:MOST_PAPERS]
        if isinstance(document, dict)
    }


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = body.get(name)
    return found if isinstance(found, dict) else {}


def _text(told: Mapping[str, Any], name: str, longest: int = 80) -> str:
    found = told.get(name)
    return found.strip()[:longest] if isinstance(found, str) else ""


def _number(told: object) -> float:
    try:
        return float(told)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return 0.0


def _whole(told: object) -> int:
    return told if isinstance(told, int) and 0 <= told < 2**31 else 0

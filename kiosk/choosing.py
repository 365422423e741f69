"""Which procedure, and what it takes: screens 1 and 2."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

from flask import Response, request, url_for

from intake.db import db
from intake.drafts import Draft
from intake.language import marked
from intake.policies import policy_of_day
from intake.queries import Offer, find_procedures, offer_of, offered
from intake.rules.saved_codes import saved_code
from intake.rules.service_words import day_name, day_sentence, suspension_words, why_words
from kiosk import saving
from kiosk.bp import bp
from kiosk.here import Here, aside, elsewhere, here, is_aside, onward, redirect_to, screen
from kiosk.missing import remember
from kiosk.promises import promises_of
from kiosk.steps import FIRST, Place, Step

PREPARE = Place(Step.PREPARE)
TILES = 6
LIFE_EVENTS = {
    "birth": marked("Có con nhỏ"),
    "marriage": marked("Kết hôn"),
    "death": marked("Có người mất"),
    "family": marked("Cha mẹ, con, giám hộ"),
    "papers": marked("Sao y, chứng thực"),
    "home": marked("Chỗ ở, cư trú"),
    "business": marked("Kinh doanh"),
    "support": marked("Trợ cấp, hỗ trợ"),
    "merit": marked("Người có công"),
    "property": marked("Tài sản, thừa kế"),
    "land": marked("Đất đai"),
    "vehicle": marked("Bằng lái, xe"),
    "school": marked("Học hành"),
}


@bp.get("/procedures")
def procedures() -> Response:
    at = here()
    if (place := elsewhere(FIRST, at)) is not None:
        return place
    offers = offered(db.session(), at.office, now=at.now)
    words = request.args.get("q", "").strip()[:80]
    event = request.args.get("event", "")
    promises = promises_of(offers, at.office, at.now)
    listed = tuple(promise.offer for promise in promises.values())
    found = _found(at, listed, words, event)
    if words and not found:
        remember(at, words)
    return screen(
        "kiosk/procedures.html",
        FIRST,
        at,
        words=words,
        event=event,
        found=found,
        tiles=listed[:TILES],
        events={
            key: name for key, name in LIFE_EVENTS.items() if any(offer.life_event == key for offer in offers)
        },
        sectors=_by_sector(listed),
        promises=promises,
    )


@bp.post("/procedures")
def choose_procedure() -> Response:
    at = here()
    if (place := elsewhere(FIRST, at)) is not None:
        return place
    if code := request.form.get("procedure"):
        return _chosen(at, code)
    if scan := request.form.get("scan", "").strip():
        return saving.drawn(at, scan) if saved_code(scan) else redirect_to(url_for(".procedures", misread=1))
    at.keep(at.draft)
    db.session.commit()
    if is_aside():
        return aside(FIRST, at)
    words, event = request.form.get("q"), request.form.get("event")
    return redirect_to(url_for(".procedures", q=words or None, event=event or None))


def _chosen(at: Here, code: str) -> Response:
    offer = offer_of(db.session(), at.office, code, now=at.now)
    draft = at.draft
    if offer.version_id != draft.version_id:
        # Answers belong to one procedure; who you are stays.
        draft = Draft(
            applicant=draft.applicant,
            known=draft.known,
            procedure_code=offer.code,
            version_id=offer.version_id,
        )
    at.keep(draft)
    db.session.commit()
    return redirect_to(url_for(".prepare"))


@bp.get("/prepare")
def prepare() -> Response:
    at = here()
    if (place := elsewhere(PREPARE, at)) is not None:
        return place
    policy = at.policy
    return screen(
        "kiosk/prepare.html",
        PREPARE,
        at,
        moment=at.now,
        why=why_words(policy, at.now),
        sentence=day_sentence(policy),
        suspended=suspension_words(policy, at.now),
        elsewhere_today=day_name(policy_of_day(db.session(), at.office, at=at.now))
        if not policy.rules
        else "",
    )


@bp.post("/prepare")
def prepared() -> Response:
    at = here()
    if (place := elsewhere(PREPARE, at)) is not None:
        return place
    at.keep(at.draft if is_aside() else replace(at.draft, prepared=True))
    db.session.commit()
    return aside(PREPARE, at) if is_aside() else onward(PREPARE, at)


def _found(at: Here, offers: tuple[Offer, ...], words: str, event: str) -> list[Offer] | None:
    """What the search or the life event shows; None when neither was asked for."""
    if words:
        return find_procedures(db.session(), at.office, words, now=at.now)
    if event:
        return [offer for offer in offers if offer.life_event == event]
    return None


def _by_sector(offers: tuple[Offer, ...]) -> list[tuple[str, list[Offer]]]:
    ordered = sorted(offers, key=lambda offer: offer.sector)
    return [(sector, list(group)) for sector, group in groupby(ordered, key=lambda offer: offer.sector)]

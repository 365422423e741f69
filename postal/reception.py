"""The one screen on which clerks and couriers take dossiers: drawn with all it needs without a line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from flask import Response, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from intake.db import db
from intake.drafts import Applicant
from intake.offices import civil_day
from intake.post.custody import custody_of
from intake.post.envelopes import PASS_LASTS, give_pass, public_key
from intake.post.reprinting_items import copies_of
from intake.post.scanning import Understood, understand
from intake.post.tariffs import fee_for, price_table
from intake.queries import Offer, offered, procedure_version
from intake.records import AcceptancePoint, PostalItem
from intake.rules.calendar import VIETNAM
from intake.rules.codes import spoken_item
from intake.rules.manifest_words import STEPS
from intake.rules.post import Step
from intake.rules.post_checklist import KINDS, asked, checklist, wanted
from intake.rules.post_consent import LATEST, consent_text
from intake.rules.post_intake import PAYERS
from intake.rules.refusals import NoSuchItem
from intake.rules.rights import Right
from intake.rules.tariffs import ZONES
from intake.rules.text import search_key
from intake.rules.wording import CARD_DOUBTS
from postal.bp import bp
from postal.json_answers import in_json
from web import core, now, page
from web.headers import ALWAYS, POLICY
from web.staff import needs, staff, staff_post_office
from web.transactions import only_reads

LONGEST_SCAN = 3000
TILES = 8  # most wanted procedures, one touch away


@dataclass(frozen=True)
class Row:
    """One kind of one paper to count."""

    key: str
    name: str
    kind: str
    want: int
    required: bool
    condition: str
    held_by_state: bool
    first: bool  # of its paper


@dataclass(frozen=True)
class Held:
    """A procedure the page can take by itself. ``fee`` None: paid at the office."""

    offer: Offer
    fee: int | None
    key: str  # what it is searched by
    rows: tuple[Row, ...]
    has_form: bool  # the declaration is on the list; else it is asked for in words

    @property
    def needed(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.required)

    @property
    def others(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if not row.required)


@bp.get("/")
@needs(Right.POST)
def reception() -> Response:
    """Everything a shift needs, in one page that the device keeps."""
    point, moment = staff_post_office(), now()
    held = [_held(offer, point, moment) for offer in offered(db.session(), point.office, now=moment)]
    answer = page(
        "postal/reception.html",
        point=point,
        held=held,
        tiles=held[:TILES],
        kinds=KINDS,
        payers=PAYERS,
        prices=(prices := price_table(db.session(), point.office, day=civil_day(moment))),
        weights=_weights(prices),
        consent=consent_text(),
        taken_today=_taken_today(point, moment),
        facts=_facts(point, held, prices, moment),
    )
    answer.headers["Content-Security-Policy"] = f"{POLICY}; manifest-src 'self'; worker-src 'self'"
    answer.headers["Permissions-Policy"] = ALWAYS["Permissions-Policy"].replace("camera=()", "camera=(self)")
    return answer


@bp.post("/scan")
@needs(Right.POST)
@only_reads
@in_json
def scan() -> Mapping[str, Any]:
    """What a scan means here, for what the page cannot know: numbers taken before, drafts, receipts."""
    text = request.form.get("text", "")[:LONGEST_SCAN]
    found = understand(db.session(), staff_post_office(), text, keys=core().keys, now=now())
    return {"state": "understood", **_told(found), **_fee_of(found)}


@bp.get("/items/<int:item_id>")
@needs(Right.POST)
def item(item_id: int) -> Response:
    """A record, with no more of the sender than the number of their item and their initials.

    ``scanned``: reached by the scan of a number that was taken before, which is told first.
    """
    found = own_item(item_id)
    return page(
        "postal/item.html",
        item=found,
        number=spoken_item(found.item_number),
        journey=custody_of(db.session(), found),
        payer=PAYERS[found.payer].lower(),
        zone=ZONES.get(found.zone, ""),
        standing=STEPS[Step(found.status)],
        scanned="scanned" in request.args,
        copies=copies_of(db.session(), found) if found.point.printer_id is not None else (),
        procedure=procedure_version(db.session(), found.procedure_version_id, now=now()),
    )


def own_item(item_id: int) -> PostalItem:
    """The item, of this post office; raises NoSuchItem."""
    point = staff_post_office()
    found = db.session.scalar(
        select(PostalItem)
        .filter_by(id=item_id, point_id=point.id)
        .options(joinedload(PostalItem.point), joinedload(PostalItem.clerk))
    )
    if found is None:
        raise NoSuchItem
    return found


def _held(offer: Offer, point: AcceptancePoint, moment: datetime) -> Held:
    procedure = procedure_version(db.session(), offer.version_id, now=moment)
    papers = zip(checklist(procedure, {}, {}), asked(procedure, {}), strict=True)
    rows = tuple(
        Row(line.key, line.name, kind, want, line.required, line.condition, line.held_by_state, place == 0)
        for line, paper in papers
        for place, (kind, want) in enumerate(wanted(paper).items())
    )
    return Held(
        offer=offer,
        fee=fee_for(db.session(), point.office, procedure, answers={}, day=civil_day(moment)),
        key=search_key(" ".join((offer.title, offer.name, offer.code, *procedure.words))),
        rows=rows,
        has_form=any(paper.key == "declaration" for paper in procedure.requirements),
    )


def _weights(prices: Mapping[str, Any]) -> list[int]:
    """The steps to touch, in grams: those of the table and two beyond it."""
    steps = {step["grams"] for zone in prices["zones"] for step in zone["steps"]}
    for zone in prices["zones"]:
        if zone["further"]:
            steps |= {zone["steps"][-1]["grams"] + zone["further"]["grams"] * n for n in (1, 2)}
    return sorted(steps)


def _taken_today(point: AcceptancePoint, moment: datetime) -> int:
    begins = datetime.combine(civil_day(moment), time(), VIETNAM)
    taken = select(func.count()).where(
        PostalItem.point_id == point.id, PostalItem.direction == "in", PostalItem.taken_at >= begins
    )
    return db.session.scalar(taken) or 0


def _facts(
    point: AcceptancePoint, held: list[Held], prices: Mapping[str, Any], moment: datetime
) -> dict[str, Any]:
    """What the script works with; nothing of any sender."""
    return {
        "point": point.id,
        "day": civil_day(moment).isoformat(),
        "pass": give_pass(staff().person_id, point, core().keys, now=moment),
        "passLasts": PASS_LASTS.total_seconds(),
        "key": public_key(core().keys),
        "prices": prices,
        "consent": LATEST,
        "printer": point.printer_id is not None,
        "procedures": [
            {
                "version": one.offer.version_id,
                "code": one.offer.code,
                "title": one.offer.title,
                "fee": one.fee,
                "key": one.key,
            }
            for one in held
        ],
        "at": {
            "reception": url_for("postal.reception"),
            "scan": url_for("postal.scan"),
            "take": url_for("postal.take"),
            "takeMany": url_for("postal.take_many"),
            "mend": url_for("postal.mend"),
            "numbers": url_for("postal.numbers"),
            "worker": url_for("postal.worker"),
            "item": url_for("postal.item", item_id=0),
            "door": url_for("desk.sign_in", next=url_for("postal.reception")),
        },
    }


def _told(found: Understood) -> dict[str, Any]:
    """As the script reads it."""
    match found.kind:
        case "item":
            return {"kind": "item", "text": found.text, "isS10": found.is_s10}
        case "item_known":
            return {"kind": "item_known", "text": found.text, "address": _address(found.item_id)}
        case "card":
            return {"kind": "card", "text": found.text, "applicant": _person(found.applicant)}
        case "procedure":
            return {"kind": "procedure", "version": found.offer.version_id if found.offer else 0}
        case "saved":
            collection = found.draft.collection if found.draft else None
            return {
                "kind": "saved",
                "text": found.text,
                "version": found.offer.version_id if found.offer else 0,
                "applicant": _person(found.applicant),
                "how": collection.how if collection else "",
                "address": collection.address if collection else "",
                "phone": collection.phone if collection else "",
                "email": collection.email if collection else "",
            }
        case _:
            return {"kind": found.kind, "text": found.text, "address": _address(found.item_id)}


def _fee_of(found: Understood) -> dict[str, Any]:
    """Of a saved draft: the State money by its answers; None where it is paid at the office."""
    if found.draft is None or found.offer is None:
        return {}
    procedure = procedure_version(db.session(), found.offer.version_id, now=now())
    office, answers = staff_post_office().office, found.draft.answers
    return {"fee": fee_for(db.session(), office, procedure, answers=answers, day=civil_day(now()))}


def _person(applicant: Applicant | None) -> dict[str, Any]:
    if applicant is None:
        return {}
    return {
        "kind": applicant.kind,
        "name": applicant.name,
        "citizenId": applicant.citizen_id,
        "phone": applicant.phone,
        "email": applicant.email,
        "address": applicant.address,
        "doubts": [CARD_DOUBTS[code] for code in applicant.contradictions],
    }


def _address(item_id: int | None) -> str:
    return url_for("postal.item", item_id=item_id) if item_id else ""

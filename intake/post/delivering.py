"""A result on its way home: picked up, carried out, in its owner's hands, or back at the office.

What happens to the item happens to the dossier's line of delivery as well,
through intake.returning; whoever told of it, and however late.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake import returning
from intake.at_hand import dossier_even_if_held
from intake.events import Actor
from intake.keys import Keys
from intake.offices import setting_of
from intake.post.contents import addressed_of
from intake.post.manifests import live_list
from intake.post.money import take_money
from intake.post.steps import CLERK, KINDS, OFFICER, step_to, tell
from intake.records import Dossier, Office, PostalItem, PostalStep
from intake.rules.answers import Fault
from intake.rules.delivery_proof import Shown, proof_faults
from intake.rules.lifecycle import Delivery, Status
from intake.rules.people import citizen_id, masked_citizen_id, person_name
from intake.rules.post import FAILURES, Step
from intake.rules.refusals import (
    ItemElsewhere,
    TriesUsedUp,
    UnfinishedNotice,
    UnprovenCollector,
    WrongDeliveryCode,
)
from intake.rules.text import tidy

PROOF = "postal_item.proof"
CODE = "delivery code"
CARRIED = frozenset({Step.PICKED_UP, Step.OUT, Step.FAILED})  # the courier's to bring


@dataclass(frozen=True)
class Proof:
    """What a courier comes back with. ``name`` and ``citizen_id`` are of who took it.

    ``identity`` is of IDENTITY_PAPERS, ``authority`` of AUTHORITIES or "" for
    the recipient; ``signature`` the strokes of intake.rules.delivery_proof, or
    "" where ``with_code``; ``photo`` a JPEG in base64, or "".
    """

    name: str
    identity: str
    citizen_id: str = ""
    authority: str = ""
    proof_number: str = ""
    signature: str = ""
    with_code: bool = False
    photo: str = ""


@dataclass(frozen=True)
class Limits:
    """How often delivery is tried, and how long the post keeps what it cannot deliver."""

    tries: int
    days: int


def picked_up(session: Session, item: PostalItem, *, by: Actor, now: datetime) -> None:
    """READY → PICKED_UP: the post has it, and the dossier counts as sent. Raises WrongStep."""
    step_to(session, item, Step.PICKED_UP, source=CLERK, by=by, now=now, holder=item.point.name)
    bring_along(session, item, by=by, now=now)


def go_out(session: Session, item: PostalItem, *, by: Actor, now: datetime) -> None:
    """PICKED_UP or FAILED → OUT: ``by`` carries it from now on.

    Raises WrongStep, TriesUsedUp when it must go back to the office instead,
    ItemElsewhere when it lies in the bag that goes back.
    """
    _must_not_go_back(session, item)
    if item.status in (Step.PICKED_UP, Step.FAILED) and must_go_back(session, item, now=now):
        raise TriesUsedUp(item_number=item.item_number, tries=item.failures)
    step_to(session, item, Step.OUT, source=CLERK, by=by, now=now, holder=by.name, place=item.point.name)


def deliver(
    session: Session, item: PostalItem, shown: Shown, *, keys: Keys, by: Actor, now: datetime
) -> None:
    """→ DELIVERED, into the hands of who was identified, with their signature or the one-time code.

    Also at the counter of the post, before it goes out or after a try in vain.
    The charge that is still to be paid goes into the shift of ``by``. Told again
    by a telephone that did not hear our answer, it stays as it was told first;
    where an operator's system was faster than our courier, proof and money are
    kept all the same. Raises WrongStep, ItemElsewhere, UnprovenCollector with all
    that is missing, WrongDeliveryCode.
    """
    if item.status == Step.DELIVERED and item.proof_sealed is not None:
        return
    if faults := proof_faults(shown):
        raise UnprovenCollector(faults=faults)
    if shown.code.strip() and not is_delivery_code(keys, item, shown.code):
        raise WrongDeliveryCode
    proof = _proof(item, shown, keys)
    facts: dict[str, object] = {
        "identity": proof.identity,
        "authority": proof.authority,
        "citizen_id": masked_citizen_id(proof.citizen_id) if proof.citizen_id else "",
        "proved": "code" if proof.with_code else "signature",
        "photo": bool(proof.photo),
    }
    holder = "người nhận thay" if proof.authority else "người nhận"
    if item.status == Step.DELIVERED:
        tell(session, item, KINDS[Step.DELIVERED], by=by, now=now, facts={"holder": holder, **facts})
    else:
        _must_not_go_back(session, item)
        step_to(session, item, Step.DELIVERED, source=CLERK, by=by, now=now, holder=holder, facts=facts)
    item.proof_sealed = keys.seal(json.dumps(asdict(proof), ensure_ascii=False), PROOF)
    take_money(session, item, by=by, now=now)
    bring_along(session, item, by=by, now=now)


def fail(session: Session, item: PostalItem, reason: str, *, by: Actor, now: datetime) -> None:
    """OUT → FAILED, with a reason of FAILURES. Raises WrongStep, UnfinishedNotice for another reason."""
    if reason not in FAILURES:
        raise UnfinishedNotice(faults=(Fault("reason", "bad_choice" if reason else "missing"),))
    step_to(session, item, Step.FAILED, source=CLERK, by=by, now=now, holder=item.point.name, reason=reason)
    bring_along(session, item, by=by, now=now)


def came_back(session: Session, item: PostalItem, *, by: Actor, now: datetime) -> None:
    """→ RETURNED: the office has it again, and the dossier's delivery failed. Raises WrongStep."""
    step_to(session, item, Step.RETURNED, source=OFFICER, by=by, now=now, holder=item.office.name)
    bring_along(session, item, by=by, now=now)


def bring_along(session: Session, item: PostalItem, *, by: Actor, now: datetime) -> None:
    """Put the dossier's delivery where its item is; nothing where it is there already.

    For every way of learning where an item is. What an officer has settled
    otherwise meanwhile, say at the counter, stays as they settled it.
    """
    if item.direction != "home" or item.dossier is None:
        return
    dossier = dossier_even_if_held(session, item.office, item.dossier.dossier_code)
    if dossier.status != Status.RESULT_READY or dossier.collection != "post":
        return
    step = Step(item.status)
    left = step in CARRIED or step is Step.DELIVERED
    if left and dossier.delivery_status in (Delivery.TO_SEND, Delivery.FAILED):
        returning.send_by_post(session, dossier, item.item_number, by=by, now=now)
    if dossier.delivery_status == Delivery.SENT:
        _settle(session, dossier, item, step, by=by, now=now)


def delivery_code(keys: Keys, item: PostalItem) -> str:
    """Six digits that prove the recipient: on the page of their receipt while the item is out for delivery.

    Another code after every try in vain, so that one told at the door in vain proves nothing later.
    """
    print_ = keys.fingerprint(f"{item.id} {item.attempt} {item.failures}", CODE)
    return f"{int(print_, 16) % 1_000_000:06d}"


def is_delivery_code(keys: Keys, item: PostalItem, typed: str) -> bool:
    """Of this try alone: before and after it is out, no code is anybody's."""
    is_out = item.status == Step.OUT
    return is_out and "".join(filter(str.isdigit, typed)) == delivery_code(keys, item)


def limits_at(session: Session, office: Office, *, now: datetime) -> Limits:
    return Limits(
        setting_of(session, office, "post_tries", now=now),
        setting_of(session, office, "post_days", now=now),
    )


def must_go_back(session: Session, item: PostalItem, *, now: datetime) -> bool:
    """Whether it is tried no more: as often as the office lets it be, or too long since the post has it."""
    return tried_enough(item, limits_at(session, item.office, now=now), now=now)


def tried_enough(item: PostalItem, limits: Limits, *, now: datetime) -> bool:
    """The same, where the limits are known."""
    fetched = min((one.at for one in item.steps if one.step == Step.PICKED_UP), default=now)
    return item.failures >= limits.tries or now - fetched > timedelta(days=limits.days)


def proof_of(item: PostalItem, keys: Keys) -> Proof | None:
    """Opened for an officer who must answer for it; None until it is delivered by us."""
    if item.proof_sealed is None:
        return None
    return Proof(**json.loads(keys.unseal(item.proof_sealed, PROOF)))


def _must_not_go_back(session: Session, item: PostalItem) -> None:
    """What lies on a list for the office is taken off that list before anybody carries it out."""
    going = live_list(session, item)
    if going is not None and going.direction == "in":
        raise ItemElsewhere(where=going.number, item_id=item.id)


def _settle(
    session: Session, dossier: Dossier, item: PostalItem, step: Step, *, by: Actor, now: datetime
) -> None:
    if step is Step.DELIVERED:
        returning.delivered(session, dossier, proof=f"Bưu gửi {item.item_number}", by=by, now=now)
    elif step is Step.RETURNED:
        reason = _why_it_came_back(session, item)
        returning.delivery_failed(session, dossier, reason=reason, by=by, now=now)


def _why_it_came_back(session: Session, item: PostalItem) -> str:
    """«Không có người nhận (3 lần)»."""
    last = session.scalar(
        select(PostalStep.reason)
        .filter_by(item_id=item.id, step=Step.FAILED)
        .order_by(PostalStep.at.desc(), PostalStep.id.desc())
        .limit(1)
    )
    words = FAILURES.get(last or "", "Bưu điện chuyển hoàn")
    return f"{words} ({item.failures} lần)" if item.failures > 1 else words


def _proof(item: PostalItem, shown: Shown, keys: Keys) -> Proof:
    name = person_name(shown.name) if shown.authority else addressed_of(item, keys).name
    number = citizen_id(shown.citizen_id) if shown.citizen_id.strip() else ""
    return Proof(
        name=name,
        identity=shown.identity,
        citizen_id=number,
        authority=shown.authority,
        proof_number=tidy(shown.proof_number),
        signature=shown.signature,
        with_code=bool(shown.code.strip()),
        photo=shown.photo,
    )

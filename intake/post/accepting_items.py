"""An item that was handed over becomes a dossier, through the same door as all others."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake import paying
from intake.accepting import accept
from intake.applications import Application
from intake.events import Actor
from intake.keys import Keys
from intake.offices import civil_day
from intake.post.contents import Sent, sent_of
from intake.post.money import taken
from intake.post.steps import tell
from intake.queries import commune_codes, procedure_version
from intake.records import Dossier, PostalItem, PostalMoney
from intake.rules.forms import sound_answers
from intake.rules.lifecycle import WITHOUT_RESULT, Payment
from intake.rules.post import Step
from intake.rules.post_money import FEE
from intake.rules.refusals import ForeignAttempt, WrongStep
from intake.rules.text import money

CHANNEL = "post"


def accept_item(
    session: Session, item: PostalItem, *, keys: Keys, base_url: str, by: Actor, now: datetime
) -> Dossier:
    """The dossier of this item, whose clock starts now; a second time the same one.

    ``item`` is locked (intake.post.steps.item_at_hand). Nothing is printed: form
    01 goes back electronically or with the next list. State money that the post
    took is written down as paid. An answer of a saved draft that no longer holds
    (a day that was still to come) is left out: the declaration on paper tells it,
    and the log which. Raises WrongStep unless it was handed over,
    UnfinishedDossier, ProcedureNotOffered, ForeignAttempt.
    """
    if item.dossier_id is not None:
        return session.get_one(Dossier, item.dossier_id)
    if item.direction != "in" or item.status != Step.HANDED_OVER:
        raise WrongStep(now=item.status, then="dossier")
    sent = sent_of(item, keys)
    procedure = procedure_version(session, item.procedure_version_id, now=now)
    answers = sound_answers(
        procedure, sent.answers, today=civil_day(now), communes=commune_codes(session, now=now)
    )
    dossier = accept(
        session,
        _application(item, replace(sent, answers=answers)),
        item.point,
        keys=keys,
        base_url=base_url,
        by=by,
        now=now,
        prints=False,
    )
    if dossier.channel != CHANNEL or dossier.acceptance_point_id != item.point_id:
        raise ForeignAttempt()
    item.dossier_id = dossier.id
    session.flush()
    facts: dict[str, object] = {"dossier_code": dossier.dossier_code, "taken_at": item.taken_at.isoformat()}
    if left_out := sorted(set(sent.answers) - set(answers)):
        facts["left_out"] = left_out
    tell(session, item, "post_item_accepted", by=by, now=now, facts=facts)
    _pay(session, item, dossier, by=by, now=now)
    return dossier


def _application(item: PostalItem, sent: Sent) -> Application:
    return Application(
        attempt=item.attempt,
        channel=CHANNEL,
        version_id=item.procedure_version_id,
        applicant=sent.applicant,
        answers=sent.answers,
        documents=sent.documents,
        collection=sent.collection,
    )


def _pay(session: Session, item: PostalItem, dossier: Dossier, *, by: Actor, now: datetime) -> None:
    """What the post took for the State; one that owes nothing after all is put right by a line of money."""
    amount = taken(session, [item.id], FEE).get(item.id, 0)
    if amount <= 0 or dossier.payment_status != Payment.UNPAID or dossier.status in WITHOUT_RESULT:
        return
    number = session.scalars(
        select(PostalMoney.receipt_no)
        .filter_by(item_id=item.id, account=FEE, corrects_id=None)
        .order_by(PostalMoney.id)
    ).first()
    told = "" if dossier.fee in (None, amount) else f"Bưu điện đã thu {money(amount)}"
    paying.fee_paid(session, dossier, amount, number or "", how="post", reason=told, by=by, now=now)

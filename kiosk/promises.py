"""What filing now would lead to, as the screens tell it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from intake.db import db
from intake.memory import Memory
from intake.offices import civil_day
from intake.promising import promise_for
from intake.queries import Offer, procedure_version
from intake.records import Office
from intake.rules.fees import Fee
from intake.rules.forms import Fault, read_answer
from intake.rules.procedures import Procedure
from intake.rules.wording import fee_words, term_words


class Promise(NamedTuple):
    """A procedure and what is promised when it is filed now; ``promised_at`` None: the counter tells."""

    offer: Offer
    promised_at: datetime | None
    is_today: bool
    term_words: str
    fee: Fee
    fee_words: str
    provisional: bool


_listed: Memory[dict[str, Promise]] = Memory(timedelta(minutes=1), most=50)


def promises_of(offers: Sequence[Offer], office: Office, moment: datetime) -> dict[str, Promise]:
    """The promise of every offer, by code; worked out once a minute, for a list tells no seconds."""
    minute = moment.replace(second=0, microsecond=0)
    return _listed.of(
        db.session(),
        (office.id, minute, tuple(offer.version_id for offer in offers)),
        now=moment,
        read=lambda: {offer.code: promise_of(offer, office, minute) for offer in offers},
    )


def promise_of(
    offer: Offer, office: Office, moment: datetime, answers: Mapping[str, str] | None = None
) -> Promise:
    """The same that acceptance will promise; more answers may still change it."""
    procedure = procedure_version(db.session(), offer.version_id, now=moment)
    readable = _readable(procedure, answers or {}, civil_day(moment))
    promise = promise_for(db.session(), office, procedure, channel="kiosk", answers=readable, now=moment)
    at = promise.promised_at
    return Promise(
        offer=offer,
        promised_at=at,
        is_today=at is not None and civil_day(at) == civil_day(moment),
        term_words=term_words(promise.term),
        fee=promise.fee,
        fee_words=fee_words(promise.fee),
        provisional=promise.provisional,
    )


def _readable(procedure: Procedure, answers: Mapping[str, str], today: date) -> dict[str, str]:
    """Without what was typed and refused, such as 999999999 copies."""
    questions = [question for group in procedure.groups for question in group.questions]
    told = {one.key: read_answer(one, answers.get(one.key, ""), today=today) for one in questions}
    return {key: answer for key, answer in told.items() if not isinstance(answer, Fault)}

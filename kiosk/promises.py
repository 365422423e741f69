"""What filing now would lead to, as the screens tell it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from intake.applications import Told, told_of
from intake.db import db
from intake.drafts import Draft
from intake.language import say
from intake.memory import Memory
from intake.offices import civil_day
from intake.policies import policies_for, policy_for
from intake.promising import fee_for, promise_for
from intake.queries import Offer, procedure_version
from intake.records import Office
from intake.rules.fees import Fee
from intake.rules.forms import Fault, read_answer
from intake.rules.policy import Policy
from intake.rules.procedures import Procedure, Term
from intake.rules.service_days import Mode
from intake.rules.wording import fee_words, term_words


class Promise(NamedTuple):
    """A procedure and what is promised when it is filed now; ``promised_at`` None: the counter tells.

    ``policy`` says what kind of day it is for this procedure.
    """

    offer: Offer
    promised_at: datetime | None
    is_today: bool
    term: Term
    fee: Fee
    provisional: bool
    policy: Policy
    told: Told | None  # what this says of today, carried by the form that files it

    # Words are made when they are read: what is remembered serves every language.
    @property
    def term_words(self) -> str:
        return term_words(self.term)

    @property
    def fee_words(self) -> str:
        return fee_words(self.fee)

    @property
    def is_of_the_day(self) -> bool:
        """One of the procedures for which today is no ordinary day."""
        return bool(self.policy.modes)

    @property
    def mark(self) -> str:
        """What such a day gives to whoever files this one now: «Trả hôm nay, không giấy»; "" when nothing."""
        today = say("Trả hôm nay") if self.policy.same_day and self.is_today else ""
        paperless = say("không giấy") if Mode.NO_PAPER in self.policy.modes else ""
        if today and self.policy.target:
            minutes = round(self.policy.target.total_seconds() / 60)
            today = say("Có sau {minutes} phút", minutes=minutes)
        words = ", ".join(filter(None, (today, paperless)))
        return words[:1].upper() + words[1:]


_listed: Memory[dict[str, Promise]] = Memory(timedelta(minutes=1), most=50)


def promises_of(offers: Sequence[Offer], office: Office, moment: datetime) -> dict[str, Promise]:
    """The promise of every offer, by code, those of the day's rules first.

    Worked out once a minute, for a list tells no seconds, and anew when a rule
    is suspended or its places are used up.
    """
    minute = moment.replace(second=0, microsecond=0)
    session = db.session()
    procedures = [procedure_version(session, offer.version_id, now=moment) for offer in offers]
    policies = policies_for(session, office, procedures, channel="kiosk", at=moment)

    def read() -> dict[str, Promise]:
        found = [
            _promise(offer, procedure, office, minute, policy)
            for offer, procedure, policy in zip(offers, procedures, policies, strict=True)
        ]
        return {one.offer.code: one for one in sorted(found, key=lambda one: not one.is_of_the_day)}

    told = tuple((policy.modes, policy.same_day, policy.not_today) for policy in policies)
    key = (office.id, minute, tuple(offer.version_id for offer in offers), told)
    return _listed.of(session, key, now=moment, read=read)


def promise_of(
    offer: Offer,
    office: Office,
    moment: datetime,
    answers: Mapping[str, str] | None = None,
    exemption: str = "",
) -> Promise:
    """The same that acceptance will promise; more answers may still change it."""
    session = db.session()
    procedure = procedure_version(session, offer.version_id, now=moment)
    policy = policy_for(session, office, procedure, channel="kiosk", at=moment)
    return _promise(offer, procedure, office, moment, policy, answers, exemption)


def fee_by(procedure: Procedure, office: Office, moment: datetime, draft: Draft) -> Fee:
    """What filing this draft at a kiosk now costs."""
    return fee_for(
        db.session(),
        office,
        procedure,
        channel="kiosk",
        answers=_readable(procedure, draft.answers, civil_day(moment)),
        now=moment,
        exemption=draft.exemption,
    )


def _promise(
    offer: Offer,
    procedure: Procedure,
    office: Office,
    moment: datetime,
    policy: Policy,
    answers: Mapping[str, str] | None = None,
    exemption: str = "",
) -> Promise:
    readable = _readable(procedure, answers or {}, civil_day(moment))
    promise = promise_for(
        db.session(),
        office,
        procedure,
        channel="kiosk",
        answers=readable,
        now=moment,
        policy=policy,
        exemption=exemption,
    )
    at = promise.promised_at
    return Promise(
        offer=offer,
        promised_at=at,
        is_today=at is not None and civil_day(at) == civil_day(moment),
        term=promise.term,
        fee=promise.fee,
        provisional=promise.provisional,
        policy=policy,
        told=told_of(at, policy, now=moment),
    )


def _readable(procedure: Procedure, answers: Mapping[str, str], today: date) -> dict[str, str]:
    """Without what was typed and refused, such as 999999999 copies."""
    questions = [question for group in procedure.groups for question in group.questions]
    told = {one.key: read_answer(one, answers.get(one.key, ""), today=today) for one in questions}
    return {key: answer for key, answer in told.items() if not isinstance(answer, Fault)}

"""What is promised to whoever files now: one place, asked by the screens before and by acceptance after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from intake.offices import calendar_of, civil_day, rule_of
from intake.records import Office
from intake.rules.calendar import WorkCalendar
from intake.rules.fees import Fee, fee_of
from intake.rules.forms import term_of
from intake.rules.policy import ORDINARY, Policy
from intake.rules.procedures import Procedure, Term
from intake.rules.refusals import UnknownTerm
from intake.rules.terms import due, promised


@dataclass(frozen=True)
class Promise:
    """``due_at`` is the law's, ``promised_at`` the office's own, never later; None: the counter tells."""

    counts_as_online: bool
    term: Term
    due_at: datetime | None
    promised_at: datetime | None
    fee: Fee
    provisional: bool  # a day off on the way is expected but not decreed: the dates may still move


def promise_for(
    session: Session,
    office: Office,
    procedure: Procedure,
    *,
    channel: str,
    answers: Mapping[str, str],
    now: datetime,
    policy: Policy = ORDINARY,
    calendar: WorkCalendar | None = None,
    exemption: str = "",
) -> Promise:
    """Term, shorter promise and fee of a dossier filed at ``now`` through ``channel``.

    ``policy`` is what intake.policies.policy_for says of it: where it promises
    the result for the same day, that is what is promised. ``calendar`` is
    another one than the office's: what would be promised if it were so.
    ``exemption`` is the group of the tariff somebody says they belong to.
    """
    today = civil_day(now)
    online = _counts_as_online(session, office, channel, on=today, now=now)
    calendar = calendar or calendar_of(session, office, now=now)
    percent = rule_of(session, office, "promised_share", on=today, now=now) if online else None
    term = term_of(procedure, answers)
    try:
        due_at: datetime | None = due(now, term, calendar)
    except UnknownTerm:
        due_at = promised_at = None
    else:
        promised_at = promised(now, term, calendar, None if percent is None else Fraction(percent, 100))
    if policy.result_by is not None:
        promised_at = min(promised_at, policy.result_by) if promised_at else policy.result_by
    fee = fee_of(
        procedure, channel=_fee_channel(channel, online), on=today, answers=answers, exemption=exemption
    )
    provisional = due_at is not None and calendar.is_provisional(today, civil_day(due_at))
    return Promise(online, term, due_at, promised_at, fee, provisional)


def fee_for(
    session: Session,
    office: Office,
    procedure: Procedure,
    *,
    channel: str,
    answers: Mapping[str, str],
    now: datetime,
    exemption: str = "",
) -> Fee:
    """The fee alone, as promise_for() has it."""
    today = civil_day(now)
    by = _fee_channel(channel, _counts_as_online(session, office, channel, on=today, now=now))
    return fee_of(procedure, channel=by, on=today, answers=answers, exemption=exemption)


def _counts_as_online(session: Session, office: Office, channel: str, *, on: date, now: datetime) -> bool:
    # Whether a kiosk dossier is an electronic one is decided by each office
    # with a dated instrument, not by us.
    if channel == "kiosk":
        return bool(rule_of(session, office, "kiosk_counts_as_online", on=on, now=now))
    return channel == "portal"


def _fee_channel(channel: str, online: bool) -> str:
    if channel == "post":
        return "post"
    return "online" if online else "direct"

"""Paper taken on a paper-free day for a dossier filed already: recorded with a reason, never refused.

Somebody filed at a kiosk and was to have a paper scanned; the officer finds that
the original must stay.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.applications import exception_facts
from intake.at_hand import must_be_here, must_receive_or_decide, record
from intake.contents import Content, content_of, seal_content
from intake.events import Actor
from intake.keys import Keys
from intake.policies import policy_for
from intake.queries import procedure_version
from intake.records import Dossier, Event
from intake.rules import forms
from intake.rules.answers import Fault
from intake.rules.exceptions import PaperException, PaperReason
from intake.rules.lifecycle import OPEN, Status
from intake.rules.notice_faults import text_faults
from intake.rules.procedures import Procedure
from intake.rules.refusals import NoException, PaperIsTaken, UnfinishedNotice, WrongStatus
from intake.rules.sheets import sheets
from intake.rules.text import tidy

NOT_ON_PAPER = frozenset({"scan", "electronic", "attached"})
EXCEPTABLE = OPEN - {Status.RESULT_READY}


def reasons_for(session: Session, dossier: Dossier, *, now: datetime) -> tuple[PaperReason, ...]:
    """Why paper may be taken for it all the same; empty when it is taken as on any day.

    What forbade paper when it was filed still does, and so does today.
    """
    procedure = procedure_version(session, dossier.procedure_version_id, now=now)
    named: set[PaperReason] = set()
    for at in (dossier.received_at, now):
        policy = policy_for(
            session,
            dossier.office,
            procedure,
            channel=dossier.channel,
            applicant_kind=dossier.applicant_kind,
            at=at,
        )
        named |= set(policy.exceptions)
    return tuple(reason for reason in PaperReason if reason in named)


def record_exception(
    session: Session,
    dossier: Dossier,
    exception: PaperException,
    papers: Collection[str],
    *,
    keys: Keys,
    by: Actor,
    now: datetime,
) -> None:
    """``papers`` (keys of requirements that came as scans or electronically) stay here on paper after all.

    The first reason is the dossier's own; all stand in its events. Raises
    WrongStatus once it is decided, PaperIsTaken, NotOfThisUnit, HandoverOpen, or
    UnfinishedNotice for a reason that is not open, told too briefly, or for no
    such paper.
    """
    _must_be_open(session, dossier, by)
    reasons = reasons_for(session, dossier, now=now)
    if not reasons:
        raise PaperIsTaken
    content = content_of(dossier, keys)
    had = {key: content.documents.get(key, {}).get("how", "") for key in papers}
    if faults := _faults(exception, had, reasons):
        raise UnfinishedNotice(faults=faults)
    _turn(session, dossier, content, dict.fromkeys(had, "paper"), keys=keys, now=now)
    dossier.paper_reason = dossier.paper_reason or exception.reason
    facts = exception_facts(exception, list(had)) | {"had": had}
    record(session, dossier, "paper_exception", by=by, now=now, reason=tidy(exception.kept_text), facts=facts)


def withdraw_exception(
    session: Session, dossier: Dossier, *, reason: str, keys: Keys, by: Actor, now: datetime
) -> None:
    """The last exception was recorded by mistake: its papers are what they were; both events stay.

    Raises WrongStatus, NoException, NotOfThisUnit, HandoverOpen, or UnfinishedNotice without a reason.
    """
    _must_be_open(session, dossier, by)
    standing = standing_exceptions(session, dossier)
    if not standing:
        raise NoException
    if faults := text_faults("text", reason, longest=500):
        raise UnfinishedNotice(faults=faults)
    *earlier, last = standing
    had = last.facts.get("had") or dict.fromkeys(last.facts["papers"], "scan")
    _turn(session, dossier, content_of(dossier, keys), had, keys=keys, now=now)
    dossier.paper_reason = earlier[0].facts["code"] if earlier else ""
    facts: dict[str, object] = {
        "exception": last.id,
        "code": last.facts["code"],
        "papers": list(last.facts["papers"]),
    }
    record(session, dossier, "paper_exception_withdrawn", by=by, now=now, reason=tidy(reason), facts=facts)


def standing_exceptions(session: Session, dossier: Dossier) -> Sequence[Event]:
    """Those nobody took back, the oldest first."""
    kinds = ("paper_exception", "paper_exception_withdrawn")
    told = session.scalars(
        select(Event).where(Event.dossier_id == dossier.id, Event.kind.in_(kinds)).order_by(Event.id)
    ).all()
    gone = {one.facts["exception"] for one in told if one.kind == "paper_exception_withdrawn"}
    return [one for one in told if one.kind == "paper_exception" and one.id not in gone]


def _must_be_open(session: Session, dossier: Dossier, by: Actor) -> None:
    if dossier.status not in EXCEPTABLE:
        raise WrongStatus(now=dossier.status, then="paper_exception")
    must_be_here(session, dossier)
    must_receive_or_decide(session, dossier, by)


def _faults(
    exception: PaperException, had: dict[str, str], reasons: Collection[PaperReason]
) -> tuple[Fault, ...]:
    if not had:
        return (Fault("papers", "missing"),)
    if not NOT_ON_PAPER.issuperset(had.values()):
        return (Fault("papers", "bad_choice"),)
    if exception.reason not in reasons:
        return (Fault("reason", "bad_choice"),)
    return () if exception.is_told else (Fault("text", "too_short", {"min": 5}),)


def _turn(
    session: Session, dossier: Dossier, content: Content, hows: dict[str, str], *, keys: Keys, now: datetime
) -> None:
    """Those papers came so, and the sheets with them."""
    procedure: Procedure = procedure_version(session, dossier.procedure_version_id, now=now)
    changed = {key: {**content.documents.get(key, {}), "how": how} for key, how in hows.items()}
    documents = {**content.documents, **changed}
    seal_content(dossier, replace(content, documents=documents), keys)
    asked = forms.visible_requirements(procedure, content.answers)
    dossier.sheets_taken, dossier.sheets_saved = sheets(asked, documents, same_day=dossier.same_day)
    dossier.without_paper = not any(documents.get(one.key, {}).get("how") == "paper" for one in asked)

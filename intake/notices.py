"""What forms 02 to 05 say, fixed when they are issued, and their numbers in the year."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake import numbers
from intake.contents import content_of
from intake.events import Actor
from intake.keys import Keys
from intake.offices import civil_day
from intake.queries import procedure_version
from intake.records import Dossier, Notice
from intake.rules.form_sets import Form as Form
from intake.rules.form_sets import form_set_of
from intake.rules.people import masked_citizen_id, masked_phone
from intake.rules.refusals import NoSuchNotice

FACTS = "notice.facts"


@dataclass(frozen=True)
class NoticeItem:
    """One line of form 02: which paper or field, what is wrong with it, how many of each are asked for."""

    key: str
    name: str
    wrong: str
    originals: int = 0
    certified_copies: int = 0
    copies: int = 0


@dataclass(frozen=True)
class NoticeFacts:
    """All that a notice says; plain values, nothing is looked up later.

    Moments are aware. Words are Vietnamese, ready to print; "" or None leaves
    the line out. The number stands in the row of the notice.

    Source: the fields of forms 02 to 05, Thông tư 03/2025/TT-VPCP.
    """

    form: str
    form_set: str  # "tt03_2025" or "tt01_2018"
    office_name: str
    office_place: str
    agency_name: str
    hotline: str
    collect_at: str
    dossier_code: str
    procedure_name: str
    applicant_name: str
    citizen_id: str  # masked already
    address: str
    phone: str  # masked already
    email: str
    received_at: datetime
    due_at: datetime | None  # as first given
    deadline_at: datetime | None  # as moved since
    expected_at: datetime | None
    reason: str = ""  # its code in intake.rules.reasons
    reason_words: str = ""
    reason_text: str = ""
    legal_basis: str = ""
    stage: str = ""  # of a supplement: "intake" or "appraisal"
    items: tuple[NoticeItem, ...] = ()
    until: datetime | None = None  # a supplement's last moment; the new time of an apology
    guide_name: str = ""
    guide_phone: str = ""
    extensions_before: int = 0
    requested_by: str = ""  # who asked to stop
    requested_at: datetime | None = None
    proof_words: str = ""
    decision: str = ""  # number and date of a decision to stop
    status_before: str = ""  # the stage at which a dossier was stopped
    fees_words: str = ""
    returned_papers: tuple[str, ...] = ()
    officer_name: str = ""  # who wrote it
    signer_name: str = ""  # who issued it
    issued_at: datetime | None = None


_MOMENTS = ("received_at", "due_at", "deadline_at", "expected_at", "until", "requested_at", "issued_at")


def facts_for(
    session: Session, dossier: Dossier, form: Form, *, keys: Keys, by: Actor, now: datetime
) -> NoticeFacts:
    """What every notice about this dossier says; the verb adds its own with dataclasses.replace."""
    office, applicant = dossier.office, content_of(dossier, keys).applicant
    return NoticeFacts(
        form=form,
        form_set=form_set_of(civil_day(dossier.received_at), form),
        office_name=office.name,
        office_place=office.place,
        agency_name=office.agency_name,
        hotline=office.hotline,
        collect_at=office.collect_at,
        dossier_code=dossier.dossier_code,
        procedure_name=procedure_version(session, dossier.procedure_version_id, now=now).name,
        applicant_name=applicant.name,
        citizen_id=masked_citizen_id(applicant.citizen_id) if applicant.citizen_id else "",
        address=applicant.address,
        phone=masked_phone(applicant.phone) if applicant.phone else "",
        email=applicant.email,
        received_at=dossier.received_at,
        due_at=dossier.due_at,
        deadline_at=dossier.deadline_at,
        expected_at=dossier.expected_at,
        officer_name=by.name,
    )


def seal_notice(facts: NoticeFacts, keys: Keys) -> bytes:
    return keys.seal(json.dumps(asdict(facts), ensure_ascii=False, default=datetime.isoformat), FACTS)


def facts_of_notice(notice: Notice, keys: Keys) -> NoticeFacts:
    """The facts as they were sealed, moments aware; a field this release does not know is dropped."""
    data: dict[str, Any] = json.loads(keys.unseal(notice.facts_sealed, FACTS))
    known = {entry.name for entry in fields(NoticeFacts)}
    values = {name: value for name, value in data.items() if name in known}
    for name in _MOMENTS:
        values[name] = datetime.fromisoformat(values[name]) if values.get(name) else None
    values["items"] = tuple(NoticeItem(**item) for item in values.get("items", ()))
    values["returned_papers"] = tuple(values.get("returned_papers", ()))
    return NoticeFacts(**values)


def propose_notice(
    session: Session,
    dossier: Dossier,
    form: Form,
    facts: NoticeFacts,
    *,
    keys: Keys,
    by: Actor,
    now: datetime,
) -> Notice:
    """A notice without a number yet; ``stage`` and ``until`` are those of ``facts``."""
    if by.person_id is None:
        raise ValueError(f"no officer: {by.name}")
    notice = Notice(
        office_id=dossier.office_id,
        dossier_id=dossier.id,
        form=form,
        form_set=facts.form_set,
        state="proposed",
        stage=facts.stage,
        until=facts.until,
        facts_sealed=seal_notice(facts, keys),
        proposed_by=by.person_id,
        proposed_at=now,
    )
    session.add(notice)
    session.flush()
    return notice


def issue_notice(session: Session, notice: Notice, *, keys: Keys, by: Actor, now: datetime) -> Notice:
    """Number it, sign it with the name of who issues it, and fix what it says from now on."""
    today = civil_day(now)
    facts = replace(facts_of_notice(notice, keys), signer_name=by.name, issued_at=now)
    notice.facts_sealed = seal_notice(facts, keys)
    notice.state, notice.issued_by, notice.issued_at = "issued", by.person_id, now
    notice.year = today.year
    notice.number = numbers.next_of_year(session, notice.office_id, notice.form, day=today)
    session.flush()
    return notice


def withdraw_notice(session: Session, notice: Notice) -> None:
    """A proposed notice that is not issued after all: it never had a number."""
    notice.state = "withdrawn"
    session.flush()


def withdraw_all_proposed(session: Session, dossier: Dossier) -> list[int]:
    """The dossier is finished: what still awaited an approver is not issued any more. Returns their ids."""
    waiting = session.scalars(select(Notice).filter_by(dossier_id=dossier.id, state="proposed")).all()
    for notice in waiting:
        withdraw_notice(session, notice)
    return [notice.id for notice in waiting]


def proposed_notice(session: Session, dossier: Dossier, notice_id: int, form: Form) -> Notice:
    """The notice that awaits its approver; NoSuchNotice when there is none of that id."""
    found = session.scalar(
        select(Notice)
        .filter_by(id=notice_id, dossier_id=dossier.id, form=form, state="proposed")
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NoSuchNotice
    return found


def issued_count(session: Session, dossier: Dossier, form: Form, *, stage: str = "") -> int:
    """How many of these were issued about this dossier."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Notice)
            .filter_by(dossier_id=dossier.id, form=form, state="issued", stage=stage)
        )
        or 0
    )

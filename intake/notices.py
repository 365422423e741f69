"""What forms 02 to 05 say, fixed when they are issued, and their numbers in the year."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake import numbers
from intake.contents import content_of
from intake.events import Actor
from intake.keys import Keys
from intake.notice_facts import NoticeFacts as NoticeFacts
from intake.notice_facts import NoticeItem as NoticeItem
from intake.notice_facts import facts_of_notice as facts_of_notice
from intake.notice_facts import seal_notice as seal_notice
from intake.offices import civil_day
from intake.queries import procedure_version
from intake.records import Dossier, Notice
from intake.rules.form_sets import Form as Form
from intake.rules.form_sets import form_set_of
from intake.rules.people import masked_citizen_id, masked_phone
from intake.rules.refusals import NoSuchNotice


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
    """A notice without a number yet; ``stage`` and ``until`` are those of ``facts``.

    Nobody but an apology proposes itself.
    """
    if by.person_id is None and form is not Form.APOLOGY:
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

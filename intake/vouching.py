"""An officer says who somebody is who has neither card nor number: said once, with a reason, and kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from intake import assisting, events, visits
from intake.drafts import Applicant
from intake.events import Actor
from intake.keys import Keys
from intake.records import Visit
from intake.rules.refusals import NotAskedToVouch
from intake.rules.vouching import Vouched

CALL = "vouch"  # what a visit is called from that asks for it


def may_vouch(visit: Visit, *, is_known: bool) -> bool:
    """The citizen asked for it on the screen of their identity and has told nothing since."""
    return visit.called_from == CALL and not is_known


def applicant_of(vouched: Vouched, by: Actor) -> Applicant:
    """The person who files, by the word of ``by``; without a number."""
    return Applicant(
        name=vouched.name,
        citizen_id="",
        born=vouched.born,
        sex=vouched.sex,
        address=vouched.address,
        how="vouched",
        voucher=by.name,
        voucher_id=str(by.person_id or ""),
        vouched_why=vouched.in_words,
    )


def vouch(session: Session, visit: Visit, vouched: Vouched, *, by: Actor, keys: Keys, now: datetime) -> None:
    """Tell the kiosk who stands there; the citizen sees it and goes on, or asks anew.

    Raises HelpOver unless ``by`` helps with this visit, NotAskedToVouch, or VisitOver.
    """
    help = assisting.mine(session, visit, by)
    draft = visits.draft_of(visit, keys)
    if not may_vouch(visit, is_known=draft.applicant is not None):
        raise NotAskedToVouch
    visits.keep_draft(visit, replace(draft, applicant=applicant_of(vouched, by)), keys)
    visits.touch(visit, now=now)
    assisting.note_step(help, "identity")
    visit.helper_id = visit.helper_id or by.person_id
    facts: dict[str, object] = {"point": visit.point.code, "why": vouched.why}
    events.append(session, "vouched", by=by, now=now, office_id=visit.point.office_id, facts=facts)
    session.flush()

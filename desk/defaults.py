"""What stands in a form when it is opened: what an officer would type first, and what may be chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select

from intake import apologising, excepting, paying, supplementing
from intake.contents import content_of
from intake.db import db
from intake.dossier_view import DossierView
from intake.notice_facts import PROMISE
from intake.notices import facts_of_notice, issued_count
from intake.offices import calendar_of, civil_day
from intake.records import Dossier, Office, Unit
from intake.rules.calendar import VIETNAM, local
from intake.rules.form_sets import Form
from intake.rules.lifecycle import Payment
from intake.rules.offering import Act
from intake.rules.reasons import (
    AUTHORITIES,
    IDENTITY_PAPERS,
    LATE_REASONS,
    REFUSAL_REASONS,
    STOP_FEES,
    STOP_GROUNDS,
    STOP_PROOFS,
)
from intake.rules.text import short_date
from intake.rules.wording import DECLARED
from web import core, now
from web.staff import staff

First = tuple[Mapping[str, Any], Mapping[str, Any]]  # values of the fields, and what may be chosen
_BASES = 2  # of a procedure's legal bases: the first are its own law and its decree


def _supplement(opened: DossierView, office: Office) -> First:
    until = supplementing.usual_until(db.session(), office, now=now())
    first = {
        "item": [paper.key for paper in opened.missing],
        "until": _date(until),
        "legal_basis": _bases(opened),
        "guide_name": staff().name,
        "guide_phone": office.hotline,
    }
    names = supplementing.may_be_asked(db.session(), _dossier(opened), keys=core().keys, now=now())
    papers = {paper.key: paper for paper in opened.papers}
    declared = {key: name for key, name in names.items() if key in opened.declared or key in DECLARED}
    return first, {"papers": papers, "declared": declared}


def _receive_supplement(opened: DossierView, office: Office) -> First:
    return {}, {
        "asked": supplementing.open_request(db.session(), _dossier(opened), keys=core().keys, now=now())
    }


def _refuse(opened: DossierView, office: Office) -> First:
    return {"legal_basis": _bases(opened)}, {"reasons": REFUSAL_REASONS}


def _stop(opened: DossierView, office: Office) -> First:
    is_paid = opened.payment is Payment.PAID
    first = {
        "ground": "applicant_request",
        "asked_by": opened.applicant,
        "asked_on": _date(now()),
        "proof": "in_person",
        "fees": "refund" if is_paid else "none_paid",
        "returned": [paper.key for paper in opened.papers if paper.how == "paper"],
    }
    return first, {
        "grounds": STOP_GROUNDS,
        "proofs": STOP_PROOFS,
        "fees": STOP_FEES,
        "papers": [paper for paper in opened.papers if paper.how == "paper"],
    }


def _apology(opened: DossierView, office: Office) -> First:
    calendar = calendar_of(db.session(), office, now=now())
    holds = opened.expected_at if opened.is_for_today else opened.deadline_at
    after = max(filter(None, (holds, now())))
    until = calendar.ends(calendar.next_working_day(civil_day(after)))
    if opened.is_for_today and opened.deadline_at and after < opened.deadline_at:
        until = min(until, opened.deadline_at)
    first = {"until": _date(until), "until_time": f"{local(until):%H:%M}"}
    return first, {"reasons": LATE_REASONS, "holds": holds, **_extensions(opened, office)}


def _issue_apology(opened: DossierView, office: Office) -> First:
    proposed = apologising.open_proposal(db.session(), _dossier(opened))
    if proposed is None:
        return {}, {"facts": None}
    facts = facts_of_notice(proposed, core().keys)
    counted = _extensions(opened, office)
    if within := proposed.stage == PROMISE:
        counted["needs_override"] = False
    return {"notice": proposed.id}, {"facts": facts, "within": within, **counted}


def _extensions(opened: DossierView, office: Office) -> dict[str, Any]:
    """How often the dossier was extended already, and whether one more takes a manager's reason."""
    earlier = issued_count(db.session(), _dossier(opened), Form.APOLOGY)
    most = apologising.extensions_most(db.session(), office, now=now())
    return {"extended": earlier, "needs_override": earlier >= most}


def _hand_over(opened: DossierView, office: Office) -> First:
    units = db.session.scalars(select(Unit).filter_by(office_id=office.id, active=True).order_by(Unit.name))
    others = [(str(unit.id), unit.name) for unit in units if unit.id != opened.unit_id]
    only = others[0][0] if len(others) == 1 and opened.unit_id is None else ""
    return {"unit": only}, {"units": others, "front": opened.unit_id is not None}


def _ready(opened: DossierView, office: Office) -> First:
    kinds = ["paper", "electronic"] if opened.collection == "electronic" else ["paper"]
    return {"issued_on": _date(now()), "kind": kinds}, {}


def _return(opened: DossierView, office: Office) -> First:
    return {}, {"papers": IDENTITY_PAPERS, "authorities": AUTHORITIES}


def _pay(opened: DossierView, office: Office) -> First:
    return {"amount": f"{opened.fee:,}".replace(",", ".") if opened.fee else "", "how": "cash"}, {}


def _refund(opened: DossierView, office: Office) -> First:
    paid = paying.amount_paid(db.session(), _dossier(opened))
    return {"amount": f"{paid:,}".replace(",", ".") if paid else ""}, {}


def _collection(opened: DossierView, office: Office) -> First:
    chosen = content_of(_dossier(opened), core().keys).collection
    return {
        "how": chosen.how, "address": chosen.address, "phone": chosen.phone, "email": chosen.email
    }, {}  # fmt: skip


def _take_paper(opened: DossierView, office: Office) -> First:
    papers = [paper for paper in opened.papers if paper.how in excepting.NOT_ON_PAPER]
    return {"papers": [paper.key for paper in papers]}, {"papers": papers, "reasons": opened.paper_reasons}


def _nothing(opened: DossierView, office: Office) -> First:
    return {}, {}


FIRST: Mapping[Act, Callable[[DossierView, Office], First]] = {
    Act.SUPPLEMENT: _supplement,
    Act.RECEIVE_SUPPLEMENT: _receive_supplement,
    Act.REFUSE: _refuse,
    Act.STOP: _stop,
    Act.APOLOGY: _apology,
    Act.ISSUE_APOLOGY: _issue_apology,
    Act.HAND_OVER: _hand_over,
    Act.TAKE_PAPER: _take_paper,
    Act.DROP_EXCEPTION: _nothing,
    Act.DECLINE: _nothing,
    Act.READY: _ready,
    Act.RETURN: _return,
    Act.SEND_BY_POST: _nothing,
    Act.FAILED: _nothing,
    Act.PAY: _pay,
    Act.REFUND: _refund,
    Act.COLLECTION: _collection,
}


def _dossier(opened: DossierView) -> Dossier:
    return db.session.get_one(Dossier, opened.id)


def _bases(opened: DossierView) -> str:
    return "; ".join(opened.legal_bases[:_BASES])


def _date(moment: datetime) -> str:
    return short_date(local(moment).date())


def end_of(day: date, office: Office) -> datetime:
    """The close of that day's work; the end of the civil day when nobody works then."""
    calendar = calendar_of(db.session(), office, now=now())
    if calendar.is_working_day(day):
        return calendar.ends(day)
    return datetime.combine(day, time(23, 59), VIETNAM)

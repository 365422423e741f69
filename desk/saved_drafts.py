"""A draft that was put by at a kiosk or a phone, in the form of counter intake: nothing is told twice."""

from __future__ import annotations

from desk.intake_form import ANSWER, PAPER
from intake import saving
from intake.captures import files_of
from intake.db import db
from intake.drafts import Draft
from intake.rules.saved_codes import saved_code
from web import core, now
from web.staff import staff_office

CODE = "saved_code"  # the field it stands in


def opened(typed: str) -> Draft:
    """The draft of a code that was typed or scanned: a clerk sees the card, and needs no digits."""
    return saving.draft_of(db.session(), staff_office(), typed, keys=core().keys, now=now())


def typed_from(draft: Draft) -> dict[str, str]:
    """What the draft says, as if it had been typed here.

    The card that was read at the kiosk proves nothing at the counter: who files is
    seen again, so its number is told and the card is not. Nor does an exemption hold
    before its proof was seen: it is told as claimed.
    """
    told = {"procedure": draft.procedure_code, CODE: draft.saved_code, "collection": "counter_later"}
    told["claimed"] = draft.exemption
    if draft.applicant is not None:
        about = ("name", "citizen_id", "born", "phone", "address", "email")
        told |= {f"applicant.{name}": getattr(draft.applicant, name) for name in about}
    told |= {ANSWER + key: answer for key, answer in draft.answers.items()}
    for key, document in draft.documents.items():
        told |= {f"{PAPER}{key}.how": document["how"], f"{PAPER}{key}.reason": document.get("reason", "")}
    if draft.collection is not None:
        told["collection"] = draft.collection.how
        where = ("address", "phone", "email")
        told |= {f"collection.{name}": getattr(draft.collection, name) for name in where}
    return {key: value for key, value in told.items() if value}


def pages_of(attempt: str) -> dict[str, int]:
    """How many pages came with it, by paper."""
    pages: dict[str, int] = {}
    for file in files_of(db.session(), attempt) if attempt else ():
        pages[file.requirement_key] = pages.get(file.requirement_key, 0) + file.pages
    return pages


def spend(code: str) -> None:
    """A dossier was made of it. Raises NoSuchSavedDraft when somebody else was faster."""
    if saved_code(code):
        saving.spend(db.session(), staff_office(), code, keys=core().keys, now=now())

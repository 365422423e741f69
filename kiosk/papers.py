"""What is handed in, and how the result comes back: screens 5 and 6."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import Response, request

from intake.db import db
from intake.drafts import Collection
from intake.rules.asked import COLLECTED
from intake.rules.forms import HOWS, Fault, read_answer, visible_requirements
from intake.rules.procedures import Requirement
from kiosk import capturing
from kiosk.bp import bp
from kiosk.here import Here, aside, elsewhere, here, is_aside, onward, screen, staff_returns
from kiosk.steps import Place, Step
from kiosk.waiting import put_aside, waiting

DOCUMENTS = Place(Step.DOCUMENTS)
COLLECTION = Place(Step.COLLECTION)
DIGITAL = ("electronic", "scan")  # the ways of a day on which no paper is taken
OTHER = "other"  # the choice that opens the text for a reason of one's own
FIELDS = ("address", "phone", "email")
WAITING = "collection"


@bp.get("/documents")
def documents() -> Response:
    at = here()
    if (place := elsewhere(DOCUMENTS, at)) is not None:
        return place
    return _documents(at)


@bp.post("/documents")
def answer_documents() -> Response:
    at = here()
    if (place := elsewhere(DOCUMENTS, at)) is not None:
        return place
    asked = visible_requirements(at.chosen, at.draft.answers)
    answers = {paper.key: _document(paper) for paper in asked}
    takes_paper, pages = at.policy.paper, capturing.pages_by_paper(at)
    faults = tuple(
        fault for paper in asked for fault in _faults(paper, answers[paper.key], takes_paper, pages)
    )
    kept = {key: answer for key, answer in answers.items() if answer["how"]}
    at.keep(replace(at.draft, documents=kept, documents_done=not faults))
    db.session.commit()
    if is_aside():
        return aside(DOCUMENTS, at)
    way, _, key = request.form.get("go", "").partition(".")
    if key in answers and way in (*capturing.ways_of(at), capturing.PAGES):
        return capturing.begin(at, way, key)
    return _documents(at, faults) if faults else onward(DOCUMENTS, at)


def _documents(at: Here, faults: tuple[Fault, ...] = ()) -> Response:
    asked = visible_requirements(at.chosen, at.draft.answers)
    takes_paper, pages = at.policy.paper, capturing.pages_by_paper(at)
    documents = _known(asked, pages) | dict(at.draft.documents)
    return screen(
        "kiosk/documents.html",
        DOCUMENTS,
        at,
        422 if faults else 200,
        papers=asked,
        documents=documents,
        ways={paper.key: _ways(paper, documents.get(paper.key, {}), takes_paper, pages) for paper in asked},
        bringing=capturing.ways_of(at),
        pages=pages,
        paper_free=not takes_paper,
        returns=staff_returns(at.office, at.now),
        faults={fault.key: fault for fault in faults},
        OTHER=OTHER,
    )


def _known(asked: tuple[Requirement, ...], pages: Mapping[str, int]) -> dict[str, Mapping[str, str]]:
    """The first answer: pages that are here, or data of the State, which nobody should have to bring."""
    known = {"how": "state", "reason": ""}
    held: dict[str, Mapping[str, str]] = {paper.key: known for paper in asked if paper.held_by_state}
    return held | {paper.key: capturing.ATTACHED for paper in asked if paper.key in pages}


def _ways(
    paper: Requirement, answer: Mapping[str, str], takes_paper: bool, pages: Mapping[str, int]
) -> list[str]:
    """What may be answered today, in order, and what was answered while another day's ways held."""
    ways = [*(["state"] if paper.held_by_state else []), "electronic", "scan", "not_applicable"]
    if takes_paper:
        chosen = answer.get("how", "")
        ways = ["paper", *(way for way in ways if way not in DIGITAL or way == chosen)]
    return ["attached", *ways] if paper.key in pages else ways


def _document(paper: Requirement) -> dict[str, str]:
    how = request.form.get(f"{paper.key}.how", "")
    chosen = request.form.get(f"{paper.key}.reason", "")
    own = " ".join(request.form.get(f"{paper.key}.words", "").split())[:200]
    reason = chosen if chosen in paper.not_applicable_reasons else own
    return {"how": how if how in HOWS else "", "reason": reason if how == "not_applicable" else ""}


def _faults(
    paper: Requirement, answer: dict[str, str], takes_paper: bool, pages: Mapping[str, int]
) -> list[Fault]:
    """On screen every paper gets an answer, also one that is not always needed: silence is no answer."""
    if answer["how"] == "paper" and not takes_paper:
        return [Fault(paper.key, "paper_free")]
    if not answer["how"] or (answer["how"] == "not_applicable" and not answer["reason"]):
        return [Fault(paper.key, "missing")]
    if answer["how"] == "attached" and paper.key not in pages:
        return [Fault(paper.key, "missing")]
    return [Fault(paper.key, "bad_choice")] if answer["how"] == "state" and not paper.held_by_state else []


@bp.get("/collection")
def collection() -> Response:
    at = here()
    if (place := elsewhere(COLLECTION, at)) is not None:
        return place
    return _collection(at)


@bp.post("/collection")
def choose_collection() -> Response:
    at = here()
    if (place := elsewhere(COLLECTION, at)) is not None:
        return place
    how = request.form.get("how", "")
    asked = COLLECTED.get(how, ())
    read = {
        question.key: read_answer(question, request.form.get(question.key, ""), today=at.today)
        for question in asked
    }
    faults = tuple(answer for answer in read.values() if isinstance(answer, Fault))
    if how not in COLLECTED:
        faults = (Fault("how", "missing"),)
    chosen = None if faults else Collection(how=how, **{key: str(answer) for key, answer in read.items()})
    typed = {key: text for key, text in request.form.items() if key in ("how", *FIELDS)}
    at.keep(replace(at.draft, collection=chosen, answers=put_aside(at.draft.answers, WAITING, typed)))
    db.session.commit()
    if is_aside():
        return aside(COLLECTION, at)
    return _collection(at, faults) if faults else onward(COLLECTION, at)


def _collection(at: Here, faults: tuple[Fault, ...] = ()) -> Response:
    return screen(
        "kiosk/collection.html",
        COLLECTION,
        at,
        422 if faults else 200,
        values=_values(at),
        asked=COLLECTED,
        faults={fault.key: fault for fault in faults},
    )


def _values(at: Here) -> dict[str, str]:
    """What stands in the fields: what was typed here, else what we already know of the applicant."""
    known = {key: getattr(at.draft.applicant, key, "") for key in FIELDS}
    return {"how": ""} | known | waiting(at.draft.answers, WAITING)

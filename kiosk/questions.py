"""The procedure's own questions, one group a screen: prefilled, mended in place, never lost."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, jsonify, request

from intake.db import db
from intake.drafts import Draft
from intake.language import say
from intake.prefilling import fact_of, first_answers
from intake.queries import commune_codes, communes, old_units
from intake.rules.forms import Fault, kept_answers, read_group, shown_answer, visible_questions
from intake.rules.people import born_and_sex, read_citizen_card
from intake.rules.places import Commune, OldUnit, meant, named, suggested
from intake.rules.procedures import Group, Procedure, Question, QuestionKind
from intake.rules.refusals import UnreadableCard
from intake.rules.repeating import without_row
from kiosk.bp import bp
from kiosk.here import Here, address, aside, elsewhere, here, is_aside, onward, redirect_to, screen
from kiosk.steps import Place, Step, may_open
from web import now, part


@bp.get("/questions/<group>")
def questions(group: str) -> Response:
    at = here()
    place = Place(Step.QUESTIONS, group)
    if (other := elsewhere(place, at)) is not None:
        return other
    return _drawn(at, place)


@bp.post("/questions/<group>")
def answer(group: str) -> Response:
    at = here()
    place = Place(Step.QUESTIONS, group)
    if (other := elsewhere(place, at)) is not None:
        return other
    asked = _group(at.chosen, group)
    if asked.row and request.form.get("go") == "drop":
        return _without(asked, at)
    listed = communes(db.session(), now=at.now)
    scan = "" if is_aside() else "".join(request.form.getlist("scan")).strip()
    carded = _on_card(asked, scan)
    answers, faults = read_group(
        at.chosen,
        asked,
        _typed(asked, listed) | (carded or {}),
        at.draft.answers,
        today=at.today,
        communes=commune_codes(db.session(), now=at.now),
    )
    done = set(at.draft.groups_done) - {group} if faults else {*at.draft.groups_done, group}
    at.keep(replace(at.draft, answers=answers, groups_done=tuple(sorted(done))))
    db.session.commit()
    if is_aside():
        return aside(place, at)
    if carded is None:
        return _drawn(at, place, misread=True)
    if carded:
        return redirect_to(address(place, then=request.form.get("then", "")))
    if not faults:
        return onward(place, at)
    # An answer may bring up a question that was not on screen yet: ask it before blaming anybody.
    shown = request.form.get("shown", " ".join(fault.key for fault in faults)).split()
    return _drawn(at, place, tuple(fault for fault in faults if fault.key in shown))


def _without(group: Group, at: Here) -> Response:
    """«Bỏ người này»: the rows after it move up; where there are none, to the row before."""
    answers = without_row(at.chosen, group, at.draft.answers)
    at.keep(replace(at.draft, answers=answers))
    db.session.commit()
    place = Place(Step.QUESTIONS, group.key)
    if not may_open(place, at.procedure, at.draft):
        rows = at.chosen.groups
        place = Place(Step.QUESTIONS, rows[rows.index(group) - 1].key)
    return redirect_to(address(place, then=request.form.get("then", "")))


def _on_card(group: Group, scan: str) -> dict[str, str] | None:
    """What the card that was scanned answers on this screen, as it would be typed; None: nothing readable."""
    if not scan or not _takes_card(group):
        return {}
    try:
        card = read_citizen_card(scan)
    except UnreadableCard:
        return None
    facts = {
        "name": card.name,
        "born": card.born.isoformat() if card.born else "",
        "sex": card.sex or born_and_sex(card.citizen_id)[0],
        "citizen_id": card.citizen_id,
        "address": card.address,
    }
    return {one.key: facts[one.card] or "" for one in group.questions if facts.get(one.card)}


def _takes_card(group: Group) -> bool:
    return any(question.card for question in group.questions)


@bp.get("/communes")
def find_communes() -> Response:
    """Communes for what was typed so far, as cards to touch."""
    key = request.args.get("key", "")
    listed = communes(db.session(), now=now())
    words, province = request.args.get(f"{key}.words", ""), request.args.get(f"{key}.province", "")
    places = meant(listed, old_units(db.session(), now=now()), words, province)
    return part("kiosk/communes.html", key=key, places=places)


@bp.get("/places")
def suggest_places() -> Response:
    """Names of places for the end of an address, for the keyboard on the screen to offer."""
    words = request.args.get("words", "")[:80]
    listed = communes(db.session(), now=now())
    told = suggested(listed, old_units(db.session(), now=now()), words)
    return jsonify(
        places=[
            {"name": name, "was": was and say("{old} nay thuộc đây", old=was.partition(",")[0])}
            for name, was in told
        ]
    )


def _drawn(at: Here, place: Place, faults: tuple[Fault, ...] = (), *, misread: bool = False) -> Response:
    group = _group(at.chosen, place.group)
    answers = _with_first_answers(group, at)
    asked = [question for question in group.questions if question.kind is QuestionKind.COMMUNE]
    listed = communes(db.session(), now=at.now) if asked else ()
    old = old_units(db.session(), now=at.now) if asked else ()
    return screen(
        "kiosk/questions.html",
        place,
        at,
        422 if faults or misread else 200,
        group=group,
        misread=misread,
        takes_card=_takes_card(group),
        carried=not _was_seen(group, at.draft)
        and any(fact_of(one) in at.draft.known for one in group.questions),
        questions=_shown(at.chosen, group, answers),
        values={one.key: shown_answer(one, answers.get(one.key, "")) for one in group.questions},
        raw=answers,
        faults={fault.key: fault for fault in faults},
        provinces=sorted({province for _, _, province in listed}),
        places={one.key: _places(one, answers, listed, old) for one in asked},
    )


def _shown(procedure: Procedure, group: Group, answers: dict[str, str]) -> tuple[Question, ...]:
    here = {question.key: answers[question.key] for question in group.questions if question.key in answers}
    return visible_questions(group, kept_answers(procedure, answers) | here)


def _group(procedure: Procedure, key: str) -> Group:
    return next(group for group in procedure.groups if group.key == key)


def _with_first_answers(group: Group, at: Here) -> dict[str, str]:
    """The answers so far; on a screen never answered, first those the card knows."""
    if _was_seen(group, at.draft):
        return dict(at.draft.answers)
    return first_answers(group.questions, at.draft.applicant, at.draft.known) | dict(at.draft.answers)


def _was_seen(group: Group, draft: Draft) -> bool:
    return group.key in draft.groups_done or any(one.key in draft.answers for one in group.questions)


def _typed(group: Group, listed: tuple[Commune, ...]) -> dict[str, str]:
    """The posted form; a commune that was typed but not touched counts when only one bears the name."""
    raw = request.form.to_dict()
    for question in group.questions:
        if question.kind is QuestionKind.COMMUNE and not raw.get(question.key):
            words, province = raw.get(f"{question.key}.words", ""), raw.get(f"{question.key}.province", "")
            raw[question.key] = named(listed, words, province) or words
    return raw


def _places(
    question: Question, answers: dict[str, str], listed: tuple[Commune, ...], old: tuple[OldUnit, ...]
) -> tuple[tuple[Commune, str], ...]:
    """Cards to begin with: the commune already chosen, else what was typed may mean."""
    chosen = answers.get(question.key, "")
    if known := tuple((commune, "") for commune in listed if commune[0] == chosen):
        return known
    return meant(listed, old, chosen, request.form.get(f"{question.key}.province", ""))

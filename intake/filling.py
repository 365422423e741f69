"""What an officer fills in from the desk: laid before the citizen, who sees it and goes on themselves.

It waits sealed with the help until the kiosk takes it over. A field in which the
citizen wrote something else meanwhile keeps theirs; the officer's is offered.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from intake import assisting, events, visits
from intake.assisting import note_step, place_of
from intake.drafts import Draft
from intake.events import Actor
from intake.keys import Keys
from intake.offices import civil_day
from intake.policies import policy_for
from intake.queries import commune_codes, communes, procedure_of
from intake.records import Assistance, Visit
from intake.rules.answers import Fault, read_answer, shown_answer
from intake.rules.places import Commune, found, in_full, named
from intake.rules.procedures import QuestionKind
from intake.rules.refusals import NoConsent
from intake.step_fields import Field, fields_at, with_value

_FILLED = "assistance.filled"


@dataclass(frozen=True)
class Filled:
    """What an officer laid before the citizen of the screen ``place``, by field.

    ``fresh`` is not on the screen yet: the field as it stood, and the officer's.
    ``taken`` stand there. ``kept`` are the officer's where the citizen wrote something else.
    """

    place: str
    fresh: Mapping[str, tuple[str, str]]
    taken: tuple[str, ...]
    kept: Mapping[str, str]


@dataclass(frozen=True)
class Row:
    """A field as an officer sees it: whether it is answered and what is wrong, nothing personal.

    ``shown`` is the label of a choice, else "". ``fault`` is a code of faults.html without its facts,
    which might repeat what was typed; "" for none.
    """

    key: str
    label: str
    kind: QuestionKind
    required: bool
    answered: bool
    shown: str
    fault: str


@dataclass(frozen=True)
class StepSeen:
    """The screen somebody is at: ``procedure`` and ``group`` are titles, "" where there is none yet."""

    place: str
    procedure: str
    group: str
    rows: tuple[Row, ...]
    fields: tuple[Field, ...]  # only choices with their values, for a form
    is_known: bool  # they have said who they are


def step_seen(session: Session, visit: Visit, *, keys: Keys, now: datetime) -> StepSeen:
    """The citizen's screen, masked. Raises VisitOver when nothing is left of it."""
    draft, place = visits.draft_of(visit, keys), place_of(visit)
    procedure = procedure_of(session, draft, now=now) if draft.version_id else None
    key = place.partition(".")[2]
    title = next((group.title for group in procedure.groups if group.key == key), "") if procedure else ""
    fields = _fields(session, visit, draft, place, now)
    codes, today = commune_codes(session, now=now), civil_day(now)
    return StepSeen(
        place=place,
        procedure=procedure.title if procedure else "",
        group=title,
        rows=tuple(_row(field, today, codes) for field in fields),
        fields=tuple(field if field.is_choice else replace(field, value="") for field in fields),
        is_known=draft.applicant is not None,
    )


def fill(
    session: Session,
    visit: Visit,
    typed: Mapping[str, str],
    *,
    place: str,
    by: Actor,
    keys: Keys,
    now: datetime,
) -> tuple[Fault, ...]:
    """Lay what was typed at the desk before the citizen; faults, and then nothing is, of what cannot be read.

    Fields left empty are left alone. ``place`` is the screen the officer saw. Raises HelpOver, or NoConsent
    when the citizen has not agreed, took it back or is elsewhere.
    """
    help = assisting.mine(session, visit, by)
    if not assisting.may_fill(help, visit) or place != place_of(visit):
        raise NoConsent
    draft = visits.draft_of(visit, keys)
    fields = {field.key: field for field in _fields(session, visit, draft, place, now)}
    listed, today = communes(session, now=now), civil_day(now)
    read = {
        key: _read(field, typed[key], listed, today)
        for key, field in fields.items()
        if typed.get(key, "").strip()
    }
    faults = tuple(answer for answer in read.values() if isinstance(answer, Fault))
    changed = {key: str(answer) for key, answer in read.items() if answer != fields[key].value}
    if faults or not changed:
        return faults
    before = filled_of(help, place, keys)
    fresh = {**before.fresh, **{key: (fields[key].value, value) for key, value in changed.items()}}
    kept = {key: value for key, value in before.kept.items() if key not in changed}
    _keep(help, replace(before, fresh=fresh, kept=kept), keys)
    note_step(help, place)
    visit.helper_id = visit.helper_id or by.person_id
    visits.touch(visit, now=now)
    told: dict[str, object] = {"point": visit.point.code, "place": place, "fields": sorted(changed)}
    events.append(session, "help_filled", by=by, now=now, office_id=visit.point.office_id, facts=told)
    return ()


def take_over(session: Session, visit: Visit, draft: Draft, *, keys: Keys, now: datetime) -> Draft:
    """``draft`` with what an officer filled in on the screen at hand; without, when there is nothing."""
    help, place = assisting.at_desk(session, visit, held=True), place_of(visit)
    if help is None or not (filled := filled_of(help, place, keys)).fresh:
        return draft
    stands = {field.key: field.value for field in _fields(session, visit, draft, place, now)}
    taken, kept = set(filled.taken), dict(filled.kept)
    for key, (before, value) in filled.fresh.items():
        if stands.get(key, "") in ("", before, value):
            draft = with_value(draft, place, key, value)
            taken.add(key)
        else:
            kept[key] = value
            taken.discard(key)
    _keep(help, Filled(place, {}, tuple(sorted(taken)), kept), keys)
    return draft


def take_theirs(session: Session, visit: Visit, draft: Draft, *, keys: Keys) -> Draft:
    """``draft`` with the officer's words also where the citizen had written something else."""
    help, place = assisting.at_desk(session, visit, held=True), place_of(visit)
    if help is None:
        return draft
    filled = filled_of(help, place, keys)
    for key, value in filled.kept.items():
        draft = with_value(draft, place, key, value)
    _keep(help, replace(filled, taken=tuple(sorted({*filled.taken, *filled.kept})), kept={}), keys)
    return draft


def filled_of(help: Assistance, place: str, keys: Keys) -> Filled:
    """What was filled in on this screen; empty when nothing was, or on another one."""
    if help.filled_sealed is None:
        return Filled(place, {}, (), {})
    told = json.loads(keys.unseal(help.filled_sealed, _FILLED))
    if told["place"] != place:
        return Filled(place, {}, (), {})
    fresh = {key: (before, value) for key, (before, value) in told["fresh"].items()}
    return Filled(place, fresh, tuple(told["taken"]), told["kept"])


def in_words(
    session: Session, visit: Visit, draft: Draft, filled: Filled, *, now: datetime
) -> tuple[tuple[str, ...], dict[str, str]]:
    """For the citizen: the labels of what was filled in, and by label what the officer wrote otherwise."""
    listed = communes(session, now=now)
    questions = {one.key: one.question for one in _fields(session, visit, draft, filled.place, now)}
    kept = {
        questions[key].label: shown_answer(questions[key], value, lambda code: in_full(listed, code))
        for key, value in filled.kept.items()
        if key in questions
    }
    return tuple(questions[key].label for key in filled.taken if key in questions), kept


def label_of(session: Session, visit: Visit, draft: Draft, key: str, *, now: datetime) -> str:
    """What the field of this key is called on the citizen's screen; "" when it is not there."""
    fields = _fields(session, visit, draft, place_of(visit), now)
    return next((one.question.label for one in fields if one.key == key), "")


def _fields(session: Session, visit: Visit, draft: Draft, place: str, now: datetime) -> tuple[Field, ...]:
    if not draft.version_id:
        return ()
    procedure = procedure_of(session, draft, now=now)
    policy = policy_for(session, visit.point.office, procedure, channel="kiosk", at=now)
    return fields_at(place, draft, procedure, takes_paper=policy.paper)


def _row(field: Field, today: date, codes: frozenset[str]) -> Row:
    read = read_answer(field.question, field.value, today=today, communes=codes)
    return Row(
        key=field.key,
        label=field.question.label,
        kind=field.question.kind,
        required=field.question.required,
        answered=bool(field.value),
        shown=shown_answer(field.question, field.value) if field.is_choice and field.value else "",
        fault=read.code if isinstance(read, Fault) and field.value else "",
    )


def _read(field: Field, typed: str, listed: tuple[Commune, ...], today: date) -> str | Fault:
    text = typed.strip()
    if field.question.kind is QuestionKind.COMMUNE:
        meant = found(listed, text)
        text = meant[0][0] if len(meant) == 1 else named(listed, text) or text
    return read_answer(field.question, text, today=today, communes=frozenset(code for code, _, _ in listed))


def _keep(help: Assistance, filled: Filled, keys: Keys) -> None:
    help.filled_sealed = keys.seal(json.dumps(asdict(filled), ensure_ascii=False), _FILLED)

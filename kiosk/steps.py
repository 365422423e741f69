"""Which screen is next: a pure function of the procedure and the draft."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from intake.drafts import Draft
from intake.rules.fees import is_never_owed
from intake.rules.forms import kept_answers, visible_groups
from intake.rules.procedures import Condition, Group, Procedure


class Step(StrEnum):
    """The steps a citizen is told about, in order; FEE only where something may be owed."""

    PROCEDURES = "procedures"
    PREPARE = "prepare"
    IDENTITY = "identity"
    QUESTIONS = "questions"
    DOCUMENTS = "documents"
    COLLECTION = "collection"
    FEE = "fee"
    CHECK = "check"


@dataclass(frozen=True)
class Place:
    """One screen; ``group`` only with QUESTIONS, which has a screen for each group."""

    step: Step
    group: str = ""


FIRST = Place(Step.PROCEDURES)
CHECK = Place(Step.CHECK)
# Rough seconds a person spends on one screen, to say how long is left.
SECONDS: Mapping[Step, int] = {
    Step.PROCEDURES: 20,
    Step.PREPARE: 30,
    Step.IDENTITY: 30,
    Step.QUESTIONS: 45,
    Step.DOCUMENTS: 40,
    Step.COLLECTION: 15,
    Step.FEE: 15,
    Step.CHECK: 30,
}


@dataclass(frozen=True)
class Progress:
    """Step ``number`` of ``of``, screen ``part`` of ``parts`` in that step, about ``minutes`` left.

    ``minutes`` is 0 while nobody can know: before a procedure is chosen.
    """

    step: Step
    number: int
    of: int
    part: int
    parts: int
    minutes: int
    steps: tuple[Step, ...] = tuple(Step)


def places(procedure: Procedure, draft: Draft) -> tuple[Place, ...]:
    """Every screen of this journey, in order; the groups depend on the answers so far."""
    return tuple(_in_steps(visible_groups(procedure, draft.answers), free=draft.nothing_owed))


def _in_steps(groups: Iterable[Group], *, free: bool) -> Iterator[Place]:
    for step in Step:
        if step is Step.FEE and free:
            continue
        if step is Step.QUESTIONS:
            for group in groups:
                yield Place(step, group.key)
        else:
            yield Place(step)


def is_done(place: Place, draft: Draft) -> bool:
    """The citizen has finished with this screen. The check is finished only by submitting."""
    applicant = draft.applicant
    return {
        Step.PROCEDURES: bool(draft.procedure_code),
        Step.PREPARE: draft.prepared,
        # A card whose name was lost on the way still has to be given one.
        Step.IDENTITY: applicant is not None and bool(applicant.name),
        Step.QUESTIONS: place.group in draft.groups_done,
        Step.DOCUMENTS: draft.documents_done,
        Step.COLLECTION: draft.collection is not None,
        Step.FEE: draft.fee_done,
        Step.CHECK: False,
    }[place.step]


def first_open(procedure: Procedure | None, draft: Draft) -> Place:
    """The first screen still to be done: where somebody who jumped ahead is sent."""
    if procedure is None:
        return FIRST
    return next(place for place in places(procedure, draft) if not is_done(place, draft))


def may_open(place: Place, procedure: Procedure | None, draft: Draft) -> bool:
    """Every screen before this one is done, and it belongs to this journey."""
    if procedure is None:
        return place == FIRST
    journey = places(procedure, draft)
    if place not in journey:
        return False
    return all(is_done(earlier, draft) for earlier in journey[: journey.index(place)])


def after(place: Place, procedure: Procedure, draft: Draft, *, to_check: bool = False) -> Place:
    """The screen after ``place``.

    With ``to_check``, for a citizen who came from the check to mend one row:
    the next unfinished screen, which is the check when all is well.
    """
    if to_check:
        return first_open(procedure, draft)
    journey = places(procedure, draft)
    following = journey[journey.index(place) + 1] if place in journey else CHECK
    return following if may_open(following, procedure, draft) else first_open(procedure, draft)


def before(place: Place, procedure: Procedure | None, draft: Draft) -> Place:
    """The screen before ``place``; the first one has itself before it."""
    if procedure is None:
        return FIRST
    journey = places(procedure, draft)
    return journey[max(0, journey.index(place) - 1)] if place in journey else FIRST


def progress(place: Place, procedure: Procedure | None, draft: Draft) -> Progress:
    """What the line on top says. Screens that may still come are counted: what is left never grows."""
    journey = _at_most(procedure, draft) if procedure else ()
    steps = tuple(dict.fromkeys(one.step for one in journey)) or tuple(Step)
    siblings = [other for other in journey if other.step is place.step]
    here = journey.index(place) if place in journey else 0
    seconds = sum(SECONDS[later.step] for later in journey[here:])
    return Progress(
        step=place.step,
        number=steps.index(place.step) + 1 if place.step in steps else 1,
        of=len(steps),
        part=siblings.index(place) + 1 if place in siblings else 1,
        parts=len(siblings),
        minutes=max(1, round(seconds / 60)) if place in journey and place != FIRST else 0,
        steps=steps,
    )


def _at_most(procedure: Procedure, draft: Draft) -> tuple[Place, ...]:
    """Every screen of this journey, with the groups that answers still to be given may bring."""
    told, still_open = kept_answers(procedure, draft.answers), set[str]()

    def may_hold(conditions: Iterable[Condition]) -> bool:
        return all(one.question in still_open or told.get(one.question) in one.values for one in conditions)

    groups = []
    for group in procedure.groups:
        if may_hold(group.show_if) and any(may_hold(question.show_if) for question in group.questions):
            groups.append(group)
            if group.key not in draft.groups_done:
                still_open |= {question.key for question in group.questions}
    # An answer still to be given may be what is paid for, such as a number of copies.
    free = draft.nothing_owed and (is_never_owed(procedure) or not still_open)
    return tuple(_in_steps(groups, free=free))

"""Who had an item, and when: for whoever searches for one, and apart from the term of its dossier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from intake.post.steps import KINDS
from intake.records import Event, Manifest, ManifestLine, Person, PostalItem, PostalStep
from intake.rules.manifest_words import OUTCOMES, STEPS
from intake.rules.manifests import FIRST_EXTRA, span_words, with_post
from intake.rules.post import FAILURES, WITH_POST, Outcome, Step, Told


@dataclass(frozen=True)
class Had:
    """``words`` happened, ``holder`` had it from then on, ``who`` did it; "" for what is not known."""

    at: datetime
    words: str
    holder: str
    who: str
    step: Step | None = None  # None: a look at it, which moved nothing


@dataclass(frozen=True)
class PostalLeg:
    """One item of a dossier: "in", or a result "home". ``had`` is how long the post had it."""

    direction: str
    item_number: str
    point: str
    step: Step
    had: timedelta
    had_words: str
    is_with_post: bool
    journey: tuple[Had, ...]
    manifest: str  # the last list it was on, "" for none
    form_home: bool  # form 01 went back on paper


def legs_of(session: Session, dossier_id: int, *, now: datetime) -> tuple[PostalLeg, ...]:
    """All items of this dossier in the order in which they were taken; none where the post had no part."""
    items = session.scalars(
        select(PostalItem)
        .where(PostalItem.dossier_id == dossier_id)
        .options(joinedload(PostalItem.point))
        .order_by(PostalItem.taken_at, PostalItem.id)
    ).all()
    return tuple(_leg(session, item, now=now) for item in items)


def custody_of(session: Session, item: PostalItem) -> tuple[Had, ...]:
    """Its whole way so far: every step with whoever had it from then on, and every look at it."""
    actors = _actors(session, item)
    steps = _steps(session, item)
    return tuple(
        sorted(
            (*(_step(one, actors) for one in steps), *_looks(session, item)),
            key=lambda had: had.at,
        )
    )


def _leg(session: Session, item: PostalItem, *, now: datetime) -> PostalLeg:
    steps = _steps(session, item)
    told = [Told(Step(one.step), one.at, one.id, one.source.startswith("operator:")) for one in steps]
    had = with_post(told, now=now)
    actors = _actors(session, item)
    number = session.scalar(
        select(Manifest.number)
        .join(ManifestLine)
        .where(ManifestLine.item_id == item.id, ManifestLine.with_form.is_(False))
        .order_by(Manifest.id.desc())
        .limit(1)
    )
    return PostalLeg(
        direction=item.direction,
        item_number=item.item_number,
        point=item.point.name,
        step=Step(item.status),
        had=had,
        had_words=span_words(had),
        is_with_post=Step(item.status) in WITH_POST,
        journey=tuple(_step(one, actors) for one in steps),
        manifest=number or "",
        form_home=item.form_home,
    )


def _steps(session: Session, item: PostalItem) -> Sequence[PostalStep]:
    return session.scalars(
        select(PostalStep).filter_by(item_id=item.id).order_by(PostalStep.at, PostalStep.id)
    ).all()


def _step(one: PostalStep, actors: dict[tuple[str, datetime], str]) -> Had:
    step = Step(one.step)
    words = STEPS[step]
    if one.reason:
        words += f": {FAILURES.get(one.reason, one.reason)}"
    return Had(one.at, words, one.holder, actors.get((KINDS[step], one.told_at), ""), step)


def _actors(session: Session, item: PostalItem) -> dict[tuple[str, datetime], str]:
    """Who took each step, by its kind and the moment it was told."""
    rows = session.execute(select(Event.kind, Event.at, Event.actor).where(Event.item_id == item.id))
    return {(row.kind, row.at): row.actor for row in rows}


def _looks(session: Session, item: PostalItem) -> list[Had]:
    """What was found of it when a list was closed and scanned, whoever's list it was."""
    rows = session.execute(
        select(ManifestLine, Manifest, Person.name)
        .join(Manifest, Manifest.id == ManifestLine.manifest_id)
        .outerjoin(Person, Person.id == ManifestLine.scanned_by)
        .where(ManifestLine.item_id == item.id)
    )
    names = _closers(session, item)
    looks = []
    for line, manifest, scanner in rows:
        if manifest.closed_at is not None and line.position < FIRST_EXTRA:
            words = f"Chốt trong bảng kê {manifest.number}"
            looks.append(Had(manifest.closed_at, words, "", names.get(manifest.id, "")))
        if line.scanned_at is not None:
            words = f"Quét theo bảng kê {manifest.number}: {OUTCOMES[Outcome(line.outcome)].lower()}"
            looks.append(Had(line.scanned_at, words, "", scanner or ""))
        elif line.outcome == Outcome.MISSING and manifest.received_at is not None:
            looks.append(Had(manifest.received_at, f"Không có khi nhận bảng kê {manifest.number}", "", ""))
    return looks


def _closers(session: Session, item: PostalItem) -> dict[int, str]:
    rows = session.execute(
        select(Manifest.id, Person.name)
        .join(ManifestLine, ManifestLine.manifest_id == Manifest.id)
        .join(Person, Person.id == Manifest.closed_by)
        .where(ManifestLine.item_id == item.id)
    )
    return {row.id: row.name for row in rows}

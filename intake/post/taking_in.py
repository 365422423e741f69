"""Taking sealed dossiers at the post counter, or at the citizen's door: each once for its attempt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, and_, bindparam, insert, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from intake import outbox
from intake.events import Actor
from intake.keys import Keys
from intake.offices import civil_day
from intake.post import money
from intake.post.contents import Sent, masked_name, seal_sent
from intake.post.intakes import LONGEST_ATTEMPT, Intake, must_be_whole, read_number
from intake.post.number_blocks import ITEM_MARK, Own, next_number, own, receipt_payload
from intake.post.papers import LABEL, RECEIPT, SENDERS_SLIP, SLIP
from intake.post.steps import CLERK, KINDS
from intake.post.tariffs import Tariffs
from intake.queries import commune_codes, offer_of, procedure_version
from intake.records import AcceptancePoint, Event, PostalItem, PostalStep
from intake.rules.answers import Fault
from intake.rules.codes import ItemNumber, parse_item_number
from intake.rules.forms import sound_answers
from intake.rules.post import Step
from intake.rules.procedures import Procedure
from intake.rules.refusals import ForeignAttempt, ItemKnown, Refusal, UnfinishedDossier
from intake.saving import spend

_STEP = insert(cast(Table, PostalStep.__table__))
_EVENT = insert(cast(Table, Event.__table__))
_KNOWN = select(PostalItem.id, PostalItem.point_id, PostalItem.attempt, PostalItem.item_number).where(
    or_(
        PostalItem.attempt.in_(bindparam("attempts", expanding=True)),
        and_(
            PostalItem.office_id == bindparam("office"),
            PostalItem.item_number.in_(bindparam("numbers", expanding=True)),
        ),
    )
)


@dataclass(frozen=True)
class _Ready:
    """Nothing stands in its way any more: what will be written of one item."""

    intake: Intake
    procedure: Procedure
    item: PostalItem
    own: Own


def take_in(
    session: Session,
    intake: Intake,
    point: AcceptancePoint,
    *,
    keys: Keys,
    base_url: str,
    by: Actor,
    now: datetime,
) -> PostalItem:
    """The item in our books: numbered, counted, priced, paid, its receipt signed and its papers promised.

    One transaction of the caller's. The same attempt again gives the item of the
    first time. What was taken without a network is printed where it was taken,
    so nothing is promised for it; a device clock that runs ahead is not believed.
    Raises UnfinishedDossier with every fault, ItemKnown, NoTariff, NoNumbersLeft,
    ProcedureNotOffered, ForeignAttempt, NoSuchSavedDraft.
    """
    [taken] = take_in_many(session, [intake], point, keys=keys, base_url=base_url, by=by, now=now)
    if isinstance(taken, Refusal):
        raise taken
    return taken


def take_in_many(
    session: Session,
    intakes: Sequence[Intake],
    point: AcceptancePoint,
    *,
    keys: Keys,
    base_url: str,
    by: Actor,
    now: datetime,
) -> list[PostalItem | Refusal]:
    """The same for many at once; what is refused stands in its place and keeps none of the others.

    An attempt that is among them twice is one item.
    """
    _hold(session, point)
    taking = _Taking(session, intakes, point, keys, base_url, by, now)
    attempts: dict[str, Intake] = {}
    for intake in intakes:
        attempts.setdefault(intake.attempt, intake)
    try:
        with _put_back(session):
            found = {attempt: taking.looked_at(intake) for attempt, intake in attempts.items()}
            _write(session, [one for one in found.values() if isinstance(one, _Ready)], point, keys, by, now)
    except _Lost as lost:
        if len(intakes) == 1:
            return [ItemKnown(item_number=lost.item_number, item_id=None)]
        return [  # another post office was faster with one of the numbers: one by one
            take_in_many(session, [intake], point, keys=keys, base_url=base_url, by=by, now=now)[0]
            for intake in intakes
        ]
    return [
        one.item if isinstance(one, _Ready) else one for one in (found[intake.attempt] for intake in intakes)
    ]


class _Lost(Exception):
    """Another post office was faster with a number, by a moment."""

    def __init__(self, item_number: str) -> None:
        super().__init__(item_number)
        self.item_number = item_number


class _Taking:
    """What many intakes at one post office are held against: asked for once, whatever their number."""

    def __init__(
        self,
        session: Session,
        intakes: Sequence[Intake],
        point: AcceptancePoint,
        keys: Keys,
        base_url: str,
        by: Actor,
        now: datetime,
    ) -> None:
        self._session, self._point, self._keys = session, point, keys
        self._base_url, self._by, self._now = base_url, by, now
        self._tariffs = Tariffs(session, point.office)
        numbers = [number for one in intakes if (number := read_number(one.item_number))]
        self._own = own(session, point, numbers)
        self._by_attempt: dict[str, tuple[int, int]] = {}  # (item, post office)
        self._by_number: dict[str, tuple[int, int]] = {}
        self._learn([one.attempt for one in intakes], [number.text for number in numbers])

    def looked_at(self, intake: Intake) -> _Ready | PostalItem | Refusal:
        """Ready to be written, there already, or refused."""
        try:
            return self._known(intake) or self._ready(intake)
        except Refusal as refusal:
            return refusal

    def _known(self, intake: Intake) -> PostalItem | None:
        """The item of this attempt; raises ItemKnown when the number is another's."""
        if not 0 < len(intake.attempt) <= LONGEST_ATTEMPT:
            raise UnfinishedDossier(faults=(Fault("attempt", "missing"),))
        if known := self._by_attempt.get(intake.attempt):
            item_id, point_id = known
            if point_id != self._point.id:
                raise ForeignAttempt()
            return self._session.get_one(PostalItem, item_id)
        number = read_number(intake.item_number)
        if number and (holder := self._by_number.get(number.text)):
            is_ours = holder[1] == self._point.id
            raise ItemKnown(item_number=number.text, item_id=holder[0] if is_ours else None)
        return None

    def _ready(self, told: Intake) -> _Ready:
        taken_at = min(told.taken_at or self._now, self._now)
        day = civil_day(taken_at)
        procedure = procedure_version(self._session, told.version_id, now=self._now)
        offer_of(self._session, self._point.office, procedure.code, now=self._now)
        intake = must_be_whole(told, procedure, exemptions=self._tariffs.exempt(day, told.exemption))
        communes = commune_codes(self._session, now=self._now)
        answers = sound_answers(procedure, intake.answers, today=day, communes=communes)
        charge = self._tariffs.charge(
            day,
            zone=intake.zone,
            grams=intake.grams,
            wants_home=intake.wants_home,
            exemption=intake.exemption,
        )
        fee = self._tariffs.fee(day, procedure, answers=answers, exemption=intake.exemption)
        number = read_number(intake.item_number) or self._next_own()
        if intake.saved_code:
            spend(self._session, self._point.office, intake.saved_code, keys=self._keys, now=self._now)
        mine = self._own.get(number.text) or own(self._session, self._point, [number])[number.text]
        sent = Sent(intake.applicant, intake.documents, intake.collection, answers, self._base_url)
        item = PostalItem(
            office_id=self._point.office_id,
            point_id=self._point.id,
            direction="in",
            attempt=intake.attempt,
            item_number=number.text,
            is_s10=number.is_s10,
            procedure_version_id=intake.version_id,
            masked_name=masked_name(intake.applicant.name),
            content_sealed=seal_sent(sent, self._keys),
            receipt_payload=_payload(self._point, number.text, mine.since or taken_at, self._keys),
            seal_number=intake.seal_number,
            witnessed=intake.witnessed,
            grams=intake.grams,
            zone=intake.zone,
            wants_home=intake.wants_home,
            payer=intake.payer,
            exemption=intake.exemption,
            charge=charge,
            fee=fee,
            consent=intake.consent,
            taken_by=self._by.person_id,
            taken_at=taken_at,
            arrived_at=self._now,
            status=Step.ACCEPTED,
            status_at=taken_at,
        )
        self._by_number[number.text] = (0, self._point.id)  # twice among these is refused as well
        return _Ready(intake, procedure, item, mine)

    def _learn(self, attempts: Sequence[str], numbers: Sequence[str]) -> None:
        asked = {"attempts": attempts, "numbers": numbers, "office": self._point.office_id}
        for row in self._session.execute(_KNOWN, asked):
            self._by_attempt[row.attempt] = self._by_number[row.item_number] = (row.id, row.point_id)

    def _next_own(self) -> ItemNumber:
        """The next of our own that nobody has typed before it was given."""
        while True:  # ends: numbers run out
            number = parse_item_number(next_number(self._session, self._point))
            self._learn([], [number.text])
            if number.text not in self._by_number:
                return number


def _hold(session: Session, point: AcceptancePoint) -> None:
    """A second tap waits for the first; on SQLite only one writes anyway."""
    if session.get_bind().dialect.name != "sqlite":
        session.execute(select(AcceptancePoint.id).filter_by(id=point.id).with_for_update(key_share=True))


def _put_back(session: Session) -> AbstractContextManager[object]:
    """What is lost takes nothing along: the drafts and numbers it has used are there again.

    On SQLite only one writes, and has just looked.
    """
    return nullcontext() if session.get_bind().dialect.name == "sqlite" else session.begin_nested()


def _write(
    session: Session, ready: Sequence[_Ready], point: AcceptancePoint, keys: Keys, by: Actor, now: datetime
) -> None:
    """All of them; raises _Lost."""
    items = [one.item for one in ready]
    session.add_all(items)
    try:
        session.flush()
    except IntegrityError as cause:
        raise _Lost(items[0].item_number) from cause
    for item in items:
        if not item.receipt_payload:  # an operator's own number with signs that no receipt can carry
            item.receipt_payload = _payload(point, f"{ITEM_MARK}{item.id}", item.taken_at, keys)
    if not ready:
        return
    # What follows is only ever appended, so plain inserts do; they cost half.
    rows = session.connection()
    rows.execute(_STEP, [_first_step(item, point, by, now) for item in items])
    rows.execute(_EVENT, [_first_event(one, by, now) for one in ready])
    money.take_all(session, items, point, by=by, now=now)
    for one in ready:
        if one.intake.taken_at is None and point.printer_id is not None:
            for paper in _papers(one):
                outbox.promise(
                    session, item_id=one.item.id, item_paper=paper, printer_id=point.printer_id, now=now
                )


def _payload(point: AcceptancePoint, code: str, at: datetime, keys: Keys) -> str:
    """Signed as the device may have done already; "" for a code that no receipt can carry."""
    try:
        return receipt_payload(point.office, code, at=at, keys=keys)
    except ValueError:
        return ""


def _first_step(item: PostalItem, point: AcceptancePoint, by: Actor, now: datetime) -> Mapping[str, object]:
    return {
        "item_id": item.id,
        "step": Step.ACCEPTED,
        "at": item.taken_at,
        "told_at": now,
        "source": CLERK,
        "person_id": by.person_id,
        "holder": f"{point.name}, {by.name}",
        "place": point.name,
        "reason": "",
    }


def _first_event(one: _Ready, by: Actor, now: datetime) -> Mapping[str, object]:
    return {
        "office_id": one.item.office_id,
        "item_id": one.item.id,
        "at": now,
        "kind": KINDS[Step.ACCEPTED],
        "person_id": by.person_id,
        "actor": by.name,
        "device": by.device,
        "reason": "",
        "facts": _facts(one.item, one.intake, one.procedure),
    }


def _facts(item: PostalItem, intake: Intake, procedure: Procedure) -> dict[str, object]:
    return {
        "item_number": item.item_number,
        "procedure_code": procedure.code,
        "identity": intake.applicant.how,
        "contradictions": list(intake.applicant.contradictions),
        "documents": {key: told["how"] for key, told in intake.documents.items()},
        "grams": item.grams,
        "zone": item.zone,
        "wants_home": item.wants_home,
        "seal_number": item.seal_number,
        **({"consent": item.consent} if item.consent else {}),
        **({"exemption": item.exemption} if item.exemption else {}),
        **({"taken_at": item.taken_at.isoformat()} if intake.taken_at else {}),
    }


def _papers(one: _Ready) -> Iterator[str]:
    """A label only for numbers of our own; the slip is signed in two copies."""
    if one.own.is_own:
        yield LABEL
    yield from (RECEIPT, SLIP, SENDERS_SLIP)

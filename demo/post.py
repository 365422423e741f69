"""The public post of the demo: dossiers it took in, results it brought home, and what is under way now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain, repeat
from random import Random

from sqlalchemy import select

from demo.filing import answers_for, documents_for
from demo.lives import Life
from demo.people import an_applicant
from demo.stage import Stage
from intake.at_hand import dossier_at_hand_by_id
from intake.drafts import Collection, new_attempt
from intake.events import Actor
from intake.offices import civil_day
from intake.post import delivering, manifests, money, reconciling, sending
from intake.post.accepting_items import accept_item
from intake.post.contents import sent_of
from intake.post.intakes import Intake
from intake.post.operators import add_operator
from intake.post.steps import item_at_hand_by_id
from intake.post.taking_in import take_in
from intake.queries import offered, procedure_version
from intake.records import (
    AcceptancePoint,
    Dossier,
    ItemRange,
    Manifest,
    PostalExemption,
    PostalItem,
    PostalTariff,
)
from intake.rules.delivery_proof import Shown
from intake.rules.lifecycle import Delivery, Status
from intake.rules.manifests import State
from intake.rules.post import Step
from intake.rules.post_checklist import wanted
from intake.rules.post_consent import LATEST
from intake.rules.post_money import ACCOUNTS, NOTES
from intake.rules.procedures import Procedure
from intake.rules.refusals import NoSuchManifest

_SEED = 4500
HERE = "BD-07"  # where minh works
OPERATOR = "Hệ thống bưu chính (ví dụ)"
EXAMPLE = "Ví dụ của bản dùng thử, không phải giá của bưu điện"
# Đồng up to 100, 250 and 500 grams, and for each further 500.
PRICES = {"local": (18_000, 21_000, 24_000, 4_000), "national": (28_000, 33_000, 39_000, 9_000)}
STEPS = ((100, False), (250, False), (500, False), (500, True))
EXEMPTIONS = (
    ("nguoi-co-cong", "Người có công với cách mạng", "charge", 100),
    ("nguoi-co-cong", "Người có công với cách mạng", "fee", 100),
    ("ho-ngheo", "Hộ nghèo, hộ cận nghèo", "charge", 50),
    ("khuyet-tat", "Người khuyết tật", "charge", 50),
)
NUMBERS = 10_000  # of its own for every post office
WANTED = ("1.001193", "2.000635", "1.000656", "2.000635", "1.004873", "1.001193")
A_DAY = 2  # items taken on a day that is over,
LAST_DAY = 6  # and on the one whose list still waits
LASTS = timedelta(minutes=60)  # how long of a day must have passed before its list lies at the office
SIGNATURE = "M60 150L84 92L104 148L128 96L150 150M170 120L196 108L214 138L240 104L268 140L300 100L352 132"
# What becomes of its dossiers, the last first.
FATES_OF_POST = ("unseen", "lacks", *["smooth"] * 20)
# What becomes of results at the door, in turn; whoever comes later is at home.
AT_THE_DOOR = ("wrong_address", "signed", "code", "not_home", *["signed"] * 3)


@dataclass
class Rounds:
    """What minh and the officers do with the post; ``hard`` is the item nobody can deliver."""

    stage: Stage
    point: AcceptancePoint
    minh: Actor
    hoa: Actor
    hard: int | None = None
    fates: Iterator[str] = field(default_factory=lambda: chain(AT_THE_DOOR, repeat("signed")))

    def plan(self, openings: Sequence[datetime]) -> None:
        """Of the days that are over a whole round each; of the last one a list that waits."""
        lived = [opens for opens in openings if opens + LASTS <= self.stage.now]
        for opens in lived[:-1]:
            self._plan_items(opens, A_DAY, every=20)
            self._at(opens, 150, self.sends_list)
            # What came on the day before the last still waits to be accepted.
            self._at(opens, 195, self.receives_only if opens in lived[-2:] else self.receives_list)
            self._at(opens, 535, self.closes_till)
        for opens in lived[:-3]:  # then nobody packs for two days, so that more is under way now
            self._at(opens, 90, self.packs)
            self._at(opens, 170, self.fetches)
            self._at(opens, 185, self.goes_out)
            self._at(opens, 330, self.is_at_the_door)
            self._at(opens, 400, self.goes_out)  # whoever was not at home is tried once more
            self._at(opens, 470, self.is_at_the_door)
        for opens in lived[-1:]:
            self._plan_last(opens)

    def _plan_last(self, opens: datetime) -> None:
        """Early and fast: whoever founds the demo in the morning finds it, too."""
        self._plan_items(opens, LAST_DAY, every=5)
        self._at(opens, 10, self.packs)
        self._at(opens, 28, self.fetches)
        self._at(opens, 38, self.sends_list)
        self._at(opens, 40, self.goes_out)
        self._at(opens, 44, self.takes_one_more)
        self._at(opens, 52, self.has_begun)
        self._at(opens, 56, self.begins_to_receive)
        self._at(opens, 535, self.closes_till)

    def _plan_items(self, opens: datetime, count: int, *, every: int) -> None:
        for number in range(count):
            self._at(opens, 4 + every * number, self.takes)

    def _at(self, opens: datetime, minutes: int, happens: object) -> None:
        self.stage.at(opens + timedelta(minutes=minutes), happens)  # type: ignore[arg-type]

    def takes(self, moment: datetime) -> None:
        """Somebody brings a dossier to the counter."""
        stage, dice = self.stage, self.stage.dice
        offers = {
            offer.code: offer.version_id for offer in offered(stage.session, stage.office, now=stage.now)
        }
        version_id = offers[dice.choice([code for code in WANTED if code in offers])]
        procedure = procedure_version(stage.session, version_id, now=stage.now)
        lan = an_applicant(dice, civil_day(moment))
        answers = answers_for(procedure, lan, dice=dice, today=civil_day(moment))
        comes_home = dice.random() < 0.75
        home = Collection("post", lan.address, lan.phone)
        take_in(
            stage.session,
            Intake(
                attempt=new_attempt(),
                item_number="",
                version_id=version_id,
                applicant=lan,
                documents=_counted(procedure, answers),
                collection=home if comes_home else Collection("counter_later"),
                seal_number=f"NP{dice.randrange(10**6):06d}",
                witnessed=True,
                grams=dice.choice((60, 85, 120, 180, 240, 320)),
                zone="local",
                exemption=dice.choice(("",) * 7 + ("ho-ngheo",)),
                consent=LATEST if comes_home else "",
                answers=answers,
            ),
            self.point,
            keys=stage.keys,
            base_url=stage.base_url,
            by=self.minh,
            now=moment,
        )

    def takes_one_more(self, moment: datetime) -> None:
        """After the list was closed; it goes into the bag all the same."""
        self.takes(moment)

    def sends_list(self, moment: datetime) -> None:
        session = self.stage.session
        manifest = manifests.open_manifest(session, self.point, "in", by=self.minh, now=moment)
        gone_back = [self.hard] if self._must_go_back(moment) else []
        for item in [*self._items("in", Step.ACCEPTED), *(self._item(one) for one in gone_back if one)]:
            manifests.add_item(session, manifest, item.item_number, by=self.minh, now=moment)
        seal = f"CH{self.stage.dice.randrange(10**6):06d}"
        manifests.close(
            session, manifest, bag_number=f"T{moment:%d%m}-1", bag_seal=seal, by=self.minh, now=moment
        )

    def receives_list(self, moment: datetime) -> None:
        """Everything is there; every item becomes a dossier, and lives on."""
        self.receives_only(moment)
        self.stage.at(moment + timedelta(minutes=6), self.accepts)

    def receives_only(self, moment: datetime) -> None:
        stage = self.stage
        manifest = self._waiting("in")
        for line in list(manifest.lines):
            reconciling.scan_in(stage.session, manifest, line.item_number, by=self.hoa, now=moment)
        reconciling.receive(stage.session, manifest, fee_counted=manifest.fee_listed, by=self.hoa, now=moment)
        reconciling.agree(stage.session, manifest, by=self.minh, now=moment + timedelta(minutes=4))

    def accepts(self, moment: datetime) -> None:
        stage = self.stage
        for item in self._items("in", Step.HANDED_OVER):
            if item.dossier_id is not None:
                continue
            dossier = accept_item(
                stage.session,
                item_at_hand_by_id(stage.session, stage.office, item.id),
                keys=stage.keys,
                base_url=stage.base_url,
                by=self.hoa,
                now=moment,
            )
            applicant = sent_of(item, stage.keys).applicant
            code = item.procedure_version.procedure_code
            Life(stage, dossier.id, code, applicant, self.hoa).begins(dossier, moment, checked=False)

    def begins_to_receive(self, moment: datetime) -> None:
        """All of today's list but one, and one that is on no list: whoever looks goes on from here."""
        session, manifest = self.stage.session, self._waiting("in")
        *here, _missing = [line.item_number for line in manifest.lines]
        extra = [item.item_number for item in self._items("in", Step.ACCEPTED)]
        for number in (*here, *extra):
            reconciling.scan_in(session, manifest, number, by=self.hoa, now=moment)

    def packs(self, moment: datetime) -> None:
        """Results that are to be sent go into envelopes and onto a list for the post."""
        stage = self.stage
        session = stage.session
        found = select(Dossier.id).where(
            Dossier.office_id == stage.office.id,
            Dossier.status == Status.RESULT_READY,
            Dossier.collection == "post",
            Dossier.delivery_status == Delivery.TO_SEND,
            Dossier.received_at < moment,
        )
        packed = [self._packed(dossier_id, moment) for dossier_id in session.scalars(found).all()]
        manifest = manifests.open_manifest(session, self.point, "home", by=self.hoa, now=moment)
        for item in packed:
            manifests.add_item(session, manifest, item.item_number, by=self.hoa, now=moment)
        for item in manifests.forms_to_send(session, self.point)[:1]:  # the others had it electronically
            manifests.add_form(session, manifest, item, by=self.hoa, now=moment)
        manifests.close(session, manifest, by=self.hoa, now=moment)

    def _packed(self, dossier_id: int, moment: datetime) -> PostalItem:
        stage = self.stage
        dossier = dossier_at_hand_by_id(stage.session, stage.office, dossier_id, by=self.hoa, now=moment)
        item = sending.pack(
            stage.session,
            dossier,
            self.point,
            grams=60,
            zone="local",
            seal_number=f"KQ{stage.dice.randrange(10**6):06d}",
            keys=stage.keys,
            by=self.hoa,
            now=moment,
        )
        dossier.held_by = dossier.held_until = None
        return item

    def fetches(self, moment: datetime) -> None:
        session, manifest = self.stage.session, self._waiting("home")
        for line in list(manifest.lines):
            reconciling.scan_in(session, manifest, line.item_number, by=self.minh, now=moment)
        reconciling.receive(session, manifest, by=self.minh, now=moment)
        reconciling.agree(session, manifest, by=self.hoa, now=moment + timedelta(minutes=3))

    def goes_out(self, moment: datetime) -> None:
        for item in (*self._items("home", Step.PICKED_UP), *self._items("home", Step.FAILED)):
            at_hand = self._item(item.id)
            if not delivering.must_go_back(self.stage.session, at_hand, now=moment):
                delivering.go_out(self.stage.session, at_hand, by=self.minh, now=moment)

    def has_begun(self, moment: datetime) -> None:
        """One of the round was not at home, one has it, the others are on their way."""
        for fate, item in zip(("not_home", "signed"), self._items("home", Step.OUT)[1:], strict=False):
            self._brings(self._item(item.id), fate, moment)

    def is_at_the_door(self, moment: datetime) -> None:
        for number, item in enumerate(self._items("home", Step.OUT)):
            fate = "wrong_address" if item.id == self.hard else next(self.fates)
            self._brings(self._item(item.id), fate, moment + timedelta(minutes=9 * number))

    def _brings(self, item: PostalItem, fate: str, moment: datetime) -> None:
        stage = self.stage
        if fate in ("not_home", "wrong_address"):
            self.hard = item.id if fate == "wrong_address" and self.hard is None else self.hard
            delivering.fail(stage.session, item, fate, by=self.minh, now=moment)
            return
        code = delivering.delivery_code(stage.keys, item) if fate == "code" else ""
        shown = Shown("citizen_card", signature="" if code else SIGNATURE, code=code)
        delivering.deliver(stage.session, item, shown, keys=stage.keys, by=self.minh, now=moment)

    def closes_till(self, moment: datetime) -> None:
        shift = money.shift_of(self.stage.session, self.point, self.minh.person_id or 0)
        if shift is None:
            return
        sums = money.sums_of(self.stage.session, shift)
        notes = {account: _in_notes(sums[account].amount) for account in ACCOUNTS}
        money.close_shift(self.stage.session, shift, notes, by=self.minh, now=moment)

    def _must_go_back(self, moment: datetime) -> bool:
        if self.hard is None:
            return False
        item = self._item(self.hard)
        return item.status == Step.FAILED and delivering.must_go_back(self.stage.session, item, now=moment)

    def _item(self, item_id: int) -> PostalItem:
        return item_at_hand_by_id(self.stage.session, self.stage.office, item_id)

    def _items(self, direction: str, step: Step) -> Sequence[PostalItem]:
        known = select(PostalItem).filter_by(point_id=self.point.id, direction=direction, status=step)
        return self.stage.session.scalars(known.order_by(PostalItem.id)).all()

    def _waiting(self, direction: str) -> Manifest:
        """The list that was closed and lies on the other side now; NoSuchManifest when there is none."""
        closed = select(Manifest).filter_by(point_id=self.point.id, direction=direction, state=State.CLOSED)
        found = self.stage.session.scalar(closed.order_by(Manifest.id.desc()).limit(1))
        if found is None:
            raise NoSuchManifest
        return found


def set_up(stage: Stage) -> Rounds | None:
    """Prices, exemptions, numbers, an operator, all of them examples; None in an office without a post."""
    session, office = stage.session, stage.office
    points = session.scalars(select(AcceptancePoint).filter_by(office_id=office.id, kind="post", active=True))
    posts = {point.code: point for point in points}
    if HERE not in posts:
        return None
    since = civil_day(stage.now).replace(month=1, day=1)
    for zone, prices in PRICES.items():
        for (grams, is_further), price in zip(STEPS, prices, strict=True):
            session.add(
                PostalTariff(
                    office_id=office.id,
                    zone=zone,
                    grams=grams,
                    is_further=is_further,
                    price=price,
                    valid_from=since,
                    instrument=EXAMPLE,
                )
            )
    for code, words, account, percent in EXEMPTIONS:
        session.add(
            PostalExemption(
                office_id=office.id,
                code=code,
                words=words,
                account=account,
                percent=percent,
                valid_from=since,
                instrument=EXAMPLE,
            )
        )
    for place, point in enumerate(posts.values(), 1):
        first = 26_000_000 + place * NUMBERS
        session.add(
            ItemRange(
                office_id=office.id,
                point_id=point.id,
                service="RH",
                first_serial=first,
                last_serial=first + NUMBERS - 1,
                next_serial=first,
            )
        )
    session.flush()
    before = stage.now - timedelta(days=30)
    add_operator(session, office, OPERATOR, by=stage.people["thu"], now=before)
    minh = replace(stage.people["minh"], device=HERE)
    return Rounds(_beside(stage), posts[HERE], minh, stage.people["hoa"])


def _beside(stage: Stage) -> Stage:
    """The same office and time with dice of its own: what the post does shifts nothing of the week."""
    other = copy(stage)
    other.dice, other._fates = Random(_SEED), [*FATES_OF_POST]
    return other


def _counted(procedure: Procedure, answers: dict[str, str]) -> dict[str, dict[str, str]]:
    """The papers as the clerk counted them: all that the list asks for."""
    papers = {paper.key: paper for paper in procedure.requirements}
    told = documents_for(procedure, answers)
    return {
        key: one | {kind: str(count) for kind, count in wanted(papers[key]).items()}
        if one["how"] == "paper"
        else one
        for key, one in told.items()
    }


def _in_notes(amount: int) -> dict[int, int]:
    """The fewest notes that make it up."""
    notes = {}
    for note in NOTES:
        notes[note], amount = divmod(amount, note)
    return {note: count for note, count in notes.items() if count}

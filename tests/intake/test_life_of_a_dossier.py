"""Any officers doing anything in any order: what is true of a dossier stays true."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import ColumnElement, ScalarSelect, bindparam, func, select

from build import FRIDAY, an_application
from conftest import House, offer
from intake import (
    apologising,
    at_hand,
    checking,
    handing_over,
    holding,
    paying,
    refusing,
    returning,
    stopping,
    supplementing,
)
from intake.accepting import accept
from intake.db import db
from intake.drafts import Collection
from intake.events import Actor, citizen
from intake.offices import point_of
from intake.records import Dossier, Event, Handover, Notice, Unit
from intake.rules.calendar import WorkCalendar
from intake.rules.clock import is_working_moment
from intake.rules.lifecycle import NEXT, NEXT_PAYMENT, OPEN, Delivery, Payment, Status
from intake.rules.reasons import RefusalReason
from intake.rules.refusals import Refusal
from intake.rules.rights import Role
from lifeway import a_refusal, a_request, a_stop, an_actor, an_apology, lan_herself

WAYS = (
    Collection("counter_later"),
    Collection("post", address="Tổ 3"),
    Collection("electronic", email="lan@vidu.vn"),
)
ITEMS = (
    supplementing.SupplementItem("form", "Chưa ký"),
    supplementing.SupplementItem("who", "Khác thẻ căn cước"),
)


def counted(kind: type, *when: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).where(kind.dossier_id == bindparam("dossier"), *when).scalar_subquery()


ROW = select(
    *Dossier.__table__.c,
    counted(Event).label("event"),
    counted(Event, Event.kind.in_(("refused", "stopped", "returned"))).label("ends"),
    counted(Notice).label("notice"),
    counted(Handover, Handover.closed_at.is_(None)).label("handover"),
    counted(Handover).label("handovers"),
).where(Dossier.id == bindparam("dossier"))


class LifeOfADossier(RuleBasedStateMachine):
    """One dossier, three officers, a clock that only goes forward; refusals are answers."""

    def __init__(self, house: House, officers: tuple[Actor, ...], units: tuple[int | None, ...]) -> None:
        super().__init__()
        self.house, self.officers, self.units = house, officers, units
        self.session = db.session()
        self.now = FRIDAY

    def teardown(self) -> None:
        self.session.rollback()

    @initialize(way=st.sampled_from(WAYS))
    def received(self, way: Collection) -> None:
        point = point_of(self.session, "K1")
        assert point is not None
        version = self.session.info["version"]
        self.office = point.office
        self.dossier = accept(
            self.session,
            an_application(version, collection=way),
            point,
            keys=self.house.keys,
            base_url="http://x",
            by=citizen("K1"),
            now=self.now,
        )
        self.given = self.dossier.due_at, self.dossier.promised_at
        self.seen = self.snapshot()

    def snapshot(self) -> dict[str, Any]:
        """The row and how many of each thing there are, in one statement."""
        self.session.flush()
        return dict(self.session.execute(ROW, {"dossier": self.dossier.id}).mappings().one())

    def act(self, who: int, act: Callable[..., object], *args: object, **more: object) -> None:
        """Do it; whatever is refused has changed nothing, whatever is done has left an event."""
        by = self.officers[who]
        before = self.seen
        try:
            dossier = at_hand.dossier_at_hand(
                self.session, self.office, self.dossier.dossier_code, by=by, now=self.now
            )
            act(self.session, dossier, *args, by=by, now=self.now, **more)
        except Refusal:
            assert self.snapshot() == before
            return
        after = self.seen = self.snapshot()
        assert after["event"] > before["event"]
        follows(NEXT, Status, before, after, "status")
        follows(NEXT_PAYMENT, Payment, before, after, "payment_status")
        if before["deadline_at"] is not None:
            assert after["deadline_at"] >= before["deadline_at"]

    who = st.integers(0, 2)

    @rule(minutes=st.sampled_from((1, 14, 60, 600, 1440, 4320)))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(who=who)
    def take(self, who: int) -> None:
        code = self.dossier.dossier_code
        try:
            holding.take(self.session, self.office, code, by=self.officers[who], now=self.now)
        except Refusal:
            return
        self.seen = self.snapshot()
        assert self.dossier.held_by == self.officers[who].person_id
        assert self.dossier.held_until > self.now

    @rule(who=who)
    def check(self, who: int) -> None:
        self.act(who, checking.check_in)

    @rule(who=who, items=st.sampled_from((ITEMS, ITEMS[:1])))
    def ask(self, who: int, items: tuple[supplementing.SupplementItem, ...]) -> None:
        self.act(
            who, supplementing.request_supplement, a_request(items=items, until=None), keys=self.house.keys
        )

    @precondition(lambda self: self.dossier.status == Status.AWAITING_SUPPLEMENT)
    @rule(who=who, brought=st.sampled_from((("form",), ("who",), ("form", "who"))))
    def bring(self, who: int, brought: tuple[str, ...]) -> None:
        self.act(who, supplementing.receive_supplement, brought, keys=self.house.keys)

    @rule()
    def go_on(self) -> None:
        """What comes next on the ordinary way, by the manager: or most lives would not get far."""
        steps: dict[str, Callable[[int], None]] = {
            Status.RECEIVED: self.check,
            Status.IN_PROGRESS: self.decide,
            Status.AWAITING_SUPPLEMENT: lambda who: self.bring(who, ("form", "who")),
            Status.RESULT_READY: self.collect if self.dossier.collection == "counter_later" else self.send,
        }
        if step := steps.get(self.dossier.status):
            step(2)

    @precondition(lambda self: self.now > FRIDAY + timedelta(days=1))  # or most lives end at once
    @rule(who=who, reason=st.sampled_from(list(RefusalReason)))
    def refuse(self, who: int, reason: RefusalReason) -> None:
        self.act(who, refusing.refuse, a_refusal(reason=reason), keys=self.house.keys)

    @precondition(lambda self: self.now > FRIDAY + timedelta(days=1))
    @rule(who=who)
    def stop(self, who: int) -> None:
        fees = "refund" if self.dossier.payment_status == Payment.PAID else "none_paid"
        self.act(who, stopping.stop, a_stop(fees=fees), keys=self.house.keys)

    @rule(who=who, unit=st.integers(0, 1))
    def give(self, who: int, unit: int) -> None:
        self.act(who, handing_over.give, self.units[unit])

    @rule(who=who, end=st.sampled_from((handing_over.confirm, handing_over.decline, handing_over.withdraw)))
    def settle(self, who: int, end: Callable[..., object]) -> None:
        more = {} if end is handing_over.confirm else {"reason": "Không phải việc của phòng"}
        self.act(who, end, **more)

    @rule(who=who)
    def apologise(self, who: int) -> None:
        until = self.now + timedelta(days=7)
        while not is_working_moment(until, WorkCalendar()):
            until += timedelta(hours=1)
        asked = an_apology(until=until)
        self.act(who, apologising.propose, asked, keys=self.house.keys)

    @rule(who=who, override=st.sampled_from(("", "Chờ kết quả giám định")))
    def issue(self, who: int, override: str) -> None:
        proposal = apologising.open_proposal(self.session, self.dossier)
        number = proposal.id if proposal else 0
        self.act(who, apologising.issue, number, override_reason=override, keys=self.house.keys)

    @rule(who=who)
    def decide(self, who: int) -> None:
        self.act(who, returning.result_ready)

    @rule(who=who)
    def collect(self, who: int) -> None:
        self.act(who, returning.return_at_counter, lan_herself(self.dossier), keys=self.house.keys)

    @rule(who=who)
    def send(self, who: int) -> None:
        if self.dossier.collection == "post":
            self.act(who, returning.send_by_post, "RR473124829VN")
        else:
            self.act(who, returning.send_electronically, keys=self.house.keys)

    @rule(who=who, arrives=st.booleans())
    def post_reports(self, who: int, arrives: bool) -> None:
        if arrives:
            self.act(who, returning.delivered)
        else:
            self.act(who, returning.delivery_failed, reason="Không có người nhận")

    @rule(who=who, way=st.sampled_from(WAYS))
    def choose(self, who: int, way: Collection) -> None:
        self.act(who, returning.choose_collection, way, keys=self.house.keys)

    @rule(who=who, back=st.booleans())
    def pay(self, who: int, back: bool) -> None:
        if back:
            self.act(who, paying.refund, 8_000, "PC-1", reason="Hồ sơ không được nhận")
        else:
            self.act(who, paying.fee_paid, 8_000, "BL-1")

    @invariant()
    def what_is_true_stays_true(self) -> None:
        if not hasattr(self, "seen"):
            return
        seen = self.seen
        status = Status(seen["status"])
        # What was promised first is never rewritten; a promise stays within the law.
        assert (seen["due_at"], seen["promised_at"]) == self.given
        assert seen["expected_at"] <= seen["deadline_at"]
        # The clock stands still while papers are awaited, and only then.
        assert (seen["suspended_at"] is not None) is (status == Status.AWAITING_SUPPLEMENT)
        # One hand-over at most, none of a finished dossier; nobody holds that.
        assert seen["handover"] <= (status in OPEN)
        assert status in OPEN or seen["held_by"] is None
        # A result, a refusal and a stop end the clock; only a result is delivered.
        has_result = status in (Status.RESULT_READY, Status.RETURNED)
        assert (seen["finished_at"] is not None) is (has_result or status not in OPEN)
        assert (seen["returned_at"] is not None) is (status == Status.RETURNED)
        assert (seen["delivery_status"] != Delivery.NONE) is has_result
        assert (seen["delivery_status"] == Delivery.DELIVERED) is (status == Status.RETURNED)
        # Every end is told once.
        assert seen["ends"] == (status not in OPEN)


def follows(table: dict, line: type, before: dict, after: dict, name: str) -> None:
    """A step of one line is one the table knows."""
    if before[name] != after[name]:
        assert after[name] in table[line(before[name])]


def test_whatever_officers_do_a_dossier_stays_true(sqlite_house: House):
    house = sqlite_house
    house.restore()
    officers = tuple(an_actor(house.app, role) for role in (Role.RECEPTION, Role.DECIDING, Role.MANAGER))
    with house.app.app_context():
        session = db.session()
        point = point_of(session, "K1")
        assert point is not None
        unit = Unit(office_id=point.office_id, name="Phòng Tư pháp")
        session.add(unit)
        session.commit()
        session.info["version"] = offer(session, point)
        units = (None, unit.id)
        session.rollback()
        run_state_machine_as_test(
            lambda: LifeOfADossier(house, officers, units),
            settings=settings(
                max_examples=20,
                stateful_step_count=20,
                deadline=None,
                phases=(Phase.reuse, Phase.generate),  # shrinking a life takes minutes and tells little
                suppress_health_check=list(HealthCheck),
            ),
        )
        db.session.remove()

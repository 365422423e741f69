"""Signing in, on both databases: what is counted, what opens once, and who comes first."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from build import FRIDAY
from conftest import Clock, House
from intake import passwords, people, second_factor, staffing, totp
from intake.db import db
from intake.events import Actor
from intake.keys import Keys
from intake.people import Proof
from intake.records import Assignment, Event, Invitation, Office, Person, RecoveryCode, SignIn
from intake.rules.forms import Fault
from intake.rules.refusals import LastOfRole, LinkOver, NotAllowed
from intake.rules.rights import Role

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.fixture
def thu(session: Session) -> Person:
    """The manager, with a password whose hash nobody computes: proofs stand for it."""
    return somebody(session, "thu", Role.MANAGER)


def somebody(session: Session, username: str, role: Role) -> Person:
    office_id = None if role is Role.ADMINISTRATOR else session.scalars(select(Office.id)).first()
    person = Person(username=username, name="Nguyễn Thị Thu", created_at=FRIDAY, password_hash="kept")
    person.assignments.append(Assignment(office_id=office_id, role=role))
    session.add(person)
    session.commit()
    return person


def proof(person: Person, *, right: bool = True) -> Proof:
    return Proof(person.id, person.password_hash, right)


def enter(session: Session, person: Person, clock: Clock, *, right: bool = True):
    came = people.sign_in(session, proof(person, right=right), device="desk", now=clock())
    session.commit()
    return came


def kinds(session: Session) -> list[str]:
    return list(session.scalars(select(Event.kind).order_by(Event.id)))


def test_the_lock_doubles_up_to_an_hour():
    minutes = [people.lock_after(failures) for failures in range(1, 13)]
    waits = [None if one is None else one // MINUTE for one in minutes]
    assert waits == [None] * 4 + [1, 2, 4, 8, 16, 32, 60, 60]
    assert people.lock_after(10_000) == people.LONGEST_LOCK


def test_failures_lock_longer_and_longer_and_the_right_password_forgets_them(session, thu, clock):
    for _ in range(4):
        assert enter(session, thu, clock, right=False) is None
    assert not people.is_locked(thu, now=clock())
    for wait in (1, 2, 4):
        enter(session, thu, clock, right=False)
        assert thu.locked_until == clock() + wait * MINUTE
        assert enter(session, thu, clock) is None  # the right one, too early
        clock.now += wait * MINUTE
    assert enter(session, thu, clock) is not None
    assert (thu.failures, thu.locked_until) == (0, None)
    assert kinds(session).count("locked_out") == 3 and kinds(session)[-1] == "signed_in"


def test_what_is_tried_while_locked_is_neither_counted_nor_told(session, thu, clock):
    for _ in range(8):
        enter(session, thu, clock, right=False)
    assert (thu.failures, kinds(session).count("sign_in_failed")) == (5, 5)


def test_a_password_changed_since_it_was_compared_opens_nothing(session, thu, clock):
    old = proof(thu)
    thu.password_hash = "another"
    session.commit()
    assert people.sign_in(session, old, device="desk", now=clock()) is None


def test_an_unknown_name_costs_as_much_as_a_known_one(session, thu, monkeypatch):
    compared = []
    known = passwords._hasher().hash("x" * 12)
    thu.password_hash = known
    session.commit()
    verify = type(passwords._hasher()).verify

    def watched(hasher, kept, password):
        compared.append(kept.rpartition("$")[0].split("$")[:4])
        return verify(hasher, kept, password)

    monkeypatch.setattr(type(passwords._hasher()), "verify", watched)
    assert people.prove(session, "thu", "sai rồi").right is False
    assert people.prove(session, "khach", "sai rồi") == Proof(None, None, False)
    assert len(compared) == 2 and compared[0] == compared[1]


def test_a_password_is_the_same_on_every_keyboard():
    kept = passwords.hashed("mùa thu lá bay")
    assert passwords.matches(kept, "mùa thu lá bay")
    assert not passwords.matches(None, "nobody has this password")
    assert not passwords.matches("not a hash", "x")


def test_a_sign_in_ends_by_idleness_by_age_and_with_the_person(session, thu, clock):
    _, token = enter(session, thu, clock)

    def open_at(moment: datetime):
        return people.sign_in_of(session, token, now=moment, idle=30 * MINUTE, longest=12 * 60 * MINUTE)

    assert open_at(clock() + 30 * MINUTE) is not None
    assert open_at(clock() + 31 * MINUTE) is None
    thu.active = False
    assert open_at(clock()) is None
    assert people.sign_in_of(session, "nobody's", now=clock(), idle=DAY, longest=DAY) is None


# RFC 6238, appendix B: the secret is "12345678901234567890".
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.mark.parametrize(
    "seconds, code",
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_the_rfc(seconds, code):
    moment = datetime.fromtimestamp(seconds, UTC)
    assert totp.code_at(SECRET, totp.step_at(moment), digits=8) == code


@pytest.mark.parametrize("off, opens", [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_opens_one_step_early_or_late(off, opens):
    step = totp.step_at(FRIDAY) + off
    found = totp.step_of(SECRET, totp.code_at(SECRET, step), now=FRIDAY)
    assert found == (step if opens else None)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "-12345"])
def test_what_is_no_code_opens_nothing(typed):
    assert totp.step_of(SECRET, typed, now=FRIDAY) is None


def test_the_qr_says_what_authenticators_read():
    told = totp.address(SECRET, account="thu", issuer="Một Chạm")
    assert told.startswith("otpauth://totp/M%E1%BB%99t%20Ch%E1%BA%A1m%3Athu?secret=GEZD")
    assert "issuer=M%E1%BB%99t%20Ch%E1%BA%A1m" in told and "period=30" in told


@pytest.fixture
def codes(session, thu, clock, keys) -> tuple[str, ...]:
    """Thu keeps a second factor now, and these are her recovery codes."""
    begun, _ = enter(session, thu, clock)
    pending = second_factor.enrolment(thu, keys=keys, pending=sealed(thu, keys)).pending
    given = second_factor.turn_on(
        session,
        begun,
        proof(thu),
        pending=pending,
        code=totp.code_at(SECRET, totp.step_at(clock())),
        keys=keys,
        by=Actor(thu.name, "Q1", thu.id),
        now=clock(),
    )
    session.commit()
    assert not isinstance(given, Fault)
    clock.now += 5 * MINUTE
    return given


def sealed(person: Person, keys: Keys) -> str:
    return keys.seal(SECRET, second_factor._purpose(person)).hex()


def second(session: Session, half: SignIn, code: str, keys: Keys, now: datetime):
    return people.second_factor(session, half, code, keys=keys, device="desk", now=now)


def test_a_code_opens_once(session, thu, clock, keys, codes):
    code = totp.code_at(SECRET, totp.step_at(clock()))
    first, _ = enter(session, thu, clock)
    assert isinstance(second(session, first, code, keys, clock()), str)
    again, _ = enter(session, thu, clock)
    refused = second(session, again, code, keys, clock())
    assert isinstance(refused, Fault) and refused.code == "wrong_code"


def test_a_recovery_code_opens_once(session, thu, clock, keys, codes):
    for expected in (str, Fault):
        half, _ = enter(session, thu, clock)
        assert isinstance(second(session, half, f" {codes[3].upper()} ", keys, clock()), expected)
        session.commit()
    assert second_factor.codes_left(session, thu.id) == 9
    assert "recovery_used" in kinds(session)


def test_somebody_elses_recovery_code_opens_nothing(session, thu, clock, keys, codes):
    other = somebody(session, "hai", Role.MANAGER)
    other.totp_sealed = keys.seal(SECRET, people.TOTP)
    half, _ = enter(session, other, clock)
    assert isinstance(second(session, half, codes[0], keys, clock()), Fault)


def test_a_secret_pending_for_one_person_is_none_for_another(session, thu, keys):
    other = somebody(session, "hai", Role.MANAGER)
    theirs = second_factor.enrolment(other, keys=keys, pending=sealed(thu, keys))
    assert theirs.secret != SECRET


def test_recovery_codes_are_kept_as_keyed_hashes_only(session, thu, codes):
    kept = set(session.scalars(select(RecoveryCode.code_key)))
    assert len(kept) == 10 and not kept & set(codes)


def test_of_two_who_race_for_the_last_recovery_code_one_comes_in(
    house: House, session, thu, clock, keys, codes
):
    for row in session.scalars(select(RecoveryCode).order_by(RecoveryCode.id)).all()[1:]:
        session.delete(row)
    half_ids = [enter(session, thu, clock)[0].id for _ in range(2)]
    last = next(
        code
        for code in codes
        if people.recovery_key(keys, thu.id, code) in set(session.scalars(select(RecoveryCode.code_key)))
    )
    session.commit()
    came = race(
        house,
        [
            lambda own, half_id=half_id: second(own, own.get_one(SignIn, half_id), last, keys, clock())
            for half_id in half_ids
        ],
    )
    assert sorted(type(one).__name__ for one in came) == ["Fault", "str"]


def race(house: House, acts: list) -> list:
    """Run each in a thread, a context and a transaction of its own; what they gave, or the refusal."""
    gate, given = threading.Barrier(len(acts)), []
    db.session.remove()

    def run(act) -> None:
        with house.app.app_context():
            own = db.session()
            gate.wait()
            try:
                given.append(act(own))
                own.commit()
            except (LinkOver, LastOfRole) as refusal:
                own.rollback()
                given.append(refusal)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return given


def until_somebody_waits(house: House) -> None:
    """On PostgreSQL: a transaction waits for a lock. On SQLite it could not begin in the first place."""
    with house.app.app_context():
        if db.engine.dialect.name == "sqlite":
            return
        waiting = text(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        latest = time.monotonic() + 10
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watching:
            while not watching.scalar(waiting):
                assert time.monotonic() < latest, "nobody waits"


def admin() -> staffing.Governor:
    return staffing.Governor(Actor("command line", "cli"), None, is_administrator=True)


def test_of_two_who_use_one_link_at_once_one_chooses_the_password(house, session, thu, clock):
    token = staffing.invite(session, thu.id, admin(), now=clock())
    session.commit()

    def use(own: Session, kept: str):
        invitation = staffing.invitation_of(own, token, now=clock())
        staffing.take_up(own, invitation, kept, device="desk", now=clock())
        return kept

    came = race(house, [lambda own, kept=kept: use(own, kept) for kept in ("one", "two")])
    assert sorted(type(one).__name__ for one in came) == ["LinkOver", "str"]


def test_two_managers_who_put_each_other_out_leave_one(house, session, thu, clock):
    other = somebody(session, "hai", Role.MANAGER)
    ids, office_id = (thu.id, other.id), session.scalars(select(Office.id)).first()
    session.commit()

    def put_out(own: Session, mine: int, theirs: int) -> None:
        by = staffing.Governor(Actor("x", "desk", mine), office_id)
        staffing.set_active(own, theirs, False, by, now=clock())

    put_out(session, *ids)  # the other waits for this one to end
    refused: list[LastOfRole] = []

    def other_way() -> None:
        with house.app.app_context():
            try:
                put_out(db.session(), ids[1], ids[0])
                db.session.commit()
            except LastOfRole as refusal:
                refused.append(refusal)
            finally:
                db.session.remove()

    late = threading.Thread(target=other_way)
    late.start()
    until_somebody_waits(house)
    session.commit()
    late.join()
    assert len(refused) == 1
    with house.app.app_context():
        assert len(db.session.scalars(select(Person.id).filter_by(active=True)).all()) == 1
        db.session.remove()


def test_two_first_administrators_by_one_link_are_one(house, session, clock):
    token = staffing.first_link(session, now=clock())
    session.commit()

    def found(own: Session, username: str):
        invitation = staffing.invitation_of(own, token, now=clock())
        wanted = staffing.Wanted("Phạm Anh Tuấn", administrator=True, username=username)
        return staffing.found_administrator(own, invitation, wanted, "x", device="desk", now=clock()).id

    came = race(house, [lambda own, name=name: found(own, name) for name in ("tuan", "khach")])
    assert sorted(type(one).__name__ for one in came) == ["LinkOver", "int"]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADMINISTRATOR], ids=str)
@pytest.mark.parametrize("act", [staffing.invite, staffing.drop_second_factor])
def test_nobody_goes_round_their_own_password(session, clock, role, act):
    """A browser left open must not give the account away."""
    person = somebody(session, "nam", role)
    is_administrator = role is Role.ADMINISTRATOR
    office_id = None if is_administrator else session.scalars(select(Office.id)).first()
    by = staffing.Governor(Actor(person.name, "desk", person.id), office_id, is_administrator)
    with pytest.raises(NotAllowed):
        act(session, person.id, by, now=clock())
    assert session.scalars(select(Invitation)).all() == []


def test_a_link_for_somebody_put_out_of_use_opens_no_more(session, thu, clock):
    somebody(session, "hai", Role.MANAGER)
    token = staffing.invite(session, thu.id, admin(), now=clock())
    staffing.set_active(session, thu.id, False, admin(), now=clock())
    staffing.set_active(session, thu.id, True, admin(), now=clock())
    with pytest.raises(LinkOver):
        staffing.invitation_of(session, token, now=clock())
    assert session.scalars(select(Invitation).filter_by(used_at=None)).all() == []


def test_a_link_of_a_person_makes_no_administrator(session, thu, clock):
    token = staffing.invite(session, thu.id, admin(), now=clock())
    invitation = staffing.invitation_of(session, token, now=clock())
    wanted = staffing.Wanted("Ông Khách", administrator=True, username="khach")
    with pytest.raises(LinkOver):
        staffing.found_administrator(session, invitation, wanted, "x", device="desk", now=clock())


def test_nobody_is_added_with_the_role_of_the_installation_as_one_of_an_office(session, clock):
    by = staffing.Governor(Actor("x", "cli"), 1, is_administrator=True)
    with pytest.raises(NotAllowed):
        staffing.add_person(
            session, staffing.Wanted("Lê Hoa", frozenset({Role.ADMINISTRATOR}), username="x"), by, now=clock()
        )

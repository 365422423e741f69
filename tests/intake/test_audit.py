"""The chain of events: whatever is changed, lost or slipped in afterwards is found."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.event import listen, remove
from sqlalchemy.orm import Session

from build import FRIDAY
from conftest import Clock
from intake import audit, events
from intake.events import Actor
from intake.keys import Keys
from intake.records import ChainHead, Dossier, Event, EventSeal, Office

HOA = Actor("Lê Thu Hoa", "Q2")
HOUR = timedelta(hours=1)


@pytest.fixture
def tell(session: Session, clock: Clock):
    """Append some events, committed."""
    office_id = session.scalars(select(Office.id)).first()

    def say(count: int = 1, **facts: object) -> list[int]:
        before = set(session.scalars(select(Event.id)))
        for number in range(count):
            events.append(
                session,
                "checked",
                by=HOA,
                now=clock(),
                office_id=office_id,
                reason="Đủ giấy tờ",
                facts=facts or {"number": number, "tên": "Lê Thị Ngọc Lan"},
            )
        session.commit()
        return sorted(set(session.scalars(select(Event.id))) - before)

    return say


@pytest.fixture
def seal(session: Session, keys: Keys, clock: Clock):
    def until_all() -> int:
        sealed = 0
        while True:
            now = audit.seal(session, keys=keys, now=clock())
            session.commit()
            sealed += now
            if now < audit.BATCH:
                return sealed

    return until_all


@pytest.fixture
def found(session: Session, keys: Keys):
    """The findings of a verification, as (code, number of the seal)."""

    def verify(**more: object) -> list[tuple[str, int | None]]:
        session.expire_all()
        return [(one.code, one.no) for one in audit.verify(session, keys=keys, **more).findings]

    return verify


def unbound(session: Session, *statements: object) -> None:
    """Change the tables as somebody would who owns the database: no foreign key holds them."""
    if session.get_bind().dialect.name == "sqlite":
        session.commit()
        raw = session.connection().connection.dbapi_connection
        raw.rollback()
        raw.execute("PRAGMA foreign_keys=OFF")
        for statement in statements:
            raw.execute(str(statement.compile(compile_kwargs={"literal_binds": True})))
        raw.execute("PRAGMA foreign_keys=ON")
        session.rollback()
        return
    session.execute(text("SET session_replication_role = replica"))
    for statement in statements:
        session.execute(statement)
    session.execute(text("SET session_replication_role = origin"))
    session.commit()


def test_every_column_of_an_event_is_sealed():
    assert set(audit.SEALED) == set(Event.__table__.columns.keys())


def test_events_get_numbers_without_gaps_in_the_order_they_happened(session, tell, seal):
    ids = tell(3)
    assert seal() == 3
    ids += tell(2)
    assert seal() == 2
    seals = session.execute(select(EventSeal.no, EventSeal.event_id).order_by(EventSeal.no)).all()
    assert [tuple(one) for one in seals] == list(enumerate(ids, start=1))


def test_a_whole_chain_has_no_findings_and_says_how_many_wait(session, keys, tell, seal):
    tell(4)
    seal()
    tell(2)
    verdict = audit.verify(session, keys=keys)
    assert (verdict.sealed, verdict.waiting, verdict.findings) == (4, 2, ())


def test_what_is_sealed_during_a_verification_is_no_finding(session, keys, clock, tell, seal):
    if session.get_bind().dialect.name == "sqlite":
        pytest.skip("a transaction that reads sees one moment")
    tell(4)
    seal()
    engine, busy = session.get_bind().engine, []

    def seal_one_more(*_: object) -> None:
        if busy:
            return
        busy.append(1)
        with Session(engine) as other:
            events.append(other, "checked", by=HOA, now=clock(), office_id=None)
            other.flush()
            audit.seal(other, keys=keys, now=clock())
            other.commit()
        busy.clear()

    listen(engine, "before_cursor_execute", seal_one_more)
    try:
        verdict = audit.verify(session, keys=keys)
    finally:
        remove(engine, "before_cursor_execute", seal_one_more)
    assert verdict.findings == () and verdict.sealed > 4


def test_an_empty_house_has_nothing_to_find(found):
    assert found() == []


def test_a_rolled_back_sealing_leaves_no_gap(session, keys, clock, tell, seal, found):
    tell(3)
    audit.seal(session, keys=keys, now=clock())
    session.rollback()
    assert (seal(), found()) == (3, [])


@pytest.mark.parametrize(
    "change",
    [
        {"reason": "Khác"},
        {"actor": "Người khác"},
        {"at": FRIDAY - timedelta(days=1)},
        {"facts": {"number": 7}},
        {"kind": "viewed"},
        {"device": "Q9"},
        {"office_id": None},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_event_is_named(session, tell, seal, found, change):
    ids = tell(3)
    seal()
    session.execute(update(Event).filter_by(id=ids[1]).values(**change))
    session.commit()
    assert found() == [("changed", 2)]


def test_a_missing_event_is_named(session, tell, seal, found):
    ids = tell(3)
    seal()
    unbound(session, delete(Event).where(Event.id == ids[1]))
    assert found() == [("missing", 2)]


def test_an_event_taken_out_with_its_seal_leaves_a_gap(session, tell, seal, found):
    ids = tell(3)
    seal()
    unbound(session, delete(EventSeal).where(EventSeal.no == 2), delete(Event).where(Event.id == ids[1]))
    assert found() == [("no_seal", 2), ("changed", 3)]


def test_renumbered_seals_are_found(session, tell, seal, found):
    ids = tell(4)
    seal()
    unbound(
        session,
        delete(EventSeal).where(EventSeal.no == 2),
        delete(Event).where(Event.id == ids[1]),
        update(EventSeal).where(EventSeal.no == 3).values(no=2),
        update(EventSeal).where(EventSeal.no == 4).values(no=3),
    )
    assert found() == [("changed", 2), ("cut", 4)]


def test_a_cut_tail_is_found(session, tell, seal, found):
    ids = tell(4)
    seal()
    unbound(session, delete(EventSeal).where(EventSeal.no > 2), delete(Event).where(Event.id.in_(ids[2:])))
    assert found() == [("cut", 3), ("cut", 4)]


def test_a_cut_tail_is_found_though_the_head_was_shortened_with_it(session, tell, seal, found):
    ids = tell(4)
    seal()
    unbound(
        session,
        delete(EventSeal).where(EventSeal.no > 2),
        delete(Event).where(Event.id.in_(ids[2:])),
        update(ChainHead).values(length=2),
    )
    assert found() == [("head", None)]


def test_sealing_on_never_heals_what_was_changed(session, tell, seal, found):
    ids = tell(4)
    seal()
    unbound(
        session,
        delete(EventSeal).where(EventSeal.no > 2),
        delete(Event).where(Event.id.in_(ids[2:])),
        update(ChainHead).values(length=2),
    )
    tell(2)
    seal()
    assert ("head", None) in found()


def test_a_lost_head_is_found_also_after_more_was_sealed(session, tell, seal, found):
    tell(2)
    seal()
    session.execute(delete(ChainHead))
    session.commit()
    assert found() == [("head", None)]
    tell()
    seal()
    assert ("head", None) in found()


def test_a_seal_that_was_taken_away_is_found(session, tell, seal, found, clock):
    """The event would look as if it had never been sealed."""
    ids = tell(3)
    settle(seal, tell, clock)
    session.execute(delete(EventSeal).filter_by(event_id=ids[2]))
    session.commit()
    assert found()[0] == ("no_seal", 3)
    assert ("slipped_in", None) in found()


def test_an_event_slipped_in_before_is_found(session, tell, seal, found, clock):
    (first, *_, last) = tell(3)
    settle(seal, tell, clock)
    values = {name: getattr(session.get_one(Event, first), name) for name in audit.SEALED}
    unbound(
        session, delete(EventSeal).where(EventSeal.event_id == last), delete(Event).where(Event.id == last)
    )
    session.execute(insert(Event).values(values | {"id": last, "actor": "Người khác"}))
    session.commit()
    codes = {code for code, _ in found()}
    assert "slipped_in" in codes


def settle(seal, tell, clock) -> None:
    """Let so much time pass that the watermark stands behind what was told."""
    for _ in range(2):
        seal()
        clock.now += audit.SETTLED_AFTER
    tell()
    seal()


def test_what_commits_late_with_a_lower_number_is_sealed_all_the_same(
    session, tell, seal, found, clock, keys
):
    """PostgreSQL gives numbers before a transaction commits."""
    if session.get_bind().dialect.name == "sqlite":
        pytest.skip("one writer at a time: numbers come in the order of commits")
    ids = tell(3)
    values = {name: getattr(session.get_one(Event, ids[1]), name) for name in audit.SEALED}
    session.execute(delete(Event).filter_by(id=ids[1]))
    session.commit()
    seal()
    clock.now += audit.SETTLED_AFTER - timedelta(seconds=1)
    seal()
    session.execute(insert(Event).values(values))
    session.commit()
    assert (seal(), found()) == (1, [])
    assert session.scalars(select(EventSeal.event_id).order_by(EventSeal.no)).all() == [
        ids[0],
        ids[2],
        ids[1],
    ]


def test_another_key_makes_no_chain_of_ours(session, tell, seal):
    tell(2)
    seal()
    forged = Keys(data_key=bytes(32), receipt_key=bytes(32))
    assert [one.code for one in audit.verify(session, keys=forged).findings] == ["changed", "changed", "head"]


def test_an_older_number_kept_elsewhere_finds_a_chain_made_anew(session, keys, tell, seal, found):
    tell(3)
    seal()
    kept = (3, audit.verify(session, keys=keys).last_mac)
    assert found(anchor=kept) == []
    session.execute(update(Event).values(reason="Khác"))
    session.execute(delete(EventSeal))
    session.execute(delete(ChainHead))
    session.commit()
    seal()
    assert (found(), found(anchor=kept)) == ([], [("anchor", 3)])


def test_a_number_kept_elsewhere_finds_a_database_put_back(session, keys, tell, seal, found):
    tell(3)
    seal()
    assert found(anchor=(9, "0" * 64)) == [("anchor", 9)]


def test_a_view_is_written_once_in_a_while_for_each_person(session, lans_dossier: Dossier, clock):
    hoa, dung = Actor("Lê Thu Hoa", "Q2", None), Actor("Trần Quốc Dũng", "Q3", None)
    assert audit.viewed(session, lans_dossier, by=hoa, now=clock())
    clock.now += audit.VIEWED_AGAIN - timedelta(seconds=1)
    assert not audit.viewed(session, lans_dossier, by=hoa, now=clock())
    clock.now += timedelta(seconds=1)
    assert audit.viewed(session, lans_dossier, by=dung, now=clock())


def test_an_export_holds_the_period_with_numbers_and_macs(session, tell, seal, clock):
    tell(2)
    clock.now += HOUR
    tell(1)
    seal()
    clock.now += HOUR
    tell(1)
    out = io.StringIO()
    office_id = session.scalars(select(Office.id)).first()
    told = audit.lines(session, since=FRIDAY + HOUR, until=FRIDAY + 3 * HOUR, office_id=office_id)
    assert audit.write_json(told, out) == 2
    first, second = (json.loads(line) for line in out.getvalue().splitlines())
    assert (first["no"], len(first["mac"]), second["no"], second["mac"]) == (3, 64, None, None)
    assert (first["actor"], first["reason"], first["office"]) == ("Lê Thu Hoa", "Đủ giấy tờ", "H56.17.22")
    assert first["facts"]["tên"] == "Lê Thị Ngọc Lan"


def test_a_spreadsheet_computes_nothing_of_an_export(session, clock):
    events.append(
        session, "checked", by=Actor("=HYPERLINK(1)", "Q2"), now=clock(), office_id=None, reason="+1"
    )
    session.commit()
    out = io.StringIO()
    told = audit.lines(session, since=FRIDAY, until=FRIDAY + HOUR, everywhere=True)
    assert audit.write_csv(told, out) == 1
    header, row = csv.reader(io.StringIO(out.getvalue()))
    line = dict(zip(header, row, strict=True))
    assert (line["actor"], line["reason"]) == ("'=HYPERLINK(1)", "'+1")


def test_an_office_reads_only_its_own_events(session, tell, clock):
    tell(2)
    events.append(session, "person_added", by=HOA, now=clock(), office_id=None)
    session.commit()
    period = {"since": FRIDAY, "until": FRIDAY + HOUR}
    office_id = session.scalars(select(Office.id)).first()
    assert len(list(audit.lines(session, **period, office_id=office_id))) == 2
    assert [line.kind for line in audit.lines(session, **period, office_id=None)] == ["person_added"]
    assert len(list(audit.lines(session, **period, everywhere=True))) == 3
    newest = list(audit.lines(session, **period, everywhere=True, newest=1))
    assert [line.kind for line in newest] == ["person_added"]

"""The receiving side of a hand-over list: scans, both confirmations, discrepancies until they end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import process_time, sleep

import pytest
from sqlalchemy import select

from build import FRIDAY
from intake.control_sheet import control_sheet
from intake.db import db
from intake.dossier_view import dossier_view
from intake.events import Actor
from intake.post.accepting_items import accept_item
from intake.post.custody import custody_of, legs_of
from intake.post.manifest_lists import discrepancies, items_to_accept, manifest_view
from intake.post.manifests import add_form, add_item, close, manifest_at_hand, open_manifest
from intake.post.reconciling import agree, line_at_hand, mark, receive, resolve, scan_in
from intake.records import AcceptancePoint, Event, Manifest, ManifestLine, Office, PostalItem
from intake.returning import Result, result_ready
from intake.rules.manifests import Side
from intake.rules.post import Outcome, Resolution, Step
from intake.rules.refusals import (
    NoSuchItem,
    NoSuchManifest,
    UnfinishedNotice,
    WrongManifestState,
)
from intake.rules.rights import Role
from lifeway import an_actor
from manifestway import a_list_on_its_way, an_item, minh, post_office, s10

LATER = FRIDAY + timedelta(hours=3)
LATEST = FRIDAY + timedelta(days=2)


@pytest.fixture
def post(session) -> AcceptancePoint:
    return post_office(session)


@pytest.fixture
def clerk(house, session) -> Actor:
    session.commit()
    return minh(house.app)


@pytest.fixture
def officer(house, session, clerk) -> Actor:
    session.commit()
    return an_actor(house.app, Role.RECEPTION)


@pytest.fixture
def sent(session, post, offered, keys, clerk, officer) -> Manifest:
    """Three items on their way."""
    return a_list_on_its_way(session, post, offered, 3, keys=keys, by=clerk)


def item_of(session, serial: int) -> PostalItem:
    return session.scalars(select(PostalItem).filter_by(item_number=s10(serial))).one()


def line_of(session, manifest: Manifest, serial: int) -> ManifestLine:
    found = select(ManifestLine).filter_by(manifest_id=manifest.id, item_number=s10(serial))
    return session.scalars(found).one()


def scan(session, manifest: Manifest, *serials: int, by: Actor) -> None:
    for serial in serials:
        scan_in(session, manifest, s10(serial), by=by, now=LATER)


def confirm(session, manifest: Manifest, *, by: Actor) -> None:
    receive(session, manifest, fee_counted=manifest.fee_listed, by=by, now=LATER)
    session.commit()


def test_what_was_scanned_is_the_offices_once_it_is_confirmed(session, sent, clerk, officer):
    scan(session, sent, 1, 2, 3, by=officer)
    assert (sent.state, sent.arrived_at) == ("arrived", LATER)
    assert item_of(session, 1).status == Step.IN_TRANSIT, "a scan alone hands nothing over"
    receive(session, sent, fee_counted=24_000, by=officer, now=LATER)
    assert (sent.state, sent.received_by, sent.fee_listed, sent.fee_counted) == (
        "received",
        officer.person_id,
        24_000,
        24_000,
    )
    assert {item_of(session, serial).status for serial in (1, 2, 3)} == {Step.HANDED_OVER}
    assert item_of(session, 1).steps[-1].holder == sent.office.name
    agree(session, sent, by=clerk, now=LATEST)
    session.commit()
    assert (sent.state, sent.agreed_by, sent.agreed_at) == ("agreed", clerk.person_id, LATEST)
    told = session.scalars(select(Event.kind).where(Event.kind.like("manifest_%")).order_by(Event.id)).all()
    assert told == [f"manifest_{word}" for word in ("opened", "closed", "arrived", "received", "agreed")]


def test_the_same_scan_again_changes_nothing_and_tells_nothing(session, sent, officer):
    scan(session, sent, 1, 1, by=officer)
    line = line_of(session, sent, 1)
    assert (line.outcome, line.scanned_by) == (Outcome.MATCHED, officer.person_id)
    assert session.query(Event).filter_by(kind="post_scanned").count() == 1


def test_what_was_not_scanned_is_missing_and_what_was_not_listed_is_extra(
    session, sent, post, offered, keys, clerk, officer
):
    an_item(session, post, offered, 4, keys=keys, by=clerk)
    scan(session, sent, 1, 2, 4, by=officer)
    scan_in(session, sent, "KHONG-AI-BIET", by=officer, now=LATER)
    confirm(session, sent, by=officer)
    outcomes = dict(session.execute(select(ManifestLine.item_number, ManifestLine.outcome)).all())
    assert outcomes == {
        s10(1): "matched",
        s10(2): "matched",
        s10(3): "missing",
        s10(4): "extra",
        "KHONG-AI-BIET": "extra",
    }
    assert item_of(session, 3).status == Step.IN_TRANSIT and item_of(session, 4).status == Step.ACCEPTED
    received = session.scalars(select(Event).filter_by(kind="manifest_received")).one()
    assert received.facts["outcomes"] == {
        "matched": 2, "broken_seal": 0, "extra": 2, "missing": 1, "wrong_office": 0
    }  # fmt: skip


def test_a_second_look_says_more_or_takes_a_scan_back(session, sent, officer):
    scan(session, sent, 1, 2, 9, by=officer)
    one, extra = line_of(session, sent, 1), line_of(session, sent, 9)
    mark(session, sent, one.id, Outcome.BROKEN_SEAL, note="rách một góc", by=officer, now=LATER)
    assert (one.outcome, one.note) == ("broken_seal", "rách một góc")
    mark(session, sent, line_of(session, sent, 2).id, Outcome.LISTED, by=officer, now=LATER)
    assert line_of(session, sent, 2).scanned_at is None
    with pytest.raises(UnfinishedNotice):
        mark(session, sent, extra.id, Outcome.MATCHED, by=officer, now=LATER)
    assert mark(session, sent, extra.id, Outcome.LISTED, by=officer, now=LATER) is None
    assert session.query(ManifestLine).count() == 3
    with pytest.raises(NoSuchManifest):
        mark(session, sent, 987_654, Outcome.MATCHED, by=officer, now=LATER)


def test_each_step_has_its_turn(session, sent, post, clerk, officer):
    filling = open_manifest(session, post, "in", by=clerk, now=LATER)
    with pytest.raises(WrongManifestState):
        scan_in(session, filling, s10(1), by=officer, now=LATER)
    with pytest.raises(WrongManifestState):
        agree(session, sent, by=clerk, now=LATER)
    scan(session, sent, 1, 2, by=officer)
    with pytest.raises(WrongManifestState):
        resolve(session, line_of(session, sent, 3), Resolution.LOST, note="xx", by=officer, now=LATER)
    confirm(session, sent, by=officer)
    for late in (
        lambda: scan_in(session, sent, s10(3), by=officer, now=LATER),
        lambda: receive(session, sent, by=officer, now=LATER),
        lambda: mark(session, sent, line_of(session, sent, 3).id, Outcome.MATCHED, by=officer, now=LATER),
    ):
        with pytest.raises(WrongManifestState):
            late()


@pytest.mark.parametrize(
    ("outcome", "resolution", "status"),
    [
        (Outcome.MISSING, Resolution.FOUND, Step.HANDED_OVER),
        (Outcome.MISSING, Resolution.GIVEN_BACK, Step.IN_TRANSIT),
        (Outcome.MISSING, Resolution.LOST, Step.IN_TRANSIT),
        (Outcome.EXTRA, Resolution.TAKEN, Step.HANDED_OVER),
        (Outcome.EXTRA, Resolution.SENT_ON, Step.IN_TRANSIT),
        (Outcome.EXTRA, Resolution.GIVEN_BACK, Step.IN_TRANSIT),
        (Outcome.BROKEN_SEAL, Resolution.TAKEN, Step.HANDED_OVER),
        (Outcome.BROKEN_SEAL, Resolution.GIVEN_BACK, Step.IN_TRANSIT),
        (Outcome.WRONG_OFFICE, Resolution.SENT_ON, Step.IN_TRANSIT),
        (Outcome.WRONG_OFFICE, Resolution.GIVEN_BACK, Step.IN_TRANSIT),
    ],
)
def test_every_discrepancy_lives_until_it_ends_and_ends_somewhere(
    session, sent, post, offered, keys, clerk, officer, outcome, resolution, status
):
    serial = {Outcome.MISSING: 3, Outcome.EXTRA: 4}.get(outcome, 1)
    an_item(session, post, offered, 4, keys=keys, by=clerk)
    scan(session, sent, 2, by=officer)
    if outcome is not Outcome.MISSING:
        scan_in(session, sent, s10(serial), outcome=outcome, by=officer, now=LATER)
    confirm(session, sent, by=officer)
    line = line_of(session, sent, serial)
    assert (line.outcome, line.resolved_at) == (outcome, None)
    resolve(session, line, resolution, note="Bưu cục Đông Sơn", by=officer, now=LATEST)
    session.commit()
    assert (line.resolution, line.resolved_by, line.resolved_at) == (resolution, officer.person_id, LATEST)
    item = item_of(session, serial)
    assert item.status == status
    if resolution is Resolution.SENT_ON:
        assert item.steps[-1].holder == "Bưu cục Đông Sơn"
    with pytest.raises(WrongManifestState):
        resolve(session, line, resolution, note="lần nữa", by=officer, now=LATEST)
    if resolution is Resolution.GIVEN_BACK:  # and travels again
        again = open_manifest(session, post, "in", by=clerk, now=LATEST)
        assert add_item(session, again, item.item_number, by=clerk, now=LATEST).item_id == item.id


def test_an_end_must_be_of_that_discrepancy_of_that_side_and_say_why(session, sent, officer):
    scan(session, sent, 1, 2, by=officer)
    confirm(session, sent, by=officer)
    line = line_of(session, sent, 3)
    for resolution, note, side in (
        (Resolution.SENT_ON, "nơi khác", None),
        (Resolution.LOST, " ", None),
        (Resolution.FOUND, "", Side.POST),
    ):
        with pytest.raises(UnfinishedNotice):
            resolve(session, line, resolution, note=note, side=side, by=officer, now=LATEST)
    resolve(session, line, Resolution.GIVEN_BACK, side=Side.POST, by=officer, now=LATEST)
    assert line.resolution == "given_back"


def test_what_nobody_knows_is_taken_once_the_post_has_entered_it(
    session, sent, post, offered, keys, clerk, officer
):
    scan(session, sent, 1, 2, 3, 8, by=officer)
    confirm(session, sent, by=officer)
    line = line_of(session, sent, 8)
    with pytest.raises(NoSuchItem):
        resolve(session, line, Resolution.TAKEN, by=officer, now=LATEST)
    session.rollback()
    item = an_item(session, post, offered, 8, keys=keys, by=clerk, now=LATER)
    resolve(session, line_of(session, sent, 8), Resolution.TAKEN, by=officer, now=LATEST)
    assert item.status == Step.HANDED_OVER


def test_an_item_in_the_wrong_bag_is_searched_for_nowhere_else(
    session, sent, post, offered, keys, clerk, officer
):
    other = a_list_on_its_way(session, post, offered, 2, keys=keys, by=clerk, first=5)
    third = a_list_on_its_way(session, post, offered, 1, keys=keys, by=clerk, first=7)
    scan(session, other, 6, by=officer)
    confirm(session, other, by=officer)  # 5 is missing there
    scan(session, sent, 1, 2, 3, 5, 7, by=officer)
    confirm(session, sent, by=officer)
    for serial in (5, 7):
        resolve(session, line_of(session, sent, serial), Resolution.TAKEN, by=officer, now=LATEST)
    missed = line_of(session, other, 5)
    assert (missed.resolution, missed.note) == ("found", f"Theo bảng kê {sent.number}")
    confirm(session, third, by=officer)
    assert line_of(session, third, 7).outcome == Outcome.MATCHED


def test_what_is_found_while_somebody_gives_it_up_stays_found(
    house, session, sent, post, offered, keys, clerk, officer
):
    """Two lists, two officers: one takes the item in at the moment in which the other calls it lost."""
    other = a_list_on_its_way(session, post, offered, 1, keys=keys, by=clerk, first=5)
    confirm(session, other, by=officer)  # 5 is missing there
    scan(session, sent, 5, by=officer)
    confirm(session, sent, by=officer)
    missed, other_id = line_of(session, other, 5).id, other.id
    session.commit()

    def give_up() -> None:
        with house.app.app_context():
            own = db.session()
            own.rollback()
            held = manifest_at_hand(own, own.get_one(Office, post_office(own).office_id), other_id)
            line = line_at_hand(own, held, missed)
            resolve(own, line, Resolution.LOST, note="Tìm không thấy", by=officer, now=LATEST)

    resolve(session, line_of(session, sent, 5), Resolution.TAKEN, by=officer, now=LATEST)
    with ThreadPoolExecutor(1) as colleague:
        given_up = colleague.submit(give_up)
        sleep(0.5)  # until they wait for the item
        session.commit()
        with pytest.raises(WrongManifestState):
            given_up.result()
    session.expire_all()
    assert line_of(session, other, 5).resolution == "found"


def test_a_result_for_another_post_office_is_sent_on_and_not_taken_along(
    session, post, offered, keys, clerk, officer, lans_dossier
):
    far = post_office(session, "BD-12")
    given = {"keys": keys, "by": officer, "direction": "home", "dossier_id": lans_dossier.id}
    item = an_item(session, far, offered, 9, **given)
    ours = an_item(session, post, offered, 10, **given)
    going = open_manifest(session, post, "home", by=officer, now=FRIDAY)
    add_item(session, going, ours.item_number, by=officer, now=FRIDAY)
    close(session, going, by=officer, now=FRIDAY)
    scan(session, going, 9, 10, by=clerk)
    confirm(session, going, by=clerk)
    line = line_of(session, going, 9)
    (seen,) = discrepancies(session, post.office, Side.POST, point=post, now=LATER)
    assert (seen.name, seen.ends) == ("", (Resolution.SENT_ON, Resolution.GIVEN_BACK))
    with pytest.raises(UnfinishedNotice):
        resolve(session, line, Resolution.TAKEN, side=Side.POST, by=clerk, now=LATEST)
    resolve(session, line, Resolution.SENT_ON, note="Bưu cục BĐ-12", side=Side.POST, by=clerk, now=LATEST)
    assert item.status == Step.READY


def test_of_another_post_offices_item_in_the_bag_the_post_sees_the_number_alone(
    session, sent, post, offered, keys, clerk, officer
):
    an_item(session, post_office(session, "BD-12"), offered, 9, keys=keys, by=officer, now=FRIDAY)
    scan(session, sent, 1, 9, by=officer)
    (seen,) = manifest_view(session, post.office, sent.id, point=post, now=LATER).part(Outcome.EXTRA)
    assert seen.number == s10(9)
    assert (seen.name, seen.title, seen.seal_number, seen.fee, seen.dossier_code) == ("", "", "", 0, "")
    (told,) = manifest_view(session, post.office, sent.id, now=LATER).part(Outcome.EXTRA)
    assert told.name and told.title and told.fee == 8_000  # to the office it is one of its own


def test_results_go_out_over_a_list_and_come_back_over_another(
    session, post, offered, keys, clerk, officer, lans_dossier, house
):
    lans_dossier.status, lans_dossier.collection = "in_progress", "post"
    session.commit()
    decider = an_actor(house.app, Role.DECIDING)
    result_ready(session, lans_dossier, Result(), by=decider, now=FRIDAY)
    item = an_item(
        session, post, offered, 1, keys=keys, by=officer, direction="home", dossier_id=lans_dossier.id
    )
    home = open_manifest(session, post, "home", by=officer, now=FRIDAY)
    add_item(session, home, item.item_number, by=officer, now=FRIDAY)
    close(session, home, by=officer, now=FRIDAY)
    assert item.status == Step.READY, "the office has it until it is picked up"
    scan(session, home, 1, by=clerk)
    confirm(session, home, by=clerk)
    assert (item.status, lans_dossier.delivery_status) == (Step.PICKED_UP, "sent")
    back = open_manifest(session, post, "in", by=clerk, now=LATER)
    add_item(session, back, item.item_number, by=clerk, now=LATER)
    close(session, back, by=clerk, now=LATER)
    assert back.fee_listed == 0
    scan(session, back, 1, by=officer)
    confirm(session, back, by=officer)
    assert (item.status, lans_dossier.delivery_status) == (Step.RETURNED, "failed")


def test_form_01_went_home_once_its_line_matched(session, post, offered, keys, clerk, officer, lans_dossier):
    item = an_item(session, post, offered, 1, keys=keys, by=clerk, dossier_id=lans_dossier.id)
    home = open_manifest(session, post, "home", by=officer, now=FRIDAY)
    add_form(session, home, item, by=officer, now=FRIDAY)
    close(session, home, by=officer, now=FRIDAY)
    scan(session, home, 1, by=clerk)
    assert not item.form_home
    confirm(session, home, by=clerk)
    assert item.form_home and item.status == Step.ACCEPTED


def test_who_had_it_when_is_told_in_order(session, sent, clerk, officer, lans_dossier):
    scan(session, sent, 1, 2, by=officer)
    confirm(session, sent, by=officer)
    told = [(had.words, had.holder, had.who) for had in custody_of(session, item_of(session, 3))]
    assert told == [
        ("Bưu điện nhận của người gửi", "Bưu điện Hạc Thành", clerk.name),
        ("Bưu điện chuyển đi", "Bưu điện Hạc Thành", clerk.name),
        (f"Chốt trong bảng kê {sent.number}", "", clerk.name),
        (f"Không có khi nhận bảng kê {sent.number}", "", ""),
    ]
    item = item_of(session, 1)
    item.dossier_id = lans_dossier.id
    session.flush()
    (leg,) = legs_of(session, lans_dossier.id, now=LATEST)
    assert (leg.had_words, leg.is_with_post, leg.manifest) == ("3 giờ", False, sent.number)
    assert [had.words for had in leg.journey][-1] == "Trung tâm nhận của bưu điện"


def test_the_term_begins_when_it_is_accepted_and_the_minutes_of_the_post_stand_apart(
    session, sent, keys, clerk, officer
):
    scan(session, sent, 1, 2, 3, by=officer)
    confirm(session, sent, by=officer)
    waiting = items_to_accept(session, sent.office, now=LATER)
    assert [one.number for one in waiting] == [s10(1), s10(2), s10(3)]
    dossier = accept_item(
        session, item_of(session, 1), keys=keys, base_url="http://10.0.0.5:8080", by=officer, now=LATEST
    )
    session.commit()
    assert (dossier.received_at, dossier.channel) == (LATEST, "post")
    seen = dossier_view(session, sent.office, dossier.dossier_code, keys=keys, now=LATEST)
    (leg,) = seen.legs
    assert (leg.had_words, leg.is_with_post) == ("3 giờ", False)
    (passing,) = control_sheet(session, sent.office, dossier.dossier_code, keys=keys, now=LATEST).passings
    assert (passing.giver, passing.given_at, passing.given_by) == (
        "Bưu chính công ích, Bưu điện Hạc Thành",
        LATER,
        clerk.name,
    )
    assert (passing.taken_at, passing.taken_by) == (LATEST, officer.name)
    assert "bưu điện giữ 3 giờ, không tính vào thời hạn" in passing.note
    assert [one.number for one in items_to_accept(session, sent.office, now=LATEST)] == [s10(2), s10(3)]


def test_a_scan_is_answered_at_once_in_a_long_list(session, post, offered, keys, clerk, officer):
    """50 ms at the 95th percentile with a list of 200: of our own work, whatever else the machine does."""
    manifest = a_list_on_its_way(session, post, offered, 200, keys=keys, by=clerk)
    took = []
    for serial in range(1, 61):
        began = process_time()
        held = manifest_at_hand(session, post.office, manifest.id)
        scan_in(session, held, s10(serial), by=officer, now=LATER)
        session.commit()
        took.append(process_time() - began)
    assert sorted(took)[56] < 0.05
    assert line_at_hand(session, manifest, line_of(session, manifest, 1).id).outcome == "matched"

"""The giving side of a hand-over list: opened once, filled by scans, closed; on both databases."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from build import FRIDAY
from conftest import House
from intake.db import db
from intake.events import Actor
from intake.post.manifests import (
    add_form,
    add_item,
    close,
    drop,
    forms_to_send,
    item_number_of,
    manifest_at_hand,
    manifest_of_number,
    open_manifest,
)
from intake.records import AcceptancePoint, Event, Manifest, ManifestLine, PostalItem
from intake.rules.post import Step
from intake.rules.receipt_code import ReceiptCode, encode
from intake.rules.refusals import (
    EmptyManifest,
    ItemElsewhere,
    NoSuchItem,
    NoSuchManifest,
    WrongCheckDigit,
    WrongManifestState,
)
from manifestway import a_list_on_its_way, an_item, minh, post_office, s10

LATER = FRIDAY + timedelta(hours=1)


@pytest.fixture
def post(session) -> AcceptancePoint:
    return post_office(session)


@pytest.fixture
def clerk(house, session) -> Actor:
    session.commit()
    return minh(house.app)


@pytest.fixture
def item(session, post, offered, keys, clerk) -> PostalItem:
    return an_item(session, post, offered, 1, keys=keys, by=clerk)


def opened(session, post, clerk, direction="in") -> Manifest:
    return open_manifest(session, post, direction, by=clerk, now=LATER)


def test_a_list_has_a_number_of_its_post_office_and_day(session, post, clerk):
    manifest = opened(session, post, clerk)
    assert (manifest.number, manifest.state) == ("BK-BD07-261120-01", "open")
    assert opened(session, post, clerk) is manifest, "the one that is being filled"
    assert opened(session, post, clerk, "home").number == "BK-BD07-261120-02"
    other = open_manifest(session, post_office(session, "BD-12"), "in", by=clerk, now=LATER)
    assert other.number == "BK-BD12-261120-01"


def test_scans_fill_it_and_closing_sends_all_of_it_on_its_way(session, post, offered, keys, clerk, item):
    second = an_item(session, post, offered, 2, keys=keys, by=clerk, fee=0)
    manifest = opened(session, post, clerk)
    for one in (item, second):
        add_item(session, manifest, one.item_number, by=clerk, now=LATER)
    close(session, manifest, bag_number=" T-07 ", bag_seal="NP-1", by=clerk, now=LATER)
    session.commit()
    assert (manifest.state, manifest.bag_number, manifest.fee_listed) == ("closed", "T-07", 8_000)
    assert manifest.closed_by == clerk.person_id and manifest.closed_at == LATER
    assert {item.status, second.status} == {Step.IN_TRANSIT}
    assert [(step.step, step.holder) for step in item.steps] == [
        ("accepted", "Bưu điện Hạc Thành"),
        ("in_transit", "Bưu điện Hạc Thành"),
    ]
    told = session.scalars(select(Event.kind).filter_by(item_id=item.id).order_by(Event.id)).all()
    assert told == ["post_accepted", "post_money_taken", "post_listed", "post_in_transit"]


def test_the_same_item_again_is_the_line_it_has(session, post, clerk, item):
    manifest = opened(session, post, clerk)
    line = add_item(session, manifest, item.item_number, by=clerk, now=LATER)
    assert add_item(session, manifest, item.item_number, by=clerk, now=LATER) is line
    assert session.query(ManifestLine).count() == 1


def test_a_line_may_be_taken_off_until_it_is_closed(session, post, clerk, item):
    manifest = opened(session, post, clerk)
    line = add_item(session, manifest, item.item_number, by=clerk, now=LATER)
    drop(session, manifest, line.id, by=clerk, now=LATER)
    drop(session, manifest, line.id, by=clerk, now=LATER)
    assert session.query(ManifestLine).count() == 0
    with pytest.raises(EmptyManifest):
        close(session, manifest, by=clerk, now=LATER)
    add_item(session, manifest, item.item_number, by=clerk, now=LATER)
    close(session, manifest, by=clerk, now=LATER)
    for late in (
        lambda: drop(session, manifest, 1, by=clerk, now=LATER),
        lambda: add_item(session, manifest, item.item_number, by=clerk, now=LATER),
        lambda: close(session, manifest, by=clerk, now=LATER),
    ):
        with pytest.raises(WrongManifestState) as refusal:
            late()
        assert refusal.value.facts["state"] == "closed"


def test_what_is_on_another_list_is_not_listed_twice(session, post, offered, keys, clerk):
    first = a_list_on_its_way(session, post, offered, 1, keys=keys, by=clerk)
    with pytest.raises(ItemElsewhere) as refusal:
        add_item(session, opened(session, post, clerk), s10(1), by=clerk, now=LATER)
    assert refusal.value.facts["where"] == first.number


@pytest.mark.parametrize(
    ("list_goes", "item_goes", "status", "may"),
    [
        ("in", "in", Step.ACCEPTED, True),
        ("in", "in", Step.IN_TRANSIT, True),
        ("in", "in", Step.HANDED_OVER, False),
        ("in", "home", Step.FAILED, True),
        ("in", "home", Step.OUT, False),
        ("in", "home", Step.DELIVERED, False),
        ("home", "home", Step.READY, True),
        ("home", "home", Step.PICKED_UP, False),
        ("home", "in", Step.ACCEPTED, False),
    ],
)
def test_only_what_the_giving_side_has_in_hand_is_listed(
    session, post, offered, keys, clerk, list_goes, item_goes, status, may
):
    manifest = opened(session, post, clerk, list_goes)
    item = an_item(session, post, offered, 1, keys=keys, by=clerk, direction=item_goes, status=status)
    if may:
        assert add_item(session, manifest, item.item_number, by=clerk, now=LATER).item_id == item.id
    else:
        with pytest.raises(ItemElsewhere) as refusal:
            add_item(session, manifest, item.item_number, by=clerk, now=LATER)
        assert refusal.value.facts["where"] == status


def test_an_item_of_another_post_office_is_as_if_it_did_not_exist(session, post, offered, keys, clerk):
    theirs = an_item(session, post_office(session, "BD-12"), offered, 7, keys=keys, by=clerk)
    manifest = opened(session, post, clerk)
    for number in (theirs.item_number, s10(99)):
        with pytest.raises(NoSuchItem):
            add_item(session, manifest, number, by=clerk, now=LATER)
    for office, point in ((post.office, post_office(session, "BD-12")), (post.office, None)):
        manifest_id = manifest.id if point else 987_654
        with pytest.raises(NoSuchManifest):
            manifest_at_hand(session, office, manifest_id, point=point)


def test_a_list_is_found_by_its_scanned_number(session, post, clerk):
    manifest = opened(session, post, clerk)
    for text in (manifest.number, manifest.number.lower(), "BK-BĐ07-261120-01"):
        assert manifest_of_number(session, post.office, text) == manifest.id
    with pytest.raises(NoSuchManifest):
        manifest_of_number(session, post.office, manifest.number, point=post_office(session, "BD-12"))


def test_a_scan_is_a_label_a_receipt_or_form_01(session, post, offered, keys, clerk, lans_dossier):
    opaque = an_item(session, post, offered, 1, keys=keys, by=clerk, item_number="BD/1")
    known = an_item(session, post, offered, 2, keys=keys, by=clerk, dossier_id=lans_dossier.id)

    def receipt(code: str) -> str:
        what = ReceiptCode(post.office.code, code, FRIDAY, keys.receipt_key_id)
        return f"HTTP://10.0.0.5:8080/R/{encode(what, keys.sign)}"

    for text, number in (
        ("rr 0000 0002 8 vn", s10(2)),
        (receipt(s10(2)), s10(2)),
        (receipt(f"item-{opaque.id}"), opaque.item_number),
        (receipt(lans_dossier.dossier_code), known.item_number),
    ):
        assert item_number_of(session, post.office, text, keys=keys) == number
    with pytest.raises(WrongCheckDigit):
        item_number_of(session, post.office, "RR473124828VN", keys=keys)
    with pytest.raises(NoSuchItem):
        item_number_of(session, post.office, receipt("H56.17.22-261120-9999"), keys=keys)


def test_form_01_of_an_accepted_item_goes_back_on_paper(session, post, clerk, item, lans_dossier):
    manifest = opened(session, post, clerk, "home")
    with pytest.raises(ItemElsewhere):
        add_form(session, manifest, item, by=clerk, now=LATER)
    item.status, item.dossier_id = Step.HANDED_OVER, lans_dossier.id
    session.flush()
    assert [one.id for one in forms_to_send(session, post)] == [item.id]
    line = add_form(session, manifest, item, by=clerk, now=LATER)
    assert line.with_form and forms_to_send(session, post) == []
    close(session, manifest, by=clerk, now=LATER)
    assert item.status == Step.HANDED_OVER, "the paper travels, the item stays"


def test_two_who_open_a_list_at_once_fill_the_same_one(house: House):
    with house.app.app_context():
        clerk, found = minh(house.app), []
        db.session.remove()
    gate = threading.Barrier(2)

    def opens() -> None:
        with house.app.app_context():
            gate.wait()
            session = db.session()
            found.append(open_manifest(session, post_office(session), "in", by=clerk, now=LATER).id)
            session.commit()
            db.session.remove()

    hands = [threading.Thread(target=opens) for _ in range(2)]
    for one in hands:
        one.start()
    for one in hands:
        one.join()
    assert len(found) == 2 and len(set(found)) == 1

"""What a courier has to bring, what an office has to send, and what did not get home; by lists as well."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from build import an_applicant
from homeway import HOME, NUMBERS, a_home
from intake.post import delivering, manifests
from intake.post.reconciling import agree, receive, scan_in
from intake.post.results import on_the_way, packed, to_pack, to_send
from intake.post.rounds import round_of, undelivered
from intake.post.steps import append_step
from intake.rules.post import Step
from intake.rules.refusals import NoSuchDossier
from moneyway import give_prices, post_office


@pytest.fixture
def home(house, session):
    return a_home(house, session)


def round_at(home, point=None, by=None):
    home.session.expire_all()
    more = {"keys": home.keys, "by": by or home.minh, "now": home.now}
    return round_of(home.session, point or home.point, **more)


def numbers(stops) -> list[str]:
    return [stop.item_number for stop in stops]


def test_a_round_shows_each_item_where_it_is_and_nearest_houses_together(home, clock):
    near = [
        replace(HOME, address=f"Số {house}, {place}, Thanh Hóa")
        for house, place in ((1, "Phường Hạc Thành"), (2, "Xã Hoằng Hóa"), (3, "Phường Hạc Thành"))
    ]
    mine = [home.out(home.pack(home.ready(way), number)) for way, number in zip(near, NUMBERS, strict=False)]
    waits = home.pack(home.ready(), NUMBERS[3])
    home.do(delivering.picked_up, waits)
    found = round_at(home)
    assert numbers(found.out) == [NUMBERS[0], NUMBERS[2], NUMBERS[1]]
    assert numbers(found.here) == [NUMBERS[3]] and found.of == 3
    home.deliver(mine[0])
    home.do(delivering.fail, mine[1], "not_home")
    found = round_at(home)
    assert (numbers(found.done), found.of) == ([NUMBERS[0]], 2)
    assert {one.item_number: (one.failures, one.why) for one in found.here} == {
        NUMBERS[1]: (1, "Không có người nhận"),
        NUMBERS[3]: (0, ""),
    }
    others = round_at(home, by=home.hoa)
    assert (numbers(others.out), numbers(others.others)) == ([], [NUMBERS[2]])
    assert [(one.name, one.address, one.phone) for one in others.others] == [("", "", "")]
    assert round_at(home, post_office(home.session, "BD-12")).here == ()
    clock.now += timedelta(days=11)
    assert numbers(round_at(home).back) == [NUMBERS[3], NUMBERS[1]] and round_at(home).done == ()


def test_a_courier_of_the_same_name_sees_no_address_of_the_others_round(home):
    """Whose round it is goes by who they are: two of one name are two people."""
    home.out()
    namesake = replace(home.minh, person_id=home.hoa.person_id)
    found = round_at(home, by=namesake)
    assert (numbers(found.out), numbers(found.others)) == ([], [NUMBERS[0]])
    assert [(one.name, one.address, one.phone) for one in found.others] == [("", "", "")]


def test_what_an_operator_tells_again_takes_nobody_their_round(home, clock):
    item = home.out()
    clock.now += timedelta(minutes=1)
    told = {"source": "operator:1", "now": clock.now, "message_id": "m-1", "holder": "Hệ thống bưu chính"}
    append_step(home.session, item, Step.OUT, **told)
    home.session.commit()
    (stop,) = round_at(home).out
    assert (stop.address, stop.holder) == (HOME.address, home.minh.name)


def test_what_is_packed_is_no_longer_to_be_packed(home, session):
    give_prices(session, home.point.office_id)
    office, dossier = home.point.office, home.ready(applicant=an_applicant(name="Nguyễn Văn Bình"))
    code = dossier.dossier_code
    assert [one.dossier_code for one in to_send(session, office, now=home.now)] == [code]
    asked = to_pack(session, office, code, keys=home.keys, now=home.now)
    assert (asked.name, asked.point_id, asked.zones) == ("Nguyễn Văn Bình", None, (("local", "Nội tỉnh"),))
    item = home.pack(dossier)
    assert to_send(session, office, now=home.now) == []
    with pytest.raises(NoSuchDossier):
        to_pack(session, office, code, keys=home.keys, now=home.now)
    assert numbers(packed(session, office)) == [item.item_number]
    home.do(delivering.picked_up, item)
    assert numbers(on_the_way(session, office)) == [item.item_number] and packed(session, office) == []
    again = home.ready()
    asked = to_pack(session, office, again.dossier_code, keys=home.keys, now=home.now)
    assert asked.point_id == home.point.id  # the post office that was sent to last


def test_a_result_goes_out_and_comes_back_over_the_lists(home, session):
    """Fetched by a scan of the post, brought back by a scan of the office; each time the dossier knows."""
    item = home.pack()
    going = home.lists(item)
    manifests.close(session, going, by=home.hoa, now=home.now)
    scan_in(session, going, item.item_number, by=home.minh, now=home.now)
    receive(session, going, by=home.minh, now=home.now)
    agree(session, going, by=home.hoa, now=home.now)
    session.commit()
    assert (item.status, item.dossier.delivery_status) == (Step.PICKED_UP, "sent")
    home.do(delivering.go_out, item)
    home.do(delivering.fail, item, "refused")
    failing = undelivered(session, home.point.office, keys=home.keys, now=home.now)
    assert [one.state for one in failing] == ["failing"]
    coming = manifests.open_manifest(session, home.point, "in", by=home.minh, now=home.now)
    manifests.add_item(session, coming, item.item_number, by=home.minh, now=home.now)
    manifests.close(session, coming, by=home.minh, now=home.now)
    scan_in(session, coming, item.item_number, by=home.hoa, now=home.now)
    receive(session, coming, by=home.hoa, now=home.now)
    session.commit()
    assert (item.status, item.dossier.delivery_status) == (Step.RETURNED, "failed")
    (one,) = undelivered(session, home.point.office, keys=home.keys, now=home.now)
    assert one.phone == "0912345678"
    assert (one.state, one.why, one.holder) == ("back", "Người nhận từ chối", home.point.office.name)

"""A phone beside the kiosk: it sends papers by a short address, and takes a whole draft along."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from intake import phones, registering, saving, visits
from intake.captures import links
from intake.records import AcceptancePoint, DocumentFile, Errand, UploadLink
from intake.rules.refusals import NoSuchSavedDraft, UploadOver, VisitOver
from intake.rules.saved_codes import LETTERS

A_SECOND = timedelta(seconds=1)


@pytest.fixture
def visit(session, kiosk, keys, clock):
    visit, _ = visits.begin(session, kiosk, now=clock(), keys=keys)
    session.commit()
    return visit


@pytest.fixture
def link(session, visit, keys, clock):
    return links.open_link(session, visit, "form", attempt="mine", keys=keys, now=clock())


def a_file(link, **changes):
    ordinary = {
        "office_id": link.office_id, "attempt": link.attempt, "requirement_key": link.requirement_key,
        "position": 1, "way": "phone", "kind": "image", "content_key": "c", "sha256": "s", "page_hashes": [],
        "pages": 1, "size": 9, "brought_size": 9, "created_at": link.created_at,
    }  # fmt: skip
    return DocumentFile(**ordinary | changes)


def test_the_address_opens_its_paper_and_the_database_cannot_tell_it(link, session, keys, clock):
    token = links.token_of(link, keys)
    session.commit()
    assert len(token) == links.LENGTH and set(token) <= set(LETTERS)
    assert token not in repr(session.execute(select(UploadLink.__table__)).mappings().one())
    assert links.link_of(session, token.lower(), now=clock()).id == link.id
    assert links.token_of(session.get_one(UploadLink, link.id), keys) == token


def test_one_address_is_good_for_a_quarter_of_an_hour_and_no_longer(link, session, visit, keys, clock):
    token, again = links.token_of(link, keys), {"attempt": "mine", "keys": keys}
    clock.now += links.LASTS - A_SECOND
    assert links.open_link(session, visit, "form", **again, now=clock()) is link
    assert links.link_of(session, token, now=clock()) is link
    clock.now += A_SECOND
    with pytest.raises(UploadOver):
        links.link_of(session, token, now=clock())
    assert links.token_of(links.open_link(session, visit, "form", **again, now=clock()), keys) != token
    clock.now += links.LASTS
    assert links.forget_links(session, now=clock()) == 1
    assert session.scalar(select(func.count(UploadLink.id))) == 1


def test_it_takes_nothing_once_the_visit_is_over(link, session, visit, keys, clock):
    token = links.token_of(link, keys)
    other = links.open_link(session, visit, "photo", attempt="mine", keys=keys, now=clock())
    assert links.token_of(other, keys) != token
    visits.end(session, visit, reason="done", now=clock())
    for wrong in (token, "", "A" * links.LENGTH, "?"):
        with pytest.raises(UploadOver):
            links.link_of(session, wrong, now=clock())


def test_it_tells_of_nothing_that_did_not_come_by_it(link, session):
    before = link.created_at - A_SECOND
    strangers = (
        {"way": "camera"}, {"attempt": "another"}, {"requirement_key": "photo"}, {"created_at": before}
    )  # fmt: skip
    session.add_all([a_file(link, position=2), a_file(link), *(a_file(link, **one) for one in strangers)])
    session.flush()
    assert [file.position for file in links.sent_by(session, link)] == [1, 2]


def test_who_sends_from_the_phone_is_not_idle_at_the_kiosk(link, session, visit, keys, clock):
    clock.now += timedelta(seconds=80)
    links.seen(session, link.id, now=clock())
    clock.now += timedelta(seconds=80)
    assert visits.sweep_idle(session, now=clock(), idle=timedelta(seconds=90)) == 0


def test_it_is_for_a_paper_of_the_draft_at_hand(session, visit, lans_draft, keys, clock):
    visits.keep_draft(visit, lans_draft, keys)
    told = {"keys": keys, "now": clock()}
    link = links.open_link(session, visit, "form", attempt=lans_draft.attempt, **told)
    assert links.paper_of(session, link, **told).name == "Tờ khai"
    none = links.open_link(session, visit, "nothing", attempt=lans_draft.attempt, **told)
    other = links.open_link(session, visit, "form", attempt="another", **told)
    for over in (none, other):
        with pytest.raises(UploadOver):
            links.paper_of(session, over, **told)


@pytest.fixture
def code(session, kiosk, lans_draft, keys, clock):
    code = saving.save_draft(session, kiosk, lans_draft, keys=keys, now=clock(), prints=False)
    session.commit()
    return code


def test_a_draft_goes_on_on_the_phone_and_comes_back(code, session, kiosk, lans_draft, keys, clock):
    office, known = kiosk.office, {"keys": keys, "now": clock()}
    assert session.scalar(select(func.count(Errand.id))) == 0
    with pytest.raises(NoSuchSavedDraft):
        phones.go_on(session, office, code, "9999", **known)
    visit, _ = phones.go_on(session, office, code, "1234", **known)
    assert visits.draft_of(visit, keys) == replace(lans_draft, saved_code=code)
    assert phones.is_phone(visit) and visit.point.printer_id is None
    changed = replace(visits.draft_of(visit, keys), answers={"who": "Lê Văn Út"})
    saving.keep_up(session, office, changed, **known)
    assert saving.brought_back(session, office, code, "1234", **known) == changed
    saving.spend(session, office, code, **known)
    saving.keep_up(session, office, changed, **known)
    with pytest.raises(NoSuchSavedDraft):
        saving.draft_of(session, office, code, **known)


def test_an_office_has_one_place_for_all_phones(session, kiosk):
    point = phones.phone_point(session, kiosk.office)
    point.active = False
    session.flush()
    assert phones.phone_point(session, kiosk.office) is point and point.active
    assert session.scalar(select(func.count(AcceptancePoint.id)).filter_by(kind="phone")) == 1


def test_a_phone_is_known_by_its_visit_and_waits_longer(code, session, kiosk, keys, clock):
    visit, token = phones.go_on(session, kiosk.office, code, "1234", keys=keys, now=clock())
    session.commit()
    assert registering.is_known(visit.point, None)
    assert registering.open_point(session, visit.point.code).kind == "kiosk"
    soon, idle = clock() + visits.PHONE_IDLE, timedelta(seconds=90)
    assert visits.visit_of(session, token, now=soon, idle=idle) is visit
    assert visits.sweep_idle(session, now=soon, idle=idle) == 0
    with pytest.raises(VisitOver):
        visits.visit_of(session, token, now=soon + A_SECOND, idle=idle)
    assert visits.sweep_idle(session, now=soon + A_SECOND, idle=idle) == 1

"""Help at a kiosk: who may look, who may fill and when, what is kept of it; on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from build import a_draft
from intake import assisting, filling, lines, visits, vouching
from intake.accepting import accept
from intake.applications import application_from
from intake.assisting import BESIDE
from intake.drafts import Draft
from intake.duplicates import earlier_dossier
from intake.events import Actor, citizen
from intake.records import Assistance, Dossier, Event, Visit
from intake.rules.answers import Fault
from intake.rules.refusals import HelpedByAnother, HelpOver, NobodyCalled, NoConsent, NotAskedToVouch
from intake.rules.vouching import Vouched

PLACE = "questions.copy"
MAI = Vouched("Cụt Thị Mai", "1941-01-01", "Nữ", "", "known_here", "Trưởng bản làm chứng")


@pytest.fixture
def visit(session, office, offered, keys, clock, kiosk) -> Visit:
    """Lan stands at the one question of a_procedure(), which she has not answered."""
    visit, _ = visits.begin(session, kiosk, now=clock(), keys=keys)
    draft = a_draft(offered, answers={}, groups_done=(), documents={}, documents_done=False, collection=None)
    visits.keep_draft(visit, draft, keys)
    visit.place = PLACE
    session.commit()
    return visit


@pytest.fixture
def called(visit, session, clock) -> Visit:
    visits.call_officer(visit, step=PLACE, now=clock())
    session.commit()
    return visit


@pytest.fixture
def agreed(called, session, hoa, clock) -> Visit:
    """Hoa looks, asked, and Lan agreed."""
    assisting.look(session, called, by=hoa, now=clock())
    assisting.ask(session, called, by=hoa, now=clock())
    assisting.answer(session, called, agrees=True, now=clock())
    session.commit()
    return called


@pytest.fixture
def fills(session, hoa, keys, clock) -> Callable[..., tuple[Fault, ...]]:
    def fill(visit: Visit, text: str, *, by: Actor = hoa, place: str = PLACE) -> tuple[Fault, ...]:
        return filling.fill(session, visit, {"who": text}, place=place, by=by, keys=keys, now=clock())

    return fill


def kinds(session) -> list[str]:
    return list(session.scalars(select(Event.kind).where(Event.kind.like("help%")).order_by(Event.id)))


def test_nobody_is_looked_at_before_they_call_nor_by_two_nor_after_the_end(visit, session, hoa, dung, clock):
    with pytest.raises(NobodyCalled):
        assisting.look(session, visit, by=hoa, now=clock())
    visits.call_officer(visit, step=PLACE, now=clock())
    assert assisting.look(session, visit, by=hoa, now=clock()) is assisting.look(
        session, visit, by=hoa, now=clock()
    )
    with pytest.raises(HelpedByAnother) as refused:
        assisting.look(session, visit, by=dung, now=clock())
    assert refused.value.facts["name"] == hoa.name
    visits.end(session, visit, reason="idle", now=clock())
    with pytest.raises(HelpOver):
        assisting.look(session, visit, by=hoa, now=clock())
    assert assisting.at_desk(session, visit) is None
    assert kinds(session) == ["help_opened", "help_ended"]


def test_the_step_seen_holds_nothing_personal(called, session, keys, clock):
    draft = replace(visits.draft_of(called, keys), answers={"who": "Lê Văn 8 Bình"})
    visits.keep_draft(called, draft, keys)
    seen = filling.step_seen(session, called, keys=keys, now=clock())
    assert "Bình" not in repr(seen)
    assert [(row.key, row.answered, row.fault) for row in seen.rows] == [("who", True, "bad_name")]
    assert (seen.group, seen.is_known) == ("Cấp cho ai?", True)


def test_nothing_is_filled_without_consent_for_this_screen(called, session, hoa, dung, clock, fills):
    assisting.look(session, called, by=hoa, now=clock())
    with pytest.raises(HelpOver):
        fills(called, "Lê Văn Bình", by=dung)
    with pytest.raises(NoConsent):
        fills(called, "Lê Văn Bình")
    assisting.ask(session, called, by=hoa, now=clock())
    with pytest.raises(NoConsent):
        fills(called, "Lê Văn Bình")
    assisting.answer(session, called, agrees=True, now=clock())
    assert fills(called, "Lê Văn Bình") == ()
    called.place = "documents"  # the consent was for the screen before
    for place in (PLACE, "documents"):
        with pytest.raises(NoConsent):
            fills(called, "Lê Văn Bình", place=place)


def test_a_question_of_another_screen_is_answered_by_nothing(called, session, hoa, clock):
    help = assisting.look(session, called, by=hoa, now=clock())
    assisting.ask(session, called, by=hoa, now=clock())
    called.place = "documents"
    assisting.answer(session, called, agrees=True, now=clock())
    assert help.consented_at is None and not assisting.is_asking(help, called)


def test_what_is_filled_waits_sealed_and_the_citizen_takes_it_over(agreed, session, keys, clock, fills):
    assert [fault.code for fault in fills(agreed, "Bình 8")] == ["bad_name"]
    assert fills(agreed, "Lê Văn Bình") == ()
    session.commit()
    row = session.execute(select(Assistance.__table__)).mappings().one()
    assert "Bình".encode() not in row["filled_sealed"]
    facts = session.scalars(select(Event.facts).filter_by(kind="help_filled")).one()
    assert facts == {"point": "K1", "place": PLACE, "fields": ["who"]}
    assert visits.draft_of(agreed, keys).answers == {}
    draft = filling.take_over(session, agreed, visits.draft_of(agreed, keys), keys=keys, now=clock())
    assert draft.answers == {"who": "Lê Văn Bình"}
    assert filling.take_over(session, agreed, draft, keys=keys, now=clock()) == draft


def test_what_the_citizen_typed_meanwhile_stays_until_she_says_otherwise(agreed, session, keys, clock, fills):
    fills(agreed, "Lê Văn Bình")
    typed = replace(visits.draft_of(agreed, keys), answers={"who": "Lê Văn Bính"})
    draft = filling.take_over(session, agreed, typed, keys=keys, now=clock())
    assert draft.answers == {"who": "Lê Văn Bính"}
    help = assisting.at_desk(session, agreed)
    assert help is not None and filling.filled_of(help, PLACE, keys).kept == {"who": "Lê Văn Bình"}
    draft = filling.take_theirs(session, agreed, draft, keys=keys)
    assert draft.answers == {"who": "Lê Văn Bình"}


def test_thoi_takes_the_consent_and_what_was_not_taken_over(agreed, session, keys, clock, fills):
    fills(agreed, "Lê Văn Bình")
    assisting.enough(session, agreed, now=clock())
    draft = visits.draft_of(agreed, keys)
    assert filling.take_over(session, agreed, draft, keys=keys, now=clock()) == draft
    with pytest.raises(NoConsent):
        fills(agreed, "Lê Văn Bình")
    assert kinds(session)[-1] == "help_withdrawn"


def test_who_helps_with_a_screen_stands_there_or_did_something_on_it(called, session, hoa, dung, clock):
    assert assisting.helper_at(session, called) is None
    assisting.look(session, called, by=hoa, now=clock())
    assert assisting.helper_at(session, called) is None  # to look is not to help
    assisting.point(session, called, "who", by=hoa, now=clock())
    assert assisting.helper_at(session, called) == hoa.person_id
    called.place = "documents"
    assert assisting.helper_at(session, called) is None
    visits.answer_call(session, called, by=dung, now=clock())
    assert assisting.helper_at(session, called) == dung.person_id
    seen = lines.help_calls(session, called.point.office)
    assert [(one.step, one.since, dict(one.helpers), one.beside) for one in seen] == [
        ("documents", None, {hoa.person_id: hoa.name, dung.person_id: dung.name}, {dung.person_id})
    ]
    for officer in (hoa, dung):
        assisting.leave(session, called, by=officer, now=clock())
    assert assisting.helper_at(session, called) is None
    assert lines.help_calls(session, called.point.office) == ()


def test_the_citizen_says_once_whether_it_was_so(called, session, hoa, clock):
    assisting.look(session, called, by=hoa, now=clock())
    assisting.point(session, called, "who", by=hoa, now=clock())
    assert [(one.name, one.steps) for one in assisting.helped(session, called)] == [(hoa.name, 1)]
    for right in (False, True):
        assisting.confirm(session, called, right=right, now=clock())
    assert [one.confirmed for one in assisting.helped(session, called)] == ["no"]
    facts = session.scalars(select(Event.facts).filter_by(kind="help_confirmed")).one()
    assert facts == {"officer": hoa.name, "steps": 1, "right": False}


def test_an_officer_vouches_for_whom_asked_for_it_and_is_on_the_dossier(
    called, session, hoa, keys, clock, kiosk, lans_draft
):
    assisting.look(session, called, by=hoa, now=clock())
    visits.keep_draft(called, replace(lans_draft, applicant=None), keys)
    with pytest.raises(NotAskedToVouch):
        vouching.vouch(session, called, MAI, by=hoa, keys=keys, now=clock())
    visits.call_officer(called, step=vouching.CALL, now=clock())
    vouching.vouch(session, called, MAI, by=hoa, keys=keys, now=clock())
    with pytest.raises(NotAskedToVouch):  # they are known by now
        vouching.vouch(session, called, MAI, by=hoa, keys=keys, now=clock())
    facts = session.scalars(select(Event.facts).filter_by(kind="vouched")).one()
    assert facts == {"point": "K1", "why": "known_here"}
    application = application_from(visits.draft_of(called, keys), channel="kiosk")
    dossier = accept(
        session, application, kiosk, keys=keys, base_url="http://x", by=citizen("K1"), now=clock()
    )
    assert (dossier.voucher_id, dossier.citizen_id_key) == (hoa.person_id, None)
    submitted = session.scalars(select(Event.facts).filter_by(kind="submitted")).one()
    assert (submitted["identity"], submitted["vouched_by"]) == ("vouched", hoa.name)


def test_an_earlier_dossier_is_told_within_the_days_and_its_code_only_to_a_card(
    lans_dossier, lans_draft, session, office, keys, clock
):
    def told(draft: Draft, code: str = "1.000001"):
        return earlier_dossier(session, office, code, draft.applicant, keys=keys, now=clock())

    by_hand = replace(lans_draft, applicant=replace(lans_draft.applicant, how="typed"))
    assert told(lans_draft).dossier_code == lans_dossier.dossier_code
    assert told(by_hand).dossier_code == "" and told(by_hand).received_at == lans_dossier.received_at
    assert told(lans_draft, "1.000002") is None
    stranger = replace(lans_draft.applicant, citizen_id="038156009999")
    assert told(replace(lans_draft, applicant=stranger)) is None
    assert told(replace(lans_draft, applicant=replace(stranger, citizen_id=""))) is None
    session.get_one(Dossier, lans_dossier.id).received_at = clock().replace(month=10)
    assert told(lans_draft) is None


def test_whoever_comes_to_the_kiosk_helps_from_there(called, session, hoa, clock):
    assisting.look(session, called, by=hoa, now=clock())
    assisting.come(session, called, by=hoa, now=clock())
    assisting.come(session, called, by=hoa, now=clock())
    open_ones = session.scalars(select(Assistance).where(Assistance.ended_at.is_(None))).all()
    assert [one.kind for one in open_ones] == [BESIDE]

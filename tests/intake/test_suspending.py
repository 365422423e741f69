"""An outage: at once, alone only for a while, then by two people; and the minutes that were lost."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select

from build import vietnam
from dayway import a_rule, publish
from intake import memory, policies, suspending
from intake.records import Event, Office, ServiceDayVersion
from intake.rules.refusals import (
    AlreadySuspended,
    NoSuchThing,
    NotAllowed,
    NothingToConfirm,
    NothingToResume,
    SamePerson,
)
from intake.rules.service_days import Part
from intake.rules.suspension_reasons import SuspensionAsked, SuspensionReason
from intake.suspending import ALL, confirm, extend, open_suspensions, resume, suspended_minutes

THURSDAY = date(2026, 11, 26)
LINEAGE = "thursday"
HOUR = SuspensionAsked(SuspensionReason.NETWORK, 60, "Đứt cáp ở ngã tư")


@pytest.fixture
def rules(session, office, thu, dung) -> None:
    """Every Thursday without paper, and Thursday mornings under another rule."""
    publish(session, office, a_rule(), now=vietnam(20))
    morning = a_rule(lineage="morning", title="Sáng thứ Năm", part=Part.MORNING)
    publish(session, office, morning, now=vietnam(20))
    session.commit()


def at(hour: int, minute: int = 0) -> datetime:
    """On Thursday."""
    return vietnam(26, hour, minute)


def rests(session, office, lineage: str, moment: datetime) -> bool:
    memory.forget_all()
    rule = next(one for one in policies.rules_of(session, office, now=moment) if one.lineage == lineage)
    return rule.is_suspended(moment)


def suspend(session, office, by, moment, lineage=LINEAGE, asked=HOUR):
    row = suspending.suspend(session, office, lineage, asked, by=by, now=moment)
    session.commit()
    return row


def minutes(session, office, lineage=LINEAGE, day=THURSDAY, now=None) -> int:
    return suspended_minutes(session, office, lineage, day, now=now)


def test_one_person_suspends_at_once_and_only_for_a_while(session, office, rules, thu):
    suspend(session, office, thu, at(9))
    assert rests(session, office, LINEAGE, at(9)) and rests(session, office, LINEAGE, at(9, 29))
    assert not rests(session, office, LINEAGE, at(9, 30))
    (view,) = open_suspensions(session, office, now=at(9, 10))
    assert view.in_force and view.waits and view.until == at(9, 30) and view.asked_until == at(10)
    assert (view.title, view.reason, view.text, view.person) == (
        a_rule().title,
        "Mất mạng, đường truyền chập chờn",
        "Đứt cáp ở ngã tư",
        thu.name,
    )


def test_a_short_one_needs_nobody_else(session, office, rules, thu):
    suspend(session, office, thu, at(9), asked=SuspensionAsked(SuspensionReason.POWER, 20))
    (view,) = open_suspensions(session, office, now=at(9, 10))
    assert view.until == at(9, 20) and not view.waits
    assert open_suspensions(session, office, now=at(9, 20)) == []


def test_a_second_person_lets_it_last(session, office, rules, thu, dung):
    row = suspend(session, office, thu, at(9))
    confirm(session, office, row.id, by=dung, now=at(9, 5))
    assert rests(session, office, LINEAGE, at(9, 59)) and not rests(session, office, LINEAGE, at(10))
    (view,) = open_suspensions(session, office, now=at(9, 45))
    assert view.confirmed_by == dung.name and not view.waits
    with pytest.raises(NothingToConfirm):
        confirm(session, office, row.id, by=dung, now=at(9, 6))


def test_nobody_confirms_their_own(session, office, rules, thu):
    row = suspend(session, office, thu, at(9))
    with pytest.raises(SamePerson):
        confirm(session, office, row.id, by=thu, now=at(9, 1))


def test_whoever_may_not_confirm_is_refused(session, office, rules, thu, hoa):
    row = suspend(session, office, thu, at(9))
    with pytest.raises(NotAllowed):
        confirm(session, office, row.id, by=hoa, now=at(9, 1))


def test_confirmed_late_it_begins_anew_and_the_time_between_stays_counted(session, office, rules, thu, dung):
    row = suspend(session, office, thu, at(9))
    confirm(session, office, row.id, by=dung, now=at(9, 45))
    told = [rests(session, office, LINEAGE, at(9, minute)) for minute in (29, 30, 44, 45, 59)]
    assert told == [True, False, False, True, True]
    assert minutes(session, office) == 30 + 15


def test_after_its_time_there_is_nothing_to_confirm(session, office, rules, thu, dung):
    row = suspend(session, office, thu, at(9))
    with pytest.raises(NothingToConfirm):
        confirm(session, office, row.id, by=dung, now=at(10))


def test_what_rests_is_not_suspended_again(session, office, rules, thu, dung):
    suspend(session, office, thu, at(9))
    with pytest.raises(AlreadySuspended) as refused:
        suspend(session, office, dung, at(9, 40))  # the minutes alone are over, the request is not
    assert refused.value.facts == {"until": at(10)}


def test_all_rules_rest_together(session, office, rules, thu):
    suspend(session, office, thu, at(9), lineage=ALL)
    assert rests(session, office, LINEAGE, at(9, 5)) and rests(session, office, "morning", at(9, 5))
    (view,) = open_suspensions(session, office, now=at(9, 5))
    assert view.title == ""
    with pytest.raises(AlreadySuspended):
        suspend(session, office, thu, at(9, 10))


def test_one_rule_rests_alone_and_all_may_follow(session, office, rules, thu):
    suspend(session, office, thu, at(9))
    assert not rests(session, office, "morning", at(9, 5))
    suspend(session, office, thu, at(9, 10), lineage=ALL)
    assert rests(session, office, "morning", at(9, 15))


def test_a_rule_that_is_not_in_force_cannot_rest(session, office, rules, thu):
    with pytest.raises(NoSuchThing):
        suspend(session, office, thu, at(9), lineage="khong-co")


def test_without_rules_there_is_nothing_to_suspend(session, office, thu):
    session.commit()
    with pytest.raises(NoSuchThing):
        suspend(session, office, thu, at(9), lineage=ALL)


def test_it_runs_again_when_somebody_says_so(session, office, rules, thu, dung):
    row = suspend(session, office, thu, at(9))
    resume(session, office, row.id, by=dung, now=at(9, 12))
    assert not rests(session, office, LINEAGE, at(9, 12))
    assert open_suspensions(session, office, now=at(9, 12)) == [] and minutes(session, office) == 12
    with pytest.raises(NothingToResume):
        resume(session, office, row.id, by=dung, now=at(9, 13))
    with pytest.raises(NothingToConfirm):
        confirm(session, office, row.id, by=dung, now=at(9, 13))


def test_begun_again_and_again_the_minutes_alone_add_up(session, office, rules, thu, dung):
    row = suspend(session, office, thu, at(8))
    resume(session, office, row.id, by=thu, now=at(8, 20))
    assert suspending.minutes_alone(session, office, now=at(9)) == 10
    again = suspend(session, office, thu, at(9))
    assert rests(session, office, LINEAGE, at(9, 9)) and not rests(session, office, LINEAGE, at(9, 10))
    resume(session, office, again.id, by=thu, now=at(9, 30))
    third = suspend(session, office, thu, at(10))
    assert not rests(session, office, LINEAGE, at(10))
    (view,) = open_suspensions(session, office, now=at(10))
    assert not view.in_force and view.waits
    confirm(session, office, third.id, by=dung, now=at(10, 5))
    assert rests(session, office, LINEAGE, at(10, 5)) and not rests(session, office, LINEAGE, at(10, 4))
    assert suspending.minutes_alone(session, office, now=vietnam(27)) == 30


def test_a_longer_time_is_asked_for_and_confirmed(session, office, rules, thu, dung):
    row = suspend(session, office, thu, at(9))
    confirm(session, office, row.id, by=dung, now=at(9, 5))
    more = extend(session, office, row.id, 30, by=thu, now=at(9, 50))
    session.commit()
    assert rests(session, office, LINEAGE, at(9, 59)) and not rests(session, office, LINEAGE, at(10))
    with pytest.raises(SamePerson):
        confirm(session, office, more.id, by=thu, now=at(9, 51))
    confirm(session, office, more.id, by=dung, now=at(9, 52))
    assert rests(session, office, LINEAGE, at(10, 29)) and not rests(session, office, LINEAGE, at(10, 30))
    assert minutes(session, office) == 90


def test_a_longer_time_confirmed_late_leaves_a_gap(session, office, rules, thu, dung):
    row = suspend(session, office, thu, at(9))
    confirm(session, office, row.id, by=dung, now=at(9, 5))
    more = extend(session, office, row.id, 60, by=thu, now=at(9, 50))
    confirm(session, office, more.id, by=dung, now=at(10, 15))
    assert [rests(session, office, LINEAGE, at(10, minute)) for minute in (10, 15)] == [False, True]
    assert minutes(session, office) == 60 + 45


def test_before_it_is_confirmed_only_what_is_asked_grows(session, office, rules, thu, dung):
    row = suspend(session, office, thu, at(9))
    extend(session, office, row.id, 30, by=dung, now=at(9, 10))
    (view,) = open_suspensions(session, office, now=at(9, 10))
    assert (view.until, view.asked_until, view.person) == (at(9, 30), at(10, 30), dung.name)
    confirm(session, office, row.id, by=thu, now=at(9, 11))
    assert rests(session, office, LINEAGE, at(10, 29))


def test_what_was_to_follow_goes_with_what_is_resumed_and_not_the_other_way(
    session, office, rules, thu, dung
):
    row = suspend(session, office, thu, at(9))
    confirm(session, office, row.id, by=dung, now=at(9, 5))
    more = extend(session, office, row.id, 30, by=thu, now=at(9, 10))
    resume(session, office, more.id, by=thu, now=at(9, 11))
    assert rests(session, office, LINEAGE, at(9, 12)) and not rests(session, office, LINEAGE, at(10, 1))
    extend(session, office, row.id, 30, by=thu, now=at(9, 12))
    resume(session, office, row.id, by=thu, now=at(9, 15))
    assert open_suspensions(session, office, now=at(9, 15)) == [] and minutes(session, office) == 15


def test_what_is_over_cannot_be_extended(session, office, rules, thu):
    row = suspend(session, office, thu, at(9))
    with pytest.raises(NothingToResume):
        extend(session, office, row.id, 30, by=thu, now=at(10))


def test_only_working_time_of_the_rule_is_lost(session, office, rules, thu, dung):
    asked = SuspensionAsked(SuspensionReason.POWER, 300)
    row = suspend(session, office, thu, at(10), lineage=ALL, asked=asked)  # until 15:00
    confirm(session, office, row.id, by=dung, now=at(10))
    assert minutes(session, office) == 90 + 90  # 11:30 to 13:30 is lunch
    assert minutes(session, office, "morning") == 90
    assert minutes(session, office, now=at(10, 30)) == 30
    assert minutes(session, office, day=date(2026, 11, 27)) == 0
    assert minutes(session, office, "khong-co") == 0


def test_minutes_told_twice_are_lost_once(session, office, rules, thu):
    suspend(session, office, thu, at(9))
    suspend(session, office, thu, at(9, 10), lineage=ALL)
    assert minutes(session, office) == 30


def test_a_suspension_of_another_office_does_not_exist(session, office, rules, thu, dung):
    row = suspend(session, office, thu, at(9))
    columns = {one.name: getattr(office, one.name) for one in Office.__table__.columns}
    other = Office(**columns | {"id": None, "code": "H56.99.01"})
    session.add(other)
    session.commit()
    for act in (confirm, resume):
        with pytest.raises(NoSuchThing):
            act(session, other, row.id, by=dung, now=at(9, 1))
    assert open_suspensions(session, other, now=at(9, 1)) == []


def test_every_step_is_told_with_its_reason(session, office, rules, thu, dung):
    row = suspend(session, office, thu, at(9))
    confirm(session, office, row.id, by=dung, now=at(9, 5))
    resume(session, office, row.id, by=thu, now=at(9, 30))
    kinds = Event.kind.like("%suspen%") | Event.kind.like("%resumed")
    told = session.scalars(select(Event).where(kinds).order_by(Event.id))
    told = [(one.kind, one.actor, one.reason, one.facts["what"]) for one in told]
    reason = "Mất mạng, đường truyền chập chờn: Đứt cáp ở ngã tư"
    assert told == [
        ("service_day_suspended", thu.name, reason, a_rule().title),
        ("suspension_confirmed", dung.name, reason, a_rule().title),
        ("service_day_resumed", thu.name, reason, a_rule().title),
    ]


def test_a_rule_that_ended_meanwhile_can_still_be_let_go(session, office, rules, thu):
    row = suspend(session, office, thu, at(9))
    for version in session.scalars(select(ServiceDayVersion)):
        version.state, version.ended_at = "ended", at(9, 5)
    session.commit()
    resume(session, office, row.id, by=thu, now=at(9, 10))
    assert minutes(session, office) == 5


def test_no_minute_is_forgotten_when_the_rule_is_replaced_within_the_day(session, office, rules, thu):
    row = suspend(session, office, thu, at(9))
    resume(session, office, row.id, by=thu, now=at(9, 20))
    (whole,) = session.scalars(select(ServiceDayVersion).filter_by(lineage=LINEAGE))
    whole.state, whole.ended_at = "ended", at(12)
    publish(session, office, a_rule(version=2, part=Part.AFTERNOON), now=at(12))
    assert minutes(session, office) == 20
    suspend(session, office, thu, at(14))
    assert minutes(session, office, now=at(14, 5)) == 25

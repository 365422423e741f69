"""What is allowed and promised under all the rules of an office: examples, then what must hold always."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build import vietnam
from dayway import a_rule
from intake.rules.calendar import Session, WorkCalendar, local
from intake.rules.exceptions import ALWAYS, PaperReason
from intake.rules.policy import ORDINARY, NotToday, Policy, Used, policy
from intake.rules.service_days import Mode, Part, ServiceDay, Suspension

CALENDAR = WorkCalendar()
BIRTH, CIVIL = "1.001193", "Hộ tịch"
NO_WAIT, NO_PAPER = frozenset({Mode.NO_WAIT}), frozenset({Mode.NO_PAPER})
NO_APPOINTMENT = frozenset({Mode.NO_APPOINTMENT})


def ask(*rules: ServiceDay, hour: int = 10, minute: int = 0, day: int = 26, **given) -> Policy:
    """Birth registered at the kiosk on Thursday 26/11/2026, unless told."""
    asked = {"procedure_code": BIRTH, "sector": CIVIL, "channel": "kiosk", "calendar": CALENDAR} | given
    return policy(rules, at=vietnam(day, hour, minute), **asked)


def test_without_rules_it_is_an_ordinary_day():
    assert ask() == ORDINARY


def test_paper_is_closed_but_for_exceptions():
    told = ask(a_rule(exceptions=frozenset({PaperReason.OUTAGE})))
    assert not told.paper
    assert told.exceptions == (PaperReason.OUTAGE, PaperReason.NEEDS_HELP, PaperReason.OTHER)


def test_the_result_is_promised_for_the_end_of_the_day():
    told = ask(a_rule())
    assert told.same_day and told.result_by == vietnam(26, 17, 30) and told.target is None


def test_other_procedures_have_an_ordinary_day():
    rule = a_rule(procedures=frozenset({"2.000815"}))
    assert ask(rule) == ORDINARY and ask(rule, procedure_code="2.000815") != ORDINARY


def test_a_sector_is_for_all_its_procedures():
    assert ask(a_rule(sectors=frozenset({CIVIL}))) != ORDINARY
    assert ask(a_rule(sectors=frozenset({"Đất đai"}))) == ORDINARY


@pytest.mark.parametrize(
    "hour, minute, why", [(14, 59, None), (15, 0, NotToday.CUTOFF), (17, 0, NotToday.CUTOFF)]
)
def test_from_the_cut_off_on_nothing_is_promised_for_today(hour, minute, why):
    told = ask(a_rule(), hour=hour, minute=minute)
    assert told.not_today is why and told.same_day == (why is None)
    assert told.again_at == (vietnam(3, 7, 30, month=12) if why else None)
    assert not told.paper  # still no paper: only the promise is over


def test_an_hour_that_is_full_opens_again_with_the_next():
    rule = a_rule(per_hour=5)
    told = ask(rule, hour=9, minute=20, used={rule.id: Used(hour=5, day=5)})
    assert (told.not_today, told.again_at) == (NotToday.HOUR_FULL, vietnam(26, 10, 0))
    assert ask(rule, hour=9, used={rule.id: Used(hour=4, day=40)}).same_day


def test_the_last_hour_before_the_cut_off_opens_again_on_the_next_such_day():
    rule = a_rule(per_hour=5)
    told = ask(rule, hour=14, minute=20, used={rule.id: Used(hour=5, day=30)})
    assert (told.not_today, told.again_at) == (NotToday.HOUR_FULL, vietnam(3, 7, 30, month=12))


def test_a_day_that_is_full_opens_again_on_the_next_such_day():
    rule = a_rule(per_day=60, per_hour=10)
    told = ask(rule, hour=9, used={rule.id: Used(hour=10, day=60)})
    assert (told.not_today, told.again_at) == (NotToday.DAY_FULL, vietnam(3, 7, 30, month=12))


def test_whoever_waits_is_told_for_how_long():
    told = ask(a_rule(modes=NO_WAIT, target_minutes=30), hour=9, minute=10)
    assert (told.target, told.result_by) == (timedelta(minutes=30), vietnam(26, 9, 40))
    assert told.paper


def test_waiting_goes_on_after_lunch_and_begins_when_the_doors_open():
    rule = a_rule(modes=NO_WAIT, target_minutes=30)
    assert ask(rule, hour=11, minute=20).result_by == vietnam(26, 13, 50)
    assert ask(rule, hour=6).result_by == vietnam(26, 8, 0)


def test_too_near_to_closing_nobody_is_let_wait():
    rule = a_rule(modes=NO_WAIT, target_minutes=30, cutoff=time(17, 30))
    assert ask(rule, hour=17).result_by == vietnam(26, 17, 30)
    told = ask(rule, hour=17, minute=1)
    assert (told.same_day, told.not_today) == (False, NotToday.CUTOFF)


def test_too_near_to_closing_the_day_may_still_be_promised():
    both = a_rule(modes=NO_WAIT | NO_APPOINTMENT, target_minutes=30, cutoff=time(17, 30))
    told = ask(both, hour=17, minute=10)
    assert told.same_day and told.target is None and told.result_by == vietnam(26, 17, 30)


def test_the_morning_promises_the_morning():
    rule = a_rule(modes=NO_APPOINTMENT, part=Part.MORNING, cutoff=time(10, 30))
    assert ask(rule, hour=9).result_by == vietnam(26, 11, 30)
    assert ask(rule, hour=10, minute=30).not_today is NotToday.CUTOFF
    assert ask(rule, hour=14) == ORDINARY


def test_a_suspended_rule_forbids_and_promises_nothing_and_is_still_told():
    rule = a_rule(suspensions=(Suspension(vietnam(26, 9, 0), vietnam(26, 11, 0)),))
    told = ask(rule, hour=10)
    assert told.paper and not told.same_day and told.modes == frozenset()
    assert told.rules == told.suspended == (rule,)
    assert not ask(rule, hour=11).paper and not ask(rule, hour=8).paper


def test_what_comes_by_post_is_digitised_and_promised_as_usual():
    told = ask(a_rule(), channel="post")
    assert told.paper and told.digitise and not told.same_day and told.exceptions == ()
    assert not ask(a_rule(modes=NO_APPOINTMENT), channel="post").digitise


def test_a_state_agency_files_electronically_on_every_day():
    told = ask(applicant_kind="agency", day=25)
    assert not told.paper
    assert set(told.exceptions) == set(ALWAYS)
    assert PaperReason.STATE_AGENCY not in ask(a_rule(exceptions=frozenset())).exceptions


def test_in_an_outage_an_agency_may_bring_paper_too():
    rule = a_rule(suspensions=(Suspension(vietnam(26, 9, 0), vietnam(26, 11, 0)),))
    assert ask(rule, applicant_kind="agency", hour=10).paper


def test_an_agency_by_post_is_digitised_at_reception():
    told = ask(a_rule(), applicant_kind="agency", channel="post")
    assert told.paper and told.digitise
    ordinary = ask(applicant_kind="agency", channel="post", day=25)
    assert ordinary.paper and ordinary.digitise and not ask(channel="post", day=25).digitise


def test_of_two_rules_the_earlier_promise_counts():
    day = a_rule(modes=NO_APPOINTMENT, id=1)
    wait = a_rule(modes=NO_WAIT, id=2, target_minutes=20)
    told = ask(day, wait)
    assert told.promised_by == wait and told.modes == NO_WAIT | NO_APPOINTMENT
    full = ask(day, replace(wait, per_day=1), used={2: Used(day=1)})
    assert full.promised_by == day and full.not_today is None


RULES = st.builds(
    a_rule,
    modes=st.frozensets(st.sampled_from(Mode), min_size=1),
    weekdays=st.frozensets(st.integers(0, 6), max_size=3),
    part=st.sampled_from(Part),
    procedures=st.sampled_from([frozenset(), frozenset({BIRTH}), frozenset({"2.000815"})]),
    cutoff=st.times(time(7), time(18)),
    target_minutes=st.none() | st.integers(5, 300),
    per_hour=st.none() | st.integers(1, 5),
    per_day=st.none() | st.integers(1, 20),
    exceptions=st.frozensets(st.sampled_from(PaperReason)),
    valid_to=st.none() | st.dates(date(2026, 11, 20), date(2026, 12, 20)),
    suspensions=st.just(()) | st.just((Suspension(vietnam(26, 9, 0), vietnam(27, 9, 0)),)),
)
MANY = st.lists(RULES, max_size=4).map(
    lambda rules: [replace(rule, id=number) for number, rule in enumerate(rules, 1)]
)
MOMENTS = st.integers(0, 20 * 24 * 60).map(lambda minutes: vietnam(20, 0, 0) + timedelta(minutes=minutes))
ASKED = st.fixed_dictionaries(
    {
        "channel": st.sampled_from(["kiosk", "counter", "post", "portal"]),
        "applicant_kind": st.sampled_from(["citizen", "agency"]),
    }
)
USED = st.dictionaries(st.integers(1, 4), st.builds(Used, st.integers(0, 6), st.integers(0, 21)))


def told(rules, at, asked, used=None) -> Policy:
    return policy(
        rules, procedure_code=BIRTH, sector=CIVIL, at=at, calendar=CALENDAR, used=used or {}, **asked
    )


@given(MANY, MOMENTS, ASKED, st.data())
def test_adding_an_exception_never_forbids_more(rules, at, asked, data):
    before = told(rules, at, asked)
    if not rules:
        return
    changed = data.draw(st.sampled_from(rules))
    more = replace(changed, exceptions=changed.exceptions | {data.draw(st.sampled_from(PaperReason))})
    after = told([more if one is changed else one for one in rules], at, asked)
    assert after.paper == before.paper and set(before.exceptions) <= set(after.exceptions)
    assert (after.result_by, after.target, after.modes) == (before.result_by, before.target, before.modes)


@given(MANY, MOMENTS, ASKED)
def test_a_moment_outside_every_rule_is_an_ordinary_day(rules, at, asked):
    outside = [rule for rule in rules if not (rule.is_for(BIRTH, CIVIL) and rule.holds_at(at, CALENDAR))]
    assert told(outside, at, asked) == told([], at, asked)
    if asked["applicant_kind"] == "citizen":
        assert told(outside, at, asked) == ORDINARY


@given(MANY, MOMENTS, ASKED, USED, st.randoms())
def test_the_order_of_rules_does_not_matter(rules, at, asked, used, random):
    shuffled = random.sample(rules, len(rules))
    assert told(shuffled, at, asked, used) == told(rules, at, asked, used)


@given(MANY, MOMENTS, ASKED, USED)
def test_a_promise_is_for_today_later_than_now_and_within_the_sessions(rules, at, asked, used):
    found = told(rules, at, asked, used)
    if found.result_by is None:
        return
    assert at < found.result_by <= found.promised_by.ends_on(found.result_by.date(), CALENDAR)
    assert found.result_by.date() == at.astimezone(found.result_by.tzinfo).date()
    assert found.not_today is None and found.again_at is None


@given(MANY, MOMENTS, ASKED, USED)
def test_where_a_promise_fails_it_is_told_why(rules, at, asked, used):
    found = told(rules, at, asked, used)
    running = [rule for rule in found.rules if rule not in found.suspended and rule.promises_today]
    assert (found.not_today is not None) == (
        bool(running) and found.promised_by is None and asked["channel"] != "post"
    )
    if found.again_at is not None:
        assert found.again_at > at and any(rule.runs_on(found.again_at.date(), CALENDAR) for rule in running)


@given(MANY, MOMENTS, ASKED, USED)
def test_whoever_comes_again_as_told_is_promised_the_day(rules, at, asked, used):
    found = told(rules, at, asked, used)
    if found.again_at is None:
        return
    today = found.again_at.date() == local(at).date()
    fresh = {number: Used(day=one.day) for number, one in used.items()} if today else {}
    assert told(rules, found.again_at, asked, fresh).same_day


def test_the_last_hour_of_a_morning_does_not_send_people_to_its_afternoon():
    rule = a_rule(per_hour=5, part=Part.MORNING)
    found = ask(rule, hour=11, minute=10, used={rule.id: Used(hour=5, day=20)})
    assert (found.not_today, found.again_at) == (NotToday.HOUR_FULL, vietnam(3, 7, 30, month=12))


@given(MANY, MOMENTS)
def test_nobody_is_turned_away(rules, at):
    """Where paper is closed there is always a way with paper for who needs help, and for any other reason."""
    found = told(rules, at, {"channel": "kiosk", "applicant_kind": "citizen"})
    assert found.paper or {PaperReason.NEEDS_HELP, PaperReason.OTHER} <= set(found.exceptions)


def test_a_lobby_that_is_open_at_night_knows_what_kind_of_day_it_will_be():
    assert ask(a_rule(), hour=5).result_by == vietnam(26, 17, 30)
    assert ask(a_rule(), hour=23).not_today is NotToday.CUTOFF


def test_an_evening_session_is_promised_for_the_evening():
    hours = (Session(time(7, 30), time(11, 30)), Session(time(18), time(21)))
    late = WorkCalendar((), dict.fromkeys(range(6), hours))
    rule = a_rule(modes=NO_APPOINTMENT, part=Part.EVENING, cutoff=time(20))
    assert ask(rule, hour=19, calendar=late).result_by == vietnam(26, 21, 0)
    assert ask(rule, hour=9, calendar=late) == ORDINARY

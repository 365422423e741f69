"""What is counted of one dossier, and what sums say."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build import vietnam
from figureway import counts_of
from intake.rules.calendar import WorkCalendar
from intake.rules.day_figures import Facts, Sum, percentile, promise_of, term_used, total

CALENDAR = WorkCalendar()
THURSDAY = vietnam(26, 8, 0)
DAY_END = vietnam(26, 17, 0)
ORDINARY = Facts(
    received_at=THURSDAY,
    channel="kiosk",
    without_paper=True,
    same_day=True,
    promised_at=DAY_END,
    due_at=vietnam(1, 8, 0, month=12),
    deadline_at=vietnam(1, 8, 0, month=12),
    sheets_saved=3,
)
DONE = replace(ORDINARY, finished_at=vietnam(26, 8, 20), returned_at=vietnam(26, 8, 28), has_result=True)


def test_a_dossier_without_paper_that_is_returned_in_the_same_visit():
    counted = counts_of(replace(DONE, online=True, visit_minutes=30), CALENDAR)
    assert counted == {
        "dossiers": 1, "electronic": 1, "hour_electronic:8": 1, "fully_electronic": 1, "online": 1, "here": 1,
        "sheets_saved": 3, "promised": 1, "kept": 1, "finished": 1, "same_day": 1, "same_visit": 1,
        "visit:28": 1, "visit_target": 1, "visit_target_kept": 1, "used:2": 1,
    }  # fmt: skip


def test_paper_is_counted_by_its_reason_and_by_what_was_kept():
    paper = replace(
        ORDINARY, without_paper=False, reason="verification", papers=(("verification", "Giấy ra viện"),) * 2
    )
    counted = counts_of(replace(paper, sheets_taken=2), CALENDAR)
    assert counted["paper"] == counted["reason:verification"] == 1
    assert "electronic" not in counted
    assert Sum(counted).kept_papers == [("verification", "Giấy ra viện", 2)]


def test_what_the_post_brings_is_digitised_and_counted_apart():
    counted = counts_of(replace(ORDINARY, channel="post", same_day=False), CALENDAR)
    assert counted["digitised"] == 1
    assert not {"electronic", "paper", "here"} & set(counted)


@pytest.mark.parametrize(
    ("changes", "promise"),
    [
        ({}, "open"),
        ({"same_day": False}, ""),
        ({"finished_at": DAY_END, "has_result": True}, "kept"),
        ({"finished_at": DAY_END + timedelta(minutes=1), "has_result": True}, "broken"),
        # An apology moves the deadline, and mends no promise.
        (
            {
                "finished_at": vietnam(27, 9),
                "has_result": True,
                "deadline_at": vietnam(4, 17, month=12),
            },
            "broken",
        ),
        ({"finished_at": vietnam(26, 9)}, "excused"),
        ({"finished_at": vietnam(27, 9)}, "broken"),
        ({"pauses": ((vietnam(26, 9), None),)}, "excused"),
        ({"pauses": ((vietnam(27, 9), None),)}, "open"),
        (
            {
                "pauses": ((vietnam(26, 9), vietnam(27, 9)),),
                "finished_at": vietnam(27, 10),
                "has_result": True,
            },
            "excused",
        ),
    ],
)
def test_a_promise_is_judged_as_it_was_first_given(changes, promise):
    assert promise_of(replace(ORDINARY, **changes)) == promise


def test_a_result_on_the_next_day_is_no_visit():
    counted = counts_of(replace(DONE, finished_at=vietnam(27, 8), returned_at=vietnam(27, 9)), CALENDAR)
    assert not {"same_day", "same_visit", "kept"} & set(counted)
    assert counted["broken"] == 1


def test_a_result_that_is_ready_but_not_collected_is_of_the_same_day_and_no_visit():
    counted = counts_of(replace(DONE, returned_at=None), CALENDAR)
    assert counted["same_day"] == 1
    assert "same_visit" not in counted


def test_the_term_is_counted_in_working_time_without_what_was_waited_for():
    whole = CALENDAR.working_time(THURSDAY, ORDINARY.due_at)
    done = replace(DONE, finished_at=ORDINARY.due_at)
    assert term_used(done, CALENDAR) == 100
    waited = replace(done, pauses=((vietnam(27, 8), vietnam(27, 17)),))
    day = CALENDAR.working_time(vietnam(27, 8), vietnam(27, 17))
    assert term_used(waited, CALENDAR) == -(-100 * (whole - day) // whole)
    assert term_used(replace(done, due_at=None), CALENDAR) is None
    assert term_used(replace(done, has_result=False), CALENDAR) is None


def test_thirty_percent_shorter_is_seventy_percent_of_the_term():
    assert Sum({"used:70": 2, "used:71": 1, "used:100": 1}).shorter(30) == (2, 4)
    assert Sum({}).shorter(30) == (0, 0)


def test_of_nothing_there_is_no_share_and_no_median():
    assert Sum().share("electronic") is None
    assert Sum().visit(0.5) is None
    assert percentile({}, 0.9) is None


@given(st.lists(st.integers(0, 300), min_size=1), st.sampled_from((0.5, 0.9, 1.0)))
def test_a_percentile_of_a_histogram_is_that_of_its_values(minutes, share):
    table = {minute: minutes.count(minute) for minute in minutes}
    found = percentile(table, share)
    assert found in minutes
    assert sum(one <= found for one in minutes) >= share * len(minutes)
    assert sum(one < found for one in minutes) < share * len(minutes)


moments = st.none() | st.integers(0, 10_000).map(lambda minutes: THURSDAY + timedelta(minutes=minutes))
some_facts = st.builds(
    Facts,
    received_at=st.just(THURSDAY),
    channel=st.sampled_from(("kiosk", "counter", "post", "portal")),
    online=st.booleans(),
    without_paper=st.booleans(),
    reason=st.sampled_from(("", "outage", "other")),
    same_day=st.booleans(),
    visit_minutes=st.none() | st.just(30),
    promised_at=moments,
    due_at=moments,
    deadline_at=moments,
    finished_at=moments,
    returned_at=moments,
    has_result=st.booleans(),
    sheets_taken=st.integers(0, 5),
    sheets_saved=st.integers(0, 5),
)


@given(st.lists(some_facts, max_size=8))
def test_sums_add_up_however_they_are_cut(dossiers):
    counts = [counts_of(one, CALENDAR) for one in dossiers]
    whole = total(counts)
    halves = total([total(counts[::2]), total(counts[1::2])])
    assert whole == halves
    assert whole["dossiers"] == len(dossiers)
    assert whole["electronic"] + whole["digitised"] + whole["paper"] == len(dossiers)
    assert sum(whole.reasons.values()) + whole.unreasoned == whole["paper"]
    assert sum(whole.table("visit").values()) == whole["same_visit"] <= whole["here"]
    assert 0 <= whole.open_promises() <= whole["promised"]
    assert all(count > 0 for count in whole.counts.values())

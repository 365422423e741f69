"""What is found about a rule of service days before people live by it: one test for each code."""

from __future__ import annotations

import re
from datetime import date, time
from pathlib import Path

import pytest

from build import a_procedure
from dayway import a_rule
from intake.cataloguing import shipped_procedures
from intake.rules import service_findings
from intake.rules.calendar import Session, Week, WorkCalendar
from intake.rules.procedures import Case, Condition, ServiceLevel, Term, TermUnit
from intake.rules.service_days import Mode, Part
from intake.rules.service_findings import Finding, findings

ROOT = Path(__file__).resolve().parents[2]
CALENDAR = WorkCalendar()
TODAY = date(2026, 11, 20)
THURSDAY, CULTURE_DAY = date(2026, 11, 26), date(2026, 11, 24)
SAME_DAY = Term(TermUnit.SAME_DAY)
COPY = a_procedure(
    code="2.000815", short_name="Chứng thực bản sao", sector="Chứng thực", term=SAME_DAY,
    service_level=ServiceLevel.FULL,
)  # fmt: skip
EXTRACT = a_procedure(code="2.000635", term=SAME_DAY, service_level=ServiceLevel.PARTIAL)
OFFERED = {COPY.code: COPY, EXTRACT.code: EXTRACT}
NO_WAIT, NO_PAPER = frozenset({Mode.NO_WAIT}), frozenset({Mode.NO_PAPER})
NO_APPOINTMENT = frozenset({Mode.NO_APPOINTMENT})


def found(rule, *others, **given) -> dict[str, Finding]:
    """By code; a_rule() over two electronic procedures of the same day has nothing wrong but holidays."""
    asked = {"calendar": CALENDAR, "procedures": OFFERED, "longest_term": 5, "today": TODAY} | given
    return {one.code: one for one in findings(rule, others=others, **asked)}


def stops(rule, *others, **given) -> set[str]:
    return {code for code, one in found(rule, *others, **given).items() if one.stops}


def offering(**changes) -> dict:
    return {**OFFERED, COPY.code: a_procedure(code=COPY.code, term=SAME_DAY, **changes)}


def test_an_ordinary_rule_is_sound():
    assert set(found(a_rule())) == {"holidays"}


def test_every_code_has_a_sentence_and_no_sentence_is_for_nothing():
    source = Path(service_findings.__file__).read_text(encoding="utf-8")
    codes = set(re.findall(r"Finding\(\s*\"(\w+)\"", source)) | {"bad_recurrence", "finer_than_days"}
    template = (ROOT / "templates/service_findings.html").read_text(encoding="utf-8")
    assert codes == set(re.findall(r"code == \"(\w+)\"", template))


def test_days_of_the_version_in_force_that_the_next_one_leaves_out_stop():
    later = a_rule(valid_from=date(2026, 12, 4), version=2)
    one = found(later, former=a_rule())["days_between"]
    assert one.stops and one.facts["days"] == (THURSDAY, date(2026, 12, 3))
    over = a_rule(valid_to=TODAY)
    assert "days_between" not in found(later, former=over)
    assert "days_between" not in found(a_rule(valid_from=THURSDAY), former=a_rule())
    friday = a_rule(weekdays=frozenset({4}))
    assert found(later, former=friday, today=TODAY)["days_between"].facts["days"][0] == TODAY


def test_a_day_like_any_other_stops():
    assert stops(a_rule(modes=frozenset())) == {"no_modes"}


def test_no_day_at_all_stops():
    assert stops(a_rule(weekdays=frozenset())) == {"no_days"}


@pytest.mark.parametrize(
    "text, code",
    [
        ("FREQ=DAILY;INTERVAL=0", "bad_recurrence"),
        ("FREQ=HOURLY", "finer_than_days"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never_comes"),
    ],
)
def test_a_recurrence_that_never_comes_stops(text, code):
    assert code in stops(a_rule(weekdays=frozenset(), recurrence=text))


def test_an_end_before_the_beginning_stops():
    rule = a_rule(valid_from=THURSDAY, valid_to=date(2026, 11, 25))
    assert stops(rule) == {"ends_before_begins"}


def test_what_is_over_stops():
    assert stops(a_rule(valid_to=date(2026, 11, 19))) == {"over"}
    assert "over" not in found(a_rule(valid_to=THURSDAY))


def test_a_date_outside_its_time_stops_but_not_one_that_is_past():
    rule = a_rule(valid_to=date(2026, 12, 1), dates=frozenset({date(2026, 12, 8)}))
    assert found(rule)["dates_outside"].facts["days"] == (date(2026, 12, 8),)
    assert "dates_outside" not in found(a_rule(dates=frozenset({date(2026, 10, 8)})))


def test_a_date_that_is_a_day_off_stops_and_says_which():
    told = found(a_rule(dates=frozenset({CULTURE_DAY})))["dates_off"]
    assert told.stops and told.facts["days"] == ((CULTURE_DAY, "Ngày Văn hóa Việt Nam"),)


def test_coming_holidays_are_told_and_stop_nothing():
    told = found(a_rule(weekdays=frozenset({1})))["holidays"]
    assert not told.stops and told.weight == "info"
    assert (CULTURE_DAY, "Ngày Văn hóa Việt Nam") in told.facts["days"]


def test_a_weekday_on_which_nobody_works_stops():
    told = found(a_rule(weekdays=frozenset({3, 5})))
    assert told["weekday_closed"].stops and told["weekday_closed"].facts["weekdays"] == (5,)


def test_a_saturday_that_will_be_worked_is_no_closed_weekday():
    week = Week(dict.fromkeys(range(6), (Session(time(8), time(11)),)))
    calendar = WorkCalendar((), weeks={date(2027, 1, 1): week})
    assert "weekday_closed" not in found(a_rule(weekdays=frozenset({5})), calendar=calendar)


def test_an_evening_without_a_session_stops():
    told = found(a_rule(part=Part.EVENING))["part_closed"]
    assert told.stops and told.facts == {"weekdays": (3,), "part": "evening"}


def test_whoever_waits_must_know_for_how_long():
    assert "no_target" in stops(a_rule(modes=NO_WAIT))


def test_a_target_that_goes_with_nothing_is_told():
    assert not found(a_rule(target_minutes=30))["idle_target"].stops


def test_a_target_longer_than_the_day_stops():
    rule = a_rule(modes=NO_WAIT, target_minutes=300, part=Part.MORNING, cutoff=time(10))
    assert found(rule)["target_too_long"].facts == {"minutes": 300, "hours": 4.0}
    assert "target_too_long" in stops(rule)


def test_a_cut_off_after_the_last_moment_is_told_with_that_moment():
    rule = a_rule(modes=NO_WAIT, target_minutes=60, cutoff=time(17))
    assert found(rule)["cutoff_too_late"].facts["last"] == time(16, 30)
    assert "cutoff_too_late" not in found(a_rule(modes=NO_WAIT, target_minutes=60, cutoff=time(16, 30)))
    over_lunch = a_rule(modes=NO_WAIT, target_minutes=300, cutoff=time(15))
    assert found(over_lunch)["cutoff_too_late"].facts["last"] == time(10, 30)


def test_where_the_day_is_promised_anyway_a_late_cut_off_is_nothing():
    rule = a_rule(modes=NO_WAIT | NO_APPOINTMENT, target_minutes=60, cutoff=time(17))
    assert "cutoff_too_late" not in found(rule)


def test_a_cut_off_before_the_doors_open_stops():
    assert "cutoff_before_opening" in stops(a_rule(cutoff=time(7, 30)))
    assert "cutoff_before_opening" in stops(a_rule(part=Part.AFTERNOON, cutoff=time(12)))


def test_a_cut_off_after_closing_is_told():
    assert not found(a_rule(cutoff=time(18)))["cutoff_after_closing"].stops
    assert "cutoff_after_closing" in found(a_rule(part=Part.MORNING))


def test_a_rule_that_promises_nothing_has_no_cut_off_to_speak_of():
    assert set(found(a_rule(modes=NO_PAPER, cutoff=time(7)))) == {"holidays"}


def test_hours_that_never_fill_the_day_are_told():
    told = found(a_rule(per_hour=5, per_day=60))["day_never_full"]
    assert told.facts == {"per_hour": 5, "hours": 7, "most": 35, "per_day": 60} and not told.stops
    assert "day_never_full" not in found(a_rule(per_hour=9, per_day=60))


def test_a_day_that_never_fills_an_hour_is_told():
    assert found(a_rule(per_hour=20, per_day=10))["hour_never_full"].weight == "warn"


def test_what_the_office_does_not_receive_stops():
    told = found(a_rule(procedures=frozenset({COPY.code, "9.999999"})))["not_offered"]
    assert told.stops and told.facts["codes"] == ("9.999999",)


def test_a_sector_without_procedures_is_told_and_a_rule_for_nothing_stops():
    told = found(a_rule(sectors=frozenset({"Đất đai"})))
    assert not told["empty_sector"].stops and told["for_nothing"].stops


def test_a_procedure_that_is_not_valid_then_is_told():
    given = offering(valid_to=date(2026, 11, 25))
    assert found(a_rule(), procedures=given)["not_valid_then"].facts["day"] == THURSDAY
    assert "not_valid_then" in found(a_rule(), procedures=offering(valid_from=date(2027, 1, 1)))


def test_paper_only_procedures_are_told_on_a_day_without_paper():
    given = offering(service_level=ServiceLevel.NONE, short_name="Chứng thực chữ ký")
    assert found(a_rule(), procedures=given)["not_electronic"].facts["procedures"] == ("Chứng thực chữ ký",)
    assert "not_electronic" not in found(a_rule(modes=NO_APPOINTMENT), procedures=given)


@pytest.mark.parametrize(
    "unit, amount, long",
    [
        (TermUnit.WORKING_DAY, 5, False),
        (TermUnit.WORKING_DAY, 6, True),
        (TermUnit.WORKING_HOUR, 40, False),
        (TermUnit.WORKING_HOUR, 41, True),
        (TermUnit.DAY, 6, True),
        (TermUnit.HOUR, 24, False),
        (TermUnit.MONTH, 1, True),
    ],
)
def test_a_result_today_is_not_promised_where_the_law_takes_long(unit, amount, long):
    given = {**OFFERED, "1.000001": a_procedure(term=Term(unit, amount))}
    assert ("term_too_long" in stops(a_rule(), procedures=given)) == long
    assert "term_too_long" not in found(a_rule(modes=NO_PAPER), procedures=given)
    only = a_rule(procedures=frozenset({COPY.code}))
    assert "term_too_long" not in found(only, procedures=given)


def test_a_term_told_in_words_stops_a_promise():
    given = {**OFFERED, "1.000001": a_procedure(term=Term(TermUnit.OTHER, note="Ngay khi nhận đủ"))}
    assert found(a_rule(), procedures=given)["term_in_words"].facts["procedures"] == ("Bản sao trích lục",)


def test_a_case_only_an_officer_can_choose_is_told():
    verified = Case("01", "Phải xác minh", Term(TermUnit.WORKING_DAY, 5))
    chosen = Case("02", "Theo lời khai", Term(TermUnit.WORKING_DAY, 2), (Condition("who", ("x",)),))
    assert not found(a_rule(), procedures=offering(cases=(verified,)))["may_be_verified"].stops
    assert "may_be_verified" not in found(a_rule(), procedures=offering(cases=(chosen,)))


def test_the_same_rule_twice_stops():
    assert stops(a_rule(id=2, lineage="b"), a_rule()) == {"same_rule"}


def test_rules_that_meet_are_explained():
    other = a_rule(
        title="Sáng thứ Năm", modes=NO_WAIT, target_minutes=20, part=Part.MORNING, per_day=9, cutoff=time(10)
    )
    told = found(a_rule(id=2, valid_from=date(2026, 12, 1)), other)["overlaps"]
    assert not told.stops
    assert told.facts == {
        "title": "Sáng thứ Năm",
        "day": date(2026, 12, 3),
        "procedures": ("Chứng thực bản sao", "Bản sao trích lục"),
        "differs": ("modes", "cutoff", "target", "capacity"),
    }


def test_rules_that_do_the_same_on_other_days_only_overlap():
    assert found(a_rule(), a_rule(weekdays=frozenset({3, 4})))["overlaps"].facts["differs"] == ()


@pytest.mark.parametrize(
    "other",
    [
        {"weekdays": frozenset({4})},
        {"procedures": frozenset({"1.999999"})},
        {"valid_to": date(2026, 11, 19)},
        {"recurrence": "FREQ=DAILY;INTERVAL=0", "weekdays": frozenset()},
    ],
)
def test_rules_that_never_meet_are_not_told(other):
    assert set(found(a_rule(id=2), a_rule(**other))) == {"holidays"}


def test_a_morning_and_an_afternoon_never_meet():
    morning = a_rule(id=2, part=Part.MORNING, cutoff=time(10))
    assert "overlaps" not in found(morning, a_rule(part=Part.AFTERNOON))
    assert "overlaps" in found(morning, a_rule())


def test_a_rule_without_a_decision_is_told():
    assert found(a_rule(decision=""))["no_decision"].weight == "info"


def test_what_stops_comes_first():
    weights = [one.weight for one in findings(
        a_rule(modes=NO_WAIT, decision="", cutoff=time(18)), others=(), calendar=CALENDAR,
        procedures=OFFERED, longest_term=5, today=TODAY,
    )]  # fmt: skip
    assert weights == sorted(weights, key=("bad", "warn", "info").index) and weights[0] == "bad"


def test_the_law_forbids_a_promise_for_every_procedure_there_is():
    """For all procedures of a commune: those with a long term are named."""
    told = found(a_rule(), procedures=shipped_procedures())["term_too_long"]
    assert "Trợ cấp xã hội hằng tháng" in told.facts["procedures"]

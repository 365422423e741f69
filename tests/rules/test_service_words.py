"""What a service day is called and said to be."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from build import vietnam
from dayway import a_rule
from intake.rules import service_words as words
from intake.rules.calendar import WorkCalendar
from intake.rules.policy import Policy, Used, policy
from intake.rules.rule_sentence import sentence
from intake.rules.service_days import Mode, Part, ServiceDay, Suspension

NINE = vietnam(26, 9, 0)


def asked(*rules: ServiceDay, at=NINE, used=None) -> Policy:
    return policy(
        rules,
        procedure_code="1.001193",
        sector="Hộ tịch",
        channel="kiosk",
        at=at,
        calendar=WorkCalendar(),
        used=used or {},
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Không phải nộp bản giấy, nộp trước 15:00 có kết quả ngay trong ngày."),
        ({"modes": frozenset({Mode.NO_PAPER})}, "Không phải nộp bản giấy."),
        (
            {"modes": frozenset({Mode.NO_APPOINTMENT}), "part": Part.MORNING},
            "Nộp trong buổi sáng có kết quả ngay trong buổi sáng.",
        ),
        (
            {"modes": frozenset({Mode.NO_WAIT, Mode.NO_PAPER}), "target_minutes": 30},
            "Không phải nộp bản giấy, chờ khoảng 30 phút là có kết quả.",
        ),
    ],
)
def test_without_a_notice_the_modes_speak(changes, sentence):
    assert words.rule_words(a_rule(notices={}, **changes)) == sentence


def test_what_the_office_says_goes_first():
    assert words.rule_words(a_rule(notices={"vi": "Xin mời."})) == "Xin mời."
    assert words.rule_words(a_rule(notices={"en": "Welcome."})).startswith("Không phải")


def test_an_ordinary_day_has_no_name_and_no_words():
    nothing = asked()
    told = (words.day_name, words.day_sentence)
    assert [one(nothing) for one in told] == ["", ""]
    assert words.why_words(nothing, NINE) == words.suspension_words(nothing, NINE) == ""
    assert words.until_words(nothing, NINE) == ""


def test_two_rules_of_one_day_are_both_named_and_said_once():
    other = a_rule(id=2, lineage="six", title="Sáu thủ tục không chờ")
    found = asked(a_rule(), other)
    assert words.day_name(found) == "Thứ Năm không giấy, không hẹn · Sáu thủ tục không chờ"
    assert words.day_sentence(found) == a_rule().notices["vi"]


AFTER = "Từ 15:00 hồ sơ được hẹn trả theo thời hạn thường; ngày như hôm nay tiếp theo: Thứ Năm 03/12."


@pytest.mark.parametrize(
    ("changes", "hour", "used", "told"),
    [
        ({}, 9, None, ""),
        ({}, 15, None, AFTER),
        ({"per_hour": 2}, 9, Used(hour=2), "Giờ này đã hết lượt trả trong ngày, từ 10:00 còn nhận."),
        (
            {"per_hour": 2},
            14,
            Used(hour=2),
            "Hôm nay đã hết lượt trả trong ngày, hồ sơ được hẹn trả theo thời hạn thường; "
            "ngày như hôm nay tiếp theo: Thứ Năm 03/12.",
        ),
        (
            {"per_day": 9, "valid_to": date(2026, 11, 30)},
            9,
            Used(day=9),
            "Hôm nay đã hết lượt trả trong ngày, hồ sơ được hẹn trả theo thời hạn thường.",
        ),
    ],
)
def test_why_no_result_is_promised_and_when_again(changes, hour, used, told):
    at = vietnam(26, hour, 30)
    found = asked(a_rule(**changes), at=at, used={1: used} if used else None)
    assert words.why_words(found, at) == told


def test_a_wait_that_no_longer_fits_is_told_before_the_cut_off():
    at = vietnam(26, 16, 50)
    rule = a_rule(modes=frozenset({Mode.NO_WAIT}), target_minutes=60, cutoff=a_rule().cutoff.replace(hour=17))
    assert words.why_words(asked(rule, at=at), at).startswith("Từ bây giờ hồ sơ được hẹn trả")


def test_the_wall_says_until_when():
    assert words.until_words(asked(a_rule()), NINE) == "nộp trước 15:00, trả hôm nay"
    morning = asked(a_rule(part=Part.MORNING))
    assert words.until_words(morning, NINE) == "nộp trước 11:30, trả hôm nay"
    wait = asked(a_rule(modes=frozenset({Mode.NO_WAIT}), target_minutes=30))
    assert words.until_words(wait, NINE) == "chờ khoảng 30 phút là có kết quả, nộp trước 15:00"
    late = vietnam(26, 16, 0)
    told = words.until_words(asked(a_rule(), at=late), late)
    assert told == "từ 15:00 hẹn trả theo thời hạn thường"


@pytest.mark.parametrize(
    ("hours", "told"),
    [(2, "Hôm nay tạm nhận giấy trở lại, dự kiến đến 11:00."), (30, "Hôm nay tạm nhận giấy trở lại.")],
)
def test_while_suspended_paper_is_said_to_be_taken(hours, told):
    rule = a_rule(suspensions=(Suspension(NINE, NINE + timedelta(hours=hours)),))
    found = asked(rule)
    assert words.suspension_words(found, NINE) == told and words.day_name(found) == ""


def test_suspended_where_paper_was_taken_anyway():
    rule = a_rule(
        modes=frozenset({Mode.NO_APPOINTMENT}), suspensions=(Suspension(NINE, NINE + timedelta(1)),)
    )
    assert words.suspension_words(asked(rule), NINE) == "Hôm nay tạm dừng không hẹn."


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "thứ Năm hằng tuần"),
        ({"weekdays": frozenset({0, 2, 4})}, "thứ Hai, thứ Tư và thứ Sáu hằng tuần"),
        ({"weekdays": frozenset({2}), "part": Part.MORNING}, "buổi sáng thứ Tư hằng tuần"),
        ({"weekdays": frozenset(), "dates": frozenset({date(2026, 11, 28)})}, "ngày 28/11/2026"),
        ({"weekdays": frozenset(), "recurrence": "FREQ=MONTHLY;BYDAY=1TH"}, "các ngày theo lịch của cơ quan"),
        ({"weekdays": frozenset()}, ""),
    ],
)
def test_on_which_days(changes, told):
    assert words.when_words(a_rule(**changes)) == told


def test_a_poster_and_the_managers_page_end_a_rule_in_the_same_words():
    rule = a_rule(valid_to=date(2026, 12, 31))
    assert words.since_words(rule) == "từ 01/11/2026 đến hết 31/12/2026"
    assert words.since_words(rule) in sentence(rule, {})


def test_by_whose_decision():
    assert words.decision_words(a_rule()) == (
        "Quyết định số 45/QĐ-UBND ngày 26/10/2026 · người ký: Lê Văn Tám"
    )
    assert words.decision_words(a_rule(decision="")) == ""


def test_what_to_bring_and_what_nobody_needs():
    assert "Bản photo, bản sao chứng thực" in words.not_to_bring(a_rule())
    waiting = a_rule(modes=frozenset({Mode.NO_WAIT}))
    assert words.not_to_bring(waiting) == ("Giấy hẹn",)
    assert any("Giấy tờ của thủ tục" in line for line in words.to_bring(waiting))

"""What a manager types about a service day, the models to begin with, and the rule in one sentence."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayway import a_rule
from intake.cataloguing import shipped_procedures
from intake.rules.exceptions import PaperReason
from intake.rules.rule_sentence import days_words, recurrence_words, sentence
from intake.rules.service_day_file import definition_of, rule_from
from intake.rules.service_day_form import read, typed_from
from intake.rules.service_days import Mode, Part
from intake.rules.service_presets import BY_KEY, PRESETS
from intake.rules.suspension_reasons import read_suspension

TYPED = {
    "title": ["Thứ Năm không giấy"],
    "modes": ["no_paper", "no_appointment"],
    "weekdays": ["3"],
    "part": ["day"],
    "valid_from": ["26/11/2026"],
    "scope": ["some"],
    "procedures": ["1.001193"],
    "cutoff": ["15h"],
    "exceptions": ["outage"],
}
LISTS = {"procedures": {"1.001193", "2.000815"}, "sectors": {"Hộ tịch"}}


def faults(**typed: str) -> dict[str, str]:
    changed = TYPED | {name: [value] for name, value in typed.items()}
    return {fault.key: fault.code for fault in read(changed, **LISTS)[1]}


def test_what_is_typed_is_a_rule():
    definition, wrong = read(TYPED, **LISTS)
    rule = rule_from(definition)
    assert wrong == [] and rule.modes == {Mode.NO_PAPER, Mode.NO_APPOINTMENT}
    assert (rule.valid_from, rule.procedures) == (date(2026, 11, 26), {"1.001193"})
    assert rule.exceptions == {PaperReason.OUTAGE}


@pytest.mark.parametrize(
    "key, value, code",
    [
        ("title", "", "empty"),
        ("title", "a" * 81, "too_long"),
        ("modes", "no_fun", "bad_choice"),
        ("weekdays", "7", "bad_choice"),
        ("part", "night", "bad_choice"),
        ("valid_from", "", "empty"),
        ("valid_from", "31/11/2026", "bad_date"),
        ("valid_from", "26/11/0026", "far_date"),
        ("valid_to", "25/11/2026", "before_first_day"),
        ("valid_to", "mai", "bad_date"),
        ("dates", "26/11/2026, mai", "bad_dates"),
        ("dates", ", ".join(f"1/{n % 12 + 1}/{2027 + n // 12}" for n in range(101)), "too_many"),
        ("recurrence", "hằng tuần", "bad_recurrence"),
        ("recurrence", "FREQ=DAILY;BYHOUR=9", "finer_than_days"),
        ("recurrence", "FREQ=WEEKLY;BYDAY=" + "MO," * 90, "too_long"),
        ("procedures", "9.999999", "bad_choice"),
        ("procedures", "", "no_procedures"),
        ("sectors", "Không có", "bad_choice"),
        ("cutoff", "25:00", "bad_clock"),
        ("cutoff", "chiều", "bad_clock"),
        ("target_minutes", "4", "too_small"),
        ("target_minutes", "nửa giờ", "bad_number"),
        ("per_hour", "0", "too_small"),
        ("per_day", "10000", "too_large"),
        ("exceptions", "rain", "bad_choice"),
        ("decided_on", "hôm qua", "bad_date"),
        ("decision", "x" * 201, "too_long"),
        ("signer", "x" * 101, "too_long"),
        ("notice_vi", "x" * 301, "too_long"),
    ],
)  # fmt: skip
def test_everything_that_cannot_be_kept_is_told_at_its_place(key, value, code):
    assert faults(**{key: value})[key] == code


def test_all_procedures_is_said_and_never_happens_by_itself():
    definition, wrong = read(TYPED | {"scope": ["all"]}, **LISTS)
    assert (definition["procedures"], definition["sectors"], wrong) == ([], [], [])
    assert faults(procedures="", scope="") == {"procedures": "no_procedures"}


def test_a_draft_may_be_unfinished():
    assert read(TYPED | {"modes": [], "weekdays": []}, **LISTS)[1] == []


def test_the_usual_form_of_an_end_is_understood():
    definition, wrong = read(TYPED | {"recurrence": ["rrule:freq=weekly;until=20270101T000000Z"]}, **LISTS)
    assert (definition["recurrence"], wrong) == ("FREQ=WEEKLY;UNTIL=20270101", [])


def test_what_is_kept_is_typed_again_as_it_was():
    rule = a_rule(
        procedures=frozenset({"1.001193"}), part=Part.MORNING, dates=frozenset({date(2026, 12, 1)}),
        per_hour=5, notices={"vi": "Không giấy", "en": "No paper"}, valid_to=date(2027, 1, 1),
    )  # fmt: skip
    definition, wrong = read(typed_from(definition_of(rule)), **LISTS)
    assert wrong == [] and rule_from(definition, id=1, lineage="thursday") == rule


@given(
    st.dictionaries(
        st.sampled_from([*TYPED, "dates", "recurrence", "per_day"]), st.lists(st.text(max_size=12))
    )
)
def test_nothing_typed_breaks_the_reading(typed):
    definition, wrong = read(TYPED | typed, **LISTS)
    assert wrong or rule_from(definition)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda one: one.key)
def test_a_model_is_a_rule_for_procedures_that_exist(preset):
    catalogue = shipped_procedures()
    assert set(preset.codes) <= catalogue.keys()
    rule = rule_from(preset.definition(catalogue, valid_from=date(2026, 11, 26)))
    assert rule.procedures == set(preset.codes) and rule.modes == preset.modes and rule.notices["vi"]
    assert BY_KEY[preset.key] is preset and preset.model


def test_a_model_asks_only_for_what_the_office_receives():
    definition = BY_KEY["six"].definition({"2.000815"}, valid_from=date(2026, 11, 26))
    assert definition["procedures"] == ["2.000815"] and definition["target_minutes"] == 30


def test_the_models_are_those_of_the_sources():
    days = {preset.key: (preset.weekdays, preset.part, preset.modes) for preset in PRESETS}
    assert days["friday"] == (frozenset({4}), Part.DAY, frozenset({Mode.NO_APPOINTMENT}))
    assert days["wednesday"][:2] == (frozenset({2}), Part.MORNING)
    assert days["saturday"] == (frozenset({5}), Part.DAY, frozenset({Mode.NO_WAIT}))
    assert len(BY_KEY["six"].codes) == 6 and len(BY_KEY["wednesday"].codes) == 7


def test_a_rule_says_what_it_means():
    assert sentence(a_rule(per_day=60), {}) == (
        "Thứ Năm hằng tuần, cả ngày, từ 01/11/2026, với mọi thủ tục: không nhận hồ sơ giấy, trừ ngoại lệ có "
        "ghi lý do; nộp trước 15:00 thì trả ngay trong ngày, không giấy hẹn; nhiều nhất 60 hồ sơ mỗi ngày."
    )
    both = a_rule(
        modes=frozenset({Mode.NO_WAIT, Mode.NO_APPOINTMENT}), target_minutes=30,
        procedures=frozenset({"1.001193"}), valid_to=date(2026, 12, 31),
    )  # fmt: skip
    assert sentence(both, {"1.001193": "Đăng ký khai sinh"}) == (
        "Thứ Năm hằng tuần, cả ngày, từ 01/11/2026 đến hết 31/12/2026, với «Đăng ký khai sinh»: nộp trước "
        "15:00 thì chờ lấy kết quả trong 30 phút; không kịp chờ thì trả ngay trong ngày, không giấy hẹn."
    )
    assert "chưa chọn điều gì" in sentence(a_rule(modes=frozenset()), {})


@pytest.mark.parametrize(
    "text, words",
    [
        ("FREQ=MONTHLY;BYDAY=1TH", "Thứ Năm đầu tiên của tháng"),
        ("RRULE:FREQ=MONTHLY;BYDAY=-1FR", "Thứ Sáu cuối cùng của tháng"),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=1", "Thứ Ba đầu tiên của tháng"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "ngày 15 hằng tháng"),
        ("FREQ=WEEKLY;BYDAY=TU,TH", "Thứ Ba, Thứ Năm hằng tuần"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "Thứ Sáu cách tuần"),
        ("FREQ=WEEKLY;INTERVAL=3;BYDAY=FR", "theo lịch lặp FREQ=WEEKLY;INTERVAL=3;BYDAY=FR"),
        ("FREQ=YEARLY;BYMONTH=12", "theo lịch lặp FREQ=YEARLY;BYMONTH=12"),
        ("gì đó", "theo lịch lặp GÌ ĐÓ"),
    ],
)
def test_a_recurrence_is_spoken_where_people_speak_so(text, words):
    assert recurrence_words(text) == words


def test_days_are_told_in_few_words():
    assert days_words(a_rule(weekdays=frozenset(range(5)))) == "Thứ Hai đến Thứ Sáu hằng tuần"
    many = frozenset(date(2026, 12, day) for day in range(1, 8))
    told = days_words(a_rule(weekdays=frozenset(), dates=many))
    assert told == "Các ngày 01/12/2026, 02/12/2026, 03/12/2026 và 4 ngày nữa"
    assert days_words(a_rule(weekdays=frozenset())) == "Chưa chọn ngày nào"


@pytest.mark.parametrize(
    "typed, wrong",
    [
        ({"reason": "power", "minutes": "60"}, {}),
        ({"reason": "", "minutes": "60"}, {"reason": "no_reason"}),
        ({"reason": "rain", "minutes": "60"}, {"reason": "no_reason"}),
        ({"reason": "other", "minutes": "60", "text": "ốm"}, {"text": "too_short"}),
        ({"reason": "power", "minutes": ""}, {"minutes": "bad_number"}),
        ({"reason": "power", "minutes": "4"}, {"minutes": "too_small"}),
        ({"reason": "power", "minutes": "601"}, {"minutes": "too_large"}),
        ({"reason": "power", "minutes": "60", "text": "x" * 201}, {"text": "too_long"}),
    ],
)
def test_why_and_how_long_a_day_rests(typed, wrong):
    asked, found = read_suspension(typed)
    assert {one.key: one.code for one in found} == wrong and (asked is None) == bool(wrong)

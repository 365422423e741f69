"""What a manager types about the office."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.rules.answers import Fault
from intake.rules.office_fields import (
    ALL_DAY,
    date_of,
    number_of,
    point_code_of,
    prefix_of,
    sessions_of,
    sessions_words,
    template_faults,
    text_of,
    week_faults,
)
from intake.rules.printer_addresses import PrinterAddress, put_together, taken_apart

TWO = [["07:30", "11:30"], ["13:30", "17:30"]]


@pytest.mark.parametrize(
    "typed",
    [
        "07:30–11:30, 13:30–17:30",
        "7:30-11:30; 13:30 - 17:30",
        "7h30 đến 11h30 và 13h30 đến 17h30",
        "07.30-11.30,13.30-17.30",
        " 7h30-11h30 + 13h30-17h30 ",
    ],
)
def test_hours_are_read_as_people_write_them(typed):
    assert sessions_of("working.0", typed) == TWO


def test_a_day_off_and_a_whole_day_have_words():
    assert [sessions_of("k", typed) for typed in ("", "nghỉ", "Nghỉ", "–")] == [[]] * 4
    assert sessions_of("k", "Cả ngày") == ALL_DAY == sessions_of("k", "0h-24h")
    assert (sessions_words(ALL_DAY), sessions_words([])) == ("cả ngày", "")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("sáng", "bad_hours"),
        ("7:30", "bad_hours"),
        ("25:00-26:00", "bad_hours"),
        ("7:60-8:00", "bad_hours"),
        ("11:30-7:30", "hours_out_of_order"),
        ("7:30-11:30, 11:00-12:00", "hours_out_of_order"),
        ("8:00-8:00", "hours_out_of_order"),
    ],
)
def test_hours_nobody_can_work_are_told(typed, code):
    assert sessions_of("working.3", typed) == Fault("working.3", code)


@given(st.lists(st.times().map(lambda t: f"{t:%H:%M}"), min_size=2, max_size=6, unique=True))
def test_hours_are_shown_as_they_can_be_typed_again(times):
    times = sorted(times)[: len(times) // 2 * 2]
    sessions = [list(pair) for pair in zip(times[::2], times[1::2], strict=True)]
    assert sessions_of("k", sessions_words(sessions)) == sessions


def test_a_week_without_hours_is_told():
    empty = {"working": {"0": TWO}, "intake": {}}
    assert [fault.key for fault in week_faults(empty)] == ["intake.0"]


@pytest.mark.parametrize("typed", ["1/12/2026", "01.12.2026", "2026-12-01", " 1-12-2026 "])
def test_a_date_is_read_in_the_usual_ways(typed):
    assert date_of("d", typed) == date(2026, 12, 1)


@pytest.mark.parametrize(("typed", "code"), [("", "empty"), ("31/2/2026", "bad_date"), ("mai", "bad_date")])
def test_what_is_no_date_is_told(typed, code):
    assert date_of("d", typed) == Fault("d", code)


def test_fields_are_told_what_is_wrong_with_them():
    assert text_of("t", "  ") == Fault("t", "empty")
    assert text_of("t", "x" * 9, longest=8) == Fault("t", "too_long", {"max": 8})
    assert text_of("t", "", required=False) == ""
    assert number_of("n", "12", range(1, 11)) == Fault("n", "too_large", {"max": 10})
    assert number_of("n", "0", range(1, 11)) == Fault("n", "too_small", {"min": 1})
    assert number_of("n", "１", range(1, 11)) == Fault("n", "bad_number")
    assert (prefix_of("p", "ab"), prefix_of("p", "Đ")) == ("AB", Fault("p", "bad_prefix"))
    assert (point_code_of("c", "q5"), point_code_of("c", "Q 5")) == ("Q5", Fault("c", "bad_point_code"))


@pytest.mark.parametrize(
    ("template", "code"),
    [
        ("{agency}-{seq4}", "doubling_code_template"),
        ("{agency}-{yymmdd}", "doubling_code_template"),
        ("{agency}-{day}-{seq4}", "bad_code_template"),
        ("{agency} {yymmdd}-{seq4}", "bad_code_template"),
    ],
)
def test_a_template_that_gives_no_codes_of_their_own_is_told(template, code):
    assert [fault.code for fault in template_faults("code_template", template, "H56.17.22")] == [code]


def test_the_usual_template_is_good():
    assert template_faults("code_template", "{agency}-{yymmdd}-{seq4}", "H56.17.22") == ()


@pytest.mark.parametrize(
    "url",
    [
        "tcp://192.168.1.50:9100?width=576&ack=gs_h",
        "usb://04b8:0202?width=384&ack=none",
        "serial:///dev/ttyUSB0?width=576&ack=gs_r",
        "cups://quay1?width=576",
        "virtual:?width=384&ack=gs_h",
    ],
)
def test_an_address_taken_apart_can_be_put_together(url):
    at = taken_apart(url)
    assert put_together(at.kind, at.place, at.width, at.ack, at.rest) == url


def test_options_a_page_does_not_show_are_kept():
    at = taken_apart("serial:///dev/ttyS0?baud=19200&width=576&ack=none")
    assert "baud=19200" in (put_together("serial", at.place, 384, "none", at.rest) or "")


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("file", "/tmp/x"),
        ("serial", "/etc/passwd"),
        ("serial", "/dev/../etc/x"),
        ("tcp", "a b"),
        ("ftp", "x"),
    ],
)
def test_a_page_reaches_no_files(kind, place):
    assert put_together(kind, place, 576, "gs_h") is None


def test_who_confirms():
    assert PrinterAddress("tcp", "x").confirms
    assert not PrinterAddress("tcp", "x", ack="none").confirms
    assert not PrinterAddress("cups", "x").confirms

"""The measurements themselves: that they run, and what they print."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from bench.figures import KEYS, percentile
from settings import ROOT

pytestmark = pytest.mark.processes


def bench(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "bench", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_submit_prints_one_line_with_every_figure():
    done = bench("submit", "--clients", "2", "--seconds", "0.2")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert set(KEYS) <= set(figures)
    assert figures["ok"] > 0
    assert (figures["failed"], figures["duplicates"]) == (0, 0)
    assert figures["share"] == pytest.approx(figures["per_s"] / figures["limit_per_s"], abs=0.01)


def test_search_finds_what_it_asks_for_in_every_way():
    done = bench("search", "--dossiers", "150", "--times", "1")
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {line["way"] for line in lines} == {"core", "page"}
    sure = ("receipt", "card", "citizen_id", "phone", "code", "end_of_code", "day_and_number", "name")
    assert [line["kind"] for line in lines if line["kind"] in sure and line["way"] == "core"] == list(sure)
    assert all(line["ok"] == 1 for line in lines if line["kind"] in sure and line["way"] == "core"), lines


def test_numbers_are_given_once_at_any_number_of_kiosks_and_web_processes():
    done = bench("ticket", "--seconds", "0.2", "--clients", "4")
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["clients"], line["webs"]) for line in lines] == [(4, 1), (4, 2)]
    for line in lines:
        assert line["ok"] > 0
        assert (line["failed"], line["duplicates"], line["gaps"]) == (0, 0, 0)


def test_a_month_is_reported_rebuilt_and_caught_up_with():
    done = bench("report", "--dossiers", "200", "--times", "2")
    assert done.returncode == 0, done.stderr
    lines = {line["kind"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert list(lines) == ["rebuild", "cold", "warm", "catch_up", "touched", "page"]
    assert {lines[kind]["dossiers"] for kind in ("cold", "warm", "touched")} == {200}
    assert lines["page"]["failed"] == 0


def test_items_of_the_post_pass_through_every_stage_once():
    done = bench("postal", "--items", "10", "--times", "3")
    assert done.returncode == 0, done.stderr
    lines = {line["kind"]: line for line in map(json.loads, done.stdout.splitlines())}
    stages = ["take_in", "hand_over", "receive", "accept"]
    assert list(lines) == [*stages, "scan_at_the_desk", "scan_at_the_post"]
    assert all(lines[stage]["ok"] == 10 for stage in stages)
    assert lines["accept"]["duplicates"] == 0
    assert all(lines[kind]["ok"] == 3 for kind in lines if kind not in stages)


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.95, 95), (0.99, 99), (1.0, 100)])
def test_a_percentile_is_a_value_that_was_measured(share, value):
    assert percentile(range(100, 0, -1), share) == value

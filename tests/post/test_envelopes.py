"""What a device seals: opened by the server alone, bound to its attempt; taken when it says, or so."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from types import SimpleNamespace

import pytest

from build import vietnam
from intake.keys import Keys
from intake.post.envelopes import (
    KEPT_FOR,
    Pass,
    give_pass,
    open_envelope,
    public_key,
    read_pass,
    seal_envelope,
    taken_at,
)
from intake.rules.refusals import PassOver, UnreadableEnvelope

KEYS = Keys(data_key=b"d" * 32, receipt_key=b"r" * 32)
OTHERS = Keys(data_key=b"e" * 32, receipt_key=b"r" * 32)
NOW = vietnam(26, 10, 0)
HERE, THERE = SimpleNamespace(id=7), SimpleNamespace(id=12)


def test_what_was_sealed_is_opened_by_the_server():
    sealed = seal_envelope("one", {"name": "Lê Thị Lan"}, KEYS)
    assert "Lan" not in sealed
    opened = open_envelope(sealed, KEYS)
    assert (opened.attempt, opened.body) == ("one", {"name": "Lê Thị Lan"})


def test_every_host_with_the_same_secrets_has_the_same_key():
    again = Keys(data_key=b"d" * 32, receipt_key=b"x" * 32)
    assert public_key(KEYS) == public_key(again) != public_key(OTHERS)
    assert len(base64.b64decode(public_key(KEYS))) == 65


def changed(**parts: object) -> str:
    return json.dumps(json.loads(seal_envelope("one", {"a": 1}, KEYS)) | parts)


@pytest.mark.parametrize(
    "text",
    [
        "", "{}", "[]", "null", "[" * 40_000, "x" * 60_000,
        changed(attempt="another"), changed(attempt=""), changed(v=2),
        changed(body="AAAA"), changed(key="AAAA"), changed(iv="é"), changed(key=5), changed(iv=""),
        seal_envelope("one", ["no object"], KEYS), seal_envelope("one", {}, OTHERS),
    ],
)  # fmt: skip
def test_whatever_is_no_envelope_of_ours_is_refused(text):
    with pytest.raises(UnreadableEnvelope):
        open_envelope(text, KEYS)


def test_a_pass_tells_who_worked_where():
    given = give_pass(3, HERE, KEYS, now=NOW)
    assert read_pass(given, HERE, KEYS, now=NOW + timedelta(hours=30)) == Pass(3, 7, NOW)


@pytest.mark.parametrize("text", ["", "AAAA", None, "é", 5])
def test_what_is_no_pass_is_refused(text):
    with pytest.raises(PassOver):
        read_pass(text, HERE, KEYS, now=NOW)


def test_a_pass_of_another_post_office_or_of_last_week_is_refused():
    given = give_pass(3, HERE, KEYS, now=NOW)
    with pytest.raises(PassOver) as elsewhere:
        read_pass(given, THERE, KEYS, now=NOW)
    with pytest.raises(PassOver) as old:
        read_pass(given, HERE, KEYS, now=NOW + KEPT_FOR + timedelta(seconds=1))
    assert (elsewhere.value.facts["why"], old.value.facts["why"]) == ("elsewhere", "old")


@pytest.mark.parametrize(
    ("age_s", "minutes_ago"),
    [(0, None), (30, None), (-90, None), (float("nan"), None), (3600, 60), (9e9, 240), (1e400, 240)],
)
def test_a_device_says_how_long_ago_and_is_believed_back_to_its_page(age_s, minutes_ago):
    given = Pass(3, 7, NOW - timedelta(hours=4))
    expected = None if minutes_ago is None else NOW - timedelta(minutes=minutes_ago)
    assert taken_at(age_s, given, now=NOW) == expected

"""A form that is sent twice acts once, on both databases."""

from __future__ import annotations

from datetime import date

from intake.numbers import new_once, once

DAY = date(2026, 11, 20)


def test_the_same_key_is_the_first_time_once_and_again_after_a_rollback(session, office):
    office_id, key = office.id, new_once()
    assert [once(session, office_id, key, day=DAY) for _ in range(2)] == [True, False]
    session.rollback()
    assert once(session, office_id, key, day=DAY) and once(session, office_id, new_once(), day=DAY)


def test_a_form_without_a_key_always_acts(session, office):
    assert [once(session, office.id, "", day=DAY) for _ in range(2)] == [True, True]

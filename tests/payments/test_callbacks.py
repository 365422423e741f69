"""The endpoint of a payment provider that duplicates, delays, reorders and lies."""

from __future__ import annotations

import json
import random
from datetime import timedelta

import pytest

from build import FRIDAY
from intake.db import db
from intake.rules.payment_messages import WINDOW, is_signed, signature
from payment_provider import Provider, moment_before, outcomes
from web.limits import limiter


@pytest.fixture
def provider(till) -> Provider:
    limiter.reset()
    till.session.commit()
    return Provider(till.house.app, till.account.id, till.secret, till.house.clock)


def free(till) -> None:
    """Others may write: on SQLite the session of the test would keep them out."""
    till.session.rollback()
    with till.house.app.app_context():
        db.session.remove()


def test_what_is_told_truly_is_paid_and_told_again_is_known(till, provider):
    dossier = till.files()
    told = provider.transaction(f"{till.asked(dossier).reference} LE PHI", 8_000)
    free(till)
    assert outcomes(provider.tells(told)) == ["taken"]
    assert outcomes(provider.tells(told, told)) == ["known", "known"]
    assert till.asked(dossier).receipt_number == "BL2026-000001"
    assert "H56" not in provider.tells(told).text, "whose dossier it was is nobody's business"


def test_a_provider_that_tells_badly_pays_each_dossier_once(till, provider):
    dossiers = [till.files() for _ in range(6)]
    told = [provider.transaction(till.asked(one).reference, 8_000, f"B{one.id}") for one in dossiers]
    told += [provider.transaction("khong co ma", 5_000, "STRAY")]
    free(till)
    provider.tells_badly(*told, dice=random.Random(6))
    numbers = sorted(till.asked(one).receipt_number for one in dossiers)
    assert numbers == [f"BL2026-{number:06}" for number in range(1, 7)]
    assert sorted(entry.state for entry in till.entries()) == ["matched"] * 6 + ["unknown"]


LIES = {
    "other_account": {"account_number": "0011001932418"},
    "bad_amount": {"amount": -8_000},
    "other_currency": {"currency": "USD"},
    "bad_time": {"paid_at": "hôm qua"},
    "bad_id": {"id": "FT 1\n"},
}


@pytest.mark.parametrize(("why", "lie"), LIES.items())
def test_a_lie_is_refused_alone_and_with_its_reason(till, provider, why, lie):
    dossier = till.files()
    reference = till.asked(dossier).reference
    free(till)
    good = provider.transaction(reference, 8_000, "GOOD")
    assert outcomes(provider.tells(provider.transaction(reference, 8_000, "LIE") | lie, good, 5)) == [
        why, "taken", "not_a_transaction",
    ]  # fmt: skip
    assert [entry.external_id for entry in till.entries()] == ["GOOD"]


def test_wrong_amounts_and_unknown_references_are_kept_for_a_person(till, provider):
    dossier = till.files()
    reference = till.asked(dossier).reference
    free(till)
    wrong = provider.transaction(reference, 80_000), provider.transaction("MC9999999999", 8_000, "NOBODY")
    assert outcomes(provider.tells(*wrong)) == ["taken", "taken"]
    assert sorted(entry.state for entry in till.entries()) == ["other_amount", "unknown"]
    assert outcomes(provider.tells(wrong[0] | {"amount": 8_000})) == ["other_content"]
    assert till.asked(dossier).state == "waiting"


def test_whoever_does_not_sign_or_signed_long_ago_is_not_heard(till, provider):
    told = provider.transaction(till.asked(till.files()).reference, 8_000)
    body = json.dumps({"transactions": [told]}).encode()
    stamp = str(int(FRIDAY.timestamp()))
    free(till)
    forged = [
        provider.tells(told, signature="0" * 64),
        provider.tells(told, signature=""),
        provider.tells(told, timestamp="now"),
        provider.tells(told, timestamp=str(int(stamp) + 1)),
        provider.sends(body, late=WINDOW + timedelta(seconds=1)),
        provider.sends(body, late=-WINDOW - timedelta(seconds=1)),
        Provider(till.house.app, till.account.id, "another", till.house.clock).tells(told),
        Provider(till.house.app, 987_654, till.secret, till.house.clock).tells(told),
    ]
    assert [one.status_code for one in forged] == [401] * len(forged)
    assert {one.json["error"] for one in forged} == {"unauthorized"} and till.entries() == []
    assert provider.sends(body, late=WINDOW).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"[]", 400), (b'{"transactions": 1}', 400), (b"[" * 100_000, 400),
     (json.dumps({"transactions": [{}] * 201}).encode(), 413), (b" " * 600_000, 413)],
)  # fmt: skip
def test_what_is_no_message_is_refused_whole(provider, body, status):
    assert provider.sends(body).status_code == status


def test_a_transaction_may_be_told_late_but_not_of_the_future(till, provider):
    reference = till.asked(till.files()).reference
    free(till)
    late = provider.transaction(reference, 8_000, paid_at=moment_before(FRIDAY, days=3))
    ahead = provider.transaction(reference, 8_000, "AHEAD", paid_at=moment_before(FRIDAY, minutes=-6))
    assert outcomes(provider.tells(late, ahead)) == ["taken", "bad_time"]


def test_the_signature_covers_timestamp_and_body():
    good = signature("s", "1780000000", b"{}")
    assert len(good) == 64 and good != signature("s", "1780000000", b"{} ") != signature("t", "1", b"{}")
    assert not is_signed("s", "1780000000", b"{}", good, now=FRIDAY), "no such moment on this clock"

"""A payment provider that signs as docs/payments-api.md says, tells twice, late, in any order, and lies."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

ACCOUNT, SECRET_HEADER = "3900201010101", "X-Motcham-Signature"


@dataclass
class Provider:
    """Knows the secret and the clock it was given; ``sent`` is all it ever told."""

    app: Flask
    account_id: int
    secret: str
    now: Any  # () -> datetime
    number: str = ACCOUNT
    sent: list[dict[str, Any]] = field(default_factory=list)

    def transaction(self, words: str, amount: int, external_id: str = "", **changes: Any) -> dict[str, Any]:
        """What a bank would know of one transfer."""
        return {
            "id": external_id or f"FT2632{len(self.sent):06}",
            "amount": amount,
            "description": words,
            "paid_at": self.now().isoformat(),
            "account_number": self.number,
            **changes,
        }

    def tells(self, *transactions: object, late: timedelta = timedelta(0), **lies: str) -> TestResponse:
        """One message. ``late``: signed so long ago; ``lies`` are headers in the place of true ones."""
        self.sent += [one for one in transactions if isinstance(one, dict)]
        return self.sends(json.dumps({"transactions": list(transactions)}).encode(), late=late, **lies)

    def sends(self, body: bytes, *, late: timedelta = timedelta(0), **lies: str) -> TestResponse:
        stamp = str(int((self.now() - late).timestamp()))
        signed = hmac.new(self.secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {"X-Motcham-Timestamp": stamp, "X-Motcham-Signature": signed}
        headers |= {f"X-Motcham-{name.title()}": value for name, value in lies.items()}
        path = f"/api/payments/v1/{self.account_id}"
        return self.app.test_client().post(path, data=body, headers=headers, content_type="application/json")

    def tells_badly(self, *transactions: dict[str, Any], dice: random.Random) -> None:
        """Each of them one to three times, in any order, in messages of any size."""
        told = [one for one in transactions for _ in range(dice.randint(1, 3))]
        dice.shuffle(told)
        while told:
            part = [told.pop() for _ in range(min(len(told), dice.randint(1, 4)))]
            assert self.tells(*part).status_code == 200


def outcomes(response: TestResponse) -> list[str]:
    """«taken», «known», or the reason of a refusal."""
    assert response.status_code == 200, response.text
    return [answer.get("reason", answer["outcome"]) for answer in response.json["answers"]]


def moment_before(now: datetime, **ago: float) -> str:
    return (now - timedelta(**ago)).isoformat()

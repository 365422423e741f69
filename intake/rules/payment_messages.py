"""What a payment provider tells of money that came in, and the signature it comes under."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from intake.rules.text import tidy

EXTERNAL_ID = re.compile(r"[!-~]{1,80}")
WINDOW = timedelta(minutes=5)  # how far the provider's clock may be from ours; an older message is a replay
OLDEST = timedelta(days=400)
LARGEST = 2_000_000_000  # đồng; no fee comes near it
LONGEST_WORDS = 500
FIELDS = ("id", "amount", "description", "paid_at", "account_number")


class Trouble(StrEnum):
    """Why a transaction is not kept."""

    NOT_A_TRANSACTION = "not_a_transaction"
    BAD_ID = "bad_id"
    BAD_AMOUNT = "bad_amount"
    BAD_TIME = "bad_time"
    OTHER_ACCOUNT = "other_account"
    OTHER_CURRENCY = "other_currency"
    OTHER_CONTENT = "other_content"


WORDS: Mapping[Trouble, str] = {
    Trouble.NOT_A_TRANSACTION: "Không phải một giao dịch: cần một nhóm tên và giá trị.",
    Trouble.BAD_ID: "Mã giao dịch cần từ 1 đến 80 ký tự không dấu, không khoảng trắng.",
    Trouble.BAD_AMOUNT: "Số tiền phải là số nguyên đồng, lớn hơn 0.",
    Trouble.BAD_TIME: "Thời điểm không đọc được, thiếu múi giờ, hoặc ở tương lai.",
    Trouble.OTHER_ACCOUNT: "Giao dịch của tài khoản khác.",
    Trouble.OTHER_CURRENCY: "Chỉ nhận tiền đồng Việt Nam.",
    Trouble.OTHER_CONTENT: "Mã giao dịch này đã dùng cho một số tiền khác.",
}


@dataclass(frozen=True)
class Told:
    """One transaction as it was told; ``paid_at`` in UTC."""

    id: str
    amount: int
    words: str
    paid_at: datetime


@dataclass(frozen=True)
class Unread:
    """What came in its stead, and why it is not kept; ``id`` as far as it can be told."""

    id: str
    trouble: Trouble


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """64 hexadecimal digits: HMAC-SHA256 under the secret over the timestamp, a dot and the body as sent."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_signed(secret: str, timestamp: str, body: bytes, given: str, *, now: datetime) -> bool:
    """Whether it comes from whoever has the secret, and was signed just now.

    ``timestamp`` is in whole seconds since 1970. Compared in constant time.
    """
    if not re.fullmatch("[0-9]{1,12}", timestamp):
        return False
    is_fresh = abs(now.timestamp() - int(timestamp)) <= WINDOW.total_seconds()
    good = hmac.compare_digest(signature(secret, timestamp, body).encode(), given.strip().lower().encode())
    return good and is_fresh


def read_transaction(given: object, *, account_number: str, now: datetime) -> Told | Unread:
    """A transaction of a message about the account of that number."""
    if not isinstance(given, Mapping):
        return Unread("", Trouble.NOT_A_TRANSACTION)
    external_id, amount, words = given.get("id"), given.get("amount"), given.get("description", "")
    if not isinstance(external_id, str) or not EXTERNAL_ID.fullmatch(external_id):
        return Unread("", Trouble.BAD_ID)
    if not isinstance(amount, int) or isinstance(amount, bool) or not 0 < amount < LARGEST:
        return Unread(external_id, Trouble.BAD_AMOUNT)
    if given.get("account_number") != account_number:
        return Unread(external_id, Trouble.OTHER_ACCOUNT)
    if given.get("currency", "VND") != "VND":
        return Unread(external_id, Trouble.OTHER_CURRENCY)
    paid_at = _moment(given.get("paid_at"))
    if paid_at is None or not now - OLDEST <= paid_at <= now + WINDOW:
        return Unread(external_id, Trouble.BAD_TIME)
    said = tidy(words)[:LONGEST_WORDS] if isinstance(words, str) else ""
    return Told(external_id, amount, "".join(filter(str.isprintable, said)), paid_at)


def _moment(given: object) -> datetime | None:
    if not isinstance(given, str):
        return None
    try:
        moment = datetime.fromisoformat(given)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None

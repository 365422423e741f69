"""The four lines of a dossier, each as a table: what may follow what.

Business, money, delivery and synchronisation never decide for one another: a
failed synchronisation does not undo an issued result, an unpaid fee is no
state of the business, and late is a property, never a state.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from intake.rules.refusals import WrongStatus


class Status(StrEnum):
    """The business line. Source: Nghị định 118/2025/NĐ-CP (order of a dossier's handling)."""

    RECEIVED = "received"  # filed with a receipt; an officer has not checked it yet
    IN_PROGRESS = "in_progress"
    AWAITING_SUPPLEMENT = "awaiting_supplement"
    RESULT_READY = "result_ready"
    RETURNED = "returned"
    REFUSED = "refused"
    STOPPED = "stopped"


NEXT: Mapping[Status, frozenset[Status]] = {
    Status.RECEIVED: frozenset(
        {Status.IN_PROGRESS, Status.AWAITING_SUPPLEMENT, Status.REFUSED, Status.STOPPED}
    ),
    Status.IN_PROGRESS: frozenset({Status.AWAITING_SUPPLEMENT, Status.RESULT_READY, Status.STOPPED}),
    # Back to where it was asked from; refused when what was asked never came.
    Status.AWAITING_SUPPLEMENT: frozenset(
        {Status.RECEIVED, Status.IN_PROGRESS, Status.REFUSED, Status.STOPPED}
    ),
    Status.RESULT_READY: frozenset({Status.RETURNED}),
    Status.RETURNED: frozenset(),
    Status.REFUSED: frozenset(),
    Status.STOPPED: frozenset(),
}
OPEN = frozenset(status for status, following in NEXT.items() if following)
# The clock of the law runs in these.
RUNNING = frozenset({Status.RECEIVED, Status.IN_PROGRESS})
# Ended with nothing to collect.
WITHOUT_RESULT = frozenset({Status.REFUSED, Status.STOPPED})


class Payment(StrEnum):
    NOTHING_TO_PAY = "nothing_to_pay"
    UNPAID = "unpaid"
    PAID = "paid"
    REFUNDED = "refunded"


NEXT_PAYMENT: Mapping[Payment, frozenset[Payment]] = {
    Payment.NOTHING_TO_PAY: frozenset({Payment.UNPAID}),  # an exemption that was claimed had no proof
    Payment.UNPAID: frozenset({Payment.PAID}),
    Payment.PAID: frozenset({Payment.REFUNDED}),
    Payment.REFUNDED: frozenset(),
}


class Delivery(StrEnum):
    """Of the result. A failed delivery comes back to the office and may be sent again."""

    NONE = "none"
    WAITING = "waiting"  # at the counter, to be collected
    TO_SEND = "to_send"  # by post or electronically, not sent yet
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


NEXT_DELIVERY: Mapping[Delivery, frozenset[Delivery]] = {
    Delivery.NONE: frozenset({Delivery.WAITING, Delivery.TO_SEND}),
    Delivery.WAITING: frozenset({Delivery.DELIVERED, Delivery.TO_SEND}),
    Delivery.TO_SEND: frozenset({Delivery.SENT, Delivery.WAITING}),
    Delivery.SENT: frozenset({Delivery.DELIVERED, Delivery.FAILED}),
    Delivery.DELIVERED: frozenset(),
    Delivery.FAILED: frozenset({Delivery.TO_SEND, Delivery.WAITING}),
}


class Sync(StrEnum):
    """With the province's system."""

    NONE = "none"
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


NEXT_SYNC: Mapping[Sync, frozenset[Sync]] = {
    Sync.NONE: frozenset({Sync.WAITING}),
    Sync.WAITING: frozenset({Sync.DONE, Sync.FAILED}),
    Sync.DONE: frozenset({Sync.WAITING}),
    Sync.FAILED: frozenset({Sync.WAITING}),
}


def must_follow(now: Status, then: Status) -> None:
    """Raises WrongStatus, with both, when ``then`` may not follow ``now``."""
    if then not in NEXT[now]:
        raise WrongStatus(now=now, then=then)


def payment_must_follow(now: Payment, then: Payment) -> None:
    """The same on the money line."""
    if then not in NEXT_PAYMENT[now]:
        raise WrongStatus(now=now, then=then)


def delivery_must_follow(now: Delivery, then: Delivery) -> None:
    """The same on the line of delivery."""
    if then not in NEXT_DELIVERY[now]:
        raise WrongStatus(now=now, then=then)


class Due(StrEnum):
    """How urgent a dossier is: the colour of its due sentence."""

    NONE = "none"  # finished, or no term that can be counted
    SUSPENDED = "suspended"
    IN_TIME = "in_time"
    SOON = "soon"
    BROKEN = "broken"  # past what the office promised, not past the law
    LATE = "late"


LEAST_WARNING = timedelta(minutes=5)
_SHARE = 3  # of a span promised within one day: the last third warns


def warning(
    usual: timedelta, *, same_day: bool, received_at: datetime, expected_at: datetime | None
) -> timedelta:
    """How long before its promised moment a dossier is due soon: ``usual``, unless that is too early.

    A result promised for the same day would be due soon from its first minute
    on; it is in the last third of what was promised, five minutes at least.
    """
    if not same_day or expected_at is None:
        return usual
    return min(usual, max(LEAST_WARNING, (expected_at - received_at) / _SHARE))


def urgency(
    status: Status,
    expected_at: datetime | None,
    deadline_at: datetime | None,
    *,
    warn: timedelta,
    now: datetime,
) -> Due:
    """``expected_at`` is the promise, ``deadline_at`` the law's moment, both as moved since.

    Without a deadline the promise alone counts: a service day promises also where the law sets no term.
    """
    if status is Status.AWAITING_SUPPLEMENT:
        return Due.SUSPENDED
    if status not in RUNNING or expected_at is None:
        return Due.NONE
    if deadline_at is not None and now > deadline_at:
        return Due.LATE
    if now > expected_at:
        return Due.BROKEN
    return Due.SOON if now >= expected_at - warn else Due.IN_TIME

"""What may be done with a dossier now, and by whom: one table, from which the buttons and their keys come.

It only decides what is offered. The verbs check again what matters, because
somebody else may have acted since the page was drawn.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from intake.rules.lifecycle import OPEN, RUNNING, WITHOUT_RESULT, Delivery, Payment, Status
from intake.rules.rights import Right, Role, may


class Act(StrEnum):
    """What an officer may do; the name of its route."""

    CHECK = "check"
    CONFIRM = "confirm"
    RECEIVE_SUPPLEMENT = "receive_supplement"
    READY = "ready"
    RETURN = "return_result"
    SEND_BY_POST = "send_by_post"
    SEND_ELECTRONICALLY = "send_electronically"
    DELIVERED = "delivered"
    FAILED = "failed"
    SUPPLEMENT = "supplement"
    REFUSE = "refuse"
    HAND_OVER = "hand_over"
    WITHDRAW = "withdraw"
    DECLINE = "decline"
    APOLOGY = "apology"
    ISSUE_APOLOGY = "issue_apology"
    WITHDRAW_APOLOGY = "withdraw_apology"
    COLLECTION = "collection"
    TAKE_PAPER = "take_paper"
    DROP_EXCEPTION = "drop_exception"
    STOP = "stop"
    PAY = "pay"
    REFUND = "refund"
    TAKE = "take"
    RELEASE = "release"
    END_LOCK = "end_lock"


class Way(StrEnum):
    """Where a dossier is between two units, seen by whoever looks."""

    HERE = "here"
    TO_US = "to_us"
    FROM_US = "from_us"
    ELSEWHERE = "elsewhere"  # between two others


class Hold(StrEnum):
    FREE = "free"
    MINE = "mine"
    OTHERS = "others"


@dataclass(frozen=True)
class Standing:
    """Everything the offers depend on. ``proposed``: an apology awaits its approver.

    ``no_paper``: a paper of it came as a scan or electronically on a day that
    takes none; ``excepted``: paper was taken all the same.
    """

    status: Status
    payment: Payment
    delivery: Delivery
    collection: str
    way: Way = Way.HERE
    hold: Hold = Hold.FREE
    proposed: bool = False
    has_deadline: bool = True
    no_paper: bool = False
    excepted: bool = False


@dataclass(frozen=True)
class Offer:
    """One row: ``key`` is the letter that presses it, ``at_once`` needs no form; None is «any»."""

    act: Act
    key: str
    rights: tuple[Right, ...]
    statuses: frozenset[Status]
    at_once: bool = False
    ways: frozenset[Way] = frozenset({Way.HERE})
    payments: frozenset[Payment] | None = None
    deliveries: frozenset[Delivery] | None = None
    holds: frozenset[Hold] | None = frozenset({Hold.FREE, Hold.MINE})
    proposed: bool | None = None
    with_deadline: bool = False
    no_paper: bool | None = None
    excepted: bool | None = None
    collections: frozenset[str] | None = None


_ALL = frozenset(Status)
_DESK = (Right.HAND_OVER,)
_EITHER = (Right.RECEIVE, Right.DECIDE)
_NOT_READY = OPEN - {Status.RESULT_READY}
_ANYWHERE = frozenset(Way)
_READY = frozenset({Status.RESULT_READY})
_IN_HOUSE = frozenset({Delivery.WAITING, Delivery.TO_SEND, Delivery.FAILED})
_TO_LEAVE = frozenset({Delivery.TO_SEND, Delivery.FAILED})
_ON_THE_WAY = frozenset({Delivery.SENT})

OFFERS: tuple[Offer, ...] = (
    Offer(Act.CONFIRM, "V", _DESK, OPEN, at_once=True, ways=frozenset({Way.TO_US})),
    Offer(Act.DECLINE, "L", _DESK, OPEN, ways=frozenset({Way.TO_US})),
    Offer(Act.WITHDRAW, "V", _DESK, OPEN, at_once=True, ways=frozenset({Way.FROM_US})),
    Offer(Act.CHECK, "T", (Right.RECEIVE,), frozenset({Status.RECEIVED}), at_once=True),
    Offer(Act.RECEIVE_SUPPLEMENT, "S", _EITHER, frozenset({Status.AWAITING_SUPPLEMENT})),
    Offer(Act.RETURN, "R", (Right.RETURN,), _READY, deliveries=_IN_HOUSE),
    Offer(
        Act.SEND_BY_POST, "E", (Right.RETURN,), _READY, deliveries=_TO_LEAVE, collections=frozenset({"post"})
    ),
    Offer(
        Act.SEND_ELECTRONICALLY,
        "E",
        (Right.RETURN,),
        _READY,
        at_once=True,
        deliveries=_TO_LEAVE,
        collections=frozenset({"electronic"}),
    ),
    Offer(Act.DELIVERED, "R", (Right.RETURN,), _READY, at_once=True, deliveries=_ON_THE_WAY),
    Offer(Act.FAILED, "X", (Right.RETURN,), _READY, deliveries=_ON_THE_WAY),
    Offer(Act.READY, "K", (Right.DECIDE,), frozenset({Status.IN_PROGRESS})),
    Offer(Act.SUPPLEMENT, "B", _EITHER, RUNNING),
    Offer(Act.REFUSE, "X", (Right.RECEIVE,), frozenset({Status.RECEIVED, Status.AWAITING_SUPPLEMENT})),
    Offer(Act.HAND_OVER, "V", _DESK, frozenset({Status.IN_PROGRESS, Status.RESULT_READY})),
    Offer(Act.APOLOGY, "O", _EITHER, RUNNING, proposed=False, with_deadline=True),
    Offer(Act.ISSUE_APOLOGY, "O", (Right.DECIDE,), RUNNING, proposed=True),
    Offer(Act.WITHDRAW_APOLOGY, "A", _EITHER, RUNNING, at_once=True, proposed=True),
    Offer(Act.TAKE_PAPER, "Y", _EITHER, _NOT_READY, no_paper=True),
    Offer(Act.DROP_EXCEPTION, "Z", _EITHER, _NOT_READY, excepted=True),
    Offer(Act.STOP, "D", _EITHER, _NOT_READY),
    Offer(
        Act.PAY,
        "F",
        (Right.RETURN,),
        _ALL - WITHOUT_RESULT,
        ways=_ANYWHERE,
        payments=frozenset({Payment.UNPAID}),
        holds=None,
    ),
    Offer(
        Act.REFUND,
        "F",
        (Right.RETURN,),
        WITHOUT_RESULT,
        ways=_ANYWHERE,
        payments=frozenset({Payment.PAID}),
        holds=None,
    ),
    Offer(
        Act.COLLECTION,
        "C",
        (Right.RECEIVE, Right.RETURN),
        OPEN,
        deliveries=_IN_HOUSE | {Delivery.NONE},
    ),
    Offer(Act.TAKE, "N", _DESK, OPEN, at_once=True, holds=frozenset({Hold.FREE})),
    Offer(Act.RELEASE, "N", _DESK, OPEN, at_once=True, ways=_ANYWHERE, holds=frozenset({Hold.MINE})),
    Offer(
        Act.END_LOCK,
        "N",
        (Right.END_LOCKS,),
        OPEN,
        at_once=True,
        ways=_ANYWHERE,
        holds=frozenset({Hold.OTHERS}),
    ),
)


def offered(standing: Standing, roles: Collection[Role]) -> tuple[Offer, ...]:
    """The rows that hold now for somebody with these roles; no two of them share a key."""
    return tuple(
        offer
        for offer in OFFERS
        if any(may(roles, right) for right in offer.rights)
        and standing.status in offer.statuses
        and standing.way in offer.ways
        and (offer.payments is None or standing.payment in offer.payments)
        and (offer.deliveries is None or standing.delivery in offer.deliveries)
        and (offer.holds is None or standing.hold in offer.holds)
        and (offer.proposed is None or standing.proposed is offer.proposed)
        and (not offer.with_deadline or standing.has_deadline)
        and (offer.no_paper is None or standing.no_paper is offer.no_paper)
        and (offer.excepted is None or standing.excepted is offer.excepted)
        and (offer.collections is None or standing.collection in offer.collections)
    )

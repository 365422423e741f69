"""What is offered at a dossier: the table, walked in every standing a dossier can have."""

from __future__ import annotations

import itertools

import pytest

from intake.rules.lifecycle import NEXT, Delivery, Payment, Status
from intake.rules.offering import OFFERS, Act, Hold, Standing, Way, offered
from intake.rules.rights import Role

COLLECTIONS = ("counter_now", "counter_later", "post", "electronic")
DESK = (Role.MANAGER, Role.RECEPTION, Role.DECIDING)
# Calling, a new dossier, showing numbers, printing, finding, closing.
TAKEN_ELSEWHERE = {"G", "M", "H", "P", "/", "ESC"}


def standings() -> list[Standing]:
    return [
        Standing(status, payment, delivery, collection, way, hold, proposed, term, day, day)
        for status, payment, delivery, collection, way, hold, proposed, term, day in itertools.product(
            Status,
            (Payment.UNPAID, Payment.PAID),
            Delivery,
            ("counter_later", "post", "electronic"),
            Way,
            Hold,
            (False, True),
            (False, True),
            (False, True),
        )
    ]


def standing(status: Status = Status.RECEIVED, **changes: object) -> Standing:
    ordinary = {"payment": Payment.UNPAID, "delivery": Delivery.NONE, "collection": "counter_later"}
    return Standing(status, **ordinary | changes)


def acts(here: Standing, *roles: Role) -> set[Act]:
    return {offer.act for offer in offered(here, roles)}


def test_a_key_presses_one_thing_wherever_a_dossier_stands():
    for here in standings():
        keys = [offer.key for offer in offered(here, (Role.MANAGER,))]  # everybody else is offered less
        assert len(keys) == len(set(keys)), (here, keys)
    assert not {offer.key for offer in OFFERS} & TAKEN_ELSEWHERE


def test_every_act_is_offered_somewhere():
    assert {offer.act for here in standings() for offer in offered(here, (Role.MANAGER,))} == set(Act)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.CLERK])
def test_who_only_reads_is_offered_nothing(role):
    assert not any(offered(here, (role,)) for here in standings())


def test_accepting_asking_and_refusing_are_one_key_away_from_a_fresh_dossier():
    keys = {offer.act: offer.key for offer in offered(standing(), (Role.RECEPTION,))}
    assert (keys[Act.CHECK], keys[Act.SUPPLEMENT], keys[Act.REFUSE]) == ("T", "B", "X")


@pytest.mark.parametrize(
    ("act", "then"),
    [
        (Act.CHECK, Status.IN_PROGRESS),
        (Act.SUPPLEMENT, Status.AWAITING_SUPPLEMENT),
        (Act.REFUSE, Status.REFUSED),
        (Act.STOP, Status.STOPPED),
        (Act.READY, Status.RESULT_READY),
        (Act.RETURN, Status.RETURNED),
    ],
)
def test_nothing_is_offered_that_may_not_follow(act, then):
    offered_in = {here.status for here in standings() if act in acts(here, Role.MANAGER)}
    assert offered_in <= {status for status, following in NEXT.items() if then in following}
    assert offered_in


def test_what_another_officer_holds_is_left_to_them():
    held = standing(hold=Hold.OTHERS)
    assert acts(held, Role.RECEPTION) == {Act.PAY}
    assert Act.END_LOCK in acts(held, Role.MANAGER)


def test_between_two_units_only_they_may_act():
    assert acts(standing(way=Way.TO_US), Role.RECEPTION) == {Act.CONFIRM, Act.DECLINE, Act.PAY}
    assert acts(standing(way=Way.FROM_US), Role.RECEPTION) == {Act.WITHDRAW, Act.PAY}
    assert acts(standing(way=Way.ELSEWHERE), Role.RECEPTION) == {Act.PAY}


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_result_leaves_the_house_the_way_it_was_asked_for(collection):
    ready = standing(Status.RESULT_READY, delivery=Delivery.TO_SEND, collection=collection)
    ways = acts(ready, Role.RECEPTION) & {Act.SEND_BY_POST, Act.SEND_ELECTRONICALLY}
    assert ways == {
        "post": {Act.SEND_BY_POST},
        "electronic": {Act.SEND_ELECTRONICALLY},
    }.get(collection, set())


def test_only_who_decides_makes_a_result_and_grants_time():
    running = standing(Status.IN_PROGRESS, proposed=True)
    assert not acts(running, Role.RECEPTION) & {Act.READY, Act.ISSUE_APOLOGY}
    assert acts(running, Role.DECIDING) >= {Act.READY, Act.ISSUE_APOLOGY}

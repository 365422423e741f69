"""Who may do what: one table of rights and roles."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum


class Role(StrEnum):
    """A role of a person in one office; ADMINISTRATOR is one of the installation."""

    ADMINISTRATOR = "administrator"
    MANAGER = "manager"
    RECEPTION = "reception"
    DECIDING = "deciding"
    CLERK = "clerk"  # of the post
    AUDITOR = "auditor"


class Right(StrEnum):
    """What a route asks for."""

    OWN_ACCOUNT = "own_account"  # password, second factor
    SEE_DOSSIERS = "see_dossiers"
    RECEIVE = "receive"  # check, ask for more, refuse, stop, receive at the counter
    DECIDE = "decide"  # the result, extensions
    RETURN = "return"
    HAND_OVER = "hand_over"
    END_LOCKS = "end_locks"  # of colleagues
    CALL = "call"  # numbers
    SEE_REGISTER = "see_register"
    SEE_DAYS = "see_days"  # service days: how today goes, what was achieved
    RUN_DAYS = "run_days"  # their rules, rehearsals, suspensions
    APPROVE_DAYS = "approve_days"  # a second person's word
    RUN_OFFICE = "run_office"
    RUN_PEOPLE = "run_people"
    RUN_OFFICES = "run_offices"  # make and remove them, their administrators
    READ_EVENTS = "read_events"  # the log of everything, and its export
    POST = "post"
    MONEY = "money"  # fees by transfer: see them, settle what fits nothing


_DESK = frozenset({Role.MANAGER, Role.RECEPTION, Role.DECIDING})
MAY: Mapping[Right, frozenset[Role]] = {
    Right.OWN_ACCOUNT: frozenset(Role),
    Right.SEE_DOSSIERS: _DESK | {Role.AUDITOR},
    Right.RECEIVE: frozenset({Role.MANAGER, Role.RECEPTION}),
    Right.DECIDE: frozenset({Role.MANAGER, Role.DECIDING}),
    Right.RETURN: frozenset({Role.MANAGER, Role.RECEPTION}),
    Right.HAND_OVER: _DESK,
    Right.END_LOCKS: frozenset({Role.MANAGER}),
    Right.CALL: _DESK,
    Right.SEE_REGISTER: _DESK | {Role.AUDITOR},
    Right.SEE_DAYS: _DESK | {Role.AUDITOR},
    Right.RUN_DAYS: frozenset({Role.MANAGER}),
    Right.APPROVE_DAYS: frozenset({Role.MANAGER, Role.DECIDING}),
    # Whoever runs the machines sees no dossier, and whoever reads the log changes nothing.
    Right.RUN_OFFICE: frozenset({Role.MANAGER, Role.ADMINISTRATOR}),
    Right.RUN_PEOPLE: frozenset({Role.MANAGER, Role.ADMINISTRATOR}),
    Right.RUN_OFFICES: frozenset({Role.ADMINISTRATOR}),
    Right.READ_EVENTS: frozenset({Role.MANAGER, Role.ADMINISTRATOR, Role.AUDITOR}),
    Right.POST: frozenset({Role.CLERK}),
    Right.MONEY: frozenset({Role.MANAGER, Role.RECEPTION}),
}
# Who may keep a second factor, and should.
SECOND_FACTOR = frozenset({Role.MANAGER, Role.ADMINISTRATOR})


def may(roles: Collection[Role], right: Right) -> bool:
    """Whether one of these roles, held in the office at hand, carries the right."""
    return not MAY[right].isdisjoint(roles)

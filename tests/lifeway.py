"""A dossier led through its life by the cast: each call is one officer's one action, then committed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from inspect import signature
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from build import vietnam
from deskway import CAST, a_person
from intake import (
    apologising,
    at_hand,
    checking,
    handing_over,
    memory,
    refusing,
    returning,
    stopping,
    supplementing,
)
from intake.events import Actor
from intake.keys import Keys
from intake.records import Dossier, Event, Office, OfficeRule, Unit
from intake.rules.lifecycle import Status
from intake.rules.rights import Role

DEVICES = {Role.RECEPTION: "Q2", Role.DECIDING: "Q3", Role.MANAGER: "desk"}


def an_actor(app: Flask, role: Role, **where: Any) -> Actor:
    return Actor(CAST[role][1], DEVICES.get(role, "desk"), a_person(app, role, **where))


def a_request(**changes: Any) -> supplementing.SupplementRequest:
    """The declaration is unsigned; bring it by 27/11."""
    ordinary = supplementing.SupplementRequest(
        items=(supplementing.SupplementItem("form", "Tờ khai chưa ký", originals=1),),
        reason="Tờ khai chưa có chữ ký của người yêu cầu",
        legal_basis="Khoản 1 Điều 16 Luật Hộ tịch",
        until=vietnam(27, 17, 0),
    )
    return replace(ordinary, **changes)


def a_refusal(**changes: Any) -> refusing.RefusalGiven:
    ordinary = refusing.RefusalGiven(
        "not_competent", "Việc này do Ủy ban nhân dân xã khác giải quyết", "Điều 13 Luật Hộ tịch"
    )
    return replace(ordinary, **changes)


def a_stop(**changes: Any) -> stopping.StopAsked:
    ordinary = stopping.StopAsked(
        ground="applicant_request",
        text="Người nộp không còn nhu cầu giải quyết",
        fees="none_paid",
        asked_by="Lê Thị Ngọc Lan",
        asked_at=vietnam(20),
        proof="in_person",
    )
    return replace(ordinary, **changes)


def an_apology(**changes: Any) -> apologising.ApologyAsked:
    """One working day more than Friday 20/11 10:15 and three days give."""
    ordinary = apologising.ApologyAsked("verification", "Phải xác minh tại nơi cư trú cũ", vietnam(27))
    return replace(ordinary, **changes)


def lan_herself(dossier: Dossier, **changes: Any) -> returning.Collector:
    return replace(returning.Collector(dossier.receipt.payload, "038156001234"), **changes)


@dataclass
class Life:
    """``now`` reads the clock of the house; every action is committed."""

    session: Session
    office: Office
    keys: Keys
    now: Callable[[], datetime]
    code: str
    hoa: Actor  # reception
    dung: Actor  # deciding
    thu: Actor  # manager

    def hand(self, by: Actor | None = None) -> Dossier:
        return at_hand.dossier_at_hand(
            self.session, self.office, self.code, by=by or self.hoa, now=self.now()
        )

    @property
    def dossier(self) -> Dossier:
        return self.session.scalars(select(Dossier).filter_by(dossier_code=self.code)).one()

    def do(self, verb: Callable[..., Any], *args: Any, by: Actor | None = None, **more: Any) -> Any:
        """``verb`` on the dossier at hand; ``keys`` is given to verbs that ask for it."""
        by = by or self.hoa
        if "keys" in signature(verb).parameters:
            more.setdefault("keys", self.keys)
        done = verb(self.session, self.hand(by), *args, by=by, now=self.now(), **more)
        self.session.commit()
        return done

    def check(self) -> None:
        self.do(checking.check_in)

    def ask(self, **changes: Any) -> Any:
        return self.do(supplementing.request_supplement, a_request(**changes))

    def decide(self) -> None:
        self.do(returning.result_ready, by=self.dung)

    def lead_to(self, status: Status) -> Dossier:
        """Lan's dossier in that status, by the shortest way."""
        ways: dict[Status, tuple[Callable[[], Any], ...]] = {
            Status.RECEIVED: (),
            Status.IN_PROGRESS: (self.check,),
            Status.AWAITING_SUPPLEMENT: (self.ask,),
            Status.RESULT_READY: (self.check, self.decide),
            Status.RETURNED: (self.check, self.decide, self.give_back),
            Status.REFUSED: (lambda: self.do(refusing.refuse, a_refusal()),),
            Status.STOPPED: (lambda: self.do(stopping.stop, a_stop()),),
        }
        for step in ways[status]:
            step()
        assert self.dossier.status == status
        return self.dossier

    def give_back(self) -> None:
        self.do(returning.return_at_counter, lan_herself(self.dossier))

    def set_rule(self, name: str, value: int) -> None:
        rule = OfficeRule(office_id=self.office.id, name=name, value=value, valid_from=date(2026, 1, 1))
        self.session.add(rule)
        self.session.commit()
        memory.forget_all()

    def pass_on(self, unit: Unit | None, *, by: Actor | None = None) -> None:
        self.do(handing_over.give, unit.id if unit else None, by=by)

    def events(self, *kinds: str) -> list[Event]:
        found = select(Event).filter_by(dossier_id=self.dossier.id).order_by(Event.id)
        return list(self.session.scalars(found.where(Event.kind.in_(kinds)) if kinds else found))

    def last(self) -> Event:
        return self.events()[-1]

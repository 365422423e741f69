"""What tests of transfers share: an office with an account, dossiers whose fee is asked for by QR."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from build import FRIDAY, an_application
from conftest import House, offer
from intake.accepting import accept
from intake.events import Actor, citizen
from intake.payments.accounts import AccountFields, give_secret, save_account
from intake.payments.confirming import Answer, Credit, hear
from intake.records import AcceptancePoint, BankAccount, BankEntry, Dossier, Payment
from intake.rules.rights import Role
from lifeway import an_actor
from payment_provider import ACCOUNT

BANK = Actor("Ngân hàng", "bank:1")


@dataclass
class Till:
    """An office that takes fees by transfer; every act is committed."""

    house: House
    session: Session
    kiosk: AcceptancePoint
    account: BankAccount
    secret: str
    hoa: Actor
    version: int

    def files(self, **changes) -> Dossier:
        application = an_application(self.version, **changes)
        keys, by = self.house.keys, citizen("K1")
        dossier = accept(
            self.session, application, self.kiosk, keys=keys, base_url="http://a", by=by, now=FRIDAY
        )
        self.session.commit()
        return dossier

    def asked(self, dossier: Dossier) -> Payment | None:
        self.session.expire_all()
        return self.session.scalar(select(Payment).filter_by(dossier_id=dossier.id))

    def credit(self, words: str, amount: int = 8_000, external_id: str = "FT1", paid_at=FRIDAY) -> Credit:
        return Credit(external_id, amount, words, paid_at)

    def hears(self, *credits: Credit, source: str = "callback") -> tuple[Answer, ...]:
        keys, now = self.house.keys, self.house.clock()
        told = hear(self.session, self.account, credits, source=source, keys=keys, by=BANK, now=now)
        self.session.commit()
        return told

    def entries(self) -> list[BankEntry]:
        self.session.expire_all()
        return list(self.session.scalars(select(BankEntry).order_by(BankEntry.id)))


@pytest.fixture
def till(house: House, session: Session, kiosk: AcceptancePoint) -> Till:
    session.rollback()
    hoa = an_actor(house.app, Role.RECEPTION)
    thu = an_actor(house.app, Role.MANAGER)
    office = kiosk.office
    account = save_account(
        session, office, AccountFields("970405", ACCOUNT, "UBND PHUONG HAC THANH"), by=thu, now=FRIDAY
    )
    secret = give_secret(session, office, account.id, "Ngân hàng", keys=house.keys, by=thu, now=FRIDAY)
    session.commit()
    return Till(house, session, kiosk, account, secret, hoa, offer(session, kiosk))

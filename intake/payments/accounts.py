"""The account that fees of an office are transferred to, and the secret a provider signs with."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.changing import office_at_hand, tell
from intake.events import Actor
from intake.keys import Keys
from intake.payments.asking import account_of
from intake.records import BankAccount, Office
from intake.rules.answers import Fault
from intake.rules.refusals import NoSuchThing
from intake.rules.text import tidy
from intake.rules.vietqr import ACCOUNT, BANKS, plain_holder

AREA = "bank"
SECRET = "bank_account.secret"


@dataclass(frozen=True)
class AccountFields:
    """``holder`` as banks write it."""

    bin: str
    number: str
    holder: str


def read_account(typed: Mapping[str, str]) -> AccountFields | list[Fault]:
    """What a manager typed; every fault at its field."""
    number = re.sub(r"[\s.-]", "", typed.get("number", "")).upper()
    holder, faults = plain_holder(typed.get("holder", "")), list[Fault]()
    if typed.get("bin", "") not in BANKS:
        faults.append(Fault("bin", "bad_choice"))
    if not ACCOUNT.fullmatch(number):
        faults.append(Fault("number", "bad_account" if number else "empty"))
    if not holder:
        faults.append(Fault("holder", "empty"))
    return faults or AccountFields(typed["bin"], number, holder)


def save_account(
    session: Session, office: Office, fields: AccountFields, *, by: Actor, now: datetime
) -> BankAccount:
    """From now on fees are asked for to this account; what was asked before still goes to the other one."""
    held = office_at_hand(session, office)
    old = account_of(session, held.id)
    before = {"bank": BANKS.get(old.bin), "number": old.number, "holder": old.holder} if old else {}
    again = select(BankAccount).filter_by(office_id=held.id, bin=fields.bin, number=fields.number)
    account = session.scalar(again) or BankAccount(
        office_id=held.id, bin=fields.bin, number=fields.number, created_at=now
    )
    for row in session.scalars(select(BankAccount).filter_by(office_id=held.id, active=True)):
        row.active = False
    account.holder, account.active = fields.holder, True
    session.add(account)
    session.flush()
    after = {"bank": BANKS[fields.bin], "number": fields.number, "holder": fields.holder}
    tell(session, held, "office_changed", before, after, by=by, now=now, area=AREA, what=fields.number)
    return account


def end_account(session: Session, office: Office, account_id: int, *, by: Actor, now: datetime) -> None:
    """No fee is asked for by transfer any more; NoSuchThing for one of another office."""
    held = office_at_hand(session, office)
    account = _mine(session, held, account_id)
    before, account.active = account.active, False
    session.flush()
    changed = {"active": before}, {"active": False}
    tell(session, held, "office_changed", *changed, by=by, now=now, area=AREA, what=account.number)


def give_secret(
    session: Session, office: Office, account_id: int, provider: str, *, keys: Keys, by: Actor, now: datetime
) -> str:
    """A new secret for whoever tells what came in; it is shown once, and the one before is worth nothing."""
    held = office_at_hand(session, office)
    account = _mine(session, held, account_id)
    before, account.provider = account.provider, tidy(provider)[:20]
    secret = f"mcp_{secrets.token_urlsafe(32)}"
    account.secret_sealed = keys.seal(secret, SECRET)
    session.flush()
    # A provider that gets a second secret has not changed its name; that it got one is told all the same.
    changed = {"provider": before, "secret": ""}, {"provider": account.provider, "secret": now.isoformat()}
    tell(session, held, "office_changed", *changed, by=by, now=now, area=AREA, what=account.number)
    return secret


def end_secret(session: Session, office: Office, account_id: int, *, by: Actor, now: datetime) -> None:
    """Nobody tells of this account any more but by file and by hand."""
    held = office_at_hand(session, office)
    account = _mine(session, held, account_id)
    before, account.provider, account.secret_sealed = account.provider, "", None
    session.flush()
    changed = {"provider": before}, {"provider": ""}
    tell(session, held, "office_changed", *changed, by=by, now=now, area=AREA, what=account.number)


def secret_of(account: BankAccount, keys: Keys) -> str | None:
    """To check a signature by; None where nobody was given one."""
    return keys.unseal(account.secret_sealed, SECRET) if account.secret_sealed else None


def accounts(session: Session, office: Office) -> Sequence[BankAccount]:
    """All that ever were, the one in use first."""
    return session.scalars(
        select(BankAccount)
        .filter_by(office_id=office.id)
        .order_by(BankAccount.active.desc(), BankAccount.id.desc())
    ).all()


def _mine(session: Session, office: Office, account_id: int) -> BankAccount:
    account = session.get(BankAccount, account_id)
    if account is None or account.office_id != office.id:
        raise NoSuchThing()
    return account

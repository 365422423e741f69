"""The account that fees are transferred to: set by the manager, seen as the QR a citizen would see."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, request, url_for

from desk.bp import bp
from desk.office.frame import by_key, draw, saved
from intake.db import db
from intake.payments.accounts import (
    AREA,
    accounts,
    end_account,
    end_secret,
    give_secret,
    read_account,
    save_account,
)
from intake.payments.asking import account_of, transfer_of
from intake.records import BankAccount
from intake.rules.answers import Fault
from intake.rules.office_fields import text_of
from intake.rules.rights import Right
from intake.rules.transfers import reference_of
from intake.rules.vietqr import BANKS, payload
from web import core, now
from web.staff import needs, staff, staff_office

HERE = "desk.office_bank"
TRIAL = 99_999_999  # the number of a reference that no dossier has
TRIAL_AMOUNT = 1  # đồng: what a manager may transfer to see that the account is the right one


@bp.get("/office/bank", endpoint="office_bank")
@needs(Right.RUN_OFFICE)
def show() -> Response:
    return _page()


@bp.post("/office/bank", endpoint="save_bank")
@needs(Right.RUN_OFFICE)
def keep() -> Response:
    typed = request.form.to_dict()
    read = read_account(typed)
    if isinstance(read, list):
        return _page(typed, read)
    save_account(db.session(), staff_office(), read, by=staff().actor, now=now())
    db.session.commit()
    return saved(HERE)


@bp.post("/office/bank/<int:account_id>/end", endpoint="end_bank")
@needs(Right.RUN_OFFICE)
def end(account_id: int) -> Response:
    end_account(db.session(), staff_office(), account_id, by=staff().actor, now=now())
    db.session.commit()
    return saved(HERE)


@bp.post("/office/bank/<int:account_id>/secret", endpoint="give_bank_secret")
@needs(Right.RUN_OFFICE)
def give(account_id: int) -> Response:
    """A secret of the provider's, shown this once."""
    typed = request.form.to_dict()
    name = text_of("provider", typed.get("provider", ""), longest=20)
    if isinstance(name, Fault):
        return _page(typed, [name])
    keys, by = core().keys, staff().actor
    secret = give_secret(db.session(), staff_office(), account_id, name, keys=keys, by=by, now=now())
    db.session.commit()
    at = core().settings.public_url.rstrip("/") + url_for("payments.heard", account_id=account_id)
    return draw("bank_secret", here=HERE, secret=secret, provider=name, at=at)


@bp.post("/office/bank/<int:account_id>/secret/end", endpoint="end_bank_secret")
@needs(Right.RUN_OFFICE)
def take_back(account_id: int) -> Response:
    end_secret(db.session(), staff_office(), account_id, by=staff().actor, now=now())
    db.session.commit()
    return saved(HERE)


def _page(typed: Mapping[str, str] | None = None, faults: list[Fault] | None = None) -> Response:
    rows = accounts(db.session(), staff_office())
    account = account_of(db.session(), staff_office().id)
    return draw(
        "bank",
        422 if faults else 200,
        here=HERE,
        kinds=("office_changed",),
        area=AREA,
        account=account,
        others=[one for one in rows if one is not account],
        banks=sorted(BANKS.items(), key=lambda one: one[1].lower()),
        names=BANKS,
        preview=_preview(account) if account else "",
        typed=typed or _typed(account),
        faults=by_key(faults or []),
    )


def _typed(account: BankAccount | None) -> dict[str, str]:
    if account is None:
        return {}
    return {"bin": account.bin, "number": account.number, "holder": account.holder}


def _preview(account: BankAccount) -> str:
    return payload(transfer_of(account, reference_of(TRIAL), TRIAL_AMOUNT))

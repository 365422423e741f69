"""Fees by transfer in the demo: a sample account, and what its bank told of the last days."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from demo.stage import Stage
from intake.events import Actor
from intake.payments.accounts import AccountFields, save_account
from intake.payments.asking import account_of
from intake.payments.confirming import Credit, hear
from intake.records import Dossier, Payment
from intake.rules.lifecycle import WITHOUT_RESULT

# Nobody's account; whoever scans the QR sees by its name that no money goes anywhere.
SAMPLE = AccountFields("970405", "0000000000000", "TAI KHOAN MAU THU NGHIEM")
BANK = Actor("Ngân hàng mẫu", "bank:demo")
PAID = 6  # of those that wait, the latest


def open_account(stage: Stage) -> None:
    """Before the first dossier of the week is filed."""
    by, since = stage.people["thu"], stage.now - timedelta(days=30)
    save_account(stage.session, stage.office, SAMPLE, by=by, now=since)


def bank_tells(stage: Stage) -> None:
    """Some are confirmed; one paid too little, and one wrote nothing that anybody could read."""
    account = account_of(stage.session, stage.office.id)
    asked = stage.session.scalars(
        select(Payment)
        .join(Dossier, Dossier.id == Payment.dossier_id)
        .where(
            Payment.office_id == stage.office.id,
            Payment.state == "waiting",
            Dossier.status.not_in(WITHOUT_RESULT),
        )
        .order_by(Payment.id.desc())
        .limit(PAID + 1)
    ).all()
    if account is None:
        return
    told = [_credit(one, number, stage.now) for number, one in enumerate(asked[:PAID])]
    told += [_credit(one, PAID, stage.now, less=1_000) for one in asked[PAID:]]
    told.append(Credit("MAU-99", 15_000, "nop le phi cho me", stage.now - timedelta(hours=2)))
    for one in told:
        moment = min(one.paid_at + timedelta(minutes=1), stage.now)
        hear(stage.session, account, (one,), source="callback", keys=stage.keys, by=BANK, now=moment)


def _credit(asked: Payment, number: int, now: datetime, *, less: int = 0) -> Credit:
    words = f"MBVCB.{4_821_099 + number}.{asked.reference} LE PHI.CT tu 0011"
    paid_at = min(asked.created_at + timedelta(minutes=4), now)
    return Credit(f"MAU-{number:02}", asked.amount - less, words, paid_at)

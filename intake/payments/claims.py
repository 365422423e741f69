"""A claim of paying nothing, or less, which an officer checks against the proof that was brought."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.at_hand import officer, record
from intake.contents import content_of
from intake.events import Actor
from intake.keys import Keys
from intake.payments.asking import ask, transfer_of
from intake.promising import fee_for
from intake.queries import procedure_version
from intake.records import BankAccount, Dossier, Event, Payment
from intake.rules.answers import Fault
from intake.rules.lifecycle import WITHOUT_RESULT
from intake.rules.lifecycle import Payment as Money
from intake.rules.notice_faults import text_faults
from intake.rules.refusals import BadPayment, WrongStatus
from intake.rules.text import tidy
from intake.rules.vietqr import payload

KIND = "exemption_checked"


def open_claim(session: Session, dossier: Dossier, exemption: str) -> str:
    """The group that was claimed at a kiosk and nobody has seen the proof of; "" for none."""
    if not exemption or dossier.channel == "counter" or dossier.status in WITHOUT_RESULT:
        return ""
    seen = session.scalar(select(Event.id).filter_by(dossier_id=dossier.id, kind=KIND).limit(1))
    return "" if seen else exemption


def check_claim(
    session: Session,
    dossier: Dossier,
    *,
    proved: bool,
    reason: str = "",
    keys: Keys,
    by: Actor,
    now: datetime,
) -> None:
    """The proof was seen, or was none: then the fee is that of everybody, and is asked for.

    Raises WrongStatus where nothing is claimed, or a lower fee was paid meanwhile;
    BadPayment when it is turned down without a ``reason``.
    """
    officer(session, by)
    content = content_of(dossier, keys)
    if not open_claim(session, dossier, content.exemption):
        raise WrongStatus(now=dossier.payment_status, then=Money.UNPAID)
    faults: tuple[Fault, ...] = () if proved else text_faults("reason", reason)
    if faults:
        raise BadPayment(faults=faults)
    before = dossier.fee
    if not proved:
        if dossier.payment_status not in (Money.NOTHING_TO_PAY, Money.UNPAID):
            raise WrongStatus(now=dossier.payment_status, then=Money.UNPAID)
        procedure = procedure_version(session, dossier.procedure_version_id, now=now)
        told = {"channel": dossier.channel, "answers": content.answers}
        fee = fee_for(session, dossier.office, procedure, now=dossier.received_at, **told)  # type: ignore[arg-type]
        dossier.fee = fee.amount
        dossier.payment_status = Money.NOTHING_TO_PAY if fee.amount == 0 else Money.UNPAID
        session.flush()
        _ask_anew(session, dossier, now)
    facts: dict[str, object] = {
        "exemption": content.exemption,
        "proved": proved,
        "fee": [before, dossier.fee],
    }
    record(session, dossier, KIND, by=by, now=now, reason=tidy(reason), facts=facts)


def _ask_anew(session: Session, dossier: Dossier, now: datetime) -> None:
    asked = ask(session, dossier, now=now)
    if asked is None or asked.state != "waiting" or asked.amount == dossier.fee:
        return
    assert dossier.fee is not None
    held = select(Payment).filter_by(id=asked.id).with_for_update(key_share=True)
    asked = session.scalars(held.execution_options(populate_existing=True)).one()
    account = session.get_one(BankAccount, asked.account_id)
    asked.amount = dossier.fee
    asked.payload = payload(transfer_of(account, asked.reference, dossier.fee))
    session.flush()

"""What a bank tells of money that came in: twice, late, in any order, wrongly; all counts once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake import numbers, paying
from intake.at_hand import record
from intake.events import Actor
from intake.keys import Keys
from intake.offices import civil_day
from intake.records import BankAccount, BankEntry, Dossier, Payment
from intake.rules.lifecycle import WITHOUT_RESULT
from intake.rules.lifecycle import Payment as Money
from intake.rules.transfers import references_in, same_words

WORDS = "bank_entry.words"
SERIES = "fee_receipt"
BOTH = "both"  # a source: the callback and a file told of it, under the same number
SAME = "same:"  # before the number of the entry that another source had told of
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Credit:
    """Money that came in, as one source tells it. ``external_id`` is the bank's own number of it."""

    external_id: str
    amount: int
    words: str
    paid_at: datetime


class Heard(StrEnum):
    """What became of a telling."""

    TAKEN = "taken"
    KNOWN = "known"  # told before; nothing happened again
    REFUSED = "refused"  # its number was used for another amount


@dataclass(frozen=True)
class Answer:
    """``state`` is the entry's (intake.records.payments), "" when it is refused."""

    external_id: str
    heard: Heard
    state: str = ""
    dossier_code: str = ""


def hear(
    session: Session,
    account: BankAccount,
    credits: Sequence[Credit],
    *,
    source: str,
    keys: Keys,
    by: Actor,
    now: datetime,
) -> tuple[Answer, ...]:
    """Keep what is new, confirm what it pays; one answer a credit, in their order.

    ``source`` is "callback" or "file". Two batches for one account come one after
    the other. Money that fits a waiting payment to the đồng confirms it, with a
    receipt number in the same transaction; everything else waits for a person.
    """
    hold(session, account.id)
    return tuple(_hear(session, account, one, source, keys, by, now) for one in credits)


def hold(session: Session, account_id: int) -> None:
    """Until the commit nobody else tells of this account, or settles what was told of it."""
    mine = select(BankAccount).filter_by(id=account_id).with_for_update(key_share=True)
    session.scalars(mine.execution_options(populate_existing=True)).one()


def confirm(
    session: Session,
    payment: Payment,
    dossier: Dossier,
    amount: int,
    *,
    how: str,
    reason: str = "",
    by: Actor,
    now: datetime,
) -> None:
    """Paid, under the next number of the office's receipts for fees; ``dossier`` is held.

    Raises WrongStatus where the dossier takes no money, and then no number is used up.
    """
    paying.may_be_paid(dossier)
    day = civil_day(now)
    number = numbers.next_of_year(session, dossier.office_id, SERIES, day=day)
    payment.receipt_number = f"BL{day.year}-{number:06}"
    payment.state, payment.confirmed_at, payment.how, payment.amount = "confirmed", now, how, amount
    paying.fee_came_in(
        session, dossier, amount, payment.receipt_number, source=how, reason=reason, by=by, now=now
    )


def held_payment(session: Session, which: object) -> tuple[Payment, Dossier] | None:
    """A payment and its dossier as they stand now, until the commit: first the dossier, as a cashier does."""
    found = session.execute(select(Payment.id, Payment.dossier_id).where(which)).first()  # type: ignore[arg-type]
    if found is None:
        return None
    fresh = {"populate_existing": True}
    dossier = select(Dossier).filter_by(id=found.dossier_id).with_for_update(key_share=True)
    payment = select(Payment).filter_by(id=found.id).with_for_update(key_share=True)
    held = session.scalars(dossier.execution_options(**fresh)).one()
    return session.scalars(payment.execution_options(**fresh)).one(), held


def _hear(
    session: Session,
    account: BankAccount,
    credit: Credit,
    source: str,
    keys: Keys,
    by: Actor,
    now: datetime,
) -> Answer:
    known = session.scalar(select(BankEntry).filter_by(account_id=account.id, external_id=credit.external_id))
    if known is not None:
        if known.amount != credit.amount:
            return Answer(credit.external_id, Heard.REFUSED)
        if known.source != source:
            known.source = BOTH
        return Answer(credit.external_id, Heard.KNOWN, known.state)
    entry = BankEntry(
        office_id=account.office_id,
        account_id=account.id,
        external_id=credit.external_id,
        source=source,
        amount=credit.amount,
        words_sealed=keys.seal(credit.words, WORDS),
        paid_at=credit.paid_at,
        told_at=now,
        state="unknown",
    )
    if (first := _told_otherwise(session, entry, credit.words, keys)) is not None:
        entry.state, entry.settled_how, entry.payment_id = "settled", f"{SAME}{first.id}", first.payment_id
        session.add(entry)
        session.flush()
        return Answer(credit.external_id, Heard.KNOWN, first.state)
    code = _match(session, entry, credit, by, now)
    session.add(entry)
    session.flush()
    return Answer(credit.external_id, Heard.TAKEN, entry.state, code)


def _match(session: Session, entry: BankEntry, credit: Credit, by: Actor, now: datetime) -> str:
    """What the entry pays; the code of the dossier, "" where its words name none, or more than one."""
    named = references_in(credit.words)
    mine = Payment.office_id == entry.office_id
    found = held_payment(session, mine & (Payment.reference == named[0])) if len(named) == 1 else None
    if found is None:
        return ""
    payment, dossier = found
    entry.payment_id = payment.id
    waits = payment.state == "waiting" and dossier.payment_status == Money.UNPAID
    if not waits or dossier.status in WITHOUT_RESULT:
        entry.state = "again"
    elif credit.amount != payment.amount:
        entry.state = "other_amount"
    else:
        confirm(session, payment, dossier, credit.amount, how=entry.source, by=by, now=now)
        entry.state = "matched"
        return dossier.dossier_code
    facts: dict[str, object] = {"amount": credit.amount, "state": entry.state, "fee": payment.amount}
    record(session, dossier, "transfer_arrived", by=by, now=now, facts=facts)
    return dossier.dossier_code


def _told_otherwise(session: Session, entry: BankEntry, words: str, keys: Keys) -> BankEntry | None:
    """The same money told by the other source under another number; each of these once only."""
    alike = session.scalars(
        select(BankEntry)
        .where(
            BankEntry.account_id == entry.account_id,
            BankEntry.source.not_in((entry.source, BOTH)),
            BankEntry.amount == entry.amount,
            BankEntry.paid_at.between(entry.paid_at - DAY, entry.paid_at + DAY),
        )
        .order_by(BankEntry.id)
    ).all()
    for one in alike:
        told = keys.unseal(one.words_sealed, WORDS) if one.words_sealed else ""
        is_same_day = civil_day(one.paid_at) == civil_day(entry.paid_at)
        if is_same_day and not one.settled_how.startswith(SAME) and _are_alike(told, words):
            taken = select(BankEntry.id).filter_by(account_id=entry.account_id, settled_how=f"{SAME}{one.id}")
            if session.scalar(taken) is None:
                return one
    return None


def _are_alike(words: str, others: str) -> bool:
    """The same reference, or the same words: statements and messages of one bank cut them differently."""
    named = references_in(words)
    return named == references_in(others) if named else same_words(words) == same_words(others)

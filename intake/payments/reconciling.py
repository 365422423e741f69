"""The money of one day for whoever looks after it: confirmed, awaited, and what nobody can tell yet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.keys import Keys
from intake.payments.confirming import BOTH, SAME, WORDS
from intake.payments.settling import OPEN
from intake.records import BankEntry, Dossier, Office, Payment
from intake.rules.calendar import VIETNAM
from intake.rules.lifecycle import WITHOUT_RESULT
from intake.rules.people import masked_name
from intake.rules.text import moment_words
from intake.tables import harmless

HOWS = {
    "callback": "ngân hàng báo",
    "file": "tệp sao kê",
    "cashier": "thu tại quầy",
    BOTH: "ngân hàng báo và tệp sao kê",
}
STATES = {
    "confirmed": "đã xác nhận",
    "waiting": "chờ tiền đến",
    "matched": "khớp",
    "again": "nộp lần nữa, phải hoàn trả",
    "other_amount": "khác số tiền",
    "unknown": "không rõ của hồ sơ nào",
    "settled": "đã xử lý",
}
HEAD = (
    "Loại", "Hồ sơ", "Người nộp", "Số tiền phải nộp", "Số tiền đến", "Lúc", "Biên lai", "Cách", "Nội dung",
    "Đã xử lý thế nào",
)  # fmt: skip
MOST = 500  # rows of a list on the page; the files have all


@dataclass(frozen=True)
class Asked:
    """A payment: of which dossier, how much, since when; confirmed with a receipt number, or awaited."""

    dossier_code: str
    who: str  # masked
    amount: int
    reference: str
    asked_at: datetime
    confirmed_at: datetime | None
    how: str
    receipt_number: str


@dataclass(frozen=True)
class Entry:
    """Money that came in, as the bank told it."""

    id: int
    state: str
    amount: int
    words: str
    paid_at: datetime
    source: str
    external_id: str
    dossier_code: str
    fee: int | None
    settled_how: str

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True)
class MoneyDay:
    """``open`` are entries of any day that wait for a person; ``settled`` those of this day that did."""

    day: date
    confirmed: tuple[Asked, ...]
    waiting: tuple[Asked, ...]
    open: tuple[Entry, ...]
    settled: tuple[Entry, ...]

    @property
    def total(self) -> int:
        return sum(one.amount for one in self.confirmed)


def money_day(session: Session, office: Office, day: date, *, keys: Keys) -> MoneyDay:
    """All of it; names are masked, the words of transfers are as the bank wrote them."""
    begins = datetime.combine(day, time(), VIETNAM)
    ends = begins + timedelta(days=1)
    in_day = Payment.confirmed_at >= begins, Payment.confirmed_at < ends
    told = BankEntry.paid_at >= begins, BankEntry.paid_at < ends
    unpaid = Payment.created_at < ends, Dossier.status.not_in(WITHOUT_RESULT)
    return MoneyDay(
        day,
        tuple(_asked(session, office, "confirmed", *in_day)),
        tuple(_asked(session, office, "waiting", *unpaid)),
        tuple(_entries(session, office, keys, BankEntry.state.in_(OPEN))),
        tuple(
            one
            for one in _entries(session, office, keys, BankEntry.state == "settled", *told)
            if not one.settled_how.startswith(SAME)
        ),
    )


def count_open(session: Session, office: Office) -> int:
    """How many entries wait for a person."""
    waiting = select(BankEntry.id).where(BankEntry.office_id == office.id, BankEntry.state.in_(OPEN))
    return len(session.scalars(waiting).all())


def write_csv(told: MoneyDay) -> bytes:
    """A CSV that a spreadsheet opens."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(HEAD)
    table.writerows(
        [harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in _rows(told)
    )
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(out: BinaryIO, told: MoneyDay) -> None:
    """The same as a workbook, amounts as numbers."""
    import xlsxwriter

    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(f"{told.day:%d-%m-%Y}")
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0"})
        sheet.write_row(0, 0, HEAD, bold)
        for number, row in enumerate(_rows(told), 1):
            for at, cell in enumerate(row):
                if isinstance(cell, int):
                    sheet.write_number(number, at, cell, money)
                else:
                    sheet.write_string(number, at, cell)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(HEAD) - 1, 20)


def _rows(told: MoneyDay) -> Iterator[tuple[str | int, ...]]:
    for one in (*told.confirmed, *told.waiting):
        state, at = ("confirmed", one.confirmed_at) if one.confirmed_at else ("waiting", one.asked_at)
        came: str | int = one.amount if one.confirmed_at else ""
        how = HOWS.get(one.how, "")
        yield (
            STATES[state], one.dossier_code, one.who, one.amount, came, moment_words(at), one.receipt_number,
            how, one.reference, "",
        )  # fmt: skip
    for entry in (*told.open, *told.settled):
        fee: str | int = "" if entry.fee is None else entry.fee
        yield (
            STATES[entry.state], entry.dossier_code, "", fee, entry.amount, moment_words(entry.paid_at), "",
            HOWS.get(entry.source, ""), entry.words, entry.settled_how,
        )  # fmt: skip


def _asked(session: Session, office: Office, state: str, *which: object) -> Iterator[Asked]:
    rows = session.execute(
        select(Payment, Dossier.dossier_code, Dossier.applicant_name)
        .join(Dossier, Dossier.id == Payment.dossier_id)
        .where(Payment.office_id == office.id, Payment.state == state, *which)  # type: ignore[arg-type]
        .order_by(Payment.confirmed_at.desc(), Payment.id.desc())
    )
    for payment, code, name in rows:
        yield Asked(
            code,
            masked_name(name),
            payment.amount,
            payment.reference,
            payment.created_at,
            payment.confirmed_at,
            payment.how,
            payment.receipt_number or "",
        )


def _entries(session: Session, office: Office, keys: Keys, *which: object) -> Iterator[Entry]:
    rows = session.execute(
        select(BankEntry, Dossier.dossier_code, Dossier.fee)
        .outerjoin(Payment, Payment.id == BankEntry.payment_id)
        .outerjoin(Dossier, Dossier.id == Payment.dossier_id)
        .where(BankEntry.office_id == office.id, *which)  # type: ignore[arg-type]
        .order_by(BankEntry.paid_at.desc(), BankEntry.id.desc())
    )
    for entry, code, fee in rows:
        yield Entry(
            entry.id,
            entry.state,
            entry.amount,
            keys.unseal(entry.words_sealed, WORDS) if entry.words_sealed else "",
            entry.paid_at,
            entry.source,
            entry.external_id,
            code or "",
            fee,
            entry.settled_how,
        )

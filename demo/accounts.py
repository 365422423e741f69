"""Accounts of the demo office: a password is made up for each, and told only where the demo runs."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.passwords import hashed
from intake.people import set_password
from intake.records import AcceptancePoint, Assignment, Office, Person, Unit
from intake.rules.rights import Role

UNITS = ("Tư pháp - Hộ tịch", "Kinh tế, Hạ tầng và Đô thị", "Công an phường")
_WORDS = (
    "sen", "tre", "mua", "gio", "trang", "song", "nui", "lua", "cau", "dua", "chim", "hoa", "may", "nang",
    "dong", "rung", "bien", "thuyen", "lang", "chua", "dinh", "chuon", "voi", "ngua", "tom", "rong", "phuong",
)  # fmt: skip


@dataclass(frozen=True)
class Account:
    """``where`` says what the account is for, in words."""

    username: str
    name: str
    role: Role
    where: str
    unit: str = ""


ACCOUNTS = (
    Account("hoa", "Lê Thu Hoa", Role.RECEPTION, "cán bộ tiếp nhận"),
    Account("yen", "Đỗ Hải Yến", Role.RECEPTION, "cán bộ tiếp nhận"),
    Account("dung", "Trần Quốc Dũng", Role.DECIDING, "cán bộ giải quyết, Tư pháp - Hộ tịch", UNITS[0]),
    Account("son", "Mai Ngọc Sơn", Role.DECIDING, "cán bộ giải quyết, Kinh tế, Hạ tầng và Đô thị", UNITS[1]),
    Account("thu", "Nguyễn Thị Thu", Role.MANAGER, "phụ trách trung tâm"),
    Account("mai", "Vũ Thị Mai", Role.AUDITOR, "kiểm tra, giám sát"),
    Account("minh", "Hoàng Văn Minh", Role.CLERK, "nhân viên Bưu điện Hạc Thành"),
    Account("tuan", "Phạm Anh Tuấn", Role.ADMINISTRATOR, "quản trị hệ thống"),
)


def make_units(session: Session, office: Office) -> dict[str, int]:
    """The ids of the units that decide, by name; those that are there already stay."""
    known = {unit.name: unit for unit in session.scalars(select(Unit).filter_by(office_id=office.id))}
    for name in UNITS:
        if name not in known:
            session.add(unit := Unit(office_id=office.id, name=name))
            known[name] = unit
    session.flush()
    return {name: unit.id for name, unit in known.items()}


def make_accounts(session: Session, office: Office, *, now: datetime) -> dict[str, str]:
    """Everybody of ACCOUNTS, in an office without people; the passwords by username."""
    units = make_units(session, office)
    passwords = {account.username: _password() for account in ACCOUNTS}
    for account in ACCOUNTS:
        person = Person(username=account.username, name=account.name, created_at=now)
        set_password(person, hashed(passwords[account.username]), now=now)
        home = None if account.role is Role.ADMINISTRATOR else office.id
        unit_id = units[account.unit] if account.unit else None
        post = session.scalar(select(AcceptancePoint.id).filter_by(office_id=home, code="BD-07"))
        person.assignments.append(
            Assignment(
                office_id=home,
                role=account.role,
                unit_id=unit_id,
                point_id=post if account.role is Role.CLERK else None,
            )
        )
        session.add(person)
    session.flush()
    return passwords


def as_lines(passwords: Mapping[str, str]) -> str:
    """What the console shows: one account a line."""
    return "".join(
        f"{account.username:<8}{passwords[account.username]:<26}{account.name}, {account.where}\n"
        for account in ACCOUNTS
    )


def _password() -> str:
    words = "-".join(secrets.choice(_WORDS) for _ in range(3))
    return f"{words}-{secrets.randbelow(900) + 100}"

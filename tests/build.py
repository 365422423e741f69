"""Builders of values: each keyword changes one fact of something ordinary."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from intake.applications import Application
from intake.drafts import Applicant, Collection, Draft, new_attempt
from intake.rules.calendar import VIETNAM
from intake.rules.procedures import (
    FeeRule,
    Group,
    Procedure,
    Question,
    QuestionKind,
    Requirement,
    Term,
    TermUnit,
)


def vietnam(day: int, hour: int = 10, minute: int = 15, *, month: int = 11, year: int = 2026) -> datetime:
    """A moment on a clock in Vietnam, in UTC; Friday 20/11/2026 10:15 unless told."""
    return datetime(year, month, day, hour, minute, tzinfo=VIETNAM).astimezone(UTC)


FRIDAY = vietnam(20)


def a_procedure(**changes: Any) -> Procedure:
    """Three working days, 8.000 đồng, one question, one paper."""
    ordinary = Procedure(
        code="1.000001",
        name="Cấp bản sao trích lục để thử nghiệm",
        short_name="Bản sao trích lục",
        sector="Hộ tịch",
        agency="Ủy ban nhân dân cấp xã",
        term=Term(TermUnit.WORKING_DAY, 3),
        words=("trích lục",),
        fees=(FeeRule(8_000, basis="Thông tư 281/2016/TT-BTC"),),
        requirements=(Requirement("form", "Tờ khai", originals=1),),
        groups=(Group("copy", "Cấp cho ai?", (Question("who", "Họ, chữ đệm và tên", QuestionKind.NAME),)),),
    )
    return replace(ordinary, **changes)


def an_applicant(**changes: Any) -> Applicant:
    """Bà Lan, who scanned her card."""
    lan = Applicant(
        name="Lê Thị Ngọc Lan",
        citizen_id="038156001234",
        born="1956-03-08",
        sex="Nữ",
        address="Tổ 3, Phường Hạc Thành, Thanh Hóa",
        phone="0912345678",
        how="card",
    )
    return replace(lan, **changes)


def an_application(version_id: int, **changes: Any) -> Application:
    """Everything a_procedure() asks for, from Bà Lan."""
    ordinary = Application(
        attempt=new_attempt(),
        channel="kiosk",
        version_id=version_id,
        applicant=an_applicant(),
        answers={"who": "Lê Văn Bình"},
        documents={"form": {"how": "paper", "reason": ""}},
        collection=Collection("counter_later"),
    )
    return replace(ordinary, **changes)


def a_draft(version_id: int, **changes: Any) -> Draft:
    """The same as an_application(), before it is handed in."""
    ordinary = Draft(
        procedure_code="1.000001",
        version_id=version_id,
        prepared=True,
        applicant=an_applicant(),
        answers={"who": "Lê Văn Bình"},
        groups_done=("copy",),
        documents={"form": {"how": "paper", "reason": ""}},
        documents_done=True,
        collection=Collection("counter_later"),
        fee_done=True,
    )
    return replace(ordinary, **changes)

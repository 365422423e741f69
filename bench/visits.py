"""Visits with a finished draft, ready to be submitted: made through the core, before anything is measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake import visits
from intake.drafts import Applicant, Collection, Draft
from intake.keys import Keys
from intake.offices import civil_day, point_of
from intake.queries import offer_of, procedure_version
from intake.records import Division
from intake.rules import forms
from intake.rules.procedures import Procedure, Question, QuestionKind

BIRTH = "1.001193"  # the longest form of the catalogue

LAN = Applicant(
    name="Lê Thị Ngọc Lan",
    citizen_id="038156001234",
    born="1956-03-08",
    sex="Nữ",
    address="Tổ 3, Phường Hạc Thành, Thanh Hóa",
    phone="0912345678",
    how="card",
)


@dataclass(frozen=True)
class Ready:
    """A visit whose citizen has only to touch «Nộp hồ sơ»."""

    token: str
    attempt: str


def finished_visits(session: Session, count: int, *, keys: Keys, now: datetime) -> list[Ready]:
    """``count`` visits at the first kiosk, each with a complete dossier for a birth; the caller commits."""
    point = point_of(session, "K1")
    if point is None:
        raise RuntimeError("this installation has no kiosk K1")
    offer = offer_of(session, point.office, BIRTH, now=now)
    procedure = procedure_version(session, offer.version_id, now=now)
    commune = session.scalars(select(Division.code).where(Division.parent_code.is_not(None)).limit(1)).one()
    answers = plausible_answers(procedure, commune=commune, today=civil_day(now))
    ready = []
    for _ in range(count):
        draft = Draft(
            procedure_code=procedure.code,
            version_id=offer.version_id,
            prepared=True,
            applicant=LAN,
            answers=answers,
            groups_done=tuple(group.key for group in forms.visible_groups(procedure, answers)),
            documents={paper.key: {"how": "paper", "reason": ""} for paper in procedure.requirements},
            documents_done=True,
            fee_done=True,
            collection=Collection("counter_later"),
        )
        visit, token = visits.begin(session, point, now=now, keys=keys)
        visits.keep_draft(visit, draft, keys)
        ready.append(Ready(token, draft.attempt))
    return ready


def plausible_answers(procedure: Procedure, *, commune: str, today: date) -> Mapping[str, str]:
    """An answer for every question, also for those that the other answers hide."""
    return {question.key: _answer(question, commune, today) for question in procedure.questions}


def _answer(question: Question, commune: str, today: date) -> str:
    if question.kind is QuestionKind.CHOICE:
        return question.choices[0].key
    if question.kind is QuestionKind.DATE:
        return (today + timedelta(days=-3 if question.bound == "past" else 3)).isoformat()
    if question.kind in (QuestionKind.NUMBER, QuestionKind.MONEY):
        return str(question.min or 1)
    by_kind = {
        QuestionKind.NAME: "Lê Văn Bình",
        QuestionKind.CITIZEN_ID: LAN.citizen_id,
        QuestionKind.PHONE: LAN.phone,
        QuestionKind.EMAIL: "lan@example.vn",
        QuestionKind.YES_NO: "yes",
        QuestionKind.COMMUNE: commune,
    }
    return by_kind.get(question.kind, "Tổ 3, đường Trần Phú")

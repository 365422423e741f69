"""What becomes of one dossier after it was filed: each step goes through a verb and plans the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from demo.accounts import UNITS
from demo.stage import Stage
from intake import apologising, checking, handing_over, paying, refusing, returning, stopping
from intake import supplementing as supplements
from intake.drafts import Applicant
from intake.events import Actor
from intake.offices import civil_day
from intake.queries import procedure_version
from intake.records import Dossier
from intake.rules.lifecycle import Delivery, Payment, Status

_TOWARDS = {"1.001612": UNITS[1], "1.001776": UNITS[1]}  # who decides; everything else UNITS[0]
# What may become of a dossier, dealt like cards so that every office has some of each.
FATES = (
    *["smooth"] * 11, "forgotten", "forgotten", "apologised", "lacks", "lacks", "lacks_for_good", "refused",
    "stopped", "unseen",
)  # fmt: skip
_LAW = "Điều 9 Nghị định số 118/2025/NĐ-CP"


@dataclass
class Life:
    """What happens to one dossier after it was filed; each step plans the next."""

    stage: Stage
    dossier_id: int
    procedure_code: str
    applicant: Applicant
    hoa: Actor
    fate: str = "smooth"
    quick: bool = False  # the result was promised for the same day

    @property
    def unit(self) -> str:
        return _TOWARDS.get(self.procedure_code, UNITS[0])

    @property
    def dung(self) -> Actor:
        """Who decides it."""
        return self.stage.people["son" if self.unit == UNITS[1] else "dung"]

    def _mine(self, moment: datetime, by: Actor | None = None) -> Dossier:
        return self.stage.dossier(self.dossier_id, by or self.hoa, moment)

    def begins(self, dossier: Dossier, moment: datetime, *, checked: bool) -> None:
        stage = self.stage
        self.fate, self.quick = stage.fate(FATES), dossier.same_day
        if checked:
            self.is_checked(moment)
        elif self.fate == "refused":
            stage.at(stage.after(moment, 10, 60), self.is_refused)
        elif self.fate.startswith("lacks"):
            stage.at(stage.after(moment, 10, 90), self.lacks_something)
        elif self.fate != "unseen":
            stage.at(stage.after(moment, *((1, 9) if self.quick else (4, 50))), self.is_checked)

    def is_checked(self, moment: datetime) -> None:
        stage = self.stage
        dossier = self._mine(moment)
        checking.check_in(stage.session, dossier, by=self.hoa, now=moment)
        if dossier.payment_status == Payment.UNPAID and dossier.fee and stage.dice.random() < 0.8:
            number = f"BL{civil_day(moment):%m%d}-{dossier.number:04d}"
            paying.fee_paid(stage.session, dossier, dossier.fee, number, by=self.hoa, now=moment)
        dossier.held_by = dossier.held_until = None
        if self.fate == "stopped":
            stage.at(stage.after(moment, 30, 200), self.is_stopped)
            return
        stuck = self.fate in ("forgotten", "apologised")
        if stuck or (dossier.expected_at and civil_day(dossier.expected_at) != civil_day(moment)):
            stage.at(stage.after(moment, 10, 60), self.goes_to_the_unit)
        else:
            stage.at(stage.after(moment, *((3, 20) if self.quick else (10, 40))), self.is_decided_here)

    def is_decided_here(self, moment: datetime) -> None:
        thu = self.stage.people["thu"]
        returning.result_ready(self.stage.session, self._mine(moment, thu), by=thu, now=moment)
        self.waits_for_its_owner(moment)

    def goes_to_the_unit(self, moment: datetime) -> None:
        stage = self.stage
        handing_over.give(stage.session, self._mine(moment), stage.units[self.unit], by=self.hoa, now=moment)
        stage.at(stage.after(moment, 10, 120), self.is_at_the_unit)

    def is_at_the_unit(self, moment: datetime) -> None:
        stage = self.stage
        dossier = self._mine(moment, self.dung)
        handing_over.confirm(stage.session, dossier, by=self.dung, now=moment)
        if dossier.expected_at is None or dossier.deadline_at is None:
            return
        left = stage.calendar.working_time(moment, dossier.expected_at)
        if self.fate == "forgotten":  # on a table
            return
        if self.fate == "apologised":
            stage.at(stage.wait(moment, max(left, timedelta(hours=1))), self.is_apologised)
            return
        share = stage.dice.uniform(0.2, 0.95)
        stage.at(stage.wait(moment, max(left * share, timedelta(minutes=20))), self.is_decided)

    def is_apologised(self, moment: datetime) -> None:
        stage = self.stage
        asked = apologising.ApologyAsked(
            reason="verification",
            text="Phải gửi văn bản xác minh đến nơi đăng ký trước đây, chưa có trả lời.",
            until=stage.calendar.add_working_time(moment, timedelta(hours=16)),
            legal_basis=_LAW,
        )
        dossier = self._mine(moment, self.dung)
        notice = apologising.propose(stage.session, dossier, asked, keys=stage.keys, by=self.dung, now=moment)
        apologising.issue(
            stage.session, dossier, notice.id, keys=stage.keys, by=stage.people["thu"], now=moment
        )
        dossier.held_by = dossier.held_until = None

    def is_decided(self, moment: datetime) -> None:
        stage = self.stage
        returning.result_ready(stage.session, self._mine(moment, self.dung), by=self.dung, now=moment)
        self.waits_for_its_owner(moment)

    def waits_for_its_owner(self, moment: datetime) -> None:
        stage = self.stage
        if stage.dice.random() < (0.95 if self.quick else 0.8):
            stage.at(stage.after(moment, *((1, 12) if self.quick else (15, 400))), self.is_collected)

    def is_collected(self, moment: datetime) -> None:
        stage = self.stage
        dossier = self._mine(moment)
        if dossier.delivery_status == Delivery.WAITING:
            lan = returning.Collector(receipt=dossier.dossier_code, citizen_id=self.applicant.citizen_id)
            returning.return_at_counter(stage.session, dossier, lan, keys=stage.keys, by=self.hoa, now=moment)
        elif dossier.collection == "electronic":
            returning.send_electronically(stage.session, dossier, keys=stage.keys, by=self.hoa, now=moment)
            returning.delivered(stage.session, dossier, by=self.hoa, now=moment)

    def lacks_something(self, moment: datetime) -> None:
        stage = self.stage
        dossier = self._mine(moment)
        procedure = procedure_version(stage.session, dossier.procedure_version_id, now=stage.now)
        key = procedure.requirements[0].key
        item = supplements.SupplementItem(key, "Bản nộp bị mờ, thiếu trang sau", originals=1)
        asked = supplements.SupplementRequest(
            (item,), "Giấy tờ chưa đọc được đầy đủ, chưa đủ căn cứ để giải quyết.", _LAW
        )
        supplements.request_supplement(
            stage.session, dossier, asked, keys=stage.keys, by=self.hoa, now=moment
        )
        dossier.held_by = dossier.held_until = None
        if self.fate == "lacks":
            stage.at(stage.after(moment, 200, 700), lambda at: self.is_complete(at, key))

    def is_complete(self, moment: datetime, key: str) -> None:
        stage = self.stage
        dossier = self._mine(moment)
        supplements.receive_supplement(
            stage.session, dossier, (key,), keys=stage.keys, by=self.hoa, now=moment
        )
        if dossier.status == Status.RECEIVED:
            stage.at(stage.after(moment, 2, 20), self.is_checked)

    def is_refused(self, moment: datetime) -> None:
        given = refusing.RefusalGiven(
            reason="not_competent",
            text="Việc này thuộc thẩm quyền của nơi đăng ký hộ tịch trước đây, đã hướng dẫn nơi nộp.",
            legal_basis=_LAW,
        )
        refusing.refuse(
            self.stage.session, self._mine(moment), given, keys=self.stage.keys, by=self.hoa, now=moment
        )

    def is_stopped(self, moment: datetime) -> None:
        dossier = self._mine(moment)
        paid = dossier.payment_status == Payment.PAID
        asked = stopping.StopAsked(
            ground="applicant_request",
            text="Người nộp không còn nhu cầu giải quyết.",
            fees="refund" if paid else "none_paid",
            asked_by=self.applicant.name,
            asked_at=moment,
            proof="in_person",
        )
        stopping.stop(self.stage.session, dossier, asked, keys=self.stage.keys, by=self.hoa, now=moment)
